"""A task is one press of Sync: what it sends, what it leaves with a reason, and what can be done with it after."""

import threading

import pytest
from sqlalchemy import select, update

from documents import Action
from models import (
    Document,
    DocumentState,
    Operation,
    OperationState,
    Profile,
    ProfileOrder,
    StoredItem,
    Task,
    TaskOrderState,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import fates, filing, ledger, matching, profiles, syncing, task_shown, tasks, trashing
from sync.drafting import Edits, fingerprint
from sync.fates import Fate
from sync.ledger import Actor
from tests.orders import make_line
from tests.world import CREATE, World

UPDATE, VOID = "/api/SalesInvoices/Update", "/api/SalesInvoices/Void"


def mei(world: World) -> Actor:
    return Actor("Mei", world.clock.now())


def counts(world: World, task_id: int) -> dict[str, int]:
    """The counts that are kept, after checking them against the rows."""
    task: Task = world.task(task_id)
    kept = {state.value: getattr(task, state.value) for state in TaskOrderState}
    states = [row.state for row in world.task_orders(task_id)]
    assert kept == {state.value: states.count(state) for state in TaskOrderState}
    assert task.total == len(states)
    return {name: count for name, count in kept.items() if count}


def live(world: World) -> list[str]:
    return sorted(each["referenceNo"] for each in world.invoices() if not each["isCancelled"])


def unmatch(world: World, isku: str) -> None:
    settings = {"default_item": ""}
    assert profiles.save_settings(world.profile_id, settings) == []
    match(world, isku, "")


def match(world: World, isku: str, code: str) -> None:
    with writing() as session:
        item_id = session.scalar(select(StoredItem.id).where(StoredItem.external_id == isku))
        matching.match_item(session, world.profile_id, item_id, code, None, world.clock.now())


def shown(world: World, *order_ids: str) -> dict[int, str]:
    """The fingerprints of the drafts as a review page shows them."""
    ids = [world.order(each).id for each in order_ids]
    profile = db.session.get_one(Profile, world.profile_id)
    made = syncing.drafts_of(profile, ids, world.clock.now())
    end_reading()
    return {row.id: fingerprint(draft) for row, draft, _ in made}


# --- pressing Sync (I5, I7) ---------------------------------------------------------------------------------------


@pytest.mark.feature("I5", "T1")
def test_sync_two_of_three_sends_the_complete_ones_and_the_third_says_why(shop: World):
    unmatch(shop, "MUG-02")
    shop.sell("T-1", "T-2")
    shop.sell("T-3", lines=[make_line("MUG-02"), make_line("MUG-01")])
    shop.pull()
    task_id = shop.press_sync()
    assert counts(shop, task_id) == {"queued": 2, "left": 1} and shop.task(task_id).is_active
    assert shop.rung == [shop.books_id]
    shop.run_until_quiet()
    assert counts(shop, task_id) == {"posted": 2, "left": 1} and not shop.task(task_id).is_active
    assert [shop.order(each).tick for each in ("T-1", "T-2", "T-3")] == [Tick.GREEN, Tick.GREEN, Tick.NONE]
    [reason] = shop.order("T-3").reasons
    assert reason["mend"] == "matching.item" or "matching" in reason["mend"]
    assert "MUG-02" in shop.reasons("T-3")[0]


@pytest.mark.feature("T1")
def test_after_the_matching_is_mended_what_was_left_is_sent_again(shop: World):
    unmatch(shop, "MUG-02")
    shop.sell("T-1", lines=[make_line("MUG-02")])
    shop.pull()
    task_id = shop.sync()
    assert counts(shop, task_id) == {"left": 1}
    match(shop, "MUG-02", "MUG-02")
    assert tasks.send_again(task_id) == 1
    shop.draft(task_id)
    shop.run_until_quiet()
    assert counts(shop, task_id) == {"posted": 1} and shop.order("T-1").tick is Tick.GREEN
    assert shop.reasons("T-1") == []


@pytest.mark.feature("T1")
def test_sending_again_takes_what_failed_and_what_was_left_and_nothing_else(shop: World):
    unmatch(shop, "MUG-02")
    shop.sell("T-1", "T-2")
    shop.sell("T-3", lines=[make_line("MUG-02")])
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, body_contains="T-2", times=1)
    task_id = shop.sync()
    assert counts(shop, task_id) == {"posted": 1, "failed": 1, "left": 1}
    rows = {row.profile_order_id: row.id for row in shop.task_orders(task_id)}
    assert tasks.send_again(task_id, [rows[shop.order(each).id] for each in ("T-1", "T-3")]) == 1
    assert counts(shop, task_id) == {"posted": 1, "failed": 1, "waiting": 1}
    assert tasks.send_again(task_id) == 1 and not shop.task(task_id).is_drafted
    assert counts(shop, task_id) == {"posted": 1, "waiting": 2}
    assert tasks.send_again(task_id) == 0
    shop.draft(task_id)
    shop.run_until_quiet()
    assert counts(shop, task_id) == {"posted": 2, "left": 1} and len(live(shop)) == 2


@pytest.mark.feature("I7")
def test_a_green_order_is_never_posted_again(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    row_id = shop.order("T-1").id
    task_id = shop.press_sync([row_id])
    assert shop.task(task_id).total == 0
    with writing() as session:  # even where it got into a task
        session.execute(update(ProfileOrder).where(ProfileOrder.id == row_id).values(tick=Tick.NONE))
    task_id = shop.press_sync([row_id])
    shop.run_until_quiet()
    assert counts(shop, task_id) == {"left": 1} and len(shop.operations()) == 1
    assert "in the books already" in shop.reasons("T-1")[0]


@pytest.mark.feature("I7")
def test_a_yellow_order_updates_the_same_document(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    [before] = shop.invoices()
    shop.change("T-1", products=[make_line(price="16.00"), make_line("TEA-10", "12.50")])
    shop.pull()
    task_id = shop.sync("T-1")
    [after] = shop.invoices()
    assert (after["id"], after["docCode"]) == (before["id"], before["docCode"])
    assert (before["total"], after["total"]) == (15.00, 28.50)
    assert counts(shop, task_id) == {"posted": 1} and shop.order("T-1").tick is Tick.GREEN
    [document] = shop.documents()
    assert document.generation == 1 and document.posted_total == document.expected
    assert [each.action for each in shop.operations()] == [Action.CREATE, Action.UPDATE]


@pytest.mark.feature("I7")
def test_a_red_order_is_sent_again_as_the_same_document(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, message="The project is closed")
    task_id = shop.sync()
    assert shop.order("T-1").tick is Tick.RED and "The project is closed" in shop.reasons("T-1")[0]
    assert counts(shop, task_id) == {"failed": 1}
    again = shop.sync("T-1")
    assert shop.order("T-1").tick is Tick.GREEN and len(shop.documents()) == 1 and len(shop.operations()) == 1
    assert counts(shop, again) == {"posted": 1} and counts(shop, task_id) == {"posted": 1}


@pytest.mark.feature("I7")
def test_a_change_while_it_was_being_posted_leaves_it_yellow(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.press_sync()
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    shop.run_until_quiet()
    assert shop.order("T-1").tick is Tick.YELLOW
    shop.sync("T-1")
    assert [each["total"] for each in shop.invoices()] == [16.00] and shop.order("T-1").tick is Tick.GREEN


# --- what was seen (rules.md 7) -----------------------------------------------------------------------------------


@pytest.mark.feature("I5")
def test_a_draft_that_changed_since_it_was_seen_is_left_and_not_posted(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    seen = shown(shop, "T-1", "T-2")
    shop.change("T-1", products=[make_line(price="99.00")])
    shop.pull()
    task_id = syncing.press_sync(shop.profile_id, list(seen), "Mei", shop.clock.now(), seen)
    shop.draft(task_id)
    shop.run_until_quiet()
    assert live(shop) == ["sitegiant/SG-77/T-2"]
    assert counts(shop, task_id) == {"posted": 1, "left": 1}
    assert "changed after you looked at it" in shop.reasons("T-1")[0]
    again = shown(shop, "T-1")
    task_id = syncing.press_sync(shop.profile_id, list(again), "Mei", shop.clock.now(), again)
    shop.draft(task_id)
    shop.run_until_quiet()
    assert shop.order("T-1").tick is Tick.GREEN


@pytest.mark.feature("T1")
def test_edits_of_a_draft_beat_the_rules_and_are_kept_for_the_next_sync(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE)
    task_id = shop.sync()
    row_id = shop.order("T-1").id
    tasks.change_edits(row_id, lambda _: Edits(description="For Aunt Siti", project="RETAIL"), mei(shop))
    tasks.send_again(task_id)
    shop.draft(task_id)
    shop.run_until_quiet()
    assert shop.invoice("T-1")["description"] == "For Aunt Siti"
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    shop.sync("T-1")
    read = shop.invoice("T-1")
    assert (read["description"], read["netTotalAmount"]) == ("For Aunt Siti", 16)


# --- taking out and trashing (T1, T2) -----------------------------------------------------------------------------


@pytest.mark.feature("T1")
def test_orders_that_are_not_in_the_books_can_be_taken_out_and_are_pending_again(shop: World):
    shop.sell("T-1", "T-2", "T-3")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, body_contains="T-1")
    task_id = shop.press_sync()
    shop.drain()
    shop.practice.heal()
    rows = {row.profile_order_id: row.id for row in shop.task_orders(task_id)}
    wanted = [rows[shop.order(each).id] for each in ("T-1", "T-2")]
    fates = [plan.fate for plan in tasks.take_out(task_id, wanted, mei(shop))]
    assert fates == [Fate.BACK, Fate.KEEP], "what is posted stays"
    assert counts(shop, task_id) == {"posted": 2, "taken_out": 1}
    assert shop.order("T-1").tick is Tick.NONE and shop.order("T-2").tick is Tick.GREEN
    shop.sync("T-1")
    assert len(live(shop)) == 3


@pytest.mark.feature("T1")
def test_what_was_taken_out_before_it_was_sent_is_not_sent(shop: World):
    shop.sell("T-1")
    shop.pull()
    task_id = shop.press_sync()
    tasks.take_out(task_id, [row.id for row in shop.task_orders(task_id)], mei(shop))
    shop.run_until_quiet()
    assert shop.invoices() == [] and shop.documents()[0].state is DocumentState.DROPPED
    shop.sync()
    assert live(shop) == ["sitegiant/SG-77/T-1"] and [d.generation for d in shop.documents()] == [1, 2]


@pytest.mark.feature("T2")
def test_a_trashed_task_is_voided_in_the_books_and_synced_again_as_a_second_generation(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    task_id = shop.sync()
    assert {plan.fate for plan in trashing.plan_trash(task_id, True)} == {Fate.VOID}
    trashing.trash(task_id, True, mei(shop))
    assert [row.tick for row in shop.orders()] == [Tick.GREEN, Tick.GREEN], "until it is done"
    shop.run_until_quiet()
    assert live(shop) == [] and len(shop.invoices()) == 2
    assert [row.tick for row in shop.orders()] == [Tick.NONE, Tick.NONE]
    assert counts(shop, task_id) == {"taken_out": 2} and shop.task(task_id).is_trashed
    shop.sync()
    assert len(live(shop)) == 2 and len(shop.invoices()) == 4
    assert sorted(each.generation for each in shop.documents() if each.is_live) == [2, 2]
    assert all(row.is_proven for row in shop.proof())


@pytest.mark.feature("T2")
def test_what_was_only_forgotten_is_recognised_and_linked_and_never_doubled(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    task_id = shop.sync()
    trashing.trash(task_id, False, mei(shop))
    assert [row.tick for row in shop.orders()] == [Tick.NONE, Tick.NONE] and len(live(shop)) == 2
    again = shop.sync()
    assert counts(shop, again) == {"posted": 2} and len(shop.invoices()) == 2
    assert shop.practice.ledger()["creates_seen"]["invoices"] == 2
    assert all(row.is_proven for row in shop.proof())


@pytest.mark.feature("T2")
@pytest.mark.parametrize("is_voiding", [True, False])
def test_what_is_unknown_is_kept(shop: World, is_voiding: bool):
    shop.sell("T-1")
    shop.pull()
    task_id = shop.press_sync()
    shop.practice.faults("commit_then_500", path=CREATE)
    shop.drain()
    assert [each.state for each in shop.operations()] == [OperationState.UNKNOWN]
    [plan] = trashing.plan_trash(task_id, is_voiding)
    assert plan.fate is Fate.KEEP and "not known yet" in str(plan.why)
    trashing.trash(task_id, is_voiding, mei(shop))
    assert shop.order("T-1").tick is Tick.QUEUED and shop.documents()[0].is_live
    shop.run_until_quiet()
    assert live(shop) == ["sitegiant/SG-77/T-1"] and shop.order("T-1").tick is Tick.GREEN


@pytest.mark.feature("T2")
def test_trashing_an_older_task_leaves_alone_what_a_later_one_posted(shop: World):
    unmatch(shop, "MUG-01")
    shop.sell("T-1")
    shop.pull()
    first = shop.sync()
    match(shop, "MUG-01", "MUG-01")
    shop.sync()
    trashing.trash(first, False, mei(shop))
    assert shop.order("T-1").tick is Tick.GREEN and shop.documents()[0].state is DocumentState.POSTED
    assert counts(shop, first) == {"taken_out": 1}


@pytest.mark.feature("T2")
def test_trashing_twice_does_not_unmake_what_was_voided(shop: World):
    shop.sell("T-1")
    shop.pull()
    first = shop.sync()
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    second = shop.sync("T-1")
    trashing.trash(second, True, mei(shop))
    shop.run_until_quiet()
    trashing.trash(first, False, mei(shop))
    assert [each.state for each in shop.documents()] == [DocumentState.VOIDED]
    shop.sync()
    assert len(live(shop)) == 1 and shop.order("T-1").tick is Tick.GREEN


def yellow_with_a_refused_change(shop: World) -> int:
    """An order in the books whose change the books refused; the second task's id."""
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    shop.practice.faults("refuse", path=UPDATE)
    task_id = shop.sync("T-1")
    assert counts(shop, task_id) == {"failed": 1} and shop.order("T-1").tick is Tick.RED
    return task_id


@pytest.mark.feature("T1")
def test_a_refused_change_can_be_taken_out_and_the_document_stays(shop: World):
    task_id = yellow_with_a_refused_change(shop)
    [plan] = tasks.take_out(task_id, [shop.task_orders(task_id)[0].id], mei(shop))
    assert plan.fate is Fate.LEAVE
    assert shop.order("T-1").tick is Tick.YELLOW and counts(shop, task_id) == {"taken_out": 1}
    shop.run_until_quiet()
    assert [each["total"] for each in shop.invoices()] == [15.00]
    shop.sync("T-1")
    assert [each["total"] for each in shop.invoices()] == [16.00]


@pytest.mark.feature("T2")
@pytest.mark.parametrize("is_voiding", [True, False])
def test_a_task_with_a_refused_change_can_be_trashed(shop: World, is_voiding: bool):
    task_id = yellow_with_a_refused_change(shop)
    trashing.trash(task_id, is_voiding, mei(shop))
    shop.run_until_quiet()
    assert len(live(shop)) == (0 if is_voiding else 1)
    assert shop.order("T-1").tick is Tick.NONE
    assert not [each for each in shop.operations() if each.is_open]


@pytest.mark.feature("I7", "T2")
def test_an_order_whose_void_was_refused_can_be_updated(shop: World):
    shop.sell("T-1")
    shop.pull()
    task_id = shop.sync()
    shop.practice.faults("refuse", path=VOID)
    trashing.trash(task_id, True, mei(shop))
    shop.run_until_quiet()
    assert shop.order("T-1").tick is Tick.RED
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    shop.sync("T-1")
    assert [(each["total"], each["isCancelled"]) for each in shop.invoices()] == [(16.00, False)]


# --- twice at once ------------------------------------------------------------------------------------------------


def draft_at_once(world: World, *task_ids: int) -> list[BaseException]:
    """Draft these tasks in threads of their own, as several workers would."""
    troubles: list[BaseException] = []
    gate = threading.Barrier(len(task_ids))

    def work(task_id: int) -> None:
        with world.app.app_context():
            try:
                gate.wait()
                world.draft(task_id)
            except BaseException as error:
                troubles.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(task_id,)) for task_id in task_ids]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return troubles


@pytest.mark.feature("T1", "S17")
def test_a_task_drafted_twice_at_once_makes_one_document_for_each_order(shop: World):
    assert profiles.save_settings(shop.profile_id, {"number_source": "prefix_running", "number_prefix": "INV-"}) == []
    shop.sell(*(f"T-{number}" for number in range(12)))
    shop.pull()
    ids = [row.id for row in shop.orders()]
    task_id = syncing.press_sync(shop.profile_id, ids, "Mei", shop.clock.now())
    assert draft_at_once(shop, task_id, task_id, task_id) == []
    assert counts(shop, task_id) == {"queued": 12}
    assert len(shop.documents()) == len(shop.operations()) == 12
    assert sorted(each.number for each in shop.documents()) == sorted(f"INV-{number}" for number in range(1, 13))


@pytest.mark.feature("T1", "S17")
def test_two_tasks_with_the_same_orders_drafted_at_once_make_one_document_each(shop: World):
    assert profiles.save_settings(shop.profile_id, {"number_source": "prefix_running", "number_prefix": "INV-"}) == []
    shop.sell(*(f"T-{number}" for number in range(8)))
    shop.pull()
    ids = [row.id for row in shop.orders()]
    both = [syncing.press_sync(shop.profile_id, chosen, "Mei", shop.clock.now()) for chosen in (ids, ids[::-1])]
    assert draft_at_once(shop, *both) == []
    assert len(shop.documents()) == 8 and len({each.number for each in shop.documents()}) == 8
    states = [state for task_id in both for state in counts(shop, task_id)]
    assert sorted(states) in (["left", "queued"], ["left", "left", "queued"], ["left", "left", "queued", "queued"])
    shop.run_until_quiet()
    assert len(live(shop)) == 8


@pytest.mark.feature("T1")
def test_a_drafting_that_died_half_way_is_gone_on_with(shop: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(syncing, "STEP", 2)
    shop.sell(*(f"T-{number}" for number in range(5)))
    shop.pull()
    task_id = syncing.press_sync(shop.profile_id, [row.id for row in shop.orders()], "Mei", shop.clock.now())
    stops = iter([False, True])
    syncing.draft_task(task_id, shop.tools, shop.rung.append, lambda: next(stops))
    assert counts(shop, task_id) == {"queued": 2, "waiting": 3} and not shop.task(task_id).is_drafted

    def die(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as dying:
        dying.setattr(filing, "_write", die)
        with pytest.raises(MemoryError):
            shop.draft(task_id)
    assert counts(shop, task_id) == {"queued": 2, "waiting": 3}
    shop.draft(task_id)
    shop.run_until_quiet()
    assert counts(shop, task_id) == {"posted": 5} and len(live(shop)) == 5


# --- lists --------------------------------------------------------------------------------------------------------


@pytest.mark.feature("T1")
def test_the_rows_of_a_task_are_paged_and_filtered(shop: World):
    shop.sell("T-1", "T-2", "T-3")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, body_contains="T-2")
    task_id = shop.sync()
    [failed] = task_shown.lines(task_id, TaskOrderState.FAILED)
    assert failed.number == "T-2"
    first, second = task_shown.lines(task_id, None, most=2)
    assert [row.id for row in task_shown.lines(task_id, None, second.id, 2)] == [second.id + 1]
    assert first.id < second.id
    end_reading()


def test_a_person_decides_what_a_machine_cannot(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.press_sync()
    person_made_it(shop, "sitegiant/SG-77/T-1", 99)
    shop.run_until_quiet()
    [operation] = shop.operations()
    assert operation.state is OperationState.NEEDS_PERSON and shop.order("T-1").tick is Tick.RED
    tasks.decide_by_person(operation.id, False, mei(shop))
    assert shop.operations()[0].state is OperationState.REJECTED
    tasks.decide_by_person(operation.id, True, mei(shop))
    assert shop.operations()[0].state is OperationState.REJECTED, "only what needs a person is decided by one"


def person_made_it(world: World, reference: str, price: int) -> None:
    """A bookkeeper typed an invoice that carries our reference."""
    body = {
        "customerId": 24,
        "docDate": world.documents()[0].day.isoformat(),
        "currencyId": 1,
        "currencyRate": 1,
        "referenceNo": reference,
        "itemDetails": [{"pos": 1, "stockId": 101, "qty": 1, "unitPrice": price}],
    }
    world.practice.control("POST", "/qne/invoices", body)


def test_documents_are_only_ever_one_alive(shop: World):
    shop.sell("T-1")
    shop.pull()
    task_id = shop.sync()
    trashing.trash(task_id, True, mei(shop))
    shop.run_until_quiet()
    shop.sync()
    living = [each for each in shop.documents() if each.is_live]
    assert len(living) == 1
    with pytest.raises(Exception, match=r"(?i)unique"), writing() as session:
        session.execute(update(Document).values(is_live=True))
    with pytest.raises(ledger.ForbiddenEdge), writing() as session:
        operation = session.scalars(select(Operation)).first()
        edge = (OperationState.POSTED, OperationState.READY)
        ledger.move(session, operation.id, operation.document_id, edge, mei(shop), {})


@pytest.mark.feature("T2")
@pytest.mark.parametrize("is_voiding", [False, True])
def test_what_is_posted_between_its_plan_and_the_deed_stays_ours(shop: World, is_voiding: bool):
    shop.sell("RACE-1")
    shop.pull()
    task_id = shop.press_sync()
    [plan] = trashing.plan_trash(task_id, is_voiding)  # back to Pending: nothing was sent yet
    shop.run_until_quiet()
    with writing() as session:
        fates.carry_out(session, task_id, plan, mei(shop))
    (document,) = shop.documents()
    assert document.is_live and document.state is DocumentState.POSTED
    assert shop.order("RACE-1").tick is Tick.GREEN
    shop.sync()
    assert len(shop.invoices()) == 1
