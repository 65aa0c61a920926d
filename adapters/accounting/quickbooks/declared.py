"""What QuickBooks Online declares: its settings in the words of the guides (seeds 002, 004), arithmetic and limits."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.accounting.base import Pace
from adapters.accounting.quickbooks import contract
from adapters.accounting.quickbooks.company import NO_TAX, PER_DOCUMENT, US_MODELS
from adapters.accounting.usual import (
    ASSIGNED_TO,
    DATED_BY,
    ORDER_STATUSES,
    PAYMENT_STATUSES,
    UNITS_OF_TIME,
)
from adapters.settings import Setting
from documents import N_, Arithmetic, Limits, ReferenceKind, TaxPer

CONNECTION = (
    Setting(
        "environment",
        N_("Companies"),
        hint=N_("Development keys open Intuit's sandbox companies only."),
        feature="P4",
        default="production",
        choices=(
            ("production", N_("Real companies (production keys)")),
            ("development", N_("Sandbox companies (development keys)")),
        ),
        required=True,
    ),
    Setting(
        "client_id",
        N_("Client ID"),
        hint=N_("On developer.intuit.com: your app, Keys & credentials. Production keys need Intuit's approval first."),
        feature="P4",
        required=True,
    ),
    Setting(
        "client_secret",
        N_("Client Secret"),
        hint=N_("Beside the client ID."),
        feature="P4",
        secret=True,
        required=True,
    ),
    Setting(
        "realm_id",
        N_("Company ID (realm ID)"),
        hint=N_("Beside the token in Intuit's OAuth 2.0 Playground. 'Connect with QuickBooks' fills it in by itself."),
        feature="P4",
    ),
    Setting(
        "refresh_token",
        N_("Refresh token"),
        hint=N_("Made by the Playground. 'Connect with QuickBooks' fills it in by itself."),
        feature="P4",
        secret=True,
    ),
    Setting("base_url", N_("Address"), hint=N_("Leave it empty, unless you were given another one.")),
)

NUMBERED_BY = (
    ("books", N_("QuickBooks' own numbering")),
    ("order_number", N_("The order number")),
    ("marketplace_number", N_("The marketplace's order number")),
    ("prefix_running", N_("A prefix and a running number")),
)
NO_CUSTOM_NUMBERS = N_(
    "QuickBooks numbers the documents of this company. To choose, switch on 'Custom transaction numbers' there: "
    "Account and settings, Sales, Sales form content."
)
NO_ONLINE_PAYMENTS = N_("This company takes no online payments: switch them on in QuickBooks, under Payments.")

SALES = (
    Setting(
        "order_to",
        N_("Order to"),
        hint=N_("A sales receipt is a sale that was paid at once; an invoice is paid by a payment."),
        feature="S20",
        default="invoice",
        choices=(("invoice", N_("Sales invoice")), ("receipt", N_("Sales receipt"))),
    ),
    Setting(
        "statuses",
        N_("Order status"),
        hint=N_("Only orders with one of these are posted; with none chosen, all but those unpaid or on hold."),
        feature="S21",
        choices=ORDER_STATUSES,
        is_many=True,
    ),
    Setting(
        "payment_statuses",
        N_("Payment status"),
        hint=N_("Only orders with one of these are posted; with none chosen, paid ones."),
        feature="S21",
        choices=PAYMENT_STATUSES,
        is_many=True,
    ),
    Setting("tags", N_("Tags"), N_("Only orders with one of these tags, with commas between; empty: all."), "S21"),
    Setting(
        "exclude_tiktok_samples",
        N_("Exclude TikTok sample orders"),
        hint=N_("Makes no document of a TikTok sample order, or of one whose total is 0."),
        feature="S15",
        default="true",
        is_switch=True,
    ),
    Setting(
        "sale_assigned_to",
        N_("Assign sale to"),
        hint=N_("Which customer stands on the document; one that QuickBooks does not have is made there."),
        feature="S22",
        default="original",
        choices=ASSIGNED_TO,
    ),
    Setting(
        "generic_customer",
        N_("Generic online sales customer"),
        hint=N_("For 'One customer for everything'; empty: one that is named after the store."),
        feature="S22",
        pick=ReferenceKind.CUSTOMER,
    ),
    Setting(
        "default_customer",
        N_("Default customer"),
        hint=N_("Used when no customer is matched to the channel, or the buyer is hidden."),
        feature="S1",
        pick=ReferenceKind.CUSTOMER,
    ),
    Setting(
        "default_item",
        N_("Default product"),
        hint=N_("Used on a line whose product is not matched."),
        feature="S4",
        pick=ReferenceKind.ITEM,
    ),
    Setting(
        "match_items_by",
        N_("Match products"),
        hint=N_("Whether the store's SKU is the product's name in QuickBooks, or its SKU there."),
        feature="M11",
        choices=(("", N_("By hand")), ("name", N_("By name")), ("sku", N_("By reference (SKU)"))),
    ),
    Setting(
        "bundle_components",
        N_("Show bundle items"),
        hint=N_("Displays the individual items inside a bundle on the document."),
        feature="S13",
        is_switch=True,
    ),
)

DOCUMENT = (
    Setting(
        "number_source",
        N_("Automatic invoice numbers"),
        hint=N_("Where the number of the document comes from; QuickBooks takes 21 characters."),
        feature="S17",
        default="order_number",
        choices=NUMBERED_BY,
        needs="custom_numbers",
        missing=NO_CUSTOM_NUMBERS,
    ),
    Setting(
        "number_prefix",
        N_("Invoice number prefix"),
        N_("For a prefix and a running number."),
        "S17",
        needs="custom_numbers",
        missing=NO_CUSTOM_NUMBERS,
    ),
    Setting(
        "write_back_number",
        N_("Write the invoice number into the order"),
        hint=N_("Writes QuickBooks' number of the document back into the store's order."),
        feature="S18",
        is_switch=True,
    ),
    Setting(
        "document_date",
        N_("Date of the document"),
        hint=N_("Which date is the document's; an order that has no such date yet waits."),
        feature="S14",
        default="ordered",
        choices=DATED_BY,
    ),
    Setting(
        "closed_period",
        N_("When the books are closed for that date"),
        hint=N_("QuickBooks' closing date, where it tells us."),
        feature="S14",
        default="hold",
        choices=(
            ("hold", N_("The order waits")),
            ("first_open_day", N_("Take the first open day")),
            ("ask", N_("Ask me on the draft")),
        ),
    ),
    Setting("terms", N_("Terms"), N_("The default payment terms (Net 30)."), "S3", pick=ReferenceKind.TERM),
    Setting(
        "due_offset",
        N_("Due date offset"),
        hint=N_("Counted from the document date, where the order has no due date; empty: as the terms say."),
        feature="S23",
    ),
    Setting("due_offset_unit", N_("Due date offset: unit"), feature="S23", default="days", choices=UNITS_OF_TIME),
    Setting(
        "project",
        N_("Assign sales to class"),
        hint=N_("The class of the documents, or of their lines."),
        feature="S5",
        pick=ReferenceKind.PROJECT,
        needs="classes",
        missing=N_(
            "This company does not track classes. Switch them on in QuickBooks: Account and settings, Advanced, "
            "Categories."
        ),
    ),
    Setting(
        "location",
        N_("Assign sales to location"),
        hint=N_("The location of the documents."),
        feature="S6",
        pick=ReferenceKind.LOCATION,
        needs="departments",
        missing=N_(
            "This company does not track locations. Switch them on in QuickBooks: Account and settings, Advanced, "
            "Categories."
        ),
    ),
    Setting(
        "description_from",
        N_("Message to the customer"),
        hint=N_("What stands on the document for the customer to read."),
        feature="S10",
        default="notes",
        choices=(
            ("notes", N_("The order's notes")),
            ("text", N_("A text of mine")),
            ("books", N_("The default customer message of QuickBooks")),
        ),
    ),
    Setting("description_prefill", N_("My text"), N_("For 'A text of mine'."), "S10"),
    Setting(
        "allow_card",
        N_("Allow payment by card"),
        hint=N_("The customer may pay the invoice online by card."),
        feature="S24",
        is_switch=True,
        needs="online_payments",
        missing=NO_ONLINE_PAYMENTS,
    ),
    Setting(
        "allow_bank",
        N_("Allow payment by bank transfer"),
        hint=N_("The customer may pay the invoice online from a bank account."),
        feature="S24",
        is_switch=True,
        needs="online_payments",
        missing=NO_ONLINE_PAYMENTS,
    ),
    Setting(
        "zero_tax_code",
        N_("Tax code for 'no tax'"),
        hint=N_("Stands on lines that bear no tax: No VAT, Out of scope. Every line needs a code."),
        feature="M8",
        pick=ReferenceKind.TAX_CODE,
    ),
    Setting(
        "rounding_item",
        N_("Rounding product"),
        hint=N_("A difference of a few cents between the store's total and QuickBooks' goes to this product."),
        feature="I10",
        pick=ReferenceKind.ITEM,
    ),
    Setting(
        "rounding_cap",
        N_("Rounding: at most"),
        hint=N_("A larger difference is an error, in the document's currency."),
        feature="I10",
        default="0.05",
    ),
)

FLOWS = (
    Setting(
        "create_products",
        N_("Create new products in QuickBooks"),
        hint=N_("A product of an order that QuickBooks does not have is made there, with these accounts."),
        feature="S25",
        is_switch=True,
    ),
    *(
        Setting(name, label, hint, "S25", pick=ReferenceKind.ACCOUNT)
        for name, label, hint in (
            ("income_account", N_("Income account, untracked products"), N_("Where their sales are booked.")),
            ("expense_account", N_("Expense account, untracked products"), N_("Where their purchases are booked.")),
            (
                "income_account_tracked",
                N_("Income account, tracked products"),
                N_("For products with stock: where their sales are booked, as Sales of Product Income."),
            ),
            (
                "expense_account_tracked",
                N_("Expense account, tracked products"),
                N_("For products with stock: an account of the type Cost of Goods Sold."),
            ),
            ("asset_account", N_("Asset account, tracked products"), N_("For products with stock: Inventory Asset.")),
        )
    ),
    Setting(
        "credit_notes",
        N_("Create credit notes in QuickBooks Online"),
        hint=N_("For refunds, full and partial."),
        feature="S26",
        is_switch=True,
    ),
    Setting(
        "refund_account",
        N_("Fallback account of refunds"),
        hint=N_("The account that refunds are paid from; empty: the customer keeps a credit."),
        feature="S26",
        pick=ReferenceKind.DEPOSIT_ACCOUNT,
    ),
    Setting("credit_number_prefix", N_("Refund number prefix"), N_("Goes before the number of a refund."), "S26"),
    Setting(
        "send_payments",
        N_("Send payments of orders to QuickBooks"),
        hint=N_("Off for channels whose payments come by statement."),
        feature="S27",
        is_switch=True,
    ),
    Setting(
        "payment_account",
        N_("Account of payments"),
        hint=N_("Used where no account is matched to the channel; empty there, too: Undeposited Funds."),
        feature="S27",
        pick=ReferenceKind.DEPOSIT_ACCOUNT,
    ),
    Setting(
        "payment_prefix",
        N_("Payment reference prefix"),
        hint=N_("Goes before a payment's number in its reference: PF makes PF394."),
        feature="S27",
    ),
)
PROFILE = SALES + DOCUMENT + FLOWS

GLOBAL_ARITHMETIC = Arithmetic(
    price_digits=contract.PRICE_DIGITS,
    quantity_digits=4,
    tax_per=TaxPer.LINE,
    tax_inclusive_allowed=True,
    negative_lines=False,
    line_discount_field=False,
    discount_line=True,
    default_money_digits=contract.MONEY_DIGITS,  # yen too: section 5 knows no other
)
US_ARITHMETIC = replace(GLOBAL_ARITHMETIC, tax_per=TaxPer.STORE, tax_inclusive_allowed=False)
UNTAXED_ARITHMETIC = replace(GLOBAL_ARITHMETIC, tax_inclusive_allowed=False)


def arithmetic_of(facts: Mapping[str, str]) -> Arithmetic:
    """By the company's sales tax; a company that allows no discounts has no discount line."""
    model = facts.get("tax_model", "")
    usual = US_ARITHMETIC if model in US_MODELS else UNTAXED_ARITHMETIC if model == NO_TAX else GLOBAL_ARITHMETIC
    return usual if facts.get("allow_discount") != "false" else replace(usual, discount_line=False)


def given(facts: Mapping[str, str]) -> dict[str, str]:
    """US companies have TAX and NON on lines; one that does not take our numbers numbers its documents itself."""
    model = facts.get("tax_model")
    codes = {"zero_tax_code": contract.NOT_TAXED, "taxed_code": contract.TAXED} if model in US_MODELS else {}
    numbers = {"number_source": "books"} if facts.get("custom_numbers") == "false" else {}
    return codes | numbers


def per_document(facts: Mapping[str, str]) -> frozenset[ReferenceKind]:
    """A location belongs to a whole document; a class too, in some companies."""
    has_one_class = facts.get("classes_per") == PER_DOCUMENT
    return frozenset({ReferenceKind.LOCATION} | ({ReferenceKind.PROJECT} if has_one_class else set()))


LIMITS = Limits(
    number=contract.NUMBER_MOST, line_text=4000, customer_name=500, max_lines=750, description=1000, reference=30
)
PAYMENT_LABEL = N_("Deposit to")
WORDS = {ReferenceKind.PROJECT: N_("Class"), ReferenceKind.LOCATION: N_("Location (department)")}
PACE, PACE_CEILING = Pace(8, 8), Pace(10, 10)  # section 2.4: 500 a minute, 10 a second, 10 at once
LONGEST_S = 120.0  # section 2.4
