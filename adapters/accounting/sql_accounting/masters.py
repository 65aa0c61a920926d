"""The bytes of customers and products that we make in the books (sql-accounting.md 8.9, 8.10, D25)."""

from adapters.accounting.sql_accounting import contract
from adapters.accounting.sql_accounting.contract import BRANCHES, NONE, UNITS, Record, plain
from adapters.errors import Refused
from documents import N_, NewCustomer, NewProduct, say

LONGEST_ITEM_CODE = 30


def customer(content: NewCustomer, reference: str, home: str, present: Record | None = None) -> Record:
    """A new customer, or the one that is there with another name or e-mail."""
    return _new_customer(content, reference, home) if present is None else _changed_customer(present, content)


def _new_customer(content: NewCustomer, reference: str, home: str) -> Record:
    """Its code follows from our reference, which stands in its remark; its e-mail stands in its billing branch."""
    body = {
        "code": contract.own_code(reference),
        "companyname": content.name,
        "currencycode": NONE if content.currency in {None, home} else content.currency,
        "creditterm": content.terms,
        "remark": contract.CUSTOMER_REMARK + reference,
        BRANCHES: [_billing(content)],
    }
    return contract.without_none(body)


def _changed_customer(present: Record, content: NewCustomer) -> Record:
    """All its branches go along (D22)."""
    rows = contract.nested(present, BRANCHES)
    billing = next((row for row in rows if contract.text(row, "branchname") == contract.BILLING), None)
    others = [contract.sendable(row) for row in rows if row is not billing]
    new = {**(contract.sendable(billing) if billing else {}), **_billing(content)}
    return {"code": contract.text(present, "code"), "companyname": content.name, BRANCHES: [new, *others]}


def _billing(content: NewCustomer) -> Record:
    email = {"email": content.email} if content.email else {}
    return {"branchtype": contract.BILLING_TYPE, "branchname": contract.BILLING, **email}


def product(content: NewProduct, reference: str, present: Record | None = None) -> Record:
    """A new product; one that is there is the bookkeeper's."""
    if present is not None:
        raise Refused(say(N_("Tillbridge changes no product of SQL Accounting.")))
    return _new_product(content, reference)


def _new_product(content: NewProduct, reference: str) -> Record:
    """One unit, the price in it, our reference in a remark. Its accounts are those of the books' own stock group, and
    no stock is opened: that comes by documents."""
    unit = {"uom": contract.FIRST_UNIT, "rate": "1.00", "isbase": True}
    price = {} if content.price is None else {"refprice": plain(content.price)}
    body = {
        "code": _item_code(content, reference),
        "description": content.name[: contract.TEXT],
        "stockcontrol": content.is_tracked,
        "sltax": content.tax_code,
        "isactive": True,
        contract.ITEM_REFERENCE: reference,
        UNITS: [{**unit, **price}],
    }
    return contract.without_none(body)


def _item_code(content: NewProduct, reference: str) -> str:
    """The SKU, by which people know it; a code of ours where there is none, or where it is too long."""
    is_usable = 0 < len(content.sku.strip()) <= LONGEST_ITEM_CODE
    return content.sku.strip() if is_usable else contract.own_code(reference)
