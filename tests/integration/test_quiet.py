"""Quiet channels, read from 100,000 orders by the index alone."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, insert, update

from models import StoreChannel, StoredOrder, db, end_reading, writing
from sync import glance
from sync.quiet import STRIDE, QuietChannel, quiet, quiet_channels
from tests.world import World

pytestmark = pytest.mark.feature("Z9")
MANY = 100_000


def fill(shop: World, channel_id: int, moments: Sequence[datetime], begin: int = 0) -> None:
    now = shop.clock.now()
    plain = {
        "number": "",
        "status": "shipped",
        "payment_status": "paid",
        "currency": "MYR",
        "total": 0,
        "is_open": False,
    }
    kept = {"raw": "", "raw_sha256": "", "pulled_at": now, "channel_id": channel_id}
    rows = [{**plain, **kept, "external_id": f"Q{begin + n}", "ordered_at": at} for n, at in enumerate(moments)]
    with writing() as session:
        for start in range(0, len(rows), 5000):
            session.execute(insert(StoredOrder), rows[start : start + 5000])
        session.execute(update(StoreChannel).values(pulled_before=now))


def told(shop: World) -> list[QuietChannel]:
    channels = glance.channels_by_profile([shop.profile_id])[shop.profile_id]
    found = quiet_channels(channels, shop.clock.now())
    end_reading()
    return found


def ids(shop: World) -> list[int]:
    return [each.id for each in glance.channels_by_profile([shop.profile_id])[shop.profile_id]]


def back_from(shop: World, days: float, step: timedelta, count: int) -> list[datetime]:
    last = shop.clock.now() - timedelta(days=days)
    return [last - step * number for number in range(count)]


def test_the_channel_that_is_quiet_is_told_and_the_others_are_not(shop: World):
    first, second, *_ = ids(shop)
    fill(shop, first, back_from(shop, 3, timedelta(hours=5), 200))
    fill(shop, second, back_from(shop, 0.5, timedelta(hours=5), 200), 1000)
    [found] = told(shop)
    assert found.channel.id == first and found.quiet.usual == STRIDE


def test_it_goes_away_with_the_next_order(shop: World):
    first = ids(shop)[0]
    fill(shop, first, back_from(shop, 3, timedelta(hours=5), 200))
    fill(shop, first, [shop.clock.now() - timedelta(hours=1)], 1000)
    assert told(shop) == []


def test_what_was_not_pulled_is_no_silence(shop: World):
    """Where the pulls fail, the connection says so."""
    first = ids(shop)[0]
    fill(shop, first, back_from(shop, 3, timedelta(hours=5), 200))
    with writing() as session:
        session.execute(update(StoreChannel).values(pulled_before=shop.clock.now() - timedelta(days=2.5)))
    assert told(shop) == []


def test_of_100_000_orders_the_index_tells_it_at_once_and_as_all_of_them_would(shop: World):
    first = ids(shop)[0]
    all_day = back_from(shop, 4, timedelta(seconds=50), MANY)
    moments = [
        each for place, each in enumerate(all_day) if not 2000 <= place % 5184 < 4160
    ]  # 30 hours of each three days
    fill(shop, first, moments)
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    told(shop)
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        begun = time.perf_counter()
        found = told(shop)
        taken = time.perf_counter() - begun
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    expected = quiet(sorted(moments), shop.clock.now())
    assert expected and expected.usual == timedelta(hours=30, seconds=50)
    assert [each.quiet for each in found] == [expected]
    assert sum(each.startswith(("SELECT", "WITH")) for each in asked) == 3
    assert taken < 0.5, f"{taken:.3f} s"
