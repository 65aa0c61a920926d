"""What must hold after any fault (reliability: invariants a to f), judged by the practice's books and our tables."""

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select

from documents import Role
from models import AuditRow, Document, DocumentState, Operation, OperationState, Tick, db, end_reading
from sync.ledger import EDGES
from tests.world import World

STANDS = (DocumentState.POSTED, DocumentState.DIFFERS)


def check(world: World, accepted: int | None = None) -> None:
    """Every invariant; `accepted` is how many sales must stand in the books."""
    alive = [each for each in world.invoices() if not each["is_void"]]
    documents = [each for each in world.documents() if each.role is Role.SALE and each.is_live and each.state in STANDS]
    one_document_for_each_order(alive, documents, accepted)
    totals_agree(alive, documents)
    nothing_is_left_in_between(world)
    audit_is_complete(world)


def one_document_for_each_order(alive: list[dict], documents: list[Document], accepted: int | None) -> None:
    """(a) and (c): one remote document per posted row, and none without."""
    references = [each["reference"] for each in alive if not each.get("by_person")]
    assert len(references) == len(set(references)), f"doubled: {sorted(references)}"
    assert sorted(references) == sorted(document.source for document in documents)
    assert {str(each["id"]) for each in alive} >= {document.remote_id for document in documents}
    if accepted is not None:
        assert len(documents) == accepted


def totals_agree(alive: list[dict], documents: list[Document]) -> None:
    """(b): to the cent, per currency."""
    theirs: dict[str, Decimal] = defaultdict(Decimal)
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for each in alive:
        if not each.get("by_person"):
            theirs[each["currency"]] += Decimal(str(each["total"]))
    for document in documents:
        ours[document.currency or ""] += document.expected or Decimal(0)
    assert theirs == ours


def nothing_is_left_in_between(world: World) -> None:
    """(d): after quiet, nothing is sending or unknown, and no order is on its way."""
    between = (OperationState.SENDING, OperationState.UNKNOWN, OperationState.READY)
    assert [(each.id, each.state) for each in world.operations() if each.is_open and each.state in between] == []
    assert [each.id for each in world.orders() if each.tick is Tick.QUEUED] == []


def audit_is_complete(world: World) -> None:
    """(e): each operation's audit rows make one chain along allowed edges, up to the state it has."""
    chains: dict[int, list[AuditRow]] = defaultdict(list)
    for row in db.session.scalars(select(AuditRow).where(AuditRow.became.is_not(None)).order_by(AuditRow.id)):
        chains[row.operation_id or 0].append(row)
    end_reading()
    for operation in world.operations():
        _check_chain(operation, chains[operation.id])


def _check_chain(operation: Operation, chain: list[AuditRow]) -> None:
    state: str | None = None
    for row in chain:
        assert row.was == state, f"operation {operation.id}: {row.was} follows {state}"
        edge = (OperationState(row.was), OperationState(row.became)) if row.was else None
        assert edge is None or edge in EDGES or row.was == row.became
        state = row.became
    assert state == operation.state


def alarms() -> list[dict]:
    """Answers that came to claims which were no longer the answerer's."""
    rows = list(db.session.scalars(select(AuditRow).where(AuditRow.is_alarm.is_(True))))
    end_reading()
    return [row.note for row in rows]
