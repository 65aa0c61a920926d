"""What new customers of an import are called: a name is unique over customers, suppliers and employees (E2)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import count, islice

from sqlalchemy import func, select

from adapters.registry import BOOKS
from documents import ReferenceKind
from models import BooksRow, ContactMatch, Profile, db
from sync.at_import_rows import Contact
from sync.drafting.customer_names import CONTACT, CUSTOMER
from sync.drafting.rules import folded

TRIED = 8
"""So many names are thought of for each; the last of them are numbered."""


def with_free_names(profile: Profile, contacts: Mapping[str, Contact]) -> dict[str, Contact]:
    """Each with a name that nobody has, neither in the books nor in what was decided before. Two queries."""
    most = BOOKS[profile.books.kind].limits.customer_name
    thought_of = {key: list(islice(_names(each, most), TRIED)) for key, each in contacts.items()}
    taken = taken_names(profile, {name for names in thought_of.values() for name in names})
    named = {}
    for key, names in thought_of.items():
        name = next((each for each in names if folded(each) not in taken), names[-1])
        taken.add(folded(name))
        named[key] = replace(contacts[key], new_name=name)
    return named


def _names(contact: Contact, most: int) -> Iterator[str]:
    endings = [f" ({contact.company})"] if contact.company else []
    endings += [CUSTOMER if contact.is_company else CONTACT]
    yield contact.new_name
    for ending in endings:
        yield contact.new_name[: most - len(ending)] + ending
    for number in count(2):
        yield f"{contact.new_name[: most - 4]} {number}"


def taken_names(profile: Profile, names: Collection[str]) -> set[str]:
    """Those of these names, folded, that somebody has or is to get."""
    wanted = {folded(name) for name in names}
    rows = select(BooksRow.name).where(
        BooksRow.books_id == profile.books_id,
        BooksRow.kind.in_((ReferenceKind.CUSTOMER, ReferenceKind.TAKEN_NAME)),
        BooksRow.folded_name.in_({name[:200] for name in wanted}),
    )
    decided = select(ContactMatch.new_name).where(
        ContactMatch.profile_id == profile.id,
        ContactMatch.code.is_(None),
        func.lower(ContactMatch.new_name).in_({name.lower() for name in names}),
    )
    return {folded(name) for query in (rows, decided) for name in db.session.scalars(query)} & wanted
