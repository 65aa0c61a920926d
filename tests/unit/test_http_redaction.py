"""No secret reaches a text."""

import logging

import pytest

from adapters import http  # noqa: F401 - importing it quietens urllib3
from adapters.redaction import redact

CANARY = "c4nary/secret+1="
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r"

LEAKS = [
    f"the key is {CANARY}",
    "quoted c4nary%2Fsecret%2B1%3D",
    f"HTTPSConnectionPool(host='x', port=443): Max retries exceeded with url: /api/Auth/Connect?api-key={CANARY}",
    f"GET https://openapi.account.qne.cloud/api/Auth/Connect?api-key={CANARY}&x=1 failed",
    f"Authorization: Bearer {CANARY}",
    f"'Authorization': 'Bearer {CANARY}'",
    f'{{"Access-Token": "{CANARY}"}}',
    f"Access-Token: {CANARY}",
    f"api_key={CANARY}",
    f'{{"token": "{CANARY}", "code": "0000"}}',
    f"password='{CANARY}'",
    f"Cookie: session={CANARY}; x=1",
]


@pytest.mark.parametrize("text", LEAKS)
def test_a_known_secret_is_taken_out_wherever_it_stands(text: str):
    assert "c4nary" not in redact(text, {CANARY})


@pytest.mark.parametrize("text", LEAKS[2:])
def test_a_credential_is_recognised_by_its_place_even_when_its_value_is_not_known(text: str):
    assert "c4nary" not in redact(text)


def test_a_token_is_recognised_by_its_looks():
    assert redact(f"got {JWT} back") == "got *** back"


def test_plain_words_stay():
    text = "Customer is required (code ERR_VALIDATION) at /api/SalesInvoices/Create, total 106.00"
    assert redact(text, {CANARY, "", "ab"}) == text


def test_what_urllib3_logs_has_no_query(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3.connectionpool", "urllib3.util.retry", "urllib3.connection"):
        logging.getLogger(name).warning('%s "%s %s"', "https://x:443", "GET", f"/api/Auth/Connect?api-key={CANARY}")
    assert len(caplog.records) == 2  # the third would print what a broken server sent
    assert "c4nary" not in caplog.text
    assert "/api/Auth/Connect?***" in caplog.text
