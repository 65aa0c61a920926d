"""What an import asks before Sync: contacts, companies and products, linked to what the books have or made, once."""

from contextvars import Context
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from documents import Buyer, ReferenceKind, Role, StoreItem
from models import BooksRow, ContactMatch, DocumentState, ItemMatch, RunKind, Task, Tick, db, end_reading, writing
from supervisor.visitor import Page
from sync import accounts, profiles
from tests import edge_shop
from tests.edge_shop import TAMSIN, EdgeShop, make_line
from tests.pages.conftest import PASSWORD, Person, person_of

books_kind, edge = edge_shop.books_kind, edge_shop.edge


@pytest.fixture
def mei(edge: EdgeShop) -> Person:
    """The owner, over a shop of Edge Commerce."""
    accounts.make_owner("Mei", PASSWORD, edge.world.clock.now())
    person = person_of(edge.world)
    person.log_in("Mei")
    return person


def at(edge: EdgeShop, rest: str) -> str:
    return f"/profiles/{edge.world.profile_id}/{rest}"


def open_review(mei: Person, edge: EdgeShop) -> Page:
    mei.go(at(edge, "invoices"))
    return mei.submit("orders", {"all": True})


def asked(mei: Person) -> dict[str, str]:
    """The rows of the page by the name in them: the key of each."""
    fields = next(form for form in mei.page.forms if form.id == "import").fields
    keys = dict.fromkeys(each.name.partition(":")[2] for each in fields if each.name.startswith("do:"))
    names = mei.page.html.split("<legend")[1:]
    return dict(zip((each.split(">")[1].split("<")[0] for each in names), keys, strict=False))


def links() -> dict[str, str | None]:
    found = {row.name: row.code for row in db.session.scalars(select(ContactMatch))}
    end_reading()
    return found


def sync(mei: Person, edge: EdgeShop) -> Page:
    page = mei.submit("drafts", button="do=sync")
    if "/tasks/" in page.url:
        edge.world.draft(int(page.url.rsplit("/", 1)[1]))
        edge.world.run_until_quiet()
    return page


@pytest.mark.feature("M9")
def test_sync_shows_new_contacts_first_with_exact_hits_filled_in_and_remembers_what_was_decided(
    mei: Person, edge: EdgeShop
):
    orrin = edge.person("POST", "customer", {"DisplayName": "Orrin Trade"})["Customer"]["Id"]
    edge.world.read(RunKind.REFERENCE, edge.world.books_id)
    edge.sells("O-1", replace(TAMSIN, company="orrin trade"))
    open_review(mei, edge)
    page = sync(mei, edge)
    assert "/import" in page.url and "Look at these first" in page.text
    rows = asked(mei)
    assert list(rows) == ["orrin trade", "Tamsin Ockel"], "companies first; nothing that is linked"
    assert "Make it as Tamsin Ockel" in page.text and orrin in page.html
    page = mei.submit("import", button="do=save")
    assert "/import" not in page.url and links() == {"orrin trade": orrin, "Tamsin Ockel": None}
    sync(mei, edge)
    assert edge.customer("Tamsin Ockel")["ParentRef"]["value"] == orrin and edge.world.order("O-1").tick is Tick.GREEN
    edge.sells("O-2", replace(TAMSIN, company="orrin trade"))
    open_review(mei, edge)
    assert "/tasks/" in sync(mei, edge).url, "it is not asked again"
    assert edge.world.order("O-2").tick is Tick.GREEN


@pytest.mark.feature("M9")
def test_a_contact_can_be_linked_to_a_customer_of_another_name_for_good(mei: Person, edge: EdgeShop):
    walk_in = edge.person("POST", "customer", {"DisplayName": "Somebody Else"})["Customer"]["Id"]
    edge.world.read(RunKind.REFERENCE, edge.world.books_id)
    edge.sells("O-1")
    mei.go(at(edge, "matching/import"))
    key = asked(mei)["Tamsin Ockel"]
    mei.submit("import", {f"code:{key}": walk_in}, button="do=save")
    edge.syncs("O-1")
    edge.sells("O-2", replace(TAMSIN, email="new@ockel.example"))
    edge.syncs("O-2")
    assert {edge.invoice(each)["CustomerRef"]["value"] for each in ("O-1", "O-2")} == {walk_in}
    assert edge.customer("Somebody Else")["PrimaryEmailAddr"]["Address"] == "new@ockel.example"
    assert [row["DisplayName"] for row in edge.rows("customer")].count("Tamsin Ockel") == 0


@pytest.mark.feature("M9")
def test_names_that_are_taken_are_resolved_on_the_page_before_anything_is_sent(mei: Person, edge: EdgeShop):
    edge.person("POST", "vendor", {"DisplayName": "Alpha"})
    edge.world.read(RunKind.REFERENCE, edge.world.books_id)
    edge.sells("O-1", Buyer("Bob Lee", "", "Alpha"))
    edge.sells("O-2", Buyer("Bob Lee", "", "Beta"))
    edge.sells("O-3", Buyer("Gamma", "", "Gamma"))
    page = mei.go(at(edge, "matching/import"))
    for name in ("Alpha (customer)", "Bob Lee", "Bob Lee (Beta)", "Gamma (contact)"):
        assert f"Make it as {name}" in page.text
    mei.submit("import", button="do=save")
    edge.syncs()
    assert edge.customer("Bob Lee (Beta)")["ParentRef"]["value"] == edge.customer("Beta")["Id"]
    assert edge.customer("Bob Lee")["ParentRef"]["value"] == edge.customer("Alpha (customer)")["Id"]
    assert edge.customer("Gamma (contact)")["ParentRef"]["value"] == edge.customer("Gamma")["Id"]


@pytest.mark.feature("M9")
def test_who_is_made_anew_beside_a_customer_of_the_same_name_gets_another_name(mei: Person, edge: EdgeShop):
    edge.person("POST", "customer", {"DisplayName": "Ockel Retail"})
    edge.world.read(RunKind.REFERENCE, edge.world.books_id)
    edge.sells("O-1")
    page = mei.go(at(edge, "matching/import"))
    assert "Make it as Ockel Retail (customer)" in page.text
    key = asked(mei)["Ockel Retail"]
    mei.submit("import", {f"do:{key}": "make"}, button="do=save")
    edge.syncs("O-1")
    assert edge.customer("Tamsin Ockel")["ParentRef"]["value"] == edge.customer("Ockel Retail (customer)")["Id"]


@pytest.mark.feature("M9")
def test_a_customer_that_was_made_is_known_again_when_it_was_renamed_in_the_books(mei: Person, edge: EdgeShop):
    edge.sells("O-1")
    mei.go(at(edge, "matching/import"))
    mei.submit("import", button="do=save")
    edge.syncs("O-1")
    made = edge.customer("Ockel Retail")["Id"]
    edge.person("PATCH", f"customer/{made}", {"DisplayName": "Ockel Retail Sdn Bhd"})
    edge.world.read(RunKind.REFERENCE, edge.world.books_id)
    edge.sells("O-2", replace(TAMSIN, address=("7 Jalan Tujuh",)))
    edge.syncs("O-2")
    assert edge.customer("Ockel Retail Sdn Bhd")["BillAddr"]["Line1"] == "7 Jalan Tujuh"
    assert [row["DisplayName"] for row in edge.rows("customer")].count("Ockel Retail") == 0


@pytest.mark.feature("M9")
def test_what_the_books_lack_is_refused_in_its_row_and_the_others_are_kept(mei: Person, edge: EdgeShop):
    edge.sells("O-1")
    mei.go(at(edge, "matching/import"))
    key = asked(mei)["Tamsin Ockel"]
    page = mei.submit("import", {f"code:{key}": "99999"}, button="do=save")
    assert page.status == 422 and "The books have no customer 99999." in page.text
    assert list(asked(mei)) == ["Tamsin Ockel"] and "99999" in page.html, "what was typed stays"
    assert links() == {"Ockel Retail": None}


@pytest.mark.feature("M9")
def test_without_javascript_find_offers_the_customers(mei: Person, edge: EdgeShop):
    edge.sells("O-1")
    mei.go(at(edge, "matching/import"))
    key = asked(mei)["Tamsin Ockel"]
    page = mei.submit("import", {f"code:{key}": "walk"}, button=f"find=code:{key}")
    assert "Walk-in" in page.text
    mei.submit("import", {f"chosen:code:{key}": "58"}, button="do=save")
    assert links()["Tamsin Ockel"] == "58"


@pytest.mark.feature("M9")
def test_the_links_are_looked_through_changed_and_forgotten(mei: Person, edge: EdgeShop):
    edge.sells("O-1")
    mei.go(at(edge, "matching/import"))
    mei.submit("import", button="do=save")
    page = mei.go(at(edge, "matching/contacts?q=tamsin"))
    assert "to be made as Tamsin Ockel with its first invoice" in page.text and "made as Ockel Retail" not in page.text
    form = next(each.id for each in page.forms if each.id.startswith("f-"))
    assert "The books have no customer 99999." in mei.submit(form, {"customer": "99999"}).text
    mei.go(at(edge, "matching/contacts?q=tamsin"))
    assert "Tamsin Ockel is saved." in mei.submit(form, {"customer": "58"}).text
    assert links()["Tamsin Ockel"] == "58"
    mei.submit(form, button="remove=yes")
    assert list(links()) == ["Ockel Retail"]
    assert list(asked_after(mei, edge)) == ["Tamsin Ockel"]


def asked_after(mei: Person, edge: EdgeShop) -> dict[str, str]:
    mei.go(at(edge, "matching/import"))
    return asked(mei)


# --- products ---------------------------------------------------------------------------------------------------


def products_made(edge: EdgeShop, name: str) -> int:
    return [row["Name"] for row in edge.rows("item")].count(name)


def of_one_new_product(edge: EdgeShop) -> None:
    edge.lists(StoreItem("I-9", "KITE-9", "Kite", None))
    edge.sells("O-1", lines=(make_line("KITE-9", "I-9"),))
    edge.sells("O-2", lines=(make_line("KITE-9", "I-9"),))


@pytest.mark.feature("M10", "S25")
def test_a_new_product_is_made_in_the_books_once_before_the_invoices_that_name_it(mei: Person, edge: EdgeShop):
    of_one_new_product(edge)
    page = open_review(mei, edge)
    assert "New contacts and products" in page.text
    page = mei.follow("/import")
    assert page.text.count("Make it as KITE-9") == 1
    page = mei.submit("import", button="do=save")
    assert "The item KITE-9 is being made in the books" in page.text
    assert "is being made in the books" in mei.go(page.url.replace("/import", "")).text
    edge.world.drain()
    edge.syncs("O-1", "O-2")
    assert products_made(edge, "KITE-9") == 1
    [item] = [row for row in edge.rows("item") if row["Name"] == "KITE-9"]
    assert item["IncomeAccountRef"]["name"] == "Services" and item["Description"] == "Kite"
    match = db.session.scalars(select(ItemMatch).where(ItemMatch.document_id.is_not(None))).one()
    assert (match.code, match.is_matched) == ("KITE-9", True)
    assert edge.invoice("O-1")["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] == item["Id"]


@pytest.mark.feature("M10")
def test_an_item_with_the_sku_is_filled_in_and_linked(mei: Person, edge: EdgeShop):
    edge.lists(StoreItem("I-9", "MUG-02", "Another mug", None))
    edge.sells("O-1", lines=(make_line("MUG-02", "I-9"),))
    mei.go(at(edge, "matching/import"))
    mei.submit("import", button="do=save")
    edge.syncs("O-1")
    assert products_made(edge, "MUG-02") == 1


@pytest.mark.feature("M10", "M11")
def test_a_sku_that_two_items_have_is_not_guessed(mei: Person, edge: EdgeShop):
    rows = db.session.scalars(select(BooksRow).where(BooksRow.kind == ReferenceKind.ITEM).limit(2)).all()
    ids = [row.id for row in rows]
    end_reading()
    with writing() as session:
        for each in ids:
            session.get_one(BooksRow, each).sku = "TWICE"
    edge.sells("O-1", lines=(make_line("TWICE", "I-9"),))
    mei.go(at(edge, "matching/import"))
    key = asked(mei)["Product TWICE"]
    assert f'name="code:{key}" id="code-{key}" value=""' in mei.page.html


@pytest.mark.feature("M10")
def test_a_product_that_the_books_refuse_says_why_and_can_be_made_after_the_mend(mei: Person, edge: EdgeShop):
    assert profiles.save_settings(edge.world.profile_id, {"income_account": ""}) == []
    of_one_new_product(edge)
    mei.go(at(edge, "matching/import"))
    mei.submit("import", button="do=save")
    edge.world.run_until_blocked()
    page = mei.go(at(edge, "matching/import"))
    assert "Choose the income and the expense account of new products" in page.text
    assert profiles.save_settings(edge.world.profile_id, {"income_account": "Services"}) == []
    mei.submit("import", button="do=save")
    edge.world.run_until_quiet()
    assert products_made(edge, "KITE-9") == 1
    edge.syncs()


@pytest.mark.feature("M10")
def test_a_product_is_made_once_though_the_answer_is_lost_and_two_people_ask(mei: Person, edge: EdgeShop):
    of_one_new_product(edge)
    mei.go(at(edge, "matching/import"))
    ben = person_of(edge.world)
    ben.log_in("Mei")
    ben.go(at(edge, "matching/import"))
    making = {"method": "POST", "path": "/v3/company/*/item"}
    edge.world.break_("commit_then_close", making)
    mei.submit("import", button="do=save")
    edge.world.drain()
    page = ben.submit("import", button="do=save")
    assert page.status in (200, 422)
    edge.world.run_until_quiet()
    assert products_made(edge, "KITE-9") == 1
    [document] = [each for each in edge.world.documents() if each.role is Role.PRODUCT]
    assert document.state is DocumentState.POSTED
    edge.syncs()


@pytest.mark.feature("M9", "M10")
def test_who_saves_what_another_has_decided_meanwhile_is_told(mei: Person, edge: EdgeShop):
    edge.sells("O-1")
    mei.go(at(edge, "matching/import"))
    ben = person_of(edge.world)
    ben.log_in("Mei")
    ben.go(at(edge, "matching/import"))
    mei.submit("import", button="do=save")
    page = ben.submit("import", button="do=save")
    assert page.status == 200 and "All are linked" in page.text
    assert links() == {"Ockel Retail": None, "Tamsin Ockel": None}


# --- E7, E10: the lists -----------------------------------------------------------------------------------------


@pytest.mark.feature("I7")
@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("review/{review}/sync", {"seen:{order}": "{print}"}),
        ("review/{review}/sync", {"seen:{order}": "{print}", "others": "1"}),
        ("tasks/{task}/again", {"which": "all"}),
        ("tasks/{task}/again", {"order": "{line}"}),
        ("sent/{order}/payments", {}),
        ("already/link", {"link": "{order}:1"}),
    ],
)
def test_e7_a_green_order_is_sent_by_no_forged_request(
    mei: Person, edge: EdgeShop, address: str, fields: dict[str, str]
):
    edge.sells("O-1")
    review = open_review(mei, edge).url.rsplit("/", 1)[1]
    mei.go(at(edge, f"review/{review}/import"))
    mei.submit("import", button="do=save")
    mei.go(at(edge, f"review/{review}"))
    seen = next(each for form in mei.page.forms for each in form.fields if each.name.startswith("seen:"))
    task = sync(mei, edge).url.rsplit("/", 1)[1]
    order = edge.world.order("O-1")
    assert order.tick is Tick.GREEN
    line = edge.world.task_orders(int(task))[0].id
    known = {"review": review, "order": order.id, "task": task, "print": seen.value, "line": line}
    before = (len(edge.world.operations()), edge.invoice("O-1")["SyncToken"])
    token = next(each.value for form in mei.page.forms for each in form.fields if each.name == "csrf_token")
    forged = [(name.format(**known), text.format(**known)) for name, text in fields.items()]
    answer = mei.send("POST", at(edge, address.format(**known)), [("csrf_token", token), *forged])
    assert answer[0] in (200, 404), "it was understood"
    for each in db.session.scalars(select(Task.id)).all():
        edge.world.draft(each)
    edge.world.run_until_quiet()
    assert (len(edge.world.operations()), edge.invoice("O-1")["SyncToken"]) == before
    assert edge.world.order("O-1").tick is Tick.GREEN


@pytest.mark.feature("I8")
def test_e10_opening_the_list_shows_what_was_voided_without_waiting_an_hour(mei: Person, edge: EdgeShop):
    edge.sells("O-1")
    edge.syncs("O-1")
    edge.person("POST", f"invoice/{edge.document('O-1').remote_id}/void", {})
    edge.world.clock.pass_by(120)
    mei.go(at(edge, "invoices/completed"))
    assert edge.world.order("O-1").tick is Tick.GREEN
    mei.submit(at(edge, "invoices/look"))
    edge.world.drain()
    assert edge.world.order("O-1").tick is Tick.YELLOW
    assert "was voided in the books: Sync writes it again." in mei.go(at(edge, "invoices")).text


@pytest.mark.feature("I8")
def test_e10_a_list_that_is_open_tells_when_orders_turned_yellow_and_asks_once_a_minute(mei: Person, edge: EdgeShop):
    edge.sells("O-1")
    edge.syncs("O-1")
    edge.person("POST", f"invoice/{edge.document('O-1').remote_id}/void", {})
    edge.world.clock.pass_by(120)
    text = htmx(mei, edge, "POST")
    assert "hx-get" in text and "yellow now" not in text
    edge.world.drain()
    text = htmx(mei, edge, "GET")
    assert "some are yellow now" in text and "hx-get" not in text
    looks = len(edge.world.practice.requests("quickbooks"))
    htmx(mei, edge, "POST")
    edge.world.drain()
    assert len(edge.world.practice.requests("quickbooks")) == looks


def htmx(mei: Person, edge: EdgeShop, method: str) -> str:
    """As the page of the list asks by itself."""
    mei.go(at(edge, "account").replace(at(edge, ""), "/"))
    token = next(each.value for form in mei.page.forms for each in form.fields if each.name == "csrf_token")
    headers = {"HX-Request": "true", "Sec-Fetch-Site": "same-origin", "X-CSRFToken": token}
    ask = partial(mei.client.open, at(edge, "invoices/look?yellow=0"), method=method, headers=headers)
    return str(Context().run(ask).get_data(as_text=True))
