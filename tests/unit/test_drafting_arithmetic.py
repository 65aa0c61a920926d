"""Arithmetic of the books (rules.md section 2): rounding, prices, splits, discounts, inclusive prices."""

from dataclasses import replace

import pytest

from documents import ChargeKind, Limits, TaxPer
from iso4217 import minor_digits
from sync.drafting import after_posting, draft
from sync.drafting.exact import half_up
from sync.drafting.prices import fit
from sync.drafting.rules import Preset
from sync.drafting.shares import largest_remainder
from tests.unit.drafting_makers import (
    CHARGE_ITEMS,
    EIGHT,
    EXCLUSIVE_ONLY,
    NARROW,
    NO_NEGATIVES,
    PER_DOCUMENT,
    QNE,
    QUICKBOOKS,
    QUICKBOOKS_US,
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

US = {"zero_tax_code": "NON"}


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.125", "0.13"), ("-0.125", "-0.13"), ("0.1249", "0.12"), ("2", "2.00")]
)
def test_half_up_goes_away_from_zero(value, rounded):
    assert str(half_up(D(value), 2)) == rounded


@pytest.mark.parametrize(
    ("currency", "digits"), [("MYR", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("IDR", 2), ("???", 2)]
)
def test_the_digits_of_a_currency_are_those_of_iso_4217(currency, digits):
    assert minor_digits(currency) == digits


@pytest.mark.feature("M7")
def test_whole_amounts_do_not_make_a_currency_of_two_decimals_one_without():
    line = make_line("15", tax=SIX, tax_amount="0.93", quantity="1")
    made = draft(make_order(replace(line, amount=D("15.50"), price=D("15.50"))), make_rules())
    assert made.invoice.tax == D("0.93")


@pytest.mark.feature("M7")
def test_more_digits_than_the_books_keep_are_a_problem_and_no_rounding_is_made_up():
    rules = make_rules(arithmetic=replace(QNE, money_digits={}))
    made = draft(make_order(make_line("4.123"), currency="BHD"), rules)
    assert told(made) == [("currency", "matching/currency")] and made.invoice.rounding == 0


@pytest.mark.feature("I10")
@pytest.mark.parametrize(
    ("arithmetic", "tax", "rounding"),
    [(QNE, "0.18", "-0.01"), (PER_DOCUMENT, "0.17", "0"), (QUICKBOOKS_US, "0.17", "0")],
)
def test_tax_is_predicted_as_the_books_round_it(arithmetic, tax, rounding):
    lines = [make_line("0.92", id=str(n), tax=SIX, tax_amount="0.06") for n in range(3)]
    made = draft(make_order(*lines, tax_total="0.17"), make_rules(arithmetic=arithmetic))
    assert (made.invoice.tax, made.invoice.rounding) == (D(tax), D(rounding)) and made.is_postable


@pytest.mark.feature("I10")
@pytest.mark.parametrize("arithmetic", [QNE, PER_DOCUMENT])
def test_tax_inside_the_prices_is_predicted_and_changes_no_total(arithmetic):
    line = make_line("10.50", tax=EIGHT, tax_amount="0.78")
    made = draft(make_order(line, prices_include_tax=True), make_rules(arithmetic=arithmetic))
    assert (made.invoice.tax, made.invoice.total, made.invoice.tax_inclusive) == (D("0.78"), D("10.50"), True)


@pytest.mark.feature("I10")
def test_tax_per_document_is_once_per_tax_code():
    lines = [make_line("0.92", id=str(n), tax=tax, tax_amount="0.06") for n, tax in enumerate([SIX, SIX, EIGHT, EIGHT])]
    made = draft(make_order(*lines, tax_total="0.26"), make_rules(arithmetic=PER_DOCUMENT))
    assert made.invoice.tax == D("0.11") + D("0.15") and made.is_postable
    assert {line.tax for line in made.invoice.lines} == {None}


@pytest.mark.feature("I10")
def test_a_rounding_that_is_needed_without_a_rounding_item_is_a_problem():
    made = draft(make_order(total="10.01"), make_rules({"rounding_item": None}))
    assert told(made) == [("rounding", "settings")]


@pytest.mark.feature("I10")
def test_the_rounding_line_carries_the_zero_tax_code_and_the_unit_of_its_item():
    made = draft(make_order(total="10.01"), make_rules({"default_uom": "PCS"}))
    assert figures(made, "kind", "item", "uom", "quantity", "price", "tax_code", "tax")[-1] == (
        *("rounding", "RND", "UNIT", "1", "0.01", "NT", "0"),
    )


@pytest.mark.feature("I10")
@pytest.mark.parametrize("has_voucher", [False, True])
def test_a_negative_rounding_is_in_the_discount_line_where_lines_cannot_be_negative(has_voucher):
    line = make_line("10.00", tax=SIX, tax_amount="0.60")
    charges = [make_charge(amount="-1.00", tax_amount="-0.06")] if has_voucher else []
    order = make_order(line, charges=charges)
    made = draft(replace(order, total=order.total - D("0.02")), make_rules(arithmetic=QUICKBOOKS))
    kind, amount = ("seller_discount", "-1.02") if has_voucher else ("rounding", "-0.02")
    assert figures(made, "kind", "form", "amount", "item")[1:] == [(kind, "discount_line", amount, None)]
    assert made.invoice.rounding == D("-0.02") and made.is_postable


@pytest.mark.feature("I10")
@pytest.mark.parametrize(("off", "amount", "is_postable"), [("-0.05", "-1.04", True), ("-0.01", "-1.01", True)])
def test_a_rounding_in_a_discount_line_that_is_taxed_leaves_room_for_its_tax(off, amount, is_postable):
    quarter = replace(SIX, id="25", rate=D(25))
    order = make_order(
        make_line("10.00", tax=quarter, tax_amount="2.50"), charges=[make_charge(amount="-1.00", tax_amount="-0.25")]
    )
    rules = make_rules(
        books={"tax_rates": {"SV-25": D(25)}}, matching={"taxes": {"25": "SV-25"}}, arithmetic=QUICKBOOKS
    )
    made = draft(replace(order, total=order.total + D(off)), rules)
    assert figures(made, "form", "amount")[1:] == [("discount_line", amount)] and made.is_postable == is_postable


@pytest.mark.feature("I10")
def test_a_rounding_that_the_tax_of_the_discount_line_makes_impossible_is_told():
    half = replace(SIX, id="50", rate=D(50))
    order = make_order(
        make_line("10.00", tax=half, tax_amount="5.00"), charges=[make_charge(amount="-1", tax_amount="-0.5")]
    )
    rules = make_rules(
        books={"tax_rates": {"SV-50": D(50)}}, matching={"taxes": {"50": "SV-50"}}, arithmetic=QUICKBOOKS
    )
    made = draft(replace(order, total=order.total - D("0.02")), rules)
    assert told(made) == [("rounding", "orders")]


@pytest.mark.feature("I9", "I10")
def test_a_discount_line_lowers_the_tax_of_each_line_by_its_share():
    lines = [make_line("0.92", id=str(n), tax=SIX, tax_amount="0.06") for n in range(3)]
    made = draft(
        make_order(*lines, charges=[make_charge(amount="-0.30", tax_amount="-0.03")]), make_rules(arithmetic=QUICKBOOKS)
    )
    assert made.invoice.tax == D("0.15") and made.invoice.rounding == 0 and made.is_postable


@pytest.mark.feature("I9")
def test_where_tax_is_sent_a_voucher_over_taxed_and_untaxed_lines_is_the_discount_line():
    lines = [make_line("10.00", id="1", tax=SIX, tax_amount="0.60"), make_line("90.00", id="2", tax=ZERO_RATED)]
    order = make_order(*lines, charges=[make_charge(amount="-5.00", tax_amount="-0.03")])
    made = draft(order, make_rules(US, arithmetic=QUICKBOOKS_US))
    assert figures(made, "form", "amount", "tax_code")[2:] == [("discount_line", "-5", "TAX")] and made.is_postable


@pytest.mark.feature("I10")
def test_a_positive_rounding_is_a_line_everywhere():
    made = draft(make_order(total="10.01"), make_rules(arithmetic=QUICKBOOKS))
    assert figures(made, "kind", "form")[-1] == ("rounding", "line") and made.is_postable


@pytest.mark.feature("I10")
def test_a_rounding_finer_than_the_prices_of_the_books_is_a_problem():
    made = draft(make_order(make_line("1.00"), total="1.001", currency="BHD"), make_rules(arithmetic=NARROW))
    assert told(made) == [("price", "orders")]


@pytest.mark.feature("I10")
def test_books_that_can_keep_no_negative_rounding_say_so():
    assert told(draft(make_order(total="9.99"), make_rules(arithmetic=NO_NEGATIVES))) == [("rounding", "orders")]


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "pieces"),
    [
        ("3", "3.33", "9.99", [("3", "3.33", "9.99")]),
        ("3", "3.3333", "10.00", [("2", "3.33", "6.66"), ("1", "3.34", "3.34")]),
        ("3", None, "10.00", [("2", "3.33", "6.66"), ("1", "3.34", "3.34")]),
        ("-3", None, "-10.00", [("-2", "3.33", "-6.66"), ("-1", "3.34", "-3.34")]),
        ("3", None, "-10.00", [("2", "-3.33", "-6.66"), ("1", "-3.34", "-3.34")]),
        ("1", "9.999", "10.00", [("1", "10.00", "10.00")]),
        ("2.5", None, "10.01", [("1.5", "4.00", "6.00"), ("1", "4.01", "4.01")]),
        ("300", None, "1.60", [("299", "0.00", "0.00"), ("1", "1.60", "1.60")]),
        ("0", "5", "0", [("0", "5", "0")]),
        ("0", None, "0", [("0", "0", "0")]),
        ("0", "5", "1.00", []),
        ("5", "0", "0", [("5", "0", "0")]),
        ("0.3", None, "1.00", [("0.3", "3.33", "1.00")]),
        ("0.9", None, "1.01", [("0.9", "1.12", "1.01")]),
    ],
)
def test_a_price_is_the_store_s_or_the_quotient_or_a_split(quantity, price, amount, pieces):
    found = fit(D(quantity), price and D(price), D(amount), 2, 2)
    assert found == tuple(tuple(D(figure) for figure in piece) for piece in pieces)


@pytest.mark.parametrize("quantity", ["1", "0.5"])
def test_a_quantity_of_1_or_less_cannot_be_split(quantity):
    assert fit(D(quantity), None, D("10.01"), 0, 2) == ()


def test_a_price_that_does_not_exist_is_a_problem():
    made = draft(make_order(make_line("10.01")), make_rules(arithmetic=replace(NARROW, price_digits=1)))
    assert told(made) == [("price", "orders")]


def test_a_line_that_was_split_says_so_and_keeps_its_serial_numbers_apart():
    line = make_line("10.00", "3", item_id="I-7", serials=("A", "B", "C"))
    made = draft(make_order(line), make_rules({"serial_numbers": True}, arithmetic=NARROW))
    assert [each.serials for each in made.invoice.lines] == [("A", "B"), ("C",)]
    assert all(each.notes for each in made.invoice.lines) and made.is_postable


@pytest.mark.parametrize(
    ("arithmetic", "discount", "lines"),
    [
        (QNE, "5.00", [("3", "15", "5", "40")]),
        (QUICKBOOKS, "5.00", [("3", "13.3333333", "0", "40")]),
        (
            replace(NARROW, line_discount_field=False),
            "5.00",
            [("2", "13.33", "0", "26.66"), ("1", "13.34", "0", "13.34")],
        ),
    ],
)
def test_a_discount_goes_into_its_field_or_into_the_price(arithmetic, discount, lines):
    line = make_line("40.00", "3", discount=discount, price="15.00")
    made = draft(make_order(line), make_rules(arithmetic=arithmetic))
    assert figures(made, "quantity", "price", "discount", "amount") == lines and made.is_postable


def test_of_a_split_line_the_first_carries_the_discount_unless_that_is_larger():
    small = make_line("9.00", "3", discount="1.00")
    made = draft(make_order(small), make_rules(arithmetic=NARROW))
    assert figures(made, "price", "discount", "amount") == [("3.33", "1", "5.66"), ("3.34", "0", "3.34")]
    large = make_line("2.00", "2", discount="8.01", price="5.005")
    made = draft(make_order(large), make_rules(arithmetic=NARROW))
    assert figures(made, "quantity", "price", "discount", "amount") == [("2", "1", "0", "2")]


def test_a_quantity_finer_than_the_books_keep_is_a_problem():
    made = draft(make_order(make_line("1.00", "0.12345")), make_rules())
    assert told(made) == [("quantity", "orders")]


@pytest.mark.parametrize(
    ("amount", "weights", "digits", "shares"),
    [
        ("10.00", ["45", "12.5"], 2, ["7.83", "2.17"]),
        ("45.00", ["15", "25"], 2, ["16.88", "28.12"]),
        ("1.00", ["1", "1", "1"], 2, ["0.34", "0.33", "0.33"]),
        ("-1.00", ["1", "1", "1"], 2, ["-0.34", "-0.33", "-0.33"]),
        ("100", ["1", "1", "1"], 0, ["34", "33", "33"]),
        ("0.01", ["1", "9"], 2, ["0", "0.01"]),
        ("1.00", ["0", "0"], 2, ["0.50", "0.50"]),
        ("1.00", ["-5", "5"], 2, ["0", "1.00"]),
        ("1.00", [], 2, []),
        ("0.02", ["1", "4", "1"], 2, ["0.01", "0.01", "0"]),
    ],
)
def test_the_largest_remainder_gets_the_units_that_are_left_and_the_earlier_of_two_equals(
    amount, weights, digits, shares
):
    assert largest_remainder(D(amount), [D(weight) for weight in weights], digits) == [D(share) for share in shares]


@pytest.mark.feature("I9", "S19")
def test_a_voucher_is_one_negative_line_per_tax_code_and_a_share_of_0_is_no_line():
    lines = [make_line("99.99", id="1", tax=SIX, tax_amount="6.00"), make_line("0.01", id="2", tax=ZERO_RATED)]
    order = make_order(*lines, charges=[make_charge(amount="-5.00", tax_amount="-0.30")])
    made = draft(order, make_rules())
    assert figures(made, "tax_code", "amount")[2:] == [("SV-6", "-5")] and made.is_postable


@pytest.mark.feature("I9")
def test_a_voucher_is_shared_over_amounts_after_the_lines_own_discounts():
    lines = [
        make_line("10.00", id="1", discount="90.00", tax=SIX, tax_amount="0.60"),
        make_line("30.00", id="2", tax=ZERO_RATED),
    ]
    made = draft(make_order(*lines, charges=[make_charge(amount="-4.00", tax_amount="-0.06")]), make_rules())
    assert figures(made, "amount")[2:] == [("-1",), ("-3",)]


@pytest.mark.feature("I9")
def test_a_voucher_that_names_its_tax_is_not_spread():
    lines = [make_line("10.00", id="1", tax=SIX, tax_amount="0.60"), make_line("10.00", id="2", tax=ZERO_RATED)]
    voucher = make_charge(amount="-5.00", tax_amount="-0.40", tax=EIGHT)
    made = draft(make_order(*lines, charges=[voucher]), make_rules())
    assert figures(made, "tax_code", "amount", "tax")[2:] == [("SV-8", "-5", "-0.4")] and made.is_postable


@pytest.mark.feature("I9")
@pytest.mark.parametrize(("tax_total", "code"), [("0.60", "NT"), ("0.30", "SV-6")])
def test_a_voucher_of_no_tax_is_untaxed_where_the_tax_of_the_order_bears_it_out(tax_total, code):
    line = make_line("10.00", tax=SIX, tax_amount="0.60")
    order = make_order(line, charges=[make_charge(amount="-5.00", tax_amount="0.00")], tax_total=tax_total)
    made = draft(order, make_rules())
    assert figures(made, "tax_code")[1:] == [(code,)] and made.is_postable


@pytest.mark.feature("I9")
def test_in_books_with_one_discount_line_a_voucher_on_one_tax_code_is_that_line():
    line = make_line("10.00", tax=SIX, tax_amount="0.60")
    made = draft(
        make_order(line, charges=[make_charge(amount="-1.00", tax_amount="-0.06")]), make_rules(arithmetic=QUICKBOOKS)
    )
    assert figures(made, "form", "item", "quantity", "price", "amount", "tax_code", "tax")[1:] == [
        ("discount_line", None, None, None, "-1", "SV-6", "-0.06")
    ]


@pytest.mark.feature("I9")
def test_in_books_with_one_discount_line_and_negative_lines_two_codes_take_negative_lines():
    lines = [make_line("10.00", id="1", tax=SIX, tax_amount="0.60"), make_line("10.00", id="2", tax=ZERO_RATED)]
    order = make_order(*lines, charges=[make_charge(amount="-2.00", tax_amount="-0.06")])
    made = draft(order, make_rules(arithmetic=replace(QNE, discount_line=True)))
    assert figures(made, "form", "amount")[2:] == [("line", "-1"), ("line", "-1")] and made.is_postable


@pytest.mark.feature("I9")
@pytest.mark.parametrize(("arithmetic", "price", "discount"), [(NO_NEGATIVES, "10", "1.5"), (QUICKBOOKS, "8.5", "0")])
def test_a_voucher_is_taken_off_the_lines_where_the_books_leave_no_other_way(arithmetic, price, discount):
    lines = [make_line("10.00", id="1", tax=SIX, tax_amount="0.60"), make_line("10.00", id="2", tax=ZERO_RATED)]
    charges = [make_charge(amount="-1.00", tax_amount="-0.03"), make_charge(amount="-2.00", tax_amount="-0.06")]
    made = draft(make_order(*lines, charges=charges), make_rules(arithmetic=arithmetic))
    assert figures(made, "price", "discount", "amount") == [(price, discount, "8.5")] * 2
    assert all(line.notes for line in made.invoice.lines) and made.is_postable


@pytest.mark.feature("I9")
def test_a_voucher_larger_than_the_lines_it_is_taken_off_is_a_problem():
    order = make_order(charges=[make_charge(amount="-12.00"), make_charge("shipping", "5.00")])
    made = draft(order, make_rules(arithmetic=NO_NEGATIVES, presets=CHARGE_ITEMS))
    assert ("price", "orders") in told(made)


@pytest.mark.feature("I9", "S19")
def test_other_negative_charges_join_the_discount_line_of_the_voucher_and_their_causes_stay_apart():
    charges = [
        make_charge("platform_discount", "-2.00"),
        make_charge(amount="-1.00"),
        make_charge("commission", "-0.50", paid_by="seller"),
        make_charge("tip", "-0.25", paid_by="seller"),
    ]
    made = draft(make_order(charges=charges), make_rules(arithmetic=QUICKBOOKS, presets=CHARGE_ITEMS))
    assert figures(made, "kind", "form", "amount")[1:] == [("seller_discount", "discount_line", "-3.75")]
    assert [(cause.cause, cause.amount) for cause in made.causes] == [("commission", D("-0.5")), ("tip", D("-0.25"))]
    assert made.is_postable and made.invoice.total == D("6.25")


@pytest.mark.feature("S19")
def test_a_negative_charge_in_books_without_any_negative_is_a_problem():
    made = draft(
        make_order(charges=[make_charge("tip", "-1")]), make_rules(arithmetic=NO_NEGATIVES, presets=CHARGE_ITEMS)
    )
    assert told(made) == [("preset", "settings/presets")]


@pytest.mark.feature("I10")
def test_inclusive_orders_in_exclusive_books_are_net_by_the_store_s_own_tax():
    line = make_line("10.60", "2", discount="2.12", tax=SIX, tax_amount="0.60")
    charges = [make_charge(amount="-1.06", tax_amount="-0.06"), make_charge("shipping", "5.30", "0.30", tax=SIX)]
    order = make_order(line, charges=charges, prices_include_tax=True)
    made = draft(order, make_rules(arithmetic=EXCLUSIVE_ONLY, presets=CHARGE_ITEMS))
    assert figures(made, "quantity", "price", "discount", "amount") == [
        ("2", "6", "2", "10"),
        ("1", "-1", "0", "-1"),
        ("1", "5", "0", "5"),
    ]
    assert not made.invoice.tax_inclusive and made.invoice.total == D("14.84") and made.is_postable


@pytest.mark.feature("I10")
def test_an_inclusive_price_of_unknown_tax_is_net_by_the_rate_of_its_code():
    order = make_order(make_line("10.60", item_id="I-6", tax_amount=None), prices_include_tax=True)
    made = draft(order, make_rules(arithmetic=EXCLUSIVE_ONLY))
    assert figures(made, "amount", "tax", "tax_code") == [("10", "0.6", "SV-6")] and made.is_postable


@pytest.mark.feature("I10")
def test_a_voucher_of_unknown_tax_is_as_much_net_as_the_lines_are():
    line = make_line("10.60", tax=SIX, tax_amount="0.60")
    order = make_order(line, charges=[make_charge(amount="-5.30", tax_amount=None)], prices_include_tax=True)
    made = draft(order, make_rules(arithmetic=EXCLUSIVE_ONLY))
    assert figures(made, "amount") == [("10",), ("-5",)] and made.is_postable


@pytest.mark.feature("M8", "I10")
def test_with_two_rates_the_document_carries_the_code_of_the_larger_tax():
    lines = [
        make_line("10.00", id="1", tax=SIX, tax_amount="0.60"),
        make_line("9.00", id="2", tax=EIGHT, tax_amount="0.72"),
    ]
    made = draft(make_order(*lines), make_rules(US, arithmetic=QUICKBOOKS_US))
    assert (made.invoice.document_tax_code, made.invoice.tax_sent) == ("SV-8", D("1.32"))
    assert figures(made, "tax_code", "tax") == [("TAX", None)] * 2


@pytest.mark.feature("M8")
def test_a_tax_that_is_sent_needs_a_name():
    made = draft(make_order(make_line("10.00", tax_amount="0.60")), make_rules(US, arithmetic=QUICKBOOKS_US))
    assert told(made) == [("tax", "matching/tax")] and figures(made, "tax_code") == [("TAX",)]


@pytest.mark.feature("M8")
def test_where_tax_is_sent_an_unknown_tax_follows_the_item():
    lines = [make_line(id="1", item_id="I-6", tax_amount=None), make_line(id="2", tax_amount=None)]
    made = draft(make_order(*lines), make_rules(US, arithmetic=QUICKBOOKS_US))
    assert figures(made, "tax_code") == [("TAX",), ("NON",)]


@pytest.mark.feature("M8")
def test_where_tax_is_sent_a_tax_of_0_needs_no_match_and_another_does():
    unknown = replace(SIX, id="?", name="County")
    made = draft(make_order(make_line(tax=replace(unknown, rate=D(0)))), make_rules(US, arithmetic=QUICKBOOKS_US))
    assert made.is_postable and figures(made, "tax_code") == [("NON",)]
    assert told(draft(make_order(make_line(tax=unknown)), make_rules(US, arithmetic=QUICKBOOKS_US))) == [
        ("tax", "matching/tax")
    ]


@pytest.mark.feature("I10")
def test_lines_are_summarised_only_when_there_are_too_many_and_tax_is_predicted_on_the_sums():
    lines = [make_line("0.92", id=str(n), tax=SIX, tax_amount="0.06") for n in range(3)]
    limits = Limits(number=20, line_text=200, customer_name=100, max_lines=2)
    made = draft(make_order(*lines, tax_total="0.17"), make_rules(limits=limits))
    assert figures(made, "quantity", "amount", "tax") == [("3", "2.76", "0.17")]
    assert "3 equal lines" in str(made.invoice.lines[0].notes[-1]) and made.is_postable


@pytest.mark.feature("I10")
def test_lines_with_a_discount_are_not_summarised_and_too_many_are_a_problem():
    lines = [make_line("1.00", id=str(n), discount="1.00") for n in range(3)]
    limits = Limits(number=20, line_text=200, customer_name=100, max_lines=2)
    made = draft(make_order(*lines), make_rules(limits=limits))
    assert told(made) == [("lines", "orders")] and len(made.invoice.lines) == 3


@pytest.mark.feature("I10")
def test_a_rounding_line_that_is_one_line_too_many_makes_the_others_one():
    lines = [make_line("1.00", id=str(n)) for n in range(2)]
    limits = Limits(number=20, line_text=200, customer_name=100, max_lines=2)
    made = draft(make_order(*lines, total="2.01"), make_rules(limits=limits))
    assert figures(made, "kind", "amount") == [("item", "2"), ("rounding", "0.01")] and made.is_postable


@pytest.mark.feature("I10")
def test_yen_and_dinar_are_shared_in_their_own_units():
    yen = [make_line("100", id="1", tax=SIX, tax_amount="6"), make_line("200", id="2", tax=ZERO_RATED)]
    made = draft(make_order(*yen, charges=[make_charge(amount="-100", tax_amount="-2")], currency="JPY"), make_rules())
    assert figures(made, "amount")[2:] == [("-33",), ("-67",)] and made.is_postable
    dinar = [make_line("1.000", id="1", tax=SIX, tax_amount="0.060"), make_line("2.000", id="2", tax=ZERO_RATED)]
    made = draft(
        make_order(*dinar, charges=[make_charge(amount="-1.000", tax_amount="-0.020")], currency="BHD"), make_rules()
    )
    assert figures(made, "amount")[2:] == [("-0.333",), ("-0.667",)] and made.is_postable


@pytest.mark.feature("I10")
@pytest.mark.parametrize(
    ("answer", "state"), [("10.00", "posted"), ("10", "posted"), ("10.01", "differs"), ("9.99", "differs")]
)
def test_after_posting_a_cent_is_a_difference(answer, state):
    assert after_posting(D("10.00"), D(answer)) == state


@pytest.mark.feature("I10")
def test_the_tax_per_line_is_none_where_the_books_take_it_elsewhere():
    line = make_line("10.00", tax=SIX, tax_amount="0.60")
    for arithmetic in (PER_DOCUMENT, QUICKBOOKS_US):
        made = draft(make_order(line), make_rules(arithmetic=arithmetic))
        assert made.invoice.lines[0].tax is None and made.invoice.tax == D("0.60")
    assert {TaxPer.LINE, TaxPer.DOCUMENT, TaxPer.STORE} == set(TaxPer)


@pytest.mark.feature("S19")
def test_a_voucher_is_spread_whatever_tax_code_its_preset_has():
    line = make_line("10.00", tax=SIX, tax_amount="0.60")
    presets = {ChargeKind.SELLER_DISCOUNT: Preset(True, "CHARGE", None, "SV-8")}
    made = draft(
        make_order(line, charges=[make_charge(amount="-1.00", tax_amount="-0.06")]), make_rules(presets=presets)
    )
    assert figures(made, "tax_code")[1:] == [("SV-6",)] and made.is_postable
