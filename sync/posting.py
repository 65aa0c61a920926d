"""The one posting job: drain what is due to one company's books, for at most one slice of time.

Whether a request is sent again is decided here, by the class of the error and nothing else. The main thread writes;
threads only send. No transaction is open while bytes are on the wire."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from adapters.accounting.base import Books, Wanted
from adapters.errors import (
    LoginRefused,
    NothingCreated,
    NotSent,
    OutcomeUnknown,
    Refused,
    RemoteError,
    TooFast,
    TooLate,
    UnknownCode,
)
from clock import Clock, Stamp, elapsed_s, seconds
from config import Timing
from documents import N_, Action, Lookup, Message, Remote, Role, say
from failpoints import hit
from models import BooksConnection, DocumentState, abandon, writing
from sync import connections, due, leases, ledger, outcomes
from sync.deciding import decide, is_same
from sync.ledger import Actor, still_claimed_by
from sync.outcomes import Work
from sync.reference import lookup_for
from sync.watchdog import Watchdog

log = logging.getLogger(__name__)
BATCH = 200
Answer = Remote | RemoteError


@dataclass(slots=True)
class Prepared:
    """An operation with the very bytes of its request."""

    work: Work
    payload: bytes


@dataclass(slots=True)
class Slice:
    """One drain's turn with one company's books."""

    lease: leases.Lease
    books: Books
    in_flight: int
    longest_s: float
    timing: Timing
    clock: Clock
    must_stop: Callable[[], bool]
    has_failed: bool
    begun: Stamp = field(init=False)
    renewed: Stamp = field(init=False)
    is_paused: bool = False

    def __post_init__(self) -> None:
        self.begun = self.renewed = self.clock.stamp()

    def may_go_on(self) -> bool:
        """Time is left, nobody asked us to stop, and the books want to hear from us."""
        spent = elapsed_s(self.begun, self.clock.stamp())
        return spent < self.timing.slice_s and not self.is_paused and not self.must_stop()

    def keep_lease(self) -> None:
        """Show that we are alive, now and then."""
        now = self.clock.stamp()
        if elapsed_s(self.renewed, now) > self.timing.lease_s / 4:
            self.renewed = now
            self.is_paused |= not self.lease.renew()

    @property
    def actor(self) -> Actor:
        """The drain, now."""
        return Actor("drain", self.clock.now())


def drain(books_id: int, tools: connections.Tools, must_stop: Callable[[], bool] = lambda: False) -> bool:
    """Send what is due; True when something is due again at once. Harmless to run twice, or at once with another."""
    lease = leases.take(BooksConnection, books_id, tools.timing.lease_s, tools.clock)
    if lease is None:
        return False
    try:
        turn = _slice(lease, books_id, tools, must_stop)
        if turn is not None:
            _work_through(turn)
    finally:
        abandon()
        lease.release()
    return due.is_due(books_id, tools.clock.now())


def _slice(lease: leases.Lease, books_id: int, tools: connections.Tools, must_stop: Callable[[], bool]) -> Slice | None:
    with writing() as session:
        row = session.get_one(BooksConnection, books_id)
        if not due.may_be_asked(row, tools.clock.now()):
            return None
    books = connections.books_of(row, tools)
    longest_s = float(row.longest_s) if row.longest_s else books.longest_s * tools.time_scale
    return Slice(lease, books, row.in_flight, longest_s, tools.timing, tools.clock, must_stop, row.failures > 0)


def _work_through(turn: Slice) -> None:
    """Unknown ones first, then what is ready, batch after batch."""
    expire_claims(turn)
    try:
        look_up_unknown(turn)
        while turn.may_go_on() and (batch := due.ready(turn.lease.row_id, turn.clock.now(), BATCH)):
            send_batch(turn, batch)
    except RemoteError as error:  # a look-up or the books' defaults could not be read: nothing was claimed
        slow_down(turn, error)


def expire_claims(turn: Slice) -> None:
    """Claims of an owner that is gone become unknown, never ready (L4)."""
    with writing() as session:
        for work in due.abandoned(session, turn.lease.row_id, turn.lease.token):
            first = turn.clock.now() + seconds(turn.timing.look_ups_s[0])
            outcomes.outcome_unknown(session, work, turn.actor, first, "its sender is gone", ())


# --- looking up -------------------------------------------------------------------------------------------------


def look_up_unknown(turn: Slice) -> None:
    """Ask the books about every operation whose answer was lost, and decide each (L5, L6, L7)."""
    unknown = due.unknown(turn.lease.row_id, turn.clock.now(), BATCH)
    for role in {work.role for work in unknown}:
        mine = [work for work in unknown if work.role is role]
        _decide_all(turn, mine, _found_of(turn, role, mine))


def _found_of(turn: Slice, role: Role, works: Sequence[Work]) -> dict[int, list[Remote]]:
    """What the books hold of each: creates by our reference, all else by the document's own id."""
    created = [work for work in works if work.action is Action.CREATE]
    by_reference = find(turn, role, created, is_certain=True)
    found = {work.id: by_reference[work.source] for work in created}
    for work in works:
        if work.action is not Action.CREATE and work.remote is not None:
            read = turn.books.read(role, work.remote.remote_id)
            found[work.id] = [read] if read else []
    return found


def find(turn: Slice, role: Role, works: Sequence[Work], is_certain: bool = False) -> dict[str, list[Remote]]:
    """Every document that carries one of these references, without those that we voided ourselves.

    `is_certain`: whatever day it carries, since somebody may have changed it; else by the days that it may have."""
    if not works:
        return {}
    wanted = [Wanted(work.source) if is_certain else _wanted(work, turn) for work in works]
    found = turn.books.find(role, wanted)
    gone = due.gone_by_us(turn.lease.row_id, role, [work.source for work in works])
    return {
        reference: [remote for remote in remotes if _counts(remote, gone.get((reference, remote.remote_id)))]
        for reference, remotes in found.items()
    }


def _counts(remote: Remote, ours: DocumentState | None) -> bool:
    """Not what we voided; nor what we were told to forget and a person voided since."""
    if ours is DocumentState.VOIDED:
        return False
    return not (ours is DocumentState.FORGOTTEN and remote.is_void)


def _wanted(work: Work, turn: Slice) -> Wanted:
    """Whatever the settings were, a sale's day lies between its order and today; what was there before may have any."""
    if work.since is None or work.generation > 1:
        return Wanted(work.source)
    tomorrow = (turn.clock.now() + timedelta(days=1)).date()
    return Wanted(work.source, work.since, max(tomorrow, work.day or tomorrow))


def _decide_all(turn: Slice, works: Sequence[Work], found: dict[int, list[Remote]]) -> None:
    with writing() as session:
        for work in works:
            decide(session, work, found.get(work.id, []), turn)


# --- sending ----------------------------------------------------------------------------------------------------


def send_batch(turn: Slice, batch: Sequence[Work]) -> None:
    """Adopt what the books hold already, prepare the rest, and send it with some calls in flight."""
    left = batch if turn.books.has_idempotency_key else _adopt_known(turn, batch)
    prepared = _prepare_all(turn, left)
    with ThreadPoolExecutor(turn.in_flight) as pool, Watchdog(turn.timing.still_s) as watchdog:
        _pump(turn, prepared, pool, watchdog)


def _adopt_known(turn: Slice, batch: Sequence[Work]) -> list[Work]:
    """Books without an idempotency key are asked before every first send, too."""
    new = [work for work in batch if work.action is Action.CREATE]
    known: set[int] = set()
    for role in {work.role for work in new}:
        mine = [work for work in new if work.role is role]
        found = find(turn, role, mine)
        there = [work for work in mine if found[work.source]]
        known |= {work.id for work in there}
        with writing() as session:
            for work in there:
                _adopt(session, turn, work, found[work.source])
    return [work for work in batch if work.id not in known]


def _adopt(session: Session, turn: Slice, work: Work, remotes: list[Remote]) -> None:
    """Claim without sending, then end as a look-up would have."""
    now = turn.clock.stamp()
    if not ledger.claim(session, work.id, work.document_id, turn.lease.token, work.payload or b"", now):
        return
    if len(remotes) == 1 and is_same(remotes[0], work):
        outcomes.posted(session, work, remotes[0], turn.actor, still_claimed_by(turn.lease.token), "found")
        return
    outcomes.outcome_unknown(session, work, turn.actor, now.at, "the books hold its reference", ())
    decide(session, replace(work, state=ledger.UNKNOWN, claimed=now), remotes, turn)


def _prepare_all(turn: Slice, works: Sequence[Work]) -> deque[Prepared]:
    prepared: deque[Prepared] = deque()
    works = [due.with_customer(work) for work in works]
    lookup = lookup_for(turn.lease.row_id, works)
    for work in works:
        try:
            prepared.append(Prepared(work, work.payload or _payload(turn, work, lookup)))
        except (UnknownCode, Refused) as error:
            _refuse_unsent(turn, work, error.message)
    return prepared


def _payload(turn: Slice, work: Work, lookup: Lookup) -> bytes:
    return turn.books.prepare(work.role, work.action, work.source, work.content, lookup, work.remote)


def _refuse_unsent(turn: Slice, work: Work, message: Message) -> None:
    with writing() as session:
        if ledger.claim(session, work.id, work.document_id, turn.lease.token, b"", turn.clock.stamp()):
            outcomes.refused(session, work, message, turn.actor)


def _pump(turn: Slice, prepared: deque[Prepared], pool: ThreadPoolExecutor, watchdog: Watchdog) -> None:
    """Keep `in_flight` calls on the way: claim, send, and write answers down while the next calls are under way.

    Trouble is written down before anything else is claimed, for it may say that nothing more is to be sent."""
    flying: dict[Future[Answer], Work] = {}
    answers: list[tuple[Work, Answer]] = []
    while prepared or flying or answers:
        if any(isinstance(answer, RemoteError) for _, answer in answers):
            answers = _settle_all(turn, answers)
        room = turn.in_flight - len(flying) if turn.may_go_on() else 0
        chosen = [prepared.popleft() for _ in range(min(room, len(prepared)))]
        hit("p0")
        for claimed in _claim_all(turn, chosen):
            flying[pool.submit(_send, turn, claimed)] = claimed.work
        answers = _settle_all(turn, answers)
        if not flying:
            return
        done, _ = wait(flying, timeout=min(1.0, turn.timing.lease_s / 8), return_when=FIRST_COMPLETED)
        answers = [(flying.pop(each), each.result()) for each in done]
        watchdog.feed()
        turn.keep_lease()


def _settle_all(turn: Slice, answers: Sequence[tuple[Work, Answer]]) -> list[tuple[Work, Answer]]:
    """Write down how requests ended, in one transaction; returns what is left to be written down: nothing."""
    if answers:
        with writing() as session:
            for work, answer in answers:
                settle(session, turn, work, answer)
        hit("p6")
    return []


def _claim_all(turn: Slice, chosen: Sequence[Prepared]) -> list[Prepared]:
    """Take the right to send these, in one transaction; returns those that we got."""
    if not chosen:
        return []
    with writing() as session:
        claimed = [each for each in chosen if _claim(session, turn, each)]
    if len(claimed) < len(chosen):
        turn.is_paused |= not turn.lease.renew()  # were we overtaken?
    if claimed:
        hit("p1")
    return claimed


def _claim(session: Session, turn: Slice, each: Prepared) -> bool:
    now = turn.clock.stamp()
    if not ledger.claim(session, each.work.id, each.work.document_id, turn.lease.token, each.payload, now):
        return False
    each.work = replace(each.work, claimed=now)
    return True


def _send(turn: Slice, each: Prepared) -> Answer:
    """In a thread of its own, without the database: one request, watched while its bytes leave."""
    work = each.work
    try:
        with turn.books.http.watched(lambda: _still_in_time(turn, work), lambda: hit("p3")):
            answer = turn.books.send(work.role, work.action, each.payload, work.key)
    except RemoteError as error:
        return error
    except Exception as error:  # a bug of ours; bytes may have left
        log.exception("sending operation %s failed", work.id)
        return OutcomeUnknown(say(N_("Something went wrong on our side.")), repr(type(error)))
    hit("p5")
    return answer


def _still_in_time(turn: Slice, work: Work) -> None:
    """Called when the connection stands, before the first byte: a claim that is old may be somebody else's by now."""
    hit("p2")
    if work.claimed is None or elapsed_s(work.claimed, turn.clock.stamp()) > turn.timing.send_within_s:
        raise TooLate(say(N_("The request was held up too long, so it was not sent.")))


# --- settling ---------------------------------------------------------------------------------------------------


def settle(session: Session, turn: Slice, work: Work, answer: Answer) -> None:
    """Write down how a request ended; an answer to a claim that is ours no more is kept as an alarm (L3)."""
    mine = still_claimed_by(turn.lease.token)
    if isinstance(answer, Remote):
        done = outcomes.posted(session, work, answer, turn.actor, mine, "answered")
        _well(session, turn)
    else:
        done = _settle_error(session, turn, work, answer)
    if not done:
        told = {"overtaken": True, "answer": _in_words(answer)}
        ledger.record(session, work.id, work.document_id, None, None, turn.actor, told, is_alarm=True)


def _settle_error(session: Session, turn: Slice, work: Work, error: RemoteError) -> bool:
    mine = still_claimed_by(turn.lease.token)
    if isinstance(error, NotSent | TooFast | LoginRefused):
        again = pause(session, turn, error) if not isinstance(error, TooLate) else turn.clock.now()
        return outcomes.back_to_ready(session, work, turn.actor, again, str(error.message), mine)
    if isinstance(error, NothingCreated):
        _well(session, turn)
        return outcomes.refused(session, work, error.message, turn.actor, mine)
    pause(session, turn, error)
    first = turn.clock.now() + seconds(turn.timing.look_ups_s[0])
    return outcomes.outcome_unknown(session, work, turn.actor, first, str(error.message), mine)


def slow_down(turn: Slice, error: RemoteError) -> None:
    """Leave the books alone for a while; what was to be done stays due."""
    if isinstance(error, Refused):
        log.warning("the books refused a read: %s (%s)", error.message, error.cause)
    with writing() as session:
        pause(session, turn, error)


def pause(session: Session, turn: Slice, error: RemoteError) -> datetime:
    """The whole connection slows, more with every failure in a row; returns when it may be asked again."""
    turn.is_paused = True
    row = session.get_one(BooksConnection, turn.lease.row_id)
    waits = turn.timing.retry_s
    wait_s = waits[min(row.failures, len(waits) - 1)]
    if isinstance(error, TooFast) and error.wait_s is not None:
        wait_s = max(error.wait_s, 0.0)
    row.failures += 1
    row.not_before = turn.clock.now() + seconds(wait_s)
    row.status = connections.status_after(error)
    row.status_text = ledger.as_json(error.message)
    session.flush()
    return row.not_before


def _well(session: Session, turn: Slice) -> None:
    """The books answer: forget earlier failures."""
    if turn.has_failed and not turn.is_paused:
        connections.is_well(session.get_one(BooksConnection, turn.lease.row_id))
        session.flush()
        turn.has_failed = False


def _in_words(answer: Answer) -> str:
    if isinstance(answer, Remote):
        return f"created {answer.remote_id} {answer.number}"
    return f"{type(answer).__name__}: {answer}"
