"""Asks the N3 Open API: token, one renewal after a 401, envelope, pages."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from adapters.accounting.qne import contract
from adapters.accounting.qne.contract import Record
from adapters.accounting.qne.tokens import Tokens
from adapters.errors import NotSent, OutcomeUnknown
from adapters.http import BACK_OFF, Http, Json, Reply, encode
from documents import N_, Role, say


class Client:
    """One company's API; safe to use from several threads."""

    def __init__(self, http: Http, base_url: str, tokens: Tokens) -> None:
        self.http, self.base_url, self.tokens = http, base_url, tokens

    def write(self, path: str, body: bytes) -> Json:
        """One POST that creates or changes something. Repeated only after a 401 that the API itself told: that one
        created nothing (reliability.md section 3)."""
        token = self._token(writes=True)
        reply = self._post(path, body, token, writes=True)
        if reply.status == 401 and contract.reason_of(reply) is not None:
            reply = self._post(path, body, self._token(writes=True, refused=token), writes=True)
        return contract.data_of(reply, writes=True)

    def read(self, path: str, params: Mapping[str, str] | None = None, patience: Sequence[float] = ()) -> Json:
        """One GET."""
        token = self._token()
        reply = self._get(path, params, token, patience)
        if reply.status == 401:
            reply = self._get(path, params, self._token(refused=token), patience)
        return contract.data_of(reply, writes=False)

    def inquire(self, path: str, body: Record) -> Json:
        """A POST that only asks."""
        token, content = self._token(), encode(body)
        reply = self._post(path, content, token, writes=False)
        if reply.status == 401:
            reply = self._post(path, content, self._token(refused=token), writes=False)
        return contract.data_of(reply, writes=False)

    def record(self, path: str, params: Mapping[str, str] | None = None) -> Record:
        """One record; `Missing` where the API has none, OutcomeUnknown where the answer holds none."""
        found = contract.record_of(self.read(path, params))
        if found is None:
            raise self._unreadable(path)
        return found

    def document(self, role: Role, remote_id: str) -> Record:
        """One document by its id; `Missing` only where the API itself says that it has none such."""
        record = self.record(f"{contract.RESOURCE[role]}/{quote(remote_id, safe='')}")
        if contract.text(record, "id") != remote_id:
            raise OutcomeUnknown(say(N_("QNE answered with another document than the one that was asked for.")))
        return record

    def pages(
        self, path: str, where: str = "", patience: Sequence[float] = BACK_OFF, order: str = ""
    ) -> Iterator[contract.Rows]:
        """Every row of a list, page by page (N3); never less than all of it without an error."""
        skip, before = 0, None
        asked = {"$filter": where} if where else {}
        asked |= {"$orderby": order} if order else {}
        for _ in range(contract.MAX_PAGES):
            rows, count = self._page(path, {"$top": str(contract.PAGE), "$skip": str(skip), **asked}, patience)
            if rows and rows == before:  # it does not page at all
                raise self._unreadable(path)
            yield rows, count
            skip, before = skip + len(rows), rows
            if is_last(len(rows), count, skip):
                return
            if not rows:
                raise self._unreadable(path)
        message = say(N_("{system} has a list of more than {rows} rows."), system=self.http.label, rows=skip)
        raise OutcomeUnknown(message, cause=path)

    def whole(self, path: str) -> contract.Rows:
        """A list that is not paged."""
        return self._page(path, None, BACK_OFF)

    def _page(self, path: str, params: Mapping[str, str] | None, patience: Sequence[float]) -> contract.Rows:
        found = contract.rows_of(self.read(path, params, patience))
        if found is None:
            raise self._unreadable(path)
        return found

    def _unreadable(self, path: str) -> OutcomeUnknown:
        message = say(N_("{system} gave an answer without the rows that were asked for."), system=self.http.label)
        return OutcomeUnknown(message, cause=path)

    def _token(self, *, writes: bool = False, refused: str | None = None) -> str:
        """Before a write, trouble with the token means that the write was not sent."""
        try:
            return self.tokens.get(refused)
        except OutcomeUnknown as error:
            if not writes:
                raise
            message, cause = error.message, error.cause
        raise NotSent(message, cause)

    def _get(self, path: str, params: Mapping[str, str] | None, token: str, patience: Sequence[float]) -> Reply:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.request(
            "GET", self.base_url + path, params=params, headers=headers, read_s=contract.GET_S, patience=patience
        )

    def _post(self, path: str, body: bytes, token: str, *, writes: bool) -> Reply:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self.http.request(
            "POST", self.base_url + path, headers=headers, body=body, read_s=contract.POST_S, writes=writes
        )


def is_last(rows: int, count: int | None, seen: int) -> bool:
    """True after the last page. `count` is how many there are; one that merely repeats a full page says nothing.

    More rows than were asked for, without a count, are a list that is not paged."""
    if count is not None and (rows < contract.PAGE or count != rows):
        return seen >= count
    return rows != contract.PAGE
