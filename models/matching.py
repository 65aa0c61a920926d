"""Which code in the books stands for a thing in the store; every row belongs to a profile."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from documents import ChargeKind
from models.base import Base, Instant, Rate, words


class ItemMatch(Base):
    """A product of a store and the item that stands for it (M1); without a code it waits for its match, or for
    `document_id`, the item that is being made of it in the books (M10)."""

    __tablename__ = "item_matches"
    __table_args__ = (
        UniqueConstraint("profile_id", "item_id"),
        Index(None, "profile_id", "is_matched", "item_id"),
        Index(None, "profile_id", "store_id", "is_matched", "item_id"),
        Index(None, "profile_id", "store_id", "item_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))  # the product's; here so that a list of one is quick
    item_id: Mapped[int] = mapped_column(ForeignKey("store_items.id"))
    is_matched: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str | None] = mapped_column(String(200))
    uom: Mapped[str | None] = mapped_column(String(40))
    matched_at: Mapped[datetime | None] = mapped_column(Instant)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"), index=True)


class ContactMatch(Base):
    """The books' customer of a buyer or a company of a store (M9); without a code it is made under `new_name`.

    `key` is the buyer's own (sync/drafting/people.py); name, e-mail and company are the store's words, for people."""

    __tablename__ = "contact_matches"
    __table_args__ = (UniqueConstraint("profile_id", "key"), Index(None, "profile_id", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    key: Mapped[str] = mapped_column(String(32))
    is_company: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(500))
    email: Mapped[str] = mapped_column(String(254), default="")
    company: Mapped[str] = mapped_column(String(500), default="")
    code: Mapped[str | None] = mapped_column(String(200))
    new_name: Mapped[str] = mapped_column(String(500), default="")
    matched_at: Mapped[datetime] = mapped_column(Instant)


class CustomerMatch(Base):
    """The customer for a channel, and for one of its currencies (empty: any) (M4)."""

    __tablename__ = "customer_matches"
    __table_args__ = (UniqueConstraint("profile_id", "channel_id", "currency"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    currency: Mapped[str] = mapped_column(String(8), default="")
    customer: Mapped[str] = mapped_column(String(200))


class ShippingMatch(Base):
    """The item for a channel's shipping fee, and whether it is posted (M5)."""

    __tablename__ = "shipping_matches"
    __table_args__ = (UniqueConstraint("profile_id", "channel_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    is_on: Mapped[bool] = mapped_column(default=False)
    item: Mapped[str | None] = mapped_column(String(200))
    uom: Mapped[str | None] = mapped_column(String(40))
    tax_code: Mapped[str | None] = mapped_column(String(40))


class PaymentMatch(Base):
    """The account that receives a channel's money, by payment method (empty: any) (M6).

    `is_by_statement`, on the row for any method: its payments come by the channel's statement, not with the order."""

    __tablename__ = "payment_matches"
    __table_args__ = (UniqueConstraint("profile_id", "channel_id", "method"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    method: Mapped[str] = mapped_column(String(80), default="")
    account: Mapped[str] = mapped_column(String(200))
    is_by_statement: Mapped[bool] = mapped_column(default=False)


class CurrencyMatch(Base):
    """The books' currency for a store's, and the owner's rate where the books have none (M7)."""

    __tablename__ = "currency_matches"
    __table_args__ = (UniqueConstraint("profile_id", "store_currency"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    store_currency: Mapped[str] = mapped_column(String(8))
    books_currency: Mapped[str] = mapped_column(String(8))
    rate: Mapped[Decimal | None] = mapped_column(Rate)


class TaxMatch(Base):
    """The books' tax code for a store's tax, by its id, and by its name with its rate in percent (M8)."""

    __tablename__ = "tax_matches"
    __table_args__ = (UniqueConstraint("profile_id", "store_tax_id", "name", "rate"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    store_tax_id: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[str] = mapped_column(String(100), default="")
    rate: Mapped[Decimal] = mapped_column(Rate)
    code: Mapped[str] = mapped_column(String(40))


class Preset(Base):
    """Whether a kind of extra amount is posted, and as which item (S19)."""

    __tablename__ = "presets"
    __table_args__ = (UniqueConstraint("profile_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    kind: Mapped[ChargeKind] = mapped_column(words(ChargeKind))
    is_on: Mapped[bool] = mapped_column(default=False)
    item: Mapped[str | None] = mapped_column(String(200))
    uom: Mapped[str | None] = mapped_column(String(40))
    tax_code: Mapped[str | None] = mapped_column(String(40))
