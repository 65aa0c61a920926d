"""What the store sells, and what its set-up names (ecwid.md 6, 9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from adapters.errors import OutcomeUnknown
from adapters.http import Json
from adapters.stores.ecwid.contract import PROFILE, Record
from adapters.stores.ecwid.figures import listed, money, record
from adapters.stores.ecwid.taxes import taxes_of_store
from adapters.stores.figures import text
from adapters.stores.gathering import readable
from documents import N_, StoreFacts, StoreItem, say
from iso4217 import minor_digits


@dataclass(frozen=True, slots=True)
class Shop:
    """What an order does not tell of itself: its currency, and the affixes of its number."""

    store_id: str
    name: str
    currency: str
    prefix: str = ""
    suffix: str = ""

    @property
    def digits(self) -> int:
        """The currency's own: `currencyPrecision` is how the storefront shows prices, and totals keep their cents."""
        return minor_digits(self.currency)


def shop_of(profile: Json) -> Shop:
    """The shop that a profile tells; raises OutcomeUnknown where it tells no currency: none is guessed."""
    profile = profile if isinstance(profile, dict) else {}
    formats = record(profile, "formatsAndUnits")
    currency = text(formats, "currency").upper()
    if not currency:
        raise OutcomeUnknown(say(N_("Ecwid does not tell the store's currency.")), cause=PROFILE)
    return Shop(
        store_id=text(record(profile, "generalInfo"), "storeId"),
        name=text(record(profile, "settings"), "storeName") or text(record(profile, "account"), "accountName"),
        currency=currency,
        prefix=text(formats, "orderNumberPrefix"),
        suffix=text(formats, "orderNumberSuffix"),
    )


def facts_of(profile: Record) -> StoreFacts:
    """Currency, country, taxes and ways to pay of the store's set-up."""
    options = [
        each for each in listed(record(profile, "payment"), "paymentOptions") if each.get("enabled") is not False
    ]
    names = dict.fromkeys(text(each, "checkoutTitle", "name") for each in options)
    return StoreFacts(
        currency=shop_of(profile).currency,
        country=text(record(profile, "company"), "countryCode").upper() or None,
        taxes=taxes_of_store(profile),
        payment_methods=tuple(name for name in names if name),
    )


def items_of(product: Record) -> Iterator[StoreItem]:
    """A product, then each of its variations by itself; one without a SKU of its own has the product's."""
    product_id, sku, name = text(product, "id"), text(product, "sku") or None, text(product, "name")
    if not product_id:
        return
    price = _price(product)
    yield StoreItem(product_id, sku, name or sku or product_id, price)
    for each in listed(product, "combinations"):
        chosen = [text(option, "value") for option in listed(each, "options")]
        own, own_price = text(each, "sku") or sku, _price(each)
        full = " - ".join(part for part in (name, *chosen) if part)
        variation = text(each, "id")
        yield StoreItem(
            f"{product_id}-{variation}", own, full or own or variation, price if own_price is None else own_price
        )


def _price(raw: Record) -> Decimal | None:
    """A price that cannot be read is not known; the product is still there."""
    return readable(money, raw, "price")
