"""Fixtures of the contract of all stores: every cell runs for each store that can be asked, over its practice shop."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

import jobs
from adapters.stores.base import Store
from documents import Channel, Order
from models import (
    BooksConnection,
    Run,
    RunKind,
    StoreChannel,
    StoreConnection,
    StoredOrder,
    db,
    end_reading,
    writing,
)
from sync import connections, profiles, pulling, runs
from tests.companies import COMPANIES
from tests.shops import SHOPS, PracticeShop, Sold
from tests.world import World

ZONE = "Asia/Kuala_Lumpur"
QUICK = 2000.0


@dataclass(slots=True)
class Seller:
    """A practice shop of one kind, connected, whose orders one profile takes."""

    world: World
    shop: PracticeShop
    channel_id: int

    # --- in the shop --------------------------------------------------------------------------------------------

    def sell(self, *days_ago: float, **more: Any) -> list[Sold]:
        """Orders of so many days ago; after a pull, such as came into the store since."""
        is_new = self.row().pulled_at is not None
        return self.shop.sell(self.world.practice, *(self.day(each) for each in days_ago), is_new=is_new, **more)

    def day(self, days_ago: float) -> datetime:
        """A moment so many days ago."""
        return (self.world.clock.now() - timedelta(days=days_ago)).replace(microsecond=0)

    def ledger(self) -> list[Sold]:
        """All that the shop has sold."""
        return self.shop.ledger(self.world.practice)

    def breaks(self, fault: str, **details: Any) -> None:
        """The shop's server fails so."""
        self.world.practice.faults(fault, self.shop.kind, **details)

    # --- reading ------------------------------------------------------------------------------------------------

    def pull(self) -> Run:
        """Let the newest minutes pass, then read the orders; the run."""
        self.world.clock.pass_by(180)
        return self.go_on(lambda: False)

    def go_on(self, must_stop: Callable[[], bool]) -> Run:
        """Ask for a reading, or go on with the one that is under way, until `must_stop` says or raises."""
        run_id = runs.request(RunKind.ORDERS, self.channel_id, self.world.clock.now())
        runs.work(run_id, jobs.READERS, self.world.tools, must_stop)
        return self.run()

    def run(self) -> Run:
        """The last reading of orders."""
        return self._all(select(Run).where(Run.kind == RunKind.ORDERS).order_by(Run.id))[-1]

    def adapter(self) -> Store:
        """The store itself."""
        return connections.store_of(self.store(), self.world.tools)

    # --- looking ------------------------------------------------------------------------------------------------

    def store(self) -> StoreConnection:
        """Its row."""
        [found] = self._all(select(StoreConnection).where(StoreConnection.id == self.row().store_id))
        return found

    def row(self) -> StoreChannel:
        """The channel's row."""
        [found] = self._all(select(StoreChannel).where(StoreChannel.id == self.channel_id))
        return found

    def channel(self) -> Channel:
        """The channel, as adapters take it."""
        row = self.row()
        return Channel(row.external_id, row.name, row.kind, row.currency)

    def all_kept(self) -> list[StoredOrder]:
        """All that was kept, by id."""
        query = select(StoredOrder).where(StoredOrder.channel_id == self.channel_id)
        return self._all(query.order_by(StoredOrder.id))

    def kept(self) -> list[StoredOrder]:
        """The same without credit notes that the store itself wrote."""
        return [row for row in self.all_kept() if not _is_credit_note(row)]

    def ids(self) -> list[str]:
        """The store's ids of these, sorted."""
        return sorted(row.external_id for row in self.kept())

    def order(self, sold: Sold) -> Order:
        """An order as it was read last."""
        [found] = [row for row in self.kept() if row.external_id == sold.order_id]
        assert found.document, found.trouble
        return msgspec.json.decode(found.document, type=Order)

    def has_all(self) -> bool:
        """Whether we have each of the shop's orders, once, and no other."""
        return self.ids() == sorted(each.order_id for each in self.ledger())

    def _all(self, query: Any) -> list[Any]:
        end_reading()
        found = list(db.session.scalars(query.execution_options(populate_existing=True)))
        end_reading()
        db.session.expunge_all()
        return found


def _is_credit_note(row: StoredOrder) -> bool:
    return row.document is not None and msgspec.json.decode(row.document, type=Order).is_credit_note


@pytest.fixture(params=SHOPS)
def store_kind(request: pytest.FixtureRequest) -> str:
    """Every store that can be asked."""
    kind: str = request.param
    return kind


@pytest.fixture
def books_kind(store_kind: str) -> str:
    """The first books that its orders may go into."""
    return next(kind for kind in COMPANIES if profiles.why_not(store_kind, kind, "") is None)


@pytest.fixture
def seller(shop: World, store_kind: str) -> Iterator[Seller]:
    """A shop without any order; the profile begins 58 days ago."""
    sells = SHOPS[store_kind]
    row = connections.connect_store(store_kind, "Shop", sells.given(shop.practice), shop.tools, QUICK)
    found = pulling.pull_channels(row.id, shop.tools)
    [channel] = [each for each in found if not sells.channel or each.external_id == sells.channel]
    if sells.company:
        with writing() as session:
            session.execute(update(BooksConnection).values(**sells.company))
    begin(shop, channel.id, (shop.clock.now() - timedelta(days=58)).date(), ZONE)
    yield Seller(shop, sells, channel.id)


def begin(world: World, channel_id: int, day: Any, zone: str) -> None:
    """The profile takes this channel, from this day of this zone on."""
    profiles.change_profile(world.profile_id, "Company", zone, day, [channel_id])


def only(is_so: Callable[[PracticeShop], bool]) -> pytest.MarkDecorator:
    """The cell runs for the shops of which this is true."""
    return pytest.mark.parametrize("store_kind", [kind for kind, each in SHOPS.items() if is_so(each)])
