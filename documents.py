"""The words both sides speak: what a store reports and what the books take, as frozen documents.

Amounts are Decimals in major units of their document's currency, rates of tax in percent, exchange rates in home
units for one foreign unit, instants aware, days cut in the account's time zone. Nothing here imports the app.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


# --- what people read -------------------------------------------------------------------------------------------


def N_(template: str) -> str:
    """Mark a sentence for translation; it is translated where it is shown, not where it is made."""
    return template


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people: a template to translate, and the values that fill its {names}."""

    template: str
    values: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


def say(template: str, **values: object) -> Message:
    """Make a Message from a template marked with N_() and the values of its {names}."""
    return Message(template, {name: str(value) for name, value in values.items()})


# --- what a store reports ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Channel:
    """One shop inside a store. `kind` is the marketplace in lower case: shopee, lazada, tiktok, webstore, ..."""

    id: str
    name: str
    kind: str
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax as the store names it."""

    id: str | None
    name: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class BundlePart:
    """One component of a bundle; `quantity` is per bundle."""

    item_id: str | None
    sku: str | None
    name: str
    quantity: Decimal
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A product of an order. `amount` = quantity x price - discount; tax_amount None = the store says nothing."""

    id: str
    sku: str | None
    item_id: str | None
    name: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    amount: Decimal
    tax_amount: Decimal | None = None
    tax: Tax | None = None
    bundle: tuple[BundlePart, ...] = ()
    serials: tuple[str, ...] = ()


class ChargeKind(StrEnum):
    """What an amount beside the products is for; each kind has a switch (S19, M5)."""

    SHIPPING = "shipping"
    SHIPPING_DISCOUNT = "shipping_discount"
    SELLER_DISCOUNT = "seller_discount"
    PLATFORM_DISCOUNT = "platform_discount"
    PLATFORM_REBATE = "platform_rebate"
    GIFT_WRAP = "gift_wrap"
    HANDLING = "handling"
    TIP = "tip"
    GIFT_CARD = "gift_card"
    COMMISSION = "commission"
    TRANSACTION_FEE = "transaction_fee"
    SERVICE_FEE = "service_fee"
    ROUNDING = "rounding"


class Payer(StrEnum):
    """Who carries a charge; only the buyer's are inside the order's total."""

    BUYER = "buyer"
    MARKETPLACE = "marketplace"
    SELLER = "seller"


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount beside the products, with its sign."""

    kind: ChargeKind
    amount: Decimal
    tax_amount: Decimal | None = ZERO
    tax: Tax | None = None
    paid_by: Payer = Payer.BUYER


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought; `masked` when the marketplace hides it. `code` is the store's own customer code (Sengerio).

    `id` and `company_id` are the store's ids of the buyer and of the buyer's company, where it keeps a list of them."""

    name: str = ""
    email: str = ""
    company: str = ""
    masked: bool = False
    code: str | None = None
    phone: str = ""
    address: tuple[str, ...] = ()
    tax_number: str = ""
    id: str = ""
    company_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderPayment:
    """Money that the store says it received with the order; `reference` is the payer's or the gateway's own."""

    id: str | None
    method: str
    amount: Decimal
    paid_at: dt.datetime | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """So much of an order's line came back; `amount` and `tax_amount` are positive, in the order's own mode."""

    line_id: str
    quantity: Decimal
    amount: Decimal
    tax_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that the store gave back on an order, positive and with its tax; no lines: an amount only.

    `id` is the store's, or one that stays the same at every reading. `is_paid_back` False: the money has not left yet.
    `needs_look`: pieced together from less than a whole record, so a person looks at it first."""

    id: str
    amount: Decimal
    made_at: dt.datetime | None = None
    reason: str = ""
    lines: tuple[RefundLine, ...] = ()
    shipping: Decimal = ZERO
    tax_amount: Decimal | None = None
    is_paid_back: bool = True
    needs_look: bool = False


@dataclass(frozen=True, slots=True)
class OrderDates:
    """Instants; None = not yet, or never told by this store."""

    ordered: dt.datetime | None = None
    paid: dt.datetime | None = None
    shipped: dt.datetime | None = None
    completed: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One order as its store reported it, in our words; `number` is without the store's order number prefix.

    A credit note that the store itself wrote (Sengerio) is one too, with positive amounts: `is_credit_note`, and in
    `credits` the id of the order that it takes back, where it names one. `amount_paid` is what the store says was
    paid of it, beside its payments; None where it does not say.

    `status` is one of pending, processing, ready_to_ship, shipped, partially_shipped, completed, returned, cancelled,
    refunded, failed, on_hold, unpaid; `payment_status` one of paid, unpaid, partially_paid, refunded. A word that we do
    not know stays as the store wrote it, and such an order is posted only where the owner ticked that word (S21).
    """

    store: str
    shop_id: str
    channel: Channel
    order_id: str
    number: str
    currency: str
    prices_include_tax: bool
    dates: OrderDates
    status: str
    payment_status: str
    lines: tuple[OrderLine, ...]
    charges: tuple[Charge, ...]
    tax_total: Decimal
    total: Decimal
    marketplace_number: str | None = None
    is_sample: bool = False
    customer: Buyer = Buyer()
    payments: tuple[OrderPayment, ...] = ()
    deferment_days: int | None = None
    due_date: dt.date | None = None
    notes: str = ""
    tags: tuple[str, ...] = ()
    refunds: tuple[Refund, ...] = ()
    is_credit_note: bool = False
    credits: str | None = None
    amount_paid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StoreCustomer:
    """A customer of the store's own list; `code` where the store gives its customers codes (Sengerio).

    `parent` is the id of the company that a contact belongs to (Edge Commerce); `terms` are the days until payment."""

    customer_id: str
    name: str
    email: str = ""
    company: str = ""
    code: str | None = None
    parent: str | None = None
    phone: str = ""
    address: tuple[str, ...] = ()
    tax_number: str = ""
    currency: str | None = None
    payment_method: str = ""
    terms: int | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What a store's own set-up names, before any order does: for the matching and the readiness check (P9).

    `currency` is its base currency; `terms` are days; None or empty where the store does not tell."""

    currency: str | None = None
    country: str | None = None
    taxes: tuple[Tax, ...] = ()
    payment_methods: tuple[str, ...] = ()
    terms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreItem:
    """A product or variant of the store's catalogue; price None = unknown."""

    item_id: str
    sku: str | None
    name: str
    price: Decimal | None = None


# --- what the books are -----------------------------------------------------------------------------------------


class TaxPer(StrEnum):
    """Where the books round tax: each line, once per tax code of a document, or the store's own tax is sent."""

    LINE = "line"
    DOCUMENT = "document"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How an accounting system computes a document; half-up throughout. `money_digits` by currency, else default."""

    price_digits: int
    quantity_digits: int = 4
    tax_per: TaxPer = TaxPer.LINE
    tax_inclusive_allowed: bool = True
    negative_lines: bool = True
    line_discount_field: bool = True
    discount_line: bool = False
    money_digits: Mapping[str, int] = field(default_factory=dict)
    default_money_digits: int = 2

    def digits(self, currency: str) -> int:
        """How many decimals the books keep for money of this currency."""
        return self.money_digits.get(currency, self.default_money_digits)


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest texts, in code points, and the most lines that the books take in one document."""

    number: int
    line_text: int
    customer_name: int
    max_lines: int
    description: int = 200
    reference: int = 30


class ReferenceKind(StrEnum):
    """The lists of the books that settings and matching pick from."""

    CUSTOMER = "customer"
    ITEM = "item"
    UOM = "uom"
    AGENT = "agent"
    TERM = "term"
    PROJECT = "project"
    LOCATION = "location"
    CURRENCY = "currency"
    TAX_CODE = "tax_code"
    DEPOSIT_ACCOUNT = "deposit_account"
    AREA = "area"
    ACCOUNT = "account"
    PAYMENT_METHOD = "payment_method"
    TAKEN_NAME = "taken_name"
    """Names that no customer can have: suppliers and employees carry them."""


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One row of such a list: `code` is what people pick and rules name; `remote_id`, `details` are the adapter's own.

    Details that the rules read, by kind. item: base_uom, uoms (a list of {code, ...}), tax_code, serial; tax_code: rate
    (percent, as text); currency: rates (a list of {from: day or null, rate: text}); term: days; customer: email,
    currency. Rows that are not active may be told too: a document can name one, a person cannot pick it.
    """

    kind: ReferenceKind
    code: str
    name: str
    remote_id: str = ""
    is_active: bool = True
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Company:
    """Which company a credential opens: `key` is the books' own id of it and never changes.

    `facts` are what its adapter must know of the company (its tax model, what it tracks, closed_until as a day), as
    text; they are read anew at every check. `settings` are what the check found out about the connection itself; they
    are kept among its settings, and handed to the adapter from then on."""

    key: str
    name: str
    home_currency: str
    country: str
    facts: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


# --- what the books take ----------------------------------------------------------------------------------------


class Role(StrEnum):
    """What a document of ours is for; never 'invoice' or 'receipt', so that no setting can post a sale twice."""

    SALE = "sale"
    CUSTOMER = "customer"
    PRODUCT = "product"
    PAYMENT = "payment"
    REFUND = "refund"


class Action(StrEnum):
    """What an operation does to a document in the books."""

    CREATE = "create"
    UPDATE = "update"
    VOID = "void"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to be made in the books before the document that names it; currency and terms where they are told.

    `payment_method` is a code of the books' list, how this customer usually pays. `key` says who it is, by the store's
    own words: the same buyer, the same key, whatever the name becomes."""

    name: str
    email: str = ""
    parent: "CustomerChoice | None" = None
    currency: str | None = None
    terms: str | None = None
    phone: str = ""
    address: tuple[str, ...] = ()
    key: str = field(default="", compare=False)
    company: str = ""
    tax_number: str = ""
    payment_method: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerChoice:
    """Either a code that exists in the books, or a customer to be made. `details` are what the order says of the one
    that exists: its e-mail, phone and address follow (E1b), its company is made where it lacks. `name` is one that only
    this customer has in the books, where the draft found it by the buyer."""

    code: str | None = None
    create: NewCustomer | None = None
    details: NewCustomer | None = None
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line as the books take it: `amount` = quantity x price - discount, rounded to money digits.

    `kind` is item, a ChargeKind, or rounding; `form` is line or discount_line (then item, uom, quantity and price are
    None and the amount is negative). `tax` is None where the books do not take it per line. `source_line` is the
    order line's id ("7"), a bundle's part ("7/2"), or the charge's place ("charge/1"): what edits are keyed by.
    """

    kind: str
    amount: Decimal
    form: str = "line"
    item: str | None = None
    uom: str | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    discount: Decimal = ZERO
    tax_code: str | None = None
    tax_rate: Decimal = ZERO
    tax: Decimal | None = None
    description: str = ""
    serials: tuple[str, ...] = ()
    project: str | None = None
    location: str | None = None
    notes: tuple[Message, ...] = ()
    source_line: str | None = None
    is_default_item: bool = False


@dataclass(frozen=True, slots=True)
class Invoice:
    """A sale as it is to stand in the books. Of a draft with problems some fields may still be None.

    `is_receipt`: paid already, into `deposit_account` by `payment_method` (S20). `bill_to` are the lines of the billing
    address. `allows_card` and `allows_bank`: may be paid online so (S24); None where the books do not ask."""

    reference: str
    currency: str
    total: Decimal
    date: dt.date | None
    exchange_rate: Decimal | None
    customer: CustomerChoice | None
    lines: tuple[InvoiceLine, ...] = ()
    number: str | None = None
    tax_inclusive: bool = False
    tax: Decimal = ZERO
    tax_sent: Decimal | None = None
    document_tax_code: str | None = None
    rounding: Decimal = ZERO
    due_date: dt.date | None = None
    terms: str | None = None
    agent: str | None = None
    project: str | None = None
    location: str | None = None
    description: str = ""
    area: str | None = None
    account: str | None = None
    is_receipt: bool = False
    deposit_account: str | None = None
    payment_method: str | None = None
    bill_to: tuple[str, ...] = ()
    email: str = ""
    allows_card: bool | None = None
    allows_bank: bool | None = None


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product to be made in the books (X2). A tracked one has a quantity on its first day, and an asset account."""

    name: str
    sku: str = ""
    description: str = ""
    price: Decimal | None = None
    tax_code: str | None = None
    income_account: str | None = None
    expense_account: str | None = None
    asset_account: str | None = None
    is_tracked: bool = False
    quantity: Decimal = ZERO
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class KnockOff:
    """So much of a payment or credit goes to one sale, named by our reference; the sale's own id and number in the
    books are filled in when it stands there, and what is open of it where nothing else can have paid it yet."""

    sale: str
    amount: Decimal
    remote_id: str = ""
    number: str = ""
    balance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money received, as it is to stand in the books, and the sales that it pays; the rest of `total` is unapplied.

    `number` is the payer's or the gateway's reference; a customer of None is that of the first sale."""

    reference: str
    currency: str
    total: Decimal
    date: dt.date
    account: str | None
    method: str = ""
    customer: CustomerChoice | None = None
    exchange_rate: Decimal | None = None
    number: str = ""
    description: str = ""
    knock_offs: tuple[KnockOff, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditNote:
    """A refund as it is to stand in the books: a document with positive amounts, against the sale it takes back.

    With `paid_from`, the account that the money leaves, it is paid out; without, the customer keeps a credit."""

    document: Invoice
    sale: KnockOff | None = None
    paid_from: str | None = None


@dataclass(frozen=True, slots=True)
class DraftPayment:
    """A payment that goes with the order, with the account that receives it; None = not matched."""

    method: str
    amount: Decimal
    account: str | None
    reference: str | None = None
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the expected total differs from the order's: a charge left out or added, by its signed effect."""

    cause: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a draft cannot be posted yet: what it is about, the sentence, and the page that mends it."""

    about: str
    mend: str
    message: Message
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """The document as it would be posted, with every cause and every problem told.

    `notes` tell what was done to the document's head (a text cut, a day moved). A running number is given for good
    only when the document is posted: the one in the draft is a preview, and not part of its fingerprint. `credits`: it
    is a credit note of the store's own, against this sale (named by our reference; empty where the store names none).
    """

    invoice: Invoice | None
    causes: tuple[Cause, ...] = ()
    problems: tuple[Problem, ...] = ()
    payments: tuple[DraftPayment, ...] = ()
    customer_note: Message | None = None
    notes: tuple[Message, ...] = ()
    has_running_number: bool = False
    credits: KnockOff | None = None

    @property
    def role(self) -> Role:
        """What its document is for."""
        return Role.REFUND if self.credits else Role.SALE

    @property
    def is_postable(self) -> bool:
        """True when nothing stands in the way of posting it."""
        return self.invoice is not None and not self.problems


@dataclass(frozen=True, slots=True)
class Remote:
    """A document as the books hold it; what a look-up finds and what an answer to a write says.

    `reference` is ours, found in the document; `total` holds tax; `balance` is what is still to be paid of it, where
    the books tell; `raw` is the system's own words, secrets left out.
    """

    remote_id: str
    reference: str
    number: str
    total: Decimal | None = None
    currency: str | None = None
    customer: str | None = None
    date: dt.date | None = None
    is_void: bool = False
    balance: Decimal | None = None
    raw: dict[str, object] = field(default_factory=dict)


Content = Invoice | NewCustomer | NewProduct | Receipt | CreditNote
Lookup = Callable[[ReferenceKind, str], ReferenceRow]
"""Finds the row of the books' lists that a code of an Invoice names; raises UnknownCode (adapters.errors)."""
