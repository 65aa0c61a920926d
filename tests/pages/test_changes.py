"""A yellow order shows what Sync would change of its document in the books, before anything is sent."""

import pytest

from tests.orders import make_line
from tests.pages.conftest import Person
from tests.world import World

pytestmark = pytest.mark.feature("I7", "I8")


@pytest.fixture
def world(shop: World) -> World:
    """The shop without orders is what the owner works with here."""
    return shop


@pytest.fixture
def changed(shop: World) -> World:
    """An order in the books whose store has changed it since."""
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    shop.change("T-1", products=[make_line(quantity=3), make_line("TEA-10", "12.50", line_id=2)])
    shop.pull()
    return shop


def test_the_orders_page_tells_what_sync_changes(owner: Person, changed: World):
    page = owner.go(f"/profiles/1/sent/{changed.order('T-1').id}")
    assert "What Sync changes in the books" in page.text
    assert "quantity was 1, becomes 3" in page.text and "a new line of 12.5" in page.text
    assert "total was" in page.text


def test_the_review_tells_it_too(owner: Person, changed: World):
    owner.go("/profiles/1/invoices")
    page = owner.submit("orders", {"all": True})
    assert "What Sync changes in the books" in page.text and "quantity was 1, becomes 3" in page.text


def test_after_sync_nothing_is_left_to_tell(owner: Person, changed: World):
    changed.sync()
    page = owner.go(f"/profiles/1/sent/{changed.order('T-1').id}")
    assert "What Sync changes in the books" not in page.text


def test_an_order_that_was_cancelled_after_posting_has_no_document_to_compare(owner: Person, changed: World):
    changed.change("T-1", order_status="Cancelled")
    changed.pull()
    page = owner.go(f"/profiles/1/sent/{changed.order('T-1').id}")
    assert page.status == 200 and "What Sync changes" not in page.text
