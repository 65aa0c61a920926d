"""A price that gives a line's amount exactly in the books, or the line split in two; never one silently rounded."""

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from documents import N_, ZERO, InvoiceLine, say
from sync.drafting.exact import cut_down, half_up, has_at_most, plain
from sync.drafting.work import Work


class Piece(NamedTuple):
    """A part of a line: quantity x price, rounded to money digits, is `amount`."""

    quantity: Decimal
    price: Decimal
    amount: Decimal


def fit(
    quantity: Decimal, price: Decimal | None, amount: Decimal, price_digits: int, money_digits: int
) -> tuple[Piece, ...]:
    """The piece or two pieces that make `amount`: the store's price (None = it has none), else amount / quantity, else
    a split of quantity - 1 and 1. Empty when no price can do it. `amount` is before any discount."""
    if price is not None and has_at_most(price, price_digits) and half_up(quantity * price, money_digits) == amount:
        return (Piece(quantity, price, amount),)
    if not quantity:
        return (Piece(quantity, ZERO, amount),) if not amount else ()
    sign_q, sign_a = (-1 if quantity < 0 else 1), (-1 if amount < 0 else 1)
    pieces = _fit_positive(abs(quantity), abs(amount), price_digits, money_digits)
    return tuple(Piece(sign_q * q, sign_q * sign_a * p, sign_a * a) for q, p, a in pieces)


def _fit_positive(quantity: Decimal, amount: Decimal, price_digits: int, money_digits: int) -> tuple[Piece, ...]:
    price = half_up(amount / quantity, price_digits)
    if half_up(quantity * price, money_digits) == amount:
        return (Piece(quantity, price, amount),)
    if quantity <= 1:
        return ()
    most = half_up((quantity - 1) * price, money_digits)
    if most > amount:
        price = cut_down(amount / quantity, price_digits)
        most = half_up((quantity - 1) * price, money_digits)
    rest = amount - most
    if rest < 0 or not has_at_most(rest, price_digits):
        return ()
    return Piece(quantity - 1, price, most), Piece(Decimal(1), rest, rest)


def with_prices(work: Work, line: InvoiceLine) -> tuple[InvoiceLine, ...]:
    """The line as one or two lines whose prices the books can keep, or the line as it was and a problem.

    Of a line in two the first carries the discount; one that is larger than the first goes into the prices.
    """
    if line.quantity is None:
        return (replace(line, amount=half_up(line.amount, work.digits)),)
    arithmetic = work.rules.arithmetic
    if not has_at_most(line.quantity, arithmetic.quantity_digits):
        _tell_quantity(work, line)
        return (line,)
    discount = half_up(line.discount, work.digits) if arithmetic.line_discount_field else ZERO
    amount = half_up(line.amount, work.digits)
    pieces = fit(line.quantity, line.price, amount + discount, arithmetic.price_digits, work.digits)
    if len(pieces) == 2 and discount > pieces[0].amount:
        discount, pieces = ZERO, fit(line.quantity, None, amount, arithmetic.price_digits, work.digits)
    if not pieces:
        _tell_price(work, line)
        return (line,)
    if len(pieces) == 1:
        return (replace(line, price=pieces[0].price, amount=amount, discount=discount),)
    return _split(line, pieces, discount)


def _split(line: InvoiceLine, pieces: tuple[Piece, ...], discount: Decimal) -> tuple[InvoiceLine, ...]:
    """Two lines; the whole discount stays on the first, and the serial numbers go with their pieces."""
    (quantity, price, amount), last = pieces
    serials = int(abs(quantity)) if line.serials else 0
    notes = (*line.notes, say(N_("The line was split, so that its prices make its amount exactly.")))
    first = replace(line, quantity=quantity, price=price, amount=amount - discount, discount=discount, notes=notes)
    rest = replace(line, quantity=last.quantity, price=last.price, amount=last.amount, discount=ZERO, notes=notes)
    return replace(first, serials=line.serials[:serials]), replace(rest, serials=line.serials[serials:])


def _tell_quantity(work: Work, line: InvoiceLine) -> None:
    sentence = N_("The quantity {quantity} of {name} is finer than the {digits} decimals that the books keep.")
    digits = work.rules.arithmetic.quantity_digits
    message = say(sentence, quantity=plain(line.quantity or ZERO), name=line.description, digits=digits)
    work.tell("quantity", "orders", message, line.description)


def _tell_price(work: Work, line: InvoiceLine) -> None:
    sentence = N_("No price with {digits} decimals makes {quantity} of {name} come to {amount}.")
    digits, amount = work.rules.arithmetic.price_digits, work.money(line.amount)
    message = say(sentence, digits=digits, quantity=plain(line.quantity or ZERO), name=line.description, amount=amount)
    work.tell("price", "orders", message, line.description)
