"""Sync Sales Invoice: Pending and Completed, their filters, and + Add New."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from models import ProfileOrder, StoreConnection, Tick, writing
from sync import trashing
from sync.ledger import Actor
from tests.pages.conftest import Person
from tests.world import World


@pytest.fixture
def world(shop: World) -> World:
    """The shop without orders is what the owner works with here."""
    return shop


def pending(world: World, query: str = "") -> str:
    return f"/profiles/{world.profile_id}/invoices{query}"


def numbers(person: Person) -> set[str]:
    """The orders that the page lists, by the boxes to tick them."""
    return {each.value for each in person.page.form("orders").fields if each.name == "order"}


@pytest.mark.feature("I1")
def test_what_waits_is_listed_and_what_is_in_the_books_stands_under_completed(owner: Person, shop: World):
    shop.sell("SA-1", "SA-2")
    shop.pull()
    shop.sync("SA-1")
    owner.go(pending(shop))
    assert numbers(owner) == {str(shop.order("SA-2").id)}
    page = owner.follow("Completed")
    assert "1 order" in page.text and "In the books as" in owner.follow("SA-1").text
    page = owner.go(pending(shop, "/completed"))
    document = shop.documents()[0]
    assert "SA-1" in page.text and document.remote_number in page.text and "Posted" in page.text
    assert "SA-2" not in page.text


@pytest.mark.feature("I1", "S21")
def test_a_state_that_the_store_made_up_can_be_filtered_by(owner: Person, shop: World):
    shop.sell("PACKED", order_status="Packed & waiting")
    shop.sell("PLAIN")
    shop.pull()
    owner.go(pending(shop))
    owner.submit("filter", {"status": "Packed & waiting"})
    assert numbers(owner) == {str(shop.order("PACKED").id)}
    owner.go(pending(shop, "?status=nothing-of-the-kind"))
    assert len(numbers(owner)) == 2, "a word that no store uses is no filter"


@pytest.mark.feature("I1")
@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("?q=SA-1", {"SA-1", "SA-10"}),
        ("?q=sa-10", {"SA-10"}),
        ("?channel=CHANNEL", {"SB-1"}),
        ("?status=on_hold", set()),
        ("?status=shipped&q=sb", {"SB-1"}),
        ("?tick=red", {"SB-1"}),
        ("?from=DAY&to=DAY", {"SA-10"}),
    ],
)
def test_the_list_is_filtered_and_searched(owner: Person, shop: World, query: str, left: set[str]):
    now = shop.clock.now()
    shop.sell("SA-1")
    shop.sell("SA-10", ordered_at=now - timedelta(days=5))
    shop.sell("SB-1", channel=12)
    shop.pull()
    with writing() as session:
        session.execute(update(ProfileOrder).where(ProfileOrder.number == "sb-1").values(tick=Tick.RED))
    day = (now - timedelta(days=5) + timedelta(hours=8)).date().isoformat()
    query = query.replace("DAY", day).replace("CHANNEL", str(shop.order("SB-1").channel_id))
    page = owner.go(pending(shop, query))
    assert {each for each in ("SA-1", "SA-10", "SB-1") if f' aria-label="{each}"' in page.html} == left


@pytest.mark.feature("I1")
def test_a_day_that_is_none_is_told_and_the_rest_of_the_filter_stays(owner: Person, shop: World):
    shop.sell("SA-1", "SB-1")
    shop.pull()
    page = owner.go(pending(shop, "?from=tomorrow&q=SA"))
    assert "tomorrow is no day" in page.text and len(numbers(owner)) == 1


@pytest.mark.feature("I1")
def test_days_that_are_the_wrong_way_round_are_told(owner: Person, shop: World):
    page = owner.go(pending(shop, "?from=2026-11-30&to=2026-11-01"))
    assert "From is after To" in page.text and "No order matches" in page.text


@pytest.mark.feature("I7")
def test_each_order_shows_its_tick_and_why_it_failed_with_a_link_to_mend_it(owner: Person, shop: World):
    shop.sell("SA-1")
    shop.pull()
    shop.settle(default_customer="")
    shop.sync("SA-1")
    page = owner.go(pending(shop))
    assert "No customer is matched" in page.text and page.link("Mend").endswith("/matching/customers")


@pytest.mark.feature("I1")
@pytest.mark.parametrize("query", ["", "?q=SA", "?q=s"])
def test_pages_go_on_behind_the_last_order_and_show_each_order_once(owner: Person, shop: World, query: str):
    shop.sell(*(f"SA-{n}" for n in range(60)))
    shop.pull()
    with writing() as session:
        session.execute(update(ProfileOrder).where(ProfileOrder.id % 3 == 0).values(tick=Tick.RED))
    owner.go(pending(shop, query))
    first = numbers(owner)
    owner.follow("Next page")
    assert len(first) == 50 and len(numbers(owner)) == 10 and not first & numbers(owner)
    assert len(owner.go(pending(shop)).html) < 60_000


@pytest.mark.feature("I1")
def test_a_page_can_be_selected_at_once_and_all_that_match_without_javascript(owner: Person, shop: World):
    shop.sell(*(f"SA-{n}" for n in range(55)), "SB-1")
    shop.pull()
    owner.go(pending(shop))
    owner.follow("Select this page")
    page = owner.submit("orders")
    assert "1 to 50 of 50" in page.text
    owner.go(pending(shop, "?q=SA"))
    assert "All 55 that match" in owner.page.text
    page = owner.submit("orders", {"all": True})
    assert "1 to 50 of 55" in page.text


def test_add_new_without_a_tick_asks_for_one_and_keeps_the_filter(owner: Person, shop: World):
    shop.sell("SA-1")
    shop.pull()
    owner.go(pending(shop, "?q=SA"))
    page = owner.submit("orders")
    assert "Tick at least one order" in page.text and page.url.endswith("?q=SA")


def test_another_persons_profile_is_not_there(owner: Person, shop: World, person: Callable[[], Person]):
    owner.go("/users")
    owner.submit("/users", {"name": "Tan", "password": "another good one"})
    tan = person()
    tan.log_in("Tan", "another good one")
    for path in (pending(shop), pending(shop, "/completed"), f"/profiles/{shop.profile_id}/already"):
        assert tan.go(path).status == 404


@pytest.mark.feature("S17")
def test_the_order_number_prefix_of_a_store_is_part_of_the_number_in_list_search_review_and_books(
    owner: Person, shop: World
):
    with writing() as session:
        session.get_one(StoreConnection, shop.store_id).order_number_prefix = "EW"
    shop.settle(number_source="order_number")
    shop.sell("SA-1", "SB-1")
    shop.pull()
    owner.go(pending(shop, "?q=ewsa"))
    assert numbers(owner) == {str(shop.order("SA-1").id)} and "EWSA-1" in owner.page.text
    page = owner.submit("orders", {"all": True})
    assert page.text.count("EWSA-1") == 2, "the order's number, and the invoice's"
    page = owner.submit("drafts", button="do=sync")
    shop.draft(int(page.url.rsplit("/", 1)[1]))
    shop.run_until_quiet()
    assert [each["docCode"] for each in shop.invoices()] == ["EWSA-1"]
    assert "EWSA-1" in owner.go(page.url).text
    assert "Order EWSA-1" in owner.follow("EWSA-1").text


def test_an_order_that_was_typed_into_the_books_by_hand_is_linked_by_number_and_never_posted(
    owner: Person, shop: World
):
    shop.settle(number_source="order_number")
    shop.sell("SA-1", "SA-2", platform_discount="3.00")
    shop.pull()
    shop.sync("SA-1")
    (typed,) = shop.invoices()
    shop.practice.control("PATCH", f"/qne/invoices/{typed['id']}", {"referenceNo": ""})
    assert shop.invoices()[0]["referenceNo"] == ""
    with writing() as session:  # as if another program had made it: we know nothing of it, and the books no reference
        for table in ("write_backs", "task_orders", "audit", "operations", "documents"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
        session.execute(update(ProfileOrder).values(tick=Tick.NONE))
    owner.go(f"/profiles/{shop.profile_id}/already")
    page = owner.submit("numbers", {"numbers": "SA-1, SA-2\nSA-3"})
    assert "Equal" in page.text and "The books do not hold it." in page.text and "SA-3" in page.text
    assert shop.documents() == []
    page = owner.submit("found")
    assert "1 order is linked" in page.text
    assert shop.order("SA-1").tick is Tick.GREEN and shop.order("SA-2").tick is Tick.NONE
    shop.sync()
    assert len(shop.invoices()) == 2
    assert all(row.is_proven for row in shop.proof())


@pytest.mark.feature("T2")
def test_a_linked_one_whose_change_was_refused_and_that_was_forgotten_is_linked_again_and_never_doubled(
    owner: Person, shop: World
):
    shop.settle(number_source="order_number")
    shop.sell("SA-1")
    shop.pull()
    shop.sync("SA-1")
    (typed,) = shop.invoices()
    shop.practice.control("PATCH", f"/qne/invoices/{typed['id']}", {"referenceNo": ""})
    shop.practice.faults("refuse", path="/api/SalesInvoices/Update", method="POST", times=1, message="no")
    with writing() as session:  # as it is after a link by number
        session.execute(update(ProfileOrder).values(tick=Tick.YELLOW))
    task_id = shop.sync("SA-1")
    trashing.trash(task_id, False, Actor("Mei", shop.clock.now()))
    assert shop.order("SA-1").tick is Tick.NONE
    shop.sync()
    assert len(shop.invoices()) == 1
    assert shop.order("SA-1").tick in (Tick.GREEN, Tick.YELLOW)
