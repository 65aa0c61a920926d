"""F15: what people have in the books is theirs: with our reference or our number it needs a person."""

import pytest

from models import DocumentState, Tick
from sync import tasks
from sync.ledger import Actor
from tests.contract.conftest import only
from tests.contract.people import Bookkeeper
from tests.contract.test_lost_answers import sold
from tests.faults.checker import check
from tests.world import World

REFERENCE = "sitegiant/SG-77/T-1"


def of_people(shop: World) -> list[dict]:
    return [each for each in shop.invoices() if each["by_person"]]


def test_a_document_with_our_reference_that_differs_needs_a_person_and_is_left_as_it_is(
    shop: World, bookkeeper: Bookkeeper
):
    sold(shop, "T-1", "T-2")
    bookkeeper.types(REFERENCE)
    shop.run_until_quiet()
    [asked] = shop.open_operations("needs_person")
    assert shop.order("T-1").tick is Tick.RED and shop.order("T-2").tick is Tick.GREEN
    assert [each["total"] for each in of_people(shop)] == [99] and len(shop.invoices()) == 2
    tasks.decide_by_person(asked.id, False, Actor("Mei", shop.clock.now()))
    shop.run_until_quiet()
    assert len(shop.invoices()) == 2


@pytest.mark.feature("S17")
def test_a_number_that_people_gave_away_is_refused_in_words_and_nothing_is_overwritten(
    shop: World, bookkeeper: Bookkeeper
):
    sold(shop, "T-1", "T-2", number_source="order_number")
    bookkeeper.types("", number="T-1")
    shop.run_until_quiet()
    assert shop.order("T-1").tick is Tick.RED and shop.order("T-2").tick is Tick.GREEN
    assert [str(each.state) for each in shop.operations()] == ["rejected", "posted"]
    assert [each["total"] for each in of_people(shop)] == [99] and len(shop.invoices()) == 2


def test_one_whose_answer_is_lost_and_whose_day_people_changed_needs_a_person(shop: World, bookkeeper: Bookkeeper):
    sold(shop, "T-1")
    shop.break_("commit_then_500", shop.company.creating, times=1)
    shop.drain()
    [made] = shop.invoices()
    bookkeeper.dates(str(made["id"]), "2026-01-05")
    shop.run_until_quiet()
    assert len(shop.open_operations("needs_person")) == 1 and len(shop.invoices()) == 1


@only(lambda books: books.kind != "quickbooks")
def test_two_of_one_reference_need_a_person(shop: World, bookkeeper: Bookkeeper):
    sold(shop, "T-1")
    shop.break_("commit_then_500", shop.company.creating, times=1)
    shop.drain()
    bookkeeper.types(REFERENCE)
    shop.run_until_quiet()
    assert len(shop.open_operations("needs_person")) == 1 and len(shop.invoices()) == 2


@only(lambda books: books.kind == "quickbooks")
def test_a_copy_with_another_number_is_left_alone(shop: World, bookkeeper: Bookkeeper):
    """There ours is found by the number that we gave it."""
    sold(shop, "T-1")
    shop.break_("commit_then_500", shop.company.creating, times=1)
    shop.drain()
    bookkeeper.types(REFERENCE)
    shop.run_until_quiet()
    assert shop.order("T-1").tick is Tick.GREEN and [each["total"] for each in of_people(shop)] == [99]
    assert len(shop.invoices()) == 2


def test_one_that_people_deleted_shows_and_is_made_anew(shop: World, bookkeeper: Bookkeeper):
    """Where the books tell it; elsewhere a change of the order finds it gone, and needs a person."""
    sold(shop, "T-1")
    shop.run_until_quiet()
    bookkeeper.deletes(shop.documents()[0].remote_id or "")
    shop.clock.pass_by(3700)
    shop.drain()
    if shop.company.kind == "quickbooks":
        assert shop.order("T-1").tick is Tick.YELLOW and "was deleted" in shop.reasons("T-1")[0]
        shop.sync()
        check(shop, 1)
    assert DocumentState.POSTED in {each.state for each in shop.documents()}
