"""Books with an idempotency key that tell their changes: what the engine does with them, shown by a toy of them."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from sqlalchemy import select, update

from adapters.accounting.base import Changes, Grant, ReferencePage, SignIn
from adapters.errors import ChangedMeanwhile, LoginRefused, NotSent, OutcomeUnknown, Refused, TokenRefused, TooFast
from adapters.registry import BOOKS
from adapters.settings import Setting
from documents import (
    Action,
    CreditNote,
    CustomerChoice,
    Invoice,
    InvoiceLine,
    KnockOff,
    NewProduct,
    Receipt,
    ReferenceKind,
    ReferenceRow,
    Role,
    say,
)
from models import (
    AuditRow,
    BooksConnection,
    BooksRow,
    BooksTokens,
    ConnectionStatus,
    Document,
    DocumentState,
    Known,
    Operation,
    PaymentMatch,
    Profile,
    ProfileOrder,
    RunKind,
    Task,
    TaskOrder,
    Tick,
    db,
    writing,
)
from sync import (
    connections,
    consents,
    filing_others,
    leases,
    matching,
    payments_again,
    posting,
    profiles,
    pulling,
    tokens,
    trashing,
    vault,
)
from sync.filing_payments import void_payments
from sync.ledger import Actor
from sync.payments import EXCEPT
from tests.faults.checker import audit_is_complete
from tests.integration.test_toy_books import Notebook
from tests.orders import make_line
from tests.world import World


class Door(SignIn):
    """Gives tokens T-1, T-2, ...; each refresh token works once."""

    count, is_shut = 0, False

    def address(self, state, redirect_uri):
        return f"https://door.example/?state={state}"

    def redeem(self, code, redirect_uri):
        return self.renew("R-0")

    def renew(self, refresh_token):
        if Door.is_shut or refresh_token != f"R-{Door.count}":
            raise LoginRefused(say("Sign in again."))
        Door.count += 1
        return Grant(f"T-{Door.count}", f"R-{Door.count}", 3600, 8_640_000)

    def revoke(self, refresh_token):
        Door.is_shut = True


TROUBLES = {
    "changed": ChangedMeanwhile(say("It changed.")),
    "torn": Refused(say("The page is torn.")),
    "early": TooFast(say("Not so fast.")),
}


class Ledgerbook(Notebook):
    """The notebook with keys, changes, tokens, payments and customers that can be switched off."""

    kind, label = "ledgerbook", "Ledgerbook"
    connection_settings = (Setting("owner", "Owner"), Setting("refresh_token", "Token", secret=True))
    profile_settings = (
        *Notebook.profile_settings,
        Setting("send_payments", "Payments", is_switch=True),
        Setting("payment_account", "Account", pick=ReferenceKind.DEPOSIT_ACCOUNT),
    )
    has_idempotency_key = tells_changes = restores_customers = True
    roles = frozenset(Role)
    sign_in = Door
    by_key: dict[str, dict] = {}
    switched: dict[str, bool] = {}
    deleted: set[tuple[Role, str]] = set()
    touched: dict[str, object] = {}
    sent: list[tuple[str, str]] = []
    finds = 0
    good_tokens: set[str] | None = None

    def check(self):
        self._enter()
        return super().check()

    def _enter(self):
        if self.good_tokens is not None and self.secrets["access_token"] not in self.good_tokens:
            raise TokenRefused(say("The token is not taken."))

    def prepare(self, role, action, reference, content, lookup, remote):
        page = {"reference": reference} | (self.pages.get(remote.remote_id, {}) if remote else {})
        page |= {"role": role.value, "is_void": action is Action.VOID}
        document = content.document if isinstance(content, CreditNote) else content
        if isinstance(document, Invoice | Receipt):
            page |= {"total": str(document.total), "currency": document.currency, "date": document.date.isoformat()}
            page["customer"] = document.customer.code if document.customer else None
        if isinstance(content, Receipt):
            page["pays"] = [[each.number, str(each.amount)] for each in content.knock_offs]
        return json.dumps({"total": "0", "currency": "MYR", "customer": None, "date": "2026-01-01"} | page).encode()

    def send(self, role, action, payload, key):
        self._enter()
        if key in self.by_key:
            return self.remote(self.by_key[key])
        if self.trouble and self.trouble[0].startswith(role.value):
            trouble = self.trouble.pop(0).split()[1]
            if trouble != "lost":
                raise TROUBLES[trouble]
            self._write(role, action, payload, key)
            raise OutcomeUnknown(say("No answer came."))
        self.sent.append((role.value, action.value))
        if role is Role.CUSTOMER and action is Action.RESTORE:
            self.switched["CASH"] = True
            return self.remote(json.loads(payload) | {"number": "CASH"})
        return self._write(role, action, payload, key)

    def _write(self, role, action, payload, key):
        kept, Notebook.trouble = Notebook.trouble, []
        remote = super().send(role, action, payload, key)
        Notebook.trouble = kept
        self.by_key[key] = self.pages[remote.remote_id]
        self.touched[remote.remote_id] = self.clock()
        return remote

    def find(self, role, wanted):
        type(self).finds += 1
        return super().find(role, wanted)

    def changes(self, since):
        if self.clock() - since > timedelta(days=30):
            raise Refused(say("Too long ago."))
        found = [page for number, page in self.pages.items() if self.touched.get(number, since) >= since]
        documents = [(Role(page.get("role", "sale")), self.remote(page)) for page in found]
        return Changes(self.clock(), documents, frozenset(self.deleted), dict(self.switched))

    def history(self, since):
        yield [(Role(page.get("role", "sale")), self.remote(page)) for page in self.pages.values()]

    def reference_pages(self, kind):
        yield from super().reference_pages(kind) if kind in Notebook.reference_kinds else ()
        if kind is ReferenceKind.DEPOSIT_ACCOUNT:
            yield ReferencePage((ReferenceRow(kind, "BANK", "Bank", "BANK"),))

    reference_kinds = (*Notebook.reference_kinds, ReferenceKind.DEPOSIT_ACCOUNT)


@pytest.fixture
def keyed(shop: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A shop that posts into the ledgerbook; two orders wait."""
    monkeypatch.setitem(BOOKS, "ledgerbook", Ledgerbook)
    Notebook.pages, Notebook.trouble = {}, []
    Ledgerbook.by_key, Ledgerbook.switched, Ledgerbook.deleted, Ledgerbook.touched = {}, {}, set(), {}
    Ledgerbook.sent, Ledgerbook.finds, Ledgerbook.good_tokens = [], 0, None
    Door.count, Door.is_shut = 0, False
    given = {"owner": "Mei", "refresh_token": "R-0"}
    books = connections.connect_books("ledgerbook", "Toy", given, shop.tools)
    channels = [channel.id for channel in pulling.pull_channels(shop.store_id, shop.tools)]
    start = shop.clock.now().date().replace(day=1)
    made = profiles.make_profile(books.id, "Toy", "Asia/Kuala_Lumpur", start, channels)
    shop.books_id, shop.profile_id = books.id, made.id
    shop.begin(20)
    shop.read(RunKind.REFERENCE, books.id)
    assert profiles.save_settings(made.id, {"default_customer": "CASH", "default_item": "GOODS"}) == []
    shop.sell("T-1", "T-2")
    shop.pull()
    yield shop


def sales() -> list[dict]:
    found = [page for page in Notebook.pages.values() if page.get("role", "sale") == "sale"]
    return sorted(found, key=lambda page: page["reference"])


def alive() -> list[dict]:
    return [page for page in sales() if not page["is_void"]]


def page_of(order_id: str) -> dict:
    (page,) = [page for page in alive() if page["reference"].endswith(order_id)]
    return page


def touch(world: World, page: dict) -> None:
    """Somebody changed it in the books, an hour later."""
    world.clock.pass_by(3600)
    Ledgerbook.touched[page["number"]] = world.clock.now()


def watch(world: World) -> None:
    """An hour passes, and the books are asked what changed."""
    world.clock.pass_by(3601)
    world.drain()


def test_books_with_a_key_are_not_asked_before_each_send(keyed: World):
    keyed.sync()
    assert len(alive()) == 2 and Ledgerbook.finds == 0
    assert {each.tick for each in keyed.orders()} == {Tick.GREEN}


def test_what_an_older_installation_posted_is_recognised(keyed: World):
    for order_id in ("T-1", "T-2"):
        day = keyed.clock.now().astimezone().date().isoformat()
        page = {"reference": f"sitegiant/SG-77/{order_id}", "number": f"OLD-{order_id}", "total": "15.00"}
        Notebook.pages[page["number"]] = page | {
            "currency": "MYR", "customer": "CASH", "date": day, "is_void": False, "role": "sale"
        }  # fmt: skip
    task_id = keyed.sync()
    assert len(Notebook.pages) == 2, "nothing is made a second time"
    states = {each.state for each in keyed.task_orders(task_id)}
    assert states <= {"posted", "failed"}, "taken over, or for a person where the day differs; never doubled"


def test_an_older_backup_doubles_nothing(keyed: World):
    keyed.sync()
    numbers = {page["number"] for page in sales()}
    with writing() as session:  # what was posted after the backup is not in it
        session.execute(update(BooksConnection).values(changes_until=keyed.clock.now() - timedelta(hours=2)))
    _forget_posting(keyed)
    keyed.sync()
    assert {page["number"] for page in sales()} == numbers
    assert {each.tick for each in keyed.orders()} == {Tick.GREEN}


def test_a_backup_of_long_ago_doubles_nothing(keyed: World):
    keyed.sync("T-1")
    _forget_posting(keyed)
    with writing() as session:
        session.execute(update(BooksConnection).values(changes_until=keyed.clock.now() - timedelta(days=31)))
    keyed.sync()
    assert len(sales()) == 2, "nothing is sent before all is looked through"
    assert {each.tick for each in keyed.orders()} == {Tick.GREEN}


def test_books_that_never_tell_their_changes_are_left_alone_and_then_asked_again(keyed: World, monkeypatch):
    def refuse(*_):
        raise Refused(say("Never."))

    with monkeypatch.context() as patch:
        patch.setattr(Ledgerbook, "changes", refuse)
        keyed.press_sync()
        assert keyed.drain() is False and sales() == [], "no turn follows at once"
    keyed.run_until_quiet()
    assert len(sales()) == 2 and keyed.books().status is ConnectionStatus.ACTIVE


def test_what_an_older_installation_posted_and_was_deleted_is_made_anew(keyed: World):
    """Deleted before it was ever synced, or only after it was taken over."""
    _forget_what_was_made(keyed)
    keyed.drain()
    delete(page_of("T-1"))
    keyed.sync()
    assert _stands("T-1") and _stands("T-2")
    delete(page_of("T-2"))
    watch(keyed)
    assert keyed.order("T-2").tick is Tick.YELLOW
    keyed.sync("T-2")
    assert _stands("T-2") and keyed.order("T-2").tick is Tick.GREEN, "not by an id that is dead"


def test_what_was_deleted_long_ago_is_recognised_no_more(keyed: World):
    _forget_what_was_made(keyed)
    keyed.drain()
    del Notebook.pages[page_of("T-1")["number"]]  # and nobody tells it any more
    keyed.clock.pass_by(31 * 86400)
    keyed.sync()
    assert _stands("T-1") and len(alive()) == 2


def test_what_was_taken_over_is_no_longer_kept_and_not_taken_over_when_we_voided_it(keyed: World):
    _forget_what_was_made(keyed)
    kept = _known()
    task_id = keyed.sync()
    assert len(kept) == 2 and _known() == []
    with writing() as session:  # an installation that kept them
        session.add_all(Known(**row) for row in kept)
    trashing.trash(task_id, True, Actor("Mei", keyed.clock.now()))
    keyed.run_until_quiet()
    long_ago = keyed.clock.now() - timedelta(days=9)
    Ledgerbook.touched = dict.fromkeys(Notebook.pages, long_ago)  # the books tell the voids too late
    keyed.sync()
    assert len(alive()) == 2 and len(sales()) == 4 and {each.tick for each in keyed.orders()} == {Tick.GREEN}


def delete(page: dict) -> None:
    """Somebody deletes it in the books."""
    del Notebook.pages[page["number"]]
    Ledgerbook.deleted.add((Role.SALE, page["number"]))


def _forget_what_was_made(world: World) -> None:
    """Both orders are in the books, and an empty installation begins and reads them."""
    world.sync()
    _forget_posting(world)
    with writing() as session:
        session.execute(update(BooksConnection).values(changes_until=None, known_from=None))
    Ledgerbook.by_key = {}
    world.drain()
    assert len(_known()) == 2


def _known() -> list[dict]:
    rows = db.session.scalars(select(Known)).all()
    return [{key: getattr(row, key) for key in ("books_id", "role", "source", "remote_id", "remote")} for row in rows]


def _stands(order_id: str) -> bool:
    """What the live document of this order names stands in the books."""
    db.session.expire_all()
    query = select(Document.remote_id).where(Document.is_live.is_(True), Document.source.endswith(order_id))
    return db.session.scalar(query) == page_of(order_id)["number"]


def _forget_posting(world: World) -> None:
    """The database is as it was before anything was sent."""
    with writing() as session:
        for model in (AuditRow, Operation, TaskOrder, Task, Document):
            session.query(model).delete()
        session.execute(update(ProfileOrder).values(tick=Tick.NONE, reasons=[]))


@pytest.mark.feature("T2")
def test_a_forgotten_document_is_linked_and_not_doubled(keyed: World):
    task_id = keyed.sync()
    trashing.trash(task_id, False, Actor("Mei", keyed.clock.now()))
    keyed.sync()
    assert len(sales()) == 2 and {each.tick for each in keyed.orders()} == {Tick.GREEN}


@pytest.mark.feature("I8")
def test_a_document_voided_in_the_books_turns_yellow_and_sync_brings_it_back(keyed: World):
    keyed.sync()
    page = page_of("T-1")
    page["is_void"] = True
    touch(keyed, page)
    keyed.drain()
    assert keyed.order("T-1").tick is Tick.YELLOW and keyed.order("T-2").tick is Tick.GREEN
    assert keyed.reasons("T-1") == [f"{page['number']} was voided in the books: Sync writes it again."]
    keyed.sync("T-1")
    assert keyed.order("T-1").tick is Tick.GREEN and len(sales()) == 2 and len(alive()) == 2


@pytest.mark.feature("I8")
def test_a_document_brought_back_by_hand_turns_green_again(keyed: World):
    keyed.sync()
    page = page_of("T-1")
    page["is_void"] = True
    touch(keyed, page)
    keyed.drain()
    page["is_void"] = False
    touch(keyed, page)
    keyed.drain()
    assert keyed.order("T-1").tick is Tick.GREEN and keyed.reasons("T-1") == []


def void_by_hand(world: World, order_id: str) -> dict:
    """Somebody voids the document of an order, and we hear of it."""
    page = page_of(order_id)
    page["is_void"] = True
    touch(world, page)
    world.drain()
    return page


@pytest.mark.feature("I8")
def test_an_order_that_is_read_again_stays_yellow_while_its_document_is_void(keyed: World):
    keyed.sync()
    void_by_hand(keyed, "T-1")
    keyed.change("T-1", buyer_note="x", products=[keyed_line("15.00")])
    keyed.pull()
    assert keyed.order("T-1").tick is Tick.YELLOW
    keyed.sync()
    assert keyed.order("T-1").tick is Tick.GREEN and len(alive()) == 2


@pytest.mark.feature("I8")
def test_a_document_brought_back_by_hand_stays_yellow_where_its_order_changed_meanwhile(keyed: World):
    keyed.sync()
    page = void_by_hand(keyed, "T-1")
    keyed.change("T-1", products=[keyed_line("16.00")])
    keyed.pull()
    page["is_void"] = False
    touch(keyed, page)
    keyed.drain()
    assert keyed.order("T-1").tick is Tick.YELLOW and keyed.reasons("T-1") == []


@pytest.mark.feature("I8")
def test_a_customer_that_is_active_again_turns_no_order_green_whose_document_is_void(keyed: World):
    keyed.sync()
    void_by_hand(keyed, "T-1")
    for is_active, ticks in ((False, (Tick.YELLOW, Tick.YELLOW)), (True, (Tick.YELLOW, Tick.GREEN))):
        Ledgerbook.switched["CASH"] = is_active
        watch(keyed)
        assert (keyed.order("T-1").tick, keyed.order("T-2").tick) == ticks


@pytest.mark.feature("I8")
def test_a_document_deleted_in_the_books_is_made_anew(keyed: World):
    keyed.sync()
    page = page_of("T-1")
    del Notebook.pages[page["number"]]
    Ledgerbook.deleted.add((Role.SALE, page["number"]))
    watch(keyed)
    assert keyed.order("T-1").tick is Tick.YELLOW and "was deleted in the books" in keyed.reasons("T-1")[0]
    keyed.sync("T-1")
    assert len(alive()) == 2 and keyed.order("T-1").tick is Tick.GREEN
    audit_is_complete(keyed)


@pytest.mark.feature("I8")
def test_an_inactive_customer_turns_its_orders_yellow_and_is_made_active_first(keyed: World):
    keyed.sync()
    Ledgerbook.switched["CASH"] = False
    watch(keyed)
    assert {each.tick for each in keyed.orders()} == {Tick.YELLOW}
    assert "was made inactive in the books" in keyed.reasons("T-1")[0]
    Ledgerbook.sent.clear()
    keyed.sync("T-1")
    assert Ledgerbook.sent == [("customer", "restore"), ("sale", "update")]
    active = db.session.scalar(select(BooksRow.is_active).where(BooksRow.code == "CASH"))
    assert active and keyed.order("T-1").tick is Tick.GREEN


def test_what_we_void_ourselves_is_no_news(keyed: World):
    task_id = keyed.sync()
    trashing.trash(task_id, True, Actor("Mei", keyed.clock.now()))
    keyed.run_until_quiet()
    watch(keyed)
    assert {each.tick for each in keyed.orders()} == {Tick.NONE} and alive() == []
    keyed.sync()
    assert len(alive()) == 2, "a new generation is made; the voided one is not taken for it"


def test_a_document_that_changed_meanwhile_is_written_anew(keyed: World):
    keyed.sync("T-1")
    keyed.change("T-1", buyer_note="x", products=[keyed_line("16.00")])
    keyed.pull()
    Notebook.trouble = ["sale changed", "sale changed"]
    keyed.sync("T-1")
    assert page_of("T-1")["total"] == "16.00" and keyed.order("T-1").tick is Tick.GREEN
    Notebook.trouble = ["sale changed"] * 9
    keyed.sync("T-2")
    assert keyed.order("T-2").tick is Tick.RED and keyed.reasons("T-2") == ["It changed."]


def keyed_line(price: str) -> dict:
    return make_line(price=price)


# --- payments -----------------------------------------------------------------------------------------------------


def payments_in_books() -> list[dict]:
    return [page for page in Notebook.pages.values() if page.get("role") == "payment"]


@pytest.fixture
def paid(keyed: World) -> World:
    """T-1 was paid by card, and the profile sends payments."""
    assert profiles.save_settings(keyed.profile_id, {"send_payments": "true", "payment_account": "BANK"}) == []
    keyed.pay("T-1", "15.00")
    return keyed


@pytest.mark.feature("S27")
def test_a_payment_goes_behind_its_sale_and_knocks_it_off(paid: World):
    paid.sync("T-1")
    (payment,) = payments_in_books()
    assert payment["pays"] == [[page_of("T-1")["number"], "15.00"]] and payment["customer"] == "CASH"
    assert Ledgerbook.sent == [("sale", "create"), ("payment", "create")]
    assert {each.state for each in paid.documents()} == {DocumentState.POSTED}


@pytest.mark.feature("S27")
def test_a_payment_that_is_refused_leaves_the_order_posted_with_a_warning(paid: World):
    Notebook.trouble = ["payment torn"]
    paid.sync("T-1")
    assert paid.order("T-1").tick is Tick.GREEN and paid.reasons("T-1") == [str(say(EXCEPT)), "The page is torn."]
    send_payments_again(paid)
    assert paid.reasons("T-1") == [] and len(payments_in_books()) == 1
    send_payments_again(paid)
    assert [each["is_void"] for each in payments_in_books()] == [False], "and nothing that stands is sent twice"


def send_payments_again(world: World) -> None:
    order_id = world.order("T-1").id
    profile = db.session.get_one(Profile, world.profile_id)
    payments_again.send_again(profile, order_id, Actor("Mei", world.clock.now()))
    world.run_until_quiet()


def trash_with_void(world: World, task_id: int) -> None:
    trashing.trash(task_id, True, Actor("Mei", world.clock.now()))
    world.drain()


@pytest.mark.feature("S27", "T2")
def test_a_sale_is_not_voided_while_nobody_knows_what_became_of_its_payment(paid: World):
    Notebook.trouble = ["payment lost"]
    task_id = paid.press_sync([paid.order("T-1").id])
    paid.drain()
    assert len(paid.open_operations("unknown")) == 1
    trash_with_void(paid, task_id)
    paid.run_until_quiet()
    assert len(alive()) == 1 and paid.order("T-1").tick is Tick.GREEN, "it stays, for it may be in the books with it"
    assert {each.state for each in paid.documents()} == {DocumentState.POSTED}
    assert paid.task(task_id).is_trashed


@pytest.mark.feature("S27", "T2")
def test_a_payment_that_cannot_be_voided_keeps_its_sale_and_the_order_says_why(paid: World):
    task_id = paid.sync("T-1")
    Notebook.trouble = ["payment torn"]
    trash_with_void(paid, task_id)
    assert len(alive()) == 1 and paid.open_operations("ready") == []
    assert paid.order("T-1").tick is Tick.RED and "The page is torn." in paid.reasons("T-1")
    paid.sync("T-1")
    assert paid.order("T-1").tick is Tick.GREEN and paid.open_operations("ready", "rejected") == []
    assert [each["is_void"] for each in payments_in_books()] == [False]


def pay_anew(world: World, amount: str) -> None:
    """The draft has this payment of T-1 now."""
    with writing() as session:
        profile = session.get_one(Profile, world.profile_id)
        (document,) = [each for each in session.query(Document) if each.role is Role.PAYMENT]
        receipt = msgspec.json.decode(document.content, type=Receipt)
        paid = tuple(dataclasses.replace(each, amount=Decimal(amount)) for each in receipt.knock_offs)
        receipt = dataclasses.replace(receipt, total=Decimal(amount), knock_offs=paid)
        filing_others.file_receipt(
            session, profile, receipt, Actor("Mei", world.clock.now()), document.profile_order_id
        )


@pytest.mark.feature("S27")
def test_a_payment_that_the_order_has_again_is_not_voided(paid: World):
    paid.sync("T-1")
    with writing() as session:
        (sale,) = [each for each in session.query(Document) if each.role is Role.SALE]
        void_payments(session, sale, Actor("Mei", paid.clock.now()))
    pay_anew(paid, "15.00")
    paid.run_until_quiet()
    assert Ledgerbook.sent[-1] == ("payment", "update") and [each["is_void"] for each in payments_in_books()] == [False]


@pytest.mark.feature("S27")
def test_what_was_asked_too_early_is_sent_as_it_is_now(paid: World):
    Notebook.trouble = ["payment early"]
    paid.press_sync([paid.order("T-1").id])
    paid.drain()
    pay_anew(paid, "14.00")
    paid.run_until_quiet()
    assert [each["total"] for each in payments_in_books()] == ["14.00"]
    assert {each.state for each in paid.documents()} == {DocumentState.POSTED}


@pytest.mark.feature("S27")
def test_nothing_of_a_payment_is_changed_while_its_answer_is_lost(paid: World):
    Notebook.trouble = ["payment lost"]
    paid.press_sync([paid.order("T-1").id])
    paid.drain()
    with pytest.raises(filing_others.CannotPost):
        pay_anew(paid, "14.00")
    paid.run_until_quiet()
    assert {each.state for each in paid.documents()} == {DocumentState.POSTED} and len(payments_in_books()) == 1


@pytest.mark.feature("S27")
def test_a_channel_whose_payments_come_by_statement_sends_none(paid: World):
    channel = paid.order("T-1").channel_id
    with writing() as session:
        key = {"profile_id": paid.profile_id, "channel_id": channel, "method": ""}
        matching.save_row(session, PaymentMatch, key, {"account": "BANK", "is_by_statement": True})
    paid.sync("T-1")
    assert payments_in_books() == [] and len(alive()) == 1


# --- other documents ----------------------------------------------------------------------------------------------


@pytest.mark.feature("S25", "S26")
def test_products_and_credit_notes_are_posted_once_by_their_source(keyed: World):
    keyed.sync("T-1")
    line = InvoiceLine("item", Decimal("15.00"), item="GOODS", quantity=Decimal(1), price=Decimal("15.00"))
    refund = Invoice("r-1", "MYR", Decimal("15.00"), keyed.clock.now().date(), None, CustomerChoice("CASH"), (line,))
    note = CreditNote(refund, KnockOff("sitegiant/SG-77/T-1", Decimal("15.00")))
    for _ in range(2):
        with writing() as session:
            profile, actor = session.get_one(Profile, keyed.profile_id), Actor("Mei", keyed.clock.now())
            filing_others.file_product(session, profile, "product/mug", NewProduct("MUG", sku="MUG-1"), actor)
            filing_others.file_credit_note(session, profile, note, actor)
    keyed.run_until_quiet()
    roles = sorted(page["role"] for page in Notebook.pages.values())
    assert roles == ["product", "refund", "sale"]
    row = db.session.scalar(select(BooksRow).where(BooksRow.kind == ReferenceKind.ITEM, BooksRow.sku == "MUG-1"))
    assert row is not None and row.is_active, "it can be named at once"


# --- tokens -------------------------------------------------------------------------------------------------------


def test_a_token_is_renewed_before_its_end_and_stored_before_it_is_used(keyed: World):
    keyed.clock.pass_by(3600)
    keyed.sync()
    row = db.session.scalar(select(BooksTokens))
    assert Door.count == 2 and row is not None and row.renew_at > keyed.clock.now() and len(alive()) == 2


def test_a_token_that_dies_early_is_renewed_once_and_nothing_is_lost(keyed: World):
    keyed.clock.pass_by(120)
    Ledgerbook.good_tokens = {"T-2"}
    keyed.sync()
    assert Door.count == 2 and len(alive()) == 2 and {each.tick for each in keyed.orders()} == {Tick.GREEN}
    assert keyed.books().status is ConnectionStatus.ACTIVE


def test_a_token_that_is_never_taken_pauses_the_books(keyed: World):
    keyed.clock.pass_by(120)
    Ledgerbook.good_tokens = set()
    keyed.press_sync()
    keyed.run_until_blocked()
    assert keyed.books().status is ConnectionStatus.INACTIVE and Door.count == 2 and alive() == []
    assert {each.state for each in keyed.operations()} == {"ready"}


def test_a_sign_in_that_ended_pauses_the_books_and_loses_nothing(keyed: World):
    keyed.clock.pass_by(3600)
    Door.is_shut = True
    keyed.press_sync()
    keyed.run_until_blocked()
    assert keyed.books().status is ConnectionStatus.INACTIVE and {each.state for each in keyed.operations()} == {
        "ready"
    }
    Door.is_shut = False
    connections.change_credential(keyed.books_id, {"owner": "Mei", "refresh_token": f"R-{Door.count}"}, keyed.tools)
    keyed.run_until_quiet()
    assert len(alive()) == 2


def test_two_who_renew_at_once_use_a_refresh_token_once(keyed: World):
    keyed.clock.pass_by(3600)
    lease = leases.take(BooksTokens, keyed.books_id, 90, keyed.clock)
    assert lease is not None
    row = db.session.get_one(BooksConnection, keyed.books_id)
    with pytest.raises(Exception, match="is being renewed"):
        tokens.secrets_of(row, keyed.tools)
    lease.release()
    assert tokens.secrets_of(row, keyed.tools)["access_token"] == "T-2" and Door.count == 2
    assert posting.drain(keyed.books_id, keyed.tools) is False


def kept_tokens(world: World) -> dict[str, str]:
    found = vault.secrets_of(world.tools.vault, "books", world.books_id)
    db.session.rollback()
    return found


def during(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, deed: Callable[[], object]) -> None:
    """Somebody does something once, after the next such call was answered and before its answer is used."""
    whole = getattr(owner, name)

    def slow(self, *given):
        monkeypatch.setattr(owner, name, whole)
        answer = whole(self, *given)
        deed()
        return answer

    monkeypatch.setattr(owner, name, slow)


def renew(world: World) -> dict[str, str]:
    """As a drain does, with a token that is due."""
    world.clock.pass_by(3600)
    return tokens.secrets_of(db.session.get_one(BooksConnection, world.books_id), world.tools)


def test_a_key_that_is_kept_is_not_renewed_while_another_renews_it(keyed: World):
    lease = leases.take(BooksTokens, keyed.books_id, 90, keyed.clock)
    assert lease is not None
    with pytest.raises(NotSent, match="is being renewed"):
        connections.change_credential(keyed.books_id, {"owner": "Mei"}, keyed.tools)
    assert Door.count == 1
    lease.release()
    connections.change_credential(keyed.books_id, {"owner": "Mei"}, keyed.tools)
    assert kept_tokens(keyed) == {"access_token": "T-2", "refresh_token": "R-2"}


def test_a_renewed_token_is_kept_where_the_check_after_it_fails(keyed: World):
    Ledgerbook.good_tokens = set()
    with pytest.raises(TokenRefused):
        connections.change_credential(keyed.books_id, {"owner": "Mei"}, keyed.tools)
    assert kept_tokens(keyed) == {"access_token": "T-2", "refresh_token": "R-2"}
    assert renew(keyed)["refresh_token"] == "R-3"


def test_a_renewal_during_the_check_of_a_kept_key_is_not_undone(keyed: World, monkeypatch: pytest.MonkeyPatch):
    during(monkeypatch, Ledgerbook, "check", lambda: renew(keyed))
    connections.change_credential(keyed.books_id, {"owner": "Mei"}, keyed.tools)
    assert Door.count == 3 and kept_tokens(keyed) == {"access_token": "T-3", "refresh_token": "R-3"}


def test_who_disconnects_during_a_renewal_stays_disconnected(keyed: World, monkeypatch: pytest.MonkeyPatch):
    during(monkeypatch, Door, "renew", lambda: consents.disconnect(keyed.books_id, keyed.tools))
    for _ in range(2):
        with pytest.raises(LoginRefused, match="was disconnected"):
            renew(keyed)
    assert kept_tokens(keyed) == {} and db.session.scalar(select(BooksTokens)) is None


def test_who_reconnects_during_a_renewal_keeps_the_new_tokens(keyed: World, monkeypatch: pytest.MonkeyPatch):
    typed = {"owner": "Mei", "refresh_token": "R-2"}
    during(monkeypatch, Door, "renew", lambda: connections.change_credential(keyed.books_id, typed, keyed.tools))
    with pytest.raises(NotSent, match="is being renewed"):
        renew(keyed)
    assert kept_tokens(keyed) == {"access_token": "T-3", "refresh_token": "R-3"}
    assert renew(keyed)["access_token"] == "T-4"
