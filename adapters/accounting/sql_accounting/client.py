"""Asks the SQL Account API: every request signed, every list read to its end."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode

from adapters.accounting.sql_accounting import contract
from adapters.accounting.sql_accounting.contract import ClockWrong, Record
from adapters.accounting.sql_accounting.signing import Signer
from adapters.errors import LoginRefused, NotAllowed, OutcomeUnknown, RemoteError
from adapters.http import BACK_OFF, Http, Json, Reply
from adapters.settings import Clock
from documents import N_, Role, say

EVERYTHING: Mapping[str, str] = {}


@dataclasses.dataclass(frozen=True, slots=True)
class Client:
    """One company's API; safe to use from several threads."""

    http: Http
    base_url: str
    signer: Signer
    user_agent: str
    clock: Clock

    def by(self, service: str, region: str) -> "Client":
        """The same, signed for another service and region (D1)."""
        return dataclasses.replace(self, signer=dataclasses.replace(self.signer, service=service, region=region))

    def write(self, method: str, path: str, body: bytes) -> Json:
        """One POST or PUT, never repeated."""
        return self._answer(path, self._ask(method, path, body=body), writes=True, changes=method == "PUT")

    def read(self, path: str, params: Mapping[str, str] = EVERYTHING, patience: Sequence[float] = ()) -> Json:
        """One GET. The query is written by us, percent-encoded, since it is signed as it is written."""
        query = f"?{urlencode(params, quote_via=quote)}" if params else ""
        return self._answer(path, self._ask("GET", path + query, patience=patience))

    def record(self, path: str) -> Record:
        """One record with its rows; `Missing` where the API has none."""
        answer = self.read(path)
        found = contract.record_of(answer)
        if found is not None:
            return found
        if contract.rows_of(answer) == []:
            raise contract.Missing(say(N_("{system} does not have it any more."), system=self.http.label), path)
        raise self._unreadable(path)

    def profile(self) -> Record:
        """The company profile. It holds secrets of other services: nothing of it is shown, whatever goes wrong."""
        reply = self._ask("GET", contract.PROFILE)
        if reply.is_ok:
            reply = dataclasses.replace(reply, redact=lambda _text: "(not shown)")
        found = contract.record_of(self._answer(contract.PROFILE, reply))
        if found is None:
            raise self._unreadable(contract.PROFILE)
        return found

    def pages(
        self, resource: str, where: Mapping[str, str] = EVERYTHING, patience: Sequence[float] = BACK_OFF
    ) -> Iterator[list[Record]]:
        """Every row of a list, page by page, until an empty page: never less than all without an error.

        `pagination` is not believed, and a page may be short (D3); `limit` is not sent (D4)."""
        offset, first = 0, ""
        for _ in range(contract.MAX_PAGES):
            page = self._page(resource, where, offset, patience)
            if not page:
                return
            if _key(page[0]) == first:  # it does not page at all
                if len(page) < contract.PAGE:
                    return
                raise self._unreadable(resource)
            yield page
            offset, first = offset + len(page), _key(page[0])
        message = say(N_("{system} has a list of more than {rows} rows."), system=self.http.label, rows=offset)
        raise OutcomeUnknown(message, resource)

    def rows(
        self, resource: str, where: Mapping[str, str] = EVERYTHING, patience: Sequence[float] = ()
    ) -> list[Record]:
        """The same at once."""
        return [row for page in self.pages(resource, where, patience) for row in page]

    def takes_spans(self) -> bool:
        """True where lists can be asked for `a~b`: before version 5.2025.1061.890 that finds nothing, which is no
        absence. Books without any invoice may not know either, and hold none."""
        sale = contract.RESOURCE[Role.SALE]
        return bool(self._page(sale, {"docdate": contract.EVER}, 0, ())) or not self._page(sale, EVERYTHING, 0, ())

    def _page(self, resource: str, where: Mapping[str, str], offset: int, patience: Sequence[float]) -> list[Record]:
        found = contract.rows_of(self.read(resource, {**where, "offset": str(offset)}, patience))
        if found is None:
            raise self._unreadable(resource)
        return found

    def _unreadable(self, path: str) -> OutcomeUnknown:
        message = say(N_("{system} gave an answer without the rows that were asked for."), system=self.http.label)
        return OutcomeUnknown(message, path)

    def _ask(self, method: str, target: str, *, body: bytes = b"", patience: Sequence[float] = ()) -> Reply:
        url = f"{self.base_url}/{target}"
        headers = {"Content-Type": "application/json"} if body else {}
        signed = self.signer.signed(method, url, body, headers, self.clock())
        agent = {"User-Agent": self.user_agent}  # not signed: a proxy may change it
        return self.http.request(
            method, url, headers={**signed, **agent}, body=body or None, read_s=contract.ASK_S, patience=patience
        )

    def _answer(self, path: str, reply: Reply, *, writes: bool = False, changes: bool = False) -> Json:
        try:
            return contract.answer_of(reply, writes=writes, changes=changes)
        except LoginRefused as error:
            refusal: RemoteError = error
        raise self._why_refused(path, reply, refusal)

    def _why_refused(self, path: str, reply: Reply, refusal: RemoteError) -> RemoteError:
        """A 403 says little: is it our clock, a missing right of the key's user, or the key itself?"""
        off = clock_off(reply, self.clock())
        if abs(off) > contract.CLOCK_OFF:
            ahead = N_("{system} refused the signature: this machine's clock is {minutes} minutes ahead of its own.")
            behind = N_("{system} refused the signature: this machine's clock is {minutes} minutes behind its own.")
            minutes = round(abs(off).total_seconds() / 60)
            told = say(ahead if off > dt.timedelta(0) else behind, system=reply.label, minutes=minutes)
            return ClockWrong(told, refusal.cause)
        if path != contract.PROFILE and self._opens():
            template = N_("{system} does not allow this: {reason}")
            return NotAllowed(say(template, **refusal.message.values), refusal.cause)
        return refusal

    def _opens(self) -> bool:
        try:
            self.profile()
        except RemoteError:
            return False
        return True


def clock_off(reply: Reply, now: dt.datetime) -> dt.timedelta:
    """How far our clock is ahead of the server's, as its Date header says (D28); none where it says nothing."""
    try:
        theirs = parsedate_to_datetime(reply.headers.get("Date", ""))
    except ValueError:
        return dt.timedelta(0)
    return now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=dt.UTC))


def _key(row: Record) -> str:
    """What tells a row from others of its list."""
    return next((f"{name} {row[name]}" for name in ("dockey", "autokey", "code") if row.get(name)), repr(row))
