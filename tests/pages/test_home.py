"""The first page: what waits, what failed, what a person must decide, and one button that leads on."""

import pytest

from models import BooksConnection, ConnectionStatus, writing
from sync import accounts
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.world import CREATE, World


@pytest.fixture
def mei(shop: World) -> Person:
    """The owner, over a shop without orders."""
    accounts.make_owner("Mei", PASSWORD, shop.clock.now())
    person = person_of(shop)
    person.log_in("Mei")
    return person


@pytest.mark.feature("P1")
def test_home_says_what_waits_and_leads_on_step_by_step(shop: World, mei: Person):
    shop.sell("T-1", "T-2")
    shop.pull()
    page = mei.go("/")
    assert "Orders that wait 2" in page.text and page.link("Sync Sales Invoice").endswith("/invoices")
    shop.practice.faults("refuse", path=CREATE, body_contains="T-2", message="The customer is on hold")
    task_id = shop.sync()
    page = mei.go("/")
    assert f"Task {task_id} : 1 posted, 1 failed, 0 left" in page.text and "Failed 1" in page.text
    assert page.link("Look at what failed").endswith("/invoices?tick=red")


@pytest.mark.feature("P5")
def test_home_names_a_connection_that_does_not_work_before_anything_else(shop: World, mei: Person):
    shop.sell("T-1")
    shop.pull()
    with writing() as session:
        session.get_one(BooksConnection, shop.books_id).status = ConnectionStatus.TIMEOUT
    page = mei.go("/")
    assert "Timeout" in page.text and "See that it is on" in page.text
    assert page.link("See to the connection") == f"/profiles/{shop.profile_id}"


def test_home_shows_nobody_a_profile_that_is_not_theirs(shop: World, mei: Person):
    accounts.make_user("Tan", PASSWORD, [], shop.clock.now())
    tan = person_of(shop)
    page = tan.log_in("Tan")
    assert page.url == "/" and "Company" not in page.text.replace("Company profiles", "")
    assert "Nothing to see yet" in page.text
