"""F10: somebody sets the clock; no early 'not there', no double, no blocked books."""

import pytest

from tests.faults.checker import check
from tests.faults.test_lost_answers import synced
from tests.world import CREATE, World

HOUR, DAY = 3600, 86400


@pytest.mark.parametrize("change", [HOUR, DAY, -HOUR, -DAY])
def test_a_clock_set_while_an_answer_is_lost_believes_nothing_too_early(world: World, change: int):
    accepted = synced(world)
    world.practice.faults("hold_before", path=CREATE, method="POST", times=1, seconds=60)
    with pytest.MonkeyPatch.context() as patch:
        from adapters.accounting.qne import contract

        patch.setattr(contract, "POST_S", 0.4)
        world.drain()
    (lost,) = world.open_operations("unknown")
    world.clock.set_wall(change)
    for _ in range(6):
        world.drain()
        world.clock.set_wall(HOUR)  # look-ups become due by the wall clock, while hardly any time passes
    (still,) = world.open_operations("unknown")
    assert still.id == lost.id and still.absences == 0
    world.practice.release()
    world.run_until_quiet()
    check(world, accepted)


@pytest.mark.parametrize("change", [HOUR, DAY, -HOUR, -DAY])
def test_a_clock_set_during_a_drain_neither_loses_nor_doubles(world: World, change: int):
    accepted = synced(world)
    world.clock.set_wall(change)
    world.run_until_quiet()
    check(world, accepted)


def test_after_the_machine_started_again_the_wall_clock_decides(world: World):
    accepted = synced(world)
    world.practice.faults("commit_then_reset", path=CREATE, method="POST", times=1)
    world.drain()
    world.clock.reboot()
    world.run_until_quiet()
    check(world, accepted)
