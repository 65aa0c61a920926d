"""Task pages: progress, what was sent, the failed ones again, taking orders out, the trash with its plan (T1, T2)."""

from datetime import timedelta

import pytest
from sqlalchemy import event

import jobs
from blueprints import ringing
from jobs import sweep
from models import OperationState, RunKind, Tick, db
from sync import accounts, profiles, trashing
from sync.ledger import Actor
from tests.orders import make_line
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.world import CREATE, World


@pytest.fixture
def mei(shop: World) -> Person:
    """The owner, over a shop without orders."""
    accounts.make_owner("Mei", PASSWORD, shop.clock.now())
    person = person_of(shop)
    person.log_in("Mei")
    return person


def here(shop: World, rest: str = "") -> str:
    return f"/profiles/{shop.profile_id}/tasks{rest}"


@pytest.mark.feature("T1")
def test_the_list_of_tasks_says_who_pressed_sync_and_what_became_of_it(shop: World, mei: Person):
    assert "No task yet" in mei.go(here(shop)).text
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, body_contains="T-2", message="The customer is on hold")
    task_id = shop.sync()
    page = mei.go(here(shop))
    assert "Posted: 1" in page.text and "Failed: 1" in page.text and "Mei" in page.text
    page = mei.follow(f"Task {task_id}")
    assert page.url == here(shop, f"/{task_id}") and "2 of 2 done" in page.text
    assert "The customer is on hold" in page.text and "/help/problems/posting" in page.html


@pytest.mark.feature("T1", "I6")
def test_the_progress_asks_again_only_while_something_is_under_way(shop: World, mei: Person):
    shop.sell("T-1")
    shop.pull()
    task_id = shop.press_sync()
    page = mei.go(here(shop, f"/{task_id}"))
    assert 'hx-trigger="load delay:1s"' in page.html and 'http-equiv="refresh"' in page.html
    assert "You can leave this page" in page.text
    shop.run_until_quiet()
    fragment = mei.client.get(here(shop, f"/{task_id}"), headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in fragment and "delay:1s" not in fragment and 'hx-target="#orders"' in fragment
    assert 'http-equiv="refresh"' not in mei.go(here(shop, f"/{task_id}")).html


@pytest.mark.feature("T1", "P5")
def test_a_task_whose_books_do_not_answer_says_so_with_the_next_step(shop: World, mei: Person):
    shop.sell("T-1")
    shop.pull()
    shop.practice.faults("status_503", path=CREATE, times=99)
    task_id = shop.press_sync()
    shop.drain()
    page = mei.go(here(shop, f"/{task_id}"))
    assert "Paused." in page.text and "goes on by itself at" in page.text
    shop.practice.heal()


@pytest.mark.feature("T1")
def test_a_lost_answer_is_said_to_be_looked_up_and_when(shop: World, mei: Person):
    shop.sell("T-1")
    shop.pull()
    task_id = shop.press_sync()
    shop.practice.faults("commit_then_500", path=CREATE)
    shop.drain()
    assert shop.operations()[0].state is OperationState.UNKNOWN
    page = mei.go(here(shop, f"/{task_id}"))
    assert "it is not known yet whether the books hold it" in page.text and "the next look-up is at" in page.text
    shop.run_until_quiet()
    assert "looked up by itself" not in mei.go(here(shop, f"/{task_id}")).text


@pytest.mark.feature("T1")
def test_the_eye_shows_what_was_sent_what_was_answered_and_the_history_in_words(shop: World, mei: Person):
    shop.sell("T-1", lines=[make_line(price="12.50")])
    shop.pull()
    task_id = shop.sync()
    mei.go(here(shop, f"/{task_id}"))
    page = mei.follow("T-1")
    number = shop.documents()[0].remote_number
    assert f"In the books as {number}" in page.text and "12.50" in page.text and "300-W0001" in page.text
    assert "Written down, to be sent." in page.text and "Being sent." in page.text
    assert f"In the books as {number}, total 12.50" in page.text.split("History")[1]


@pytest.mark.feature("S18", "T1")
def test_a_number_that_could_not_be_written_into_the_store_is_told_and_written_again_by_a_press(
    shop: World, mei: Person
):
    assert profiles.save_settings(shop.profile_id, {"write_back_number": "true"}) == []
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    where = f"/profiles/{shop.profile_id}/sent/{shop.order('T-1').id}"
    assert "Its number is about to be written into the store's order." in mei.go(where).text
    shop.practice.settings("sitegiant", refuse_invoice_no=True)
    jobs.write_numbers(shop.store_id)
    page = mei.go(where)
    assert "Its number could not be written into the store's order." in page.text and "cannot be updated" in page.text
    shop.practice.settings("sitegiant", refuse_invoice_no=False)
    page = mei.submit(f"{where}/number")
    assert "written again within a minute" in page.text and "is about to be written" in page.text
    sweep.sweep(shop.tools)
    assert "Its number stands in the store's order too." in mei.go(where).text
    assert shop.order("T-1").tick is Tick.GREEN


@pytest.mark.feature("T1")
def test_orders_are_filtered_by_status_and_failed_ones_are_synced_again_or_edited(
    shop: World, mei: Person, monkeypatch: pytest.MonkeyPatch
):
    rung: list[int] = []
    monkeypatch.setitem(shop.app.extensions[ringing.PLACE], "task", rung.append)
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, body_contains="T-2", message="The customer is on hold")
    task_id = shop.sync()
    page = mei.go(here(shop, f"/{task_id}?state=failed"))
    rows = page.html.split("<tbody>")[1]
    assert "T-2" in rows and "T-1" not in rows
    order = shop.order("T-2")
    edit = page.form("edit-failed")
    assert edit.action == f"/profiles/{shop.profile_id}/review"
    assert [each.value for each in edit.fields if each.name == "order"] == [str(order.id)]
    page = mei.submit(f"/{task_id}/again")
    assert "1 order is synced again" in page.text and rung == [task_id]
    shop.draft(task_id)
    shop.run_until_quiet()
    assert shop.order("T-2").tick is Tick.GREEN


@pytest.mark.feature("T1")
def test_ticked_orders_are_taken_out_but_not_those_that_are_in_the_books(shop: World, mei: Person):
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, body_contains="T-2", message="The customer is on hold")
    task_id = shop.sync()
    mei.go(here(shop, f"/{task_id}"))
    ids = [str(shop.order(each).id) for each in ("T-1", "T-2")]
    page = mei.submit("ticked", {"order": ids})
    assert "1 order was taken out" in page.text and "It is in the books" in page.text
    assert (shop.order("T-1").tick, shop.order("T-2").tick) == (Tick.GREEN, Tick.NONE)
    page = mei.submit("ticked")
    assert "tick the orders first" in page.text


# --- the trash --------------------------------------------------------------------------------------------------


@pytest.mark.feature("T1", "T2")
@pytest.mark.parametrize(("answer", "voided"), [("void", 2), ("forget", 0)])
def test_the_trash_asks_shows_its_plan_and_then_does_it(shop: World, mei: Person, answer: str, voided: int):
    shop.sell("T-1", "T-2")
    shop.pull()
    task_id = shop.sync()
    page = mei.go(here(shop, f"/{task_id}/trash"))
    assert "Void them in the books too, or only forget them here?" in page.text and "The plan" not in page.text
    page = mei.go(here(shop, f"/{task_id}/trash?books={answer}"))
    told = "voided in the books" if answer == "void" else "forgotten here, kept in the books"
    assert f"2 × {told}" in page.text and "T-1" in page.text
    page = mei.submit("confirm")
    assert "The task is trashed" in page.text
    shop.run_until_quiet()
    assert sum(each["isCancelled"] for each in shop.invoices()) == voided
    assert {row.tick for row in shop.orders()} == {Tick.NONE}
    assert f"Task {task_id}" not in mei.go(here(shop)).text


@pytest.mark.feature("T2")
def test_a_plan_that_changed_since_it_was_shown_is_shown_again_and_nothing_is_done(shop: World, mei: Person):
    shop.sell("T-1")
    shop.pull()
    task_id = shop.press_sync()
    page = mei.go(here(shop, f"/{task_id}/trash?books=void"))
    assert "1 × never sent" in page.text
    shop.run_until_quiet()
    page = mei.submit("confirm")
    assert page.status == 409 and "Something changed since you saw the plan" in page.text
    assert "1 × voided in the books" in page.text and not shop.task(task_id).is_trashed
    page = mei.submit("confirm")
    assert page.status == 200 and shop.task(task_id).is_trashed


@pytest.fixture
def being_trashed(shop: World, mei: Person, monkeypatch: pytest.MonkeyPatch) -> int:
    """A task of five orders, one failed, that the owner trashes by the page, two orders a step; its id."""
    monkeypatch.setattr(trashing, "STEP", 2)
    shop.sell(*(f"T-{number}" for number in range(1, 6)))
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, body_contains="T-5", message="The customer is on hold")
    task_id = shop.sync()
    mei.go(here(shop, f"/{task_id}/trash?books=void"))
    mei.submit("confirm")
    return task_id


@pytest.mark.feature("T2")
def test_a_long_trash_shows_how_far_it_is_and_can_be_left(shop: World, mei: Person, being_trashed: int):
    page = mei.page
    assert page.url == here(shop, f"/{being_trashed}") and "Being trashed" in page.text
    assert "Trashed by Mei on" in page.text and "its documents are voided in the books" in page.text
    assert "0 of 5 orders are done" in page.text and "You can leave this page" in page.text
    assert "5 of 5 done" not in page.text, "there is one figure of how far it is"
    assert 'http-equiv="refresh"' in page.html and 'hx-trigger="load delay:1s"' in page.html
    assert "Being trashed" in mei.go(here(shop)).text
    trashing.step(being_trashed, shop.clock.now())
    page = mei.go(here(shop, f"/{being_trashed}"))
    assert "2 of 5 orders are done" in page.text and '<progress max="5" value="2"' in page.html
    trashing.go_on(being_trashed, shop.tools, shop.rung.append, lambda: False)
    page = mei.go(here(shop, f"/{being_trashed}"))
    assert "1 of 5 orders are back to Pending. The documents of the others are being voided." in page.text
    assert 'http-equiv="refresh"' in page.html and "Being trashed" not in page.text
    shop.run_until_quiet()
    page = mei.go(here(shop, f"/{being_trashed}"))
    assert "Taken out: 5" in page.text and "are being voided" not in page.text
    assert 'http-equiv="refresh"' not in page.html and "stayed in the task" not in page.text
    assert f"Task {being_trashed}" not in mei.go(here(shop)).text


@pytest.mark.feature("T2")
def test_a_long_trash_is_rung_for(shop: World, mei: Person, monkeypatch: pytest.MonkeyPatch):
    rung: list[int] = []
    monkeypatch.setattr(trashing, "STEP", 1)
    monkeypatch.setitem(shop.app.extensions[ringing.PLACE], "trash", rung.append)
    shop.sell("T-1", "T-2")
    shop.pull()
    task_id = shop.sync()
    mei.go(here(shop, f"/{task_id}/trash?books=forget"))
    page = mei.submit("confirm")
    assert rung == [task_id] and "its documents are forgotten here, and kept in the books" in page.text


@pytest.mark.feature("T1", "T2")
def test_a_task_that_is_being_trashed_offers_nothing_else_and_refuses_it_kindly(
    shop: World, mei: Person, being_trashed: int
):
    assert "Nothing else can be done with it meanwhile" in mei.page.text
    offered = ("Re-sync", "Edit the", "Take the ticked ones out", "Trash the task")
    assert not [text for text in offered if text in mei.page.text]
    assert mei.go(here(shop, f"/{being_trashed}/trash?books=forget")).url == here(shop, f"/{being_trashed}")


@pytest.mark.feature("T1", "T2")
def test_a_page_that_was_opened_before_the_trash_changes_nothing_and_is_told_so(
    shop: World, mei: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trashing, "STEP", 0)
    shop.sell("T-1")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, message="The customer is on hold")
    task_id = shop.sync()
    plan = mei.go(here(shop, f"/{task_id}/trash?books=forget"))
    opened = mei.go(here(shop, f"/{task_id}"))
    trashing.trash(task_id, True, Actor("Tan", shop.clock.now()))
    for form, values in (("/again", {}), ("ticked", {"order": str(shop.order("T-1").id)})):
        mei.page = opened
        page = mei.submit(form, values)
        assert "Nothing was done: this task is being trashed." in page.text
    mei.page = plan
    page = mei.submit("confirm")
    assert page.url == here(shop, f"/{task_id}") and "Trashed by Tan on" in page.text
    assert shop.task(task_id).failed == 1 and shop.task(task_id).is_voiding


@pytest.mark.feature("T2")
def test_a_trashed_task_says_how_many_orders_stayed_and_why(shop: World, mei: Person):
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    shop.sell("T-2")
    shop.pull()
    shop.practice.faults("commit_then_500", path=CREATE)
    task_id = shop.press_sync([row.id for row in shop.orders()])
    shop.drain()
    mei.go(here(shop, f"/{task_id}/trash?books=void"))
    page = mei.submit("confirm")
    assert "1 order stayed in the task: it was not known then whether the books hold it" in page.text
    first = task_id - 1
    shop.practice.faults("refuse", path="/api/SalesInvoices/Void", message="The period is closed")
    mei.go(here(shop, f"/{first}/trash?books=void"))
    assert "stayed in the task" not in mei.submit("confirm").text, "it is about to be voided"
    shop.run_until_quiet()
    page = mei.go(here(shop, f"/{first}"))
    assert "1 order stayed in the task" in page.text and "or they refused to void it" in page.text


# --- what a person decides --------------------------------------------------------------------------------------


def typed_by_hand(world: World, reference: str, price: str) -> None:
    """A bookkeeper typed an invoice that carries our reference, dated two days before, unlike any order."""
    day = (world.clock.now() - timedelta(days=2)).date()
    line = {"pos": 1, "stockId": 101, "qty": 1, "unitPrice": float(price)}
    head = {"customerId": 24, "currencyId": 1, "currencyRate": 1, "docDate": str(day)}
    world.practice.control("POST", "/qne/invoices", {**head, "referenceNo": reference, "itemDetails": [line]})


def needing_a_person(shop: World, price: str) -> int:
    """An order for which the books hold a document that is not quite ours; the task's id."""
    shop.sell("T-1")
    shop.pull()
    task_id = shop.press_sync()
    typed_by_hand(shop, "sitegiant/SG-77/T-1", price)
    shop.run_until_quiet()
    assert shop.operations()[0].state is OperationState.NEEDS_PERSON
    return task_id


@pytest.mark.feature("T1")
def test_a_task_with_what_failed_says_what_to_do_and_not_that_all_is_sent(shop: World, mei: Person):
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.practice.faults("refuse", path="/api/SalesInvoices/Create", times=1, message="no")
    page = mei.go(here(shop, f"/{shop.sync()}"))
    assert "mend it, then press Re-sync" in page.text and "All is sent" not in page.text


@pytest.mark.feature("T5")
def test_a_task_that_is_done_leads_to_the_proof_and_offers_to_mend_only_what_can_be_mended(shop: World, mei: Person):
    shop.sell("T-1")
    shop.sell("T-2", order_status="Cancelled")
    shop.pull()
    page = mei.go(here(shop, f"/{shop.sync()}"))
    assert page.link("Prove it").endswith("/proof")
    assert "The order is cancelled" in page.text and "Mend" not in page.text and "Why?" in page.text


@pytest.mark.feature("T1")
@pytest.mark.parametrize(("price", "state"), [("15.00", "posted"), ("99.00", "differs")])
def test_a_person_links_the_document_that_the_books_hold(shop: World, mei: Person, price: str, state: str):
    task_id = needing_a_person(shop, price)
    assert "A person must decide" in mei.go("/").text
    assert "A person must decide" in mei.go(here(shop, f"/{task_id}")).text
    page = mei.follow("/decide/")
    assert "but with another total, currency, customer or date" in page.text
    page = mei.go(f"{page.url}?look=1")
    assert "This is it: link" in page.text and f"{price} MYR" in page.text
    page = mei.submit("link-1")
    assert "The order is linked to" in page.text and "Linked by a person" in page.text
    assert shop.documents()[0].state == state and shop.order("T-1").tick is Tick.GREEN
    assert len(shop.invoices()) == 1 and shop.task(task_id).posted == 1


@pytest.mark.feature("T1")
def test_a_person_has_it_sent_again_and_the_order_is_on_its_way(shop: World, mei: Person):
    task_id = needing_a_person(shop, "99.00")
    shop.practice.control("DELETE", f"/qne/invoices/{shop.invoices()[0]['id']}")
    operation = shop.operations()[0]
    mei.go(f"/profiles/{shop.profile_id}/decide/{operation.id}?look=1")
    assert "hold no document with our reference" in mei.page.text
    page = mei.submit("again")
    assert "It is sent again" in page.text and shop.order("T-1").tick is Tick.QUEUED
    assert shop.task(task_id).is_active and shop.task(task_id).failed == 0
    shop.run_until_quiet()
    assert shop.order("T-1").tick is Tick.GREEN and len(shop.invoices()) == 1
    assert "decided already" in mei.go(f"/profiles/{shop.profile_id}/decide/{operation.id}").text


@pytest.mark.feature("T1")
def test_a_document_that_does_not_carry_our_reference_cannot_be_linked(shop: World, mei: Person):
    needing_a_person(shop, "99.00")
    typed_by_hand(shop, "somebody-elses", "15.00")
    other = next(each for each in shop.invoices() if each["referenceNo"] == "somebody-elses")
    operation = shop.operations()[0]
    mei.go(f"/profiles/{shop.profile_id}/decide/{operation.id}?look=1")
    page = mei.submit("link-1", {"remote_id": str(other["id"])})
    assert page.status == 422 and "Look again" in page.text
    assert shop.operations()[0].state is OperationState.NEEDS_PERSON


# --- whose it is ------------------------------------------------------------------------------------------------


def test_a_task_an_order_or_a_decision_of_another_profile_is_not_there(shop: World, mei: Person):
    task_id = needing_a_person(shop, "99.00")
    order_id, operation_id = shop.orders()[0].id, shop.operations()[0].id
    accounts.make_user("Tan", PASSWORD, [], shop.clock.now())
    tan = person_of(shop)
    tan.log_in("Tan")
    paths = [f"/tasks/{task_id}", f"/tasks/{task_id}/trash", f"/sent/{order_id}", "/tasks"]
    for path in paths:
        assert tan.go(f"/profiles/{shop.profile_id}{path}").status == 404
        assert mei.go(f"/profiles/{shop.profile_id + 1}{path}").status == 404
    assert mei.go(f"/profiles/{shop.profile_id}/sent/9999").status == 404
    assert mei.go(here(shop, "/9999")).status == 404
    tan.go(f"/profiles/{shop.profile_id}/decide/{operation_id}")
    assert tan.page.status == 404


def test_a_long_task_is_paged_and_its_page_stays_small(shop: World, mei: Person):
    shop.sell(*(f"LONG-{number}" for number in range(60)))
    shop.pull()
    task_id = shop.press_sync()
    page = mei.go(here(shop, f"/{task_id}"))
    assert page.html.count('name="order"') == 50 and len(page.html) < 60_000
    page = mei.follow("Next page")
    assert page.html.count('name="order"') == 10


def asked_of_the_database(path: str, person: Person) -> int:
    """How many statements a page needs."""
    said: list[str] = []

    def listen(_connection, _cursor, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        assert person.go(path).status == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len(said)


def test_no_page_asks_the_database_more_often_because_there_are_more_rows(shop: World, mei: Person):
    shop.settle(default_item="")
    shop.sell(*(f"A-{number}" for number in range(3)), lines=[make_line("DURIAN-CRISP", "16.60")])
    shop.pull()
    task_id = shop.sync()
    shop.read(RunKind.PROOF, shop.profile_id)
    paths = ("/", here(shop), here(shop, f"/{task_id}"), here(shop, f"/{task_id}/trash?books=void"))
    before = [asked_of_the_database(path, mei) for path in paths]
    shop.sell(*(f"B-{number}" for number in range(40)), lines=[make_line("DURIAN-CRISP", "16.60")])
    shop.pull()
    more = shop.sync()
    shop.read(RunKind.PROOF, shop.profile_id)
    paths = ("/", here(shop), here(shop, f"/{more}"), here(shop, f"/{more}/trash?books=void"))
    assert [asked_of_the_database(path, mei) for path in paths] == before
