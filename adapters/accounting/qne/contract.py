"""Every path, field name and undecided fact of the N3 Open API, in one place (qne.md Part A, N1-N25).

The official specification is not public; what is a guess can be corrected here and nowhere else."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters import outcomes
from adapters.errors import OutcomeUnknown, Refused, RemoteError
from adapters.http import Json, Reply
from documents import N_, Action, ReferenceKind, Role, say

Record = dict[str, Any]
Rows = tuple[list[Record], int | None]
"""Rows of a list, and how many there are in all where the API tells."""

BASE_URL = "https://openapi.account.qne.cloud"  # section 1
HOME_CURRENCY = "MYR"  # where the company profile does not say
COUNTRY = "MY"

# N19: time-outs. N3: pages. N7: templates. N1: tokens.
GET_S, POST_S, CONNECT_S = 20.0, 30.0, 20.0
PAGE, MAX_PAGES = 100, 500
TEMPLATE_LIFE = dt.timedelta(minutes=10)
TOKEN_LIFE, RENEW_EARLY = dt.timedelta(minutes=30), dt.timedelta(minutes=2)

OK, NOT_FOUND = "0000", "ERR_NOT_FOUND"  # section 3; no other code is relied on (N2)

CONNECT, PROFILE, USER_DATA = "/api/Auth/Connect", "/api/CompanyProfile/BasicInfo", "/api/UserData"  # section 2

LISTS = {  # section 4
    ReferenceKind.CUSTOMER: "/api/Customers/List",
    ReferenceKind.ITEM: "/api/Stocks/List",
    ReferenceKind.UOM: "/api/UOMs/Query",
    ReferenceKind.AGENT: "/api/Agents/Lookup",
    ReferenceKind.TERM: "/api/Terms/Query",
    ReferenceKind.PROJECT: "/api/Projects/All",
    ReferenceKind.LOCATION: "/api/StockLocations/Query",
    ReferenceKind.CURRENCY: "/api/Currencies/Query",
    ReferenceKind.TAX_CODE: "/api/TaxCodes/Query",
    ReferenceKind.DEPOSIT_ACCOUNT: "/api/AccountCodes/Leaf/Query",
    ReferenceKind.ACCOUNT: "/api/AccountCodes/Leaf/Query",
}
UNPAGED = frozenset({ReferenceKind.PROJECT})  # a plain array in `data` (section 3)
DETAILED_STOCKS, STOCK = "/api/Stocks/DetailedList", "/api/Stocks/{id}"

RESOURCE = {
    Role.SALE: "/api/SalesInvoices",
    Role.PAYMENT: "/api/ARReceipts",
    Role.REFUND: "/api/ARCNs",  # N10: only its list is named by anyone
    Role.CUSTOMER: "/api/Customers",
    Role.PRODUCT: "/api/Stocks",
}
VERB = {Action.CREATE: "Create", Action.UPDATE: "Update", Action.VOID: "Void", Action.RESTORE: "Devoid"}
CONFIRMED = {
    (Role.PAYMENT, Action.UPDATE): "?confirmedForBankRecon=false&confirmedForKnockOff=true",
    (Role.PAYMENT, Action.VOID): "?confirmedForBankRecon=false",
}
"""What we say yes to beforehand: our own knock-offs may change, what the bank's statement confirmed may not."""
IS_KNOCKED_OFF = "/api/SalesInvoices/IsKnockedoff"

MASTERS = frozenset({Role.CUSTOMER, Role.PRODUCT})
"""They have only their code to carry our reference (N23), and cannot be voided; the others have `referenceNo`."""
TAXED = frozenset({Role.SALE, Role.REFUND})
"""What becomes an e-invoice."""
STOCK_CODE = 30
"""The longest code of a stock item; its limit is not public."""
STOCK_TAX = ("outputTaxCodeId", "taxCodeId")
RECEIPT_TOTAL_IN_DETAILS = False  # N11
VOID = ("isCancelled", "isVoid")
EINVOICE_STATE = re.compile(r"(?i)(e_?invoice|myinvois|irbm|lhdn).*stat(us|e)")
DOCUMENT_NUMBER = ("docCode", "docNo")
LINES = ("itemDetails", "details")
TOTALS = ("netTotalAmount", "totalAmount")

UNSAVED = "00000000-0000-0000-0000-000000000000"
"""Not saved yet (section 5)."""
SERVERS_OWN = frozenset(
    {"id", "docCode", "docNo", "docDate", "dueDate", "status", "isCancelled", "updatedAt", "createdAt", "balance"}
    | {"lastModifiedDate", "referenceNo", "itemDetails", "details", "customerName", "currencyRate", "description"}
)
"""Never carried over from a template: the server's, or always ours."""


def write_path(role: Role, action: Action) -> str:
    """Where a document is written."""
    return f"{RESOURCE[role]}/{VERB[action]}{CONFIRMED.get((role, action), '')}"


def void_body(remote_id: str, reference: str) -> Record:
    """N16: id and a reason; never DELETE."""
    return {"id": remote_id, "reason": f"Voided by Tillbridge ({reference})"}


def restore_body(remote_id: str, reference: str) -> Record:
    """Devoid is taken to have Void's shape."""
    return {"id": remote_id, "reason": f"Restored by Tillbridge ({reference})"}


# --- answers ----------------------------------------------------------------------------------------------------


class Missing(Refused):
    """The API says that there is no such record."""


def is_envelope(answer: Json) -> bool:
    """{code, message, data, ...} (section 3); a bare customer has a code too, but none of the others."""
    return isinstance(answer, dict) and "code" in answer and not {"data", "message", "success"}.isdisjoint(answer)


def reason_of(reply: Reply) -> str | None:
    """What the API's own error body says; None where it is not the API that speaks.

    An empty 401 with a Bearer challenge is the API's own door, as ASP.NET answers it (RFC 6750 section 3)."""
    try:
        answer = reply.json()
    except OutcomeUnknown:
        answer = None
    if isinstance(answer, dict):
        told = (answer.get(name) for name in ("message", "Message", "error", "title", "code"))
        return next((text for text in told if isinstance(text, str) and text), None)
    is_door = not reply.body and reply.headers.get("WWW-Authenticate", "").lower().startswith("bearer")
    return "the session is not valid" if reply.status == 401 and is_door else None


def data_of(reply: Reply, *, writes: bool) -> Json:
    """`data` of a success: HTTP 2xx and code "0000" (N2); anything else raises as the outcome table says.

    Reads are also taken without the envelope, as the specification marks some (section 3); a write never is."""
    if not reply.is_ok:
        raise _failure(reply, writes)
    answer = reply.json()
    if is_envelope(answer):
        if str(answer["code"]) == OK and answer.get("success") is not False:
            return answer.get("data")
        raise _refusal(reply, answer)
    if writes or not isinstance(answer, list | dict):
        raise outcomes.unknown(reply)
    return answer


def _failure(reply: Reply, writes: bool) -> RemoteError:
    reason = reason_of(reply)
    if reason is None and not writes and not reply.body and reply.status in {404, 405}:
        reason = "no such path"  # the API's own router answers without a body; a proxy would show a page
    if reply.status == 404 and reason is not None:
        return _missing(reply, reason)
    return outcomes.failure_of(reply, reason, writes=writes)


def _refusal(reply: Reply, answer: Record) -> RemoteError:
    code, message = str(answer["code"]), str(answer.get("message") or "")
    if code == NOT_FOUND:
        return _missing(reply, message)
    return outcomes.refused(reply, message or code, f"code {code}: {message}")


def _missing(reply: Reply, reason: str) -> Missing:
    template = N_("{system} does not have it: {reason}")
    return Missing(say(template, system=reply.label, reason=reply.redact(reason)), f"HTTP {reply.status}: {reason}")


def rows_of(data: Json) -> Rows | None:
    """The rows of a list; None where it is no list: that is no empty list."""
    count = None
    if isinstance(data, dict):
        count = data.get("count") if isinstance(data.get("count"), int) else None
        data = data.get("value")
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        return None
    return data, count


def record_of(data: Json) -> Record | None:
    """One record; some single reads nest it as `data.value` (section 3)."""
    if isinstance(data, dict) and isinstance(data.get("value"), dict):
        data = data["value"]
    return data if isinstance(data, dict) else None


# --- fields -----------------------------------------------------------------------------------------------------


def first(row: Mapping[str, Any], *names: str) -> Any:
    """The first of these fields that holds something."""
    found = (row.get(name) for name in names)
    return next((value for value in found if value is not None and value != ""), None)


def text(row: Mapping[str, Any], *names: str) -> str:
    """The same as text; empty where there is none."""
    found = first(row, *names)
    return "" if found is None or isinstance(found, dict | list) else str(found)


def code_of(row: Mapping[str, Any], name: str) -> str | None:
    """The code of what a document points to: `customerCode`, or the object `customer` beside its id (section 6.3)."""
    nested = row.get(name)
    return text(row, f"{name}Code") or (text(nested, "code") if isinstance(nested, dict) else "") or None


def id_of(row: Mapping[str, Any], name: str) -> int | str | None:
    """The id of what a document points to: `customerId`, or the object `customer` beside it."""
    nested = row.get(name)
    found: int | str | None = first(row, f"{name}Id") or (first(nested, "id") if isinstance(nested, dict) else None)
    return found


def number(row: Mapping[str, Any], *names: str) -> Decimal | None:
    """An amount; None where there is none that can be read."""
    found = first(row, *names)
    try:
        return None if found is None or isinstance(found, bool) else Decimal(str(found))
    except InvalidOperation:
        return None


def day(row: Mapping[str, Any], name: str) -> dt.date | None:
    """A date of a document, told with or without a time."""
    try:
        return dt.date.fromisoformat(text(row, name)[:10])
    except ValueError:
        return None


def flag(row: Mapping[str, Any], *names: str, default: bool) -> bool:
    """A yes or no, told as such, as a number or as a word."""
    found = first(row, *names)
    return default if found is None else str(found).lower() in {"true", "1", "yes"}


def yes_or_no(data: Json) -> bool | None:
    """The answer of IsKnockedoff, whose shape is not public: a boolean, or an object or list that holds one."""
    if isinstance(data, bool):
        return data
    if isinstance(data, dict):
        told = [value for value in data.values() if isinstance(value, bool)]
        return told[0] if len(told) == 1 else yes_or_no(data.get("value"))
    return any(map(yes_or_no, data)) if isinstance(data, list) and data else None


def knock_offs_of(document: Mapping[str, Any]) -> list[Record]:
    """The rows of `knockoff`, told in whatever number and case (section 6.4)."""
    found = (value for name, value in document.items() if name.lower() in {"knockoff", "knockoffs"})
    return next((rows for rows in found if isinstance(rows, list) and rows), [])


def is_validated(document: Mapping[str, Any]) -> bool:
    """True where the document says that the tax office has validated its e-invoice. Which field tells it is not
    public: any state of an e-invoice that reads valid is taken for it."""
    states = (str(value).lower() for name, value in _named(document) if EINVOICE_STATE.search(name))
    return not {"valid", "validated"}.isdisjoint(states)


def _named(document: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Fields, and those one level deeper, as `eInvoice.status`."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", each) for inner, each in value.items())
        else:
            yield name, value


def id_details(row: Mapping[str, Any]) -> dict[str, object]:
    """Which JSON type the id has, for it goes back in the type received (N5)."""
    return {"id_type": "int" if isinstance(row.get("id"), int) else "text"}


def typed_id(remote_id: str, details: Mapping[str, object]) -> int | str:
    """The id as it was received; a GUID is never all digits, so an unmarked number is one (section 5)."""
    is_number = details.get("id_type", "int") == "int" and remote_id.isdigit()
    return int(remote_id) if is_number else remote_id
