"""What records of files must fit to: each other, what is kept already, and the books' lists (4.2)."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from adapters.stores.exchange.fields import ExchangeObject, Link, Makes, Record
from adapters.stores.exchange.sheets import Placed, Read, Trouble
from documents import N_, ZERO, ReferenceKind, say

CENT = Decimal("0.01")
Summed = Callable[[Record], Decimal]


@dataclass(frozen=True, slots=True)
class Known:
    """What is there beside the files. `ids`: kept records, by object; `totals` and `paid`: of kept orders, these by
    payment; `currency`: the only one that documents may have, None where any may; `books`: names in the books' lists,
    folded; a list that is missing is not checked."""

    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    paid: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    currency: str | None = None
    books: Mapping[ReferenceKind, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a store asks of its files: how a document adds up, which fields name rows of the books' lists."""

    summed: Summed
    named_in_books: tuple[tuple[str, ReferenceKind], ...] = ()


LISTS = {
    ReferenceKind.TAX_CODE: N_("The books have no tax code named {told}. Make one, or rename the VAT rate."),
    ReferenceKind.PAYMENT_METHOD: N_("The books have no payment method named {told}. Make one, or rename this one."),
    ReferenceKind.TERM: N_("The books have no term named {told} with {told} days. Make one."),
}


def named(read: Read) -> dict[str, set[str]]:
    """The ids of other records that these name, by object: what is to be looked up for `Known`."""
    found: dict[str, set[str]] = {}
    for each in read.placed:
        for link in each.what.links:
            found.setdefault(link.object, set()).update(link.ids(each.record))
    return found


def check(read: Read, known: Known, rules: Rules) -> Read:
    """The records that fit, and every trouble; who names a record that does not fit, does not fit either."""
    good, troubles = list(read.placed), list(read.troubles)
    for find in (_of_itself(known, rules), _of_payments(read, known)):
        wrong = [(each, list(find(each))) for each in good]
        troubles += [trouble for _, found in wrong for trouble in found]
        good = [each for each, found in wrong if not found]
    while True:
        there = _ids(good)
        wrong = [(each, list(_unknown_parents(each, there, known))) for each in good]
        if not any(found for _, found in wrong):
            return replace(read, placed=good, troubles=troubles)
        troubles += [trouble for _, found in wrong for trouble in found]
        good = [each for each, found in wrong if not found]


def _of_itself(known: Known, rules: Rules) -> Callable[[Placed], Iterator[Trouble]]:
    def find(each: Placed) -> Iterator[Trouble]:
        if each.record.get("deleted"):
            return
        if each.what.makes is Makes.ORDER:
            yield from _sum(each, rules.summed)
        currency = each.record.get("currency") if each.what.makes is not Makes.FACTS else None
        if known.currency and currency and currency != known.currency:
            sentence = N_("{told} is not the base currency {currency}: nothing else can be carried.")
            yield each.trouble("currency", say(sentence, told=currency, currency=known.currency))
        for path, kind in rules.named_in_books:
            yield from _in_books(each, path, kind, known)

    return find


def _sum(each: Placed, summed: Summed) -> Iterator[Trouble]:
    total, made = Decimal(each.record["total"]), summed(each.record)
    if abs(total - made) > CENT:
        sentence = N_("Lines, delivery, tax and discount make {made}, the total says {total}.")
        yield each.trouble("total", say(sentence, made=f"{made:f}", total=f"{total:f}"))


def _in_books(each: Placed, path: str, kind: ReferenceKind, known: Known) -> Iterator[Trouble]:
    names, (head, _, tail) = known.books.get(kind), path.partition(".")
    if names is None:
        return
    rows = each.record.get(head, ()) if tail else (each.record,)
    for place, row in enumerate(rows, 1):
        told = row.get(tail or head)
        if told is not None and str(told).strip().casefold() not in names:
            where = f"{head}.{place}.{tail}" if tail else head
            yield each.trouble(where, say(LISTS[kind], told=told))


def _of_payments(read: Read, known: Known) -> Callable[[Placed], Iterator[Trouble]]:
    """Together, and with those that were kept before, they are no more than their order."""
    totals = dict(known.totals)
    totals |= {each.id: Decimal(each.record["total"]) for each in read.placed if "total" in each.record}
    told_anew = {each.id for each in read.placed if _parent(each.what)}
    paid = {
        whole: sum((amount for payment_id, amount in kept.items() if payment_id not in told_anew), ZERO)
        for whole, kept in known.paid.items()
    }

    def find(each: Placed) -> Iterator[Trouble]:
        parent = _parent(each.what)
        if parent is None or each.record.get("deleted"):
            return
        whole = str(each.record.get(parent.field, ""))
        paid[whole] = paid.get(whole, ZERO) + Decimal(each.record.get("amount", "0"))
        if whole in totals and paid[whole] > totals[whole]:
            sentence = N_("The payments of {order} make {paid}, more than its total {total}.")
            message = say(sentence, order=whole, paid=f"{paid[whole]:f}", total=f"{totals[whole]:f}")
            yield each.trouble("amount", message)

    return find


def _parent(what: ExchangeObject) -> Link | None:
    return next((link for link in what.links if link.is_parent), None)


def _ids(placed: Sequence[Placed]) -> dict[str, set[str]]:
    """What names these records, by object."""
    found: dict[str, set[str]] = {}
    for each in placed:
        found.setdefault(each.what.name, set()).add(each.id)
    return found


def _unknown_parents(each: Placed, there: Mapping[str, Collection[str]], known: Known) -> Iterator[Trouble]:
    if each.record.get("deleted"):
        return
    for link in (link for link in each.what.links if link.is_needed or link.is_parent):
        places = (there.get(link.object, ()), known.ids.get(link.object, ()))
        for record_id in link.ids(each.record):
            if not any(record_id in ids for ids in places):
                sentence = N_(
                    "{id} is not known: it stands in no row of {object} that can be read, nor was it read before."
                )
                yield each.trouble(link.field, say(sentence, id=record_id, object=link.object))
