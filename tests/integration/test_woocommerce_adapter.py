"""The WooCommerce adapter against the practice server, over real HTTP."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from adapters.addresses import AddressRefused, AddressRule
from adapters.errors import LoginRefused, NotAllowed, NotSent, OutcomeUnknown, Refused, RemoteError, TooFast
from adapters.http import Http
from adapters.registry import STORES
from adapters.stores.base import OrderPage, Store
from adapters.stores.woocommerce import contract, positions
from documents import ChargeKind, Order
from sync.drafting.figures import store_figures
from tests.practice_fixture import Practice, start_practice

DAYS, ORDERS = 40, 150
TODAY = dt.datetime.now(dt.UTC).date()
SINCE = TODAY - dt.timedelta(days=DAYS + 5)
CONTENT = {"orders": ORDERS, "days": DAYS, "seed": 7, "today": (TODAY - dt.timedelta(days=1)).isoformat()}
"""The last orders are of yesterday: some are paid minutes after they are made, and nothing is to change by itself."""
API = "/wp-json/wc/v3"
KEYS = ("consumer_key", "consumer_secret", "webhook_secret")


def later(minutes: float = 3) -> dt.datetime:
    """The practice stamps changes with the real time."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)


class NoPace:
    def wait(self) -> None:
        pass


@pytest.fixture(scope="module")
def running() -> Iterator[Practice]:
    with start_practice(**CONTENT) as practice:
        yield practice


@pytest.fixture
def practice(running: Practice) -> Iterator[Practice]:
    yield running
    running.reset(**CONTENT)


def store_of(practice: Practice, slept: list[float] | None = None, **given: str) -> Store:
    line = {**practice.line["woocommerce"], **given}
    secrets = {name: line[name] for name in KEYS}
    http = Http(
        "WooCommerce",
        rule=AddressRule(practice=frozenset({f"127.0.0.1:{practice.port}"})),
        before_call=lambda: None,
        pacer=NoPace(),
        in_flight=1,
        secrets=secrets.values(),
        sleep=(slept if slept is not None else []).append,
    )
    return STORES["woocommerce"]({"base_url": line["base_url"]}, secrets, http, later)


@pytest.fixture
def store(practice: Practice) -> Store:
    return store_of(practice)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "PAGE", 7)


def pull(store: Store, position: str | None = None, now: dt.datetime | None = None) -> list[OrderPage]:
    return list(store.order_pages(store.channels()[0], SINCE, position, now or later()))


def orders(pages: list[OrderPage]) -> list[Order]:
    return [each.order for page in pages for each in page.orders]


def ids(pages: list[OrderPage]) -> list[str]:
    return [order.order_id for order in orders(pages)]


def there(practice: Practice) -> set[str]:
    return {each["id"] for each in practice.control("GET", "/ledger/woocommerce")["orders"]}


def sell(practice: Practice, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = practice.control("POST", "/stores/woocommerce/sales", {"sales": [fields]})["sales"][0]
    return made


def change(practice: Practice, n: int, **fields: Any) -> None:
    practice.control("PATCH", f"/stores/woocommerce/sales/{n}", fields)


def number_of(order_id: str) -> int:
    return int(order_id) - 20_000


def days_ago(days: float) -> str:
    return (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).isoformat()


# --- connecting -------------------------------------------------------------------------------------------------


@pytest.mark.feature("P5", "P6")
def test_the_check_names_the_shop_by_its_address(practice: Practice, store: Store):
    assert store.shop_id == f"127.0.0.1:{practice.port}/woocommerce"
    assert store.check() == f"WooCommerce {store.shop_id}"


def test_a_shop_is_one_channel_in_its_own_currency(store: Store):
    [channel] = store.channels()
    assert (channel.id, channel.kind, channel.currency) == ("shop", "woocommerce", "MYR")


def test_the_set_up_names_currency_and_taxes(store: Store):
    facts = store.facts()
    assert facts.currency == "MYR"
    assert {(tax.id, tax.name, tax.rate) for tax in facts.taxes} >= {("901", "SST", Decimal(6))}


@pytest.mark.feature("P5")
@pytest.mark.parametrize("name", ["consumer_key", "consumer_secret"])
def test_a_wrong_key_is_told_as_such_and_shown_nowhere(practice: Practice, name: str):
    with pytest.raises(LoginRefused) as error:
        store_of(practice, **{name: "wrong-key-0001"}).check()
    assert "wrong-key-0001" not in f"{error.value} {error.value.cause}"


def test_the_key_goes_in_the_header_alone(practice: Practice, store: Store):
    practice.control("DELETE", "/requests")
    pull(store)
    assert not any("consumer" in str(each["query"]) for each in practice.requests("woocommerce"))


def test_what_a_key_may_not_do_is_told(practice: Practice, store: Store):
    practice.faults("forbidden_403", "woocommerce")
    with pytest.raises(NotAllowed):
        store.check()


def test_an_address_without_a_shop_says_what_to_do(practice: Practice):
    with pytest.raises(Refused, match="Permalinks"):
        store_of(practice, base_url=practice.line["woocommerce"]["base_url"] + "/blog").check()


def test_a_shop_is_asked_by_https_only(practice: Practice):
    with pytest.raises(AddressRefused):
        store_of(practice, base_url="http://shop.example.com").check()


def test_a_server_that_is_down_was_not_reached(practice: Practice):
    with pytest.raises(NotSent):
        store_of(practice, base_url="https://127.0.0.1:1").check()


# --- reading all ------------------------------------------------------------------------------------------------


@pytest.mark.feature("P6")
def test_every_order_is_told_once_and_adds_up(practice: Practice, store: Store):
    pages = pull(store)
    assert len(ids(pages)) == len(set(ids(pages))) == ORDERS
    assert set(ids(pages)) == there(practice)
    assert not any(page.unreadable or page.gone for page in pages)
    for order in orders(pages):
        assert store_figures(order) == order.total, order.number
        assert order.number != order.order_id
    assert pages[-1].done == pages[-1].total


@pytest.mark.usefixtures("small_pages")
def test_a_window_of_many_pages_is_read_whole(practice: Practice, store: Store):
    pages = pull(store)
    assert sorted(ids(pages)) == sorted(there(practice))


def test_a_host_that_cuts_pages_without_a_word_hides_no_order(practice: Practice, store: Store):
    practice.settings("woocommerce", longest_page=7)
    assert sorted(ids(pull(store))) == sorted(there(practice))
    known = sorted(there(practice))
    assert sorted(ids([store.orders_by_id(store.channels()[0], known)])) == known


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("stop_after", [1, 3, 10, 25])
def test_a_pull_that_was_stopped_goes_on_without_a_gap(practice: Practice, store: Store, stop_after: int):
    half = pull(store)[:stop_after]
    rest = pull(store, half[-1].position)
    assert sorted(ids(half) + ids(rest)) == sorted(there(practice))


def moving(store: Store, between: Callable[[int], None]) -> list[OrderPage]:
    """A pull, while which something happens after each page."""
    pages = []
    for place, page in enumerate(store.order_pages(store.channels()[0], SINCE, None, later())):
        pages.append(page)
        between(place)
    return pages


@pytest.mark.usefixtures("small_pages")
def test_orders_that_change_while_they_are_paged_hide_no_other(practice: Practice, store: Store):
    oldest = sorted(there(practice), key=int)

    def between(place: int) -> None:
        if place < 40:
            change(practice, number_of(oldest[place * 3]), remark="changed", updated=later(9).isoformat())

    pages = moving(store, between)
    again = pull(store, pages[-1].position, later(20))
    assert set(ids(pages)) | set(ids(again)) == there(practice)
    untouched = there(practice) - set(oldest[: 40 * 3 : 3])
    assert untouched <= set(ids(pages))


@pytest.mark.usefixtures("small_pages")
def test_a_window_that_grows_all_the_same_is_read_anew(practice: Practice, store: Store):
    def between(place: int) -> None:
        if place == 1:
            sell(practice, when=days_ago(DAYS + 4), updated=days_ago(DAYS - 3))

    assert set(ids(moving(store, between))) == there(practice)


@pytest.mark.usefixtures("small_pages")
def test_a_window_that_never_stands_still_is_told(practice: Practice, store: Store):
    def between(place: int) -> None:
        sell(practice, updated=days_ago(DAYS - 3))

    with pytest.raises(OutcomeUnknown, match="stand still"):
        moving(store, between)


# --- what changed -----------------------------------------------------------------------------------------------


def again(store: Store, pages: list[OrderPage]) -> tuple[dict[str, Order], set[str]]:
    """What a later pull of the same day tells: orders by id, and those that are gone; the daily look was had."""
    now = later(5)
    kept = msgspec.structs.replace(positions.read(pages[-1].position, now.date()), looked=now.date())
    seen = pull(store, kept.text(), now)
    return {order.order_id: order for order in orders(seen)}, {each for page in seen for each in page.gone}


def test_a_later_pull_tells_only_what_changed(practice: Practice, store: Store):
    pages = pull(store, now=later(-20))
    known = {order.order_id: order for order in orders(pages)}
    [cancelled, refunded, deleted, *_] = [each for each in known if known[each].payment_status == "paid"]
    change(practice, number_of(cancelled), state="cancelled")
    practice.control("POST", f"/stores/woocommerce/sales/{number_of(refunded)}/refund")
    change(practice, number_of(deleted), extra={"status": "trash"})
    new = sell(practice)["id"]
    seen, gone = again(store, pages)
    assert (set(seen), gone) == ({cancelled, refunded, new}, {deleted})
    assert seen[cancelled].status == "cancelled"
    assert (seen[refunded].status, seen[refunded].payment_status) == ("refunded", "refunded")
    [refund] = seen[refunded].refunds
    assert refund.amount == seen[refunded].total and refund.lines == ()


@pytest.mark.parametrize("names_lines", [True, False])
def test_a_refund_of_goods_names_their_line(practice: Practice, store: Store, names_lines: bool):
    practice.settings("woocommerce", names_refunded_lines=names_lines)
    sale = sell(practice, lines=[{"isku": "SHIRT-M", "quantity": 2}, {"isku": "MUG-01"}])
    practice.control("POST", f"/stores/woocommerce/sales/{sale['n']}/refund", {"lines": [[1, 1]], "reason": "Torn"})
    [order] = orders([store.orders_by_id(store.channels()[0], [sale["id"]])])
    [refund] = order.refunds
    assert (refund.amount, refund.reason, refund.needs_look) == (Decimal("62.54"), "Torn", False)
    [back] = refund.lines
    assert (back.line_id, back.quantity, back.amount) == (order.lines[0].id, 1, Decimal("59.00"))


def test_a_refund_that_changed_no_date_is_seen_the_next_day(practice: Practice, store: Store):
    sale = sell(practice, when=days_ago(3), updated=days_ago(3))
    pages = pull(store)
    refund = {"id": 5, "when": days_ago(0), "amount": "4.00"}
    change(practice, sale["n"], refunds=[refund], state="partly_refunded", updated=days_ago(3))
    seen, _ = again(store, pages)
    assert sale["id"] not in seen
    tomorrow = pull(store, pages[-1].position, later(24 * 60))
    [order] = [order for order in orders(tomorrow) if order.order_id == sale["id"]]
    assert [each.amount for each in order.refunds] == [Decimal("4.00")]
    same_day = pull(store, tomorrow[-1].position, later(24 * 60 + 1))
    assert sale["id"] not in ids(same_day)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("stop_after", [1, 4, 9])
def test_the_second_look_goes_on_where_it_was_stopped(practice: Practice, store: Store, stop_after: int):
    pages = pull(store)
    half = pull(store, pages[-1].position, later(24 * 60))[:stop_after]
    rest = pull(store, half[-1].position, later(24 * 60 + 30))
    assert set(ids(half) + ids(rest)) == there(practice)
    assert len(ids(half) + ids(rest)) < 2 * ORDERS


def test_an_unfinished_checkout_is_no_order(practice: Practice, store: Store):
    draft = sell(practice, extra={"status": "checkout-draft"})["id"]
    assert draft not in ids(pull(store))
    assert draft not in {each.order_id for page in store.listed(store.channels()[0], SINCE, TODAY) for each in page}
    page = store.orders_by_id(store.channels()[0], [draft])
    assert (page.orders, page.unreadable, page.gone) == ((), (), ())


def test_orders_are_read_again_by_their_ids_and_those_that_are_gone_are_told(practice: Practice, store: Store):
    one, trashed, deleted = (sell(practice) for _ in range(3))
    change(practice, trashed["n"], extra={"status": "trash"})
    practice.control("DELETE", f"/stores/woocommerce/sales/{deleted['n']}")
    asked = [one["id"], trashed["id"], deleted["id"], "?made-up", ""]
    page = store.orders_by_id(store.channels()[0], asked)
    assert [each.order.order_id for each in page.orders] == [one["id"]]
    assert set(page.gone) == {trashed["id"], deleted["id"]}


@pytest.mark.parametrize("fault", ["html_502", "status_503", "refuse", "garbage_200_nothing", "token_expired"])
def test_an_order_is_gone_only_if_the_shop_says_so(practice: Practice, store: Store, fault: str):
    deleted = sell(practice)
    practice.control("DELETE", f"/stores/woocommerce/sales/{deleted['n']}")
    channel = store.channels()[0]
    practice.faults(fault, "woocommerce", path=f"{API}/orders/{deleted['id']}", times=1000)
    with pytest.raises(RemoteError):
        store.orders_by_id(channel, [deleted["id"]])


def test_more_orders_than_a_page_are_read_by_their_ids(practice: Practice, store: Store):
    known = sorted(there(practice))
    page = store.orders_by_id(store.channels()[0], known)
    assert sorted(each.order.order_id for each in page.orders) == known


@pytest.mark.feature("Z9")
@pytest.mark.usefixtures("small_pages")
def test_every_order_of_some_days_is_listed_by_its_id(practice: Practice, store: Store):
    begin, end = TODAY - dt.timedelta(days=20), TODAY - dt.timedelta(days=5)
    listed = [each for page in store.listed(store.channels()[0], begin, end) for each in page]
    sold = practice.control("GET", "/ledger/woocommerce")["orders"]
    wanted = {each["id"] for each in sold if begin <= dt.datetime.fromisoformat(each["when"]).date() <= end}
    assert 0 < len(listed) == len({each.order_id for each in listed}) < ORDERS
    assert {each.order_id for each in listed} == wanted
    assert all(each.ordered_at and each.number != each.order_id for each in listed)


# --- odd orders -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "told", "word"),
    [
        ("total", "n/a", "total"),
        ("line_items", [{"id": 1, "quantity": 3, "total": "1E99", "total_tax": "0"}], "figure"),
    ],
)
def test_an_order_that_cannot_be_read_is_told_and_the_others_are_read(
    practice: Practice, store: Store, field: str, told: Any, word: str
):
    bad = sell(practice, extra={field: told})["id"]
    pages = pull(store)
    [found] = [each for page in pages for each in page.unreadable]
    assert (found.order_id, f'"{field}"' in found.raw, word in str(found.message)) == (bad, True, True)
    assert set(ids(pages)) == there(practice) - {bad}


def test_fees_below_zero_and_foreign_money_are_told(practice: Practice, store: Store):
    fees = [{"id": 1, "name": "Bulk discount", "total": "-3.00", "total_tax": "0.00", "taxes": []}]
    extra = {"fee_lines": fees, "total": "12.00", "currency": "SGD", "prices_include_tax": True}
    sale = sell(practice, extra=extra)
    [order] = orders([store.orders_by_id(store.channels()[0], [sale["id"]])])
    assert [(each.kind, each.amount) for each in order.charges] == [(ChargeKind.SELLER_DISCOUNT, Decimal("-3.00"))]
    assert (order.currency, store_figures(order)) == ("SGD", order.total)


def test_an_order_of_a_shop_whose_prices_hold_tax_adds_up(practice: Practice, store: Store):
    lines = [{"isku": "SHIRT-M", "quantity": 3}, {"isku": "STK-1"}, {"isku": "BOOK-A"}]
    sale = sell(practice, inclusive=True, voucher="7.77", shipping="8.00", shipping_tax="901", lines=lines)
    [order] = orders([store.orders_by_id(store.channels()[0], [sale["id"]])])
    assert store_figures(order) == order.total == Decimal(sale["total"])
    assert [line.tax.id for line in order.lines if line.tax] == ["901", "901", "909"]


@pytest.mark.parametrize("tells_it", [True, False])
def test_the_rate_of_a_tax_is_the_order_s_own_or_the_table_s(practice: Practice, store: Store, tells_it: bool):
    practice.settings("woocommerce", tells_rate_percent=tells_it)
    sale = sell(practice, lines=[{"isku": "CABLE-1"}])
    practice.control("DELETE", "/requests")
    [order] = orders([store.orders_by_id(store.channels()[0], [sale["id"]])])
    tax = order.lines[0].tax
    assert tax is not None and (tax.id, tax.name, tax.rate) == ("902", "Service Tax", 8)
    asked = [each for each in practice.requests("woocommerce") if each["path"].endswith("/taxes")]
    assert len(asked) == (0 if tells_it else 1)


def test_a_deleted_product_stays_on_its_orders(practice: Practice, store: Store):
    sale = sell(practice, lines=[{"isku": "MUG-01"}])
    before = {item.item_id for page in store.item_pages() for item in page.items}
    practice.control("DELETE", "/stores/woocommerce/products/MUG-01")
    [order] = orders([store.orders_by_id(store.channels()[0], [sale["id"]])])
    [line] = order.lines
    assert (line.item_id, line.sku, line.name) == ("500", None, "Mug - Blue")
    after = {item.item_id for page in store.item_pages() for item in page.items}
    assert before - after == {"500"}


# --- lists ------------------------------------------------------------------------------------------------------


@pytest.mark.feature("M1")
@pytest.mark.parametrize("size", [100, 7])
def test_each_variation_is_an_item_of_its_own(store: Store, monkeypatch: pytest.MonkeyPatch, size: int):
    monkeypatch.setattr(contract, "PAGE", size)
    items = [item for page in store.item_pages() for item in page.items]
    by_sku = {item.sku: item for item in items}
    assert len(items) == len({item.item_id for item in items}) == len(by_sku)
    assert by_sku["SHIRT-M"].name == "Batik shirt - M" and by_sku["PHONE-X"].name == "Phone X"
    assert "SHIRT" not in by_sku and by_sku["TEA-50"].price == Decimal("49.90")


def test_what_an_order_names_is_in_the_catalogue(store: Store):
    items = {item.item_id: item.sku for page in store.item_pages() for item in page.items}
    named = {(line.item_id, line.sku) for order in orders(pull(store)) for line in order.lines if line.item_id}
    assert named and all(items[item_id] == sku for item_id, sku in named)


def test_customers_with_an_account_are_read(store: Store):
    people = [each for page in store.customer_pages() for each in page]
    assert len(people) == len({each.customer_id for each in people}) == 10
    assert people[0].email == "aisyah@example.com" and people[3].company == "志强贸易有限公司"


@pytest.mark.feature("S18")
def test_the_books_number_is_written_into_the_order_once(practice: Practice, store: Store):
    sale = sell(practice)
    for number in ("IV-1", "IV-1"):
        store.write_number(sale["id"], number)
    told = next(each for each in practice.control("GET", "/ledger/woocommerce")["orders"] if each["id"] == sale["id"])
    fields = told["extra"]["meta_data"]
    assert [(each["key"], each["value"]) for each in fields] == [("tillbridge_invoice_number", "IV-1")]
    practice.control("DELETE", f"/stores/woocommerce/sales/{sale['n']}")
    with pytest.raises(Refused):
        store.write_number(sale["id"], "IV-1")


# --- trouble ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/orders", "/orders/*/refunds", "/taxes"])
@pytest.mark.parametrize("fault", ["garbage_200_nothing", "html_502", "status_503", "drop_before", "refuse"])
def test_a_page_that_fails_is_never_no_orders(practice: Practice, store: Store, path: str, fault: str):
    channel = store.channels()[0]
    practice.faults(fault, "woocommerce", path=API + path, times=1000, **({"html": True} if "503" in fault else {}))
    with pytest.raises(RemoteError):
        list(store.order_pages(channel, SINCE, None, later()))


def test_an_answer_that_is_no_list_is_no_empty_list(practice: Practice, store: Store):
    practice.faults("status", "woocommerce", path=f"{API}/orders", status=200, message="{}", times=1000)
    with pytest.raises(OutcomeUnknown):
        pull(store)


def test_a_page_that_fails_for_a_moment_is_asked_again(practice: Practice):
    slept: list[float] = []
    store = store_of(practice, slept)
    practice.faults("status_503", "woocommerce", path=f"{API}/orders", html=True, times=2)
    assert set(ids(pull(store))) == there(practice)
    assert slept == [2, 4]


@pytest.mark.parametrize(("told", "waited"), [({"retry_after": 9}, 9), ({}, 2)])
def test_429_is_waited_for(practice: Practice, told: dict[str, float], waited: float):
    slept: list[float] = []
    practice.faults("status_429", "woocommerce", path=f"{API}/orders", **told)
    assert set(ids(pull(store_of(practice, slept)))) == there(practice)
    assert slept == [waited]


def test_429_without_an_end_is_told_as_too_fast(practice: Practice, store: Store):
    channel = store.channels()[0]
    practice.faults("status_429", "woocommerce", times=1000)
    with pytest.raises(TooFast):
        list(store.order_pages(channel, SINCE, None, later()))


def test_a_key_that_is_taken_back_in_the_middle_stops_the_pull(practice: Practice, store: Store):
    practice.faults("token_expired", "woocommerce", path=f"{API}/orders", skip=2, times=1000)
    with pytest.raises(LoginRefused):
        pull(store)


def test_a_start_in_the_future_reads_nothing(store: Store):
    channel = store.channels()[0]
    assert list(store.order_pages(channel, TODAY + dt.timedelta(days=2), None, later())) == []
