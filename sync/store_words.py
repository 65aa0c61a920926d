"""Words that the orders, customers and set-up of a store use, one row for each: currencies, payment methods, taxes,
terms, statuses of its own."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from documents import ZERO, ChargeKind, Order, StoreCustomer, StoreFacts, Tax
from models import (
    ProfileChannel,
    StoreChannel,
    StoreConnection,
    StoredCustomer,
    StoredOrder,
    StoreWord,
    WordKind,
    db,
)
from sync.drafting.gate import PAYMENT_STATUSES, STATUSES
from sync.drafting.payments import GIFT_CARD

LONGEST = {
    WordKind.CURRENCY: 8,
    WordKind.PAYMENT_METHOD: 80,
    WordKind.TAX: 100,
    WordKind.ORDER_STATUS: 100,
    WordKind.PAYMENT_STATUS: 100,
    WordKind.TERM: 8,
}
"""As long as the column of its matching: what does not fit there, cannot be matched."""
LONGEST_ID, MOST_RATE, RATE_DIGITS = 64, Decimal(1_000_000), 10


class Word(NamedTuple):
    """What one row of the table says."""

    kind: WordKind
    name: str
    external_id: str = ""
    rate: Decimal = ZERO


def note(session: Session, channel_id: int, orders: Iterable[Order]) -> None:
    """Keep the words of these orders that are new in their channel."""
    named = {word for order in orders for word in _words(order)}
    _keep(session, channel_id, {word for word in named if _fits(word)})


def _keep(session: Session, channel_id: int, named: Collection[Word]) -> None:
    if not named:
        return
    rows = session.scalars(select(StoreWord).where(StoreWord.channel_id == channel_id))
    new = set(named) - {Word(row.kind, row.name, row.external_id, row.rate) for row in rows}
    if new:
        session.execute(insert(StoreWord), [{"channel_id": channel_id, **word._asdict()} for word in sorted(new)])


def note_facts(session: Session, store_id: int, facts: StoreFacts) -> None:
    """Keep what the store's own set-up names: whole, and by word for each of its channels, before any order does."""
    session.get_one(StoreConnection, store_id).facts = msgspec.to_builtins(facts)
    _keep_in_store(session, store_id, _facts_words(facts))


def _facts_words(facts: StoreFacts) -> list[Word]:
    words = [_tax(tax) for tax in facts.taxes]
    words += [Word(WordKind.PAYMENT_METHOD, method) for method in facts.payment_methods if method]
    words += [Word(WordKind.CURRENCY, facts.currency)] if facts.currency else []
    return [*words, *(_term(days) for days in facts.terms)]


def note_customers(session: Session, store_id: int, customers: Iterable[StoreCustomer]) -> None:
    """Keep what customers of the store's own list name: how they pay, and in how many days."""
    _keep_in_store(session, store_id, [word for each in customers for word in _customers_words(each)])


def _customers_words(customer: StoreCustomer) -> list[Word]:
    words = [Word(WordKind.PAYMENT_METHOD, customer.payment_method)] if customer.payment_method else []
    return words + ([_term(customer.terms)] if customer.terms is not None else [])


def _keep_in_store(session: Session, store_id: int, words: Collection[Word]) -> None:
    fitting = {word for word in words if _fits(word)}
    if fitting:
        for channel_id in session.scalars(select(StoreChannel.id).where(StoreChannel.store_id == store_id)).all():
            _keep(session, channel_id, fitting)


# --- words that nothing says any more -----------------------------------------------------------------------------

FORGOTTEN = (WordKind.CURRENCY, WordKind.PAYMENT_METHOD, WordKind.TAX, WordKind.TERM)
MOST_LOOKED_AT = 20


def forget(session: Session, store_id: int) -> None:
    """Drop the words that neither the set-up, nor a customer that is there, nor an order that is not cancelled says any
    more: for stores that tell all of it, so that what was mended there blocks nothing here."""
    said = set(_facts_words(facts_of(session.get_one(StoreConnection, store_id))))
    query = select(StoreWord).join(StoreChannel, StoreChannel.id == StoreWord.channel_id)
    rows = session.scalars(query.where(StoreChannel.store_id == store_id, StoreWord.kind.in_(FORGOTTEN))).all()
    for row in rows:
        word = Word(row.kind, row.name, row.external_id, row.rate)
        if word not in said and word.name != GIFT_CARD and not _is_said(session, store_id, row.channel_id, word):
            session.delete(row)
    session.flush()


def _is_said(session: Session, store_id: int, channel_id: int, word: Word) -> bool:
    """By a customer or an order; where more than a few hold the same letters, they are not looked through."""
    customers = select(StoredCustomer.document).where(
        StoredCustomer.store_id == store_id, StoredCustomer.is_gone.is_(False)
    )
    orders = select(StoredOrder.document).where(StoredOrder.channel_id == channel_id, StoredOrder.status != "cancelled")
    for query, column, field in (
        (customers, StoredCustomer.document, "terms"),
        (orders, StoredOrder.document, "deferment_days"),
    ):
        found = query.where(column.contains(_written(word, field), autoescape=True)).limit(MOST_LOOKED_AT)
        texts = session.scalars(found).all()
        if len(texts) == MOST_LOOKED_AT or any(word in _words_in(text or "", field) for text in texts):
            return True
    return False


def _written(word: Word, field: str) -> str:
    """How the JSON of a customer or an order says it."""
    if word.kind is WordKind.TERM:
        return f'"{field}":{word.name}'
    return msgspec.json.encode(word.name or word.external_id).decode()


def _words_in(document: str, field: str) -> Iterable[Word]:
    if field == "terms":
        return _customers_words(msgspec.json.decode(document, type=StoreCustomer))
    return _words(msgspec.json.decode(document, type=Order))


def facts_of(store: StoreConnection) -> StoreFacts:
    """What the store's set-up told last."""
    return msgspec.convert(store.facts, StoreFacts, strict=False)


def _words(order: Order) -> Iterable[Word]:
    yield Word(WordKind.CURRENCY, order.currency)
    yield from _statuses(order)
    yield from (Word(WordKind.PAYMENT_METHOD, payment.method) for payment in order.payments)
    taxes = (*(line.tax for line in order.lines), *(charge.tax for charge in order.charges))
    yield from (_tax(tax) for tax in taxes if tax)
    if order.deferment_days is not None:
        yield _term(order.deferment_days)
    if any(charge.kind == ChargeKind.GIFT_CARD for charge in order.charges):
        yield Word(WordKind.PAYMENT_METHOD, GIFT_CARD)


def _statuses(order: Order) -> Iterable[Word]:
    """Those that are not ours: the store made them up, and the owner says what becomes of such orders (S21)."""
    if order.status not in STATUSES:
        yield Word(WordKind.ORDER_STATUS, order.status)
    if order.payment_status not in PAYMENT_STATUSES:
        yield Word(WordKind.PAYMENT_STATUS, order.payment_status)


def _tax(tax: Tax) -> Word:
    return Word(WordKind.TAX, tax.name, tax.id or "", tax.rate)


def _term(days: int) -> Word:
    return Word(WordKind.TERM, str(days))


def _fits(word: Word) -> bool:
    exponent = word.rate.normalize().as_tuple().exponent
    is_rate = isinstance(exponent, int) and exponent >= -RATE_DIGITS and abs(word.rate) < MOST_RATE
    is_named = bool(word.name or word.external_id)
    return is_rate and is_named and len(word.name) <= LONGEST[word.kind] and len(word.external_id) <= LONGEST_ID


def read(profile_id: int, kind: WordKind) -> Sequence[StoreWord]:
    """What the orders of a profile's channels have named, by name."""
    query = select(StoreWord).join(ProfileChannel, ProfileChannel.channel_id == StoreWord.channel_id)
    query = query.where(ProfileChannel.profile_id == profile_id, StoreWord.kind == kind)
    return db.session.scalars(query.order_by(StoreWord.name, StoreWord.id)).all()


def currencies(profile_id: int) -> list[str]:
    """Every currency of a profile's channels and their orders."""
    query = select(StoreChannel.currency).join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
    own = db.session.scalars(query.where(ProfileChannel.profile_id == profile_id))
    return sorted({word.name for word in read(profile_id, WordKind.CURRENCY)} | {each for each in own if each})
