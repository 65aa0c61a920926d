"""Guessing passwords: every try is counted before it is checked, waits grow, and the owner is never shut out."""

import statistics
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from jobs import sweep
from models import User, WrongTries, db, end_reading, writing
from sync import accounts, tries
from sync.accounts import AccountRefused, WrongPassword
from sync.tries import BRAKES, TooManyTries
from tests.at_once import at_once
from tests.world import World

PASSWORD = "correct horse battery"


class CountingHasher:
    """Counts how many passwords came as far as the check."""

    def __init__(self) -> None:
        self.real, self.checked, self.lock = (
            PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1),
            0,
            threading.Lock(),
        )

    def hash(self, password: str) -> str:
        self._count()
        return self.real.hash(password)

    def verify(self, kept: str, password: str) -> bool:
        self._count()
        return self.real.verify(kept, password)

    def check_needs_rehash(self, kept: str) -> bool:
        return self.real.check_needs_rehash(kept)

    def _count(self) -> None:
        with self.lock:
            self.checked += 1


@pytest.fixture
def hasher(shop: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[CountingHasher]:
    """The owner is Mei; her account is made already."""
    counting = CountingHasher()
    monkeypatch.setattr(accounts, "HASHER", counting)
    accounts.make_owner("Mei", PASSWORD, shop.clock.now())
    counting.checked = 0
    yield counting


def guess(shop: World, name: str = "Mei", address: str = "10.0.0.9", password: str = "wrong") -> object:
    """One try; what came of it."""
    try:
        return accounts.sign_in(name, password, address, "", shop.clock.now())
    except (WrongPassword, TooManyTries) as error:
        return error


def waits(shop: World, **rest: str) -> int:
    """How long the next try would have to wait; 0 where it was made, and was wrong."""
    end = guess(shop, **rest)
    return end.wait_s if isinstance(end, TooManyTries) else 0


def rows() -> int:
    found = db.session.scalar(select(func.count()).select_from(WrongTries)) or 0
    end_reading()
    return found


# --- at once ----------------------------------------------------------------------------------------------------


def test_of_twenty_guesses_at_once_no_more_are_checked_than_may_be_made(shop: World, hasher: CountingHasher):
    ends = at_once(shop, *(partial(guess, shop, password=f"guess {number}") for number in range(20)))
    assert hasher.checked == BRAKES["pair"].free
    assert sorted({type(each).__name__ for each in ends}) == ["TooManyTries", "WrongPassword"]


def test_of_thirty_names_that_one_address_tries_at_once_no_more_are_checked_either(shop: World, hasher: CountingHasher):
    at_once(shop, *(partial(guess, shop, name=f"Name {number}") for number in range(30)))
    assert hasher.checked == BRAKES["address"].free


def test_of_guesses_at_one_name_from_many_addresses_no_more_are_checked(shop: World, hasher: CountingHasher):
    addresses = [f"10.0.1.{number}" for number in range(20)]
    for _ in range(tries.OWN_TRIES):
        at_once(shop, *(partial(guess, shop, address=each) for each in addresses))
    before = hasher.checked
    assert before >= BRAKES["name"].free
    at_once(shop, *(partial(guess, shop, address=each) for each in addresses))
    assert hasher.checked == before


def test_guesses_at_the_setup_code_at_once_are_counted_too(shop: World):
    def once() -> None:
        accounts.check_setup_code("guess", "ab12-cd34", "10.0.0.9", shop.clock.now())

    ends = at_once(shop, *(once for _ in range(30)))
    assert sum(isinstance(each, AccountRefused) for each in ends) == BRAKES["address"].free
    assert sum(isinstance(each, TooManyTries) for each in ends) == 30 - BRAKES["address"].free


# --- one after the other ----------------------------------------------------------------------------------------


def test_waits_grow_and_a_try_that_has_to_wait_makes_them_no_longer(shop: World, hasher: CountingHasher):
    assert [waits(shop) for _ in range(7)] == [0, 0, 0, 0, 0, 2, 2]
    seen = []
    for _ in range(5):
        wait_s = waits(shop)
        seen.append(wait_s)
        shop.clock.pass_by(wait_s)
        assert waits(shop) == 0
    assert seen == [2, 3, 5, 9, 17]
    shop.clock.pass_by(3600)
    for _ in range(12):
        guess(shop)
        shop.clock.pass_by(1000)
    guess(shop)
    assert 0 < waits(shop) <= BRAKES["pair"].most_s + 1


def test_the_owner_comes_in_from_another_address_however_much_others_guess(shop: World, hasher: CountingHasher):
    for number in range(30):
        for _ in range(4):
            guess(shop, address=f"10.0.2.{number}")
    assert waits(shop, address="10.0.2.1") > 0
    assert isinstance(guess(shop, address="10.0.0.10"), WrongPassword), "a slip of her own"
    assert isinstance(guess(shop, address="10.0.0.10", password=PASSWORD), str)


def test_the_right_password_forgets_the_wrong_ones(shop: World, hasher: CountingHasher):
    for _ in range(4):
        guess(shop)
    assert isinstance(guess(shop, password=PASSWORD), str)
    assert rows() == 0 and [waits(shop) for _ in range(5)] == [0] * 5


def test_neighbours_in_one_ipv6_network_are_one_address(shop: World, hasher: CountingHasher):
    for number in range(30):
        guess(shop, address=f"2001:db8:1:2::{number:x}")
    assert hasher.checked == BRAKES["pair"].free
    assert waits(shop, address="2001:db8:1:3::1") == 0
    assert tries.keys_of("mei", "::ffff:10.0.0.9") == tries.keys_of("mei", "10.0.0.9")


def test_a_name_that_nobody_has_is_answered_alike_and_takes_as_long(shop: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=2, memory_cost=16384, parallelism=1))
    accounts.make_owner("Mei", PASSWORD, shop.clock.now())
    assert [type(guess(shop, name)) for name in ("Mei", "Nobody")] == [WrongPassword, WrongPassword]
    took: dict[str, list[float]] = {"Mei": [], "Nobody": []}
    for number in range(9):
        for name, spent in took.items():
            begun = time.perf_counter()
            guess(shop, name, address=f"10.0.{number}.1")
            spent.append(time.perf_counter() - begun)
    ratio = statistics.median(took["Nobody"]) / statistics.median(took["Mei"])
    assert 0.6 < ratio < 1.6, took


def test_a_name_that_nobody_has_waits_as_one_that_somebody_has(shop: World, hasher: CountingHasher):
    theirs, nobodys = (
        [waits(shop, name=name, address=at) for _ in range(9)] for name, at in (("Mei", "1"), ("X", "2"))
    )
    assert theirs == nobodys


# --- what is kept -----------------------------------------------------------------------------------------------


def test_wrong_tries_count_no_more_after_a_day_and_are_swept_some_at_a_time(
    shop: World, hasher: CountingHasher, monkeypatch: pytest.MonkeyPatch
):
    for number in range(4):
        guess(shop, name=f"Name {number}")
    kept = rows()
    sweep.sweep(shop.tools)
    assert rows() == kept == 9, "two for each name, one for the address"
    shop.clock.pass_by(timedelta(days=1, minutes=1).total_seconds())
    guess(shop)
    monkeypatch.setattr(tries, "MOST_SWEPT", 6)
    sweep.sweep(shop.tools)
    assert rows() == 11 - 6
    sweep.sweep(shop.tools)
    assert rows() == 3, "those of today stay"


def test_a_password_is_hashed_anew_at_the_next_login_when_the_cost_was_raised(
    shop: World, hasher: CountingHasher, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=2, memory_cost=2048, parallelism=1))
    assert isinstance(guess(shop, password=PASSWORD), str)
    kept = db.session.scalar(select(User.password_hash))
    end_reading()
    assert kept is not None and "m=2048,t=2" in kept


def test_a_password_that_is_changed_while_somebody_logs_in_with_the_old_one_stays_changed(
    shop: World, hasher: CountingHasher, monkeypatch: pytest.MonkeyPatch
):
    def change() -> None:
        with writing() as session:
            session.execute(db.update(User).values(password_hash="the new one"))

    class Meanwhile(CountingHasher):
        def check_needs_rehash(self, kept: str) -> bool:
            assert at_once(shop, change) == [None]
            return True

    monkeypatch.setattr(accounts, "HASHER", Meanwhile())
    guess(shop, password=PASSWORD)
    assert db.session.scalar(select(User.password_hash)) == "the new one"
    end_reading()
