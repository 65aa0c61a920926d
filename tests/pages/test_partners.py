"""The owner looks at the customers of Sengerio, sends them, and sees whom to rename in the books."""

import pytest

from adapters.stores.sengerio import Sengerio
from blueprints import partners as pages
from models import StoredCustomer, writing
from sync import accounts, catalogue, partners, search
from tests.exchange_world import REALMS, Exchange
from tests.integration.test_partners import Haulier, edit, in_books, made, renamed, sell, standing, tell
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.world import World

pytestmark = pytest.mark.feature("X5")
PAGE = "/profiles/1/customers"


@pytest.fixture
def world(sengerio: Exchange) -> World:
    return sengerio.world


@pytest.fixture
def store(world: World) -> Haulier:
    """A haulier in Britain, both sides aligned."""
    store = made(world)
    store.align()
    return store


def test_the_owner_sends_the_customers_and_sees_how_each_stands(owner: Person, store: Haulier):
    page = owner.go("/profiles/1")
    assert page.link("Look at them").endswith(PAGE)
    assert "Not sent yet" in owner.go(PAGE).text
    page = owner.submit("/customers/send")
    assert "1 customer is on its way" in page.text and "On its way" in page.text
    store.world.run_until_quiet()
    page = owner.go(PAGE)
    assert "ACME01" in page.text and "In the books" in page.text and "Not sent yet" not in page.text
    assert "There was nothing to send" in owner.submit("/customers/send").text
    assert "ACME01" in in_books(store)


def test_of_many_customers_some_are_sent_at_a_press(owner: Person, store: Haulier, monkeypatch):
    partner = {"code": "NEXT01", "company_name": "Next Ltd", "deferment_days": 7}
    tell(store, sell(store, partner), partner)
    monkeypatch.setattr(partners, "AT_ONCE", 1)
    monkeypatch.setattr(pages, "MOST_AT_ONCE", 1)
    owner.go(PAGE)
    assert "There are more" in owner.submit("/customers/send").text
    store.world.run_until_quiet()
    owner.submit("/customers/send")
    store.world.run_until_quiet()
    assert {"ACME01", "NEXT01"} <= set(in_books(store))


def test_what_is_missing_in_the_books_is_told_with_what_mends_it(owner: Person, store: Haulier):
    partner = {"code": "LATE01", "company_name": "Late Ltd", "deferment_days": 45}
    tell(store, sell(store, partner), partner)
    page = owner.go(f"{PAGE}?q=late")
    assert "Cannot be sent" in page.text and "45 days" in page.text and "ACME01" not in page.text
    assert page.link("Mend").endswith("/readiness")
    assert "due days are the same number" in owner.go(page.link("Why?")).text


def test_what_the_books_refused_is_told_with_their_reason(owner: Person, store: Haulier):
    store.world.practice.control("POST", f"/quickbooks/{REALMS['sengerio']}/vendor", {"DisplayName": "ACME01"})
    owner.go(PAGE)
    owner.submit("/customers/send")
    store.world.run_until_quiet()
    assert "Refused by the books" in owner.go(PAGE).text


def test_a_changed_code_stands_first_on_the_page_and_on_home_until_it_is_renamed(owner: Person, store: Haulier):
    renamed(store)
    page = owner.go(PAGE)
    assert page.text.index("To be renamed in the books") < page.text.index("Search")
    assert "The code ACME01 is ACME02 in the store now" in page.text
    assert "Customers to be renamed in the books" in owner.go("/").text
    assert "Customers to be renamed in the books" in owner.go("/profiles/1").text
    page = owner.go("/profiles/1/invoices")
    page = owner.submit("orders", {"all": True})
    assert "/customers?q=ACME02" in page.link("Mend")
    edit(store, "ACME01", DisplayName="ACME02")
    assert "To be renamed" not in owner.go(PAGE).text
    assert "to be renamed" not in owner.go("/").text


def test_before_both_sides_are_aligned_it_is_said_and_nothing_can_be_sent(owner: Person, world: World):
    store = made(world)
    page = owner.go(PAGE)
    assert "before the numbers of both sides are aligned" in page.text
    assert page.link("Alignment").endswith("/alignment")
    owner.submit("/customers/send")
    world.run_until_quiet()
    assert "ACME01" not in in_books(store)


def test_both_lists_are_read_again_when_asked(owner: Person, store: Haulier):
    owner.go(PAGE)
    page = owner.submit("/customers/read")
    assert "Lists of the books" in page.text and "Products of the store" in page.text


def test_the_list_is_paged(owner: Person, store: Haulier):
    row = standing(store, "ACME01").row
    with writing() as session:
        for number in range(60):
            told = {"store_id": row.store_id, "external_id": f"x{number}", "code": f"X{number:02}"}
            told |= {"name": f"N {number}", "document": row.document, "seen_at": row.seen_at}
            session.add(made := StoredCustomer(**told))
            session.flush()
            search.index(session, catalogue.CODED, {made.id: f"{made.code} {made.name}"})
    page = owner.go(PAGE)
    assert "X00" in page.text and "X59" not in page.text
    assert "X59" in owner.go(page.link("Next page")).text
    assert "X41" in owner.go(f"{PAGE}?q=n 41").text and "X42" not in owner.go(f"{PAGE}?q=n 41").text


def test_somebody_else_looks_but_does_not_send(owner: Person, store: Haulier):
    accounts.make_user("Ali", PASSWORD, [store.world.profile_id], store.world.clock.now())
    other = person_of(store.world)
    other.log_in("Ali")
    page = other.go(PAGE)
    assert page.status == 200 and "Send new and changed customers" not in page.text


def test_where_no_store_has_the_books_codes_there_is_no_such_page(owner: Person, store: Haulier, monkeypatch):
    monkeypatch.setattr(Sengerio, "aligns_numbers", False)
    assert owner.go(PAGE).status == 404
    assert "Look at them" not in owner.go("/profiles/1").text
