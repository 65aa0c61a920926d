"""The proof: what the store sold is what the books hold, each open cent has a name, and no change goes unseen."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from models import RunKind, Tick
from sync import proof
from tests.orders import make_line
from tests.world import CREATE, World

D = Decimal


def one(world: World) -> proof.Row:
    """The row of the one channel and currency that is sold in."""
    [row] = world.proof()
    return row


@pytest.mark.feature("I10")
def test_what_is_posted_in_full_is_proven_with_every_cause_by_its_name(shop: World):
    shop.settle()
    shop.sell("T-1", shipping_fee="4.90")
    shop.sell("T-2", shipping_fee="4.90", platform_discount="2.00")
    shop.pull()
    shop.sync()
    row = one(shop)
    assert row.is_proven and (row.orders, row.posted, row.difference) == (2, 2, 0)
    assert dict(row.causes) == {"platform_discount": D("2.00")} and row.not_posted == {}
    assert row.store_total == D("37.80") and row.books_total == row.expected == D("39.80")


@pytest.mark.feature("I10", "I5")
def test_every_order_that_is_not_posted_has_its_reason_and_its_amount(shop: World):
    shop.settle(default_item="")
    shop.sell("POSTED")
    shop.sell("CANCELLED", order_status="Cancelled")
    shop.sell("UNMATCHED", lines=[make_line("DURIAN-CRISP", "16.60")])
    shop.sell("REFUSED", lines=[make_line(price="7.00")])
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, body_contains="REFUSED", message="The customer is on hold")
    shop.sync()
    shop.sell("PENDING", lines=[make_line(price="3.00")])
    shop.pull()
    row = one(shop)
    assert row.is_proven and (row.orders, row.posted) == (5, 1)
    assert row.unposted == D("41.60") and row.books_total == D("15.00") == row.expected
    assert sum(row.not_posted.values()) == 4 and row.not_posted["pending"] == 1
    told = " | ".join(row.not_posted)
    assert "cancelled" in told and "DURIAN-CRISP" in told and "The customer is on hold" in told


def test_what_is_on_its_way_is_named(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.press_sync()
    assert one(shop).not_posted == {"on its way": 1} and one(shop).is_proven
    shop.practice.faults("commit_then_500", path=CREATE)
    shop.drain()
    assert one(shop).not_posted == {"on its way": 1}, "unknown: nothing is claimed of it yet"
    shop.run_until_quiet()
    assert one(shop).not_posted == {} and one(shop).is_proven


def test_channels_and_currencies_are_never_added_together(shop: World):
    shop.sell("A-1", channel=11)
    shop.sell("W-1", channel=15)
    shop.sell("W-2", channel=15, currency="SGD")
    shop.pull()
    shop.sync()
    rows = shop.proof()
    assert [(row.channel, row.currency, row.books_total) for row in rows] == [
        ("Demo Shopee MY", "MYR", D(15)),
        ("Kedai Mawar web store", "MYR", D(15)),
        ("Kedai Mawar web store", "SGD", D(15)),
    ]
    assert all(row.is_proven for row in rows)


# --- what somebody did in the books -------------------------------------------------------------------------------


def change(world: World, invoice: dict) -> None:
    line = {"pos": 1, "stockId": 101, "qty": 1, "unitPrice": 15.5}
    world.practice.control("PATCH", f"/qne/invoices/{invoice['id']}", {"itemDetails": [line]})


def redate(world: World, invoice: dict) -> None:
    world.practice.control("PATCH", f"/qne/invoices/{invoice['id']}", {"docDate": "2020-01-31"})


def double(world: World, invoice: dict) -> None:
    line = {"pos": 1, "stockId": 101, "qty": 1, "unitPrice": 15}
    head = {"customerId": 24, "currencyId": 1, "currencyRate": 1, "docDate": invoice["docDate"][:10]}
    body = {**head, "referenceNo": invoice["referenceNo"], "itemDetails": [line]}
    world.practice.control("POST", "/qne/invoices", body)


def void(world: World, invoice: dict) -> None:
    world.practice.control("POST", f"/qne/invoices/{invoice['id']}/void")


def remove(world: World, invoice: dict) -> None:
    world.practice.control("DELETE", f"/qne/invoices/{invoice['id']}")


@pytest.mark.feature("I10")
@pytest.mark.parametrize(
    ("deed", "told", "difference"),
    [
        (change, "T-1: the books say 15.5 MYR, it was posted as 15.00 MYR", "0.50"),
        (double, "T-1: 2 documents in the books", "15.00"),
        (void, "T-1: 0 documents in the books", "-15.00"),
        (remove, "T-1: 0 documents in the books", "-15.00"),
    ],
    ids=["changed", "doubled", "voided", "removed"],
)
def test_what_was_done_behind_our_back_is_noticed_and_named(
    shop: World, deed: Callable[[World, dict], None], told: str, difference: str
):
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.sync()
    assert one(shop).is_proven
    [invoice] = [each for each in shop.invoices() if each["referenceNo"].endswith("T-1")]
    deed(shop, invoice)
    row = one(shop)
    assert not row.is_proven and row.difference == D(difference)
    [line] = row.missing
    assert line.replace("15.50", "15.5") == told


def test_two_changes_that_weigh_each_other_out_are_both_noticed(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.sync()
    for invoice, price in zip(shop.invoices(), (14.5, 15.5), strict=True):
        line = {"pos": 1, "stockId": 101, "qty": 1, "unitPrice": price}
        shop.practice.control("PATCH", f"/qne/invoices/{invoice['id']}", {"itemDetails": [line]})
    row = one(shop)
    assert row.difference == 0 and len(row.missing) == 2 and not row.is_proven


def test_a_document_that_was_given_another_day_is_still_found(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.sync()
    redate(shop, shop.invoices()[0])
    assert one(shop).is_proven


@pytest.mark.feature("I7", "I10")
def test_an_order_that_the_store_changed_since_is_a_named_cause_until_it_is_synced(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.sync()
    shop.change("T-1", products=[make_line(price="20.00")])
    shop.pull()
    row = one(shop)
    assert row.is_proven and dict(row.causes) == {proof.CHANGED: D("-5.00")}
    assert (row.store_total, row.books_total) == (D("35.00"), D("30.00"))
    shop.sync("T-1")
    assert one(shop).is_proven and dict(one(shop).causes) == {}


def test_a_document_that_differs_since_it_was_posted_is_not_proven(shop: World):
    shop.practice.faults("misleading_message", path=CREATE)  # another message alone is no difference
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    assert one(shop).is_proven


@pytest.mark.feature("I8")
def test_a_document_voided_in_books_that_tell_no_changes_turns_yellow_when_it_is_read_back(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.sync()
    invoice = next(each for each in shop.invoices() if each["referenceNo"].endswith("T-1"))
    shop.practice.control("POST", f"/qne/invoices/{invoice['id']}/void")
    shop.read(RunKind.PROOF, shop.profile_id)
    assert shop.order("T-1").tick is Tick.YELLOW and shop.order("T-2").tick is Tick.GREEN
    assert shop.reasons("T-1") == [f"{invoice['docCode']} was voided in the books: Sync writes it again."]
    shop.sync("T-1")
    assert shop.order("T-1").tick is Tick.GREEN
    alive = [each for each in shop.invoices() if not each["isCancelled"]]
    assert len(shop.invoices()) == 2 and len(alive) == 2, "it is restored, then written again"
