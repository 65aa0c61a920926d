"""The parts of a bundle, and what each of them weighs in the bundle's amount (S13)."""

from decimal import Decimal
from typing import NamedTuple

from documents import BundlePart, OrderLine
from sync.drafting.items import Product
from sync.drafting.work import Work


class Part(NamedTuple):
    """One component: `quantity` of the whole line, `weight` in the sharing, `source` for edits ("7/2")."""

    product: Product
    quantity: Decimal
    weight: Decimal
    source: str


def parts_of(work: Work, line: OrderLine) -> list[Part]:
    """Every part. Weights are catalogue price x quantity; if any part's price is unknown, all parts weigh the same."""
    prices = [_price(work, part) for part in line.bundle]
    weights = [price * part.quantity for price, part in zip(prices, line.bundle, strict=True) if price is not None]
    if len(weights) < len(prices):
        weights = [Decimal(1)] * len(prices)
    return [
        Part(Product(part.item_id, part.sku, part.name), line.quantity * part.quantity, weight, f"{line.id}/{place}")
        for place, (part, weight) in enumerate(zip(line.bundle, weights, strict=True), 1)
    ]


def _price(work: Work, part: BundlePart) -> Decimal | None:
    """The catalogue's price by item id, by the SKU if one product has it; else what the order says of the part."""
    catalogue = work.rules.catalogue
    bearers = catalogue.by_sku.get(part.sku, ()) if part.sku else ()
    item_id = part.item_id if part.item_id is not None or len(bearers) != 1 else bearers[0]
    price = catalogue.prices.get(item_id) if item_id is not None else None
    return part.price if price is None else price
