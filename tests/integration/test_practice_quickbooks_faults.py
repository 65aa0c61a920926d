"""Limits, mishaps, switches and the control API of the imitated QuickBooks."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.practice_fixture import start_practice
from tests.quickbooks_calls import GB, MY, US, Caller, code

INVOICE = "/v3/company/*/invoice"

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True, scale=1000) as practice:
        yield practice


@pytest.fixture
def qb(server):
    server.reset()
    yield Caller(server)
    server.heal()


def strict(server, **switches):
    """Limits on the clock of the real one, but for what is said."""
    server.settings("quickbooks", **{"scale": 1, "per_second": None, "per_minute": None} | switches)


def statuses(qb, count, path="/preferences"):
    return [qb.call("GET", path).status_code for _ in range(count)]


# limits


def test_the_limits_of_the_reference_hold_unless_told_otherwise():
    with start_practice(empty=True) as server:
        switches = server.settings("quickbooks")
        assert [switches[name] for name in ("per_minute", "per_second", "in_flight", "batch_per_minute", "scale")] == [
            *(500, 10, 10, 40),
            1,
        ]
        assert statuses(Caller(server), 11) == [200] * 10 + [429]


def test_every_company_has_its_own_second_and_signing_in_does_not_count(qb, server):
    other = Caller(server, GB)
    strict(server, per_second=3)
    assert statuses(qb, 4) == [200] * 3 + [429] and statuses(other, 3) == [200] * 3
    address = server.quickbooks["base_url"] + "/oauth/.well-known/openid_configuration"
    assert [qb.http.get(address).status_code for _ in range(5)] == [200] * 5


def test_a_minute_has_its_limit_and_can_be_made_shorter(qb, server):
    strict(server, per_minute=20, scale=60)
    assert statuses(qb, 21) == [200] * 20 + [429]
    time.sleep(1.05)
    assert statuses(qb, 1) == [200]
    assert server.control("GET", "/measures")["quickbooks"]["highest"]["per_minute"] == 20


def test_batches_have_their_own_limit(qb, server):
    strict(server, batch_per_minute=2)
    body = {"BatchItemRequest": [{"bId": "1", "Query": "select count(*) from Item"}]}
    assert [qb.call("POST", "/batch", body).status_code for _ in range(3)] == [200, 200, 429]
    assert statuses(qb, 3) == [200] * 3


def test_too_many_at_once_are_refused(qb, server):
    strict(server, in_flight=2)
    server.faults("slow", system="quickbooks", seconds=0.5, times=2)
    with ThreadPoolExecutor(3) as pool:
        callers = [Caller(server) for _ in range(3)]
        assert sorted(pool.map(lambda caller: statuses(caller, 1)[0], callers)) == [200, 200, 429]


def test_too_fast_is_told_in_xml_although_json_was_asked_for(qb, server):
    strict(server, per_second=1)
    reply = [qb.call("GET", "/preferences") for _ in range(2)][1]
    assert (reply.status_code, reply.headers["Content-Type"], "Retry-After" in reply.headers) == (
        *(429, "application/xml"),
        False,
    )
    assert reply.text.startswith("<?xml") and '<Error code="3001">' in reply.text
    assert "message=ThrottleExceeded; errorCode=003001; statusCode=429" in reply.text


def test_too_fast_can_be_told_in_json(qb, server):
    server.settings("quickbooks", too_fast_as="json")
    server.faults("status_429", system="quickbooks", retry_after=7)
    reply = qb.call("GET", "/preferences")
    assert (reply.status_code, code(reply), reply.headers["Retry-After"]) == (429, "3001", "7")


# mishaps


@pytest.mark.parametrize(
    ("fault", "details", "status", "expected"),
    [
        ("token_expired", {}, 401, "3200"),
        ("forbidden_403", {}, 403, "3100"),
        ("duplicate", {}, 400, "6140"),
        ("stale", {}, 400, "5010"),
        ("refuse", {}, 400, "6000"),
        ("status", {"status": 500}, 500, "10000"),
    ],
)
def test_a_mishap_that_does_nothing_speaks_quickbooks_own_words(qb, server, fault, details, status, expected):
    server.faults(fault, system="quickbooks", path=INVOICE, **details)
    reply = qb.post("Invoice", qb.sale())
    assert (reply.status_code, code(reply), "intuit_tid" in reply.headers) == (status, expected, True)
    assert server.quickbooks_ledger()["invoices"] == []
    assert qb.invoice()


@pytest.mark.parametrize(
    ("fault", "details", "status", "content"),
    [
        ("html_502", {}, 502, "text/html"),
        ("status_503", {}, 503, "text/plain"),
        ("status", {"status": 500, "html": True}, 500, "text/html"),
        ("garbage_200_nothing", {}, 200, "application/json"),
        ("status_429", {}, 429, "application/xml"),
    ],
)
def test_a_mishap_can_come_from_before_quickbooks(qb, server, fault, details, status, content):
    server.faults(fault, system="quickbooks", path=INVOICE, **details)
    reply = qb.post("Invoice", qb.sale())
    assert reply.status_code == status and reply.headers["Content-Type"].startswith(content)
    assert server.quickbooks_ledger()["invoices"] == []


def test_a_refresh_can_be_refused_during_an_outage(qb, server):
    server.faults("invalid_grant", system="quickbooks", path="/oauth/tokens/bearer")
    keys = server.quickbooks
    form = {"grant_type": "refresh_token", "refresh_token": keys["refresh_token"]}
    address, auth = keys["base_url"] + "/oauth/tokens/bearer", (keys["client_id"], keys["client_secret"])
    replies = [requests.post(address, data=form, auth=auth, timeout=10) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [400, 200]
    assert replies[0].json() == {"error": "invalid_grant", "error_description": "Token invalid"}


@pytest.mark.parametrize(
    ("fault", "status", "expected"), [("commit_then_500", 500, "10000"), ("commit_then_502", 502, None)]
)
def test_a_server_error_can_come_after_the_commit_and_the_request_id_finds_the_answer(
    qb, server, fault, status, expected
):
    server.faults(fault, system="quickbooks", path=INVOICE)
    body = qb.sale(PrivateNote="order 1")
    reply = qb.post("Invoice", body, requestid="r-1")
    assert reply.status_code == status and (expected is None or code(reply) == expected)
    made = qb.create("Invoice", body, requestid="r-1")
    ledger = server.quickbooks_ledger()
    assert [row["id"] for row in ledger["invoices"]] == [made["Id"]] and ledger["creates_seen"]["invoices"] == 2


@pytest.mark.parametrize("fault", ["commit_then_reset", "commit_then_close", "commit_then_truncate"])
def test_an_answer_can_get_lost_after_the_commit(qb, server, fault):
    server.faults(fault, system="quickbooks", path=INVOICE)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        qb.post("Invoice", qb.sale(PrivateNote="order 1"))
    assert server.quickbooks_ledger()["live_invoices_by_reference"] == {"order 1": 1}


def test_a_time_out_after_the_commit(qb, server):
    server.faults("commit_then_hang", system="quickbooks", path=INVOICE)
    with pytest.raises(requests.Timeout):
        qb.http.post(qb.base + "/invoice", json=qb.sale(), timeout=0.3)
    server.release()
    assert len(server.quickbooks_ledger()["invoices"]) == 1


def test_a_request_that_is_too_old_is_dropped_before_it_commits(qb, server):
    server.settings("quickbooks", longest_s=0.1)
    server.faults("slow", system="quickbooks", path=INVOICE, seconds=0.2)
    with pytest.raises(requests.ConnectionError):
        qb.post("Invoice", qb.sale())
    assert server.quickbooks_ledger()["invoices"] == []


def test_a_company_may_have_ended_or_be_broken_by_switch(qb, server):
    server.settings("quickbooks", lapsed=[MY])
    assert code(qb.call("GET", "/preferences")) == "6190"
    assert Caller(server, GB).call("GET", "/preferences").status_code == 200
    server.settings("quickbooks", lapsed=[], failing=[MY])
    reply = qb.call("GET", "/preferences")
    assert (reply.status_code, code(reply), reply.json()["Fault"]["type"]) == (500, "10000", "SystemFault")


# the record


def test_creates_are_counted_apart_from_changes_and_inside_batches(qb, server):
    made = qb.invoice()
    qb.create("Invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "n"})
    qb.create("Invoice", {"Id": made["Id"], "SyncToken": "1"}, operation="void")
    items = [{"bId": key, "operation": "create", "Invoice": qb.sale()} for key in ("1", "2")]
    qb.call(
        "POST", "/batch", {"BatchItemRequest": [*items, {"bId": "3", "operation": "create", "Payment": qb.payment(5)}]}
    )
    assert server.quickbooks_ledger()["creates_seen"] == {
        **{"invoices": 3, "payments": 1, "sales_receipts": 0, "credit_memos": 0, "refund_receipts": 0}
    }


@pytest.mark.parametrize(
    ("note", "reference"),
    [
        ("Order 7 [SG-1:200001]", "SG-1:200001"),
        ("[a] then [b]", "b"),
        ("SG-200001\nsecond line", "SG-200001"),
        ("", ""),
    ],
)
def test_a_reference_is_found_in_the_note(qb, server, note, reference):
    made = qb.invoice(**({"PrivateNote": note} if note else {}))
    shown = server.quickbooks_ledger()["invoices"][0]
    assert (shown["reference"], shown["id"], shown["total"], shown["tax"]) == (reference, made["Id"], 21.2, 1.2)
    qb.create("Invoice", {"Id": made["Id"], "SyncToken": "0"}, operation="void")
    ledger = server.quickbooks_ledger()
    assert ledger["invoices"][0]["reference"] == reference and ledger["live_invoices_by_reference"] == {}


def test_the_ledger_tells_all_kinds_of_documents(qb, server):
    invoice = qb.invoice(DocNumber="A-1")
    qb.create("SalesReceipt", qb.sale())
    qb.create("CreditMemo", qb.sale())
    qb.create("RefundReceipt", qb.sale(DepositToAccountRef={"value": "1"}))
    qb.create("Payment", qb.payment(30, ("Invoice", invoice["Id"], 21.2), PaymentRefNum="PF1"))
    ledger = server.quickbooks_ledger(MY)
    assert {name: len(rows) for name, rows in ledger.items() if isinstance(rows, list)} == {
        **dict.fromkeys(("invoices", "sales_receipts", "credit_memos", "refund_receipts", "payments"), 1)
    }
    assert ledger["invoices"][0] | {"note": 0} == {
        **{"id": invoice["Id"], "number": "A-1", "date": "2026-01-15", "reference": "", "note": 0, "total": 21.2},
        **{"tax": 1.2, "customer_id": "58", "customer": "Walk-in", "currency": "MYR", "balance": 0},
        **{"applied_to": [], "is_void": False, "by_person": False},
    }
    paid = ledger["payments"][0]
    assert (paid["number"], paid["balance"], paid["applied_to"][0]["TxnId"]) == ("PF1", 8.8, invoice["Id"])


# people


def people(server, method, path, body=None):
    return server.control(method, f"/quickbooks/{MY}{path}", body)


def test_people_make_change_void_and_delete_documents(qb, server):
    made = people(server, "POST", "/invoice", qb.sale(DocNumber="P-1"))["Invoice"]
    assert server.quickbooks_ledger()["invoices"][0]["by_person"] is True
    changed = people(server, "PATCH", f"/invoice/{made['Id']}", {"Line": [qb.line(Qty=5)]})["Invoice"]
    assert (changed["TotalAmt"], changed["DocNumber"], changed["SyncToken"]) == (53, "P-1", "1")
    assert people(server, "POST", f"/invoice/{made['Id']}/void")["Invoice"]["TotalAmt"] == 0
    people(server, "DELETE", f"/invoice/{made['Id']}")
    assert people(server, "GET", "/invoice") == []


def test_people_make_customers_inactive_even_with_a_balance(qb, server):
    qb.invoice()
    people(server, "POST", "/customer/58/inactivate")
    assert code(qb.post("Invoice", qb.sale())) == "6250"
    people(server, "POST", "/customer/58/reactivate")
    assert qb.read("Customer", "58")["DisplayName"] == "Walk-in"


def test_people_change_the_settings_by_section(qb, server):
    people(server, "PATCH", "/preferences", {"AccountingInfoPrefs": {"BookCloseDate": "2026-01-31"}})
    settings = qb.call("GET", "/preferences").json()["Preferences"]
    assert settings["AccountingInfoPrefs"]["BookCloseDate"] == "2026-01-31" and settings["SyncToken"] == "1"
    assert settings["AccountingInfoPrefs"]["TrackDepartments"] is True
    people(server, "PATCH", "/preferences", {"AccountingInfoPrefs": {"BookCloseDate": None}})
    assert qb.invoice()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/customer", {"DisplayName": "Walk-in"}),
        ("POST", "/nothing", {}),
        ("PATCH", "/invoice/999", {}),
        ("POST", "/invoice/1/burn", {}),
    ],
)
def test_a_mistake_of_the_caller_is_told(qb, server, method, path, body):
    with pytest.raises(AssertionError, match="400"):
        people(server, method, path, body)
    with pytest.raises(AssertionError, match="400"):
        server.control("POST", "/quickbooks/1/grant")


# what stays


def test_what_was_committed_outlives_a_kill_and_the_keys_a_reset(tmp_path):
    with start_practice(empty=True, scale=1000, data=tmp_path) as server:
        printed, qb = server.quickbooks, Caller(server, US)
        made = qb.invoice()
        server.restart(kill=True)
        assert server.quickbooks == printed and qb.read("Invoice", made["Id"]) == made
        server.reset()
        server.restart()
        assert server.quickbooks == printed and qb.rows("SELECT * FROM Invoice") == []


@pytest.mark.parametrize("rotate_after_s", [86_400.0, 0.0])
def test_a_refresh_token_is_as_good_after_a_kill_as_before(tmp_path, rotate_after_s):
    with start_practice(empty=True, data=tmp_path) as server:
        keys = server.quickbooks
        server.restart(kill=True)
        server.settings("quickbooks", rotate_after_s=rotate_after_s)
        form = {"grant_type": "refresh_token", "refresh_token": keys["refresh_token"]}
        signed = (keys["client_id"], keys["client_secret"])
        told = requests.post(keys["base_url"] + "/oauth/tokens/bearer", data=form, auth=signed, timeout=10).json()
        assert (told["refresh_token"] == keys["refresh_token"]) == (rotate_after_s > 0) and told["access_token"]


def test_an_older_folder_gets_the_companies_and_keys_that_it_lacks(tmp_path):
    with start_practice(empty=True, data=tmp_path) as server:
        key = server.qne["api_key"]
        server.stop()
        with sqlite3.connect(tmp_path / "practice.sqlite3") as file:
            file.execute("DELETE FROM records WHERE kind LIKE 'quickbooks.%' OR kind LIKE 'oauth.%'")
            body = file.execute("SELECT body FROM records WHERE id = 'credentials'").fetchone()[0]
            old = body[: body.index(b',"quickbooks"')] + b"}"
            file.execute("UPDATE records SET body = ? WHERE id = 'credentials'", (old,))
        server.start()
        assert server.qne["api_key"] == key and Caller(server).invoice()


def test_what_is_printed_has_everything_to_connect_with(server):
    printed = server.quickbooks
    assert list(printed) == [
        *("base_url", "client_id", "client_secret", "refresh_token", "realm_id", "companies"),
    ]
    assert printed["realm_id"] == MY
    assert [company["country"] for company in printed["companies"]] == ["MY", "US", "US", "GB"]
