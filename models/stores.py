"""The selling systems, the shops inside them, and what they sell."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Instant, Price, Rate, words
from models.books import ConnectionStatus


class StoreConnection(Base):
    """A selling system that orders are read from; `facts` are the StoreFacts that its set-up told last."""

    __tablename__ = "stores"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    settings: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    facts: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    order_number_prefix: Mapped[str] = mapped_column(String(20), default="")
    per_second: Mapped[str] = mapped_column(String(12))
    status: Mapped[ConnectionStatus] = mapped_column(words(ConnectionStatus), default=ConnectionStatus.ACTIVE)
    status_text: Mapped[dict[str, object] | None] = mapped_column(JSON)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)


class StoreChannel(Base):
    """One shop inside a store; `position` is where the next pull of its orders goes on.

    `pulled_at` is when the last complete pull began, `pulled_before` when the one before it did: what was made until
    then has surely been read, since a pull that was stopped goes on in the windows that it had."""

    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("store_id", "external_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str | None] = mapped_column(String(8))
    position: Mapped[str | None] = mapped_column(Text)
    pulled_since: Mapped[date | None]
    pulled_at: Mapped[datetime | None] = mapped_column(Instant)
    pulled_before: Mapped[datetime | None] = mapped_column(Instant)
    store: Mapped[StoreConnection] = relationship()


class StoredItem(Base):
    """A product or variant of a store's catalogue."""

    __tablename__ = "store_items"
    __table_args__ = (UniqueConstraint("store_id", "external_id"), Index(None, "store_id", "sku"))
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    external_id: Mapped[str] = mapped_column(String(100))
    sku: Mapped[str | None] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(500))
    price: Mapped[Decimal | None] = mapped_column(Price)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class StoredCustomer(Base):
    """A customer of a store's own list, as the store told it last; `document` is our StoreCustomer as JSON.

    `parent_id` is the store's id of the company that a contact belongs to. `was_code` is the code that it had before,
    until the books' customer is renamed (SEN8, sync/realigning.py)."""

    __tablename__ = "store_customers"
    __table_args__ = (
        UniqueConstraint("store_id", "external_id"),
        Index(None, "store_id", "code"),
        Index(None, "store_id", "was_code"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    external_id: Mapped[str] = mapped_column(String(100))
    code: Mapped[str | None] = mapped_column(String(100))
    was_code: Mapped[str | None] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(500))
    email: Mapped[str] = mapped_column(String(254), default="")
    company: Mapped[str] = mapped_column(String(500), default="")
    parent_id: Mapped[str | None] = mapped_column(String(100))
    document: Mapped[str] = mapped_column(Text)
    is_gone: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class WordKind(StrEnum):
    """What a word of a store names."""

    CURRENCY = "currency"
    PAYMENT_METHOD = "payment_method"
    TAX = "tax"
    ORDER_STATUS = "order_status"
    """One that a store made up for itself (S21)."""
    PAYMENT_STATUS = "payment_status"
    """The same, of a payment."""
    TERM = "term"


class StoreWord(Base):
    """A word that orders, customers or the set-up of a store have used, so that nobody need read them all again.

    `external_id` and `rate` (in percent) are a tax's; a term's name is its number of days."""

    __tablename__ = "store_words"
    __table_args__ = (UniqueConstraint("channel_id", "kind", "external_id", "name", "rate"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    kind: Mapped[WordKind] = mapped_column(words(WordKind))
    name: Mapped[str] = mapped_column(String(100))
    external_id: Mapped[str] = mapped_column(String(64), default="")
    rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
