"""The life of documents in every accounting system: made, found, changed, voided, made again; credited and paid."""

from decimal import Decimal

import msgspec
import pytest

from adapters.accounting.base import Wanted
from documents import CreditNote, Invoice, KnockOff, NewProduct, Role
from models import DocumentState, Profile, Tick, writing
from sync import connections, filing_others, trashing
from sync.ledger import Actor
from tests.contract.conftest import only
from tests.contract.people import Bookkeeper
from tests.faults.checker import audit_is_complete, check, nothing_is_left_in_between
from tests.orders import make_line
from tests.world import World

SITI = {"name": "Siti Aminah", "email": "siti@example.com"}


def posted(shop: World, *order_ids: str) -> int:
    """Orders that are sold and stand in the books; their task."""
    shop.sell(*order_ids)
    shop.pull()
    return shop.sync()


def alive(shop: World) -> list[dict]:
    return [each for each in shop.invoices() if not each["is_void"]]


def wait_and_look(shop: World) -> None:
    """More than an hour passes, and the books are asked what changed."""
    shop.clock.pass_by(3700)
    shop.drain()


def test_a_shop_posts_what_it_sold(world: World):
    world.pull()
    accepted = world.task(world.press_sync()).queued
    assert accepted > 3
    world.run_until_quiet()
    check(world, accepted)
    assert all(row.is_proven for row in world.proof())


def test_what_was_posted_is_found_by_reference_and_by_number(shop: World):
    posted(shop, "T-1", "T-2")
    books = connections.books_of(shop.books(), shop.tools)
    wanted = [Wanted(f"sitegiant/SG-77/T-{n}") for n in (1, 2, 3)]
    found = books.find(Role.SALE, wanted)
    assert [len(found[each.reference]) for each in wanted] == [1, 1, 0]
    for document in shop.documents():
        [remote] = found[document.source]
        same = (document.remote_id, document.expected, document.currency, document.day)
        assert (remote.remote_id, remote.total, remote.currency, remote.date) == same
        if remote.number and shop.company.kind != "qne":
            numbered = books.find_by_number(Role.SALE, [remote.number])[remote.number]
            assert [each.remote_id for each in numbered] == [remote.remote_id]


@pytest.mark.feature("I8")
def test_a_change_in_the_store_changes_the_same_document(shop: World):
    posted(shop, "T-1", "T-2")
    before = {each["id"]: each["number"] for each in shop.invoices()}
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    assert shop.order("T-1").tick is Tick.YELLOW
    shop.sync("T-1")
    check(shop, 2)
    assert {each["id"]: each["number"] for each in shop.invoices()} == before
    assert sorted(each["total"] for each in shop.invoices()) == [15, 16]


@pytest.mark.feature("T2")
@only(lambda books: books.kind != "quickbooks")  # its company takes its numbers from us: see the next one
def test_what_is_voided_can_be_posted_again(shop: World):
    task_id = posted(shop, "T-1", "T-2")
    trashing.trash(task_id, True, Actor("Mei", shop.clock.now()))
    shop.run_until_quiet()
    assert alive(shop) == [] and {each.state for each in shop.documents()} == {DocumentState.VOIDED}
    shop.sync()
    check(shop, 2)
    assert len(shop.invoices()) == 4


@pytest.mark.feature("S17", "T2")
def test_a_number_that_a_voided_document_has_is_refused_in_words(shop: World):
    shop.settle(number_source="order_number")
    task_id = posted(shop, "T-1")
    trashing.trash(task_id, True, Actor("Mei", shop.clock.now()))
    shop.run_until_quiet()
    shop.sync()
    assert shop.order("T-1").tick is Tick.RED and "T-1" in " ".join(shop.reasons("T-1"))
    assert alive(shop) == [] and shop.creates_seen() == 2


@pytest.mark.feature("I8")
@only(lambda books: books.tells_changes)
@pytest.mark.parametrize("price", ["15.00", "16.00"])
def test_what_a_person_voided_shows_and_comes_back_as_the_order_is_now(shop: World, bookkeeper: Bookkeeper, price: str):
    posted(shop, "T-1", "T-2")
    bookkeeper.voids(shop.documents()[0].remote_id or "")
    wait_and_look(shop)
    voided = next(row for row in shop.orders() if row.id == shop.documents()[0].profile_order_id)
    assert voided.tick is Tick.YELLOW and "was voided in the books" in str(voided.reasons)
    shop.change("T-1", products=[make_line(price=price)])
    shop.change("T-2", products=[make_line(price=price)])
    shop.pull()
    shop.sync()
    check(shop, 2)
    assert {each["total"] for each in alive(shop)} == {Decimal(price)} and len(shop.invoices()) == 2


@pytest.mark.feature("I8")
@only(lambda books: books.restores_customers)
def test_a_customer_that_was_made_inactive_is_made_active_first(shop: World, bookkeeper: Bookkeeper):
    posted(shop, "T-1")
    customer = shop.documents()[0].customer
    path = bookkeeper.invoices.replace("/invoice", f"/customer/{customer}")
    shop.practice.control("PATCH", path, {"Active": False})
    wait_and_look(shop)
    assert shop.order("T-1").tick is Tick.YELLOW and "was made inactive" in shop.reasons("T-1")[0]
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    shop.sync("T-1")
    assert (shop.order("T-1").tick, shop.invoices()[0]["total"]) == (Tick.GREEN, 16)


@pytest.mark.feature("S22")
def test_a_buyer_is_made_a_customer_once(shop: World):
    shop.settle(sale_assigned_to="original", create_customers="true")
    shop.sell("T-1", "T-2", channel=15, customer=SITI)
    shop.pull()
    shop.sync()
    check(shop, 2)
    assert [each.role for each in shop.documents()].count(Role.CUSTOMER) == 1
    assert len({each.customer for each in shop.documents() if each.role is Role.SALE}) == 1


# --- payments, refunds, products --------------------------------------------------------------------------------


def with_payments(shop: World) -> int:
    """T-1 is posted with the payment that came with it; its task."""
    shop.settle(send_payments="true", payment_account=shop.company.receives_in)
    shop.sell("T-1")
    shop.pull()
    shop.pay("T-1", "15.00")
    return shop.sync("T-1")


@pytest.mark.feature("S27")
@only(lambda books: Role.PAYMENT in books.roles)
def test_a_payment_pays_its_sale_and_is_voided_before_it(shop: World):
    task_id = with_payments(shop)
    assert [each.role for each in shop.documents()] == [Role.SALE, Role.PAYMENT]
    assert {each.state for each in shop.documents()} == {DocumentState.POSTED}
    assert [open_amount(each) for each in shop.invoices()] == [0]
    trashing.trash(task_id, True, Actor("Mei", shop.clock.now()))
    shop.run_until_quiet()
    assert alive(shop) == [] and {each.state for each in shop.documents()} == {DocumentState.VOIDED}
    nothing_is_left_in_between(shop)
    audit_is_complete(shop)


def open_amount(invoice: dict) -> Decimal:
    """What is still to be paid of it."""
    names = ("outstanding", "outstandingAmount", "balance")
    return next(Decimal(str(invoice[name])) for name in names if name in invoice)


@pytest.mark.feature("S25")
@only(lambda books: Role.PRODUCT in books.roles)
def test_a_product_is_made_once(shop: World):
    file_product(shop)
    shop.run_until_quiet()
    [document] = shop.documents()
    assert document.state is DocumentState.POSTED
    books = connections.books_of(shop.books(), shop.tools)
    [found] = books.find(Role.PRODUCT, [Wanted("product/fan", number="FAN-USB")])["product/fan"]
    assert found.remote_id == document.remote_id


def file_product(shop: World) -> None:
    """A fan, not tracked."""
    accounts = ("Services", "Cost of Goods Sold") if shop.company.kind == "quickbooks" else (None, None)
    product = NewProduct("USB fan", "FAN-USB", "A fan", Decimal("29.90"), None, *accounts)
    with writing() as session:
        profile, actor = session.get_one(Profile, shop.profile_id), Actor("Mei", shop.clock.now())
        filing_others.file_product(session, profile, "product/fan", product, actor)


@pytest.mark.feature("S26")
@only(lambda books: Role.REFUND in books.roles)
def test_a_refund_is_credited_once(shop: World):
    posted(shop, "T-1")
    file_refund(shop)
    shop.run_until_quiet()
    assert [each.problem for each in shop.operations()] == [None, None]
    assert [each.state for each in shop.documents()] == [DocumentState.POSTED] * 2
    assert [each["total"] for each in credits_in(shop)] == [15]
    file_refund(shop)
    shop.run_until_quiet()
    assert [each["total"] for each in credits_in(shop)] == [15]
    assert len(alive(shop)) == 1


def file_refund(shop: World) -> None:
    """All of T-1 is given back."""
    sale = next(each for each in shop.documents() if each.role is Role.SALE)
    told = msgspec.json.decode(sale.content or "", type=Invoice)
    head = (told.currency, told.total, told.date, told.exchange_rate, told.customer, told.lines)
    refund = Invoice("R-1", *head, account=shop.company.credits_to)
    with writing() as session:
        profile, actor = session.get_one(Profile, shop.profile_id), Actor("Mei", shop.clock.now())
        note = CreditNote(refund, KnockOff(sale.source, told.total))
        filing_others.file_credit_note(session, profile, note, actor)


def credits_in(shop: World) -> list[dict]:
    ledger = shop.ledger()
    return list(ledger.get("credit_notes", ledger.get("credit_memos")))
