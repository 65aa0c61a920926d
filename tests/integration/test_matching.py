"""What stands for what: codes that the books lack are refused, and every row of the matching reaches the drafts."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from documents import ReferenceKind
from models import (
    BooksRow,
    CurrencyMatch,
    CustomerMatch,
    ItemMatch,
    Preset,
    ShippingMatch,
    StoreChannel,
    StoredItem,
    TaxMatch,
    db,
    end_reading,
    writing,
)
from sync import lists, matching, profiles, syncing
from sync.matching import MatchRefused
from tests.orders import make_line
from tests.world import World

D = Decimal


def item_id(isku: str) -> int:
    found = db.session.scalar(select(StoredItem.id).where(StoredItem.external_id == isku))
    end_reading()
    assert found is not None
    return found


def channel_id(external_id: int) -> int:
    found = db.session.scalar(select(StoreChannel.id).where(StoreChannel.external_id == str(external_id)))
    end_reading()
    assert found is not None
    return found


def match(world: World, isku: str, code: str, uom: str | None = None) -> None:
    row_id = item_id(isku)
    with writing() as session:
        matching.match_item(session, world.profile_id, row_id, code, uom, world.clock.now())


def save(world: World, model, values: dict, **key) -> None:
    with writing() as session:
        matching.save_row(session, model, {"profile_id": world.profile_id, **key}, values)


def posted(world: World, *lines: dict, **fields) -> dict:
    """An order of these lines, posted; its invoice as QNE has it."""
    number = f"T-{len(world.orders()) + 1}"
    world.sell(number, lines=list(lines) or None, **fields)
    world.pull()
    world.sync(number)
    assert world.reasons(number) == []
    return invoice(world, number)


def invoice(world: World, order_id: str) -> dict:
    found = world.practice.ledger(lines=True)["invoices"]
    [one] = [each for each in found if each["referenceNo"] == f"sitegiant/SG-77/{order_id}" and not each["isCancelled"]]
    return one


def codes(made: dict) -> list[str]:
    return [line["stockCode"] for line in made["lines"]]


def left(world: World, **fields) -> list[str]:
    """An order of these fields, which is not posted; why."""
    number = f"T-{len(world.orders()) + 1}"
    world.sell(number, **fields)
    world.pull()
    world.sync(number)
    return world.reasons(number)


# --- items (M1, I4) -----------------------------------------------------------------------------------------------


@pytest.mark.feature("M1")
def test_every_product_of_the_store_waits_for_its_match(shop: World):
    rows = db.session.scalars(select(ItemMatch)).all()
    items = db.session.scalars(select(StoredItem)).all()
    end_reading()
    assert len(rows) == len(items) > 30 and {row.is_matched for row in rows} == {True, False}
    unmatched = {item.external_id for _, item in lists.items(shop.profile_id, False)}
    matched = {item.external_id for _, item in lists.items(shop.profile_id, True)}
    end_reading()
    assert {"DURIAN-CRISP", "FAN-USB"} <= unmatched and "MUG-01" in matched and not unmatched & matched


@pytest.mark.feature("M1")
def test_a_match_says_which_item_and_unit_is_posted(shop: World):
    match(shop, "MUG-01", "TEA-250", "CTN")
    made = posted(shop)
    assert [(line["stockCode"], line["uomCode"], line["qty"]) for line in made["lines"]] == [("TEA-250", "CTN", 1)]
    match(shop, "MUG-01", "MUG-02")
    assert [(line["stockCode"], line["uomCode"]) for line in posted(shop)["lines"]] == [("MUG-02", "PCS")]


@pytest.mark.feature("M1")
@pytest.mark.parametrize(
    ("code", "uom", "why"),
    [
        ("NO-SUCH", None, "The books have no item NO-SUCH"),
        ("MUG-OLD", None, "The books have no item MUG-OLD"),
        ("TEA-250", "KG", "TEA-250 has no unit KG; it has CTN, PCS"),
    ],
)
def test_a_code_that_the_books_lack_is_refused_and_the_match_stays(shop: World, code: str, uom: str | None, why: str):
    with pytest.raises(MatchRefused, match=why):
        match(shop, "MUG-01", code, uom)
    row = db.session.scalar(select(ItemMatch).where(ItemMatch.item_id == item_id("MUG-01")))
    end_reading()
    assert (row.code, row.uom) == ("MUG-01", None)


@pytest.mark.feature("M1")
def test_an_empty_code_unmatches_and_the_default_item_takes_its_place(shop: World):
    match(shop, "MUG-01", "")
    assert codes(posted(shop)) == ["MISC"]
    shop.settle(default_item="")
    match(shop, "MUG-01", "")
    [reason] = left(shop)
    assert "MUG-01" in reason


@pytest.mark.feature("I4")
def test_the_products_of_drafts_can_be_listed_with_their_match(shop: World):
    shop.settle(default_item="")
    shop.sell("T-1", lines=[make_line("MUG-01"), make_line("DURIAN-CRISP", "16.60")])
    shop.pull()
    row_id = shop.order("T-1").id
    profile = db.session.get_one(syncing.Profile, shop.profile_id)
    [(_, draft, _)] = syncing.drafts_of(profile, [row_id], shop.clock.now())
    end_reading()
    assert [(line.item, line.source_line) for line in draft.invoice.lines] == [("MUG-01", "1"), (None, "2")]
    [problem] = draft.problems
    assert "DURIAN-CRISP" in str(problem.message) and problem.mend.startswith("matching")
    match(shop, "DURIAN-CRISP", "MISC", "PCS")
    shop.sync("T-1")
    assert codes(invoice(shop, "T-1")) == ["MUG-01", "MISC"]


@pytest.mark.feature("M1")
def test_known_codes_are_matched_all_at_once_and_unknown_ones_left(shop: World):
    pairs = [(item_id("MUG-01"), "MUG-02"), (item_id("MUG-02"), "NO-SUCH"), (item_id("MUG-03"), "MUG-OLD")]
    with writing() as session:
        assert matching.match_by_code(session, shop.profile_id, pairs, shop.clock.now()) == 1
    assert codes(posted(shop)) == ["MUG-02"]


@pytest.mark.feature("M1")
def test_a_sku_that_two_products_share_is_a_reason_and_never_a_guess(shop: World):
    shop.practice.control("PATCH", "/sitegiant/items/MUG-02", {"sku": "MUG-01"})
    shop.settle(default_item="")
    with writing() as session:
        session.query(StoredItem).filter_by(external_id="MUG-02").update({"sku": "MUG-01"})
    reasons = left(shop, lines=[make_line("") | {"sku": "MUG-01"}])
    assert len(reasons) == 1 and "MUG-01" in reasons[0]


# --- customers (M4) -----------------------------------------------------------------------------------------------


@pytest.mark.feature("M4")
def test_the_customer_is_that_of_channel_and_currency_then_of_the_channel_then_the_default(shop: World):
    assert posted(shop, channel=15)["customerCode"] == "300-W0001"
    save(shop, CustomerMatch, {"customer": "300-K0001"}, channel_id=channel_id(15), currency="")
    save(shop, CustomerMatch, {"customer": "300-W0002"}, channel_id=channel_id(15), currency="SGD")
    assert posted(shop, channel=15)["customerCode"] == "300-K0001"
    assert posted(shop, channel=15, currency="SGD")["customerCode"] == "300-W0002"
    assert posted(shop, channel=11)["customerCode"] == "300-W0001"
    save(shop, CustomerMatch, {"customer": "300-S0001"}, channel_id=channel_id(15), currency="")
    assert posted(shop, channel=15)["customerCode"] == "300-S0001", "the same row again replaces it"


@pytest.mark.feature("M4")
def test_without_any_customer_the_order_waits(shop: World):
    shop.settle(default_customer="")
    assert ["No customer is matched to the channel Demo Shopee MY" in each for each in left(shop)] == [True]


# --- shipping (M5) ------------------------------------------------------------------------------------------------


@pytest.mark.feature("M5", "I9")
def test_the_shipping_row_of_a_channel_wins_over_the_preset_on_or_off(shop: World):
    made = posted(shop, shipping_fee="4.90")
    assert codes(made) == ["MUG-01", "SHIP"] and made["total"] == 19.90
    off = {"is_on": False, "item": None}
    save(shop, ShippingMatch, off, channel_id=channel_id(11))
    made = posted(shop, shipping_fee="4.90")
    assert codes(made) == ["MUG-01"] and made["total"] == 15.00
    assert shop.documents()[-1].causes == [["shipping", "-4.90"]]
    assert codes(posted(shop, shipping_fee="4.90", channel=15)) == ["MUG-01", "SHIP"], "of that channel alone"
    save(shop, ShippingMatch, {"is_on": True, "item": "MISC", "uom": "PCS"}, channel_id=channel_id(11))
    made = posted(shop, shipping_fee="4.90")
    assert codes(made) == ["MUG-01", "MISC"] and made["lines"][1]["uomCode"] == "PCS"
    assert all(row.is_proven for row in shop.proof())


@pytest.mark.feature("S19", "I9")
def test_presets_say_which_charges_are_posted_and_as_what(shop: World):
    made = posted(shop, make_line(price="50.00"), shipping_fee="6.50", shipping_discount="2.00", seller_discount="5.00")
    assert codes(made) == ["MUG-01", "SHIP", "SHIP", "DISC"] and made["total"] == 49.50
    kind = {"seller_discount": False, "platform_discount": True}
    presets = [Preset(profile_id=shop.profile_id, kind=name, is_on=on, item="PDISC") for name, on in kind.items()]
    assert syncing_save(shop, presets) == []
    made = posted(shop, make_line(price="50.00"), seller_discount="5.00", platform_discount="3.00")
    assert codes(made) == ["MUG-01", "PDISC"] and made["total"] == 47.00
    assert shop.documents()[-1].causes == [["seller_discount", "5.00"]]


def syncing_save(world: World, presets: list[Preset]) -> list:
    return profiles.save_settings(world.profile_id, {}, presets)


# --- currency (M7) ------------------------------------------------------------------------------------------------


@pytest.mark.feature("M7")
def test_a_currency_is_posted_at_the_books_rate_and_without_one_at_the_owners(shop: World):
    made = posted(shop, channel=15, currency="SGD")
    assert (made["currencyCode"], made["currencyRate"], made["total"]) == ("SGD", 3.4125, 15.00)
    assert "EUR" in left(shop, channel=15, currency="EUR")[0]
    save(shop, CurrencyMatch, {"books_currency": "USD", "rate": D("4.75")}, store_currency="EUR")
    made = posted(shop, channel=15, currency="EUR")
    assert (made["currencyCode"], made["currencyRate"]) == ("USD", 4.387), "the books' own rate comes first"
    with writing() as session:
        row = session.query(BooksRow).filter_by(kind=ReferenceKind.CURRENCY, code="USD").one()
        row.details = {**row.details, "rates": []}
    made = posted(shop, channel=15, currency="EUR")
    assert (made["currencyCode"], made["currencyRate"]) == ("USD", 4.75)


# --- tax (M8) -----------------------------------------------------------------------------------------------------


def taxed(price: str, rate: str, tax: str, **named: str) -> dict:
    return make_line("SOAP-1", price, tax=tax, tax_rate=rate, **named)


@pytest.mark.feature("M8")
def test_a_tax_is_matched_by_its_id_and_by_its_name_with_its_rate(shop: World):
    by_id = posted(shop, taxed("10.00", "6", "0.60", tax_id="901", tax_name="SST"))
    assert [(line["taxCode"], line["taxRate"]) for line in by_id["lines"]] == [("SV-6", 0.06)]
    assert (by_id["tax"], by_id["total"]) == (0.60, 10.60)
    by_name = posted(shop, taxed("10.00", "8", "0.80", tax_id="", tax_name="Service Tax"))
    assert by_name["lines"][0]["taxCode"] == "SV-8"
    [reason] = left(shop, lines=[taxed("10.00", "7", "0.70", tax_id="", tax_name="Service Tax")])
    assert "Service Tax" in reason and "7" in reason
    key = {"store_tax_id": "", "name": "Service Tax", "rate": D(7)}
    save(shop, TaxMatch, {"code": "ZR"}, **key)
    [reason] = left(shop, lines=[taxed("10.00", "7", "0.70", tax_id="", tax_name="Service Tax")])
    assert reason, "a code of another rate does not give the order's total"


@pytest.mark.feature("M8", "I10")
def test_a_line_without_tax_carries_the_zero_tax_code(shop: World):
    assert posted(shop)["lines"][0]["taxCode"] == "NT"
    assert posted(shop, taxed("8.00", "0", "0.00", tax_id="909", tax_name="Zero rated"))["lines"][0]["taxCode"] == "ZR"
