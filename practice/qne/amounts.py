"""QNE's arithmetic: each line half up to 2 places; inclusive tax = gross x rate / (1 + rate) (qne.md 6.3, N8)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from practice.web import Doc

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    """Half up, away from zero, to 2 places."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def line_amounts(qty: Decimal, price: Decimal, discount: Decimal, rate: Decimal, inclusive: bool) -> Doc:
    """subAmount is before tax, netAmount includes it."""
    gross = cents(qty * price) - discount
    tax = cents(gross * rate / (1 + rate)) if inclusive else cents(gross * rate)
    before = gross - tax if inclusive else gross
    return {"subAmount": before, "taxExclusiveAmount": before, "taxAmount": tax, "netAmount": before + tax}


def document_amounts(lines: list[Doc], rate: Decimal) -> Doc:
    """The header's sums, and their twins in the home currency."""
    before = sum((line["subAmount"] for line in lines), ZERO)
    tax = sum((line["taxAmount"] for line in lines), ZERO)
    sums = {
        "subtotalAmount": before,
        "taxTotalAmount": tax,
        "taxExclusiveTotalAmount": before,
        "totalAmount": before + tax,
        "netTotalAmount": before + tax,
    }
    return sums | {name.replace("Amount", "LocalAmount"): cents(amount * rate) for name, amount in sums.items()}
