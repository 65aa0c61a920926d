"""F2: an answer is lost. Whatever was sent, in every accounting system only a look-up decides."""

import importlib

import pytest

from documents import Action, Role
from models import DocumentState, Tick
from sync import trashing
from sync.ledger import Actor
from tests.contract.conftest import only
from tests.contract.test_life import credits_in, file_refund, posted
from tests.faults.checker import check
from tests.orders import make_line
from tests.world import World

COMMITTED = (
    "commit_then_reset",
    "commit_then_close",
    "commit_then_500",
    "commit_then_502",
    "commit_then_524",
    "commit_then_truncate",
    "garbage_200",
)
NOTHING_DONE = ("html_502", "status_503", "drop_before", "garbage_200_nothing")
SAMPLE = ("commit_then_reset", "commit_then_524", "garbage_200", "drop_before", "html_502")


def cells(faults: tuple[str, ...]) -> list[object]:
    """A few run in every test run."""
    sample, slow = pytest.mark.sample, pytest.mark.slow
    return [pytest.param(each, marks=(slow, sample) if each in SAMPLE else slow) for each in faults]


def sold(shop: World, *order_ids: str, **settings: str) -> World:
    """Orders that are drafted; nothing is sent yet."""
    shop.settle(**settings)
    shop.sell(*order_ids)
    shop.pull()
    shop.press_sync()
    return shop


@pytest.mark.parametrize("numbers", ["books", "order_number"])
@pytest.mark.parametrize("fault", cells(COMMITTED))
def test_what_was_made_is_adopted_and_not_made_again(shop: World, fault: str, numbers: str):
    """By the books' own numbers where they give some, and by ours."""
    is_quickbooks = shop.company.kind == "quickbooks"
    numbers = "order_number" if is_quickbooks else numbers
    sold(shop, "T-1", "T-2", "T-3", number_source=numbers)
    shop.break_(fault, shop.company.creating, times=2)
    shop.drain()
    assert shop.open_operations("unknown")
    shop.run_until_quiet()
    check(shop, 3)
    assert shop.creates_seen() == 3


@pytest.mark.parametrize("fault", cells(NOTHING_DONE))
def test_what_may_have_been_made_is_sent_again_in_the_same_bytes(shop: World, fault: str):
    sold(shop, "T-1", "T-2")
    shop.break_(fault, shop.company.creating, times=1)
    shop.drain()
    [lost] = shop.open_operations("unknown")
    shop.run_until_quiet()
    check(shop, 2)
    [again] = [each for each in shop.operations() if each.id == lost.id]
    assert (again.attempts, again.payload, again.key) == (2, lost.payload, lost.key)


@pytest.mark.parametrize("fault", cells((*COMMITTED, *NOTHING_DONE)))
def test_a_change_whose_answer_is_lost_arrives(shop: World, fault: str):
    posted(shop, "T-1")
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    shop.break_(fault, shop.company.updating, times=1)
    shop.press_sync()
    shop.drain()
    assert shop.open_operations("unknown")
    shop.run_until_quiet()
    check(shop, 1)
    assert [each["total"] for each in shop.invoices()] == [16]


@pytest.mark.parametrize("fault", cells((*COMMITTED, *NOTHING_DONE)))
def test_a_void_whose_answer_is_lost_is_decided_by_reading_the_document(shop: World, fault: str):
    task_id = posted(shop, "T-1", "T-2")
    shop.break_(fault, shop.company.voiding, times=1)
    trashing.trash(task_id, True, Actor("Mei", shop.clock.now()))
    shop.drain()
    assert shop.open_operations("unknown")
    shop.run_until_quiet()
    assert all(each["is_void"] for each in shop.invoices())
    assert {each.state for each in shop.documents()} == {DocumentState.VOIDED}
    check(shop, 0)


@pytest.mark.feature("S27")
@only(lambda books: Role.PAYMENT in books.roles)
@pytest.mark.parametrize("fault", cells((*COMMITTED, *NOTHING_DONE)))
def test_a_payment_whose_answer_is_lost_is_made_once(shop: World, fault: str):
    shop.settle(send_payments="true", payment_account=shop.company.receives_in)
    shop.sell("T-1")
    shop.pull()
    shop.pay("T-1", "15.00")
    shop.press_sync()
    shop.break_(fault, shop.company.paying, times=1)
    shop.run_until_quiet()
    check(shop, 1)
    assert {each.state for each in shop.documents()} == {DocumentState.POSTED}
    ledger = shop.ledger()
    assert [each["total"] for each in ledger.get("payments", ledger.get("receipts"))] == [15]


@pytest.mark.feature("S26")
@only(lambda books: Role.REFUND in books.roles)
@pytest.mark.parametrize("fault", cells((*COMMITTED, *NOTHING_DONE)))
def test_a_refund_whose_answer_is_lost_is_made_once(shop: World, fault: str):
    posted(shop, "T-1")
    file_refund(shop)
    shop.break_(fault, shop.company.crediting, times=1)
    shop.run_until_quiet()
    assert {each.state for each in shop.documents()} == {DocumentState.POSTED}
    assert [each["total"] for each in credits_in(shop)] == [15]


def test_look_ups_that_fail_decide_nothing(shop: World):
    sold(shop, "T-1")
    shop.break_("commit_then_500", shop.company.creating, times=1)
    shop.drain()
    shop.break_("html_502", shop.company.looking, times=100)
    for _ in range(4):
        shop.clock.pass_by(1800)
        shop.drain()
    [lost] = shop.open_operations("unknown")
    assert lost.absences == 0
    shop.practice.heal()
    shop.run_until_quiet()
    check(shop, 1)


@pytest.fixture
def hasty(shop: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Nobody waits longer than half a second for an answer to a write."""
    module = importlib.import_module(f"adapters.accounting.{shop.company.kind}.contract")
    monkeypatch.setattr(module, "ASK_S" if shop.company.kind == "sql_accounting" else "POST_S", 0.5)
    return shop


def test_a_request_still_at_work_during_the_look_ups_is_not_sent_a_second_time(hasty: World):
    sold(hasty, "T-1")
    hasty.break_("hold_before", hasty.company.creating, times=1, seconds=60)
    hasty.drain()
    for _ in range(3):  # look-ups that find nothing, while the server may still be at work
        hasty.clock.pass_by(60)
        hasty.drain()
    [lost] = hasty.open_operations("unknown")
    assert (lost.look_ups > 0, lost.absences, hasty.creates_seen()) == (True, 0, 1)
    hasty.practice.release()
    hasty.run_until_quiet()
    check(hasty, 1)
    assert hasty.creates_seen() == 1


def test_an_answer_that_hangs_is_unknown_and_adopted(hasty: World):
    shop = sold(hasty, "T-1")
    shop.break_("commit_then_hang", shop.company.creating, times=1, seconds=20)
    shop.drain()
    assert len(shop.open_operations("unknown")) == 1
    shop.practice.heal()
    shop.run_until_quiet()
    check(shop, 1)
    assert shop.creates_seen() == 1


def test_what_the_books_refuse_is_told_in_their_words_and_nothing_is_lost_beside_it(shop: World):
    sold(shop, "T-1", "T-2")
    shop.break_("refuse", shop.company.creating, times=1, message="Customer is on hold")
    shop.run_until_quiet()
    [refused] = shop.open_operations("rejected")
    assert refused.action is Action.CREATE and "Customer is on hold" in str(refused.problem)
    assert sorted(row.tick for row in shop.orders()) == sorted((Tick.GREEN, Tick.RED))
    check(shop, 1)
