"""The rounding line: what is missing between the books' reckoning and the expected total."""

from collections.abc import Sequence
from decimal import Decimal

from documents import N_, ZERO, InvoiceLine, say
from sync.drafting.charges import DISCOUNT_LINE
from sync.drafting.exact import half_up
from sync.drafting.items import unit_of
from sync.drafting.work import Work

ROUNDING = "rounding"


def rounding_line(work: Work, lines: Sequence[InvoiceLine], needed: Decimal) -> InvoiceLine | None:
    """A line of `needed` on the rounding item, with the zero-tax code; None and a problem where it cannot be posted.

    A negative one is a discount line where lines cannot be negative. The rounding item must be chosen in any case."""
    item = work.rules.settings.rounding_item
    if not item:
        sentence = N_("A rounding of {amount} is needed, but no rounding item is chosen.")
        work.tell(ROUNDING, "settings", say(sentence, amount=work.money(needed)))
        return None
    if needed < 0 and not work.rules.arithmetic.negative_lines:
        return _as_discount(work, lines, needed)
    return InvoiceLine(
        kind=ROUNDING,
        item=item,
        uom=unit_of(work, item, None, "settings"),
        quantity=Decimal(1),
        price=needed,
        amount=needed,
        tax_code=work.rules.settings.zero_tax_code,
        description="Rounding",
    )


def _as_discount(work: Work, lines: Sequence[InvoiceLine], needed: Decimal) -> InvoiceLine | None:
    """A discount line; where it joins one that is taxed on top, so much less that the tax makes up for it."""
    if not work.rules.arithmetic.discount_line:
        sentence = N_("A rounding of {amount} is needed, but the books take no negative line.")
        work.tell(ROUNDING, "orders", say(sentence, amount=work.money(needed)))
        return None
    joined = next((line for line in lines if line.form == DISCOUNT_LINE), None)
    on_top = joined is not None and not work.is_inclusive and not work.is_tax_sent
    rate = joined.tax_rate if joined and on_top else ZERO
    amount = half_up(needed * 100 / (100 + rate), work.digits)
    code = work.rules.settings.zero_tax_code
    return InvoiceLine(kind=ROUNDING, form=DISCOUNT_LINE, amount=amount, tax_code=code, description="Rounding")
