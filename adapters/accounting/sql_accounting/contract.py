"""Every path, field name and undecided fact of the SQL Account API, in one place (sql-accounting.md, D1-D30).

What is a guess can be corrected here and nowhere else. Where a decision is a way of doing and no value, its D stands at
the code that does it."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from adapters import outcomes
from adapters.errors import ChangedMeanwhile, LoginRefused, OutcomeUnknown, Refused, RemoteError
from adapters.http import Json, Reply, decode
from documents import N_, ReferenceKind, Role, say

Record = dict[str, Any]

BASE_URL = "https://api.sql.my"  # section 2
PAIRS = (("sqlaccount", "ap-southeast-5"), ("execute-api", "ap-southeast-1"))  # D1: service and region
USER_AGENT = "Mozilla/5.0 (compatible; Tillbridge/0.1)"  # D27; the gateway's shield wants an ordinary one
ASK_S = 60.0  # D11
PAGE, MAX_PAGES = 50, 10_000  # section 6.1
CLOCK_OFF = dt.timedelta(minutes=5)  # D28: what is told as a wrong clock
CLOCK_SKEW = dt.timedelta(minutes=15)  # D28: the most by which two clocks differ while signatures are taken

PROFILE = "profile"  # section 2; it holds secrets too, and is shown nowhere
COUNTRY = "MY"  # where the profile does not say
HOME_CURRENCY = {"MY": "MYR", "SG": "SGD"}  # by country, where the currency list does not say

LISTS = {  # section 5
    ReferenceKind.CUSTOMER: "customer",
    ReferenceKind.ITEM: "stockitem",
    ReferenceKind.AGENT: "agent",
    ReferenceKind.AREA: "area",
    ReferenceKind.TERM: "terms",
    ReferenceKind.PROJECT: "project",
    ReferenceKind.LOCATION: "location",
    ReferenceKind.CURRENCY: "currency",
    ReferenceKind.TAX_CODE: "tax",
    ReferenceKind.ACCOUNT: "account",
    ReferenceKind.DEPOSIT_ACCOUNT: "pmmethod",
}
RESOURCE = {
    Role.SALE: "salesinvoice",
    Role.REFUND: "salescreditnote",
    Role.PAYMENT: "customerpayment",
    Role.CUSTOMER: "customer",
    Role.PRODUCT: "stockitem",
}
DOCUMENTS = frozenset({Role.SALE, Role.REFUND, Role.PAYMENT})
"""Roles with a number, a day and `docref1`, which carries our reference (section 9)."""
LINES, KNOCK_OFFS, UNITS, BRANCHES = "sdsdocdetail", "sdsknockoff", "sdsuom", "sdsbranch"

SAFE_IN_A_PATH = re.compile(r"[A-Za-z0-9._~-]+")  # D2
NONE = "----"  # section 6.3: no agent, area, project; the base currency (D21)
INVOICE = "IV"  # D14: the kind of document that a payment knocks off
DUE_IN_DAYS = "A"  # section 8.11: a term that counts days
ACTIVE = "A"  # section 8.9
BILLING, BILLING_TYPE = "BILLING", "B"  # section 8.9, D25
FIRST_UNIT = "UNIT"  # the one unit of a product that we make
CHEQUE_NUMBER = 20  # characters; a longer one is left out
TEXT = 200  # of a description
SEQUENCE = 1000  # rows are numbered 1000, 2000, ...
EVER = "1900-01-01~2999-12-31"
END_OF_TIME = 4_102_444_800  # 2100, in Unix seconds

ITEM_REFERENCE = "remark2"
"""Where a product that we make carries our reference; its code is for people."""
OWN_CODE = "T"
"""How codes that we make begin."""
CUSTOMER_REMARK = "Tillbridge "
"""What our reference follows in the remark of a customer that we make."""

SERVERS_OWN = frozenset(
    {"dockey", "updatecount", "lastmodified", "gltransid", "status", "taxdate", "localdocamt", "companycurrencyrate"}
    | {"printcount", "transferable", "changed", "docnosetkey", "nextdocno", "im_scan_autokey", "approvestate"}
    | {"attachments", "note", "businessunit", "fromdoctype", "fromdockey", "fromdtlkey", "styleid", "number"}
    | {"docamt", "sqty", "suomqty", "taxamt", "localtaxamt", "amount", "localamount", "taxableamt", "amountwithtax"}
    | {"initialpurchasecost", "unitcost", "bankstatus", "bankstatusdesc"}
)
"""Never sent back: the server's, what it reckons (D19), and what a field table says to leave out (section 8)."""
EINVOICE = ("irbm_", "eiv", "peppol", "exempted_")
"""How the names of e-invoice fields begin: never written (D24)."""
BLOBS = frozenset({"attachments", "note", "approvestate", "picture", "description3"})
"""Pictures and long texts: not kept with what we read."""


def company_key(profile: Mapping[str, Any], access_key: str) -> str:
    """The company's own id, since `profile` has none: hashed, because it only has to be recognised.

    First the name that the gateway knows its server by, which a new key does not change; it seems to be what an access
    key begins with, so that is next. A company's registration number comes last: copies of one database share it."""
    told = {name: text(profile, name) for name in ("api_dnskey", "brn", "tin", "companyname")}
    before_user = access_key.partition("/")[0]
    found = told["api_dnskey"] or (before_user if "/" in access_key else "")
    found = found or told["brn"] or told["tin"] or told["companyname"]
    return hashlib.sha256(found.removesuffix(".sql.my").lower().encode()).hexdigest()[:24] if found else ""


def own_code(reference: str) -> str:
    """The code of a customer that we make, 10 characters (D25): the same for the same reference, so that it is found
    again. Of 100,000 customers two have the same code once in 20,000 shops; the remark tells them apart."""
    number = int.from_bytes(hashlib.sha256(reference.encode()).digest()[:8])
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return OWN_CODE + "".join(digits[number // 36**place % 36] for place in range(9))


# --- answers ----------------------------------------------------------------------------------------------------


class Missing(Refused):
    """The API says that there is no such record."""


class ClockWrong(LoginRefused):
    """The signature was refused, and our clock differs from the server's."""

    next_step = N_("Set this machine's clock right, best by its own time synchronisation, then check again.")


def answer_of(reply: Reply, *, writes: bool, changes: bool = False) -> Json:
    """The body of any 2xx (D6, D7); else the error that the answer stands for. `changes`: it was a PUT."""
    if reply.is_ok:
        return reply.json()
    raise failure_of(reply, writes=writes, changes=changes)


UNREACHABLE = frozenset({502, 503, 504, *range(520, 531)})


def failure_of(reply: Reply, *, writes: bool, changes: bool = False) -> RemoteError:
    """What a status outside 200-299 stands for (section 11, D8-D10)."""
    reason = reason_of(reply)
    if changes and reason is not None and (reply.status == 409 or "changed by another user" in reason.lower()):
        template = N_("{system} says that the document was changed meanwhile: {reason}")
        return ChangedMeanwhile(say(template, system=reply.label, reason=reply.redact(reason)), _cause(reply))
    if reply.status in UNREACHABLE or (is_page(reply) and reply.status >= 400 and reply.status != 429):
        template = N_("{system} cannot reach your company's server (HTTP {status}).")
        return OutcomeUnknown(say(template, system=reply.label, status=reply.status), _cause(reply))
    if reason is not None and reply.status in {401, 403}:
        template = N_("{system} refused the Access Key or the Secret Key: {reason}")
        return LoginRefused(say(template, system=reply.label, reason=reply.redact(reason)), _cause(reply))
    if reason is not None and 400 <= reply.status < 500 and (reply.status == 404 or "not found" in reason.lower()):
        template = N_("{system} does not have it: {reason}")
        return Missing(say(template, system=reply.label, reason=reply.redact(reason)), _cause(reply))
    return outcomes.failure_of(reply, reason, writes=writes)


def _cause(reply: Reply) -> str:
    return f"HTTP {reply.status}: {reply.excerpt}"


def is_page(reply: Reply) -> bool:
    """A page of the shield in front of the gateway, or of a proxy: not the API's own words."""
    body = reply.body.lstrip()[:20].lower()
    return body.startswith((b"<", b"error code:")) or "html" in reply.headers.get("Content-Type", "").lower()


def reason_of(reply: Reply) -> str | None:
    """What the API's own error body says, in JSON or in plain text (D8); None where it says nothing, or is a page."""
    if is_page(reply):
        return None
    try:
        answer = decode(reply.body)
    except ValueError:
        answer = reply.body.decode("utf-8", "replace")
    told = [answer.get(name) for name in ("message", "error", "detail")] if isinstance(answer, dict) else [answer]
    said = (each.strip() for each in told if isinstance(each, str))
    return next((each[:200] for each in said if each), None)


def rows_of(answer: Json) -> list[Record] | None:
    """The rows of a list; None where it is no list: that is no empty list."""
    rows = answer.get("data") if isinstance(answer, dict) else answer
    is_list = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    return rows if is_list else None


def record_of(answer: Json) -> Record | None:
    """One record: bare, or inside `data`, alone or in a list (D5); None where there is none."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if isinstance(data, list):
        answer = data[0] if data else None
    elif isinstance(data, dict):
        answer = data
    return answer if isinstance(answer, dict) and answer else None


# --- fields -----------------------------------------------------------------------------------------------------


def text(row: Mapping[str, Any], name: str) -> str:
    """A field as text, trimmed; empty where there is none."""
    found = row.get(name)
    return "" if found is None or isinstance(found, dict | list) else str(found).strip()


def number(row: Mapping[str, Any], name: str) -> Decimal | None:
    """An amount; None where there is none that can be read."""
    try:
        found = Decimal(text(row, name))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def day(row: Mapping[str, Any], name: str) -> dt.date | None:
    """A date, told with or without a time."""
    try:
        return dt.date.fromisoformat(text(row, name)[:10])
    except ValueError:
        return None


def flag(row: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """A yes or no, told as such, as a number or as a letter."""
    return text(row, name).lower() in {"true", "t", "1", "yes"} if text(row, name) else default


def named(row: Mapping[str, Any], name: str) -> str:
    """A code; empty where it is the code for none."""
    found = text(row, name)
    return "" if found == NONE else found


def nested(record: Mapping[str, Any], name: str) -> list[Record]:
    """The rows of a table inside a record."""
    rows = record.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def plain(amount: Decimal) -> str:
    """A decimal as it goes over the wire: text, never with an exponent (section 6.3)."""
    return f"{amount:f}"


def percent(rate: Decimal) -> str:
    """The `taxrate` of a line: 6 is "6%" (D20)."""
    return f"{rate.normalize():f}%"


def sendable(record: Mapping[str, Any]) -> Record:
    """What a record that was read may be sent back as: without what is the server's, null, or nested."""
    return {name: value for name, value in record.items() if _is_sendable(name, value)}


def _is_sendable(name: str, value: Any) -> bool:
    is_own = name in SERVERS_OWN or name.startswith(EINVOICE)
    return not is_own and value is not None and not (isinstance(value, dict | list) and name != "sdsserialnumber")


def without_none(body: Mapping[str, Any]) -> Record:
    """Keys with nothing to say are left out (D21)."""
    return {name: value for name, value in body.items() if value is not None}


def encode(body: Record) -> bytes:
    """JSON in the order that it was put together in: the head before its rows, as the engine wants it (section 8.5)."""
    return msgspec.json.encode(body)


def next_count(record: Mapping[str, Any]) -> int:
    """`updatecount` of a change: the stored one plus 1; none stored counts as 0 (section 7)."""
    return int(number(record, "updatecount") or 0) + 1


def refuse_validated(record: Mapping[str, Any]) -> None:
    """The tax office holds a validated e-invoice: it is never changed or voided (D18)."""
    if text(record, "irbm_uuid") or text(record, "irbm_status") not in {"", "0"}:
        template = N_("The tax office has {number} as an e-invoice, so it is not changed. Make a credit note instead.")
        raise Refused(say(template, number=text(record, "docno")))
