"""The total and the tax as the books will reckon them: tax per line, once per tax code, or the store's own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from documents import ZERO, InvoiceLine, TaxPer
from sync.drafting.charges import DISCOUNT_LINE
from sync.drafting.exact import half_up


def tax_of(amount: Decimal, rate: Decimal, digits: int, *, is_inside: bool) -> Decimal:
    """The tax of an amount at `rate` percent, half-up: on top of it, or inside it."""
    return half_up(amount * rate / (100 + rate if is_inside else 100), digits) if rate else half_up(ZERO, digits)


def with_tax(line: InvoiceLine, tax_per: TaxPer, digits: int, *, is_inside: bool) -> InvoiceLine:
    """The line with its tax, where the books take it per line."""
    if tax_per != TaxPer.LINE:
        return line
    return replace(line, tax=tax_of(line.amount, line.tax_rate, digits, is_inside=is_inside))


def with_tax_after_discount(lines: Sequence[InvoiceLine], digits: int, *, is_inside: bool) -> Iterator[InvoiceLine]:
    """A taxed discount line takes off what the tax of each line falls by when the line bears its share of it: so books
    with one such line reckon."""
    goods = [line for line in lines if line.form != DISCOUNT_LINE]
    whole = sum((line.amount for line in goods), ZERO)
    for line in lines:
        if line.form != DISCOUNT_LINE or not line.tax_rate or not whole:
            yield line
            continue
        after = [_tax_of_share(each, line.amount, whole, digits, is_inside=is_inside) for each in goods]
        yield replace(line, tax=sum(after, ZERO) - sum((each.tax or ZERO for each in goods), ZERO))


def _tax_of_share(line: InvoiceLine, off: Decimal, whole: Decimal, digits: int, *, is_inside: bool) -> Decimal:
    """The tax of a line after its share of a discount; divided once, so that a half stays a half."""
    hundred = 100 + line.tax_rate if is_inside else Decimal(100)
    return half_up(line.amount * (whole + off) * line.tax_rate / (whole * hundred), digits)


def document_tax(
    lines: Iterable[InvoiceLine], tax_per: TaxPer, sent: Decimal, digits: int, *, is_inside: bool
) -> Decimal:
    """The tax of all lines, as the books will have it."""
    if tax_per == TaxPer.STORE:
        return sent
    if tax_per == TaxPer.LINE:
        return sum((line.tax or ZERO for line in lines), ZERO)
    sums: dict[tuple[str | None, Decimal], Decimal] = {}
    for line in lines:
        code = (line.tax_code, line.tax_rate)
        sums[code] = sums.get(code, ZERO) + line.amount
    return sum((tax_of(amount, rate, digits, is_inside=is_inside) for (_, rate), amount in sums.items()), ZERO)


def document_total(lines: Iterable[InvoiceLine], tax: Decimal, *, is_inside: bool) -> Decimal:
    """What the books will say the document comes to."""
    return sum((line.amount for line in lines), ZERO) + (ZERO if is_inside else tax)
