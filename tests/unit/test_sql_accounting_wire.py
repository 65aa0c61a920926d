"""What really leaves over HTTP is what was signed: checked by botocore from the raw request."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from adapters.accounting.base import Wanted
from adapters.accounting.sql_accounting import SqlAccounting
from adapters.addresses import AddressRule
from adapters.errors import NotSent
from adapters.http import Http, Pacer
from documents import Action, Role
from tests.unit.sql_accounting_fake import ACCESS_KEY, NOW, SECRET_KEY


@dataclass
class Listener:
    """A server that writes down what came, and answers as if it were the books."""

    port: int = 0
    raw: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            made.raw.append((self.command, self.path, dict(self.headers), content))
            told = {"data": []} if self.command == "GET" else {"dockey": 1, "docno": "IV-1", **json.loads(content)}
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def books_at(port: int) -> SqlAccounting:
    http = Http(
        "SQL Accounting",
        rule=AddressRule(practice=frozenset({f"127.0.0.1:{port}"})),
        before_call=lambda: None,
        pacer=Pacer(1000),
        in_flight=1,
        secrets={ACCESS_KEY, SECRET_KEY},
    )
    secrets = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
    return SqlAccounting({"base_url": f"http://127.0.0.1:{port}/sql"}, secrets, http, lambda: NOW)


@pytest.fixture
def books(listener: Listener) -> SqlAccounting:
    return books_at(listener.port)


def is_signed(method: str, target: str, headers: dict[str, str], content: bytes, port: int) -> bool:
    """The same signature comes out of the request as it arrived."""
    told = headers["Authorization"]
    names = told.split("SignedHeaders=")[1].split(",")[0].split(";")
    kept = {name: value for name, value in headers.items() if name.lower() in names}
    request = AWSRequest(method=method, url=f"http://127.0.0.1:{port}{target}", data=content, headers=kept)
    request.context["timestamp"] = headers["X-Amz-Date"]
    signer = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "sqlaccount", "ap-southeast-5")
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return told.endswith(f"Signature={signer.signature(text, request)}")


REFERENCES = ["REF-1", "WC #10/01", "a&b=c?d", "50%25", "~*!'();:@,+$[]", "茶 é", "sitegiant/SG-77/100231"]


@pytest.mark.feature("P3")
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_question_arrives_as_it_was_signed(books: SqlAccounting, listener: Listener, reference: str):
    books.find(Role.SALE, [Wanted(reference)])
    [(method, target, headers, content)] = listener.raw
    assert is_signed(method, target, headers, content, listener.port)
    assert not is_signed(method, target + "1", headers, content, listener.port)


@pytest.mark.feature("P3")
def test_a_document_arrives_as_it_was_signed(books: SqlAccounting, listener: Listener):
    payload = json.dumps({"docref1": "R", "docamt": "1", "docdate": "", "code": "", "currencycode": ""}).encode()
    books.send(Role.SALE, Action.CREATE, payload, "key")
    [(method, target, headers, content)] = listener.raw
    assert (method, target, content) == ("POST", "/sql/salesinvoice", payload)
    assert is_signed(method, target, headers, content, listener.port)
    assert headers["User-Agent"].startswith("Mozilla/5.0")
    assert [name for name in headers if name.lower() == "host"] == ["Host"]


def test_spans_of_days_keep_their_tilde(books: SqlAccounting, listener: Listener):
    day = dt.date(2026, 1, 1)
    books.find(Role.SALE, [Wanted("R-1", day), Wanted("R-2", day)])
    assert listener.raw[0][1] == "/sql/salesinvoice?docdate=2026-01-01~2026-01-01&offset=0"


def test_a_server_that_is_off_got_nothing():
    with pytest.raises(NotSent):
        books_at(port=1).send(Role.SALE, Action.CREATE, b"{}", "key")
