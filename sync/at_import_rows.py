"""The rows of what an import asks: one for each contact, company and product (M9, M10)."""

from dataclasses import dataclass
from decimal import Decimal

from documents import Message


@dataclass(frozen=True, slots=True)
class Contact:
    """A buyer, or a company: `code` is the customer of the books that is its exact hit, "" where there is none;
    `new_name` is how it would be made."""

    key: str
    name: str
    is_company: bool
    email: str
    company: str
    code: str
    new_name: str
    orders: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the orders name it; `item_id` is its row, None where the store's list lacks it. `code` is the item
    that is its exact hit; `trouble` says why the books refused to make one."""

    key: str
    store_id: int
    store_kind: str
    shop_id: str
    external_id: str
    sku: str
    name: str
    price: Decimal | None
    item_id: int | None = None
    code: str = ""
    trouble: Message | None = None
    orders: frozenset[int] = frozenset()
