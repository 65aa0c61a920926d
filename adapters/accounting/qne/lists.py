"""The books' lists in our words: customers, items, units, ... and the accounts that may receive money."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from adapters.accounting.base import ReferencePage
from adapters.accounting.qne import contract
from adapters.accounting.qne.client import Client
from adapters.accounting.qne.contract import Record, Rows, code_of, first, flag, id_details, number, text
from adapters.errors import NotAllowed, Refused
from documents import ReferenceKind, ReferenceRow, Role

K = ReferenceKind


def pages(client: Client, kind: ReferenceKind) -> Iterator[ReferencePage]:
    """All rows of one list, page by page."""
    for rows, count in _raw_pages(client, kind):
        read = (_row(kind, row) for row in rows)
        yield ReferencePage(tuple(row for row in read if row is not None), count)


def _raw_pages(client: Client, kind: ReferenceKind) -> Iterator[Rows]:
    if kind in contract.UNPAGED:
        return iter([client.whole(contract.LISTS[kind])])
    if kind is K.ITEM:
        return _stock_pages(client)
    if kind is K.CURRENCY:
        return _currency_pages(client)
    return client.pages(contract.LISTS[kind])


def _stock_pages(client: Client) -> Iterator[Rows]:
    """The proven list says nothing of units; the detailed one does, where the API has it (sections 4 and 6.1).

    Where neither does, an item's units are read one by one, for the items that are really posted (`invoices.py`)."""
    plain = client.pages(contract.LISTS[K.ITEM])
    head = next(plain)
    if not head[0] or "uoms" in head[0][0]:
        return _and_then(head, plain)
    try:
        detailed = client.pages(contract.DETAILED_STOCKS)
        better = next(detailed)
    except (Refused, NotAllowed):
        return _and_then(head, plain)
    return _and_then(better, detailed)


def _and_then(head: Rows, rest: Iterator[Rows]) -> Iterator[Rows]:
    yield head
    yield from rest


def _currency_pages(client: Client) -> Iterator[Rows]:
    """The list of currencies is a guess; without it there is the one that new invoices start with."""
    try:
        listed = client.pages(contract.LISTS[K.CURRENCY])
        return _and_then(next(listed), listed)
    except (Refused, NotAllowed):
        template = client.record(f"{contract.RESOURCE[Role.SALE]}/New")
        code = text(template, "currencyCode")
        return iter([([{"id": template.get("currencyId"), "code": code}] if code else [], None)])


def _row(kind: ReferenceKind, row: Record) -> ReferenceRow | None:
    """A row without a code cannot be named by anyone; an input tax is none of ours; of accounts only cash and banks."""
    code = text(row, "code")
    if not code or not _WANTED.get(kind, _any)(row):
        return None
    name = text(row, "name", "description") or code
    return ReferenceRow(kind, code, name, text(row, "id"), flag(row, "isActive", default=True), details_of(kind, row))


def details_of(kind: ReferenceKind, row: Record) -> Record:
    """What more is known of a row than its code and name."""
    return {**id_details(row), **_DETAILS.get(kind, _no_details)(row)}


# --- which rows, and what more is said of them ------------------------------------------------------------------


def _any(_row: Record) -> bool:
    return True


def _is_output_tax(row: Record) -> bool:
    return flag(row, "isOutputTax", default=True)


def _is_deposit_account(row: Record) -> bool:
    """A leaf, active, a current asset that is a bank or cash (section 6.1)."""
    kind = row.get("accountType")
    type_code = text(kind, "typeCode", "code") if isinstance(kind, dict) else text(row, "accountTypeCode")
    is_leaf = flag(row, "isActive", default=True) and not flag(row, "hasChildren", default=False)
    return is_leaf and type_code == "BCA" and text(row, "specialCode") in {"BAC", "CAC"}


def _no_details(_row: Record) -> Record:
    return {}


def _customer(row: Record) -> Record:
    return {"email": text(row, "email"), "currency": code_of(row, "currency"), "terms": code_of(row, "term")}


def _item(row: Record) -> Record:
    base = text(row, "baseUOM", "baseUom") or code_of(row, "baseUOM") or ""
    units = read_units(row)
    base = base or next((str(unit["code"]) for unit in units if unit["is_base"]), "")
    return {
        "base_uom": base,
        "uoms": units or ([{"code": base}] if base else []),
        "tax_code": code_of(row, "outputTaxCode") or code_of(row, "taxCode"),
        "serial": False,
    }


def read_units(stock: Record) -> list[Record]:
    """The units of a stock item, with the ids that invoice lines need."""
    rows = stock.get("uoms")
    return [_unit(row) for row in rows if text(row, "code")] if isinstance(rows, list) else []


def _unit(row: Record) -> Record:
    rate = number(row, "rate")
    is_base = flag(row, "isBase", default=False)
    return {"code": text(row, "code"), "id": row.get("id"), "rate": str(rate or 1), "is_base": is_base}


def _term(row: Record) -> Record:
    days = number(row, "value", "days")
    return {"days": None if days is None else int(days)}


def _tax_code(row: Record) -> Record:
    """Rates are factors in QNE (0.06 = 6 %); ours are in percent."""
    return {"rate": in_percent(number(row, "rate") or Decimal(0))}


def in_percent(factor: Decimal) -> str:
    """0.06 is "6": exact, without needless zeros."""
    percent = factor.scaleb(2)
    whole = percent.to_integral_value()
    return str(whole.quantize(Decimal(1))) if percent == whole else f"{percent.normalize():f}"


def _currency(row: Record) -> Record:
    rate = first(row, "rate", "currencyRate", "exchangeRate", "sellRate")
    return {"rates": [] if rate is None else [{"from": None, "rate": str(rate)}]}


_WANTED: dict[ReferenceKind, Callable[[Record], bool]] = {
    K.TAX_CODE: _is_output_tax,
    K.DEPOSIT_ACCOUNT: _is_deposit_account,
}
_DETAILS: dict[ReferenceKind, Callable[[Record], Record]] = {
    K.CUSTOMER: _customer,
    K.ITEM: _item,
    K.TERM: _term,
    K.TAX_CODE: _tax_code,
    K.CURRENCY: _currency,
}
