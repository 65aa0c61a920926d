"""The practice company in SQL Account: the same invented company as in QNE, with the codes of sql-accounting.md.

Item codes, units, customers, tax codes, terms, agents, projects and locations are those of `practice/qne/seed.py`;
areas, accounts, payment methods and stock groups are this system's own."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from practice.catalogue import BUNDLES, PRODUCTS, RATES, SERVICES
from practice.qne.seed import COMPANY, CUSTOMERS, HOME, TAXES
from practice.sql_accounting.fields import NONE, blank
from practice.sql_accounting.resources import RESOURCES
from practice.sql_accounting.values import wire
from practice.web import Doc

SEEDED_AT = 1735689600
"""`lastmodified` of everything here: 2025-01-01 UTC."""
FIRST_DOCKEY, FIRST_DTLKEY = 501, 9001
NEW_RATES_FROM, LAST_DAY = "2026-01-01", "2099-12-31"
ACCOUNTS = [
    ("300-000", "", "Trade debtors", "CA", "DC"),
    ("310-000", "", "Cash at bank", "CA", "  "),
    ("310-001", "310-000", "Maybank current account", "CA", "BA"),
    ("310-002", "310-000", "Marketplace wallet", "CA", "BA"),
    ("310-003", "310-000", "DBS SGD account", "CA", "BA"),
    ("320-000", "", "Cash in hand", "CA", "CH"),
    ("330-000", "", "Stock", "CA", "BS"),
    ("400-000", "", "Trade creditors", "CL", "CC"),
    ("405-000", "", "SST payable", "CL", "  "),
    ("500-000", "", "Sales", "SL", "  "),
    ("500-100", "", "Shipping income", "SL", "  "),
    ("510-000", "", "Return inwards", "SA", "  "),
    ("900-001", "", "Marketplace commission", "EP", "  "),
    ("900-002", "", "Bank charges", "EP", "  "),
]
METHODS = [
    ("310-001", "BANK", NONE, "Maybank"),
    ("310-002", "BANK", NONE, "Marketplace wallet"),
    ("310-003", "BANK", "SGD", "DBS SGD"),
    ("320-000", "CASH", NONE, "Cash"),
]
GROUPS = [("DEFAULT", "Goods", "500-000"), ("CHARGES", "Charges", "500-000"), ("SHIPPING", "Shipping", "500-100")]
TERMS = [("C.O.D.", "Cash on delivery", 0), ("7", "7 Days", 7), ("30", "30 Days", 30), ("60", "60 Days", 60)]
PROFILE: Doc = {
    "autokey": 1,
    "companyname": COMPANY,
    "brn": "202601000001",
    "tin": "C20260100010",
    "address1": "12 Jalan Sultan",
    "city": "Ipoh",
    "state": "Perak",
    "postcode": "30000",
    "country": "MY",
    "email": "accounts@practice.example",
    "api_httpsport": 443,
    "smtp_uri": "smtp://accounts:SECRET-smtp-4c1d@mail.practice.example",
    "googlemapsapikey": "SECRET-maps-9b2e",
    "myinvois_productioncred": "SECRET-myinvois-7f3a",
    "myinvois_sandboxcred": "SECRET-sandbox-1d8c",
    "peppolapikey": "SECRET-peppol-5e6b",
}


def seed() -> Iterator[tuple[str, str, Doc]]:
    """Every record of an untouched company, as (resource, path key, record)."""
    for name, records in _lists().items():
        for record in records:
            yield name, str(record[RESOURCES[name].key]), record
    for name, last in (("dockey", FIRST_DOCKEY - 1), ("dtlkey", FIRST_DTLKEY - 1)):
        yield "counters", name, {"id": name, "last": last}


def _lists() -> dict[str, list[Doc]]:
    return {
        "profile": [_record("profile", **PROFILE)],
        "account": list(_accounts()),
        "currency": [_currency(code, rate) for code, rate in RATES.items()],
        "tax": [_tax(*row) for row in TAXES],
        "terms": [
            _record("terms", code=code, description=what, termtype="A", termday=days) for code, what, days in _terms()
        ],
        "agent": [_small("agent", code, what) for code, what in (("AISYAH", "Aisyah"), ("KUMAR", "Kumar"))],
        "area": [
            _small("area", "NORTH", "North"),
            _small("area", "CENTRAL", "Central"),
            _small("area", "EAST", "East"),
        ],
        "project": [
            _small("project", "ONLINE", "Online sales"),
            _small("project", "RETAIL", "Shop Ipoh"),
            _small("project", "OLD", "Closed", active=False),
        ],
        "location": [
            _small("location", "HQ", "Head office"),
            _small("location", "IPOH", "Ipoh store"),
            _small("location", "OLD", "Old shed", active=False),
        ],
        "pmmethod": [_method(*row) for row in METHODS],
        "stockgroup": [_group(*row) for row in GROUPS],
        "customer": [_customer(*row) for row in CUSTOMERS],
        "stockitem": list(_items()),
    }


def _record(resource: str, **values: Any) -> Doc:
    """A record with these values, everything else blank."""
    fields = RESOURCES[resource]
    common = {"isactive": True, "lastmodified": SEEDED_AT}
    known = {name: value for name, value in common.items() if name in fields.fields}
    return blank(fields.fields) | {table: [] for table in fields.nested} | known | values


def _small(resource: str, code: str, what: str, active: bool = True) -> Doc:
    return _record(resource, code=code, description=what, isactive=active)


def _terms() -> list[tuple[str, str, int]]:
    """QNE's codes, and the usual ones of SQL Account."""
    return [*TERMS, ("30 Days", "30 Days", 30)]


def _accounts() -> Iterator[Doc]:
    keys = {row[0]: number for number, row in enumerate(ACCOUNTS, 1)}
    for code, parent, what, kind, special in ACCOUNTS:
        yield _record(
            "account",
            **{"dockey": keys[code], "parent": keys.get(parent, 0), "code": code, "description": what},
            **{"acctype": kind, "specialacctype": special},
        )


def _currency(code: str, rate: Decimal) -> Doc:
    """The base currency has the code `----`; the others had a rate a little lower until the end of 2025."""
    own, base = (NONE if code == HOME else code), code == HOME
    before = rate if base else rate - Decimal("0.05")
    periods = [("2020-01-01", "2025-12-31", before), (NEW_RATES_FROM, LAST_DAY, rate)]
    return _record(
        "currency",
        **{"code": own, "description": code, "symbol": "RM" if base else code, "isocode": code},
        **{"buyingrate": wire(rate), "sellingrate": wire(rate)},
        sdscurrencyrate=[
            {"code": own, "datefrom": first, "dateto": last, "buyingrate": wire(each), "sellingrate": wire(each)}
            for first, last, each in periods
        ],
    )


def _tax(number: int, code: str, what: str, rate: str, output: bool, active: bool) -> Doc:
    return _record(
        "tax",
        **{"autokey": number, "code": code, "description": what, "taxrate": wire(Decimal(rate) * 100)},
        **{"taxaccount": "405-000", "inputtax": not output, "outputtax": output, "isactive": active},
        isdefault=code == "SV-6",
    )


def _method(code: str, journal: str, currency: str, what: str) -> Doc:
    more = {"currencycode": currency, "bankchargeaccount": "900-002" if journal == "BANK" else ""}
    return _record("pmmethod", code=code, journal=journal, description=what, **more)


def _group(code: str, what: str, sales: str) -> Doc:
    accounts = {"sales": sales, "salesreturned": "510-000", "cashsales": sales, "balancestock": "330-000"}
    return _record("stockgroup", code=code, description=what, **accounts)


def _customer(number: int, code: str, name: str, currency: str, term: str) -> Doc:
    branch = blank(RESOURCES["customer"].nested["sdsbranch"])
    place = {"branchtype": "B", "branchname": "BILLING", "city": "Ipoh", "state": "Perak", "country": "MY"}
    return _record(
        "customer",
        **{"code": code, "companyname": name, "creditterm": term, "controlaccount": "300-000"},
        **{"currencycode": NONE if currency == HOME else currency, "agent": NONE, "area": NONE},
        **{"companycategory": NONE, "status": "A", "statementtype": "O", "agingon": "I"},
        sdsbranch=[branch | place | {"dtlkey": number, "code": code}],
    )


def _items() -> Iterator[Doc]:
    """Codes equal the store's iSKUs, but for the few that the books have not; TEA-250 has section 13's unit too."""
    bundles = {product.isku for product in BUNDLES}
    number = 101
    for product in PRODUCTS:
        if not product.in_books:
            continue
        base = "SET" if product.isku in bundles else product.uom
        units = [(base, 1), *([("CTN", product.carton)] if product.carton else [])]
        units += [("UNIT", 1)] if product.isku == "TEA-250" else []
        name = f"{product.name} {product.variation}".strip()
        item = _item(number, product.isku, name, "DEFAULT", units, product.price)
        yield item | {"serialnumber": product.has_serials}
        number += 1
    for code, name in SERVICES.items():
        units = [("UNIT", 1), *([("PCS", 1)] if code == "MISC" else [])]
        group = "SHIPPING" if code.startswith("SHIP") else "CHARGES"
        yield _item(number, code, name, group, units, Decimal(0)) | {"stockcontrol": False}
        number += 1
    yield _item(number, "MUG-OLD", "Mug (no longer sold)", "DEFAULT", [("PCS", 1)], Decimal(15)) | {"isactive": False}


def _item(number: int, code: str, name: str, group: str, units: list[tuple[str, int]], price: Decimal) -> Doc:
    table = blank(RESOURCES["stockitem"].nested["sdsuom"])
    rows = [
        table
        | {"code": code, "uom": uom, "rate": wire(Decimal(rate)), "refprice": wire(price * rate), "isbase": place == 0}
        for place, (uom, rate) in enumerate(units)
    ]
    values = {"dockey": number, "code": code, "description": name, "stockgroup": group, "stockcontrol": True}
    return _record("stockitem", **values, defuom_sl=rows[0]["uom"], sdsuom=rows)
