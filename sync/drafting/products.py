"""The lines of what was sold: each product, or each part of a bundle, at its own match."""

from dataclasses import replace

from documents import N_, ZERO, InvoiceLine, Message, OrderLine, say
from sync.drafting.bundles import Part, parts_of
from sync.drafting.items import Chosen, Product, choose_item, match_of
from sync.drafting.net import net, netted
from sync.drafting.rules import Rules
from sync.drafting.serials import take_serials
from sync.drafting.shares import largest_remainder
from sync.drafting.taxes import TaxPick, pick_tax
from sync.drafting.work import Work

DEFAULT_ITEM = N_("Posted on the default item, since nothing is matched to {product}.")


def product_lines(work: Work) -> list[InvoiceLine]:
    """One line per product, in the order's order; amounts in the document's own mode, prices not fitted yet."""
    lines: list[InvoiceLine] = []
    for line in work.order.lines:
        _refuse_return(work, line)
        if line.bundle and work.rules.settings.bundle_components and not work.edits.line(line.id).item:
            lines.extend(_bundle_lines(work, line))
        else:
            lines.append(_product_line(work, line))
    return lines


def _refuse_return(work: Work, line: OrderLine) -> None:
    if (line.quantity < 0 or line.amount < 0) and not work.rules.arithmetic.negative_lines:
        sentence = N_("{name} has a negative quantity or amount, which is a return: make it a credit note.")
        work.tell("return", "orders", say(sentence, name=line.name), line.sku or line.name)


def _product_line(work: Work, line: OrderLine) -> InvoiceLine:
    product = Product(line.item_id, line.sku, line.name)
    chosen = choose_item(work, product, work.edits.line(line.id))
    pick = pick_tax(work, line.tax, line.tax_amount, own_tax_code(work.rules, chosen.code), line.name)
    serials, _ = take_serials(work, chosen.code, line.quantity, line.serials)
    made = InvoiceLine(
        kind="item",
        item=chosen.code,
        uom=chosen.uom,
        quantity=line.quantity,
        price=line.price,
        discount=line.discount,
        amount=line.amount,
        tax_code=pick.code,
        tax_rate=pick.rate,
        description=line.name,
        serials=serials,
        notes=_default_note(chosen, product),
        is_default_item=chosen.is_default,
        source_line=line.id,
    )
    return netted(work, made, line.tax_amount)


def _bundle_lines(work: Work, line: OrderLine) -> list[InvoiceLine]:
    """The parts instead of the bundle, sharing its amount; its serial numbers go to the parts that need them, in order.

    The bundle's tax code goes to all. Where the store names no tax and the bundle itself has no item in the books, each
    part takes its own item's code."""
    parts, serials, lines = parts_of(work, line), line.serials, []
    parent = match_of(Product(line.item_id, line.sku, line.name), work.rules)
    for part in parts:
        chosen = choose_item(work, part.product, work.edits.line(part.source))
        own = own_tax_code(work.rules, parent.code if parent else chosen.code)
        pick = pick_tax(work, line.tax, line.tax_amount, own, line.name)
        taken, serials = take_serials(work, chosen.code, part.quantity, serials, may_leave=True)
        lines.append(_part_line(part, chosen, pick, taken))
    whole = net(work, line.amount, line.tax_amount, lines[0].tax_rate)
    shares = largest_remainder(whole, [part.weight for part in parts], work.unit_digits)
    return [replace(made, amount=share) for made, share in zip(lines, shares, strict=True)]


def _part_line(part: Part, chosen: Chosen, pick: TaxPick, serials: tuple[str, ...]) -> InvoiceLine:
    return InvoiceLine(
        kind="item",
        item=chosen.code,
        uom=chosen.uom,
        quantity=part.quantity,
        amount=ZERO,
        tax_code=pick.code,
        tax_rate=pick.rate,
        description=part.product.name,
        serials=serials,
        notes=_default_note(chosen, part.product),
        is_default_item=chosen.is_default,
        source_line=part.source,
    )


def _default_note(chosen: Chosen, product: Product) -> tuple[Message, ...]:
    return (say(DEFAULT_ITEM, product=product),) if chosen.is_default else ()


def own_tax_code(rules: Rules, item: str | None) -> str | None:
    """The tax code that the item has in the books."""
    found = rules.books.items.get(item) if item else None
    return found.tax_code if found else None
