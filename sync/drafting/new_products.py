"""A product of the store as the books get it (S25): with the accounts that the settings name for its kind."""

import datetime as dt
from decimal import Decimal

from documents import NewProduct, StoreItem
from sync.drafting.rules import Settings


def new_product(
    item: StoreItem,
    settings: Settings,
    tax_code: str | None = None,
    stock: Decimal | None = None,
    day: dt.date | None = None,
) -> NewProduct:
    """`stock` is its quantity on `day` where its stock is to be tracked, None where it is not."""
    is_tracked = stock is not None
    return NewProduct(
        name=item.sku or item.name,
        sku=item.sku or "",
        description=item.name,
        price=item.price,
        tax_code=tax_code,
        income_account=settings.income_account_tracked if is_tracked else settings.income_account,
        expense_account=settings.expense_account_tracked if is_tracked else settings.expense_account,
        asset_account=settings.asset_account if is_tracked else None,
        is_tracked=is_tracked,
        quantity=stock or Decimal(0),
        since=day if is_tracked else None,
    )
