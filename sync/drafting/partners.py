"""A business partner as a customer of the books: named by its code, with the books' own terms and payment methods.

Source: edge-commerce-and-sengerio.md section 1, SEN4, SEN5, SEN7."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from documents import N_, NewCustomer, Problem, StoreCustomer, say
from sync.drafting.books import folded
from sync.drafting.customer_names import CODE_TAKEN, fitting
from sync.drafting.people import Person, named
from sync.drafting.terms import term_of


@dataclass(frozen=True, slots=True)
class PartnerRules:
    """What a partner's customer depends on: `terms` are days by name, `methods` codes by folded name, `taken` folded
    names of suppliers and employees, `currency` the home one where each customer has one, else empty."""

    terms: Mapping[str, int | None]
    methods: Mapping[str, str]
    taken: frozenset[str] = frozenset()
    currency: str = ""
    name_replacements: Mapping[str, str] = field(default_factory=dict)
    longest_name: int = 100


class Partner(NamedTuple):
    """Its customer, and why that cannot be made or changed yet."""

    customer: NewCustomer
    problems: tuple[Problem, ...] = ()


def partner_of(told: StoreCustomer, rules: PartnerRules) -> Partner:
    """The customer that a business partner is in the books; what is wrong with it is told, each by itself."""
    term, method = _term(told, rules), _method(told, rules)
    name = name_of(told.code or "", rules)
    customer = NewCustomer(
        name=name,
        email=told.email,
        currency=_currency(told, rules) or None,
        terms=term if isinstance(term, str) else None,
        phone=told.phone,
        address=told.address,
        key=person_of(told, rules).key,
        company=told.company,
        tax_number=told.tax_number,
        payment_method=method if isinstance(method, str) else None,
    )
    found = (term, method, _taken(told.code or "", name, rules))
    return Partner(customer, tuple(each for each in found if isinstance(each, Problem)))


def name_of(code: str, rules: PartnerRules) -> str:
    """The code as the books take it for a name (SEN7)."""
    return fitting(code, rules.longest_name, rules.name_replacements)


def person_of(told: StoreCustomer, rules: PartnerRules, code: str = "") -> Person:
    """Who it is, as its orders say it: by its code; or by another `code` that it had."""
    return named("code", code or told.code or "", _currency(told, rules))


def _currency(told: StoreCustomer, rules: PartnerRules) -> str:
    return (told.currency or rules.currency) if rules.currency else ""


def _term(told: StoreCustomer, rules: PartnerRules) -> str | Problem | None:
    """SEN5: a term whose name is the number of days, and whose days are the same number."""
    if told.terms is None:
        return None
    code, days = told.code or "", told.terms
    sentence = N_("{code} pays after {days} days, but the books have no term named {days} with {days} days.")
    return term_of(days, rules.terms) or _problem("SEN_TERM", sentence, code, days=days)


def _method(told: StoreCustomer, rules: PartnerRules) -> str | Problem | None:
    """SEN4: by name, without regard to case and blanks around it."""
    if not told.payment_method.strip():
        return None
    code, name = told.code or "", told.payment_method.strip()
    sentence = N_("{code} pays by {name}, but the books have no payment method of that name.")
    return rules.methods.get(folded(name)) or _problem("SEN_PAYMENT_METHOD", sentence, code, name=name)


def _taken(code: str, name: str, rules: PartnerRules) -> Problem | None:
    is_taken = folded(name) in rules.taken
    return Problem("SEN_CUSTOMER", "partners", say(CODE_TAKEN, code=code), code) if is_taken else None


def _problem(about: str, sentence: str, code: str, **values: object) -> Problem:
    return Problem(about, "readiness", say(sentence, code=code, **values), code)
