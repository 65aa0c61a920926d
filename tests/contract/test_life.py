"""The life of a document: made, found, changed, voided and made again, in every accounting system."""

from tests.faults.checker import check
from tests.world import World


def test_a_shop_posts_what_it_sold(world: World):
    world.pull()
    accepted = world.task(world.press_sync()).queued
    assert accepted > 3
    world.run_until_quiet()
    check(world, accepted)
    assert all(row.is_proven for row in world.proof())
