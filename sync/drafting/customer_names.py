"""Whom of the books' customers a buyer is, and how a new one is called: names are unique there (E2)."""

from collections.abc import Mapping

from documents import N_, Message, say
from sync.drafting.graphemes import cut
from sync.drafting.people import Person
from sync.drafting.rules import BooksCustomer, folded
from sync.drafting.work import Work

CONTACT = " (contact)"
CUSTOMER = " (customer)"
CODE_TAKEN = N_("{code} is the name of a supplier or an employee in the books, so no customer can have it.")
Note = Message | None


def guess(
    work: Work, person: Person, company: Person | None = None, company_code: str | None = None, unlike: str = ""
) -> tuple[str, str, Note]:
    """The code of the books' customer with this e-mail, but not one that is named `unlike` or as the company; then of
    the one with this name, as the books would have it. "" for none: then its name as a new one, with a note where that
    was cut, or belongs to somebody else there."""
    suffix = CONTACT if company and folded(person.name) == folded(company.name) else ""
    fitted, note = _fitted(work, person.name, suffix)
    found = _by_email(work, person.email, fitted, company.name if company else unlike) or by_name(work, fitted)
    if company and found and _is_another(found, person, company_code):
        fitted, note = _fitted(work, person.name, f" ({company.name})")
        found = by_name(work, fitted)
    if not found and (reason := _why_taken(work, fitted)):
        fitted, note = _fitted(work, fitted, reason)
        found = by_name(work, fitted)
    return found.code if found else "", fitted, note


def _is_another(found: BooksCustomer, person: Person, company: str | None) -> bool:
    """Of the same name, but below another company; only the same e-mail on both sides says that it is one person."""
    is_one = bool(person.email) and folded(found.email) == folded(person.email)
    return bool(found.parent) and found.parent != company and not is_one


def _fitted(work: Work, name: str, suffix: str) -> tuple[str, Message | None]:
    """The name with its suffix as the books take it, and what was done to it."""
    limit = work.rules.limits.customer_name
    clean = _cleaned(name, work.rules.books.name_replacements)
    fitted = fitting(name, limit - len(suffix), work.rules.books.name_replacements) + suffix
    if len(fitted) < len(clean) + len(suffix):
        sentence = N_("The customer's name was cut to the {limit} characters that the books take.")
        return fitted, say(sentence, limit=limit)
    if suffix and suffix != CONTACT:
        return fitted, say(N_("{name} is somebody else in the books: the customer is {new}."), name=clean, new=fitted)
    return fitted, None


def fitting(name: str, room: int, replacements: Mapping[str, str]) -> str:
    """A name without what the books forbid, and no longer than they take."""
    clean = _cleaned(name, replacements)
    return cut(clean, room) or clean[:room]  # one character longer than a name may be: rather broken


def _why_taken(work: Work, name: str) -> str:
    """What is added to a name that a supplier, an employee or a customer of another currency carries; else nothing."""
    if folded(name) in work.rules.books.taken_names:
        return CUSTOMER
    has_others = bool(work.rules.books.customers.by_name.get(folded(name)))
    return f" ({work.currency})" if has_others else ""


def by_name(work: Work, name: str) -> BooksCustomer | None:
    """The books' customer of this name, in the document's currency where each has one."""
    return _first(_of_currency(work, work.rules.books.customers.by_name.get(folded(name), ())))


def is_only_one(work: Work, row: BooksCustomer) -> bool:
    """No other customer of the books has its name."""
    return work.rules.books.customers.by_name.get(folded(row.name), ()) == (row,)


def _by_email(work: Work, email: str, name: str, unlike: str) -> BooksCustomer | None:
    """Of several with one e-mail that with the name, else the first."""
    rows = work.rules.books.customers.by_email.get(folded(email), ()) if email else ()
    rows = tuple(row for row in _of_currency(work, rows) if not unlike or folded(row.name) != folded(unlike))
    return _first(tuple(row for row in rows if folded(row.name) == folded(name))) or _first(rows)


def _of_currency(work: Work, rows: tuple[BooksCustomer, ...]) -> tuple[BooksCustomer, ...]:
    return tuple(row for row in rows if row.currency in (None, work.order.currency))


def _first(rows: tuple[BooksCustomer, ...]) -> BooksCustomer | None:
    return rows[0] if rows else None


def _cleaned(name: str, replacements: Mapping[str, str]) -> str:
    """The name without the characters that the books forbid."""
    for forbidden, instead in replacements.items():
        name = name.replace(forbidden, instead)
    return name.strip()
