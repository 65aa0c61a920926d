"""What was sold, in words of no store: each shop that keeps a shelf puts it into its own shape, at every answer.

Prices exclude tax, or hold it where `inclusive`. A line's `tax_amount` is that of its amount less its share of the
voucher; total = sum of amounts - voucher + shipping (+ all taxes, where prices exclude them)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

import msgspec

from practice.buyers import PEOPLE, address
from practice.catalogue import (
    BY_ISKU,
    CENT,
    PLAIN,
    SERVICE,
    SST,
    UNKNOWN_TO_BOOKS,
    ZERO,
    ZERO_RATED,
    Tax,
    cents,
    price_in,
)

State = Literal["unpaid", "paid", "shipped", "completed", "on_hold", "cancelled", "refunded", "partly_refunded"]
TAXES = {tax.id: tax for tax in (SST, SERVICE, ZERO_RATED)}
FIRST = 1001
STATES: dict[int, State] = {
    1: "cancelled",
    7: "refunded",
    13: "unpaid",
    19: "cancelled",
    25: "partly_refunded",
    31: "on_hold",
}
SPECIALS = {3: "voucher", 9: "no_sku", 15: "voucher", 20: "free_line", 24: "shipping_taxed", 27: "unknown_product"}
SPECIALS |= {12: "voucher_some", 17: "shipping_off", 42: "shipping_off_voucher"}
SPECIALS |= {33: "guest", 36: "voucher_taxed", 39: "taxed", 45: "shipping_taxed", 48: "many_lines"}
CYCLE = 50
JUST_NOW = timedelta(minutes=4)
"""Nothing that is made up happened later than this, so that whoever asks for changes is told all of it."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One product of a sale; `tax` is a tax's id (`TAXES`), empty for none; `discount` is off the whole line."""

    id: int
    isku: str
    name: str
    quantity: int
    price: Decimal
    discount: Decimal = ZERO
    tax: str = ""
    voucher: Decimal = ZERO
    tax_amount: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        """After its own discount, before any voucher of the order."""
        return cents(self.price * self.quantity) - self.discount


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money given back; `lines` are (line id, quantity), none where only an amount was given."""

    id: int
    when: datetime
    amount: Decimal
    reason: str = ""
    lines: tuple[tuple[int, int], ...] = ()


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """One sale; `n` counts them. `shipping_off` was taken off the shipping before; `voucher_on` are the ids of the only
    lines that the voucher is for, none: all. `extra` are fields in the store's own words, in place of those made of
    this."""

    n: int
    when: datetime
    updated: datetime
    currency: str
    state: State
    lines: tuple[Line, ...]
    inclusive: bool = False
    shipping: Decimal = ZERO
    shipping_tax: str = ""
    shipping_tax_amount: Decimal = ZERO
    shipping_off: Decimal = ZERO
    voucher: Decimal = ZERO
    voucher_on: tuple[int, ...] = ()
    tax_total: Decimal = ZERO
    total: Decimal = ZERO
    name: str = ""
    email: str = ""
    company: str = ""
    phone: str = ""
    address: dict[str, str] = {}
    remark: str = ""
    method: str = "Card"
    paid_at: datetime | None = None
    refunds: tuple[Refund, ...] = ()
    extra: dict[str, object] = {}

    @property
    def is_paid(self) -> bool:
        """Whether money has come in, even where it went back since."""
        return self.paid_at is not None

    @property
    def refunded(self) -> Decimal:
        """All that was given back."""
        return sum((refund.amount for refund in self.refunds), ZERO)


def rate_of(tax: str) -> Decimal:
    """The rate of a tax by its id, in percent; 0 of none."""
    return TAXES[tax].rate if tax else ZERO


def tax_of(tax: str) -> Tax | None:
    """A tax by its id."""
    return TAXES.get(tax)


def summed(sale: Sale) -> Sale:
    """The sale with shares, taxes and total made anew from its prices, quantities and discounts."""
    couponed = [line.amount if not sale.voucher_on or line.id in sale.voucher_on else ZERO for line in sale.lines]
    shares = shared(sale.voucher, couponed)
    lines = tuple(
        msgspec.structs.replace(
            line, voucher=share, tax_amount=tax_in(line.amount - share, rate_of(line.tax), sale.inclusive)
        )
        for line, share in zip(sale.lines, shares, strict=True)
    )
    shipping_tax = tax_in(sale.shipping, rate_of(sale.shipping_tax), sale.inclusive)
    tax_total = sum((line.tax_amount for line in lines), shipping_tax)
    goods = sum((line.amount for line in lines), ZERO) - sum(shares, ZERO)
    return msgspec.structs.replace(
        sale,
        lines=lines,
        shipping_tax_amount=shipping_tax,
        tax_total=tax_total,
        total=goods + sale.shipping + (ZERO if sale.inclusive else tax_total),
    )


def tax_in(amount: Decimal, rate: Decimal, inclusive: bool) -> Decimal:
    """The tax on an amount, or inside it, to the cent."""
    return cents(amount * rate / (100 + rate if inclusive else 100))


def shared(amount: Decimal, over: Sequence[Decimal]) -> list[Decimal]:
    """An amount shared by largest remainder, to the cent."""
    whole = sum(over, ZERO)
    if not amount or not whole:
        return [ZERO for _ in over]
    exact = [amount * each / whole for each in over]
    shares = [each // CENT * CENT for each in exact]
    left = int((amount - sum(shares, ZERO)) / CENT)
    for place in sorted(range(len(over)), key=lambda at: shares[at] - exact[at])[:left]:
        shares[place] += CENT
    return shares


# --- made up ----------------------------------------------------------------------------------------------------


def make_sales(count: int, seed: int, days: int, today: date, currency: str) -> Iterator[Sale]:
    """`count` sales spread over `days` that end today, oldest first; the same seed and day give the same sales."""
    for place in range(count):
        chance = Random(f"{currency}:{seed}:{place}")
        back = timedelta(days=days * (1 - (place + 1) / max(count, 1)))
        when = datetime.combine(today, time(4), UTC) - back + timedelta(seconds=chance.randrange(-14_000, 14_000))
        yield _made(place, chance, min(when, datetime.now(UTC) - timedelta(minutes=5)), currency)


def _made(place: int, chance: Random, when: datetime, currency: str) -> Sale:
    special, state = SPECIALS.get(place % CYCLE, ""), STATES.get(place % CYCLE)
    name, email, company = chance.choice(PEOPLE)
    lines = _lines(special, chance, currency)
    paid = None if state in ("unpaid", "on_hold", "cancelled") else _by_now(when, minutes=chance.randrange(1, 40))
    sale = Sale(
        n=FIRST + place,
        when=when,
        updated=paid or when,
        currency=currency,
        state=state or ("completed" if when < datetime.now(UTC) - timedelta(days=7) else "paid"),
        lines=lines,
        shipping=chance.choice((ZERO, Decimal("4.90"), Decimal("6.50"), Decimal("12.00"))),
        shipping_tax=SST.id if special == "shipping_taxed" else "",
        shipping_off=Decimal("3.50") if special.startswith("shipping_off") else ZERO,
        voucher=_voucher(special, lines),
        voucher_on=(lines[0].id,) if special == "voucher_some" else (),
        name=name,
        email="" if special == "guest" else email,
        company=company,
        phone=f"+601{chance.randrange(10_000_000, 99_999_999)}",
        address={name: str(text) for name, text in address(chance, currency).items()},
        remark=chance.choice(("", "", "", "Please wrap as a gift", "勿折")),
        method=chance.choice(("Card", "Card", "Bank transfer")),
        paid_at=paid,
    )
    return _given_back(summed(sale))


def _voucher(special: str, lines: tuple[Line, ...]) -> Decimal:
    bearing = lines[:1] if special == "voucher_some" else lines
    most = cents(sum((line.amount for line in bearing), ZERO) / 2)
    return min(Decimal("7.77"), most) if "voucher" in special else ZERO


def _by_now(when: datetime, **later: int) -> datetime:
    """So much later, but nothing has happened yet that is still to come."""
    return min(when + timedelta(**later), max(when, datetime.now(UTC) - JUST_NOW))


def _given_back(sale: Sale) -> Sale:
    if sale.state not in ("refunded", "partly_refunded"):
        return sale
    first, when = sale.lines[0], _by_now(sale.when, hours=2)
    amount = sale.total if sale.state == "refunded" else min(cents(first.amount / 2), sale.total)
    refund = Refund(id=sale.n * 10, when=when, amount=amount, reason="Damaged")
    return msgspec.structs.replace(sale, refunds=(refund,), updated=when)


def _lines(special: str, chance: Random, currency: str) -> tuple[Line, ...]:
    count = 24 if special == "many_lines" else chance.choices((1, 2, 3, 4), (5, 3, 1, 1))[0]
    taxed = "taxed" in special or chance.random() < 0.35
    pool = [product for product in PLAIN if (product.tax is not None) == taxed or special == "many_lines"]
    chosen = chance.sample(pool, min(count, len(pool)))
    if special == "voucher_some":
        chosen = [chance.choice([product for product in PLAIN if bool(product.tax) == want]) for want in (True, False)]
    if special == "unknown_product":
        chosen[0] = chance.choice(UNKNOWN_TO_BOOKS)
    lines = [_line(at, product.isku, chance, currency) for at, product in enumerate(chosen, 1)]
    if special == "no_sku":
        lines[0] = msgspec.structs.replace(lines[0], isku="")
    if special == "free_line":
        lines.append(msgspec.structs.replace(lines[0], id=len(lines) + 1, price=ZERO, discount=ZERO))
    return tuple(lines)


def _line(at: int, isku: str, chance: Random, currency: str) -> Line:
    product, quantity = BY_ISKU[isku], chance.choices((1, 2, 3, 12), (12, 4, 2, 1))[0]
    price = price_in(product, currency)
    off = cents(price * quantity / 10) if chance.random() < 0.2 else ZERO
    tax = product.tax.id if product.tax else ""
    return Line(id=at, isku=isku, name=full_name(isku), quantity=quantity, price=price, discount=off, tax=tax)


def full_name(isku: str) -> str:
    """A product's name with its variation: Mug - Blue."""
    product = BY_ISKU[isku]
    return f"{product.name} - {product.variation}" if product.variation else product.name
