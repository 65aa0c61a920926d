"""Orders of Edge Commerce and invoices of Sengerio, all the way into QuickBooks, proven to the cent."""

from decimal import Decimal

import pytest

from documents import Role
from models import Tick, end_reading
from sync import lists, partners, syncing
from tests.exchange_world import REALMS, Exchange
from tests.world import World

pytestmark = pytest.mark.feature("P6", "I10")


def sent(store: Exchange, **settings: str) -> None:
    """Sixty orders are pulled, matched and synced."""
    store.world.practice.reset(orders=60, seed=3)
    store.settle(**settings)
    store.pull()
    store.match()
    store.world.sync()


def invoices(world: World, kind: str) -> list[dict]:
    return world.practice.quickbooks_ledger(REALMS[kind])["invoices"]


def assert_all_posted(world: World, left: set[str]) -> None:
    """Every order is in the books, but for those that `left` gives a reason for."""
    waiting = {str(each.order_id): each for each in world.orders() if each.tick is not Tick.GREEN}
    reasons = {reason["about"] for each in waiting.values() for reason in each.reasons}
    assert reasons <= left, reasons
    rows = world.proof()
    assert rows and all(row.difference == 0 for row in rows), rows


@pytest.mark.feature("X5")
def test_partners_go_before_their_invoices_in_steps_that_may_end_between_two(
    sengerio: Exchange, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(partners, "AT_ONCE", 1)
    store, world = sengerio, sengerio.world
    for code in ("A1", "B2", "C3"):
        store.sell(company=code, extra={"business_partner_code": code})
    store.pull()
    store.match()
    store.align()
    ids = lists.pending_ids(world.profile_id)
    end_reading()
    task_id = syncing.press_sync(world.profile_id, ids, "Mei", world.clock.now())
    syncing.draft_task(task_id, world.tools, world.rung.append, lambda: len(world.rung) >= 2)
    assert [each.role for each in world.documents()] == [Role.CUSTOMER] * 2 and len(world.rung) == 2
    syncing.draft_task(task_id, world.tools, world.rung.append, lambda: False)
    world.run_until_quiet()
    assert [each.role for each in world.documents()].count(Role.CUSTOMER) == 3
    assert [each.tick for each in world.orders()] == [Tick.GREEN] * 3


@pytest.mark.feature("I9", "I11", "R5")
def test_orders_of_edge_commerce_stand_in_quickbooks_with_difference_nought(edge_commerce: Exchange):
    store = edge_commerce
    sent(store, send_payments="true", payment_account="Undeposited Funds")
    assert_all_posted(store.world, {"status"})
    posted = invoices(store.world, "edge_commerce")
    assert len(posted) > 50
    theirs = {f"edge_commerce/NORTH-1/{row.external_id}": row.total for row in store.orders().values()}
    assert all(Decimal(str(row["total"])) == theirs[row["reference"]] for row in posted)


@pytest.mark.feature("X5")
def test_invoices_of_sengerio_stand_in_quickbooks_under_the_partners_codes(sengerio: Exchange):
    store, world = sengerio, sengerio.world
    world.practice.reset(orders=60, seed=3)
    known = store.sell(company="Orrin & Sons Ltd", extra={"business_partner_code": "ORRIN01"})
    store.pull()
    store.match()
    store.align()
    world.sync()
    assert_all_posted(world, {"status"})
    posted = {row["number"]: row for row in invoices(world, "sengerio")}
    assert len(posted) > 50 and known["number"] in posted
    assert {row["currency"] for row in posted.values()} == {"GBP"}
    assert len(world.practice.quickbooks_ledger(REALMS["sengerio"])["credit_memos"]) > 1
    codes = {order.number: store.order(order.external_id).customer.code for order in store.orders().values()}
    assert codes[known["number"]] == "ORRIN01"
