"""The proof: by day, channel and currency, what the store sold, what was posted, what the books say when read back.

A day is the day of the order, cut in the profile's time zone: what is not posted has no other. Memory holds one day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Row as Found
from sqlalchemy import and_, or_, select

from adapters.accounting.base import Books, Wanted
from documents import N_, ZERO, Message, Remote, Role, say
from models import Document, Profile, ProfileOrder, StoreChannel, StoredOrder, Tick, db, end_reading
from sync.due import STANDS
from sync.offers import start_of
from sync.order_numbers import shown_number
from sync.proof_figures import CHANGED, ON_ITS_WAY, PENDING, UNKNOWN, Fault, Reason, Row, amount_text, summed

AT_ONCE = 500
Read = dict[str, list[Remote]]
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """So many orders were counted; `rows` are those of the days that are complete now, `read` the documents as the
    books have them, each that stands there once, with what it is for."""

    orders: int
    rows: Sequence[Row]
    read: Sequence[tuple[Role, Remote]] = ()


def prove(profile: Profile, books: Books) -> list[Row]:
    """Read every posted document back from the books and set it against the store's own totals, all days together."""
    return summed(row for step in steps(profile, books) for row in step.rows)


def steps(profile: Profile, books: Books, since: date | None = None) -> Iterator[Step]:
    """All orders of a profile from this day on, the oldest first: few calls read them back."""
    zone = ZoneInfo(profile.time_zone)
    rows: dict[tuple[date, str, int, str], Row] = {}
    begin = start_of(since, profile.time_zone) if since else LONG_AGO
    for found in _found(profile.id, begin):
        read = _read_back(books, [each for each in found if each.state in STANDS])
        for each in found:
            day = each.ordered_at.astimezone(zone).date()
            key = (day, each.channel, each.channel_id, each.currency)
            _count(rows.setdefault(key, Row(each.channel, each.currency, each.channel_id, day)), each, read)
        complete = [rows.pop(key) for key in sorted(rows) if key[0] < day]
        roles = {each.source: each.role for each in found if each.state in STANDS}
        alone = [(roles[source], remotes[0]) for source, remotes in read.items() if len(remotes) == 1]
        yield Step(len(found), complete, alone)
    yield Step(0, [rows[key] for key in sorted(rows)])


_ITS_OWN = (Document.is_live.is_(True), Document.is_main.is_(True))


def _found(profile_id: int, at: datetime) -> Iterator[Sequence[Found]]:  # type: ignore[type-arg]
    after = 0
    while True:
        behind = and_(ProfileOrder.ordered_at == at, ProfileOrder.id > after)
        query = (
            select(
                ProfileOrder.id.label("profile_order_id"),
                ProfileOrder.ordered_at,
                ProfileOrder.tick,
                ProfileOrder.reasons,
                shown_number(),
                StoredOrder.currency,
                StoredOrder.total,
                StoreChannel.id.label("channel_id"),
                StoreChannel.name.label("channel"),
                Document.role,
                Document.source,
                Document.remote_id,
                Document.since,
                Document.number.label("number_given"),
                Document.state,
                Document.expected,
                Document.currency.label("document_currency"),
                Document.causes,
            )
            .join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
            .join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
            .outerjoin(Document, and_(Document.profile_order_id == ProfileOrder.id, *_ITS_OWN))
            .where(ProfileOrder.profile_id == profile_id, ProfileOrder.ordered_at >= at)
            .where(or_(ProfileOrder.ordered_at > at, behind))
            .order_by(ProfileOrder.ordered_at, ProfileOrder.id)
            .limit(AT_ONCE)
        )
        found = db.session.execute(query).all()
        end_reading()
        if not found:
            return
        at, after = found[-1].ordered_at, found[-1].profile_order_id
        yield found


def _read_back(books: Books, standing: Sequence[Found]) -> Read:  # type: ignore[type-arg]
    """In bulk by their days; what is not found there is read by its own id: somebody may have given it another day, or
    it was typed by hand and linked, so that it does not carry our reference."""
    tomorrow = (books.clock() + timedelta(days=1)).date()
    found: Read = {}
    for role in sorted({each.role for each in standing}):
        mine = (each for each in standing if each.role is role)
        found |= books.find(role, [Wanted(each.source, each.since, tomorrow, each.number_given) for each in mine])
    for each in standing:
        if not found[each.source] and each.remote_id and (remote := books.read(each.role, each.remote_id)):
            found[each.source] = [remote]
    return found


def _sign(each: Found) -> int:  # type: ignore[type-arg]
    """A credit note takes back what was sold; its own amounts are positive."""
    return -1 if each.role is Role.REFUND else 1


def _count(into: Row, each: Found, read: Read) -> None:  # type: ignore[type-arg]
    into.orders += 1
    into.store_total += each.total
    if each.state not in STANDS:
        into.unposted += each.total
        why = _why_not_posted(each)
        into.give_reason(why.about, why.message)
        return
    into.posted += 1
    into.documents_total += _sign(each) * (each.expected or ZERO)
    for cause, amount in each.causes:
        into.causes[cause] += _sign(each) * Decimal(amount)
    _name_change(into, each)
    alive = [remote for remote in read.get(each.source, []) if not remote.is_void]
    into.books_total += _sign(each) * sum((remote.total or ZERO for remote in alive), ZERO)
    if (message := _what_is_wrong(each, alive)) is not None:
        into.faults.append(Fault(each.profile_order_id, each.number, message))


def _what_is_wrong(each: Found, alive: Sequence[Remote]) -> Message | None:  # type: ignore[type-arg]
    if len(alive) != 1:
        return say(N_("{count} documents in the books"), count=len(alive))
    currency = alive[0].currency or each.document_currency
    if (alive[0].total, currency) == (each.expected, each.document_currency):
        return None
    theirs, ours = _amount(alive[0].total, currency), _amount(each.expected, each.document_currency)
    return say(N_("the books say {theirs}, it was posted as {ours}"), theirs=theirs, ours=ours)


def _amount(value: Decimal | None, currency: str | None) -> str:
    return "?" if value is None else f"{amount_text(value)} {currency or ''}".strip()


def _name_change(into: Row, each: Found) -> None:  # type: ignore[type-arg]
    """The store changed the order since: its document is what the order was then."""
    stands_for = sum((Decimal(amount) for _, amount in each.causes), _sign(each) * each.total)
    if each.tick is not Tick.GREEN and each.expected is not None and each.expected != stands_for:
        into.causes[CHANGED] += _sign(each) * (each.expected - stands_for)


def _why_not_posted(each: Found) -> Reason:  # type: ignore[type-arg]
    """The first reason; without words where none is known."""
    if each.tick is Tick.QUEUED:
        return Reason("on_its_way", ON_ITS_WAY)
    for reason in each.reasons:
        return Reason(str(reason["about"]), msgspec.convert(reason["message"], Message))
    return Reason("pending", PENDING) if each.tick is Tick.NONE else Reason("", UNKNOWN)
