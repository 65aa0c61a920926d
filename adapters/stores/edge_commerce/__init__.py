"""Edge Commerce, by the exchange. Source: edge-commerce-and-sengerio.md sections 2 and 4."""

from decimal import Decimal

from adapters.settings import Setting
from adapters.stores.edge_commerce import reader
from adapters.stores.edge_commerce.contract import OBJECTS
from adapters.stores.exchange.fields import ExchangeObject, Record
from adapters.stores.exchange.store import API_KEY, BASE_URL, SHOP_ID, Around, ExchangeStore
from documents import N_, Channel, Order, StoreCustomer, StoreItem


class EdgeCommerce(ExchangeStore):
    """One Edge Commerce shop: contacts of companies, products, orders, payments."""

    kind, label, objects = "edge_commerce", "Edge Commerce", OBJECTS
    dates = frozenset({"ordered", "paid"})
    charges = reader.CHARGES
    goes_to = frozenset({"quickbooks"})
    payment_prefix, contact_under_company = "PF", True
    connection_settings = (
        SHOP_ID,
        Setting("currency", N_("Currency"), N_("Of orders that name none, such as USD."), "P6"),
        BASE_URL,
        API_KEY,
    )

    def order_id(self, what: ExchangeObject, record_id: str) -> str:
        """The order's own."""
        return record_id

    def read_order(self, what: ExchangeObject, record: Record, around: Around, channel: Channel) -> Order:
        """An order with its contact, company and payments."""
        return reader.read_order(record, around, self.shop_id, channel)

    def read_customer(self, what: ExchangeObject, record: Record, around: Around) -> StoreCustomer:
        """A company or a contact."""
        return reader.read_customer(what, record, around)

    def summed(self, record: Record) -> Decimal:
        """Lines + delivery + tax - discount."""
        return reader.summed(record)

    def read_item(self, record: Record) -> StoreItem:
        """A product."""
        price = Decimal(record["price"]) if "price" in record else None
        return StoreItem(record["id"], record.get("sku"), record["name"], price)
