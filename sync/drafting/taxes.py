"""Which tax code a line carries (rules.md section 3), and which one the whole document does where the tax is sent."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from documents import N_, ZERO, Tax, say
from sync.drafting.exact import plain
from sync.drafting.matching import Matching
from sync.drafting.rules import Rules
from sync.drafting.work import Work

MATCHING = "matching/tax"


class TaxPick(NamedTuple):
    """A code of the books and its rate in percent; a code of None is no tax, in books that need no code for it."""

    code: str | None
    rate: Decimal


def pick_tax(work: Work, tax: Tax | None, amount: Decimal | None, fallback: str | None, name: str) -> TaxPick:
    """The code for a line called `name` to which the store gives this tax and tax amount.

    `fallback` is the preset's or the item's own code. A tax that cannot be told is a problem, and leaves the document's
    total open."""
    if work.is_tax_sent:
        return _taxed_or_not(work, tax, amount, fallback)
    if tax is not None:
        return _named(work, tax, fallback)
    if amount is not None and not amount:
        return _no_tax(work)
    if fallback:
        return _in_books(work, fallback)
    return _no_tax(work) if amount is None else _unnamed(work, amount, name)


def matched(rules: Rules, tax: Tax) -> str | None:
    """The code matched to a store's tax."""
    return code_of(rules.matching, tax)


def code_of(matching: Matching, tax: Tax) -> str | None:
    """The code matched to a store's tax: by its id, then by name and rate."""
    found = matching.taxes.get(tax.id) if tax.id is not None else None
    return found or matching.taxes_by_name.get((tax.name, tax.rate))


def _no_tax(work: Work) -> TaxPick:
    return TaxPick(work.rules.settings.zero_tax_code, ZERO)


def _named(work: Work, tax: Tax, fallback: str | None) -> TaxPick:
    if code := matched(work.rules, tax):
        return _in_books(work, code)
    if fallback and work.rules.books.tax_rates.get(fallback) == tax.rate:
        return TaxPick(fallback, tax.rate)
    _tell_unmatched(work, tax)
    return TaxPick(None, ZERO)


def _in_books(work: Work, code: str) -> TaxPick:
    rate = work.rules.books.tax_rates.get(code)
    if rate is not None:
        return TaxPick(code, rate)
    if code == work.rules.settings.zero_tax_code:
        return TaxPick(code, ZERO)
    work.is_total_open = True
    work.tell("tax", MATCHING, say(N_("The books have no tax code {code} (any more)."), code=code), code)
    return TaxPick(code, ZERO)


def _taxed_or_not(work: Work, tax: Tax | None, amount: Decimal | None, fallback: str | None) -> TaxPick:
    """TAX or NON: a tax of rate 0 is NON, whether it is matched or not; of a tax that is unknown the item decides."""
    if tax is not None:
        if tax.rate and matched(work.rules, tax) is None:
            _tell_unmatched(work, tax)
        is_taxed = bool(tax.rate)
    elif amount is None:
        is_taxed = bool(work.rules.books.tax_rates.get(fallback or "", ZERO))
    else:
        is_taxed = bool(amount)
    return TaxPick(work.rules.settings.taxed_code, tax.rate if tax else ZERO) if is_taxed else _no_tax(work)


def _tell_unmatched(work: Work, tax: Tax) -> None:
    work.is_total_open = True
    sentence = N_("No tax code of the books is matched to the store's tax {name} of {rate} %.")
    work.tell("tax", MATCHING, say(sentence, name=tax.name, rate=plain(tax.rate)), tax.name)


def _unnamed(work: Work, amount: Decimal, name: str) -> TaxPick:
    work.is_total_open = True
    sentence = N_("The store charges {amount} of tax on {name} without naming it, and no tax code is set for it.")
    work.tell("tax", MATCHING, say(sentence, amount=work.money(amount), name=name), name)
    return TaxPick(None, ZERO)


def document_tax_code(work: Work, taxed: Iterable[tuple[Tax | None, Decimal | None]], sent: Decimal) -> str | None:
    """The code of the document's head: that of the larger tax of what is posted, the earlier where two are equal.

    A tax that is sent needs a name, since the books want to know whose it is; without one it is a problem."""
    sums: dict[str, Decimal] = {}
    for tax, amount in taxed:
        code = matched(work.rules, tax) if tax and tax.rate else None
        if code:
            sums[code] = sums.get(code, ZERO) + (amount or ZERO)
    if not sums and sent and not work.is_total_open:
        sentence = N_("The store charges {amount} of tax without naming it, so the document's tax code is not known.")
        work.tell("tax", MATCHING, say(sentence, amount=work.money(sent)))
    return max(sums, key=lambda code: sums[code]) if sums else None
