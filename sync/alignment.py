"""Aligning a store whose numbers are the books' numbers: what the owner says and confirms (SEN9 to SEN11, X5)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from adapters.registry import BOOKS, STORES
from documents import N_, Draft, Message, Problem, say
from models import (
    Aligned,
    Alignment,
    AlignmentRow,
    Profile,
    ProfileChannel,
    Side,
    Start,
    StoreChannel,
    StoreConnection,
    db,
    writing,
)

NOT_YET = say(N_("Nothing is sent before the numbers of both sides are aligned and you have confirmed it."))
READ_FIRST = say(N_("Read both sides first."))
RENAME = say(
    N_("Some numbers stand in the books more than once, or are written otherwise there. Rename them, then read again.")
)


class NotAlignable(Exception):
    """It cannot be confirmed like this."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class State:
    """How one kind stands."""

    kind: Aligned
    row: Alignment | None

    @property
    def counts(self) -> Mapping[Side, int]:
        """By side, of the last reading; empty where there was none."""
        kept = (self.row.counts if self.row else None) or {}
        return {Side(side): count for side, count in kept.items()}

    @property
    def is_confirmed(self) -> bool:
        """True from the moment that the owner said so."""
        return self.row is not None and self.row.confirmed_at is not None

    @property
    def is_taken_back(self) -> bool:
        """It was confirmed once, and then a channel was ticked of whose numbers nobody had said so."""
        return self.row is not None and self.row.confirmed_at is None and self.row.confirmed_by != ""

    @property
    def is_done(self) -> bool:
        """Confirmed, and what stood on both sides is linked: from now on it is sent."""
        return self.row is not None and self.row.linked_at is not None


def aligning() -> list[str]:
    """The kinds of stores whose numbers are the books'."""
    return [kind for kind, store in STORES.items() if store.aligns_numbers]


def is_of(store: str, books: str) -> bool:
    """Whether a store of this kind and books of that kind are aligned first."""
    return STORES[store].aligns_numbers and BOOKS[books].lists_documents


def _kinds(profile: Profile) -> list[str]:
    return [kind for kind in STORES if is_of(kind, profile.books.kind)]


def is_needed(profile: Profile) -> bool:
    """Whether one of the profile's stores has the books' numbers."""
    kinds = _kinds(profile)
    if not kinds:
        return False
    query = select(ProfileChannel.channel_id).join(StoreChannel, StoreChannel.id == ProfileChannel.channel_id)
    query = query.join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
    query = query.where(ProfileChannel.profile_id == profile.id, StoreConnection.kind.in_(kinds))
    return db.session.scalar(query.limit(1)) is not None


def states(profile_id: int) -> list[State]:
    """Every kind."""
    query = select(Alignment).where(Alignment.profile_id == profile_id).execution_options(populate_existing=True)
    rows = {row.kind: row for row in db.session.scalars(query)}
    return [State(kind, rows.get(kind)) for kind in Aligned]


def is_open(profile: Profile) -> bool:
    """Whether something is still to be aligned."""
    if not is_needed(profile):
        return False
    done = select(Alignment.kind).where(Alignment.profile_id == profile.id, Alignment.linked_at.is_not(None))
    return set(db.session.scalars(done)) != set(Aligned)


def waits(profile: Profile, store_id: int) -> frozenset[Aligned]:
    """The kinds of a store that are not aligned yet; empty where nothing is to be aligned."""
    if not is_of(db.session.get_one(StoreConnection, store_id).kind, profile.books.kind):
        return frozenset()
    query = select(Alignment.kind).where(Alignment.profile_id == profile.id, Alignment.linked_at.is_not(None))
    return frozenset(Aligned) - set(db.session.scalars(query))


def held(draft: Draft, waiting: frozenset[Aligned]) -> Draft:
    """The draft with the problem that its kind, or the customers, are not aligned yet."""
    kind = Aligned.CREDIT_NOTES if draft.credits else Aligned.INVOICES
    if draft.invoice is None or not waiting & {kind, Aligned.CUSTOMERS}:
        return draft
    return replace(draft, problems=(Problem("alignment", "alignment", NOT_YET), *draft.problems))


# --- what the owner says ----------------------------------------------------------------------------------------


def choose(profile_id: int, kind: Aligned, start: Start) -> None:
    """Which side was used before; a new answer takes an earlier confirmation back."""
    with writing() as session:
        row = _row(session, profile_id, kind) or Alignment(profile_id=profile_id, kind=kind)
        row.start, row.confirmed_at, row.confirmed_by, row.linked_at = start, None, "", None
        session.add(row)


def confirm(profile_id: int, kind: Aligned, by: str, now: datetime) -> None:
    """From now on this kind is sent, as soon as what stands on both sides is linked; raises NotAlignable."""
    with writing() as session:
        row = _row(session, profile_id, kind)
        if row is None or row.read_at is None:
            raise NotAlignable(READ_FIRST)
        if _has(session, profile_id, kind, Side.SEVERAL):
            raise NotAlignable(RENAME)
        row.confirmed_at, row.confirmed_by = now, by


def begin_anew(session: Session, profile: Profile, channel_ids: Collection[int]) -> None:
    """These channels are ticked: where they are of such stores, their numbers were never set beside the books', so both
    sides are read and confirmed anew. `confirmed_by` stays: the page says why by it. Inside `writing()`."""
    kinds = _kinds(profile)
    query = select(StoreChannel.id).join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
    query = query.where(StoreChannel.id.in_(channel_ids), StoreConnection.kind.in_(kinds))
    if channel_ids and session.scalar(query.limit(1)) is not None:
        mine = update(Alignment).where(Alignment.profile_id == profile.id)
        session.execute(mine.values(confirmed_at=None, linked_at=None, read_at=None))


def _row(session: Session, profile_id: int, kind: Aligned) -> Alignment | None:
    query = select(Alignment).where(Alignment.profile_id == profile_id, Alignment.kind == kind)
    return session.scalar(query.execution_options(populate_existing=True))


def _has(session: Session, profile_id: int, kind: Aligned, side: Side) -> bool:
    mine = (AlignmentRow.profile_id == profile_id, AlignmentRow.kind == kind, AlignmentRow.side == side)
    return session.scalar(select(AlignmentRow.id).where(*mine).limit(1)) is not None


def confirmed(profile_id: int) -> list[Aligned]:
    """The kinds that are confirmed, and not linked yet."""
    query = select(Alignment.kind).where(
        Alignment.profile_id == profile_id, Alignment.confirmed_at.is_not(None), Alignment.linked_at.is_(None)
    )
    return list(db.session.scalars(query).all())


def note_linked(session: Session, profile_id: int, kinds: Collection[Aligned], now: datetime) -> None:
    """These are linked, as far as nobody took the confirmation back meanwhile; inside `writing()`."""
    mine = update(Alignment).where(Alignment.profile_id == profile_id, Alignment.kind.in_(kinds))
    session.execute(mine.where(Alignment.confirmed_at.is_not(None)).values(linked_at=now))


# --- what the page shows ----------------------------------------------------------------------------------------


def rows(profile_id: int, kind: Aligned, side: Side | None, after: int, most: int) -> Sequence[AlignmentRow]:
    """Side by side, by page."""
    query = select(AlignmentRow).where(
        AlignmentRow.profile_id == profile_id, AlignmentRow.kind == kind, AlignmentRow.id > after
    )
    query = query if side is None else query.where(AlignmentRow.side == side)
    return db.session.scalars(query.order_by(AlignmentRow.id).limit(most)).all()
