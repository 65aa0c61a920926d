"""The products of an order (ecwid.md 7.5)."""

from dataclasses import dataclass
from decimal import Decimal

from adapters.stores.ecwid.contract import Record
from adapters.stores.ecwid.figures import amount, half_up, money, record, records, tax_in
from adapters.stores.ecwid.taxes import Taxed, read_taxed
from adapters.stores.figures import Unreadable, figure, text
from documents import N_, ZERO, BundlePart, OrderLine, say


@dataclass(frozen=True, slots=True)
class Product:
    """A line's figures before it is known whether tax is inside: `gross` is quantity x price, rounded."""

    raw: Record
    place: int
    quantity: Decimal
    price: Decimal
    gross: Decimal
    discount: Decimal
    coupon: Decimal

    @property
    def amount(self) -> Decimal:
        """After its own discounts, before the coupon."""
        return self.gross - self.discount


def products_of(raw: Record, digits: int) -> list[Product]:
    """The lines of an order; raises Unreadable where one has no quantity or no price."""
    return [_product(place, each, digits) for place, each in enumerate(records(raw, "items"), start=1)]


def _product(place: int, raw: Record, digits: int) -> Product:
    quantity, price = figure(raw, "quantity"), money(raw, "price")
    if quantity is None or price is None:
        raise Unreadable(say(N_("Line {place} of the order has no quantity or no price."), place=place))
    discount = sum((amount(each, "total") for each in records(raw, "discounts")), ZERO)
    gross = half_up(quantity * price, digits)
    return Product(raw, place, quantity, price, gross, discount, amount(raw, "couponAmount"))


def taxed_of(product: Product, *, is_inside: bool) -> Taxed:
    """What the line says of its tax."""
    return read_taxed(product.raw, product.amount - product.coupon, is_inside=is_inside)


def line_of(product: Product, taxed: Taxed, digits: int, *, is_inside: bool) -> OrderLine:
    """The line in our words: its tax is that before the coupon, which is a charge of its own and carries its own."""
    raw = product.raw
    sku = text(raw, "sku") or None
    off = coupon_tax(product, taxed, digits, is_inside=is_inside)
    return OrderLine(
        id=text(raw, "id") or str(product.place),
        sku=sku,
        item_id=item_id_of(raw),
        name=_name(raw) or sku or "",
        quantity=product.quantity,
        price=product.price,
        discount=product.discount,
        amount=product.amount,
        tax_amount=taxed.goods + off,
        tax=taxed.tax,
        bundle=tuple(_part(each) for each in records(raw, "compositeComponents")),
    )


def coupon_tax(product: Product, taxed: Taxed, digits: int, *, is_inside: bool) -> Decimal:
    """What a line's share of the coupon took off its tax; the line told its tax after it, so that of a line of which
    the coupon left nothing it told none."""
    left = product.amount - product.coupon
    if not product.coupon or taxed.tax is None:
        return ZERO
    if not taxed.goods and tax_in(left, taxed.tax.rate, digits, is_inside=is_inside):
        return ZERO
    return tax_in(product.coupon, taxed.tax.rate, digits, is_inside=is_inside)


def item_id_of(raw: Record) -> str | None:
    """The id of a product, and of its variation where the line is one: '501', '501-77'."""
    product, variation = text(raw, "productId"), text(raw, "combinationId")
    return (f"{product}-{variation}" if variation else product) or None


def _name(raw: Record) -> str:
    """With what was chosen: T-shirt - M."""
    chosen = [text(each, "value") for each in records(raw, "selectedOptions") if _is_choice(each)]
    return " - ".join(part for part in (text(raw, "name"), *chosen) if part)


def _is_choice(option: Record) -> bool:
    return text(option, "type").upper() in {"CHOICE", "CHOICES"}


def _part(raw: Record) -> BundlePart:
    quantity = figure(raw, "quantity")
    if quantity is None:
        raise Unreadable(say(N_("A part of a bundle has no quantity.")))
    sku = text(raw, "sku") or None
    name = text(raw, "name") or text(record(raw, "product"), "name")
    return BundlePart(item_id_of(raw), sku, name or sku or "", quantity)
