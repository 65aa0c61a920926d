"""Sengerio, by the exchange. Source: edge-commerce-and-sengerio.md sections 1 and 4."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from adapters.settings import Setting
from adapters.stores.exchange.fields import ExchangeObject, Record
from adapters.stores.exchange.store import API_KEY, BASE_URL, SHOP_ID, Around, ExchangeStore
from adapters.stores.sengerio import reader
from adapters.stores.sengerio.contract import OBJECTS
from documents import N_, Channel, Order, ReferenceKind, StoreCustomer, StoreFacts


class Sengerio(ExchangeStore):
    """One Sengerio company: business partners, invoices, credit notes. Nothing is ever written to it (SEN3)."""

    kind, label, objects = "sengerio", "Sengerio", OBJECTS
    dates = frozenset({"ordered"})
    charges = frozenset()
    aligns_numbers = has_one_currency = True
    goes_to = frozenset({"quickbooks"})
    countries, requires_same_currency = frozenset({"GB", "US"}), True
    requires_same_names: ClassVar = {
        ReferenceKind.PAYMENT_METHOD: "SEN_PAYMENT_METHOD",
        ReferenceKind.TERM: "SEN_TERM",
        ReferenceKind.TAX_CODE: "SEN_TAX_CODE",
    }
    named_in_books = (
        ("lines.vat_rate_name", ReferenceKind.TAX_CODE),
        ("payment_method", ReferenceKind.PAYMENT_METHOD),
        ("deferment_days", ReferenceKind.TERM),
    )
    connection_settings = (
        SHOP_ID,
        Setting(
            "currency",
            N_("Base currency"),
            N_("Of the Sengerio company, such as GBP. The books must have the same. A bridge tells it by itself."),
            "P6",
        ),
        Setting(
            "country", N_("Country"), N_("Of the Sengerio company, such as GB. A bridge tells it by itself."), "P6"
        ),
        BASE_URL,
        API_KEY,
    )

    def order_id(self, what: ExchangeObject, record_id: str) -> str:
        """Of an invoice its number, of a credit note that with a word before it."""
        return reader.order_id(what, record_id)

    def read_order(self, what: ExchangeObject, record: Record, around: Around, channel: Channel) -> Order:
        """An invoice or a credit note."""
        return reader.read_order(what, record, around, self.shop_id, channel)

    def read_customer(self, what: ExchangeObject, record: Record, around: Around) -> StoreCustomer:
        """A business partner."""
        return reader.read_customer(record)

    def summed(self, record: Record) -> Decimal:
        """Net amounts and VAT of all lines."""
        return reader.summed(record)

    def read_facts(self, records: Mapping[str, Sequence[Record]]) -> StoreFacts:
        """What the readiness check compares with the books (P9)."""
        currency, country = (self.settings.get(each, "").upper() or None for each in ("currency", "country"))
        return reader.read_facts(records, currency, country)
