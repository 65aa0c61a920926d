"""Records that a store's system sends to us (section 4.1): checked, kept once, answered record by record."""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from adapters.replies import Json, decode
from adapters.stores.exchange.store import ExchangeStore
from documents import N_, Message, say
from models import ExchangePush, RunKind, StoreChannel, StoreConnection, Via, db, end_reading, writing
from sync import runs
from sync.connections import store_of
from sync.exchange.assembling import assemble
from sync.exchange.keeping import Incoming, Kept, keep
from sync.exchange.keys import PushRefused
from sync.held import hold_store
from sync.tools import Tools

MOST_RECORDS, MOST_BYTES = 200, 5_000_000
LONGEST_KEY = 200
WINDOW = dt.timedelta(minutes=5)
KEPT = dt.timedelta(days=30)
"""So long a push that is sent again gets the answer that it got."""
STEPS_AT_ONCE = 5
"""What one push reaches beyond that (all orders of a large company) is left to a run."""
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: its headers in lower case, its raw body; None where that was too large to be read."""

    headers: Mapping[str, str]
    body: bytes | None


def push(row: StoreConnection, key: str, name: str, sent: Sent, tools: Tools) -> Answer:
    """Keep what was sent and make orders of it; raises PushRefused, and then nothing was kept."""
    store = store_of(row, tools)
    assert isinstance(store, ExchangeStore)
    what = next((each for each in store.objects if each.name == name), None)
    if what is None:
        raise PushRefused(404, "not_found", say(N_("There is no object {name} in the exchange."), name=name[:40]))
    body = _body(sent)
    _check_signature(sent, body, key, tools.clock.now())
    push_key = _push_key(sent)
    items = _items(body)
    with writing() as session:
        hold_store(session, row.id)
        answer = _answered(session, row.id, push_key, body)
        if answer is None:
            source = Incoming(row.id, Via.PUSH, tools.clock.now())
            answer = {"results": [_told(each) for each in keep(session, source, store.objects, what, items)]}
            _remember(session, row.id, push_key, body, answer, tools.clock.now())
    make(row.id, store, tools)
    return answer


def make(store_id: int, store: ExchangeStore, tools: Tools) -> None:
    """Make orders of what was kept just now; what is too much for a page is left to a run."""
    if assemble(store_id, store, writing, tools.clock.now(), STEPS_AT_ONCE):
        return
    channel_id = db.session.scalar(select(StoreChannel.id).filter_by(store_id=store_id))
    end_reading()
    if channel_id is not None:
        runs.request(RunKind.ORDERS, channel_id, tools.clock.now())


# --- what was sent ----------------------------------------------------------------------------------------------


def _body(sent: Sent) -> bytes:
    kind = sent.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise PushRefused(415, "not_json", say(N_("Send JSON, with Content-Type: application/json.")))
    if sent.body is None or len(sent.body) > MOST_BYTES:
        raise PushRefused(413, "too_large", say(N_("Send at most {most} bytes at once."), most=MOST_BYTES))
    return sent.body


def _check_signature(sent: Sent, body: bytes, key: str, now: dt.datetime) -> None:
    """Where one is sent it must be right, and of these five minutes."""
    told = sent.headers.get("x-signature")
    if told is None:
        return
    expected = "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(told.encode(), expected.encode()):
        raise PushRefused(401, "signature", say(N_("X-Signature is not the HMAC-SHA256 of the body with the key.")))
    moment = _moment(sent.headers.get("x-timestamp", ""))
    if moment is None or abs(moment - now) > WINDOW:
        sentence = N_("X-Timestamp is not within five minutes of now: Unix seconds, or ISO 8601 with an offset.")
        raise PushRefused(401, "timestamp", say(sentence))


def _moment(told: str) -> dt.datetime | None:
    try:
        if told.isdigit():
            return dt.datetime.fromtimestamp(int(told), dt.UTC)
        read = dt.datetime.fromisoformat(told)
    except (ValueError, OverflowError, OSError):
        return None
    return read if read.tzinfo else None


def _push_key(sent: Sent) -> str:
    told = sent.headers.get("idempotency-key", "").strip()
    if not told or len(told) > LONGEST_KEY or not told.isprintable():
        sentence = N_("Idempotency-Key is needed: a text of your own for each push, at most {most} characters.")
        raise PushRefused(400, "idempotency_key", say(sentence, most=LONGEST_KEY))
    return told


def _items(body: bytes) -> Sequence[Json]:
    try:
        told = decode(body)
    except ValueError:
        raise PushRefused(400, "not_json", say(N_("The body is no JSON."))) from None
    items = told.get("items") if isinstance(told, dict) else None
    if not isinstance(items, list):
        raise PushRefused(400, "no_items", say(N_('The body must be {{"items": [...]}}.')), "items")
    if len(items) > MOST_RECORDS:
        raise PushRefused(422, "too_many", say(N_("Send at most {most} records at once."), most=MOST_RECORDS), "items")
    return items


# --- the answer -------------------------------------------------------------------------------------------------


def _told(kept: Kept) -> Answer:
    faults = [{"field": each.field, "code": each.code, "message": str(each.message)} for each in kept.faults]
    return {"id": kept.record_id or None, "status": kept.status, "errors": faults}


def _answered(session: Session, store_id: int, push_key: str, body: bytes) -> Answer | None:
    """The answer that this push got before; the same key for another body is refused."""
    known = session.get(ExchangePush, (store_id, push_key), populate_existing=True)
    if known is None:
        return None
    if known.body_sha256 != hashlib.sha256(body).hexdigest():
        raise PushRefused(409, "idempotency_key", _used())
    answer: Answer = json.loads(known.answer)
    return answer


def _used() -> Message:
    return say(N_("This Idempotency-Key was used for another body: give each push a key of its own."))


def _remember(session: Session, store_id: int, push_key: str, body: bytes, answer: Answer, now: dt.datetime) -> None:
    old = delete(ExchangePush).where(ExchangePush.store_id == store_id, ExchangePush.pushed_at < now - KEPT)
    session.execute(old)
    digest = hashlib.sha256(body).hexdigest()
    session.add(
        ExchangePush(store_id=store_id, key=push_key, body_sha256=digest, answer=json.dumps(answer), pushed_at=now)
    )


def error_body(refusal: PushRefused) -> Answer:
    """As the contract tells an error."""
    told = {"code": refusal.code, "message": str(refusal.message)}
    return {"error": {**told, **({"field": refusal.field} if refusal.field else {})}}
