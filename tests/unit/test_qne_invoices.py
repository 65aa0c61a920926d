"""The bytes of an invoice as QNE takes them, and what the adapter declares."""

import dataclasses
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.accounting.qne import Qne, contract, declared
from adapters.accounting.qne.forms import Form, Ids, plain
from adapters.accounting.qne.invoices import body as invoice_body
from adapters.accounting.qne.masters import customer_body, made_code
from adapters.errors import Refused, UnknownCode
from adapters.http import encode
from documents import (
    CustomerChoice,
    Invoice,
    InvoiceLine,
    NewCustomer,
    ReferenceKind,
    ReferenceRow,
    Role,
)

K = ReferenceKind
D = Decimal
ROWS = [
    ReferenceRow(K.CUSTOMER, "700-W001", "Walk-in", "12", details={"id_type": "int"}),
    ReferenceRow(K.CURRENCY, "MYR", "Ringgit", "1", details={"id_type": "int"}),
    ReferenceRow(K.TERM, "30", "30 days", "3", details={"id_type": "int"}),
    ReferenceRow(K.AGENT, "KUMAR", "Kumar", "a-7", details={"id_type": "text"}),
    ReferenceRow(K.PROJECT, "ONLINE", "Online", "5", details={"id_type": "int"}),
    ReferenceRow(K.PROJECT, "SHOP", "Shop", "6", details={"id_type": "int"}),
    ReferenceRow(K.LOCATION, "HQ", "Head office", "1", details={"id_type": "int"}),
    ReferenceRow(K.LOCATION, "IPOH", "Ipoh", "2", details={"id_type": "int"}),
    ReferenceRow(K.TAX_CODE, "SV-6", "Service tax", "4", details={"id_type": "int", "rate": "6"}),
    ReferenceRow(K.ITEM, "MUG", "Mug", "45", details={"id_type": "int", "uoms": [{"code": "PCS", "id": 7}]}),
    ReferenceRow(K.ITEM, "TEA", "Tea", "46", details={"id_type": "int", "uoms": [{"code": "PKT"}]}),
]
TEMPLATE: dict[str, Any] = {
    "id": contract.UNSAVED,
    "docCode": "",
    "docDate": "2026-11-22",
    "dueDate": "2026-11-22",
    "customerId": None,
    "customerCode": None,
    "termId": 9,
    "termCode": "C.O.D.",
    "agentId": None,
    "projectId": None,
    "currencyId": 1,
    "currencyCode": "MYR",
    "currencyRate": 1,
    "stockLocationId": 1,
    "stockLocation": {"id": 1, "code": "HQ"},
    "totalAmount": 0,
    "netTotalLocalAmount": 0,
    "isApproved": False,
    "itemDetails": [{"pos": 1, "stockLocationId": 1}],
    "details": [],
}
LINE = InvoiceLine(
    "item",
    D("100.00"),
    item="MUG",
    uom="PCS",
    quantity=D(2),
    price=D("52.50"),
    discount=D("5.00"),
    tax_code="SV-6",
    tax_rate=D("6"),
    tax=D("6.00"),
    description="Mug - Blue",
)
INVOICE = Invoice(
    "R",
    "MYR",
    D("106.00"),
    dt.date(2026, 1, 15),
    D(1),
    CustomerChoice("700-W001"),
    (LINE,),
    number="A-1",
    terms="30",
    agent="KUMAR",
    project="ONLINE",
    location="HQ",
    due_date=dt.date(2026, 2, 14),
    description="Online sales",
)


def lookup(kind: ReferenceKind, code: str) -> ReferenceRow:
    for row in ROWS:
        if (row.kind, row.code) == (kind, code):
            return row
    raise UnknownCode(kind, code)


def no_stock(remote_id: str) -> dict[str, Any]:
    raise AssertionError(f"stock {remote_id} was read")


IDS = Ids(lookup, no_stock)


def made(invoice: Invoice = INVOICE, template: dict[str, Any] = TEMPLATE, ids: Ids = IDS) -> dict[str, Any]:
    return json.loads(encode(invoice_body(Form(template, "REF-1", ids), invoice)))


@pytest.mark.feature("S1", "S2", "S3", "S5", "S6", "S7", "S10", "S17", "S23")
def test_an_invoice_as_qne_takes_it():
    assert made() == {
        "agentId": "a-7",
        "currencyId": 1,
        "currencyRate": 1,
        "customerId": 12,
        "description": "Online sales",
        "docCode": "A-1",
        "docDate": "2026-01-15",
        "dueDate": "2026-02-14",
        "isApproved": False,
        "isTaxInclusive": False,
        "itemDetails": [
            {
                "pos": 1,
                "stockId": 45,
                "uomId": 7,
                "description": "Mug - Blue",
                "qty": 2,
                "unitPrice": 52.5,
                "discount": "5",
                "isTaxInclusive": False,
                "taxCodeId": 4,
                "taxRate": 0.06,
                "projectId": 5,
                "stockLocationId": 1,
            }
        ],
        "projectId": 5,
        "referenceNo": "REF-1",
        "stockLocationId": 1,
        "termId": 3,
    }


def test_the_same_invoice_is_always_the_same_bytes():
    shuffled = dict(reversed(TEMPLATE.items())) | {"docDate": "2027-01-01", "dueDate": "2027-01-01", "updatedAt": 5}
    first, second = (invoice_body(Form(template, "R", IDS), INVOICE) for template in (TEMPLATE, shuffled))
    assert encode(first) == encode(second)


def test_exact_figures_reach_the_bytes():
    line = dataclasses.replace(LINE, price=D("3.3333"), quantity=D("1.5000"), discount=D("0.00"), tax_rate=D("8.25"))
    text = encode(invoice_body(Form(TEMPLATE, "R", IDS), dataclasses.replace(INVOICE, lines=(line,))))
    for part in (b'"unitPrice":3.3333', b'"qty":1.5000', b'"discount":"0"', b'"taxRate":0.0825'):
        assert part in text


def test_no_amounts_codes_or_nulls_are_sent():
    body = made()
    assert not [key for key in body if "amount" in key.lower() or (key.endswith("Code") and key != "docCode")]
    assert None not in body.values()


def test_the_tenants_defaults_stay_where_we_have_nothing_to_say():
    bare = dataclasses.replace(INVOICE, terms=None, agent=None, project=None, location=None, due_date=None)
    body = made(bare)
    assert (body["termId"], body["stockLocationId"], body["isApproved"]) == (9, 1, False)
    assert "dueDate" not in body
    assert "agentId" not in body


def test_a_number_goes_only_where_it_is_ours_and_the_template_shows_the_field():
    assert "docCode" not in made(dataclasses.replace(INVOICE, number=None))
    assert "docCode" not in made(template={key: value for key, value in TEMPLATE.items() if key != "docCode"})


def test_agent_and_line_location_go_only_where_the_template_has_them():
    template = {key: value for key, value in TEMPLATE.items() if key != "agentId"} | {"itemDetails": []}
    body = made(template=template)
    assert "agentId" not in body
    assert "stockLocationId" not in body["itemDetails"][0]
    assert body["stockLocationId"] == 1


def test_a_line_may_have_a_project_and_a_location_of_its_own():
    line = dataclasses.replace(LINE, project="SHOP", location="IPOH")
    [sent] = made(dataclasses.replace(INVOICE, lines=(line,)))["itemDetails"]
    assert (sent["projectId"], sent["stockLocationId"]) == (6, 2)


def test_a_line_location_that_cannot_be_sent_is_refused_and_not_dropped():
    line = dataclasses.replace(LINE, location="IPOH")
    with pytest.raises(Refused, match="location"):
        made(dataclasses.replace(INVOICE, lines=(line,)), TEMPLATE | {"itemDetails": []})


def test_inclusive_prices_are_said_on_the_document_and_on_each_line():
    body = made(dataclasses.replace(INVOICE, tax_inclusive=True))
    assert (body["isTaxInclusive"], body["itemDetails"][0]["isTaxInclusive"]) == (True, True)


def test_a_negative_line_and_a_line_without_tax():
    line = InvoiceLine("seller_discount", D("-5.00"), item="MUG", uom="PCS", quantity=D(1), price=D("-5.00"))
    [sent] = made(dataclasses.replace(INVOICE, project=None, lines=(line,)))["itemDetails"]
    assert (sent["unitPrice"], "taxCodeId" in sent, "description" in sent) == (-5, False, False)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"customer": CustomerChoice("NOBODY")}, K.CUSTOMER),
        ({"customer": CustomerChoice(create=NewCustomer("Ali"))}, K.CUSTOMER),
        ({"customer": None}, K.CUSTOMER),
        ({"terms": "90"}, K.TERM),
        ({"currency": "SGD"}, K.CURRENCY),
        ({"lines": (dataclasses.replace(LINE, item="GONE"),)}, K.ITEM),
        ({"lines": (dataclasses.replace(LINE, uom="CTN"),)}, K.UOM),
        ({"lines": (dataclasses.replace(LINE, tax_code="GONE"),)}, K.TAX_CODE),
    ],
)
def test_a_code_that_the_books_do_not_have_is_named(change: dict[str, Any], kind: ReferenceKind):
    ids = Ids(lookup, lambda remote_id: {"uoms": []})
    with pytest.raises(UnknownCode) as error:
        made(dataclasses.replace(INVOICE, **change), ids=ids)
    assert error.value.kind is kind


def test_the_units_of_an_item_are_read_where_the_list_does_not_hold_them():
    read: list[str] = []

    def stock(remote_id: str) -> dict[str, Any]:
        read.append(remote_id)
        return {"uoms": [{"id": 70, "code": "PKT", "rate": 1, "isBase": True}]}

    line = dataclasses.replace(LINE, item="TEA", uom="PKT")
    [sent] = made(dataclasses.replace(INVOICE, lines=(line,)), ids=Ids(lookup, stock))["itemDetails"]
    assert (sent["uomId"], read) == (70, ["46"])


def test_the_home_currency_needs_no_list():
    def without_currencies(kind: ReferenceKind, code: str) -> ReferenceRow:
        if kind is K.CURRENCY:
            raise UnknownCode(kind, code)
        return lookup(kind, code)

    assert made(ids=Ids(without_currencies, no_stock))["currencyId"] == 1


def test_a_changed_invoice_keeps_its_id_its_number_and_the_ids_of_its_lines():
    present = {
        "id": "g-1",
        "docCode": "INV1",
        "isApproved": True,
        "totalAmount": 1,
        "projectId": 5,
        "customer": {"id": 12},
    }
    present["itemDetails"] = [{"id": "l-1", "stockId": 1}]
    two = dataclasses.replace(INVOICE, number="A-1", lines=(LINE, LINE))
    body = json.loads(encode(invoice_body(Form(TEMPLATE, "REF-1", IDS, present), two)))
    assert (body["id"], body["docCode"], body["isApproved"]) == ("g-1", "INV1", True)
    assert [line.get("id") for line in body["itemDetails"]] == ["l-1", None]
    assert "totalAmount" not in body
    assert "customer" not in body


@pytest.mark.parametrize(
    ("amount", "text"), [("0", "0"), ("0.00", "0"), ("5.00", "5"), ("12.50", "12.5"), ("100", "100")]
)
def test_a_discount_is_plain_text(amount: str, text: str):
    assert plain(D(amount)) == text


def test_a_new_customer_has_a_code_that_follows_from_our_reference():
    template = {"id": 0, "code": "", "name": "", "email": "", "termCode": "30", "balance": 0, "isActive": True}
    body = customer_body(Form(template, "sitegiant:SG-77:ali", IDS), NewCustomer("Ali", "a@b.example"))
    assert body == {
        "code": made_code("sitegiant:SG-77:ali"),
        "name": "Ali",
        "email": "a@b.example",
        "termCode": "30",
        "isActive": True,
    }
    assert len(body["code"]) <= 20
    assert made_code("a") != made_code("b")


def test_a_new_customer_has_only_fields_that_the_template_knows():
    template = {"code": "", "name": ""}
    assert set(customer_body(Form(template, "R", IDS), NewCustomer("Ali", "a@b.example"))) == {"code", "name"}


def test_a_changed_customer_keeps_id_and_code():
    present = {"id": 31, "code": "300-K1", "name": "Ah Kow", "email": ""}
    body = customer_body(Form({}, "R", IDS, present), NewCustomer("Kopitiam Ah Kow", "k@b.example"))
    assert body == {"id": 31, "code": "300-K1", "name": "Kopitiam Ah Kow", "email": "k@b.example"}


# --- declared ---------------------------------------------------------------------------------------------------


def test_the_arithmetic_is_that_of_the_golden_cases_of_qne():
    cases = [json.loads(path.read_text()) for path in Path("tests/golden").glob("*.json")]
    usual = [case["profile"] for case in cases if case["books"] == "qne" and case["id"] != "023-three-for-ten"]
    assert usual
    for profile in usual:
        told, ours = profile["arithmetic"], declared.ARITHMETIC
        for name in ("price_digits", "quantity_digits", "tax_inclusive_allowed", "negative_lines", "discount_line"):
            assert getattr(ours, name) == told[name]
        assert ours.line_discount_field == told["line_discount_field"]
        assert (ours.tax_per, ours.default_money_digits) == (told["tax_per"], told["money_digits"]["default"])
        for name, most in profile["books_data"]["limits"].items():
            assert getattr(declared.LIMITS, name) == most


def test_money_has_the_iso_digits_but_never_more_than_two():
    digits = {code: declared.ARITHMETIC.digits(code) for code in ("MYR", "SGD", "IDR", "JPY", "KRW", "KWD", "BHD")}
    assert digits == {"MYR": 2, "SGD": 2, "IDR": 2, "JPY": 0, "KRW": 0, "KWD": 2, "BHD": 2}


@pytest.mark.feature("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S10", "S13", "S14", "S15", "S17", "S18", "S22", "S23")
@pytest.mark.feature("S21", "S25", "S26", "S27")
def test_every_setting_of_the_guide_is_declared_in_its_words():
    features = {setting.feature for setting in Qne.profile_settings}
    assert {f"S{n}" for n in (1, 2, 3, 4, 5, 6, 7, 10, 13, 14, 15, 17, 18, 21, 22, 23, 25, 26, 27)} <= features
    labels = {setting.label for setting in Qne.profile_settings}
    assert {"Customer", "Agent", "Terms", "Stock", "Project", "Stock Location", "UOM", "Default Doc Date"} <= labels
    names = [setting.name for setting in (*Qne.profile_settings, *Qne.connection_settings)]
    assert len(names) == len(set(names))


@pytest.mark.feature("P2")
def test_the_key_is_a_secret_and_the_page_says_where_an_owner_gets_it():
    [key] = [setting for setting in Qne.connection_settings if setting.secret]
    assert all(word in key.hint for word in ("Account", "Active Companies", "Marketplace", "My Apps", "New App"))


@pytest.mark.parametrize("setting", [each for each in Qne.profile_settings if each.choices])
def test_a_choice_begins_with_one_of_its_choices(setting: Any):
    chosen = setting.default.split() if setting.is_many else [setting.default]
    assert chosen
    assert set(chosen) <= set(dict(setting.choices))


@pytest.mark.feature("S25", "S26", "S27")
def test_whatever_writes_more_than_invoices_is_off_until_the_owner_switches_it_on():
    defaults = {setting.name: setting.default for setting in Qne.profile_settings if setting.is_switch}
    assert {defaults[name] for name in ("create_products", "credit_notes", "send_payments")} == {""}


def test_qne_takes_every_kind_of_document():
    assert Qne.roles == set(Role)


def test_picks_are_of_lists_that_the_adapter_reads():
    picks = {setting.pick for setting in Qne.profile_settings if setting.pick}
    assert picks <= set(Qne.reference_kinds)
    assert set(Qne.reference_kinds) == set(contract.LISTS)
