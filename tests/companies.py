"""The practice companies as tests connect them: keys, settings and matching, and what to break in each system."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from documents import ChargeKind
from tests.practice_fixture import Practice

SETTINGS = {"default_customer": "300-W0001", "default_item": "MISC", "zero_tax_code": "NT", "rounding_item": "RND"}
PRESETS = {ChargeKind.SELLER_DISCOUNT: "DISC", ChargeKind.SHIPPING: "SHIP", ChargeKind.SHIPPING_DISCOUNT: "SHIP"}
TAXES = (("901", "SST", "6", "SV-6"), ("902", "Service Tax", "8", "SV-8"), ("909", "Zero rated", "0", "ZR"))
Which = Mapping[str, str]
"""Requests to break, as `Practice.faults` takes them."""


@dataclass(frozen=True, slots=True)
class Company:
    """One company. `words`: what its ledger calls number, reference, currency and is_void; `switches`: how its server
    is set for tests; `ahead`: the switch by which its clock follows the test's, "" where it looks at none;
    `receives_in`: an account for payments; `credits_to`: that of credit notes, where they need one."""

    kind: str
    keys: tuple[str, ...]
    settings: Mapping[str, str]
    words: Mapping[str, str]
    creating: Which
    updating: Which
    voiding: Which
    looking: Which
    paying: Which
    crediting: Which
    switches: Mapping[str, None]
    ahead: str = ""
    receives_in: str = ""
    credits_to: str | None = None

    def given(self, practice: Practice) -> dict[str, str]:
        """What the owner types to connect it."""
        line = practice.line[self.kind]
        return {name: line[name] for name in ("base_url", *self.keys)}

    def prepare(self, practice: Practice, passed_s: float = 0.0) -> None:
        """Set its server for a test in which so much time has passed."""
        ahead = {self.ahead: passed_s} if self.ahead else {}
        if self.switches or ahead:
            practice.settings(self.kind, **self.switches, **ahead)

    def in_our_words(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A document of its ledger, with the words of all companies beside its own."""
        return {**row, **{ours: row[theirs] for ours, theirs in self.words.items()}}

    def break_(self, practice: Practice, fault: str, which: Which, **details: Any) -> int:
        """Put a fault in force for these requests."""
        return practice.faults(fault, self.kind, **which, **details)


QNE = Company(
    "qne",
    ("api_key",),
    SETTINGS,
    {"number": "docCode", "reference": "referenceNo", "currency": "currencyCode", "is_void": "isCancelled"},
    creating={"method": "POST", "path": "/api/SalesInvoices/Create"},
    updating={"method": "POST", "path": "/api/SalesInvoices/Update"},
    voiding={"method": "POST", "path": "/api/SalesInvoices/Void"},
    looking={"method": "GET", "path": "/api/SalesInvoices/List"},
    paying={"method": "POST", "path": "/api/ARReceipts/Create*"},
    crediting={"method": "POST", "path": "/api/ARCNs/Create*"},
    switches={},
    receives_in="310-1000",
    credits_to="500-0000",
)
SQL_ACCOUNTING = Company(
    "sql_accounting",
    ("access_key", "secret_key"),
    SETTINGS,
    {"reference": "docref1", "is_void": "cancelled"},
    creating={"method": "POST", "path": "/salesinvoice"},
    updating={"method": "PUT", "path": "/salesinvoice/*"},
    voiding={"method": "PUT", "path": "/salesinvoice/*"},
    looking={"method": "GET", "path": "/salesinvoice*"},
    paying={"method": "POST", "path": "/customerpayment"},
    crediting={"method": "POST", "path": "/salescreditnote"},
    switches={},
    ahead="clock_off_s",
    receives_in="310-001",
)
QUICKBOOKS = Company(
    "quickbooks",
    ("client_id", "client_secret", "refresh_token", "realm_id"),
    {**SETTINGS, "default_customer": "58", "sale_assigned_to": "channel", "number_source": "order_number"},
    {},
    creating={"method": "POST", "path": "/v3/company/*/invoice"},
    updating={"method": "POST", "path": "/v3/company/*/invoice", "body_contains": "SyncToken"},
    voiding={"method": "POST", "path": "/v3/company/*/invoice", "body_contains": "SyncToken"},
    looking={"method": "GET", "path": "/v3/company/*"},
    paying={"method": "POST", "path": "/v3/company/*/payment"},
    crediting={"method": "POST", "path": "/v3/company/*/creditmemo"},
    switches={"per_second": None, "per_minute": None, "in_flight": None},
    ahead="ahead_s",
    receives_in="Current account",
)
COMPANIES = {each.kind: each for each in (QNE, SQL_ACCOUNTING, QUICKBOOKS)}
