"""The bytes of a customer payment with the invoices that it knocks off (sql-accounting.md 8.5, D14)."""

from decimal import Decimal

from adapters.accounting.sql_accounting import contract
from adapters.accounting.sql_accounting.contract import KNOCK_OFFS, NONE, Record, plain
from adapters.accounting.sql_accounting.rewriting import present_head
from adapters.errors import Refused, UnknownCode
from documents import N_, ZERO, KnockOff, Receipt, ReferenceKind, say


def payment(content: Receipt, reference: str, home: str, present: Record | None = None) -> Record:
    """A whole payment; what it does not knock off is said to be unapplied, or the engine would spread it itself."""
    rows = [_knock_off(each) for each in content.knock_offs]
    head = _head(content, reference, home)
    if present is None:
        return {"docno": "", **head, KNOCK_OFFS: rows}
    return {**present_head(present), **head, "cancelled": False, KNOCK_OFFS: rows}


def _head(content: Receipt, reference: str, home: str) -> Record:
    head = {
        "code": _customer(content),
        "docdate": content.date.isoformat(),
        "postdate": content.date.isoformat(),
        "paymentmethod": _account(content),
        "description": content.description or None,
        "currencycode": NONE if content.currency == home else content.currency,
        "currencyrate": plain(_rate(content, home)),
        "docamt": plain(content.total),
        "unappliedamt": plain(_unapplied(content)),
        "docref1": reference,
        "chequenumber": content.number if 0 < len(content.number) <= contract.CHEQUE_NUMBER else None,
    }
    return contract.without_none(head)


def _knock_off(each: KnockOff) -> Record:
    """The invoice is named by its number."""
    if not each.number:
        raise Refused(say(N_("The sale {reference} has no invoice in SQL Accounting yet."), reference=each.sale))
    return {"doctype": contract.INVOICE, "docno": each.number, "koamt": plain(each.amount), "knockoff": True}


def _customer(content: Receipt) -> str:
    if content.customer is None or content.customer.code is None:
        raise UnknownCode(ReferenceKind.CUSTOMER, "")
    return content.customer.code


def _account(content: Receipt) -> str:
    if not content.account:
        raise Refused(say(N_("No account is chosen to receive the payment {reference}."), reference=content.reference))
    return content.account


def _rate(content: Receipt, home: str) -> Decimal:
    rate = Decimal(1) if content.currency == home else content.exchange_rate
    if rate is None:
        raise Refused(say(N_("The payment {reference} has no exchange rate."), reference=content.reference))
    return rate


def _unapplied(content: Receipt) -> Decimal:
    applied = sum((each.amount for each in content.knock_offs), ZERO)
    if applied > content.total:
        template = N_("The payment {reference} of {total} would knock off {applied}: more than was received.")
        raise Refused(say(template, reference=content.reference, total=content.total, applied=applied))
    return content.total - applied
