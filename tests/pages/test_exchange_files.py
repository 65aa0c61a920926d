"""Files of records, uploaded by the owner: templates, preview, the word to go on, the same again (4.2)."""

import io
from contextvars import Context
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

import jobs
from adapters.stores.exchange import templates
from adapters.stores.sengerio import OBJECTS as SENGERIO_OBJECTS
from jobs import sweep
from models import ExchangeRecord, ExchangeUpload, FilesState, RunKind
from sync import runs
from sync.exchange import file_run, uploading
from tests.exchange_world import Exchange
from tests.pages.conftest import Person
from tests.pages.test_guard import OURS, ask, with_token
from tests.world import World

pytestmark = pytest.mark.feature("P6")


@pytest.fixture
def world(bare: World) -> World:
    return bare


@pytest.fixture
def store(world: World) -> Exchange:
    return Exchange(world, "edge_commerce").connect(base_url="", api_key="")


def download(owner: Person, store: Exchange, name: str) -> bytes:
    answer = ask(owner.client, f"/stores/{store.store_id}/files/templates/{name}", headers=OURS)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    return answer.get_data()


def upload(owner: Person, store: Exchange, **files: bytes) -> tuple[int, str]:
    """Files by their name, `_` for the dot; the page that follows, and its address."""
    sent = [(io.BytesIO(content), ".".join(name.rsplit("_", 1))) for name, content in files.items()]
    headers, path = with_token(owner.client), f"/stores/{store.store_id}/files"
    data: dict[str, Any] = {"files": sent}
    answer = Context().run(
        lambda: owner.client.post(path, data=data, headers=headers, content_type="multipart/form-data")
    )
    if answer.status_code != 303:
        return answer.status_code, answer.get_data(as_text=True)
    there = answer.headers["Location"]
    store.world.read(RunKind.RECORDS, int(there.rpartition("/")[2]))
    page = owner.go(there)
    return page.status, page.text


def proceed(owner: Person, store: Exchange) -> str:
    """Press Proceed and let the run do it; the page then."""
    page = owner.submit("proceed", {})
    store.world.read(RunKind.RECORDS, int(page.url.rpartition("/")[2]))
    return owner.go(page.url).text


def changed(content: bytes, sheet: str, cell: str, value: object) -> bytes:
    """A workbook with another value in one cell."""
    book: Workbook = load_workbook(io.BytesIO(content))
    book[sheet][cell] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_template_filled_in_becomes_orders_only_after_a_press(owner: Person, store: Exchange):
    status, text = upload(owner, store, all_xlsx=download(owner, store, "all.xlsx"))
    assert status == 200 and "orders 2" in " ".join(text.split()) and "What is wrong" not in text
    assert store.all_of(ExchangeRecord) == [] and store.orders() == {}
    assert "10 new or changed, 0 unchanged, 0 rejected" in proceed(owner, store)
    assert {row.number: str(row.total.normalize()) for row in store.orders().values()} == {
        "1042": "139.6",
        "1043": "17",
    }
    assert [each.id for each in store.order("O-1042").payments] == ["394"]


def test_the_same_files_again_change_nothing(owner: Person, store: Exchange):
    content = download(owner, store, "all.xlsx")
    for expected in ("10 new or changed, 0 unchanged", "0 new or changed, 10 unchanged"):
        upload(owner, store, all_xlsx=content)
        assert expected in proceed(owner, store)


def test_csv_files_that_belong_together_are_uploaded_together(owner: Person, store: Exchange):
    names = ("companies", "contacts", "orders", "order_lines")
    found = {f"{name}_csv": download(owner, store, f"{name}.csv") for name in names}
    upload(owner, store, **found)
    proceed(owner, store)
    assert {row.external_id for row in store.orders().values()} == {"O-1042", "O-1043"}
    assert store.customers()["contact:C-7"].document.count("+1 208 555 0142") == 1, "the apostrophe is taken off again"


def test_what_is_wrong_is_named_and_left_out_only_if_one_says_so(owner: Person, store: Exchange):
    content = changed(download(owner, store, "all.xlsx"), "orders", "C3", "06.01.2026")
    status, text = upload(owner, store, all_xlsx=content)
    assert status == 200 and "is no date" in text and "Proceed, and leave out what is wrong" in text
    assert "O-1043 is not known" in text, "its payment is left out with it"
    proceed(owner, store)
    assert set(store.orders()) == {"O-1042"}


def test_a_file_that_cannot_be_read_is_told_beside_one_that_can(owner: Person, store: Exchange):
    _, text = upload(owner, store, notes_pdf=b"%PDF", products_csv=download(owner, store, "products.csv"))
    assert "notes.pdf is neither a CSV nor an XLSX file" in text and "products 2" in " ".join(text.split())
    status, text = upload(owner, store, notes_pdf=b"%PDF")
    assert status == 200 and "Nothing." in text and "Proceed" not in text


def test_no_file_is_asked_for_again(owner: Person, store: Exchange):
    status, text = upload(owner, store)
    assert status == 422 and "Choose one file" in text


def test_what_was_not_kept_is_forgotten_after_a_week(owner: Person, store: Exchange):
    upload(owner, store, products_csv=download(owner, store, "products.csv"))
    store.world.clock.pass_by(8 * 86_400)
    owner.log_in("Mei")
    upload(owner, store, companies_csv=download(owner, store, "companies.csv"))
    assert [row.names for row in store.all_of(ExchangeUpload)] == ["companies.csv"]


@pytest.mark.feature("X5")
def test_files_of_sengerio_are_checked_against_the_books_and_the_base_currency(owner: Person, world: World):
    store = Exchange(world, "sengerio").connect(base_url="", api_key="").with_books()
    content = templates.workbook(SENGERIO_OBJECTS)
    _, text = upload(owner, store, all_xlsx=content)
    assert "What is wrong" not in text
    for sheet, cell, value, words in (
        ("invoices", "F2", "EUR", "EUR is not the base currency GBP"),
        ("invoice_lines", "G2", "17.5% X", "no tax code named 17.5% X"),
        ("business_partners", "N2", "Barter", "no payment method named Barter"),
        ("invoices", "E3", "45", "no term named 45 with 45 days"),
    ):
        _, text = upload(owner, store, all_xlsx=changed(content, sheet, cell, value))
        assert words in text, text


def test_a_large_file_is_read_and_kept_while_one_does_something_else(owner: Person, store: Exchange):
    upload_id = handed_in(store, download(owner, store, "all.xlsx"))
    there = f"/stores/{store.store_id}/files/{upload_id}"
    page = owner.go(there)
    assert "The files are being read" in page.text and "You can leave this page" in page.text
    assert "all.xlsx" in owner.go(f"/stores/{store.store_id}/files").text, "and it is found again"
    store.world.read(RunKind.RECORDS, upload_id)
    owner.go(there)
    page = owner.submit("proceed", {})
    assert "The records are being kept" in page.text
    owner.go(there)
    store.world.read(RunKind.RECORDS, upload_id)
    assert "10 new or changed" in owner.go(there).text


def test_keeping_that_was_stopped_goes_on_and_counts_each_record_once(owner: Person, store: Exchange, monkeypatch):
    monkeypatch.setattr(file_run, "AT_ONCE", 3)
    upload(owner, store, all_xlsx=download(owner, store, "all.xlsx"))
    page = owner.submit("proceed", {})
    upload_id = int(page.url.rpartition("/")[2])
    run_id = runs.request(RunKind.RECORDS, upload_id, store.world.clock.now())
    asked = iter([False, True])
    runs.work(run_id, jobs.READERS, store.world.tools, lambda: next(asked))
    [row] = store.all_of(ExchangeUpload)
    assert row.kept_to == 6 and row.state is FilesState.KEEPING
    runs.work(run_id, jobs.READERS, store.world.tools, lambda: False)
    assert "10 new or changed, 0 unchanged" in owner.go(page.url).text and len(store.orders()) == 2


def test_reading_tells_between_its_steps_that_it_is_at_work_and_can_be_stopped(owner: Person, store: Exchange):
    upload_id = handed_in(store, download(owner, store, "all.xlsx"))
    run_id = runs.request(RunKind.RECORDS, upload_id, store.world.clock.now())
    for answers in ([False, True], [False, False, True], [False, False, False, True]):
        asked = iter(answers)
        runs.work(run_id, jobs.READERS, store.world.tools, lambda asked=asked: next(asked))
        [row] = store.all_of(ExchangeUpload)
        assert row.state is FilesState.READING and next(asked, None) is None
    runs.work(run_id, jobs.READERS, store.world.tools, lambda: False)
    [row] = store.all_of(ExchangeUpload)
    assert row.state is FilesState.CHECKED


def test_files_that_nobody_asked_to_read_are_read_by_the_sweep(owner: Person, store: Exchange):
    upload_id = handed_in(store, download(owner, store, "all.xlsx"))
    assert sweep.unasked_files() == [(RunKind.RECORDS, upload_id)]
    store.world.read(RunKind.RECORDS, upload_id)
    assert sweep.unasked_files() == []
    assert uploading.proceed(upload_id) and not uploading.proceed(upload_id)
    assert sweep.unasked_files() == [(RunKind.RECORDS, upload_id)]


def handed_in(store: Exchange, content: bytes) -> int:
    """An upload whose run nobody asked for."""
    return uploading.hand_in(store.store_id, [("all.xlsx", content)], store.world.clock.now())


def test_another_kind_of_store_has_no_files_and_a_strange_upload_is_not_there(owner: Person, store: Exchange):
    assert owner.go(f"/stores/{store.store_id}/files/99").status == 404
    assert owner.go(f"/stores/{store.store_id}/files/templates/orders2.csv").status == 404
    assert "Upload files" in owner.go(f"/stores/{store.store_id}").text
