"""A message of Ecwid is believed only with its signature; a list of Ecwid is read whole although it shifts."""

import datetime as dt
import json
from typing import Any

import pytest

from adapters.errors import LoginRefused, NotAllowed, OutcomeUnknown, Refused, RemoteError, TooFast
from adapters.replies import Reply
from adapters.stores.base import Hook, HookRefused
from adapters.stores.ecwid import contract
from adapters.stores.ecwid.hooks import read_hook, signature
from adapters.stores.ecwid.paging import Mark, Page, after, mark_of, page_of

SECRET, EVENT = "demo_client_secret", "5b2f0c9e-8f7b-4a59-9a0c-0d5f1f2a7c11"
VECTOR = "erltJRQsi3OkzX5kpoIobab1A0+N9lH799K1xXRKHd8="
CREATED = 1767225600
NOW = dt.datetime.fromtimestamp(CREATED, dt.UTC) + dt.timedelta(minutes=1)
BODY: dict[str, Any] = {  # 11
    "eventId": EVENT,
    "eventCreated": CREATED,
    "storeId": 1003,
    "entityId": 492512057,
    "eventType": "order.updated",
    "data": {"orderId": "EW-K8XTQ", "oldPaymentStatus": "AWAITING_PAYMENT", "newPaymentStatus": "PAID"},
}


def hear(told: str = VECTOR, secret: str = SECRET, now: dt.datetime = NOW, **changes: Any) -> Hook:
    headers = {contract.SIGNATURE: told} if told else {}
    return read_hook(headers, json.dumps({**BODY, **changes}).encode(), secret, "1003", now)


@pytest.mark.feature("P6")
def test_the_vector_of_the_reference_is_signed_and_heard():
    assert signature(SECRET, CREATED, EVENT) == VECTOR
    assert hear() == Hook(EVENT, ("EW-K8XTQ",))


@pytest.mark.parametrize("told", ["", VECTOR[:-1], VECTOR.lower(), VECTOR + "=", "ä", "None"])
def test_a_missing_or_wrong_signature_is_refused(told: str):
    with pytest.raises(HookRefused):
        hear(told)


@pytest.mark.parametrize(
    "changes",
    [
        {"eventId": "5b2f0c9e-8f7b-4a59-9a0c-0d5f1f2a7c12"},
        {"eventCreated": CREATED + 1},
        {"eventCreated": str(CREATED)},
        {"eventCreated": None},
        {"eventId": ""},
        {"eventId": None},
        {"storeId": 1004},
        {"storeId": None},
    ],
)
def test_another_time_id_or_store_is_refused(changes: dict[str, Any]):
    with pytest.raises(HookRefused):
        hear(**changes)


def test_without_a_client_secret_nothing_is_believed():
    with pytest.raises(HookRefused):
        hear(signature("", CREATED, EVENT), secret="")


@pytest.mark.parametrize("hours", [49, -49])
def test_an_old_message_is_refused(hours: int):
    with pytest.raises(HookRefused):
        hear(now=NOW + dt.timedelta(hours=hours))
    assert hear(now=NOW + dt.timedelta(hours=24)).event_id == EVENT


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"5", b"{" * 5000])
def test_what_is_no_message_is_refused(body: bytes):
    with pytest.raises(HookRefused):
        read_hook({contract.SIGNATURE: VECTOR}, body, SECRET, "1003", NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"eventType": "product.updated"},
        {"eventType": "unfinished_order.created"},
        {"data": None},
        {"data": {"orderId": 5}},
        {"data": {"orderId": "x" * 65}},
    ],
)
def test_what_names_no_order_says_only_that_something_happened(changes: dict[str, Any]):
    assert hear(**changes) == Hook(EVENT)


# --- lists ------------------------------------------------------------------------------------------------------


class Shifting:
    """A list of Ecwid, newest first, from which rows go while it is read."""

    def __init__(self, count: int, leaves: dict[int, list[int]]) -> None:
        self.rows, self.leaves, self.asked = list(range(count)), leaves, 0

    def page(self, offset: int) -> Page:
        for row in self.leaves.get(self.asked, []):
            self.rows.remove(row)
        self.asked += 1
        return Page([{"id": row} for row in self.rows[offset : offset + 10]], len(self.rows))


def read_whole(listing: Shifting) -> set[int]:
    seen: set[int] = set()
    mark: Mark | None = Mark()
    while mark is not None:
        assert listing.asked < 60, "it does not end"
        page = listing.page(mark.offset)
        seen |= {row["id"] for row in page.rows}
        mark = after(mark_of(mark.text()), page, "orders")
    return seen


@pytest.mark.feature("P6")
@pytest.mark.parametrize(
    "leaves",
    [
        {},
        {1: [3]},
        {1: [3], 2: [4], 3: [5]},
        {1: list(range(10))},
        {2: [0, 15, 25]},
        {3: list(range(5, 30))},
        {1: list(range(35))},
        {4: [34]},
        {1: [34], 2: [33]},
    ],
)
def test_no_row_is_missed_that_stays_in_the_list_while_others_leave_it(leaves: dict[int, list[int]]):
    listing = Shifting(35, leaves)
    seen = read_whole(listing)
    assert seen >= set(listing.rows)


def test_a_list_that_ends_before_its_total_is_no_end():
    with pytest.raises(OutcomeUnknown, match="before its total"):
        after(Mark(10, 20), Page([], 20), "orders")


@pytest.mark.parametrize("kept", ["", "x", "5", "5/", "/5", "-1/5", "a/b"])
def test_a_mark_that_cannot_be_read_is_the_beginning(kept: str):
    assert mark_of(kept) == Mark()


@pytest.mark.parametrize("answer", [None, [], {}, {"items": []}, {"total": 5}, {"items": {}, "total": 0}])
def test_an_answer_without_a_list_is_not_an_empty_list(answer: Any):
    with pytest.raises(OutcomeUnknown):
        page_of(answer, "orders")


@pytest.mark.parametrize("count", [0, 99, 100, 101, 200, 250])
def test_the_list_of_what_was_deleted_is_read_whole_without_a_total(count: int):
    seen: list[int] = []
    mark: Mark | None = Mark()
    for _ in range(9):
        rows = [{"id": row} for row in range(count)][mark.offset : mark.offset + contract.PAGE]
        seen += [row["id"] for row in rows]
        mark = after(mark, page_of({"items": rows}, contract.DELETED, mark.offset), contract.DELETED)
        if mark is None:
            break
    assert mark is None and set(seen) == set(range(count))


# --- errors -----------------------------------------------------------------------------------------------------


def error(status: int, body: bytes | dict[str, Any] = b"", **headers: str) -> RemoteError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return contract.failure_of(Reply("Ecwid", status, {name.replace("_", "-"): t for name, t in headers.items()}, raw))


CODED = [
    (403, "INVALID_API_TOKEN", LoginRefused),
    (403, "INSUFFICIENT_APP_SCOPE", NotAllowed),
    (402, "NOT_AVAILABLE_ON_CURRENT_PLAN", NotAllowed),
    (402, "STORE_IS_SUSPENDED", NotAllowed),
    (400, "WRONG_PARAMETER", Refused),
    (404, "STORE_NOT_FOUND", Refused),
    (409, "CONSTRAINT_VIOLATION", Refused),
    (422, "WRONG_URL", Refused),
    (408, "TIMEOUT", OutcomeUnknown),
    (429, "RATE_LIMITED", TooFast),
    (500, "INTERNAL_ERROR", OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "code", "kind"), CODED)
def test_an_error_is_told_apart_by_its_status_and_code(status: int, code: str, kind: type[RemoteError]):
    found = error(status, {"errorMessage": "Because of that", "errorCode": code})
    assert type(found) is kind
    assert kind in (TooFast, OutcomeUnknown) or "Because of that" in str(found.message)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"", LoginRefused),
        (403, b"", LoginRefused),
        (403, b"<html>Blocked</html>", OutcomeUnknown),
        (500, b"", OutcomeUnknown),
        (502, b"<html></html>", OutcomeUnknown),
        (404, b"", OutcomeUnknown),
        (400, b"[]", OutcomeUnknown),
    ],
)
def test_an_error_without_ecwids_words(status: int, body: bytes, kind: type[RemoteError]):
    assert type(error(status, body)) is kind


def test_too_fast_says_for_how_long_where_ecwid_does():
    slow, unsaid = error(429, Retry_After="7"), error(429)
    assert isinstance(slow, TooFast) and isinstance(unsaid, TooFast)
    assert (slow.wait_s, unsaid.wait_s) == (7, None)
