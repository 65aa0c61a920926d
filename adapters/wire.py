"""Connections that go only to checked addresses, and that know for each call whether a byte has left.

urllib3 resolves and connects by itself, swallows a broken pipe while it writes, and wraps its errors in several ways;
so what happened is recorded here, at the socket, and not guessed from the exception afterwards."""

import functools
import socket
import threading
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.response import HTTPResponse

from adapters.addresses import AddressRule, Target

CONNECT_S = 5.0
STALE_AFTER_S = 4.0
"""A write does not reuse a connection that was idle longer: many servers hang up after 5 s, just when we send."""

Watch = tuple[Callable[[], None], Callable[[], None]]


class Stopped(Exception):
    """The watch on the bytes raised; the call holds what it raised. No library may mistake that for its own error."""


class Call:
    """What is known of one request: may it go, has a byte left, did its connection serve an earlier call."""

    __slots__ = ("reused", "stopped_by", "timeout_s", "watch", "writes", "wrote")

    def __init__(self, writes: bool, watch: Watch | None, timeout_s: float) -> None:
        self.writes, self.watch, self.timeout_s = writes, watch, timeout_s
        self.wrote = self.reused = False
        self.stopped_by: Exception | None = None

    def begin(self) -> None:
        """The connection stands; the first byte is about to leave."""
        if self.watch:
            self._tell(self.watch[0])
        self.wrote = True

    def end(self) -> None:
        """The last byte has left; the answer is not read yet."""
        if self.watch:
            self._tell(self.watch[1])

    def _tell(self, listener: Callable[[], None]) -> None:
        try:
            listener()
        except Exception as error:
            self.stopped_by = error
            raise Stopped from error


class _Now(threading.local):
    call: Call


_now = _Now()


def begin_call(call: Call) -> None:
    """Name the call that this thread makes next."""
    _now.call = call


class _Guarded(HTTPConnection):
    """What both kinds of connection share. `scheme` and `rule` are set by the pool that makes it."""

    scheme: str
    rule: AddressRule
    answered_at = 0.0

    def _new_conn(self) -> socket.socket:
        """Resolve once, check every address, connect to one that was checked; Host and SNI stay the name."""
        try:
            addresses = self.rule.addresses(Target(self.scheme, self.host, self.port))
            return self._open(addresses)
        finally:
            self.answered_at = 0.0

    def _open(self, addresses: list[str]) -> socket.socket:
        deadline = time.monotonic() + CONNECT_S
        for place, address in enumerate(addresses, start=1):
            try:
                return self._dial(address, max(deadline - time.monotonic(), 0.1))
            except OSError:
                if place == len(addresses) or time.monotonic() >= deadline:
                    raise
        raise OSError("no address to connect to")

    def _dial(self, address: str, timeout_s: float) -> socket.socket:
        dialled = socket.create_connection((address, self.port), timeout_s, self.source_address)
        for option in self.socket_options or ():
            dialled.setsockopt(*option)
        return dialled

    def send(self, data: Any) -> None:
        call = _now.call
        if not call.wrote:
            self._make_ready(call)
            call.begin()
        super().send(data)

    def _make_ready(self, call: Call) -> None:
        if self.sock is None:
            self._connect_anew()
        self.sock.settimeout(call.timeout_s)

    def _connect_anew(self) -> None:
        try:
            self.connect()
        except OSError as error:  # urllib3 would swallow a reset here, as if it had happened while sending
            raise NewConnectionError(self, str(error)) from error

    def request(self, *args: Any, **kwargs: Any) -> None:
        call = _now.call
        call.reused = self.sock is not None and bool(self.answered_at)
        if call.reused and call.writes and time.monotonic() - self.answered_at > STALE_AFTER_S:
            self.close()
        super().request(*args, **kwargs)
        call.end()

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 does
        response = super().getresponse()
        self.answered_at = time.monotonic()
        return response


class _GuardedHTTP(_Guarded):
    def __init__(self, *args: Any, rule: AddressRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme, self.rule = "http", rule


class _GuardedHTTPS(_Guarded, HTTPSConnection):
    def __init__(self, *args: Any, rule: AddressRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme, self.rule = "https", rule


class _GuardedPools(PoolManager):
    """Pools whose connections follow the rule."""

    def __init__(self, rule: AddressRule, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rule = rule

    def _new_pool(self, scheme: str, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, *args, **kwargs)
        kind = _GuardedHTTPS if isinstance(pool, HTTPSConnectionPool) else _GuardedHTTP
        pool.ConnectionCls = functools.partial(kind, rule=self.rule)  # type: ignore[assignment]
        return pool


class _GuardedAdapter(HTTPAdapter):
    def __init__(self, rule: AddressRule, size: int) -> None:
        self.rule = rule
        super().__init__(pool_connections=4, pool_maxsize=size, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        self.poolmanager = _GuardedPools(self.rule, num_pools=connections, maxsize=maxsize, block=block, **kwargs)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None, always: requests would read the whole body of a redirect only to prepare what we never follow."""
        return None


def guarded_session(rule: AddressRule, size: int, ca_file: str | None) -> requests.Session:
    """A session without cookies, proxies or passwords of the environment; TLS is verified always."""
    session = _Session()
    session.trust_env = False
    session.verify = ca_file or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers = requests.structures.CaseInsensitiveDict(
        {"User-Agent": "Tillbridge", "Accept": "application/json", "Accept-Encoding": "gzip"}
    )
    for scheme in ("https://", "http://"):
        session.mount(scheme, _GuardedAdapter(rule, size))
    return session
