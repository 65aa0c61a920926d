"""What QuickBooks holds, as Remotes: sales, refunds, payments, customers, products."""

from adapters.accounting.quickbooks import contract, lists
from adapters.accounting.quickbooks.contract import Record, day, flag, id_in, number, text
from documents import Remote


def remote_of(entity: str, row: Record) -> Remote:
    """One object of any kind."""
    made = {contract.CUSTOMER: _customer, contract.ITEM: _product}.get(entity)
    return made(row) if made else _document(entity, row)


def reference_of(entity: str, row: Record) -> str:
    """Our reference in it; "" where it carries none."""
    return contract.reference_in(text(row, contract.OUR_FIELD.get(entity, contract.PRIVATE_NOTE)))


def _document(entity: str, row: Record) -> Remote:
    """TotalAmt holds tax; a voided one says so in its note, and comes to nothing (section 2.1)."""
    total = number(row, "TotalAmt")
    is_gone = text(row, "status") == contract.DELETED
    return Remote(
        remote_id=contract.remote_id_of(entity, text(row, "Id")),
        reference=reference_of(entity, row),
        number=text(row, contract.NUMBER_FIELD[entity]),
        total=total,
        currency=id_in(row, "CurrencyRef") or None,
        customer=id_in(row, "CustomerRef") or None,
        date=day(row, "TxnDate"),
        is_void=is_gone or (contract.says_voided(text(row, contract.PRIVATE_NOTE)) and not total),
        balance=None if entity == contract.PAYMENT else number(row, "Balance"),
        raw=row,
    )


def _customer(row: Record) -> Remote:
    """Documents name a customer by its id; `raw` is what its list row would say."""
    code = text(row, "Id")
    reference, is_void = reference_of(contract.CUSTOMER, row), not flag(row, "Active", default=True)
    return Remote(code, reference, code, is_void=is_void, raw=lists.customer_details(row))


def _product(row: Record) -> Remote:
    """By its code in the list of products."""
    reference, is_void = reference_of(contract.ITEM, row), not flag(row, "Active", default=True)
    return Remote(
        text(row, "Id"), reference, contract.code_of(row, *contract.NAMES), is_void=is_void, raw=lists.item_details(row)
    )
