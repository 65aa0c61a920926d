"""The HTTP client against real sockets: each row of the outcome table is a test named as a sentence."""

import datetime as dt
import gc
import gzip
import ipaddress
import logging
import socket
import ssl
import struct
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters import wire
from adapters.addresses import AddressRefused, AddressRule
from adapters.errors import NotSent, OutcomeUnknown, RemoteError, TooLate
from adapters.http import BODY_LIMIT, Http
from documents import Message

CANARY = "c4nary-0123456789"
Act = Callable[[socket.socket, bytes], bool | None]
"""What the server does with a request; True keeps the connection open."""


def answer(status: int = 200, body: bytes = b'{"ok":true}', keep: bool = True, headers: str = "") -> Act:
    def act(connection: socket.socket, _: bytes) -> bool:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        return keep

    return act


def raw(reply: bytes) -> Act:
    """Any bytes, then the end."""
    return lambda connection, _: connection.sendall(reply)


def reset(connection: socket.socket, _: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(connection: socket.socket, _: bytes) -> None:
    connection.settimeout(5)
    connection.recv(1)


class Server:
    """Plays a list of acts, one for each request that arrives whole; remembers every byte, per connection."""

    def __init__(self, *acts: Act, tls: ssl.SSLContext | None = None) -> None:
        self.acts, self.tls = list(acts), tls
        self.requests: list[bytes] = []
        self.connections: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            place = len(self.connections)
            self.connections.append(b"")
            threading.Thread(target=self._talk, args=(connection, place), daemon=True).start()

    def _talk(self, connection: socket.socket, place: int) -> None:
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            while (request := self._read(connection, place)) and self.acts.pop(0)(connection, request):
                pass
        except (OSError, IndexError):
            pass
        finally:
            connection.close()

    def _read(self, connection: socket.socket, place: int) -> bytes:
        got = b""
        while b"\r\n\r\n" not in got or len(got.partition(b"\r\n\r\n")[2]) < self._length(got):
            more = connection.recv(65536)
            self.connections[place] += more
            if more.startswith(b"\x16") and not got:  # a TLS greeting: a plain server says that it does not understand
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return b""
            if not more:
                return b""
            got += more
        self.requests.append(got)
        return got

    @staticmethod
    def _length(got: bytes) -> int:
        lines = got.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
        return next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)  # wakes accept(); a mere close would let one more in
        self.socket.close()


class NoPace:
    def wait(self) -> None:
        pass


@contextmanager
def serving(*acts: Act, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(*acts, tls=tls)
    try:
        yield server
    finally:
        server.close()


def client(server: Server | None = None, name: str = "127.0.0.1", **options: object) -> Http:
    port = server.port if server else 1
    rule = AddressRule(practice=frozenset({f"{name}:{port}"}), resolver=lambda host, port: ["127.0.0.1"])
    settings = {"rule": rule, "before_call": lambda: None, "pacer": NoPace(), "in_flight": 2, "secrets": {CANARY}}
    return Http("QNE", **(settings | options))  # type: ignore[arg-type]


def post(http: Http, url: str, read_s: float = 2.0, body: bytes = b'{"a":1}') -> object:
    return http.request("POST", url + "/api/Create", body=body, read_s=read_s, params={"api-key": CANARY}).json()


def error_of(call: Callable[[], object]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        call()
    return caught.value


# --- the outcome table ------------------------------------------------------------------------------------------


def test_a_refused_connection_sent_nothing():
    with serving() as server:
        pass
    assert type(error_of(lambda: post(client(server), server.url))) is NotSent


def test_a_name_that_does_not_resolve_sent_nothing():
    def no_such_host(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    http = client(rule=AddressRule(resolver=no_such_host))
    error = error_of(lambda: post(http, "https://shop.example"))
    assert type(error) is NotSent
    assert "gaierror" in error.cause


def test_a_connection_that_times_out_sent_nothing(monkeypatch: pytest.MonkeyPatch):
    def too_slow(*_: object) -> socket.socket:
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", too_slow)
    http = client(rule=AddressRule(resolver=lambda host, port: ["93.184.216.34"]))
    assert type(error_of(lambda: post(http, "https://shop.example"))) is NotSent


def test_a_tls_handshake_that_fails_sent_nothing():
    with serving(answer()) as server:  # speaks plain HTTP
        http = client(server)
        assert type(error_of(lambda: post(http, server.url.replace("http:", "https:")))) is NotSent
        assert not server.requests


def test_a_tls_handshake_that_hangs_sent_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wire, "CONNECT_S", 0.2)
    monkeypatch.setattr(Server, "_read", lambda self, connection, place: connection.recv(0) or time.sleep(1))
    with serving() as server:
        assert type(error_of(lambda: post(client(server), server.url.replace("http:", "https:")))) is NotSent


def test_a_forbidden_address_sent_nothing():
    with serving(answer()) as server:
        http = client(rule=AddressRule(resolver=lambda host, port: ["127.0.0.1"]))
        assert type(error_of(lambda: post(http, f"https://shop.example:{server.port}"))) is AddressRefused
        assert server.connections == []


def test_a_read_timeout_leaves_the_outcome_unknown():
    with serving(hang) as server:
        assert type(error_of(lambda: post(client(server), server.url, read_s=0.2))) is OutcomeUnknown
        assert len(server.requests) == 1


def test_a_reset_after_the_request_left_leaves_the_outcome_unknown():
    with serving(reset) as server:
        assert type(error_of(lambda: post(client(server), server.url))) is OutcomeUnknown
        assert len(server.requests) == 1


def test_a_hang_up_without_an_answer_leaves_the_outcome_unknown():
    with serving(raw(b"")) as server:
        assert type(error_of(lambda: post(client(server), server.url))) is OutcomeUnknown


PACKED = gzip.compress(b'{"id": "1"}', mtime=0)
HALF = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b'{"id":',
    b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"id',
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 40\r\n\r\n" + PACKED[:20],
    b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n" + b'{"id":',
    b"HTTP/1.1 200 OK\r\n\r\n" + b'{"id":',
    b"HTTP/1.1 200 OK\r\nContent-Le",
    b"not http at all\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nnotgzip",
    b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
]


@pytest.mark.parametrize("reply", HALF)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_half_an_answer_or_no_json_leaves_the_outcome_unknown(reply: bytes, method: str):
    with serving(raw(reply)) as server:
        http = client(server)
        error = error_of(lambda: http.request(method, server.url + "/x", read_s=2).json())
        assert type(error) is OutcomeUnknown
        assert len(server.requests) == 1


def test_an_answer_that_is_too_large_leaves_the_outcome_unknown():
    packed = gzip.compress(bytes(BODY_LIMIT + 10))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with serving(raw(head + packed)) as server:
        error = error_of(lambda: post(client(server), server.url))
        assert type(error) is OutcomeUnknown
        assert "too large" in str(error)


@pytest.mark.parametrize("status", [201, 302, 401, 429, 500])
def test_an_answer_that_came_whole_is_given_back_whatever_its_status(status: int):
    with serving(answer(status, headers="Location: http://127.0.0.1:1/\r\nRetry-After: 3\r\n")) as server:
        reply = client(server).request("POST", server.url + "/x", body=b"{}", read_s=2)
        assert (reply.status, reply.json(), reply.headers["retry-after"]) == (status, {"ok": True}, "3")
        assert len(server.requests) == 1


def test_a_redirect_to_metadata_is_not_followed():
    with serving(answer(302, headers="Location: http://169.254.169.254/latest/\r\n"), answer()) as server:
        reply = client(server).request("GET", server.url + "/x", read_s=2)
        assert reply.status == 302
        assert len(server.requests) == 1


# --- never twice ------------------------------------------------------------------------------------------------


def test_a_write_on_a_connection_that_died_unnoticed_is_not_sent_again():
    with serving(answer(), reset, answer()) as server:
        http = client(server)
        post(http, server.url)
        assert type(error_of(lambda: post(http, server.url))) is OutcomeUnknown
        assert len(server.requests) == 2
        assert len(server.connections) == 1


def test_a_read_on_a_connection_that_died_unnoticed_is_asked_once_more():
    with serving(answer(), reset, answer(body=b"[1]")) as server:
        http = client(server)
        http.request("GET", server.url + "/x", read_s=2)
        assert http.request("GET", server.url + "/x", read_s=2).json() == [1]
        assert len(server.connections) == 2


def test_a_connection_that_the_server_closed_in_time_is_replaced_before_a_write():
    with serving(answer(keep=False), answer(body=b"[2]")) as server:
        http = client(server)
        post(http, server.url)
        time.sleep(0.05)
        assert post(http, server.url) == [2]


def test_a_write_does_not_reuse_a_connection_that_was_idle_for_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wire, "STALE_AFTER_S", 0.0)
    with serving(answer(), answer(), answer()) as server:
        http = client(server)
        post(http, server.url)
        http.request("GET", server.url + "/x", read_s=2)
        assert len(server.connections) == 1
        post(http, server.url)
        assert len(server.connections) == 2


def test_a_write_is_never_repeated_by_patience():
    with serving(answer(503), answer()) as server:
        http = client(server)
        assert http.request("POST", server.url + "/x", body=b"{}", read_s=2, patience=(1, 1)).status == 503
        assert len(server.requests) == 1


def test_a_read_waits_and_asks_again_where_its_adapter_is_patient():
    slept: list[float] = []
    acts = (answer(503), answer(429, headers="Retry-After: 7\r\n"), reset, answer(body=b"[3]"))
    with serving(*acts) as server:
        http = client(server, sleep=slept.append)
        reply = http.request("GET", server.url + "/x", read_s=2, patience=(2, 4, 8, 16))
        assert reply.json() == [3]
        assert slept == [2, 7]  # the reset broke a reused connection, so it was asked again at once
    with serving(*[answer(503)] * 3) as server:
        assert client(server, sleep=slept.append).request("GET", server.url, read_s=2, patience=(2, 4)).status == 503
        assert slept == [2, 7, 2, 4]


@pytest.mark.parametrize(("told_s", "waited"), [(3.5, [3.5, 3.5]), (0.0, [2, 4]), (None, [])])
def test_a_good_answer_that_asks_to_wait_is_waited_for(told_s: float | None, waited: list[float]):
    slept: list[float] = []
    with serving(*[answer()] * 3) as server:
        http = client(server, sleep=slept.append)
        wishes = {"read_s": 2, "writes": False, "patience": (2, 4), "told_wait": lambda reply: told_s}
        assert http.request("POST", server.url, **wishes).status == 200
        assert slept == waited


def test_a_post_that_only_asks_may_be_patient_with_429_alone():
    slept: list[float] = []
    with serving(answer(429), answer(500), answer()) as server:
        http = client(server, sleep=slept.append)
        reply = http.request("POST", server.url, read_s=2, writes=False, patience=(2, 4), only_when_throttled=True)
        assert (reply.status, slept) == (500, [2])


def test_a_read_may_be_patient_with_other_statuses_too_and_a_write_never_is():
    slept: list[float] = []
    with serving(answer(401), answer(503), answer(401), answer(401)) as server:
        http = client(server, sleep=slept.append)
        for status in (503, 401):
            reply = http.request("GET", server.url, read_s=2, patience=(10,), also=frozenset({401}))
            assert reply.status == status
        assert slept == [10, 10]
    with serving(answer(401), answer()) as server:
        http = client(server, sleep=slept.append)
        reply = http.request("POST", server.url, body=b"{}", read_s=2, patience=(10,), also=frozenset({401}))
        assert (reply.status, len(slept)) == (401, 2)


def test_a_long_retry_after_is_told_and_not_slept():
    slept: list[float] = []
    with serving(answer(429, headers="Retry-After: 600\r\n")) as server:
        http = client(server, sleep=slept.append)
        assert http.request("GET", server.url, read_s=2, patience=(2, 4)).status == 429
        assert slept == []


# --- the watch on the bytes -------------------------------------------------------------------------------------


def test_the_watch_is_told_right_before_the_first_byte_and_right_after_the_last():
    told: list[tuple[str, int, int]] = []
    release = threading.Event()

    def wait_then_answer(connection: socket.socket, request: bytes) -> bool | None:
        release.wait(2)
        return answer()(connection, request)

    with serving(wait_then_answer) as server:
        http = client(server)

        def before() -> None:
            time.sleep(0.05)
            told.append(("before", len(server.connections), len(b"".join(server.connections))))

        def after() -> None:
            time.sleep(0.05)
            told.append(("after", len(server.connections), len(server.requests)))
            release.set()

        with http.watched(before, after):
            post(http, server.url, body=b"x" * 100_000)
    assert told == [("before", 1, 0), ("after", 1, 1)]


def test_a_read_is_not_watched_nor_a_post_that_only_asks():
    told: list[str] = []
    with serving(answer(), answer(), answer()) as server:
        http = client(server)
        with http.watched(lambda: told.append("before"), lambda: told.append("after")):
            http.request("GET", server.url, read_s=2)
            http.request("POST", server.url, body=b"{}", read_s=2, writes=False)
        post(http, server.url)
    assert told == []


@pytest.mark.parametrize("warm", [False, True])
def test_a_watch_that_says_too_late_sends_nothing_and_leaves_as_it_is(warm: bool):
    late = TooLate(Message("Too late."))

    def say_too_late() -> None:
        raise late

    with serving(answer(), answer(body=b"[4]"), answer(body=b"[4]")) as server:
        http = client(server)
        if warm:
            post(http, server.url)
        with http.watched(say_too_late, lambda: None):
            assert error_of(lambda: post(http, server.url)) is late
        time.sleep(0.05)
        assert len(server.requests) == int(warm)
        assert post(http, server.url)  # the pool is clean
        assert len(server.requests) == int(warm) + 1


def test_a_bug_in_the_watch_before_the_bytes_leaves_as_it_is():
    with serving(answer()) as server:
        http = client(server)
        with http.watched(lambda: {}["lease"], lambda: None), pytest.raises(KeyError):
            post(http, server.url)
        assert server.requests == []


def test_an_error_of_the_watch_after_the_bytes_leaves_the_outcome_unknown():
    with serving(answer()) as server:
        http = client(server)
        with http.watched(lambda: None, lambda: {}["lease"]):
            assert type(error_of(lambda: post(http, server.url))) is OutcomeUnknown


def test_each_thread_has_a_watch_of_its_own():
    told: list[str] = []
    with serving(answer(), answer()) as server:
        http = client(server)
        other = threading.Thread(target=post, args=(http, server.url))
        with http.watched(lambda: told.append("before"), lambda: told.append("after")):
            other.start()
            other.join()
            assert told == []
            post(http, server.url)
    assert told == ["before", "after"]


# --- guards -----------------------------------------------------------------------------------------------------


def test_every_call_asks_first_whether_it_may_be_made():
    def open_transaction() -> None:
        raise RuntimeError("a transaction is open")

    with serving(answer()) as server:
        with pytest.raises(RuntimeError):
            post(client(server, before_call=open_transaction), server.url)
        assert server.connections == []


def test_no_more_calls_are_in_flight_than_allowed():
    flying, most, lock = [0], [0], threading.Lock()

    def slow(connection: socket.socket, request: bytes) -> bool | None:
        with lock:
            flying[0] += 1
            most[0] = max(most[0], flying[0])
        time.sleep(0.05)
        with lock:
            flying[0] -= 1
        return answer()(connection, request)

    with serving(*[slow] * 6) as server:
        http = client(server, in_flight=2)
        threads = [threading.Thread(target=post, args=(http, server.url)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == [2]
    assert len(server.connections) == 2


def test_a_resolver_that_answers_differently_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch):
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    dialled: list[tuple[str, int]] = []

    def dial(address: tuple[str, int], *_: object) -> socket.socket:
        dialled.append(address)
        raise ConnectionRefusedError("no")

    monkeypatch.setattr(socket, "create_connection", dial)
    http = client(rule=AddressRule(resolver=lambda host, port: answers.pop(0)))
    assert type(error_of(lambda: post(http, "https://shop.example"))) is NotSent
    assert dialled == [("93.184.216.34", 443)]
    assert type(error_of(lambda: post(http, "https://shop.example"))) is AddressRefused
    assert len(dialled) == 1


def test_a_pooled_connection_is_not_resolved_again():
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with serving(answer(), answer(), answer()) as server:
        rule = AddressRule(practice=frozenset({f"shop.test:{server.port}"}), resolver=resolver)
        http = client(rule=rule)
        for _ in range(3):
            post(http, f"http://shop.test:{server.port}")
        assert asked == ["shop.test"]
        assert f"host: shop.test:{server.port}".encode() in server.requests[0].lower()


def test_the_second_address_is_tried_where_the_first_refuses(monkeypatch: pytest.MonkeyPatch):
    with serving(answer(body=b"[5]")) as server:
        authority = f"shop.test:{server.port}"
        rule = AddressRule(practice=frozenset({authority}), resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"])
        assert post(client(rule=rule), f"http://{authority}") == [5]


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hunter22\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with serving(answer(headers="Set-Cookie: a=b\r\n"), answer()) as server:
        http = client(server)
        post(http, server.url)
        post(http, server.url)
        sent = b"".join(server.requests).lower()
        assert b"authorization" not in sent
        assert b"cookie" not in sent


# --- TLS --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for shop.test, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.test")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("shop.test"), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, none = serialization.Encoding.PEM, serialization.NoEncryption()
    path = tmp_path_factory.mktemp("tls") / "shop.pem"
    path.write_bytes(made.public_bytes(encoding) + key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, none))
    return path


def tls_of(certificate: Path, names: list[str | None]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    return context


def test_tls_keeps_the_name_while_it_connects_to_the_checked_address(certificate: Path):
    names: list[str | None] = []
    told: list[str] = []
    with serving(answer(body=b"[6]"), answer(), tls=tls_of(certificate, names)) as server:
        http = client(server, name="shop.test", ca_file=str(certificate))
        url = f"https://shop.test:{server.port}"
        with http.watched(lambda: told.append(str(names)), lambda: told.append(str(len(names)))):
            assert post(http, url) == [6]
        post(http, url)
        assert names == ["shop.test"]
        assert told == ["['shop.test']", "1"]  # the handshake stands before the watch is asked
        assert f"host: shop.test:{server.port}".encode() in server.requests[0].lower()


def test_a_certificate_that_nobody_vouches_for_is_refused_and_nothing_is_sent(certificate: Path):
    with serving(answer(), tls=tls_of(certificate, [])) as server:
        http = client(server, name="shop.test")
        error = error_of(lambda: post(http, f"https://shop.test:{server.port}"))
        assert type(error) is NotSent
        assert "CERTIFICATE_VERIFY_FAILED" in error.cause
        assert server.requests == []


def test_a_certificate_of_another_name_is_refused_and_nothing_is_sent(certificate: Path):
    with serving(answer(), tls=tls_of(certificate, [])) as server:
        http = client(server, name="other.test", ca_file=str(certificate))
        assert type(error_of(lambda: post(http, f"https://other.test:{server.port}"))) is NotSent
        assert server.requests == []


# --- secrets ----------------------------------------------------------------------------------------------------


def all_text(error: BaseException) -> str:
    """Everything that a log, a page or a debugger could show of an error and of all that hangs on it."""
    seen: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop()
        if each is not None and each not in seen:
            seen.append(each)
            todo += [each.__cause__, each.__context__]
    texts = [
        f"{each!s} {each!r} {each.args!r} {getattr(each, 'cause', '')} {getattr(each, 'message', '')}" for each in seen
    ]
    return "\n".join([*texts, *traceback.format_exception(error)])


FAILURES: list[Act] = [
    reset,
    hang,
    raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
    raw(f"HTTP/1.1 200 OK\r\nX: {CANARY}\r\nbad header {CANARY}\r\nContent-Length: 0\r\n\r\n".encode()),
    answer(200, f"<html>api-key={CANARY}</html>".encode()),
    raw(f"{CANARY} is not http\r\n\r\n".encode()),
]


@pytest.mark.parametrize("act", FAILURES)
def test_no_failure_shows_a_secret(act: Act, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    headers = {"Authorization": f"Bearer {CANARY}", "Access-Token": CANARY}
    with serving(act) as server:
        http = client(server)
        error = error_of(
            lambda: http.request(
                "GET", server.url + "/api/Auth/Connect", params={"api-key": CANARY}, headers=headers, read_s=0.2
            ).json()
        )
    assert CANARY not in all_text(error)
    assert CANARY not in caplog.text
    assert caplog.records


def test_a_refused_connection_shows_no_secret(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    with serving() as server:
        pass
    error = error_of(lambda: post(client(server), server.url))
    assert CANARY not in all_text(error) + caplog.text


def test_a_secret_learnt_later_is_hidden_too():
    http = client()
    http.hide("learnt-0001")
    assert http.redact("learnt-0001") == "***"


def test_nothing_is_left_open():
    with serving(answer()) as server:
        http = client(server)
        post(http, server.url)
        http.close()
        del http
        gc.collect()
        time.sleep(0.05)
        assert server.connections[0].endswith(b'{"a":1}')
