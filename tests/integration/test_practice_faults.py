"""Each mishap of the practice servers does what its name says (reliability.md 7.2), and they survive it."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from tests.practice_fixture import ROOT, start_practice

CREATE, LIST = "/api/SalesInvoices/Create", "/api/SalesInvoices/List"
LINE = {"stockId": 45, "qty": 1, "unitPrice": 10}

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(orders=30) as practice:
        yield practice


def connected(server):
    """Calls of one caller with one pooled connection: `get(path)`, `create(reference)`."""
    session = requests.Session()
    session.trust_env = False
    base = server.qne["base_url"]
    data = session.get(base + "/api/Auth/Connect", params={"api-key": server.qne["api_key"]}).json()["data"]
    session.headers["Authorization"] = f"Bearer {data['token']}"

    def create(reference="R-1", timeout=10):
        body = {"docDate": "2026-01-15", "customerId": 12, "currencyId": 1, "currencyRate": 1, "itemDetails": [LINE]}
        return session.post(base + CREATE, json=body | {"referenceNo": reference}, timeout=timeout)

    def get(path, timeout=10, **params):
        return session.get(base + path, params=params, timeout=timeout)

    return SimpleNamespace(get=get, create=create, session=session, base=base)


@pytest.fixture
def qne(server):
    server.reset()
    caller = connected(server)
    server.control("DELETE", "/measures")
    yield caller
    server.heal()
    caller.session.close()


def saved(server):
    """The references in the books."""
    return [row["referenceNo"] for row in server.ledger()["invoices"]]


def waits_until(condition, limit_s=5):
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "never happened"
        time.sleep(0.01)


# nothing is done


def test_drop_before_closes_the_connection_and_saves_nothing(qne, server):
    server.faults("drop_before", path=CREATE)
    with pytest.raises(requests.ConnectionError):
        qne.create()
    assert saved(server) == [] and qne.create().status_code == 200


@pytest.mark.parametrize(
    ("fault", "details", "status", "content"),
    [
        ("html_502", {}, 502, "text/html"),
        ("status_503", {}, 503, "text/plain"),
        ("status", {"status": 409, "html": True}, 409, "text/html"),
        ("status", {"status": 408}, 408, "text/plain"),
        ("garbage_200_nothing", {}, 200, "application/json"),
        ("token_expired", {}, 401, "application/json"),
        ("forbidden_403", {}, 403, "application/json"),
        ("refuse", {}, 200, "application/json"),
        ("duplicate", {}, 409, "application/json"),
    ],
)
def test_a_mishap_that_does_nothing_saves_nothing(qne, server, fault, details, status, content):
    server.faults(fault, path=CREATE, **details)
    reply = qne.create()
    assert reply.status_code == status and reply.headers["Content-Type"].startswith(content)
    assert saved(server) == [] and qne.create().status_code == 200


def test_refuse_is_http_200_with_another_code(qne, server):
    server.faults("refuse", path=CREATE, message="The moon is full")
    answer = qne.create().json()
    assert (answer["success"], answer["message"], answer["data"]) == (False, "The moon is full", None)
    assert answer["code"] != "0000"


@pytest.mark.parametrize(("sent", "header"), [({}, None), ({"retry_after": 7}, "7"), ({"retry_after": 0.5}, "0.5")])
def test_429_comes_with_and_without_retry_after(qne, server, sent, header):
    server.faults("status_429", path=CREATE, **sent)
    reply = qne.create()
    assert (reply.status_code, reply.headers.get("Retry-After")) == (429, header)
    assert saved(server) == []


# everything is done, and the answer is lost


def test_commit_then_reset_saves_and_the_caller_sees_a_reset(qne, server):
    server.faults("commit_then_reset", path=CREATE)
    with pytest.raises(requests.ConnectionError, match=r"[Rr]eset"):
        qne.create()
    assert saved(server) == ["R-1"]


def test_commit_then_close_saves_and_hangs_up(qne, server):
    server.faults("commit_then_close", path=CREATE)
    with pytest.raises(requests.ConnectionError):
        qne.create()
    assert saved(server) == ["R-1"]


@pytest.mark.parametrize(("fault", "status"), [("commit_then_500", 500), ("commit_then_502", 502)])
def test_a_server_error_can_come_after_the_commit(qne, server, fault, status):
    server.faults(fault, path=CREATE)
    assert qne.create().status_code == status and saved(server) == ["R-1"]


def test_commit_then_truncate_sends_half_a_body_under_its_full_length(qne, server):
    server.faults("commit_then_truncate", path=CREATE)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        qne.create()
    assert saved(server) == ["R-1"]


def test_garbage_200_saves_and_answers_what_is_no_json(qne, server):
    server.faults("garbage_200", path=CREATE)
    reply = qne.create()
    with pytest.raises(ValueError):
        reply.json()
    assert reply.status_code == 200 and saved(server) == ["R-1"]


def test_commit_then_hang_saves_at_once_and_answers_when_released(qne, server):
    server.faults("commit_then_hang", path=CREATE)
    with ThreadPoolExecutor() as pool:
        reply = pool.submit(qne.create)
        waits_until(lambda: saved(server) == ["R-1"])
        assert not reply.done() and server.release() == 1
        assert reply.result(5).json()["code"] == "0000"


def test_a_caller_that_gives_up_waiting_leaves_one_document_behind(qne, server):
    server.faults("commit_then_hang", path=CREATE, seconds=0.6)
    with pytest.raises(requests.Timeout):
        qne.create(timeout=0.2)
    assert saved(server) == ["R-1"]


# the answer is odd


def test_a_misleading_message_is_still_a_success(qne, server):
    server.faults("misleading_message", path=CREATE, message="Create failed")
    answer = qne.create().json()
    assert (answer["code"], answer["message"]) == ("0000", "Create failed") and saved(server) == ["R-1"]


def test_an_answer_can_come_without_its_envelope(qne, server):
    server.faults("envelope_off", path=CREATE)
    assert qne.create().json()["docCode"] == "INV2601/001"


def test_an_eventually_visible_document_is_not_in_the_list_at_first(qne, server):
    server.faults("eventually_visible", path=CREATE, seconds=1)
    key = qne.create().json()["data"]["id"]
    count = lambda: qne.get(LIST, **{"$filter": "referenceNo eq 'R-1'"}).json()["data"]["count"]  # noqa: E731
    assert count() == 0 and qne.get(f"/api/SalesInvoices/{key}").json()["code"] == "0000"
    assert saved(server) == ["R-1"]
    waits_until(lambda: count() == 1)


def test_a_lost_answer_can_be_invisible_for_a_while_too(qne, server):
    server.faults("commit_then_reset", path=CREATE, hidden_s=30)
    with pytest.raises(requests.ConnectionError):
        qne.create()
    assert qne.get(LIST).json()["data"]["count"] == 0 and saved(server) == ["R-1"]


# the first request is still executing


def test_hold_before_does_it_only_when_released(qne, server):
    server.faults("hold_before", path=CREATE)
    with ThreadPoolExecutor() as pool:
        reply = pool.submit(qne.create)
        waits_until(lambda: server.control("GET", "/holds"))
        assert saved(server) == []
        assert server.control("GET", "/holds")[0]["path"] == CREATE
        server.release()
        assert reply.result(5).status_code == 200
    assert saved(server) == ["R-1"]


def test_a_held_request_is_done_although_its_caller_is_gone(qne, server):
    server.faults("hold_before", path=CREATE)
    with pytest.raises(requests.Timeout):
        qne.create(timeout=0.1)
    assert saved(server) == []
    server.release()
    waits_until(lambda: saved(server) == ["R-1"])


def test_a_request_older_than_longest_s_is_dropped_uncommitted(qne, server):
    server.settings("qne", longest_s=0.5)
    server.faults("slow", path=CREATE, seconds=0.6)
    with pytest.raises(requests.ConnectionError):
        qne.create()
    assert saved(server) == [] and server.requests("qne")[-1]["outcome"] == "dropped"
    assert qne.create("R-2").status_code == 200


def test_slow_waits_before_it_does_anything(qne, server):
    server.faults("slow", path=CREATE, seconds=0.2)
    assert qne.create().elapsed.total_seconds() >= 0.2


def test_many_held_requests_do_not_stop_the_server(qne, server):
    server.faults("hold_before", path=CREATE, times=40)
    callers = [connected(server) for _ in range(40)]
    with ThreadPoolExecutor(40) as pool:
        replies = [pool.submit(caller.create, f"R-{n}") for n, caller in enumerate(callers)]
        waits_until(lambda: len(server.control("GET", "/holds")) == 40)
        assert qne.get("/api/UserData").status_code == 200
        server.heal()
        assert {reply.result(5).status_code for reply in replies} == {200}
    assert sorted(saved(server)) == sorted(f"R-{n}" for n in range(40))


# which request is struck


def struck(qne, count):
    return "".join("x" if qne.create(f"R-{n}").status_code == 503 else "." for n in range(count))


@pytest.mark.parametrize(
    ("when", "pattern"),
    [
        ({}, "x....."),
        ({"times": 2}, "xx...."),
        ({"skip": 2}, "..x..."),
        ({"every": 3}, "..x..x"),
        ({"for_s": 60}, "xxxxxx"),
    ],
)
def test_a_fault_says_which_requests_it_strikes(qne, server, when, pattern):
    server.faults("status_503", path=CREATE, **when)
    assert struck(qne, 6) == pattern


def test_a_fault_ends_after_its_time(qne, server):
    server.faults("status_503", path=CREATE, for_s=0.6)
    assert qne.create().status_code == 503
    time.sleep(0.65)
    assert qne.create().status_code == 200


def test_chances_follow_the_seed(qne, server):
    seen = set()
    for _ in range(2):
        server.heal()
        server.faults("status_503", path=CREATE, probability=0.5)
        seen.add(struck(qne, 30))
    (pattern,) = seen
    assert 5 < pattern.count("x") < 25


def test_method_path_and_body_narrow_a_fault(qne, server):
    server.faults("status_503", method="POST", path="/api/*/create", body_contains="R-7", times=9)
    assert struck(qne, 9) == ".......x." and qne.get(LIST).status_code == 200
    (fault,) = server.control("GET", "/faults")
    assert (fault["matched"], fault["struck"]) == (1, 1)


def test_faults_of_one_system_leave_the_other_alone(qne, server):
    server.faults("status_503", system="sitegiant", for_s=60)
    assert qne.create().status_code == 200
    reply = requests.get(server.sitegiant["base_url"] + "/channels", timeout=5)
    assert reply.status_code == 503
    server.control("DELETE", "/faults?system=sitegiant")
    assert requests.get(server.sitegiant["base_url"] + "/channels", timeout=5).status_code == 403


def test_sitegiant_says_a_bad_token_and_a_refusal_in_its_own_words(qne, server):
    server.faults("token_expired", system="sitegiant")
    server.faults("refuse", system="sitegiant")
    calls = [requests.get(server.sitegiant["base_url"] + "/channels", timeout=5) for _ in range(2)]
    assert (calls[0].status_code, calls[0].text) == (403, "Access denied due to invalid token")
    assert (calls[1].status_code, calls[1].json()["code"]) == (200, 400)


@pytest.mark.parametrize("wrong", [{"fault": "no_such"}, {"fault": "slow", "colour": "red"}, {"system": "qbo"}])
def test_a_fault_that_makes_no_sense_is_refused(server, wrong):
    with pytest.raises(AssertionError, match="400"):
        server.control("POST", "/faults", {"fault": "slow", "system": "qne"} | wrong)


# pace


def test_too_many_requests_per_second_are_429_and_measured(qne, server):
    server.settings("qne", per_second=5)
    statuses = [qne.get("/api/UserData").status_code for _ in range(8)]
    assert statuses == [200] * 5 + [429] * 3
    measured = server.control("GET", "/measures")["qne"]
    assert (measured["highest_per_second"], measured["refused"], measured["requests"]) == (8, 3, 8)


def test_a_caller_who_keeps_the_pace_is_never_refused(qne, server):
    server.settings("qne", per_second=10)
    for _ in range(12):
        assert qne.get("/api/UserData").status_code == 200
        time.sleep(0.1)


def test_too_many_requests_at_once_are_429_and_measured(qne, server):
    server.settings("qne", in_flight=2)
    server.faults("hold_before", path=CREATE, times=2)
    others = [connected(server) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        held = [pool.submit(other.create) for other in others]
        waits_until(lambda: len(server.control("GET", "/holds")) == 2)
        assert qne.create().status_code == 429
        server.release()
        assert [reply.result(5).status_code for reply in held] == [200, 200]
    assert qne.create().status_code == 200
    assert server.control("GET", "/measures")["qne"]["highest_in_flight"] == 3


def test_a_request_that_is_too_fast_uses_up_no_fault(qne, server):
    server.settings("qne", per_second=1)
    qne.get("/api/UserData")
    server.faults("status_503", path=CREATE)
    assert qne.create().status_code == 429
    assert server.control("GET", "/faults")[0]["struck"] == 0


# control


def test_the_control_api_needs_its_key(server):
    for headers in ({}, {"X-Practice-Key": "wrong"}):
        assert requests.get(server.control_line["url"] + "/ledger/qne", headers=headers, timeout=5).status_code == 403


def test_the_record_tells_every_request_with_its_outcome_and_fault(qne, server):
    server.control("DELETE", "/requests")
    server.faults("commit_then_500", path=CREATE)
    qne.create()
    qne.create("R-2")
    seen = server.requests("qne")
    assert [(e["method"], e["path"], e["outcome"], e["fault"]) for e in seen] == [
        ("POST", CREATE, 500, "commit_then_500"),
        ("POST", CREATE, 200, ""),
    ]
    assert server.control("GET", "/requests")["counts"] == {"qne POST /api/salesinvoices/create": 2}
    assert server.ledger()["creates_seen"]["invoices"] == 2


def test_an_unknown_switch_or_kind_of_switch_is_refused(server):
    for switches in ({"colour": "red"}, {"per_second": "many"}):
        with pytest.raises(AssertionError, match="400"):
            server.settings("qne", **switches)


def test_a_reset_brings_the_first_day_back_and_keeps_the_keys(qne, server):
    qne.create()
    server.settings("qne", closed_until="2026-12-31")
    server.faults("status_503", path=CREATE, for_s=60)
    server.reset(orders=3)
    assert len(server.control("GET", "/ledger/sitegiant")["orders"]) == 3
    assert saved(server) == [] and qne.create().json()["data"]["docCode"] == "INV2601/001"


# the process


def test_what_was_committed_outlives_a_kill_on_the_same_port_with_the_same_keys():
    with start_practice(orders=20) as practice:
        caller = connected(practice)
        numbers = [caller.create(f"R-{n}").json()["data"]["docCode"] for n in range(3)]
        before, line = practice.ledger(), practice.line
        practice.restart(kill=True)
        after = practice.ledger()
        assert practice.line == line and after["invoices"] == before["invoices"]
        assert caller.create("R-9").json()["data"]["docCode"] == "INV2601/004" and len(numbers) == 3
        assert len(practice.control("GET", "/ledger/sitegiant")["orders"]) == 20
        assert practice.control("POST", "/sitegiant/orders", {"count": 1})["order_ids"] == ["SG-200021"]


def test_sigterm_ends_it_and_removes_its_temporary_folder(tmp_path):
    began = time.monotonic()
    command = [sys.executable, "-m", "practice", "--orders", "500"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=os.environ | {"TMPDIR": str(tmp_path)})
    assert process.stdout.readline().startswith(b'{"sitegiant"')
    assert time.monotonic() - began < 4 and len(list(tmp_path.iterdir())) == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0 and list(tmp_path.iterdir()) == [] and process.stdout.read() == b""
    process.stdout.close()


def test_it_does_not_linger_when_the_process_that_started_it_dies():
    words = [sys.executable, "-m", "practice", "--empty", "--die-with-parent"]
    code = f"import subprocess, sys; p = subprocess.Popen({words!r}); print(p.pid, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code]
    parent = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert parent.stdout.readline().startswith('{"sitegiant"')
    parent.kill()
    parent.wait(5)
    waits_until(lambda: not is_running(child))
    parent.stdin.close()
    parent.stdout.close()


def is_running(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_connections_are_kept_alive_and_serve_many_callers_at_once(server):
    server.reset()
    callers = [connected(server) for _ in range(8)]
    threads = [threading.Thread(target=lambda c=c: [c.create() for _ in range(25)]) for c in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    codes = [row["docCode"] for row in server.ledger()["invoices"]]
    assert len(codes) == len(set(codes)) == 200
