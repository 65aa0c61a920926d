"""One form connects stores and books, wherever it stands: drawn from what the adapter declares."""

from pathlib import Path

import pytest

from adapters.accounting.qne import Qne
from adapters.settings import Setting
from adapters.stores.sitegiant import SiteGiant
from models import BooksConnection, StoreConnection, db
from tests.pages.conftest import Person
from tests.pages.test_profiles import all_of
from tests.world import World

ROOT = Path(__file__).parents[2]
REGION = Setting("region", "Which region", "Where the servers are.", choices=(("asia", "Asia"), ("europe", "Europe")))
OF_BOOKS = ("/setup/books", "/profiles/new/qne", "/profiles/{profile}/settings/accounting")
OF_STORES = ("/setup/store", "/stores/new/sitegiant", "/stores/{store}/key")


def opened(owner: Person, world: World, address: str) -> str:
    """Open the page of a form; the form's id or place."""
    page = owner.go(address.format(profile=world.profile_id, store=world.store_id))
    return next(form.id for form in page.forms if form.id in ("connect", "accounting", "key"))


def given(world: World, address: str) -> dict[str, str]:
    """What opens the practice system."""
    if address in OF_STORES:
        return world.practice.sitegiant
    return {name: world.practice.qne[name] for name in ("api_key", "base_url")}


@pytest.mark.feature("P2")
@pytest.mark.parametrize("address", OF_BOOKS)
def test_what_an_accounting_system_declares_is_asked_wherever_it_is_connected(
    owner: Person, world: World, address: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Qne, "connection_settings", (*Qne.connection_settings, REGION))
    form = opened(owner, world, address)
    assert {"api_key", "base_url", "region"} <= {each.name for each in owner.page.form(form).fields}
    assert "Where the servers are." in owner.page.text
    owner.submit(form, {**given(world, address), "region": "europe"})
    [kept] = all_of(db.select(BooksConnection))
    assert kept.settings == {"base_url": world.practice.qne["base_url"], "region": "europe"}


@pytest.mark.feature("P6")
@pytest.mark.parametrize("address", OF_STORES)
def test_what_a_store_declares_is_asked_wherever_it_is_connected(
    owner: Person, world: World, address: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(SiteGiant, "connection_settings", (*SiteGiant.connection_settings, REGION))
    form = opened(owner, world, address)
    owner.submit(form, {**world.practice.sitegiant, "region": "europe"})
    [kept] = all_of(db.select(StoreConnection))
    assert kept.settings["region"] == "europe"


@pytest.mark.feature("P2", "P6")
@pytest.mark.parametrize("address", [*OF_BOOKS, *OF_STORES])
def test_a_key_that_is_refused_is_told_above_the_form_what_was_typed_stays_and_the_key_is_not_shown(
    owner: Person, world: World, address: str
):
    form = opened(owner, world, address)
    typed, secret = given(world, address), "api_key" if address in OF_BOOKS else "access_token"
    page = owner.submit(form, {**typed, secret: "wrong-key-1"})
    assert page.status == 422 and "refused" in page.text and 'role="alert"' in page.html
    assert f'value="{typed["base_url"]}"' in page.html and "wrong-key-1" not in page.html
    page = owner.submit(form, typed)
    assert page.status == 200 and 'role="alert"' not in page.html


@pytest.mark.feature("P2", "P6")
@pytest.mark.parametrize("address", ["/setup/books", "/setup/store", "/stores/new/sitegiant"])
def test_a_name_of_blanks_is_none(owner: Person, world: World, address: str):
    form = opened(owner, world, address)
    page = owner.submit(form, {**given(world, address), "name": "   "})
    assert page.status == 422 and 'id="name-errors"' in page.html


def test_one_module_and_one_template_draw_what_connects():
    templates = [
        each.name for each in (ROOT / "templates").rglob("*.html") if "connection_settings" in each.read_text()
    ]
    modules = [each.name for each in (ROOT / "blueprints").glob("*.py") if "connection_settings" in each.read_text()]
    assert templates == ["_connect.html"] and sorted(modules) == ["connecting.py", "kept.py"]


@pytest.mark.parametrize("address", ["/profiles/new/nothing", "/stores/new/nothing"])
def test_a_system_that_is_not_known_is_not_there(owner: Person, address: str):
    assert owner.go(address).status == 404
