"""Fills the practice's companies with the lists that orders are matched to; invented."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from practice.catalogue import BUNDLES, PRODUCTS, RATES, SERVICE, SERVICES, Product
from practice.quickbooks import taxcodes
from practice.quickbooks.books import Books
from practice.quickbooks.clock import Clock
from practice.quickbooks.companies import (
    BRITAIN,
    COMPANIES,
    MALAYSIA,
    STATES,
    Company,
    company_info,
    preferences,
)
from practice.quickbooks.desk import create
from practice.quickbooks.entities import ENTITIES
from practice.quickbooks.rates import rate
from practice.quickbooks.switches import Switches
from practice.quickbooks.taxcodes import PSEUDO
from practice.quickbooks.write import Wish, Write
from practice.storage import Storage
from practice.web import Doc

OPENED = "2020-01-01"
ACCOUNTS = [
    ("Current account", "Bank", "Checking"),
    ("Marketplace wallet", "Bank", "Savings"),
    ("Cash in hand", "Bank", "CashOnHand"),
    ("Refunds clearing", "Bank", "Checking"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Inventory Asset", "Other Current Asset", "Inventory"),
    ("Sales tax payable", "Other Current Liability", "GlobalTaxPayable"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Services", "Income", "ServiceFeeIncome"),
    ("Discounts given", "Income", "DiscountsRefundsGiven"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Marketplace fees", "Expense", "CommissionsAndFees"),
    ("Bank charges", "Expense", "BankCharges"),
]
TERMS = [("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("30", 30), ("C.O.D.", 0), ("7", 7), ("60", 60)]
METHODS = ["Cash", "Check", "Cheque", "Bank transfer", "E-wallet", "PayPal"]
CUSTOMERS = {
    "MY": [
        ("Walk-in", "MYR", "C.O.D."),
        ("Shopee Malaysia customers", "MYR", "30"),
        ("Lazada Malaysia customers", "MYR", "30"),
        ("TikTok Shop customers", "MYR", "30"),
        ("Web store customers", "MYR", "C.O.D."),
        ("Web store customers (SGD)", "SGD", "C.O.D."),
        ("Web store customers (USD)", "USD", "C.O.D."),
        ("Partner feed customers", "MYR", "30"),
        ("Kopitiam Ah Kow", "MYR", "7"),
        ("志强贸易有限公司", "MYR", "60"),
        ("D'Cruz Stationery", "MYR", "30"),
    ],
    "US": [("Walk-in", "USD", ""), ("Web store customers", "USD", ""), ("Bob's Burgers", "USD", "Net 15")],
    "GB": [("Walk-in", "GBP", ""), ("Web store customers", "GBP", ""), ("Fenwick & Daughters", "GBP", "30")],
}
FIRST_CUSTOMER, FIRST_TAX_CODE, FIRST_TAX_RATE = 58, 2, 3


def seed_books(storage: Storage, clock: Clock) -> None:
    """Every company, as of its first day."""
    for company in COMPANIES:
        _seed(storage, clock, company)


def _seed(storage: Storage, clock: Clock, company: Company) -> None:
    """Three writes: each needs what the one before has saved."""
    seeder = _Seeder(company)
    for step in (seeder.company, seeder.money, seeder.lists):
        with storage.writing() as unit:
            step(Write(Books(storage, company.realm), unit, Switches(), clock, Wish()))


def _put(write: Write, name: str, key: str, record: Doc) -> None:
    stamp = write.clock.stamp()
    times = {"CreateTime": stamp, "LastUpdatedTime": stamp}
    write.put(name, record | {"Id": key, "SyncToken": "0", "MetaData": times})


class _Seeder:
    """Makes the lists of one company by the API's own rules."""

    _write: Write

    def __init__(self, company: Company) -> None:
        self._company = company
        self._ids: dict[str, str] = {}

    def company(self, write: Write) -> None:
        """The company itself, its settings, and where its numbers begin."""
        _put(write, "CompanyInfo", self._company.realm, company_info(self._company))
        _put(write, "Preferences", "1", preferences(self._company))
        for sequence, first in (("Customer", FIRST_CUSTOMER), ("TaxCode", FIRST_TAX_CODE), ("TaxRate", FIRST_TAX_RATE)):
            write.put("counters", {"Id": sequence, "last": first - 1})

    def money(self, write: Write) -> None:
        """Accounts, terms, ways to pay, currencies."""
        self._write = write
        for name, kind, sub in ACCOUNTS:
            self._make("Account", {"Name": name, "AccountType": kind, "AccountSubType": sub})
        self._make("Account", {"Name": "Old bank account", "AccountType": "Bank", "Active": False})
        for name, days in TERMS:
            self._make("Term", {"Name": name, "DueDays": days})
        for name in METHODS:
            self._make("PaymentMethod", {"Name": name})
        self._make("PaymentMethod", {"Name": "Credit Card", "Type": "CREDIT_CARD"})
        for code, value in RATES.items():
            if self._company is MALAYSIA and code != MALAYSIA.currency:
                self._make("CompanyCurrency", {"Code": code})
                write.put("ExchangeRate", rate(code, OPENED, value, MALAYSIA.currency))

    def lists(self, write: Write) -> None:
        """What orders are matched to, and what the settings say of it."""
        self._write = write
        self._seed_taxes()
        self._seed_items()
        self._seed_people()
        for name in ("Online sales", "Retail"):
            self._make("Class", {"Name": name})
        self._make("Class", {"Name": "Web store", "SubClass": True, "ParentRef": self._ref("Class Online sales")})
        for name in ("Head office", "Ipoh store"):
            self._make("Department", {"Name": name})
        self._make("Class", {"Name": "Closed", "Active": False})
        self._make("Department", {"Name": "Old shed", "Active": False})
        self._finish_preferences()

    def _make(self, name: str, body: Doc) -> Doc:
        made = create(self._write, ENTITIES[name], body)
        self._ids[f"{name} {body.get('Name') or body.get('DisplayName') or body.get('Code')}"] = made["Id"]
        return made

    def _ref(self, what: str) -> Doc:
        return {"value": self._ids[what]}

    def _seed_taxes(self) -> None:
        self._make("TaxAgency", {"DisplayName": self._company.agency, "TaxTrackedOnPurchases": True})
        if self._company.country == "US":
            for key in PSEUDO:
                pseudo = taxcodes.code(key, key, [], []) | {"TaxGroup": False, "Taxable": key == "TAX"}
                _put(self._write, "TaxCode", key, pseudo)
        for name, percentages in self._company.taxes:
            self._tax_code(name, percentages)
        if self._company is MALAYSIA:
            self._tax_code("IM-6", "6", on="Purchase")
        if self._company.automated:
            for state, percentages in STATES.items():
                system = {"TaxCodeConfigType": "SYSTEM_GENERATED", "_state": state}
                self._change("TaxCode", self._tax_code(state, percentages), system)

    def _tax_code(self, name: str, percentages: str, on: str = "Sales") -> str:
        """A code with one rate for each percentage; one that ended is inactive."""
        agency = self._ids[f"TaxAgency {self._company.agency}"]
        parts = percentages.split()
        names = [name] if len(parts) == 1 else [f"{name} {number}" for number in range(1, len(parts) + 1)]
        details = [
            {"TaxRateName": named, "RateValue": percent, "TaxAgencyId": agency, "TaxApplicableOn": on}
            for named, percent in zip(names, parts, strict=True)
        ]
        made = str(taxcodes.make_code(self._write, {"TaxCode": name, "TaxRateDetails": details})["TaxCodeId"])
        self._ids[f"TaxCode {name}"] = made
        if "ended" in name:
            self._change("TaxCode", made, {"Active": False})
        return made

    def _change(self, name: str, key: str, changes: Doc) -> None:
        record = self._write.find(name, key)
        assert record is not None
        self._write.put(name, record | changes)

    def _seed_items(self) -> None:
        bundles = {product.isku for product in BUNDLES}
        for number, product in enumerate(PRODUCTS):
            if product.in_books:
                self._make("Item", self._product(product, number, product.isku in bundles))
        for code, description in SERVICES.items():
            self._make("Item", self._service(code, description, Decimal(0)))
        self._make("Item", self._service("MUG-OLD", "Mug (no longer sold)", Decimal(9)) | {"Active": False})

    def _product(self, product: Product, number: int, is_bundle: bool) -> Doc:
        description = f"{product.name} {product.variation}".strip()
        plain = self._service(product.isku, description, product.price) | {"Taxable": product.tax is not None}
        if product.tax is SERVICE and product.parent in ("INSTALL", "CLASS"):
            return plain
        accounts = {
            "IncomeAccountRef": self._ref("Account Sales of Product Income"),
            "ExpenseAccountRef": self._ref("Account Cost of Goods Sold"),
        }
        if is_bundle:
            return plain | accounts | {"Type": "NonInventory"}
        tracked = {"TrackQtyOnHand": True, "QtyOnHand": 120 + number * 7, "InvStartDate": OPENED}
        stock = {"Type": "Inventory", "AssetAccountRef": self._ref("Account Inventory Asset")}
        return plain | accounts | stock | tracked

    def _service(self, code: str, description: str, price: Decimal) -> Doc:
        income = self._ref("Account Services")
        named = {"Name": code, "Sku": code, "Description": description, "Type": "Service"}
        return named | {"UnitPrice": price, "IncomeAccountRef": income}

    def _seed_people(self) -> None:
        for name, currency, term in CUSTOMERS[self._company.country]:
            terms = {"SalesTermRef": self._ref(f"Term {term}")} if term else {}
            self._make("Customer", {"DisplayName": name, "CurrencyRef": {"value": currency}, **terms})
        if self._company is BRITAIN:
            self._write.put("counters", {"Id": "Customer", "last": 87})
            self._make("Customer", {"DisplayName": "ORRIN01", "CompanyName": "Orrin & Sons Ltd"})
        self._make("Customer", {"DisplayName": "Closed customer", "Active": False})
        self._make("Vendor", {"DisplayName": "Tan Ah Kow"})
        self._make("Vendor", {"DisplayName": "Seri Supplies"})
        self._make("Employee", {"GivenName": "Anand a/l", "FamilyName": "Krishnan"})

    def _finish_preferences(self) -> None:
        """What the settings say of accounts, terms and tax codes."""
        settings: Any = self._write.find("Preferences", "1")
        forms = settings["SalesFormsPrefs"] | {"DefaultDiscountAccount": self._ids["Account Discounts given"]}
        if self._company.has_shipping:
            forms["DefaultShippingAccount"] = self._ids["Account Services"]
        if self._company.default_term:
            forms["DefaultTerms"] = self._ref(f"Term {self._company.default_term}")
        tax = settings["TaxPrefs"] | {"TaxGroupCodeRef": self._ref(f"TaxCode {self._company.taxes[0][0]}")}
        self._write.put("Preferences", settings | {"SalesFormsPrefs": forms, "TaxPrefs": tax})
