"""What the settings of most accounting systems share: lists of choices, and currencies without decimals."""

from documents import N_

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
