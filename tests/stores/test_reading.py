"""What is read of any store is what it has: each order once, with its number, total, moment and state."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from adapters.registry import STORES
from models import ProfileOrder, Run, RunKind, RunState, StoredItem, db, end_reading
from sync.drafting.figures import store_figures
from sync.drafting.gate import undone
from tests.shops import Sold
from tests.stores.conftest import Seller, begin, only


def state(seller: Seller) -> list[dict[str, object]]:
    skipped = {"_sa_instance_state", "pulled_at"}
    return [{name: each for name, each in vars(row).items() if name not in skipped} for row in seller.kept()]


@pytest.mark.feature("P6", "S21")
def test_every_order_is_read_with_the_stores_id_number_total_and_moment(seller: Seller):
    seller.world.practice.reset(orders=50, seed=3, days=50)
    seller.pull()
    theirs = seller.ledger()
    assert theirs and seller.has_all() and [row.trouble for row in seller.kept() if row.trouble] == []
    for sold in theirs:
        order = seller.order(sold)
        assert (order.number, order.currency) == (sold.number, sold.currency)
        assert seller.shop.has_own_taxes or order.total == sold.total
        told = order.dates.ordered
        assert told and told.astimezone(UTC).date() == sold.ordered_at.astimezone(UTC).date()
        assert not seller.shop.tells_time or told == sold.ordered_at.replace(microsecond=0)
        is_taken_back = sold.is_cancelled or (sold.is_refunded and bool(seller.shop.taken_back))
        assert bool(undone(order)) == is_taken_back, f"{sold.number}: {order.status}, {order.payment_status}"
        assert abs(store_figures(order) - order.total) <= Decimal("0.05"), sold.number
        assert 0 < len(order.order_id) <= 64 and order.store == seller.shop.kind


def test_the_same_pull_twice_changes_nothing(seller: Seller):
    seller.world.practice.reset(orders=20, seed=3, days=10)
    seller.pull()
    before = state(seller)
    seller.pull()
    assert before and state(seller) == before


@pytest.mark.feature("P6")
def test_orders_of_any_age_since_the_start_are_read_whatever_the_stores_windows(seller: Seller):
    seller.sell(55, 33, 29, 1, 0)
    seller.pull()
    assert seller.has_all() and len(seller.ids()) == 5


def test_an_order_that_comes_later_is_read_by_the_next_pull(seller: Seller):
    seller.sell(1)
    seller.pull()
    seller.sell(0)
    seller.pull()
    assert seller.has_all() and len(seller.ids()) == 2


# --- what becomes of an order -----------------------------------------------------------------------------------


@pytest.fixture(params=[1, 40], ids=["young", "old"])
def sold(request: pytest.FixtureRequest, seller: Seller) -> Sold:
    """An order of yesterday, and one that is older than any overlap; read already."""
    [made] = seller.sell(request.param)
    seller.pull()
    return made


@pytest.mark.feature("P6", "I7")
def test_a_changed_order_is_read_again_as_the_same_order(seller: Seller, sold: Sold):
    seller.shop.reprice(seller.world.practice, sold, "16.00")
    seller.pull()
    [theirs] = seller.ledger()
    assert seller.order(sold).total == theirs.total != sold.total and len(seller.ids()) == 1


@pytest.mark.feature("P6", "I7")
def test_a_cancelled_order_is_read_as_cancelled(seller: Seller, sold: Sold):
    seller.shop.cancel(seller.world.practice, sold)
    seller.pull()
    assert undone(seller.order(sold)) == "cancelled"


@pytest.mark.feature("P6", "I7")
@only(lambda shop: bool(shop.taken_back))
def test_an_order_whose_money_went_back_is_read_as_taken_back(seller: Seller, sold: Sold):
    seller.shop.give_back(seller.world.practice, sold)
    seller.pull()
    order = seller.order(sold)
    assert undone(order) == seller.shop.taken_back
    assert not seller.shop.tells_refunds or sum(each.amount for each in order.refunds) == sold.total


@only(lambda shop: shop.tells_refunds)
def test_a_part_that_went_back_is_told_once_and_the_order_stays(seller: Seller, sold: Sold):
    for amount in ("2.00", "3.00"):
        seller.shop.give_back(seller.world.practice, sold, amount)
        seller.pull()
    order = seller.order(sold)
    assert undone(order) is None and order.total == sold.total
    assert sorted(each.amount for each in order.refunds) == [Decimal("2.00"), Decimal("3.00")]
    ids = [each.id for each in order.refunds]
    assert len(set(ids)) == 2
    seller.pull()
    assert [each.id for each in seller.order(sold).refunds] == ids


def test_a_deleted_order_is_not_lost_here_and_takes_no_other_along(seller: Seller, sold: Sold):
    [other] = seller.sell(2)
    seller.shop.delete(seller.world.practice, sold)
    seller.pull()
    assert seller.ids() == sorted([sold.order_id, other.order_id])


@only(lambda shop: shop.asks_by_id)
def test_a_deleted_order_that_is_asked_for_is_told_as_such_beside_the_others(seller: Seller, sold: Sold):
    [other] = seller.sell(2)
    seller.shop.delete(seller.world.practice, sold)
    page = seller.adapter().orders_by_id(seller.channel(), [sold.order_id, other.order_id])
    assert [each.order.order_id for each in page.orders] == [other.order_id]
    assert [*page.gone, *(each.order_id for each in page.unreadable)] == [sold.order_id]


@only(lambda shop: bool(shop.products))
def test_an_order_of_a_deleted_product_reads_as_before(seller: Seller):
    seller.world.read(RunKind.ITEMS, seller.row().store_id)
    [old] = seller.sell(3)
    seller.pull()
    seller.shop.delete_product(seller.world.practice, "MUG-01")
    seller.world.read(RunKind.ITEMS, seller.row().store_id)
    [new] = seller.sell(1)
    seller.pull()
    for each in (old, new):
        assert seller.order(each).total == each.total and len(seller.order(each).lines) == 1
    assert "MUG-01" in catalogue(seller), "its match is kept"


# --- what the store lists ---------------------------------------------------------------------------------------


def test_the_catalogue_has_each_product_once_with_its_code(seller: Seller):
    seller.world.read(RunKind.ITEMS, seller.row().store_id)
    found = db.session.scalars(select(Run).where(Run.kind == RunKind.ITEMS).order_by(Run.id.desc())).first()
    end_reading()
    assert found is not None and found.state is RunState.DONE
    found = catalogue(seller)
    assert seller.shop.products <= set(found) and len(set(found)) == len(found)


def catalogue(seller: Seller) -> list[str]:
    """The SKUs that we know of this store."""
    mine = (StoredItem.store_id == seller.row().store_id, StoredItem.sku.is_not(None))
    found = list(db.session.scalars(select(StoredItem.sku).where(*mine)))
    end_reading()
    return [sku for sku in found if sku]


@pytest.mark.feature("Z9")
def test_the_store_counts_what_a_pull_would_tell(seller: Seller):
    seller.world.practice.reset(orders=30, seed=3, days=20)
    seller.pull()
    today = seller.world.clock.now().date()
    pages = seller.adapter().listed(seller.channel(), today - timedelta(days=58), today + timedelta(days=1))
    told = [each for page in pages for each in page]
    assert sorted(each.order_id for each in told) == sorted(row.external_id for row in seller.all_kept())
    numbers = {each.order_id: each.number for each in seller.ledger()}
    assert numbers.items() <= {each.order_id: each.number for each in told}.items()


def test_a_store_that_sends_messages_has_one_channel(seller: Seller):
    channels = seller.adapter().channels()
    assert len({each.id for each in channels}) == len(channels) > 0
    assert STORES[seller.shop.kind].hooks is None or len(channels) == 1


# --- days -------------------------------------------------------------------------------------------------------


def last_change(zone: str, now: datetime, is_forward: bool) -> datetime:
    """The midnight at which the last day began on which clocks went forward, or back."""
    day = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    for _ in range(400):
        day = (day - timedelta(days=1)).replace(fold=0)
        length = (day + timedelta(days=1)).astimezone(UTC) - day.astimezone(UTC)
        if length != timedelta(hours=24) and (length < timedelta(hours=24)) == is_forward:
            return day
    raise AssertionError(f"no such day in {zone}")


@pytest.mark.feature("P8")
@only(lambda shop: shop.reaches_back is None and shop.tells_time)
@pytest.mark.parametrize("is_forward", [True, False], ids=["forward", "back"])
@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Pacific/Auckland"])
def test_the_day_on_which_clocks_change_begins_and_ends_at_its_own_midnights(
    seller: Seller, zone: str, is_forward: bool
):
    midnight = last_change(zone, seller.world.clock.now() - timedelta(days=2), is_forward)
    begins, ends = midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
    moments = [begins - timedelta(seconds=1), begins, *(begins + timedelta(hours=each) for each in (1, 2, 3))]
    moments.append(ends - timedelta(seconds=1))
    made = seller.shop.sell(seller.world.practice, *moments)
    begin(seller.world, seller.channel_id, midnight.date(), zone)
    seller.pull()
    assert [seller.order(each).dates.ordered for each in made] == moments
    offered = db.session.scalars(select(ProfileOrder.ordered_at).order_by(ProfileOrder.ordered_at)).all()
    end_reading()
    assert offered == moments[1:]
    days = {each.astimezone(ZoneInfo(zone)).date() for each in offered}
    assert days == {midnight.date()}
