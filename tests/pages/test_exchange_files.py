"""Files of records, uploaded by the owner: templates, preview, the word to go on, the same again (4.2)."""

import io
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from adapters.stores.exchange import templates
from adapters.stores.sengerio import OBJECTS as SENGERIO_OBJECTS
from models import ExchangeRecord, ExchangeUpload
from sync import accounts
from tests.exchange_world import Exchange
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.pages.test_guard import OURS, ask, with_token
from tests.world import World, open_world

pytestmark = pytest.mark.feature("P6")


@pytest.fixture
def world(tmp_path: Path, database: str, practice) -> Iterator[World]:
    practice.reset(orders=0)
    with open_world(tmp_path, database, practice) as world:
        yield world


@pytest.fixture
def mei(world: World) -> Person:
    accounts.make_owner("Mei", PASSWORD, world.clock.now())
    someone = person_of(world)
    someone.log_in("Mei")
    return someone


@pytest.fixture
def store(world: World) -> Exchange:
    return Exchange(world, "edge_commerce").connect(base_url="", api_key="")


def download(mei: Person, store: Exchange, name: str) -> bytes:
    answer = ask(mei.client, f"/stores/{store.store_id}/files/templates/{name}", headers=OURS)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    return answer.get_data()


def upload(mei: Person, store: Exchange, **files: bytes) -> tuple[int, str]:
    """Files by their name, `_` for the dot; the page that follows, and its address."""
    sent = [(io.BytesIO(content), ".".join(name.rsplit("_", 1))) for name, content in files.items()]
    headers, path = with_token(mei.client), f"/stores/{store.store_id}/files"
    data: dict[str, Any] = {"files": sent}
    answer = Context().run(
        lambda: mei.client.post(path, data=data, headers=headers, content_type="multipart/form-data")
    )
    if answer.status_code != 303:
        return answer.status_code, answer.get_data(as_text=True)
    page = mei.go(answer.headers["Location"])
    return page.status, page.text


def changed(content: bytes, sheet: str, cell: str, value: object) -> bytes:
    """A workbook with another value in one cell."""
    book: Workbook = load_workbook(io.BytesIO(content))
    book[sheet][cell] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_template_filled_in_becomes_orders_only_after_a_press(mei: Person, store: Exchange):
    status, text = upload(mei, store, all_xlsx=download(mei, store, "all.xlsx"))
    assert status == 200 and "orders 2" in " ".join(text.split()) and "What is wrong" not in text
    assert store.all_of(ExchangeRecord) == [] and store.orders() == {}
    page = mei.submit("proceed", {})
    assert "10 new or changed, 0 unchanged, 0 rejected" in page.text
    assert {row.number: str(row.total.normalize()) for row in store.orders().values()} == {
        "1042": "139.6",
        "1043": "17",
    }
    assert [each.id for each in store.order("O-1042").payments] == ["394"]


def test_the_same_files_again_change_nothing(mei: Person, store: Exchange):
    content = download(mei, store, "all.xlsx")
    for expected in ("10 new or changed, 0 unchanged", "0 new or changed, 10 unchanged"):
        upload(mei, store, all_xlsx=content)
        assert expected in mei.submit("proceed", {}).text


def test_csv_files_that_belong_together_are_uploaded_together(mei: Person, store: Exchange):
    names = ("companies", "contacts", "orders", "order_lines")
    found = {f"{name}_csv": download(mei, store, f"{name}.csv") for name in names}
    upload(mei, store, **found)
    mei.submit("proceed", {})
    assert {row.external_id for row in store.orders().values()} == {"O-1042", "O-1043"}
    assert store.customers()["contact:C-7"].document.count("+1 208 555 0142") == 1, "the apostrophe is taken off again"


def test_what_is_wrong_is_named_and_left_out_only_if_one_says_so(mei: Person, store: Exchange):
    content = changed(download(mei, store, "all.xlsx"), "orders", "C3", "06.01.2026")
    status, text = upload(mei, store, all_xlsx=content)
    assert status == 200 and "is no date" in text and "Proceed, and leave out what is wrong" in text
    assert "O-1043 is not known" in text, "its payment is left out with it"
    mei.submit("proceed", {})
    assert set(store.orders()) == {"O-1042"}


def test_a_file_that_cannot_be_read_is_told_beside_one_that_can(mei: Person, store: Exchange):
    _, text = upload(mei, store, notes_pdf=b"%PDF", products_csv=download(mei, store, "products.csv"))
    assert "notes.pdf is neither a CSV nor an XLSX file" in text and "products 2" in " ".join(text.split())
    status, text = upload(mei, store, notes_pdf=b"%PDF")
    assert status == 200 and "Nothing." in text and "Proceed" not in text


def test_no_file_is_asked_for_again(mei: Person, store: Exchange):
    status, text = upload(mei, store)
    assert status == 422 and "Choose one file" in text


def test_what_was_not_kept_is_forgotten_after_a_week(mei: Person, store: Exchange):
    upload(mei, store, products_csv=download(mei, store, "products.csv"))
    store.world.clock.pass_by(8 * 86_400)
    mei.log_in("Mei")
    upload(mei, store, companies_csv=download(mei, store, "companies.csv"))
    assert [row.names for row in store.all_of(ExchangeUpload)] == ["companies.csv"]


@pytest.mark.feature("X5")
def test_files_of_sengerio_are_checked_against_the_books_and_the_base_currency(mei: Person, world: World):
    store = Exchange(world, "sengerio").connect(base_url="", api_key="").with_books()
    content = templates.workbook([each for each in SENGERIO_OBJECTS if each.in_files])
    _, text = upload(mei, store, all_xlsx=content)
    assert "What is wrong" not in text
    for sheet, cell, value, words in (
        ("invoices", "F2", "EUR", "EUR is not the base currency GBP"),
        ("invoice_lines", "G2", "17.5% X", "no tax code named 17.5% X"),
        ("business_partners", "N2", "Barter", "no payment method named Barter"),
        ("invoices", "E3", "45", "no term named 45 with 45 days"),
    ):
        _, text = upload(mei, store, all_xlsx=changed(content, sheet, cell, value))
        assert words in text, text


def test_another_kind_of_store_has_no_files_and_a_strange_upload_is_not_there(mei: Person, store: Exchange):
    assert mei.go(f"/stores/{store.store_id}/files/99").status == 404
    assert mei.go(f"/stores/{store.store_id}/files/templates/orders2.csv").status == 404
    assert "Upload files" in mei.go(f"/stores/{store.store_id}").text
