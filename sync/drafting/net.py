"""Amounts without their tax, for books that have no tax-inclusive documents: by the store's own tax figures."""

from dataclasses import replace
from decimal import Decimal

from documents import ZERO, InvoiceLine
from sync.drafting.exact import half_up
from sync.drafting.work import Work


def net(work: Work, amount: Decimal, tax: Decimal | None, rate: Decimal) -> Decimal:
    """The amount as the document takes it: net only where the store's holds tax and the books' may not.

    A tax that the store says nothing about is taken out by the code's rate, unless the tax is sent: then the store's
    figures are all there is, and it took none."""
    if not work.is_netted:
        return amount
    if tax is not None:
        return amount - tax
    return amount if work.is_tax_sent else half_up(amount * 100 / (100 + rate), work.unit_digits)


def netted(work: Work, line: InvoiceLine, tax: Decimal | None) -> InvoiceLine:
    """The line with net amount and discount; its price is then left to be fitted."""
    amount = net(work, line.amount, tax, line.tax_rate)
    if amount == line.amount:
        return line
    discount = half_up(line.discount * amount / line.amount, work.unit_digits) if line.amount else ZERO
    return replace(line, amount=amount, discount=discount, price=None)
