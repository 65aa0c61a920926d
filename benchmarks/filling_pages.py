"""Fills what stands behind the pages beside the lists: books, a task, a review, a proof, each of so many rows."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from benchmarks.filling import (
    NOW,
    Row,
    Table,
    analyse,
    channel_of,
    code_of,
    fill,
    insert_all,
    insert_tokens,
    line_count,
    long_name_of,
    name_of,
    number_of,
    price_of,
)
from benchmarks.filling_stores import fill_stores
from documents import Action, Message, Problem, ReferenceKind, Role
from models import (
    BooksRow,
    ContactMatch,
    Document,
    DocumentState,
    Operation,
    OperationState,
    Profile,
    ProfileChannel,
    ProfileOrder,
    ProofFault,
    ProofRow,
    Review,
    ReviewOrder,
    Run,
    RunKind,
    RunState,
    Task,
    TaskOrder,
    TaskOrderState,
    Tick,
    writing,
)
from sync import accounts

NAME, PASSWORD = "Mei", "correct horse battery"
TASK = REVIEW = 1
PROOF = 10_000_000
FIRST_DAY = 700_000
SETTINGS = {"default_customer": "300-W0001", "default_item": "MISC", "default_uom": "PCS", "zero_tax_code": "NT"}
CODES = (
    (ReferenceKind.CUSTOMER, "300-W0001"),
    (ReferenceKind.ITEM, "MISC"),
    (ReferenceKind.UOM, "PCS"),
    (ReferenceKind.TAX_CODE, "NT"),
    (ReferenceKind.CURRENCY, "MYR"),
)
SAID = Message("{product} has no match, and the settings name no default stock.", {"product": long_name_of(7)})
REASONS: list[dict[str, Any]] = msgspec.to_builtins([Problem("item", "item_matching", SAID, name_of(7))] * 2)


def fill_pages(count: int) -> None:
    """The lists, and so many orders of a task, a review and a proof; the owner is signed up."""
    fill(count)
    user = accounts.make_owner(NAME, PASSWORD, NOW)
    with writing() as session:
        _connect(session)
        _head(session, count, user.id)
    insert_all(_TABLES, count)
    insert_tokens("books:1:item", lambda number: f"{code_of(number)} {name_of(number)}", count)
    fill_stores(count, PROOF)
    with writing() as session:
        _totals(session, count)
        failed = update(ProfileOrder).where(ProfileOrder.id % 10 == 1)
        session.execute(failed.values(tick=Tick.RED, reasons=REASONS))
    analyse()


def _connect(session: Session) -> None:
    session.execute(update(Profile).values(settings=SETTINGS))
    for channel_id in (1, 2):
        session.add(ProfileChannel(profile_id=1, channel_id=channel_id, books_id=1))
    rows = [_books_row(PROOF + place, kind, code) for place, (kind, code) in enumerate(CODES)]
    session.execute(insert(BooksRow), rows)


def _head(session: Session, count: int, user_id: int) -> None:
    """The review, the task's counts, and the last proof."""
    session.add(Review(id=REVIEW, profile_id=1, user_id=user_id, created_at=NOW, total=count))
    tenth = count // 10
    counts = {"posted": tenth, "failed": tenth, "left": count - 2 * tenth}
    session.execute(update(Task).where(Task.id == TASK).values(total=count, **counts))
    session.execute(insert(Run), [{**_run(1), "id": PROOF, "kind": RunKind.PROOF}])


def _totals(session: Session, count: int) -> None:
    rows = [{**_proof_row(place), "id": PROOF + place, "day": None} for place in (1, 2)]
    session.execute(insert(ProofRow), rows)


# --- the tables -------------------------------------------------------------------------------------------------


def _books_row(row_id: int, kind: ReferenceKind, code: str, name: str = "") -> Row:
    name = name or code
    details = {"uoms": [{"code": "PCS"}, {"code": "BOX"}], "rate": "0"}
    row = {"id": row_id, "books_id": 1, "kind": kind, "code": code, "name": name, "remote_id": code}
    return row | {"folded_name": name.casefold()[:200], "details": details, "seen_at": NOW}


def _books_item(number: int) -> Row:
    return _books_row(number, ReferenceKind.ITEM, code_of(number), long_name_of(number))


def _contact(number: int) -> Row:
    made = {"key": f"{number:032x}", "is_company": False, "email": f"{number}@example.com", "company": "Ockel Retail"}
    named = {"name": long_name_of(number)[:500], "code": None, "new_name": long_name_of(number)[:500]}
    return {"id": number, "profile_id": 1, **made, **named, "matched_at": NOW}


def _document(number: int) -> Row | None:
    """Every tenth order is in the books."""
    if number % 10:
        return None
    total = price_of(number) * line_count(number)
    return {
        "id": number,
        "books_id": 1,
        "profile_id": 1,
        "profile_order_id": number,
        "role": Role.SALE,
        "source": f"sitegiant/77/O-{number}",
        "state": DocumentState.POSTED,
        "content": "",
        "number": number_of(number),
        "currency": "MYR",
        "day": NOW.date(),
        "expected": total,
        "posted_total": total,
        "remote_id": f"R-{number}",
        "remote_number": f"INV{number:08}",
    }


def _operation(number: int) -> Row | None:
    """It was posted."""
    if number % 10:
        return None
    row = {"id": number, "books_id": 1, "document_id": number, "action": Action.CREATE, "key": str(number)}
    return row | {"state": OperationState.POSTED, "is_open": False, "not_before": NOW}


def _task_order(number: int) -> Row:
    states = {0: TaskOrderState.POSTED, 1: TaskOrderState.FAILED}
    state = states.get(number % 10, TaskOrderState.LEFT)
    row = {"id": number, "task_id": TASK, "profile_order_id": number, "state": state}
    is_posted = state is TaskOrderState.POSTED
    return row | {"document_id": number if is_posted else None, "reasons": [] if is_posted else REASONS}


def _review_order(number: int) -> Row:
    return {"review_id": REVIEW, "position": number, "profile_order_id": number}


def _run(number: int) -> Row:
    kind = RunKind.PROOF if number % 2 else RunKind.ORDERS
    row = {"id": number, "kind": kind, "target_id": 1, "state": RunState.DONE, "done": 100, "total": 100}
    return row | {"not_before": NOW, "created_at": NOW, "ended_at": NOW}


def _proof_row(number: int) -> Row:
    why = [{"count": 3, "message": msgspec.to_builtins(SAID), "kinds": 2, "about": "item"}] * 2
    amounts = ("store_total", "unposted", "expected", "documents_total", "books_total")
    return {
        "id": number,
        "run_id": PROOF,
        "day": date.fromordinal(FIRST_DAY + number // 2),
        "channel_id": channel_of(number),
        "currency": "MYR",
        "is_proven": number % 2 == 0,
        "orders": 130,
        "posted": 124,
        "faults": number % 2,
        **dict.fromkeys(amounts, price_of(number) * 130),
        "not_posted": why,
        "causes": {"shipping": "120.50", "rounding": "-0.02"},
    }


def _fault(number: int) -> Row:
    said = msgspec.to_builtins(Message("The books hold {theirs}, posted was {ours}.", {"theirs": "9", "ours": "8"}))
    row = {"id": number, "run_id": PROOF, "profile_order_id": number, "number": number_of(number)}
    return row | {"day": NOW.date(), "message": said}


_TABLES: tuple[Table, ...] = (
    (BooksRow, _books_item),
    (Document, _document),
    (Operation, _operation),
    (TaskOrder, _task_order),
    (ReviewOrder, _review_order),
    (ContactMatch, _contact),
    (Run, _run),
    (ProofRow, _proof_row),
    (ProofFault, _fault),
)
