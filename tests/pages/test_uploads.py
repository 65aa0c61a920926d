"""Orders from files, as the owner sees it: hand in, choose columns, look at what is wrong, proceed."""

import io
import re
from contextvars import Context

import openpyxl
import pytest

from models import Run, RunKind, RunState, StoredOrder, Upload, UploadState, db, end_reading, writing
from supervisor.visitor import Page, read_page
from tests.pages.conftest import Person
from tests.sheets import HEADER, as_csv, as_xlsx, hand_in, line, own_channel, saved, upload_of
from tests.world import World

OURS = {"Sec-Fetch-Site": "same-origin"}
STRANGE = [
    ["Ref", "When", "What", "How many", "Each", "Paid in all"],
    ["A-1", "03/04/2026", "Mug", "2", "15.00", "30.00"],
]


def send_file(owner: Person, channel_id: int, content: bytes, name: str = "orders.csv") -> Page:
    """Fill in the form of the upload page."""
    page = owner.go(f"/uploads?channel={channel_id}")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.html)
    assert token
    data = {"csrf_token": token[1], "channel": str(channel_id), "file": (io.BytesIO(content), name)}

    def ask() -> Page:
        answer = owner.client.post("/uploads", data=data, headers=OURS, follow_redirects=True)
        return read_page(answer.request.full_path.rstrip("?"), answer.status_code, answer.get_data(as_text=True))

    owner.page = Context().run(ask)
    return owner.page


def orders_in(channel_id: int) -> list[str]:
    found = db.session.query(StoredOrder.external_id).filter_by(channel_id=channel_id).order_by(StoredOrder.id).all()
    end_reading()
    return [each[0] for each in found]


@pytest.mark.feature("P6")
def test_a_store_of_files_is_made_with_a_channel_and_asks_nothing_of_anybody(owner: Person, world: World):
    owner.go("/stores/new/spreadsheet")
    page = owner.submit("connect", {"name": "Kedai", "shop_id": "KEDAI"})
    assert "Make a channel for each shop of it" in page.text and "Read channels" not in page.text
    page = owner.submit("channel", {"channel-name": "Web shop", "channel-currency": "RM"})
    assert page.status == 422 and "three letters" in page.text
    page = owner.submit("channel", {"channel-name": "Web shop", "channel-currency": "myr"})
    assert "Web shop is made" in page.text and "MYR" in page.text
    owner.follow("Upload orders: Web shop")
    assert "Kedai: Web shop" in owner.page.html


@pytest.mark.feature("P6")
def test_a_file_of_our_layout_is_read_without_asking_and_imported_after_proceed(owner: Person, world: World):
    channel = own_channel(world)
    page = send_file(owner, channel.id, as_xlsx([HEADER, line("A-1"), line("A-2")]), "week 1.xlsx")
    assert "The file is being read" in page.text
    [upload] = db.session.query(Upload).all()
    end_reading()
    world.read(RunKind.FILE, upload.id)
    page = owner.go(page.url)
    assert "2 orders can be imported" in page.text and "Nothing is imported yet" in page.text
    assert orders_in(channel.id) == []
    page = owner.submit("proceed")
    assert "The orders are being imported" in page.text
    world.read(RunKind.APPLY, upload.id)
    page = owner.go(page.url)
    assert "2 orders are new" in page.text and orders_in(channel.id) == ["A-1", "A-2"]
    page = owner.go("/uploads")
    assert "week 1.xlsx" in page.text and "Imported" in page.text


@pytest.mark.feature("P6")
def test_unknown_headers_are_guessed_shown_as_a_guess_with_samples_and_remembered(owner: Person, world: World):
    channel = own_channel(world)
    content = as_csv(
        [
            ["Order No", "Order Date", "SKU", "Qty", "Price", "Grand Total"],
            ["A-1", "13/04/2026", "MUG-01", "2", "15", "30"],
        ]
    )
    upload_id = hand_in(world, channel.id, content)
    page = owner.go(f"/uploads/{upload_id}")
    assert "Choose the columns" in page.text and "a guess" in page.text and "13/04/2026" in page.text
    page = owner.submit("mapping", {"c:order_id": ""})
    assert page.status == 422 and "Choose a column." in page.text
    owner.submit("mapping", {"c:order_id": "0", "c:line_total": "5"})
    assert "has this column already" in owner.page.text
    owner.submit("mapping", {"c:line_total": ""})
    world.read(RunKind.FILE, upload_id)
    assert "1 order can be imported" in owner.go(f"/uploads/{upload_id}").text
    again = hand_in(world, channel.id, content.replace(b"A-1", b"A-2"))
    assert upload_of(again).state is UploadState.CHECKED, "the mapping is remembered by its headers"


@pytest.mark.feature("P6")
def test_headers_that_say_nothing_are_mapped_by_hand_and_the_order_of_day_and_month_is_asked(
    owner: Person, world: World
):
    channel = own_channel(world)
    upload_id = hand_in(world, channel.id, as_csv(STRANGE))
    owner.go(f"/uploads/{upload_id}")
    chosen = {"order_id": 0, "ordered": 1, "product_name": 2, "quantity": 3, "unit_price": 4, "total": 5}
    owner.submit("mapping", {f"c:{name}": str(place) for name, place in chosen.items()})
    world.read(RunKind.FILE, upload_id)
    page = owner.go(f"/uploads/{upload_id}")
    assert "may be 3 April or March 4" in page.text
    page = owner.submit("mapping")
    assert page.status == 422 and "Say which comes first." in page.text
    owner.submit("mapping", {"day_first": "day"})
    world.read(RunKind.FILE, upload_id)
    page = owner.go(f"/uploads/{upload_id}")
    assert "1 order can be imported" in page.text


@pytest.mark.feature("P6")
def test_the_zone_of_dates_is_asked_where_no_profile_tells_it_and_shown_beside_the_counts(owner: Person, world: World):
    channel = own_channel(world, is_taken=False)
    upload_id = hand_in(world, channel.id, as_csv([HEADER, line("A-1")]))
    assert "Say below in which time zone the dates of the file are." in owner.go(f"/uploads/{upload_id}").text
    owner.submit("mapping", {"zone": "Europe/Paris"})
    world.read(RunKind.FILE, upload_id)
    page = owner.go(f"/uploads/{upload_id}")
    assert "Dates are read in the time zone Europe/Paris" in page.text and "1 order can be imported" in page.text


@pytest.mark.feature("P6")
def test_where_the_year_stands_is_asked_of_dates_of_two_figures_each(owner: Person, world: World):
    upload_id = hand_in(world, own_channel(world).id, as_csv([HEADER, line("A-1", order_date="26-01-05")]))
    page = owner.go(f"/uploads/{upload_id}")
    assert "may begin with the day, the month, or the year" in page.text and "Dates like 03/04/05" in page.text
    page = owner.submit("mapping")
    assert page.status == 422 and "Say which comes first." in page.text
    owner.submit("mapping", {"day_first": "year"})
    world.read(RunKind.FILE, upload_id)
    assert "1 order can be imported" in owner.go(f"/uploads/{upload_id}").text


@pytest.mark.feature("P6")
def test_how_amounts_are_written_is_asked_where_the_file_does_not_show_it(owner: Person, world: World):
    upload_id = hand_in(world, own_channel(world).id, as_csv([HEADER, line("A-1", "2,500", unit_price="1,250")]))
    page = owner.go(f"/uploads/{upload_id}")
    assert "may be 1250 or one and a quarter" in page.text and "How are amounts written?" in page.text
    page = owner.submit("mapping")
    assert page.status == 422 and "Say how the file writes amounts." in page.text
    owner.submit("mapping", {"decimal_comma": "point"})
    world.read(RunKind.FILE, upload_id)
    assert "1 order can be imported" in owner.go(f"/uploads/{upload_id}").text


@pytest.mark.feature("P6")
def test_errors_are_told_by_row_and_column_and_leaving_them_out_is_a_choice(owner: Person, world: World):
    channel = own_channel(world)
    rows = [HEADER, line("A-1"), line("A-2", unit_price="abc"), line("A-2"), line("A-3", order_status="Strange")]
    upload_id = hand_in(world, channel.id, as_csv(rows))
    page = owner.go(f"/uploads/{upload_id}")
    assert 'Row 3, "unit_price": "abc" is not an amount.' in page.text
    assert "row 3 · column J unit_price" in page.text and "Expected: an amount, like 1,234.50." in page.text
    assert "2 orders can be imported" in page.text and "1 order has an error" in page.text
    assert 'id="row-3"' in page.html and "tb-bad" in page.html
    page = owner.follow("Warnings (1)")
    assert 'the status "Strange" is not known' in page.text
    page = owner.submit("proceed")
    assert page.status == 409 and "tick that their orders stay out" in page.text and orders_in(channel.id) == []
    page = owner.submit("proceed", {"leave_out": True})
    world.read(RunKind.APPLY, upload_id)
    page = owner.go(f"/uploads/{upload_id}")
    assert "2 orders are new" in page.text and "1 order with errors was left out" in page.text
    assert orders_in(channel.id) == ["A-1", "A-3"]


@pytest.mark.feature("P6")
def test_the_same_file_twice_is_told_and_changes_nothing(owner: Person, world: World):
    channel = own_channel(world)
    content = as_csv([HEADER, line("A-1")])
    upload_id = hand_in(world, channel.id, content)
    page = send_file(owner, channel.id, content)
    assert page.url == f"/uploads/{upload_id}" and "This file is here already." in page.text
    owner.submit("proceed")
    world.read(RunKind.APPLY, upload_id)
    page = send_file(owner, channel.id, content)
    assert page.status == 422 and f"as upload {upload_id}. Nothing is changed by it." in page.text
    owner.follow(f"Open upload {upload_id}")
    assert "1 order is new" in owner.page.text


@pytest.mark.feature("P6")
def test_a_file_that_cannot_be_read_says_why_and_is_thrown_away(owner: Person, world: World):
    channel = own_channel(world)
    upload_id = hand_in(world, channel.id, b"<html><table></table></html>", "orders.xls")
    page = owner.go(f"/uploads/{upload_id}")
    assert "This is a web page with another name" in page.text
    page = owner.submit("discard")
    assert page.url == "/uploads" and "is thrown away" in page.text and owner.go(f"/uploads/{upload_id}").status == 404


@pytest.mark.feature("P6")
@pytest.mark.parametrize(
    ("name", "content", "why"), [("a.zip", b"PK", "Unpack it"), ("a.doc", b"x", "ends in"), ("a.csv", b"", "empty")]
)
def test_what_is_no_spreadsheet_by_its_name_is_refused_at_the_door(
    owner: Person, world: World, name: str, content: bytes, why: str
):
    page = send_file(owner, own_channel(world).id, content, name)
    assert page.status == 422 and why in page.text and db.session.query(Upload).count() == 0
    end_reading()


@pytest.mark.feature("P6")
def test_the_columns_can_be_chosen_anew_after_the_import_and_nothing_doubles(owner: Person, world: World):
    channel = own_channel(world)
    upload_id = hand_in(world, channel.id, as_csv([HEADER, line("A-1", shipping_fee="6.50")]))
    owner.go(f"/uploads/{upload_id}")
    owner.submit("proceed")
    world.read(RunKind.APPLY, upload_id)
    owner.go(f"/uploads/{upload_id}")
    owner.submit("again")
    owner.submit("mapping", {"c:shipping_fee": ""})
    world.read(RunKind.FILE, upload_id)
    owner.go(f"/uploads/{upload_id}")
    owner.submit("proceed")
    world.read(RunKind.APPLY, upload_id)
    page = owner.go(f"/uploads/{upload_id}")
    assert "0 orders are new" in page.text and "1 changed" in page.text and orders_in(channel.id) == ["A-1"]


def test_only_the_owner_uploads(person, owner: Person, world: World):
    assert owner.go("/uploads").status == 200
    assert "log in" in person().go("/uploads").text.lower()


def test_our_layout_can_be_downloaded(owner: Person):
    answer = Context().run(lambda: owner.client.get("/uploads/layout.csv", headers=OURS))
    assert answer.get_data(as_text=True).startswith("order_id,marketplace_order_id,channel,order_status")


@pytest.mark.feature("P6")
def test_a_reading_that_failed_says_so_and_is_tried_again_or_thrown_away(owner: Person, world: World):
    page = send_file(owner, own_channel(world).id, as_csv([HEADER, line("A-1")]))
    with writing() as session:
        session.query(Run).filter_by(kind=RunKind.FILE).update({"state": RunState.FAILED})
    page = owner.go(page.url)
    assert "It stopped in the middle." in page.text and "Nothing is lost." in page.text
    page = owner.submit("/again")
    assert "The file is being read" in page.text
    with writing() as session:
        session.query(Run).filter_by(kind=RunKind.FILE).update({"state": RunState.FAILED})
    owner.go(page.url)
    assert "is thrown away" in owner.submit("discard").text


@pytest.mark.feature("P6")
def test_a_mapping_of_another_tab_is_never_taken_for_another_sheet(owner: Person, world: World):
    channel = own_channel(world)
    names = ["Ref", "When", "What", "How many", "Each"]
    book = openpyxl.Workbook()
    for sheet, header in (("A", names), ("B", [*reversed(names)])):
        made = book.create_sheet(sheet)
        for row in (header, ["A-1", "2026-01-05", "Mug", 2, 3] if sheet == "A" else [3, 2, "Mug", "2026-01-05", "A-1"]):
            made.append(row)
    upload_id = hand_in(world, channel.id, saved(book), "orders.xlsx")
    old = owner.go(f"/uploads/{upload_id}")
    owner.submit("look", {"sheet": "B"})
    world.read(RunKind.FILE, upload_id)
    owner.page = old
    fields = ("order_id", "ordered", "product_name", "quantity", "unit_price")
    page = owner.submit("mapping", {f"c:{name}": str(place) for place, name in enumerate(fields)})
    assert page.status == 409 and "The file was read anew meanwhile. Look at its columns again." in page.text
    upload = upload_of(upload_id)
    assert upload.state is UploadState.MAPPING and (upload.plan or {})["sheet"] == "B"
    owner.submit("mapping", {f"c:{name}": str(4 - place) for place, name in enumerate(fields)})
    world.read(RunKind.FILE, upload_id)
    assert "1 order can be imported" in owner.go(f"/uploads/{upload_id}").text
    owner.page = old
    page = owner.submit("mapping", {f"c:{name}": str(place) for place, name in enumerate(fields)})
    assert "The file was read anew meanwhile" in page.text and upload_of(upload_id).state is UploadState.CHECKED


@pytest.mark.feature("P6")
def test_proceed_in_another_tab_never_takes_what_its_page_did_not_show(owner: Person, world: World):
    channel = own_channel(world)
    upload_id = hand_in(world, channel.id, as_csv([HEADER, line("A-1", shipping_fee="6.50", total="36.50")]))
    old = owner.go(f"/uploads/{upload_id}")
    owner.submit("again")
    owner.submit("mapping", {"c:shipping_fee": ""})
    world.read(RunKind.FILE, upload_id)
    owner.page = old
    page = owner.submit("proceed")
    assert page.status == 409 and "Look at what was found in it, then proceed." in page.text
    assert upload_of(upload_id).state is UploadState.CHECKED and orders_in(channel.id) == []
    owner.submit("proceed")
    assert upload_of(upload_id).state is UploadState.APPLYING


@pytest.mark.feature("P6")
def test_an_import_that_failed_is_thrown_away_or_its_columns_are_chosen_anew(owner: Person, world: World):
    upload_id = hand_in(world, own_channel(world).id, as_csv([HEADER, line("A-1")]))
    for decide in ("/uploads/{}/again", "discard"):
        owner.go(f"/uploads/{upload_id}")
        owner.submit("proceed")
        with writing() as session:
            session.query(Run).filter_by(kind=RunKind.APPLY).update({"state": RunState.FAILED})
        assert "It stopped in the middle." in owner.go(f"/uploads/{upload_id}").text
        page = owner.submit(decide.format(upload_id))
        if decide != "discard":
            assert "Choose the columns" in page.text
            owner.submit("mapping")
            world.read(RunKind.FILE, upload_id)
    assert page.url == "/uploads" and "is thrown away" in page.text
