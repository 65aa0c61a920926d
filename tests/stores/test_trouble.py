"""A pull of any store loses and doubles nothing, wherever it is stopped; a failed page is never 'no orders'."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from adapters.errors import LoginRefused, NotAllowed, Refused
from adapters.registry import STORES
from models import (
    ConnectionStatus,
    Run,
    RunKind,
    RunState,
    StoreChannel,
    StoreConnection,
    StoredItem,
    db,
    end_reading,
    writing,
)
from sync import connections, leases, runs
from tests.shops import SHOPS
from tests.stores.conftest import Seller, only


class Killed(BaseException):
    """The process ends here, and nothing of it runs any more."""


def after_a_page(seller: Seller, dies: bool = False) -> Any:
    """Stops, or dies, when the first page that has orders was kept; an early window may have none."""

    def must_stop() -> bool:
        if dies and seller.ids():
            raise Killed
        return bool(seller.ids())

    return must_stop


@pytest.fixture
def many(seller: Seller) -> Seller:
    """A shop with more orders than a page holds, over more days than a window does."""
    count = seller.shop.page + 5
    seller.sell(*(50 - 49 * each / count for each in range(count)))
    seller.world.clock.pass_by(180)
    return seller


@pytest.mark.feature("P6")
def test_more_orders_than_a_page_holds_are_all_read_page_by_page(many: Seller):
    pages = []
    many.go_on(lambda: bool(pages.append(len(many.ids()))))
    assert len(pages) > 1 and pages[0] < pages[-1], "each page is kept before the next is asked for"
    assert many.has_all() and many.run().state is RunState.DONE


@pytest.mark.feature("P6")
def test_a_pull_that_is_stopped_goes_on_where_it_stood(many: Seller):
    asked(many)
    before = asked(many, lambda: many.go_on(lambda: True))
    assert many.run().state is RunState.RUNNING
    rest = asked(many, lambda: many.go_on(lambda: False))
    assert many.has_all() and many.run().state is RunState.DONE
    with writing() as session:
        session.execute(update(StoreChannel).values(position=None))
    assert before + rest <= asked(many, lambda: many.go_on(lambda: False)) + 1, "no page is read twice"


def asked(many: Seller, deed: Callable[[], object] = lambda: None) -> int:
    """How many requests the shop has seen since the last look; those of a deed, if one is given."""
    deed()
    count = len(many.world.practice.requests(many.shop.kind))
    many.world.practice.control("DELETE", "/requests")
    return count


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Who is killed gives no lease back."""
    monkeypatch.setattr(leases.Lease, "release", lambda _lease: None)
    yield monkeypatch


def test_a_process_that_is_killed_between_two_pages_loses_and_doubles_nothing(many: Seller, dying: pytest.MonkeyPatch):
    with pytest.raises(Killed):
        many.go_on(after_a_page(many, dies=True))
    assert many.ids() and many.run().state is RunState.RUNNING
    goes_on_after_the_lease(many)


@pytest.mark.parametrize("commit", [3, 4, 5, 6, 7])
def test_a_process_that_is_killed_at_a_commit_loses_and_doubles_nothing(
    many: Seller, dying: pytest.MonkeyPatch, commit: int
):
    counted = iter(range(1, 1000))

    def dies(session: Session) -> None:
        if session.info.get("writes") and next(counted) == commit:
            raise Killed

    event.listen(db.session, "before_commit", dies)
    try:
        with pytest.raises(Killed):
            many.go_on(lambda: False)
    finally:
        event.remove(db.session, "before_commit", dies)
    goes_on_after_the_lease(many)


def goes_on_after_the_lease(many: Seller) -> None:
    assert runs.due(many.world.tools) == [], "nobody takes it from who may be alive"
    many.world.clock.pass_by(runs.lease_s(many.world.tools))
    assert runs.due(many.world.tools) == [(many.run().id, RunKind.ORDERS)]
    many.go_on(lambda: False)
    assert many.has_all() and many.run().state is RunState.DONE


# --- pages that fail --------------------------------------------------------------------------------------------

FAILS = {
    "an HTML page of a proxy": {"fault": "html_502"},
    "an HTML page that says that all is well": {"fault": "status", "status": 200, "html": True},
    "rubbish": {"fault": "garbage_200_nothing"},
    "half an answer": {"fault": "commit_then_truncate"},
    "no answer": {"fault": "drop_before"},
    "a reset": {"fault": "commit_then_reset"},
    "503": {"fault": "status_503"},
    "an empty 500": {"fault": "commit_then_500"},
}


@pytest.mark.feature("P6")
@pytest.mark.parametrize("what", FAILS)
def test_a_failed_page_is_never_no_orders(seller: Seller, what: str):
    seller.sell(1, 2)
    seller.breaks(**FAILS[what], times=1000)
    run = seller.pull()
    assert run.state is RunState.QUEUED and run.trouble and run.not_before > seller.world.clock.now()
    assert seller.row().pulled_at is None and seller.kept() == []
    assert seller.store().status is ConnectionStatus.TIMEOUT and seller.store().status_text
    heals(seller)


@pytest.mark.parametrize("what", FAILS)
def test_a_page_that_fails_in_the_middle_keeps_those_before_and_goes_on(many: Seller, what: str):
    many.go_on(after_a_page(many))
    before = many.ids()
    many.breaks(**FAILS[what], times=1000)
    assert many.go_on(lambda: False).state is RunState.QUEUED and many.row().pulled_at is None
    assert before and many.ids() == before
    heals(many)


@pytest.mark.feature("P6")
@only(lambda shop: shop.tells_length)
def test_an_empty_page_of_a_list_that_says_that_it_holds_more_is_never_no_orders(seller: Seller):
    seller.sell(1, 2)
    seller.breaks("empty_list", path="*/orders", times=1000)
    run = seller.pull()
    assert run.state is RunState.QUEUED and run.trouble
    assert seller.row().pulled_at is None and seller.kept() == []
    heals(seller)


@only(lambda shop: shop.tells_length)
def test_a_page_that_is_empty_in_the_middle_of_a_list_keeps_those_before_and_goes_on(many: Seller):
    many.go_on(after_a_page(many))
    before = many.ids()
    many.breaks("empty_list", path="*/orders", times=1000)
    assert many.go_on(lambda: False).state is RunState.QUEUED
    assert before and many.ids() == before
    heals(many)


@only(lambda shop: shop.kind == "sitegiant")
def test_a_store_that_gives_fewer_at_once_than_is_asked_for_is_read_to_its_end(seller: Seller):
    seller.world.practice.settings("sitegiant", most_rows=4)
    seller.sell(*(each / 2 for each in range(1, 12)))
    assert seller.pull().state is RunState.DONE
    assert seller.has_all() and len(seller.ids()) == 11


def heals(seller: Seller) -> None:
    """The trouble is over: the next try reads everything, and the store is well."""
    seller.world.practice.heal()
    seller.world.clock.pass_by(60)
    assert seller.go_on(lambda: False).state is RunState.DONE
    assert seller.has_all() and seller.ledger() and seller.store().status is ConnectionStatus.ACTIVE


# --- orders that nobody expected --------------------------------------------------------------------------------


@pytest.mark.feature("P6")
@pytest.mark.parametrize(("store_kind", "what"), [(kind, what) for kind, each in SHOPS.items() for what in each.odd])
def test_an_order_in_a_form_that_nobody_expected_is_told_and_takes_no_other_along(seller: Seller, what: str):
    [odd, good] = seller.sell(2, 1)
    seller.shop.spoil(seller.world.practice, odd, seller.shop.odd[what])
    assert seller.pull().state is RunState.DONE
    told = {row.external_id: row for row in seller.kept()}
    assert told[odd.order_id].trouble and told[odd.order_id].document is None
    assert seller.order(good).total == good.total and len(told) == 2


@only(lambda shop: shop.kind == "sitegiant")
def test_a_product_whose_price_is_no_number_is_listed_like_the_others(seller: Seller):
    """Only of this practice shop can a product be made odd; the others read prices in the same place."""
    seller.world.practice.control("PATCH", "/sitegiant/items/MUG-01", {"price": "RM 15.00"})
    seller.world.read(RunKind.ITEMS, seller.row().store_id)
    run = db.session.scalars(select(Run).where(Run.kind == RunKind.ITEMS).order_by(Run.id.desc())).first()
    skus = set(db.session.scalars(select(StoredItem.sku).where(StoredItem.store_id == seller.row().store_id)))
    end_reading()
    assert run is not None and run.state is RunState.DONE
    assert seller.shop.products <= skus


# --- too fast ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wait_s", [9, None], ids=["told how long", "not told"])
def test_who_is_asked_to_slow_down_waits_and_goes_on(seller: Seller, wait_s: int | None):
    seller.sell(1, 2)
    seller.breaks("status_429", retry_after=wait_s, times=1)
    begun = seller.world.clock.now()
    assert seller.pull().state is RunState.DONE and seller.has_all()
    assert (seller.world.clock.now() - begun).total_seconds() >= 180 + (wait_s or 1)


def test_a_store_that_only_asks_to_slow_down_is_tried_again_later_and_stays_active(seller: Seller):
    seller.sell(1, 2)
    seller.breaks("status_429", times=1000)
    run = seller.pull()
    assert run.state is RunState.QUEUED and run.trouble and seller.kept() == []
    assert seller.store().status is ConnectionStatus.ACTIVE
    heals(seller)


# --- keys -------------------------------------------------------------------------------------------------------


@pytest.mark.feature("P5")
def test_a_key_that_is_refused_makes_the_store_inactive_and_says_so_and_a_check_opens_it_again(seller: Seller):
    seller.sell(1, 2)
    seller.breaks("token_expired", times=1000)
    assert seller.pull().state is RunState.FAILED
    store = seller.store()
    assert store.status is ConnectionStatus.INACTIVE and store.status_text and seller.kept() == []
    assert not any(secret in str(store.status_text) + str(seller.run().trouble) for secret in secrets_of(seller))
    seller.world.practice.heal()
    assert connections.check_store(store.id, seller.world.tools) is ConnectionStatus.ACTIVE
    assert seller.pull().state is RunState.DONE and seller.has_all()


@pytest.mark.feature("P5", "P6")
def test_a_wrong_key_connects_nothing(seller: Seller):
    kind = seller.shop.kind
    declared = STORES[kind].connection_settings
    wrong = {each.name: "wrong-key-0001" for each in declared if each.secret}
    given = {**seller.shop.given(seller.world.practice), **wrong}
    with pytest.raises((LoginRefused, NotAllowed, Refused)) as error:
        connections.connect_store(kind, "Another", given, seller.world.tools)
    assert "wrong-key-0001" not in f"{error.value} {error.value.cause}"
    assert "Another" not in db.session.scalars(select(StoreConnection.name)).all()
    end_reading()


def secrets_of(seller: Seller) -> list[str]:
    given = seller.shop.given(seller.world.practice)
    return [str(given[each.name]) for each in STORES[seller.shop.kind].connection_settings if each.secret]


# --- clocks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [1, 24, -1, -24])
def test_a_clock_that_is_wrong_for_a_while_costs_no_order(seller: Seller, hours: int):
    seller.sell(1)
    seller.world.clock.set_wall(3600 * hours)
    seller.pull()
    seller.world.clock.set_wall(-3600 * hours)
    seller.sell(0)
    [changed, *_] = seller.ledger()
    seller.shop.reprice(seller.world.practice, changed, "16.00")
    for _ in range(2):
        seller.pull()
        seller.world.clock.pass_by(2 * 3600)
    assert seller.has_all() and len(seller.ids()) == 2
    [changed, *_] = seller.ledger()
    assert seller.order(changed).total == changed.total
