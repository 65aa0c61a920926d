"""A file of orders in a real browser: at a desk, on a phone, without JavaScript; no page of it has a fault."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, Tab, open_tab, wait_for
from tests.browser.walking import make_owner
from tests.sheets import as_xlsx

STRANGE = (
    ("Order No", "Order Date", "SKU", "Item name", "Qty", "Price", "Posting", "Grand Total", "Status", "Buyer"),
    *(
        (f"A-{n}", "03/04/2026", f"MUG-{n:02}", "Mug with a long name, blue", 2, 15, 6.5, 36.5, "Completed", "Mei Tan")
        for n in range(60)
    ),
    ("A-60", "03/04/2026", "MUG-60", "Mug", "two", "abc", 6.5, 36.5, "Strange", "Mei Tan"),
)


def look(tab: Tab, name: str) -> None:
    """Light and dark, and no wider than the window."""
    page = tab.page
    tab.look()
    if folder := os.environ.get("TILLBRIDGE_SHOTS"):
        size = page.viewport_size or {}
        page.screenshot(path=Path(folder) / f"{name}-{size.get('width')}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px wider than the window"


def see(tab: Tab, name: str, has_javascript: bool) -> None:
    """Look, where a script can look."""
    if has_javascript:
        look(tab, name)


@pytest.mark.feature("P6")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("size", "js"),
    [
        ("phone", True),
        pytest.param("desktop", True, marks=pytest.mark.slow),
        pytest.param("desktop", False, marks=pytest.mark.slow),
    ],
)
def test_a_file_becomes_orders(browser: Browser, fresh_site: Site, tmp_path: Path, size: str, js: bool):
    tab = open_tab(browser, fresh_site, size, js)
    page = tab.page
    make_owner(tab)
    page.goto("/uploads")
    see(tab, "no-channel", js)
    page.goto("/stores/new/spreadsheet")
    page.get_by_label("Shop id").fill("KEDAI")
    page.get_by_role("button", name="Connect").click()
    page.locator("#channel").get_by_label("Name").fill("Web shop")
    page.locator("#channel").get_by_label("Currency").fill("MYR")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Web shop is made")).to_be_visible()
    see(tab, "store", js)
    page.get_by_role("link", name=re.compile("Upload orders.*Web shop")).click()
    file = tmp_path / "orders of the week.xlsx"
    file.write_bytes(as_xlsx(STRANGE))
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    arrive(tab, "Where the table is", js)
    see(tab, "mapping", js)
    page.get_by_role("button", name="Read the file").click()
    arrive(tab, "may be 3 April or March 4", js)
    page.get_by_label("day first: 3 April").check()
    page.get_by_role("button", name="Read the file").click()
    arrive(tab, "Data Preview", js)
    see(tab, "checked", js)
    page.get_by_role("link", name="Show row 62").first.click()
    expect(page.locator("#row-62")).to_be_visible()
    page.get_by_role("button", name="Proceed").click()
    expect(page.get_by_role("alert")).to_contain_text("tick that their orders stay out")
    page.get_by_label("Leave out what has errors").check()
    page.get_by_role("button", name="Proceed").click()
    arrive(tab, "60 orders are new", js)
    see(tab, "done", js)
    page.goto("/uploads")
    see(tab, "list", js)
    tab.check()


def arrive(tab: Tab, text: str, has_javascript: bool) -> None:
    """The page comes to it by itself; without JavaScript it is loaded again."""
    if has_javascript:
        expect(tab.page.get_by_text(text).first).to_be_visible(timeout=60_000)
    else:
        wait_for(tab.page, tab.page.get_by_text(text).first.is_visible)
