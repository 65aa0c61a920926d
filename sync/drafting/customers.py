"""Whose sale it is (S22): a customer that the books have, or one that is to be made."""

from collections.abc import Mapping

from documents import N_, Buyer, CustomerChoice, Message, NewCustomer, say
from sync.drafting.graphemes import cut
from sync.drafting.rules import AssignedTo, BooksCustomer, folded
from sync.drafting.work import Work

CONTACT = " (contact)"
Choice = tuple[CustomerChoice | None, Message | None]


def choose_customer(work: Work) -> Choice:
    """The customer, and what there is to tell about the choice. None is a problem that is told."""
    assigned = work.rules.settings.sale_assigned_to
    if work.edits.customer:
        return CustomerChoice(code=work.edits.customer), None
    if assigned == AssignedTo.CHANNEL:
        return _of_channel(work), None
    if assigned == AssignedTo.GENERIC:
        return _generic(work)
    buyer = work.order.customer
    if buyer.masked:
        return _of_channel(work), say(N_("The marketplace hides the buyer: the channel's customer is taken."))
    if not (buyer.code or buyer.name.strip() or buyer.company.strip()):
        return _of_channel(work), say(N_("The order names no buyer: the channel's customer is taken."))
    return _of_buyer(work, buyer, assigned)


def _of_channel(work: Work) -> CustomerChoice | None:
    """The match for channel and currency, for the channel, then S1."""
    channel, matches = work.order.channel, work.rules.matching.customers
    for currency in (work.order.currency, work.currency, None):
        if code := matches.get((channel.id, currency)):
            return CustomerChoice(code=code)
    if work.rules.settings.default_customer:
        return CustomerChoice(code=work.rules.settings.default_customer)
    sentence = N_("No customer is matched to the channel {channel}, and there is no default customer.")
    work.tell("customer", "matching/customers", say(sentence, channel=channel.name), channel.name)
    return None


def _generic(work: Work) -> Choice:
    """The chosen generic customer; without one, a customer named after the store."""
    if work.rules.settings.generic_customer:
        return CustomerChoice(code=work.rules.settings.generic_customer), None
    return _named(work, work.rules.store.name or work.order.channel.name, "")


def _of_buyer(work: Work, buyer: Buyer, assigned: AssignedTo) -> Choice:
    """By the store's own customer code; as an organisation; under its company; or as a person."""
    person, company = buyer.name.strip(), buyer.company.strip()
    if buyer.code:
        return _named(work, buyer.code, "")
    if company and (assigned == AssignedTo.ORGANISATION or not person):
        return _named(work, company, buyer.email, unlike=person)
    if company and work.rules.store.contact_under_company:
        return _under_company(work, person, company, buyer.email)
    return _named(work, person, buyer.email)


def _under_company(work: Work, person: str, company: str, email: str) -> Choice:
    """The contact below its company; told apart by a suffix where both have one name."""
    parent, parent_note = _named(work, company, "")
    suffix = CONTACT if folded(person) == folded(company) else ""
    contact, note = _named(work, person, email, suffix=suffix, unlike=company)
    if contact and contact.create:
        contact = CustomerChoice(create=NewCustomer(contact.create.name, email, parent))
    return contact, note or parent_note


def _named(work: Work, name: str, email: str, *, suffix: str = "", unlike: str = "") -> Choice:
    """The books' customer with this e-mail, but not one that is named `unlike`; then the one with this name, as the
    books would have it; else a new one, with a note where its name was cut."""
    limit = work.rules.limits.customer_name
    clean = _cleaned(name, work.rules.books.name_replacements)
    room = limit - len(suffix)
    fitted = (cut(clean, room) or clean[:room]) + suffix  # one character longer than a name may be: rather broken
    found = _by_email(work, email, fitted, unlike) or _first(work.rules.books.customers.by_name.get(folded(fitted), ()))
    if found:
        return CustomerChoice(code=found.code), None
    sentence = N_("The customer's name was cut to the {limit} characters that the books take.")
    note = say(sentence, limit=limit) if len(fitted) < len(clean) + len(suffix) else None
    return CustomerChoice(create=NewCustomer(fitted, email)), note


def _by_email(work: Work, email: str, name: str, unlike: str) -> BooksCustomer | None:
    """Of several with one e-mail that with the name, else the first."""
    rows = work.rules.books.customers.by_email.get(folded(email), ()) if email else ()
    rows = tuple(row for row in rows if not unlike or folded(row.name) != folded(unlike))
    return _first(tuple(row for row in rows if folded(row.name) == folded(name))) or _first(rows)


def _first(rows: tuple[BooksCustomer, ...]) -> BooksCustomer | None:
    return rows[0] if rows else None


def _cleaned(name: str, replacements: Mapping[str, str]) -> str:
    """The name without the characters that the books forbid."""
    for forbidden, instead in replacements.items():
        name = name.replace(forbidden, instead)
    return name.strip()
