"""The seller's discount over the whole order: a discount line, one negative line per tax code, or off the lines.

A voucher whose tax the store names is a charge like others. So is one that the store says carries a tax of 0.00 though
the lines are taxed, if the order's tax bears that out: then it is posted with the zero-tax code, and is not spread.
Where the books take no line for either, it is taken off the lines under that tax, or under none.
Every other voucher is spread, whatever tax code its preset has: only so can the books' tax meet the store's.
"""

from dataclasses import replace
from decimal import Decimal

from documents import N_, ZERO, ChargeKind, InvoiceLine, Payer, say
from sync.drafting.charges import Posted, charge_line, discount_line, own_pick, plain_line, posted_charges
from sync.drafting.exact import half_up, plain
from sync.drafting.net import net
from sync.drafting.shares import largest_remainder
from sync.drafting.taxes import TaxPick
from sync.drafting.work import Work

Lines = list[InvoiceLine]


def with_charges(work: Work, products: Lines) -> tuple[Lines, Lines]:
    """The products, with vouchers taken off them where the books leave no other way, and the lines of all charges."""
    made: Lines = []
    taken_off = ZERO
    picks = {(line.tax_code, line.tax_rate): TaxPick(line.tax_code, line.tax_rate) for line in products}
    for posted in posted_charges(work):
        if shares := _off_its_own(work, posted, products):
            products = _less_shares(work, products, shares)
        elif not _is_spread(work, posted, products):
            line = charge_line(work, posted)
            made.extend([line] if line else [])
        elif posted.charge.amount < 0 and _fits_discount_line(work, len(picks)):
            made.extend(_as_discount_line(work, posted, products))
        elif posted.charge.amount > 0 or work.rules.arithmetic.negative_lines:
            made.extend(_per_tax_code(work, posted, products, list(picks.values())))
        else:
            taken_off += _net(work, posted, products)
    return _taken_off(work, products, taken_off) if taken_off else products, made


def _is_spread(work: Work, posted: Posted, products: Lines) -> bool:
    charge = posted.charge
    if charge.kind != ChargeKind.SELLER_DISCOUNT or charge.tax is not None:
        return False
    return not (charge.tax_amount == 0 and _may_stay_untaxed(work, products) and _stated_taxes_add_up(work))


def _may_stay_untaxed(work: Work, products: Lines) -> bool:
    """True where a line of its own with the zero-tax code can be posted beside lines that are taxed."""
    is_reckoned = work.rules.arithmetic.negative_lines and not work.is_tax_sent
    return is_reckoned and any(line.tax_rate for line in products)


def _stated_taxes_add_up(work: Work) -> bool:
    """True when the store took its tax on the lines before the voucher."""
    order = work.order
    stated = [line.tax_amount or ZERO for line in order.lines]
    stated += [charge.tax_amount or ZERO for charge in order.charges if charge.paid_by == Payer.BUYER]
    return abs(sum(stated, ZERO) - order.tax_total) <= work.rules.settings.rounding_cap


def _off_its_own(work: Work, posted: Posted, products: Lines) -> list[Decimal]:
    """What a voucher takes off the lines that bear its own tax, where the books leave no other way; none where such
    lines are too few. One that carries a tax of 0.00 beside taxed lines has the lines without any."""
    charge, picks = posted.charge, {TaxPick(line.tax_code, line.tax_rate) for line in products}
    is_line = work.rules.arithmetic.negative_lines or _fits_discount_line(work, len(picks))
    if charge.kind != ChargeKind.SELLER_DISCOUNT or charge.amount > 0 or is_line:
        return []
    if charge.tax is None and not (charge.tax_amount == 0 and _stated_taxes_add_up(work)):
        return []
    own = own_pick(work, posted)
    weights = [line.amount if (line.tax_code, line.tax_rate) == own else ZERO for line in products]
    voucher = net(work, charge.amount, charge.tax_amount, own.rate)
    is_enough = sum(weights, ZERO) + voucher >= 0
    return largest_remainder(voucher, weights, work.unit_digits) if is_enough else []


def _fits_discount_line(work: Work, tax_codes: int) -> bool:
    return work.rules.arithmetic.discount_line and (tax_codes == 1 or work.is_tax_sent)


def _net(work: Work, posted: Posted, products: Lines) -> Decimal:
    """The voucher in the document's own mode; if its tax is unknown, it is as much net as the lines are."""
    charge = posted.charge
    if not work.is_netted:
        return charge.amount
    if charge.tax_amount is not None:
        return charge.amount - charge.tax_amount
    gross = sum((line.amount for line in work.order.lines), ZERO)
    share = sum((line.amount for line in products), ZERO) / gross if gross else Decimal(1)
    return half_up(charge.amount * share, work.unit_digits)


def _as_discount_line(work: Work, posted: Posted, products: Lines) -> Lines:
    """One discount line, under the code of the larger part of the lines."""
    largest = max(products, key=lambda line: (bool(line.tax_rate), line.amount))
    line = discount_line(work, posted, _net(work, posted, products), TaxPick(largest.tax_code, largest.tax_rate))
    return [line] if line else []


def _per_tax_code(work: Work, posted: Posted, products: Lines, picks: list[TaxPick]) -> Lines:
    """One line per tax code in the order in which the lines have them; a share of 0 is no line."""
    sums = [sum((line.amount for line in products if (line.tax_code, line.tax_rate) == pick), ZERO) for pick in picks]
    shares = largest_remainder(_net(work, posted, products), sums, work.unit_digits)
    return [plain_line(posted, share, pick) for share, pick in zip(shares, picks, strict=True) if share]


def _taken_off(work: Work, products: Lines, voucher: Decimal) -> Lines:
    """Every line less its share, in its discount field, or in its price where there is none."""
    return _less_shares(
        work, products, largest_remainder(voucher, [line.amount for line in products], work.unit_digits)
    )


def _less_shares(work: Work, products: Lines, shares: list[Decimal]) -> Lines:
    return [_less(work, line, share) if share else line for line, share in zip(products, shares, strict=True)]


def _less(work: Work, line: InvoiceLine, share: Decimal) -> InvoiceLine:
    if line.amount + share < 0:
        sentence = N_("The order's discount is larger than the lines that it is taken off.")
        work.tell("price", "orders", say(sentence), line.description)
    note = say(N_("The order's discount of {share} is taken off here."), share=plain(share))
    return replace(line, amount=line.amount + share, discount=line.discount - share, notes=(*line.notes, note))
