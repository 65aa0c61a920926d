"""The practice Ecwid refuses what the real one refuses (ecwid.md 13), and pyecwid reads it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from pyecwid import Ecwid

from practice.ecwid.lists import Refused, chosen
from practice.web import Request
from tests.practice_fixture import Practice, start_practice

ORDERS = 230


@pytest.fixture(scope="module")
def running() -> Iterator[Practice]:
    with start_practice(orders=ORDERS, seed=5, days=40) as practice:
        yield practice


@pytest.fixture
def practice(running: Practice) -> Iterator[Practice]:
    yield running
    running.reset(orders=ORDERS, seed=5, days=40)


def ask(practice: Practice, path: str, token: str | None = None, **params: Any) -> requests.Response:
    line = practice.line["ecwid"]
    url = f"{line['base_url']}/{line['store_id']}{path}"
    headers = {"Authorization": f"Bearer {token or line['token']}"}
    return requests.get(url, params=params, headers=headers, timeout=10)


def said(reply: requests.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["errorCode"]


def sell(practice: Practice, **sale: Any) -> dict[str, Any]:
    [made] = practice.control("POST", "/stores/ecwid/sales", {"sales": [sale]})["sales"]
    return dict(made)


@pytest.mark.feature("P6")
def test_pyecwid_reads_the_practice_store(practice: Practice):
    line = practice.line["ecwid"]
    client = Ecwid(line["token"], line["store_id"], base_url=line["base_url"] + "/{0}/")
    orders = client.orders.get()
    ledger = practice.control("GET", "/ledger/ecwid")["orders"]
    assert {each["id"] for each in orders} == {each["id"] for each in ledger}
    assert {each["id"]: Decimal(str(each["total"])) for each in orders} == {
        each["id"]: Decimal(each["total"]) for each in ledger
    }
    products = client.products.get()
    assert client.products.get_by_id(products[0]["id"])["sku"] == products[0]["sku"]
    assert {each["email"] for each in client.customers.get()} > {"aisyah@example.com"}
    [named] = client.customers.get_by_email("aisyah@example.com")
    assert named["name"] == "Nur Aisyah binti Abdullah"


def test_the_token_stands_in_the_header_or_in_the_query(practice: Practice):
    line = practice.line["ecwid"]
    url = f"{line['base_url']}/{line['store_id']}/profile"
    assert ask(practice, "/profile").json()["generalInfo"]["storeId"] == int(line["store_id"])
    assert requests.get(url, params={"token": line["token"]}, timeout=10).status_code == 200
    assert said(requests.get(url, timeout=10)) == (403, "INVALID_API_TOKEN")
    assert said(ask(practice, "/profile", token="secret_wrong")) == (403, "INVALID_API_TOKEN")


def test_what_the_app_may_not_is_refused_by_its_scope(practice: Practice):
    practice.settings("ecwid", scopes=["read_store_profile", "read_orders"])
    assert ask(practice, "/orders").status_code == 200
    reply = ask(practice, "/customers")
    assert said(reply) == (403, "INSUFFICIENT_APP_SCOPE") and "read_customers" in reply.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/orders/EW-K1", 404, "ORDER_NOT_FOUND"),
        ("/orders/492511001", 404, "ORDER_NOT_FOUND"),
        ("/products/1", 404, "PRODUCT_NOT_FOUND"),
        ("/products/1/combinations", 404, "PRODUCT_NOT_FOUND"),
        ("/customers/1", 404, "CUSTOMER_NOT_FOUND"),
        ("/nothing", 422, "WRONG_URL"),
    ],
)
def test_what_is_not_there(practice: Practice, path: str, status: int, code: str):
    assert said(ask(practice, path)) == (status, code)


def test_another_store_is_not_found(practice: Practice):
    line = practice.line["ecwid"]
    headers = {"Authorization": f"Bearer {line['token']}"}
    reply = requests.get(f"{line['base_url']}/1004/orders", headers=headers, timeout=10)
    assert said(reply) == (404, "STORE_NOT_FOUND")


def test_what_cannot_be_done_is_405(practice: Practice):
    line = practice.line["ecwid"]
    url = f"{line['base_url']}/{line['store_id']}/orders/EW-K1001"
    reply = requests.delete(url, headers={"Authorization": f"Bearer {line['token']}"}, timeout=10)
    assert said(reply) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    "params",
    [
        {"updatedFrom": "yesterday"},
        {"createdTo": "2026-13-01"},
        {"offset": "-1"},
        {"limit": "0"},
        {"limit": "many"},
        {"paymentStatus": "QUEUED"},
        {"paymentStatus": "PAID,LOST"},
        {"fulfillmentStatus": "PAID"},
    ],
)
def test_a_wrong_parameter_is_400(practice: Practice, params: dict[str, str]):
    assert said(ask(practice, "/orders", **params)) == (400, "WRONG_PARAMETER")


def test_a_page_has_at_most_100(practice: Practice):
    pages = [ask(practice, "/orders", limit=1000, offset=offset).json() for offset in (0, 100, 200, 300)]
    assert [each["count"] for each in pages] == [100, 100, ORDERS - 200, 0]
    assert {(each["limit"], each["total"]) for each in pages} == {(100, ORDERS)}
    ids = [row["id"] for each in pages for row in each["items"]]
    assert len(set(ids)) == ORDERS and ids == sorted(ids, reverse=True)


def test_an_order_is_found_by_the_moment_of_its_last_change(practice: Practice):
    made = sell(practice)
    now = datetime.now(UTC)
    for form in (
        str(int((now - timedelta(minutes=1)).timestamp())),
        f"{now - timedelta(minutes=1):%Y-%m-%d %H:%M:%S} +0000",
    ):
        rows = ask(practice, "/orders", updatedFrom=form, updatedTo=f"{now:%Y-%m-%d %H:%M:%S}").json()["items"]
        assert made["id"] in [row["id"] for row in rows]
    gone = ask(practice, "/orders", updatedTo=str(int((now - timedelta(minutes=1)).timestamp()))).json()
    assert made["id"] not in [row["id"] for row in gone["items"]]


def test_carts_are_shown_only_to_who_asks_for_them(practice: Practice):
    made = sell(practice, extra={"paymentStatus": "INCOMPLETE"})
    assert ask(practice, "/orders").json()["total"] == ORDERS
    assert ask(practice, "/orders", ids=made["id"]).json()["total"] == 0
    [cart] = ask(practice, "/orders", paymentStatus="INCOMPLETE").json()["items"]
    assert cart["id"] == made["id"]
    assert ask(practice, "/orders/last").json()["id"] != made["id"]


def test_deleted_orders_are_listed_by_the_day_they_were_deleted(practice: Practice):
    made = sell(practice)
    practice.control("DELETE", f"/stores/ecwid/sales/{made['n']}")
    today = int(datetime.now(UTC).timestamp())
    rows = ask(practice, "/orders/deleted", from_date=today - 60, to_date=today + 60).json()["items"]
    assert [row["id"] for row in rows] == [made["id"]]
    assert ask(practice, "/orders/deleted", to_date=today - 60).json()["total"] == 0
    assert said(ask(practice, f"/orders/{made['id']}")) == (404, "ORDER_NOT_FOUND")


def test_an_order_tells_its_taxes_as_ecwid_does(practice: Practice):
    lines = [{"isku": "SHIRT-M", "quantity": 2}, {"isku": "BAG-NAT"}]
    made = sell(practice, lines=lines, shipping="8.00", shipping_tax="901", voucher="10.00")
    told = ask(practice, f"/orders/{made['id']}").json()
    rows = [row for item in told["items"] for row in item["taxes"]]
    on_shipping = sum(Decimal(str(row["taxOnShipping"])) for row in rows)
    assert on_shipping == Decimal(str(told["taxesOnShipping"][0]["total"])) == Decimal("0.48")
    assert sum(Decimal(str(item["tax"])) for item in told["items"]) == Decimal(str(told["tax"]))
    assert {row["sourceTaxRateId"] for row in rows} == {901}
    assert "currency" not in told and told["refunds"] == []
    assert sum(Decimal(str(item["couponAmount"])) for item in told["items"]) == 10


def test_products_hold_their_variations(practice: Practice):
    found = ask(practice, "/products", sku="SHIRT-M").json()["items"]
    [shirt] = found
    assert [each["sku"] for each in shirt["combinations"]] == ["SHIRT-S", "SHIRT-M", "SHIRT-L"]
    assert "quantity" not in shirt and shirt["unlimited"] is True
    plain = ask(practice, f"/products/{shirt['id']}/combinations").json()
    assert plain == shirt["combinations"]


def test_a_clerk_changes_an_order_and_nothing_else_is_taken(practice: Practice):
    line, made = practice.line["ecwid"], sell(practice)
    url, headers = (
        f"{line['base_url']}/{line['store_id']}/orders/{made['id']}",
        {"Authorization": f"Bearer {line['token']}"},
    )
    reply = requests.put(url, json={"privateAdminNotes": "call"}, headers=headers, timeout=10)
    assert (reply.status_code, reply.json()) == (200, {"updateCount": 1})
    assert ask(practice, f"/orders/{made['id']}").json()["privateAdminNotes"] == "call"
    assert said(requests.put(url, json={"total": 5}, headers=headers, timeout=10)) == (400, "WRONG_PARAMETER")
    assert said(requests.put(url, data=b"{", headers=headers, timeout=10)) == (400, "WRONG_PARAMETER")


def test_more_than_600_in_a_minute_are_too_fast(practice: Practice):
    practice.settings("ecwid", per_minute=5)
    replies = [ask(practice, "/profile") for _ in range(7)]
    assert [each.status_code for each in replies].count(429) >= 2
    assert said(replies[-1]) == (429, "RATE_LIMITED") and replies[-1].headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("token_expired", 403, "INVALID_API_TOKEN"),
        ("forbidden_403", 403, "INSUFFICIENT_APP_SCOPE"),
        ("refuse", 400, "WRONG_PARAMETER"),
        ("status_429", 429, "RATE_LIMITED"),
    ],
)
def test_faults_are_told_in_ecwids_words(practice: Practice, fault: str, status: int, code: str):
    practice.faults(fault, "ecwid", path="/*/orders")
    assert said(ask(practice, "/orders")) == (status, code)


def test_a_500_has_no_body(practice: Practice):
    practice.faults("status", "ecwid", path="/*/orders", status=500)
    reply = ask(practice, "/orders")
    assert (reply.status_code, reply.content) == (500, b"")


@pytest.mark.parametrize(
    ("told", "picked"),
    [
        ("total", {"total": 2}),
        ("total,items(id)", {"total": 2, "items": [{"id": 1}, {"id": 2}]}),
        ("items(a(b)), total", {"items": [{"a": {"b": 5}}, {}], "total": 2}),
        ("unknown", {}),
        ("", {"total": 2, "items": [{"id": 1, "a": {"b": 5, "c": 6}}, {"id": 2}]}),
    ],
)
def test_only_the_fields_that_are_asked_for_are_told(told: str, picked: dict[str, Any]):
    answer = {"total": 2, "items": [{"id": 1, "a": {"b": 5, "c": 6}}, {"id": 2}]}
    assert chosen(Request("ecwid", "GET", "/", {"responseFields": told}, {}, b""), answer) == picked


def test_fields_that_are_no_list_of_names_are_refused():
    with pytest.raises(Refused):
        chosen(Request("ecwid", "GET", "/", {"responseFields": "total;drop"}, {}, b""), {})
