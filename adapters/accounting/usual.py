"""What most accounting systems share: whole settings, lists of choices, and currencies without decimals."""

from adapters.settings import Setting
from documents import N_, ReferenceKind

DATED_BY = (
    ("ordered", N_("Order date")),
    ("paid", N_("Paid date")),
    ("shipped", N_("Shipped date")),
    ("completed", N_("Completed date")),
    ("sync", N_("Day of sync")),
)
ASSIGNED_TO = (
    ("channel", N_("The channel's customer")),
    ("original", N_("The original customer")),
    ("organisation", N_("The customer's organisation")),
    ("generic", N_("One customer for everything")),
)
UNITS_OF_TIME = (("days", N_("days")), ("weeks", N_("weeks")), ("months", N_("months")))
ORDER_STATUSES = (
    ("unpaid", N_("Unpaid")),
    ("pending", N_("Pending")),
    ("processing", N_("Processing")),
    ("ready_to_ship", N_("Ready to ship")),
    ("partially_shipped", N_("Partially shipped")),
    ("shipped", N_("Shipped")),
    ("completed", N_("Completed")),
    ("on_hold", N_("On hold")),
)
PAYMENT_STATUSES = (
    ("paid", N_("Paid")),
    ("partially_paid", N_("Partially paid")),
    ("unpaid", N_("Unpaid")),
)
AGENT = Setting("agent", N_("Agent"), N_("The default sales agent of invoices."), "S2", pick=ReferenceKind.AGENT)
PROJECT = Setting(
    "project", N_("Project"), N_("Links invoices to a specific project."), "S5", pick=ReferenceKind.PROJECT
)
DESCRIPTION_PREFILL = Setting(
    "description_prefill",
    N_("Invoice Description Pre-fill"),
    hint=N_("Filled in as the description of all synced invoices."),
    feature="S10",
)
BUNDLE_COMPONENTS = Setting(
    "bundle_components",
    N_("Show Bundle Kit Items"),
    hint=N_("Displays the individual items inside a bundle on the invoice."),
    feature="S13",
    is_switch=True,
)
EXCLUDE_TIKTOK_SAMPLES = Setting(
    "exclude_tiktok_samples",
    N_("Exclude TikTok Sample Order"),
    hint=N_("Makes no invoice of a TikTok sample order, or of one whose total is 0."),
    feature="S15",
    default="true",
    is_switch=True,
)
NUMBER_PREFIX = Setting("number_prefix", N_("Invoice number prefix"), N_("For a prefix and a running number."), "S17")
SALE_ASSIGNED_TO = Setting(
    "sale_assigned_to",
    N_("Sale assigned to"),
    hint=N_("Which customer stands on the invoice. Marketplaces often hide who bought."),
    feature="S22",
    default="channel",
    choices=ASSIGNED_TO,
)
GENERIC_CUSTOMER = Setting(
    "generic_customer",
    N_("The one customer"),
    hint=N_("For 'One customer for everything'."),
    feature="S22",
    pick=ReferenceKind.CUSTOMER,
)
ZERO_TAX_CODE = Setting(
    "zero_tax_code",
    N_("Tax code for 'no tax'"),
    hint=N_("Stands on lines that bear no tax; empty where your books need none."),
    feature="M8",
    pick=ReferenceKind.TAX_CODE,
)
ROUNDING_CAP = Setting(
    "rounding_cap",
    N_("Rounding: at most"),
    hint=N_("A larger difference is an error, in the invoice's currency."),
    feature="I10",
    default="0.05",
)
WHOLE_UNITS = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
        *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
"""Currencies without decimals (ISO 4217)."""
WITHOUT_DECIMALS = dict.fromkeys(sorted(WHOLE_UNITS), 0)
"""How many digits their money has, for an Arithmetic."""
WITH_THREE_DECIMALS = dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
"""The same for those with three (ISO 4217)."""
