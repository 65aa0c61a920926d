"""The practice company's pick lists, invented; columns as in qne.md 6.1, with the ids that its examples use."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from practice.catalogue import BUNDLES, PRODUCTS, RATES, SERVICES
from practice.web import Doc

COMPANY = "Practice Trading Sdn Bhd"
TENANT = "PRACTICE01"
HOME = "MYR"
BANK = "8d2f0000-0000-4000-8000-0000000000b2"
SPACE = uuid.UUID("6f1c0d9e-0000-4000-8000-00000000a11e")
CUSTOMERS = [
    (12, "700-W001", "Walk-in", "MYR", "C.O.D."),
    (21, "300-S0001", "Shopee Malaysia customers", "MYR", "30"),
    (22, "300-L0001", "Lazada Malaysia customers", "MYR", "30"),
    (23, "300-T0001", "TikTok Shop customers", "MYR", "30"),
    (24, "300-W0001", "Web store customers", "MYR", "C.O.D."),
    (25, "300-W0002", "Web store customers (SGD)", "SGD", "C.O.D."),
    (26, "300-W0003", "Web store customers (USD)", "USD", "C.O.D."),
    (27, "300-P0001", "Partner feed customers", "MYR", "30"),
    (28, "300-K0001", "Kopitiam Ah Kow", "MYR", "7"),
    (29, "300-C0001", "志强贸易有限公司", "MYR", "60"),
    (30, "300-D0001", "D'Cruz Stationery", "MYR", "30"),
]
ACCOUNTS = [
    (BANK, "310-1000", "Maybank current account", "D", "BCA", "BAC", True, False),
    ("", "310-2000", "Marketplace wallet", "D", "BCA", "BAC", True, False),
    ("", "310-3000", "DBS SGD account", "D", "BCA", "BAC", True, False),
    ("", "310-9000", "Old bank account", "D", "BCA", "BAC", False, False),
    ("", "320-1000", "Cash in hand", "D", "BCA", "CAC", True, False),
    ("", "330-0000", "Stock in hand", "D", "BCA", "", True, False),
    ("", "300-0000", "Trade debtors", "D", "BCA", "DEB", True, False),
    ("", "500-0000", "Sales", "C", "PSA", "", True, False),
    ("", "510-0000", "Shipping income", "C", "PSA", "", True, False),
    ("", "400-5000", "SST payable", "C", "BCL", "TAX", True, False),
    ("", "900-1000", "Marketplace commission", "D", "PEX", "", True, False),
    ("", "900-2000", "Bank charges", "D", "PEX", "", True, False),
]
TAXES = [
    (4, "SV-6", "Service tax 6%", "0.06", True, True),
    (5, "SV-8", "Service tax 8%", "0.08", True, True),
    (6, "ZR", "Zero rated", "0", True, True),
    (7, "NT", "Not subject to tax", "0", True, True),
    (8, "SR", "GST standard rated (ended 2018)", "0.06", True, False),
    (9, "IM-6", "Service tax on purchases 6%", "0.06", False, True),
]


def seed() -> Iterator[tuple[str, str, Doc]]:
    """Every record of an untouched company, as (list, id, record)."""
    for name, records in _lists().items():
        for record in records:
            yield name, str(record["id"]), record


def _lists() -> dict[str, list[Doc]]:
    return {
        "customers": [customer(*row) for row in CUSTOMERS],
        "stocks": list(_stocks()),
        "uoms": [_named(101 + n, code, what) for n, (code, what) in enumerate(UNITS.items())],
        "agents": [_named(1, "AISYAH", "Aisyah", isActive=True), _named(2, "KUMAR", "Kumar", isActive=True)],
        "terms": [_term(1, "C.O.D.", "Cash on delivery", 0), *(_term(n, f"{d}", f"{d} Days", d) for n, d in TERM_DAYS)],
        "projects": [
            _project(1, "ONLINE", "Online sales"),
            _project(2, "RETAIL", "Shop Ipoh"),
            _project(3, "OLD", "Closed", False),
        ],
        "locations": [
            _place(1, "HQ", "Head office"),
            _place(2, "IPOH", "Ipoh store"),
            _place(3, "OLD", "Old shed", False),
        ],
        "currencies": [_currency(n, code, rate) for n, (code, rate) in enumerate(RATES.items(), 1)],
        "taxcodes": [_tax(row) for row in TAXES],
        "accounts": [_account(row) for row in ACCOUNTS],
    }


UNITS = {"PCS": "Pieces", "CTN": "Carton", "KG": "Kilogram", "M": "Metre", "SET": "Set", "UNIT": "Unit"}
TERM_DAYS = [(2, 7), (3, 30), (4, 60)]


def customer(number: int, code: str, name: str, currency: str, term: str) -> Doc:
    """A customer with the columns of its list and its detail."""
    row = {"id": number, "code": code, "name": name, "currencyCode": currency, "termCode": term}
    return row | {"balance": Decimal("0.00"), "email": "", "phoneNo": "", "address1": "", "isActive": True}


def _stocks() -> Iterator[Doc]:
    """Codes equal the store's iSKUs, but for the few that the books have not; 45 is the tea of qne.md 7."""
    bundles = {product.isku for product in BUNDLES}
    number, unit_id = 101, 1001
    for product in PRODUCTS:
        if not product.in_books:
            continue
        pinned = product.isku == "TEA-250"
        base = "SET" if product.isku in bundles else product.uom
        units = [_unit(7 if pinned else unit_id, base, Decimal(1))]
        if product.carton:
            units.append(_unit(8 if pinned else unit_id + 1, "CTN", Decimal(product.carton)))
        name = f"{product.name} {product.variation}".strip()
        yield _stock(45 if pinned else number, product.isku, name, units)
        number, unit_id = number + 1, unit_id + 2
    for code, name in SERVICES.items():
        units = [_unit(unit_id, "UNIT", Decimal(1))]
        if code == "MISC":
            units.append(_unit(unit_id + 1, "PCS", Decimal(1)))
        yield _stock(number, code, name, units)
        number, unit_id = number + 1, unit_id + 2
    yield _stock(number, "MUG-OLD", "Mug (no longer sold)", [_unit(unit_id, "PCS", Decimal(1))]) | {"isActive": False}


def _stock(number: int, code: str, name: str, units: list[Doc]) -> Doc:
    base, balance = units[0]["code"], Decimal(0 if units[0]["code"] == "UNIT" else number % 90)
    row = {"id": number, "code": code, "name": name, "balance": balance, "isActive": True, "baseUOM": base}
    return row | {"uoms": units}


def _unit(number: int, code: str, rate: Decimal) -> Doc:
    return {"id": number, "code": code, "description": UNITS[code], "rate": rate, "isBase": rate == 1}


def _named(number: int, code: str, name: str, **more: Any) -> Doc:
    return {"id": number, "code": code, "description" if not more else "name": name, **more}


def _term(number: int, code: str, description: str, days: int) -> Doc:
    return {"id": number, "code": code, "description": description, "value": days, "isDefault": number == 3}


def _project(number: int, code: str, name: str, active: bool = True) -> Doc:
    return {
        "id": number,
        "code": code,
        "name": name,
        "isActive": active,
        "hasChildren": False,
        "contractSum": Decimal(0),
    }


def _place(number: int, code: str, name: str, active: bool = True) -> Doc:
    return {"id": number, "code": code, "name": name, "isActive": active}


def _currency(number: int, code: str, rate: Decimal) -> Doc:
    return {"id": number, "code": code, "description": code, "rate": rate, "isHome": code == HOME}


def _tax(row: tuple[int, str, str, str, bool, bool]) -> Doc:
    number, code, description, rate, output, active = row
    shown = {"id": number, "code": code, "description": description, "taxType": "Service Tax", "rate": Decimal(rate)}
    return shown | {"isOutputTax": output, "isActive": active}


def _account(row: tuple[str, str, str, str, str, str, bool, bool]) -> Doc:
    guid, code, name, drcr, kind, special, active, parent = row
    shown = {"id": guid or str(uuid.uuid5(SPACE, code)), "code": code, "name": name, "drcr": drcr, "isActive": active}
    return shown | {"parentId": None, "hasChildren": parent, "accountType": {"typeCode": kind}, "specialCode": special}
