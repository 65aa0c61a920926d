"""Canary secrets through a whole small scenario: none comes out in a log, the database, a job, or an error's text."""

import io
import traceback
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from adapters.errors import RemoteError
from documents import ReferenceKind
from jobs import sweep
from models import RunKind, Tick
from sync import connections, pulling
from tests import databases
from tests.conftest import Connect
from tests.faults.processes import Processes
from tests.integration.test_vault import dump
from tests.practice_fixture import Practice
from tests.world import CREATE, World, open_world

BAD_KEY, BAD_TOKEN = "CANARY-0badc0de-api-key-7f31", "CANARY-0badc0de-token-9e42"


@pytest.fixture
def shop(tmp_path: Path, database_kind: str, _connected: Connect, _practice: Practice) -> Iterator[World]:
    """A connected shop beside a queue, over a copy."""
    valkey = Processes(tmp_path, {})
    valkey.start_valkey()
    made = _connected(database_kind, "qne")
    _practice.reset(orders=0, seed=3)
    with (
        databases.copied_database(made.kind, made.data) as url,
        open_world(made.data, url, _practice, redis_url=valkey.url) as world,
    ):
        world.store_id, world.books_id, world.profile_id = made.ids
        world.begin(20)
        yield world
    valkey.kill_valkey()


def secrets_of(world: World) -> set[str]:
    """What must be seen nowhere: the real keys, the canaries, and the tokens that QNE gave out."""
    known = {world.practice.qne["api_key"], world.practice.sitegiant["access_token"], BAD_KEY, BAD_TOKEN}
    return known | {"eyJhbGciOi"}  # how every JWT begins


def in_words(error: BaseException) -> str:
    """All that a careless handler could print of an error."""
    chain: list[BaseException] = [error]
    while chain[-1].__cause__ or chain[-1].__context__:
        chain.append(chain[-1].__cause__ or chain[-1].__context__)
    told = [f"{each!r} {each} {vars(each)} {each.args}" for each in chain]
    return "".join(traceback.format_exception(error)) + "\n".join(told)


def fails(deed: Callable[[], object]) -> str:
    """An error that is raised on purpose, as text."""
    with pytest.raises(RemoteError) as error:
        deed()
    return in_words(error.value) + str(getattr(error.value, "cause", ""))


def scenario(world: World) -> list[str]:
    """Connect, read, post, fail in every way, and heal; the texts of all errors."""
    practice, tools = world.practice, world.tools
    errors = [
        fails(lambda: connections.connect_books("qne", "X", {**practice.qne, "api_key": BAD_KEY}, tools)),
        fails(
            lambda: connections.connect_store(
                "sitegiant", "X", {**practice.sitegiant, "shop_id": "SG-1", "access_token": BAD_TOKEN}, tools
            )
        ),
    ]
    world.sell("T-1", "T-2")
    world.pull()
    world.press_sync()
    for fault, path in (
        ("drop_before", "/api/Auth/Connect"),
        ("html_502", "/api/Auth/Connect"),
        ("token_expired", "/api/*"),
        ("garbage_200", "/api/Auth/Connect"),
        ("refuse", CREATE),
        ("commit_then_reset", CREATE),
    ):
        practice.heal()
        practice.faults(fault, path=path, times=2)
        world.drain()
        books = connections.books_of(world.books(), tools)
        try:
            books.check()
            list(books.reference_pages(ReferenceKind.AGENT))
        except RemoteError as error:
            errors.append(in_words(error) + error.cause)
        world.clock.pass_by(2000)
    practice.heal()
    practice.faults("token_expired", "sitegiant", times=99)
    world.read(RunKind.ITEMS, world.store_id)
    errors.append(fails(lambda: pulling.pull_channels(world.store_id, tools)))
    connections.check_store(world.store_id, tools)
    practice.stop()
    errors.append(fails(lambda: connections.books_of(world.books(), tools).check()))
    errors.append(fails(lambda: connections.store_of(world.store(), tools).check()))
    connections.check_books(world.books_id, tools)
    practice.start()
    world.run_until_quiet()
    world.press_sync()
    world.run_until_quiet()
    return errors


def test_no_secret_comes_out_anywhere(shop: World, said: io.StringIO):
    errors = scenario(shop)
    assert len(errors) >= 6
    shop.clock.pass_by(shop.tools.timing.refresh_s + 1)
    sweep.sweep(shop.tools)
    queue = redis.Redis.from_url(shop.app.config["RQ_CONNECTION"])
    payloads = b"".join(_bytes_of(queue, key) for key in queue.scan_iter("*"))
    logged, kept = said.getvalue(), dump(shop)
    assert len(logged) > 500 and payloads and len(kept) > 10_000, "there was something to look through"
    for secret in secrets_of(shop):
        assert secret not in logged, "log"
        assert secret not in kept, "database"
        assert secret.encode() not in payloads, "queue"
        assert secret not in "".join(errors), "errors"
    assert {each.tick for each in shop.orders()} == {Tick.GREEN}


def _bytes_of(queue: redis.Redis, key: bytes) -> bytes:
    """All that Redis holds under a key, jobs unpacked."""
    if queue.type(key) != b"hash":
        return key
    found = b""
    for name, value in queue.hgetall(key).items():
        try:
            found += name + zlib.decompress(value)
        except zlib.error:
            found += name + value
    return key + found


def test_a_hang_tells_nothing_either(shop: World, said: io.StringIO):
    shop.practice.faults("slow", path="/api/Auth/Connect", seconds=0.1)
    shop.practice.faults("commit_then_truncate", path="/api/Customers/List")
    told = ""
    try:
        list(connections.books_of(shop.books(), shop.tools).reference_pages(ReferenceKind.CUSTOMER))
    except RemoteError as error:
        told = in_words(error) + error.cause
    assert not [each for each in secrets_of(shop) if each in told + said.getvalue()]


def test_a_secret_that_stands_in_what_a_system_says_is_taken_out(shop: World, said: io.StringIO):
    key = shop.practice.qne["api_key"]
    shop.practice.faults("refuse", path=CREATE, message=f"The key {key} may not do this")
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    assert shop.order("T-1").tick is Tick.RED and "may not do this" in shop.reasons("T-1")[0]
    assert key not in shop.reasons("T-1")[0] and key not in dump(shop) and key not in said.getvalue()


def test_nothing_that_the_app_shows_of_itself_holds_a_secret(shop: World):
    secrets = secrets_of(shop)
    books = connections.books_of(shop.books(), shop.tools)
    shown = f"{shop.books()!r} {shop.books().settings} {books!r} {books.http!r} {shop.store().settings}"
    assert not [each for each in secrets if each in shown]
    assert not [key for key in shop.tools.vault.keys.values() if repr(key) in repr(shop.tools)]
