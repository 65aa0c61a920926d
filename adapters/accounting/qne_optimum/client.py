"""Asks the Optimum API: the DbCode in each header, bare arrays and objects, pages without a count (qne.md 8.1, 8.3)."""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from adapters.accounting.qne.contract import Record, text
from adapters.accounting.qne_optimum import contract
from adapters.errors import OutcomeUnknown
from adapters.http import Http, Json, Reply, encode
from documents import N_, say


class Client:
    """One company's API; safe to use from several threads."""

    def __init__(self, http: Http, base_url: str, db_code: str) -> None:
        self.http, self.base_url = http, base_url
        self._headers = {"DbCode": db_code, "Accept": "application/json"}

    def reach(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """One GET, repeated once where that may help; any success will do."""
        reply = self.http.request(
            "GET",
            self.base_url + path,
            params=params,
            headers=self._headers,
            read_s=contract.READ_S,
            patience=contract.ONCE_MORE,
            also=contract.FALSE_REFUSALS,
        )
        return contract.taken(reply, writes=False)

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        """What one GET tells."""
        return self.reach(path, params).json()

    def write(self, method: str, path: str, body: bytes) -> Record:
        """One POST or PUT, never repeated; an answer that is no object decides nothing."""
        headers = {**self._headers, "Content-Type": "application/json"}
        reply = self.http.request(
            method, self.base_url + path, headers=headers, body=body, read_s=contract.WRITE_S, writes=True
        )
        return self._object(contract.taken(reply, writes=True).json(), path)

    def document(self, path: str, remote_id: str) -> Record:
        """One record by its id; `Missing` only where the API itself says that it has none such."""
        record = self._object(self.read(f"{path}/{quote(remote_id, safe='')}"), path)
        if text(record, "id") != remote_id:
            raise self._unreadable(path)
        return record

    def rows(self, path: str, params: Mapping[str, str] | None = None) -> list[Record]:
        """The rows of one answer; what is no array is no empty one."""
        found = self.read(path, params)
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise self._unreadable(path)
        return found

    def pages(self, path: str, where: str = "", order: str = "") -> Iterator[list[Record]]:
        """Every row of a list, page by page, up to an empty one: how many rows a page may have is not public.

        A list that gives the same page twice does not page: then it was whole, unless it is as long as a page."""
        asked = ({"$filter": where} if where else {}) | ({"$orderby": order} if order else {})
        skip, before = 0, list[Record]()
        for _ in range(contract.MAX_PAGES):
            rows = self.rows(path, {"$top": str(contract.PAGE), "$skip": str(skip), **asked})
            if rows == before:
                if len(rows) == contract.PAGE:
                    raise self._unreadable(path)
                return
            yield rows
            skip, before = skip + len(rows), rows
            if not rows:
                return
        message = say(N_("{system} has a list of more than {rows} rows."), system=self.http.label, rows=skip)
        raise OutcomeUnknown(message, cause=path)

    def _object(self, found: Json, path: str) -> Record:
        if not isinstance(found, dict):
            raise self._unreadable(path)
        return found

    def _unreadable(self, path: str) -> OutcomeUnknown:
        message = say(N_("{system} gave an answer without the rows that were asked for."), system=self.http.label)
        return OutcomeUnknown(message, cause=path)


def encoded(body: Record) -> bytes:
    """The bytes of a body, without keys that say nothing."""
    return encode({key: value for key, value in body.items() if value is not None})
