"""Already in the books: orders whose documents were typed by hand, or made by another connector, are linked to them."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from adapters.accounting.base import Books, Wanted
from documents import N_, CreditNote, Draft, Invoice, Message, Remote, Role, say
from models import (
    Document,
    DocumentState,
    Profile,
    ProfileOrder,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import connections, ledger, linking, order_lists, syncing, write_back
from sync.documents_kept import live, next_generation
from sync.drafting import AfterPosting, after_posting
from sync.held import hold_profiles
from sync.ledger import Actor
from sync.syncing import SENDABLE
from sync.tools import Tools
from sync.yellow import tick_after_posting

MOST = 50
"""Orders that are looked for at once: each may take the books two questions."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that may be in the books, with the document that Sync would make of it."""

    row: order_lists.Row
    draft: Draft
    invoice: Invoice
    content_key: str | None

    @property
    def numbers(self) -> list[str]:
        """The numbers that its document may carry there."""
        return list(dict.fromkeys(each for each in (self.row.number, self.invoice.number) if each))

    def is_of(self, remote: Remote) -> bool:
        """True where the document carries our reference or one of the numbers."""
        return remote.reference == self.invoice.reference or remote.number in self.numbers


@dataclass(frozen=True, slots=True)
class Found:
    """What the books hold for an order; `why` says why there is nothing to link."""

    candidate: Candidate
    remote: Remote | None
    why: Message | None = None

    @property
    def is_equal(self) -> bool:
        """The same total as Sync would post."""
        return self.remote is not None and _agrees(self.candidate.invoice, self.remote)


def orders_numbered(profile: Profile, text: str) -> tuple[list[int], list[str]]:
    """The orders that may be sent and have one of the numbers in a text, and the numbers that none has."""
    typed = list(dict.fromkeys(each for each in re.split(r"[\s,;]+", text) if each))[: MOST + 1]
    prefixes = order_lists.prefixes_of(profile)
    names = {each: {each.casefold(), *(each.casefold().removeprefix(begin) for begin in prefixes)} for each in typed}
    query = select(ProfileOrder.id, ProfileOrder.number).where(
        ProfileOrder.profile_id == profile.id,
        ProfileOrder.tick.in_(SENDABLE),
        ProfileOrder.number.in_({name for several in names.values() for name in several}),
    )
    found = db.session.execute(query.order_by(ProfileOrder.ordered_at, ProfileOrder.id)).all()
    known = {row.number for row in found}
    return [row.id for row in found], [each for each in typed if not names[each] & known]


def look(profile: Profile, order_ids: Sequence[int], tools: Tools) -> list[Found]:
    """Ask the books about orders: by our reference, then by number. Writes nothing."""
    candidates = _candidates(profile, order_ids[:MOST], tools)
    books = connections.books_of(profile.books, tools)
    end_reading()
    held = _held(books, candidates)
    found = [_found(each, held[each.invoice.reference]) for each in candidates]
    remotes = [each.remote for each in found if each.remote]
    taken = {role: linking.taken(db.session(), profile.books_id, role, remotes) for role in _roles(candidates)}
    return [_without_taken(each, taken[each.candidate.draft.role]) for each in found]


def _without_taken(found: Found, taken: Collection[str]) -> Found:
    is_taken = found.remote is not None and found.remote.remote_id in taken
    return replace(found, remote=None, why=linking.TAKEN) if is_taken else found


def _candidates(profile: Profile, order_ids: Sequence[int], tools: Tools) -> list[Candidate]:
    """Those that may be sent and are an invoice at all."""
    made = syncing.drafts_of(profile, order_ids, tools.clock.now(), even_unaligned=True)
    good = {row.id: (draft, key) for row, draft, key in made if draft.invoice and row.tick in SENDABLE}
    rows = order_lists.rows([row for row, _, _ in made if row.id in good])
    pairs = ((row, *good[row.order.id]) for row in rows)
    return [Candidate(row, draft, draft.invoice, key) for row, draft, key in pairs if draft.invoice is not None]


def _roles(candidates: Sequence[Candidate]) -> list[Role]:
    return sorted({each.draft.role for each in candidates})


def _held(books: Books, candidates: Sequence[Candidate]) -> dict[str, list[Remote]]:
    """What the books hold for each reference."""
    held: dict[str, list[Remote]] = {}
    for role in _roles(candidates):
        held |= _held_as(books, role, [each for each in candidates if each.draft.role is role])
    return held


def _held_as(books: Books, role: Role, candidates: Sequence[Candidate]) -> dict[str, list[Remote]]:
    tomorrow = (books.clock() + timedelta(days=1)).date()
    held = books.find(role, [_wanted(each, tomorrow) for each in candidates])
    others = [each for each in candidates if not _alive(held[each.invoice.reference])]
    numbered = books.find_by_number(role, [number for each in others for number in each.numbers])
    for each in others:
        several = {remote.remote_id: remote for number in each.numbers for remote in numbered[number]}
        held[each.invoice.reference] = list(several.values())
    return held


def _wanted(candidate: Candidate, tomorrow: date) -> Wanted:
    """A document of ours is dated between its order and today."""
    day_before = (candidate.row.order.ordered_at - timedelta(days=1)).date()
    return Wanted(candidate.invoice.reference, day_before, tomorrow, candidate.invoice.number)


def _alive(remotes: Sequence[Remote]) -> list[Remote]:
    return [remote for remote in remotes if not remote.is_void]


def _found(candidate: Candidate, remotes: Sequence[Remote]) -> Found:
    alive = _alive(remotes)
    if candidate.row.document is not None:
        return Found(candidate, None, say(N_("It has a document of ours already.")))
    if len(alive) == 1:
        return Found(candidate, alive[0])
    numbers = ", ".join(remote.number for remote in remotes)
    if alive:
        return Found(candidate, None, say(N_("The books hold several: {numbers}."), numbers=numbers))
    if remotes:
        return Found(candidate, None, say(N_("The books hold only a voided one: {numbers}."), numbers=numbers))
    return Found(candidate, None, say(N_("The books do not hold it.")))


# --- linking ----------------------------------------------------------------------------------------------------


Then = Callable[[Session, Document], None]


def link(profile: Profile, wanted: Mapping[int, str], by: str, tools: Tools, then: Then | None = None) -> int:
    """Take documents of the books as those of orders (order -> the books' id), read once more; returns how many.

    The orders turn green; nothing is sent. What changed since it was looked at is left as it is. `then` is done with
    each new document, in the transaction that links it."""
    candidates = _candidates(profile, list(wanted)[:MOST], tools)
    books = connections.books_of(profile.books, tools)
    end_reading()
    read = [(each, books.read(each.draft.role, wanted[each.row.order.id])) for each in candidates]
    actor = Actor(by, tools.clock.now())
    good = [(each, remote) for each, remote in read if remote and not remote.is_void and each.is_of(remote)]
    with writing() as session:
        hold_profiles(session, profile.books_id)
        linked = [_link(session, profile, each, remote, actor) for each, remote in good]
        made = [document for document in linked if document is not None]
        if then:
            for document in made:
                then(session, document)
        return len(made)


def _link(session: Session, profile: Profile, each: Candidate, remote: Remote, actor: Actor) -> Document | None:
    order_id, books_id = each.row.order.id, profile.books_id
    has_one = live(session, books_id, each.draft.role, each.invoice.reference) is not None
    if has_one or linking.taken(session, books_id, each.draft.role, [remote]):
        return None
    ticked = update(ProfileOrder).where(ProfileOrder.id == order_id, ProfileOrder.tick.in_(SENDABLE))
    if session.execute(ticked.values(tick=Tick.GREEN, reasons=[])).rowcount != 1:  # type: ignore[attr-defined]
        return None
    document = _document(session, profile, each, remote)
    session.add(document)
    session.flush()
    settings = tick_after_posting(
        session, order_id, document.id
    )  # the order may have changed while the books were read
    if settings.get(write_back.SETTING) == "true":
        write_back.ask(session, document.id, actor.at)
    note = {"why": "already in the books", "remote_id": remote.remote_id, "number": remote.number}
    ledger.record(session, None, document.id, None, None, actor, note)
    return document


def _document(session: Session, profile: Profile, each: Candidate, remote: Remote) -> Document:
    invoice, role = each.invoice, each.draft.role
    content = invoice if each.draft.credits is None else CreditNote(invoice, each.draft.credits)
    return Document(
        books_id=profile.books_id,
        profile_id=profile.id,
        profile_order_id=each.row.order.id,
        is_main=True,
        role=role,
        source=invoice.reference,
        generation=next_generation(session, profile.books_id, role, invoice.reference),
        state=DocumentState.POSTED if _agrees(invoice, remote) else DocumentState.DIFFERS,
        content=msgspec.json.encode(content).decode(),
        content_key=each.content_key,
        causes=[[cause.cause, str(cause.amount)] for cause in each.draft.causes],
        day=remote.date or invoice.date,
        since=remote.date or invoice.date,
        number=remote.number,
        currency=invoice.currency,
        expected=invoice.total,
        remote_id=remote.remote_id,
        remote_number=remote.number,
        posted_total=remote.total,
        remote=msgspec.to_builtins(remote, str_keys=True),
    )


def _agrees(invoice: Invoice, remote: Remote) -> bool:
    is_same = remote.total is None or after_posting(invoice.total, remote.total) is AfterPosting.POSTED
    return is_same and remote.currency in (None, invoice.currency)
