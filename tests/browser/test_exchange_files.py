"""Files of records in a real browser: read and kept while one waits, or does something else; no page has a fault."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from adapters.stores.edge_commerce import OBJECTS
from adapters.stores.exchange import templates
from tests.browser.conftest import Site, open_tab
from tests.browser.test_uploads import arrive, see
from tests.browser.walking import make_owner


def with_a_fault(folder: Path) -> Path:
    """The template filled in, but for a date that is none."""
    file = folder / "records of the week.xlsx"
    file.write_bytes(templates.workbook(OBJECTS))
    book = load_workbook(file)
    book["orders"]["C3"] = "06.01.2026"
    book.save(file)
    return file


@pytest.mark.slow
@pytest.mark.feature("P6")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("size", "js"), [("phone", True), ("desktop", True), ("desktop", False)])
def test_files_of_records_become_orders(browser: Browser, fresh_site: Site, tmp_path: Path, size: str, js: bool):
    tab = open_tab(browser, fresh_site, size, js)
    page = tab.page
    make_owner(tab)
    page.goto("/stores/new/edge_commerce")
    page.get_by_label("Shop id").fill("NORTH-1")
    page.get_by_label("Currency").fill("USD")
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("link", name="Upload files").click()
    see(tab, "files", js)
    page.get_by_label("Files").set_input_files(with_a_fault(tmp_path))
    page.get_by_role("button", name="Look at them").click()
    arrive(tab, "is no date", js)
    see(tab, "files-checked", js)
    page.get_by_role("button", name="Proceed, and leave out what is wrong").click()
    arrive(tab, "new or changed", js)
    see(tab, "files-kept", js)
    page.goto("/stores/1/files")
    expect(page.get_by_role("link", name="records of the week.xlsx")).to_be_visible()
    see(tab, "files-lately", js)
    tab.check()
