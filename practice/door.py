"""The HTTP/1.1 server: one thread per connection, connections kept alive, the socket at hand for mishaps."""

from __future__ import annotations

import os
import socket
import struct
import sys
import urllib.parse
from collections.abc import Callable
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from practice.gate import Wire
from practice.web import Answer, Request

Serve = Callable[[Request, Wire], None]
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: close sends RST


class Door(BaseHTTPRequestHandler):
    """Reads requests from one connection; is also the `Wire` to its caller."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    serve: Serve
    system_of: Callable[[str], tuple[str, str]]

    def handle_any(self) -> None:
        """Read one request and pass it on."""
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        system, inner = type(self).system_of(urllib.parse.unquote(path))
        request = Request(
            system=system,
            method=self.command,
            path=inner,
            query=dict(urllib.parse.parse_qsl(query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            target=self.path,
        )
        type(self).serve(request, self)

    def send(self, answer: Answer) -> None:
        """Send the whole answer in one piece."""
        body = answer.body()
        self.wfile.write(_head(answer, len(body)) + (b"" if self.command == "HEAD" else body))

    def truncate(self, answer: Answer) -> None:
        """Announce the whole answer, send half of it, close."""
        body = answer.body()
        self.wfile.write(_head(answer, len(body)) + body[: len(body) // 2])
        self.close()

    def close(self) -> None:
        """Hang up without a word."""
        self.close_connection = True

    def reset(self) -> None:
        """Hang up hard: the caller sees 'connection reset by peer'."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        os.close(self.connection.detach())

    def log_message(self, format: str, *args: object) -> None:
        """Keep no access log: QNE's key stands in the query."""


for verb in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
    setattr(Door, f"do_{verb}", Door.handle_any)


class House(ThreadingHTTPServer):
    """All doors on one port."""

    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hung up is no news; anything else is a bug of the practice and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def open_house(host: str, port: int, serve: Serve, system_of: Callable[[str], tuple[str, str]]) -> House:
    """Listen; `system_of` splits a path into the system's name and the path inside it."""
    door = type("Door", (Door,), {"serve": staticmethod(serve), "system_of": staticmethod(system_of)})
    return House((host, port), door)


def _head(answer: Answer, length: int) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {responses.get(answer.status, 'Unknown')}"]
    lines += [f"Content-Type: {answer.content_type}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
