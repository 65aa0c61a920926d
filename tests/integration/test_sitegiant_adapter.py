"""The SiteGiant adapter against the practice server, over real HTTP."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.addresses import AddressRule
from adapters.errors import LoginRefused, NotSent, OutcomeUnknown, RemoteError, TooFast
from adapters.http import Http
from adapters.registry import STORES
from adapters.stores.base import Store
from adapters.stores.sitegiant import SiteGiant
from documents import Channel
from tests.practice_fixture import Practice, start_practice

TODAY = dt.date(2026, 3, 20)
NOW = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)
DAYS = 60
SINCE = TODAY - dt.timedelta(days=DAYS + 5)
ORDERS = 400


class NoPace:
    def wait(self) -> None:
        pass


@pytest.fixture(scope="module")
def running() -> Iterator[Practice]:
    with start_practice(orders=ORDERS, days=DAYS, today=TODAY.isoformat(), seed=7) as practice:
        yield practice


@pytest.fixture
def practice(running: Practice) -> Iterator[Practice]:
    yield running
    running.reset(orders=ORDERS, days=DAYS, today=TODAY.isoformat(), seed=7)


def store_of(practice: Practice, slept: list[float] | None = None, token: str | None = None) -> Store:
    line = practice.sitegiant
    rule = AddressRule(practice=frozenset({f"127.0.0.1:{practice.port}"}))
    secret = token or line["access_token"]
    sleep = (slept if slept is not None else []).append
    http = Http(
        "SiteGiant", rule=rule, before_call=lambda: None, pacer=NoPace(), in_flight=1, secrets={secret}, sleep=sleep
    )
    settings = {"base_url": line["base_url"], "shop_id": line["shop_id"]}
    return STORES["sitegiant"](settings, {"access_token": secret}, http)


@pytest.fixture
def store(practice: Practice) -> Store:
    return store_of(practice)


def channel(store: Store, kind: str) -> Channel:
    return next(each for each in store.channels() if each.kind == kind)


def pull(store: Store, kind: str, since: dt.date = SINCE, position: str | None = None) -> list[Any]:
    return list(store.order_pages(channel(store, kind), since, position, NOW))


def ids(pages: list[Any]) -> list[str]:
    return [each.order.order_id for page in pages for each in page.orders]


def there(practice: Practice, store: Store, kind: str) -> set[str]:
    wanted = channel(store, kind).id
    orders = practice.control("GET", "/ledger/sitegiant")["orders"]
    return {str(each["order_id"]) for each in orders if str(each["channel_id"]) == wanted}


def test_the_check_names_the_shop(store: Store):
    assert store.shop_id in store.check()


def test_the_channels_have_our_kinds(store: Store):
    assert {"shopee", "lazada", "tiktok", "webstore", "openapi"} <= {each.kind for each in store.channels()}


@pytest.mark.parametrize("kind", ["shopee", "tiktok", "openapi"])
def test_every_order_of_a_channel_is_pulled_once(practice: Practice, store: Store, kind: str):
    pages = pull(store, kind)
    assert len(ids(pages)) == len(set(ids(pages)))
    assert set(ids(pages)) == there(practice, store, kind)
    assert [each for page in pages for each in page.unreadable] == []
    assert (pages[-1].done, pages[-1].total) == (DAYS + 6, DAYS + 6)


def test_every_orders_figures_add_up(store: Store):
    for kind in ("shopee", "lazada", "tiktok", "webstore"):
        for page in pull(store, kind):
            for order in (each.order for each in page.orders):
                parts = [each.amount for each in (*order.lines, *order.charges)]
                assert sum(parts, Decimal(0)) + order.tax_total == order.total, order.number


@pytest.mark.parametrize("stop_after", [1, 2, 3])
def test_a_pull_that_was_stopped_goes_on_without_a_gap(practice: Practice, store: Store, stop_after: int):
    whole = pull(store, "shopee")
    half = whole[:stop_after]
    rest = pull(store, "shopee", position=half[-1].position)
    if stop_after < len(whole):
        assert ids(half) + ids(rest) == ids(whole)
    assert set(ids(half) + ids(rest)) == there(practice, store, "shopee")


def test_a_later_pull_reads_the_last_15_days_again_and_sees_what_changed(practice: Practice, store: Store):
    pages = pull(store, "shopee")
    orders = [each.order for page in pages for each in page.orders]
    fresh = max(orders, key=lambda order: order.dates.ordered or NOW)
    practice.control("POST", f"/sitegiant/orders/{fresh.order_id}/cancel")
    again = pull(store, "shopee", position=pages[-1].position)
    seen = {each.order.order_id: each.order for page in again for each in page.orders}
    assert seen[fresh.order_id].status == "cancelled"
    assert 0 < len(seen) < len(orders)
    oldest = min(order.dates.ordered for order in seen.values() if order.dates.ordered)
    assert oldest.date() >= TODAY - dt.timedelta(days=15)


@pytest.mark.parametrize("switches", [{"code_as": "text"}, {"list_form": "list"}, {"list_form": "object"}])
def test_every_form_of_the_envelope_is_read(practice: Practice, store: Store, switches: dict[str, Any]):
    practice.settings("sitegiant", **switches)
    assert set(ids(pull(store, "lazada"))) == there(practice, store, "lazada")


@pytest.mark.parametrize("failures", [1, -1])
def test_batches_that_fail_are_halved_until_they_succeed(practice: Practice, store: Store, failures: int):
    practice.settings("sitegiant", big_batch_failures=failures)
    assert set(ids(pull(store, "shopee"))) == there(practice, store, "shopee")


DETAILS = "/order/multipleOrder"


@pytest.mark.parametrize("fault", ["commit_then_500", "refuse", "garbage_200_nothing"])
def test_one_order_that_still_fails_alone_is_told_and_the_others_are_read(practice: Practice, store: Store, fault: str):
    bad = ids(pull(store, "shopee"))[3]
    practice.faults(fault, "sitegiant", path=DETAILS, body_contains=f'"{bad}"', times=1000)
    pages = pull(store, "shopee")
    [told] = [each for page in pages for each in page.unreadable]
    assert told.order_id == bad
    assert str(told.message)
    assert bad in told.raw
    assert set(ids(pages)) == there(practice, store, "shopee") - {bad}


@pytest.mark.parametrize("bad", [slice(0, 15), slice(0, 30, 2)])
def test_many_bad_orders_are_told_wherever_they_stand(practice: Practice, store: Store, bad: slice):
    known = ids(pull(store, "shopee"))[bad]
    for each in known:
        practice.faults("commit_then_500", "sitegiant", path=DETAILS, body_contains=f'"{each}"', times=1000)
    pages = pull(store, "shopee")
    assert {each.order_id for page in pages for each in page.unreadable} == set(known)
    assert set(ids(pages)) == there(practice, store, "shopee") - set(known)


def test_an_order_whose_words_cannot_be_read_is_told_with_them(practice: Practice, store: Store):
    bad = ids(pull(store, "shopee"))[0]
    practice.control("PATCH", f"/sitegiant/orders/{bad}", {"total": "n/a"})
    [told] = [each for page in pull(store, "shopee") for each in page.unreadable]
    assert (told.order_id, "n/a" in told.raw, "total" in str(told.message)) == (bad, True, True)


def test_a_details_call_that_is_down_altogether_raises(practice: Practice, store: Store):
    practice.faults("commit_then_500", "sitegiant", path=DETAILS, times=1000)
    with pytest.raises(OutcomeUnknown):
        pull(store, "shopee")
    asked = [each for each in practice.requests("sitegiant") if DETAILS in each["path"]]
    assert len(asked) < 20


@pytest.mark.parametrize("fault", ["garbage_200_nothing", "html_502", "status_503", "drop_before", "refuse"])
def test_a_list_page_that_fails_is_never_no_orders(practice: Practice, store: Store, fault: str):
    slept: list[float] = []
    practice.faults(fault, "sitegiant", path="/orders", times=1000)
    with pytest.raises(RemoteError):
        pull(store_of(practice, slept), "shopee")


def test_a_list_page_that_fails_for_a_moment_is_asked_again(practice: Practice):
    slept: list[float] = []
    store = store_of(practice, slept)
    practice.faults("status_503", "sitegiant", path="/orders", times=2)
    assert set(ids(pull(store, "shopee"))) == there(practice, store, "shopee")
    assert slept == [2, 4]


@pytest.mark.parametrize("path", ["/orders", DETAILS])
def test_429_is_waited_for_as_long_as_it_says(practice: Practice, path: str):
    slept: list[float] = []
    store = store_of(practice, slept)
    practice.faults("status_429", "sitegiant", path=path, retry_after=9)
    assert set(ids(pull(store, "shopee"))) == there(practice, store, "shopee")
    assert slept == [9]


def test_429_without_an_end_is_told_as_too_fast(practice: Practice):
    practice.faults("status_429", "sitegiant", path=DETAILS, times=1000)
    with pytest.raises(TooFast):
        pull(store_of(practice), "shopee")


@pytest.mark.feature("P5")
def test_a_wrong_token_is_told_as_such_and_shown_nowhere(practice: Practice):
    with pytest.raises(LoginRefused) as error:
        store_of(practice, token="wrong-token-0001").check()
    assert "wrong-token-0001" not in f"{error.value} {error.value.cause}"


@pytest.mark.feature("P5")
def test_a_server_that_is_down_was_not_reached():
    store = SiteGiant(
        {"base_url": "http://127.0.0.1:1", "shop_id": "SG-77"},
        {"access_token": "token-0001"},
        Http(
            "SiteGiant",
            rule=AddressRule(practice=frozenset({"127.0.0.1:1"})),
            before_call=lambda: None,
            pacer=NoPace(),
            in_flight=1,
            secrets=(),
        ),
    )
    with pytest.raises(NotSent):
        store.check()


def test_orders_are_read_again_by_their_ids_and_one_that_is_gone_is_told(store: Store):
    shopee = channel(store, "shopee")
    known = ids(pull(store, "shopee"))
    page = store.orders_by_id(shopee, [*known[:2], "GONE-1", "?made-up", ""])
    assert [each.order.order_id for each in page.orders] == known[:2]
    assert [each.order_id for each in page.unreadable] == ["GONE-1"]


def test_the_whole_catalogue_is_read(store: Store):
    items = [item for page in store.item_pages() for item in page.items]
    assert items
    assert len({item.item_id for item in items}) == len(items)
    assert all(item.sku == item.item_id and item.name for item in items)


def test_a_start_in_the_future_reads_nothing(store: Store):
    assert pull(store, "shopee", since=TODAY + dt.timedelta(days=2)) == []


def test_the_stores_own_words_are_kept_beside_ours(store: Store):
    first = pull(store, "shopee")[0].orders[0]
    assert first.order.order_id in first.raw
