"""Who has an account in the shop, and who only bought (other-stores.md 1.3, 1.5)."""

from __future__ import annotations

from practice.buyers import PEOPLE
from practice.sales import Sale
from practice.web import Doc

EMAILS = {email: number for number, (_, email, _) in enumerate(PEOPLE, 1)}


def id_of(email: str) -> int:
    """The customer's id; 0 of a guest."""
    return EMAILS.get(email, 0)


def rows() -> list[Doc]:
    """The shop's customers."""
    return [
        {
            "id": number,
            "email": email,
            "username": email.partition("@")[0],
            **_names(name),
            "billing": {**_names(name), "company": company, "email": email, "phone": "", "country": "MY"},
            "date_modified_gmt": "2026-01-05T03:20:01",
        }
        for number, (name, email, company) in enumerate(PEOPLE, 1)
    ]


def billing(sale: Sale) -> Doc:
    """Name and address that a sale's buyer typed."""
    told = sale.address
    return {
        **_names(sale.name),
        "company": sale.company,
        "address_1": told.get("address1", ""),
        "address_2": "",
        "city": told.get("city", ""),
        "state": told.get("state", ""),
        "postcode": told.get("postcode", ""),
        "country": told.get("country", ""),
        "email": sale.email,
        "phone": sale.phone,
    }


def _names(name: str) -> Doc:
    first, _, last = name.rpartition(" ")
    return {"first_name": first or last, "last_name": last if first else ""}
