"""What SQL Accounting and QuickBooks Online ask of drafting beside QNE's rules: receipts, names, currencies, SKUs."""

from dataclasses import replace
from decimal import Decimal

import pytest

from documents import Buyer, Invoice, KnockOff, OrderPayment, StoreItem
from sync.drafting import draft, payment_reference
from sync.drafting.credit_notes import credit_note
from sync.drafting.new_products import new_product
from sync.drafting.rules import (
    AssignedTo,
    BooksCustomer,
    BooksCustomers,
    BooksItem,
    DescriptionFrom,
    MatchItemsBy,
    OrderTo,
    Settings,
    StoreOptions,
    WhichOrders,
)
from tests.unit.drafting_makers import NOON, D, make_line, make_order, make_rules, told

BY_BUYER = {"sale_assigned_to": AssignedTo.ORIGINAL}
CARD = OrderPayment("77", "Card", D("10"))


def shown(made) -> tuple:
    choice = made.invoice.customer
    return choice.code or choice.create.name, made.customer_note is not None


# --- S20: receipts ------------------------------------------------------------------------------------------------


@pytest.mark.feature("S20")
def test_a_sale_becomes_a_receipt_that_says_where_its_money_went():
    rules = make_rules({"order_to": OrderTo.RECEIPT, "send_payments": True, "payment_account": "BANK"})
    made = draft(make_order(payments=(CARD,)), rules)
    assert made.invoice.is_receipt and made.payments == () and told(made) == []
    assert (made.invoice.deposit_account, made.invoice.payment_method) == ("BANK", "Card")


@pytest.mark.feature("S20")
def test_a_receipt_of_a_profile_that_sends_no_payments_leaves_the_account_to_the_books():
    made = draft(make_order(payments=(CARD,)), make_rules({"order_to": OrderTo.RECEIPT}))
    assert made.invoice.is_receipt and made.invoice.deposit_account is None


@pytest.mark.feature("S20")
@pytest.mark.parametrize(
    ("fields", "payments"),
    [
        ({"payment_status": "partially_paid"}, ()),
        ({}, (CARD, OrderPayment("78", "Cash", D("1")))),
    ],
)
def test_what_no_receipt_can_say_is_a_problem(fields, payments):
    taken = WhichOrders(payment_statuses=frozenset({"paid", "partially_paid"}))
    settings = {"order_to": OrderTo.RECEIPT, "which_orders": taken, "send_payments": True}
    accounts = {("11", "Card"): "BANK", ("11", "Cash"): "TILL"}
    made = draft(make_order(payments=payments, **fields), make_rules(settings, matching={"payments": accounts}))
    assert told(made) == [("payment", "settings")]


@pytest.mark.feature("S20")
def test_an_invoice_is_no_receipt():
    assert draft(make_order(), make_rules()).invoice.is_receipt is False


# --- S21, S24, S27 ------------------------------------------------------------------------------------------------


@pytest.mark.feature("S21")
@pytest.mark.parametrize(("tags", "is_taken"), [(("B2B",), True), (("other",), False), ((), False)])
def test_only_orders_with_one_of_the_tags_are_taken(tags, is_taken):
    rules = make_rules({"which_orders": WhichOrders(tags=frozenset({"b2b", "wholesale"}))})
    made = draft(make_order(tags=tags), rules)
    assert told(made) == ([] if is_taken else [("status", "settings/which-orders")])


@pytest.mark.feature("S24")
@pytest.mark.parametrize("allowed", [True, False, None])
def test_card_and_bank_are_as_the_settings_say(allowed):
    made = draft(make_order(), make_rules({"allow_card": allowed, "allow_bank": allowed}))
    assert (made.invoice.allows_card, made.invoice.allows_bank) == (allowed, allowed)


@pytest.mark.feature("S27")
def test_a_payment_has_the_account_of_its_method_its_channel_then_the_settings():
    def account(matches, setting):
        rules = make_rules({"send_payments": True, "payment_account": setting}, matching={"payments": matches})
        return draft(make_order(payments=(CARD,)), rules).payments[0].account

    both = {("11", "Card"): "A", ("11", None): "B"}
    assert [account(both, "C"), account({("11", None): "B"}, "C"), account({}, "C"), account({}, None)] == [
        "A", "B", "C", None
    ]  # fmt: skip


@pytest.mark.feature("S27")
def test_a_payment_is_dated_when_it_was_paid_and_numbered_with_the_prefix():
    made = draft(make_order(payments=(CARD,)), make_rules({"send_payments": True, "payment_prefix": "PF"}))
    assert (made.payments[0].reference, made.payments[0].date) == ("PF77", NOON.date())


@pytest.mark.feature("S27")
def test_a_payment_of_a_closed_day_is_dated_as_its_document():
    rules = make_rules({"send_payments": True}, books={"closed_until": NOON.date()})
    assert draft(make_order(payments=(CARD,)), rules).payments[0].date is None


def test_payments_have_references_of_their_own_that_fit_every_books():
    one, two = (payment_reference("sitegiant/SG-7/100", each, 25) for each in ("PF1", "PF2"))
    assert one != two and len(one) <= 25 and one == payment_reference("sitegiant/SG-7/100", "PF1", 30)


# --- M11 ----------------------------------------------------------------------------------------------------------


@pytest.mark.feature("M11")
@pytest.mark.parametrize(
    ("sku", "found", "item"),
    [
        ("MUG-9", {"MUG-9": ("MUG-B",)}, "MUG-B"),
        ("MUG-9", {"MUG-9": ("MUG-B", "TEA-B")}, None),
        ("MUG-9", {}, None),
        (None, {}, None),
        ("TWICE", {"TWICE": ("MUG-B",)}, None),
    ],
)
def test_an_item_is_found_by_the_stores_sku_and_never_guessed(sku, found, item):
    rules = make_rules({"match_items_by": MatchItemsBy.SKU}, matching={"items_by_sku": found})
    made = draft(make_order(make_line(item_id="I-99", sku=sku)), rules)
    assert made.invoice.lines[0].item == item and told(made) == ([] if item else [("item", "matching/items")])


@pytest.mark.feature("M11")
def test_a_match_by_hand_wins_over_the_sku():
    rules = make_rules({"match_items_by": MatchItemsBy.NAME}, matching={"items_by_sku": {"MUG": ("TEA-B",)}})
    assert draft(make_order(), rules).invoice.lines[0].item == "MUG-B"


def test_an_item_whose_units_are_not_read_yet_waits():
    rules = make_rules(books={"items": {"MUG-B": BooksItem(is_known=False)}})
    assert told(draft(make_order(), rules)) == [("uom", "matching/items")]


# --- customers ----------------------------------------------------------------------------------------------------


@pytest.mark.feature("I11")
def test_a_name_that_a_supplier_carries_gets_a_suffix_and_is_found_again():
    books = {"taken_names": frozenset({"mei"})}
    made = draft(make_order(customer=Buyer("Mei")), make_rules(BY_BUYER, books))
    assert shown(made) == ("Mei (customer)", True) and told(made) == []
    known = {**books, "customers": BooksCustomers.of([BooksCustomer("9", "Mei (customer)")])}
    assert shown(draft(make_order(customer=Buyer("Mei")), make_rules(BY_BUYER, known))) == ("9", False)


def test_a_customer_has_one_currency_and_a_second_one_is_made_for_another():
    books = {"has_customer_currency": True, "customers": BooksCustomers.of([BooksCustomer("9", "Mei", "m@x.y", "SGD")])}
    buyer = Buyer("Mei", "m@x.y")
    made = draft(make_order(customer=buyer), make_rules(BY_BUYER, books))
    assert shown(made) == ("Mei (MYR)", True) and made.invoice.customer.create.currency == "MYR"
    books["customers"] = BooksCustomers.of([BooksCustomer("9", "Mei", "m@x.y", "MYR")])
    assert shown(draft(make_order(customer=buyer), make_rules(BY_BUYER, books))) == ("9", False)


def test_a_chosen_customer_of_another_currency_is_a_problem():
    made = draft(make_order(), make_rules(books={"customer_currencies": {"C-1": "SGD"}}))
    assert told(made) == [("customer", "matching/customers")]


def test_where_customers_are_not_made_the_channels_is_taken_and_told():
    made = draft(make_order(customer=Buyer("Mei")), make_rules({**BY_BUYER, "create_customers": False}))
    assert shown(made) == ("C-1", True)


@pytest.mark.feature("I11")
def test_a_contact_and_its_company_stand_in_the_billing_details():
    buyer = Buyer("Ann Lee", "ann@x.y", "Lee Ltd")
    made = draft(make_order(customer=buyer), make_rules(BY_BUYER, store=StoreOptions(contact_under_company=True)))
    assert made.invoice.bill_to == ("Lee Ltd", "Ann Lee") and made.invoice.email == "ann@x.y"
    assert made.invoice.customer.create.parent.create.name == "Lee Ltd"
    assert draft(make_order(customer=buyer), make_rules(BY_BUYER)).invoice.bill_to == ()


@pytest.mark.feature("S3", "S22")
def test_a_term_that_the_order_asks_for_is_the_customers_too():
    made = draft(make_order(customer=Buyer("Mei", code="BP-7"), deferment_days=30), make_rules(BY_BUYER))
    assert (made.invoice.customer.create.terms, made.invoice.terms) == ("30", "30")


# --- texts, products, credit notes --------------------------------------------------------------------------------


@pytest.mark.feature("S10")
@pytest.mark.parametrize(
    ("source", "text"),
    [(DescriptionFrom.TEXT, "Ours"), (DescriptionFrom.NOTES, "Ring twice"), (DescriptionFrom.BOOKS, "Thank you")],
)
def test_the_message_is_a_text_of_yours_the_notes_or_the_companys(source, text):
    settings = {"description_from": source, "description_prefill": "Ours"}
    made = draft(make_order(notes="Ring twice"), make_rules(settings, {"default_message": "Thank you"}))
    assert made.invoice.description == text


ACCOUNTS = Settings(
    income_account="Sales",
    expense_account="Cost",
    income_account_tracked="Sales of stock",
    expense_account_tracked="Cost of stock",
    asset_account="Stock",
)


@pytest.mark.feature("S25")
@pytest.mark.parametrize(
    ("stock", "accounts"),
    [(None, ("Sales", "Cost", None)), (D("5"), ("Sales of stock", "Cost of stock", "Stock"))],
)
def test_a_new_product_has_the_accounts_of_its_kind(stock, accounts):
    made = new_product(StoreItem("1", "MUG", "Mug", D("9.50")), ACCOUNTS, stock=stock, day=NOON.date())
    assert (made.income_account, made.expense_account, made.asset_account) == accounts
    assert (made.name, made.price, made.quantity) == ("MUG", D("9.50"), stock or Decimal(0))
    assert made.since == (NOON.date() if stock else None)


@pytest.mark.feature("S26")
def test_a_credit_note_has_its_prefix_and_is_paid_from_the_account_that_is_known_or_else_the_fallback():
    refund = Invoice("r", "MYR", D("5"), NOON.date(), None, None, number="100")
    settings = Settings(refund_account="BANK", credit_number_prefix="CN-")
    made = credit_note(refund, "sale", settings)
    assert (made.document.number, made.paid_from, made.sale) == ("CN-100", "BANK", KnockOff("sale", D("5")))
    assert credit_note(refund, None, settings, "TILL").paid_from == "TILL"
    assert credit_note(replace(refund, number=None), None, Settings()).document.number is None


@pytest.mark.feature("R6", "S27")
@pytest.mark.parametrize(
    ("paid", "settings", "is_told"),
    [
        ("10", {"send_payments": True}, False),
        ("17", {"send_payments": True}, True),
        ("0", {"send_payments": True}, True),
        (None, {"send_payments": True}, False),
        ("17", {}, False),
    ],
)
def test_what_was_paid_and_the_payments_that_are_sent_must_be_one_amount(paid, settings, is_told):
    order = make_order(payments=(replace(CARD, amount=D("10")),), amount_paid=paid and D(paid))
    problems = draft(order, make_rules({"payment_account": "A", **settings})).problems
    assert [each.about for each in problems] == (["paid"] if is_told else [])
    assert not is_told or f"{paid}.00 of this order" in str(problems[0].message)
