"""The way of a request: pace, fault, system, answer. The only module that knows all of them."""

from __future__ import annotations

import time
from dataclasses import replace
from http.client import responses
from typing import Any, Protocol, TypeVar

import msgspec

from practice.faults import Fault, Plan
from practice.pace import SECOND, Limit, Pace, window
from practice.seen import Entry, Seen
from practice.web import Answer, Dropped, Request, text

HTML_502 = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
SAID = ("token_expired", "refuse", "duplicate", "forbidden_403", "lock_conflict", "stale", "invalid_grant")
"""The faults that each system puts into its own words."""
CLOUDFLARE = """<!DOCTYPE html><html><head><title>practice | {status}: {words}</title></head>
<body><h1>{words}</h1><p>Error code {status}</p><p>Cloudflare</p></body></html>"""
CLOUDFLARE_WORDS = {
    520: "Unknown error",
    521: "Web server is down",
    522: "Connection timed out",
    524: "A timeout occurred",
}
GARBAGE = b'<!-- \xff\xfe ok -->{"code": "0000", "data": {"id"'


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every system can be told; each adds its own switches. `longest_s` is already scaled by the caller."""

    per_second: float | None = None
    in_flight: int | None = None
    latency_ms: float = 0.0
    longest_s: float | None = None
    retry_after: float | None = 1.0
    scale: float = 1.0

    def limits(self, request: Request) -> list[Limit]:
        """What this request counts against; `scale` makes the second shorter."""
        per_second = Limit("per_second", self.per_second, window(SECOND, self.scale))
        return [per_second, Limit("in_flight", self.in_flight)]


Own = TypeVar("Own", bound=Settings)


def own_settings(kind: type[Own], given: Settings) -> Own:
    """A system's own settings, with what the command line says otherwise."""
    plain = msgspec.structs.asdict(Settings())
    changed = {name: value for name, value in msgspec.structs.asdict(given).items() if value != plain[name]}
    return kind(**changed)


class Wire(Protocol):
    """The caller's connection."""

    def send(self, answer: Answer) -> None:
        """Send the whole answer."""

    def truncate(self, answer: Answer) -> None:
        """Announce the whole answer, send half of it, close."""

    def close(self) -> None:
        """Hang up without a word (FIN)."""

    def reset(self) -> None:
        """Hang up hard (TCP RST)."""


class System(Protocol):
    """One imitated API."""

    name: str
    settings: Any  # of a subclass of Settings
    pace: Pace

    def answer(self, request: Request) -> Answer:
        """Do what is asked."""

    def say(self, what: str, message: str) -> Answer:
        """The system's own words for too_fast, or for a fault of `SAID`."""

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """The same answer with a misleading message, without its envelope, or as the system itself says an error."""


class Gate:
    """Lets each request through to its system, or into its mishap."""

    def __init__(self, systems: dict[str, System], plan: Plan, seen: Seen) -> None:
        """Take the systems by name, the fault plan and the record."""
        self.systems, self.plan, self.seen = systems, plan, seen

    def serve(self, request: Request, wire: Wire) -> None:
        """Answer one request, or fail as planned."""
        system, entry = self.systems[request.system], self.seen.open(request)
        request.longest_s = system.settings.longest_s
        limits = system.settings.limits(request)
        permitted = system.pace.enter(limits)
        try:
            if permitted:
                self._work(system, request, wire, entry)
            else:
                self._send(wire, entry, _too_fast(system, system.settings.retry_after))
        except Dropped:
            entry.outcome = "dropped"
            wire.close()
        except (BrokenPipeError, ConnectionError):
            entry.outcome = "gone"  # the caller hung up first
            wire.close()
        finally:
            system.pace.leave(limits)
            entry.took_s = time.monotonic() - request.arrived

    def _work(self, system: System, request: Request, wire: Wire, entry: Entry) -> None:
        fault = self.plan.strike(request)
        if system.settings.latency_ms:
            time.sleep(system.settings.latency_ms / 1000)
        if fault is None:
            self._send(wire, entry, system.answer(request))
            return
        entry.fault = fault.fault
        request.hidden_s = fault.hidden_s or (fault.seconds if fault.fault == "eventually_visible" else 0.0)
        if fault.fault in ("hold_before", "slow"):
            self.plan.hold(request, fault.seconds)
        if fault.fault == "drop_before":
            entry.outcome = "closed"
            wire.close()
        elif (instead := _instead(system, fault)) is not None:
            self._send(wire, entry, instead)
        else:
            self._after(fault, request, system.answer(request), wire, entry)

    def _after(self, fault: Fault, request: Request, answer: Answer, wire: Wire, entry: Entry) -> None:
        """What happens to the answer of a request that was carried out."""
        match fault.fault:
            case "commit_then_reset":
                entry.outcome = "reset"
                wire.reset()
            case "commit_then_close":
                entry.outcome = "closed"
                wire.close()
            case "commit_then_truncate":
                entry.outcome = "truncated"
                wire.truncate(answer)
            case "commit_then_hang":
                entry.outcome = "held"
                self.plan.hold(request, fault.seconds)
                self._send(wire, entry, answer)
            case "empty_list":
                self._send(wire, entry, replace(answer, payload=_emptied(answer.payload)))
            case _:
                self._send(wire, entry, self._other(fault, request, answer))

    def _other(self, fault: Fault, request: Request, answer: Answer) -> Answer:
        """The answer that the caller sees instead of the true one."""
        match fault.fault:
            case "commit_then_500":
                failed = text(fault.message or "Internal Server Error", 500)
                return self.systems[request.system].reworded(failed, fault.fault, fault.message)
            case "commit_then_502":
                return text(HTML_502, 502, "text/html")
            case "commit_then_524":
                return _cloudflare(524)
            case "garbage_200":
                return Answer(GARBAGE)
            case "misleading_message" | "envelope_off":
                return self.systems[request.system].reworded(answer, fault.fault, fault.message)
            case _:
                return answer

    def _send(self, wire: Wire, entry: Entry, answer: Answer) -> None:
        entry.outcome = answer.status
        wire.send(answer)


def _emptied(payload: Any) -> Any:
    """The same answer without a row in any of its lists; what it says of their length stays."""
    if isinstance(payload, dict):
        return {name: _emptied(each) for name, each in payload.items()}
    return [] if isinstance(payload, list) else payload


def _instead(system: System, fault: Fault) -> Answer | None:
    """The answer of a mishap that does nothing, or None when the request is carried out."""
    match fault.fault:
        case "html_502" | "cloudflare":
            return _from_proxy(fault)
        case "status" | "status_503":
            return system.reworded(_status(fault), fault.fault, fault.message)
        case "status_429":
            return _too_fast(system, fault.retry_after)
        case "garbage_200_nothing":
            return Answer(GARBAGE)
        case kind if kind in SAID:
            return system.say(kind, fault.message)
    return None


def _from_proxy(fault: Fault) -> Answer:
    if fault.fault == "html_502":
        return text(HTML_502, 502, "text/html")
    return _cloudflare(fault.status if fault.status >= 520 else 522)


def _cloudflare(status: int) -> Answer:
    """What a proxy in the middle says when it cannot reach the server, or waited too long for it."""
    words = CLOUDFLARE_WORDS.get(status, "Unknown error")
    return text(CLOUDFLARE.format(status=status, words=words), status, "text/html")


def _status(fault: Fault) -> Answer:
    status = 503 if fault.fault == "status_503" else fault.status
    words = fault.message or responses.get(status, "Unknown")
    answer = text(words, status)
    if fault.html:
        answer = text(f"<html><body>{words}</body></html>", status, "text/html")
    answer.headers |= _retry_after(fault.retry_after)
    return answer


def _too_fast(system: System, retry_after: float | None) -> Answer:
    answer = system.say("too_fast", "")
    answer.headers |= _retry_after(retry_after)
    return answer


def _retry_after(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": f"{seconds:g}"}
