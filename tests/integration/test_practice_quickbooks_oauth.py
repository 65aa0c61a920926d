"""The imitated Intuit gives and takes access as quickbooks-online.md section 1 says. Real HTTP on loopback."""

import base64
import json
import re
import threading
import time
import urllib.parse
from types import SimpleNamespace

import pytest
import requests

from tests.practice_fixture import start_practice
from tests.quickbooks_calls import GB, MY, US, code

CALLBACK, STATE = "http://127.0.0.1:5000/connect/back", "s" * 32
SCOPE = "com.intuit.quickbooks.accounting"

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True, scale=1000) as practice:
        yield practice


@pytest.fixture
def intuit(server):
    """The OAuth side: `ask(**changes)`, `choose(**fields)`, `tokens(**form)`."""
    server.reset()
    keys, base = server.quickbooks, server.quickbooks["base_url"] + "/oauth"
    asked = {
        **{"client_id": keys["client_id"], "response_type": "code", "scope": SCOPE},
        **{"redirect_uri": CALLBACK, "state": STATE},
    }
    with requests.Session() as session:
        session.trust_env = False

        def ask(**changes):
            return session.get(base + "/authorize", params=asked | changes, allow_redirects=False)

        def choose(**fields):
            return session.post(base + "/authorize", data=asked | fields, allow_redirects=False)

        def tokens(auth=(keys["client_id"], keys["client_secret"]), headers=None, **form):
            return session.post(base + "/tokens/bearer", data=form, auth=auth, headers=headers)

        def new_code(realm=MY, **changes):
            return told(choose(choice="approve", realm_id=realm, **changes))["code"]

        def redeem(**changes):
            form = {"grant_type": "authorization_code", "code": new_code(), "redirect_uri": CALLBACK}
            return tokens(**(form | changes))

        def refresh(token, **more):
            return tokens(grant_type="refresh_token", refresh_token=token, **more)

        def company(access, realm=MY):
            headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
            return session.get(f"{keys['base_url']}/v3/company/{realm}/companyinfo/{realm}", headers=headers)

        yield SimpleNamespace(**locals())


def told(reply):
    """What a redirection tells the app."""
    assert reply.status_code == 302, reply.text
    address, _, query = reply.headers["Location"].partition("?")
    assert address == CALLBACK
    return dict(urllib.parse.parse_qsl(query))


def refused(reply, status, error, description=None):
    answer = reply.json()
    return (reply.status_code, answer["error"], answer.get("error_description")) == (status, error, description)


# discovery and consent


def test_the_discovery_document_names_every_endpoint(intuit):
    document = intuit.session.get(intuit.base + "/.well-known/openid_configuration").json()
    names = {
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "revocation_endpoint",
        "jwks_uri",
    }
    assert names <= set(document) and all(document[name].startswith(intuit.base) for name in names)


def test_the_page_lists_all_companies_as_plain_forms_without_script(intuit):
    page = intuit.ask()
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    for name in ("Practice Trading Sdn Bhd", "Practice Mugs LLC", "Practice Outfitters Inc", "Practice Haulage Ltd"):
        assert name in page.text
    assert page.text.count("<form method='post'>") == 5 and "<script" not in page.text


def test_approving_sends_code_state_and_company_back(intuit):
    back = told(intuit.choose(choice="approve", realm_id=GB))
    assert (back["state"], back["realmId"], len(back["code"]) <= 512) == (STATE, GB, True)


def test_the_choice_may_stand_in_the_address_too(intuit):
    assert told(intuit.ask(choice="approve", realm_id=US))["realmId"] == US


def test_denying_sends_access_denied_and_no_code(intuit):
    assert told(intuit.choose(choice="deny")) == {"error": "access_denied", "state": STATE}


def test_a_bad_scope_is_told_to_the_app(intuit):
    for scope in ("com.intuit.quickbooks.everything", ""):
        assert told(intuit.ask(scope=scope)) == {"error": "invalid_scope", "state": STATE}


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "somebody-else"},
        {"redirect_uri": "http://shop.example/back"},
        {"redirect_uri": CALLBACK + "?next=1"},
        {"redirect_uri": "http://127.0.0.1.evil.example/back"},
        {"redirect_uri": ""},
        {"state": ""},
    ],
)
def test_an_unknown_app_or_address_is_shown_an_error_and_never_redirected(intuit, changes):
    reply = intuit.ask(**changes)
    assert reply.status_code == 400 and "Location" not in reply.headers


@pytest.mark.parametrize("uri", ["https://shop.example/back", "http://localhost:8080/", "http://127.0.0.1:1/a/b"])
def test_any_address_on_this_machine_or_with_https_is_registered_by_default(intuit, uri):
    assert intuit.ask(redirect_uri=uri).status_code == 200


def test_a_registered_address_must_be_equal_character_for_character(intuit, server):
    server.settings("quickbooks", redirect_uris=[CALLBACK])
    assert intuit.ask().status_code == 200
    for other in (CALLBACK + "/", CALLBACK.upper(), CALLBACK.replace("127.0.0.1", "localhost")):
        assert intuit.ask(redirect_uri=other).status_code == 400


def test_an_unknown_company_shows_the_page_again(intuit):
    assert intuit.choose(choice="approve", realm_id="1").status_code == 200


# tokens


def test_a_code_is_exchanged_for_tokens_that_open_the_chosen_company(intuit):
    answer = intuit.redeem().json()
    assert set(answer) == {*("token_type", "access_token", "expires_in", "refresh_token", "x_refresh_token_expires_in")}
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert 8_639_990 <= answer["x_refresh_token_expires_in"] <= 8_640_000
    assert intuit.company(answer["access_token"]).json()["CompanyInfo"]["CompanyName"] == "Practice Trading Sdn Bhd"


def test_the_tokens_of_one_company_do_not_open_another(intuit):
    access = intuit.redeem().json()["access_token"]
    reply = intuit.company(access, US)
    assert (reply.status_code, code(reply), reply.json()["fault"]["type"]) == (403, "3100", "SERVICE")


def test_a_code_is_good_once(intuit):
    once = intuit.new_code()
    assert intuit.redeem(code=once).status_code == 200
    assert refused(intuit.redeem(code=once), 400, "invalid_grant", "Invalid authorization code")


@pytest.mark.parametrize("changes", [{"code": "wrong"}, {"redirect_uri": CALLBACK + "/"}, {"redirect_uri": ""}])
def test_a_wrong_code_or_another_address_is_refused(intuit, changes):
    assert refused(intuit.redeem(**changes), 400, "invalid_grant", "Invalid authorization code")


def test_a_code_lives_for_a_short_time(intuit, server):
    late = intuit.new_code()
    server.settings("quickbooks", ahead_s=301)
    assert refused(intuit.redeem(code=late), 400, "invalid_grant", "Invalid authorization code")


@pytest.mark.parametrize("auth", [None, ("x", "y"), ("", "")])
def test_the_token_endpoint_wants_the_right_client(intuit, auth):
    for form in ({"grant_type": "refresh_token", "refresh_token": "x"}, {}):
        assert refused(intuit.tokens(auth=auth, **form), 401, "invalid_client")


def test_an_unknown_kind_of_grant_is_refused(intuit):
    assert refused(intuit.tokens(grant_type="password"), 400, "unsupported_grant_type")


def test_the_printed_refresh_token_is_good_and_its_value_stays_within_a_day(intuit):
    printed = intuit.keys["refresh_token"]
    for _ in range(2):
        answer = intuit.refresh(printed).json()
        assert answer["refresh_token"] == printed and intuit.company(answer["access_token"]).status_code == 200


def test_after_a_day_the_value_changes_and_the_old_one_is_stale(intuit, server):
    printed = intuit.keys["refresh_token"]
    server.settings("quickbooks", ahead_s=86_401)
    fresh = intuit.refresh(printed).json()["refresh_token"]
    assert fresh != printed
    assert refused(intuit.refresh(printed), 400, "invalid_grant", "Token invalid")
    assert intuit.refresh(fresh).json()["refresh_token"] == fresh


def test_the_value_can_change_at_every_refresh(intuit, server):
    server.settings("quickbooks", rotate_after_s=0)
    values = [intuit.keys["refresh_token"]]
    for _ in range(3):
        values.append(intuit.refresh(values[-1]).json()["refresh_token"])
    assert len(set(values)) == 4


def test_an_unknown_refresh_token_is_refused(intuit):
    assert refused(intuit.refresh("RT1-x"), 400, "invalid_grant", "Incorrect or invalid refresh token")


def test_a_refresh_token_ends_after_100_days_unless_it_is_used(intuit, server):
    printed, day = intuit.keys["refresh_token"], 86_400
    server.settings("quickbooks", rotate_after_s=10**9, ahead_s=99 * day)
    assert intuit.refresh(printed).status_code == 200
    server.settings("quickbooks", ahead_s=198 * day)
    assert intuit.refresh(printed).status_code == 200
    server.settings("quickbooks", ahead_s=299 * day)
    assert refused(intuit.refresh(printed), 400, "invalid_grant", "Token invalid")


def test_the_hard_end_is_told_on_demand_and_held(intuit, server):
    printed = intuit.keys["refresh_token"]
    header = {"x-include-refresh-token-hard-expires-in": "true"}
    left = intuit.refresh(printed, headers=header).json()["x_refresh_token_hard_expires_in"]
    assert 157_679_990 <= left <= 157_680_000
    server.settings("quickbooks", hard_s=100)
    assert intuit.refresh(printed).json()["x_refresh_token_expires_in"] <= 100
    server.settings("quickbooks", ahead_s=101)
    assert intuit.refresh(printed).status_code == 400


@pytest.mark.parametrize(("refuses", "statuses"), [(True, [200, 400]), (False, [200, 200])])
def test_of_two_refreshes_at_once_one_is_refused_by_switch(intuit, server, refuses, statuses):
    server.settings("quickbooks", refuse_overlapping_refresh=refuses)
    server.faults("hold_before", system="quickbooks", path="/oauth/tokens/bearer", times=2)
    replies = []
    callers = [
        threading.Thread(target=lambda: replies.append(intuit.refresh(intuit.keys["refresh_token"]).status_code))
        for _ in range(2)
    ]
    for caller in callers:
        caller.start()
    end = time.monotonic() + 5
    while len(server.control("GET", "/holds")) < 2:
        assert time.monotonic() < end
        time.sleep(0.01)
    server.release()
    for caller in callers:
        caller.join(5)
    assert sorted(replies) == statuses


def test_an_access_token_lives_an_hour(intuit, server):
    access = intuit.refresh(intuit.keys["refresh_token"]).json()["access_token"]
    server.settings("quickbooks", ahead_s=3599)
    assert intuit.company(access).status_code == 200
    server.settings("quickbooks", ahead_s=3601)
    reply = intuit.company(access)
    assert (reply.status_code, code(reply)) == (401, "3200")
    assert reply.json()["fault"]["error"][0]["detail"].startswith("Token expired: ")


def test_the_fault_of_a_dead_token_is_lower_case_with_the_time_in_milliseconds(intuit):
    reply = intuit.company("x" * 40)
    answer = reply.json()
    assert reply.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert (answer["fault"]["type"], answer["fault"]["error"][0]["message"]) == (
        "AUTHENTICATION",
        "message=AuthenticationFailed; errorCode=003200; statusCode=401",
    )
    assert abs(answer["time"] / 1000 - time.time()) < 60
    assert set(answer) == {
        *("warnings", "intuitObject", "fault", "report", "queryResponse", "batchItemResponse", "attachableResponse"),
        *("syncErrorResponse", "requestId", "time", "status", "cdcresponse"),
    }


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "3200"),
        ("Basic abc", "3200"),
        ("Bearer ", "3202"),
        ("Bearer abc", "3200"),
        (f"Bearer {'x' * 5000}", "3200"),
    ],
)
def test_every_kind_of_bad_header_is_401(intuit, header, expected):
    address = f"{intuit.keys['base_url']}/v3/company/{MY}/preferences"
    reply = intuit.session.get(address, headers={"Authorization": header, "Accept": "application/json"})
    assert (reply.status_code, code(reply)) == (401, expected)


# the end of a connection


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_makes_both_dead(intuit, which):
    tokens = intuit.redeem().json()
    auth = (intuit.keys["client_id"], intuit.keys["client_secret"])
    reply = intuit.session.post(intuit.base + "/tokens/revoke", json={"token": tokens[which]}, auth=auth)
    assert (reply.status_code, reply.text) == (200, "")
    assert intuit.company(tokens["access_token"]).status_code == 401
    assert refused(intuit.refresh(tokens["refresh_token"]), 400, "invalid_grant", "Token invalid")


def test_revoking_wants_the_client_and_a_known_token(intuit):
    url, auth = intuit.base + "/tokens/revoke", (intuit.keys["client_id"], intuit.keys["client_secret"])
    assert intuit.session.post(url, json={"token": "x"}).status_code == 401
    for body in ({"token": "x"}, {}, []):
        assert intuit.session.post(url, json=body, auth=auth).status_code == 400
    assert intuit.session.post(url, data="token=x", auth=auth).status_code == 400


def test_an_owner_who_disconnects_inside_quickbooks_makes_the_api_answer_403(intuit, server):
    tokens = intuit.redeem().json()
    server.control("POST", f"/quickbooks/{MY}/disconnect")
    reply = intuit.company(tokens["access_token"])
    assert (reply.status_code, code(reply)) == (403, "3100")
    assert refused(intuit.refresh(tokens["refresh_token"]), 400, "invalid_grant", "Token invalid")


# who it is


def test_userinfo_tells_what_the_scopes_allow(intuit):
    access = intuit.redeem(code=intuit.new_code(scope="openid email")).json()["access_token"]
    reply = intuit.session.get(intuit.base + "/userinfo", headers={"Authorization": f"Bearer {access}"})
    assert set(reply.json()) == {"sub", "email", "emailVerified"}


def test_userinfo_needs_openid_and_a_good_token(intuit):
    access = intuit.redeem().json()["access_token"]
    for token, status in ((access, 403), ("x" * 30, 401)):
        reply = intuit.session.get(intuit.base + "/userinfo", headers={"Authorization": f"Bearer {token}"})
        assert reply.status_code == status


def test_a_token_without_the_accounting_scope_does_not_open_the_books(intuit):
    access = intuit.redeem(code=intuit.new_code(scope="openid")).json()["access_token"]
    assert intuit.company(access).status_code == 403


def test_openid_brings_a_signed_id_token(intuit):
    answer = intuit.redeem(code=intuit.new_code(scope=f"{SCOPE} openid")).json()
    claims = answer["id_token"].split(".")[1]
    read = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (read["aud"], read["realmid"]) == ([intuit.keys["client_id"]], MY)
    assert read["iss"] == intuit.session.get(intuit.base + "/.well-known/openid_configuration").json()["issuer"]
    assert intuit.session.get(intuit.base + "/jwks").json()["keys"][0]["alg"] == "RS256"


def test_every_answer_has_its_intuit_tid(intuit):
    replies = [intuit.ask(), intuit.tokens(grant_type="x"), intuit.company("x" * 30), intuit.redeem()]
    assert all(re.fullmatch(r"[0-9a-f-]{36}", reply.headers["intuit_tid"]) for reply in replies)


# what stays


def test_the_tokens_that_were_given_out_outlive_a_reset(intuit, server):
    tokens = intuit.redeem().json()
    server.reset()
    assert intuit.company(tokens["access_token"]).status_code == 200
    assert intuit.refresh(tokens["refresh_token"]).status_code == 200


def test_a_reset_makes_the_printed_refresh_token_good_again(intuit, server):
    printed = intuit.keys["refresh_token"]
    server.settings("quickbooks", rotate_after_s=0)
    rotated = intuit.refresh(printed).json()["refresh_token"]
    assert intuit.refresh(printed).status_code == 400
    server.reset()
    assert [intuit.refresh(token).status_code for token in (printed, rotated)] == [200, 200]
