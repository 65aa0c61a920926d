"""Pages in the words of each accounting system, with what its companies have, and no field for what they lack."""

from typing import Any

import pytest

from adapters.registry import BOOKS
from documents import ReferenceKind
from models import PaymentMatch, Profile, ShippingMatch, db
from sync import profiles
from sync.loading import settings_of
from tests.pages.conftest import Person, add_rows, kept_in
from tests.pages.test_profiles import all_of
from tests.world import World

SQL, QUICKBOOKS = "sql_accounting", "quickbooks"
EVERYTHING = {"custom_numbers": "true", "classes": "true", "departments": "true", "online_payments": "true"}
PICKS = {"area": ReferenceKind.AREA, "account": ReferenceKind.ACCOUNT, "payment_account": ReferenceKind.DEPOSIT_ACCOUNT}


def general(world: World) -> str:
    return f"/profiles/{world.profile_id}/settings"


def kept() -> dict[str, str]:
    [settings] = all_of(db.select(Profile.settings))
    return settings


def review(owner: Person, world: World) -> str:
    """The review of the first orders; its text."""
    world.pull()
    owner.go(f"/profiles/{world.profile_id}/invoices")
    owner.submit("orders", {"all": True})
    return owner.page.text


def names(owner: Person, form: str) -> set[str]:
    return {each.name for each in owner.page.form(form).fields}


@pytest.mark.feature("S21")
def test_several_choices_are_ticked_kept_and_shown_again(owner: Person, world: World):
    kept_in(world, SQL)
    owner.go(general(world))
    owner.submit("general", {"statuses": ["shipped", "completed"], "payment_statuses": ["paid", "unpaid"]})
    assert kept()["statuses"] == "shipped completed"
    [profile] = db.session.query(Profile).all()
    assert settings_of(profile).which_orders.payment_statuses == {"paid", "unpaid"}
    ticked = [each.value for each in owner.page.form("general").fields if each.name == "statuses" and each.is_on]
    assert ticked == ["shipped", "completed"]


def test_a_choice_that_is_not_offered_is_not_kept(world: World):
    kept_in(world, SQL)
    [problem] = profiles.save_settings(world.profile_id, {"statuses": "shipped nonsense"})
    assert problem.subject == "statuses" and kept()["statuses"] != "shipped nonsense"


def test_boxes_that_two_people_tick_are_not_overwritten_unseen(owner: Person, world: World, person: Any):
    kept_in(world, SQL)
    ali = person()
    ali.log_in("Mei")
    ali.go(general(world))
    owner.go(general(world))
    owner.submit("general", {"statuses": ["shipped"]})
    page = ali.submit("general", {"statuses": ["completed"]})
    assert page.status == 422 and "Somebody else has saved Shipped here" in page.text
    ali.submit("general", {})
    assert kept()["statuses"] == "completed"


@pytest.mark.feature("S5", "S6", "S24")
@pytest.mark.parametrize("facts", [{}, EVERYTHING])
def test_what_the_company_lacks_has_a_sentence_in_the_place_of_its_field(
    owner: Person, world: World, facts: dict[str, str]
):
    kept_in(world, QUICKBOOKS, **facts)
    page = owner.go(general(world))
    of_facts = {each.name: each for each in BOOKS[QUICKBOOKS].profile_settings if each.needs}
    assert {"project", "location", "allow_card"} <= of_facts.keys()
    for name, setting in of_facts.items():
        assert (name in names(owner, "general")) == bool(facts)
        assert (setting.missing in page.text) == (not facts) and setting.label in page.text
    assert ("number_next" in names(owner, "general")) == bool(facts)
    owner.submit("general", {"description_prefill": "Thanks"})
    assert kept()["description_prefill"] == "Thanks", "what has no field hinders no saving"


@pytest.mark.feature("M8")
def test_what_the_company_itself_decides_is_told_and_not_asked(owner: Person, world: World):
    kept_in(world, QUICKBOOKS, tax_model="us_manual", **EVERYTHING)
    page = owner.go(general(world))
    assert "zero_tax_code" not in names(owner, "general")
    assert "The company in the books decides this: NON" in page.text


@pytest.mark.feature("S8", "S9", "S27")
def test_areas_accounts_and_accounts_of_payments_are_picked_from_the_books(owner: Person, world: World):
    kept_in(world, SQL)
    for name, kind in PICKS.items():
        add_rows(world, kind, f"{name}-1")
        owner.go(general(world))
        page = owner.submit("general", {name: "nothing like it"})
        assert page.status == 422 and f'id="{name}-errors"' in page.html
        owner.submit("general", {name: ""}, f"find={name}")
        owner.submit("general", {f"chosen:{name}": f"{name}-1"})
        assert kept()[name] == f"{name}-1"


@pytest.mark.feature("I3", "S8", "S9")
@pytest.mark.parametrize(
    ("kind", "facts", "there", "missing"),
    [
        ("qne", {}, ["Project of each line", "Stock Location", "UOM of each line"], ["Area", "Class"]),
        (SQL, {}, ["Area", "Account", "Location of each line", "UOM of each line"], ["Stock Location", "Class"]),
        (QUICKBOOKS, EVERYTHING, ["Class of each line", "Location (department)"], ["Project", "UOM", "Agent"]),
        (QUICKBOOKS, EVERYTHING, [], ["Location (department) of each line"]),
        (QUICKBOOKS, {**EVERYTHING, "classes_per": "document"}, ["Class"], ["Class of each line"]),
        (QUICKBOOKS, {}, ["Terms"], ["Class", "Location (department)", "Invoice number"]),
    ],
)
def test_the_review_offers_the_columns_that_the_books_can_fill_in_their_words(
    owner: Person, world: World, kind: str, facts: dict[str, str], there: list[str], missing: list[str]
):
    kept_in(world, kind, **facts)
    review(owner, world)
    legend = owner.page.html.split('id="columns"')[1].split("</fieldset>")[0]
    offered = [part.split("</span>")[0] for part in legend.split('form-check-label">')[1:]]
    assert set(there) <= set(offered) and not set(missing) & set(offered)


@pytest.mark.feature("S8", "S9")
def test_area_account_and_the_unit_of_a_line_are_edited_on_the_review(owner: Person, world: World):
    kept_in(world, SQL)
    add_rows(world, ReferenceKind.AREA, "NORTH")
    review(owner, world)
    owner.submit("columns", {"column": ["area", "line_uom"]})
    fields = [each.name for each in owner.page.form("drafts").fields]
    area = next(name for name in fields if name.startswith("area:"))
    uom = next(name for name in fields if name.startswith("line_uom:"))
    page = owner.submit("drafts", {area: "NORTH", uom: "BOX"})
    drawn = {each.name: each.value for each in page.form("drafts").fields}
    assert (drawn[area], drawn[uom]) == ("NORTH", "BOX")


@pytest.mark.feature("S7")
@pytest.mark.parametrize(("kind", "has_units"), [("qne", True), (SQL, True), (QUICKBOOKS, False)])
def test_units_have_no_column_where_the_books_have_none(owner: Person, world: World, kind: str, has_units: bool):
    kept_in(world, kind, **EVERYTHING)
    for part in ("matching/items?show=all", "matching/shipping", "settings/presets"):
        page = owner.go(f"/profiles/{world.profile_id}/{part}")
        assert ("UOM</th>" in page.html) == has_units, part
    assert ('name="uom:' in (review(owner, world) and owner.page.html)) == has_units


@pytest.mark.feature("S19")
def test_a_unit_of_a_preset_is_typed_where_the_books_have_no_list_of_units(owner: Person, world: World):
    kept_in(world, SQL)
    owner.go(f"/profiles/{world.profile_id}/settings/presets")
    page = owner.submit("presets", {"shipping_on": True, "shipping_item": "SHIP", "shipping_uom": "UNIT"})
    assert "Saved." in page.text and 'value="UNIT"' in page.html


@pytest.mark.feature("M5")
def test_a_row_without_a_column_of_units_is_saved(owner: Person, world: World):
    kept_in(world, QUICKBOOKS, **EVERYTHING)
    page = owner.go(f"/profiles/{world.profile_id}/matching/shipping")
    form = next(each.id for each in page.forms if each.id.startswith("f-"))
    owner.submit(form, {"on": True, "item": "SHIP"})
    assert [(each.item, each.is_on) for each in all_of(db.select(ShippingMatch))] == [("SHIP", True)]


# --- payments by statement --------------------------------------------------------------------------------------


def payments_page(owner: Person, world: World) -> str:
    """The page of Payment Matching; the form of its first channel."""
    page = owner.go(f"/profiles/{world.profile_id}/matching/payment")
    return next(each.id for each in page.forms if each.id.startswith("f-"))


@pytest.mark.feature("S27", "M6")
def test_a_channel_whose_payments_come_by_statement_needs_no_account(owner: Person, world: World):
    kept_in(world, SQL)
    form = payments_page(owner, world)
    page = owner.submit(form, {"by_statement": True})
    [row] = all_of(db.select(PaymentMatch))
    assert (row.account, row.method, row.is_by_statement) == ("", "", True) and "is saved" in page.text
    owner.submit(form, {"by_statement": []})
    assert all_of(db.select(PaymentMatch)) == []


@pytest.mark.feature("S27", "M6")
def test_the_account_and_the_switch_of_a_channel_are_kept_beside_each_other(owner: Person, world: World):
    kept_in(world, SQL)
    add_rows(world, ReferenceKind.DEPOSIT_ACCOUNT, "320-000")
    form = payments_page(owner, world)
    owner.submit(form, {"by_statement": True, "account": "320-000"})
    owner.submit(form, {"account": ""})
    [row] = all_of(db.select(PaymentMatch))
    assert (row.account, row.is_by_statement) == ("", True)


@pytest.mark.feature("S27")
def test_books_that_take_no_payments_with_orders_have_no_such_switch(owner: Person, world: World):
    kept_in(world, "qne_optimum")
    payments_page(owner, world)
    assert "by_statement" not in owner.page.html


@pytest.mark.feature("S27")
def test_two_people_at_the_switch_of_one_channel_see_each_other(owner: Person, world: World, person: Any):
    kept_in(world, SQL)
    add_rows(world, ReferenceKind.DEPOSIT_ACCOUNT, "320-000")
    ali = person()
    ali.log_in("Mei")
    form = payments_page(ali, world)
    payments_page(owner, world)
    owner.submit(form, {"by_statement": True})
    ali.submit(form, {"account": "320-000"})
    [row] = all_of(db.select(PaymentMatch))
    assert (row.account, row.is_by_statement) == ("320-000", True), "each kept what they changed"
