"""AWS Signature Version 4: the golden vectors of sql-accounting.md 3.1, and botocore as the judge of all else."""

import datetime as dt
import hashlib
from urllib.parse import quote, urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.accounting.sql_accounting.signing import Signer, canonical_request

ACCESS = "0123456789abcdef0123456789abcdef.sql.my/ACCOUNTAPI"
SECRET = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
AT = dt.datetime(2026, 1, 15, 2, 30, tzinfo=dt.UTC)
SIGNER = Signer(ACCESS, SECRET, "sqlaccount", "ap-southeast-5")
OLDER = Signer(ACCESS, SECRET, "execute-api", "ap-southeast-1")
HOST = "https://api.sql.my"
JOHN = b'{"code":"JOHN","description":"John"}'
JSON = {"Content-Type": "application/json"}
HASHED = {**JSON, "X-Amz-Content-SHA256": hashlib.sha256(JOHN).hexdigest()}

VECTORS = [
    (
        *("V1", SIGNER, "GET", "/customer?offset=0&limit=50", b"", {}),
        "47ac4f28e2d819123c62eb307451a2ac58aa65915b148c2534c902bb2a511a74",
        "692dcb00fd38c06f241ed2304c1cdf11163b06dc50db9d0407309af13fe1acfb",
    ),
    (
        *("V2", SIGNER, "GET", "/customer/300-A0001", b"", {}),
        "2eeb99c45709d77ad8f98946853fe3913bfa3c676a7a9cb84bc40c04f8a64473",
        "0e86552976d757787254a30c26791f9ae671b3a319bb3418385c51dda7e376b0",
    ),
    (
        *("V3", SIGNER, "GET", "/salesinvoice/*?docno=IV-00001", b"", {}),
        "c5f5e454af23c4c0bf94590f70c865ba603f4312fd265cb6351784c045f7db8f",
        "d182ac0c21b24dd41c430fe739aed617ed9bb54657bff81b16359307875daf9d",
    ),
    (
        *("V4", SIGNER, "GET", "/agent/A%20B", b"", {}),
        "972f38b4fb5584ad2f4f422dd2906b142932c1640ff92114c63dacb263d8797b",
        "f92332f3e2e020733dfabb45f8b97b7514933cdd82e430a2181fa188f26045ed",
    ),
    (
        *("V5", SIGNER, "GET", "/customer?companyname=%2Akedai%2A&offset=0", b"", {}),
        "e6055f13832aedbafa2b1de2e0b56f6a1aaf806aa262401a82155bf0cdf799dd",
        "1d8c36d15708e74d4c30a8d343fdc73c8a75f9b7f6f0768e576a8de11037f528",
    ),
    (
        *("V6", SIGNER, "GET", "/salesinvoice?docref1=WC%20%231001&offset=0", b"", {}),
        "5e3f3764e8bbb6af9b4d96602513432228a67d996047db8b83aad3c26456a26f",
        "9aef230f8507447365fb3a604a60194efeabc387f3d54e5524057ee0faf85eec",
    ),
    (
        *("V7", SIGNER, "GET", "/salesinvoice?docdate=2026-01-01~2026-01-31&offset=0", b"", {}),
        "3e8a366b180bf57ca90d9b41ceac1bb0ba1b043966adb83da95a3e15e8e17fa6",
        "a1ef73677d66b68204b34cbfc3d1136d6314868e961f9ac535921044fdb511b1",
    ),
    (
        *("V8", SIGNER, "POST", "/agent", JOHN, JSON),
        "d70b5c455467cf15fe8f376d78dc94dc6db391033237c67fa974e2a246ce768c",
        "31d8fd7352a9bba9b0bbfeddc6baa0c0a779699e92b1a156c2f09e37cadcb2b7",
    ),
    (
        *("V9", SIGNER, "POST", "/agent", JOHN, HASHED),
        "fe7ea2c84a40bdfe023339c3ef4057a5818f5e36cdb1a8e2831a667e5093e48b",
        "63366de952eeb48ccb896fed95134761f94e95e87ab3a5f1bf92a6d8ed0cfc1e",
    ),
    (
        *("V10", SIGNER, "DELETE", "/salesinvoice/123", b"", {}),
        "2552739780fd6988e78c84bdb5c714046d7574658071e73c8c6512cd47725a61",
        "e38be5dcb8af04c8a1db2cd1b3f3a75701f6132c164eefb1753f50bfcefca7ff",
    ),
    (
        *("V11", OLDER, "GET", "/customer?offset=0&limit=50", b"", {}),
        "47ac4f28e2d819123c62eb307451a2ac58aa65915b148c2534c902bb2a511a74",
        "07e214aa86514af5ca038742b1e8e88c496c8b875356a9e8e8cbd2c9c8ac75ec",
    ),
]


@pytest.mark.feature("P3")
@pytest.mark.parametrize("vector", VECTORS, ids=[vector[0] for vector in VECTORS])
def test_the_golden_vectors_come_out(vector):
    _, signer, method, target, body, headers, canonical, signature = vector
    made = signer.signed(method, HOST + target, body, headers, AT)
    signed = {name: value for name, value in made.items() if name != "Authorization"}
    assert hashlib.sha256(canonical_request(method, HOST + target, body, signed).encode()).hexdigest() == canonical
    assert made["Authorization"].endswith(f"Signature={signature}")


def test_a_canonical_request_has_its_seven_parts():
    headers = {"X-Amz-Date": "20260115T023000Z", "Host": "api.sql.my"}
    assert canonical_request("GET", f"{HOST}/customer?offset=0&limit=50", b"", headers).split("\n") == [
        "GET",
        "/customer",
        "limit=50&offset=0",
        "host:api.sql.my",
        "x-amz-date:20260115T023000Z",
        "",
        "host;x-amz-date",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]


def test_the_secret_stands_in_no_header_and_no_text():
    made = SIGNER.signed("GET", f"{HOST}/profile", b"", {}, AT)
    assert SECRET not in repr(made) + repr(SIGNER)
    assert ACCESS not in repr(SIGNER)


def test_the_moment_is_told_in_utc():
    kuala_lumpur = AT.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert SIGNER.signed("GET", HOST, b"", {}, kuala_lumpur) == SIGNER.signed("GET", HOST, b"", {}, AT)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://API.sql.my/profile", "api.sql.my"),
        ("https://books.example:443/profile", "books.example"),
        ("https://books.example:8443/profile", "books.example:8443"),
        ("http://127.0.0.1:8090/sql/profile", "127.0.0.1:8090"),
        ("http://agent.local:80/profile", "agent.local"),
    ],
)
def test_the_host_is_signed_as_it_is_sent(address: str, host: str):
    assert SIGNER.signed("GET", address, b"", {}, AT)["Host"] == host


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
segments = texts.filter(lambda text: text.strip(".")).map(lambda text: quote(text, safe=""))
hosts = st.sampled_from(["https://api.sql.my", "http://127.0.0.1:8090", "https://books.example:8443"])
times = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(dt.UTC))
keys = st.text("0123456789abcdef/.ABC", min_size=1, max_size=40)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    host=hosts,
    path=st.lists(segments, min_size=1, max_size=4),
    query=st.dictionaries(texts.filter(bool), texts, max_size=4),
    body=st.binary(max_size=60),
    content_type=st.sampled_from([None, "application/json", "application/pdf;template=Sales  Invoice 1"]),
    at=times,
    secret=keys,
    scope=st.tuples(st.sampled_from(["sqlaccount", "execute-api"]), st.sampled_from(["ap-southeast-5", "x"])),
)
def test_botocore_signs_every_request_in_the_same_way(method, host, path, query, body, content_type, at, secret, scope):
    query_text = urlencode(query, quote_via=quote)
    url = f"{host}/{'/'.join(path)}{'?' + query_text if query_text else ''}"
    headers = {"Content-Type": content_type} if content_type else {}
    made = Signer(ACCESS, secret, *scope).signed(method, url, body, headers, at)
    assert made["Authorization"] == botocore_signs(method, url, body, headers, at, secret, scope)


def botocore_signs(method, url, body, headers, at, secret, scope) -> str:
    request = AWSRequest(method=method, url=url, data=body, headers=headers)
    request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
    signer = SigV4Auth(Credentials(ACCESS, secret), *scope)
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    told = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, told), request)
    names = signer.signed_headers(signer.headers_to_sign(request))
    return f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, Signature={signature}"
