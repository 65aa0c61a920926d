"""F2, F3: the answer is lost, or late; only a look-up decides, and never too early."""

import threading
from datetime import timedelta

import pytest

from adapters.accounting.qne import Qne, contract
from documents import Remote
from models import BooksConnection, DocumentState, OperationState, TaskOrderState, Tick, writing
from sync import due, outcomes, trashing
from sync.ledger import Actor
from tests.faults.checker import alarms, check
from tests.world import CREATE, World

COMMITTED = (
    "commit_then_reset",
    "commit_then_close",
    "commit_then_500",
    "commit_then_502",
    "commit_then_truncate",
    "garbage_200",
)
NOTHING_DONE = ("html_502", "status_503", "drop_before", "garbage_200_nothing")
SURE = ("status_429", "token_expired")


def synced(world: World) -> int:
    """Orders pulled and drafted; returns how many sales were accepted. Nothing is sent yet."""
    world.pull()
    accepted = world.task(world.press_sync()).queued
    assert accepted > 3
    return accepted


@pytest.mark.parametrize("fault", COMMITTED)
def test_an_answer_lost_after_the_books_committed_is_looked_up_and_adopted(world: World, fault: str):
    accepted = synced(world)
    world.practice.faults(fault, path=CREATE, method="POST", times=2)
    world.drain()
    lost = world.open_operations("unknown")
    assert lost
    world.run_until_quiet()
    check(world, accepted)
    assert world.practice.ledger()["creates_seen"]["invoices"] == accepted


@pytest.mark.parametrize("fault", NOTHING_DONE)
def test_a_request_that_did_nothing_but_might_have_is_sent_again_only_after_two_late_look_ups(world: World, fault: str):
    accepted = synced(world)
    world.practice.faults(fault, path=CREATE, method="POST", times=1)
    world.drain()
    (lost,) = world.open_operations("unknown")
    assert lost.claimed is not None
    world.run_until_quiet()
    check(world, accepted)
    (again,) = [each for each in world.operations() if each.id == lost.id]
    assert again.attempts == 2
    timing = world.tools.timing
    longest = timing.send_within_s + timing.still_s + 300 + timing.margin_s
    assert (again.claimed.at - lost.claimed.at) > timedelta(seconds=longest)
    assert again.payload == lost.payload and again.key == lost.key


@pytest.mark.parametrize("fault", SURE)
def test_a_refusal_that_surely_did_nothing_is_sent_again_without_a_look_up(world: World, fault: str):
    accepted = synced(world)
    world.practice.faults(fault, path=CREATE, method="POST", times=1)
    while world.drain():
        pass
    assert world.open_operations("unknown") == []
    world.run_until_quiet()
    check(world, accepted)


def test_a_hang_after_the_books_committed_is_unknown_and_adopted(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(contract, "POST_S", 0.5)
    accepted = synced(world)
    world.practice.faults("commit_then_hang", path=CREATE, method="POST", times=1, seconds=20)
    world.drain()
    assert len(world.open_operations("unknown")) == 1
    world.practice.heal()
    world.run_until_quiet()
    check(world, accepted)


def test_a_request_still_at_work_during_the_look_up_is_not_sent_a_second_time(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(contract, "POST_S", 0.5)
    accepted = synced(world)
    world.practice.faults("hold_before", path=CREATE, method="POST", times=1, seconds=60)
    world.drain()
    (lost,) = world.open_operations("unknown")
    for minutes in (2, 2, 2):  # look-ups that find nothing, while the server may still be at work
        world.clock.pass_by(60 * minutes / 2)
        world.drain()
    (lost,) = world.open_operations("unknown")
    assert lost.look_ups > 0 and lost.absences == 0
    world.practice.release()
    world.run_until_quiet()
    check(world, accepted)
    assert world.practice.ledger()["creates_seen"]["invoices"] == accepted


def test_a_document_that_the_books_show_only_minutes_later_is_not_made_twice(world: World):
    accepted = synced(world)
    world.practice.faults("commit_then_reset", path=CREATE, method="POST", times=1, hidden_s=1)
    world.drain()
    world.clock.pass_by(130)
    world.drain()
    assert len(world.open_operations("unknown")) <= 1
    threading.Event().wait(1.0)  # the practice's own clock decides what it shows
    world.run_until_quiet()
    check(world, accepted)


def test_look_ups_that_fail_decide_nothing(world: World):
    accepted = synced(world)
    world.practice.faults("commit_then_500", path=CREATE, method="POST", times=1)
    world.drain()
    world.practice.faults("html_502", path="/api/SalesInvoices/List", method="GET", times=50)
    for _ in range(5):
        world.clock.pass_by(3600)
        world.drain()
    (lost,) = world.open_operations("unknown")
    assert lost.absences == 0
    world.practice.heal()
    world.run_until_quiet()
    check(world, accepted)


def test_one_match_that_differs_needs_a_person_and_is_left_as_it_is(world: World):
    accepted = synced(world)
    world.practice.faults("commit_then_500", path=CREATE, method="POST", times=1)
    world.drain()
    (lost,) = world.open_operations("unknown")
    (theirs,) = [each for each in world.invoices() if each["referenceNo"] == document_of(world, lost).source]
    world.practice.control("PATCH", f"/qne/invoices/{theirs['id']}", {"docDate": "2026-01-01"})
    world.run_until_quiet()
    (asked,) = world.open_operations("needs_person")
    assert asked.id == lost.id
    assert [row.tick for row in world.orders() if row.id == document_of(world, lost).profile_order_id] == [Tick.RED]
    assert len(world.invoices()) == accepted


def test_two_matches_need_a_person(world: World):
    world.pull()
    ids = [row.id for row in world.orders()]
    world.press_sync(ids)
    world.practice.faults("commit_then_500", path=CREATE, method="POST", times=1)
    world.drain()
    (lost,) = world.open_operations("unknown")
    double(world, document_of(world, lost).source)
    world.run_until_quiet()
    assert [each.id for each in world.open_operations("needs_person")] == [lost.id]


def double(world: World, reference: str) -> None:
    """A person types the same document once more."""
    (theirs,) = [each for each in world.practice.ledger(lines=True)["invoices"] if each["referenceNo"] == reference]
    customers = {row["code"]: row["id"] for row in records(world, "/api/Customers/List")}
    stocks = records(world, "/api/Stocks/List")
    body = {
        "docDate": theirs["docDate"],
        "customerId": customers[theirs["customerCode"]],
        "currencyCode": theirs["currencyCode"],
        "currencyRate": 1,
        "referenceNo": reference,
        "itemDetails": [{"stockId": stocks[0]["id"], "description": "typed", "qty": 1, "unitPrice": 1}],
    }
    world.practice.control("POST", "/qne/invoices", body)


def records(world: World, path: str) -> list[dict]:
    """Rows of a list of the practice QNE, by its own API."""
    base = world.practice.qne["base_url"]
    token = world.practice.http.get(f"{base}/api/Auth/Connect", params={"api-key": world.practice.qne["api_key"]})
    headers = {"Authorization": f"Bearer {token.json()['data']['token']}"}
    return world.practice.http.get(f"{base}{path}", params={"$top": 100}, headers=headers).json()["data"]["value"]


def document_of(world: World, operation):
    """The document of an operation."""
    return next(each for each in world.documents() if each.id == operation.document_id)


@pytest.mark.feature("T2")
def test_a_void_whose_answer_is_lost_is_decided_by_reading_the_document(world: World):
    world.pull()
    task_id = world.press_sync()
    world.run_until_quiet()
    world.practice.faults("commit_then_500", path="/api/SalesInvoices/Void", method="POST", times=1)
    world.practice.faults("html_502", path="/api/SalesInvoices/Void", method="POST", times=1)
    trashing.trash(task_id, True, Actor("Mei", world.clock.now()))
    world.drain()
    assert len(world.open_operations("unknown")) >= 1
    world.run_until_quiet()
    assert all(each["isCancelled"] for each in world.invoices())
    assert {each.state for each in world.documents()} == {DocumentState.VOIDED}
    states = {each.state for each in world.task_orders(task_id)}
    assert states <= {TaskOrderState.TAKEN_OUT, TaskOrderState.LEFT}


def test_an_answer_to_a_claim_that_was_taken_over_is_kept_as_an_alarm_and_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    """F4: the first sender is held up past its lease; the second finds its document, its answer comes too late."""
    accepted = synced(world)
    really_send = Qne.send
    overtaken: list[Remote] = []

    def slow_send(self: Qne, *args: object) -> Remote:
        answer = really_send(self, *args)
        if not overtaken:
            overtaken.append(answer)
            take_over(world)
        return answer

    monkeypatch.setattr(Qne, "send", slow_send)
    world.drain()
    world.run_until_quiet()
    assert any(overtaken[0].number in str(alarm["answer"]) for alarm in alarms())
    check(world, accepted)


def take_over(world: World) -> None:
    """What another drain does when it finds the lease run out: claims of the first become unknown."""
    with world.app.app_context():
        with writing() as session:
            session.get_one(BooksConnection, world.books_id).lease_token = "another"
        for work in due.abandoned(world.books_id, "another"):
            later = world.clock.now() + timedelta(seconds=120)
            with writing() as session:
                outcomes.outcome_unknown(session, work, Actor("drain", world.clock.now()), later, "test", ())
        with writing() as session:
            row = session.get_one(BooksConnection, world.books_id)
            row.lease_token, row.lease_stamp = None, None


def test_what_the_books_refuse_is_rejected_with_their_words_and_nothing_is_lost_beside_it(world: World):
    accepted = synced(world)
    world.practice.faults("refuse", path=CREATE, method="POST", times=1, message="Customer is on hold")
    world.run_until_quiet()
    (refused,) = world.open_operations("rejected")
    assert refused.problem is not None and "Customer is on hold" in str(refused.problem)
    assert len(world.invoices()) == accepted - 1
    assert OperationState.POSTED in {each.state for each in world.operations()}
