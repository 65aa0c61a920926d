"""From the set-up code to the proof, as a person walks it: by what is read on the page, with or without JavaScript."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab, wait_for

PASSWORD = "a rather long password"
DEFAULTS = {
    "Customer": "300-W0001",
    "Stock": "MISC",
    "Tax code for 'no tax'": "NT",
    "Rounding: stock": "RND",
    "Seller discount: stock": "DISC",
    "Shipping fee: stock": "SHIP",
}


def make_owner(tab: Tab, name: str = "Mei") -> None:
    """The first account, with the code that `./run` printed."""
    page = tab.page
    page.goto("/")
    page.get_by_label("Set-up code").fill(tab.site.code)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", name="Set-up", exact=True)).to_be_visible()


def connect_practice(tab: Tab) -> None:
    """One press connects the practice store and the practice books."""
    tab.page.get_by_role("button", name="Try it with practice systems").click(timeout=40_000)
    expect(tab.page.get_by_role("heading", name="Your first company profile")).to_be_visible(timeout=40_000)


def make_profile(tab: Tab) -> None:
    """The guesses are good."""
    tab.page.get_by_role("button", name="Make the profile").click()
    expect(tab.page.get_by_role("heading", name="What is to be carried?")).to_be_visible()


def read_lists(tab: Tab) -> None:
    """Flows as they stand; then wait until all lists are read."""
    page = tab.page
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Reading your lists")).to_be_visible()
    button = page.get_by_role("button", name="Go on")
    wait_for(page, button.is_visible)
    button.click()


def set_defaults(tab: Tab) -> None:
    """Type the codes."""
    page = tab.page
    expect(page.get_by_role("heading", name="Defaults")).to_be_visible()
    for label, code in DEFAULTS.items():
        page.get_by_label(label, exact=True).fill(code)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Save and go on").last.click()
    expect(page.get_by_role("heading", name="Matching")).to_be_visible()


def profile_path(page: Page) -> str:
    """The address of the profile that the matching step links to."""
    href = page.get_by_role("link", name="Products").get_attribute("href") or ""
    found = re.match(r"/profiles/\d+", href)
    assert found, href
    return found[0]
