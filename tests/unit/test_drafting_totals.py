"""Which total (rules.md section 1): the store's own check, switches, causes, and orders that are not posted."""

from dataclasses import replace
from decimal import Decimal

import pytest

from documents import ChargeKind, Payer
from sync.drafting import check_settings, draft
from sync.drafting.rules import Matching, Preset, Settings, WhichOrders
from tests.unit.drafting_makers import (
    CHARGE_ITEMS,
    EIGHT,
    QUICKBOOKS,
    SIX,
    D,
    figures,
    make_charge,
    make_line,
    make_order,
    make_rules,
    told,
)

ON = {kind: Preset(True, "CHARGE") for kind in ChargeKind}


@pytest.mark.feature("I10")
@pytest.mark.parametrize(
    ("total", "rounding", "problems"),
    [
        ("10.00", "0", []),
        ("10.05", "0.05", []),
        ("9.95", "-0.05", []),
        ("10.06", "0", [("store_figures", "orders")]),
        ("9.94", "0", [("store_figures", "orders")]),
    ],
)
def test_store_figures_that_are_off_round_within_the_cap_and_stop_beyond_it(total, rounding, problems):
    made = draft(make_order(total=total), make_rules())
    assert (made.invoice.rounding, told(made)) == (D(rounding), problems)


@pytest.mark.feature("I10")
def test_both_sums_are_named_when_the_store_figures_do_not_add_up():
    made = draft(make_order(total="12"), make_rules())
    assert "10.00" in str(made.problems[0].message) and "12.00" in str(made.problems[0].message)


@pytest.mark.feature("I10")
def test_the_cap_is_a_setting_in_the_currency_of_the_document():
    assert draft(make_order(total="10.50"), make_rules({"rounding_cap": D("0.50")})).is_postable
    assert not draft(make_order(total="10.01"), make_rules({"rounding_cap": D(0)})).is_postable


@pytest.mark.feature("I10")
def test_the_store_check_uses_the_tax_of_the_order_and_not_the_sum_of_its_lines():
    line = make_line("10.00", tax=SIX, tax_amount="0.55")
    made = draft(make_order(line, tax_total="0.60", total="10.60"), make_rules())
    assert made.is_postable and made.invoice.rounding == 0


@pytest.mark.feature("I10")
def test_a_total_finer_than_its_currency_is_a_problem():
    assert told(draft(make_order(total="10.005"), make_rules())) == [("store_figures", "orders")]


@pytest.mark.feature("S19", "I10")
@pytest.mark.parametrize("kind", [kind for kind in ChargeKind if kind != "seller_discount"])
def test_a_charge_of_the_buyer_that_nobody_switched_on_is_left_out_with_its_tax_and_named(kind):
    order = make_order(charges=[make_charge(kind, "3.00", "0.18", tax=SIX)])
    made = draft(order, make_rules())
    assert [(cause.cause, cause.amount) for cause in made.causes] == [(kind, D("-3.18"))]
    assert made.invoice.total == 10 and made.is_postable and len(made.invoice.lines) == 1


@pytest.mark.feature("S19", "I9")
@pytest.mark.parametrize("kind", list(ChargeKind))
@pytest.mark.parametrize("amount", ["3.00", "-3.00"])
def test_every_kind_of_charge_that_is_switched_on_is_a_line(kind, amount):
    made = draft(make_order(charges=[make_charge(kind, amount)]), make_rules(presets=CHARGE_ITEMS))
    assert figures(made, "kind", "item", "uom", "quantity", "amount")[1:] == [
        (kind, "CHARGE", "UNIT", "1", amount[:-3])
    ]
    assert made.causes == () and made.invoice.total == 10 + D(amount) and made.is_postable


@pytest.mark.feature("S19")
@pytest.mark.parametrize("payer", [Payer.MARKETPLACE, Payer.SELLER])
def test_a_charge_that_the_buyer_did_not_pay_counts_only_when_it_is_on_and_then_with_its_tax(payer):
    order = make_order(charges=[make_charge("commission", "-2.00", "-0.12", tax=SIX, paid_by=payer)])
    assert draft(order, make_rules()).causes == ()
    made = draft(order, make_rules(presets=CHARGE_ITEMS))
    assert [cause.amount for cause in made.causes] == [D("-2.12")]
    assert made.invoice.total == D("7.88") and made.is_postable


@pytest.mark.feature("S19")
def test_in_prices_that_include_tax_a_charge_left_out_takes_no_more_than_its_amount():
    line = make_line("10.60", tax=SIX, tax_amount="0.60")
    order = make_order(line, charges=[make_charge("shipping", "5.30", "0.30", tax=SIX)], prices_include_tax=True)
    made = draft(order, make_rules())
    assert [cause.amount for cause in made.causes] == [D("-5.30")] and made.invoice.total == D("10.60")


@pytest.mark.feature("S19")
def test_a_charge_of_0_makes_no_line_and_no_cause():
    order = make_order(charges=[make_charge("gift_wrap", "0"), make_charge("tip", "0")])
    made = draft(order, make_rules(presets={ChargeKind.TIP: Preset(True, "CHARGE")}))
    assert made.causes == () and len(made.invoice.lines) == 1 and made.is_postable


@pytest.mark.feature("S19")
def test_each_charge_left_out_is_a_cause_of_its_own():
    order = make_order(charges=[make_charge("tip", "1"), make_charge("tip", "2")])
    assert [cause.amount for cause in draft(order, make_rules()).causes] == [-1, -2]


@pytest.mark.feature("S19")
def test_a_cause_finer_than_the_currency_is_rounded_so_that_the_document_can_be_exact():
    order = make_order(charges=[make_charge("shipping", "1.00", "0.085")], total="11.09", tax_total="0.09")
    made = draft(order, make_rules())
    assert made.causes[0].amount == D("-1.09") and made.invoice.total == 10 and made.is_postable


@pytest.mark.feature("M5")
@pytest.mark.parametrize(
    ("row", "preset", "is_posted"), [(None, True, True), (False, True, False), (True, False, True)]
)
def test_the_shipping_row_of_a_channel_wins_over_the_preset(row, preset, is_posted):
    matching = {} if row is None else {"shipping": {"11": Preset(row, "CHARGE")}}
    rules = make_rules(matching=matching, presets={ChargeKind.SHIPPING: Preset(preset, "CHARGE")})
    made = draft(make_order(charges=[make_charge("shipping", "4")]), rules)
    assert (len(made.invoice.lines) == 2, made.causes == ()) == (is_posted, is_posted)


@pytest.mark.feature("M5")
def test_the_shipping_discount_does_not_follow_the_row_of_the_channel():
    rules = make_rules(matching={"shipping": {"11": Preset(True, "CHARGE")}})
    order = make_order(charges=[make_charge("shipping", "4"), make_charge("shipping_discount", "-1")])
    made = draft(order, rules)
    assert [cause.cause for cause in made.causes] == ["shipping_discount"] and made.invoice.total == 14


@pytest.mark.feature("M5", "S19", "I5")
def test_on_without_an_item_is_a_problem_with_the_page_of_the_switch():
    rules = make_rules(matching={"shipping": {"11": Preset(True)}}, presets={})
    made = draft(make_order(charges=[make_charge("shipping", "4"), make_charge("seller_discount", "-1")]), rules)
    assert told(made) == [("shipping", "matching/shipping"), ("preset", "settings/presets")]
    assert made.invoice.total == 13


@pytest.mark.feature("S19")
def test_a_tax_of_the_charge_goes_with_it_into_the_tax_that_is_sent():
    line = make_line("10.00", tax=SIX, tax_amount="0.60")
    order = make_order(line, charges=[make_charge("shipping", "5.00", "0.30", tax=SIX)])
    rules = make_rules(arithmetic=replace(QUICKBOOKS, tax_per="store"))
    assert draft(order, rules).invoice.tax_sent == D("0.60")


@pytest.mark.feature("I5")
@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"status": "cancelled"}, ("status", "orders")),
        ({"status": "refunded"}, ("status", "orders")),
        ({"status": "returned"}, ("status", "orders")),
        ({"payment_status": "refunded"}, ("status", "orders")),
        ({"status": "on_hold"}, ("status", "settings/which-orders")),
        ({"payment_status": "unpaid"}, ("status", "settings/which-orders")),
        ({"status": "Dispatched to Mars"}, ("status", "settings/which-orders")),
        ({"payment_status": "maybe"}, ("status", "settings/which-orders")),
        ({"is_sample": True}, ("sample", "settings")),
        ({"lines": ()}, ("lines", "orders")),
        ({"status": "cancelled", "lines": (), "currency": "XXX"}, ("status", "orders")),
        ({"total": D("NaN")}, ("store_figures", "orders")),
        ({"total": D("1E+30")}, ("store_figures", "orders")),
    ],
)
def test_an_order_that_is_not_to_be_posted_has_one_problem_and_no_document(fields, problem):
    made = draft(replace(make_order(), **fields), make_rules())
    assert (told(made), made.invoice, made.is_postable) == ([problem], None, False)


@pytest.mark.feature("I5", "S21")
def test_a_status_that_a_store_made_up_is_postable_only_where_the_owner_ticked_it():
    made = draft(make_order(status="Dispatched"), make_rules())
    assert not made.is_postable and "Dispatched" in str(made.problems[0].message)
    wanted = make_rules({"which_orders": WhichOrders(frozenset({"Dispatched", "cancelled"}), frozenset({"COD"}))})
    assert draft(make_order(status="Dispatched", payment_status="COD"), wanted).is_postable
    for other in ({"status": "dispatched"}, {"payment_status": "paid"}, {"payment_status": "cod"}):
        assert not draft(make_order(**{"status": "Dispatched", "payment_status": "COD"} | other), wanted).is_postable
    assert not draft(make_order(status="cancelled", payment_status="COD"), wanted).is_postable, "whatever is ticked"


@pytest.mark.feature("S15")
@pytest.mark.parametrize("total", ["0", "15"])
def test_a_sample_that_is_kept_is_a_document_of_zero(total):
    line = make_line("15", tax=EIGHT, tax_amount="1.20")
    charges = [make_charge("platform_discount", "-15")]
    order = make_order(line, charges=charges, is_sample=True, total=total, tax_total="0")
    made = draft(order, make_rules({"exclude_tiktok_samples": False}))
    assert made.is_postable and made.invoice.total == 0 == sum(line.amount for line in made.invoice.lines)
    assert sum((cause.amount for cause in made.causes), D(0)) == -D(total)


@pytest.mark.feature("I5")
def test_every_problem_is_told_and_not_only_the_first():
    lines = [
        make_line(id="1", item_id="X", sku=None, name="Lamp"),
        make_line(id="2", tax=replace(SIX, id="?", name="?")),
    ]
    rules = make_rules({"default_customer": None, "document_date": "shipped", "number_source": "marketplace_number"})
    order = make_order(*lines, currency="USD", dates=replace(make_order().dates, shipped=None))
    made = draft(order, replace(rules, settings=replace(rules.settings, send_payments=True)))
    abouts = ["currency", "customer", "item", "tax", "date", "number"]
    assert [about for about, _ in told(made)] == abouts


@pytest.mark.feature("I5")
def test_every_problem_is_a_sentence_that_names_its_subject():
    made = draft(make_order(make_line(item_id=None, sku=None, name="Lamp {x}")), make_rules())
    assert str(made.problems[0].message) == "No item is matched to Lamp {x} (no SKU)."


@pytest.mark.feature("S19")
@pytest.mark.parametrize(
    ("books", "settings", "problems"),
    [
        ((), {"send_payments": True}, []),
        (("commission",), {}, [("setting", "settings/presets")]),
        (("shipping",), {}, [("setting", "settings/presets"), ("setting", "matching/shipping")]),
        (("payments",), {}, []),
        (("payments",), {"send_payments": True}, [("setting", "settings")]),
    ],
)
def test_a_setting_that_would_book_money_twice_is_refused_at_save(books, settings, problems):
    matching = Matching(shipping={"11": Preset(True, "CHARGE")})
    found = check_settings(replace(Settings(), **settings), ON, books, matching)
    assert [(problem.about, problem.mend) for problem in found] == problems


def test_the_figures_of_a_draft_are_decimals_all_the_way():
    line = make_line("10.00", "3", tax=SIX, tax_amount="0.60")
    made = draft(make_order(line, charges=[make_charge()]), make_rules())
    for each in made.invoice.lines:
        assert all(
            isinstance(getattr(each, name), Decimal) for name in ("quantity", "price", "amount", "tax", "discount")
        )
