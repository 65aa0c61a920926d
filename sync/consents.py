"""Letting us in at another system by OAuth 2.0 (P4): begun here, agreed to there, completed here by the same browser.

The state is good once, for ten minutes, and only its hash is kept; the app's keys wait as secrets of the consent."""

import hashlib
import secrets as random
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from documents import N_, Message, say
from models import BooksConnection, Consent, Secret, db, end_reading, writing
from sync import connections, tokens, vault
from sync.tools import Tools

LIFE = timedelta(minutes=10)
OWNER = "consents"
COMPANY = "realm_id"
"""The setting that the other system fills in when a person comes back: which company was chosen there."""


TOO_LATE = say(N_("This way in was used, is too old, or was begun elsewhere. Connect once more."))


class ConsentRefused(Exception):
    """It cannot be completed: refused there, too late, used, or begun by another browser."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def begin(
    kind: str,
    name: str,
    given: Mapping[str, str],
    sign_in_id: int,
    redirect_uri: str,
    tools: Tools,
    books_id: int | None = None,
) -> str:
    """Remember who asks for what; returns the address where the person agrees. `books_id` is the connection that is let
    in again."""
    settings, typed = connections.split(BOOKS[kind].connection_settings, given)
    if books_id is not None:
        _refuse_other_place(books_id, settings, typed, tools)
    state = random.token_urlsafe(32)
    address = tokens.sign_in(kind, settings, typed, tools).address(state, redirect_uri)
    with writing() as session:
        _forget_old(session, tools)
        row = Consent(
            state_sha256=_hash(state),
            sign_in_id=sign_in_id,
            kind=kind,
            name=name,
            settings=settings,
            books_id=books_id,
            redirect_uri=redirect_uri,
            created_at=tools.clock.now(),
        )
        session.add(row)
        session.flush()
        _forget_secrets(session, [row.id])
        vault.keep(session, tools.vault, OWNER, row.id, typed)
    return address


def _refuse_other_place(books_id: int, settings: Mapping[str, str], typed: Mapping[str, str], tools: Tools) -> None:
    """A key of the app that is kept is never sent to where it was not entered for: raises KeyNeeded."""
    row = db.session.get_one(BooksConnection, books_id)
    kept = vault.secrets_of(tools.vault, "books", books_id).keys() - {tokens.ACCESS, tokens.REFRESH}
    same = {name: text for name, text in settings.items() if name != COMPANY}.items() <= row.settings.items()
    end_reading()
    if kept - typed.keys() and not same:
        raise connections.KeyNeeded(str(connections.KeyNeeded.message))


def waiting(state: str, sign_in_id: int, tools: Tools) -> Consent | None:
    """The consent that this state belongs to, for the browser that began it; None where there is none (any more)."""
    query = select(Consent).where(Consent.state_sha256 == _hash(state), Consent.sign_in_id == sign_in_id)
    row = db.session.scalar(query.where(Consent.created_at > tools.clock.now() - LIFE))
    end_reading()
    return row


def complete(state: str, code: str, company_id: str, sign_in_id: int, tools: Tools) -> BooksConnection:
    """Take the code that the person came back with, once. Raises ConsentRefused, RemoteError, WrongCompany."""
    row = waiting(state, sign_in_id, tools)
    typed = None if row is None else _take(row, tools)
    if row is None or typed is None:
        raise ConsentRefused(TOO_LATE)
    kept = {**_kept_keys(row, tools), **typed}
    settings = {**row.settings, COMPANY: company_id}
    grant = tokens.sign_in(row.kind, settings, kept, tools).redeem(code, row.redirect_uri)
    if row.books_id is None:
        return connections.let_in(row.kind, row.name, settings, kept, grant, tools)
    books = db.session.get_one(BooksConnection, row.books_id)
    end_reading()
    connections.let_in_again(books, settings, kept, typed, grant, tools)
    return books


def _take(row: Consent, tools: Tools) -> dict[str, str] | None:
    """It is used up, at once with the keys that were typed, which are returned; None where somebody was faster."""
    with writing() as session:
        used = session.execute(delete(Consent).where(Consent.id == row.id))
        if not used.rowcount:  # type: ignore[attr-defined]  # SQLAlchemy types Result, not CursorResult
            return None
        typed = vault.secrets_of(tools.vault, OWNER, row.id)
        _forget_secrets(session, [row.id])
    return typed


def _kept_keys(row: Consent, tools: Tools) -> dict[str, str]:
    """The keys of the app that the connection has."""
    kept = vault.secrets_of(tools.vault, "books", row.books_id) if row.books_id else {}
    end_reading()
    return kept


def _forget_old(session: Session, tools: Tools) -> None:
    """And the keys of every consent that is gone: a log-out takes its row alone, and its id may come again."""
    session.execute(delete(Consent).where(Consent.created_at <= tools.clock.now() - LIFE))
    session.execute(delete(Secret).where(Secret.owner == OWNER, Secret.owner_id.not_in(select(Consent.id))))


def _forget_secrets(session: Session, ids: list[int]) -> None:
    session.execute(delete(Secret).where(Secret.owner == OWNER, Secret.owner_id.in_(ids)))


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


def disconnect(books_id: int, tools: Tools) -> None:
    """Revoke the tokens, so that nobody can use them any more, and forget them; documents and settings stay (P4)."""
    row = db.session.get_one(BooksConnection, books_id)
    kept = vault.secrets_of(tools.vault, "books", books_id)
    end_reading()
    if kept.get(tokens.REFRESH):
        tokens.sign_in(row.kind, row.settings, kept, tools).revoke(kept[tokens.REFRESH])
    with writing() as session:
        connections.locked_out(session, books_id, say(N_("It was disconnected. Connect it again to go on.")))
        tokens.forget(session, books_id)
