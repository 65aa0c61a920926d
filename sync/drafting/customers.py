"""Whose sale it is (S22): a customer that the books have, or one that is to be made."""

from dataclasses import replace

from documents import N_, CustomerChoice, NewCustomer, say
from sync.drafting.customer_names import Note, by_name, guess, is_only_one
from sync.drafting.people import People, Person, named, people_of
from sync.drafting.rules import AssignedTo
from sync.drafting.terms import document_terms
from sync.drafting.work import Work

Choice = tuple[CustomerChoice | None, Note]


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
    """The lines of the billing address where a contact buys for its company (I11): both, and where the company is."""
    company, buyer = _people(work)
    return (company.name, buyer.name, *company.address) if company and buyer else ()


def _people(work: Work) -> People:
    return people_of(work.order, work.rules.settings, work.rules.store, work.rules.books.has_customer_currency)


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
    return _of_buyer(work)


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
    return _linked(work, named("store", work.rules.store.name or work.order.channel.name, _currency(work)))


def _of_buyer(work: Work) -> Choice:
    """By the store's own customer code; as an organisation; under its company; or as a person."""
    if code := work.order.customer.code:
        return _linked(work, named("code", code, _currency(work)))
    company, buyer = _people(work)
    if company and buyer:
        return _under_company(work, company, buyer)
    if company:
        return _linked(work, company, unlike=work.order.customer.name)
    return _linked(work, buyer) if buyer else (_of_channel(work), None)


def _under_company(work: Work, company: Person, person: Person) -> Choice:
    """The contact below its company; one that exists keeps the company that it has there (E1b)."""
    parent, parent_note = _linked(work, company)
    contact, note = _linked(work, person, company)
    if contact.create:
        contact = CustomerChoice(create=replace(contact.create, parent=parent))
    elif parent.details or (parent.create and work.rules.settings.create_customers):
        told = contact.details or NewCustomer(person.name)
        contact = replace(contact, details=replace(told, parent=parent))
    return contact, note or parent_note


def _linked(work: Work, person: Person, company: Person | None = None, unlike: str = "") -> tuple[CustomerChoice, Note]:
    """What a person chose for this buyer at an import (M9); else whom the books have, or would get."""
    link = work.rules.matching.people.get(person.key)
    if link and link.code:
        return _existing(work, person, link.code), None
    if link:
        made = by_name(work, link.name)
        return _existing(work, person, made.code) if made else _to_make(work, person, link.name), None
    below = _linked(work, company)[0].code if company else None
    found, name, note = guess(work, person, company, below, unlike)
    return (_existing(work, person, found), None) if found else (_to_make(work, person, name), note)


def _to_make(work: Work, person: Person, name: str) -> CustomerChoice:
    return CustomerChoice(create=_new(work, person, name))


def _existing(work: Work, person: Person, code: str) -> CustomerChoice:
    """Under the name that it has in the books; its details follow the order where the store's do (E1b)."""
    details = (person.email, person.phone, person.address)
    known = work.rules.books.customers.by_code.get(code)
    if known is None:
        return CustomerChoice(code=code)
    found = CustomerChoice(code=code, name=known.name if is_only_one(work, known) else "")
    if not any(details) or not work.rules.store.contact_under_company:
        return found
    return replace(found, details=NewCustomer(known.name, person.email, None, None, None, *details[1:]))


def _currency(work: Work) -> str:
    return work.order.currency if work.rules.books.has_customer_currency else ""


def _new(work: Work, person: Person, name: str) -> NewCustomer:
    """A term that the order itself asks for is the customer's, too (SEN5)."""
    currency = work.currency if work.rules.books.has_customer_currency else None
    terms = document_terms(work) if work.order.deferment_days is not None else None
    return NewCustomer(name, person.email, None, currency, terms, person.phone, person.address, person.key)
