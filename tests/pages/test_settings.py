"""Manage Settings: drawn from what the accounting system declares, and kept."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.accounting.qne import Qne
from adapters.settings import Setting
from documents import ChargeKind, Company
from models import Preset, Profile, ProfileChannel, Run, RunKind, Secret, db, end_reading, writing
from sync import accounts, profiles
from sync.loading import read_presets
from tests.pages.conftest import PASSWORD, Person
from tests.pages.test_profiles import all_of, channel_ids, visit_as_member
from tests.world import World

OTHER = Company("OTHER01", "Somebody Else Sdn Bhd", "MYR", "MY")


def address(world: World, part: str = "") -> str:
    return f"/profiles/{world.profile_id}/settings{part}"


def kept(world: World) -> dict[str, str]:
    [profile] = all_of(db.select(Profile).where(Profile.id == world.profile_id))
    return profile.settings


def shown(owner: Person, form: str) -> dict[str, str]:
    fields = owner.page.form(form).fields
    return {each.name: each.value for each in fields if each.is_on and not each.name.startswith("was:")}


TYPED: dict[str, Any] = {
    "default_customer": "300-S0001",
    "agent": "KUMAR",
    "terms": "30",
    "default_item": "MISC",
    "default_uom": "PCS",
    "description_prefill": "Online sales",
    "bundle_components": True,
    "document_date": "shipped",
    "exclude_tiktok_samples": [],
    "number_source": "prefix_running",
    "number_prefix": "INV-",
    "write_back_number": True,
    "sale_assigned_to": "original",
    "due_offset": "2",
    "due_offset_unit": "weeks",
    "rounding_cap": "0.02",
}


@pytest.mark.feature("S1", "S2", "S3", "S4", "S7", "S10", "S13", "S14", "S15", "S17", "S18", "S22", "S23")
def test_every_general_setting_is_kept_and_shown_again(owner: Person, world: World):
    page = owner.go(address(world))
    for setting in Qne.profile_settings:
        assert setting.label in page.text, setting.name
    page = owner.submit("general", {**TYPED, "number_next": "41"})
    assert "Saved." in page.text and page.url == address(world)
    settings = kept(world)
    wanted = {**TYPED, "bundle_components": "true", "write_back_number": "true", "exclude_tiktok_samples": "false"}
    assert {name: settings[name] for name in wanted} == wanted
    assert all_of(db.select(Profile.number_next)) == [41]
    again = shown(owner, "general")
    assert (again["agent"], again["document_date"], again["number_next"]) == ("KUMAR", "shipped", "41")
    assert "bundle_components" in again and "exclude_tiktok_samples" not in again


@pytest.mark.feature("S5", "S6")
def test_project_and_location_come_from_the_lists_of_the_books(owner: Person, world: World):
    owner.go(address(world))
    for name in ("project", "location"):
        page = owner.submit("general", {name: ""}, button=f"find={name}")
        chosen = next(each.value for each in page.form("general").fields if each.name == f"chosen:{name}")
        page = owner.submit("general", {f"chosen:{name}": chosen})
        assert kept(world)[name] == chosen != ""


@pytest.mark.feature("S1")
def test_find_draws_the_choices_without_javascript_and_saves_nothing(owner: Person, world: World):
    owner.go(address(world))
    page = owner.submit("general", {"default_customer": "sho", "description_prefill": "typed"}, "find=default_customer")
    assert page.status == 200 and "300-S0001" in page.html and shown(owner, "general")["description_prefill"] == "typed"
    assert "description_prefill" not in kept(world)
    owner.submit("general", {"chosen:default_customer": "300-S0001"})
    assert (kept(world)["default_customer"], kept(world)["description_prefill"]) == ("300-S0001", "typed")


@pytest.mark.feature("S1", "S23")
@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("agent", "NOBODY", "The books have no such code: NOBODY."),
        ("due_offset", "soon", "Due after: this is no value that can be kept: soon"),
        ("rounding_cap", "-1", "Rounding: at most: this is no value that can be kept: -1"),
        ("number_next", "0", "Number must be between 1 and 999999999."),
        ("number_next", "x", "Not a valid integer value."),
        ("description_prefill", "x" * 2001, "Field cannot be longer than 2000 characters."),
    ],
)
def test_a_value_that_cannot_be_kept_is_told_at_its_field_and_nothing_is_lost(
    owner: Person, world: World, name: str, typed: str, said: str
):
    before = kept(world)
    owner.go(address(world))
    page = owner.submit("general", {"terms": "30", name: typed})
    assert page.status == 422 and said in page.text
    assert f'id="{name}-errors"' in page.html
    assert shown(owner, "general")["terms"] == "30" and shown(owner, "general")[name] == typed
    assert kept(world) == before


def test_a_running_number_that_went_on_meanwhile_is_not_set_back(owner: Person, world: World):
    owner.go(address(world))
    with writing() as session:
        session.execute(db.update(Profile).values(number_next=7))
    owner.submit("general", {"agent": "KUMAR"})
    assert all_of(db.select(Profile.number_next)) == [7]


def test_a_code_that_left_the_books_does_not_keep_the_rest_from_being_saved(owner: Person, world: World):
    assert profiles.save_settings(world.profile_id, {"agent": "GONE"}) == []
    owner.go(address(world))
    assert "Saved." in owner.submit("general", {"terms": "30"}).text


@pytest.mark.feature("S14")
def test_a_date_that_the_stores_never_tell_is_not_offered(owner: Person, world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.stores.sitegiant.SiteGiant.dates", frozenset({"ordered", "completed"}))
    [field] = [each for each in owner.go(address(world)).form("general").fields if each.name == "document_date"]
    assert field.choices == ["ordered", "completed", "sync"]


def test_a_setting_that_another_system_declares_is_drawn_by_itself(
    owner: Person, world: World, monkeypatch: pytest.MonkeyPatch
):
    area = Setting("uppercase", "Sync uppercase", "All text in capitals.", is_switch=True)
    monkeypatch.setattr(Qne, "profile_settings", (area,))
    owner.go(address(world))
    owner.submit("general", {"uppercase": True})
    assert kept(world)["uppercase"] == "true"


# --- presets ----------------------------------------------------------------------------------------------------


def presets_of(world: World) -> dict[ChargeKind, Any]:
    found = read_presets(world.profile_id)
    end_reading()
    return found


@pytest.mark.feature("S19")
def test_each_kind_of_amount_has_its_switch_item_unit_and_tax_code(owner: Person, world: World):
    page = owner.go(address(world, "/presets"))
    assert len(page.html) < 60_000
    assert "Demo Shopee MY" in page.text and "No channel of this profile tells this amount." in page.text
    typed = {"handling_on": True, "handling_item": "MISC", "handling_uom": "PCS", "handling_tax_code": "SV-6"}
    before = presets_of(world)
    page = owner.submit("presets", {**typed, "shipping_on": []})
    assert "Saved." in page.text
    found = presets_of(world)
    handling = found[ChargeKind.HANDLING]
    assert (handling.on, handling.item, handling.uom, handling.tax_code) == (True, "MISC", "PCS", "SV-6")
    assert before[ChargeKind.SHIPPING].on and not found[ChargeKind.SHIPPING].on
    assert set(found) - set(before) == {ChargeKind.HANDLING}, "rows that nobody touched are not written"


@pytest.mark.feature("S19")
def test_what_nobody_has_set_shows_the_defaults(owner: Person, world: World):
    with writing() as session:
        session.execute(db.delete(Preset))
    page = owner.go(address(world, "/presets"))
    assert [name for name in shown(owner, "presets") if name.endswith("_on")] == ["seller_discount_on"]
    assert page.text.count("Choose an item: until then, orders with this amount wait.") == 1


@pytest.mark.feature("S19")
def test_a_preset_with_an_unknown_item_is_told_and_found(owner: Person, world: World):
    owner.go(address(world, "/presets"))
    page = owner.submit("presets", {"tip_on": True, "tip_item": "MIS"})
    assert page.status == 422 and "The books have no such code: MIS." in page.text
    page = owner.submit("presets", button="find=tip_item")
    assert page.status == 200 and "MISC" in page.html
    owner.submit("presets", {"chosen:tip_item": "MISC"})
    assert presets_of(world)[ChargeKind.TIP].item == "MISC"


# --- company profile and accounting -----------------------------------------------------------------------------


@pytest.mark.feature("P1", "P8")
def test_name_zone_start_date_and_channels_are_changed(owner: Person, world: World):
    ids = channel_ids(world)
    owner.go(address(world, "/company"))
    typed = {"name": "New name", "time_zone": "Asia/Singapore", "start_date": "2026-01-05", "channels": ids[:1]}
    page = owner.submit("company", typed)
    assert "Saved." in page.text and page.url == address(world, "/company")
    [profile] = all_of(db.select(Profile))
    assert (profile.name, profile.time_zone, str(profile.start_date)) == ("New name", "Asia/Singapore", "2026-01-05")
    assert channel_ids(world) == ids[:1]
    owner.submit("company", {"channels": ids[:2]})
    asked = all_of(db.select(Run.target_id).where(Run.kind == RunKind.ORDERS))
    assert asked == [ids[1]] and len(all_of(db.select(ProfileChannel))) == 2
    page = owner.submit("company", {"time_zone": "Nowhere"})
    assert page.status == 422 and "Nowhere is not a time zone." in page.text


def secret_of(world: World) -> bytes:
    [row] = all_of(db.select(Secret).where(Secret.owner == "books"))
    return bytes(row.ciphertext)


@pytest.mark.feature("P1", "P2")
def test_a_new_key_is_tried_and_the_kept_one_is_never_shown(owner: Person, world: World):
    key, before = world.practice.qne["api_key"], secret_of(world)
    page = owner.go(address(world, "/accounting"))
    assert page.status == 200 and key not in page.html
    page = owner.submit("accounting", {"api_key": "wrong-key-1"})
    assert page.status == 422 and "refused" in page.text and "wrong-key-1" not in page.html
    assert secret_of(world) == before
    page = owner.submit("accounting", {"api_key": key})
    assert "The key works: it opens Practice Trading Sdn Bhd." in page.text and secret_of(world) != before


@pytest.mark.feature("P1")
def test_an_empty_field_keeps_the_key_but_sends_it_to_no_other_address(owner: Person, world: World):
    owner.go(address(world, "/accounting"))
    assert "The key works" in owner.submit("accounting").text
    page = owner.submit("accounting", {"base_url": "https://elsewhere.example"})
    assert page.status == 422 and "Enter the key again" in page.text
    assert world.books().settings["base_url"] == world.practice.qne["base_url"]


@pytest.mark.feature("P1")
def test_a_key_of_another_company_is_refused_in_a_sentence(
    owner: Person, world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Qne, "check", lambda _self: OTHER)
    owner.go(address(world, "/accounting"))
    page = owner.submit("accounting", {"api_key": "another-key"})
    assert page.status == 422 and "opens Somebody Else Sdn Bhd, but the profile belongs to Practice" in page.text


def test_others_have_the_general_settings_and_presets_but_not_the_key(
    owner: Person, person: Callable[[], Person], world: World
):
    tan = visit_as_member(world, person, world.profile_id)
    assert tan.go(address(world)).status == 200 and "Accounting" not in tan.page.text
    assert tan.go(address(world, "/presets")).status == 200
    for part in ("/company", "/accounting"):
        assert tan.go(address(world, part)).status == 404
    stranger = person()
    accounts.make_user("Lim", PASSWORD, [], world.clock.now())
    stranger.log_in("Lim")
    for part in ("", "/presets"):
        assert stranger.go(address(world, part)).status == 404


@pytest.mark.feature("S21")
def test_a_status_that_the_store_made_up_is_ticked_on_the_page(owner: Person, world: World):
    world.sell("ODD", order_status="Packed & waiting")
    world.pull()
    page = owner.go(address(world))
    assert "Packed & waiting" in page.text
    usual = ["pending", "shipped"]
    page = owner.submit("general", {"statuses": [*usual, "Packed%20%26%20waiting"]})
    assert page.status == 200 and kept(world)["statuses"] == "pending shipped Packed%20%26%20waiting"
    boxes = [each for each in owner.page.form("general").fields if each.name == "statuses"]
    assert [each.value for each in boxes if each.is_on] == [*usual, "Packed%20%26%20waiting"]
