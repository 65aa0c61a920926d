"""One document of the books is never two orders': whoever links it first has it, and the other is told."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import delete, select, update

from models import (
    AuditRow,
    Document,
    Operation,
    OperationState,
    Profile,
    ProfileOrder,
    TaskOrder,
    Tick,
    WriteBack,
    db,
    end_reading,
    writing,
)
from sync import already, deciding_by_person
from sync.deciding_by_person import Candidate, CannotLink, Undecided
from sync.ledger import Actor
from tests.at_once import at_once
from tests.world import World

ROUNDS = 6


def profile_of(shop: World) -> Profile:
    found = db.session.get_one(Profile, shop.profile_id, populate_existing=True)
    assert found.books is not None
    end_reading()
    return found


def forget_everything() -> None:
    """As if another program had made what the books hold: we know nothing of it."""
    with writing() as session:
        for table in (WriteBack, TaskOrder, AuditRow, Operation, Document):
            session.execute(delete(table))
        session.execute(update(ProfileOrder).values(tick=Tick.NONE, reasons=[]))


def of_two_orders(shop: World) -> tuple[str, int, int]:
    """A document of the books with the reference of one order and the number of another; its id, theirs."""
    shop.settle(number_source="order_number")
    shop.sell("SA-1", "SA-2")
    shop.pull()
    shop.sync("SA-1")
    (typed,) = shop.invoices()
    shop.practice.control("PATCH", f"/qne/invoices/{typed['id']}", {"docCode": "SA-2"})
    forget_everything()
    return str(typed["id"]), shop.order("SA-1").id, shop.order("SA-2").id


def link(shop: World, order_id: int, remote_id: str, by: str = "Mei") -> int:
    """As the page does."""
    return already.link(profile_of(shop), {order_id: remote_id}, by, shop.tools)


@pytest.mark.feature("I7")
def test_one_document_that_two_people_link_to_two_orders_at_once_is_linked_to_one(shop: World):
    remote_id, first, second = of_two_orders(shop)
    for _ in range(ROUNDS):
        ends = at_once(shop, *(partial(link, shop, each, remote_id) for each in (first, second)))
        assert sorted(map(str, ends)) == ["0", "1"]
        assert [each.remote_id for each in shop.documents()] == [remote_id]
        assert sorted(each.tick for each in shop.orders()) == [Tick.GREEN, Tick.NONE]
        forget_everything()


@pytest.mark.feature("I7")
def test_one_order_that_two_people_link_at_once_is_linked_once(shop: World):
    remote_id, first, _second = of_two_orders(shop)
    for _ in range(ROUNDS):
        ends = at_once(shop, *(partial(link, shop, first, remote_id, by) for by in ("Mei", "Tan", "Lim")))
        assert sorted(map(str, ends)) == ["0", "0", "1"]
        assert len(shop.documents()) == 1
        forget_everything()


@pytest.mark.feature("I7")
def test_what_is_another_orders_is_said_before_it_can_be_linked(shop: World):
    remote_id, first, second = of_two_orders(shop)
    assert link(shop, second, remote_id) == 1
    [found] = already.look(profile_of(shop), [first], shop.tools)
    end_reading()
    assert found.remote is None and str(found.why) == "It belongs to another order."
    assert link(shop, first, remote_id) == 0


@pytest.mark.feature("I7", "T1")
def test_a_document_with_the_reference_of_an_order_on_its_way_is_not_linked_to_another_by_number(shop: World):
    remote_id, first, second = of_two_orders(shop)
    shop.press_sync([first])
    assert link(shop, second, remote_id) == 0, "the drain will find it to be the first one's"
    shop.run_until_quiet()
    assert shop.order("SA-2").tick is Tick.NONE


@pytest.mark.feature("T1")
def test_one_document_that_two_people_decide_to_be_two_orders_at_once_is_one_of_them(
    shop: World, monkeypatch: pytest.MonkeyPatch
):
    shop.sell("SA-1", "SA-2")
    shop.pull()
    shop.sync("SA-1")
    books = deciding_by_person.books_of(shop.books(), shop.tools)
    [document] = shop.documents()
    remote = books.read(document.role, str(document.remote_id))
    assert remote is not None
    remote = replace(remote, reference="")
    forget_everything()
    shop.press_sync()
    monkeypatch.setattr(deciding_by_person, "candidates", lambda *_: [Candidate(remote, None)])
    for _ in range(ROUNDS):
        with writing() as session:
            session.execute(update(Operation).values(state=OperationState.NEEDS_PERSON, is_open=True))
            session.execute(update(Document).values(remote_id=None, state="waiting"))
        waits = deciding_by_person.undecided([shop.profile_id])
        end_reading()
        ends = at_once(shop, *(partial(_decide, shop, each, remote.remote_id) for each in waits))
        [refused] = [each for each in ends if isinstance(each, Exception)]
        assert isinstance(refused, CannotLink) and str(refused.message) == "It belongs to another order."
        found = db.session.scalars(select(Document.remote_id).where(Document.remote_id.is_not(None))).all()
        end_reading()
        assert found == [remote.remote_id]


def _decide(shop: World, waits: Undecided, remote_id: str) -> object:
    return deciding_by_person.link(waits, remote_id, Actor("Mei", shop.clock.now()), shop.tools)
