"""Optimum's lists in our words; documents name their rows by codes (qne.md 8.2, 8.4)."""

from collections.abc import Iterable, Iterator, Sequence

from adapters.accounting.base import ReferencePage
from adapters.accounting.qne.contract import Record, flag, text
from adapters.accounting.qne_optimum import contract
from adapters.accounting.qne_optimum.client import Client
from documents import ReferenceKind, ReferenceRow

K = ReferenceKind


def pages(client: Client, kind: ReferenceKind) -> Iterator[ReferencePage]:
    """All rows of one list, page by page."""
    path = contract.LISTS[kind]
    found = iter([client.rows(path)]) if kind in contract.WITHOUT_OPTIONS else client.pages(path)
    for rows in found:
        read = (_row(kind, row) for row in rows)
        yield ReferencePage(tuple(row for row in read if row is not None))


def complete_items(client: Client, rows: Sequence[ReferenceRow]) -> Iterable[ReferenceRow]:
    """Items with their units: Optimum tells them item by item."""
    for row in rows:
        units = [_unit(each) for each in client.rows(contract.UNITS.format(id=row.remote_id))]
        base = str(row.details.get("base_uom") or "") or next(
            (str(unit["code"]) for unit in units if unit["is_base"]), ""
        )
        details = {**row.details, "base_uom": base, "uoms": units or [{"code": base}]}
        yield ReferenceRow(row.kind, row.code, row.name, row.remote_id, row.is_active, details)


def _unit(row: Record) -> Record:
    return {"code": contract.code_of(K.UOM, row), "is_base": flag(row, "isBase", "isBaseUOM", default=False)}


def _row(kind: ReferenceKind, row: Record) -> ReferenceRow | None:
    """A row without a code cannot be named by anyone."""
    code = contract.code_of(kind, row)
    if not code:
        return None
    name = text(row, *contract.NAME) or code
    return ReferenceRow(kind, code, name, text(row, "id"), contract.is_active(row), _details(kind, row))


def _details(kind: ReferenceKind, row: Record) -> dict[str, object]:
    if kind is K.CUSTOMER:
        return {"email": text(row, "email"), "currency": text(row, "currency") or None}
    if kind is K.ITEM:
        base = text(row, *contract.BASE_UNIT)
        return {"base_uom": base, "uoms": [{"code": base}] if base else [], "tax_code": None, "serial": False}
    return {"rate": contract.percent(row)} if kind is K.TAX_CODE else {}
