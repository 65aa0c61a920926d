"""Connecting: which company a credential opens, how a connection does, and the adapter made ready for it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from adapters.accounting.base import Books, Grant, Pace
from adapters.errors import LoginRefused, NotAllowed, Refused, RemoteError, TokenRefused, TooFast
from adapters.registry import BOOKS, STORES
from adapters.settings import Setting
from adapters.stores.base import Store
from documents import N_, Company, Message, say
from models import BooksConnection, ConnectionStatus, StoreChannel, StoreConnection, db, end_reading, writing
from sync import tokens, vault
from sync.tools import Tools, http_for
from sync.troubles import as_trouble, explained_by


class WrongCompany(Exception):
    """The credential opens another company than the one that this connection has posted into."""

    def __init__(self, expected: str, found: str) -> None:
        self.message = say(
            N_("This key opens {found}, but the profile belongs to {expected}. Use a key of {expected}."),
            found=found,
            expected=expected,
        )
        super().__init__(str(self.message))


class WrongShop(Exception):
    """The credential is of another shop than the one whose orders this connection has read."""

    def __init__(self, expected: str, found: str) -> None:
        sentence = N_("This is the shop {found}, but the store is {expected}. Add {found} as a store of its own.")
        self.message = say(sentence, found=found, expected=expected)
        super().__init__(str(self.message))


class KeyNeeded(Exception):
    """The address or the like changed: a key that is kept is never sent to where it was not entered for."""

    message = say(N_("Enter the key again: the one that is kept belongs to the address before."))


def books_of(row: BooksConnection, tools: Tools) -> Books:
    """The adapter of one company's books, at that connection's pace, with a token that works where it needs one."""
    secrets = tokens.secrets_of(row, tools)
    return open_books(row.kind, row.settings, secrets, tools, float(row.per_second), row.in_flight)


def open_books(
    kind: str, settings: Mapping[str, str], secrets: Mapping[str, str], tools: Tools, per_second: float, in_flight: int
) -> Books:
    """An adapter for settings that need not be stored yet."""
    adapter = BOOKS[kind]
    http = http_for(adapter.label, secrets, tools, per_second, in_flight)
    return adapter(settings, secrets, http, tools.clock.now)


def store_of(row: StoreConnection, tools: Tools) -> Store:
    """The adapter of one store."""
    secrets = vault.secrets_of(tools.vault, "stores", row.id)
    end_reading()
    return open_store(row.kind, row.settings, secrets, tools, float(row.per_second))


def open_store(
    kind: str, settings: Mapping[str, str], secrets: Mapping[str, str], tools: Tools, per_second: float
) -> Store:
    """An adapter for settings that need not be stored yet."""
    adapter = STORES[kind]
    return adapter(settings, secrets, http_for(adapter.label, secrets, tools, per_second, 1), tools.clock.now)


# --- connecting -------------------------------------------------------------------------------------------------


def connect_books(
    kind: str,
    name: str,
    given: Mapping[str, str],
    tools: Tools,
    per_second: float | None = None,
    in_flight: int | None = None,
) -> BooksConnection:
    """Ask which company the key opens and remember it; the same company connected again is the same connection.

    Raises RemoteError where the books cannot be asked. Pace: the adapter's careful one, if none is given."""
    adapter = BOOKS[kind]
    settings, secrets = split(adapter.connection_settings, given)
    pace = Pace(per_second or adapter.pace.per_second, in_flight or adapter.pace.in_flight)
    end_reading()
    return let_in(kind, name, settings, secrets, _renewed_grant(kind, settings, secrets, tools), tools, pace)


def let_in(
    kind: str,
    name: str,
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
    grant: Grant | None,
    tools: Tools,
    pace: Pace | None = None,
) -> BooksConnection:
    """Connect books whose keys are at hand, or whose owner has let us in just now."""
    pace = pace or BOOKS[kind].pace
    secrets = {**secrets, **(tokens.in_secrets(grant) if grant else {})}
    company = open_books(kind, settings, secrets, tools, pace.per_second, pace.in_flight).check()
    with writing() as session:
        row = _same_company(session, kind, company) or _new_books(session, kind, company)
        row.name, row.settings = name, {**settings, **company.settings}
        row.per_second, row.in_flight = str(pace.per_second), pace.in_flight
        _remember(row, company, tools.clock.now())
        session.flush()
        _keep_secrets(session, row.id, secrets, grant, tools)
    return row


def _renewed_grant(kind: str, settings: Mapping[str, str], secrets: Mapping[str, str], tools: Tools) -> Grant | None:
    """The tokens of a refresh token that was typed; None in books that take keys."""
    if BOOKS[kind].sign_in is None:
        return None
    return tokens.sign_in(kind, settings, secrets, tools).renew(secrets.get(tokens.REFRESH, ""))


def _keep_secrets(
    session: Session, books_id: int, secrets: Mapping[str, str], grant: Grant | None, tools: Tools
) -> None:
    """Tokens of a grant stand in place of those among the secrets."""
    if grant:
        tokens.keep(session, books_id, grant, tools)
        secrets = {name: text for name, text in secrets.items() if name not in tokens.in_secrets(grant)}
    vault.keep(session, tools.vault, "books", books_id, secrets)


def _same_company(session: Session, kind: str, company: Company) -> BooksConnection | None:
    return session.query(BooksConnection).filter_by(kind=kind, company_key=company.key).one_or_none()


def _new_books(session: Session, kind: str, company: Company) -> BooksConnection:
    row = BooksConnection(kind=kind, company_key=company.key)
    session.add(row)
    return row


def _remember(row: BooksConnection, company: Company, now: datetime) -> None:
    row.company_name, row.home_currency, row.country = company.name, company.home_currency, company.country
    row.facts, row.checked_at = dict(company.facts), now
    is_well(row)


def change_credential(row_id: int, given: Mapping[str, str], tools: Tools) -> None:
    """Enter a new key, or leave it empty to keep the one there is; raises KeyNeeded, and WrongCompany where it opens
    another company, and then changes nothing."""
    row = db.session.get_one(BooksConnection, row_id)
    declared = BOOKS[row.kind].connection_settings
    settings, secrets = _renewed("books", row, declared, given, tools)
    typed = split(declared, given)[1]
    grant: Grant | None = None
    if BOOKS[row.kind].sign_in is not None and tokens.REFRESH not in typed:
        secrets = tokens.renewed_with(row, typed, tools)
    else:
        grant = _renewed_grant(row.kind, settings, secrets, tools)
    let_in_again(row, settings, secrets, typed, grant, tools)


def let_in_again(
    row: BooksConnection,
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
    typed: Mapping[str, str],
    grant: Grant | None,
    tools: Tools,
) -> None:
    """New keys, or a new consent, of the same company; WrongCompany where they open another.

    Of the secrets, those that were typed are stored: those that were read may be old by then."""
    secrets = {**secrets, **(tokens.in_secrets(grant) if grant else {})}
    company = open_books(row.kind, settings, secrets, tools, float(row.per_second), row.in_flight).check()
    if company.key != row.company_key:
        raise WrongCompany(row.company_name, company.name)
    with writing() as session:
        row = session.get_one(BooksConnection, row.id)
        row.settings = {**settings, **company.settings}
        _remember(row, company, tools.clock.now())
        _keep_secrets(session, row.id, typed, grant, tools)


def _renewed(
    owner: str,
    row: BooksConnection | StoreConnection,
    declared: tuple[Setting, ...],
    given: Mapping[str, str],
    tools: Tools,
) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed, with the secrets that are kept for those left empty."""
    settings, typed = split(declared, given)
    kept = vault.secrets_of(tools.vault, owner, row.id)
    end_reading()
    if kept.keys() - typed.keys() and not settings.items() <= row.settings.items():
        raise KeyNeeded(str(KeyNeeded.message))
    return settings, {**kept, **typed}


def check_books(row_id: int, tools: Tools) -> ConnectionStatus:
    """Ask now, and write down how the connection does (P5)."""
    row = db.session.get_one(BooksConnection, row_id)
    company: Company | None = None
    try:
        company = _asked_again(row, tools)
        other = None if company.key == row.company_key else WrongCompany(row.company_name, company.name).message
        problem = explained_by(WrongCompany.__name__, other) if other else None
        status = ConnectionStatus.INACTIVE if problem else ConnectionStatus.ACTIVE
    except RemoteError as error:
        status, problem = _status_of_check(error), as_trouble(error)
    with writing() as session:
        row = session.get_one(BooksConnection, row_id)
        row.checked_at = tools.clock.now()
        row.status, row.status_text = status, problem
        if problem is None and company is not None:
            row.facts, row.settings = dict(company.facts), {**row.settings, **company.settings}
            is_well(row)
    return status


def _asked_again(row: BooksConnection, tools: Tools) -> Company:
    """Which company it is; asked once more with a new token where the old one is refused."""
    try:
        with tokens.noticing(row.id, tools):
            return books_of(row, tools).check()
    except TokenRefused:
        with tokens.noticing(row.id, tools):
            return books_of(row, tools).check()


def check_store(row_id: int, tools: Tools) -> ConnectionStatus:
    """The same for a store."""
    row = db.session.get_one(StoreConnection, row_id)
    try:
        store_of(row, tools).check()
    except RemoteError as error:
        return note_store(row_id, tools.clock.now(), error)
    return note_store(row_id, tools.clock.now(), None)


def note_store(row_id: int, now: datetime, error: RemoteError | None) -> ConnectionStatus:
    """Write down how a store does, after it was asked for anything."""
    status = ConnectionStatus.ACTIVE if error is None else _status_of_check(error)
    with writing() as session:
        row = session.get_one(StoreConnection, row_id)
        row.checked_at, row.status = now, status
        row.status_text = as_trouble(error) if error else None
    return status


def enable(model: type[BooksConnection] | type[StoreConnection], row_id: int, is_enabled: bool) -> None:
    """Disable a connection, or activate it again: nothing is asked of it meanwhile, and nothing is lost (P10)."""
    with writing() as session:
        session.execute(update(model).where(model.id == row_id).values(is_enabled=is_enabled))


def connect_store(
    kind: str, name: str, given: Mapping[str, str], tools: Tools, per_second: float | None = None
) -> StoreConnection:
    """Ask whether the key works and remember the store; the same shop connected again is the same store."""
    settings, secrets = split(STORES[kind].connection_settings, given)
    per_second = per_second or STORES[kind].pace
    store = open_store(kind, settings, secrets, tools, per_second)
    end_reading()
    store.check()
    with writing() as session:
        known = session.query(StoreConnection).filter_by(kind=kind).all()
        row = next((each for each in known if _shop(each, tools) == store.shop_id), None)
        if row is None:
            row = StoreConnection(kind=kind)
            session.add(row)
        row.name, row.settings, row.checked_at = name, settings, tools.clock.now()
        row.per_second = str(per_second)
        row.status, row.status_text = ConnectionStatus.ACTIVE, None
        session.flush()
        vault.keep(session, tools.vault, "stores", row.id, secrets)
    return row


def change_store_credential(row_id: int, given: Mapping[str, str], tools: Tools) -> None:
    """Enter a new key of the same shop; raises KeyNeeded, and WrongShop where it is of another, and then changes
    nothing."""
    row = db.session.get_one(StoreConnection, row_id)
    settings, secrets = _renewed("stores", row, STORES[row.kind].connection_settings, given, tools)
    store = open_store(row.kind, settings, secrets, tools, float(row.per_second))
    if store.shop_id != _shop(row, tools):
        raise WrongShop(_shop(row, tools), store.shop_id)
    store.check()
    with writing() as session:
        row = session.get_one(StoreConnection, row_id)
        row.settings, row.checked_at = settings, tools.clock.now()
        row.status, row.status_text = ConnectionStatus.ACTIVE, None
        vault.keep(session, tools.vault, "stores", row.id, secrets)
        unknown = update(StoreChannel).where(StoreChannel.store_id == row.id).values(pulled_before=None)
        session.execute(unknown)  # until its next pull nobody knows what it can be asked for


def _shop(row: StoreConnection, tools: Tools) -> str:
    return open_store(row.kind, row.settings, {}, tools, float(row.per_second)).shop_id


def split(declared: tuple[Setting, ...], given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed, as plain settings and as secrets; what is not declared is left out."""
    plain = {each.name: given.get(each.name) or each.default for each in declared if not each.secret}
    return plain, {each.name: given[each.name] for each in declared if each.secret and given.get(each.name)}


# --- how a connection does --------------------------------------------------------------------------------------


def is_well(row: BooksConnection) -> None:
    """It answers: Active, and no failure is remembered."""
    row.status, row.status_text = ConnectionStatus.ACTIVE, None
    row.failures, row.not_before = 0, None


def locked_out(session: Session, row_id: int, why: Message) -> None:
    """Nothing is asked of these books until a person lets us in again."""
    here = update(BooksConnection).where(BooksConnection.id == row_id)
    session.execute(here.values(status=ConnectionStatus.INACTIVE, status_text=explained_by(LoginRefused.__name__, why)))


def status_after(error: RemoteError) -> ConnectionStatus:
    """Inactive: the key is wrong, revoked or may not; Timeout: the other side is down or cannot be reached.

    Active: it works, and only asks us to slow down."""
    if isinstance(error, TooFast | TokenRefused):
        return ConnectionStatus.ACTIVE
    return ConnectionStatus.INACTIVE if isinstance(error, LoginRefused | NotAllowed) else ConnectionStatus.TIMEOUT


def _status_of_check(error: RemoteError) -> ConnectionStatus:
    """A check asks nothing but whether the key works: whatever is refused there, is refused to the key."""
    return ConnectionStatus.INACTIVE if isinstance(error, Refused) else status_after(error)


def status_of(row: BooksConnection | StoreConnection) -> ConnectionStatus:
    """As pages show it: what is disabled is Inactive."""
    return row.status if row.is_enabled else ConnectionStatus.INACTIVE


def next_step(status: ConnectionStatus, kind: str = "") -> Message | None:
    """What the owner can do about it; `kind` is the system's, for the words of an adapter that has its own."""
    own = BOOKS[kind].timeout_step if kind in BOOKS else ""
    steps = {
        ConnectionStatus.INACTIVE: N_("The key was refused or may not do this. Enter a new key, then check again."),
        ConnectionStatus.TIMEOUT: own or N_("The other system does not answer. See that it is on, then check again."),
    }
    return say(steps[status]) if status in steps else None
