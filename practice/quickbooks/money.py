"""Whose money it is, and in what currency (quickbooks-online.md 3.10)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from practice.quickbooks.faults import Refused, business
from practice.quickbooks.rounding import cents
from practice.quickbooks.write import Write
from practice.web import Doc


@dataclass(frozen=True)
class Money:
    """A document's currency and its sums."""

    currency: Doc
    rate: Decimal
    total: Decimal
    shows_home: bool

    def fields(self) -> Doc:
        """As the record carries them."""
        home = {"ExchangeRate": self.rate, "HomeTotalAmt": self.home(self.total)} if self.shows_home else {}
        return {"CurrencyRef": self.currency, "TotalAmt": self.total, **home}

    def home(self, amount: Decimal) -> Decimal:
        """In the home currency."""
        return cents(amount * self.rate)


def money_of(write: Write, sent: Doc, day: str, customer: Doc | None, sum_: Decimal) -> Money:
    """Currency and rate of a document; the customer has one currency (3.10)."""
    currency = write.currency(sent.get("CurrencyRef"))
    if customer is not None and customer["CurrencyRef"]["value"] != currency["value"]:
        raise business(f"The transaction must be in the customer's currency, {customer['CurrencyRef']['value']}")
    rate = write.rate(currency, day, sent.get("ExchangeRate"))
    return Money(currency, rate, sum_, write.books.has_currencies)


def active_customer(write: Write, reference: Doc) -> Doc:
    """The customer of a document; code 6250 where it is inactive."""
    record = write.find("Customer", reference["value"])
    if record is not None and not record["Active"]:
        raise Refused("6250", f"Customer {reference['value']} is inactive", "CustomerRef")
    return write.need("Customer", reference, "CustomerRef")
