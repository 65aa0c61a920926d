"""The imitated SQL Account believes a signature exactly when it is right: the vectors of sql-accounting.md 3.1, then
real HTTP with two signers that are not ours."""

import calendar
import hashlib
import time
import types
from email.utils import parsedate_to_datetime

import botocore.auth
import pytest
import requests
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests_aws4auth import AWS4Auth

from practice.sql_accounting.signature import canonical_requests, claim_of, is_genuine, signature
from practice.web import Request
from tests.practice_fixture import start_practice

ACCESS = "0123456789abcdef0123456789abcdef.sql.my/ACCOUNTAPI"
SECRET = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
MOMENT, NOW = "20260115T023000Z", calendar.timegm((2026, 1, 15, 2, 30, 0))
BODY = b'{"code":"JOHN","description":"John"}'
BODY_HASH = "ef244252e3ad5658533acfab25d635cded136614b494d054f0bc310aa6861879"
SCOPE = "ap-southeast-5/sqlaccount"
PLAIN, JSON = "host;x-amz-date", "content-type;host;x-amz-date"
HASHED = "content-type;host;x-amz-content-sha256;x-amz-date"
VECTORS = {
    "V1": (
        *("GET", "/customer?offset=0&limit=50", PLAIN, SCOPE),
        "47ac4f28e2d819123c62eb307451a2ac58aa65915b148c2534c902bb2a511a74",
        "692dcb00fd38c06f241ed2304c1cdf11163b06dc50db9d0407309af13fe1acfb",
    ),
    "V2": (
        *("GET", "/customer/300-A0001", PLAIN, SCOPE),
        "2eeb99c45709d77ad8f98946853fe3913bfa3c676a7a9cb84bc40c04f8a64473",
        "0e86552976d757787254a30c26791f9ae671b3a319bb3418385c51dda7e376b0",
    ),
    "V3": (
        *("GET", "/salesinvoice/*?docno=IV-00001", PLAIN, SCOPE),
        "c5f5e454af23c4c0bf94590f70c865ba603f4312fd265cb6351784c045f7db8f",
        "d182ac0c21b24dd41c430fe739aed617ed9bb54657bff81b16359307875daf9d",
    ),
    "V3b": (
        *("GET", "/salesinvoice/*?docno=IV-00001", PLAIN, SCOPE),
        "19872c7d2fe236873aedb9384819a46fa1df64733784172a356e6cf44518a185",
        "b437e6f854c1bbeaba306b4f84bc84efa9850cc2f3db83b46ebb4a984472d7dd",
    ),
    "V4": (
        *("GET", "/agent/A%20B", PLAIN, SCOPE),
        "972f38b4fb5584ad2f4f422dd2906b142932c1640ff92114c63dacb263d8797b",
        "f92332f3e2e020733dfabb45f8b97b7514933cdd82e430a2181fa188f26045ed",
    ),
    "V5": (
        *("GET", "/customer?companyname=%2Akedai%2A&offset=0", PLAIN, SCOPE),
        "e6055f13832aedbafa2b1de2e0b56f6a1aaf806aa262401a82155bf0cdf799dd",
        "1d8c36d15708e74d4c30a8d343fdc73c8a75f9b7f6f0768e576a8de11037f528",
    ),
    "V6": (
        *("GET", "/salesinvoice?docref1=WC%20%231001&offset=0", PLAIN, SCOPE),
        "5e3f3764e8bbb6af9b4d96602513432228a67d996047db8b83aad3c26456a26f",
        "9aef230f8507447365fb3a604a60194efeabc387f3d54e5524057ee0faf85eec",
    ),
    "V7": (
        *("GET", "/salesinvoice?docdate=2026-01-01~2026-01-31&offset=0", PLAIN, SCOPE),
        "3e8a366b180bf57ca90d9b41ceac1bb0ba1b043966adb83da95a3e15e8e17fa6",
        "a1ef73677d66b68204b34cbfc3d1136d6314868e961f9ac535921044fdb511b1",
    ),
    "V8": (
        *("POST", "/agent", JSON, SCOPE),
        "d70b5c455467cf15fe8f376d78dc94dc6db391033237c67fa974e2a246ce768c",
        "31d8fd7352a9bba9b0bbfeddc6baa0c0a779699e92b1a156c2f09e37cadcb2b7",
    ),
    "V9": (
        *("POST", "/agent", HASHED, SCOPE),
        "fe7ea2c84a40bdfe023339c3ef4057a5818f5e36cdb1a8e2831a667e5093e48b",
        "63366de952eeb48ccb896fed95134761f94e95e87ab3a5f1bf92a6d8ed0cfc1e",
    ),
    "V10": (
        *("DELETE", "/salesinvoice/123", PLAIN, SCOPE),
        "2552739780fd6988e78c84bdb5c714046d7574658071e73c8c6512cd47725a61",
        "e38be5dcb8af04c8a1db2cd1b3f3a75701f6132c164eefb1753f50bfcefca7ff",
    ),
    "V11": (
        *("GET", "/customer?offset=0&limit=50", PLAIN, "ap-southeast-1/execute-api"),
        "47ac4f28e2d819123c62eb307451a2ac58aa65915b148c2534c902bb2a511a74",
        "07e214aa86514af5ca038742b1e8e88c496c8b875356a9e8e8cbd2c9c8ac75ec",
    ),
}

pytestmark = pytest.mark.feature("P11", "P3")


# the vectors


def signed(method, target, names, scope, made, comma=", ", moment=MOMENT, access=ACCESS):
    """The request of a vector as it reaches the server, with its signature."""
    headers = {"host": "api.sql.my", "x-amz-date": moment, "user-agent": "Mozilla/5.0"}
    if method == "POST":
        headers["content-type"] = "application/json"
    if "sha256" in names:
        headers["x-amz-content-sha256"] = BODY_HASH
    parts = f"Credential={access}/{moment[:8]}/{scope}/aws4_request", f"SignedHeaders={names}", f"Signature={made}"
    headers["authorization"] = "AWS4-HMAC-SHA256 " + comma.join(parts)
    body = BODY if method == "POST" else b""
    return Request("sql_accounting", method, target.partition("?")[0], {}, headers, body, target=target)


def is_believed(request, access=ACCESS, secret=SECRET, now=NOW, services=("sqlaccount", "execute-api")):
    return is_genuine(request, access, secret, services, now)


def resigned(request):
    """The request with the signature that its own header asks for."""
    head, _, _ = request.headers["authorization"].partition("Signature=")
    claim = claim_of(request.headers["authorization"])
    form = canonical_requests(request, claim.headers)[0]
    request.headers["authorization"] = f"{head}Signature={signature(SECRET, claim, MOMENT, form)}"
    return request


@pytest.mark.parametrize("name", VECTORS)
def test_a_golden_vector_has_its_canonical_request_and_its_signature(name):
    method, target, names, scope, digest, made = VECTORS[name]
    request = signed(method, target, names, scope, made)
    claim = claim_of(request.headers["authorization"])
    forms = {hashlib.sha256(form.encode()).hexdigest(): form for form in canonical_requests(request, claim.headers)}
    assert signature(SECRET, claim, MOMENT, forms[digest]) == made
    assert is_believed(request)


@pytest.mark.parametrize("name", VECTORS)
def test_a_golden_vector_with_one_character_changed_is_not_believed(name):
    method, target, names, scope, _, made = VECTORS[name]
    other = made[:-1] + ("0" if made[-1] != "0" else "1")
    assert not is_believed(signed(method, target, names, scope, other))
    assert not is_believed(signed(method, target + "0", names, scope, made))
    assert not is_believed(signed(method, target, names, scope, made), secret=SECRET[:-1] + "0")
    assert not is_believed(signed(method, target, names, scope, made), access=ACCESS[:-1] + "J")
    assert not is_believed(signed("PATCH", target, names, scope, made))


def test_the_parts_of_the_header_may_be_separated_without_a_blank():
    method, target, names, scope, _, made = VECTORS["V1"]
    assert is_believed(signed(method, target, names, scope, made, comma=","))


@pytest.mark.parametrize(("off_s", "believed"), [(-900, True), (900, True), (-901, False), (901, False)])
def test_a_clock_may_be_fifteen_minutes_off_and_no_more(off_s, believed):
    method, target, names, scope, _, made = VECTORS["V1"]
    assert is_believed(signed(method, target, names, scope, made), now=NOW + off_s) is believed


def test_only_a_permitted_service_in_its_own_region_is_believed():
    for name, service in (("V1", "sqlaccount"), ("V11", "execute-api")):
        method, target, names, scope, _, made = VECTORS[name]
        request = signed(method, target, names, scope, made)
        other = ({"sqlaccount", "execute-api"} - {service}).pop()
        assert is_believed(request, services=(service,)) and not is_believed(request, services=(other,))
    assert not is_believed(resigned(signed("GET", "/customer", PLAIN, "ap-southeast-1/sqlaccount", "")))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer x",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host;x-amz-date",
        "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host;x-amz-date, Signature=b",
        "AWS4-HMAC-SHA256 Credential=a/20260115/ap-southeast-5/sqlaccount/aws4, SignedHeaders=host, Signature=b",
        "AWS4-HMAC-SHA256 Credential=a, Credential=a, Signature=b",
    ],
)
def test_a_header_that_says_something_else_is_no_claim(header):
    assert claim_of(header) is None


@pytest.mark.parametrize(
    "names", ["x-amz-date", "host", "x-amz-date;host", "host;host;x-amz-date", "a;host;x-amz-date"]
)
def test_host_and_date_must_be_signed_and_the_names_in_order(names):
    request = signed("GET", "/customer", PLAIN, SCOPE, "0" * 64)
    claim = claim_of(request.headers["authorization"])
    headers = {"a": ""} | request.headers
    form = "\n".join(("GET", "/customer", "", *(f"{n}:{headers[n]}" for n in names.split(";")), "", names, EMPTY))
    made = signature(SECRET, claim, MOMENT, form)
    assert is_believed(signed("GET", "/customer", names, SCOPE, made)) is False


EMPTY = hashlib.sha256(b"").hexdigest()


def test_a_signature_of_another_day_than_its_date_is_not_believed():
    request = signed("GET", "/customer", PLAIN, SCOPE, "")
    assert is_believed(resigned(request))
    request.headers["authorization"] = request.headers["authorization"].replace("/20260115/", "/20260114/")
    assert not is_believed(resigned(request))


# over HTTP


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True) as practice:
        yield practice


@pytest.fixture(autouse=True)
def _fresh(server):
    server.reset()


def by_botocore(server, method, path, body=b"", scope=SCOPE, headers=None, secret=None):
    """A request signed by botocore, ready to be sent."""
    keys = server.line["sql_accounting"]
    region, service = scope.split("/")
    request = AWSRequest(method, keys["base_url"] + path, data=body, headers=headers or {})
    if body:
        request.headers["Content-Type"] = "application/json"
    credentials = Credentials(keys["access_key"], secret or keys["secret_key"])
    botocore.auth.SigV4Auth(credentials, service, region).add_auth(request)
    return types.SimpleNamespace(method=method, url=request.url, headers=dict(request.headers), body=body)


def send(server, request, **changes):
    """Send it, its parts changed on the way."""
    made = vars(request) | changes
    prepared = requests.Request(made["method"], "http://x", headers=made["headers"], data=made["body"]).prepare()
    prepared.url = made["url"]  # as it was signed, not as requests would write it
    return server.http.send(prepared, timeout=10)


NEW = b'{"code":"JOHN","description":"John"}'


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/version", b""),
        ("GET", "/healthcheck", b""),
        ("GET", "/customer?offset=0&limit=50", b""),
        ("GET", "/customer?companyname=%2AShopee%2A", b""),
        ("GET", "/customer/*?code=300-W0001", b""),
        ("GET", "/customer/%2A?code=300-W0001", b""),
        ("GET", "/salesinvoice?docref1=WC%20%231001&docdate=2026-01-01~2026-01-31", b""),
        ("POST", "/agent", NEW),
    ],
)
@pytest.mark.parametrize("scope", [SCOPE, "ap-southeast-1/execute-api"])
def test_what_botocore_signs_is_believed(server, method, path, body, scope):
    reply = send(server, by_botocore(server, method, path, body, scope))
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("scope", [SCOPE, "ap-southeast-1/execute-api"])
def test_what_requests_aws4auth_signs_is_believed(server, scope):
    keys, (region, service) = server.line["sql_accounting"], scope.split("/")
    auth = AWS4Auth(keys["access_key"], keys["secret_key"], region, service)
    for path in ("/customer?offset=0", "/customer/*?code=300-W0001", "/customer?companyname=%2AShopee%2A"):
        assert server.http.get(keys["base_url"] + path, auth=auth, timeout=10).status_code == 200
    head = {"Content-Type": "application/json"}
    assert server.http.post(keys["base_url"] + "/agent", data=NEW, headers=head, auth=auth).json()["code"] == "JOHN"


def test_a_code_with_a_blank_is_found_by_its_escaped_path(server):
    send(server, by_botocore(server, "POST", "/agent", b'{"code":"A B","description":"Anna"}'))
    assert send(server, by_botocore(server, "GET", "/agent/A%20B")).json()["data"][0]["description"] == "Anna"


def is_forbidden(reply):
    return (reply.status_code, reply.json()) == (403, {"message": "Forbidden"})


def test_one_changed_byte_anywhere_is_forbidden_and_saves_nothing(server):
    request = by_botocore(server, "POST", "/agent?a=1", NEW)
    assert is_forbidden(send(server, request, body=NEW.replace(b"John", b"Joan")))
    assert is_forbidden(send(server, request, url=request.url.replace("a=1", "a=2")))
    assert is_forbidden(send(server, request, url=request.url.replace("/agent", "/area")))
    assert is_forbidden(send(server, request, headers=request.headers | {"Content-Type": "application/jsom"}))
    assert is_forbidden(send(server, request, method="PUT"))
    assert is_forbidden(send(server, by_botocore(server, "POST", "/agent", NEW, secret="0" * 64)))
    assert send(server, by_botocore(server, "GET", "/agent/JOHN")).status_code == 404


def test_the_prefix_is_a_part_of_the_signed_path(server):
    request = by_botocore(server, "GET", "/customer")
    bare = by_botocore(server, "GET", "/customer")
    bare.url = bare.url.replace("/sql_accounting", "")
    assert send(server, request).status_code == 200 and send(server, bare).status_code == 404
    assert "/sql_accounting/customer" in request.url


def test_a_call_without_a_signature_or_without_its_date_is_forbidden(server):
    request = by_botocore(server, "GET", "/customer")
    assert is_forbidden(send(server, request, headers={"User-Agent": "x"}))
    without = {name: value for name, value in request.headers.items() if name != "X-Amz-Date"}
    assert is_forbidden(send(server, request, headers=without))


def test_only_one_pair_of_service_and_region_works_by_switch(server):
    server.settings("sql_accounting", only_service="execute-api")
    assert is_forbidden(send(server, by_botocore(server, "GET", "/version")))
    assert send(server, by_botocore(server, "GET", "/version", scope="ap-southeast-1/execute-api")).status_code == 200


@pytest.mark.parametrize("off_s", [-1000, 1000])
def test_a_clock_that_is_far_off_is_forbidden_and_the_date_header_tells_the_servers_time(server, off_s):
    server.settings("sql_accounting", clock_off_s=off_s)
    reply = send(server, by_botocore(server, "GET", "/version"))
    assert is_forbidden(reply)
    shown = parsedate_to_datetime(reply.headers["Date"]).timestamp() - time.time()
    assert abs(shown - off_s) < 5


def test_a_caller_without_a_name_meets_the_page_of_a_proxy(server):
    request = by_botocore(server, "GET", "/version")
    reply = send(server, request, headers=request.headers | {"User-Agent": ""})
    assert reply.status_code == 403 and reply.text.startswith("<!DOCTYPE html>")
    server.settings("sql_accounting", blocked_agents=["python-*"])
    assert send(server, request, headers=request.headers | {"User-Agent": "python-requests/2"}).status_code == 403
    assert send(server, request, headers=request.headers | {"User-Agent": "Mozilla/5.0"}).status_code == 200
