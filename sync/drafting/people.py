"""The people of an order where the sale is theirs (S22): its buyer and that one's company, each known by a key (M9)."""

import json
from hashlib import sha256
from typing import NamedTuple

from documents import Buyer, Order
from sync.drafting.books import folded
from sync.drafting.rules import AssignedTo, Settings, StoreOptions

THEIRS = (AssignedTo.ORIGINAL, AssignedTo.ORGANISATION)


class Person(NamedTuple):
    """A buyer or a company as the order names it; the same one has the same key in every order and on every install."""

    key: str
    name: str
    email: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()
    is_company: bool = False


class People(NamedTuple):
    """Whose sale it is: a company, a buyer, or a buyer below a company."""

    company: Person | None = None
    buyer: Person | None = None


def people_of(order: Order, settings: Settings, store: StoreOptions, has_currency: bool) -> People:
    """None where the sale is not the buyer's, or the order does not say who that is, or says it by a code.

    Where a customer of the books has one currency, one buyer is as many people as there are currencies."""
    buyer, assigned = order.customer, settings.sale_assigned_to
    person, company = buyer.name.strip(), buyer.company.strip()
    if assigned not in THEIRS or buyer.masked or buyer.code:
        return People()
    only = order.currency if has_currency else ""
    if company and (assigned == AssignedTo.ORGANISATION or not person):
        return People(company=_company(order, company, only, buyer.email, buyer.phone))
    if company and store.contact_under_company:
        return People(_company(order, company, only), _contact(order, person, company, only))
    return People(buyer=_buyer(order, person, only) if person else None)


def named(kind: str, name: str, currency: str = "") -> Person:
    """Somebody who is known by nothing but a name: a store's own code, or the store itself."""
    return Person(_key(kind, folded(name), currency), name)


def source_of(key: str) -> str:
    """Our reference of the customer that is made of a person: the same buyer, the same reference, on every install."""
    return f"customer-{sha256(key.encode()).hexdigest()[:16]}"


def _company(order: Order, name: str, only: str, email: str = "", phone: str = "") -> Person:
    key = _by_id(order, "company", order.customer.company_id, only) or _key("company", folded(name), only)
    return Person(key, name, email, phone, order.customer.address, is_company=True)


def _contact(order: Order, name: str, company: str, only: str) -> Person:
    """Known by name and company: an e-mail may change. The address is the company's."""
    buyer = order.customer
    key = _by_id(order, "contact", buyer.id, only) or _key("contact", folded(name), folded(company), only)
    return Person(key, name, buyer.email, buyer.phone)


def _buyer(order: Order, name: str, only: str) -> Person:
    buyer: Buyer = order.customer
    known_by = folded(buyer.email) or folded(name)
    key = _by_id(order, "contact", buyer.id, only) or _key("buyer", known_by, only)
    return Person(key, name, buyer.email, buyer.phone, buyer.address)


def _by_id(order: Order, kind: str, customer_id: str, only: str) -> str:
    return _key(kind, order.store, order.shop_id, customer_id, only) if customer_id else ""


def _key(*parts: str) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:32]
