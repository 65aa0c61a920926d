"""Which code wins (rules.md section 3): items, units, taxes, customers, accounts, and what a person edited."""

from dataclasses import replace

import pytest

from documents import BundlePart, Buyer, ChargeKind, CustomerChoice, NewCustomer, OrderPayment
from sync.drafting import Edits, LineEdit, draft
from sync.drafting.rules import (
    AssignedTo,
    BooksCustomer,
    BooksCustomers,
    CurrencyMatch,
    DatedRate,
    ItemMatch,
    Preset,
    StoreOptions,
)
from tests.unit.drafting_makers import (
    CHARGE_ITEMS,
    EIGHT,
    NO_NEGATIVES,
    SIX,
    ZERO_RATED,
    D,
    figures,
    make_charge,
    make_line,
    make_order,
    make_rules,
    told,
)


def items_of(made):
    return [(line.item, line.uom, line.is_default_item) for line in made.invoice.lines]


@pytest.mark.feature("M1", "S4")
@pytest.mark.parametrize(
    ("product", "settings", "item"),
    [
        ({"item_id": "I-2", "sku": "MUG"}, {}, "TEA-B"),
        ({"item_id": None, "sku": "MUG"}, {}, "MUG-B"),
        ({"item_id": "I-99", "sku": "MUG"}, {}, "MUG-B"),
        ({"item_id": None, "sku": "TWICE"}, {"default_item": "MISC"}, "MISC"),
        ({"item_id": None, "sku": "SOLO"}, {"default_item": "MISC"}, "MISC"),
        ({"item_id": None, "sku": "NONE"}, {"default_item": "MISC"}, "MISC"),
        ({"item_id": None, "sku": None}, {"default_item": "MISC"}, "MISC"),
        ({"item_id": None, "sku": "TWICE"}, {}, None),
    ],
)
def test_the_item_is_that_of_the_id_then_of_the_only_sku_then_the_default_then_a_problem(product, settings, item):
    made = draft(make_order(make_line(**product)), make_rules(settings))
    assert items_of(made)[0][0] == item and made.invoice.lines[0].is_default_item == (item == "MISC")
    assert told(made) == ([] if item else [("item", "matching/items")])


@pytest.mark.feature("M1", "I5")
def test_a_sku_on_two_products_is_named_and_never_guessed():
    made = draft(make_order(make_line(item_id=None, sku="TWICE")), make_rules())
    assert "TWICE" in str(made.problems[0].message) and "2 products" in str(made.problems[0].message)


@pytest.mark.feature("S4")
def test_the_default_item_is_told_on_its_line():
    made = draft(make_order(make_line(item_id=None, sku=None, name="Lamp")), make_rules({"default_item": "MISC"}))
    assert "Lamp" in str(made.invoice.lines[0].notes[0]) and made.is_postable


@pytest.mark.feature("M1", "S7")
@pytest.mark.parametrize(
    ("match", "default_uom", "uom", "problems"),
    [
        (ItemMatch("MUG-B", "CTN"), "PCS", "CTN", []),
        (ItemMatch("MUG-B"), "CTN", "CTN", []),
        (ItemMatch("MUG-B"), "BOX", "PCS", []),
        (ItemMatch("MUG-B"), None, "PCS", []),
        (ItemMatch("MUG-B", "BOX"), "PCS", "BOX", [("uom", "matching/items")]),
        (ItemMatch("GONE", "BOX"), None, "BOX", [("item", "matching/items")]),
    ],
)
def test_the_unit_is_the_match_s_then_s7_where_the_item_has_it_then_the_base(match, default_uom, uom, problems):
    made = draft(make_order(), make_rules({"default_uom": default_uom}, matching={"items": {"I-1": match}}))
    assert (items_of(made)[0][1], told(made)) == (uom, problems)


@pytest.mark.feature("S19")
def test_a_unit_of_a_preset_that_its_item_has_not_is_mended_at_the_presets():
    presets = {ChargeKind.TIP: Preset(True, "CHARGE", "CTN")}
    made = draft(make_order(charges=[make_charge("tip", "1")]), make_rules(presets=presets))
    assert told(made) == [("uom", "settings/presets")]


@pytest.mark.feature("M8")
@pytest.mark.parametrize(
    ("tax", "amount", "item_id", "code", "problems"),
    [
        (SIX, "0.60", "I-1", "SV-6", []),
        (replace(SIX, id="?"), "0.60", "I-1", "SV-6", []),
        (replace(SIX, id=None), "0.60", "I-1", "SV-6", []),
        (replace(SIX, id="?", name="?"), "0.60", "I-6", "SV-6", []),
        (replace(SIX, id="?", name="?"), "0.60", "I-1", None, [("tax", "matching/tax")]),
        (replace(SIX, id="?", rate=D(7)), "0.70", "I-6", None, [("tax", "matching/tax")]),
        (ZERO_RATED, "0.00", "I-6", "ZR", []),
        (replace(ZERO_RATED, id="?", name="?"), "0.00", "I-1", None, [("tax", "matching/tax")]),
        (None, "0.00", "I-6", "NT", []),
        (None, "0.60", "I-6", "SV-6", []),
        (None, "0.60", "I-1", None, [("tax", "matching/tax")]),
        (None, None, "I-1", "NT", []),
    ],
)
def test_the_tax_code_is_the_store_s_by_id_then_name_and_rate_then_the_item_s(tax, amount, item_id, code, problems):
    made = draft(make_order(make_line(tax=tax, tax_amount=amount, item_id=item_id)), make_rules())
    assert (made.invoice.lines[0].tax_code, told(made)) == (code, problems)


@pytest.mark.feature("M8")
def test_a_tax_that_the_store_says_nothing_about_takes_the_item_s_code_and_its_tax():
    line = make_line("10.60", item_id="I-6", tax_amount=None)
    made = draft(make_order(line, prices_include_tax=True), make_rules())
    assert figures(made, "tax_code", "tax") == [("SV-6", "0.6")] and made.is_postable


@pytest.mark.feature("M8")
def test_a_tax_code_that_the_books_have_no_more_is_a_problem():
    made = draft(make_order(make_line(tax=SIX, tax_amount="0.60")), make_rules(books={"tax_rates": {}}))
    assert told(made) == [("tax", "matching/tax")]


@pytest.mark.feature("M8", "S19")
@pytest.mark.parametrize(
    ("tax", "amount", "preset_code", "item", "code"),
    [
        (SIX, "0.06", "SV-8", "CHARGE", "SV-6"),
        (None, "0.08", "SV-8", "TAXED", "SV-8"),
        (None, "0.06", None, "TAXED", "SV-6"),
        (None, None, "ZR", "TAXED", "ZR"),
        (None, "0.00", "SV-8", "TAXED", "NT"),
    ],
)
def test_the_tax_code_of_a_charge_is_the_store_s_then_the_preset_s_then_the_item_s(
    tax, amount, preset_code, item, code
):
    rules = make_rules(presets={ChargeKind.TIP: Preset(True, item, None, preset_code)})
    made = draft(make_order(charges=[make_charge("tip", "1.00", amount, tax=tax)]), rules)
    assert made.invoice.lines[1].tax_code == code and made.is_postable


@pytest.mark.feature("M8")
def test_books_that_need_no_code_for_no_tax_get_none():
    made = draft(make_order(), make_rules({"zero_tax_code": None}))
    assert made.invoice.lines[0].tax_code is None and made.is_postable


@pytest.mark.feature("S13")
@pytest.mark.parametrize(
    ("parts", "amounts"),
    [
        ([("I-1", "1"), ("I-2", "2")], ["16.88", "28.12"]),
        ([("I-1", "1"), ("I-9", "3")], ["22.5", "22.5"]),
        ([("I-3", "1"), ("I-3", "3")], ["22.5", "22.5"]),
        ([("I-3", "1"), ("I-1", "1")], ["0", "45"]),
    ],
)
def test_the_parts_of_a_bundle_share_its_amount_by_catalogue_price_or_equally_per_part(parts, amounts):
    bundle = tuple(BundlePart(item_id, None, item_id, D(quantity)) for item_id, quantity in parts)
    made = draft(make_order(make_line("45.00", bundle=bundle)), make_rules({"bundle_components": True}))
    assert [amount for (amount,) in figures(made, "amount")] == amounts
    assert made.invoice.total == 45


@pytest.mark.feature("S13")
def test_each_part_is_at_its_own_match_with_the_bundle_s_tax_code_and_multiplied_quantity():
    bundle = (BundlePart("I-1", "MUG", "Mug", D(1)), BundlePart("I-2", "TEA", "Tea", D(2)))
    line = make_line("80.00", "2", item_id="KIT", sku="KIT", tax=SIX, tax_amount="4.80", bundle=bundle)
    made = draft(make_order(line), make_rules({"bundle_components": True}))
    assert figures(made, "item", "uom", "quantity", "tax_code", "discount") == [
        ("MUG-B", "PCS", "2", "SV-6", "0"),
        ("TEA-B", "PKT", "4", "SV-6", "0"),
    ]
    assert made.is_postable and [line.source_line for line in made.invoice.lines] == ["1/1", "1/2"]


@pytest.mark.feature("S13")
def test_without_s13_a_bundle_is_one_line_and_needs_a_match_of_its_own():
    bundle = (BundlePart("I-1", "MUG", "Mug", D(1)),)
    made = draft(make_order(make_line(item_id="KIT", sku="KIT", bundle=bundle)), make_rules())
    assert told(made) == [("item", "matching/items")] and len(made.invoice.lines) == 1


@pytest.mark.feature("S13")
def test_serial_numbers_of_a_bundle_go_to_the_parts_that_need_them():
    bundle = tuple(BundlePart(item_id, None, item_id, D(1)) for item_id in ("I-7", "I-1", "I-7"))
    line = make_line("9.00", bundle=bundle, serials=("A", "B"))
    made = draft(make_order(line), make_rules({"bundle_components": True, "serial_numbers": True}))
    assert [line.serials for line in made.invoice.lines] == [("A",), (), ("B",)] and made.is_postable


@pytest.mark.parametrize(
    ("serials", "quantity", "is_on", "problems"),
    [
        (("A", "B"), "2", True, []),
        (("A",), "2", True, [("serial", "orders")]),
        (("A", "B", "C"), "2", True, [("serial", "orders")]),
        (("A", "B"), "1.5", True, [("serial", "orders")]),
        ((), "2", False, []),
    ],
)
def test_an_item_tracked_by_number_needs_as_many_serials_as_its_quantity(serials, quantity, is_on, problems):
    line = make_line("9.00", quantity, item_id="I-7", serials=serials)
    made = draft(make_order(line), make_rules({"serial_numbers": is_on}))
    assert told(made) == problems
    if not problems:
        assert made.invoice.lines[0].serials == serials


@pytest.mark.feature("S1", "M4", "S22")
@pytest.mark.parametrize(
    ("rows", "default", "code"),
    [
        ({("11", None): "A", ("11", "MYR"): "B", ("12", "MYR"): "C"}, "C-1", "B"),
        ({("11", None): "A", ("11", "SGD"): "B"}, "C-1", "A"),
        ({("12", None): "A"}, "C-1", "C-1"),
        ({}, None, None),
    ],
)
def test_the_channel_s_customer_is_by_currency_then_by_channel_then_s1(rows, default, code):
    made = draft(make_order(), make_rules({"default_customer": default}, matching={"customers": rows}))
    assert made.invoice.customer == (CustomerChoice(code=code) if code else None)
    assert told(made) == ([] if code else [("customer", "matching/customers")])


@pytest.mark.feature("S22")
@pytest.mark.parametrize(
    ("assigned", "buyer", "choice", "has_note"),
    [
        ("original", Buyer("Nia", "n@x.y"), CustomerChoice(create=NewCustomer("Nia", "n@x.y")), False),
        ("original", Buyer("Nia", "V@X.Y"), CustomerChoice(code="72"), False),
        ("original", Buyer("VESNA"), CustomerChoice(code="72"), False),
        ("original", Buyer("Nia", company="Orrin & Sons Ltd"), CustomerChoice(create=NewCustomer("Nia")), False),
        ("original", Buyer("", company="orrin & sons ltd"), CustomerChoice(code="71"), False),
        ("original", Buyer("m***", masked=True), CustomerChoice(code="C-1"), True),
        ("original", Buyer("  ", email="a@b.c"), CustomerChoice(code="C-1"), True),
        ("organisation", Buyer("Nia", company="Orrin & Sons LTD"), CustomerChoice(code="71"), False),
        ("organisation", Buyer("Nia", company="New Ltd"), CustomerChoice(create=NewCustomer("New Ltd")), False),
        ("organisation", Buyer("Vesna", "v@x.y", "N Ltd"), CustomerChoice(create=NewCustomer("N Ltd", "v@x.y")), False),
        ("organisation", Buyer("Vesna"), CustomerChoice(code="72"), False),
        ("organisation", Buyer("V", company="X", masked=True), CustomerChoice(code="C-1"), True),
        ("original", Buyer("Orrin", "v@x.y", code="ORRIN01"), CustomerChoice(create=NewCustomer("ORRIN01")), False),
        ("generic", Buyer("Nia"), CustomerChoice(create=NewCustomer("Mawar")), False),
        ("channel", Buyer("Nia"), CustomerChoice(code="C-1"), False),
    ],
)
def test_s22_decides_whose_sale_it_is(assigned, buyer, choice, has_note):
    made = draft(make_order(customer=buyer), make_rules({"sale_assigned_to": AssignedTo(assigned)}))
    assert (made.invoice.customer, bool(made.customer_note)) == (choice, has_note) and made.is_postable


@pytest.mark.feature("S22")
def test_of_two_customers_with_one_e_mail_the_one_with_the_name_is_taken():
    rows = BooksCustomers.of([BooksCustomer("1", "Ada", "x@y.z"), BooksCustomer("2", "Bea", "x@y.z")])
    rules = make_rules({"sale_assigned_to": AssignedTo.ORIGINAL}, books={"customers": rows})
    assert draft(make_order(customer=Buyer("bea", "x@y.z")), rules).invoice.customer.code == "2"
    assert draft(make_order(customer=Buyer("Cy", "x@y.z")), rules).invoice.customer.code == "1"


@pytest.mark.feature("S22")
@pytest.mark.parametrize(
    ("buyer", "name", "parent"),
    [
        (Buyer("Tam", company="Ockel"), "Tam", CustomerChoice(create=NewCustomer("Ockel"))),
        (Buyer("Tam", company="orrin & sons ltd"), "Tam", CustomerChoice(code="71")),
        (Buyer("Ockel", company="OCKEL"), "Ockel (contact)", CustomerChoice(create=NewCustomer("OCKEL"))),
        (Buyer("Tam"), "Tam", None),
    ],
)
def test_a_contact_is_made_under_its_company(buyer, name, parent):
    store = StoreOptions(contact_under_company=True)
    made = draft(make_order(customer=buyer), make_rules({"sale_assigned_to": AssignedTo.ORIGINAL}, store=store))
    assert made.invoice.customer == CustomerChoice(create=NewCustomer(name, "", parent))


@pytest.mark.feature("S22")
def test_the_suffix_of_a_contact_fits_into_a_name_that_is_cut():
    rules = make_rules({"sale_assigned_to": AssignedTo.ORIGINAL}, store=StoreOptions(contact_under_company=True))
    rules = replace(rules, limits=replace(rules.limits, customer_name=20))
    made = draft(make_order(customer=Buyer("N" * 30, company="N" * 30)), rules)
    assert made.invoice.customer.create.name == "N" * 10 + " (contact)" and made.customer_note


@pytest.mark.feature("S22")
def test_characters_that_the_books_forbid_in_names_are_replaced_also_when_the_customer_is_looked_for():
    books = {"name_replacements": {":": "-", "\t": " "}, "customers": BooksCustomers.of([BooksCustomer("9", "A- B C")])}
    rules = make_rules({"sale_assigned_to": AssignedTo.ORIGINAL}, books=books)
    assert draft(make_order(customer=Buyer("a: b\tC")), rules).invoice.customer.code == "9"


@pytest.mark.feature("M7")
@pytest.mark.parametrize(
    ("currency", "books_code", "rate", "problems"),
    [
        ("MYR", "MYR", "1", []),
        ("SGD", "SGD", "3.41", []),
        ("S$", "SGD", "3.41", []),
        ("EUR", "EUR", "5", []),
        ("USD", "USD", None, [("exchange_rate", "matching/currency")]),
        ("XXX", "XXX", None, [("currency", "matching/currency")]),
    ],
)
def test_the_currency_and_its_rate_on_the_document_s_day(currency, books_code, rate, problems):
    day = make_order().dates.ordered.date()
    rates = (DatedRate(None, D(9)), DatedRate(day, D("3.41")), DatedRate(day.replace(day=6), D("3.5")))
    matches = {"S$": CurrencyMatch("SGD", D(7)), "EUR": CurrencyMatch("EUR", D(5))}
    rules = make_rules(books={"currencies": {"SGD": rates, "USD": ()}}, matching={"currencies": matches})
    made = draft(make_order(currency=currency), rules)
    assert (made.invoice.currency, made.invoice.exchange_rate) == (books_code, rate and D(rate))
    assert told(made) == problems


@pytest.mark.feature("M6")
def test_a_payment_goes_to_the_account_of_its_method_then_of_its_channel_else_it_is_a_problem():
    payments = (OrderPayment("p1", "card", D(6)), OrderPayment(None, "cash", D(4)), OrderPayment("p0", "x", D(0)))
    order = make_order(payments=payments)
    rules = make_rules({"send_payments": True}, matching={"payments": {("11", "card"): "Bank"}})
    made = draft(order, rules)
    assert [(p.account, p.reference) for p in made.payments] == [("Bank", "p1"), (None, None)]
    assert told(made) == [("payment", "matching/payment")]
    rules = make_rules({"send_payments": True}, matching={"payments": {("11", None): "Till"}})
    assert [p.account for p in draft(order, rules).payments] == ["Till", "Till"]
    assert draft(order, make_rules()).payments == ()


@pytest.mark.feature("S19")
def test_a_gift_card_left_out_is_a_payment_and_one_that_is_posted_is_a_line():
    order = make_order(charges=[make_charge("gift_card", "-4.00")])
    settings, matching = {"send_payments": True}, {"payments": {("11", None): "Till"}}
    made = draft(order, make_rules(settings, matching=matching))
    assert [(p.method, p.amount) for p in made.payments] == [("gift card", D(4))]
    assert made.invoice.total == 10 and [cause.cause for cause in made.causes] == ["gift_card"]
    made = draft(order, make_rules(settings, matching=matching, presets=CHARGE_ITEMS))
    assert made.payments == () and made.invoice.total == 6 and made.causes == ()


def test_a_return_is_a_problem_unless_lines_may_be_negative():
    order = make_order(make_line("50.00", id="1"), make_line("-10.00", "-1", id="2"))
    assert draft(order, make_rules()).is_postable
    made = draft(order, make_rules(arithmetic=NO_NEGATIVES))
    assert told(made) == [("return", "orders")] and "credit note" in str(made.problems[0].message)


@pytest.mark.feature("S2", "S3", "S5", "S6")
def test_the_settings_stand_on_the_document_and_project_and_location_on_its_lines():
    settings = {"agent": "AG", "terms": "30", "project": "PR", "location": "LO", "area": "AR", "account": "500"}
    invoice = draft(make_order(), make_rules(settings)).invoice
    head = (invoice.agent, invoice.terms, invoice.project, invoice.location, invoice.area, invoice.account)
    assert head == ("AG", "30", "PR", "LO", "AR", "500")
    assert (invoice.lines[0].project, invoice.lines[0].location) == ("PR", "LO")


@pytest.mark.feature("S1", "S2", "S3", "S5", "S6", "S10", "S14", "S17")
def test_an_edit_beats_everything():
    settings = {"agent": "AG", "terms": "30", "project": "PR", "location": "LO", "description_prefill": "text"}
    day = make_order().dates.ordered.date().replace(month=3)
    edits = Edits("A2", "Cash", "P2", "L2", "AR2", "ACC2", "words", day, "N-9", "C-9", {})
    made = draft(make_order(), make_rules(settings | {"number_source": "order_number"}), edits)
    invoice = made.invoice
    head = (invoice.agent, invoice.terms, invoice.project, invoice.location, invoice.area, invoice.account)
    assert head == ("A2", "Cash", "P2", "L2", "AR2", "ACC2") and made.is_postable
    assert (invoice.description, invoice.date, invoice.number) == ("words", day, "N-9")
    assert invoice.customer == CustomerChoice(code="C-9")


@pytest.mark.feature("S5", "S6", "M1")
def test_an_edit_of_a_line_beats_the_edit_of_the_draft_and_the_match():
    lines = [make_line(id="1"), make_line(id="2")]
    edit = LineEdit(item="TEA-B", uom="PKT", project="P3", location="L3")
    made = draft(make_order(*lines), make_rules({"project": "PR"}), Edits(project="P2", lines={"2": edit}))
    assert figures(made, "item", "uom", "project", "location") == [
        ("MUG-B", "PCS", "P2", None),
        ("TEA-B", "PKT", "P3", "L3"),
    ]


@pytest.mark.feature("M1")
def test_an_item_that_a_person_chose_mends_a_line_without_a_match():
    order = make_order(make_line(item_id=None, sku=None))
    made = draft(order, make_rules(), Edits(lines={"1": LineEdit(item="TEA-B")}))
    assert made.is_postable and figures(made, "item", "uom") == [("TEA-B", "PKT")]
    made = draft(order, make_rules(), Edits(lines={"1": LineEdit(item="TEA-B", uom="CTN")}))
    assert told(made) == [("uom", "matching/items")]


@pytest.mark.feature("S5", "S13")
def test_the_parts_of_a_bundle_follow_the_edit_of_their_bundle():
    bundle = (BundlePart("I-1", None, "Mug", D(1)), BundlePart("I-2", None, "Tea", D(1)))
    edits = Edits(lines={"1": LineEdit(project="P1"), "1/2": LineEdit(project="P2")})
    made = draft(make_order(make_line(bundle=bundle)), make_rules({"bundle_components": True}), edits)
    assert figures(made, "project") == [("P1",), ("P2",)]


@pytest.mark.feature("S19")
def test_the_item_of_a_charge_can_be_edited():
    order = make_order(charges=[make_charge("tip", "2")])
    made = draft(order, make_rules(presets=CHARGE_ITEMS), Edits(lines={"charge/1": LineEdit(item="MISC", uom="PCS")}))
    assert figures(made, "item", "uom")[1] == ("MISC", "PCS") and made.is_postable


@pytest.mark.feature("M8")
def test_two_taxes_of_one_order_keep_their_own_codes():
    lines = [make_line(id="1", tax=SIX, tax_amount="0.60"), make_line(id="2", tax=EIGHT, tax_amount="0.80")]
    assert figures(draft(make_order(*lines), make_rules()), "tax_code", "tax") == [("SV-6", "0.6"), ("SV-8", "0.8")]
