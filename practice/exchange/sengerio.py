"""A haulier that writes its invoices with Sengerio: business partners, invoices, credit notes (1.2)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple
from zlib import crc32

from practice.catalogue import SERVICE, SST, ZERO, cents
from practice.exchange.bridge import OLD, Bridge, money, stamp
from practice.gate import Settings
from practice.sales import Refund, Sale, tax_in
from practice.web import Doc


class Vat(NamedTuple):
    """A rate as Sengerio and the books both call it; in percent."""

    name: str
    rate: Decimal


STANDARD, REDUCED, FREE = Vat("20.0% S", Decimal(20)), Vat("5.0% R", Decimal(5)), Vat("0.0% Z", Decimal(0))
BY_TAX = {SST.id: STANDARD, SERVICE.id: REDUCED}
"""The taxes of the catalogue, as a haulier in Britain has them."""
METHODS = ("Bank transfer", "Cheque", "Cash", "Check", "Credit Card", "E-wallet", "PayPal")
UNTAXED = (("Exempt", "0"), ("No VAT", "0"))
DAYS = (30, 7, 60)


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """Of the company: where it is, and its base currency; every invoice is in that."""

    country: str = "GB"
    currency: str = "GBP"
    company: str = "Fenwick Haulage"
    more_methods: tuple[str, ...] = ()
    more_rates: tuple[tuple[str, str], ...] = ()


class Sengerio(Bridge):
    """Invoices in pounds."""

    name, prefix, currency, shop_id = "sengerio", "/sengerio", "GBP", "HAUL-1"
    switches = Switches

    def told(self, base_url: str) -> Doc:
        """What the owner enters beside it is what the company's own record says, too."""
        return {**super().told(base_url), "currency": self.currency, "country": "GB"}

    def ids(self, sale: Sale) -> tuple[str, str]:
        """An invoice's number names it."""
        return f"INV-{sale.n}", f"INV-{sale.n}"

    def lists(self) -> dict[str, Callable[[], list[Doc]]]:
        """What makes the records of each object."""
        return {
            "company": self._company,
            "vat-rates": self._rates,
            "payment-methods": self._methods,
            "business-partners": self._partners,
            "invoices": self._invoices,
            "credit-notes": self._credit_notes,
        }

    def _company(self) -> list[Doc]:
        told = self.settings
        return [{"name": told.company, "country": told.country, "currency": told.currency, "updated_at": OLD}]

    def _rates(self) -> list[Doc]:
        rates = [(each.name, str(each.rate)) for each in (STANDARD, REDUCED, FREE)]
        return [
            {"name": name, "rate": rate, "updated_at": OLD}
            for name, rate in (*rates, *UNTAXED, *self.settings.more_rates)
        ]

    def _methods(self) -> list[Doc]:
        return [{"name": name, "updated_at": OLD} for name in (*METHODS, *self.settings.more_methods)]

    def _partners(self) -> list[Doc]:
        """The last invoice to name one has the last word."""
        rows = sorted(self.shelf.rows(), key=lambda sale: (sale.updated, sale.n))
        return list({_code(sale): self._partner(sale) for sale in rows}.values())

    def _partner(self, sale: Sale) -> Doc:
        return {
            "code": _code(sale),
            "name": sale.name,
            "company_name": sale.company,
            "email": sale.email,
            "phone": sale.phone,
            "billing_address": {"line1": sale.address.get("address1"), "city": sale.address.get("city")},
            "payment_method": METHODS[0],
            "deferment_days": _days(sale),
            "currency": self.settings.currency,
            "active": True,
            "updated_at": stamp(sale.updated),
        }

    def _invoices(self) -> list[Doc]:
        gone = [
            {"number": f"INV-{doc['n']}", "deleted": True, "updated_at": doc["when"]} for doc in self.shelf.deleted()
        ]
        return [self._invoice(sale) for sale in self.shelf.rows()] + gone

    def _invoice(self, sale: Sale) -> Doc:
        return {
            "number": f"INV-{sale.n}",
            **self._head(sale, _lines(sale)),
            "status": "Cancelled" if sale.state == "cancelled" else "Sent",
            "updated_at": stamp(sale.updated),
            **sale.extra,
        }

    def _credit_notes(self) -> list[Doc]:
        """One for each refund: of its lines, of the whole invoice, or of an amount without VAT."""
        return [
            {
                "credit_note_number": f"CN-{refund.id}",
                "invoice_number": f"INV-{sale.n}",
                **self._head(sale, _taken_back(sale, refund)),
                "date": refund.when.date().isoformat(),
                "updated_at": stamp(refund.when),
            }
            for sale in self.shelf.rows()
            for refund in sale.refunds
        ]

    def _head(self, sale: Sale, lines: list[Doc]) -> Doc:
        net, vat = (sum((Decimal(line[name]) for line in lines), ZERO) for name in ("net_amount", "vat_amount"))
        return {
            "business_partner_code": _code(sale),
            "date": sale.when.date().isoformat(),
            "deferment_days": _days(sale),
            "currency": self.settings.currency,
            "vat_inclusive": sale.inclusive,
            "lines": lines,
            "net_total": money(net),
            "vat_total": money(vat),
            "total": money(net + vat),
        }


# --- lines ------------------------------------------------------------------------------------------------------


def _lines(sale: Sale) -> list[Doc]:
    """Each load, less its share of what was agreed to be taken off; the delivery is a load like others."""
    made = [
        _line(line.id, line.name, Decimal(line.quantity), line.price, line.amount - line.voucher, _vat(line.tax), sale)
        for line in sale.lines
    ]
    if sale.shipping:
        made.append(_line(len(made) + 1, "Fuel surcharge", Decimal(1), sale.shipping, sale.shipping, STANDARD, sale))
    return made


def _line(place: int, text: str, quantity: Decimal, price: Decimal, amount: Decimal, vat: Vat, sale: Sale) -> Doc:
    tax = tax_in(amount, vat.rate, sale.inclusive)
    return {
        "line_no": place,
        "description": text,
        "quantity": str(quantity),
        "unit_price": str(price),
        "net_amount": money(amount - tax if sale.inclusive else amount),
        "vat_rate_name": vat.name,
        "vat_amount": money(tax),
        "job_ref": f"TRP-{sale.n}",
    }


def _taken_back(sale: Sale, refund: Refund) -> list[Doc]:
    if refund.lines:
        taken = dict(refund.lines)
        return [
            _line(
                line.id,
                line.name,
                Decimal(taken[line.id]),
                line.price,
                _share(line.amount, taken[line.id], line.quantity),
                _vat(line.tax),
                sale,
            )
            for line in sale.lines
            if line.id in taken
        ]
    if refund.amount == sale.total:
        return _lines(sale)
    return [_line(1, refund.reason or "Refund", Decimal(1), refund.amount, refund.amount, FREE, sale)]


def _share(amount: Decimal, part: int, whole: int) -> Decimal:
    return cents(amount * part / whole)


def _vat(tax: str) -> Vat:
    return BY_TAX.get(tax, FREE)


def _code(sale: Sale) -> str:
    """As people make them: letters of the name, and a number; `extra` may give an invoice another one."""
    told = sale.extra.get("business_partner_code")
    named = sale.company or sale.name
    letters = "".join(letter for letter in named.upper() if letter.isascii() and letter.isalpha())[:6]
    return str(told) if told else f"{letters or 'BP'}{crc32(named.encode()) % 100:02}"


def _days(sale: Sale) -> int:
    return DAYS[crc32((sale.company or sale.name).encode()) % len(DAYS)]
