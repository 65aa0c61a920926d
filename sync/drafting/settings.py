"""The profile's settings as drafting reads them, typed (product.md S1 to S27)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class DocumentDate(StrEnum):
    """S14: which date of the order the document carries; SYNC is the day of drafting."""

    ORDERED = "ordered"
    PAID = "paid"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    SYNC = "sync"


class NumberSource(StrEnum):
    """S17: where the document's number comes from."""

    BOOKS = "books"
    ORDER_NUMBER = "order_number"
    MARKETPLACE_NUMBER = "marketplace_number"
    PREFIX_RUNNING = "prefix_running"


class AssignedTo(StrEnum):
    """S22: whose sale it is."""

    CHANNEL = "channel"
    ORIGINAL = "original"
    ORGANISATION = "organisation"
    GENERIC = "generic"


class OrderTo(StrEnum):
    """S20: a sale becomes an invoice, or a receipt that says that it was paid at once."""

    INVOICE = "invoice"
    RECEIPT = "receipt"


class MatchItemsBy(StrEnum):
    """M11: what is not matched by hand is found by the store's SKU: as the item's name in the books, or as its SKU."""

    HAND = ""
    NAME = "name"
    SKU = "sku"


class ClosedPeriod(StrEnum):
    """What happens to a date in a closed period: the order waits, the date moves, or a person chooses one."""

    HOLD = "hold"
    FIRST_OPEN_DAY = "first_open_day"
    ASK = "ask"


class DescriptionFrom(StrEnum):
    """S10: the document's text is one of the owner's, the order's notes, or left to the books' own default."""

    TEXT = "text"
    NOTES = "notes"
    BOOKS = "books"


class OffsetUnit(StrEnum):
    """S23's unit."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class DueOffset:
    """S23: the due date lies so far after the document's date."""

    count: int
    unit: OffsetUnit = OffsetUnit.DAYS


@dataclass(frozen=True, slots=True)
class WhichOrders:
    """S21: the order's states, and its tags: one of them is enough, and no tag here takes every order."""

    statuses: frozenset[str] = frozenset(
        {"pending", "processing", "ready_to_ship", "shipped", "partially_shipped", "completed"}
    )
    payment_statuses: frozenset[str] = frozenset({"paid"})
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settings:
    """The profile's settings; None or "" = not set. Codes are those of the books' lists.

    `payment_account` receives what no channel or method has an account for. Accounts of new products (S25): for those
    whose stock is not tracked, and for those whose is.
    `taxed_code` and `zero_tax_code` are what lines carry where the tax is sent (TAX, NON); in other books the zero-tax
    code is the one chosen for 'no tax', None where the books need none. `rounding_cap` is in the document's currency.
    """

    default_customer: str | None = None
    agent: str | None = None
    terms: str | None = None
    default_item: str | None = None
    project: str | None = None
    location: str | None = None
    default_uom: str | None = None
    account: str | None = None
    area: str | None = None
    description_from: DescriptionFrom = DescriptionFrom.TEXT
    description_prefill: str = ""
    uppercase: bool = False
    serial_numbers: bool = False
    bundle_components: bool = False
    document_date: DocumentDate = DocumentDate.ORDERED
    exclude_tiktok_samples: bool = True
    number_source: NumberSource = NumberSource.BOOKS
    number_prefix: str = ""
    number_next: int | None = None
    which_orders: WhichOrders = WhichOrders()
    sale_assigned_to: AssignedTo = AssignedTo.CHANNEL
    generic_customer: str | None = None
    due_offset: DueOffset | None = None
    order_to: OrderTo = OrderTo.INVOICE
    allow_card: bool | None = None
    allow_bank: bool | None = None
    match_items_by: MatchItemsBy = MatchItemsBy.HAND
    create_customers: bool = True
    create_products: bool = False
    income_account: str | None = None
    expense_account: str | None = None
    income_account_tracked: str | None = None
    expense_account_tracked: str | None = None
    asset_account: str | None = None
    credit_notes: bool = False
    refund_account: str | None = None
    credit_number_prefix: str = ""
    send_payments: bool = False
    payment_account: str | None = None
    payment_prefix: str = ""
    closed_period: ClosedPeriod = ClosedPeriod.HOLD
    zero_tax_code: str | None = None
    taxed_code: str = "TAX"
    rounding_cap: Decimal = Decimal("0.05")
    rounding_item: str | None = None
