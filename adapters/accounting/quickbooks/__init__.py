"""QuickBooks Online, by its Accounting API v3. Source: quickbooks-online.md."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec

from adapters.accounting.base import Books, Changes, ReferencePage, Wanted
from adapters.accounting.quickbooks import changes, company, contract, declared, faults, finding, lists, payments, sales
from adapters.accounting.quickbooks.client import Client
from adapters.accounting.quickbooks.contract import Record, rows_in, text
from adapters.accounting.quickbooks.oauth import QuickBooksSignIn
from adapters.accounting.quickbooks.people import changed_customer, new_customer
from adapters.accounting.quickbooks.products import changed_product, new_product
from adapters.accounting.quickbooks.refs import Refs
from adapters.accounting.quickbooks.remotes import remote_of
from adapters.errors import OutcomeUnknown, Refused, RemoteError
from adapters.http import Http, decode, encode
from adapters.settings import Clock, utc_now
from documents import (
    N_,
    Action,
    Arithmetic,
    Company,
    Content,
    CreditNote,
    Invoice,
    Lookup,
    NewCustomer,
    Receipt,
    ReferenceKind,
    Remote,
    Role,
    say,
)


class _Call(msgspec.Struct):
    """One request as it is kept: what it writes, what its address says, and the very bytes of its body."""

    entity: str
    params: dict[str, str]
    reference: str
    body: msgspec.Raw


_call = msgspec.json.Decoder(_Call)


class QuickBooks(Books):
    """One company of QuickBooks Online; its access token is renewed by the engine, never here."""

    kind, label = "quickbooks", "QuickBooks Online"
    connection_settings, profile_settings = declared.CONNECTION, declared.PROFILE
    reference_kinds = lists.KINDS
    arithmetic, limits = declared.GLOBAL_ARITHMETIC, declared.LIMITS
    pace, pace_ceiling = declared.PACE, declared.PACE_CEILING
    longest_s = declared.LONGEST_S
    has_idempotency_key = True
    payment_label, words = declared.PAYMENT_LABEL, declared.WORDS
    roles = frozenset(contract.ENTITIES)
    lists_documents = True
    sign_in = QuickBooksSignIn
    tells_changes = restores_customers = True
    name_replacements = contract.NAME_REPLACEMENTS

    def __init__(
        self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http, clock: Clock = utc_now
    ) -> None:
        super().__init__(settings, secrets, http, clock)
        usual = contract.API[settings.get("environment") or "production"]
        base_url = (settings.get("base_url") or usual).rstrip("/")
        self._client = Client(http, base_url, settings.get("realm_id", ""), secrets.get("access_token", ""))

    @classmethod
    def arithmetic_of(cls, facts: Mapping[str, str]) -> Arithmetic:
        """By the company's sales tax."""
        return declared.arithmetic_of(facts)

    @classmethod
    def given(cls, facts: Mapping[str, str]) -> Mapping[str, str]:
        """TAX and NON in the US; the books' own numbers where they take no others."""
        return declared.given(facts)

    @classmethod
    def has_customer_currency(cls, facts: Mapping[str, str]) -> bool:
        """A customer's currency is chosen when it is made and never changes (section 3.3)."""
        return facts.get("multi_currency") == "true"

    @classmethod
    def needs_number(cls, facts: Mapping[str, str]) -> bool:
        """Where custom numbers are on, a document that is sent without one has none (section 3.6)."""
        return facts.get("custom_numbers") == "true"

    @classmethod
    def per_document(cls, facts: Mapping[str, str]) -> frozenset[ReferenceKind]:
        """Locations; classes too, in some companies."""
        return declared.per_document(facts)

    # --- asking ------------------------------------------------------------------------------------------------

    def check(self) -> Company:
        """Two reads: the company, and its preferences."""
        told = self._client.entity("CompanyInfo", self._client.realm)
        return company.company_of(self._client.realm, told, self._client.single("Preferences"))

    def reference_pages(self, kind: ReferenceKind) -> Iterator[ReferencePage]:
        """All rows of one list, inactive ones too."""
        return lists.pages(self._client, kind, self.clock)

    def find(self, role: Role, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
        """Voided ones too; in as few questions as there are kinds of document."""
        return finding.find(self._client, role, wanted)

    def find_by_number(self, role: Role, numbers: Collection[str]) -> dict[str, list[Remote]]:
        """By the number that people see; customers and products have none."""
        return finding.find_by_number(self._client, role, numbers)

    def history(self, since: dt.date) -> Iterator[Sequence[tuple[Role, Remote]]]:
        """Every sale, refund and payment of ours from a day on."""
        return finding.history(self._client, since)

    def everything(self, since: dt.date) -> Iterator[Sequence[tuple[Role, Remote]]]:
        """Invoices, sales receipts, credit memos and refund receipts from a day on."""
        return finding.everything(self._client, since, (Role.SALE, Role.REFUND))

    def changes(self, since: dt.datetime) -> Changes:
        """By change data capture; at most 30 days back."""
        return changes.changes(self._client, since, self.clock())

    def read(self, role: Role, remote_id: str) -> Remote | None:
        """None only where QuickBooks itself says that it has no such object."""
        entity, number = contract.entity_and_id(role, remote_id)
        try:
            return remote_of(entity, self._client.entity(entity, number))
        except faults.Missing:
            return None

    # --- preparing ---------------------------------------------------------------------------------------------

    def prepare(
        self, role: Role, action: Action, reference: str, content: Content | None, lookup: Lookup, remote: Remote | None
    ) -> bytes:
        """A new document is made of our lists alone; what stands there is read once, for its version and lines. A
        document stays of the kind that it is, whatever the settings say now."""
        if remote is None:
            entity, present = _entity_of(role, content), {}
        else:
            entity, number = contract.entity_and_id(role, remote.remote_id)
            present = self._client.entity(entity, number)
        if content is None:
            body = _voided(entity, present) if action is Action.VOID else _active_again(entity, present)
        else:
            body = self._body(entity, content, reference, Refs(lookup), present)
        params = contract.params_of(action, entity)
        call = {"entity": entity, "params": params, "reference": reference, "body": _versioned(present) | body}
        return encode(call)

    def _body(self, entity: str, content: Content, reference: str, refs: Refs, present: Record) -> Record:
        if isinstance(content, Invoice):
            body = sales.sale(entity, content, reference, refs, present)
        elif isinstance(content, CreditNote):
            body = sales.refund(entity, content, reference, refs, present)
        elif isinstance(content, Receipt):
            balances = payments.open_balances(self._client, content, present)
            body = payments.payment(content, reference, refs, present, balances)
        elif isinstance(content, NewCustomer):
            body = changed_customer(content, refs) if present else new_customer(content, reference, refs)
        else:
            body = changed_product(content, refs) if present else new_product(content, reference, refs)
        return body | ({"sparse": True} if present and not _has_other_customer(present, body) else {})

    # --- sending -----------------------------------------------------------------------------------------------

    def send(self, role: Role, action: Action, payload: bytes, key: str) -> Remote:
        """One POST, known again by its key. An answer that does not name the document decides nothing."""
        call = _call.decode(payload)
        try:
            row = self._client.write(call.entity, call.params, bytes(call.body), key)
        except faults.Duplicate as duplicate:
            error = self._judged(duplicate, action, call)
        else:
            return _answered(row, action, call)
        raise error

    def _judged(self, duplicate: faults.Duplicate, action: Action, call: _Call) -> RemoteError:
        """A number or name that is taken: by our own document it stays unknown, and is looked up; by somebody else's,
        or by one of ours that is void, it is refused. What cannot be told is unknown."""
        body = decode(bytes(call.body))
        value = text(body, contract.NUMBER_FIELD.get(call.entity) or contract.NAME_FIELD[call.entity])
        try:
            same = list(finding.same_name(self._client, call.entity, value)) if action is Action.CREATE else []
        except RemoteError as error:
            return OutcomeUnknown(duplicate.message, f"{duplicate.cause}; {error.cause}")
        if any(each.reference == call.reference and not each.is_void for each in same):
            return duplicate
        return Refused(duplicate.message, duplicate.cause)


def _entity_of(role: Role, content: Content | None) -> str:
    """A sale that was paid at once is a sales receipt, a refund that is paid out a refund receipt."""
    usual, *others = contract.ENTITIES[role]
    is_receipt = isinstance(content, Invoice) and content.is_receipt
    is_paid_out = isinstance(content, CreditNote) and content.paid_from is not None
    return others[0] if is_receipt or is_paid_out else usual


def _versioned(present: Record) -> Record:
    """The id and version of what is changed; nothing for a new one."""
    return {"Id": text(present, "Id"), "SyncToken": text(present, "SyncToken")} if present else {}


def _voided(entity: str, present: Record) -> Record:
    """An invoice is not voided under its payment: that would leave the money unapplied."""
    links = rows_in(present, "LinkedTxn") if entity == contract.INVOICE else []
    if any(text(each, "TxnType") == contract.PAYMENT for each in links):
        raise Refused(say(N_("A payment is applied to this invoice; take that away in QuickBooks first.")))
    return contract.VOID_FIELDS.get(entity, {})


def _active_again(entity: str, present: Record) -> Record:
    """A customer or product, under the name that it had before it was made inactive."""
    if entity not in contract.NAME_FIELD:
        raise Refused(say(N_("QuickBooks restores a voided document only by writing it anew.")))
    name = contract.NAME_FIELD[entity]
    return {"sparse": True, "Active": True, name: contract.name_before(text(present, name))}


def _has_other_customer(present: Record, body: Record) -> bool:
    """Then the whole document is written: what is not named is emptied, so the former customer's e-mail too."""
    was, now = (contract.id_in(each, "CustomerRef") for each in (present, body))
    return bool(was and now) and was != now


def _answered(row: Record, action: Action, call: _Call) -> Remote:
    """What the answer says; of a voided or deleted document it may say little."""
    remote = remote_of(call.entity, row)
    if not text(row, "Id"):
        raise OutcomeUnknown(say(N_("QuickBooks said that it made a document, but not which one.")))
    if remote.reference not in {"", call.reference}:
        raise OutcomeUnknown(say(N_("QuickBooks answered with another document than the one that was sent.")))
    if action is Action.VOID and remote.total and not remote.is_void:
        raise Refused(say(N_("QuickBooks left {number} as it was."), number=remote.number))
    is_void = action is Action.VOID or remote.is_void
    return replace(remote, reference=call.reference, is_void=is_void)
