"""Records of a bridge are pulled, kept and made into orders, whatever order they come in and whatever goes wrong."""

from datetime import timedelta

import pytest
from sqlalchemy import update

import jobs
from adapters.errors import RemoteError
from adapters.stores.exchange.sheets import Placed, Read
from adapters.stores.exchange.store import ExchangeStore
from jobs import sweep
from models import (
    ConnectionStatus,
    ExchangeRecord,
    Run,
    RunKind,
    RunState,
    StoreChannel,
    StoredItem,
    StoreWord,
    Tick,
    Via,
    end_reading,
    writing,
)
from sync import connections, kept_orders, missing, pulling, runs
from sync.exchange import marks, run
from sync.exchange.assembling import assemble
from sync.exchange.keeping import Incoming, keep
from sync.exchange.known import known_to
from tests.exchange_world import Exchange
from tests.world import World

pytestmark = pytest.mark.feature("P6")


@pytest.fixture
def world(bare: World) -> World:
    return bare


@pytest.fixture
def edge(edge_commerce: Exchange) -> Exchange:
    return edge_commerce


def test_orders_come_with_their_people_products_and_payments(edge: Exchange):
    made = edge.sell(company="Ockel Retail", name="Tamsin Ockel", lines=[{"isku": "MUG-01", "quantity": 10}])
    edge.pull()
    order = edge.order(made["id"])
    assert (order.customer.name, order.customer.company) == ("Tamsin Ockel", "Ockel Retail")
    assert order.total == order.payments[0].amount and order.payment_status == "paid"
    assert order.payments[0].id == str(made["n"] * 10)
    names = {row.external_id.partition(":")[0]: row.name for row in edge.customers().values()}
    assert names == {"company": "Ockel Retail", "contact": "Tamsin Ockel"}
    assert "P-MUG-01" in {row.external_id for row in edge.all_of(StoredItem)}


def test_the_same_pull_twice_changes_nothing(edge: Exchange):
    edge.sell(company="Ockel Retail")
    edge.pull()
    skipped = {"_sa_instance_state", "pulled_at"}

    def state():
        rows = [*edge.all_of(ExchangeRecord), *edge.orders().values()]
        return [{name: value for name, value in vars(row).items() if name not in skipped} for row in rows]

    before = state()
    edge.world.clock.pass_by(600)
    edge.pull()
    assert state() == before


def test_only_what_changed_is_asked_for_the_next_time(edge: Exchange):
    for _ in range(3):
        edge.sell()
    edge.pull()
    edge.world.practice.control("DELETE", "/requests")
    edge.world.clock.pass_by(60)
    made = edge.sell(name="Ana Ruiz", email="ana@example.com")
    edge.pull()
    asked = [each["query"] for each in edge.world.practice.requests("edge_commerce") if each["path"] == "/orders"]
    assert len(asked) == 1 and asked[0]["updated_since"] > (edge.world.clock.now() - timedelta(hours=1)).isoformat()
    assert made["id"] in edge.orders()


def test_a_pull_that_was_stopped_goes_on_with_its_next_page(edge: Exchange):
    edge.world.practice.reset(orders=250)
    edge.world.practice.control("DELETE", "/requests")
    run_id = runs.request(RunKind.ORDERS, edge.channel_id, edge.world.clock.now())

    def must_stop():
        return bool(marks.read(edge.channel().position).get("orders", marks.Mark()).cursor)

    runs.work(run_id, jobs.READERS, edge.world.tools, must_stop)
    kept = marks.read(edge.channel().position)["orders"]
    assert kept.cursor and not edge.orders()
    runs.work(run_id, jobs.READERS, edge.world.tools, lambda: False)
    pages = [each["query"] for each in edge.world.practice.requests("edge_commerce") if each["path"] == "/orders"]
    assert [each.get("cursor") == kept.cursor for each in pages].count(True) == 1
    assert len(edge.orders()) == len([each for each in edge.all_of(ExchangeRecord) if each.object == "orders"]) > 200


def test_a_place_that_the_bridge_knows_no_more_is_left_for_what_was_seen(edge: Exchange):
    made = edge.sell()
    edge.pull()
    mark = marks.read(edge.channel().position)
    position = marks.written({**mark, "orders": marks.Mark(mark["orders"].since, mark["orders"].seen, None, "gone!")})
    with writing() as session:
        session.execute(update(StoreChannel).values(position=position))
    other = edge.sell()
    edge.pull()
    assert {made["id"], other["id"]} <= edge.orders().keys()


@pytest.mark.parametrize("fault", ["html_502", "garbage_200", "envelope_off", "token_expired"])
def test_a_page_that_cannot_be_read_is_never_no_orders(edge: Exchange, fault):
    made = edge.sell()
    edge.world.practice.faults(fault, "edge_commerce", path="/orders", times=99)
    edge.pull()
    [run] = [each for each in edge.all_of(Run) if each.kind is RunKind.ORDERS]
    assert run.state is not RunState.DONE and run.trouble and not edge.orders()
    edge.world.practice.heal()
    edge.world.clock.pass_by(3600)
    edge.pull()
    assert made["id"] in edge.orders()


def test_a_bridge_that_asks_us_to_slow_down_is_waited_for(edge: Exchange):
    made = edge.sell()
    edge.world.practice.faults("status_429", "edge_commerce", times=3, retry_after=1)
    edge.pull()
    assert made["id"] in edge.orders()


def test_a_wrong_key_makes_the_connection_inactive(edge: Exchange):
    edge.world.practice.faults("token_expired", "edge_commerce", times=99)
    edge.pull()
    assert edge.world.store().status is ConnectionStatus.INACTIVE


# --- what changes -------------------------------------------------------------------------------------------------


def test_a_change_of_the_contact_reaches_all_its_orders(edge: Exchange):
    first = edge.sell(name="Tamsin Ockel", email="t@ockel.example", phone="1")
    edge.pull()
    other = edge.sell(name="Tamsin Ockel-Reed", email="t@ockel.example", phone="2")
    edge.pull()
    assert edge.order(first["id"]).customer.phone == edge.order(other["id"]).customer.phone == "2"
    assert edge.order(first["id"]).customer.name == "Tamsin Ockel-Reed"


def test_a_cancelled_and_a_deleted_order_count_as_cancelled(edge: Exchange):
    cancelled, deleted = edge.sell(), edge.sell()
    edge.pull()
    edge.change(cancelled, state="cancelled")
    edge.world.practice.control("DELETE", f"/stores/edge_commerce/sales/{deleted['n']}")
    edge.pull()
    assert edge.order(cancelled["id"]).status == edge.order(deleted["id"]).status == "cancelled"
    assert edge.order(deleted["id"]).total > 0, "what it said last is kept"


def test_a_payment_that_comes_by_itself_reaches_its_order(edge: Exchange):
    edge.world.practice.settings("edge_commerce", payments_in="records")
    made = edge.sell(extra={"amount_paid": "0.00"})
    edge.pull()
    assert edge.order(made["id"]).payments == ()
    edge.change(made, extra={"amount_paid": "5.00", "status": "Partially Paid"})
    edge.pull()
    assert [each.amount for each in edge.order(made["id"]).payments] == [5]


@pytest.mark.feature("R5", "I10")
def test_a_payment_that_moves_to_another_order_is_that_ones_alone(edge: Exchange):
    edge.world.practice.settings("edge_commerce", payments_in="records")
    one, other = (edge.sell(extra={"amount_paid": "0.00"})["id"] for _ in range(2))
    edge.pull()
    told = {"id": "900", "order_id": one, "date": "2026-01-06", "amount": "5.00"}
    bring(edge, told, what="payments")
    assert [len(edge.order(each).payments) for each in (one, other)] == [1, 0]
    bring(edge, {**told, "order_id": other}, what="payments")
    assert [len(edge.order(each).payments) for each in (one, other)] == [0, 1]


@pytest.mark.feature("R6", "S27")
def test_a_paid_order_waits_for_its_payments_where_they_are_sent(edge: Exchange):
    edge.world.practice.settings("edge_commerce", payments_in="records")
    edge.settle(send_payments="true", payment_account="Undeposited Funds")
    made = edge.sell(extra={"payments": []})
    edge.pull()
    edge.match()
    edge.world.sync(made["id"])
    assert any("was paid" in each for each in edge.world.reasons(made["id"]))
    day, total = edge.world.clock.now().date().isoformat(), str(edge.order(made["id"]).total)
    told = {"order_id": made["id"], "date": day, "amount": total}
    bring(edge, {"id": "901", **told}, what="payments")
    edge.world.sync(made["id"])
    assert edge.world.order(made["id"]).tick is Tick.GREEN


@pytest.mark.feature("R6")
def test_files_are_held_against_the_payments_that_are_kept(edge: Exchange):
    made = edge.sell()
    edge.pull()
    [inside] = edge.order(made["id"]).payments
    one = {"id": "902", "order_id": made["id"], "date": "2026-01-06", "amount": "1.00"}
    bring(edge, one, what="payments")
    store = connections.store_of(edge.world.store(), edge.world.tools)
    assert isinstance(store, ExchangeStore)
    what = next(each for each in store.objects if each.name == "payments")
    placed = Placed(what, {**one, "id": "903"}, "payments", 2)
    known = known_to(edge.store_id, store, Read([placed]))
    end_reading()
    assert known.paid == {made["id"]: {inside.id: inside.amount, "902": 1}}


@pytest.mark.feature("R5", "I10")
def test_a_payment_inside_its_order_follows_what_is_told_of_it_later(edge: Exchange):
    made = edge.sell()
    edge.pull()
    [inside] = edge.order(made["id"]).payments
    later = [(edge.world.clock.now() + timedelta(seconds=each)).isoformat() for each in (600, 1200)]
    told = {"id": inside.id, "order_id": made["id"], "date": "2026-01-06", "amount": "5.00"}
    bring(edge, {**told, "updated_at": later[0]}, what="payments")
    assert [each.amount for each in edge.order(made["id"]).payments] == [5]
    bring(edge, {"id": inside.id, "deleted": True, "updated_at": later[1]}, what="payments")
    assert edge.order(made["id"]).payments == ()


def test_an_order_whose_contact_is_unknown_waits_with_the_reason_and_mends_itself(edge: Exchange):
    made = edge.sell(extra={"contact_id": "C-LATE"})
    edge.pull()
    assert edge.trouble(made["id"]) == "It waits for C-LATE of contacts, which has not come in yet."
    assert edge.orders()[made["id"]].document is None
    edge.change(made, extra={})
    edge.pull()
    assert edge.trouble(made["id"]) == "" and edge.orders()[made["id"]].document


def test_a_record_that_is_not_as_the_contract_says_is_told_and_loses_no_other(edge: Exchange):
    bad, good = edge.sell(extra={"total": "12,50"}), edge.sell()
    edge.pull()
    assert good["id"] in edge.orders() and "total: 12,50 is no amount" in edge.trouble(bad["id"])
    edge.change(bad, extra={})
    edge.pull()
    assert edge.trouble(bad["id"]) == ""


def test_an_order_that_could_never_be_read_can_be_deleted_by_its_system(edge: Exchange):
    bad, waits = edge.sell(extra={"total": "12,50"}), edge.sell(extra={"contact_id": "C-LATE"})
    edge.pull()
    for each in (bad, waits):
        edge.world.practice.control("DELETE", f"/stores/edge_commerce/sales/{each['n']}")
    edge.pull()
    for each in (bad, waits):
        assert edge.trouble(each["id"]) == kept_orders.NEVER_READ
        row = edge.orders()[each["id"]]
        assert row.status == "cancelled" and not row.is_open and row.document is None
    edge.pull()
    assert edge.orders()[bad["id"]].status == "cancelled"


def bring(edge: Exchange, *records: dict[str, object], what: str = "orders") -> None:
    """Records of an object, as a pull brings them."""
    store, now = connections.store_of(edge.world.store(), edge.world.tools), edge.world.clock.now()
    assert isinstance(store, ExchangeStore)
    [kind] = [each for each in store.objects if each.name == what]
    end_reading()
    with writing() as session:
        keep(session, Incoming(edge.store_id, Via.PULL, now), store.objects, kind, records)
    assert assemble(edge.store_id, store, writing, now)


def test_an_order_that_comes_back_after_it_was_deleted_unread_is_read(edge: Exchange):
    bad = edge.sell(extra={"total": "12,50"})
    edge.pull()
    bring(edge, {"id": bad["id"], "deleted": True})
    assert edge.orders()[bad["id"]].status == "cancelled"
    bring(edge, {"id": bad["id"], "total": "x"})
    assert edge.orders()[bad["id"]].status == "unreadable" and edge.trouble(bad["id"]) != kept_orders.NEVER_READ
    edge.change(bad, extra={})
    edge.pull()
    assert edge.orders()[bad["id"]].document and edge.trouble(bad["id"]) == ""


def test_products_that_only_orders_name_can_be_matched(edge: Exchange):
    edge.world.practice.control("DELETE", "/stores/edge_commerce/products/MUG-01")
    edge.sell(lines=[{"isku": "NEW-9", "name": "Brand new", "price": "2.00"}])
    edge.pull()
    assert {"P-NEW-9"} <= {row.external_id for row in edge.all_of(StoredItem)}


# --- Sengerio -----------------------------------------------------------------------------------------------------


@pytest.mark.feature("X5")
def test_invoices_credit_notes_and_partners_of_sengerio_come_in(sengerio: Exchange):
    made = sengerio.sell(company="Orrin & Sons Ltd", extra={"business_partner_code": "ORRIN01"})
    sengerio.world.practice.control("POST", f"/stores/sengerio/sales/{made['n']}/refund", {})
    sengerio.pull()
    invoice, note = sengerio.order(made["id"]), sengerio.order(f"credit:CN-{made['n'] * 10}")
    assert invoice.customer.code == note.customer.code == "ORRIN01" and invoice.deferment_days in (7, 30, 60)
    assert note.is_credit_note and note.credits == invoice.order_id and note.total == invoice.total > 0
    assert sengerio.customers()["ORRIN01"].code == "ORRIN01"


@pytest.mark.feature("P9", "X5")
def test_the_set_up_of_sengerio_is_known_before_any_invoice_names_it(sengerio: Exchange):
    words = {(row.kind.value, row.name) for row in sengerio.all_of(StoreWord)}
    assert {("tax", "20.0% S"), ("payment_method", "Cheque"), ("currency", "GBP")} <= words
    facts = connections.store_of(sengerio.world.store(), sengerio.world.tools).facts()
    assert (facts.currency, facts.country) == ("GBP", "GB") and sengerio.channel().currency == "GBP"


def test_the_company_of_the_bridge_goes_before_what_was_entered(world: World):
    world.practice.settings("sengerio", country="FR", currency="EUR")
    store = Exchange(world, "sengerio").connect()
    assert store.channel().currency == "EUR"


def test_the_companys_currency_stays_when_only_partners_change(sengerio: Exchange):
    sengerio.world.practice.settings("sengerio", country="US", currency="USD")
    sengerio.sell(company="Acme")
    sengerio.world.read(RunKind.ITEMS, sengerio.store_id)
    sengerio.world.clock.pass_by(60)
    sengerio.sell(company="Another")
    sengerio.pull()
    assert sengerio.channel().currency == "USD", "what was entered is GBP"


def test_what_waits_to_be_made_is_made_though_the_bridge_fails(edge: Exchange, monkeypatch):
    made = edge.sell()
    with monkeypatch.context() as patch:
        patch.setattr(run, "assemble", lambda *_, **__: True)
        edge.pull()
    assert edge.orders() == {}
    edge.world.practice.faults("html_502", "edge_commerce", times=99)
    edge.pull()
    assert made["id"] in edge.orders()


def test_without_an_address_nothing_is_asked_and_the_check_says_so(world: World):
    store = Exchange(world, "edge_commerce").connect(base_url="", api_key="")
    assert connections.check_store(store.store_id, world.tools) is ConnectionStatus.ACTIVE
    row = connections.store_of(world.store(), world.tools)
    assert row.check() == "Connected. Edge Commerce waits for records that are pushed or uploaded."
    world.practice.control("DELETE", "/requests")
    store.pull()
    assert not world.practice.requests("edge_commerce")


def test_a_currency_is_three_letters(world: World):
    with pytest.raises(RemoteError, match="three letters"):
        Exchange(world, "sengerio").connect(currency="pounds")


def test_a_wrong_key_is_not_connected(world: World):
    with pytest.raises(RemoteError, match="refused the key"):
        Exchange(world, "edge_commerce").connect(api_key="wrong")


def test_what_the_bridge_lists_can_be_counted(edge: Exchange):
    made = edge.sell()
    edge.pull()
    store = connections.store_of(edge.world.store(), edge.world.tools)
    today = edge.world.clock.now().date()
    [channel] = store.channels()
    listed = [each for page in store.listed(channel, today - timedelta(days=1), today) for each in page]
    assert [(each.order_id, each.number) for each in listed] == [(made["id"], made["number"])]
    with pytest.raises(RemoteError, match="Get orders now"):
        store.orders_by_id(channel, [made["id"]])


# --- counted (Z9) -------------------------------------------------------------------------------------------------


@pytest.fixture
def gapped(edge: Exchange) -> tuple[Exchange, dict[str, str]]:
    """One order is here; another came into the bridge's list with the moment of an earlier change."""
    edge.sell()
    edge.pull()
    edge.world.clock.pass_by(3700)
    edge.pull()
    late = edge.sell(when=(edge.world.clock.now() - timedelta(days=3)).isoformat())
    edge.pull()
    return edge, late


def missed(edge: Exchange) -> list[str]:
    found = [each.external_id for each in missing.page_of(edge.channel_id)]
    end_reading()
    return found


@pytest.mark.feature("Z9")
def test_an_order_that_no_pull_sees_is_found_at_night_and_fetched(gapped: tuple[Exchange, dict[str, str]]):
    edge, late = gapped
    assert late["id"] not in edge.orders() and sweep.uncounted(edge.world.tools) == [edge.channel_id]
    edge.world.read(RunKind.GAPS, edge.channel_id)
    assert missed(edge) == [late["id"]] and sweep.uncounted(edge.world.tools) == []
    edge.world.read(RunKind.MISSING, edge.channel_id)
    assert missed(edge) == [] and late["id"] in edge.orders()
    edge.world.read(RunKind.GAPS, edge.channel_id)
    assert missed(edge) == []


@pytest.mark.feature("Z9")
def test_a_fetch_that_was_stopped_goes_on_with_its_next_page(edge: Exchange):
    edge.world.practice.reset(orders=250)
    edge.pull()
    run_id = runs.request(RunKind.MISSING, edge.channel_id, edge.world.clock.now())
    edge.world.practice.control("DELETE", "/requests")

    def must_stop():
        return bool(marks.read(edge.channel().position).get("orders", marks.Mark()).cursor)

    runs.work(run_id, jobs.READERS, edge.world.tools, must_stop)
    kept = marks.read(edge.channel().position)["orders"]
    runs.work(run_id, jobs.READERS, edge.world.tools, lambda: False)
    pages = [each["query"] for each in edge.world.practice.requests("edge_commerce") if each["path"] == "/orders"]
    assert [each.get("cursor") for each in pages][:2] == [None, kept.cursor], "all of them, each page once"


@pytest.mark.feature("Z9")
def test_a_shop_without_a_bridge_is_never_counted(gapped: tuple[Exchange, dict[str, str]]):
    edge, _ = gapped
    edge.world.read(RunKind.GAPS, edge.channel_id)
    connections.change_store_credential(edge.store_id, {**edge.given, "base_url": ""}, edge.world.tools)
    assert sweep.uncounted(edge.world.tools) == []
    edge.pull()
    assert edge.channel().pulled_before is None and sweep.uncounted(edge.world.tools) == []
    assert len(missed(edge)) == 1, "nothing is 'no gaps' because nobody could be asked"


def test_it_has_one_channel(edge: Exchange):
    assert [row.name for row in pulling.pull_channels(edge.store_id, edge.world.tools)] == ["Edge Commerce NORTH-1"]
    assert edge.channel().external_id == "NORTH-1"
