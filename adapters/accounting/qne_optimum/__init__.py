"""QNE Optimum, the on-premise QNE, by its API: a preview. Source: qne.md Part B."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from adapters.accounting.base import Books, ReferencePage, Wanted
from adapters.accounting.qne.contract import Missing, Record
from adapters.accounting.qne_optimum import bodies, contract, declared, lists
from adapters.accounting.qne_optimum.client import Client, encoded
from adapters.accounting.qne_optimum.lookups import Lookups, customer_of, invoice_of
from adapters.errors import OutcomeUnknown, Refused, RemoteError
from adapters.http import Http
from adapters.settings import Clock, utc_now
from documents import (
    N_,
    Action,
    Company,
    Content,
    Invoice,
    Lookup,
    NewCustomer,
    ReferenceKind,
    ReferenceRow,
    Remote,
    Role,
    say,
)

PATH = {Role.SALE: contract.INVOICES, Role.CUSTOMER: contract.CUSTOMERS}
METHOD = {Action.CREATE: "POST", Action.UPDATE: "PUT"}


class _Sent(msgspec.Struct):
    """What we need to know again of bytes that were prepared earlier."""

    id: str | None = None
    referenceNo: str | None = None  # noqa: N815 - QNE's name
    companyCode: str | None = None  # noqa: N815 - QNE's name


_sent = msgspec.json.Decoder(_Sent)


class QneOptimum(Books):
    """One company of QNE Optimum: sales invoices in the home currency, and customers."""

    kind, label = "qne_optimum", declared.LABEL
    connection_settings, profile_settings = declared.CONNECTION, declared.PROFILE
    reference_kinds = (*contract.LISTS, ReferenceKind.CURRENCY)
    reads_on_demand = frozenset({ReferenceKind.ITEM})
    arithmetic, limits = declared.ARITHMETIC, declared.LIMITS
    pace, pace_ceiling = declared.PACE, declared.PACE_CEILING
    longest_s = declared.LONGEST_S
    roles = frozenset(PATH)
    update_restores = False
    due_by_terms_only = True

    def __init__(
        self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http, clock: Clock = utc_now
    ) -> None:
        super().__init__(settings, secrets, http, clock)
        self._home = settings.get("home_currency", "").strip().upper() or contract.HOME_CURRENCY
        self._base_url = (settings.get("base_url") or contract.BASE_URL).rstrip("/")
        self._client = Client(http, self._base_url, secrets.get("db_code", ""))
        self._lookups = Lookups(self._client)

    # --- asking ------------------------------------------------------------------------------------------------

    def check(self) -> Company:
        """The version tests the DbCode. Nothing tells which company it opens, so its key is made from the code, by a
        hash that is slow to guess through, and from the server."""
        self._client.reach(contract.VERSION)
        salt = urlsplit(self._base_url).netloc.lower().encode()
        code = self.secrets.get("db_code", "").encode()
        key = hashlib.scrypt(code, salt=salt, n=2**14, r=8, p=1, dklen=16).hex()
        return Company(key, self.settings.get("company", ""), self._home, contract.COUNTRY)

    def reference_pages(self, kind: ReferenceKind) -> Iterator[ReferencePage]:
        """All rows of one list. Of currencies there is no list, and only the home currency can be posted."""
        if kind is ReferenceKind.CURRENCY:
            row = ReferenceRow(kind, self._home, self._home, details={"rates": [{"from": None, "rate": "1"}]})
            return iter([ReferencePage((row,), 1)])
        return lists.pages(self._client, kind)

    def complete(self, kind: ReferenceKind, rows: Sequence[ReferenceRow]) -> Iterable[ReferenceRow]:
        """Items with their units."""
        return lists.complete_items(self._client, rows)

    def find(self, role: Role, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
        """Cancelled ones too; raises where the books cannot be trusted to find what is there."""
        return self._lookups.invoices(wanted) if role is Role.SALE else self._lookups.customers(wanted)

    def read(self, role: Role, remote_id: str) -> Remote | None:
        """None only where Optimum itself says that it has no such document."""
        try:
            return _remote_of(role, self._client.document(PATH[role], remote_id))
        except Missing:
            return None

    # --- writing -----------------------------------------------------------------------------------------------

    def prepare(
        self, role: Role, action: Action, reference: str, content: Content | None, lookup: Lookup, remote: Remote | None
    ) -> bytes:
        """A changed document is the one that stands there, with ours over it."""
        if action not in METHOD:
            raise Refused(say(N_("QNE Optimum's API can neither void nor restore; do it in QNE, we see it there.")))
        present = self._client.document(PATH[role], remote.remote_id) if remote and action is Action.UPDATE else None
        if isinstance(content, Invoice):
            return encoded(bodies.invoice_body(content, reference, self._home, lookup, present))
        if isinstance(content, NewCustomer):
            return encoded(bodies.customer_body(content, reference, present))
        raise TypeError(f"nothing to prepare for {action.value} of {reference}")

    def send(self, role: Role, action: Action, payload: bytes, key: str) -> Remote:
        """One POST or PUT; an answer that does not name the document decides nothing (OP6)."""
        answer = _remote_of(role, self._client.write(METHOD[action], PATH[role], payload))
        sent = _sent.decode(payload)
        ours = sent.referenceNo if role is Role.SALE else sent.companyCode
        is_another = sent.id not in {None, answer.remote_id} or answer.reference not in {"", ours}
        if not answer.remote_id or is_another:
            raise OutcomeUnknown(say(N_("QNE said that it made a document, but not which one.")))
        return self._as_it_stands(role, answer)

    def _as_it_stands(self, role: Role, answer: Remote) -> Remote:
        """An answer may carry little; a document that was made stands even where it cannot be read now."""
        try:
            return self.read(role, answer.remote_id) or answer
        except RemoteError:
            return answer


def _remote_of(role: Role, row: Record) -> Remote:
    return invoice_of(row) if role is Role.SALE else customer_of(row)
