"""What an import has linked (M9, M10): the people of orders to the books' customers, and products that become items."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

import msgspec
from sqlalchemy import and_, select

from adapters.registry import BOOKS, STORES
from documents import N_, Message, Order, Role, say
from models import ContactMatch, Document, DocumentState, ItemMatch, Operation, OperationState, Profile, db
from sync.drafting import rules as plain
from sync.drafting.people import Person, people_of, source_of


def store_options(kind: str) -> plain.StoreOptions:
    """What every store of a kind has in common, as its adapter declares it."""
    adapter = STORES[kind]
    return plain.StoreOptions(
        payment_prefix=adapter.payment_prefix,
        contact_under_company=adapter.contact_under_company,
        dates=adapter.dates,
    )


def being_made(profile_id: int, item_ids: Collection[int]) -> dict[int, tuple[Message, bool]]:
    """By product: what there is to say of the item that is being made of it in the books (M10), and whether they
    refused it."""
    query = (
        select(ItemMatch.item_id, Document.number, Operation.state, Operation.problem)
        .join(Document, Document.id == ItemMatch.document_id)
        .outerjoin(Operation, and_(Operation.document_id == Document.id, Operation.is_open.is_(True)))
        .where(ItemMatch.profile_id == profile_id, ItemMatch.item_id.in_(item_ids), ItemMatch.code.is_(None))
    )
    rows = db.session.execute(query)
    return {row.item_id: (making_told(row.number, row.state, row.problem), row.state in REFUSED) for row in rows}


REFUSED = (OperationState.REJECTED, OperationState.NEEDS_PERSON)


def making_told(number: str | None, state: OperationState | None, problem: Mapping[str, object] | None) -> Message:
    """What a person is told of an item that is being made."""
    if state in REFUSED:
        why = msgspec.convert(problem, Message) if problem else ""
        return say(N_("The item {item} could not be made in the books: {why}"), item=number or "", why=why)
    return say(N_("The item {item} is being made in the books: look again in a minute."), item=number or "")


def people(
    profile: Profile, settings: plain.Settings, store_kind: str, orders: Iterable[Order]
) -> dict[str, plain.PersonLink]:
    """What was chosen for these orders' buyers (M9), and those whom we made already: whatever they are called now."""
    keys = {each.key for order in orders for each in people_in(profile, settings, store_kind, order)}
    if not keys:
        return {}
    chosen = select(ContactMatch).where(ContactMatch.profile_id == profile.id, ContactMatch.key.in_(keys))
    links = {row.key: plain.PersonLink(row.code, row.new_name) for row in db.session.scalars(chosen)}
    sources = {source_of(key): key for key in keys}
    made = select(Document.source, Document.remote_number).where(
        Document.books_id == profile.books_id,
        Document.role == Role.CUSTOMER,
        Document.source.in_(sources),
        Document.is_live.is_(True),
        Document.state == DocumentState.POSTED,
    )
    for row in db.session.execute(made):
        link = links.get(sources[row.source], plain.PersonLink(None))
        links[sources[row.source]] = replace(link, code=link.code or row.remote_number)
    return links


def people_in(profile: Profile, settings: plain.Settings, store_kind: str, order: Order) -> Iterator[Person]:
    """The buyer and the company of an order, where the sale is theirs."""
    has_currency = BOOKS[profile.books.kind].has_customer_currency(profile.books.facts)
    return filter(None, people_of(order, settings, store_options(store_kind), has_currency))
