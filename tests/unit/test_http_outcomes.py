"""The outcome table of reliability.md section 3, by status; and exact numbers."""

from decimal import Decimal

import pytest

from adapters.errors import (
    LoginRefused,
    NotAllowed,
    NothingCreated,
    OutcomeUnknown,
    Refused,
    TooFast,
)
from adapters.http import Pacer, Reply, decode, encode
from adapters.outcomes import Redirected, failure_of, retry_after_s


def reply(status: int, body: bytes = b"", **headers: str) -> Reply:
    return Reply("QNE", status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


SPOKEN = [
    (400, Refused),
    (401, LoginRefused),
    (403, NotAllowed),
    (404, Refused),
    (405, Refused),
    (408, OutcomeUnknown),
    (409, Refused),
    (422, Refused),
    (429, TooFast),
    (500, OutcomeUnknown),
    (502, OutcomeUnknown),
    (503, OutcomeUnknown),
    (302, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "kind"), SPOKEN)
def test_a_status_with_the_apis_own_words_means(status: int, kind: type[Exception]):
    error = failure_of(reply(status), "Customer is required", writes=True)
    assert type(error) is kind


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 422, 500, 502, 504, 301])
def test_a_write_answered_by_something_else_than_the_api_may_have_happened(status: int):
    error = failure_of(reply(status, b"<html>Bad gateway</html>"), None, writes=True)
    assert type(error) is OutcomeUnknown


def test_429_created_nothing_whoever_says_it():
    assert isinstance(failure_of(reply(429, b"<html>slow down</html>"), None, writes=True), TooFast)


def test_a_redirect_of_a_read_says_so_and_is_not_followed():
    error = failure_of(reply(301), None, writes=False)
    assert isinstance(error, Redirected)
    assert "redirects" in str(error)


def test_a_refusal_carries_the_reason():
    error = failure_of(reply(422), "Customer is required", writes=True)
    assert isinstance(error, NothingCreated)
    assert "Customer is required" in str(error.message)
    assert error.permanent


def test_the_reason_shows_no_secret():
    told = Reply("QNE", 400, {}, b"", lambda text: text.replace("canary", "***"))
    assert "canary" not in str(failure_of(told, "bad key canary", writes=True).message)


@pytest.mark.parametrize(
    ("told", "date", "wait_s"),
    [
        ("7", "", 7.0),
        ("0", "", 0.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 0.0),
        ("", "", None),
        ("soon", "", None),
        ("99999999", "", 86_400.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date_by_the_servers_clock(told: str, date: str, wait_s: float | None):
    assert retry_after_s(reply(429, Retry_After=told, Date=date)) == wait_s


def test_numbers_are_exact_both_ways():
    read = decode(b'\xef\xbb\xbf{"a": 0.1, "b": 260105123456789012345, "c": 106, "d": 1e2}')
    assert read == {"a": Decimal("0.1"), "b": 260105123456789012345, "c": 106, "d": Decimal("1E+2")}
    assert {name: type(value) for name, value in read.items()} == {"a": Decimal, "b": int, "c": int, "d": Decimal}
    assert encode({"b": Decimal("15.00"), "a": 1}) == b'{"a":1,"b":15.00}'


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"[" * 100_000, b'"\xed\xa0\xbd"', b"NaN"])
def test_what_is_no_json_decides_nothing(body: bytes):
    with pytest.raises(OutcomeUnknown):
        reply(200, body).json()


def test_the_pacer_spaces_the_begins_of_calls_evenly():
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))
        now[0] += seconds

    pacer = Pacer(4, clock=lambda: now[0], sleep=sleep)
    for _ in range(3):
        pacer.wait()
    now[0] += 10
    pacer.wait()
    pacer.wait()
    assert slept == [0.25, 0.25, 0.25]


def test_the_pacer_gives_each_waiting_thread_a_place_of_its_own():
    slept: list[float] = []
    pacer = Pacer(2, clock=lambda: 0.0, sleep=slept.append)  # time stands still: all come at once
    for _ in range(4):
        pacer.wait()
    assert slept == [0.5, 1.0, 1.5]
