"""The people of an order for whom nobody has chosen a customer of the books yet (M9), with what a draft would take."""

from typing import NamedTuple

from documents import Order
from sync.drafting.currency import settle_currency
from sync.drafting.customer_names import guess
from sync.drafting.edits import Edits
from sync.drafting.people import Person, people_of
from sync.drafting.rules import Rules
from sync.drafting.work import Work


class Unlinked(NamedTuple):
    """A person without a link: `code` is whom the books have with the same e-mail or name, "" for nobody; `name` is how
    a new customer would be called; `company` that of a contact."""

    person: Person
    code: str
    name: str
    company: str = ""


def unlinked(order: Order, rules: Rules, edits: Edits) -> list[Unlinked]:
    """The company first, then its contact; nobody where the customer was chosen on the draft itself."""
    if edits.customer:
        return []
    work = Work(order, rules, edits)
    settle_currency(work)
    company, buyer = people_of(order, rules.settings, rules.store, rules.books.has_customer_currency)
    found = [_company(work, company, buyer), _buyer(work, buyer, company)]
    return [each for each in found if each and each.person.key not in rules.matching.people]


def _company(work: Work, company: Person | None, buyer: Person | None) -> Unlinked | None:
    if company is None:
        return None
    code, name, _ = guess(work, company, unlike="" if buyer else work.order.customer.name)
    return Unlinked(company, code, name)


def _buyer(work: Work, buyer: Person | None, company: Person | None) -> Unlinked | None:
    if buyer is None:
        return None
    link = work.rules.matching.people.get(company.key) if company else None
    below = link.code if link else guess(work, company)[0] if company else None
    code, name, _ = guess(work, buyer, company, below)
    return Unlinked(buyer, code, name, company.name if company else "")
