"""A store whose numbers are the books' numbers: both sides are aligned first, then a number is never made twice."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.stores.sitegiant import SiteGiant
from documents import ReferenceKind, Role
from models import (
    Aligned,
    AlignmentRow,
    BooksRow,
    DocumentState,
    Profile,
    ProfileOrder,
    Run,
    RunKind,
    RunState,
    Side,
    Start,
    StoreChannel,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import alignment, alignment_run, profiles, runs
from tests.contract.people import Bookkeeper, id_of
from tests.faults.checker import audit_is_complete
from tests.world import World

pytestmark = pytest.mark.feature("X5", "P9")


@pytest.fixture
def books_kind() -> str:
    """Only these books list what others made."""
    return "quickbooks"


@pytest.fixture(autouse=True)
def numbers_are_the_books(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is one of that kind."""
    monkeypatch.setattr(SiteGiant, "aligns_numbers", True)


@pytest.fixture
def sold(shop: World) -> World:
    """Three orders that nothing was done with yet, under the settings that such a store needs."""
    shop.settle(sale_assigned_to="original")
    shop.sell("T-1", "T-2", "T-3")
    shop.pull()
    return shop


def types(shop: World, number: str, price: int = 15, form: str = "invoice", customer: str = "58") -> None:
    """A bookkeeper types an invoice, or a sales receipt, of yesterday by hand."""
    item, tax = id_of(shop, ReferenceKind.ITEM, "MUG-01"), id_of(shop, ReferenceKind.TAX_CODE, "NT")
    detail = {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": price, "TaxCodeRef": {"value": tax}}
    line = {"Amount": price, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    day = (shop.clock.now() - timedelta(days=1)).date().isoformat()
    head = {"CustomerRef": {"value": customer}, "CurrencyRef": {"value": "MYR"}, "GlobalTaxCalculation": "TaxExcluded"}
    body = {**head, "DocNumber": number, "TxnDate": day, "Line": [line]}
    shop.practice.control("POST", f"/quickbooks/{shop.practice.quickbooks['realm_id']}/{form}", body)


def read_both_sides(shop: World) -> None:
    shop.read(RunKind.ALIGNMENT, shop.profile_id)


def align(shop: World) -> None:
    """Everything is said, read and confirmed."""
    for kind in Aligned:
        alignment.choose(shop.profile_id, kind, Start.BOTH)
    read_both_sides(shop)
    for kind in Aligned:
        alignment.confirm(shop.profile_id, kind, "Mei", shop.clock.now())
    read_both_sides(shop)


def sides(shop: World, kind: Aligned = Aligned.INVOICES) -> dict[str, Side]:
    query = select(AlignmentRow).where(AlignmentRow.profile_id == shop.profile_id, AlignmentRow.kind == kind)
    found = {row.number: row.side for row in db.session.scalars(query)}
    end_reading()
    return found


def numbers(shop: World) -> Sequence[str]:
    return sorted(each["number"] for each in shop.invoices() if not each["is_void"])


def test_nothing_is_sent_before_both_sides_are_aligned(sold: World):
    sold.sync()
    assert sold.invoices() == []
    assert "aligned" in sold.reasons("T-1")[0]


def test_both_sides_are_read_and_set_beside_each_other(sold: World):
    types(sold, "T-2")
    types(sold, "OLD-7")
    types(sold, "t-3 ")
    types(sold, "T-3", form="salesreceipt")
    read_both_sides(sold)
    found = sides(sold)
    assert (found["T-1"], found["T-2"], found["OLD-7"]) == (Side.STORE, Side.BOTH, Side.BOOKS)
    assert found["T-3"] is Side.SEVERAL
    assert Side.BOOKS in sides(sold, Aligned.CUSTOMERS).values()


def test_a_number_that_is_written_otherwise_in_the_books_must_be_renamed_first(sold: World):
    types(sold, "t-2")
    alignment.choose(sold.profile_id, Aligned.INVOICES, Start.BOTH)
    read_both_sides(sold)
    assert sides(sold)["t-2"] is Side.SEVERAL
    with pytest.raises(alignment.NotAlignable, match="written otherwise"):
        alignment.confirm(sold.profile_id, Aligned.INVOICES, "Mei", sold.clock.now())


def test_a_linked_one_with_another_total_stays_yellow_when_the_store_tells_it_in_other_words(sold: World):
    types(sold, "T-2", 99)
    align(sold)
    sold.change("T-2", remark="Ring twice")
    sold.pull()
    assert sold.order("T-2").tick is Tick.YELLOW


def test_an_order_under_another_number_than_the_stores_never_takes_over_a_document(sold: World):
    align(sold)
    types(sold, "77", 99)
    order_id = sold.order("T-1").id
    with writing() as session:
        session.get_one(ProfileOrder, order_id).edits = {"number": "77"}
    sold.sync("T-1")
    assert [each["total"] for each in sold.invoices() if each["number"] == "77"] == [99]


@pytest.mark.feature("S17", "S22")
@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [("number_source", "prefix_running", "own numbers"), ("sale_assigned_to", "channel", "own customers")],
)
def test_settings_that_break_the_alignment_hold_everything_back_until_they_are_mended(
    sold: World, setting: str, value: str, why: str
):
    align(sold)
    types(sold, "T-1", 99)
    sold.settle(**{"sale_assigned_to": "original", setting: value})
    sold.sync()
    assert [(each["number"], each["total"]) for each in sold.invoices()] == [("T-1", 99)]
    assert why in sold.reasons("T-1")[0] and sold.order("T-1").tick is Tick.NONE
    sold.settle(sale_assigned_to="original")
    sold.sync()
    assert numbers(sold) == ["T-1", "T-2", "T-3"]


def test_reading_again_begins_anew(sold: World):
    read_both_sides(sold)
    read_both_sides(sold)
    assert sides(sold) == {"T-1": Side.STORE, "T-2": Side.STORE, "T-3": Side.STORE}


def test_a_reading_that_was_killed_goes_on(sold: World, monkeypatch: pytest.MonkeyPatch):
    def die(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as dying:
        dying.setattr(alignment_run, "_name_several", die)
        with pytest.raises(MemoryError):
            read_both_sides(sold)
    read_both_sides(sold)
    assert len(sides(sold)) == 3
    last = runs.latest([(RunKind.ALIGNMENT, sold.profile_id)])[RunKind.ALIGNMENT, sold.profile_id]
    assert isinstance(last, Run) and last.state is RunState.DONE


def test_it_is_not_confirmed_unread(sold: World):
    alignment.choose(sold.profile_id, Aligned.INVOICES, Start.STORE)
    with pytest.raises(alignment.NotAlignable, match="Read both sides"):
        alignment.confirm(sold.profile_id, Aligned.INVOICES, "Mei", sold.clock.now())


def test_it_is_not_confirmed_while_the_books_have_a_number_twice(sold: World):
    types(sold, "T-2")
    types(sold, "T-2", form="salesreceipt")
    alignment.choose(sold.profile_id, Aligned.INVOICES, Start.BOTH)
    read_both_sides(sold)
    with pytest.raises(alignment.NotAlignable, match="more than once"):
        alignment.confirm(sold.profile_id, Aligned.INVOICES, "Mei", sold.clock.now())


def test_another_answer_takes_the_confirmation_back(sold: World):
    align(sold)
    alignment.choose(sold.profile_id, Aligned.INVOICES, Start.BOOKS)
    sold.sync()
    assert sold.invoices() == []


def take(shop: World, *names: str) -> None:
    """The profile takes these channels, by the store's ids."""
    profile = db.session.get_one(Profile, shop.profile_id)
    name, zone, day = profile.name, profile.time_zone, profile.start_date
    query = select(StoreChannel.id).where(StoreChannel.external_id.in_(names))
    ids = list(db.session.scalars(query))
    end_reading()
    profiles.change_profile(shop.profile_id, name, zone, day, ids)


def test_a_channel_that_is_ticked_later_is_aligned_before_anything_is_sent_or_overwritten(sold: World):
    take(sold, "11")
    align(sold)
    sold.sell("U-1", channel=15)
    types(sold, "U-1", 99)
    take(sold, "11", "15")
    sold.pull()
    sold.sync()
    assert [(each["number"], each["total"]) for each in sold.invoices()] == [("U-1", 99)]
    assert "aligned" in sold.reasons("U-1")[0] and "aligned" in sold.reasons("T-1")[0]
    with pytest.raises(alignment.NotAlignable, match="Read both sides"):
        alignment.confirm(sold.profile_id, Aligned.INVOICES, "Mei", sold.clock.now())
    align(sold)
    assert sides(sold)["U-1"] is Side.BOTH and sold.order("U-1").tick is Tick.YELLOW


def test_a_channel_that_is_unticked_takes_no_confirmation_back(sold: World):
    align(sold)
    take(sold, "11")
    sold.sync()
    assert numbers(sold) == ["T-1", "T-2", "T-3"]


def test_what_was_not_sent_yet_waits_when_the_confirmation_is_taken_back(sold: World):
    align(sold)
    sold.press_sync()
    types(sold, "T-1", 99)
    alignment.choose(sold.profile_id, Aligned.INVOICES, Start.BOTH)
    sold.run_until_quiet()
    assert [(each["number"], each["total"]) for each in sold.invoices()] == [("T-1", 99)]
    assert sold.order("T-1").tick is Tick.RED and "aligned" in sold.reasons("T-1")[0]
    align(sold)
    sold.sync()
    assert numbers(sold) == ["T-1", "T-2", "T-3"]


def test_both_sides_are_read_once_more_where_a_channel_was_ticked_meanwhile(
    sold: World, monkeypatch: pytest.MonkeyPatch
):
    sold.sell("U-1", channel=15)
    sold.pull()
    take(sold, "11")
    read_store = alignment_run._read_store

    def then_tick(reading: runs.Reading, profile: Profile) -> None:
        monkeypatch.setattr(alignment_run, "_read_store", read_store)
        read_store(reading, profile)
        take(sold, "11", "15")

    monkeypatch.setattr(alignment_run, "_read_store", then_tick)
    read_both_sides(sold)
    assert sides(sold) == dict.fromkeys(("T-1", "T-2", "T-3", "U-1"), Side.STORE)


def test_what_stood_on_both_sides_is_linked_and_only_the_rest_is_made(sold: World):
    types(sold, "T-2")
    types(sold, "OLD-7", 99)
    align(sold)
    assert sold.order("T-2").tick is Tick.YELLOW and "as the store has it" in sold.reasons("T-2")[0]
    sold.sync()
    assert numbers(sold) == ["OLD-7", "T-1", "T-2", "T-3"]
    assert all(each.tick is Tick.GREEN for each in sold.orders())
    assert {each["number"]: each["total"] for each in sold.invoices()}["OLD-7"] == 99
    assert all(row.is_proven for row in sold.proof())
    audit_is_complete(sold)


@pytest.mark.feature("S22")
def test_a_linked_one_of_the_same_total_gets_the_stores_customer(sold: World):
    query = select(BooksRow.code).where(BooksRow.kind == ReferenceKind.CUSTOMER, BooksRow.code != "58")
    other = str(db.session.scalars(query.order_by(BooksRow.id).limit(1)).one())
    end_reading()
    types(sold, "T-2", customer=other)
    [typed] = sold.invoices()
    align(sold)
    sold.sync()
    [made] = [each for each in sold.invoices() if each["number"] == "T-2"]
    assert made["id"] == typed["id"] and sold.invoice("T-2")["CustomerRef"]["value"] == "58"


def test_what_was_written_once_is_not_written_again_when_both_sides_are_aligned_anew(sold: World):
    types(sold, "T-2")
    align(sold)
    sold.sync()
    align(sold)
    assert all(each.tick is Tick.GREEN and each.reasons == [] for each in sold.orders())


def test_a_linked_one_with_another_total_turns_yellow_and_is_updated(sold: World):
    types(sold, "T-2", 99)
    align(sold)
    assert sold.order("T-2").tick is Tick.YELLOW
    sold.sync()
    assert {each["number"]: each["total"] for each in sold.invoices()}["T-2"] == 15
    assert sold.order("T-2").tick is Tick.GREEN and all(row.is_proven for row in sold.proof())


def test_later_a_number_that_the_books_hold_already_is_linked_and_updated(sold: World):
    align(sold)
    types(sold, "T-1", 99)
    sold.sync()
    assert numbers(sold) == ["T-1", "T-2", "T-3"]
    assert {each["number"]: each["total"] for each in sold.invoices()}["T-1"] == 15
    assert [each.state for each in sold.documents()] == [DocumentState.POSTED] * 3
    audit_is_complete(sold)


def test_later_a_number_that_stands_twice_is_refused_and_nothing_is_written(sold: World):
    align(sold)
    types(sold, "T-1", 99)
    types(sold, "T-1", 99, form="salesreceipt")
    sold.sync()
    assert sold.order("T-1").tick is Tick.RED and "2 documents" in sold.reasons("T-1")[0]
    assert [each["total"] for each in sold.invoices() if each["number"] == "T-1"] == [99]
    assert sold.order("T-2").tick is Tick.GREEN


def test_without_such_a_store_a_document_that_a_person_made_is_never_overwritten(
    sold: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(SiteGiant, "aligns_numbers", False)
    types(sold, "T-1", 99)
    sold.sync()
    assert [each["total"] for each in sold.invoices() if each["number"] == "T-1"] == [99]
    assert sold.order("T-1").tick is Tick.RED and sold.order("T-2").tick is Tick.GREEN


def test_a_voided_one_counts_for_nothing(sold: World, bookkeeper: Bookkeeper):
    align(sold)
    types(sold, "T-1", 99)
    [typed] = sold.invoices()
    bookkeeper.voids(typed["id"])
    sold.sync("T-1")
    assert [document.role for document in sold.documents()] == [Role.SALE]


@pytest.fixture
def bookkeeper(shop: World) -> Bookkeeper:
    """Somebody who works in the shop's books."""
    return Bookkeeper(shop)
