"""The public client (ShopifyAPI) reads the practice shop with only its address changed, and sees what we see."""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import shopify
from pyactiveresource.connection import ResourceNotFound, UnauthorizedAccess

from adapters.stores.shopify import contract, queries
from tests.practice_fixture import Practice, start_practice
from tests.shopify_shop import orders_in, pull, sell, store_of

SINCE = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=40)

pytestmark = pytest.mark.feature("P6", "P11")


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with start_practice(orders=60, days=30, seed=7) as running:
        yield running


@pytest.fixture
def client(practice: Practice) -> Iterator[Any]:
    yield from signed_in(practice, practice.line["shopify"]["access_token"])


def signed_in(practice: Practice, token: str) -> Iterator[Any]:
    shopify.Session.setup(protocol="http")
    session = shopify.Session(practice.line["shopify"]["shop"], contract.VERSION, token)
    session.url = practice.line["shopify"]["base_url"].removeprefix("http://")
    shopify.ShopifyResource.activate_session(session)
    yield shopify
    shopify.ShopifyResource.clear_session()
    shopify.Session.setup(protocol="https")


def every_order(client: Any) -> list[Any]:
    page = client.Order.find(status="any", limit=25)
    found = list(page)
    while page.has_next_page():
        page = page.next_page()
        found += list(page)
    return found


def test_it_sees_the_same_orders_totals_taxes_payments_and_refunds(practice: Practice, client: Any):
    sale = sell(
        practice, lines=[{"isku": "TEA-250", "quantity": 3}], extra={"_paid": [["gift_card", "9.00"], ["", "150.00"]]}
    )
    practice.control("POST", f"/stores/shopify/sales/{sale['n']}/refund", {"lines": [[1, 1]]})
    ours = {order.order_id: order for order in orders_in(pull(store_of(practice), SINCE))}
    theirs = {str(order.id): order for order in every_order(client)}
    assert theirs.keys() == ours.keys()
    for number, order in theirs.items():
        mine = ours[number]
        assert (order.name, order.currency) == (mine.number, mine.currency)
        assert (Decimal(order.total_price), Decimal(order.total_tax)) == (mine.total, mine.tax_total)
        paid = [each for each in order.transactions() if each.kind in ("sale", "capture") and each.status == "success"]
        assert [Decimal(each.amount) for each in paid] == [each.amount for each in mine.payments]
        back = [each for each in client.Refund.find(order_id=order.id) if each.transactions]
        assert [Decimal(each.transactions[0].amount) for each in back] == [each.amount for each in mine.refunds]


def test_its_arithmetic_holds_for_every_order(client: Any):
    for order in every_order(client):
        lines = sum(Decimal(line.price) * line.quantity for line in order.line_items)
        shipping = sum(Decimal(line.price) for line in order.shipping_lines)
        total = lines - Decimal(order.total_discounts) + shipping
        assert total + (0 if order.taxes_included else Decimal(order.total_tax)) == Decimal(order.total_price)


def test_its_graphql_client_sends_our_documents(client: Any):
    told = json.loads(client.GraphQL().execute(queries.SHOP, {}, "Shop"))
    assert told["data"]["shop"]["myshopifyDomain"] == client.Shop.current().myshopify_domain
    variables = {"first": 3, "query": "updated_at:>='2020-01-01T00:00:00Z'", "sortKey": "UPDATED_AT"}
    told = json.loads(client.GraphQL().execute(queries.ORDER_LIST, variables, "OrderList"))
    assert len(told["data"]["orders"]["nodes"]) == 3


def test_it_knows_our_refusals(practice: Practice, client: Any):
    with pytest.raises(ResourceNotFound):
        client.Order.find(1)
    for wrong in signed_in(practice, "shpat_wrong"):
        with pytest.raises(UnauthorizedAccess):
            wrong.Order.find(status="any")
