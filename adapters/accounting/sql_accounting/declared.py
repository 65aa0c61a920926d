"""What SQL Accounting declares: settings in the words of SiteGiant's guide (seed 001), arithmetic and limits."""

from adapters.accounting.base import Pace
from adapters.accounting.sql_accounting import contract
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
    WITH_THREE_DECIMALS,
    WITHOUT_DECIMALS,
    ZERO_TAX_CODE,
)
from adapters.settings import Setting
from documents import N_, Arithmetic, Limits, ReferenceKind, TaxPer

CLOUD, LOCAL = "cloud", "local"
MODES = ((CLOUD, N_("Cloud")), (LOCAL, N_("Local")))

CONNECTION = (
    Setting(
        "mode",
        N_("Mode"),
        hint=N_(
            "Cloud: SQL Accounting's own API. Local: an agent of your own, on the Windows PC that SQL Accounting runs "
            "on, which speaks the same API; it is not part of Tillbridge. Enter its address below. If it is an address "
            "of your own network, whoever runs Tillbridge must allow it (TILLBRIDGE_ALLOW_HOSTS)."
        ),
        feature="P3",
        default=CLOUD,
        required=True,
        choices=MODES,
    ),
    Setting(
        "access_key",
        N_("Access Key"),
        hint=N_("You get the Access Key and the Secret Key from your SQL person in charge."),
        feature="P3",
        secret=True,
        required=True,
    ),
    Setting(
        "secret_key",
        N_("Secret Key"),
        hint=N_(
            "It is shown once, when the key is made: Tools, Maintain User, Detail, More, API Secret Key, Generate."
        ),
        feature="P3",
        secret=True,
        required=True,
    ),
    Setting(
        "base_url",
        N_("Address"),
        hint=N_("Leave it as it is, unless your company has an address of its own, or the mode is Local."),
        default=contract.BASE_URL,
        required=True,
    ),
    Setting(
        "service",
        N_("Service"),
        hint=N_("Leave it as it is; if the gateway wants the older one, it is found by itself."),
        default=contract.PAIRS[0][0],
        required=True,
    ),
    Setting("region", N_("Region"), hint=N_("As the service."), default=contract.PAIRS[0][1], required=True),
    Setting(
        "user_agent",
        N_("User agent"),
        hint=N_("The name that Tillbridge gives itself. Leave it as it is."),
        default=contract.USER_AGENT,
        required=True,
    ),
)

NUMBERED_BY = (
    ("books", N_("SQL Accounting's own numbering")),
    ("order_number", N_("The order number")),
    ("marketplace_number", N_("The marketplace's order number")),
    ("prefix_running", N_("A prefix and a running number")),
)

GENERAL = (
    Setting(
        "default_customer",
        N_("Customer Code"),
        hint=N_("Used on the invoice when no matching customer is set for the sales channel."),
        feature="S1",
        pick=ReferenceKind.CUSTOMER,
    ),
    AGENT,
    Setting(
        "terms",
        N_("Terms"),
        hint=N_("The default payment terms (Cash, 30 Days). SQL Accounting reckons the due date by them."),
        feature="S3",
        pick=ReferenceKind.TERM,
    ),
    Setting(
        "default_item",
        N_("Product Code"),
        hint=N_("Used on the invoice if no matching product is set."),
        feature="S4",
        pick=ReferenceKind.ITEM,
    ),
    Setting(
        "default_uom",
        N_("UOM"),
        hint=N_("Used on the invoice when no UOM is set in the product matching; written as in SQL Accounting (UNIT)."),
        feature="S7",
    ),
    Setting(
        "account",
        N_("Account"),
        hint=N_("The default account code of invoice lines; empty: as the product's stock group says."),
        feature="S8",
        pick=ReferenceKind.ACCOUNT,
    ),
    PROJECT,
    Setting(
        "location",
        N_("Location"),
        hint=N_("The default location or warehouse of the invoice."),
        feature="S6",
        pick=ReferenceKind.LOCATION,
    ),
    Setting("area", N_("Area"), N_("The default sales area or region."), "S9", pick=ReferenceKind.AREA),
    DESCRIPTION_PREFILL,
    Setting(
        "uppercase",
        N_("Sync Uppercase"),
        hint=N_("Puts all text of synced invoices in capitals, the invoice prefix included."),
        feature="S11",
        is_switch=True,
    ),
    Setting(
        "serial_numbers",
        N_("Sync Serial No"),
        hint=N_("Takes serial numbers into the invoice; they must be in the order's details."),
        feature="S12",
        is_switch=True,
    ),
    BUNDLE_COMPONENTS,
    Setting(
        "document_date",
        N_("Default Invoice Issue Date"),
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
        N_("Update SQL Invoice Number into Order List"),
        hint=N_("Writes SQL Accounting's invoice number back into the store's order."),
        feature="S18",
        is_switch=True,
    ),
)

WHICH_AND_WHOSE = (
    Setting(
        "statuses",
        N_("Which orders: status"),
        hint=N_("Orders with one of these are made into invoices."),
        feature="S21",
        default="pending processing ready_to_ship shipped partially_shipped completed",
        choices=ORDER_STATUSES,
        is_many=True,
    ),
    Setting(
        "payment_statuses",
        N_("Which orders: payment status"),
        hint=N_("Orders with one of these are made into invoices."),
        feature="S21",
        default="paid",
        choices=PAYMENT_STATUSES,
        is_many=True,
    ),
    Setting(
        "tags",
        N_("Which orders: tags"),
        hint=N_("Only orders with one of these tags, by comma; empty: all."),
        feature="S21",
    ),
    SALE_ASSIGNED_TO,
    GENERIC_CUSTOMER,
    Setting(
        "create_customers",
        N_("Make new customers"),
        hint=N_("Makes the buyer a customer in SQL Accounting, where there is none of that name yet."),
        feature="S22",
        is_switch=True,
    ),
)

TAX_AND_ROUNDING = (
    ZERO_TAX_CODE,
    Setting(
        "rounding_item",
        N_("Rounding: product code"),
        hint=N_("A difference of a few cents between the store's total and SQL Accounting's goes to this product."),
        feature="I10",
        pick=ReferenceKind.ITEM,
    ),
    ROUNDING_CAP,
)

BEYOND_INVOICES = (
    Setting(
        "create_products",
        N_("Make new products"),
        hint=N_(
            "Makes the store's new products in SQL Accounting, with the unit UNIT. Their accounts are those of the "
            "stock group that SQL Accounting gives them."
        ),
        feature="S25",
        is_switch=True,
    ),
    Setting(
        "credit_notes",
        N_("Credit notes for refunds"),
        hint=N_("Makes a credit note of each refund. Knock it off, and pay it out, in SQL Accounting."),
        feature="S26",
        is_switch=True,
    ),
    Setting("credit_number_prefix", N_("Credit note number prefix"), N_("Empty: SQL Accounting's own."), "S26"),
    Setting(
        "send_payments",
        N_("Send payments of orders"),
        hint=N_(
            "Makes a customer payment of what was paid with the order. Leave it off for a channel with statements."
        ),
        feature="S27",
        is_switch=True,
    ),
    Setting(
        "payment_account",
        N_("Payment Receive In"),
        hint=N_("Receives payments whose channel has no account of its own."),
        feature="S27",
        pick=ReferenceKind.DEPOSIT_ACCOUNT,
    ),
)

PROFILE = (*GENERAL, *WHICH_AND_WHOSE, *TAX_AND_ROUNDING, *BEYOND_INVOICES)

ARITHMETIC = Arithmetic(
    price_digits=8,  # section 8.2
    quantity_digits=4,
    tax_per=TaxPer.LINE,
    tax_inclusive_allowed=True,
    negative_lines=True,
    line_discount_field=True,
    discount_line=False,
    money_digits={**WITHOUT_DECIMALS, **WITH_THREE_DECIMALS},
    default_money_digits=2,
)
LIMITS = Limits(number=20, line_text=200, customer_name=100, max_lines=5000, description=200, reference=25)  # D12
PAYMENT_LABEL = N_("Payment Receive In")
WORDS = {ReferenceKind.LOCATION: N_("Location")}
TIMEOUT_STEP = N_(
    "Check that the server of SQL Accounting is on and connected, then check again; else ask your SQL dealer."
)
PACE, PACE_CEILING = Pace(5, 1), Pace(20, 8)  # D11: 200 ms apart, one in flight
LONGEST_S = 600.0  # nobody says how long its server may still be at work
