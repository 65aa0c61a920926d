"""Taxes: each that the store uses needs a tax code of the same rate; a name of its own where the store asks so (M8)."""

from collections.abc import Iterator

from documents import N_, ReferenceKind, Tax, say
from sync.drafting.exact import plain
from sync.drafting.taxes import code_of
from sync.readiness.names import same_names
from sync.readiness.sides import BooksSide, Line, Pair, Topic, blocks, fine, know

MEND, ABOUT = "matching/tax", "tax"


def taxes(pair: Pair) -> Iterator[Line]:
    """Those that block one by one, then those that are fine, then what only the books have."""
    if about := pair.store.demands.same_names.get(ReferenceKind.TAX_CODE):
        names = [each.name for each in pair.store.taxes if each.name]
        yield from same_names(Topic.TAXES, names, list(pair.books.tax_names.values()), about)
    bad = {tax: line for tax in pair.store.taxes if (line := _blocked(pair, tax))}
    yield from bad.values()
    if good := tuple(_named(tax) for tax in pair.store.taxes if tax not in bad):
        yield fine(Topic.TAXES, say(N_("These taxes of the store have a tax code of the books.")), good)
    used = {code_of(pair.chosen.matching, tax) for tax in pair.store.taxes} | {pair.chosen.settings.zero_tax_code}
    if rest := tuple(sorted(set(pair.books.tax_rates) - used)):
        listed = tuple(f"{code} ({plain(pair.books.tax_rates[code])} %)" for code in rest)
        yield know(Topic.TAXES, say(N_("No tax of the store stands for these tax codes of the books.")), listed=listed)


def _named(tax: Tax) -> str:
    return f"{tax.name or tax.id} {plain(tax.rate)} %"


def _blocked(pair: Pair, tax: Tax) -> Line | None:
    code = code_of(pair.chosen.matching, tax)
    if code is None:
        return None if pair.books.is_tax_sent and not tax.rate else _unmatched(tax)
    return _bad_code(pair.books, tax, code, pair.chosen.settings.zero_tax_code)


def _unmatched(tax: Tax) -> Line:
    sentence = N_("No tax code of the books is matched to the store's tax {name} of {rate} %.")
    return blocks(Topic.TAXES, say(sentence, name=tax.name or tax.id, rate=plain(tax.rate)), MEND, ABOUT, tax.name)


def _bad_code(books: BooksSide, tax: Tax, code: str, zero_code: str | None) -> Line | None:
    rate = books.tax_rates.get(code)
    if rate is None:
        if code == zero_code:
            return None
        sentence = N_("{name} is matched to the tax code {code}, which the books do not have (any more).")
        return blocks(Topic.TAXES, say(sentence, name=_named(tax), code=code), MEND, ABOUT, tax.name)
    if rate != tax.rate and not books.is_tax_sent:
        sentence = N_("{name} is matched to {code}, which has {rate} % in the books: the totals would differ.")
        return blocks(Topic.TAXES, say(sentence, name=_named(tax), code=code, rate=plain(rate)), MEND, ABOUT, tax.name)
    return None
