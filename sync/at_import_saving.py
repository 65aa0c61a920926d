"""What a person decided at an import (M9, M10) is kept: linked to what the books have, or to be made there, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from adapters.stores.base import ItemPage
from documents import N_, Message, ReferenceKind, Role, StoreItem, say
from models import ContactMatch, ItemMatch, Profile, StoredItem, writing
from sync import catalogue, matching
from sync.at_import import Found
from sync.at_import_names import taken_names
from sync.at_import_rows import Contact, Product
from sync.documents_kept import live, open_operation_of
from sync.drafting.new_products import new_product
from sync.due import STANDS
from sync.filing_others import CannotPost, file_product
from sync.filing_payments import UNDECIDED
from sync.held import hold_profile
from sync.ledger import Actor
from sync.loading import settings_of
from sync.matching import NO_SUCH, MatchRefused


@dataclass(frozen=True, slots=True)
class Choice:
    """Link it to this code of the books, or make it there."""

    is_new: bool
    code: str = ""


def save(profile_id: int, found: Found, chosen: Mapping[str, Choice], actor: Actor) -> dict[str, Message]:
    """Keep each by itself, of what was asked; returns why the others are refused."""
    refused: dict[str, Message] = {}
    for key, choice in chosen.items():
        try:
            with writing() as session:
                _keep(session, hold_profile(session, profile_id), found, key, choice, actor)
        except (MatchRefused, CannotPost) as error:
            refused[key] = error.message
    return refused


def _keep(session: Session, profile: Profile, found: Found, key: str, choice: Choice, actor: Actor) -> None:
    if not choice.is_new and not choice.code:
        raise MatchRefused(say(N_("Choose what it is linked to, or have it made.")))
    if contact := found.contacts.get(key):
        _contact(session, profile, contact, choice, actor)
    elif product := found.products.get(key):
        _product(session, profile, product, choice, actor)


# --- contacts ---------------------------------------------------------------------------------------------------


def _contact(session: Session, profile: Profile, contact: Contact, choice: Choice, actor: Actor) -> None:
    here = select(ContactMatch.id).where(ContactMatch.profile_id == profile.id, ContactMatch.key == contact.key)
    if session.scalar(here) is not None:
        raise MatchRefused(say(N_("Somebody else has linked {name} meanwhile: see Contacts."), name=contact.name))
    if choice.is_new and taken_names(profile, {contact.new_name}):
        sentence = N_("The name {name} was taken meanwhile. Look again.")
        raise MatchRefused(say(sentence, name=contact.new_name))
    if not choice.is_new:
        check_customer(session, profile, choice.code)
    row = ContactMatch(
        profile_id=profile.id,
        key=contact.key,
        is_company=contact.is_company,
        name=contact.name[:500],
        email=contact.email[:254],
        company=contact.company[:500],
        code=None if choice.is_new else choice.code,
        new_name=contact.new_name if choice.is_new else "",
        matched_at=actor.at,
    )
    session.add(row)
    session.flush()


def check_customer(session: Session, profile: Profile, code: str) -> None:
    """Refuse a customer that the books lack; one that is inactive counts where it can be made active again (E11)."""
    row = matching.row_of(session, profile.id, ReferenceKind.CUSTOMER, code)
    if row is None or not (row.is_active or BOOKS[profile.books.kind].restores_customers):
        raise MatchRefused(say(NO_SUCH[ReferenceKind.CUSTOMER], code=code))


# --- products ---------------------------------------------------------------------------------------------------


def _product(session: Session, profile: Profile, product: Product, choice: Choice, actor: Actor) -> None:
    item = _item(session, product, actor)
    query = select(ItemMatch).where(ItemMatch.profile_id == profile.id, ItemMatch.item_id == item.id)
    match = session.scalars(query.execution_options(populate_existing=True)).one()
    if match.code:
        sentence = N_("Somebody else has matched {name} to {code} meanwhile.")
        raise MatchRefused(say(sentence, name=product.name, code=match.code))
    if not choice.is_new:
        matching.match_item(session, profile.id, item.id, choice.code, None, actor.at)
    else:
        _make(session, profile, product, match, actor)


def _item(session: Session, product: Product, actor: Actor) -> StoredItem:
    """Its row in the store's list; the order that names it is as good as the list."""
    here = select(StoredItem).where(
        StoredItem.store_id == product.store_id, StoredItem.external_id == product.external_id
    )
    if (item := session.scalar(here)) is None:
        told = StoreItem(product.external_id, product.sku or None, product.name, product.price)
        catalogue.keep_items(session, product.store_id, ItemPage((told,)), actor.at)
        item = session.scalars(here).one()
    return item


def _make(session: Session, profile: Profile, product: Product, match: ItemMatch, actor: Actor) -> None:
    """Once, whoever asks: by its source there is one item in the books, and the product is matched to it when it stands
    there."""
    source = source_of(product)
    known = live(session, profile.books_id, Role.PRODUCT, source)
    if known is not None and known.state in STANDS:
        matching.match_item(session, profile.id, match.item_id, known.remote_number or "", None, actor.at)
        return
    operation = open_operation_of(session, known.id) if known else None
    if known is None or operation is None or operation.state not in UNDECIDED:
        told = StoreItem(product.external_id, product.sku or None, product.name, product.price)
        known = file_product(session, profile, source, new_product(told, settings_of(profile)), actor)
    match.document_id = known.id
    session.flush()


def source_of(product: Product) -> str:
    """Our reference of the item: made only from the store's kind, the shop's id and the product's."""
    told = f"{product.store_kind}/{product.shop_id}/{product.external_id}"
    return f"product-{sha256(told.encode()).hexdigest()[:16]}"
