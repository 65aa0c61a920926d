"""The Shopify adapter against the practice server, over real HTTP."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.errors import LoginRefused, NotAllowed, NotSent, OutcomeUnknown, Refused, RemoteError, TooFast
from adapters.stores.base import Store
from adapters.stores.shopify import contract
from documents import ChargeKind
from sync.drafting.figures import store_figures
from tests.practice_fixture import Practice, start_practice
from tests.shopify_shop import change, orders_in, pull, sell, store_of

TODAY = dt.datetime.now(dt.UTC).date()
SINCE = TODAY - dt.timedelta(days=40)
ORDERS = 130

pytestmark = pytest.mark.feature("P6")


@pytest.fixture(scope="module")
def running() -> Iterator[Practice]:
    with start_practice(orders=ORDERS, days=30, seed=7) as practice:
        yield practice


@pytest.fixture
def practice(running: Practice) -> Iterator[Practice]:
    yield running
    running.reset(orders=ORDERS, days=30, seed=7)


@pytest.fixture
def empty(practice: Practice) -> Practice:
    practice.reset(orders=0)
    return practice


@pytest.fixture
def store(practice: Practice) -> Store:
    return store_of(practice)


def there(practice: Practice) -> set[str]:
    return {each["id"] for each in practice.ledger(system="shopify")["orders"]}


def ids(pages: list[Any]) -> list[str]:
    return [order.order_id for order in orders_in(pages)]


def one(practice: Practice, sale: dict[str, Any]) -> Any:
    """An order by its id, as it is now."""
    store = store_of(practice)
    page = store.orders_by_id(store.channels()[0], [sale["id"]])
    assert page.unreadable == ()
    return page.orders[0].order


# --- the shop ---------------------------------------------------------------------------------------------------


@pytest.mark.feature("P5")
def test_the_check_names_the_shop_and_its_domain_is_its_id(store: Store):
    assert store.check() == "Shopify Kedai Mawar"
    assert store.shop_id == "kedai-mawar.myshopify.com"
    [channel] = store.channels()
    assert (channel.name, channel.kind, channel.currency) == ("Kedai Mawar", "webstore", "MYR")
    assert (store.facts().currency, store.facts().country) == ("MYR", "MY")


@pytest.mark.feature("P5")
def test_a_wrong_token_is_told_as_such_and_shown_nowhere(practice: Practice):
    with pytest.raises(LoginRefused) as error:
        store_of(practice, access_token="shpat_wrong0001").check()
    assert "shpat_wrong0001" not in f"{error.value} {error.value.cause}"


@pytest.mark.feature("P5")
def test_another_shops_domain_is_refused_with_the_right_one(practice: Practice):
    with pytest.raises(Refused, match=r"kedai-mawar\.myshopify\.com"):
        store_of(practice, shop="other.myshopify.com").check()


@pytest.mark.feature("P5")
def test_a_token_that_may_not_read_orders_is_told_at_once(practice: Practice):
    practice.settings("shopify", scopes=["read_products"])
    with pytest.raises(NotAllowed, match="read_orders"):
        store_of(practice).check()
    with pytest.raises(NotAllowed, match="read_orders"):
        pull(store_of(practice), SINCE)


def test_the_whole_catalogue_is_read_and_a_deleted_product_is_not(practice: Practice, store: Store):
    items = [item for page in store.item_pages() for item in page.items]
    assert len({item.item_id for item in items}) == len(items) > 30
    assert any((item.sku, item.name, item.price) == ("MUG-01", "Mug - Blue", Decimal("15.00")) for item in items)
    practice.control("DELETE", "/stores/shopify/products/MUG-01")
    left = {item.item_id for page in store.item_pages() for item in page.items}
    assert {item.item_id for item in items if item.sku != "MUG-01"} == left


def test_customers_are_read_where_the_token_may(practice: Practice, store: Store):
    customers = [each for page in store.customer_pages() for each in page]
    assert {"Siti D'Cruz", "陈美玲"} <= {each.name for each in customers}
    practice.settings("shopify", scopes=["read_orders", "read_products"])
    assert list(store.customer_pages()) == []


# --- pulling ----------------------------------------------------------------------------------------------------


def test_every_order_is_pulled_once_and_adds_up(practice: Practice, store: Store):
    pages = pull(store, SINCE)
    orders = orders_in(pages)
    assert len(ids(pages)) == len(set(ids(pages)))
    assert set(ids(pages)) == there(practice)
    assert [each for page in pages for each in page.unreadable] == []
    assert [order.number for order in orders if store_figures(order) != order.total] == []
    assert pages[-1].done == pages[-1].total


def test_our_figures_are_the_shops_own(practice: Practice, store: Store):
    told = {each["id"]: each for each in practice.ledger(system="shopify")["orders"]}
    for order in orders_in(pull(store, SINCE)):
        sale = told[order.order_id]
        assert (order.total, order.tax_total) == (Decimal(sale["total"]), Decimal(sale["tax_total"]))
        assert sum(each.amount for each in order.refunds) == sum(Decimal(each["amount"]) for each in sale["refunds"])
        paid = sum(each.amount for each in order.payments)
        assert paid == (order.total if sale["paid_at"] else 0)


@pytest.mark.parametrize("stop_after", [1, 2, 4])
def test_a_pull_that_was_stopped_goes_on_without_a_gap(practice: Practice, store: Store, stop_after: int, monkeypatch):
    monkeypatch.setattr(contract, "PAGE", 20)
    half = pull(store, SINCE)[:stop_after]
    rest = pull(store_of(practice), SINCE, half[-1].position)
    assert set(ids(half) + ids(rest)) == there(practice)
    assert set(ids(half)).isdisjoint(ids(rest))


def test_a_cursor_that_is_too_old_begins_its_window_again(practice: Practice, store: Store, monkeypatch):
    monkeypatch.setattr(contract, "PAGE", 10)
    half = pull(store, SINCE)[:2]
    practice.settings("shopify", forget_cursors=1)
    rest = pull(store_of(practice), SINCE, half[-1].position)
    assert set(ids(half) + ids(rest)) == there(practice)


def test_an_order_that_changes_while_a_window_is_paged_is_not_missed_nor_another_one(
    practice: Practice, store: Store, monkeypatch
):
    monkeypatch.setattr(contract, "PAGE", 10)
    pages = store.order_pages(store.channels()[0], SINCE, None, dt.datetime.now(dt.UTC))
    seen = [next(page for page in pages if page.orders)]
    changed = seen[0].orders[0].order
    practice.control("PATCH", f"/stores/shopify/sales/{changed.number[1:]}", {"remark": "Call first"})
    seen += list(pages)
    later = pull(store, SINCE, seen[-1].position)
    assert [order.notes for order in orders_in(later) if order.order_id == changed.order_id] == ["Call first"]
    assert set(ids(seen) + ids(later)) == there(practice)
    assert len(ids(later)) < 10, "only what was sold or changed just now"


def test_a_later_pull_reads_only_what_changed(practice: Practice, store: Store):
    first = pull(store, SINCE, later_s=0)
    sales = practice.ledger(system="shopify")["orders"]
    paid = next(each for each in sales if each["state"] == "paid")
    change(practice, paid, state="cancelled")
    fresh = sell(practice)
    orders = {order.order_id: order for order in orders_in(pull(store, SINCE, first[-1].position))}
    assert {paid["id"], fresh["id"]} <= orders.keys()
    assert orders[paid["id"]].status == "cancelled"
    assert len(orders) < 30


def test_a_start_in_the_future_reads_nothing(store: Store):
    assert pull(store, TODAY + dt.timedelta(days=2)) == []


@pytest.mark.feature("Z9")
def test_the_list_names_every_order_of_its_days_and_no_test_order(practice: Practice, store: Store):
    sell(practice, extra={"test": True})
    listed = [each for page in store.listed(store.channels()[0], SINCE, TODAY) for each in page]
    ours = {each["id"]: each for each in practice.ledger(system="shopify")["orders"] if not each["extra"]}
    assert {each.order_id for each in listed} == set(ours)
    assert all(each.number == ours[each.order_id]["number"] for each in listed)
    day = dt.datetime.fromisoformat(listed[0].ordered_at.isoformat()).date()
    only = [each for page in store.listed(store.channels()[0], day, day) for each in page]
    assert {each.order_id for each in only} == {
        each.order_id for each in listed if each.ordered_at and each.ordered_at.date() == day
    }


def test_test_orders_are_left_out_everywhere(empty: Practice):
    made, store = sell(empty, extra={"test": True}), store_of(empty)
    assert ids(pull(store, SINCE)) == []
    page = store.orders_by_id(store.channels()[0], [made["id"]])
    assert (page.orders, page.unreadable, page.gone) == ((), (), ())


# --- orders by id -----------------------------------------------------------------------------------------------


def test_a_deleted_order_is_gone(practice: Practice, store: Store):
    one, other = practice.ledger(system="shopify")["orders"][:2]
    practice.control("DELETE", f"/stores/shopify/sales/{one['n']}")
    page = store.orders_by_id(store.channels()[0], [one["id"], other["id"], "GONE-1"])
    assert [each.order.order_id for each in page.orders] == [other["id"]]
    assert page.gone == (one["id"],)
    assert (page.unreadable, page.unseen) == ((), ()), "what is no id of Shopify's is none of its orders"


def test_an_order_that_the_token_cannot_see_is_not_said_to_be_gone(empty: Practice):
    old = sell(empty, when=(dt.datetime.now(dt.UTC) - dt.timedelta(days=70)).isoformat())
    practice, store = empty, store_of(empty)
    assert orders_in(pull(store, TODAY - dt.timedelta(days=90)))[0].order_id == old["id"]
    practice.settings("shopify", scopes=["read_orders", "read_products"])
    assert pull(store, TODAY - dt.timedelta(days=90))[0].orders == ()
    page = store.orders_by_id(store.channels()[0], [old["id"]])
    assert (page.gone, page.unreadable, page.unseen) == ((), (), (old["id"],))
    assert page.seen_from is not None and page.seen_from < dt.datetime.now(dt.UTC) - dt.timedelta(days=58)


# --- traps, through the whole way -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [9, 10, 11, 130])
def test_an_order_of_any_length_is_read_whole(empty: Practice, count: int):
    order = one(empty, sell(empty, lines=[{"isku": "MUG-01", "quantity": 1} for _ in range(count)]))
    assert len(order.lines) == len({line.id for line in order.lines}) == count
    assert store_figures(order) == order.total


@pytest.mark.parametrize("count", [1, 3, 4, 12])
def test_an_order_of_many_captures_has_all_its_payments(empty: Practice, count: int):
    paid = [["", "1.25"] for _ in range(count)]
    assert len(one(empty, sell(empty, extra={"_paid": paid})).payments) == count


def test_an_order_with_more_payments_than_can_be_read_is_told_and_never_cut(empty: Practice):
    sale, other = sell(empty, extra={"_paid": [["", "0.25"] for _ in range(60)]}), sell(empty)
    [page] = [page for page in pull(store_of(empty), SINCE) if page.orders]
    assert [each.order.order_id for each in page.orders] == [other["id"]]
    assert [each.order_id for each in page.unreadable] == [sale["id"]]


def test_an_order_whose_refund_has_no_details_is_told_and_the_others_are_read(empty: Practice):
    lost = {"refunds": [{"id": "gid://shopify/Refund/5001009999000"}]}
    sale, other = sell(empty, extra=lost), sell(empty)
    [page] = [page for page in pull(store_of(empty), SINCE) if page.orders]
    assert [each.order.order_id for each in page.orders] == [other["id"]]
    assert [(each.order_id, "details" in str(each.message)) for each in page.unreadable] == [(sale["id"], True)]


def test_a_gift_card_that_paid_is_a_payment_and_lowers_nothing(empty: Practice):
    order = one(empty, sell(empty, extra={"_paid": [["gift_card", "10.00"], ["", "5.00"]]}))
    assert [(each.method, each.amount) for each in order.payments] == [("gift card", 10), ("shopify_payments", 5)]
    assert order.total == 15


def test_a_tip_is_a_charge(empty: Practice):
    order = one(empty, sell(empty, extra={"_tip": "5.00"}))
    assert [each.amount for each in order.charges if each.kind == ChargeKind.TIP] == [5]
    assert store_figures(order) == order.total == 20


@pytest.mark.parametrize("inclusive", [True, False])
def test_refunds_of_lines_with_their_tax_and_of_an_amount(empty: Practice, inclusive: bool):
    sale = sell(empty, lines=[{"isku": "TEA-250", "quantity": 3}, {"isku": "MUG-01"}], inclusive=inclusive)
    empty.control("POST", f"/stores/shopify/sales/{sale['n']}/refund", {"lines": [[1, 1]]})
    empty.control("POST", f"/stores/shopify/sales/{sale['n']}/refund", {"amount": "4.00", "reason": "Sorry"})
    order = one(empty, sale)
    goods, amount = order.refunds
    [line] = goods.lines
    assert (line.line_id, line.quantity, line.amount) == (order.lines[0].id, 1, 50)
    assert goods.amount == line.amount + (0 if inclusive else line.tax_amount)
    assert (amount.amount, amount.reason, amount.lines) == (4, "Sorry", ())
    assert order.lines[0].quantity == 3
    assert one(empty, sale).refunds == order.refunds


def test_what_was_taken_out_of_an_order_is_gone_from_it(empty: Practice):
    sale = sell(empty, lines=[{"isku": "TEA-250", "quantity": 3}, {"isku": "MUG-01"}], shipping="8.00")
    change(empty, sale, extra={"_removed": {"1": 1, "2": 1}})
    order = one(empty, sale)
    assert [(line.sku, line.quantity) for line in order.lines] == [("TEA-250", 2)]
    assert order.refunds == ()
    assert store_figures(order) == order.total == Decimal("114.00")
    empty.control("POST", f"/stores/shopify/sales/{sale['n']}/refund", {"lines": [[1, 1]]})
    order = one(empty, sale)
    assert (order.lines[0].quantity, order.refunds[0].amount) == (2, 53)
    assert store_figures(order) == order.total == Decimal("114.00")


def test_a_piece_that_was_taken_out_without_money_is_not_invoiced_though_no_edit_is_told(empty: Practice):
    sale = sell(empty, lines=[{"isku": "MUG-01", "quantity": 2, "price": "50.00"}])
    change(empty, sale, extra={"_removed": {"1": 1}, "edited": False})
    order = one(empty, sale)
    assert ([line.quantity for line in order.lines], order.total, order.refunds) == ([1], 50, ())
    assert store_figures(order) == order.total


def test_an_order_in_two_currencies_is_booked_in_the_shops(empty: Practice):
    shop, buyer = {"amount": "15.0", "currencyCode": "MYR"}, {"amount": "3.42", "currencyCode": "USD"}
    total = {"totalPriceSet": {"shopMoney": shop, "presentmentMoney": buyer}, "presentmentCurrencyCode": "USD"}
    order = one(empty, sell(empty, extra=total))
    assert (order.currency, order.total) == ("MYR", 15)


def test_an_order_whose_words_cannot_be_read_is_told_with_them(empty: Practice):
    bad, good = sell(empty, extra={"processedAt": "soon"}), sell(empty)
    [page] = [page for page in pull(store_of(empty), SINCE) if page.orders]
    [told] = page.unreadable
    assert (told.order_id, "soon" in told.raw, "soon" in str(told.message)) == (bad["id"], True, True)
    assert [each.order.order_id for each in page.orders] == [good["id"]]


# --- trouble ----------------------------------------------------------------------------------------------------


def test_a_throttled_query_is_asked_again_when_its_cost_is_there(practice: Practice):
    practice.settings("shopify", throttle_next=2, restore_rate=100.0)
    slept: list[float] = []
    assert store_of(practice, slept).channels()
    assert slept == [2, 2]


def test_throttled_without_an_end_is_told_as_too_fast_with_the_wait(practice: Practice):
    practice.settings("shopify", throttle_next=100, restore_rate=100.0)
    with pytest.raises(TooFast) as error:
        pull(store_of(practice), SINCE)
    assert error.value.wait_s == 2


def test_a_shop_that_allows_less_at_once_is_asked_for_fewer_orders(practice: Practice, monkeypatch):
    monkeypatch.setattr(contract, "ORDERS_AT_ONCE", 20)
    assert set(ids(pull(store_of(practice), SINCE))) == there(practice)


def test_429_is_waited_for_as_long_as_it_says(practice: Practice):
    slept: list[float] = []
    practice.faults("status_429", "shopify", retry_after=9)
    assert store_of(practice, slept).channels()
    assert slept == [9]
    practice.faults("status_429", "shopify")
    assert store_of(practice, slept).channels()
    assert slept == [9, 2]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"fault": "garbage_200_nothing"}, OutcomeUnknown),
        ({"fault": "html_502"}, OutcomeUnknown),
        ({"fault": "status", "status": 500, "message": " "}, OutcomeUnknown),
        ({"fault": "status", "status": 402, "message": "Unavailable Shop"}, NotAllowed),
        ({"fault": "status", "status": 423, "message": "Locked"}, NotAllowed),
        ({"fault": "status", "status": 403, "html": True}, OutcomeUnknown),
        ({"fault": "forbidden_403"}, NotAllowed),
        ({"fault": "token_expired"}, LoginRefused),
        ({"fault": "drop_before"}, OutcomeUnknown),
        ({"fault": "envelope_off"}, OutcomeUnknown),
        ({"fault": "refuse"}, Refused),
    ],
)
@pytest.mark.parametrize("operation", ["OrderList", "Orders(", "Refunds("])
def test_a_page_that_fails_is_never_no_orders(practice: Practice, fault: dict[str, Any], error: Any, operation: str):
    details = {name: value for name, value in fault.items() if name != "fault"}
    practice.faults(fault["fault"], "shopify", body_contains=f"query {operation}", times=1000, **details)
    with pytest.raises(error):
        pull(store_of(practice), SINCE)


def test_a_server_that_is_down_was_not_reached(practice: Practice):
    store = store_of(practice)
    practice.stop()
    try:
        with pytest.raises(NotSent):
            store.check()
    finally:
        practice.start()


def test_what_fails_for_a_moment_is_asked_again(practice: Practice):
    slept: list[float] = []
    practice.faults("status_503", "shopify", body_contains="query Orders(", times=2)
    assert set(ids(pull(store_of(practice, slept), SINCE))) == there(practice)
    assert slept == [2, 4]


def test_a_list_without_an_end_is_told(practice: Practice, monkeypatch):
    monkeypatch.setattr("adapters.stores.shopify.asking.MOST_PAGES", 2)
    monkeypatch.setattr(contract, "ITEM_PAGE", 5)
    with pytest.raises(RemoteError, match="does not end"):
        list(store_of(practice).item_pages())
