"""Whose sale it is (S22): a customer that the books have, or one that is to be made."""

from collections.abc import Mapping
from dataclasses import replace

from documents import N_, Buyer, CustomerChoice, Message, NewCustomer, say
from sync.drafting.graphemes import cut
from sync.drafting.rules import AssignedTo, BooksCustomer, folded
from sync.drafting.terms import document_terms
from sync.drafting.work import Work

CONTACT = " (contact)"
CUSTOMER = " (customer)"
Choice = tuple[CustomerChoice | None, Message | None]


def choose_customer(work: Work) -> Choice:
    """The customer, and what there is to tell about the choice. None is a problem that is told."""
    choice, note = _chosen(work)
    new = choice.create if choice else None
    if new and not work.rules.settings.create_customers:
        sentence = N_("The books have no customer {name}, and making new ones is off: the channel's is taken.")
        choice, note = _of_channel(work), say(sentence, name=new.name)
    if choice and choice.code:
        _check_currency(work, choice.code)
    return choice, note


def _check_currency(work: Work, code: str) -> None:
    """Where a customer has one currency, the document must have the same."""
    theirs = work.rules.books.customer_currencies.get(code)
    if theirs and theirs != work.currency:
        sentence = N_("The customer {code} is kept in {theirs}, the order is in {ours}: match another for {ours}.")
        message = say(sentence, code=code, theirs=theirs, ours=work.currency)
        work.tell("customer", "matching/customers", message, code)


def billing(work: Work) -> tuple[str, ...]:
    """The lines of the billing address where a contact buys for its company (I11); none else."""
    buyer, is_buyers = work.order.customer, work.rules.settings.sale_assigned_to == AssignedTo.ORIGINAL
    person, company = buyer.name.strip(), buyer.company.strip()
    is_named = person and company and not buyer.masked and not buyer.code
    return (company, person) if is_buyers and is_named and work.rules.store.contact_under_company else ()


def buyers_email(work: Work) -> str:
    """Where the document may be sent, if it is the buyer's own."""
    is_buyers = work.rules.settings.sale_assigned_to in (AssignedTo.ORIGINAL, AssignedTo.ORGANISATION)
    return work.order.customer.email if is_buyers and not work.order.customer.masked else ""


def _chosen(work: Work) -> Choice:
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
        contact = CustomerChoice(create=replace(contact.create, parent=parent))
    return contact, note or parent_note


def _named(work: Work, name: str, email: str, *, suffix: str = "", unlike: str = "") -> Choice:
    """The books' customer with this e-mail, but not one that is named `unlike`; then the one with this name, as the
    books would have it; else a new one, with a note where its name was cut, or belongs to somebody else there."""
    fitted, note = _fitted(work, name, suffix)
    found = _by_email(work, email, fitted, unlike) or _by_name(work, fitted)
    if not found and (reason := _why_taken(work, fitted)):
        fitted, note = _fitted(work, fitted, reason)
        found = _by_name(work, fitted)
    if found:
        return CustomerChoice(code=found.code), None
    return CustomerChoice(create=_new(work, fitted, email)), note


def _fitted(work: Work, name: str, suffix: str) -> tuple[str, Message | None]:
    """The name with its suffix as the books take it, and what was done to it."""
    limit = work.rules.limits.customer_name
    clean = _cleaned(name, work.rules.books.name_replacements)
    room = limit - len(suffix)
    fitted = (cut(clean, room) or clean[:room]) + suffix  # one character longer than a name may be: rather broken
    if len(fitted) < len(clean) + len(suffix):
        sentence = N_("The customer's name was cut to the {limit} characters that the books take.")
        return fitted, say(sentence, limit=limit)
    if suffix and suffix != CONTACT:
        return fitted, say(N_("{name} is somebody else in the books: the customer is {new}."), name=clean, new=fitted)
    return fitted, None


def _why_taken(work: Work, name: str) -> str:
    """What is added to a name that a supplier, an employee or a customer of another currency carries; else nothing."""
    if folded(name) in work.rules.books.taken_names:
        return CUSTOMER
    has_others = bool(work.rules.books.customers.by_name.get(folded(name)))
    return f" ({work.currency})" if has_others else ""


def _new(work: Work, name: str, email: str) -> NewCustomer:
    """A term that the order itself asks for is the customer's, too (SEN5)."""
    currency = work.currency if work.rules.books.has_customer_currency else None
    terms = document_terms(work) if work.order.deferment_days is not None else None
    return NewCustomer(name, email, currency=currency, terms=terms)


def _by_name(work: Work, name: str) -> BooksCustomer | None:
    return _first(_of_currency(work, work.rules.books.customers.by_name.get(folded(name), ())))


def _by_email(work: Work, email: str, name: str, unlike: str) -> BooksCustomer | None:
    """Of several with one e-mail that with the name, else the first."""
    rows = work.rules.books.customers.by_email.get(folded(email), ()) if email else ()
    rows = tuple(row for row in _of_currency(work, rows) if not unlike or folded(row.name) != folded(unlike))
    return _first(tuple(row for row in rows if folded(row.name) == folded(name))) or _first(rows)


def _of_currency(work: Work, rows: tuple[BooksCustomer, ...]) -> tuple[BooksCustomer, ...]:
    return tuple(row for row in rows if row.currency in (None, work.currency))


def _first(rows: tuple[BooksCustomer, ...]) -> BooksCustomer | None:
    return rows[0] if rows else None


def _cleaned(name: str, replacements: Mapping[str, str]) -> str:
    """The name without the characters that the books forbid."""
    for forbidden, instead in replacements.items():
        name = name.replace(forbidden, instead)
    return name.strip()
