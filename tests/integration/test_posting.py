"""Orders of the store become invoices in the books."""

import pytest

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
