"""What a bookkeeper does inside the books, past us, through the practice's control API."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from documents import ReferenceKind
from models import BooksRow, db, end_reading
from tests.world import World

Body = dict[str, Any]
DAYS = {"qne": "docDate", "sql_accounting": "docdate", "quickbooks": "TxnDate"}
"""What each system calls a document's date."""


class Bookkeeper:
    """A person in the books that a world is connected to."""

    def __init__(self, world: World) -> None:
        self.world = world
        kind = world.company.kind
        realm = world.practice.line["quickbooks"]["realm_id"]
        self.invoices = f"/quickbooks/{realm}/invoice" if kind == "quickbooks" else f"/{kind}/invoices"

    def types(self, reference: str, price: str = "99", number: str = "") -> None:
        """An invoice of yesterday."""
        day = self.world.documents()[0].day
        assert day is not None
        body = BODIES[self.world.company.kind](self.world, reference, price, number)
        self._do("POST", "", body | {DAYS[self.world.company.kind]: day.isoformat()})

    def dates(self, remote_id: str, day: str) -> None:
        """Change its date."""
        self._do("PATCH", f"/{remote_id}", {DAYS[self.world.company.kind]: day})

    def voids(self, remote_id: str) -> None:
        """Void it."""
        self._do("POST", f"/{remote_id}/void", {})

    def deletes(self, remote_id: str) -> None:
        """Take it away."""
        self._do("DELETE", f"/{remote_id}", None)

    def _do(self, method: str, path: str, body: Body | None) -> None:
        self.world.practice.control(method, self.invoices + path, body)


def id_of(world: World, kind: ReferenceKind, code: str) -> str:
    """The books' own id of a row of their lists."""
    here = (BooksRow.books_id == world.books_id, BooksRow.kind == kind, BooksRow.code == code)
    found = db.session.scalars(select(BooksRow.remote_id).where(*here)).one()
    end_reading()
    return found


def _in_qne(world: World, reference: str, price: str, number: str) -> Body:
    line = {"pos": 1, "stockId": _number(id_of(world, ReferenceKind.ITEM, "MUG-01")), "qty": 1, "unitPrice": int(price)}
    head = {"customerId": _number(id_of(world, ReferenceKind.CUSTOMER, "300-W0001")), "currencyId": 1}
    numbered = {"docCode": number} if number else {}
    return {**head, **numbered, "currencyRate": 1, "referenceNo": reference, "itemDetails": [line]}


def _number(told: str) -> int | str:
    return int(told) if told.isdigit() else told


def _in_sql_accounting(_world: World, reference: str, price: str, number: str) -> Body:
    line = {"itemcode": "MUG-01", "qty": "1", "unitprice": price}
    return {"code": "300-W0001", "docno": number, "docref1": reference, "sdsdocdetail": [line]}


def _in_quickbooks(world: World, reference: str, price: str, number: str) -> Body:
    item, tax = id_of(world, ReferenceKind.ITEM, "MUG-01"), id_of(world, ReferenceKind.TAX_CODE, "NT")
    detail = {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": int(price), "TaxCodeRef": {"value": tax}}
    line = {"Amount": int(price), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    note = {"PrivateNote": f"Tillbridge [{reference}]"} if reference else {}
    numbered = {"DocNumber": number} if number else {}
    head = {"CustomerRef": {"value": "58"}, "CurrencyRef": {"value": "MYR"}, "GlobalTaxCalculation": "TaxExcluded"}
    return {**head, **note, **numbered, "Line": [line]}


BODIES: dict[str, Callable[[World, str, str, str], Body]] = {
    "qne": _in_qne,
    "sql_accounting": _in_sql_accounting,
    "quickbooks": _in_quickbooks,
}
