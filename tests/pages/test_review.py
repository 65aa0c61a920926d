"""The review: drafts with their problems, Edit Fields, Product Mapping Overview, and Sync that sends what was seen."""

from collections.abc import Callable

import pytest
from sqlalchemy import event, func, select

from blueprints.mending import ELSEWHERE, PAGES
from documents import ReferenceKind
from models import AuditRow, BooksRow, ItemMatch, Review, StoredItem, Task, Tick, db, end_reading, writing
from supervisor.visitor import Page
from sync import accounts, matching, reviewing
from tests.orders import make_line
from tests.pages.conftest import PASSWORD, Person
from tests.world import World


@pytest.fixture
def world(shop: World) -> World:
    """The shop without orders is what the owner works with here."""
    return shop


def open_review(person: Person, shop: World) -> Page:
    """+ Add New with all that wait."""
    person.go(f"/profiles/{shop.profile_id}/invoices")
    return person.submit("orders", {"all": True})


def columns(person: Person, *names: str) -> None:
    person.submit("columns", {"column": list(names)})


def match(shop: World, isku: str, code: str) -> int:
    with writing() as session:
        item_id = session.scalar(select(StoredItem.id).where(StoredItem.external_id == isku))
        assert item_id is not None
        matching.match_item(session, shop.profile_id, item_id, code, None, shop.clock.now())
    return item_id


def codes(shop: World, kind: ReferenceKind) -> list[str]:
    query = select(BooksRow.code).where(BooksRow.books_id == shop.books_id, BooksRow.kind == kind, BooksRow.is_active)
    found = list(db.session.scalars(query.order_by(BooksRow.code)))
    end_reading()
    return found


@pytest.mark.feature("I3")
def test_every_draft_is_shown_with_its_lines_its_total_and_what_was_left_out(owner: Person, shop: World):
    shop.sell("SA-1", lines=[make_line(quantity=2)], platform_discount="3.00")
    shop.sell("SA-2")
    shop.pull()
    page = open_review(owner, shop)
    assert "1 to 2 of 2 orders" in page.text
    assert "SA-1" in page.text and "MUG-01" in page.text and "30.00 MYR" in page.text
    assert "platform voucher 3.00" in page.text


@pytest.mark.feature("I5")
def test_sync_sends_the_complete_drafts_and_the_others_stay_pending_and_say_why(owner: Person, shop: World):
    shop.settle(default_item="")
    shop.sell("SA-1")
    shop.sell("SA-2", lines=[make_line("MUG-02")])
    shop.pull()
    match(shop, "MUG-02", "")
    page = open_review(owner, shop)
    assert "Sync 1 of 2" in page.text and "/matching/items?q=" in page.link("Mend")
    page = owner.submit("drafts", button="do=sync")
    assert "/tasks/" in page.url
    task_id = int(page.url.rsplit("/", 1)[1])
    shop.draft(task_id)
    shop.run_until_quiet()
    assert shop.order("SA-1").tick is Tick.GREEN
    assert shop.order("SA-2").tick is Tick.NONE and shop.reasons("SA-2")
    assert len(shop.invoices()) == 1


@pytest.mark.feature("I5")
def test_a_draft_that_changed_after_it_was_seen_is_not_posted(owner: Person, shop: World):
    shop.sell("SA-1")
    shop.pull()
    open_review(owner, shop)
    match(shop, "MUG-01", "MISC")
    page = owner.submit("drafts", button="do=sync")
    shop.draft(int(page.url.rsplit("/", 1)[1]))
    shop.run_until_quiet()
    assert shop.invoices() == [] and "changed after you looked" in shop.reasons("SA-1")[0]


@pytest.mark.feature("I5")
def test_a_draft_that_was_incomplete_when_it_was_seen_is_shown_again_before_it_is_posted(owner: Person, shop: World):
    shop.settle(default_item="")
    shop.sell("SA-1")
    shop.sell("SA-2", lines=[make_line("MUG-02")])
    shop.pull()
    match(shop, "MUG-02", "")
    open_review(owner, shop)
    match(shop, "MUG-02", "MUG-02")
    page = owner.submit("drafts", button="do=sync")
    shop.draft(int(page.url.rsplit("/", 1)[1]))
    shop.run_until_quiet()
    assert len(shop.invoices()) == 1 and "changed after you looked" in shop.reasons("SA-2")[0]


@pytest.mark.feature("I5")
def test_sync_is_closed_only_when_no_draft_is_complete(owner: Person, shop: World):
    shop.settle(default_customer="")
    shop.sell("SA-1", "SA-2")
    shop.pull()
    page = open_review(owner, shop)
    assert "Sync 0 of 2" in page.text
    with pytest.raises(KeyError):  # the button is disabled: a visitor cannot press it
        owner.submit("drafts", button="do=sync")
    shop.settle()
    assert "Sync 2 of 2" in owner.go(page.url).text


@pytest.mark.feature("I5")
def test_a_double_click_two_tabs_and_two_people_make_one_document_and_a_friendly_sentence(
    owner: Person, shop: World, person: Callable[[], Person]
):
    shop.sell("SA-1")
    shop.pull()
    address = open_review(owner, shop).url
    first = owner.submit("drafts", button="do=sync")
    owner.page = stale = owner.go(address)
    assert "Sync" in stale.text
    other = person()
    other.log_in("Mei")
    other.go(address)
    again = other.submit("drafts", button="do=sync")
    assert "left out" in again.text and again.url == first.url
    shop.draft(int(first.url.rsplit("/", 1)[1]))
    shop.run_until_quiet()
    assert len(shop.invoices()) == 1
    assert "Posted" in owner.go(address).text


@pytest.mark.feature("I2")
def test_a_review_of_many_orders_has_pages_can_be_reloaded_and_syncs_the_rest_only_when_asked(
    owner: Person, shop: World
):
    shop.sell(*(f"SA-{n:02}" for n in range(53)))
    shop.pull()
    page = open_review(owner, shop)
    address = page.url
    assert "1 to 50 of 53" in page.text and "Sync 50 of 50" in page.text
    assert len(page.html) < 60_000
    assert "51 to 53 of 53" in owner.follow("Next page").text
    page = owner.submit("drafts", button="do=sync")
    assert shop.task(int(page.url.rsplit("/", 1)[1])).total == 3
    owner.go(address)
    page = owner.submit("drafts", {"others": True}, button="do=sync")
    assert "3 orders were left out" in page.text
    assert shop.task(int(page.url.rsplit("/", 1)[1])).total == 50


def mixed(shop: World) -> None:
    """55 orders that are complete, then two that are not."""
    shop.settle(default_item="")
    shop.sell(*(f"SA-{n:02}" for n in range(55)))
    shop.clock.pass_by(60)
    shop.sell("SB-1", "SB-2", lines=[make_line("MUG-02")])
    shop.pull()
    match(shop, "MUG-02", "")


@pytest.mark.feature("I3")
def test_complete_and_incomplete_choose_among_all_orders_of_the_review(owner: Person, shop: World):
    mixed(shop)
    assert "SB-1" not in open_review(owner, shop).text
    page = owner.follow("Incomplete")
    assert "2 found in 1 to 57 of 57 orders" in page.text and "SB-1" in page.text and "SA-" not in page.text
    assert "50 found in 1 to 50 of 57 orders" in owner.follow("Complete").text
    assert "5 found in 51 to 57 of 57 orders" in owner.follow("Next page").text and "SB-1" not in owner.page.text
    match(shop, "MUG-02", "MUG-02")
    assert "No draft here" in owner.follow("Incomplete").text


def test_a_filter_looks_at_so_many_orders_and_the_next_page_goes_on(
    owner: Person, shop: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reviewing, "MOST_LOOKED", 52)
    mixed(shop)
    open_review(owner, shop)
    page = owner.follow("Incomplete")
    assert "0 found in 1 to 52 of 57 orders" in page.text and "Go on to the next page" in page.text
    assert "2 found in 53 to 57 of 57 orders" in owner.follow("Next page").text


@pytest.mark.feature("I3")
def test_a_draft_that_an_edit_completes_stays_in_sight_under_incomplete(owner: Person, shop: World):
    shop.settle(default_customer="")
    customer = codes(shop, ReferenceKind.CUSTOMER)[0]
    shop.sell("SA-1")
    shop.pull()
    open_review(owner, shop)
    columns(owner, "customer")
    owner.follow("Incomplete")
    order_id = shop.order("SA-1").id
    pairs = dict(owner.page.form("drafts").pairs({f"customer:{order_id}": customer}, None))
    path = f"{owner.page.url.partition('?')[0]}?only={order_id}"
    answer = owner.client.post(path, data=pairs, headers={"HX-Request": "true", "Sec-Fetch-Site": "same-origin"})
    assert "SA-1" in answer.get_data(as_text=True) and "Sync 1 of 1" in answer.get_data(as_text=True)


def test_a_review_belongs_to_who_made_it_and_the_oldest_ones_go(
    owner: Person, shop: World, person: Callable[[], Person]
):
    shop.sell("SA-1")
    shop.pull()
    first = open_review(owner, shop).url
    for _ in range(5):
        last = open_review(owner, shop).url
    assert owner.go(first).status == 404 and owner.go(last).status == 200
    assert db.session.scalar(select(func.count()).select_from(Review)) == 5
    end_reading()
    owner.go("/users")
    owner.submit("/users", {"name": "Tan", "password": "another good one", "profiles": [str(shop.profile_id)]})
    tan = person()
    tan.log_in("Tan", "another good one")
    assert tan.go(last).status == 404


# --- Edit Fields ------------------------------------------------------------------------------------------------


@pytest.mark.feature("I3")
def test_the_columns_are_remembered_and_an_edit_reaches_the_books(owner: Person, shop: World):
    agent, project = codes(shop, ReferenceKind.AGENT)[0], codes(shop, ReferenceKind.PROJECT)[0]
    shop.sell("SA-1")
    shop.pull()
    open_review(owner, shop)
    columns(owner, "agent", "description", "date", "line_project")
    order_id = shop.order("SA-1").id
    source = "1"
    typed = {
        f"agent:{order_id}": agent,
        f"description:{order_id}": "By hand",
        f"date:{order_id}": "2026-10-05",
        f"line_project:{order_id}:{source}": project,
    }
    page = owner.submit("drafts", typed)
    assert "Saved." in page.text and "By hand" in page.html
    page = owner.submit("drafts", button="do=sync")
    shop.draft(int(page.url.rsplit("/", 1)[1]))
    shop.run_until_quiet()
    invoice = shop.invoice("SA-1")
    assert invoice["description"] == "By hand" and invoice["docDate"].startswith("2026-10-05")
    assert invoice["itemDetails"][0]["projectId"] is not None
    shop.sell("SA-9")
    shop.pull()
    page = open_review(owner, shop)
    assert f"agent:{shop.order('SA-9').id}" in page.html
    log = db.session.scalars(select(AuditRow).where(AuditRow.actor == "Mei")).all()
    assert any(row.note.get("why") == "edited by a person" for row in log)
    end_reading()


@pytest.mark.feature("I3")
def test_a_code_that_the_books_lack_is_refused_beside_the_field_and_the_rest_is_kept(owner: Person, shop: World):
    shop.sell("SA-1")
    shop.pull()
    open_review(owner, shop)
    columns(owner, "agent", "description")
    order_id = shop.order("SA-1").id
    page = owner.submit("drafts", {f"agent:{order_id}": "NOBODY", f"description:{order_id}": "Kept"})
    assert page.status == 422 and "The books have no NOBODY" in page.text
    assert 'value="NOBODY"' in page.html and shop.order("SA-1").edits["description"] == "Kept"


@pytest.mark.feature("I3")
def test_an_old_tab_takes_no_field_back_that_it_did_not_touch(owner: Person, shop: World, person: Callable[[], Person]):
    agent = codes(shop, ReferenceKind.AGENT)[0]
    shop.sell("SA-1")
    shop.pull()
    open_review(owner, shop)
    columns(owner, "agent", "description")
    order_id, tab = shop.order("SA-1").id, person()
    tab.log_in("Mei")
    tab.go(owner.page.url)
    owner.submit("drafts", {f"agent:{order_id}": agent})
    tab.submit("drafts", {f"description:{order_id}": "From the other tab"})
    edits = shop.order("SA-1").edits
    assert edits["agent"] == agent and edits["description"] == "From the other tab"


@pytest.mark.feature("I3")
def test_what_is_typed_and_not_saved_is_kept_by_sync_and_shown_before_it_is_sent(owner: Person, shop: World):
    shop.sell("SA-1")
    shop.pull()
    open_review(owner, shop)
    columns(owner, "description")
    name = f"description:{shop.order('SA-1').id}"
    page = owner.submit("drafts", {name: "Typed"}, button="do=sync")
    assert page.status == 422 and "press Sync" in page.text and shop.order("SA-1").edits["description"] == "Typed"
    page = owner.submit("drafts", button="do=sync")
    assert "/tasks/" in page.url


@pytest.mark.feature("I3")
def test_a_field_is_kept_as_it_is_typed_and_only_its_draft_is_drawn_again(owner: Person, shop: World):
    shop.sell("SA-1", "SA-2")
    shop.pull()
    page = open_review(owner, shop)
    columns(owner, "description")
    order_id = shop.order("SA-1").id
    pairs = dict(owner.page.form("drafts").pairs({f"description:{order_id}": "As I type"}, None))
    path = f"{page.url}?only={order_id}"
    answer = owner.client.post(path, data=pairs, headers={"HX-Request": "true", "Sec-Fetch-Site": "same-origin"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200 and html.strip().startswith(f'<tbody id="s{order_id}"')
    assert "SA-2" not in html and 'value="As I type"' in html and "Sync 2 of 2" in html


@pytest.mark.feature("I3")
def test_without_javascript_find_offers_the_codes_of_a_field_and_nothing_typed_is_lost(owner: Person, shop: World):
    agent = codes(shop, ReferenceKind.AGENT)[0]
    shop.sell("SA-1")
    shop.pull()
    open_review(owner, shop)
    columns(owner, "agent", "description")
    name, other = f"agent:{shop.order('SA-1').id}", f"description:{shop.order('SA-1').id}"
    page = owner.submit("drafts", {name: "", other: "Typed"}, button=f"find={name}")
    assert 'value="Typed"' in page.html
    owner.submit("drafts", {f"chosen:{name}": agent})
    assert shop.order("SA-1").edits["agent"] == agent


# --- Product Mapping Overview -----------------------------------------------------------------------------------


@pytest.mark.feature("I4")
def test_the_unmatched_products_come_first_and_are_matched_there_and_then(owner: Person, shop: World):
    shop.settle(default_item="")
    shop.sell("SA-1", lines=[make_line(), make_line("MUG-02")])
    shop.pull()
    item_id = match(shop, "MUG-02", "")
    page = open_review(owner, shop)
    assert "1 of 2 products are not matched" in page.text and "Sync 0 of 1" in page.text
    assert page.html.index(f'name="code:{item_id}"') < page.html.index("MUG-01", page.html.index('id="overview"'))
    page = owner.submit("match", {f"code:{item_id}": "NOT-THERE"})
    assert page.status == 422 and "The books have no item NOT-THERE" in page.text and 'value="NOT-THERE"' in page.html
    page = owner.submit("match", {f"code:{item_id}": "MUG-02"})
    assert "0 of 2 products are not matched" in page.text and "Sync 1 of 1" in page.text
    query = select(ItemMatch.code).where(ItemMatch.item_id == item_id, ItemMatch.profile_id == shop.profile_id)
    assert db.session.scalar(query) == "MUG-02"
    end_reading()


@pytest.mark.feature("I4")
def test_matching_in_place_draws_the_review_again_and_no_more(owner: Person, shop: World):
    shop.settle(default_item="")
    shop.sell("SA-1", lines=[make_line("MUG-02")])
    shop.pull()
    item_id = match(shop, "MUG-02", "")
    open_review(owner, shop)
    form = owner.page.form("match")
    answer = owner.client.post(
        form.action,
        data=dict(form.pairs({f"code:{item_id}": "MUG-02"}, None)),
        headers={"HX-Request": "true", "Sec-Fetch-Site": "same-origin"},
        follow_redirects=True,
    )
    html = answer.get_data(as_text=True)
    assert html.strip().startswith('<div id="review">') and "Sync 1 of 1" in html


@pytest.mark.parametrize("path", ["invoices", "review"])
def test_a_page_asks_the_database_as_often_for_many_orders_as_for_few(owner: Person, shop: World, path: str):
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    counts = []
    for numbers in (range(3), range(3, 15)):
        shop.sell(*(f"SA-{n}" for n in numbers))
        shop.pull()
        open_review(owner, shop)
        address = owner.page.url if path != "invoices" else f"/profiles/{shop.profile_id}/invoices"
        owner.go(address)
        asked.clear()
        owner.go(address)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 40


def test_lines_beyond_the_tenth_are_on_a_page_of_the_draft_alone(owner: Person, shop: World):
    shop.sell("SA-1", lines=[make_line() for _ in range(30)])
    shop.sell("SA-2")
    shop.pull()
    open_review(owner, shop)
    page = owner.follow("and 20 more lines")
    assert page.html.count("<td>MUG-01") == 30 and "SA-2" not in page.text
    page = owner.submit("drafts", button="do=sync")
    assert shop.task(int(page.url.rsplit("/", 1)[1])).total == 1


@pytest.mark.feature("I4")
def test_a_default_item_is_marked(owner: Person, shop: World):
    shop.sell("SA-1", lines=[make_line("MUG-02")])
    shop.pull()
    match(shop, "MUG-02", "")
    page = open_review(owner, shop)
    assert page.html.count('<span class="badge bg-warning-lt">default item') == 2 and "Sync 1 of 1" in page.text


@pytest.mark.feature("I9")
def test_delivery_and_discount_are_lines(owner: Person, shop: World):
    shop.sell("SA-1", shipping_fee="5.00", seller_discount="2.00")
    shop.pull()
    page = open_review(owner, shop)
    assert "SHIP" in page.text and "DISC" in page.text and "18.00 MYR" in page.text


@pytest.mark.feature("I10")
def test_figures_that_do_not_add_up_are_a_problem_with_both_sums(owner: Person, shop: World):
    shop.sell("SA-1", total="99.00")
    shop.pull()
    page = open_review(owner, shop)
    assert "99.00" in page.text and "Sync 0 of 1" in page.text and "Incomplete" in page.text


def test_every_page_that_mends_a_problem_is_there(shop: World):
    known = set(shop.app.view_functions)
    assert {endpoint for endpoint, _ in PAGES.values()} | {ELSEWHERE} <= known


def test_two_people_who_review_one_order_make_one_document(owner: Person, shop: World, person: Callable[[], Person]):
    shop.sell("TU-1")
    shop.pull()
    accounts.make_user("Tan", PASSWORD, [shop.profile_id], shop.clock.now())
    tan = person()
    tan.log_in("Tan")
    open_review(owner, shop), open_review(tan, shop)
    owner.submit("drafts", button="do=sync")
    page = tan.submit("drafts", button="do=sync")
    assert "in the books or on their way already" in page.text or "is in the books or on its way already" in page.text
    for task_id in (task.id for task in db.session.scalars(select(Task)).all()):
        shop.draft(task_id)
    shop.run_until_quiet()
    assert len(shop.invoices()) == 1


def test_a_login_that_ended_before_sync_is_asked_for_and_then_the_same_drafts_are_sent(owner: Person, shop: World):
    shop.sell("LE-1")
    shop.pull()
    open_review(owner, shop)
    shop.clock.pass_by(13 * 3600)
    page = owner.submit("drafts", button="do=sync")
    assert page.status == 401 and shop.invoices() == []
    owner.submit("/login", {"name": "Mei", "password": PASSWORD})
    page = owner.submit("/sync")
    assert "/tasks/" in page.url
    shop.draft(1)
    shop.run_until_quiet()
    assert len(shop.invoices()) == 1
