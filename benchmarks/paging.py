"""Every page that has many rows behind it, as a browser asks for it: against the same page with few."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, event, func, select

from benchmarks.filling import RARE
from benchmarks.filling_pages import NAME, PASSWORD, PROOF, REVIEW, TASK, fill_pages
from benchmarks.filling_stores import ALIGNED, UPLOAD
from benchmarks.listing import DEEP, MOST_RATIO, filled
from benchmarks.table import Row, compare, taken_s
from models import (
    AlignmentRow,
    ContactMatch,
    ItemMatch,
    MissingOrder,
    ProfileOrder,
    ProofRow,
    ReviewOrder,
    SearchToken,
    Side,
    StoredCustomer,
    Task,
    TaskOrder,
    Tick,
    Upload,
    UploadRow,
    UploadTrouble,
    User,
    db,
)
from supervisor.visitor import Visitor
from sync import accounts, edit_fields, order_lists
from sync.catalogue import CODED
from sync.lists import PAGE
from tests import databases

MANY, FEW, TIMES = 100_000, 1000, 31
QUICK_MANY, QUICK_FEW, QUICK_TIMES = 240, 170, 3
MOST_BYTES = 60_000
HERE, THERE = "/profiles/1", f"/profiles/{ALIGNED}"
OK = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One page. `places` are those of its list in their order: the deep page begins at one of them, named `by`.

    `has_fields`: with every field of the drafts to be edited."""

    what: str
    path: str
    places: Select[int] | None = None
    by: str = "after"
    has_fields: bool = False


@dataclass(slots=True)
class Browser:
    """Somebody who is signed in, and what a page cost at least: now and then one also notes that somebody was here."""

    app: Flask
    client: FlaskClient = field(init=False)
    counts: list[int] = field(default_factory=list)
    size: int = 0

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        visitor = Visitor(self._send)
        visitor.go("/login")
        visitor.submit("/login", {"name": NAME, "password": PASSWORD})
        with self.app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._count)

    def _send(self, method: str, path: str, pairs: list[tuple[str, str]]) -> tuple[int, str, str]:
        headers = {"Sec-Fetch-Site": "same-origin"}
        ask = partial(self.client.open, path, method=method, data=dict(pairs) or None, headers=headers)
        answer = Context().run(ask)  # outside of any app context, as a server has it
        return answer.status_code, path, answer.get_data(as_text=True)

    def _count(self, *_of_statement: object) -> None:
        self.counts[-1] += 1

    @property
    def statements(self) -> int:
        """Of the lightest of the pages since `counts` was cleared."""
        return min(self.counts)

    def go(self, path: str) -> float:
        """Seconds for one page."""
        self.counts.append(0)
        begun_with = partial(self._send, "GET", path, [])
        answers: list[tuple[int, str, str]] = []
        spent = taken_s(lambda: answers.append(begun_with()))
        status, _, html = answers[0]
        assert status == OK, f"{path}: {status}"
        self.size = len(html.encode())
        return spent


def rows(is_quick: bool) -> Iterator[Row]:
    """Each page on each database: the first one, and a deep one."""
    many, few, times = (QUICK_MANY, QUICK_FEW, QUICK_TIMES) if is_quick else (MANY, FEW, TIMES)
    for kind in databases.KINDS:
        with ExitStack() as stack:
            apps = [stack.enter_context(filled(kind, count, fill_pages)) for count in (few, many)]
            small, large = (Browser(app) for app in apps)
            for case in CASES:
                yield _compared(f"{kind}: {case.what}", case, (small, large), times, _first)
                if case.places is not None:
                    yield _compared(f"{kind}: {case.what}, page {DEEP:,}", case, (small, large), times, _deep)


def _compared(
    what: str, case: Case, browsers: tuple[Browser, Browser], times: int, path_of: Callable[[Flask, Case], str]
) -> Row:
    for each in browsers:
        each.counts = [0]
        _choose_fields(each.app, case.has_fields)
    small, large = browsers
    low, high = (partial(each.go, path_of(each.app, case)) for each in browsers)
    low(), high()  # statements are compiled, pages are in memory
    for each in browsers:
        each.counts = []
    floor, measured, ratio = compare(low, high, times)
    size = max(small.size, large.size)
    note = f"{large.statements} statements, {size / 1000:.1f} kB"
    return Row(what, measured, floor, "ms", ratio, MOST_RATIO, note=note, missed=_missed(small, large, size))


def _missed(small: Browser, large: Browser, size: int) -> str:
    grown = large.statements != small.statements
    missed = [f"{small.statements} statements with few rows, {large.statements} with many"] if grown else []
    missed += [f"heavier than {MOST_BYTES:,} bytes"] if size > MOST_BYTES else []
    return "; ".join(missed)


def _choose_fields(app: Flask, is_all: bool) -> None:
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        names = [each.name for each in edit_fields.COLUMNS] if is_all else []
        accounts.choose(user.id, "review_columns", names)


def _first(_app: Flask, case: Case) -> str:
    return case.path


def _deep(app: Flask, case: Case) -> str:
    assert case.places is not None
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(case.places.order_by(None).subquery())) or 0
        skipped = min((DEEP - 1) * PAGE, max(count - PAGE, 1)) - 1
        place = db.session.scalar(case.places.offset(skipped).limit(1))
    return f"{case.path}{'&' if '?' in case.path else '?'}{case.by}={place}"


# --- the pages --------------------------------------------------------------------------------------------------


NEWEST = (ProfileOrder.ordered_at.desc(), ProfileOrder.id.desc())
BY_NUMBER = (ProfileOrder.number, ProfileOrder.id)
SHIRTS = select(SearchToken.row_id).where(SearchToken.scope == "store:1", SearchToken.token == "shirt")


def _orders(*ticks: Tick) -> Select[int]:
    return select(ProfileOrder.id).where(ProfileOrder.profile_id == 1, ProfileOrder.tick.in_(ticks))


PENDING, COMPLETED = _orders(*order_lists.PENDING), _orders(*order_lists.COMPLETED)
PRODUCTS = select(ItemMatch.item_id).where(ItemMatch.profile_id == 1).order_by(ItemMatch.item_id)
UNMATCHED = PRODUCTS.where(ItemMatch.is_matched.is_(False))
CONTACTS = select(ContactMatch.id).where(ContactMatch.profile_id == 1).order_by(ContactMatch.id)
TASKS = select(Task.id).where(Task.profile_id == 1).order_by(Task.id.desc())
SENT = select(TaskOrder.id).where(TaskOrder.task_id == TASK).order_by(TaskOrder.id)
DRAFTS = select(ReviewOrder.position).where(ReviewOrder.review_id == REVIEW).order_by(ReviewOrder.position)
UPLOADS = select(Upload.id).order_by(Upload.id.desc())
ERRORS = select(UploadTrouble.id).where(UploadTrouble.upload_id == UPLOAD, UploadTrouble.is_error.is_(True))
PREVIEW = select(UploadRow.row).where(UploadRow.upload_id == UPLOAD).order_by(UploadRow.row)
MISSING = select(MissingOrder.id).where(MissingOrder.channel_id == 1).order_by(MissingOrder.id)
PARTNERS = select(StoredCustomer.id).where(StoredCustomer.store_id == ALIGNED).order_by(StoredCustomer.code)
PARTNER_SHIRTS = select(SearchToken.row_id).where(SearchToken.scope == CODED, SearchToken.token == "shirt")
NUMBERS = select(AlignmentRow.id).where(AlignmentRow.profile_id == ALIGNED).order_by(AlignmentRow.id)
DAYS = select(ProofRow.id).where(ProofRow.run_id == PROOF, ProofRow.day.is_not(None)).order_by(ProofRow.id.desc())

CASES = (
    Case("home", "/"),
    Case("company profiles", "/profiles"),
    Case("a profile", HERE),
    Case("pending orders", f"{HERE}/invoices", PENDING.order_by(*NEWEST)),
    Case(
        "pending orders of a channel",
        f"{HERE}/invoices?channel=1",
        PENDING.where(ProfileOrder.channel_id == 1).order_by(*NEWEST),
    ),
    Case("pending orders by number", f"{HERE}/invoices?q=26", PENDING.order_by(*BY_NUMBER)),
    Case("pending orders by status", f"{HERE}/invoices?status=completed", PENDING.order_by(*NEWEST)),
    Case("failed orders", f"{HERE}/invoices?tick=red", _orders(Tick.RED).order_by(*NEWEST)),
    Case("completed orders", f"{HERE}/invoices/completed", COMPLETED.order_by(*NEWEST)),
    Case("unmatched products", f"{HERE}/matching/items", UNMATCHED),
    Case("all products", f"{HERE}/matching/items?show=all", PRODUCTS),
    Case("matched products", f"{HERE}/matching/items?show=matched", PRODUCTS.where(ItemMatch.is_matched.is_(True))),
    Case("products by a word that many have", f"{HERE}/matching/items?q=shirt", SHIRTS.order_by(SearchToken.row_id)),
    Case("products by a word that few have", f"{HERE}/matching/items?q={RARE}"),
    Case("customers", f"{HERE}/matching/customers"),
    Case("contacts", f"{HERE}/matching/contacts", CONTACTS),
    Case("payment methods", f"{HERE}/matching/payment"),
    Case("settings", f"{HERE}/settings"),
    Case("tasks", f"{HERE}/tasks", TASKS, "before"),
    Case("a task", f"{HERE}/tasks/{TASK}", SENT),
    Case("failed orders of a task", f"{HERE}/tasks/{TASK}?state=failed", SENT.where(TaskOrder.state == "failed")),
    Case("an order of a task", f"{HERE}/sent/10"),
    Case("a review", f"{HERE}/review/{REVIEW}", DRAFTS, "from"),
    Case("a review with all fields", f"{HERE}/review/{REVIEW}", DRAFTS, "from", has_fields=True),
    Case("proof", f"{HERE}/proof", DAYS, "before"),
    Case("stores", "/stores"),
    Case("a store", "/stores/1"),
    Case("a list of the books", "/picks/1/item"),
    Case("a list of the books by a word that many have", "/picks/1/item?q=shirt"),
    Case("a list of the books by the beginning of all codes", "/picks/1/item?q=item"),
    Case("users", "/users"),
    Case("uploads", "/uploads", UPLOADS, "before"),
    Case("an upload", f"/uploads/{UPLOAD}", ERRORS.order_by(UploadTrouble.id)),
    Case("the preview of an upload", f"/uploads/{UPLOAD}", PREVIEW, "row"),
    Case("orders of a channel that are not here", "/channels/1", MISSING),
    Case("readiness", f"{HERE}/readiness"),
    Case("readiness of a store that is aligned", f"{THERE}/readiness"),
    Case("customers of a store with codes", f"{THERE}/customers", PARTNERS),
    Case(
        "customers by a word that many have", f"{THERE}/customers?q=shirt", PARTNER_SHIRTS.order_by(SearchToken.row_id)
    ),
    Case("numbers of both sides", f"{THERE}/alignment?kind=invoices", NUMBERS),
    Case(
        "numbers of the store only",
        f"{THERE}/alignment?kind=invoices&side=store",
        NUMBERS.where(AlignmentRow.side == Side.STORE),
    ),
)
