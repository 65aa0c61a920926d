"""Payments of an order on its pages: beside their sale, and what is told where they fail or were changed."""

import pytest

from documents import Role
from models import Tick
from sync import accounts
from tests.integration import test_keyed_books as keyed_books
from tests.integration.test_keyed_books import Notebook, page_of, touch
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.world import World

keyed, paid = keyed_books.keyed, keyed_books.paid
EXCEPT = "Order details updated except for its payments"


@pytest.fixture
def mei(paid: World) -> Person:
    """The owner, over a shop whose order T-1 was paid by card."""
    accounts.make_owner("Mei", PASSWORD, paid.clock.now())
    person = person_of(paid)
    person.log_in("Mei")
    return person


def at(paid: World, rest: str) -> str:
    return f"/profiles/{paid.profile_id}/{rest}"


def story(mei: Person, paid: World) -> str:
    return mei.go(at(paid, f"sent/{paid.order('T-1').id}")).text


@pytest.mark.feature("R5", "S27")
def test_the_payment_of_an_order_is_a_document_of_its_story(mei: Person, paid: World):
    paid.sync("T-1")
    (payment,) = [each for each in paid.documents() if each.role is Role.PAYMENT]
    text = story(mei, paid)
    assert f"Payment: In the books as {payment.remote_number}" in text
    assert text.index(f"In the books as {page_of('T-1')['number']}") < text.index("Payment: In the books")
    for said in ("Payment method Card", "Account BANK", "Total 15.00 MYR"):
        assert said in text.split("Payment: In the books")[1]


@pytest.mark.feature("R5")
def test_an_order_without_its_payments_says_so_wherever_it_stands(mei: Person, paid: World):
    Notebook.trouble = ["payment torn"]
    task_id = paid.sync("T-1")
    assert paid.order("T-1").tick is Tick.GREEN
    for page in ("invoices/completed", f"tasks/{task_id}"):
        text = mei.go(at(paid, page)).text
        assert EXCEPT in text and "The page is torn." in text, page
    text = story(mei, paid)
    assert (
        EXCEPT in text and "Payment: Not in the books yet" in text and "The books refused it: The page is torn." in text
    )
    page = mei.go("/help/problems/order_payments")
    assert "its payments are not" in page.text


@pytest.mark.feature("S27")
def test_a_refused_payment_is_sent_again_from_the_order_s_page(mei: Person, paid: World):
    Notebook.trouble = ["payment torn"]
    paid.sync("T-1")
    story(mei, paid)
    address = at(paid, f"sent/{paid.order('T-1').id}/payments")
    assert "The payment is sent again." in mei.submit(address).text
    paid.run_until_quiet()
    assert "Payment: In the books as" in story(mei, paid) and "Send it again" not in story(mei, paid)
    assert paid.reasons("T-1") == [] and paid.order("T-1").tick is Tick.GREEN


@pytest.mark.feature("R5")
def test_the_list_of_completed_orders_names_the_sale_and_leads_to_its_story(mei: Person, paid: World):
    paid.sync("T-1")
    page = mei.go(at(paid, "invoices/completed"))
    (payment,) = [each for each in paid.documents() if each.role is Role.PAYMENT]
    assert page_of("T-1")["number"] in page.text and f"<b>{payment.remote_number}</b>" not in page.html
    assert "History" in mei.follow(f"/sent/{paid.order('T-1').id}").text


@pytest.mark.feature("I8")
def test_a_yellow_order_shows_what_was_done_to_it_in_the_books(mei: Person, paid: World):
    task_id = paid.sync("T-1")
    page = page_of("T-1")
    page["is_void"] = True
    touch(paid, page)
    paid.drain()
    said = f"{page['number']} was voided in the books: Sync writes it again."
    for where in ("invoices", f"tasks/{task_id}", f"sent/{paid.order('T-1').id}"):
        assert said in mei.go(at(paid, where)).text, where
