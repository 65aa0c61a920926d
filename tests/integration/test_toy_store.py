"""A new store is one small adapter: changes, orders that are gone and messages come for nothing (F11)."""

import json
import time
from collections.abc import Iterator
from contextvars import Context
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

import jobs
from adapters.errors import OutcomeUnknown
from adapters.registry import STORES
from adapters.stores.base import Store
from documents import say
from jobs import sweep
from models import Run, RunKind, RunState, StoreHook, Tick, db, end_reading
from sync import connections, hooks, profiles, pulling, runs
from tests.at_once import at_once
from tests.stall import SECRET, Stall, lose, sell, signature
from tests.world import World


@pytest.fixture
def stall(shop: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A shop whose profile takes the orders of a market stall, too."""
    monkeypatch.setitem(STORES, "stall", Stall)
    Stall.book, Stall.asked, Stall.trouble = {}, [], []
    store = connections.connect_store("stall", "Stall", {"shop_id": "S-1", "secret": SECRET}, shop.tools)
    [channel] = pulling.pull_channels(store.id, shop.tools)
    row = profiles.channels_of(shop.profile_id)
    end_reading()
    start = (shop.clock.now() - timedelta(days=20)).date()
    profiles.change_profile(shop.profile_id, "Company", "Asia/Kuala_Lumpur", start, [*(c.id for c in row), channel.id])
    shop.store_id = store.id
    yield shop


def channel_id(world: World) -> int:
    [found] = [each.id for each in profiles.channels_of(world.profile_id) if each.store_id == world.store_id]
    end_reading()
    return found


def pull(world: World, minutes: float = 2) -> None:
    """Let the newest minute pass, then read what changed."""
    world.clock.pass_by(60 * minutes)
    world.read(RunKind.ORDERS, channel_id(world))


def all_of(model: Any) -> list[Any]:
    end_reading()
    found = list(db.session.scalars(select(model).order_by(model.id).execution_options(populate_existing=True)))
    end_reading()
    return found


def due_runs(world: World) -> list[int]:
    return [run_id for run_id, kind in runs.due(world.tools) if kind is RunKind.ORDERS]


def work(world: World) -> None:
    """Do the readings of orders that were asked for."""
    for run_id in due_runs(world):
        runs.work(run_id, jobs.READERS, world.tools, lambda: False)


# --- changes, and orders that are gone --------------------------------------------------------------------------


@pytest.mark.feature("P6")
def test_a_store_that_tells_changes_is_never_asked_for_its_open_orders(stall: World):
    sell("T-1", stall.clock.now())
    pull(stall)
    assert stall.stored("T-1").is_open and Stall.asked == ["orders"]
    pull(stall, minutes=60)
    assert Stall.asked == ["orders", "orders"]


@pytest.mark.feature("P6", "I7")
def test_a_change_long_after_the_order_is_seen(stall: World):
    begun = stall.clock.now()
    sell("T-1", begun)
    pull(stall)
    stall.sync("T-1")
    stall.clock.pass_by(15 * 86400)
    sell("T-1", stall.clock.now(), price="16.00")
    pull(stall)
    assert stall.order("T-1").tick is Tick.YELLOW


@pytest.mark.feature("P6", "I7")
def test_an_order_that_the_store_has_no_more_is_cancelled_and_a_posted_one_turns_yellow(stall: World):
    sell("POSTED", stall.clock.now())
    sell("NOT", stall.clock.now())
    pull(stall)
    stall.sync("POSTED")
    lose("POSTED", stall.clock.now())
    lose("NOT", stall.clock.now())
    lose("NEVER-SEEN", stall.clock.now())
    pull(stall)
    assert stall.order("POSTED").tick is Tick.YELLOW
    assert {stall.stored(each).status for each in ("POSTED", "NOT")} == {"cancelled"} and len(stall.orders()) == 2
    task_id = stall.sync("NOT", "POSTED")
    assert all("cancelled" in stall.reasons(each)[0] for each in ("NOT", "POSTED"))
    assert [each["is_void"] for each in stall.invoices()] == [False], "what becomes of it, a person says"
    assert stall.task(task_id).left == 2 and stall.order("POSTED").tick is Tick.YELLOW


def test_an_order_that_is_gone_for_a_while_is_as_it_was_when_it_comes_back(stall: World):
    sell("T-1", stall.clock.now())
    pull(stall)
    stall.sync("T-1")
    kept = Stall.book["T-1"][0]
    lose("T-1", stall.clock.now())
    pull(stall)
    pull(stall)
    assert stall.order("T-1").tick is Tick.YELLOW
    Stall.book["T-1"] = kept, stall.clock.now()
    pull(stall)
    assert stall.order("T-1").tick is Tick.GREEN and stall.stored("T-1").status == "shipped"


@pytest.mark.feature("P1")
def test_a_profile_of_books_that_the_store_does_not_go_into_is_refused(stall: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Stall, "goes_to", frozenset({"quickbooks", "sql_accounting"}))
    start, mine = stall.clock.now().date(), channel_id(stall)
    with pytest.raises(profiles.ProfileRefused) as refused:
        profiles.make_profile(stall.books_id, "Another", "Asia/Kuala_Lumpur", start, [mine])
    sentence = "Stall: orders of Market stall go into QuickBooks Online, SQL Accounting only."
    assert (refused.value.field, str(refused.value)) == ("channels", sentence)
    monkeypatch.setattr(Stall, "goes_to", frozenset({"qne"}))
    assert profiles.change_profile(stall.profile_id, "Company", "Asia/Kuala_Lumpur", start, [mine]) == set()


# --- messages (F11) ---------------------------------------------------------------------------------------------


def message(event: str, *order_ids: str) -> bytes:
    return json.dumps({"event": event, "orders": order_ids}).encode()


def send(world: World, body: bytes, sign: str | None = None, store_id: int | None = None, **more: Any) -> TestResponse:
    """The stall sends this message to us."""
    headers = {"X-Stall-Signature": signature(body) if sign is None else sign, "Origin": "https://stall.example"}
    path = f"/hooks/{world.store_id if store_id is None else store_id}"
    return Context().run(lambda: world.app.test_client().post(path, data=body, headers=headers, **more))


@pytest.mark.feature("P6")
def test_a_message_brings_the_order_at_once_although_a_pull_would_not_see_it_yet(stall: World):
    sell("T-1", stall.clock.now())
    begun = time.monotonic()
    assert send(stall, message("e-1", "T-1")).status_code == 200
    assert time.monotonic() - begun < 3 and Stall.asked == [], "it answers without asking the store"
    work(stall)
    assert Stall.asked == ["orders", "T-1"] and stall.stored("T-1").status == "shipped"
    assert [each.done_at is None for each in all_of(StoreHook)] == [False] and hooks.due(stall.tools) == []


@pytest.mark.feature("P6")
def test_a_message_that_comes_five_times_has_one_effect(stall: World):
    sell("T-1", stall.clock.now())
    body = message("e-1", "T-1")
    assert [send(stall, body).status_code for _ in range(5)] == [200] * 5
    assert len(due_runs(stall)) == 1
    work(stall)
    send(stall, body)
    assert due_runs(stall) == [] and Stall.asked.count("T-1") == 1 and len(all_of(StoreHook)) == 1


def test_a_message_that_comes_twice_at_the_same_moment_is_one(stall: World):
    store = hooks.taker(stall.store_id)
    assert store is not None
    body = message("e-1", "T-1")
    sent = {"x-stall-signature": signature(body)}
    deeds = [lambda: hooks.receive(store, sent, {}, body, stall.tools)] * 4
    assert at_once(stall, *deeds) == [True] * 4
    assert len(all_of(StoreHook)) == 1


@pytest.mark.feature("P6")
def test_messages_out_of_order_end_with_what_the_store_has_now(stall: World):
    sell("T-1", stall.clock.now(), price="16.00", status="completed")
    for event in ("3-completed", "1-created", "2-changed"):
        send(stall, message(event, "T-1"))
        work(stall)
    assert (stall.stored("T-1").status, str(stall.stored("T-1").total)) == ("completed", "16.0000")
    assert len(stall.orders()) == 1


@pytest.mark.feature("P6")
def test_a_message_that_is_replayed_after_a_day_has_no_effect(stall: World):
    sell("T-1", stall.clock.now())
    body = message("e-1", "T-1")
    send(stall, body)
    work(stall)
    stall.clock.pass_by(86_400)
    hooks.forget_old(stall.clock.now())
    assert send(stall, body).status_code == 200
    assert due_runs(stall) == [] and Stall.asked.count("T-1") == 1


@pytest.mark.feature("P6")
@pytest.mark.parametrize(
    ("body", "sign"),
    [
        (message("e-1", "T-1"), ""),
        (message("e-1", "T-1"), "AAAA"),
        (message("e-1", "T-1"), signature(message("e-1", "T-1"), "another secret")),
        (message("e-1", "T-2"), signature(message("e-1", "T-1"))),
        (b"", signature(b"x")),
    ],
    ids=["missing", "no signature", "another secret", "one byte changed", "no body"],
)
def test_a_message_with_a_wrong_signature_is_refused_and_has_no_effect(stall: World, body: bytes, sign: str):
    answer = send(stall, body, sign)
    assert answer.status_code == 401 and "signature" in answer.get_data(as_text=True)
    assert answer.mimetype == "text/plain"
    assert all_of(StoreHook) == [] and due_runs(stall) == [] and Stall.asked == []
    assert hooks.told(stall.store_id).refused == 1


def test_many_wrong_messages_are_slowed_down_and_good_ones_from_the_same_place_are_not(stall: World):
    bad = [send(stall, message("e", "T-1"), "AAAA") for _ in range(25)]
    assert [each.status_code for each in bad] == [401] * 20 + [429] * 5
    assert int(bad[-1].headers["Retry-After"]) > 0
    assert hooks.told(stall.store_id).refused == 20
    assert send(stall, message("good", "T-1")).status_code == 200 and len(all_of(StoreHook)) == 1


def test_only_an_enabled_store_of_a_kind_that_sends_messages_takes_them(stall: World):
    body = message("e-1", "T-1")
    others = [row.id for row in all_of(connections.StoreConnection) if row.kind != "stall"]
    assert [send(stall, body, store_id=each).status_code for each in (*others, 987_654)] == [404, 404]
    connections.enable(connections.StoreConnection, stall.store_id, False)
    assert send(stall, body).status_code == 404
    assert all_of(StoreHook) == []


def test_a_message_that_is_too_large_is_not_read(stall: World):
    body = b"x" * 2_000_001
    assert send(stall, body).status_code == 413
    assert send(stall, b"x=" + body, content_type="application/x-www-form-urlencoded").status_code == 413


def test_an_unsigned_test_of_the_address_is_answered_and_leaves_no_trace(stall: World):
    pull(stall)
    assert send(stall, b"test", "").status_code == 200
    assert all_of(StoreHook) == [] and hooks.told(stall.store_id) == hooks.Told(None, 0)
    assert due_runs(stall) == [] and hooks.due(stall.tools) == []


def test_a_form_is_a_body_like_any_other(stall: World):
    """WooCommerce's first ping is one (other-stores.md 1.6): what is signed are its bytes."""
    body = message("ping")
    assert send(stall, body, content_type="application/x-www-form-urlencoded").status_code == 200


def test_a_message_that_names_no_order_makes_a_pull_due_once_the_store_has_settled(stall: World):
    sell("T-1", stall.clock.now())
    send(stall, message("e-1"))
    assert due_runs(stall) == [] and hooks.due(stall.tools) == []
    stall.clock.pass_by(hooks.SETTLED.total_seconds())
    sweep.ask_for_what_is_old(stall.tools)
    work(stall)
    assert Stall.asked == ["orders"] and stall.stored("T-1").status == "shipped"
    assert hooks.due(stall.tools) == []


def test_a_message_whose_reading_was_lost_is_found_by_the_sweep(stall: World):
    pull(stall)
    store = hooks.taker(stall.store_id)
    assert store is not None
    sell("T-1", stall.clock.now())
    body = message("e-1", "T-1")
    hooks.receive(store, {"x-stall-signature": signature(body)}, {}, body, stall.tools)  # and no reading is asked for
    assert due_runs(stall) == []
    sweep.ask_for_what_is_old(stall.tools)
    work(stall)
    assert stall.stored("T-1").status == "shipped"


def test_a_reading_that_dies_on_the_way_is_done_again(stall: World):
    ids = [f"T-{number}" for number in range(150)]
    for each in ids:
        sell(each, stall.clock.now())
    send(stall, message("e-1", *ids))
    [run_id] = due_runs(stall)
    stops = iter([False, True])  # after the pull; after the first hundred of those that were named
    runs.work(run_id, jobs.READERS, stall.tools, lambda: next(stops))
    assert len(stall.orders()) == 100 and hooks.due(stall.tools)
    work(stall)
    assert len(stall.orders()) == 150 and hooks.due(stall.tools) == []


def test_a_message_whose_orders_cannot_be_read_waits_and_holds_up_no_pull(stall: World):
    sell("OLD", stall.clock.now() - timedelta(hours=1))
    sell("T-1", stall.clock.now())
    Stall.trouble = [OutcomeUnknown(say("No answer."))]
    send(stall, message("e-1", "T-1"))
    work(stall)
    assert [stall.stored("OLD").status] == ["shipped"] and [each.done_at for each in all_of(StoreHook)] == [None]
    assert [each.state for each in all_of(Run)][-1] is RunState.QUEUED
    stall.clock.pass_by(10)
    work(stall)
    assert stall.stored("T-1").status == "shipped" and hooks.due(stall.tools) == []


def test_after_a_reading_that_failed_for_good_messages_wait_as_long_as_pulls_do(stall: World):
    Stall.trouble = [OutcomeUnknown(say("No answer."))] * 99
    send(stall, message("e-1", "T-1"))
    for _ in range(20):
        work(stall)
        stall.clock.pass_by(900)
        if all_of(Run)[-1].state is RunState.FAILED:
            break
    failed = len(all_of(Run))
    stall.clock.set_wall(-900)
    assert all_of(Run)[-1].state is RunState.FAILED and hooks.due(stall.tools) == []
    stall.clock.pass_by(stall.tools.timing.pull_s + 1)
    sweep.ask_for_what_is_old(stall.tools)
    assert len(all_of(Run)) > failed and hooks.due(stall.tools) == [channel_id(stall)]


def test_messages_of_a_store_that_no_profile_takes_wait_and_ask_for_nothing(stall: World):
    profiles.enable(stall.profile_id, False)
    assert send(stall, message("e-1", "T-1")).status_code == 200
    assert due_runs(stall) == [] and hooks.due(stall.tools) == []


def test_what_no_store_repeats_any_more_is_forgotten(stall: World):
    send(stall, message("old"))
    stall.clock.pass_by(20 * 86_400)
    send(stall, message("new"))
    stall.clock.pass_by(11 * 86_400)
    sweep.hooks.forget_old(stall.clock.now())
    assert [each.event_id for each in all_of(StoreHook)] == ["new"]


def test_odd_ids_are_left_out_and_a_long_event_is_still_one(stall: World):
    for _ in range(2):
        send(stall, message("e" * 300, "", "x" * 65, "a\0b", "T-1", "T-1"))
    [kept] = all_of(StoreHook)
    assert kept.order_ids == ["T-1"] and len(kept.event_id) == 64


def test_the_secret_of_messages_is_in_no_log(stall: World, said: Any):
    sent = signature(message("e-1", "T-1"))
    send(stall, message("e-1", "T-1"))
    send(stall, message("e-2", "T-1"), sent)
    work(stall)
    assert SECRET not in said.getvalue() and sent not in said.getvalue()


def test_every_store_that_sends_messages_says_where_and_which():
    for adapter in (Stall, *STORES.values()):
        if adapter.hooks is not None:
            assert adapter.hooks.where and adapter.hooks.events and adapter.read_hook is not Store.read_hook
