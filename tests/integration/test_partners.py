"""The business partners of Sengerio stand in QuickBooks as customers: made once, followed, never doubled."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import delete

from documents import Role, StoreCustomer
from models import Document, Profile, StoredCustomer, StoreWord, Tick, db, end_reading, writing
from models.runs import RunKind
from sync import catalogue, connections, partners, realigning
from sync.ledger import Actor
from sync.partners import Standing, State
from tests.exchange_world import REALMS, Exchange
from tests.faults.checker import audit_is_complete
from tests.world import World

pytestmark = pytest.mark.feature("X5")
REALM = REALMS["sengerio"]
ACME = {
    "id": "7",
    "code": "ACME01",
    "name": "Jo Acme",
    "company_name": "Acme Pallets Ltd",
    "email": "accounts@acme.example",
    "phone": "+44 1904 555 010",
    "billing_address": {"line1": "4 Dock Road", "city": "Hull"},
    "vat_number": "GB123456789",
    "payment_method": " bank TRANSFER ",
    "deferment_days": 30,
}


@dataclass(slots=True)
class Haulier(Exchange):
    """With the invoice by which its partner is known."""

    sale: dict[str, Any] = field(default_factory=dict)


def made(world: World) -> Haulier:
    """A haulier whose only invoice is to Acme, and a practice company in Britain."""
    store = Haulier.in_(world, "sengerio")
    store.sale = sell(store, ACME)
    store.pull()
    store.match()
    return store


@pytest.fixture
def store(sengerio: Exchange) -> Haulier:
    """Both sides of it are aligned."""
    store = made(sengerio.world)
    store.align()
    return store


def sell(store: Haulier, partner: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An invoice to this partner."""
    extra = {"business_partner_code": partner["code"], "partner": partner}
    return store.sell(company=partner.get("company_name", ""), extra=extra, **fields)


def tell(store: Haulier, sale: dict[str, Any], partner: dict[str, Any]) -> None:
    """The partner is changed in Sengerio, and read again."""
    store.change(sale, extra={"business_partner_code": partner["code"], "partner": partner})
    store.world.clock.pass_by(180)
    store.world.read(RunKind.ITEMS, store.store_id)


def push(store: Haulier) -> int:
    """The owner presses the button."""
    world = store.world
    profile = db.session.get_one(Profile, world.profile_id, populate_existing=True)
    sent = partners.push(profile, Actor("Mei", world.clock.now()))
    world.run_until_quiet()
    return sent


def in_books(store: Haulier) -> dict[str, dict[str, Any]]:
    """The customers of the practice company, by display name."""
    rows = store.world.practice.control("GET", f"/quickbooks/{REALM}/customer")
    return {row["DisplayName"]: row for row in rows}


def edit(store: Haulier, name: str, **fields: Any) -> None:
    """A person edits a customer in QuickBooks; the books' lists are read again."""
    key = in_books(store)[name]["Id"]
    store.world.practice.control("PATCH", f"/quickbooks/{REALM}/customer/{key}", fields)
    store.world.read(RunKind.REFERENCE, store.world.books_id)


def standing(store: Haulier, code: str) -> Standing:
    """How a partner stands."""
    profile = db.session.get_one(Profile, store.world.profile_id, populate_existing=True)
    rows = partners.page(profile, [store.store_id], 0, 100)
    found = {each.row.code: each for each in partners.standings(profile, rows)}
    end_reading()
    return found[code]


def term(store: Haulier, name: str) -> str:
    rows = store.world.practice.control("GET", f"/quickbooks/{REALM}/term")
    return next(row["Id"] for row in rows if row["Name"] == name)


def test_pages_hold_every_partner_of_every_store_once_in_the_order_of_their_codes(store: Haulier):
    given = store.given | {"shop_id": "HAUL-2"}
    other = connections.connect_store("sengerio", "Another", given, store.world.tools, 2000.0).id
    told = [StoreCustomer(f"C{place}", "Same", code=code) for place, code in enumerate("DBACBE")]
    with writing() as session:
        for store_id in (store.store_id, other):
            catalogue.keep_customers(session, store_id, told, store.world.clock.now())
    profile, found = db.session.get_one(Profile, store.world.profile_id), []
    while rows := partners.page(profile, {other, store.store_id}, found[-1].id if found else 0, 2):
        found += rows
    assert [(row.store_id, row.code) for row in found] == [
        *((store.store_id, code) for code in ("A", "ACME01", "B", "B", "C", "D", "E")),
        *((other, code) for code in "ABBCDE"),
    ]
    assert len({row.id for row in found}) == len(found)


def test_a_partner_is_made_once_with_all_that_is_told_of_it(store: Haulier):
    before = set(in_books(store))
    assert standing(store, "ACME01").state is State.NEW
    assert push(store) == 1 and push(store) == 0
    found = in_books(store)
    assert set(found) - before == {"ACME01"}
    acme = found["ACME01"]
    assert acme["CompanyName"] == "Acme Pallets Ltd" and acme["PrimaryTaxIdentifier"] == "GB123456789"
    assert acme["PrimaryEmailAddr"] == {"Address": "accounts@acme.example"}
    assert acme["PrimaryPhone"] == {"FreeFormNumber": "+44 1904 555 010"}
    assert acme["BillAddr"]["Line1"] == "4 Dock Road" and acme["SalesTermRef"]["value"] == term(store, "30")
    methods = store.world.practice.control("GET", f"/quickbooks/{REALM}/paymentmethod")
    assert {row["Id"]: row["Name"] for row in methods}[acme["PaymentMethodRef"]["value"]] == "Bank transfer"
    assert standing(store, "ACME01").state is State.IN_BOOKS
    audit_is_complete(store.world)


def test_its_invoice_names_it_and_no_second_one_is_made(store: Haulier):
    store.world.sync()
    acme = in_books(store)["ACME01"]
    [invoice] = store.world.practice.quickbooks_ledger(REALM)["invoices"]
    assert invoice["customer_id"] == acme["Id"] and acme["CompanyName"] == "Acme Pallets Ltd"


def test_a_changed_email_and_term_follow_with_the_next_task(store: Haulier):
    push(store)
    tell(store, store.sale, {**ACME, "email": "new@acme.example", "deferment_days": 60})
    assert standing(store, "ACME01").state is State.CHANGED
    store.world.sync()
    acme = in_books(store)["ACME01"]
    assert acme["PrimaryEmailAddr"] == {"Address": "new@acme.example"}
    assert acme["SalesTermRef"]["value"] == term(store, "60")


def test_what_a_person_wrote_in_quickbooks_stays_and_sengerio_is_only_read(store: Haulier):
    push(store)
    edit(store, "ACME01", Mobile={"FreeFormNumber": "07700 900123"}, GivenName="Jo")
    tell(store, store.sale, {**ACME, "email": "new@acme.example"})
    push(store)
    acme = in_books(store)["ACME01"]
    assert acme["Mobile"] == {"FreeFormNumber": "07700 900123"} and acme["GivenName"] == "Jo"
    assert acme["PrimaryEmailAddr"] == {"Address": "new@acme.example"}
    asked = store.world.practice.requests("sengerio")
    assert asked and {each["method"] for each in asked} == {"GET"}


def test_one_that_the_books_have_by_its_code_is_linked_and_follows(store: Haulier):
    sale = sell(store, {"code": "orrin01", "company_name": "Orrin & Sons Ltd", "email": "o@orrin.example"})
    tell(store, sale, {"code": "orrin01", "company_name": "Orrin & Sons Ltd", "email": "o@orrin.example"})
    push(store)
    orrin = in_books(store)["ORRIN01"]
    assert orrin["PrimaryEmailAddr"] == {"Address": "o@orrin.example"} and "orrin01" not in in_books(store)


@pytest.mark.parametrize("fault", ["commit_then_500", "commit_then_reset"])
def test_a_lost_answer_makes_no_second_one(store: Haulier, fault: str):
    store.world.practice.faults(
        fault, system="quickbooks", path=f"/v3/company/{REALM}/customer", method="POST", times=1
    )
    push(store)
    push(store)
    assert [name for name in in_books(store) if name.startswith("ACME01")] == ["ACME01"]
    assert standing(store, "ACME01").state is State.IN_BOOKS
    audit_is_complete(store.world)


def test_a_missing_term_or_payment_method_is_told_by_code_and_the_others_are_sent(store: Haulier):
    bad_term = {"code": "LATE01", "company_name": "Late Ltd", "deferment_days": 45}
    bad_method = {"code": "GOLD01", "company_name": "Gold Ltd", "payment_method": "Gold", "deferment_days": 7}
    for partner in (bad_term, bad_method):
        tell(store, sell(store, partner), partner)
    assert push(store) == 1
    assert {"ACME01"} == {"ACME01", "LATE01", "GOLD01"} & set(in_books(store))
    for code, about, word in (("LATE01", "SEN_TERM", "45 days"), ("GOLD01", "SEN_PAYMENT_METHOD", "Gold")):
        [problem] = standing(store, code).problems
        assert (problem.about, problem.mend) == (about, "readiness")
        assert code in str(problem.message) and word in str(problem.message)


def test_a_term_named_30_with_14_days_is_no_term_of_30_days_until_it_is_mended(store: Haulier):
    here = f"/quickbooks/{REALM}/term/{term(store, '30')}"
    store.world.practice.control("PATCH", here, {"DueDays": 14})
    store.world.read(RunKind.REFERENCE, store.world.books_id)
    assert push(store) == 0 and standing(store, "ACME01").problems[0].about == "SEN_TERM"
    store.world.practice.control("PATCH", here, {"DueDays": 30})
    store.world.read(RunKind.REFERENCE, store.world.books_id)
    assert push(store) == 1 and "ACME01" in in_books(store)


def words(store: Haulier) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in store.all_of(StoreWord):
        found.setdefault(row.kind.value, set()).add(row.name)
    return found


def test_a_wrong_term_or_payment_method_that_was_mended_in_the_store_blocks_nothing_any_more(store: Haulier):
    wrong = {**ACME, "deferment_days": 14, "payment_method": "Chekue"}
    sale = sell(store, wrong)
    store.change(sale, extra={"business_partner_code": "ACME01", "partner": wrong, "deferment_days": 14})
    store.world.clock.pass_by(180)
    store.pull()
    assert "14" in words(store)["term"] and "Chekue" in words(store)["payment_method"]
    tell(store, sale, ACME)
    tell(store, store.sale, ACME)
    assert "Chekue" not in words(store)["payment_method"]
    assert "14" in words(store)["term"], "the invoice still says it"
    store.change(sale, extra={"business_partner_code": "ACME01", "partner": ACME, "deferment_days": 30})
    store.world.clock.pass_by(180)
    store.pull()
    found = words(store)
    assert "14" not in found["term"] and "30" in found["term"] and "Bank transfer" in found["payment_method"]
    assert "20.0% S" in found["tax"] and "GBP" in found["currency"]


def test_a_name_that_a_supplier_has_is_told_and_nothing_is_sent(store: Haulier):
    partner = {"code": "Seri Supplies", "company_name": "Seri", "deferment_days": 7}
    tell(store, sell(store, partner), partner)
    push(store)
    assert standing(store, "Seri Supplies").problems[0].about == "SEN_CUSTOMER"
    store.pull()
    store.world.sync()
    assert not [name for name in in_books(store) if name.startswith("Seri")]
    assert [each.reasons[0]["about"] for each in store.world.orders() if each.tick is Tick.NONE] == ["SEN_CUSTOMER"]


def test_a_partner_that_the_books_refused_is_told_with_the_reason_and_sent_again(store: Haulier):
    here = f"/quickbooks/{REALM}/vendor"
    vendor = store.world.practice.control("POST", here, {"DisplayName": "ACME01"})["Vendor"]
    push(store)
    found = standing(store, "ACME01")
    assert found.state is State.REFUSED and found.trouble
    store.world.practice.control("PATCH", f"{here}/{vendor['Id']}", {"DisplayName": "Acme supplies"})
    push(store)
    assert standing(store, "ACME01").state is State.IN_BOOKS


def test_an_inactive_partner_is_not_made(store: Haulier):
    tell(store, store.sale, {**ACME, "active": False})
    assert push(store) == 0 and standing(store, "ACME01").state is State.OFF


def test_one_that_a_person_made_inactive_in_the_books_is_left_alone(store: Haulier):
    push(store)
    key = in_books(store)["ACME01"]["Id"]
    store.world.practice.control("POST", f"/quickbooks/{REALM}/customer/{key}/inactivate")
    store.world.read(RunKind.REFERENCE, store.world.books_id)
    tell(store, store.sale, {**ACME, "email": "new@acme.example"})
    assert push(store) == 0 and standing(store, "ACME01").state is State.ASLEEP


def test_nothing_is_sent_before_the_customers_are_aligned(sengerio: Exchange):
    store = made(sengerio.world)
    assert push(store) == 0
    store.world.sync()
    assert "ACME01" not in in_books(store)


# --- another code (SEN8) -----------------------------------------------------------------------------------------


def renamed(store: Haulier) -> None:
    """Acme is in the books, and has another code in Sengerio since; its invoice names that."""
    push(store)
    tell(store, store.sale, {**ACME, "code": "ACME02", "email": "new@acme.example"})
    store.pull()


def test_another_code_makes_a_to_do_and_never_a_second_customer(store: Haulier):
    renamed(store)
    assert push(store) == 0
    store.world.sync()
    [problem] = standing(store, "ACME02").problems
    assert problem.about == "realign" and "ACME01" in str(problem.message) and "ACME02" in str(problem.message)
    assert "ACME02" not in in_books(store) and store.world.practice.quickbooks_ledger(REALM)["invoices"] == []
    [order] = store.world.orders()
    assert order.tick is Tick.NONE and order.reasons[0]["about"] == "realign" and order.reasons[0]["mend"] == "partners"


def test_after_the_customer_is_renamed_in_quickbooks_it_goes_on_by_itself(store: Haulier):
    renamed(store)
    key = in_books(store)["ACME01"]["Id"]
    edit(store, "ACME01", DisplayName="Acme02")
    assert [row.was_code for row in store.customers().values() if row.code == "ACME02"] == [None]
    store.world.sync()
    found = in_books(store)
    assert found["Acme02"]["Id"] == key and "ACME01" not in found and "ACME02" not in found
    assert found["Acme02"]["PrimaryEmailAddr"] == {"Address": "new@acme.example"}
    [invoice] = store.world.practice.quickbooks_ledger(REALM)["invoices"]
    assert invoice["customer_id"] == key
    audit_is_complete(store.world)


def test_the_first_code_back_again_is_no_to_do(store: Haulier):
    renamed(store)
    tell(store, store.sale, ACME)
    assert standing(store, "ACME01").state is State.IN_BOOKS


def test_a_code_of_which_the_books_know_nothing_is_just_another_code(store: Haulier):
    tell(store, store.sale, {**ACME, "code": "ACME02"})
    assert push(store) == 1 and "ACME02" in in_books(store)


def test_a_customer_that_was_renamed_in_quickbooks_alone_is_a_to_do_too(store: Haulier):
    push(store)
    edit(store, "ACME01", DisplayName="Somebody else")
    assert push(store) == 0 and standing(store, "ACME01").state is State.REALIGN
    store.world.sync()
    [order] = store.world.orders()
    assert order.reasons[0]["about"] == "realign" and "ACME01" not in in_books(store)


@pytest.mark.parametrize("was_there", [False, True], ids=["made", "linked"])
def test_an_invoice_that_still_names_the_old_code_makes_no_second_customer(store: Haulier, was_there: bool):
    before = ORRIN if was_there else ACME
    now = {**before, "code": "NEW02"}
    first = sell(store, before) if was_there else store.sale
    sell(store, before)
    tell(store, first, before)
    push(store)
    tell(store, first, now)
    edit(store, "ORRIN01" if was_there else "ACME01", DisplayName="NEW02")
    store.pull()
    assert {row.customer.code for row in orders_of(store)} >= {before["code"], "NEW02"}
    customers = set(in_books(store))
    store.world.sync()
    assert set(in_books(store)) == customers
    theirs = in_books(store)["NEW02"]["Id"]
    invoices = store.world.practice.quickbooks_ledger(REALM)["invoices"]
    assert [each["customer_id"] for each in invoices].count(theirs) == 2


def orders_of(store: Haulier) -> list[Any]:
    return [store.order(each) for each in store.orders()]


def test_an_old_code_of_which_the_store_tells_no_id_is_told_and_nothing_is_made(store: Haulier):
    without = {name: value for name, value in ORRIN.items() if name != "id"}
    sale = sell(store, without)
    tell(store, sale, without)
    push(store)
    store.pull()
    edit(store, "ORRIN01", DisplayName="NEW02")
    with writing() as session:
        session.execute(delete(StoredCustomer).where(StoredCustomer.code == "orrin01"))
    customers = set(in_books(store))
    store.world.sync()
    assert set(in_books(store)) == customers
    [order] = [each for each in store.world.orders() if each.tick is Tick.NONE]
    assert order.reasons[0]["about"] == "realign" and "NEW02" in order.reasons[0]["message"]["values"].values()


def test_an_invoice_makes_no_partner_that_may_not_be_sent(store: Haulier):
    """Its own term is right, but the partner's payment method and term are not."""
    bad = {"code": "GOLD01", "company_name": "Gold Ltd", "payment_method": "Gold", "deferment_days": 45}
    sale = sell(store, bad)
    store.change(sale, extra={"business_partner_code": "GOLD01", "partner": bad, "deferment_days": 30})
    store.pull()
    store.world.sync()
    assert "GOLD01" not in in_books(store)
    [order] = [each for each in store.world.orders() if each.tick is Tick.NONE]
    assert {each["about"] for each in order.reasons} == {"SEN_TERM", "SEN_PAYMENT_METHOD"}


ORRIN = {"id": "8", "code": "orrin01", "company_name": "Orrin & Sons Ltd"}


def linked(store: Haulier) -> dict[str, Any]:
    """A partner that the books had before, by its code; nothing is to be changed of it. Returns its invoice."""
    sale = sell(store, ORRIN)
    tell(store, sale, ORRIN)
    push(store)
    return sale


def of_name(store: Haulier, name: str) -> list[str]:
    return sorted(each for each in in_books(store) if each.casefold().startswith(name.casefold()))


def test_a_linked_customer_that_was_renamed_in_quickbooks_is_a_to_do_and_gets_no_second_one(store: Haulier):
    linked(store)
    edit(store, "ORRIN01", DisplayName="Somebody else")
    assert push(store) == 0 and standing(store, "orrin01").state is State.REALIGN
    store.pull()
    store.world.sync()
    assert of_name(store, "orrin") == []
    edit(store, "Somebody else", DisplayName="orrin01")
    assert standing(store, "orrin01").state is State.IN_BOOKS
    audit_is_complete(store.world)


def test_a_linked_customer_whose_code_changed_is_known_after_its_rename_too(store: Haulier):
    sale = linked(store)
    tell(store, sale, {**ORRIN, "code": "orrin02"})
    assert push(store) == 0 and standing(store, "orrin02").state is State.REALIGN
    edit(store, "ORRIN01", DisplayName="ORRIN02")
    push(store)
    assert standing(store, "orrin02").state is State.IN_BOOKS and of_name(store, "orrin") == ["ORRIN02"]
    edit(store, "ORRIN02", DisplayName="Somebody else")
    assert push(store) == 0 and standing(store, "orrin02").state is State.REALIGN
    assert of_name(store, "orrin") == []


def test_a_customer_that_follows_already_is_linked_by_its_code_once(store: Haulier):
    """As one whose e-mail was sent before its code was remembered."""
    sale = sell(store, {**ORRIN, "email": "o@orrin.example"})
    tell(store, sale, {**ORRIN, "email": "o@orrin.example"})
    push(store)
    tell(store, sale, {**ORRIN, "email": "new@orrin.example"})
    assert push(store) == 1 and push(store) == 0
    assert in_books(store)["ORRIN01"]["PrimaryEmailAddr"] == {"Address": "new@orrin.example"}
    mine = [row for row in store.all_of(Document) if row.role is Role.CUSTOMER and row.remote_id == orrins_id(store)]
    assert len(mine) == 1


def orrins_id(store: Haulier) -> str:
    return str(in_books(store)["ORRIN01"]["Id"])


def test_a_new_partner_with_the_old_code_of_another_does_not_get_the_others_customer(store: Haulier):
    renamed(store)
    edit(store, "ACME01", DisplayName="ACME02")
    push(store)
    other = {"id": "8", "code": "ACME01", "company_name": "Quite another Ltd"}
    tell(store, sell(store, other), other)
    store.pull()
    push(store)
    assert standing(store, "ACME01").state is State.REALIGN
    store.world.sync()
    found = in_books(store)
    assert found["ACME02"]["CompanyName"] == "Acme Pallets Ltd" and "ACME01" not in found
    assert len(store.world.practice.quickbooks_ledger(REALM)["invoices"]) == 1


def test_a_partner_whose_own_id_is_told_later_is_still_one(store: Haulier):
    without = {name: value for name, value in ACME.items() if name != "id"}
    sale = sell(store, {**without, "code": "LATER1"})
    tell(store, sale, {**without, "code": "LATER1"})
    tell(store, sale, {**without, "code": "LATER1", "id": "9"})
    rows = [row for row in store.customers().values() if row.code == "LATER1"]
    assert {row.external_id: row.is_gone for row in rows} == {"LATER1": True, "9": False}


@pytest.mark.parametrize(
    ("renames", "active", "known", "waits"),
    [
        ([], set(), set(), set()),
        ([(1, "a", "b")], {"a"}, {"a"}, {1}),
        ([(1, "a", "b")], {"b"}, {"b"}, set()),
        ([(1, "a", "b")], {"a", "b"}, {"a", "b"}, set()),
        ([(1, "a", "b")], set(), set(), set()),
        ([(1, "a", "b"), (2, "b", "c")], {"a", "b"}, {"a", "b"}, {1, 2}),
        ([(1, "a", "b"), (2, "b", "c"), (3, "c", "d")], {"a", "b", "c"}, {"a", "b", "c"}, {1, 2, 3}),
        ([(1, "a", "b"), (2, "b", "c")], {"b", "c"}, {"b", "c"}, set()),
    ],
)
def test_who_waits_for_a_person_to_rename(renames, active, known, waits):
    assert realigning.still_waiting([realigning.Rename(*each) for each in renames], active, known) == waits
