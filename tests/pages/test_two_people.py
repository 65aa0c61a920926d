"""Two people, or two tabs, at one form: what each changed is kept, and nobody overwrites the other unseen."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from documents import ChargeKind
from models import CustomerMatch, ItemMatch, Preset, Profile, ShippingMatch, db, writing
from sync import profiles
from sync.loading import read_presets
from tests.pages.conftest import PASSWORD, Person
from tests.pages.test_matching import at, channel, form_of, item_of, match_of, one
from tests.pages.test_profiles import all_of, channel_ids
from tests.pages.test_review import open_review
from tests.pages.test_settings import address, kept, shown
from tests.world import World

LOST_NOTHING = "Yours is not lost: press Save again to keep it."


@pytest.fixture
def tan(owner: Person, person: Callable[[], Person]) -> Person:
    """The same person in another browser; what she opens there, `owner` has open too."""
    other = person()
    other.log_in("Mei", PASSWORD)
    return other


def both(path: str, *people: Person) -> None:
    """They open one page."""
    for each in people:
        each.go(path)


# --- settings ---------------------------------------------------------------------------------------------------


@pytest.mark.feature("S2", "S3")
def test_two_people_who_change_different_settings_both_have_theirs_kept(owner: Person, tan: Person, world: World):
    both(address(world), owner, tan)
    owner.submit("general", {"agent": "KUMAR"})
    page = tan.submit("general", {"terms": "30"})
    assert "Saved." in page.text
    assert (kept(world)["agent"], kept(world)["terms"]) == ("KUMAR", "30")
    assert (shown(tan, "general")["agent"], shown(tan, "general")["terms"]) == ("KUMAR", "30")


@pytest.mark.feature("S10")
def test_a_setting_that_both_changed_is_shown_with_both_values_and_saved_when_seen(
    owner: Person, tan: Person, world: World
):
    both(address(world), owner, tan)
    owner.submit("general", {"description_prefill": "Hers", "agent": "KUMAR"})
    page = tan.submit("general", {"description_prefill": "His", "terms": "30"})
    assert page.status == 422 and f"Somebody else has saved Hers here meanwhile. {LOST_NOTHING}" in page.text
    assert kept(world)["description_prefill"] == "Hers" and "terms" not in kept(world)
    again = shown(tan, "general")
    assert (again["description_prefill"], again["terms"], again["agent"]) == ("His", "30", "KUMAR")
    page = tan.submit("general")
    assert "Saved." in page.text
    wanted = {"description_prefill": "His", "terms": "30", "agent": "KUMAR"}
    assert {name: kept(world)[name] for name in wanted} == wanted


@pytest.mark.feature("S14")
def test_a_choice_that_both_changed_is_told_in_the_words_of_the_page(owner: Person, tan: Person, world: World):
    both(address(world), owner, tan)
    owner.submit("general", {"document_date": "shipped"})
    page = tan.submit("general", {"document_date": "sync"})
    label = next(text for key, text in profiles.BOOKS["qne"].profile_settings[9].choices if key == "shipped")
    assert page.status == 422 and f"saved {label} here meanwhile" in page.text


@pytest.mark.feature("S10")
def test_what_somebody_else_emptied_is_told_too(owner: Person, tan: Person, world: World):
    profiles.save_settings(world.profile_id, {"description_prefill": "Old"})
    both(address(world), owner, tan)
    owner.submit("general", {"description_prefill": ""})
    page = tan.submit("general", {"description_prefill": "New"})
    assert page.status == 422 and f"Somebody else has emptied this meanwhile. {LOST_NOTHING}" in page.text


@pytest.mark.feature("S2")
@pytest.mark.parametrize("button", [None, "find=default_item"])
def test_a_page_that_was_drawn_again_takes_back_nothing_either(
    owner: Person, tan: Person, world: World, button: str | None
):
    both(address(world), owner, tan)
    owner.submit("general", {"agent": "KUMAR"})
    wrong = {"rounding_cap": "a cent"} if button is None else {}
    page = tan.submit("general", {"terms": "30", **wrong}, button)
    assert page.status == (422 if button is None else 200)
    tan.submit("general", {"rounding_cap": "0.05"})
    assert (kept(world)["agent"], kept(world)["terms"]) == ("KUMAR", "30")


@pytest.mark.feature("S17")
def test_a_running_number_that_went_on_is_told_to_who_sets_it(owner: Person, world: World):
    owner.go(address(world))
    with writing() as session:
        session.execute(update(Profile).values(number_next=7))
    page = owner.submit("general", {"number_next": "5"})
    assert page.status == 422 and "saved 7 here meanwhile" in page.text
    owner.submit("general")
    assert all_of(select(Profile.number_next)) == [5]


@pytest.mark.feature("S19")
def test_presets_that_two_people_change_are_both_kept_or_told(owner: Person, tan: Person, world: World):
    both(address(world, "/presets"), owner, tan)
    owner.submit("presets", {"handling_on": True, "handling_item": "MISC"})
    page = tan.submit("presets", {"handling_item": "SHIP", "handling_tax_code": "SV-6", "tip_item": "MISC"})
    assert page.status == 422 and f"Somebody else has saved MISC here meanwhile. {LOST_NOTHING}" in page.text
    again = shown(tan, "presets")
    assert (again["handling_item"], again["handling_tax_code"], again["tip_item"]) == ("SHIP", "SV-6", "MISC")
    assert "handling_on" in again, "what the other one changed alone is shown as it is now"
    tan.submit("presets")
    handling = read_presets(world.profile_id)[ChargeKind.HANDLING]
    assert (handling.on, handling.item, handling.tax_code) == (True, "SHIP", "SV-6")


# --- company profile --------------------------------------------------------------------------------------------


@pytest.mark.feature("P1", "P8")
def test_a_name_that_both_changed_is_told_and_no_tick_is_lost(owner: Person, tan: Person, world: World):
    first, second, *rest = channel_ids(world)
    both(address(world, "/company"), owner, tan)
    owner.submit("company", {"name": "Hers", "channels": [second, *rest]})
    page = tan.submit("company", {"name": "His", "start_date": "2026-01-05", "channels": [first, *rest]})
    assert page.status == 422 and "Somebody else has saved Hers here meanwhile." in page.text
    ticked = {int(each.value) for each in page.form("company").fields if each.name == "channels" and each.is_on}
    assert ticked == set(rest), "the box that each of them cleared"
    tan.submit("company")
    [profile] = all_of(select(Profile))
    assert (profile.name, str(profile.start_date)) == ("His", "2026-01-05")
    assert channel_ids(world) == rest


@pytest.mark.feature("P1")
def test_channels_that_two_people_tick_are_both_ticked(owner: Person, tan: Person, world: World):
    first, second, *_rest = ids = channel_ids(world)
    both(address(world, "/company"), owner, tan)
    owner.submit("company", {"channels": [each for each in ids if each != first]})
    page = tan.submit("company", {"channels": [each for each in ids if each != second]})
    assert "Saved." in page.text and channel_ids(world) == ids[2:]


# --- rows of the matching ---------------------------------------------------------------------------------------


@pytest.mark.feature("M1")
def test_of_one_product_that_two_people_match_the_second_sees_what_the_first_saved(
    owner: Person, tan: Person, world: World
):
    row = form_of(item_of("MUG-01").id)
    both(f"{at(world, 'items')}?show=all&q=mug", owner, tan)
    owner.submit(row, {"code": "SHIP"})
    page = tan.submit(row, {"code": "MISC"})
    assert page.status == 422 and f"Somebody else has saved SHIP here meanwhile. {LOST_NOTHING}" in page.text
    assert match_of("MUG-01").code == "SHIP"
    tan.submit(row)
    assert match_of("MUG-01").code == "MISC"


@pytest.mark.feature("M1")
def test_an_old_page_takes_back_no_match_that_it_did_not_touch(owner: Person, tan: Person, world: World):
    row = form_of(item_of("MUG-01").id)
    both(f"{at(world, 'items')}?show=all&q=mug", owner, tan)
    owner.submit(row, {"code": "MISC"})
    page = tan.submit(row)
    assert page.status == 422 and "It is shown as it is now; nothing was done." in page.text
    assert match_of("MUG-01").code == "MISC"
    assert dict(page.form(row).pairs({}, None))["code"] == "MISC"


@pytest.mark.feature("M1")
def test_in_place_the_row_alone_says_what_somebody_else_saved(owner: Person, tan: Person, world: World):
    row = form_of(item_of("MUG-01").id)
    path = f"{at(world, 'items')}?show=all&q=mug"
    both(path, owner, tan)
    owner.submit(row, {"code": "SHIP"})
    fields = dict(tan.page.form(row).pairs({"code": "MISC"}, None))
    answer = tan.client.post(path, data=fields, headers={"HX-Request": "true", "Sec-Fetch-Site": "same-origin"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and html.count("<tr") == 1 and "saved SHIP here meanwhile" in html


@pytest.mark.feature("M4")
def test_a_customer_that_two_people_choose_is_told_to_the_second(owner: Person, tan: Person, world: World):
    row = form_of(f"{channel().id}-")
    both(at(world, "customers"), owner, tan)
    owner.submit(row, {"customer": "300-S0001"})
    page = tan.submit(row, {"customer": "300-W0001"})
    assert page.status == 422 and "saved 300-S0001 here meanwhile" in page.text
    assert one(select(CustomerMatch.customer)) == "300-S0001"


@pytest.mark.feature("M5")
def test_two_people_change_different_cells_of_one_row(owner: Person, tan: Person, world: World):
    row = form_of(channel().id)
    both(at(world, "shipping"), owner, tan)
    owner.submit(row, {"tax_code": "SV-6"})
    tan.submit(row, {"item": "MISC"})
    found = one(select(ShippingMatch))
    assert (found.item, found.tax_code, found.is_on) == ("MISC", "SV-6", True)


@pytest.mark.feature("M5")
def test_a_row_that_somebody_else_changed_is_not_removed_unseen(owner: Person, tan: Person, world: World):
    row = form_of(channel().id)
    owner.go(at(world, "shipping"))
    owner.submit(row, {"tax_code": "SV-6"})
    both(at(world, "shipping"), owner, tan)
    owner.submit(row, {"tax_code": "SV-8"})
    page = tan.submit(row, button="remove")
    assert page.status == 422 and "Somebody else has changed this row meanwhile." in page.text
    assert one(select(ShippingMatch)).tax_code == "SV-8"
    tan.submit(row, button="remove")
    assert one(select(ShippingMatch)) is None


@pytest.mark.feature("I4")
def test_a_product_that_two_people_match_on_a_review_is_told_to_the_second(owner: Person, world: World):
    world.pull()
    page = open_review(owner, world)
    code = next(each for each in page.form("match").fields if each.name.startswith("code:"))
    item_id = int(code.name.partition(":")[2])
    other = next(each for each in page.form("match").fields if each.name.startswith("code:") and each is not code)
    old = Person(owner.send, page)
    owner.submit("match", {code.name: "MISC", other.name: "MISC"})
    page = old.submit("match", {code.name: "SHIP"})
    assert page.status == 422 and "Somebody else has matched it to MISC meanwhile." in page.text
    assert dict(page.form("match").pairs({}, None))[other.name] == "MISC", "what was not typed is shown as it is now"
    old.submit("match")
    assert one(select(ItemMatch.code).where(ItemMatch.item_id == item_id)) == "SHIP"


# --- the wizard's defaults --------------------------------------------------------------------------------------


@pytest.mark.feature("P7", "S19")
def test_the_defaults_of_the_wizard_change_only_what_is_typed_there(owner: Person, tan: Person, world: World):
    shipping = Preset(profile_id=world.profile_id, kind=ChargeKind.SHIPPING, is_on=True, item="SHIP", uom="PCS")
    assert profiles.save_settings(world.profile_id, {}, [shipping]) == []
    both("/setup/defaults", owner, tan)
    owner.submit("/setup/defaults", {"default_item": "SHIP"})
    page = tan.submit("/setup/defaults", {"default_item": "DISC", "rounding_item": "MISC"})
    assert page.status == 422 and "saved SHIP here meanwhile" in page.text
    tan.submit("/setup/defaults")
    assert (kept(world)["default_item"], kept(world)["rounding_item"]) == ("DISC", "MISC")
    assert read_presets(world.profile_id)[ChargeKind.SHIPPING].uom == "PCS"


@pytest.mark.feature("P7", "S19")
def test_an_amount_without_a_stock_is_left_out_after_the_wizard(owner: Person, world: World):
    with writing() as session:
        session.execute(db.update(Preset).where(Preset.kind == ChargeKind.SELLER_DISCOUNT).values(item=None))
    owner.go("/setup/defaults")
    owner.submit("/setup/defaults", {"default_item": "DISC"})
    assert not read_presets(world.profile_id)[ChargeKind.SELLER_DISCOUNT].on
