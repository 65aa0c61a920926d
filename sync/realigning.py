"""A customer's code was changed in the store: a person renames the customer in the books, and until then nothing of it
is sent, so that no second one is made (SEN8)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import msgspec
from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from documents import N_, Draft, NewCustomer, Order, Problem, ReferenceKind, Role, StoreCustomer, say
from models import (
    BooksRow,
    Document,
    DocumentState,
    Profile,
    ProfileChannel,
    StoreChannel,
    StoreConnection,
    StoredCustomer,
    db,
    writing,
)
from sync import alignment
from sync.drafting.books import folded
from sync.drafting.partners import PartnerRules, name_of, person_of
from sync.drafting.people import source_of
from sync.new_customers import customer_source

ABOUT = "realign"


class Rename(NamedTuple):
    """A partner with another code: both as folded names."""

    row_id: int
    was: str
    now: str


def still_waiting(renames: Sequence[Rename], active: Collection[str], known: Collection[str]) -> set[int]:
    """Those whose old name the books know, and whose new one they do not have yet; or it is still another partner's,
    who waits too."""
    waits: set[int] = set()
    while True:
        claimed = {each.was for each in renames if each.row_id in waits}
        there = set(active) - claimed
        found = {each.row_id for each in renames if each.was in known and each.now not in there}
        if found == waits:
            return waits
        waits = found


def names_only(profile: Profile) -> PartnerRules:
    """How the books name a partner, without the lists that its customer needs."""
    books, adapter = profile.books, BOOKS[profile.books.kind]
    return PartnerRules(
        terms={},
        methods={},
        currency=books.home_currency if adapter.has_customer_currency(books.facts) else "",
        name_replacements=adapter.name_replacements,
        longest_name=adapter.limits.customer_name,
    )


def told_of(row: StoredCustomer) -> StoreCustomer:
    """A partner as the store told it last."""
    return msgspec.json.decode(row.document, type=StoreCustomer)


# --- whose code was changed --------------------------------------------------------------------------------------


def waiting(profile: Profile, store_ids: Collection[int]) -> list[StoredCustomer]:
    """The partners whose customer is to be renamed in the books by a person."""
    query = select(StoredCustomer).where(StoredCustomer.store_id.in_(store_ids), StoredCustomer.was_code.is_not(None))
    query = query.where(StoredCustomer.is_gone.is_(False)).order_by(StoredCustomer.id)
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    if not rows or profile.books.refreshed_at is None:
        return list(rows)
    rules = names_only(profile)
    renames = [_rename(row, rules) for row in rows]
    active, known = _names(profile.books_id, {name for each in renames for name in (each.was, each.now)})
    known |= _made(profile.books_id, rows, rules)
    waits = still_waiting(renames, active, known)
    return [row for row in rows if row.id in waits]


def _rename(row: StoredCustomer, rules: PartnerRules) -> Rename:
    was, now = (folded(name_of(code or "", rules)) for code in (row.was_code, row.code))
    return Rename(row.id, was, now)


def _names(books_id: int, names: Collection[str]) -> tuple[set[str], set[str]]:
    """Which of these names active customers have, and which any."""
    query = select(BooksRow.folded_name, BooksRow.is_active).where(
        BooksRow.books_id == books_id,
        BooksRow.kind == ReferenceKind.CUSTOMER,
        BooksRow.folded_name.in_([name[:200] for name in names]),
    )
    found = db.session.execute(query).all()
    return {row.folded_name for row in found if row.is_active}, {row.folded_name for row in found}


def _made(books_id: int, rows: Sequence[StoredCustomer], rules: PartnerRules) -> set[str]:
    """The old names of which we made a customer, are about to, or linked one."""
    sources = {_source(row, rules, row.was_code or ""): _rename(row, rules).was for row in rows}
    query = select(Document.source).where(
        Document.books_id == books_id,
        Document.role == Role.CUSTOMER,
        Document.source.in_(sources),
        Document.is_live.is_(True),
    )
    return {sources[source] for source in db.session.scalars(query)}


def _source(row: StoredCustomer, rules: PartnerRules, code: str = "") -> str:
    return source_of(person_of(told_of(row), rules, code).key)


def clear(books_id: int) -> None:
    """Whoever waits no more in any books is done: called when a list of customers was read, and before a push."""
    mine = select(StoreChannel.store_id).join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
    mine = mine.join(Profile, Profile.id == ProfileChannel.profile_id).where(Profile.books_id == books_id)
    named = select(StoredCustomer.id).where(StoredCustomer.store_id.in_(mine), StoredCustomer.was_code.is_not(None))
    if not (ids := set(db.session.scalars(named))):
        return
    with writing() as session:
        for profile, store_id in _pairs(session, ids):
            ids -= {row.id for row in waiting(profile, [store_id])}
        session.execute(update(StoredCustomer).where(StoredCustomer.id.in_(ids)).values(was_code=None))


def _pairs(session: Session, ids: Collection[int]) -> Iterable[tuple[Profile, int]]:
    """Every profile that takes a channel of the stores of these partners, where both are aligned."""
    query = select(ProfileChannel.profile_id, StoreConnection.id, StoreConnection.kind)
    query = query.join(StoreChannel, StoreChannel.id == ProfileChannel.channel_id)
    query = query.join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
    stores = select(StoredCustomer.store_id).where(StoredCustomer.id.in_(ids))
    found = session.execute(query.where(StoreConnection.id.in_(stores)).distinct()).all()
    pairs = [(session.get_one(Profile, row.profile_id), row.id, row.kind) for row in found]
    return [(profile, store_id) for profile, store_id, kind in pairs if alignment.is_of(kind, profile.books.kind)]


def counts(profile_ids: Collection[int]) -> dict[int, int]:
    """How many customers are to be renamed in the books of each of these profiles; only of those where some are."""
    query = select(ProfileChannel.profile_id, StoreChannel.store_id).join(
        StoreChannel, StoreChannel.id == ProfileChannel.channel_id
    )
    changed = exists().where(StoredCustomer.store_id == StoreChannel.store_id, StoredCustomer.was_code.is_not(None))
    query = query.where(ProfileChannel.profile_id.in_(profile_ids), changed)
    stores: dict[int, set[int]] = {}
    for row in db.session.execute(query):
        stores.setdefault(row.profile_id, set()).add(row.store_id)
    found = {each: len(waiting(db.session.get_one(Profile, each), stores[each])) for each in stores}
    return {profile_id: count for profile_id, count in found.items() if count}


# --- what is told, and what it holds back ------------------------------------------------------------------------


def problems(profile: Profile, rows: Sequence[StoredCustomer]) -> dict[int, Problem]:
    """By id: the partners whose customer is to be renamed in the books, and those whose was renamed there alone."""
    waits = waiting(profile, {row.store_id for row in rows})
    renamed = _renamed_in_books(profile, rows)
    found = {row.id: _by_store(row) for row in waits}
    return {row.id: found.get(row.id) or renamed[row.id] for row in rows if row.id in found or row.id in renamed}


def _by_store(row: StoredCustomer) -> Problem:
    sentence = N_("The code {was} is {now} in the store now: give the customer {was} in the books the name {now}.")
    return Problem(ABOUT, "partners", say(sentence, was=row.was_code or "", now=row.code or ""), row.code or "")


def _renamed_in_books(profile: Profile, rows: Sequence[StoredCustomer]) -> dict[int, Problem]:
    """The customer that was made of a code, or linked by it, has another name by now, and no other has the code."""
    rules = names_only(profile)
    sources = {_source(row, rules): row for row in rows}
    names = {source: name_of(row.code or "", rules) for source, row in sources.items()}
    found = _named_otherwise(profile.books_id, names)
    return {sources[source].id: _by_books(sources[source], name) for source, name in found.items()}


def _named_otherwise(books_id: int, names: Mapping[str, str]) -> dict[str, str]:
    """By our reference: the name that its customer has in the books by now, where that is not this one, and no other
    active customer has this one."""
    query = select(Document.source, BooksRow.name, BooksRow.folded_name).join(
        BooksRow, (BooksRow.books_id == Document.books_id) & (BooksRow.code == Document.remote_number)
    )
    query = query.where(Document.books_id == books_id, Document.role == Role.CUSTOMER)
    query = query.where(Document.source.in_(names), Document.state == DocumentState.POSTED)
    query = query.where(Document.is_live.is_(True), BooksRow.kind == ReferenceKind.CUSTOMER)
    usual = {source: folded(name)[:200] for source, name in names.items()}
    other = {row.source: row.name for row in db.session.execute(query) if row.folded_name != usual[row.source]}
    active, _ = _names(books_id, {usual[source] for source in other}) if other else (set(), set())
    return {source: name for source, name in other.items() if usual[source] not in active}


def _by_books(row: StoredCustomer, name: str) -> Problem:
    sentence = N_(
        "The customer of the code {code} is named {name} in the books: give it the name {code}, or make another "
        "customer of that name there."
    )
    return Problem(ABOUT, "partners", say(sentence, code=row.code or "", name=name), row.code or "")


def held(profile: Profile, store_id: int, drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts whose customer would be made by such a code get the problem."""
    made = [new for each in drafts if (new := to_be_made(each))]
    if not made:
        return list(drafts)
    query = select(StoredCustomer).where(StoredCustomer.store_id == store_id, StoredCustomer.is_gone.is_(False))
    named = StoredCustomer.code.in_({each.name for each in made})
    rows = db.session.scalars(query.where(or_(named, StoredCustomer.was_code.is_not(None)))).all()
    rules, told = names_only(profile), problems(profile, rows)
    found = _of_old_codes(profile, made)
    found |= {folded(name_of(row.code or "", rules)): told[row.id] for row in rows if row.id in told}
    return [_with(each, found) for each in drafts]


def _of_old_codes(profile: Profile, made: Sequence[NewCustomer]) -> dict[str, Problem]:
    """By folded name: customers that are not to be made, for what was known by that code has another name by now."""
    names = {customer_source(each): each.name for each in made}
    found = _named_otherwise(profile.books_id, names)
    return {folded(names[source]): _by_old_code(names[source], name) for source, name in found.items()}


def _by_old_code(code: str, name: str) -> Problem:
    sentence = N_(
        "The customer of the code {code} is named {name} in the books by now, so none is made of it: name the partner "
        "by its code of today in the store."
    )
    return Problem(ABOUT, "partners", say(sentence, code=code, name=name), code)


def to_be_made(draft: Draft) -> NewCustomer | None:
    """The customer that a draft would make."""
    choice = draft.invoice.customer if draft.invoice else None
    return choice.create if choice else None


def _with(draft: Draft, by_name: Mapping[str, Problem]) -> Draft:
    new = to_be_made(draft)
    problem = by_name.get(folded(new.name)) if new else None
    return replace(draft, problems=(problem, *draft.problems)) if problem else draft


def by_todays_code(store_id: int, orders: Sequence[Order]) -> list[Order]:
    """Orders that name a partner by a code that it has no more: by the one of today, where its own id is told."""
    ids = {each.customer.id for each in orders if each.customer.code and each.customer.id}
    query = select(StoredCustomer.external_id, StoredCustomer.code).where(StoredCustomer.store_id == store_id)
    query = query.where(StoredCustomer.external_id.in_(ids), StoredCustomer.code.is_not(None))
    today = {row.external_id: row.code for row in db.session.execute(query)} if ids else {}
    return [_coded(each, today.get(each.customer.id)) for each in orders]


def _coded(order: Order, code: str | None) -> Order:
    if not order.customer.code or not code or order.customer.code == code:
        return order
    return replace(order, customer=replace(order.customer, code=code))
