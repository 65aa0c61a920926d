"""A credit note that the store itself wrote goes into the books once, against its sale, and the proof counts it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from adapters.stores.base import PulledOrder
from documents import Order, Role
from models import DocumentState, StoredOrder, Tick, writing
from sync import kept_orders, proof
from tests.contract.conftest import only
from tests.faults.checker import audit_is_complete
from tests.world import World

pytestmark = [pytest.mark.feature("X5"), only(lambda books: books.kind == "quickbooks")]


@pytest.fixture
def sold(shop: World) -> World:
    """A shop whose first order stands in the books."""
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    return shop


def write_credit_note(shop: World, number: str, against: str | None = "T-1", **changes: Any) -> None:
    """The store writes a credit note over the whole of T-1."""
    stored = shop.stored("T-1")
    order = msgspec.json.decode(stored.document or "", type=Order)
    note = replace(order, order_id=number, number=number, is_credit_note=True, credits=against, **changes)
    with writing() as session:
        told = [PulledOrder(note, f'{{"number": "{number}", "total": "{note.total}"}}')]
        kept_orders.keep_orders(session, stored.channel_id, told, [], shop.clock.now())


def credit_notes(shop: World) -> list[Mapping[str, Any]]:
    ledger = shop.ledger()
    return list(ledger.get("credit_notes", ledger.get("credit_memos")))


def test_a_credit_note_of_the_store_is_posted_once_against_its_sale(sold: World):
    write_credit_note(sold, "CN-1")
    sold.sync()
    assert [each["total"] for each in credit_notes(sold)] == [15]
    assert len(sold.invoices()) == 1
    assert sold.order("CN-1").tick is Tick.GREEN
    [document] = [each for each in sold.documents() if each.role is Role.REFUND]
    assert document.state is DocumentState.POSTED and document.is_main
    audit_is_complete(sold)


def test_it_is_listed_and_proven_as_what_it_takes_back(sold: World):
    write_credit_note(sold, "CN-1")
    assert sold.stored("CN-1").total == -sold.stored("T-1").total
    sold.sync()
    [row] = sold.proof()
    assert (row.orders, row.posted) == (2, 2)
    assert row.store_total == row.documents_total == row.books_total == Decimal(0)
    assert row.is_proven


def test_one_that_is_not_posted_is_told_with_its_sign(sold: World):
    write_credit_note(sold, "CN-1", status="cancelled")
    [row] = sold.proof()
    assert row.unposted == -sold.stored("T-1").total and row.is_proven


def test_a_credit_note_waits_for_a_sale_that_is_on_its_way(shop: World):
    shop.sell("T-1")
    shop.pull()
    write_credit_note(shop, "CN-1")
    shop.sync()
    assert [shop.order(each).tick for each in ("T-1", "CN-1")] == [Tick.GREEN, Tick.GREEN]
    assert len(credit_notes(shop)) == 1


def test_behind_a_sale_that_is_refused_a_credit_note_says_so_too(shop: World):
    shop.sell("T-1")
    shop.pull()
    write_credit_note(shop, "CN-1")
    shop.break_("refuse", shop.company.creating)
    shop.press_sync()
    shop.run_until_blocked()
    assert [shop.order(each).tick for each in ("T-1", "CN-1")] == [Tick.RED, Tick.RED]
    shop.sync()
    assert [shop.order(each).tick for each in ("T-1", "CN-1")] == [Tick.GREEN, Tick.GREEN]


@pytest.mark.parametrize("against", [None, "nowhere"])
def test_one_without_a_sale_of_ours_is_posted_too(sold: World, against: str | None):
    write_credit_note(sold, "CN-1", against)
    sold.sync()
    assert sold.order("CN-1").tick is Tick.GREEN and len(credit_notes(sold)) == 1


def test_a_lost_answer_makes_no_second_credit_note(sold: World):
    write_credit_note(sold, "CN-1")
    sold.break_("commit_then_reset", sold.company.crediting)
    sold.sync()
    assert len(credit_notes(sold)) == 1 and sold.order("CN-1").tick is Tick.GREEN


def test_a_changed_credit_note_turns_yellow_and_is_updated(sold: World):
    write_credit_note(sold, "CN-1")
    sold.sync()
    line = replace(read(sold.stored("CN-1")).lines[0], price=Decimal(10), amount=Decimal(10))
    write_credit_note(sold, "CN-1", lines=(line,), total=Decimal(10))
    assert sold.order("CN-1").tick is Tick.YELLOW
    sold.sync()
    assert [each["total"] for each in credit_notes(sold)] == [10]
    assert all(row.is_proven for row in sold.proof())


def test_one_that_was_deleted_in_the_books_turns_yellow_and_is_made_anew(sold: World):
    write_credit_note(sold, "CN-1")
    sold.sync()
    [document] = [each for each in sold.documents() if each.role is Role.REFUND]
    realm = sold.practice.quickbooks["realm_id"]
    sold.practice.control("DELETE", f"/quickbooks/{realm}/creditmemo/{document.remote_id}")
    sold.clock.pass_by(3700)
    sold.drain()
    assert sold.order("CN-1").tick is Tick.YELLOW
    sold.sync()
    assert sold.order("CN-1").tick is Tick.GREEN and proof_is_good(sold.proof())


def read(stored: StoredOrder) -> Order:
    return msgspec.json.decode(stored.document or "", type=Order)


def proof_is_good(rows: list[proof.Row]) -> bool:
    return bool(rows) and all(row.is_proven for row in rows)
