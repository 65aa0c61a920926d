"""Reads products, their variations and customers (other-stores.md 1.5)."""

from adapters.stores.figures import figure, text
from adapters.stores.gathering import readable
from adapters.stores.woocommerce.contract import Record
from adapters.stores.woocommerce.taxes import lists
from adapters.stores.woocommerce.words import address_of, name_of
from documents import StoreCustomer, StoreItem


def read_item(raw: Record, parent: Record | None = None) -> StoreItem:
    """A simple product, or a variation of `parent`, whose SKU it takes where it has none of its own."""
    sku = text(raw, "sku") or (text(parent, "sku") if parent else "")
    options = [text(each, "option") for each in lists(raw, "attributes")] if parent else []
    name = " - ".join(part for part in (text(parent or raw, "name"), ", ".join(filter(None, options))) if part)
    return StoreItem(text(raw, "id"), sku or None, name or sku or text(raw, "id"), readable(figure, raw, "price"))


def read_customer(raw: Record) -> StoreCustomer:
    """A customer with an account; the name that they buy under, else their own, else what they log in with."""
    told = raw.get("billing")
    billing = told if isinstance(told, dict) else {}
    return StoreCustomer(
        customer_id=text(raw, "id"),
        name=name_of(billing) or name_of(raw) or text(raw, "username", "email"),
        email=(text(raw, "email") or text(billing, "email")).lower(),
        company=text(billing, "company"),
        phone=text(billing, "phone"),
        address=address_of(billing),
    )
