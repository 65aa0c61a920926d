"""What QNE declares: its settings in the words of SiteGiant's guide (seed 000), its arithmetic and its limits."""

from adapters.accounting.base import Pace
from adapters.accounting.qne import contract
from adapters.accounting.usual import (
    AGENT,
    BUNDLE_COMPONENTS,
    DATED_BY,
    DESCRIPTION_PREFILL,
    EXCLUDE_TIKTOK_SAMPLES,
    GENERIC_CUSTOMER,
    NUMBER_PREFIX,
    ORDER_STATUSES,
    PAYMENT_STATUSES,
    PROJECT,
    ROUNDING_CAP,
    SALE_ASSIGNED_TO,
    UNITS_OF_TIME,
    WITHOUT_DECIMALS,
    ZERO_TAX_CODE,
)
from adapters.settings import Setting
from documents import N_, Arithmetic, Limits, ReferenceKind, TaxPer

CONNECTION = (
    Setting(
        "api_key",
        N_("API Key"),
        hint=N_("In QNE: Account, Active Companies, Marketplace, My Apps, New App; enter a name and copy the key."),
        feature="P2",
        secret=True,
        required=True,
    ),
    Setting(
        "base_url",
        N_("Address"),
        hint=N_("Leave it as it is, unless QNE gave you another one."),
        default=contract.BASE_URL,
        required=True,
    ),
)

NUMBERED_BY = (
    ("books", N_("QNE's own numbering")),
    ("order_number", N_("The order number")),
    ("marketplace_number", N_("The marketplace's order number")),
    ("prefix_running", N_("A prefix and a running number")),
)

PROFILE = (
    Setting(
        "default_customer",
        N_("Customer"),
        hint=N_("Used on the invoice when no matching customer is set for the sales channel."),
        feature="S1",
        pick=ReferenceKind.CUSTOMER,
    ),
    AGENT,
    Setting("terms", N_("Terms"), N_("The default payment terms (Cash, 30 Days)."), "S3", pick=ReferenceKind.TERM),
    Setting(
        "default_item",
        N_("Stock"),
        hint=N_("This stock code is used on the invoice if no matching product is set."),
        feature="S4",
        pick=ReferenceKind.ITEM,
    ),
    PROJECT,
    Setting(
        "location",
        N_("Stock Location"),
        hint=N_("The default location or warehouse of the invoice."),
        feature="S6",
        pick=ReferenceKind.LOCATION,
    ),
    Setting(
        "default_uom",
        N_("UOM"),
        hint=N_("Used on the invoice when no UOM is set in the product matching."),
        feature="S7",
        pick=ReferenceKind.UOM,
    ),
    DESCRIPTION_PREFILL,
    BUNDLE_COMPONENTS,
    Setting(
        "document_date",
        N_("Default Doc Date"),
        hint=N_("Which date is the invoice's; an order that has no such date yet waits."),
        feature="S14",
        default="ordered",
        choices=DATED_BY,
    ),
    EXCLUDE_TIKTOK_SAMPLES,
    Setting(
        "number_source",
        N_("Auto-generate Invoice No."),
        hint=N_("Where the invoice number comes from."),
        feature="S17",
        default="books",
        choices=NUMBERED_BY,
    ),
    NUMBER_PREFIX,
    Setting(
        "write_back_number",
        N_("Update QNE Invoice Number into Order List"),
        hint=N_("Writes QNE's invoice number back into the store's order."),
        feature="S18",
        is_switch=True,
    ),
    Setting(
        "statuses",
        N_("Order statuses"),
        hint=N_("Only orders in one of these states are posted."),
        feature="S21",
        default="pending processing ready_to_ship partially_shipped shipped completed",
        choices=ORDER_STATUSES,
        is_many=True,
    ),
    Setting(
        "payment_statuses",
        N_("Payment statuses"),
        hint=N_("Only orders that are paid so are posted."),
        feature="S21",
        default="paid",
        choices=PAYMENT_STATUSES,
        is_many=True,
    ),
    Setting(
        "tags",
        N_("Tags"),
        hint=N_("Only orders with one of these tags are posted, with commas between; empty: whatever their tags."),
        feature="S21",
    ),
    SALE_ASSIGNED_TO,
    GENERIC_CUSTOMER,
    Setting(
        "due_offset",
        N_("Due after"),
        hint=N_("Counted from the document date; empty: as the terms say, else the document date."),
        feature="S23",
    ),
    Setting("due_offset_unit", N_("Due after: unit"), feature="S23", default="days", choices=UNITS_OF_TIME),
    Setting(
        "create_products",
        N_("Create missing products"),
        hint=N_("Makes a stock item of each new product: its code is the SKU, unit and accounts are QNE's defaults."),
        feature="S25",
        is_switch=True,
    ),
    Setting(
        "credit_notes",
        N_("Credit notes for refunds"),
        hint=N_(
            "Experimental: QNE does not publish how its API takes AR credit notes. One is knocked off against its "
            "invoice as far as that is open; the money that leaves is entered in QNE."
        ),
        feature="S26",
        is_switch=True,
    ),
    Setting(
        "account",
        N_("Account of credit notes"),
        hint=N_("QNE books a credit note to an account (sales returns), not to stock codes."),
        feature="S26",
        pick=ReferenceKind.ACCOUNT,
    ),
    Setting(
        "credit_number_prefix",
        N_("Credit note number prefix"),
        hint=N_("Stands before the number of a credit note; empty: QNE's own numbering."),
        feature="S26",
    ),
    Setting(
        "send_payments",
        N_("Payments of orders"),
        hint=N_(
            "Makes a receipt of each payment of an order, knocked off against its invoice. "
            "Not for channels whose payments come by statement."
        ),
        feature="S27",
        is_switch=True,
    ),
    Setting(
        "payment_account",
        N_("Payments: Deposit To"),
        hint=N_("Receives payments whose channel and method have no account in the payment matching."),
        feature="S27",
        pick=ReferenceKind.DEPOSIT_ACCOUNT,
    ),
    Setting(
        "payment_prefix",
        N_("Payment reference prefix"),
        hint=N_("Stands before the reference of each payment."),
        feature="S27",
    ),
    ZERO_TAX_CODE,
    Setting(
        "rounding_item",
        N_("Rounding: stock"),
        hint=N_("A difference of a few cents between the store's total and QNE's goes to this stock code."),
        feature="I10",
        pick=ReferenceKind.ITEM,
    ),
    ROUNDING_CAP,
)

ARITHMETIC = Arithmetic(
    price_digits=4,
    quantity_digits=4,
    tax_per=TaxPer.LINE,  # each line half-up to 2 places (qne.md section 6.3)
    tax_inclusive_allowed=True,
    negative_lines=True,
    line_discount_field=True,
    discount_line=False,
    money_digits=WITHOUT_DECIMALS,
    default_money_digits=2,  # ISO digits, but never more than the books keep: rules.md section 2
)
LIMITS = Limits(number=20, line_text=200, customer_name=100, max_lines=5000, description=200, reference=30)  # N21
PAYMENT_LABEL = N_("Deposit To")
PACE, PACE_CEILING = Pace(2, 1), Pace(20, 8)  # N18
LONGEST_S = 300.0  # architecture.md, the posting ledger
