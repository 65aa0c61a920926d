"""The wizard, from an empty installation to the first look."""

import json
from collections.abc import Iterator

import pytest

import jobs
from adapters.registry import STORES
from models import BooksConnection, StoreConnection, db
from sync import accounts, practice_systems, runs
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.practice_fixture import Practice
from tests.stall import Stall
from tests.world import World

DEFAULTS = {
    "default_customer": "300-W0001",
    "default_item": "MISC",
    "zero_tax_code": "NT",
    "rounding_item": "RND",
    "seller_discount": "DISC",
    "shipping": "SHIP",
}


@pytest.fixture
def empty(bare: World, practice: Practice) -> Iterator[World]:
    """An installation in which nothing is set up; the supervisor has told where the practice systems are."""
    data = bare.app.config["DATA"]
    (data / "practice.json").write_text(json.dumps(practice.line))
    yield bare
    for each in ("practice.json", "practice-wanted"):
        (data / each).unlink(missing_ok=True)


@pytest.fixture
def mei(empty: World) -> Person:
    """The owner, in the wizard."""
    accounts.make_owner("Mei", PASSWORD, empty.clock.now())
    person = person_of(empty)
    person.log_in("Mei")
    return person


def read_all(world: World) -> None:
    """What the workers do."""
    for run_id, _ in runs.due(world.tools):
        runs.work(run_id, jobs.READERS, world.tools, lambda: False)


@pytest.mark.feature("P7", "P11")
def test_the_wizard_goes_from_nothing_to_a_first_look_at_the_invoices(mei: Person, empty: World):
    assert mei.go("/setup").url == "/setup/store"
    page = mei.submit("/setup/practice")
    assert page.url == "/setup/profile" and "A practice store and practice books are connected" in page.text
    page = mei.submit("/setup/profile", {"name": "My company"})
    assert page.url == "/setup/flows"
    page = mei.submit("/setup/flows", {"numbers": True})
    assert page.url == "/setup/lists" and "Reading your lists" in page.text
    read_all(empty)
    mei.go("/setup/lists")
    assert mei.submit("/setup/lists").url == "/setup/defaults"
    assert mei.submit("/setup/defaults", DEFAULTS).url == "/setup/matching"
    assert mei.submit("/setup/matching").url == "/setup/look"
    page = mei.submit("/setup/look")
    assert "/review/" in page.url and "Sync" in page.text


@pytest.mark.feature("P7", "M1", "M8")
def test_matching_is_counted_and_every_page_that_the_wizard_led_to_leads_back(mei: Person, empty: World):
    mei.go("/setup")
    for step in ("practice", "profile", "flows"):
        mei.submit(f"/setup/{step}")
    read_all(empty)
    page = mei.go("/setup/matching")
    assert "Taxes 3 unmatched" in page.text and "Currencies all matched" in page.text
    page = mei.follow("Taxes")
    assert "The set-up is not finished" in page.text
    for form in [each.id for each in page.forms if each.id.startswith("f-")]:
        mei.submit(form, {"code": "ZR"})
    assert mei.follow("Go on with the set-up").url == "/setup/lists"
    assert "Taxes all matched" in mei.go("/setup/matching").text
    for step in ("lists", "defaults", "matching", "look"):
        mei.go(f"/setup/{step}")
        mei.submit(f"/setup/{step}", DEFAULTS if step == "defaults" else {})
    assert "/review/" in mei.page.url and "The set-up is not finished" not in mei.page.text


@pytest.mark.feature("P7", "P11")
@pytest.mark.parametrize("kind", ["qne", "sql_accounting", "quickbooks"])
def test_one_press_connects_the_practice_books_that_were_chosen(mei: Person, kind: str):
    mei.go("/setup")
    assert mei.submit("/setup/practice", {"books": kind}).url == "/setup/profile"
    (row,) = db.session.scalars(db.select(BooksConnection)).all()
    assert row.kind == kind and row.company_name == "Practice Trading Sdn Bhd"
    assert (float(row.per_second) <= 10) == (kind == "quickbooks")  # its practice server keeps the real limits


@pytest.mark.feature("P1", "P11")
def test_further_practice_books_are_added_where_the_store_is_for_practice(mei: Person):
    assert "Or books for practice" not in mei.go("/profiles/new").text
    mei.go("/setup")
    mei.submit("/setup/practice")
    mei.go("/profiles/new")
    page = mei.submit("/profiles/new/practice", {"books": "sql_accounting"})
    assert page.url.startswith("/profiles/new/books/") and "Practice Trading Sdn Bhd" in page.text
    assert {row.kind for row in db.session.scalars(db.select(BooksConnection))} == {"qne", "sql_accounting"}


@pytest.mark.feature("P1", "P11")
def test_each_practice_company_of_quickbooks_can_be_chosen(mei: Person):
    mei.go("/setup")
    mei.submit("/setup/practice")
    page = mei.go("/profiles/new")
    assert "QuickBooks Online: Practice Haulage Ltd (GB)" in page.text
    page = mei.submit("/profiles/new/practice", {"books": "quickbooks:9341450000000004"})
    assert "Practice Haulage Ltd" in page.text
    found = db.session.scalars(db.select(BooksConnection).where(BooksConnection.kind == "quickbooks")).one()
    assert (found.country, found.home_currency) == ("GB", "GBP")


def test_the_company_of_a_practice_store_is_one_with_its_currency(empty: World):
    told = empty.practice.line
    assert practice_systems.company_of(told, "quickbooks", "", "GBP")["realm_id"] == "9341450000000004"
    assert practice_systems.company_of(told, "quickbooks", "", "USD")["realm_id"] == "9341450000000002"
    assert practice_systems.company_of(told, "quickbooks", "9341450000000003", "GBP")["realm_id"] == "9341450000000003"
    assert practice_systems.company_of(told, "quickbooks", "", "XYZ") == {}
    assert practice_systems.company_of(told, "qne", "", "MYR") == {}


@pytest.mark.feature("P6", "P11")
def test_a_further_practice_store_is_added_where_one_is_connected(mei: Person):
    assert "Or a store for practice" not in mei.go("/stores/new").text
    mei.go("/setup")
    mei.submit("/setup/practice", {"store": "sitegiant"})
    mei.go("/stores/new")
    page = mei.submit("/stores/new/practice", {"store": "sitegiant"})
    assert page.url == "/stores/1" and "is connected, with 5 channels" in page.text, "the same shop is the same store"


@pytest.mark.feature("P7", "P11")
def test_a_practice_store_that_does_not_go_into_the_chosen_books_is_refused_before_anything_is_connected(
    mei: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(STORES, "stall", Stall)
    monkeypatch.setattr(Stall, "goes_to", frozenset({"quickbooks"}))
    mei.go("/setup")
    page = mei.submit("/setup/practice", {"store": "stall", "books": "qne"})
    assert page.status == 422 and "orders of Market stall go into QuickBooks Online only" in page.text
    assert db.session.scalars(db.select(StoreConnection)).all() == []


@pytest.mark.feature("P7")
def test_the_wizard_is_left_and_goes_on_where_it_was(mei: Person, empty: World):
    mei.go("/setup")
    mei.submit("/setup/practice")
    again = person_of(empty)
    again.log_in("Mei")
    assert again.go("/setup").url == "/setup/profile"
    assert again.go("/setup/defaults").url == "/setup/profile"


@pytest.mark.feature("P2", "P7")
def test_a_wrong_key_is_told_beside_the_form_and_what_was_typed_stays(mei: Person, empty: World):
    given = {"name": "My shop", **empty.practice.sitegiant, "access_token": "wrong"}
    mei.go("/setup/store")
    names = {field.name for field in mei.page.form("/setup/store").fields}
    page = mei.submit("/setup/store", {name: value for name, value in given.items() if name in names})
    assert page.status == 422 and "My shop" in page.html
    assert 'role="alert"' in page.html
    assert "wrong" not in page.html.split('role="alert"')[0]


@pytest.mark.feature("P7", "S1")
def test_find_without_javascript_offers_choices_and_keeps_what_was_typed(mei: Person, empty: World):
    mei.go("/setup")
    mei.submit("/setup/practice")
    mei.submit("/setup/profile")
    read_all(empty)
    mei.go("/setup/defaults")
    page = mei.submit(
        "/setup/defaults", {"default_customer": "web", "rounding_item": "RND"}, button="find=default_customer"
    )
    assert "300-W0001" in page.html and 'value="RND"' in page.html
    page = mei.submit("/setup/defaults", {"chosen:default_customer": "300-W0001"})
    assert page.url != "/setup/defaults" or page.status == 200
    mei.go("/setup/defaults")
    assert 'value="300-W0001"' in mei.page.html


@pytest.mark.feature("P7", "S1")
def test_a_default_that_the_books_lack_is_refused_at_its_field(mei: Person, empty: World):
    mei.go("/setup")
    mei.submit("/setup/practice")
    mei.submit("/setup/profile")
    read_all(empty)
    mei.go("/setup/defaults")
    page = mei.submit("/setup/defaults", {**DEFAULTS, "default_customer": "NOBODY", "shipping": "NOTHING"})
    assert page.status == 422 and 'value="NOBODY"' in page.html and 'value="MISC"' in page.html
    assert "no such code: NOBODY" in page.text and "no such code: NOTHING" in page.text
    mei.go("/setup/defaults")
    assert "NOBODY" not in mei.page.html and 'value="MISC"' not in mei.page.html, "nothing was kept"


@pytest.mark.feature("P7", "P8")
def test_a_profile_without_a_start_date_or_with_a_zone_that_is_none_is_refused_at_its_field(mei: Person):
    mei.go("/setup")
    mei.submit("/setup/practice")
    page = mei.submit("/setup/profile", {"start_date": "", "name": "Mine"})
    assert page.status == 422 and 'value="Mine"' in page.html
    page = mei.submit("/setup/profile", {"start_date": "2026-09-01", "time_zone": "Mars/Olympus"})
    assert page.status == 422 and "Mars/Olympus" in page.text
