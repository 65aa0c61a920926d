"""What no pull of any store may tell is found at night: deleted orders, and closed ones that came back (I7, Z9)."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

import jobs
from adapters.registry import STORES
from adapters.stores.base import OrderPage
from models import Run, RunKind, RunState, StoredOrder, db, end_reading, writing
from sync import asked_again, runs
from sync.uploads.staging import FROM_FILE
from tests.shops import Sold
from tests.stores.conftest import Seller, only

pytestmark = pytest.mark.feature("I7", "Z9")


def read_twice(seller: Seller) -> None:
    """Two pulls: from then on it is known what was read."""
    for _ in range(2):
        seller.world.clock.pass_by(3700)
        seller.pull()


def night(seller: Seller, must_stop: Any = lambda: False) -> Run:
    """The count of a night, or the rest of one that was stopped."""
    run_id = runs.request(RunKind.GAPS, seller.channel_id, seller.world.clock.now())
    runs.work(run_id, jobs.READERS, seller.world.tools, must_stop)
    run = db.session.scalars(select(Run).where(Run.id == run_id).execution_options(populate_existing=True)).one()
    end_reading()
    return run


def row_of(seller: Seller, sold: Sold) -> StoredOrder:
    [found] = [row for row in seller.kept() if row.external_id == sold.order_id]
    return found


def is_undone(row: StoredOrder) -> bool:
    """Nothing of it is posted any more: it is cancelled, or says why it cannot be read."""
    return row.status == "cancelled" or row.trouble is not None


@only(lambda shop: shop.asks_by_id)
@pytest.mark.parametrize("days", [2, 40])
def test_an_order_that_was_deleted_between_two_pulls_is_noticed_at_night_and_no_other_is(seller: Seller, days: int):
    deleted, *others = seller.sell(days, days, days + 1, 30, 1)
    read_twice(seller)
    seller.shop.delete(seller.world.practice, deleted)
    seller.world.clock.pass_by(3700)
    seller.pull()
    assert night(seller).state is RunState.DONE
    assert is_undone(row_of(seller, deleted))
    assert [row_of(seller, each).trouble for each in others] == [None] * 4
    assert not any(is_undone(row_of(seller, each)) for each in others)


@only(lambda shop: shop.kind == "sitegiant")
def test_many_deleted_orders_are_noticed_one_by_one(seller: Seller):
    sold = seller.sell(*(each / 2 for each in range(40, 80)))
    read_twice(seller)
    for each in sold[:20]:
        seller.shop.delete(seller.world.practice, each)
    seller.world.clock.pass_by(3700)
    close(seller)
    assert night(seller).state is RunState.DONE
    assert [is_undone(row_of(seller, each)) for each in sold] == [True] * 20 + [False] * 20


@only(lambda shop: not STORES[shop.kind].tells_changes)
def test_many_open_orders_that_were_deleted_at_once_do_not_keep_a_pull_from_its_end(seller: Seller):
    sold = seller.sell(1, *(each / 2 for each in range(80, 100)))
    read_twice(seller)
    assert all(row_of(seller, each).is_open for each in sold)
    for each in sold[1:]:
        seller.shop.delete(seller.world.practice, each)
    read_twice(seller)
    assert seller.run().state is RunState.DONE
    assert [is_undone(row_of(seller, each)) for each in sold] == [False] + [True] * 20


def close(seller: Seller) -> None:
    """All orders are completed, in the store and here."""
    for sold in seller.ledger():
        seller.world.practice.control("PATCH", f"/sitegiant/orders/{sold.key}", {"order_status": "Completed"})
    seller.pull()


@only(lambda shop: shop.kind == "sitegiant")
def test_a_completed_order_that_is_given_back_long_after_is_noticed_at_night(seller: Seller):
    back, stays = seller.sell(20, 50)
    read_twice(seller)
    close(seller)
    assert not row_of(seller, back).is_open
    seller.shop.give_back(seller.world.practice, back)
    read_twice(seller)
    assert row_of(seller, back).status == "completed", "it is older than what a pull reads again"
    assert night(seller).state is RunState.DONE
    assert row_of(seller, back).status == "refunded" and row_of(seller, stays).status == "completed"


@only(lambda shop: shop.kind == "sitegiant")
def test_a_night_that_was_stopped_asks_for_the_rest_and_keeps_what_was_read(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
):
    sold = seller.sell(*(each / 2 for each in range(40, 60)))
    read_twice(seller)
    close(seller)
    read_twice(seller)
    monkeypatch.setattr(asked_again, "ASK_AGAIN", 4)
    asked: list[str] = []
    by_id = type(seller.adapter()).orders_by_id

    def seen(store: Any, channel: Any, order_ids: Sequence[str]) -> OrderPage:
        asked.extend(order_ids[1:])
        return by_id(store, channel, order_ids)

    monkeypatch.setattr(type(seller.adapter()), "orders_by_id", seen)
    assert night(seller, lambda: len(asked) >= 3).state is RunState.RUNNING
    assert 0 < len(asked) < len(sold)
    assert night(seller).state is RunState.DONE
    assert sorted(asked) == sorted(each.order_id for each in sold), "each once, in parts"


@only(lambda shop: shop.asks_by_id)
@pytest.mark.parametrize("fault", ["html_502", "garbage_200_nothing", "empty_list"])
def test_nothing_is_gone_because_a_list_failed(seller: Seller, fault: str):
    seller.sell(1, 20, 40)
    read_twice(seller)
    seller.breaks(fault, times=1000)
    assert night(seller).state is RunState.QUEUED
    assert not any(is_undone(row) for row in seller.kept())


@only(lambda shop: shop.asks_by_id)
def test_nothing_is_gone_because_a_list_left_it_out(seller: Seller, monkeypatch: pytest.MonkeyPatch):
    seller.sell(1, 20, 40)
    read_twice(seller)
    monkeypatch.setattr(type(seller.adapter()), "listed", lambda *_: iter(()))
    assert night(seller).state is RunState.DONE
    assert not any(is_undone(row) for row in seller.kept())


@only(lambda shop: shop.asks_by_id)
def test_an_order_that_came_in_a_file_is_not_asked_for(seller: Seller):
    [sold] = seller.sell(10)
    read_twice(seller)
    with writing() as session:
        session.execute(update(StoredOrder).values(raw=FROM_FILE + "[]}", external_id="OWN-1"))
    assert night(seller).state is RunState.DONE
    [row] = seller.kept()
    assert row.external_id == "OWN-1" != sold.order_id and not is_undone(row)
