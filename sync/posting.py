"""The one posting job: drain what is due to one company's books, for at most one slice of time.

The main thread writes; threads only send. No transaction is open while bytes are on the wire."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from adapters.errors import Gone, NotAllowed, OutcomeUnknown, Refused, RemoteError, TooLate, UnknownCode
from clock import elapsed_s, seconds
from documents import N_, Action, Lookup, Remote, Role, say
from failpoints import hit
from models import BooksConnection, abandon, writing
from sync import due, gone, leases, ledger, looking, naming, numbered, outcomes, turns, watching
from sync.deciding import decide, is_same
from sync.ledger import still_claimed_by
from sync.outcomes import Work
from sync.reference import lookup_for
from sync.settling import Answer, leave_alone, pauses, refuse_unsent, settle, slow_down
from sync.tools import Tools
from sync.turns import Turn
from sync.watchdog import Watchdog

log = logging.getLogger(__name__)
BATCH = 200


@dataclass(slots=True)
class Prepared:
    """An operation with the very bytes of its request."""

    work: Work
    payload: bytes


def drain(books_id: int, tools: Tools, must_stop: Callable[[], bool] = lambda: False) -> bool:
    """Send what is due; True when something is due again at once. Harmless to run twice, or at once with another."""
    lease = leases.take(BooksConnection, books_id, tools.timing.lease_s, tools.clock)
    if lease is None:
        return False
    try:
        turn = turns.begin(lease, books_id, tools, must_stop)
        if turn is not None:
            _work_through(turn)
    except RemoteError as error:  # the sign-in could not be renewed
        with writing() as session:
            leave_alone(session, books_id, tools, error)
    finally:
        abandon()
        lease.release()
    return due.is_due(books_id, tools.clock.now())


def _work_through(turn: Turn) -> None:
    """What changed in the books, unknown ones, then what is ready, batch after batch."""
    expire_claims(turn)
    try:
        watching.catch_up(turn)
        looking.look_up_unknown(turn)
        while turn.may_go_on() and (batch := due.ready(turn.lease.row_id, turn.clock.now(), BATCH)):
            send_batch(turn, batch)
    except RemoteError as error:  # a look-up or the books' defaults could not be read: nothing was claimed
        slow_down(turn, error)


def expire_claims(turn: Turn) -> None:
    """Claims of an owner that is gone become unknown, never ready (L4).

    One transaction each: the owner may only be slow, and settle several at once, in another order than ours."""
    for work in due.abandoned(turn.lease.row_id, turn.lease.token):
        first = turn.clock.now() + seconds(turn.timing.look_ups_s[0])
        with writing() as session:
            outcomes.outcome_unknown(session, work, turn.actor, first, "its sender is gone", ())


def send_batch(turn: Turn, batch: Sequence[Work]) -> None:
    """Adopt what the books hold already, prepare the rest, and send it with some calls in flight."""
    left = numbered.without(turn, _adopt_known(turn, batch))
    prepared = _prepare_all(turn, left)
    with ThreadPoolExecutor(turn.in_flight) as pool, Watchdog(turn.timing.still_s) as watchdog:
        _pump(turn, prepared, pool, watchdog)


def _adopt_known(turn: Turn, batch: Sequence[Work]) -> list[Work]:
    """Books are asked before every first send. Those with an idempotency key need not be, where all that stands there
    is known (sync/watching.py); but what was there before is looked for again."""
    new = [work for work in batch if work.action is Action.CREATE]
    if turn.books.has_idempotency_key:
        return _adopt(turn, batch, new, watching.known(turn, new))
    found: dict[int, list[Remote]] = {}
    for role in {work.role for work in new}:
        mine = [work for work in new if work.role is role]
        held = looking.find(turn, role, mine)
        found |= {work.id: held[work.source] for work in mine}
    return _adopt(turn, batch, new, found)


def _adopt(turn: Turn, batch: Sequence[Work], new: Sequence[Work], found: dict[int, list[Remote]]) -> list[Work]:
    """Settle those of which the books hold something; the others are left."""
    there = [work for work in new if found.get(work.id)]
    if there:
        with writing() as session:
            for work in there:
                _adopt_one(session, turn, work, found[work.id])
    known = {work.id for work in there}
    return [work for work in batch if work.id not in known]


def _adopt_one(session: Session, turn: Turn, work: Work, remotes: list[Remote]) -> None:
    """Claim without sending, then end as a look-up would have."""
    now = turn.clock.stamp()
    if not ledger.claim(session, work.id, work.document_id, turn.lease.token, work.payload or b"", now):
        return
    if len(remotes) == 1 and is_same(remotes[0], work):
        outcomes.posted(session, work, remotes[0], turn.actor, still_claimed_by(turn.lease.token), "found")
        watching.forget(session, turn.lease.row_id, {(work.role, remotes[0].remote_id)})
        return
    outcomes.outcome_unknown(session, work, turn.actor, now.at, "the books hold its reference", ())
    decide(session, replace(work, state=ledger.UNKNOWN, claimed=now), remotes, turn)


def _prepare_all(turn: Turn, works: Sequence[Work]) -> deque[Prepared]:
    prepared: deque[Prepared] = deque()
    works = naming.filled(turn.lease.row_id, works)
    lookup = lookup_for(turn.lease.row_id, works)
    for work in works:
        turn.keep_lease()  # a change reads its document first: many of them take long at a careful pace
        try:
            prepared.append(Prepared(work, work.payload or _payload(turn, work, lookup)))
        except (UnknownCode, Refused, NotAllowed) as error:
            if isinstance(error, Gone) and work.role is Role.PAYMENT:
                _make_anew(turn, work)
            else:
                refuse_unsent(turn, work, error.message)
    return prepared


def _payload(turn: Turn, work: Work, lookup: Lookup) -> bytes:
    return turn.books.prepare(work.role, work.action, work.source, work.content, lookup, work.remote)


def _make_anew(turn: Turn, work: Work) -> None:
    with writing() as session:
        gone.made_anew(session, work, turn.actor)


def _pump(turn: Turn, prepared: deque[Prepared], pool: ThreadPoolExecutor, watchdog: Watchdog) -> None:
    """Keep `in_flight` calls on the way; each turn of the loop is one transaction: settle, claim, then send.

    Once prepared, some are sent though the slice is over meanwhile: a slow machine gets on, if only step by step.

    Where answers come soon, as many again are claimed and wait for a free thread, so that the books need not wait for
    our database. A claim that waited too long, or meets trouble, is not sent (`_still_in_time`)."""
    flying: dict[Future[Answer], Work] = {}
    answers: list[tuple[Work, Answer]] = []
    may_go_on = turn.may_send
    while prepared or flying or answers:
        room = turn.in_flight + _ahead(turn, answers) - len(flying) if may_go_on() else 0
        may_go_on = turn.may_go_on
        chosen = [prepared.popleft() for _ in range(min(max(room, 0), len(prepared)))]
        hit("p0")
        for claimed in _settle_and_claim(turn, answers, chosen):
            flying[pool.submit(_send, turn, claimed)] = claimed.work
        if not flying:
            return
        done, _ = wait(flying, timeout=min(1.0, turn.timing.lease_s / 8), return_when=FIRST_COMPLETED)
        answers = [(flying.pop(each), each.result()) for each in done]
        watchdog.feed()
        turn.keep_lease()


def _ahead(turn: Turn, answers: Sequence[tuple[Work, Answer]]) -> int:
    """How many may be claimed before their turn: none where calls go one by one, or last long."""
    if turn.in_flight == 1 or not answers:
        return 0
    now = turn.clock.stamp()
    spent = (elapsed_s(work.claimed, now) for work, _ in answers if work.claimed is not None)
    return turn.in_flight if max(spent, default=0.0) < turn.timing.send_within_s / 4 else 0


def _settle_and_claim(turn: Turn, answers: Sequence[tuple[Work, Answer]], chosen: Sequence[Prepared]) -> list[Prepared]:
    with writing() as session:
        for work, answer in answers:
            settle(session, turn, work, answer)
        if turn.is_paused:
            chosen = []
        claimed = [each for each in chosen if _claim(session, turn, each)]
    if len(claimed) < len(chosen):
        turn.is_paused |= not turn.lease.renew()  # were we overtaken?
    if answers:
        hit("p6")
    if claimed:
        hit("p1")
    return claimed


def _claim(session: Session, turn: Turn, each: Prepared) -> bool:
    now = turn.clock.stamp()
    if not ledger.claim(session, each.work.id, each.work.document_id, turn.lease.token, each.payload, now):
        return False
    each.work = replace(each.work, claimed=now)
    return True


def _send(turn: Turn, each: Prepared) -> Answer:
    """In a thread of its own, without the database: one request, watched while its bytes leave."""
    work = each.work
    try:
        with turn.books.http.watched(lambda: _still_in_time(turn, work), lambda: hit("p3")):
            answer = turn.books.send(work.role, work.action, each.payload, work.key)
    except RemoteError as error:
        if pauses(error):
            turn.is_paused = True  # what waits for this thread must know it before the answer is settled
        return error
    except Exception as error:  # a bug of ours; bytes may have left
        log.exception("sending operation %s failed", work.id)
        return OutcomeUnknown(say(N_("Something went wrong on our side.")), repr(type(error)))
    hit("p5")
    return answer


def _still_in_time(turn: Turn, work: Work) -> None:
    """Called when the connection stands, before the first byte: a claim that is old may be somebody else's by now, and
    after trouble nothing more leaves."""
    hit("p2")
    if turn.is_paused:
        raise TooLate(say(N_("An earlier request met trouble, so this one was not sent.")))
    if work.claimed is None or elapsed_s(work.claimed, turn.clock.stamp()) > turn.timing.send_within_s:
        raise TooLate(say(N_("The request was held up too long, so it was not sent.")))
