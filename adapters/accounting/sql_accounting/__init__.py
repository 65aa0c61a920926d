"""SQL Accounting (E Stream's SQL Account), by its API. Source: sql-accounting.md sections 2 to 11."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec

from adapters.accounting.base import Books, Changes, ReferencePage, Wanted
from adapters.accounting.sql_accounting import company, contract, declared, lists, masters, payments, rewriting, sales
from adapters.accounting.sql_accounting.changes import changes_since
from adapters.accounting.sql_accounting.client import Client
from adapters.accounting.sql_accounting.contract import DOCUMENTS, RESOURCE, Record, text
from adapters.accounting.sql_accounting.remotes import Finder, remote_of
from adapters.accounting.sql_accounting.signing import Signer
from adapters.errors import OutcomeUnknown, Refused, RemoteError
from adapters.http import Http, Json
from adapters.settings import Clock, utc_now
from documents import (
    N_,
    Action,
    Company,
    Content,
    CreditNote,
    Invoice,
    Lookup,
    NewCustomer,
    NewProduct,
    Receipt,
    ReferenceKind,
    ReferenceRow,
    Remote,
    Role,
    say,
)


class _Sent(msgspec.Struct):
    """What we need to know again of bytes that were prepared earlier."""

    dockey: int | str | None = None
    code: str = ""
    docref1: str = ""
    remark: str = ""
    remark2: str = ""

    @property
    def reference(self) -> str:
        """Ours, wherever this kind of record carries it."""
        return self.docref1 or self.remark2 or self.remark.removeprefix(contract.CUSTOMER_REMARK)


_sent = msgspec.json.Decoder(_Sent)


class SqlAccounting(Books):
    """One company of SQL Accounting, in the cloud or behind the owner's own agent: the same API at another address."""

    kind, label = "sql_accounting", "SQL Accounting"
    connection_settings, profile_settings = declared.CONNECTION, declared.PROFILE
    modes = declared.MODES
    reference_kinds = tuple(contract.LISTS)
    arithmetic, limits = declared.ARITHMETIC, declared.LIMITS
    pace, pace_ceiling = declared.PACE, declared.PACE_CEILING
    longest_s = declared.LONGEST_S
    payment_label, words, timeout_step = declared.PAYMENT_LABEL, declared.WORDS, declared.TIMEOUT_STEP
    roles = frozenset(contract.RESOURCE)
    tells_changes = True
    due_by_terms_only = True
    reads_on_demand = frozenset({ReferenceKind.ITEM})

    def __init__(
        self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http, clock: Clock = utc_now
    ) -> None:
        super().__init__(settings, secrets, http, clock)
        service, region = contract.PAIRS[0]
        signer = Signer(
            secrets.get("access_key", ""),
            secrets.get("secret_key", ""),
            settings.get("service") or service,
            settings.get("region") or region,
        )
        self._home = settings.get("home_currency") or contract.HOME_CURRENCY[contract.COUNTRY]
        self._base_url = (settings.get("base_url") or contract.BASE_URL).rstrip("/")
        agent = settings.get("user_agent") or contract.USER_AGENT
        self._client = Client(http, self._base_url, signer, agent, clock)

    # --- asking ------------------------------------------------------------------------------------------------

    def check(self) -> Company:
        """The pair of service and region that works, and the base currency, are kept with the settings."""
        if self.settings.get("mode") == declared.LOCAL and self._base_url == contract.BASE_URL:
            raise Refused(say(N_("Local mode needs the address of the agent that runs beside SQL Accounting.")))
        self._client, found = company.identify(self._client)
        self._home = found.home_currency
        return found

    def reference_pages(self, kind: ReferenceKind) -> Iterator[ReferencePage]:
        """All rows of one list; a list that does not end raises, it is never cut."""
        return lists.pages(self._client, kind, self._home)

    def complete(self, kind: ReferenceKind, rows: Sequence[ReferenceRow]) -> Iterable[ReferenceRow]:
        """Items with their units."""
        return lists.complete(self._client, rows) if kind is ReferenceKind.ITEM else rows

    def changes(self, since: dt.datetime) -> Changes:
        """Invoices, credit notes, payments and customers."""
        return changes_since(self._client, self._home, since, self.clock())

    def find(self, role: Role, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
        """Voided ones too."""
        return self._finder(role).find(wanted)

    def find_by_number(self, role: Role, numbers: Collection[str]) -> dict[str, list[Remote]]:
        """By `docno`, one question for each number."""
        if role not in DOCUMENTS:
            return super().find_by_number(role, numbers)
        return {number: self._finder(role).numbered(number) for number in dict.fromkeys(numbers)}

    def _finder(self, role: Role) -> Finder:
        return Finder(self._client, role, self._home)

    def read(self, role: Role, remote_id: str) -> Remote | None:
        """None only where the record and its list agree that there is none; a customer is read in the list alone, since
        a path may not take its code (D2)."""
        if role is Role.CUSTOMER:
            return next((remote_of(role, row, self._home) for row in self._listed(role, "code", remote_id)), None)
        try:
            return remote_of(role, self._client.record(f"{RESOURCE[role]}/{remote_id}"), self._home)
        except contract.Missing as error:
            message, cause = error.message, error.cause
        if self._listed(role, "dockey", remote_id):
            raise OutcomeUnknown(message, cause)
        return None

    def _listed(self, role: Role, field: str, value: str) -> list[Record]:
        rows = self._client.rows(RESOURCE[role], {field: value})
        return [row for row in rows if text(row, field) == value]

    # --- preparing ---------------------------------------------------------------------------------------------

    def prepare(
        self, role: Role, action: Action, reference: str, content: Content | None, lookup: Lookup, remote: Remote | None
    ) -> bytes:
        """A changed document starts from the one in the books, whose `updatecount` it must know."""
        if role not in DOCUMENTS and action in {Action.VOID, Action.RESTORE}:
            raise Refused(say(N_("SQL Accounting cannot void a customer or a product.")))
        present = self._present(role, remote.remote_id) if remote else None
        if content is None and present is not None:
            return contract.encode(rewriting.switched(present, is_void=action is Action.VOID))
        return contract.encode(self._body(content, reference, lookup, present))

    def _present(self, role: Role, remote_id: str) -> Record:
        if not contract.SAFE_IN_A_PATH.fullmatch(remote_id):  # D2
            raise Refused(say(N_("SQL Accounting's API cannot change {code}: change it there."), code=remote_id))
        present = self._client.record(f"{RESOURCE[role]}/{remote_id}")
        contract.refuse_validated(present)
        return present

    def _body(self, content: Content | None, reference: str, lookup: Lookup, present: Record | None) -> Record:
        codes = sales.Codes(lookup, self._home)
        match content:
            case Invoice():
                return sales.invoice(content, reference, codes, present)
            case CreditNote():
                return sales.credit_note(content, reference, codes, present)
            case Receipt():
                return payments.payment(content, reference, self._home, present)
            case NewCustomer():
                return masters.customer(content, reference, self._home, present)
            case NewProduct():
                return masters.product(content, reference, present)
        raise TypeError(f"nothing to prepare for {reference}")

    # --- sending -----------------------------------------------------------------------------------------------

    def send(self, role: Role, action: Action, payload: bytes, key: str) -> Remote:
        """One POST or PUT. SQL Accounting takes no idempotency key."""
        sent = _sent.decode(payload)
        if action is Action.CREATE:
            return self._created(role, self._client.write("POST", RESOURCE[role], payload), sent.reference)
        remote_id = sent.code if role is Role.CUSTOMER else str(sent.dockey)
        self._client.write("PUT", f"{RESOURCE[role]}/{remote_id}", payload)
        return self._changed(role, action, remote_id)

    def _created(self, role: Role, answer: Json, reference: str) -> Remote:
        """The record itself is the answer; where it does not name the document, our reference finds it (D5)."""
        record = contract.record_of(answer) or {}
        is_named = bool(remote_of(role, record, self._home).remote_id)
        finder = self._finder(role)
        with _looking_back():
            found = [finder.whole(record)] if is_named else finder.one(reference)
        if len(found) != 1 or not found[0].number:
            raise OutcomeUnknown(say(N_("SQL Accounting said that it made a document, but not which one.")))
        if found[0].reference not in {"", reference}:
            raise OutcomeUnknown(say(N_("SQL Accounting answered with another document than the one that was sent.")))
        return found[0]

    def _changed(self, role: Role, action: Action, remote_id: str) -> Remote:
        """Answers to changes may carry little; the document itself says what became of it."""
        with _looking_back():
            remote = self.read(role, remote_id)
        if remote is None:
            raise OutcomeUnknown(say(N_("SQL Accounting has the document no more.")), remote_id)
        if action is not Action.UPDATE and remote.is_void != (action is Action.VOID):
            raise Refused(say(N_("SQL Accounting left {number} as it was; change it there."), number=remote.number))
        return remote


@contextmanager
def _looking_back() -> Iterator[None]:
    """Trouble with a look at what was written does not say that nothing was."""
    try:
        yield
    except RemoteError as error:
        raise OutcomeUnknown(error.message, error.cause) from None
