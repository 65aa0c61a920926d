"""Every setting is seen in the invoice that QNE holds: S1 to S7, S10, S13 to S15, S17, S19, S22, S23."""

from datetime import date, timedelta

import pytest

from documents import Role
from models import DocumentState, StoreConnection, Tick, writing
from sync import profiles, tasks
from sync.drafting import Edits
from sync.ledger import Actor
from tests.integration.test_matching import codes, invoice, match
from tests.orders import make_line, store_time
from tests.world import World

HAMPER = [{"isku": "COF-3", "quantity": 2}, {"isku": "SAM-H", "quantity": 1}, {"isku": "MUG-02", "quantity": 2}]


def save(world: World, **settings: str) -> None:
    assert profiles.save_settings(world.profile_id, settings) == []


def sell(world: World, order_id: str = "T-1", **fields) -> None:
    world.sell(order_id, **fields)
    world.pull()


def posted(world: World, order_id: str = "T-1", **fields) -> dict:
    """An order of these fields, posted; the invoice as QNE's API reads it."""
    sell(world, order_id, **fields)
    world.sync(order_id)
    assert world.reasons(order_id) == []
    return world.invoice(order_id)


def day_of(world: World, days: int) -> date:
    """A day so many days ago, in Malaysia."""
    return (world.clock.now() + timedelta(hours=8) - timedelta(days=days)).date()


@pytest.mark.feature("S1", "S2", "S3", "S5", "S6", "S10")
def test_head_fields_are_those_of_the_settings(shop: World):
    save(shop, default_customer="300-K0001", agent="KUMAR", terms="60", project="RETAIL", location="IPOH")
    save(shop, description_prefill="Online sale")
    read = posted(shop)
    assert shop.invoices()[0]["customerCode"] == "300-K0001"
    assert (read["agentId"], read["termId"], read["projectId"], read["stockLocationId"]) == (2, 4, 2, 2)
    assert read["description"] == "Online sale"
    [line] = read["itemDetails"]
    assert line["projectId"] == 2


@pytest.mark.feature("S2", "S3", "S5", "S10")
def test_without_settings_the_books_own_defaults_stand(shop: World):
    read = posted(shop)
    assert read.get("projectId") is None and not read.get("description")


@pytest.mark.feature("S4", "S7")
def test_the_default_item_and_the_default_unit(shop: World):
    save(shop, default_item="MISC", default_uom="PCS")
    match(shop, "MUG-01", "")
    posted(shop)
    [line] = invoice(shop, "T-1")["lines"]
    assert (line["stockCode"], line["uomCode"]) == ("MISC", "PCS")
    match(shop, "MUG-01", "TEA-250")
    posted(shop, "T-2")
    assert [line["uomCode"] for line in invoice(shop, "T-2")["lines"]] == ["PCS"]
    save(shop, default_uom="CTN")
    posted(shop, "T-3")
    posted(shop, "T-4", lines=[make_line("MUG-02")])
    assert [line["uomCode"] for line in invoice(shop, "T-3")["lines"]] == ["CTN"]
    assert [line["uomCode"] for line in invoice(shop, "T-4")["lines"]] == ["PCS"], "only where the item has that unit"


@pytest.mark.feature("S13")
def test_a_bundle_is_one_line_or_its_parts(shop: World):
    bundle = make_line("HAMPER", "79.90", is_bundle=True, bundle_items=HAMPER)
    posted(shop, lines=[bundle])
    assert codes(invoice(shop, "T-1")) == ["HAMPER"]
    save(shop, bundle_components="true")
    posted(shop, "T-2", lines=[bundle])
    made = invoice(shop, "T-2")
    assert codes(made) == ["COF-3", "SAM-H", "MUG-02"] and [line["qty"] for line in made["lines"]] == [2, 1, 2]
    assert made["total"] == 79.90


@pytest.mark.feature("S14")
@pytest.mark.parametrize(
    ("setting", "days_ago"), [("ordered", 9), ("paid", 8), ("shipped", 7), ("completed", 6), ("sync", 0)]
)
def test_the_documents_day_is_the_one_that_was_chosen(shop: World, setting: str, days_ago: int):
    save(shop, document_date=setting)
    now = shop.clock.now()
    told = {name: store_time(now - timedelta(days=days)) for name, days in (("paid_at", 8), ("shipped_at", 7))}
    done = store_time(now - timedelta(days=6))
    read = posted(shop, ordered_at=now - timedelta(days=9), completed_at=done, order_status="Completed", **told)
    assert read["docDate"][:10] == day_of(shop, days_ago).isoformat()


@pytest.mark.feature("S14")
def test_an_order_without_that_day_waits_and_is_posted_when_it_has_one(shop: World):
    save(shop, document_date="shipped")
    sell(shop, order_status="Processed", shipped_at=None)
    shop.sync()
    assert shop.reasons("T-1") == ["The order has no shipped date yet, so it waits."]
    assert shop.order("T-1").tick is Tick.NONE
    shop.change("T-1", order_status="Shipped", shipped_at=store_time(shop.clock.now()))
    shop.pull()
    shop.sync()
    assert shop.order("T-1").tick is Tick.GREEN


@pytest.mark.feature("S15")
def test_samples_are_left_out_or_posted_as_nothing(shop: World):
    sample = {"lines": [make_line(price="0.00")], "channel": 13, "is_sample": True}
    sell(shop, **sample)
    shop.sync()
    assert shop.invoices() == [] and "Sample orders are left out" in shop.reasons("T-1")[0]
    save(shop, exclude_tiktok_samples="false")
    shop.sync()
    assert [each["total"] for each in shop.invoices()] == [0]


# --- numbers (S17) ------------------------------------------------------------------------------------------------


@pytest.mark.feature("S17")
def test_the_number_is_the_books_the_orders_or_the_marketplaces(shop: World):
    books_own = posted(shop)["docCode"]
    assert books_own and "T-1" not in books_own
    save(shop, number_source="order_number")
    assert posted(shop, "T-2")["docCode"] == "T-2"
    save(shop, number_source="marketplace_number")
    assert posted(shop, "T-3")["docCode"] == "M-T-3"
    sell(shop, "T-4", marketplace_order_id="")
    shop.sync("T-4")
    assert "this order has none" in shop.reasons("T-4")[0]


@pytest.mark.feature("S17")
def test_the_order_number_prefix_of_the_store_is_part_of_the_number(shop: World):
    save(shop, number_source="order_number")
    with writing() as session:
        session.get_one(StoreConnection, shop.store_id).order_number_prefix = "EW"
    assert posted(shop, "1234")["docCode"] == "EW1234"


@pytest.mark.feature("S17")
def test_a_running_number_is_taken_once_and_kept_when_the_order_is_synced_again(shop: World):
    save(shop, number_source="prefix_running", number_prefix="INV-")
    assert [posted(shop, f"T-{number}")["docCode"] for number in (1, 2)] == ["INV-1", "INV-2"]
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    shop.sync("T-1")
    assert (shop.invoice("T-1")["docCode"], shop.invoice("T-1")["netTotalAmount"]) == ("INV-1", 16)
    sell(shop, "T-3")
    shop.practice.faults("refuse", path="/api/SalesInvoices/Create")
    shop.sync("T-3")
    shop.sync("T-3")
    assert shop.invoice("T-3")["docCode"] == "INV-3", "the same, after a refusal"
    task_id = shop.press_sync([])
    assert shop.task(task_id).total == 0 and posted(shop, "T-4")["docCode"] == "INV-4"


@pytest.mark.feature("S17")
def test_a_document_in_the_books_keeps_its_number_when_the_setting_changes(shop: World):
    before = posted(shop)["docCode"]
    save(shop, number_source="prefix_running", number_prefix="INV-")
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    shop.sync("T-1")
    assert shop.invoice("T-1")["docCode"] == before
    assert posted(shop, "T-2")["docCode"] == "INV-1", "and none was used up"


@pytest.mark.feature("S17")
def test_a_number_that_a_person_typed_beats_the_running_one(shop: World):
    save(shop, number_source="prefix_running", number_prefix="INV-")
    sell(shop)
    tasks.change_edits(shop.order("T-1").id, lambda _: Edits(number="HAND-7"), Actor("Mei", shop.clock.now()))
    shop.sync()
    assert shop.invoice("T-1")["docCode"] == "HAND-7"
    assert posted(shop, "T-2")["docCode"] == "INV-1"


@pytest.mark.feature("S17")
def test_a_number_that_is_too_long_is_a_reason_and_never_cut(shop: World):
    save(shop, number_source="order_number")
    sell(shop, "A-NUMBER-OF-MORE-THAN-20-CHARACTERS")
    shop.sync()
    assert "the books take 20" in shop.reasons("A-NUMBER-OF-MORE-THAN-20-CHARACTERS")[0]


# --- whose sale it is (S22) ---------------------------------------------------------------------------------------

SITI = {"name": "Siti Aminah", "email": "siti@example.com"}


def customers(world: World) -> list[str]:
    return [each.source for each in world.documents() if each.role is Role.CUSTOMER]


@pytest.mark.feature("S22")
def test_one_buyer_of_several_orders_is_made_a_customer_once_before_the_invoices(shop: World):
    save(shop, sale_assigned_to="original")
    shop.sell("T-1", "T-2", "T-3", channel=15, customer=SITI)
    shop.pull()
    task_id = shop.sync()
    assert shop.task(task_id).posted == 3 and len(customers(shop)) == 1
    codes_of = {each["customerCode"] for each in shop.invoices()}
    assert len(codes_of) == 1 and codes_of.pop().startswith("TB-")
    made = [each for each in shop.practice.requests("qne") if each["path"].lower() == "/api/customers/create"]
    assert len(made) == 1
    shop.sell("T-4", channel=15, customer=SITI)
    shop.pull()
    shop.sync("T-4")
    assert len({each["customerCode"] for each in shop.invoices()}) == 1 and len(customers(shop)) == 1


@pytest.mark.feature("S22")
def test_a_buyer_who_is_hidden_takes_the_channels_customer(shop: World):
    save(shop, sale_assigned_to="original")
    posted(shop)
    assert shop.invoices()[0]["customerCode"] == "300-W0001" and customers(shop) == []


@pytest.mark.feature("S22")
def test_a_buyer_whom_the_books_know_is_not_made_again(shop: World):
    save(shop, sale_assigned_to="original")
    posted(shop, customer={"name": "KOPITIAM ah kow", "email": ""})
    assert shop.invoices()[0]["customerCode"] == "300-K0001" and customers(shop) == []


@pytest.mark.feature("S22")
def test_an_organisation_or_the_person_without_one(shop: World):
    save(shop, sale_assigned_to="organisation")
    posted(shop, customer=SITI | {"billing_company": "志强贸易有限公司"})
    posted(shop, "T-2", customer=SITI)
    known, made = (each["customerCode"] for each in shop.invoices())
    assert known == "300-C0001" and made.startswith("TB-")


@pytest.mark.feature("S22")
def test_one_generic_customer_that_is_chosen_or_named_after_the_store(shop: World):
    save(shop, sale_assigned_to="generic", generic_customer="700-W001")
    posted(shop, customer=SITI)
    save(shop, generic_customer="")
    posted(shop, "T-2", customer=SITI)
    posted(shop, "T-3", customer=SITI | {"name": "Another"})
    chosen, second, third = (each["customerCode"] for each in shop.invoices())
    assert chosen == "700-W001" and second == third and second.startswith("TB-")
    assert shop.documents()[1].state is DocumentState.POSTED


# --- due dates (S23) ----------------------------------------------------------------------------------------------


@pytest.mark.feature("S23")
@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ({"due_offset": "10"}, 10),
        ({"due_offset": "2", "due_offset_unit": "weeks"}, 14),
        ({"due_offset": "10", "terms": "60"}, 10),
        ({"terms": "60"}, 60),
        ({}, 0),
    ],
    ids=["days", "weeks", "offset before terms", "terms", "nothing"],
)
def test_when_an_invoice_is_due(shop: World, settings: dict[str, str], days: int):
    save(shop, **settings)
    read = posted(shop)
    day = date.fromisoformat(read["docDate"][:10])
    assert date.fromisoformat(read["dueDate"][:10]) == day + timedelta(days=days)
