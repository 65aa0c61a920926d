"""Posting orders, against the very same calls made bare."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import requests

from benchmarks.shop import IN_FLIGHT, SPARE, Shop, open_shop
from benchmarks.table import Row, compare, taken_s

LATENCY_MS = 20.0
ORDERS, TIMES = 1000, 5
QUICK_ORDERS, QUICK_TIMES = 30, 1
MOST_RATIO = 1.25


def rows(is_quick: bool) -> Iterator[Row]:
    """One row: orders posted through the ledger, with some calls in flight."""
    orders, times = (QUICK_ORDERS, QUICK_TIMES) if is_quick else (ORDERS, TIMES)
    with open_shop(int(orders * SPARE), LATENCY_MS) as shop:
        shop.draft(orders)
        with recorded() as calls:
            _post(shop, orders)
        counts = shop.calls()
        floor, measured, ratio = compare(
            lambda: _bare(shop, calls, counts), lambda: _measured(shop, orders, counts), times
        )
    what = f"post {orders:,} orders, {LATENCY_MS:.0f} ms a call, {IN_FLIGHT} in flight"
    others = len(calls) - orders
    note = f"{len(calls):,} calls, {others:,} of them look-ups and templates; {orders / measured:.0f} orders/s"
    yield Row(what, measured, floor, "s", ratio, most_ratio=MOST_RATIO, note=note)


# --- through the ledger -----------------------------------------------------------------------------------------


def _measured(shop: Shop, orders: int, counts: dict[str, int]) -> float:
    spent = _post(shop, orders)
    assert shop.calls() == counts, "it made other calls than the floor"
    return spent


def _post(shop: Shop, orders: int) -> float:
    """Drain until nothing is due, from a fresh ledger into fresh books."""
    shop.begin_again()
    spent = taken_s(lambda: _drain(shop))
    assert len(shop.world.invoices()) == orders, "not every order was posted once"
    return spent


def _drain(shop: Shop) -> None:
    while shop.world.drain():
        pass


# --- bare -------------------------------------------------------------------------------------------------------


@contextmanager
def recorded() -> Iterator[list[requests.PreparedRequest]]:
    """Every request that is sent meanwhile, in the order of their beginnings; the list fills as they are made."""
    calls: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def noted(session: requests.Session, request: requests.PreparedRequest, **options: object) -> requests.Response:
        if "/_practice/" not in (request.url or ""):
            calls.append(request.copy())
        return send(session, request, **options)  # type: ignore[arg-type]

    with mock.patch.object(requests.Session, "send", noted):
        yield calls


def _bare(shop: Shop, calls: list[requests.PreparedRequest], counts: dict[str, int]) -> float:
    """The floor: the same calls, as fast as plain threads can make them, each with a session of its own."""
    shop.empty_books()
    first, *rest = calls  # the token that the others carry
    left = deque(rest)
    threads = [threading.Thread(target=_make, args=(left,)) for _ in range(IN_FLIGHT)]

    def work() -> None:
        _make(deque([first]))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    spent = taken_s(work)
    assert shop.calls() == counts, "the floor made other calls"
    return spent


def _make(calls: deque[requests.PreparedRequest]) -> None:
    with requests.Session() as session:
        session.trust_env = False
        while True:
            try:
                call = calls.popleft()
            except IndexError:
                return
            answer = session.request(call.method or "", call.url or "", data=call.body, headers=dict(call.headers))
            assert answer.status_code == 200, answer.text
