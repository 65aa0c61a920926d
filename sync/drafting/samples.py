"""A sample that is kept: given away, so its document is one of 0.00, whatever figures the marketplace shows."""

from dataclasses import replace

from documents import ZERO, Cause, Order, OrderLine


def given_away(order: Order) -> tuple[Order, tuple[Cause, ...]]:
    """The sample with every figure at 0, and the cause that takes its total out (none where it is 0 already)."""
    free = replace(order, lines=tuple(map(_free, order.lines)), charges=(), tax_total=ZERO, total=ZERO)
    return free, (Cause("sample", -order.total),) if order.total else ()


def _free(line: OrderLine) -> OrderLine:
    return replace(line, price=ZERO, discount=ZERO, amount=ZERO, tax_amount=ZERO, tax=None)
