"""The pick lists of the practice company in Optimum: those of the N3 company, by codes, with GUIDs for ids."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal

from practice.qne.seed import HOME, seed
from practice.storage import Storage
from practice.web import Doc

COMPANY = "Practice Optimum Sdn Bhd"
SPACE = uuid.UUID("0b7e0d9e-0000-4000-8000-0000000000f1")


def seed_company(storage: Storage) -> None:
    """Fill an empty storage with the pick lists."""
    with storage.writing() as unit:
        for name, record in records():
            unit.put(f"qne_optimum.{name}", record["id"], record)


def records() -> Iterator[tuple[str, Doc]]:
    """Every record of an untouched company, as (list, record)."""
    for name, _, row in seed():
        if name in SHAPES:
            yield name, {"id": str(uuid.uuid5(SPACE, f"{name}/{row['code']}")), **SHAPES[name](row)}


def customer(code: str, name: str) -> Doc:
    """A customer with the fields of the reference (qne.md 8.4)."""
    return {
        "companyCode": code,
        "companyName": name,
        "companyName2": "",
        "controlAccount": "300-0000",
        "category": "",
        "contactPerson": "",
        "email": "",
        "phoneNo1": "",
        "area": "",
        "defaultTaxCode": "",
        "currency": HOME,
        "status": "ACTIVE",
    }


def _stock(row: Doc) -> Doc:
    units = [{"uomCode": unit["code"], "rate": unit["rate"], "isBase": unit["isBase"]} for unit in row["uoms"]]
    told = {"stockCode": row["code"], "stockName": row["name"], "baseUOM": row["baseUOM"], "isActive": row["isActive"]}
    return told | {"_uoms": units}


def _tax(row: Doc) -> Doc:
    """Rates stand in percent here, unlike in N3."""
    told = {"taxCode": row["code"], "description": row["description"], "rate": Decimal(row["rate"]) * 100}
    return told | {"isActive": row["isActive"], "_output": row["isOutputTax"]}


SHAPES = {
    "customers": lambda row: customer(row["code"], row["name"]) | {"currency": row["currencyCode"]},
    "stocks": _stock,
    "uoms": lambda row: {"uomCode": row["code"], "description": row["description"]},
    "locations": lambda row: {"locationCode": row["code"], "locationName": row["name"], "isActive": row["isActive"]},
    "terms": lambda row: {"termCode": row["code"], "description": row["description"]},
    "agents": lambda row: {"agentCode": row["code"], "agentName": row["name"]},
    "taxcodes": _tax,
}
