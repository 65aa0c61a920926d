"""The posting ledger: states move along allowed edges only, each with its audit row, and L1 to L11 hold."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select, update

from documents import Action, Role
from models import (
    AuditRow,
    BooksConnection,
    Document,
    DocumentState,
    Operation,
    OperationState,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import leases, ledger, posting, tasks, trashing
from sync.ledger import EDGES, Actor, ForbiddenEdge
from tests.faults.checker import alarms, audit_is_complete
from tests.orders import make_line
from tests.world import CREATE, World

S = OperationState
PAIRS = list(itertools.product(OperationState, repeat=2))


@pytest.fixture
def queued(shop: World) -> World:
    """One order, drafted into the ledger, not sent."""
    shop.sell("T-1")
    shop.pull()
    shop.press_sync()
    return shop


def me(world: World) -> Actor:
    return Actor("test", world.clock.now())


def own(world: World) -> leases.Lease:
    lease = leases.take(BooksConnection, world.books_id, world.tools.timing.lease_s, world.clock)
    assert lease is not None
    return lease


def audit() -> list[AuditRow]:
    rows = list(db.session.scalars(select(AuditRow).order_by(AuditRow.id)))
    end_reading()
    return rows


def put(operation_id: int, state: OperationState, **values: Any) -> None:
    """Set a state without the ledger, as no code of ours may."""
    with writing() as session:
        session.execute(update(Operation).where(Operation.id == operation_id).values(state=state, **values))


def claim(world: World, token: str, payload: bytes = b"{}") -> bool:
    [operation] = world.operations()
    with writing() as session:
        return ledger.claim(session, operation.id, operation.document_id, token, payload, world.clock.stamp())


def elsewhere(world: World, statement: str) -> list[Any]:
    """Ask or change the database over a connection of its own, as another process would."""
    engine = sa.create_engine(world.app.config["SQLALCHEMY_DATABASE_URI"])
    try:
        with engine.begin() as connection:
            found = connection.execute(sa.text(statement))
            return list(found.all()) if found.returns_rows else []
    finally:
        engine.dispose()


# --- edges --------------------------------------------------------------------------------------------------------


def test_every_pair_of_states_is_allowed_or_refused_as_the_table_says(queued: World):
    [operation] = queued.operations()
    for was, became in PAIRS:
        put(operation.id, was)
        before = len(audit())
        if (was, became) in EDGES:
            with writing() as session:
                assert ledger.move(session, operation.id, operation.document_id, (was, became), me(queued), {})
            assert queued.operations()[0].state is became and len(audit()) == before + 1
        else:
            with pytest.raises(ForbiddenEdge), writing() as session:
                ledger.move(session, operation.id, operation.document_id, (was, became), me(queued), {})
            assert queued.operations()[0].state is was and len(audit()) == before


def test_the_edges_are_those_of_the_reference():
    assert len(EDGES) == 12
    assert not [edge for edge in EDGES if edge[0] is S.POSTED], "what is posted stays posted"
    assert {edge[1] for edge in EDGES if edge[0] is S.UNKNOWN} == {S.POSTED, S.READY, S.NEEDS_PERSON}
    assert {edge[0] for edge in EDGES if edge[1] is S.SENDING} == {S.READY}, "by a claim only"


def test_an_operation_that_went_on_is_not_moved_and_leaves_no_row(queued: World):
    [operation] = queued.operations()
    before = len(audit())
    with writing() as session:
        edge = (S.SENDING, S.POSTED)
        assert not ledger.move(session, operation.id, operation.document_id, edge, me(queued), {})
    put(operation.id, S.SENDING, is_open=False)
    with writing() as session:
        assert not ledger.move(session, operation.id, operation.document_id, edge, me(queued), {})
    assert len(audit()) == before


# --- L1 to L11 ----------------------------------------------------------------------------------------------------


def test_l1_the_intent_is_committed_before_the_first_byte_leaves(queued: World, monkeypatch: pytest.MonkeyPatch):
    seen: list[Any] = []

    def look(point: str) -> None:
        if point == "p2":  # the connection stands, nothing is sent
            asked = "SELECT state, payload_sha256, claimed, lease_token FROM operations"
            seen.append((elsewhere(queued, asked), len(queued.practice.requests("qne"))))

    monkeypatch.setattr(posting, "hit", look)
    queued.drain()
    [([(state, digest, claimed, token)], _)] = seen
    assert (state, digest) == ("sending", queued.operations()[0].payload_sha256) and claimed and token


def test_l2_a_claim_is_one_compare_and_set_and_needs_the_lease_of_the_books(queued: World):
    assert not claim(queued, "nobody's token")
    lease = own(queued)
    assert claim(queued, lease.token)
    assert not claim(queued, lease.token), "once"
    [operation] = queued.operations()
    assert (operation.state, operation.lease_token, operation.attempts) == (S.SENDING, lease.token, 1)
    assert operation.payload_sha256 == ledger.sha256(b"{}")


def test_l2_nothing_is_claimed_before_its_time(queued: World):
    lease = own(queued)
    put(queued.operations()[0].id, S.READY, not_before=queued.clock.now().replace(year=2100))
    assert not claim(queued, lease.token)


def test_l3_an_answer_to_a_claim_that_is_anothers_by_now_is_an_alarm(queued: World, monkeypatch: pytest.MonkeyPatch):
    def overtake(point: str) -> None:
        if point == "p5":  # the answer is read, and not written down
            elsewhere(queued, "UPDATE operations SET lease_token = 'another'")

    monkeypatch.setattr(posting, "hit", overtake)
    queued.drain()
    monkeypatch.undo()
    assert queued.operations()[0].state is S.SENDING
    [alarm] = alarms()
    assert alarm["overtaken"] and queued.invoices()[0]["docCode"] in alarm["answer"]
    queued.run_until_quiet()
    assert queued.operations()[0].state is S.POSTED and len(queued.invoices()) == 1


def test_l4_a_claim_whose_owner_is_gone_becomes_unknown_and_never_ready(queued: World):
    lease = own(queued)
    assert claim(queued, lease.token)
    queued.clock.pass_by(queued.tools.timing.lease_s)
    queued.drain()
    assert queued.operations()[0].state is S.UNKNOWN and queued.invoices() == []
    assert [(row.was, row.became) for row in audit()][-2:] == [("ready", "sending"), ("sending", "unknown")]


def test_l5_l6_unknown_is_left_by_look_ups_that_are_late_enough(queued: World):
    queued.practice.faults("commit_then_500", path=CREATE)
    queued.drain()
    assert queued.operations()[0].state is S.UNKNOWN
    queued.drain()
    assert queued.operations()[0].state is S.UNKNOWN, "not before its time"
    [document] = queued.documents()
    assert document.state is DocumentState.WAITING
    queued.run_until_quiet()
    assert queued.operations()[0].state is S.POSTED and len(queued.invoices()) == 1
    assert audit()[-1].note["how"] == "looked up"


def person_made(world: World, reference: str, price: str) -> None:
    """Somebody typed an invoice of this reference into the books."""
    [document] = world.documents()
    line = {"pos": 1, "stockId": 101, "qty": 1, "unitPrice": float(price)}
    head = {"customerId": 24, "currencyId": 1, "currencyRate": 1, "docDate": document.day.isoformat()}
    world.practice.control("POST", "/qne/invoices", {**head, "referenceNo": reference, "itemDetails": [line]})


@pytest.mark.parametrize(
    ("prices", "state"),
    [(["15.00"], S.POSTED), (["15.01"], S.NEEDS_PERSON), (["15.00", "15.00"], S.NEEDS_PERSON)],
    ids=["equal", "differs", "two"],
)
def test_l7_one_that_is_equal_is_adopted_and_anything_else_needs_a_person(
    queued: World, prices: list[str], state: OperationState
):
    for price in prices:
        person_made(queued, "sitegiant/SG-77/T-1", price)
    queued.run_until_quiet()
    assert queued.operations()[0].state is state and len(queued.invoices()) == len(prices)
    assert queued.order("T-1").tick is (Tick.GREEN if state is S.POSTED else Tick.RED)
    audit_is_complete(queued)


@pytest.fixture
def buyer(shop: World) -> World:
    """One order whose buyer is to be made a customer first, drafted and not sent."""
    shop.settle(sale_assigned_to="original")
    shop.sell("T-1", channel=15, customer={"name": "Siti Aminah", "email": "siti@example.com"})
    shop.pull()
    shop.press_sync()
    return shop


@pytest.mark.feature("S22")
def test_l8_an_invoice_waits_until_its_customer_stands_in_the_books(buyer: World):
    customer, sale = sorted(buyer.documents(), key=lambda each: each.role is Role.SALE)
    assert (customer.role, sale.role) == (Role.CUSTOMER, Role.SALE)
    buyer.practice.faults("commit_then_500", path="/api/Customers/Create")
    while buyer.drain():
        pass
    states = {each.document_id: each.state for each in buyer.operations()}
    assert states == {customer.id: S.UNKNOWN, sale.id: S.READY} and buyer.invoices() == []
    buyer.run_until_quiet()
    assert {each.state for each in buyer.operations()} == {S.POSTED} and len(buyer.invoices()) == 1


@pytest.mark.feature("S22", "I5")
def test_l8_a_refused_customer_shows_on_the_order_and_both_are_sent_again(buyer: World):
    buyer.practice.faults("refuse", path="/api/Customers/Create", message="The name is taken")
    buyer.run_until_blocked()
    assert buyer.order("T-1").tick is Tick.RED and "The name is taken" in buyer.reasons("T-1")[0]
    task_id = buyer.sync("T-1")
    assert buyer.order("T-1").tick is Tick.GREEN and len(buyer.invoices()) == 1
    assert buyer.task(task_id).posted == 1 and len(buyer.documents()) == 2


@pytest.mark.feature("S22")
def test_l8_an_order_behind_a_refused_customer_can_be_given_another(buyer: World):
    buyer.practice.faults("refuse", path="/api/Customers/Create")
    buyer.run_until_blocked()
    buyer.settle(sale_assigned_to="channel")
    task_id = buyer.press_sync([buyer.order("T-1").id])
    buyer.run_until_blocked()
    assert buyer.task(task_id).posted == 1 and buyer.invoices()[0]["customerCode"] == "300-W0001"


def test_l9_what_was_refused_and_changed_has_a_new_key_and_is_the_same_document(queued: World):
    queued.practice.faults("refuse", path=CREATE)
    queued.drain()
    [before] = queued.operations()
    queued.change("T-1", products=[make_line(price="16.00")])
    queued.pull()
    queued.sync("T-1")
    [after] = queued.operations()
    assert before.id == after.id and before.key != after.key and before.payload_sha256 != after.payload_sha256
    assert [each.source for each in queued.documents()] == ["sitegiant/SG-77/T-1"]


def test_l9_what_is_unknown_is_not_changed(queued: World):
    queued.practice.faults("commit_then_500", path=CREATE)
    queued.drain()
    [before] = queued.operations()
    with writing() as session:
        session.execute(update(posting.outcomes.ProfileOrder).values(tick=Tick.RED))
    queued.change("T-1", products=[make_line(price="16.00")])
    queued.pull()
    task_id = queued.press_sync([queued.order("T-1").id])
    [after] = queued.operations()
    assert queued.task(task_id).left == 1 and "being posted already" in queued.reasons("T-1")[0]
    assert (before.key, before.payload_sha256, before.content) == (after.key, after.payload_sha256, after.content)


def test_l9_the_same_bytes_have_the_same_key(queued: World):
    queued.practice.faults("status_429", path=CREATE, retry_after=5)
    queued.drain()
    [before] = queued.operations()
    assert before.state is S.READY and before.payload
    queued.run_until_quiet()
    [after] = queued.operations()
    assert after.state is S.POSTED and (before.key, before.payload_sha256) == (after.key, after.payload_sha256)


def test_l10_neither_a_new_pull_nor_a_trashed_task_touches_what_is_posted_or_unknown(queued: World):
    queued.practice.faults("commit_then_500", path=CREATE)
    queued.drain()

    def state() -> list[Any]:
        return [(each.state, each.key, each.is_open, each.payload) for each in queued.operations()]

    before = state()
    task_id = queued.task_orders(1)[0].task_id
    queued.pull()
    trashing.trash(task_id, True, me(queued))
    tasks.take_out(task_id, [row.id for row in queued.task_orders(task_id)], me(queued))
    tasks.send_again(task_id)
    queued.draft(task_id)
    assert state() == before and queued.documents()[0].is_live
    [operation] = queued.operations()
    with writing() as session:
        assert not ledger.give_up(session, session.get_one(Operation, operation.id), me(queued))


def test_l11_a_change_and_its_audit_row_are_one_transaction(queued: World):
    [operation] = queued.operations()
    before = [(row.id, row.became) for row in audit()]

    [document_id] = [each.id for each in queued.documents()]

    def fail(move: Callable[[Any], object]) -> None:
        with pytest.raises(RuntimeError), writing() as session:
            move(session)
            raise RuntimeError

    token = own(queued).token
    stamp = queued.clock.stamp()
    fail(lambda session: ledger.claim(session, operation.id, operation.document_id, token, b"", stamp))
    fail(lambda session: ledger.record(session, None, document_id, None, None, me(queued), {}))
    assert [(row.id, row.became) for row in audit()] == before
    assert queued.operations()[0].state is S.READY and len(queued.operations()) == 1


def test_l11_the_audit_tells_the_whole_way_of_every_operation(queued: World):
    queued.practice.faults("refuse", path=CREATE)
    queued.run_until_quiet()
    queued.practice.faults("commit_then_500", path=CREATE)
    queued.sync("T-1")
    audit_is_complete(queued)
    told = [row.became for row in audit()]
    assert told == ["ready", "sending", "rejected", "ready", "sending", "unknown", "posted"]
    assert {row.actor for row in audit()} == {"Mei", "drain"}


def test_an_open_operation_stands_alone(queued: World):
    [document] = queued.documents()
    with pytest.raises(sa.exc.IntegrityError), writing() as session:
        ledger.open_operation(session, document.id, queued.books_id, Action.VOID, None, me(queued))
    with pytest.raises(sa.exc.IntegrityError), writing() as session:
        values = {"books_id": document.books_id, "profile_id": document.profile_id, "role": document.role}
        session.add(Document(**values, source=document.source, generation=2, content=""))
