"""The outcome table: what a status means for a document of ours (reliability.md section 3).

An adapter says what the API's own error body says; whether anything was created is decided here."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from adapters.errors import LoginRefused, NotAllowed, OutcomeUnknown, Refused, RemoteError, TooFast
from documents import N_, say

if TYPE_CHECKING:
    from adapters.replies import Reply

LONGEST_WAIT_S = 86_400.0


class Redirected(Refused):
    """The address answers with another address; we never follow one."""

    next_step = N_("Open the connection's settings and enter the system's own address.")


def failure_of(reply: Reply, reason: str | None, *, writes: bool) -> RemoteError:
    """The error for a status outside 200-299. `reason` is what the API's own error body says, None where it is not the
    API that speaks (HTML of a proxy, an empty or unreadable body)."""
    status = reply.status
    reason = None if reason is None else reply.redact(reason)
    cause = f"HTTP {status}: {reason or reply.excerpt}"
    if status == 429:
        return TooFast(say(N_("{system} asks us to slow down."), system=reply.label), cause, retry_after_s(reply))
    if 300 <= status < 400 and not writes:
        return Redirected(say(N_("{system} redirects to another address."), system=reply.label), cause)
    if reason is None or status == 408 or not 400 <= status < 500:
        return unknown(reply, cause)
    if status in _DEFINITE:
        kind, template = _DEFINITE[status]
        return kind(say(template, system=reply.label, reason=reason), cause)
    return refused(reply, reason, cause)


_DEFINITE: dict[int, tuple[type[RemoteError], str]] = {
    401: (LoginRefused, N_("{system} refused the key: {reason}")),
    403: (NotAllowed, N_("{system} does not allow this: {reason}")),
}


def refused(reply: Reply, reason: str, cause: str = "") -> Refused:
    """The API read the request and refused it."""
    template = N_("{system} refused it: {reason}")
    return Refused(say(template, system=reply.label, reason=reply.redact(reason)), cause or reply.excerpt)


def unknown(reply: Reply, cause: str = "") -> OutcomeUnknown:
    """An answer came that does not say what became of the request."""
    template = N_("{system} gave an answer that cannot be read (HTTP {status}).")
    return OutcomeUnknown(say(template, system=reply.label, status=reply.status), cause or reply.excerpt)


def retry_after_s(reply: Reply) -> float | None:
    """Retry-After in seconds, told as seconds or as an HTTP date (RFC 9110 10.2.3); None where it says nothing."""
    told = reply.headers.get("Retry-After", "").strip()
    if told.isdigit():
        return min(float(told), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(told).timestamp()
    except ValueError:
        return None
    return min(max(until - _now_at(reply), 0.0), LONGEST_WAIT_S)


def _now_at(reply: Reply) -> float:
    """The server's own clock where it tells it, so that a difference of clocks does not count."""
    try:
        return parsedate_to_datetime(reply.headers.get("Date", "")).timestamp()
    except ValueError:
        return time.time()
