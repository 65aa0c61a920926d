"""Every entity that the imitated API knows, by its name."""

from __future__ import annotations

from practice.quickbooks.accounts import Account
from practice.quickbooks.deposits import Deposit
from practice.quickbooks.entity import SEARCHABLE, Entity
from practice.quickbooks.forms import CreditMemo, Invoice, RefundReceipt, SalesReceipt
from practice.quickbooks.items import Item
from practice.quickbooks.lists import Class, CompanyCurrency, Department, ExchangeRate, PaymentMethod, Term
from practice.quickbooks.names import Customer, Employee, Vendor
from practice.quickbooks.payments import Payment
from practice.quickbooks.taxcodes import TaxAgency, TaxCode, TaxRate


class CompanyInfo(Entity):
    """The company; changed by people alone."""

    name = "CompanyInfo"
    searchable = SEARCHABLE | {"CompanyName": "text"}
    can_be_written = False
    is_captured = False


class Preferences(Entity):
    """The company's settings; changed by people alone."""

    name = "Preferences"
    can_be_written = False
    is_captured = False


ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        CompanyInfo(),
        Preferences(),
        Customer(),
        Vendor(),
        Employee(),
        Item(),
        Account(),
        Term(),
        Class(),
        Department(),
        PaymentMethod(),
        TaxCode(),
        TaxRate(),
        TaxAgency(),
        CompanyCurrency(),
        ExchangeRate(),
        Invoice(),
        SalesReceipt(),
        CreditMemo(),
        RefundReceipt(),
        Payment(),
        Deposit(),
    )
}
BY_PATH = {name.lower(): entity for name, entity in ENTITIES.items()}
"""The API's paths are in lower case (2.1)."""
