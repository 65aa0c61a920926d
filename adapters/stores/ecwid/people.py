"""Who bought, and the store's own list of customers (ecwid.md 7.4, 10)."""

from adapters.stores.ecwid.contract import Record
from adapters.stores.ecwid.figures import listed, record
from adapters.stores.figures import text
from documents import Buyer, StoreCustomer


def buyer_of(raw: Record) -> Buyer:
    """The person who pays; a guest is known by this alone. Without a name, it is the e-mail."""
    billing, shipping = record(raw, "billingPerson"), record(raw, "shippingPerson")
    email = text(raw, "email")
    return Buyer(
        name=_name(billing) or _name(shipping) or email,
        email=email,
        company=text(billing, "companyName"),
        phone=text(billing, "phone") or text(shipping, "phone"),
        address=address_of(billing) or address_of(shipping),
        tax_number=text(raw, "customerTaxId"),
    )


def read_customer(raw: Record) -> StoreCustomer | None:
    """A customer of the list; None where it has no id to know it by."""
    customer_id, billing = text(raw, "id"), record(raw, "billingPerson")
    if not customer_id:
        return None
    email = text(raw, "email")
    return StoreCustomer(
        customer_id,
        name=_name(billing) or text(raw, "name") or email,
        email=email,
        company=text(billing, "companyName"),
        phone=text(billing, "phone") or _contact(raw, "PHONE"),
        address=address_of(billing) or address_of(_usual(listed(raw, "shippingAddresses"))),
        tax_number=text(raw, "taxId"),
    )


def address_of(person: Record) -> tuple[str, ...]:
    """Lines for an envelope; a street of several lines is one text in Ecwid."""
    town = " ".join(filter(None, (text(person, "postalCode"), text(person, "city"))))
    state = text(person, "stateOrProvinceName", "stateOrProvinceCode")
    country = text(person, "countryName", "countryCode")
    lines = [*text(person, "street").splitlines(), town, state, country if town or state else ""]
    return tuple(line.strip() for line in lines if line.strip())


def _name(person: Record) -> str:
    return text(person, "name") or " ".join(filter(None, (text(person, "firstName"), text(person, "lastName"))))


def _usual(addresses: list[Record]) -> Record:
    return next((each for each in addresses if each.get("defaultAddress") is True), addresses[0] if addresses else {})


def _contact(raw: Record, kind: str) -> str:
    return next((text(each, "contact") for each in listed(raw, "contacts") if text(each, "type") == kind), "")
