"""Orders of the store become invoices in the books."""

import pytest

from sync import posting
from tests.world import World


@pytest.mark.feature("I6", "I10")
def test_every_complete_order_becomes_one_invoice_and_the_totals_agree(world: World):
    world.pull()
    task_id = world.press_sync()
    world.run_until_quiet()
    task = world.task(task_id)
    assert task.total == 12
    assert task.posted == len(world.invoices()) > 0
    assert task.posted + task.left == task.total
    assert all(row.is_proven for row in world.proof())


@pytest.mark.feature("I6")
def test_a_slice_that_is_over_when_all_is_prepared_still_sends_some(shop: World, monkeypatch: pytest.MonkeyPatch):
    prepare = posting._prepare_all

    def slowly(turn, works):
        shop.clock.pass_by(turn.timing.slice_s + 1)
        return prepare(turn, works)

    monkeypatch.setattr(posting, "_prepare_all", slowly)
    shop.sell("T-1")
    shop.pull()
    shop.press_sync()
    posting.drain(shop.books_id, shop.tools)
    assert [each.remote_number is not None for each in shop.documents()] == [True], "else a slow machine never gets on"
