"""The one HTTP client: paced, guarded, watched; every failure leaves as one RemoteError that says if bytes left."""

import http.client
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import requests
import urllib3

from adapters import outcomes
from adapters.addresses import AddressRule
from adapters.errors import NotSent, OutcomeUnknown, RemoteError
from adapters.pace import Pacer, Paces
from adapters.redaction import quieten_libraries, reason_of, redact
from adapters.replies import Json, Reply, decode, encode
from adapters.wire import CONNECT_S, Call, Stopped, Watch, begin_call, guarded_session
from documents import N_, say

__all__ = ["BACK_OFF", "BODY_LIMIT", "Http", "Json", "Pacer", "Reply", "decode", "encode"]

BODY_LIMIT = 32 * 1024 * 1024
READS = frozenset({"GET", "HEAD"})
BACK_OFF = (2.0, 4.0, 8.0, 16.0)
"""Waits before a read is repeated, in seconds (qne.md N18)."""
THROTTLED = frozenset({429})
TRY_AGAIN = THROTTLED | {500, 502, 503, 504}
LONGEST_PATIENCE_S = 60.0
"""A Retry-After that is longer is told to the caller, who can do something else meanwhile."""

_TROUBLE = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError)

quieten_libraries()


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request as its adapter wants it."""

    method: str
    url: str
    params: Mapping[str, str] | None
    headers: Mapping[str, str] | None
    body: bytes | None
    writes: bool
    read_s: float


Answer = Reply | Exception
"""What became of a call; errors are handed on as values: no library's exception, with its URL, hangs on them."""


class Http:
    """One outside system, asked over one pool of connections; safe to use from several threads."""

    def __init__(
        self,
        label: str,
        *,
        rule: AddressRule,
        before_call: Callable[[], None],
        pacer: Paces,
        in_flight: int,
        secrets: Collection[str],
        ca_file: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`before_call` raises where no call may be made (a transaction is open); `ca_file` is a private CA."""
        self.label, self.rule = label, rule
        self._before_call, self._pacer, self._sleep = before_call, pacer, sleep
        self._slots = threading.BoundedSemaphore(in_flight)
        self._secrets = frozenset(secrets)
        self._session = guarded_session(rule, in_flight, ca_file)
        self._checked: set[str] = set()
        self._watches = threading.local()

    def hide(self, secret: str) -> None:
        """Keep a secret that was learnt later (a token) out of every text, too."""
        self._secrets |= {secret}

    def redact(self, text: str) -> str:
        """The text without this system's secrets."""
        return redact(text, self._secrets)

    @contextmanager
    def watched(self, before_bytes: Callable[[], None], after_bytes: Callable[[], None]) -> Iterator[None]:
        """Watch the writes that this thread makes inside. A repeat after a 401 is watched again.

        `before_bytes` is called when the connection stands and no byte has left; what it raises stops the call and
        leaves as it is. `after_bytes` is called when the last byte has left, before the answer is read."""
        self._watches.current = (before_bytes, after_bytes)
        try:
            yield
        finally:
            self._watches.current = None

    def request(
        self,
        method: str,
        url: str,
        *,
        read_s: float,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        writes: bool | None = None,
        patience: Sequence[float] = (),
        only_when_throttled: bool = False,
        also: frozenset[int] = frozenset(),
        told_wait: Callable[[Reply], float | None] = lambda reply: None,
    ) -> Reply:
        """Ask once, and give back any answer that came whole, whatever its status.

        `writes` is False for a POST that only asks. A call that does not write may be repeated: once where a reused
        connection broke, and after each wait of `patience` on 429, 5xx, a status of `also`, or trouble on the line
        (`only_when_throttled`: on 429). A write never is. `told_wait` reads from a good answer how many seconds its
        system asks us to wait first, where it says so inside."""
        self._check(url)
        ask = _Ask(method, url, params, headers, body, method not in READS if writes is None else writes, read_s)
        for wait_s in () if ask.writes else patience:
            answer = self._attempt(ask)
            told_s = told_wait(answer) if isinstance(answer, Reply) and answer.is_ok else None
            pause_s = _pause_s(answer, wait_s, THROTTLED if only_when_throttled else TRY_AGAIN | also)
            pause_s = pause_s if told_s is None else told_s or wait_s
            if pause_s is None:
                return _given(answer)
            self._sleep(pause_s)
        return _given(self._attempt(ask))

    def close(self) -> None:
        """Close every pooled connection."""
        self._session.close()

    def _check(self, url: str) -> None:
        """Judge the text of each origin once; its addresses are checked whenever a connection is made."""
        origin = url[: url.find("/", 8)] if url.find("/", 8) > 0 else url
        if origin not in self._checked:
            self.rule.target(url)
            self._checked.add(origin)

    def _attempt(self, ask: _Ask) -> Answer:
        """One call; two where a read met a reused connection that had died unnoticed."""
        while True:
            self._before_call()
            with self._slots:
                self._pacer.wait()
                call = Call(ask.writes, self._watch() if ask.writes else None, ask.read_s)
                answer = self._once(call, ask)
            if ask.writes or isinstance(answer, Reply) or not call.reused:
                return answer

    def _once(self, call: Call, ask: _Ask) -> Answer:
        begin_call(call)
        try:
            response = self._session.request(
                ask.method,
                ask.url,
                params=ask.params,
                headers=ask.headers,
                data=ask.body,
                timeout=(CONNECT_S, ask.read_s),
                allow_redirects=False,
                stream=True,
            )
            return self._read(response)
        except Stopped:
            return self._stopped(call)
        except RemoteError as error:
            return error
        except _TROUBLE as error:
            return self._trouble(call, error)

    def _read(self, response: requests.Response) -> Answer:
        body = response.raw.read(BODY_LIMIT + 1, decode_content=True)
        if len(body) > BODY_LIMIT:
            response.close()
            message = say(N_("{system} gave an answer that is too large."), system=self.label)
            return OutcomeUnknown(message, cause=f"more than {BODY_LIMIT} bytes")
        response.raw.release_conn()
        return Reply(self.label, response.status_code, response.headers, body, self.redact)

    def _stopped(self, call: Call) -> Exception:
        """What the watch raised, as it is, while nothing was sent; afterwards only a look-up may decide."""
        if not call.wrote and call.stopped_by is not None:
            return call.stopped_by
        message = say(N_("The request to {system} was interrupted after it was sent."), system=self.label)
        return OutcomeUnknown(message, cause=self.redact(repr(call.stopped_by)))

    def _trouble(self, call: Call, error: Exception) -> RemoteError:
        cause = self.redact(reason_of(error))
        if not call.wrote:
            return NotSent(say(N_("{system} cannot be reached."), system=self.label), cause)
        return OutcomeUnknown(say(N_("{system} did not answer."), system=self.label), cause)

    def _watch(self) -> Watch | None:
        return getattr(self._watches, "current", None)


def _pause_s(answer: Answer, wait_s: float, statuses: frozenset[int]) -> float | None:
    """How long to wait before the same read again; None where it is not worth it."""
    if isinstance(answer, Exception):
        is_passing = isinstance(answer, RemoteError) and not answer.permanent and statuses >= TRY_AGAIN
        return wait_s if is_passing else None
    if answer.status not in statuses:
        return None
    told_s = outcomes.retry_after_s(answer) or 0.0
    return None if told_s > LONGEST_PATIENCE_S else max(wait_s, told_s)


def _given(answer: Answer) -> Reply:
    if isinstance(answer, Exception):
        raise answer
    return answer
