"""The Ecwid adapter against the practice server, over real HTTP; then orders of it, posted into practice books."""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.addresses import AddressRule
from adapters.errors import LoginRefused, NotAllowed, OutcomeUnknown, Refused, RemoteError, TooFast
from adapters.http import Http
from adapters.stores.base import HookRefused, OrderPage
from adapters.stores.ecwid import Ecwid, contract
from adapters.stores.ecwid.hooks import signature
from documents import Channel, ChargeKind, Order, Tax
from models import RunKind, Tick
from sync import connections, profiles, pulling
from sync.drafting.figures import store_figures
from tests.companies import COMPANIES
from tests.practice_fixture import Practice, start_practice
from tests.world import World

ORDERS, DAYS = 230, 80


class NoPace:
    def wait(self) -> None:
        pass


@pytest.fixture(scope="module")
def running() -> Iterator[Practice]:
    with start_practice(orders=ORDERS, days=DAYS, seed=7, today=yesterday().isoformat()) as practice:
        yield practice


@pytest.fixture
def there(running: Practice) -> Iterator[Practice]:
    yield running
    running.reset(orders=ORDERS, days=DAYS, seed=7, today=yesterday().isoformat())


def yesterday() -> dt.date:
    return now().date() - dt.timedelta(days=1)


def now() -> dt.datetime:
    """So late that what was done this moment is seen (`DELAY`)."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2)


def since() -> dt.date:
    return yesterday() - dt.timedelta(days=DAYS + 3)


def store_of(practice: Practice, slept: list[float] | None = None, **given: str) -> Ecwid:
    line = {**practice.line["ecwid"], **given}
    rule = AddressRule(practice=frozenset({f"127.0.0.1:{practice.port}"}))
    http = Http(
        "Ecwid",
        rule=rule,
        before_call=lambda: None,
        pacer=NoPace(),
        in_flight=1,
        secrets={line["token"]},
        sleep=(slept if slept is not None else []).append,
    )
    plain = {name: line[name] for name in ("base_url", "store_id")}
    return Ecwid(plain, {name: line[name] for name in ("token", "client_secret")}, http, now)


@pytest.fixture
def store(there: Practice) -> Ecwid:
    return store_of(there)


def channel(store: Ecwid) -> Channel:
    [only] = store.channels()
    return only


def pull(store: Ecwid, position: str | None = None) -> list[OrderPage]:
    return list(store.order_pages(channel(store), since(), position, now()))


def orders(pages: list[OrderPage]) -> list[Order]:
    return [each.order for page in pages for each in page.orders]


def ids(pages: list[OrderPage]) -> list[str]:
    return [each.order_id for each in orders(pages)]


def ledger(practice: Practice) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in practice.control("GET", "/ledger/ecwid")["orders"]}


def sell(practice: Practice, **sale: Any) -> dict[str, Any]:
    [made] = practice.control("POST", "/stores/ecwid/sales", {"sales": [sale]})["sales"]
    return dict(made)


def change(practice: Practice, n: int, **fields: Any) -> None:
    practice.control("PATCH", f"/stores/ecwid/sales/{n}", fields)


# --- connecting -------------------------------------------------------------------------------------------------


@pytest.mark.feature("P6")
def test_the_check_names_the_store(store: Ecwid):
    assert store.check() == "Ecwid 1003: Kedai Mawar"
    assert store.shop_id == "1003"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"token": "secret_wrong"}, LoginRefused),
        ({"token": "public_1234"}, LoginRefused),
        ({"store_id": "1004"}, Refused),
        ({"store_id": "01003"}, Refused),
        ({"store_id": "1003/orders"}, RemoteError),
        ({"store_id": "../1003"}, RemoteError),
    ],
)
def test_a_wrong_key_or_store_is_not_taken(there: Practice, given: dict[str, str], kind: type[RemoteError]):
    with pytest.raises(kind) as caught:
        store_of(there, **given).check()
    assert there.line["ecwid"]["token"] not in str(caught.value) + caught.value.cause


@pytest.mark.parametrize("scope", ["read_orders", "read_catalog", "read_customers"])
def test_a_token_that_may_too_little_is_told_what_it_lacks(there: Practice, store: Ecwid, scope: str):
    scopes = {"read_store_profile", "read_orders", "read_catalog", "read_customers"} - {scope}
    there.settings("ecwid", scopes=sorted(scopes))
    with pytest.raises(NotAllowed, match=scope):
        store.check()


def test_the_store_is_one_channel_in_the_profiles_currency(store: Ecwid):
    assert store.channels() == [Channel("1003", "Kedai Mawar", "ecwid", "MYR")]


def test_the_set_up_names_taxes_and_ways_to_pay(store: Ecwid):
    facts = store.facts()
    assert (facts.currency, facts.country, facts.payment_methods) == ("MYR", "MY", ("Card", "Bank transfer"))
    assert Tax("901", "SST", Decimal(6)) in facts.taxes


# --- pulling ----------------------------------------------------------------------------------------------------


@pytest.mark.feature("P6")
def test_every_order_is_pulled_with_its_total_and_adds_up(there: Practice, store: Ecwid):
    pages = pull(store)
    assert {each.order_id: each.total for each in orders(pages)} == {
        order_id: Decimal(sale["total"]) for order_id, sale in ledger(there).items()
    }
    assert all(store_figures(each) == each.total for each in orders(pages))
    assert [each for page in pages for each in page.unreadable] == []
    assert pages[-1].done == pages[-1].total == (now().date() - since()).days + 1
    assert len(pages) == 3  # windows of 30 days


@pytest.mark.feature("P6", "S19")
def test_what_is_off_the_shipping_and_off_some_products_is_told_apart(there: Practice, store: Ecwid):
    mixed = [{"isku": "MUG-01", "price": "100", "tax": "901"}, {"isku": "SHIRT-M", "price": "100", "tax": "909"}]
    promised = sell(there, shipping="2", shipping_off="6", lines=[{"isku": "MUG-01"}])
    both = sell(there, shipping="2", shipping_off="6", voucher="10", voucher_on=[1], lines=mixed)
    found = store.orders_by_id(channel(store), [promised["id"], both["id"]]).orders
    read = sorted((each.order for each in found), key=lambda order: order.order_id)
    first, second = ({(each.kind, each.amount) for each in order.charges} for order in read)
    assert first == {(ChargeKind.SHIPPING, 8), (ChargeKind.SHIPPING_DISCOUNT, -6)}
    assert second == first | {(ChargeKind.SELLER_DISCOUNT, -10)}
    assert all(store_figures(order) == order.total for order in read)
    assert read[1].total == Decimal("197.40")


@pytest.mark.parametrize("stop_after", [1, 2, 3])
def test_a_pull_that_was_stopped_goes_on_without_a_gap(there: Practice, store: Ecwid, stop_after: int):
    for _ in range(120):  # today's window has a second page
        sell(there)
    whole = pull(store)
    half = whole[:stop_after]
    rest = pull(store, half[-1].position)
    assert set(ids(half) + ids(rest)) == set(ledger(there))
    assert len(ids(half)) + len(ids(rest)) <= len(ids(whole)) + 1


def test_a_later_pull_sees_what_changed_since_and_little_else(there: Practice, store: Ecwid):
    done = pull(store)
    old = min(ledger(there).values(), key=lambda sale: sale["when"])
    change(there, old["n"], state="cancelled")
    new = sell(there)
    again = {each.order_id: each for each in orders(pull(store, done[-1].position))}
    assert again.keys() == {old["id"], new["id"]}
    assert again[old["id"]].status == "cancelled"


@pytest.mark.parametrize("leaving", [1, 5, 20])
def test_orders_that_change_while_the_list_is_paged_do_not_hide_others(there: Practice, store: Ecwid, leaving: int):
    for _ in range(120):
        sell(there)
    seen: set[str] = set()
    done: list[OrderPage] = []
    untouched = set(ledger(there))
    for page in store.order_pages(channel(store), since(), None, now()):
        done.append(page)
        seen |= {each.order.order_id for each in page.orders}
        if len(page.orders) == contract.PAGE and len(untouched) == ORDERS + 120:
            moved = [each.order.order_id for each in page.orders[:leaving]]
            untouched -= set(moved)
            for order_id in moved:  # it changes after the window's end: it leaves the list
                later = (now() + dt.timedelta(hours=1)).isoformat()
                change(there, ledger(there)[order_id]["n"], remark="changed", updated=later)
    assert seen >= untouched


def test_deleted_orders_are_gone_after_their_window(there: Practice, store: Ecwid):
    done = pull(store)
    made = sell(there)
    there.control("DELETE", f"/stores/ecwid/sales/{made['n']}")
    old = next(iter(ledger(there).values()))
    there.control("DELETE", f"/stores/ecwid/sales/{old['n']}")
    pages = pull(store, done[-1].position)
    assert {each for page in pages for each in page.gone} == {made["id"], old["id"]}


def test_carts_are_never_orders(there: Practice, store: Ecwid):
    cart = sell(there, extra={"paymentStatus": "INCOMPLETE"})
    assert cart["id"] not in ids(pull(store))
    page = store.orders_by_id(channel(store), [cart["id"]])
    assert (page.orders, page.unreadable, page.gone) == ((), (), ())
    assert cart["id"] not in {
        each.order_id for found in store.listed(channel(store), since(), now().date()) for each in found
    }


def test_an_order_that_cannot_be_read_is_told_and_the_others_are_there(there: Practice, store: Ecwid):
    bad = sell(there, extra={"total": "n/a"})
    long = sell(there, extra={"id": "X" * 70})
    nameless = sell(there, extra={"id": "", "vendorOrderNumber": ""})
    pages = pull(store)
    told = {each.order_id: each for page in pages for each in page.unreadable}
    assert "total" in str(told[bad["id"]].message) and "n/a" in told[bad["id"]].raw
    assert len(told) == 3 and all(len(order_id) <= 64 for order_id in told)
    assert set(ids(pages)) == set(ledger(there)) - {bad["id"], long["id"], nameless["id"]}
    assert {each.order_id for page in pull(store) for each in page.unreadable} == set(told)  # the same ids again


def test_a_profile_that_cannot_be_read_is_not_guessed(there: Practice, store: Ecwid):
    only = channel(store)
    there.faults("garbage_200", "ecwid", path="/*/profile", times=100)
    with pytest.raises(OutcomeUnknown):
        list(store.order_pages(only, since(), None, now()))


# --- trouble ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/*/orders", "/*/orders/deleted", "/*/profile"])
@pytest.mark.parametrize(
    "fault", ["garbage_200_nothing", "html_502", "status", "envelope_off", "drop_before", "refuse"]
)
def test_a_page_that_fails_is_never_no_orders(there: Practice, store: Ecwid, fault: str, path: str):
    only = channel(store)
    there.faults(fault, "ecwid", path=path, times=1000, status=500)
    with pytest.raises(RemoteError):
        list(store.order_pages(only, since(), None, now()))


def test_a_page_that_fails_for_a_moment_is_asked_again(there: Practice):
    slept: list[float] = []
    there.faults("status", "ecwid", path="/*/orders", times=2, status=500)
    assert set(ids(pull(store_of(there, slept)))) == set(ledger(there))
    assert slept == [2, 4]


@pytest.mark.parametrize(("said", "waited"), [(9, 9), (None, 2)])
def test_429_is_waited_for_as_long_as_it_says(there: Practice, said: float | None, waited: float):
    slept: list[float] = []
    there.faults("status_429", "ecwid", path="/*/orders", retry_after=said)
    assert set(ids(pull(store_of(there, slept)))) == set(ledger(there))
    assert slept == [waited]


def test_429_for_long_is_told_with_its_time(there: Practice, store: Ecwid):
    only = channel(store)
    there.faults("status_429", "ecwid", path="/*/orders", retry_after=300)
    with pytest.raises(TooFast) as caught:
        list(store.order_pages(only, since(), None, now()))
    assert caught.value.wait_s == 300


def test_a_token_that_is_not_taken_any_more_is_asked_about_once(there: Practice, store: Ecwid):
    only = channel(store)
    there.faults("token_expired", "ecwid", path="/*/orders", times=1000)
    there.control("DELETE", "/requests")
    with pytest.raises(LoginRefused):
        list(store.order_pages(only, since(), None, now()))
    assert len([each for each in there.requests("ecwid") if each["path"].endswith("/orders")]) == 1


# --- by id, by day ----------------------------------------------------------------------------------------------


def test_orders_are_read_by_id_and_those_that_are_gone_are_told(there: Practice, store: Ecwid):
    known = list(ledger(there))[:60]
    gone = sell(there)
    there.control("DELETE", f"/stores/ecwid/sales/{gone['n']}")
    page = store.orders_by_id(channel(store), [*known, gone["id"], known[0], "", "?made-up"])
    assert [each.order.order_id for each in page.orders].count(known[0]) == 1
    assert {each.order.order_id for each in page.orders} == set(known)
    assert page.gone == (gone["id"],)


def test_an_order_that_the_list_leaves_out_is_read_by_itself(there: Practice, store: Ecwid):
    only, known = channel(store), next(iter(ledger(there)))
    there.faults("envelope_off", "ecwid", path="/*/orders/EW-none")
    page = store.orders_by_id(only, [known, "EW-other"])
    assert ([each.order.order_id for each in page.orders], page.gone) == ([known], ("EW-other",))


@pytest.mark.parametrize("fault", ["html_502", "status", "refuse", "token_expired"])
def test_an_order_is_gone_only_where_ecwid_says_so(there: Practice, store: Ecwid, fault: str):
    only = channel(store)
    there.faults(fault, "ecwid", path="/*/orders/EW-none", times=100, status=500)
    with pytest.raises(RemoteError):
        store.orders_by_id(only, ["EW-none"])


@pytest.mark.feature("Z9")
def test_every_order_of_some_days_is_listed_once(there: Practice, store: Ecwid):
    first, last = yesterday() - dt.timedelta(days=50), yesterday() - dt.timedelta(days=3)
    listed = [each for page in store.listed(channel(store), first, last) for each in page]
    made = {order_id: dt.datetime.fromisoformat(sale["when"]) for order_id, sale in ledger(there).items()}
    wanted = {order_id for order_id, when in made.items() if first <= when.astimezone(dt.UTC).date() <= last}
    assert len(listed) == len(wanted) and {each.order_id for each in listed} == wanted
    assert all(each.order_id == f"EW-{each.number}" and each.ordered_at for each in listed)


# --- catalogue, refunds, messages -------------------------------------------------------------------------------


def test_the_catalogue_has_every_variation_under_the_id_that_orders_name(there: Practice, store: Ecwid):
    items = [item for page in store.item_pages() for item in page.items]
    by_id = {item.item_id: item for item in items}
    assert len(by_id) == len(items)
    lines = [line for each in orders(pull(store)) for line in each.lines if line.item_id and line.sku]
    assert lines and all(by_id[line.item_id].sku == line.sku for line in lines if line.item_id)
    made = sell(there, lines=[{"isku": "MUG-01"}])
    there.control("DELETE", "/stores/ecwid/products/MUG-01")
    assert "MUG-01" not in {item.sku for page in store.item_pages() for item in page.items}
    [order] = [each.order for each in store.orders_by_id(channel(store), [made["id"]]).orders]
    assert (order.lines[0].sku, order.lines[0].item_id) == ("MUG-01", "501-7001")


def test_customers_are_those_of_the_list(store: Ecwid):
    found = [each for page in store.customer_pages() for each in page]
    assert {"aisyah@example.com", "zq.lin@example.com"} <= {each.email for each in found}
    assert len({each.customer_id for each in found}) == len(found) == 10


@pytest.mark.feature("P6")
def test_refunds_come_one_after_the_other_with_the_same_ids(there: Practice, store: Ecwid):
    made = sell(there, lines=[{"isku": "SHIRT-M", "quantity": 3}])

    def read() -> Order:
        return store.orders_by_id(channel(store), [made["id"]]).orders[0].order

    assert read().refunds == ()
    there.control("POST", f"/stores/ecwid/sales/{made['n']}/refund", {"amount": "20.00", "reason": "Torn"})
    first = read()
    there.control("POST", f"/stores/ecwid/sales/{made['n']}/refund", {})
    whole = read()
    assert (first.payment_status, whole.payment_status) == ("paid", "refunded")
    assert first.refunds == whole.refunds[:1] and len(whole.refunds) == 2
    assert sum(each.amount for each in whole.refunds) == whole.total
    assert not any(each.needs_look for each in whole.refunds)


def test_a_message_leads_to_the_order_that_it_names(there: Practice, store: Ecwid):
    made, created = sell(there), int(now().timestamp())
    event = {"eventId": "e-1", "eventCreated": created, "storeId": 1003, "entityId": 5, "eventType": "order.updated"}
    body = json.dumps({**event, "data": {"orderId": made["id"]}}).encode()
    signed = {contract.SIGNATURE: signature(there.line["ecwid"]["client_secret"], created, "e-1")}
    hook = store.read_hook(signed, {"eventtype": "order.updated"}, body)
    assert (hook.event_id, hook.order_ids) == ("e-1", (made["id"],))
    assert [each.order.order_id for each in store.orders_by_id(channel(store), hook.order_ids).orders] == [made["id"]]
    for headers in ({}, {contract.SIGNATURE: "x"}):
        with pytest.raises(HookRefused):
            store.read_hook(headers, {}, body)


# --- into the books ---------------------------------------------------------------------------------------------


def connect(world: World, books: str) -> None:
    """Put an Ecwid store and books of this kind into the world, all matched."""
    world.company = COMPANIES[books]
    world.tell_time()
    store = connections.connect_store("ecwid", "Ecwid", world.practice.line["ecwid"], world.tools, 2000.0)
    channels = pulling.pull_channels(store.id, world.tools)
    row = connections.connect_books(books, "Books", world.company.given(world.practice), world.tools, 2000.0, 4)
    begin = (world.clock.now() - dt.timedelta(days=20)).date()
    profile = profiles.make_profile(row.id, "Ecwid", "Asia/Kuala_Lumpur", begin, [each.id for each in channels])
    world.store_id, world.books_id, world.profile_id = store.id, row.id, profile.id
    world.read(RunKind.REFERENCE, row.id)
    world.read(RunKind.ITEMS, store.id)
    world.settle(send_payments="")
    world.read(RunKind.DETAILS, row.id)


SALES: list[dict[str, Any]] = [
    {"lines": [{"isku": "MUG-01", "quantity": 2}], "shipping": "4.90"},
    {"lines": [{"isku": "SHIRT-M", "quantity": 2, "discount": "11.80"}, {"isku": "MUG-01"}], "voucher": "10.00"},
    {"lines": [{"isku": "SHIRT-M"}, {"isku": "BAG-NAT"}], "shipping": "8.00", "shipping_tax": "901", "voucher": "5.55"},
    {"lines": [{"isku": "CABLE-2", "quantity": 3}, {"isku": "SOAP-1"}], "inclusive": True, "shipping": "6.50"},
]


@pytest.mark.feature("P6")
@pytest.mark.parametrize("books", ["qne", "quickbooks"])
def test_orders_of_ecwid_are_posted_to_the_cent(shop: World, books: str):
    connect(shop, books)
    made = [sell(shop.practice, **sale) for sale in SALES]
    unfit = sell(shop.practice, extra={"total": 999})
    shop.clock.pass_by(180)
    shop.pull()
    shop.sync()
    assert {each["id"]: shop.reasons(each["id"]) for each in made} == {each["id"]: [] for each in made}
    assert {shop.order(each["id"]).tick for each in made} == {Tick.GREEN}
    assert shop.order(unfit["id"]).tick is not Tick.GREEN
    assert any("do not add up" in each and "999.00" in each for each in shop.reasons(unfit["id"]))
    totals = sorted(Decimal(str(each["total"])) for each in shop.invoices())
    assert totals == sorted(Decimal(str(each["total"])) for each in made)
    assert {row.difference for row in shop.proof()} == {Decimal(0)}


@pytest.mark.feature("I7")
def test_a_posted_order_that_is_refunded_or_deleted_in_ecwid_turns_yellow(shop: World):
    connect(shop, "qne")
    refunded, deleted, paid = (sell(shop.practice, state="paid") for _ in range(3))
    shop.clock.pass_by(180)
    shop.pull()
    shop.sync()
    shop.practice.control("POST", f"/stores/ecwid/sales/{refunded['n']}/refund", {})
    shop.practice.control("DELETE", f"/stores/ecwid/sales/{deleted['n']}")
    change(shop.practice, paid["n"], state="shipped")
    shop.clock.pass_by(180)
    shop.pull()
    ticks = {each["id"]: shop.order(each["id"]).tick for each in (refunded, deleted, paid)}
    assert ticks == {refunded["id"]: Tick.YELLOW, deleted["id"]: Tick.YELLOW, paid["id"]: Tick.GREEN}
