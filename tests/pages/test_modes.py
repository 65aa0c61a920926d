"""Books that are connected in several ways, each under a tab (P3): SQL Accounting in the cloud, or beside an agent."""

import pytest

from adapters.accounting.sql_accounting import SqlAccounting, contract
from documents import Company
from models import BooksConnection, Profile, StoreChannel, db, writing
from sync import profiles
from tests.pages.conftest import Person, kept_in
from tests.pages.test_profiles import all_of, free_channels
from tests.world import World

NEW = "/profiles/new/sql_accounting"
KEYS = {"access_key": "AK-1", "secret_key": "SK-1"}
NEEDED = {
    "qne": "API Key",
    "sql_accounting": "Access Key, Secret Key",
    "quickbooks": "Client ID, Client Secret",
}


@pytest.fixture
def answering(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """SQL Accounting answers whatever key it gets."""
    monkeypatch.setattr(SqlAccounting, "check", lambda self: Company("SQLCO", "SQL Sdn Bhd", "MYR", "MY"))
    free_channels(world)
    return world


def described(owner: Person, **fields: object) -> None:
    owner.go("/profiles/new")
    owner.follow("Connect SQL Accounting")
    owner.submit("described", {"name": "Northern Trading", **fields})


@pytest.mark.feature("P3")
def test_a_form_that_nobody_filled_yet_complains_of_nothing(owner: Person, answering: World):
    assert "This field is required." not in owner.go(NEW).text
    assert owner.submit("described", {"name": ""}).text.count("This field is required.") == 1


@pytest.mark.feature("P3", "P1")
def test_keys_are_asked_after_name_and_channels_and_create_makes_the_profile(owner: Person, answering: World):
    ids = all_of(db.select(StoreChannel.id).order_by(StoreChannel.id))
    described(owner, channels=ids[:2])
    page = owner.page
    assert page.url.startswith(NEW) and "SQL person in charge" in page.text and page.form("connect")
    page = owner.submit("connect", KEYS)
    [made] = all_of(db.select(Profile).where(Profile.name == "Northern Trading"))
    assert page.url == f"/profiles/{made.id}" and "Northern Trading is made" in page.text
    assert [each.id for each in profiles.channels_of(made.id)] == sorted(ids[:2])


@pytest.mark.feature("P3")
def test_a_name_that_is_missing_is_asked_for_before_the_keys(owner: Person, answering: World):
    described(owner, name=" ")
    assert owner.page.status == 422 and 'id="name-errors"' in owner.page.html


@pytest.mark.feature("P3")
def test_the_local_tab_says_what_it_needs_and_keeps_what_was_said(owner: Person, answering: World):
    described(owner)
    page = owner.follow("Local")
    assert "agent of your own" in page.text and "not part of Tillbridge" in page.text
    fields = {each.name: each.value for each in page.form("connect").fields}
    assert (fields["mode"], fields["base_url"]) == ("local", ""), "the cloud's address is not that of an agent"
    owner.submit("connect", {**KEYS, "base_url": "https://agent.lan"})
    [row] = all_of(db.select(BooksConnection).where(BooksConnection.kind == "sql_accounting"))
    assert row.settings["mode"] == "local" and all_of(db.select(Profile).where(Profile.name == "Northern Trading"))


@pytest.mark.feature("P3")
def test_a_profile_that_is_refused_after_the_key_worked_keeps_what_was_said(owner: Person, answering: World):
    described(owner, name="Company")
    page = owner.submit("connect", KEYS)
    assert page.url.startswith("/profiles/new/books/") and 'value="Company"' in page.html


@pytest.mark.feature("P3", "P7")
def test_the_wizard_has_the_same_tabs(owner: Person, answering: World):
    page = owner.go("/setup/books?kind=sql_accounting")
    fields = {each.name: each.value for each in page.form("connect").fields}
    assert (fields["mode"], fields["base_url"]) == ("cloud", contract.BASE_URL)
    page = owner.follow("Local")
    assert next(each.value for each in page.form("connect").fields if each.name == "mode") == "local"
    owner.submit("connect", {**KEYS, "name": "SQL", "base_url": "https://agent.lan"})
    [row] = all_of(db.select(BooksConnection).where(BooksConnection.kind == "sql_accounting"))
    assert row.settings["mode"] == "local"


@pytest.mark.feature("P3")
def test_profiles_are_listed_under_a_tab_per_mode(owner: Person, world: World):
    assert "SQL Accounting: Cloud" not in owner.go("/profiles").text
    kept_in(world, "sql_accounting")
    with writing() as session:
        session.execute(db.update(BooksConnection).values(settings={"mode": "cloud"}))
    owner.go("/profiles")
    page = owner.follow("SQL Accounting: Cloud")
    assert "Practice Trading Sdn Bhd" in page.text
    page = owner.follow("SQL Accounting: Local")
    assert "Practice Trading Sdn Bhd" not in page.text and "No company profile is connected in this way." in page.text


@pytest.mark.feature("P1")
def test_each_accounting_system_is_listed_with_what_it_needs(owner: Person, world: World):
    page = owner.go("/profiles/new")
    for kind, needed in NEEDED.items():
        assert f"You need: {needed}" in page.text
        assert f"You need: {needed}" in owner.go(f"/setup/books?kind={kind}").text
