"""Manage Matching: customers, shipping, payment, currency and tax (M4-M8)."""

from typing import Any

from flask import Blueprint

from adapters.registry import BOOKS
from blueprints.asking import tools
from blueprints.matching_rows import Answer, Table, answer
from documents import ReferenceKind, Role
from models import Profile, WordKind
from sync import matching, store_words
from sync.books_words import has_units
from sync.loading import read_settings
from sync.match_rows import currencies, customers, payments, shipping, taxes
from sync.profiles import channels_of

METHODS = ("GET", "POST")


def install(bp: Blueprint) -> None:
    """Give the blueprint of the matching these pages."""
    for name, table in TABLES.items():
        bp.add_url_rule(f"/matching/{name}", name, _view(table), methods=METHODS)


def _view(table: Table) -> Any:
    def view(profile_id: int) -> Answer:
        return answer(profile_id, table)

    view.__doc__ = f"The page {table.template}."
    return view


# --- what stands beside the rows --------------------------------------------------------------------------------


def _beside_customers(profile: Profile) -> dict[str, Any]:
    settings = read_settings(profile)
    code = settings.default_customer or ""
    known = matching.rows_of(profile.books_id, ReferenceKind.CUSTOMER, [code])
    return {
        "default": code,
        "default_name": known[code].name if code in known else "",
        "assigned_to": settings.sale_assigned_to,
        "channels": channels_of(profile.id),
        "parts": store_words.currencies(profile.id),
    }


def _beside_payments(profile: Profile) -> dict[str, Any]:
    methods = {word.name for word in store_words.read(profile.id, WordKind.PAYMENT_METHOD)}
    adapter = BOOKS[profile.books.kind]
    return {
        "label": adapter.payment_label,
        "are_sent": Role.PAYMENT in adapter.roles,
        "channels": channels_of(profile.id),
        "parts": sorted(methods),
    }


def _beside_shipping(profile: Profile) -> dict[str, Any]:
    return {"preset": shipping.preset_of(profile), "has_units": has_units(profile.books.kind)}


def _beside_currencies(profile: Profile) -> dict[str, Any]:
    return {"home": profile.books.home_currency}


def _beside_taxes(profile: Profile) -> dict[str, Any]:
    return {"zero": read_settings(profile).zero_tax_code or ""}


def _currency_rows(profile: Profile) -> Any:
    return currencies.rows(profile, tools().clock.now())


TABLES = {
    "customers": Table(
        "matching/customers.html",
        customers.rows,
        customers.save,
        customers.remove,
        {"customer": ReferenceKind.CUSTOMER},
        add=customers.add,
        row_at=customers.row_at,
        beside=_beside_customers,
    ),
    "shipping": Table(
        "matching/shipping.html",
        shipping.rows,
        shipping.save,
        shipping.remove,
        {"item": ReferenceKind.ITEM, "tax_code": ReferenceKind.TAX_CODE},
        texts=("on", "uom"),
        beside=_beside_shipping,
    ),
    "payment": Table(
        "matching/payment.html",
        payments.rows,
        payments.save,
        payments.remove,
        {"account": ReferenceKind.DEPOSIT_ACCOUNT},
        texts=("by_statement",),
        add=payments.add,
        beside=_beside_payments,
    ),
    "currency": Table(
        "matching/currency.html",
        _currency_rows,
        currencies.save,
        currencies.remove,
        {"code": ReferenceKind.CURRENCY},
        texts=("rate",),
        beside=_beside_currencies,
    ),
    "tax": Table(
        "matching/tax.html",
        taxes.rows,
        taxes.save,
        taxes.remove,
        {"code": ReferenceKind.TAX_CODE},
        beside=_beside_taxes,
    ),
}
