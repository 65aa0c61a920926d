"""The readiness check, as a table: what is fine, what blocks, what is good to know, in both directions."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from documents import ReferenceKind, Tax
from sync.drafting.books import DatedRate
from sync.drafting.matching import CurrencyMatch, Matching
from sync.drafting.settings import AssignedTo, NumberSource, Settings
from sync.explained import EXPLAINED
from sync.readiness import BooksSide, Chosen, Demands, Line, Pair, ShopChannel, State, StoreSide, Topic, check, refusals
from sync.readiness.sides import fine

pytestmark = pytest.mark.feature("P9")
TODAY = dt.date(2026, 3, 4)
SST = Tax("1", "SST", Decimal(6))
NAMES = {
    ReferenceKind.PAYMENT_METHOD: "SEN_PAYMENT_METHOD",
    ReferenceKind.TAX_CODE: "SEN_TAX_CODE",
    ReferenceKind.TERM: "SEN_TERM",
}
STRICT = Demands(
    frozenset({"GB", "US"}),
    same_currency=True,
    same_names=NAMES,
)
RATE = (DatedRate(None, Decimal("0.21")),)


def pair(**changes: Any) -> Pair:
    """A pair in which all fits; changes by side: store, books, settings, matching."""
    store = StoreSide(
        name="Shop",
        currency="GBP",
        currencies=("GBP", "EUR"),
        channels=(ShopChannel("11", "Web", ("Card",)),),
        taxes=(SST,),
        terms=(30,),
    )
    books = BooksSide(
        home_currency="GBP",
        country="GB",
        currencies={"GBP": (), "EUR": RATE},
        accounts={"1000": "Bank"},
        methods=("Card",),
        terms={"30": 30},
        tax_rates={"S": Decimal(6)},
        tax_names={"S": "SST"},
    )
    settings = Settings(default_customer="C1", send_payments=True)
    matching = Matching(payments={("11", None): "1000"}, taxes={"1": "S"})
    return Pair(
        replace(store, **changes.get("store", {})),
        replace(books, **changes.get("books", {})),
        Chosen(
            replace(settings, **changes.get("settings", {})), replace(matching, **changes.get("matching", {})), TODAY
        ),
    )


def told(made: Pair, state: State, **more: Any) -> list[str]:
    return [str(line.message) for line in check(made, **more) if line.state is state]


def test_where_all_fits_nothing_blocks_and_each_topic_is_told():
    lines = check(pair())
    assert [line for line in lines if line.state is State.BLOCKS] == []
    assert {line.topic for line in lines} == set(Topic)
    strict = check(pair(store={"demands": STRICT}))
    assert [line for line in strict if line.state is State.BLOCKS] == []


CASES = [
    (
        "a currency that the books lack",
        {"store": {"currencies": ("SGD",)}},
        "currency",
        "SGD",
        "do not have the currency",
    ),
    (
        "a currency whose match is gone",
        {"store": {"currencies": ("SGD",)}, "matching": {"currencies": {"SGD": CurrencyMatch("XXX")}}},
        "currency",
        "SGD",
        "matched to XXX",
    ),
    ("a currency without a rate", {"books": {"currencies": {"EUR": ()}}}, "exchange_rate", "EUR", "No exchange rate"),
    (
        "a rate that begins tomorrow",
        {"books": {"currencies": {"EUR": (DatedRate(dt.date(2026, 3, 5), Decimal(1)),)}}},
        "exchange_rate",
        "EUR",
        "No exchange rate",
    ),
    ("a method without an account", {"matching": {"payments": {}}}, "payment", "Card", "by Card of the channel Web"),
    ("an account that is gone", {"books": {"accounts": {}}}, "payment", "1000", "do not have it (any more)"),
    ("a term that the books lack", {"books": {"terms": {"Net": 30}}}, "terms", "30", "none named 30"),
    ("a term named 30 with 14 days", {"books": {"terms": {"30": 14}}}, "terms", "30", "stands for 14 days"),
    ("a term by day of the month", {"books": {"terms": {"30": None}}}, "terms", "30", "no fixed number of days"),
    ("a term of the settings that is gone", {"settings": {"terms": "Cash"}}, "terms", "Cash", "chosen in the settings"),
    ("a tax without a match", {"matching": {"taxes": {}}}, "tax", "SST", "No tax code of the books is matched"),
    ("a tax code that is gone", {"books": {"tax_rates": {}}}, "tax", "SST", "do not have (any more)"),
    ("a tax code of another rate", {"books": {"tax_rates": {"S": Decimal(8)}}}, "tax", "SST", "has 8 % in the books"),
    (
        "no customer for a channel",
        {"settings": {"default_customer": None}},
        "customer",
        "Web",
        "No customer is matched",
    ),
    (
        "equal names: a method that the books lack",
        {"store": {"demands": STRICT}, "books": {"methods": ()}},
        "SEN_PAYMENT_METHOD",
        "Card",
        "The books have nothing named Card",
    ),
    (
        "equal names: a method that the store lacks",
        {"store": {"demands": STRICT}, "books": {"methods": ("Card", "Cheque")}},
        "SEN_PAYMENT_METHOD",
        "Cheque",
        "The store has nothing named Cheque",
    ),
    (
        "a term with other days, in the store's own words",
        {"store": {"demands": STRICT}, "books": {"terms": {"30": 14}}},
        "SEN_TERM",
        "30",
        "stands for 14 days",
    ),
    (
        "equal names: a tax code that the store lacks",
        {"store": {"demands": STRICT}, "books": {"tax_names": {"S": "SST", "Z": "Zero"}}},
        "SEN_TAX_CODE",
        "Zero",
        "The store has nothing named Zero",
    ),
    (
        "equal names: a tax that the books lack",
        {"store": {"demands": STRICT}, "books": {"tax_names": {}}},
        "SEN_TAX_CODE",
        "SST",
        "The books have nothing named SST",
    ),
]


@pytest.mark.parametrize(
    ("changes", "about", "subject", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_blocks(changes: dict[str, Any], about: str, subject: str, words: str):
    [line] = [line for line in check(pair(**changes)) if line.state is State.BLOCKS]
    assert (line.about, line.subject) == (about, subject) and words in str(line.message)
    assert not line.is_whole and about in EXPLAINED


FINE = [
    (
        "a currency that another stands for",
        {"store": {"currencies": ("SGD",)}, "matching": {"currencies": {"SGD": CurrencyMatch("EUR")}}},
    ),
    (
        "an owner's own rate",
        {"books": {"currencies": {"EUR": ()}}, "matching": {"currencies": {"EUR": CurrencyMatch("EUR", Decimal(1))}}},
    ),
    ("an account of the method alone", {"matching": {"payments": {("11", "Card"): "1000"}}}),
    ("the account of the settings", {"matching": {"payments": {}}, "settings": {"payment_account": "1000"}}),
    ("payments by statement", {"matching": {"payments": {}, "by_statement": frozenset({"11"})}}),
    ("payments that are not posted", {"matching": {"payments": {}}, "settings": {"send_payments": False}}),
    ("a tax by its name and rate", {"matching": {"taxes": {}, "taxes_by_name": {("SST", Decimal("6.0")): "S"}}}),
    ("tax that is sent: rates need not agree", {"books": {"tax_rates": {"S": Decimal(0)}, "is_tax_sent": True}}),
    (
        "tax that is sent: a rate of 0 needs no code",
        {"store": {"taxes": (Tax("9", "None", Decimal(0)),)}, "books": {"is_tax_sent": True}},
    ),
    ("equal names but for case and blanks", {"store": {"demands": STRICT}, "books": {"methods": (" card",)}}),
    (
        "a customer of the channel",
        {"settings": {"default_customer": None}, "matching": {"customers": {("11", None): "C2"}}},
    ),
    ("one customer for all", {"settings": {"default_customer": None, "sale_assigned_to": AssignedTo.GENERIC}}),
    ("the buyer's own", {"settings": {"default_customer": None, "sale_assigned_to": AssignedTo.ORIGINAL}}),
]


@pytest.mark.parametrize("changes", [case[1] for case in FINE], ids=[case[0] for case in FINE])
def test_what_does_not_block(changes: dict[str, Any]):
    assert told(pair(**changes), State.BLOCKS) == []


def test_what_the_books_have_and_the_store_lacks_is_listed():
    books = {
        "currencies": {"EUR": RATE, "USD": RATE},
        "accounts": {"1000": "Bank", "1010": "Till"},
        "methods": ("Card", "Cheque"),
        "terms": {"30": 30, "Net 7": 7},
        "tax_rates": {"S": Decimal(6), "Z": Decimal(0)},
    }
    listed = {name for line in check(pair(books=books)) if line.state is State.KNOW for name in line.listed}
    assert listed == {"USD", "1010 Till", "Cheque", "Net 7", "Z (0 %)"}


# --- what stops the whole pair -----------------------------------------------------------------------------------


def whole(demands: Demands, currency: str | None, country: str, home: str) -> list[str]:
    return [str(line.message) for line in refusals("Shop", currency, demands, country, home)]


@pytest.mark.feature("X5")
@pytest.mark.parametrize(
    ("country", "home", "currency", "words"),
    [
        ("GB", "GBP", "GBP", []),
        ("US", "USD", "USD", []),
        ("US", "USD", None, []),
        ("FR", "EUR", "EUR", ["the company of these books is in FR"]),
        ("", "GBP", "GBP", ["do not say their country"]),
        ("GB", "USD", "GBP", ["nothing is synced"]),
        ("FR", "EUR", "GBP", ["is in FR", "nothing is synced"]),
    ],
)
def test_country_and_currency_stop_the_whole_pair_where_the_store_demands_them(
    country: str, home: str, currency: str | None, words: list[str]
):
    said = whole(STRICT, currency, country, home)
    assert len(said) == len(words) and all(part in each for part, each in zip(words, said, strict=True))


def test_other_stores_are_never_refused_but_another_currency_is_told():
    assert whole(Demands(), "GBP", "MY", "MYR") == []
    lines = check(pair(books={"home_currency": "MYR"}))
    [line] = [line for line in lines if line.topic is Topic.COMPANY]
    assert line.state is State.KNOW and "needs an exchange rate" in str(line.message)


# --- customers and numbers ---------------------------------------------------------------------------------------


def test_repeated_order_numbers_block_only_where_they_number_the_documents():
    assert told(pair(), State.BLOCKS, repeated=["1001"]) == []
    made = pair(settings={"number_source": NumberSource.ORDER_NUMBER})
    assert ["1001" in each for each in told(made, State.BLOCKS, repeated=["1001"])] == [True]


def test_every_store_is_told_of_sales_that_are_in_the_books_already():
    assert [line.mend for line in check(pair()) if line.mend == "already"] == ["already"]


def test_a_store_that_is_aligned_by_a_person_has_lines_of_its_own_for_that():
    own: list[Line] = [fine(Topic.NUMBERS, check(pair())[0].message)]
    lines = [line for line in check(pair(), aligned=own) if line.topic is Topic.NUMBERS]
    assert lines == own


def test_what_blocks_stands_first_in_its_topic():
    lines = check(pair(store={"currencies": ("EUR", "SGD")}, books={"currencies": {"EUR": RATE, "USD": RATE}}))
    states = [line.state for line in lines if line.topic is Topic.CURRENCIES]
    assert states == [State.BLOCKS, State.KNOW, State.FINE]
