"""Making orders, customers, products and facts of kept records, some at a time; inside `writing()`."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from adapters.replies import encode
from adapters.stores.base import ItemPage, PulledOrder, UnreadableOrder
from adapters.stores.exchange.fields import ExchangeObject, Makes, Record
from adapters.stores.exchange.store import Around, ExchangeStore, Unreadable
from documents import Channel, Message, Order, StoreCustomer, StoreFacts, StoreItem
from models import ExchangeRecord, StoreChannel, StoredCustomer, StoredItem
from sync import catalogue, kept_orders, store_words
from sync.exchange.around import Surroundings, chunks, record_of
from sync.held import hold_store

AT_ONCE = 200
Writing = Callable[[], AbstractContextManager[Session]]


def assemble(store_id: int, store: ExchangeStore, writing: Writing, now: datetime, most: int | None = None) -> bool:
    """Make what is to be made anew, a transaction for each step, at most so many steps; True when nothing is left."""
    steps = 0
    while most is None or steps < most:
        with writing() as session:
            if not _step(session, store_id, store, now):
                return True
        steps += 1
    return False


def _step(session: Session, store_id: int, store: ExchangeStore, now: datetime) -> bool:
    """Some of them; False where there was none. Without a channel there is no place for orders yet."""
    hold_store(session, store_id)
    channel = session.scalars(select(StoreChannel).filter_by(store_id=store_id).order_by(StoreChannel.id)).first()
    query = select(ExchangeRecord).where(ExchangeRecord.store_id == store_id, ExchangeRecord.is_stale.is_(True))
    query = query.order_by(ExchangeRecord.id).limit(AT_ONCE).execution_options(populate_existing=True)
    rows = session.scalars(query).all() if channel else []
    if channel is None or not rows:
        return False
    step = _Step(session, store_id, store, channel, now, rows)
    step.facts()
    step.customers()
    step.items()
    if step.orders() or step.tells_words:
        store_words.forget(session, store_id)
    for some in chunks([row.id for row in rows]):
        session.execute(update(ExchangeRecord).where(ExchangeRecord.id.in_(some)).values(is_stale=False))
    return True


class _Step:
    """One step's records, by what they make."""

    def __init__(
        self,
        session: Session,
        store_id: int,
        store: ExchangeStore,
        channel: StoreChannel,
        now: datetime,
        rows: Sequence[ExchangeRecord],
    ) -> None:
        self.session, self.store_id, self.store, self.channel, self.now = session, store_id, store, channel, now
        self._objects = {each.name: each for each in store.objects}
        self._around = Surroundings(session, store_id, store.objects, rows)
        self._rows = rows

    def _making(self, *what: Makes) -> list[tuple[ExchangeObject, ExchangeRecord]]:
        found = [(self._objects[row.object], row) for row in self._rows if row.object in self._objects]
        return [(each, row) for each, row in found if each.makes in what]

    @property
    def tells_words(self) -> bool:
        """Whether what it makes names ways to pay, terms or taxes, beside orders."""
        return bool(self._making(Makes.FACTS, Makes.CUSTOMER))

    def facts(self) -> None:
        """What the set-up names; the company's own currency is the channel's."""
        made = self._making(Makes.FACTS, Makes.CUSTOMER)
        if not made:
            return
        records = _told(
            self.session, self.store_id, [each.name for each in self.store.objects if each.makes is Makes.FACTS]
        )
        for each, row in made:
            if each.makes is Makes.CUSTOMER and row.payload and not row.is_gone:
                records.setdefault(each.name, []).append(record_of(row))
        facts = self.store.read_facts(records)
        self.channel.currency = facts.currency or self.channel.currency
        store_words.note_facts(self.session, self.store_id, facts)

    def customers(self) -> None:
        """Customers, those that are there no more among them; but not where only a code is, and its customer has
        another one by now (SEN8)."""
        found = [(row, self._customer(each, row)) for each, row in self._making(Makes.CUSTOMER) if row.payload]
        before = self._codes([customer.customer_id for _, customer in found])
        now = {customer.customer_id: customer.code for row, customer in found if not row.is_gone}
        self._forget([code for each, code in before.items() if code and now.get(each, code) != code])
        coded = before | now
        left = [
            (row, each) for row, each in found if not row.is_gone or coded.get(each.customer_id) in (None, each.code)
        ]
        catalogue.keep_customers(self.session, self.store_id, [customer for _, customer in left], self.now)
        self.session.flush()
        gone = [customer.customer_id for row, customer in left if row.is_gone]
        here = update(StoredCustomer).where(StoredCustomer.store_id == self.store_id)
        self.session.execute(here.where(StoredCustomer.external_id.in_(gone)).values(is_gone=True))

    def _codes(self, customer_ids: Sequence[str]) -> dict[str, str | None]:
        query = select(StoredCustomer.external_id, StoredCustomer.code).where(StoredCustomer.store_id == self.store_id)
        found = self.session.execute(query.where(StoredCustomer.external_id.in_(customer_ids)))
        return {row.external_id: row.code for row in found}

    def _forget(self, codes: Sequence[str]) -> None:
        """Records of codes that their customers have no more: coming back, they are news even in the same words."""
        names = [each.name for each in self.store.objects if each.makes is Makes.CUSTOMER]
        here = update(ExchangeRecord).where(ExchangeRecord.store_id == self.store_id, ExchangeRecord.object.in_(names))
        self.session.execute(here.where(ExchangeRecord.external_id.in_(codes)).values(sha256=""))

    def _customer(self, what: ExchangeObject, row: ExchangeRecord) -> StoreCustomer:
        record = record_of(row)
        around, _ = self._around.of(row, record)
        return self.store.read_customer(what, record, around)

    def items(self) -> None:
        """Products."""
        records = [record_of(row) for _, row in self._making(Makes.ITEM) if row.payload and not row.is_gone]
        items = tuple(self.store.read_item(record) for record in records)
        if items:
            catalogue.keep_items(self.session, self.store_id, ItemPage(items), self.now)

    def orders(self) -> bool:
        """Orders; those that cannot be made yet are kept with the reason, and mend themselves when it is gone;
        of those that are there no more, what was read last is kept. Whether one that was there says less now."""
        channel = Channel(self.channel.external_id, self.channel.name, self.channel.kind, self.channel.currency)
        read: list[PulledOrder] = []
        unreadable: list[UnreadableOrder] = []
        gone: list[str] = []
        for what, row in self._making(Makes.ORDER):
            made = self._order(what, row, channel)
            if isinstance(made, PulledOrder):
                read.append(made)
            elif row.is_gone:
                gone.append(made.order_id)
            else:
                unreadable.append(made)
        self._keep_named_items([each.order for each in read])
        kept = kept_orders.keep_orders(self.session, self.channel.id, read, unreadable, self.now)
        kept_orders.keep_gone(self.session, self.channel.id, gone, self.now)
        return bool(kept.changed or gone)

    def _order(self, what: ExchangeObject, row: ExchangeRecord, channel: Channel) -> PulledOrder | UnreadableOrder:
        order_id = self.store.order_id(what, row.external_id)
        if row.trouble:
            return UnreadableOrder(order_id, row.payload, msgspec.json.decode(row.trouble, type=Message))
        record = record_of(row)
        around, missing = self._around.of(row, record)
        if missing:
            return UnreadableOrder(order_id, row.payload, missing)
        try:
            order = self.store.read_order(what, record, around, channel)
        except Unreadable as error:
            return UnreadableOrder(order_id, row.payload, error.message)
        return PulledOrder(order, _raw(record, around))

    def _keep_named_items(self, orders: Sequence[Order]) -> None:
        """Products that orders name and no record told of, so that they can be matched."""
        named = {
            line.item_id: StoreItem(line.item_id, line.sku, line.name)
            for order in orders
            for line in order.lines
            if line.item_id
        }
        for some in chunks(sorted(named)):
            query = select(StoredItem.external_id).where(StoredItem.store_id == self.store_id)
            for known in self.session.scalars(query.where(StoredItem.external_id.in_(some))):
                del named[known]
        if named:
            catalogue.keep_items(self.session, self.store_id, ItemPage(tuple(named.values())), self.now)


def _raw(record: Record, around: Around) -> str:
    """All the words that an order was made of."""
    linked: dict[str, dict[str, Record]] = {}
    for (name, record_id), each in around.linked.items():
        linked.setdefault(name, {})[record_id] = each
    return encode({"record": record, "linked": linked, "parts": dict(around.parts)}).decode()


def facts_of(session: Session, store_id: int, store: ExchangeStore) -> StoreFacts:
    """What all kept records say of the set-up (P9)."""
    wanted = [each.name for each in store.objects if each.makes in (Makes.FACTS, Makes.CUSTOMER)]
    return store.read_facts(_told(session, store_id, wanted))


def _told(session: Session, store_id: int, names: Sequence[str]) -> dict[str, list[Record]]:
    """All records of these objects that are there, as they were received."""
    query = select(ExchangeRecord).where(ExchangeRecord.store_id == store_id, ExchangeRecord.object.in_(names))
    records: dict[str, list[Record]] = {}
    for row in session.scalars(query.order_by(ExchangeRecord.received_at, ExchangeRecord.id)):
        if row.payload and not row.is_gone:
            records.setdefault(row.object, []).append(record_of(row))
    return records
