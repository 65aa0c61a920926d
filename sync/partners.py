"""The business partners of a store whose codes are the books' names go there as customers, and follow (SEN7, SEN12).

Nothing before both sides' customers are aligned; nothing of one whose term, payment method or name is not right."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from documents import CustomerChoice, Draft, Message, NewCustomer, Problem, ReferenceKind, Role
from models import (
    Aligned,
    BooksRow,
    Document,
    Operation,
    OperationState,
    Profile,
    StoreConnection,
    StoredCustomer,
    db,
    writing,
)
from sync import alignment, catalogue, lists, loading, realigning, search
from sync.drafting.books import folded
from sync.drafting.partners import Partner, PartnerRules, name_of, partner_of
from sync.drafting.people import source_of
from sync.held import one_at_a_time
from sync.ledger import Actor
from sync.new_customers import customer_first, has_news, remember
from sync.readiness.reading import refusal_of

AT_ONCE = 200


class State(StrEnum):
    """How a partner stands in the books."""

    IN_BOOKS = "in_books"
    NEW = "new"  # goes there at the next push
    CHANGED = "changed"  # so does what is new of it
    QUEUED = "queued"
    REFUSED = "refused"
    PROBLEM = "problem"
    REALIGN = "realign"
    OFF = "off"  # inactive in the store, or there no more
    ASLEEP = "asleep"  # inactive in the books


@dataclass(frozen=True, slots=True)
class Standing:
    """A partner as its row is shown; `choice` is what a push sends, `trouble` why the books refused it; `linked` our
    reference, and the customer of the books that a push is to remember by it."""

    row: StoredCustomer
    state: State
    problems: tuple[Problem, ...] = ()
    trouble: Message | None = None
    choice: CustomerChoice | None = None
    linked: tuple[str, BooksRow] | None = None


def stores_of(profile: Profile) -> list[int]:
    """The stores of the profile whose partners go to its books."""
    query = select(StoreConnection.id, StoreConnection.kind).where(StoreConnection.id.in_(lists.stores_of(profile.id)))
    found = db.session.execute(query.order_by(StoreConnection.id)).all()
    return [row.id for row in found if alignment.is_of(row.kind, profile.books.kind)]


def why_not(profile: Profile, store_id: int) -> Message | None:
    """Why nothing of a store's partners is sent; None where they are."""
    if refusal := refusal_of(store_id, profile.books_id):
        return refusal
    return alignment.NOT_YET if Aligned.CUSTOMERS in alignment.waits(profile, store_id) else None


# --- sending -----------------------------------------------------------------------------------------------------


def push(
    profile: Profile, actor: Actor, most: int | None = None, goes_on: Callable[[int], bool] = lambda _: True
) -> int:
    """Write down every partner that is new or changed, once; returns how many. Harmless to run twice or at once.

    With `most` it ends after the step that reached so many, or where `goes_on`, which is told after each step how many
    it wrote down, says no: the next push goes on."""
    stores = stores_of(profile)
    if not stores or profile.books.refreshed_at is None:
        return 0
    realigning.clear(profile.books_id)
    open_ones = [store_id for store_id in stores if not why_not(profile, store_id)]
    after, sent = 0, 0
    while most is None or sent < most:
        with writing() as session:
            one_at_a_time(session, profile.id)
            rows = page(profile, open_ones, after, AT_ONCE)
            written = _write_down(session, profile, rows, actor)
            last = rows[-1].id if rows else 0
        sent += written
        if not last or not goes_on(written):
            break
        after = last
    return sent


def _write_down(session: Session, profile: Profile, rows: Sequence[StoredCustomer], actor: Actor) -> int:
    found = standings(profile, rows)
    for source, listed in filter(None, (each.linked for each in found)):
        remember(session, profile, source, listed, actor)
    choices = [each.choice for each in found if each.choice]
    for choice in choices:
        customer_first(session, profile, choice, actor)
    return len(choices)


# --- what invoices make -------------------------------------------------------------------------------------------


def held(profile: Profile, store_id: int, drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts that would make a partner's customer make the whole one, and what is wrong with it stands on them."""
    drafts = realigning.held(profile, store_id, drafts)
    names = {new.name for each in drafts if (new := realigning.to_be_made(each))}
    query = select(StoredCustomer).where(StoredCustomer.store_id == store_id, StoredCustomer.code.in_(names))
    rows = db.session.scalars(query.where(StoredCustomer.is_gone.is_(False))).all() if names else ()
    if not rows:
        return drafts
    rules = _rules(profile, rows)
    found = {folded(row.code or ""): partner_of(realigning.told_of(row), rules) for row in rows}
    return [_whole(each, found) for each in drafts]


def _whole(draft: Draft, partners: Mapping[str, Partner]) -> Draft:
    """Under the key and in the currency of the invoice."""
    new = realigning.to_be_made(draft)
    partner = partners.get(folded(new.name)) if new else None
    if new is None or partner is None or draft.invoice is None:
        return draft
    whole = replace(partner.customer, currency=new.currency, key=new.key)
    invoice = replace(draft.invoice, customer=CustomerChoice(create=whole))
    return replace(draft, invoice=invoice, problems=(*partner.problems, *draft.problems))


# --- how each stands ---------------------------------------------------------------------------------------------


def page(
    profile: Profile, store_ids: Collection[int], after: int, most: int, typed: str = ""
) -> Sequence[StoredCustomer]:
    """Partners behind one of them, store by store, by their codes; `typed` finds by the beginning of words of code and
    name, in the order in which they came (search.page)."""
    if typed.strip():
        query = select(StoredCustomer).where(StoredCustomer.store_id.in_(store_ids), StoredCustomer.code.is_not(None))
        query = search.page(query, StoredCustomer.id, catalogue.CODED, typed, after)
        return _rows(query.limit(most))
    last = db.session.get(StoredCustomer, after, populate_existing=True) if after else None
    found: list[StoredCustomer] = []
    for store_id in sorted(each for each in store_ids if not last or each >= last.store_id):
        behind = last if last and last.store_id == store_id else None
        found += _of_store(store_id, behind, most - len(found)) if len(found) < most else []
    return found


def _of_store(store_id: int, behind: StoredCustomer | None, most: int) -> Sequence[StoredCustomer]:
    """In the order of an index, of which only these are read."""
    code = StoredCustomer.code
    query = select(StoredCustomer).where(StoredCustomer.store_id == store_id, code.is_not(None))
    if behind:
        last = behind.code or ""
        query = query.where(code >= last, or_(code > last, StoredCustomer.id > behind.id))
    return _rows(query.order_by(code, StoredCustomer.id).limit(most))


def _rows(query: Select[StoredCustomer]) -> Sequence[StoredCustomer]:
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def standings(profile: Profile, rows: Sequence[StoredCustomer]) -> list[Standing]:
    """How these partners stand: a fixed number of queries, however many they are."""
    if not rows:
        return []
    rules = _rules(profile, rows)
    side = _Books(profile.books_id, {source_of(_key(row, rules)): name_of(row.code or "", rules) for row in rows})
    told = realigning.problems(profile, rows)
    return [_standing(row, rules, side, told.get(row.id)) for row in rows]


def _key(row: StoredCustomer, rules: PartnerRules) -> str:
    return partner_of(realigning.told_of(row), rules).customer.key


def _rules(profile: Profile, rows: Sequence[StoredCustomer]) -> PartnerRules:
    usual = realigning.names_only(profile)
    names = {folded(name_of(row.code or "", usual)) for row in rows}
    wanted = (ReferenceKind.TERM, ReferenceKind.PAYMENT_METHOD)
    query = select(BooksRow.kind, BooksRow.code, BooksRow.name, BooksRow.details).where(
        BooksRow.books_id == profile.books_id, BooksRow.kind.in_(wanted), BooksRow.is_active.is_(True)
    )
    found = db.session.execute(query).all()
    taken = select(BooksRow.name).where(
        BooksRow.books_id == profile.books_id,
        BooksRow.kind == ReferenceKind.TAKEN_NAME,
        BooksRow.is_active.is_(True),
        BooksRow.folded_name.in_(names),
    )
    return replace(
        usual,
        terms={row.code: loading.days_of(row.details) for row in found if row.kind is ReferenceKind.TERM},
        methods={folded(row.name): row.code for row in found if row.kind is ReferenceKind.PAYMENT_METHOD},
        taken=frozenset(folded(name) for name in db.session.scalars(taken)),
    )


class _Books:
    """What the books, and our ledger, have of some customers: `names` by our reference."""

    def __init__(self, books_id: int, names: Mapping[str, str]) -> None:
        self._books_id = books_id
        made = self._documents(Document.source.in_(names))
        self._by_source = {each.source: each for each in made}
        self._by_name = {row.folded_name: row for row in self._listed([folded(each)[:200] for each in names.values()])}
        ours = self._documents(Document.remote_id.in_([row.remote_id for row in self._by_name.values()]))
        self._by_remote = {each.remote_id: each for each in reversed(ours)}
        ids = [each.id for each in (*made, *ours)]
        query = select(Operation).where(Operation.document_id.in_(ids), Operation.is_open.is_(True))
        found = db.session.scalars(query.execution_options(populate_existing=True))
        self._operations = {each.document_id: each for each in found}

    def _documents(self, condition: object) -> Sequence[Document]:
        query = select(Document).where(Document.books_id == self._books_id, Document.role == Role.CUSTOMER)
        query = query.where(Document.is_live.is_(True), condition)  # type: ignore[arg-type]
        return db.session.scalars(query.order_by(Document.id).execution_options(populate_existing=True)).all()

    def _listed(self, names: Collection[str]) -> Sequence[BooksRow]:
        """The active one last, so that it is the one that counts."""
        query = select(BooksRow).where(BooksRow.books_id == self._books_id, BooksRow.kind == ReferenceKind.CUSTOMER)
        query = query.where(BooksRow.folded_name.in_(names)).order_by(BooksRow.is_active, BooksRow.id.desc())
        return db.session.scalars(query.execution_options(populate_existing=True)).all()

    def of(self, customer: NewCustomer) -> tuple[BooksRow | None, Document | None, Operation | None]:
        """The row of the books' list, our document, and what is on its way."""
        row = self._by_name.get(folded(customer.name)[:200])
        document = self._by_remote.get(row.remote_id) if row else None
        document = document or self._by_source.get(source_of(customer.key))
        return row, document, self._operations.get(document.id) if document else None

    def unlinked(self, customer: NewCustomer) -> tuple[str, BooksRow] | None:
        """Our reference and the active customer of its name, where we do not remember yet who that is."""
        source, row = source_of(customer.key), self._by_name.get(folded(customer.name)[:200])
        return (source, row) if row and row.is_active and source not in self._by_source else None


def _standing(row: StoredCustomer, rules: PartnerRules, side: _Books, realign: Problem | None) -> Standing:
    told = realigning.told_of(row)
    customer, problems = partner_of(told, rules)
    if row.is_gone or not told.is_active:
        return Standing(row, State.OFF)
    if realign:
        return Standing(row, State.REALIGN, (realign,))
    if problems:
        return Standing(row, State.PROBLEM, problems)
    return replace(_in_books(row, customer, *side.of(customer)), linked=side.unlinked(customer))


def _in_books(
    row: StoredCustomer,
    customer: NewCustomer,
    listed: BooksRow | None,
    document: Document | None,
    operation: Operation | None,
) -> Standing:
    if listed and not listed.is_active:
        return Standing(row, State.ASLEEP)
    choice = _choice(customer, listed)
    if operation:
        return _under_way(row, operation, choice)
    if listed is None:
        return Standing(row, State.IN_BOOKS) if document else Standing(row, State.NEW, choice=choice)
    is_news = has_news(listed, document, customer)
    return Standing(row, State.CHANGED, choice=choice) if is_news else Standing(row, State.IN_BOOKS)


def _choice(customer: NewCustomer, listed: BooksRow | None) -> CustomerChoice:
    """One of its name is linked and follows; else it is made."""
    if listed is None:
        return CustomerChoice(create=customer)
    return CustomerChoice(code=listed.code, details=replace(customer, name=listed.name))


REFUSED = (OperationState.REJECTED, OperationState.NEEDS_PERSON)


def _under_way(row: StoredCustomer, operation: Operation, choice: CustomerChoice) -> Standing:
    """What was refused is sent once more; what is being sent is left alone."""
    if operation.state not in REFUSED:
        return Standing(row, State.QUEUED)
    trouble = msgspec.convert(operation.problem, Message) if operation.problem else None
    again = choice if operation.state is OperationState.REJECTED else None
    return Standing(row, State.REFUSED, trouble=trouble, choice=again)
