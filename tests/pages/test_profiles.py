"""Company profiles: made, looked at, checked, disabled and activated again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event

from blueprints import ringing
from models import BooksConnection, Profile, ProfileChannel, Run, RunKind, RunState, db, end_reading, writing
from sync import accounts, profiles
from tests.pages.conftest import PASSWORD, Person
from tests.world import World


def all_of(query: db.Select) -> list:
    rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
    end_reading()
    return rows


def channel_ids(world: World) -> list[int]:
    ids = [each.id for each in profiles.channels_of(world.profile_id)]
    end_reading()
    return ids


def free_channels(world: World) -> list[int]:
    """Untick every channel of the first profile, so that another profile of these books may have them."""
    ids = channel_ids(world)
    with writing() as session:
        session.execute(db.delete(ProfileChannel))
    return ids


def visit_as_member(world: World, person: Callable[[], Person], *profile_ids: int) -> Person:
    accounts.make_user("Tan", PASSWORD, profile_ids, world.clock.now())
    tan = person()
    tan.log_in("Tan")
    return tan


@pytest.mark.feature("P5")
def test_the_list_shows_each_profile_with_books_status_and_channels(owner: Person, world: World):
    page = owner.go("/profiles")
    assert page.status == 200
    for said in ("Company", "QNE: Practice Trading Sdn Bhd", "Active", "Demo Shopee MY"):
        assert said in page.text
    with writing() as session:
        session.execute(db.update(BooksConnection).values(status="timeout"))
    page = owner.go("/profiles")
    assert "Timeout" in page.text and "does not answer. See that it is on, then check again." in page.text


@pytest.mark.feature("P1", "P2", "P8")
def test_a_profile_is_added_step_by_step_and_its_lists_are_read(owner: Person, world: World):
    ids = free_channels(world)
    owner.go("/profiles")
    owner.follow("Add company profile")
    page = owner.follow("Connect QNE")
    assert "Marketplace, My Apps, New App" in page.text
    given = world.practice.qne
    page = owner.submit("connect", {"api_key": given["api_key"], "base_url": given["base_url"]})
    assert page.url == f"/profiles/new/books/{world.books_id}" and given["api_key"] not in page.html
    page = owner.submit("details", {"name": "Second", "start_date": "2026-02-03", "channels": ids[:2]})
    assert "Second is made" in page.text and "Lists of the books" in page.text
    [made] = all_of(db.select(Profile).where(Profile.name == "Second"))
    assert (made.time_zone, made.start_date) == ("Asia/Kuala_Lumpur", date(2026, 2, 3))
    assert [each.id for each in profiles.channels_of(made.id)] == ids[:2]
    asked = {(run.kind, run.target_id) for run in all_of(db.select(Run).where(Run.state == RunState.QUEUED))}
    assert (RunKind.REFERENCE, world.books_id) in asked and (RunKind.ORDERS, ids[0]) in asked


@pytest.mark.feature("P2")
def test_a_wrong_key_says_why_and_the_rest_of_the_form_is_kept(owner: Person, world: World):
    owner.go("/profiles/new/qne")
    page = owner.submit("connect", {"api_key": "wrong-key-1", "base_url": world.practice.qne["base_url"]})
    assert page.status == 422 and "refused" in page.text
    assert world.practice.qne["base_url"] in page.html and "wrong-key-1" not in page.html
    page = owner.submit("connect", {"api_key": "", "base_url": world.practice.qne["base_url"]})
    assert page.status == 422 and "This field is required." in page.text


@pytest.mark.feature("P1", "P8")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Company"}, "There is a profile Company already."),
        ({"name": "  "}, "This field is required."),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus is not a time zone."),
        ({"start_date": "0001-01-01"}, "Choose a start date between 2000-01-01"),
        ({"start_date": "soon"}, "Not a valid date value."),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field_and_nothing_is_lost(
    owner: Person, world: World, typed: dict[str, str], said: str
):
    owner.go(f"/profiles/new/books/{world.books_id}")
    page = owner.submit("details", {"name": "Other name", "start_date": "2026-02-03", **typed})
    assert page.status == 422 and said in page.text
    form = page.form("details")
    shown = {each.name: each.value for each in form.fields}
    assert shown["name"] == typed.get("name", "Other name").strip()
    assert len(all_of(db.select(Profile))) == 1


@pytest.mark.feature("P1")
def test_a_channel_that_another_profile_of_these_books_has_is_refused(owner: Person, world: World):
    owner.go(f"/profiles/new/books/{world.books_id}")
    page = owner.submit("details", {"name": "Second", "channels": channel_ids(world)[:1]})
    assert page.status == 422 and "posts into these books already, by the profile Company" in page.text


@pytest.mark.feature("P7")
def test_books_that_were_connected_wait_for_the_rest_on_the_list(owner: Person, world: World):
    with writing() as session:
        for table in ("item_matches", "tax_matches", "presets", "profile_orders", "profile_channels", "profiles"):
            session.execute(db.text(f"DELETE FROM {table}"))
    page = owner.go("/profiles")
    assert "No company profile yet" in page.text
    assert owner.follow("Go on with Practice Trading").url == f"/profiles/new/books/{world.books_id}"


@pytest.mark.feature("P5", "P10")
def test_the_overview_checks_now_and_says_what_went_wrong(owner: Person, world: World):
    here = f"/profiles/{world.profile_id}"
    owner.go(here)
    world.practice.faults("status_503", times=99)
    page = owner.submit("/check")
    assert page.url == here and "Timeout" in page.text and "tb-problem" in page.html
    world.practice.heal()
    page = owner.submit("/check")
    assert "Timeout" not in page.text and "Active" in page.text


@pytest.mark.feature("P10")
def test_a_profile_is_disabled_and_active_again_with_nothing_lost(owner: Person, world: World):
    page = owner.go(f"/profiles/{world.profile_id}")
    page = owner.follow("Disable")
    assert "What is in the books stays there." in page.text
    page = owner.submit("/disable")
    assert "Nothing was lost" in page.text and "Inactive" in page.text and "Activate it again to go on" in page.text
    assert all_of(db.select(Profile.is_enabled)) == [False]
    page = owner.submit("/enable")
    assert "is active again" in page.text and all_of(db.select(Profile.is_enabled)) == [True]


def test_readings_are_asked_for_and_show_their_progress_until_their_end(owner: Person, world: World):
    owner.go(f"/profiles/{world.profile_id}")
    owner.submit("/read/orders")
    owner.submit("/read/items")
    page = owner.submit("/read/lists")
    assert page.html.count("<progress") == len(channel_ids(world)) + 2
    assert '<noscript><meta http-equiv="refresh"' in page.html and 'hx-trigger="load delay:2s"' in page.html
    asked = len(all_of(db.select(Run).where(Run.state == RunState.QUEUED)))
    owner.submit("/read/lists")
    assert len(all_of(db.select(Run).where(Run.state == RunState.QUEUED))) == asked
    with writing() as session:
        session.execute(db.update(Run).values(state=RunState.DONE))
    page = owner.go(f"/profiles/{world.profile_id}")
    assert "<progress" not in page.html and "refresh" not in page.html.split("<body")[0].split("htmx-config")[0]
    assert "<noscript>" not in page.html


def failed_run(world: World, kind: RunKind, target_id: int) -> int:
    with writing() as session:
        trouble = {"template": "The store {name} is shut.", "values": {"name": "Demo"}}
        run = Run(kind=kind, target_id=target_id, state=RunState.FAILED, trouble=trouble, attempts=1)
        run.not_before = run.created_at = run.ended_at = world.clock.now()
        session.add(run)
        session.flush()
        return run.id


def test_a_reading_that_failed_says_why_and_is_tried_again(owner: Person, world: World):
    run_id = failed_run(world, RunKind.ITEMS, world.store_id)
    page = owner.go(f"/profiles/{world.profile_id}")
    assert "The store Demo is shut." in page.text and "<noscript>" not in page.html
    page = owner.submit(f"/runs/{run_id}/again")
    assert page.url == f"/profiles/{world.profile_id}" and "<progress" in page.html
    [run] = all_of(db.select(Run).where(Run.state == RunState.QUEUED))
    assert (run.kind, run.target_id) == (RunKind.ITEMS, world.store_id)


def test_a_fragment_of_a_reading_asks_again_only_while_it_is_under_way(owner: Person, world: World):
    run_id = failed_run(world, RunKind.REFERENCE, world.books_id)
    headers = {"HX-Request": "true"}
    ended = owner.client.get(f"/runs/{run_id}", headers=headers).text
    assert "<html" not in ended and "hx-get" not in ended
    with writing() as session:
        session.execute(
            db.update(Run).where(Run.id == run_id).values(state=RunState.RUNNING, step="item", done=1, total=9)
        )
    under_way = owner.client.get(f"/runs/{run_id}", headers=headers).text
    assert f'hx-get="/runs/{run_id}"' in under_way and "stock items" in under_way and 'max="9"' in under_way


def test_others_see_only_their_profiles_and_readings(owner: Person, person: Callable[[], Person], world: World):
    ids = free_channels(world)
    mine = profiles.make_profile(world.books_id, "Mine", "Asia/Kuala_Lumpur", date(2026, 1, 1), ids[:1]).id
    tan = visit_as_member(world, person, mine)
    page = tan.go("/profiles")
    assert "Mine" in page.text and "Company" not in page.text.replace("Company profile", "")
    assert "Add company profile" not in page.text
    assert tan.go(f"/profiles/{mine}").status == 200 and "Disable" not in tan.page.text
    for path in (f"/profiles/{world.profile_id}", "/profiles/new", f"/profiles/{mine}/disable", "/stores"):
        assert tan.go(path).status == 404, path
    for kind, target, status in (
        (RunKind.ORDERS, ids[0], 200),
        (RunKind.ORDERS, ids[1], 404),
        (RunKind.ITEMS, world.store_id, 200),
        (RunKind.REFERENCE, world.books_id, 200),
    ):
        assert tan.go(f"/runs/{failed_run(world, kind, target)}").status == status
    assert tan.go("/runs/999999").status == 404


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_list_and_the_overview_ask_the_database_no_more_often_for_more_rows(owner: Person, world: World):
    ids = free_channels(world)
    one = profiles.make_profile(world.books_id, "One", "Asia/Kuala_Lumpur", date(2026, 1, 1), ids[:1]).id
    owner.go("/profiles")  # what is compiled and cached once
    owner.go(f"/profiles/{one}")
    with counted_queries() as list_of_two:
        owner.go("/profiles")
    with counted_queries() as overview_of_one:
        owner.go(f"/profiles/{one}")
    for name in ("Two", "Three", "Four"):
        profiles.make_profile(world.books_id, name, "Asia/Kuala_Lumpur", date(2026, 1, 1), [])
    profiles.change_profile(one, "One", "Asia/Kuala_Lumpur", date(2026, 1, 1), ids)
    for channel_id in ids:
        failed_run(world, RunKind.ORDERS, channel_id)
    failed_run(world, RunKind.ITEMS, world.store_id)
    with counted_queries() as list_of_five:
        owner.go("/profiles")
    with counted_queries() as overview_of_all:
        page = owner.go(f"/profiles/{one}")
    assert page.text.count("Try again") == len(ids) + 1
    assert len(list_of_five) == len(list_of_two) <= 6
    assert len(overview_of_all) <= len(overview_of_one) + 2, "the names of what was read, once per kind"


def test_a_worker_is_told_about_each_reading_after_it_was_written_down(
    owner: Person, world: World, monkeypatch: pytest.MonkeyPatch
):
    rung: list[int] = []
    bells = {**world.app.extensions[ringing.PLACE], "run": rung.append}
    monkeypatch.setitem(world.app.extensions, ringing.PLACE, bells)
    owner.go(f"/profiles/{world.profile_id}")
    owner.submit("/read/items")
    assert rung == all_of(db.select(Run.id).where(Run.state == RunState.QUEUED)) != []
