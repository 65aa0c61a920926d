"""Every path, field name and undecided fact of the QuickBooks Online API v3, in one place (quickbooks-online.md).

Where its reference says 'unconfirmed', the decision stands here, and can be corrected here and nowhere else."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from documents import Action, Role

Record = dict[str, Any]

API = {  # section 1.1
    "production": "https://quickbooks.api.intuit.com",
    "development": "https://sandbox-quickbooks.api.intuit.com",
}
AUTHORIZE = "https://appcenter.intuit.com/connect/oauth2"
TOKEN = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105 - an address
REVOKE = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
SCOPE = "com.intuit.quickbooks.accounting"  # section 1.2
TOKEN_LIFE_S, REFRESH_LIFE_S = 3600.0, 8640000.0  # section 1.4, where the answer does not say

MINOR_VERSION = "75"  # section 2.2
GET_S, POST_S = 60.0, 60.0
WAIT_S = 60.0  # section 2.4: advice for a 429 without Retry-After
LATER_S = 300.0  # a company that is under maintenance
MOMENT_S = 5.0  # section 4.5: two sales of one inventory item at exactly the same time

PAGE, MAX_PAGES = 1000, 1000  # section 2.5
AT_ONCE = 100
"""How many values one IN (...) asks for, so that the address stays short."""
SKEW = dt.timedelta(minutes=10)
"""How far QuickBooks' clock may be from ours, where documents are looked for by when they were made."""
CDC_MOST, CDC_DAYS = 1000, 30  # section 2.6
CDC_OVERLAP = dt.timedelta(minutes=1)
RATE_DAYS = 31
"""So many days back the exchange rates of each currency are read: one day's rate is one call."""

# --- entities ---------------------------------------------------------------------------------------------------

INVOICE, SALES_RECEIPT, CREDIT_MEMO, REFUND_RECEIPT = "Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"
PAYMENT, CUSTOMER, ITEM = "Payment", "Customer", "Item"
ENTITIES = {
    Role.SALE: (INVOICE, SALES_RECEIPT),
    Role.REFUND: (CREDIT_MEMO, REFUND_RECEIPT),
    Role.PAYMENT: (PAYMENT,),
    Role.CUSTOMER: (CUSTOMER,),
    Role.PRODUCT: (ITEM,),
}
"""What stands for a role; the first is the usual one, whose bare id is our remote id."""
ROLES = {entity: role for role, entities in ENTITIES.items() for entity in entities}
NUMBER_FIELD = dict.fromkeys((INVOICE, SALES_RECEIPT, CREDIT_MEMO, REFUND_RECEIPT), "DocNumber") | {
    PAYMENT: "PaymentRefNum"
}
NAME_FIELD = {CUSTOMER: "DisplayName", ITEM: "Name"}
"""What is unique there; customers share it with vendors and employees (6240)."""
NAMES = ("FullyQualifiedName", "Name")
"""What an object is called, with its parents first."""
OUR_FIELD = {CUSTOMER: "Notes", ITEM: "PurchaseDesc"}
"""Where our reference stands; in every other entity in its private note."""
PRIVATE_NOTE = "PrivateNote"


def remote_id_of(entity: str, number: str) -> str:
    """Our id of it: the bare id of a role's usual entity, else 'SalesReceipt/131', so that one read finds it."""
    usual = ENTITIES[ROLES[entity]][0]
    return number if entity == usual else f"{entity}/{number}"


def entity_and_id(role: Role, remote_id: str) -> tuple[str, str]:
    """The entity and the bare id of a remote id."""
    entity, _, number = remote_id.rpartition("/")
    return entity or ENTITIES[role][0], number


# --- our reference ----------------------------------------------------------------------------------------------

_MARK = re.compile(r"Tillbridge \[([^\[\]\n]+)\]")
_VOIDED = re.compile(r"\s*Voided\b[\s:.–-]*")


def marked(reference: str, *more: str) -> str:
    """A note with our reference in front, and what else there is to say, a line each."""
    return "\n".join((f"Tillbridge [{reference}]", *filter(None, more)))


def reference_in(note: str) -> str:
    """Our reference in a note, wherever it stands; "" where there is none."""
    found = _MARK.search(note)
    return found[1] if found else ""


def note_again(note: str, reference: str) -> str:
    """What a person wrote into the note stays, our reference is in it, and the word 'Voided' goes: it lives again."""
    kept = _VOIDED.sub("", note, count=1) if says_voided(note) else note
    return kept if reference_in(kept) == reference else marked(reference, kept)


def says_voided(note: str) -> bool:
    """QuickBooks puts the word before the note of what it voids (section 2.1)."""
    return _VOIDED.match(note) is not None


_DELETED_NAME = re.compile(r" \(deleted(?: \d+)?\)$")


def name_before(name: str) -> str:
    """What is made inactive gets ' (deleted)' after its name (section 2.1)."""
    return _DELETED_NAME.sub("", name)


# --- voiding ----------------------------------------------------------------------------------------------------

DELETED = "Deleted"
VOID_PARAMS = {  # section 2.1; a credit memo and a refund receipt can only be deleted
    INVOICE: {"operation": "void"},
    SALES_RECEIPT: {"operation": "update", "include": "void"},
    PAYMENT: {"operation": "update", "include": "void"},
    CREDIT_MEMO: {"operation": "delete"},
    REFUND_RECEIPT: {"operation": "delete"},
    CUSTOMER: {},
    ITEM: {},
}
VOID_FIELDS: dict[str, Record] = {
    SALES_RECEIPT: {"sparse": True},
    PAYMENT: {"sparse": True},
    CUSTOMER: {"sparse": True, "Active": False},
    ITEM: {"sparse": True, "Active": False},
}


def params_of(action: Action, entity: str) -> dict[str, str]:
    """What the address says of an operation besides its key."""
    return VOID_PARAMS[entity] if action is Action.VOID else {}


# --- taxes ------------------------------------------------------------------------------------------------------

TAXED, NOT_TAXED = "TAX", "NON"  # section 3.9
PRICE_DIGITS, MONEY_DIGITS = 7, 2  # section 5

# --- lengths ----------------------------------------------------------------------------------------------------

NUMBER_MOST, EMAIL_MOST, CODE_MOST = 21, 100, 200
ADDRESS_LINES, ADDRESS_LINE_MOST = 5, 500
PHONE_MOST = 30  # section 3.1
COMPANY_MOST, TAX_NUMBER_MOST = 100, 20  # section 3.3; how long a tax number may be is unconfirmed
NAME_REPLACEMENTS = {":": "-", "\t": " ", "\n": " ", "\r": " "}  # rules.md section 4

# --- the query language -----------------------------------------------------------------------------------------

EVEN_INACTIVE = "Active IN (true, false)"


def quoted(value: str) -> str:
    """A value as the query language takes it (section 2.5; the doubled backslash is unconfirmed)."""
    inner = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{inner}'"


def moment(at: dt.datetime) -> str:
    """An instant as QuickBooks reads it."""
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")


# --- fields -----------------------------------------------------------------------------------------------------


def text(row: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds something, as text; empty where there is none."""
    found = (row.get(name) for name in names)
    value = next((each for each in found if each is not None and each != ""), None)
    return "" if value is None or isinstance(value, dict | list) else str(value)


def code_of(row: Mapping[str, Any], *names: str) -> str:
    """What people pick it by: its name, or its id where that is too long for a code."""
    name = text(row, *names)
    return name if 0 < len(name) <= CODE_MOST else text(row, "Id")


def inner(row: Mapping[str, Any], *path: str) -> Record:
    """The object at the end of a path of names; {} where there is none."""
    found: Any = row
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def id_in(row: Mapping[str, Any], name: str) -> str:
    """The id of what a document points to: {"value": "7"}."""
    return text(inner(row, name), "value")


def rows_in(row: Mapping[str, Any], *path: str) -> list[Record]:
    """The objects of a list at the end of a path of names."""
    found = inner(row, *path[:-1]).get(path[-1])
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def number(row: Mapping[str, Any], name: str) -> Decimal | None:
    """An amount; None where there is none that can be read."""
    found = text(row, name)
    try:
        return Decimal(found) if found else None
    except InvalidOperation:
        return None


def day(row: Mapping[str, Any], name: str) -> dt.date | None:
    """A date, told with or without a time."""
    try:
        return dt.date.fromisoformat(text(row, name)[:10])
    except ValueError:
        return None


def flag(row: Mapping[str, Any], name: str, default: bool = False) -> bool:
    """A yes or no, told as such or as a word."""
    found = text(row, name)
    return found.lower() == "true" if found else default


def rounded(amount: Decimal, digits: int = MONEY_DIGITS) -> Decimal:
    """Half-up, away from zero."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def plain(amount: Decimal) -> str:
    """20.00 is "20", 0 is "0", never an exponent."""
    return f"{amount.normalize():f}" if amount else "0"


def filled(body: Record) -> Record:
    """The body without the fields that say nothing."""
    return {name: value for name, value in body.items() if value is not None}
