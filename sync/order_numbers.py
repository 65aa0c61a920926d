"""The number of an order as people see it: with its store's prefix, which is part of it everywhere (S17)."""

from sqlalchemy import ColumnElement, select

from models import StoreChannel, StoreConnection, StoredOrder


def shown_number() -> ColumnElement[str]:
    """A column, `number`, for a query over stored orders."""
    prefix = (
        select(StoreConnection.order_number_prefix)
        .join(StoreChannel, StoreChannel.store_id == StoreConnection.id)
        .where(StoreChannel.id == StoredOrder.channel_id)
        .correlate(StoredOrder)
        .scalar_subquery()
    )
    return (prefix + StoredOrder.number).label("number")
