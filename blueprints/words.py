"""Words for people, of what the database keeps as a key."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from documents import ChargeKind, Role
from models import RunKind, TaskOrderState, Tick
from sync.fates import Fate
from sync.readiness import Topic

CHARGES: dict[ChargeKind, LazyString] = {
    ChargeKind.SHIPPING: _l("Shipping fee"),
    ChargeKind.SHIPPING_DISCOUNT: _l("Shipping discount"),
    ChargeKind.SELLER_DISCOUNT: _l("Seller discount, seller voucher"),
    ChargeKind.PLATFORM_DISCOUNT: _l("Platform discount, platform voucher"),
    ChargeKind.PLATFORM_REBATE: _l("Platform rebate"),
    ChargeKind.GIFT_WRAP: _l("Gift wrap"),
    ChargeKind.HANDLING: _l("Handling"),
    ChargeKind.TIP: _l("Tip"),
    ChargeKind.GIFT_CARD: _l("Gift card"),
    ChargeKind.COMMISSION: _l("Commission"),
    ChargeKind.TRANSACTION_FEE: _l("Transaction fee"),
    ChargeKind.SERVICE_FEE: _l("Service fee"),
    ChargeKind.ROUNDING: _l("The store's rounding"),
}
ROLES: dict[Role, LazyString] = {
    Role.SALE: _l("Sale"),
    Role.CUSTOMER: _l("Customer"),
    Role.PRODUCT: _l("Product"),
    Role.PAYMENT: _l("Payment"),
    Role.REFUND: _l("Refund"),
}
FIELDS: dict[str, LazyString] = {
    "customer": _l("customer"),
    "number": _l("number"),
    "date": _l("date"),
    "due_date": _l("due date"),
    "terms": _l("terms"),
    "currency": _l("currency"),
    "exchange_rate": _l("exchange rate"),
    "description": _l("description"),
    "total": _l("total"),
    "item": _l("item"),
    "quantity": _l("quantity"),
    "uom": _l("UOM"),
    "price": _l("price"),
    "discount": _l("discount"),
    "tax_code": _l("tax code"),
    "tax": _l("tax"),
    "amount": _l("amount"),
}
"""What of a document Sync would change (sync/differences.py)."""

READINGS: dict[RunKind, LazyString] = {
    RunKind.REFERENCE: _l("Lists of the books"),
    RunKind.ITEMS: _l("Products of the store"),
    RunKind.ORDERS: _l("Orders"),
    RunKind.PROOF: _l("Proof"),
    RunKind.ALIGNMENT: _l("Alignment"),
    RunKind.GAPS: _l("Count of the store's orders"),
    RunKind.MISSING: _l("Orders that were not here"),
    RunKind.FILE: _l("An uploaded file"),
    RunKind.APPLY: _l("Orders of an uploaded file"),
    RunKind.RECORDS: _l("Uploaded files"),
}
STEPS: dict[str, LazyString] = {
    "customer": _l("customers"),
    "item": _l("stock items"),
    "uom": _l("units (UOM)"),
    "agent": _l("agents"),
    "term": _l("terms"),
    "project": _l("projects"),
    "location": _l("stock locations"),
    "currency": _l("currencies"),
    "tax_code": _l("tax codes"),
    "deposit_account": _l("accounts to deposit to"),
    "area": _l("areas"),
    "account": _l("accounts"),
    "payment_method": _l("payment methods"),
    "taken_name": _l("names of suppliers and employees"),
    "items": _l("products"),
    "orders": _l("orders"),
    "file": _l("rows"),
    "check": _l("orders checked"),
    "apply": _l("orders imported"),
    "files": _l("files"),
    "records": _l("records"),
    "proof": _l("documents in the books"),
    "numbers of the books": _l("numbers of the books"),
    "numbers of the store": _l("numbers of the store"),
    "documents that stand on both sides": _l("documents that stand on both sides"),
    "open orders": _l("orders that are still open"),
    "customers": _l("customers of the store"),
    "gaps": _l("orders that the store lists"),
    "missing": _l("orders that were missing"),
    "again": _l("orders that are read again"),
}
"""What a reading is just reading (`Run.step`)."""

TICKS: dict[Tick, LazyString] = {
    Tick.NONE: _l("Not posted"),
    Tick.YELLOW: _l("Changed since"),
    Tick.RED: _l("Failed"),
    Tick.QUEUED: _l("On its way"),
    Tick.GREEN: _l("Posted"),
}
ACTORS = {"drain": "Tillbridge"}
"""Who did it, where it was no person."""
TASK_ORDERS: dict[TaskOrderState, LazyString] = {
    TaskOrderState.WAITING: _l("Waiting"),
    TaskOrderState.QUEUED: _l("On its way"),
    TaskOrderState.POSTED: _l("Posted"),
    TaskOrderState.LEFT: _l("Left pending"),
    TaskOrderState.FAILED: _l("Failed"),
    TaskOrderState.TAKEN_OUT: _l("Taken out"),
}
FATES: dict[Fate, LazyString] = {
    Fate.VOID: _l("voided in the books; back to Pending once that is done"),
    Fate.FORGET: _l("forgotten here, kept in the books; back to Pending"),
    Fate.BACK: _l("never sent; back to Pending"),
    Fate.LEAVE: _l("the change is given up, the document stays as it is"),
    Fate.KEEP: _l("kept as it is"),
}
TOPICS: dict[Topic, LazyString] = {
    Topic.COMPANY: _l("The company"),
    Topic.CURRENCIES: _l("Currencies"),
    Topic.PAYMENTS: _l("Payments"),
    Topic.TERMS: _l("Terms"),
    Topic.TAXES: _l("Taxes"),
    Topic.NUMBERS: _l("Customers and numbers"),
}
"""What the lines of the readiness check are about."""
