"""Asks the QuickBooks Online API: bearer token, faults in answers of any status, pages of the query language."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from adapters import outcomes
from adapters.accounting.quickbooks import contract, faults
from adapters.accounting.quickbooks.contract import Record
from adapters.errors import OutcomeUnknown, TokenRefused
from adapters.http import BACK_OFF, Http, Reply
from documents import N_, say

Patience = Sequence[float]


class Client:
    """One company's API; safe to use from several threads."""

    def __init__(self, http: Http, base_url: str, realm: str, token: str) -> None:
        self.http, self.realm, self._token = http, realm, token
        self._company_url = f"{base_url}/v3/company/{quote(realm, safe='')}"

    def write(self, entity: str, params: Mapping[str, str], body: bytes, key: str) -> Record:
        """One POST that creates, changes or takes away; never repeated. QuickBooks knows it again by `key`."""
        headers = self._headers() | {"Content-Type": "application/json"}
        asked = {**params, "requestid": key, "minorversion": contract.MINOR_VERSION}
        url = f"{self._company_url}/{entity.lower()}"
        reply = self.http.request("POST", url, params=asked, headers=headers, body=body, read_s=contract.POST_S)
        return self._entity(reply, entity, writes=True)

    def entity(self, entity: str, number: str, patience: Patience = ()) -> Record:
        """One object by its id; `Missing` where QuickBooks has none."""
        return self._entity(self._get(f"{entity.lower()}/{quote(number, safe='')}", {}, patience), entity)

    def single(self, entity: str, params: Mapping[str, str] | None = None, patience: Patience = ()) -> Record:
        """What there is one of: the preferences, an exchange rate."""
        return self._entity(self._get(entity.lower(), params or {}, patience), entity)

    def pages(self, entity: str, where: str = "", patience: Patience = BACK_OFF) -> Iterator[list[Record]]:
        """Every object of a query, page by page; never less than all of it without an error (section 2.5)."""
        condition = f" WHERE {where}" if where else ""
        asked = f"SELECT * FROM {entity}{condition} ORDERBY Id"  # noqa: S608 - Intuit's language; values are quoted
        for place in range(contract.MAX_PAGES):
            start = place * contract.PAGE + 1
            rows = self._page(entity, f"{asked} STARTPOSITION {start} MAXRESULTS {contract.PAGE}", patience)
            yield rows
            if len(rows) < contract.PAGE:
                return
        message = say(N_("{system} has a list of more than {rows} rows."), system=self.http.label, rows=start)
        raise OutcomeUnknown(message, cause=entity)

    def rows(self, entity: str, where: str = "", patience: Patience = ()) -> Iterator[Record]:
        """The same one by one; a look-up waits for nothing, unless it is told to."""
        for page in self.pages(entity, where, patience):
            yield from page

    def _page(self, entity: str, statement: str, patience: Patience) -> list[Record]:
        answer = self._answer(self._get("query", {"query": statement}, patience))
        if not isinstance(answer.get("QueryResponse"), dict):
            raise self._unreadable(statement)
        return contract.rows_in(answer, "QueryResponse", entity)

    def changed(self, entities: Sequence[str], since: str) -> Record:
        """Everything of these kinds that changed since a moment, as change data capture tells it (section 2.6)."""
        return self._answer(self._get("cdc", {"entities": ",".join(entities), "changedSince": since}, ()))

    def _get(self, path: str, params: Mapping[str, str], patience: Patience) -> Reply:
        asked = {**params, "minorversion": contract.MINOR_VERSION}
        url, headers = f"{self._company_url}/{path}", self._headers()
        return self.http.request("GET", url, params=asked, headers=headers, read_s=contract.GET_S, patience=patience)

    def _headers(self) -> dict[str, str]:
        if not self.realm:
            raise faults.ReconnectNeeded(say(N_("No company is connected yet: press 'Connect with QuickBooks'.")))
        if not self._token:
            raise TokenRefused(say(N_("There is no access token yet: it is got with the sign-in.")))
        return {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}

    def _entity(self, reply: Reply, entity: str, *, writes: bool = False) -> Record:
        found = self._answer(reply, writes=writes).get(entity)
        if isinstance(found, dict):
            return found
        raise self._unreadable(entity)

    def _answer(self, reply: Reply, *, writes: bool = False) -> Record:
        """A success is 2xx without a fault: HTTP 200 may hold one (section 2.1)."""
        fault = faults.fault_of(reply)
        if fault is not None or not reply.is_ok:
            raise faults.failure_of(reply, fault, writes=writes)
        answer = reply.json()
        if not isinstance(answer, dict):
            raise outcomes.unknown(reply)
        return answer

    def _unreadable(self, what: str) -> OutcomeUnknown:
        message = say(N_("{system} gave an answer without what was asked for."), system=self.http.label)
        return OutcomeUnknown(message, cause=what)
