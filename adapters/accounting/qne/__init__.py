"""QNE AI Cloud Accounting (N3), by its Open API. Source: qne.md Part A and section 10."""

from collections.abc import Collection, Iterator, Mapping

import msgspec

from adapters.accounting.base import Books, ReferencePage, Wanted
from adapters.accounting.qne import contract, declared, lists, remotes
from adapters.accounting.qne.client import Client
from adapters.accounting.qne.contract import Record, text
from adapters.accounting.qne.preparing import Bodies
from adapters.accounting.qne.tokens import Tokens
from adapters.errors import NotAllowed, NotSent, OutcomeUnknown, Refused, RemoteError
from adapters.http import Http, Json, encode
from adapters.settings import Clock, utc_now
from documents import (
    N_,
    Action,
    Company,
    Content,
    Lookup,
    ReferenceKind,
    Remote,
    Role,
    say,
)


class _Sent(msgspec.Struct):
    """What we need to know again of bytes that were prepared earlier."""

    id: int | str | None = None
    referenceNo: str | None = None  # noqa: N815 - QNE's name
    code: str | None = None


_sent = msgspec.json.Decoder(_Sent)


class Qne(Books):
    """One company of QNE N3; the bearer token and the templates live as long as this object."""

    kind, label = "qne", "QNE"
    connection_settings, profile_settings = declared.CONNECTION, declared.PROFILE
    reference_kinds = tuple(contract.LISTS)
    arithmetic, limits = declared.ARITHMETIC, declared.LIMITS
    pace, pace_ceiling = declared.PACE, declared.PACE_CEILING
    longest_s = declared.LONGEST_S
    roles = frozenset(contract.RESOURCE)
    update_restores = False
    payment_label = declared.PAYMENT_LABEL

    def __init__(
        self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http, clock: Clock = utc_now
    ) -> None:
        super().__init__(settings, secrets, http, clock)
        base_url = (settings.get("base_url") or contract.BASE_URL).rstrip("/")
        self._client = Client(http, base_url, Tokens(http, base_url, secrets.get("api_key", ""), clock))
        self._bodies = Bodies(self._client, clock)

    # --- asking ------------------------------------------------------------------------------------------------

    def check(self) -> Company:
        """The tenant of the token is the company's key (N25); its name from the profile, where the user may see it."""
        identity = self._client.tokens.identity()
        profile = self._profile()
        if not identity.tenant:
            raise Refused(say(N_("QNE's key does not say which company it belongs to.")))
        name = text(profile, "companyName", "name", "company") or identity.company or identity.tenant
        home = text(profile, "homeCurrencyCode", "baseCurrencyCode", "localCurrencyCode", "currencyCode")
        home = home or contract.code_of(profile, "currency") or contract.HOME_CURRENCY
        return Company(identity.tenant, name, home, contract.COUNTRY)

    def _profile(self) -> Record:
        """The company profile needs a permission of its own; without it, a call that needs none tests the token."""
        try:
            return self._client.record(contract.PROFILE)
        except (NotAllowed, contract.Missing):
            self._client.read(contract.USER_DATA, {"keys": ""})
            return {}

    def reference_pages(self, kind: ReferenceKind) -> Iterator[ReferencePage]:
        """All rows of one list; a list that does not end raises, it is never cut."""
        return lists.pages(self._client, kind)

    def find(self, role: Role, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
        """Voided ones too."""
        return remotes.LOOKED_FOR[role](self._client, role, wanted)

    def find_by_number(self, role: Role, numbers: Collection[str]) -> dict[str, list[Remote]]:
        """By `docCode`, one question for each number; customers and stock items have none but their code."""
        if role in contract.MASTERS:
            return super().find_by_number(role, numbers)
        return {number: remotes.find_numbered(self._client, role, number) for number in dict.fromkeys(numbers)}

    def read(self, role: Role, remote_id: str) -> Remote | None:
        """None only where QNE itself says that it has no such document."""
        try:
            return remotes.remote_of(role, self._client.document(role, remote_id))
        except contract.Missing:
            return None

    # --- preparing ---------------------------------------------------------------------------------------------

    def prepare(
        self, role: Role, action: Action, reference: str, content: Content | None, lookup: Lookup, remote: Remote | None
    ) -> bytes:
        """The bytes of one request."""
        return encode(self._bodies.body(role, action, reference, content, lookup, remote))

    # --- sending -----------------------------------------------------------------------------------------------

    def send(self, role: Role, action: Action, payload: bytes, key: str) -> Remote:
        """One POST. QNE takes no idempotency key; an answer that does not name the document decides nothing."""
        if role in contract.MASTERS and action in {Action.VOID, Action.RESTORE}:
            raise Refused(say(N_("QNE's API can neither void nor restore customers and stock items.")))
        sent = _sent.decode(payload)
        if action is Action.VOID and role is Role.SALE:
            self._refuse_if_knocked_off(str(sent.id))
        answer = self._client.write(contract.write_path(role, action), payload)
        if action is Action.CREATE:
            return self._created(role, answer, sent)
        return self._read_back(role, str(sent.id))

    def _created(self, role: Role, answer: Json, sent: _Sent) -> Remote:
        """2xx, code 0000, an id, a number, and no contradiction (section 7)."""
        remote = remotes.remote_of(role, contract.record_of(answer) or {})
        ours = sent.code if role in contract.MASTERS else sent.referenceNo
        if not remote.remote_id or remote.remote_id == contract.UNSAVED or not remote.number:
            raise OutcomeUnknown(say(N_("QNE said that it made a document, but not which one.")))
        if remote.reference not in {"", ours}:
            raise OutcomeUnknown(say(N_("QNE answered with another document than the one that was sent.")))
        return self._with_units(remote) if role is Role.PRODUCT else remote

    def _with_units(self, remote: Remote) -> Remote:
        """A stock item's answer lacks the units that documents name; without them it stands all the same."""
        try:
            return self.read(Role.PRODUCT, remote.remote_id) or remote
        except RemoteError:
            return remote

    def _read_back(self, role: Role, remote_id: str) -> Remote:
        """Answers to changes may carry little; the document itself says what became of it."""
        try:
            remote = self.read(role, remote_id)
        except RemoteError as error:
            message, cause = error.message, error.cause
        else:
            message, cause = say(N_("QNE has the document no more.")), remote_id
            if remote is not None:
                return remote
        raise OutcomeUnknown(message, cause)

    def _refuse_if_knocked_off(self, remote_id: str) -> None:
        """A paid invoice is not voided under its payment (section 7, 4). Trouble here means that nothing was sent."""
        try:
            is_knocked_off = self._is_knocked_off(remote_id)
        except OutcomeUnknown as error:
            message, cause = error.message, error.cause
        else:
            if is_knocked_off:
                raise Refused(say(N_("A payment is knocked off against this invoice; take that away in QNE first.")))
            return
        raise NotSent(message, cause)

    def _is_knocked_off(self, remote_id: str) -> bool:
        """Asked as such; where the answer cannot be read (its shape is not public), by what is outstanding."""
        try:
            told = contract.yes_or_no(self._client.inquire(contract.IS_KNOCKED_OFF, {"id": remote_id}))
        except Refused:
            told = None
        if told is not None:
            return told
        document = self._client.document(Role.SALE, remote_id)
        outstanding, total = contract.number(document, "outstandingAmount"), contract.number(document, *contract.TOTALS)
        return outstanding is not None and total is not None and outstanding != total
