"""Signing in at Intuit: the address, the tokens, their renewal and end."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.accounting.quickbooks.oauth import QuickBooksSignIn
from adapters.errors import LoginRefused, NotSent, OutcomeUnknown, Refused, RemoteError, TooFast
from documents import say
from tests.unit.quickbooks_fakes import FakeHttp

pytestmark = pytest.mark.feature("P4")

TOKENS = {
    "token_type": "bearer",
    "access_token": "access-1",
    "expires_in": 3600,
    "refresh_token": "refresh-2",
    "x_refresh_token_expires_in": 8726400,
    "x_refresh_token_hard_expires_in": 157680000,
    "something_new": 1,
}
TOKEN, REVOKE = "/qbo/oauth/tokens/bearer", "/qbo/oauth/tokens/revoke"


@pytest.fixture
def http() -> FakeHttp:
    return FakeHttp()


@pytest.fixture
def sign_in(http: FakeHttp) -> QuickBooksSignIn:
    return made(http, base_url="http://127.0.0.1:1/qbo")


def made(http: FakeHttp, **settings: str) -> QuickBooksSignIn:
    return QuickBooksSignIn({"client_id": "app", **settings}, {"client_secret": "s3cret"}, http)  # type: ignore[arg-type]


def test_a_person_goes_to_intuit_with_what_it_asks_for(http: FakeHttp):
    address = urlsplit(made(http).address("state-of-30-characters-or-more", "https://shop.example/back"))
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://appcenter.intuit.com/connect/oauth2"
    assert parse_qs(address.query) == {
        "client_id": ["app"],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": ["https://shop.example/back"],
        "state": ["state-of-30-characters-or-more"],
    }


def test_with_an_address_of_its_own_the_whole_sign_in_is_there(sign_in: QuickBooksSignIn):
    assert sign_in.address("s", "r").startswith("http://127.0.0.1:1/qbo/oauth/authorize?")


def test_a_code_is_exchanged_for_tokens(sign_in: QuickBooksSignIn, http: FakeHttp):
    http.on("POST", TOKEN, TOKENS)
    grant = sign_in.redeem("code-1", "https://shop.example/back")
    assert (grant.access_token, grant.refresh_token, grant.lives_s) == ("access-1", "refresh-2", 3600)
    assert (grant.refresh_lives_s, grant.ends_s) == (8726400, 157680000)
    [asked] = http.asked
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["code-1"],
        "redirect_uri": ["https://shop.example/back"],
    }
    assert asked.headers["Authorization"] == f"Basic {base64.b64encode(b'app:s3cret').decode()}"
    assert asked.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert http.hidden == {"access-1", "refresh-2"}


def test_a_refresh_token_is_renewed_by_whatever_comes_back(sign_in: QuickBooksSignIn, http: FakeHttp):
    http.on("POST", TOKEN, {name: value for name, value in TOKENS.items() if "hard" not in name})
    grant = sign_in.renew("refresh-1")
    assert (grant.refresh_token, grant.ends_s) == ("refresh-2", None)
    assert parse_qs(http.asked[0].body.decode()) == {"grant_type": ["refresh_token"], "refresh_token": ["refresh-1"]}


REFUSALS: list[tuple[Any, type[RemoteError], str]] = [
    ((400, {"error": "invalid_grant", "error_description": "Token invalid"}), LoginRefused, "connect it again"),
    ((400, {"error": "invalid_grant"}), LoginRefused, "invalid_grant"),
    ((401, {"error": "invalid_client"}), LoginRefused, "client id and client secret"),
    ((400, {"error": "invalid_client"}), LoginRefused, "client id and client secret"),
    ((400, {"error": "invalid_request", "error_description": "redirect_uri"}), Refused, "redirect_uri"),
    ((429, b""), TooFast, "slow down"),
    ((400, b"<html>"), OutcomeUnknown, "cannot be read"),
    ((503, {"error": "invalid_grant"}), OutcomeUnknown, "cannot be read"),
    ((200, b"<html>"), OutcomeUnknown, "cannot be read"),
    ((200, {"access_token": "a"}), OutcomeUnknown, "no tokens"),
    (NotSent(say("cannot be reached")), NotSent, "reached"),
]


@pytest.mark.parametrize(("told", "kind", "words"), REFUSALS)
def test_a_renewal_that_fails_says_what_to_do(
    sign_in: QuickBooksSignIn, http: FakeHttp, told: Any, kind: type[RemoteError], words: str
):
    http.on("POST", TOKEN, told)
    with pytest.raises(kind, match=words):
        sign_in.renew("refresh-1")
    assert len(http.asked) == 1


def test_an_ended_consent_and_wrong_keys_have_different_next_steps(sign_in: QuickBooksSignIn, http: FakeHttp):
    steps = []
    for error in ("invalid_grant", "invalid_client"):
        http.on("POST", TOKEN, (400, {"error": error}, {"intuit_tid": "1-69"}))
        with pytest.raises(LoginRefused) as refused:
            sign_in.renew("r")
        steps.append(refused.value.next_step)
        assert "intuit_tid 1-69" in refused.value.cause
    assert "Connect with QuickBooks" in steps[0] and "developer pages" in steps[1]


def test_revoking_ends_the_tokens(sign_in: QuickBooksSignIn, http: FakeHttp):
    http.on("POST", REVOKE, b"")
    sign_in.revoke("refresh-1")
    assert json.loads(http.asked[0].body) == {"token": "refresh-1"}
    assert http.asked[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("told", [b"", {"error": "invalid_request"}])
def test_a_token_that_is_dead_already_needs_no_revoking(sign_in: QuickBooksSignIn, http: FakeHttp, told: Any):
    http.on("POST", REVOKE, (400, told))
    sign_in.revoke("refresh-1")


@pytest.mark.parametrize(
    ("told", "kind"), [((400, {"error": "invalid_client"}), LoginRefused), ((503, b""), RemoteError)]
)
def test_a_revoke_that_did_not_happen_is_told(
    sign_in: QuickBooksSignIn, http: FakeHttp, told: Any, kind: type[RemoteError]
):
    http.on("POST", REVOKE, told)
    with pytest.raises(kind):
        sign_in.revoke("refresh-1")
