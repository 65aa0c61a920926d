"""The books of one company: its records, and what its settings say."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Literal

from practice.storage import Storage
from practice.web import Doc

TaxModel = Literal["us_manual", "us_automated", "global"]


class Books:
    """Records under kinds 'quickbooks.<realm>.<entity>'."""

    def __init__(self, storage: Storage, realm: str) -> None:
        """Look into the books of this company."""
        self.storage, self.realm = storage, realm

    def kind(self, name: str) -> str:
        """The storage's word for a list."""
        return f"quickbooks.{self.realm}.{name}"

    def rows(self, name: str) -> list[Doc]:
        """All records of an entity, oldest first."""
        return self.storage.rows(self.kind(name))

    def find(self, name: str, key: str) -> Doc | None:
        """One record by its Id."""
        return self.storage.find(self.kind(name), key)

    def where(self, name: str, field: str, value: str) -> list[Doc]:
        """The records whose field, which all have, has that value."""
        return self.storage.where(self.kind(name), field, value)

    def preference(self, section: str, name: str) -> object:
        """One setting of the company, or None."""
        preferences = self.find("Preferences", "1") or {}
        return preferences.get(section, {}).get(name)

    @property
    def info(self) -> Doc:
        """The company itself."""
        return self.find("CompanyInfo", self.realm) or {}

    @property
    def home(self) -> str:
        """The home currency."""
        preferences = self.find("Preferences", "1") or {}
        return str(preferences["CurrencyPrefs"]["HomeCurrency"]["value"])

    @property
    def has_currencies(self) -> bool:
        """Whether multicurrency is on."""
        return bool(self.preference("CurrencyPrefs", "MultiCurrencyEnabled"))

    @property
    def uses_tax(self) -> bool:
        """Whether sales tax is on at all."""
        return bool(self.preference("TaxPrefs", "UsingSalesTax"))

    @property
    def tax_model(self) -> TaxModel:
        """How this company's sales tax works (quickbooks-online.md 3.9)."""
        if self.info["Country"] != "US":
            return "global"
        return "us_automated" if self.preference("TaxPrefs", "PartnerTaxEnabled") else "us_manual"

    def rate_of(self, code: str, day: str) -> Decimal:
        """Home units for one unit of a currency on that day: the last rate set by then; 1 where there is none."""
        rates = [r for r in self.rows("ExchangeRate") if r["SourceCurrencyCode"] == code and r["AsOfDate"] <= day]
        last = max(rates, key=lambda rate: str(rate["AsOfDate"]), default=None)
        return Decimal(1) if last is None or code == self.home else Decimal(last["Rate"])


def visible(rows: list[Doc]) -> list[Doc]:
    """The records that a list shows by now (fault `eventually_visible`)."""
    now = time.time()
    return [row for row in rows if row.get("_hidden_until", 0) <= now]


def public(record: Doc) -> Doc:
    """The record as an answer shows it: without what is empty, and what the practice notes for itself."""
    return {name: value for name, value in record.items() if value is not None and not name.startswith("_")}
