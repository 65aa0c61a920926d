"""The practice Shopify refuses what the real one refuses, and says what it says (other-stores.md 2.1 to 2.4, 2.7)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from adapters.stores.shopify import queries
from tests.practice_fixture import Practice, start_practice
from tests.shopify_shop import GRAPHQL, change, sell

LIST = {"first": 5, "query": "updated_at:>='2020-01-01T00:00:00Z'", "sortKey": "UPDATED_AT"}

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def running() -> Iterator[Practice]:
    with start_practice(orders=40, days=20, seed=7) as practice:
        yield practice


@pytest.fixture
def practice(running: Practice) -> Iterator[Practice]:
    yield running
    running.reset(orders=40, days=20, seed=7)


def post(
    practice: Practice, query: str, variables: Any = None, token: str = "", path: str = GRAPHQL, **more: Any
) -> Any:
    line = practice.line["shopify"]
    headers = {"X-Shopify-Access-Token": token or line["access_token"]}
    return practice.http.post(
        line["base_url"] + path, json={"query": query, "variables": variables, **more}, headers=headers
    )


def get(practice: Practice, path: str, **params: Any) -> requests.Response:
    line = practice.line["shopify"]
    headers = {"X-Shopify-Access-Token": line["access_token"]}
    return practice.http.get(f"{line['base_url']}/admin/api/2026-07{path}", params=params, headers=headers)


def code(reply: requests.Response) -> str:
    """A refused query is HTTP 200, with the code in its errors."""
    assert reply.status_code == 200
    assert "data" not in reply.json()
    return str(reply.json()["errors"][0].get("extensions", {}).get("code", ""))


def message(reply: requests.Response) -> str:
    return str(reply.json()["errors"][0]["message"])


def test_the_token_is_asked_for_before_anything_else(practice: Practice):
    reply = post(practice, queries.SHOP, token="shpat_wrong")
    assert (reply.status_code, "Invalid API key" in reply.json()["errors"]) == (401, True)


@pytest.mark.parametrize("path", ["/admin/api/2026-08/graphql.json", "/admin/graphql.json", "/nothing"])
def test_there_is_nothing_at_a_wrong_path_or_version(practice: Practice, path: str):
    assert post(practice, queries.SHOP, path=path).status_code == 404


def test_every_answer_tells_its_cost_and_what_is_left(practice: Practice):
    reply = post(practice, queries.ORDER_LIST, LIST).json()
    cost = reply["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 2 + 5
    assert 0 < cost["actualQueryCost"] <= cost["requestedQueryCost"]
    assert cost["throttleStatus"].keys() == {"maximumAvailable", "currentlyAvailable", "restoreRate"}
    assert len(reply["data"]["orders"]["nodes"]) == 5


def test_what_is_not_asked_for_is_not_given(practice: Practice):
    node = post(practice, queries.ORDER_LIST, LIST).json()["data"]["orders"]["nodes"][0]
    assert node.keys() == {"id", "name", "processedAt", "test"}


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("query Mine { shop { name } }", {}, "No operation"),
        ("query Shop { shop { name ", {}, "syntax error"),
        ("query Shop { shop { secrets } }", {}, "Field 'secrets' doesn't exist"),
        ("query Shop { till { name } }", {}, "Field 'till' doesn't exist"),
        ("query Shop { shop }", {}, "must have selections"),
        (queries.ORDER_LIST, {**LIST, "first": 251}, "first cannot exceed 250"),
        (queries.ORDER_LIST, {**LIST, "first": None}, "$first"),
        (queries.ORDER_LIST, {**LIST, "after": "nonsense"}, "Invalid cursor"),
        (queries.ORDER_LIST, {**LIST, "query": "colour:red"}, "Invalid search field"),
        (queries.ORDER_LIST, {**LIST, "sortKey": "COLOUR"}, "OrderSortKeys"),
        (queries.MORE_LINES, {"id": "1001", "first": 5}, "Invalid global id"),
    ],
)
def test_a_query_that_is_wrong_is_refused_with_200(practice: Practice, query: str, variables: Any, expected: str):
    reply = post(practice, query, variables)
    assert reply.status_code == 200
    assert expected in message(reply)


def test_a_query_that_costs_too_much_is_refused(practice: Practice):
    ids = [f"gid://shopify/Order/{number}" for number in range(50)]
    reply = post(practice, queries.ORDERS, {"ids": ids, "lines": 10, "few": 4})
    assert code(reply) == "MAX_COST_EXCEEDED"


def test_an_empty_bucket_throttles_until_it_has_filled(practice: Practice):
    practice.settings("shopify", maximum_available=10.0, restore_rate=1.0)
    variables = {**LIST, "first": 9}
    reply = post(practice, queries.ORDER_LIST, variables)
    assert code(reply) == "THROTTLED"
    cost = reply.json()["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (11, None)
    practice.settings("shopify", maximum_available=1_000_000.0)
    assert "data" in post(practice, queries.ORDER_LIST, variables).json()


def test_throttled_comes_on_demand(practice: Practice):
    practice.settings("shopify", throttle_next=1)
    assert code(post(practice, queries.SHOP)) == "THROTTLED"
    assert "data" in post(practice, queries.SHOP).json()


def test_scopes_are_asked_for(practice: Practice):
    practice.settings("shopify", scopes=["read_products"])
    assert code(post(practice, queries.ORDER_LIST, LIST)) == "ACCESS_DENIED"
    assert code(post(practice, queries.CUSTOMERS, {"first": 5})) == "ACCESS_DENIED"
    assert "data" in post(practice, queries.VARIANTS, {"first": 5}).json()
    assert get(practice, "/orders.json").status_code == 403


def test_a_cursor_is_good_until_it_is_forgotten(practice: Practice):
    page = post(practice, queries.ORDER_LIST, LIST).json()["data"]["orders"]
    after = {**LIST, "after": page["pageInfo"]["endCursor"]}
    following = post(practice, queries.ORDER_LIST, after).json()["data"]["orders"]["nodes"]
    assert {row["id"] for row in following}.isdisjoint(row["id"] for row in page["nodes"])
    practice.settings("shopify", forget_cursors=1)
    assert "Invalid cursor" in message(post(practice, queries.ORDER_LIST, after))


def test_a_body_that_is_no_query_is_refused(practice: Practice):
    line = practice.line["shopify"]
    headers = {"X-Shopify-Access-Token": line["access_token"]}
    for body in (b"{", b"[]", json.dumps({"variables": {}}).encode()):
        reply = practice.http.post(line["base_url"] + GRAPHQL, data=body, headers=headers)
        assert (reply.status_code, "errors" in reply.json()) == (400, True)


# --- REST -------------------------------------------------------------------------------------------------------


def test_rest_lists_open_orders_unless_it_is_asked_for_any(practice: Practice):
    usual, every = (
        get(practice, "/orders.json", limit=250, **more).json()["orders"] for more in ({}, {"status": "any"})
    )
    assert len(every) == 40
    assert 0 < len(usual) < 40
    assert all(order["closed_at"] is None and order["cancelled_at"] is None for order in usual)


def test_rest_pages_by_the_link_header_alone(practice: Practice):
    reply = get(practice, "/orders.json", limit=30, status="any")
    assert reply.headers["X-Shopify-Shop-Api-Call-Limit"] == "1/40"
    page_info = reply.links["next"]["url"].rpartition("page_info=")[2]
    headers = {"X-Shopify-Access-Token": practice.line["shopify"]["access_token"]}
    following = practice.http.get(reply.links["next"]["url"], headers=headers)
    assert len(following.json()["orders"]) == 10
    assert "Link" not in following.headers
    url = f"/orders.json?status=any&page_info={page_info}"
    assert get(practice, url).status_code == 400
    assert get(practice, "/orders.json", page_info="?").status_code == 400


@pytest.mark.parametrize(("path", "status"), [("/orders/1.json", 404), ("/orders/x.json", 404), ("/nothing.json", 404)])
def test_rest_says_what_is_not_there(practice: Practice, path: str, status: int):
    assert get(practice, path).status_code == status


@pytest.mark.parametrize("limit", ["0", "251", "many"])
def test_rest_gives_at_most_250(practice: Practice, limit: str):
    assert get(practice, "/orders.json", limit=limit).status_code == 400


def test_only_get_works_on_rest(practice: Practice):
    line = practice.line["shopify"]
    headers = {"X-Shopify-Access-Token": line["access_token"]}
    assert practice.http.post(f"{line['base_url']}/admin/api/2026-07/orders.json", headers=headers).status_code == 406


def test_people_sell_change_and_delete(practice: Practice):
    sale = sell(practice, lines=[{"isku": "TEA-250", "quantity": 2}])
    order = get(practice, f"/orders/{sale['id']}.json").json()["order"]
    assert (order["name"], order["financial_status"], order["total_price"]) == (sale["number"], "paid", "106.00")
    change(practice, sale, state="cancelled")
    assert get(practice, f"/orders/{sale['id']}.json").json()["order"]["cancelled_at"]
    practice.control("DELETE", f"/stores/shopify/sales/{sale['n']}")
    assert get(practice, f"/orders/{sale['id']}.json").status_code == 404
