"""Every path, field name and undecided fact of the Optimum API, in one place (qne.md Part B, OP1-OP12).

None of it was ever tried against a real one. Names that are not public are read in several spellings."""

from decimal import Decimal

from adapters import outcomes
from adapters.accounting.qne.contract import Missing, Record, flag, number, reason_of, text
from adapters.errors import RemoteError
from adapters.http import Reply
from documents import N_, ReferenceKind, say

BASE_URL = "https://dev-api.qne.cloud"  # OP3
COUNTRY, HOME_CURRENCY = "MY", "MYR"
READ_S, WRITE_S = 60.0, 60.0  # section 8.1
ONCE_MORE, FALSE_REFUSALS = (10.0,), frozenset({401})  # OP11: a 401 may be false; a read is repeated once
PAGE, MAX_PAGES = 100, 1000  # OP8
AT_ONCE = 20
"""References in one question."""
PROOF_PAGES = 10
"""Pages of the newest invoices among which one with a reference is looked for."""

VERSION, CUSTOMERS, INVOICES = "/api/System/Version", "/api/Customers", "/api/SalesInvoices"
UNITS = "/api/Stocks/{id}/UOMS"
LISTS = {  # section 8.2
    ReferenceKind.CUSTOMER: CUSTOMERS,
    ReferenceKind.ITEM: "/api/Stocks",
    ReferenceKind.UOM: "/api/UOMs",
    ReferenceKind.LOCATION: "/api/StockLocation",
    ReferenceKind.TAX_CODE: "/api/TaxCodes/OutputTaxCodes",
}
WITHOUT_OPTIONS = frozenset({ReferenceKind.LOCATION})

CODE = {
    ReferenceKind.CUSTOMER: ("companyCode", "customerCode", "code"),
    ReferenceKind.ITEM: ("stockCode", "code"),
    ReferenceKind.UOM: ("uomCode", "code", "uom"),
    ReferenceKind.LOCATION: ("locationCode", "stockLocationCode", "code"),
    ReferenceKind.TAX_CODE: ("taxCode", "code"),
}
NAME = ("companyName", "stockName", "locationName", "name", "description")
BASE_UNIT = ("baseUOM", "baseUom", "uom", "defaultUOM")
NUMBER = ("invoiceCode", "code", "docCode", "docNo")  # OP5
VOID = ("isCancelled", "isVoid", "cancelled")
TOTALS = ("netTotalAmount", "totalAmount", "netTotal")
LINE_NET = "netAmount"


def taken(reply: Reply, *, writes: bool) -> Reply:
    """A success as it is; anything else raises as the outcome table says.

    A 401 to a write decides nothing, since false ones were seen: only a look-up may (OP11)."""
    if reply.is_ok:
        return reply
    raise _failure(reply, writes)


def _failure(reply: Reply, writes: bool) -> RemoteError:
    reason = reason_of(reply)  # OP4
    if reply.status == 401 and writes:
        return outcomes.unknown(reply, f"HTTP 401: {reply.excerpt}")
    if reply.status == 404 and reason is not None:
        template = N_("{system} does not have it: {reason}")
        return Missing(say(template, system=reply.label, reason=reply.redact(reason)), f"HTTP 404: {reason}")
    return outcomes.failure_of(reply, reason, writes=writes)


def is_active(row: Record) -> bool:
    """Told as a flag, or as the status ACTIVE."""
    return flag(row, "isActive", default=True) and text(row, "status").upper() in {"", "ACTIVE"}


def percent(row: Record) -> str:
    """A rate of tax in percent, as text. Whether Optimum tells percents or factors is not public: below 1 it is taken
    for a factor."""
    rate = number(row, "rate", "taxRate") or Decimal(0)
    exact = rate.scaleb(2) if 0 < rate < 1 else rate
    return f"{exact.normalize():f}" if exact else "0"


def total_of(document: Record) -> Decimal | None:
    """With tax: as the head tells it, else the sum of its lines; None where neither can be read."""
    told = number(document, *TOTALS)
    lines = document.get("details")
    if told is not None or not isinstance(lines, list) or not lines:
        return told
    nets = [number(line, LINE_NET) for line in lines]
    return None if None in nets else sum((net for net in nets if net is not None), Decimal(0))


def reference_of(document: Record) -> str:
    """Where an invoice carries our reference."""
    return text(document, "referenceNo")


def code_of(kind: ReferenceKind, row: Record) -> str:
    """What documents name a row by."""
    return text(row, *CODE[kind])
