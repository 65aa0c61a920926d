"""The bench runs: at its quick sizes, whose figures say nothing, every row is measured and printed."""

import re

import pytest
from sqlalchemy import select

from benchmarks import __main__ as bench
from benchmarks import paging
from benchmarks.listing import filled
from benchmarks.table import Row, compare, print_rows
from models import ItemMatch, db
from sync import lists, search
from tests import databases


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("posting", ["post 30 orders, 20 ms a call, 4 in flight"]),
        pytest.param("quickbooks", ["post 20 orders with payments to QuickBooks, 5 x as fast"], marks=pytest.mark.slow),
        ("draft", ["draft of an order, mean over 40", "rules loaded and orders drafted, 100 at a time, an order"]),
        pytest.param("memory", ["memory of a drain, from operation 30 to 120: growth"], marks=pytest.mark.slow),
    ],
)
def test_a_row_can_be_measured_alone(name: str, shown: list[str], capsys: pytest.CaptureFixture[str]):
    assert bench.main(["--quick", name]) in (0, 1)
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("    ")]
    assert [line.split("  ")[0] for line in lines] == ["what", *shown]
    assert all(re.search(r"  (ok|NOT OK)$", line) for line in lines[1:])


def test_every_list_is_measured_at_its_first_page_and_deep_on_both_databases(capsys: pytest.CaptureFixture[str]):
    assert bench.main(["--quick", "lists"]) in (0, 1)
    shown = [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()[1:]]
    for what in ("pending orders", "pending orders of a channel", "unmatched products", "tasks"):
        for kind in ("sqlite", "postgresql"):
            assert {f"{kind}: {what}, page 1", f"{kind}: {what}, page 1,000"} <= set(shown)
    assert sum("by a word" in line for line in shown) == 6


@pytest.mark.slow
def test_every_page_is_light_and_asks_as_many_statements_with_many_rows_as_with_few(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(paging, "QUICK_TIMES", 1)
    assert bench.main(["--quick", "pages"]) in (0, 1)
    lines = capsys.readouterr().out.splitlines()[1:]
    shown, notes = lines[::2], lines[1::2]
    assert all(re.fullmatch(r"    \d+ statements, \d+\.\d kB", note) for note in notes)
    names = {line.split("  ")[0] for line in shown}
    for what in ("pending orders", "all products", "tasks", "a task", "a review", "a review with all fields", "proof"):
        for kind in databases.KINDS:
            assert {f"{kind}: {what}", f"{kind}: {what}, page 1,000"} <= names


def test_a_name_that_is_no_row_is_refused():
    with pytest.raises(SystemExit):
        bench.main(["--quick", "postng"])


@pytest.mark.parametrize(
    ("row", "is_held"),
    [
        (Row("a", 1.2, 1.0, "s", 1.2, most_ratio=1.25), True),
        (Row("a", 1.3, 1.0, "s", 1.3, most_ratio=1.25), False),
        (Row("a", 0.0009, 0.1, "ms", 9.0, most=0.001), True),
        (Row("a", 0.0011, 0.1, "ms", 9.0, most=0.001), False),
        (Row("a", 9.0, 1.0, "MB", 9.0), True),
        (Row("a", 1.0, 1.0, "ms", 1.0, most_ratio=1.3, missed="heavier than 60,000 bytes"), False),
    ],
)
def test_a_missed_bar_shows_and_is_told(row: Row, is_held: bool, capsys: pytest.CaptureFixture[str]):
    assert print_rows([row]) is is_held
    assert ("NOT OK" in capsys.readouterr().out) is not is_held


def test_floor_and_measured_take_turns_and_the_median_of_their_ratios_counts():
    turns = []
    floors, found = iter([1.0, 2.0, 100.0]), iter([2.0, 4.0, 100.0])

    def floor() -> float:
        turns.append("floor")
        return next(floors)

    def measured() -> float:
        turns.append("measured")
        return next(found)

    assert compare(floor, measured, 3) == (2.0, 4.0, 2.0)
    assert turns == ["floor", "measured"] * 3


@pytest.fixture(scope="module", params=databases.KINDS)
def products(request: pytest.FixtureRequest):
    with filled(request.param, 400) as app, app.app_context():
        yield app


@pytest.mark.parametrize("typed", ["s", "shirt", "SHIRT red", "mod sk", "zebra", "sku0001", "nothing", "1 1", "-"])
def test_the_pages_of_a_search_hold_each_product_that_has_the_words_once(products: object, typed: str):
    wanted = select(ItemMatch.item_id).where(
        ItemMatch.is_matched.is_(False), search.matches(ItemMatch.item_id, "store:1", typed)
    )
    found, after = [], 0
    while page := lists.items(1, False, after, typed, 1, most=7):
        found += [row.item_id for row, _ in page]
        after = found[-1]
    assert sorted(found) == sorted(db.session.scalars(wanted))
