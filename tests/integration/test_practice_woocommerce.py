"""The practice WooCommerce refuses what the real one refuses, in its words (other-stores.md part 1)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.practice_fixture import Practice, start_practice

API = "/wp-json/wc/v3"
ORDERS = 30


@pytest.fixture(scope="module")
def running() -> Iterator[Practice]:
    with start_practice(orders=ORDERS, seed=7) as practice:
        yield practice


@pytest.fixture
def practice(running: Practice) -> Iterator[Practice]:
    yield running
    running.reset(orders=ORDERS, seed=7)


def call(practice: Practice, path: str, method: str = "GET", auth: Any = None, **more: Any) -> requests.Response:
    line = practice.line["woocommerce"]
    keys = (line["consumer_key"], line["consumer_secret"])
    return practice.http.request(method, line["base_url"] + API + path, auth=auth or keys, timeout=10, **more)


def sell(practice: Practice, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = practice.control("POST", "/stores/woocommerce/sales", {"sales": [fields]})["sales"][0]
    return made


def code_of(reply: requests.Response) -> tuple[int, str]:
    told = reply.json()
    assert told["data"]["status"] == reply.status_code
    return reply.status_code, told["code"]


NO_KEY, WRONG_KEY = (401, "woocommerce_rest_cannot_view"), (401, "woocommerce_rest_authentication_error")
PARAM = (400, "rest_invalid_param")


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({}, NO_KEY),
        ({"Authorization": "Bearer x"}, NO_KEY),
        ({"Authorization": "Basic ???"}, NO_KEY),
        ({"Authorization": "Basic Y2s6Y3M="}, WRONG_KEY),
    ],
)
def test_who_has_no_key_or_a_wrong_one_sees_nothing(practice: Practice, given: dict[str, str], answer: Any):
    url = practice.line["woocommerce"]["base_url"] + API + "/orders"
    assert code_of(requests.get(url, headers=given, timeout=10)) == answer


def test_keys_in_the_query_are_taken_as_over_https(practice: Practice):
    line = practice.line["woocommerce"]
    keys = {name: line[name] for name in ("consumer_key", "consumer_secret")}
    url = line["base_url"] + API + "/orders"
    assert requests.get(url, params=keys, timeout=10).status_code == 200
    assert code_of(requests.get(url, params=keys | {"consumer_secret": "x"}, timeout=10)) == WRONG_KEY


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/orders?per_page=101", PARAM),
        ("/orders?per_page=0", PARAM),
        ("/orders?page=0", PARAM),
        ("/orders?page=x", PARAM),
        ("/orders?orderby=modified", PARAM),
        ("/orders?order=up", PARAM),
        ("/orders?status=shipped", PARAM),
        ("/orders?modified_after=yesterday", PARAM),
        ("/orders?include=a", PARAM),
        ("/orders?search=mug", PARAM),
        ("/orders/1", (404, "woocommerce_rest_shop_order_invalid_id")),
        ("/orders/x", (404, "woocommerce_rest_shop_order_invalid_id")),
        ("/orders/1/refunds", (404, "woocommerce_rest_shop_order_invalid_id")),
        ("/products/1/variations", (404, "woocommerce_rest_product_invalid_id")),
        ("/payouts", (404, "rest_no_route")),
    ],
)
def test_what_cannot_be_asked_is_refused(practice: Practice, path: str, answer: Any):
    assert code_of(call(practice, path)) == answer


def test_a_verb_that_is_not_there_has_no_route(practice: Practice):
    assert code_of(call(practice, "/orders", "DELETE")) == (404, "rest_no_route")


def test_beside_the_api_there_are_pages_for_people(practice: Practice):
    reply = requests.get(practice.line["woocommerce"]["base_url"] + "/shop", timeout=10)
    assert reply.status_code == 404 and "html" in reply.headers["Content-Type"]


def test_pages_are_counted_in_the_headers(practice: Practice):
    first = call(practice, "/orders?per_page=20")
    assert (first.headers["X-WP-Total"], first.headers["X-WP-TotalPages"], len(first.json())) == ("30", "2", 20)
    assert 'rel="next"' in first.headers["Link"] and "prev" not in first.headers["Link"]
    second = call(practice, "/orders?per_page=20&page=2")
    assert len(second.json()) == 10 and 'rel="prev"' in second.headers["Link"]
    behind = call(practice, "/orders?per_page=20&page=3")
    assert (behind.json(), behind.headers["X-WP-Total"]) == ([], "30")
    assert len(call(practice, "/orders").json()) == 10


def test_a_moment_does_not_count_itself_and_is_store_time_unless_told(practice: Practice):
    sale = sell(practice, when="2026-03-01T04:00:00Z", updated="2026-03-02T04:00:00Z")
    ask = lambda **limits: [  # noqa: E731
        str(row["id"]) for row in call(practice, "/orders", params={"per_page": "100", **limits}).json()
    ]
    gmt = {"dates_are_gmt": "true"}
    assert sale["id"] in ask(modified_after="2026-03-02T03:59:59", modified_before="2026-03-02T04:00:01", **gmt)
    assert sale["id"] not in ask(modified_after="2026-03-02T04:00:00", **gmt)
    assert sale["id"] not in ask(modified_before="2026-03-02T04:00:00", **gmt)
    assert ask(after="2026-03-01T11:59:59", before="2026-03-01T12:00:01") == [sale["id"]]


def test_the_trash_is_listed_only_when_asked_for(practice: Practice):
    sale = sell(practice, extra={"status": "trash"})
    assert sale["id"] not in [str(row["id"]) for row in call(practice, "/orders?per_page=100").json()]
    assert [str(row["id"]) for row in call(practice, "/orders?status=trash").json()] == [sale["id"]]
    assert call(practice, f"/orders/{sale['id']}").json()["status"] == "trash"


def test_every_order_keeps_the_arithmetic_of_the_reference(practice: Practice):
    sell(practice, inclusive=True, voucher="7.77", shipping="8.00", shipping_tax="901", lines=[{"isku": "SHIRT-M"}])
    for row in call(practice, "/orders?per_page=100").json():
        parts = [*row["line_items"], *row["shipping_lines"], *row["fee_lines"]]
        made = sum((Decimal(each["total"]) for each in parts), Decimal(row["total_tax"]))
        assert made == Decimal(row["total"]), row["number"]
        off = sum(Decimal(each["subtotal"]) - Decimal(each["total"]) for each in row["line_items"])
        assert off == Decimal(row["discount_total"])
        assert row["number"] != str(row["id"])


def test_a_refund_has_negative_lines_or_none(practice: Practice):
    sale = sell(practice, lines=[{"isku": "SHIRT-M", "quantity": 2}])
    practice.control("POST", f"/stores/woocommerce/sales/{sale['n']}/refund", {"lines": [[1, 1]]})
    practice.control("POST", f"/stores/woocommerce/sales/{sale['n']}/refund", {"amount": "5.00"})
    amount, goods = call(practice, f"/orders/{sale['id']}/refunds").json()
    assert (amount["amount"], amount["line_items"]) == ("5.00", [])
    [line] = goods["line_items"]
    assert (line["quantity"], line["total"], line["total_tax"], goods["amount"]) == (-1, "-59.00", "-3.54", "62.54")
    told = call(practice, f"/orders/{sale['id']}").json()
    assert [each["total"] for each in told["refunds"]] == ["-5.00", "-62.54"]
    assert told["status"] == "processing"


def test_the_stock_of_some_variations_is_kept_on_the_parent(practice: Practice):
    products = {each["name"]: each for each in call(practice, "/products?per_page=100").json()}
    assert products["Mug"]["type"] == "variable" and products["Phone X"]["type"] == "simple"
    tea = call(practice, f"/products/{products['Tea bags']['id']}/variations").json()
    assert {each["manage_stock"] for each in tea} == {"parent"}
    mugs = call(practice, f"/products/{products['Mug']['id']}/variations").json()
    assert {each["manage_stock"] for each in mugs} == {True}


def test_a_field_of_an_order_is_written_once(practice: Practice):
    sale = sell(practice)
    for number in ("IV-1", "IV-2"):
        body = {"meta_data": [{"key": "invoice", "value": number}]}
        assert call(practice, f"/orders/{sale['id']}", "PUT", json=body).status_code == 200
    told = call(practice, f"/orders/{sale['id']}").json()
    assert [(each["key"], each["value"]) for each in told["meta_data"]] == [("invoice", "IV-2")]
    assert told["total"] == f"{Decimal(sale['total']):.2f}"


@pytest.mark.parametrize(
    ("body", "code"),
    [("{", "rest_invalid_json"), ("[]", "rest_invalid_param"), ('{"meta_data":1}', "rest_invalid_param")],
)
def test_a_body_that_cannot_be_is_refused(practice: Practice, body: str, code: str):
    sale = sell(practice)
    assert code_of(call(practice, f"/orders/{sale['id']}", "PUT", data=body)) == (400, code)


def test_faults_are_told_as_the_shop_or_its_host_tells_them(practice: Practice):
    practice.faults("status_429", "woocommerce", retry_after=3)
    too_fast = call(practice, "/orders")
    assert (too_fast.status_code, too_fast.headers["Retry-After"]) == (429, "3") and "html" in too_fast.text
    practice.faults("token_expired", "woocommerce")
    assert code_of(call(practice, "/orders")) == WRONG_KEY
    practice.faults("forbidden_403", "woocommerce")
    assert code_of(call(practice, "/orders")) == (403, "rest_forbidden")
    practice.faults("status_503", "woocommerce", html=True)
    down = call(practice, "/orders")
    assert (down.status_code, down.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    practice.faults("refuse", "woocommerce")
    assert code_of(call(practice, "/orders")) == (400, "woocommerce_rest_refused")
