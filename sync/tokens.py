"""Tokens of books that a person let us into (OAuth 2.0): renewed by one process at a time, stored before use.

A refresh token may change whenever it is used, and the old one is void then: whoever renews owns the row by a lease,
and commits what came back before anything is sent with it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from adapters.accounting.base import Grant, SignIn
from adapters.errors import LoginRefused, NothingCreated, NotSent, TokenRefused
from adapters.registry import BOOKS
from clock import seconds
from documents import N_, say
from models import BooksConnection, BooksTokens, Secret, db, end_reading, writing
from sync import leases, vault
from sync.tools import Tools, http_for

ACCESS, REFRESH = "access_token", "refresh_token"
EARLY_S = 600.0
"""A token is renewed so long before its end: longer than a drain's turn."""


def secrets_of(row: BooksConnection, tools: Tools) -> dict[str, str]:
    """All secrets of books, with an access token that still works for a turn."""
    secrets, renew_at = _kept(row.id, tools)
    if BOOKS[row.kind].sign_in is None or (renew_at and tools.clock.now() < renew_at):
        return secrets
    return _renew(row, tools)


def _kept(books_id: int, tools: Tools) -> tuple[dict[str, str], datetime | None]:
    secrets = vault.secrets_of(tools.vault, "books", books_id)
    renew_at = db.session.scalar(db.select(BooksTokens.renew_at).where(BooksTokens.id == books_id))
    end_reading()
    return secrets, renew_at


def _renew(row: BooksConnection, tools: Tools) -> dict[str, str]:
    """By the refresh token as it is once the lease is ours: another may have renewed it just now."""
    with _leased(row, tools) as lease:
        secrets, renew_at = _kept(row.id, tools)
        if renew_at and tools.clock.now() < renew_at:
            return secrets
        return _renew_by(row, secrets, lease, tools)


def renewed_with(row: BooksConnection, typed: Mapping[str, str], tools: Tools) -> dict[str, str]:
    """All secrets, with a token got just now by the refresh token that is kept and the keys that were typed."""
    with _leased(row, tools) as lease:
        kept, _renew_at = _kept(row.id, tools)
        return _renew_by(row, {**kept, **typed}, lease, tools)


@contextmanager
def _leased(row: BooksConnection, tools: Tools) -> Iterator[leases.Lease]:
    lease = leases.take(BooksTokens, row.id, tools.timing.lease_s, tools.clock)
    if lease is None:
        raise _not_ours(row)
    try:
        yield lease
    finally:
        lease.release()


def _renew_by(row: BooksConnection, secrets: dict[str, str], lease: leases.Lease, tools: Tools) -> dict[str, str]:
    """What came back is stored only while the lease is ours: a person may have reconnected or disconnected."""
    grant = sign_in(row.kind, row.settings, secrets, tools).renew(secrets.get(REFRESH, ""))
    with writing() as session:
        is_ours = lease.hold(session)
        if is_ours:
            keep(session, row.id, grant, tools)
    if not is_ours:
        raise _not_ours(row)
    return secrets | in_secrets(grant)


def _not_ours(row: BooksConnection) -> NothingCreated:
    """Why the lease is not ours: another renews or has just reconnected, or there are no tokens any more."""
    is_connected = db.session.scalar(db.select(BooksTokens.id).where(BooksTokens.id == row.id)) is not None
    end_reading()
    if is_connected:
        return NotSent(say(N_("The sign-in at {system} is being renewed."), system=BOOKS[row.kind].label))
    return LoginRefused(say(N_("It was disconnected. Connect it again to go on.")))


def sign_in(kind: str, settings: Mapping[str, str], secrets: Mapping[str, str], tools: Tools) -> SignIn:
    """The way in of one accounting system."""
    adapter = BOOKS[kind]
    if adapter.sign_in is None:
        raise TypeError(f"{kind} has no sign-in")
    return adapter.sign_in(settings, secrets, http_for(adapter.label, secrets, tools, adapter.pace.per_second, 1))


def in_secrets(grant: Grant) -> dict[str, str]:
    """The two tokens by the names under which they are kept."""
    return {ACCESS: grant.access_token, REFRESH: grant.refresh_token}


def keep(session: Session, books_id: int, grant: Grant, tools: Tools) -> None:
    """Store both tokens and when they end; the lease ends too, so that a renewal of older ones stores nothing."""
    now = tools.clock.now()
    row = session.get(BooksTokens, books_id, populate_existing=True) or BooksTokens(id=books_id)
    row.lease_token = row.lease_stamp = None
    row.renewed_at, row.renew_at = now, now + seconds(max(grant.lives_s - EARLY_S, grant.lives_s / 2))
    row.refresh_ends_at = now + seconds(grant.refresh_lives_s)
    row.ends_at = None if grant.ends_s is None else now + seconds(grant.ends_s)
    session.add(row)
    session.flush()
    vault.keep(session, tools.vault, "books", books_id, in_secrets(grant))


# --- a token that is refused before its time --------------------------------------------------------------------


def expire(session: Session, books_id: int, tools: Tools) -> bool:
    """Have the token renewed before its next use; False where it was got just now: then we are locked out."""
    now = tools.clock.now()
    old = BooksTokens.renewed_at <= now - seconds(tools.timing.token_s)
    here = update(BooksTokens).where(BooksTokens.id == books_id, old)
    done = session.execute(here.values(renew_at=now), execution_options={"synchronize_session": False})
    return bool(done.rowcount)  # type: ignore[attr-defined]  # SQLAlchemy types Result, not CursorResult


@contextmanager
def noticing(books_id: int, tools: Tools) -> Iterator[None]:
    """Have the token renewed where what is done inside finds it refused; LoginRefused where it is a new one."""
    try:
        yield
    except TokenRefused as error:
        with writing() as session:
            is_renewable = expire(session, books_id, tools)
        if is_renewable:
            raise
        message, cause = error.message, error.cause
    else:
        return
    raise LoginRefused(message, cause)


def forget(session: Session, books_id: int) -> None:
    """The tokens are dead; the keys of the app stay. The row goes first, and with it the lease of who renews."""
    session.execute(delete(BooksTokens).where(BooksTokens.id == books_id))
    mine = (Secret.owner == "books", Secret.owner_id == books_id, Secret.field.in_((ACCESS, REFRESH)))
    session.execute(delete(Secret).where(*mine))
