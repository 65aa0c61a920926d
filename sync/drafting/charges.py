"""The lines of what is not a product: every charge that is switched on, in the order's order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from documents import N_, ZERO, Charge, ChargeKind, InvoiceLine, say
from sync.drafting.items import unit_of
from sync.drafting.net import net
from sync.drafting.products import own_tax_code
from sync.drafting.switches import Switch, switch_of
from sync.drafting.taxes import TaxPick, pick_tax
from sync.drafting.work import Work

DISCOUNT_LINE = "discount_line"


class Posted(NamedTuple):
    """A charge that is switched on; `source` is the key of its edits."""

    charge: Charge
    switch: Switch
    item: str | None
    uom: str | None
    source: str


def posted_charges(work: Work) -> list[Posted]:
    """Every charge that is switched on; on without an item is a problem, and a charge of 0 makes no line."""
    return [_posted(work, charge, place) for place, charge in enumerate(work.order.charges, 1) if _is_on(work, charge)]


def _is_on(work: Work, charge: Charge) -> bool:
    return bool(charge.amount) and switch_of(work.rules, work.order.channel.id, charge.kind).preset.on


def _posted(work: Work, charge: Charge, place: int) -> Posted:
    switch = switch_of(work.rules, work.order.channel.id, charge.kind)
    source = f"charge/{place}"
    edit = work.edits.line(source)
    item, uom = edit.item or switch.preset.item, edit.uom or switch.preset.uom
    if item:
        return Posted(charge, switch, item, unit_of(work, item, uom, switch.mend), source)
    message = say(N_("{charge} is switched on, but no item is chosen for it."), charge=label(charge.kind))
    work.tell(switch.about, switch.mend, message, charge.kind)
    return Posted(charge, switch, None, uom, source)


def label(kind: ChargeKind) -> str:
    """A kind of charge as people read it."""
    return kind.replace("_", " ").capitalize()


def charge_line(work: Work, posted: Posted) -> InvoiceLine | None:
    """One line of a charge with its own tax; a negative one is a discount line where lines cannot be negative."""
    charge, pick = posted.charge, own_pick(work, posted)
    amount = net(work, charge.amount, charge.tax_amount, pick.rate)
    if amount < 0 and not work.rules.arithmetic.negative_lines:
        return discount_line(work, posted, amount, pick)
    return plain_line(posted, amount, pick)


def own_pick(work: Work, posted: Posted) -> TaxPick:
    """The code of a charge that is not spread."""
    charge = posted.charge
    fallback = posted.switch.preset.tax_code or own_tax_code(work.rules, posted.item)
    return pick_tax(work, charge.tax, charge.tax_amount, fallback, label(charge.kind))


def plain_line(posted: Posted, amount: Decimal, pick: TaxPick) -> InvoiceLine:
    """A line of one piece."""
    return InvoiceLine(
        kind=posted.charge.kind,
        item=posted.item,
        uom=posted.uom,
        quantity=Decimal(1),
        price=amount,
        amount=amount,
        tax_code=pick.code,
        tax_rate=pick.rate,
        description=label(posted.charge.kind),
        source_line=posted.source,
    )


def discount_line(work: Work, posted: Posted, amount: Decimal, pick: TaxPick) -> InvoiceLine | None:
    """The books' own discount line, where they have one; else a problem."""
    if not work.rules.arithmetic.discount_line:
        sentence = N_("{charge} is switched on, but the books take no negative line for it: switch it off.")
        message = say(sentence, charge=label(posted.charge.kind))
        work.tell(posted.switch.about, posted.switch.mend, message, posted.charge.kind)
        work.is_total_open = True
        return None
    return InvoiceLine(
        kind=posted.charge.kind,
        form=DISCOUNT_LINE,
        amount=amount,
        tax_code=pick.code,
        tax_rate=pick.rate,
        description=label(posted.charge.kind),
        source_line=posted.source,
    )


def with_one_discount_line(lines: Sequence[InvoiceLine]) -> Iterator[InvoiceLine]:
    """The lines with all discount lines put into one: the voucher's where there is one, else the first."""
    discounts = [line for line in lines if line.form == DISCOUNT_LINE]
    if len(discounts) < 2:
        yield from lines
        return
    first = next((line for line in discounts if line.kind == ChargeKind.SELLER_DISCOUNT), discounts[0])
    amount = sum((line.amount for line in discounts), ZERO)
    for line in lines:
        if line is first:
            yield replace(line, amount=amount)
        elif line.form != DISCOUNT_LINE:
            yield line
