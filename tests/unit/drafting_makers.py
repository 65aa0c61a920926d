"""Small orders and rules for the tests of drafting: a shop in Kuala Lumpur, a few items, three tax codes."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from documents import (
    ZERO,
    Arithmetic,
    Channel,
    Charge,
    ChargeKind,
    Draft,
    Limits,
    Order,
    OrderDates,
    OrderLine,
    Tax,
    TaxPer,
)
from sync.drafting.rules import (
    BooksCustomer,
    BooksCustomers,
    BooksData,
    BooksItem,
    Catalogue,
    DatedRate,
    ItemMatch,
    Matching,
    Preset,
    Rules,
    Settings,
    StoreOptions,
)

D = Decimal
KL = ZoneInfo("Asia/Kuala_Lumpur")
NOON = dt.datetime(2026, 1, 5, 12, tzinfo=KL)
SIX, EIGHT, ZERO_RATED = Tax("6", "SST", D(6)), Tax("8", "Service", D(8)), Tax("0", "Zero", D(0))
QNE = Arithmetic(price_digits=4, money_digits={"JPY": 0, "BHD": 3})
SQL = replace(QNE, price_digits=8)
PER_DOCUMENT = replace(QNE, tax_per=TaxPer.DOCUMENT)
NARROW = replace(QNE, price_digits=2)
QUICKBOOKS = replace(QNE, price_digits=7, negative_lines=False, line_discount_field=False, discount_line=True)
QUICKBOOKS_US = replace(QUICKBOOKS, tax_per=TaxPer.STORE, tax_inclusive_allowed=False)
NO_NEGATIVES = replace(QNE, negative_lines=False)
EXCLUSIVE_ONLY = replace(QNE, tax_inclusive_allowed=False)
CHARGE_ITEMS = {kind: Preset(True, "CHARGE") for kind in ChargeKind}


def make_line(amount="10", quantity="1", **fields) -> OrderLine:
    """A mug, matched to MUG-B, without tax; the price follows from amount, discount and quantity."""
    discount = D(fields.pop("discount", "0"))
    price = fields.pop("price", None) or ((D(amount) + discount) / D(quantity) if D(quantity) else ZERO)
    plain = {"id": "1", "sku": "MUG", "item_id": "I-1", "name": "Mug", "tax_amount": ZERO}
    given = {name: D(value) if name == "tax_amount" and value is not None else value for name, value in fields.items()}
    return OrderLine(**plain | given, amount=D(amount), quantity=D(quantity), price=D(price), discount=discount)


def make_charge(kind="seller_discount", amount="-1", tax_amount="0", **fields) -> Charge:
    return Charge(ChargeKind(kind), D(amount), None if tax_amount is None else D(tax_amount), **fields)


def make_order(*lines: OrderLine, charges=(), **fields) -> Order:
    """A paid order whose figures add up, unless they are given."""
    lines = lines or (make_line(),)
    inside = fields.get("prices_include_tax", False)
    taxes = [line.tax_amount or ZERO for line in lines]
    taxes += [charge.tax_amount or ZERO for charge in charges if charge.paid_by == "buyer"]
    tax_total = D(fields.pop("tax_total", sum(taxes, ZERO)))
    amounts = [line.amount for line in lines] + [charge.amount for charge in charges if charge.paid_by == "buyer"]
    total = D(fields.pop("total", sum(amounts, ZERO) + (ZERO if inside else tax_total)))
    plain = {
        "store": "sitegiant",
        "shop_id": "SG-7",
        "channel": Channel("11", "Mawar", "shopee"),
        "order_id": "100",
        "number": "100",
        "currency": "MYR",
        "prices_include_tax": False,
        "dates": OrderDates(NOON, NOON, NOON, NOON),
        "status": "completed",
        "payment_status": "paid",
    }
    return Order(**plain | fields, lines=tuple(lines), charges=tuple(charges), tax_total=tax_total, total=total)


def make_books(**fields) -> BooksData:
    units = {"base_uom": "PCS", "uoms": frozenset({"PCS", "CTN"})}
    plain = {
        "country": "MY",
        "home_currency": "MYR",
        "items": {
            "MUG-B": BooksItem(**units),
            "TEA-B": BooksItem("PKT", frozenset({"PKT"})),
            "TAXED": BooksItem(**units, tax_code="SV-6"),
            "PHONE": BooksItem(**units, is_serial=True),
            "CHARGE": BooksItem("UNIT", frozenset({"UNIT"})),
            "MISC": BooksItem("UNIT", frozenset({"UNIT", "PCS"})),
            "RND": BooksItem("UNIT", frozenset({"UNIT"})),
        },
        "tax_rates": {"SV-6": D(6), "SV-8": D(8), "ZR": ZERO, "NT": ZERO},
        "currencies": {"JPY": (DatedRate(None, D("0.03")),), "BHD": (DatedRate(None, D("11.4")),)},
        "terms": {"30": 30, "Cash": 0, "Open": None, "60": 45},
        "customers": BooksCustomers.of(
            [BooksCustomer("71", "Orrin & Sons Ltd"), BooksCustomer("72", "Vesna", "v@x.y")]
        ),
    }
    return BooksData(**plain | fields)


def make_rules(settings=None, books=None, matching=None, **fields) -> Rules:
    items = {"I-1": ItemMatch("MUG-B"), "I-2": ItemMatch("TEA-B"), "I-6": ItemMatch("TAXED"), "I-7": ItemMatch("PHONE")}
    taxes = {"6": "SV-6", "8": "SV-8", "0": "ZR"}
    by_name = {("SST", D(6)): "SV-6"}
    plain = {
        "time_zone": KL,
        "now": dt.datetime(2026, 1, 12, 10, tzinfo=KL),
        "arithmetic": QNE,
        "limits": Limits(number=20, line_text=200, customer_name=100, max_lines=5000),
        "presets": {ChargeKind.SELLER_DISCOUNT: Preset(True, "CHARGE")},
        "catalogue": Catalogue(
            {"MUG": ("I-1",), "TEA": ("I-2",), "TWICE": ("I-1", "I-2"), "SOLO": ("I-50",)},
            {"I-1": D("15.00"), "I-2": D("12.50"), "I-3": ZERO},
        ),
        "store": StoreOptions(name="Mawar"),
    }
    return Rules(
        settings=replace(Settings(default_customer="C-1", zero_tax_code="NT", rounding_item="RND"), **settings or {}),
        books=make_books(**books or {}),
        matching=replace(Matching(items=items, taxes=taxes, taxes_by_name=by_name), **matching or {}),
        **plain | fields,
    )


def told(draft: Draft) -> list[tuple[str, str]]:
    """What the problems are about, and where they are mended."""
    return [(problem.about, problem.mend) for problem in draft.problems]


def figures(draft: Draft, *names: str) -> list[tuple]:
    """Some fields of every line, figures as text without trailing zeros."""
    return [tuple(text(getattr(line, name)) for name in names) for line in draft.invoice.lines]


def text(value):
    if not isinstance(value, Decimal):
        return value
    return f"{value.normalize():f}" if value else "0"
