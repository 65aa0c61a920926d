"""QNE's number goes back into the store's order (S18); where it cannot, that is a warning and the sale stays posted."""

import pytest
from sqlalchemy import select

from adapters.stores.sitegiant import SiteGiant
from jobs import sweep
from models import StoreConnection, Tick, WriteBack, WriteBackState, db, end_reading
from sync import connections, profiles, trashing, write_back
from sync.ledger import Actor
from tests.orders import make_line
from tests.world import World

pytestmark = pytest.mark.feature("S18")
PUT = "/orders/*"


@pytest.fixture
def writing_back(shop: World) -> World:
    """A shop whose profile wants the numbers in the orders, with two orders posted and not told yet."""
    assert profiles.save_settings(shop.profile_id, {"write_back_number": "true"}) == []
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.sync()
    return shop


def told(world: World) -> dict[str, str]:
    """The numbers that stand in the store's orders."""
    found: dict[str, str] = world.practice.control("GET", "/ledger/sitegiant")["invoice_numbers"]
    return found


def ours(world: World) -> dict[str, str]:
    """The numbers that stand in QNE, by order."""
    alive = [each for each in world.invoices() if not each["isCancelled"]]
    return {each["referenceNo"].rsplit("/", 1)[1]: each["docCode"] for each in alive}


def rows() -> list[WriteBack]:
    query = select(WriteBack).order_by(WriteBack.document_id)
    found = list(db.session.scalars(query.execution_options(populate_existing=True)))
    end_reading()
    return found


def states() -> list[str]:
    return [row.state.value for row in rows()]


def write(world: World) -> None:
    write_back.write(world.store_id, world.tools, lambda: False)


def test_after_a_sale_is_posted_its_number_is_written_into_the_order(writing_back: World):
    assert told(writing_back) == {} and states() == ["waiting", "waiting"]
    assert write_back.due(writing_back.clock.now()) == [writing_back.store_id]
    write(writing_back)
    assert told(writing_back) == ours(writing_back) and states() == ["done", "done"]
    assert write_back.due(writing_back.clock.now()) == []


def test_the_sweep_rings_for_it(writing_back: World):
    sweep.sweep(writing_back.tools)
    assert told(writing_back) == ours(writing_back)


def test_it_never_makes_the_order_yellow(writing_back: World):
    write(writing_back)
    writing_back.clock.pass_by(60)
    writing_back.pull()
    assert ours(writing_back)["T-1"] in writing_back.stored("T-1").raw
    assert [each.tick for each in writing_back.orders()] == [Tick.GREEN, Tick.GREEN]


def test_without_the_setting_nothing_is_written(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    sweep.sweep(shop.tools)
    assert told(shop) == {} and rows() == []


def test_a_store_that_cannot_take_numbers_is_not_asked(shop: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(SiteGiant, "can_write_number", False)
    assert profiles.save_settings(shop.profile_id, {"write_back_number": "true"}) == []
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    assert rows() == [] and shop.order("T-1").tick is Tick.GREEN


def test_a_refusal_is_a_warning_on_a_posted_order_and_can_be_tried_again_alone(writing_back: World):
    writing_back.practice.settings("sitegiant", refuse_invoice_no=True)
    write(writing_back)
    assert states() == ["failed", "failed"] and "cannot be updated" in str(rows()[0].problem)
    assert [each.tick for each in writing_back.orders()] == [Tick.GREEN, Tick.GREEN]
    assert writing_back.task(1).posted == 2 and write_back.due(writing_back.clock.now()) == []
    writing_back.practice.settings("sitegiant", refuse_invoice_no=False)
    creates = writing_back.practice.ledger()["creates_seen"]["invoices"]
    write_back.write_again(writing_back.order("T-1").id, writing_back.clock.now())
    write(writing_back)
    assert states() == ["done", "failed"] and list(told(writing_back)) == ["T-1"]
    assert writing_back.practice.ledger()["creates_seen"]["invoices"] == creates


def test_an_order_that_is_gone_does_not_keep_the_others_waiting(writing_back: World):
    writing_back.practice.control("DELETE", "/sitegiant/orders/T-1")
    write(writing_back)
    assert states() == ["failed", "done"]


def test_a_store_that_is_down_is_left_alone_for_a_while_and_asked_again(writing_back: World):
    writing_back.practice.faults("status_503", "sitegiant", path=PUT)
    write(writing_back)
    assert states() == ["waiting", "waiting"] and told(writing_back) == {}
    assert write_back.due(writing_back.clock.now()) == []
    writing_back.clock.pass_by(writing_back.tools.timing.retry_s[0])
    assert write_back.due(writing_back.clock.now()) == [writing_back.store_id]
    write(writing_back)
    assert told(writing_back) == ours(writing_back) and {row.problem for row in rows()} == {None}


def test_what_fails_again_and_again_becomes_a_warning(writing_back: World):
    writing_back.practice.faults("status_503", "sitegiant", path="/orders/T-1", times=99)
    for _ in range(len(writing_back.tools.timing.retry_s) + 1):
        write(writing_back)
        writing_back.clock.pass_by(1000)
    write(writing_back)
    assert states() == ["failed", "done"]


def test_a_lost_answer_is_written_again_and_does_no_harm(writing_back: World):
    writing_back.practice.faults("commit_then_reset", "sitegiant", path=PUT)
    write(writing_back)
    writing_back.clock.pass_by(60)
    write(writing_back)
    assert told(writing_back) == ours(writing_back) and states() == ["done", "done"]


def test_a_voided_document_has_no_number_to_tell_and_its_successor_has(writing_back: World):
    trashing.trash(1, True, Actor("Mei", writing_back.clock.now()))
    writing_back.run_until_quiet()
    assert write_back.due(writing_back.clock.now()) == []
    write(writing_back)
    assert told(writing_back) == {}
    writing_back.sync()
    write(writing_back)
    assert told(writing_back) == ours(writing_back)


def test_an_update_does_not_write_the_same_number_again(writing_back: World):
    write(writing_back)
    writing_back.change("T-1", products=[make_line(price="16.00")])
    writing_back.pull()
    writing_back.sync("T-1")
    assert states() == ["done", "done"]


def test_disabled_ones_wait(writing_back: World):
    profiles.enable(writing_back.profile_id, False)
    assert write_back.due(writing_back.clock.now()) == []
    profiles.enable(writing_back.profile_id, True)
    connections.enable(StoreConnection, writing_back.store_id, False)
    assert write_back.due(writing_back.clock.now()) == []
    connections.enable(StoreConnection, writing_back.store_id, True)
    write(writing_back)
    assert states() == [WriteBackState.DONE] * 2


def test_it_comes_to_a_good_end_when_asked(writing_back: World):
    stops = iter([False, True])
    write_back.write(writing_back.store_id, writing_back.tools, lambda: next(stops))
    assert states() == ["done", "waiting"]
