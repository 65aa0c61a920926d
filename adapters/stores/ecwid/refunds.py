"""Money given back (ecwid.md 8, Refunds): Ecwid tells no id, no lines and no tax of it."""

import datetime as dt
from decimal import Decimal

from adapters.stores.ecwid.contract import Record
from adapters.stores.ecwid.figures import amount, half_up, moment, money, records
from adapters.stores.figures import text
from documents import ZERO, Refund

REST = "rest"


def refunds_of(raw: Record, order_id: str, total: Decimal, tax: Decimal, digits: int) -> tuple[Refund, ...]:
    """The order's refunds, oldest first; `total` is what its `tax` belongs to.

    What was given back without a record (`REFUNDED` and no `refunds`, or a sum that is larger than theirs) is a refund
    of its own, dated when the order changed last, to be looked at; so are all where their sum is too large."""
    made = [_refund(at, each, order_id, digits) for at, each in enumerate(_by_date(raw), start=1)]
    rest = _given_back(raw, total, made) - sum((each.amount for each in made), ZERO)
    if rest > 0:
        made.append(_without_record(raw, order_id, rest))
    return tuple(_finished(each, tax, total, digits, is_doubtful=rest < 0) for each in made)


def _by_date(raw: Record) -> list[tuple[dt.datetime | None, Record]]:
    """In the order in which they were made, whatever the API's is: their place is a part of their id."""
    earliest = dt.datetime.min.replace(tzinfo=dt.UTC)
    dated = [(moment(each, "date"), each) for each in records(raw, "refunds")]
    return sorted(dated, key=lambda each: each[0] or earliest)


def _refund(place: int, dated: tuple[dt.datetime | None, Record], order_id: str, digits: int) -> Refund:
    when, row = dated
    given = half_up(abs(amount(row, "amount")), digits)
    day = f"{when:%Y%m%d%H%M%S}" if when else ""
    return Refund(f"{order_id}/{place}/{day}/{given}", given, when, text(row, "reason"))


def _given_back(raw: Record, total: Decimal, made: list[Refund]) -> Decimal:
    """All that was given back: as the order says, else as its refunds do; REFUNDED without either is all of it."""
    told = money(raw, "refundedAmount")
    if told:
        return told
    if not made and text(raw, "paymentStatus") == "REFUNDED":
        return total
    return sum((each.amount for each in made), ZERO)


def _without_record(raw: Record, order_id: str, rest: Decimal) -> Refund:
    """One for each order, whose amount may grow: its id has no date and no amount, since both move."""
    return Refund(f"{order_id}/{REST}", rest, moment(raw, "updateDate", "updateTimestamp"), needs_look=True)


def _finished(refund: Refund, tax: Decimal, total: Decimal, digits: int, *, is_doubtful: bool) -> Refund:
    """With its part of the order's tax, in proportion."""
    share = half_up(refund.amount * tax / total, digits) if total else ZERO
    return Refund(
        refund.id,
        refund.amount,
        refund.made_at,
        refund.reason,
        tax_amount=share,
        needs_look=refund.needs_look or is_doubtful,
    )
