"""What records of files must fit to: what is kept of their store, and the lists of its books."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.stores.exchange import crossing
from adapters.stores.exchange.crossing import Known
from adapters.stores.exchange.fields import Makes, Record
from adapters.stores.exchange.sheets import Read
from adapters.stores.exchange.store import ExchangeStore
from documents import ReferenceKind
from models import BooksRow, ExchangeLink, ExchangeRecord, Profile, ProfileChannel, StoreChannel, db
from sync.exchange import keeping
from sync.exchange.around import chunks, record_of
from sync.exchange.assembling import facts_of


def known_to(store_id: int, store: ExchangeStore, read: Read) -> Known:
    """What these records must fit to."""
    session, named = db.session(), crossing.named(read)
    kept = {
        each.name: {
            record_id: record_of(row)
            for record_id, row in keeping.kept(session, store_id, each, sorted(named.get(each.name, ()))).items()
            if row.payload
        }
        for each in store.objects
    }
    orders = {each.name for each in store.objects if each.makes is Makes.ORDER}
    return Known(
        ids={name: frozenset(rows) for name, rows in kept.items()},
        totals={
            record_id: Decimal(record["total"])
            for name in orders
            for record_id, record in kept[name].items()
            if "total" in record
        },
        paid={
            whole: each for name in orders for whole, each in _paid(session, store_id, store, name, kept[name]).items()
        },
        currency=facts_of(session, store_id, store).currency if store.has_one_currency else None,
        books=_books(session, store_id, [kind for _, kind in store.named_in_books]),
    )


def _paid(
    session: Session, store_id: int, store: ExchangeStore, name: str, kept: Mapping[str, Record]
) -> dict[str, dict[str, Decimal]]:
    """The payments of kept orders by order and id: those that stand inside, and those that came by themselves."""
    found = {
        order_id: {each["id"]: Decimal(each["amount"]) for each in record.get("payments", ())}
        for order_id, record in kept.items()
    }
    parts = [each.name for each in store.objects if any(link.is_parent and link.object == name for link in each.links)]
    for some in chunks(sorted(kept)):
        query = select(ExchangeRecord, ExchangeLink.external_id).join(
            ExchangeLink, ExchangeLink.record_id == ExchangeRecord.id
        )
        query = query.where(ExchangeLink.store_id == store_id, ExchangeLink.object == name)
        query = query.where(ExchangeLink.external_id.in_(some), ExchangeRecord.object.in_(parts))
        for row, order_id in session.execute(query.where(ExchangeRecord.is_gone.is_(False))):
            found[order_id][row.external_id] = Decimal(record_of(row).get("amount", "0"))
    return found


def _books(session: Session, store_id: int, kinds: Sequence[ReferenceKind]) -> dict[ReferenceKind, frozenset[str]]:
    """The books' names of each of these lists, of all books that the store's orders go to; none, no check."""
    query = select(Profile.books_id).join(ProfileChannel, ProfileChannel.profile_id == Profile.id)
    query = query.join(StoreChannel, StoreChannel.id == ProfileChannel.channel_id)
    books = session.scalars(query.where(StoreChannel.store_id == store_id).distinct()).all()
    found: dict[ReferenceKind, frozenset[str]] = {}
    for kind in kinds if books else ():
        mine = select(BooksRow.code, BooksRow.name).where(BooksRow.books_id.in_(books), BooksRow.kind == kind)
        rows = session.execute(mine.where(BooksRow.is_active.is_(True))).all()
        found[kind] = frozenset(text.strip().casefold() for row in rows for text in (row.code, row.name) if text)
    return found
