"""Which item and which unit of the books stand for a product (rules.md section 3)."""

from typing import NamedTuple

from documents import N_, Message, say
from sync.drafting.edits import LineEdit
from sync.drafting.rules import BooksItem, ItemMatch, Rules
from sync.drafting.work import Work

MATCHING = "matching/items"


class Product(NamedTuple):
    """What the store says a line is."""

    item_id: str | None
    sku: str | None
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.sku})" if self.sku else f"{self.name} (no SKU)"


class Chosen(NamedTuple):
    """The item of the books, None where there is none; marked where it is only the default item."""

    code: str | None
    uom: str | None
    is_default: bool = False


def choose_item(work: Work, product: Product, edit: LineEdit) -> Chosen:
    """The edit, the match by item id, by SKU, the books' item that the SKU names (M11), the default item; else a
    problem. What is being made there is waited for (M10)."""
    settings = work.rules.settings
    match = match_of(product, work.rules)
    if edit.item:
        wanted = edit.uom or (match.uom if match and match.code == edit.item else None)
        return Chosen(edit.item, unit_of(work, edit.item, wanted, MATCHING))
    if match:
        return Chosen(match.code, unit_of(work, match.code, edit.uom or match.uom, MATCHING))
    if told := _being_made(product, work.rules):
        work.tell("item", MATCHING, told, product.sku or product.name)
        return Chosen(None, None)
    if found := _named_by_sku(product, work.rules):
        return Chosen(found, unit_of(work, found, edit.uom, MATCHING))
    if settings.default_item:
        return Chosen(settings.default_item, unit_of(work, settings.default_item, edit.uom, "settings"), True)
    _tell_unmatched(work, product)
    return Chosen(None, None)


def _named_by_sku(product: Product, rules: Rules) -> str | None:
    """The one item of the books that the SKU names; None where several do, or where several products carry it."""
    found = rules.matching.items_by_sku.get(product.sku or "", ())
    bearers = rules.catalogue.by_sku.get(product.sku or "", ())
    return found[0] if len(found) == 1 and len(bearers) <= 1 else None


def _being_made(product: Product, rules: Rules) -> Message | None:
    made, bearers = rules.matching.being_made, rules.catalogue.by_sku.get(product.sku or "", ())
    known = product.item_id if product.item_id in made else bearers[0] if len(bearers) == 1 else None
    return made.get(known) if known else None


def match_of(product: Product, rules: Rules) -> ItemMatch | None:
    """The match of the item id; else that of the one store item which carries the SKU."""
    items = rules.matching.items
    if product.item_id is not None and product.item_id in items:
        return items[product.item_id]
    bearers = rules.catalogue.by_sku.get(product.sku, ()) if product.sku else ()
    return items.get(bearers[0]) if len(bearers) == 1 else None


def _tell_unmatched(work: Work, product: Product) -> None:
    bearers = work.rules.catalogue.by_sku.get(product.sku or "", ())
    named = work.rules.matching.items_by_sku.get(product.sku or "", ())
    if len(bearers) > 1:
        sentence = N_("No item is matched to {product}, and its SKU is on {count} products of the store.")
    elif len(named) > 1:
        sentence = N_("No item is matched to {product}, and its SKU is on {others} items of the books.")
    elif work.rules.settings.match_items_by:
        sentence = N_("No item is matched to {product}, and no item of the books has its SKU.")
    else:
        sentence = N_("No item is matched to {product}.")
    message = say(sentence, product=product, count=len(bearers), others=len(named))
    work.tell("item", MATCHING, message, product.sku or product.name)


def item_in_books(work: Work, code: str, mend: str) -> BooksItem | None:
    """The item as the books have it; one that they have not (any more) is a problem."""
    item = work.rules.books.items.get(code)
    if item is None:
        work.tell("item", mend, say(N_("The books have no item {code} (any more)."), code=code), code)
    return item


def unit_of(work: Work, code: str, wanted: str | None, mend: str) -> str | None:
    """The wanted unit, then S7 where the item has it, then the item's base unit; None in books without units."""
    item = item_in_books(work, code, mend)
    if item is None:
        return wanted
    if not item.is_known:
        sentence = N_("The units of the item {code} are being read from the books: look again in a minute.")
        work.tell("uom", mend, say(sentence, code=code), code)
        return wanted
    units = item.uoms | {item.base_uom} if item.base_uom else item.uoms
    if not units:
        return None
    if wanted is None:
        default = work.rules.settings.default_uom
        return default if default in units else item.base_uom
    if wanted not in units:
        work.tell("uom", mend, say(N_("The item {code} has no unit {uom} in the books."), code=code, uom=wanted), code)
    return wanted
