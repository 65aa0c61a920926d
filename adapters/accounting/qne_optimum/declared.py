"""What QNE Optimum declares: few settings, the narrowest arithmetic, and what nobody has tried yet."""

from adapters.accounting.base import Pace
from adapters.accounting.qne import declared as n3
from adapters.accounting.qne_optimum import contract
from adapters.accounting.usual import WITHOUT_DECIMALS
from adapters.settings import Setting
from documents import N_, Arithmetic, Limits, TaxPer

LABEL = "QNE Optimum (preview)"

CONNECTION = (
    Setting(
        "db_code",
        N_("DbCode"),
        hint=N_(
            "Preview: written from what is public of QNE Optimum's API, and never tried against a real one, so try it "
            "with a copy of your books. It makes customers, and sales invoices in the home currency; it cannot void, "
            "number or date due an invoice, and takes no payments, credit notes, agents, terms or projects."
        ),
        secret=True,
        required=True,
    ),
    Setting("company", N_("Company"), N_("The name of this company; the API does not tell it."), required=True),
    Setting(
        "home_currency",
        N_("Home currency"),
        hint=N_("The currency of your books, as MYR; the API does not tell it."),
        default=contract.HOME_CURRENCY,
        required=True,
    ),
    Setting(
        "base_url",
        N_("Address"),
        hint=N_("Leave it as it is, or enter the address of your own QNE server."),
        default=contract.BASE_URL,
        required=True,
    ),
)

NAMES = frozenset(
    {"default_customer", "default_item", "location", "default_uom", "description_prefill", "bundle_components"}
    | {"document_date", "exclude_tiktok_samples", "statuses", "payment_statuses", "tags", "sale_assigned_to"}
    | {"generic_customer", "zero_tax_code", "rounding_item", "rounding_cap"}
)
PROFILE = tuple(each for each in n3.PROFILE if each.name in NAMES)
"""Those of QNE that these books can keep, in the same words."""

ARITHMETIC = Arithmetic(
    price_digits=2,  # how many Optimum keeps is set in each installation
    quantity_digits=2,
    tax_per=TaxPer.LINE,
    tax_inclusive_allowed=False,  # the field is not known of invoices
    negative_lines=False,
    line_discount_field=False,  # OP7
    discount_line=False,
    money_digits=WITHOUT_DECIMALS,
    default_money_digits=2,
)
LIMITS = Limits(number=20, line_text=200, customer_name=100, max_lines=1000, description=200, reference=30)
PACE, PACE_CEILING = Pace(2, 1), Pace(5, 2)
LONGEST_S = 600.0
