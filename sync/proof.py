"""The proof: per channel and currency, what the store sold, what was posted, and what the books say when read back."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import msgspec
from sqlalchemy import select

from adapters.accounting.base import Books, Wanted
from documents import ZERO, Message, Remote, Role
from models import Document, Profile, ProfileOrder, StoreChannel, StoredOrder, Tick, db, end_reading
from sync.due import STANDS

AT_ONCE = 500
CHANGED = "changed in the store since it was posted"


@dataclass(slots=True)
class Row:
    """One channel and one currency of its orders; amounts in that currency.

    expected = store_total - unposted + causes; difference = books_total - expected. `missing` names every document that
    does not stand in the books once, as it was posted."""

    channel: str
    currency: str
    orders: int = 0
    posted: int = 0
    store_total: Decimal = ZERO
    not_posted: Counter[str] = field(default_factory=Counter)
    unposted: Decimal = ZERO
    causes: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    documents_total: Decimal = ZERO
    books_total: Decimal = ZERO
    missing: list[str] = field(default_factory=list)

    @property
    def expected(self) -> Decimal:
        """What the books should hold."""
        return self.store_total - self.unposted + sum(self.causes.values(), ZERO)

    @property
    def difference(self) -> Decimal:
        """0.00, or something is wrong."""
        return self.books_total - self.expected

    @property
    def is_proven(self) -> bool:
        """Every order has a named place, and the books say what they should."""
        placed = self.posted + sum(self.not_posted.values())
        agrees = self.difference == 0 and self.documents_total == self.expected
        return agrees and placed == self.orders and not self.missing and "" not in self.not_posted


def prove(profile: Profile, books: Books) -> list[Row]:
    """Read every posted document back from the books and set it against the store's own totals."""
    rows: dict[tuple[str, str], Row] = {}
    for step in _steps(profile.id):
        end_reading()
        read = _read_back(books, [document for _, _, _, document in step if document])
        for row, order, channel, document in step:
            into = rows.setdefault((channel, order.currency), Row(channel, order.currency))
            _count(into, row, order, document, read)
    return [rows[key] for key in sorted(rows)]


Line = tuple[ProfileOrder, StoredOrder, str, Document | None]


def _steps(profile_id: int) -> Iterator[Sequence[Line]]:
    """All orders of a profile with their live documents, in the order of their days: few calls read them back."""
    after = 0
    while True:
        query = (
            select(ProfileOrder, StoredOrder, StoreChannel.name, Document)
            .join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
            .join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
            .outerjoin(Document, (Document.profile_order_id == ProfileOrder.id) & Document.is_live.is_(True))
            .where(ProfileOrder.profile_id == profile_id, ProfileOrder.id > after)
            .order_by(ProfileOrder.id)
            .limit(AT_ONCE)
        )
        found = [(a, b, c, d) for a, b, c, d in db.session.execute(query.execution_options(populate_existing=True))]
        if not found:
            return
        after = found[-1][0].id
        yield found


def _read_back(books: Books, documents: Sequence[Document]) -> dict[str, list[Remote]]:
    """In bulk by their days; what is not found there is asked for alone: somebody may have given it another day."""
    standing = [document for document in documents if document.state in STANDS]
    if not standing:
        return {}
    tomorrow = (books.clock() + timedelta(days=1)).date()
    found = books.find(Role.SALE, [Wanted(document.source, document.since, tomorrow) for document in standing])
    elsewhere = [Wanted(document.source) for document in standing if not found[document.source]]
    return found | (books.find(Role.SALE, elsewhere) if elsewhere else {})


def _count(
    into: Row, row: ProfileOrder, order: StoredOrder, document: Document | None, read: dict[str, list[Remote]]
) -> None:
    into.orders += 1
    into.store_total += order.total
    if document is None or document.state not in STANDS:
        into.unposted += order.total
        into.not_posted[why_not_posted(row)] += 1
        return
    into.posted += 1
    into.documents_total += document.expected or ZERO
    for cause, amount in document.causes:
        into.causes[cause] += Decimal(amount)
    _name_change(into, row, order, document)
    alive = [remote for remote in read.get(document.source, []) if not remote.is_void]
    into.books_total += sum((remote.total or ZERO for remote in alive), ZERO)
    if len(alive) != 1:
        into.missing.append(f"{order.number}: {len(alive)} documents in the books")
    elif (alive[0].total, alive[0].currency or document.currency) != (document.expected, document.currency):
        theirs, ours = f"{alive[0].total} {alive[0].currency or ''}", f"{document.expected} {document.currency}"
        into.missing.append(f"{order.number}: the books say {theirs.strip()}, it was posted as {ours}")


def _name_change(into: Row, row: ProfileOrder, order: StoredOrder, document: Document) -> None:
    """The store changed the order since: its document is what the order was then."""
    stands_for = sum((Decimal(amount) for _, amount in document.causes), order.total)
    if row.tick is not Tick.GREEN and document.expected is not None and document.expected != stands_for:
        into.causes[CHANGED] += document.expected - stands_for


def why_not_posted(row: ProfileOrder) -> str:
    """The first reason, in words; '' where none is known."""
    if row.tick is Tick.QUEUED:
        return "on its way"
    for reason in row.reasons:
        return str(msgspec.convert(reason["message"], Message))
    return "pending" if row.tick is Tick.NONE else ""
