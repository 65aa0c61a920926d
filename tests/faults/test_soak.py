"""F18 with real processes: random deaths, floods and faults under work, with a printed seed; only with ./test --all."""

import os
import random
import time

import pytest

import jobs
from models import Tick
from tests.faults.checker import check
from tests.faults.processes import Processes
from tests.faults.test_kills import until_quiet
from tests.faults.test_machine import FAULTS
from tests.world import CREATE, World

SOAK_S = float(os.environ.get("TILLBRIDGE_SOAK_S", "60"))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_random_soak_ends_with_each_sale_in_the_books_once(live: tuple[World, Processes]):
    seed = int(os.environ.get("TILLBRIDGE_SOAK_SEED", str(time.time_ns() % 10**9)))
    print(f"soak seed: {seed}  (TILLBRIDGE_SOAK_SEED={seed} plays it again)")
    world, running = live
    soak(world, running, random.Random(seed))
    settle(world, running)
    check(world)


def soak(world: World, running: Processes, chance: random.Random) -> None:
    """Do one random thing after the other."""
    running.start_sweep()
    end = time.monotonic() + SOAK_S
    number = 0
    while time.monotonic() < end:
        number += 1
        keep_a_worker(running, number)
        chance.choice((add_orders, press_sync, break_something, kill_something, forget_queue, ring))(
            world, running, chance
        )
        time.sleep(chance.uniform(0.05, 0.4))  # the pace of fate, not a wait for anything


def keep_a_worker(running: Processes, number: int) -> None:
    """As the supervisor would."""
    for name, process in list(running.running.items()):
        if process.poll() is not None:
            del running.running[name]
    if "sweep" not in running.running:
        running.start_sweep()
    if not any(name.startswith("worker") for name in running.running):
        running.start_worker(f"worker-{number}")


def add_orders(world: World, _running: Processes, chance: random.Random) -> None:
    """The shop sells."""
    if len(world.orders()) < 60:
        world.practice.control("POST", "/sitegiant/orders", {"count": chance.randint(1, 4)})
        world.pull()


def press_sync(world: World, _running: Processes, chance: random.Random) -> None:
    """A person ticks some orders."""
    ids = [row.id for row in world.orders() if row.tick in (Tick.NONE, Tick.YELLOW)]
    if ids:
        world.press_sync(chance.sample(ids, chance.randint(1, len(ids))))


def break_something(world: World, _running: Processes, chance: random.Random) -> None:
    """The books fail in some way, for a while."""
    world.practice.faults(chance.choice(FAULTS), path=CREATE, method="POST", times=chance.randint(1, 3))


def kill_something(_world: World, running: Processes, chance: random.Random) -> None:
    """A worker, its job, both, or the sweep."""
    workers = [name for name in running.running if name.startswith("worker")]
    if workers:
        running.kill(chance.choice(("child", "parent", "both")), chance.choice(workers))
    if chance.random() < 0.2 and "sweep" in running.running:
        running.running["sweep"].kill()


def forget_queue(_world: World, running: Processes, chance: random.Random) -> None:
    """Redis loses everything, or dies and comes back."""
    if chance.random() < 0.5:
        running.flush()
    else:
        running.kill_valkey()
        running.start_valkey()


def ring(world: World, _running: Processes, _chance: random.Random) -> None:
    """The queue rings."""
    jobs.ring_drain(world.books_id)


def settle(world: World, running: Processes) -> None:
    """Heal, restart, and sync what is left."""
    world.practice.heal()
    running.kill_all()
    running.start_worker("worker-last")
    running.start_sweep()
    until_quiet(world, running, 120)
    world.press_sync()
    until_quiet(world, running, 120)
