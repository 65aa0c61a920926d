"""From nothing to the proof in a real browser: at two sizes, without JavaScript, and by keyboard alone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Tab, open_tab, wait_for
from tests.browser.walking import (
    DEFAULTS,
    connect_practice,
    make_owner,
    make_profile,
    profile_path,
    read_lists,
    set_defaults,
)

TAXES = {"SST": "SV-6", "Service Tax": "SV-8", "Zero rated": "ZR"}


def match_taxes(tab: Tab, path: str) -> None:
    """Each tax of the store, in its row."""
    page = tab.page
    page.goto(f"{path}/matching/tax")
    for name, code in TAXES.items():
        save = page.get_by_role("button", name=re.compile(rf"^Save {name} \d"))
        key = (save.get_attribute("id") or "").removeprefix("save-")
        page.locator(f"input[name=code][form=f-{key}]").fill(code)
        page.keyboard.press("Escape")
        save.click()
        expect(page.locator("tr", has=page.locator(f"#row-{key}"))).to_contain_text(code_name(code))


def code_name(code: str) -> re.Pattern[str]:
    """What the books call a tax code, shown once it is saved."""
    return re.compile({"SV-6": "6%", "SV-8": "8%", "ZR": "ero"}[code])


def first_look(tab: Tab) -> None:
    """The wizard's last step opens a review of the first orders."""
    page = tab.page
    page.goto("/setup/matching")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Show the first invoices").click()
    expect(page.get_by_role("heading", name="Review")).to_be_visible()


def sync_and_wait(tab: Tab) -> int:
    """Press Sync; wait until the task has nothing left to do. How many were posted."""
    page = tab.page
    page.get_by_role("button", name=re.compile(r"^Sync \d+ of \d+")).first.click()
    expect(page).to_have_url(re.compile(r"/tasks/\d+"))
    expect(page.get_by_role("heading", name="Task 1")).to_be_visible()
    wait_for(page, page.get_by_text("You can leave this page").is_hidden, 90)
    found = re.search(r"[Pp]osted: (\d+)", page.inner_text("main"))
    return int(found[1]) if found else 0


def prove(tab: Tab, path: str) -> None:
    """Read the books back; every difference is 0.00."""
    page = tab.page
    page.goto(f"{path}/proof")
    page.get_by_role("button", name="Read the books now").click()
    wait_for(page, page.get_by_role("heading", name="All days").is_visible, 90)


def look_everywhere(tab: Tab, path: str) -> None:
    """Every page, light and dark."""
    paths = every_page(tab.page, path)
    for each in paths:
        tab.page.goto(each)
        tab.look()


TWO_PRESSES = """button => {
  const stopped = [];
  window.addEventListener("submit", event => { stopped.push(event.defaultPrevented); event.preventDefault(); });
  button.form.requestSubmit(button);
  button.form.requestSubmit(button);
  return stopped;
}"""


def press_twice(tab: Tab) -> None:
    """The second press on a form sends nothing, and the button shows that the first was heard."""
    button = tab.page.locator("form[action$=language] button")
    tab.page.goto("/account")
    assert button.evaluate(TWO_PRESSES) == [False, True]
    expect(button).to_have_attribute("aria-busy", "true")


def every_page(page: Page, path: str) -> list[str]:
    """The addresses of all kinds of pages; of lists, the first entry."""
    page.goto(f"{path}/tasks")
    task = page.get_by_role("link", name=re.compile("^(Task )?#?1")).first.get_attribute("href") or ""
    return [
        "/",
        "/account",
        "/users",
        "/profiles",
        "/stores",
        "/stores/1",
        "/uploads",
        "/stores/new/spreadsheet",
        "/help/problems",
        "/help/problems?q=row",
        "/help/problems?q=nothing-of-the-kind",
        "/help/problems/item",
        "/help/problems/ROW06",
        "/channels/1",
        *(f"/setup/{step}" for step in ("store", "books", "flows", "lists", "defaults", "matching", "look")),
        path,
        *(
            f"{path}/{each}"
            for each in ("invoices", "invoices/completed", "tasks", "proof", "settings", "settings/presets")
        ),
        *(
            f"{path}/matching/{each}"
            for each in ("items", "customers", "contacts", "shipping", "payment", "currency", "tax", "import")
        ),
        f"{path}/already",
        f"{path}/readiness",
        f"{path}/review/1",
        f"{path}/review/1/import",
        "/profiles/new",
        "/profiles/new/qne",
        "/profiles/new/sql_accounting",
        "/profiles/new/sql_accounting?name=Mei&time_zone=Asia/Kuala_Lumpur&start_date=2026-01-01&mode=local",
        "/profiles/new/quickbooks",
        "/connect/quickbooks",
        "/setup/books?kind=quickbooks",
        "/stores/new",
        task,
        f"{task}/trash",
        "/no/such/page",
    ]


def walk(tab: Tab) -> str:
    """The whole way; returns the profile's address."""
    make_owner(tab)
    connect_practice(tab)
    make_profile(tab)
    read_lists(tab)
    set_defaults(tab)
    path = profile_path(tab.page)
    match_taxes(tab, path)
    first_look(tab)
    assert sync_and_wait(tab) > 10
    prove(tab, path)
    expect(tab.page.locator(".alert-success")).to_be_visible()
    return path


@pytest.mark.feature("P7", "P11", "I3", "I5", "I6", "T1", "M1", "M8", "S1", "S4")
@pytest.mark.timeout(400)
def test_the_whole_way_at_a_desk_and_no_page_has_a_fault(browser: Browser, fresh_site: Site):
    tab = open_tab(browser, fresh_site)
    path = walk(tab)
    look_everywhere(tab, path)
    press_twice(tab)
    tab.check()


@pytest.mark.slow
@pytest.mark.feature("P7", "P11")
@pytest.mark.timeout(400)
def test_the_whole_way_on_a_phone(browser: Browser, fresh_site: Site):
    tab = open_tab(browser, fresh_site, "phone")
    path = walk(tab)
    for each in every_page(tab.page, path):
        tab.page.goto(each)
        tab.look()
        wide = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{each} is {wide} px wider than the phone"
    tab.check()


@pytest.mark.slow
@pytest.mark.feature("P7", "P11")
@pytest.mark.timeout(400)
def test_the_whole_way_without_javascript(browser: Browser, fresh_site: Site):
    tab = open_tab(browser, fresh_site, js=False)
    walk(tab)
    tab.check()


NAME_OF = """() => {
  const at = document.activeElement, named = at.getAttribute("aria-labelledby");
  if (at.getAttribute("aria-label")) return at.getAttribute("aria-label");
  if (named) return named.split(" ").map(id => document.getElementById(id)?.innerText ?? "").join(" ").trim();
  return (at.labels && at.labels[0] ? at.labels[0].innerText : at.innerText || "").trim();
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what has this name (an expression), and see that it shows."""
    passed = []
    for _ in range(300):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(NAME_OF)[:30])
        if re.match(name, passed[-1]):
            shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert shown != "none" or page.evaluate("getComputedStyle(document.activeElement).boxShadow") != "none"
            return
    raise AssertionError(f"{name} cannot be reached by Tab on {page.url}: {passed[:60]}")


def press(page: Page, name: str, expected: str) -> None:
    """Press what has this name, and be where its heading is."""
    tab_to(page, name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=expected).first).to_be_visible(timeout=40_000)


def type_into(page: Page, name: str, text: str) -> None:
    """Go to a field and type; a list that opens meanwhile is closed."""
    tab_to(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Escape")


def top_of(page: Page, what: str) -> float:
    """Where it begins, in pixels from the top of the window."""
    top: float = page.locator(what).evaluate("each => each.getBoundingClientRect().top")
    return top


def bottom_of(page: Page, what: str) -> float:
    """Where it ends, in pixels from the top of the window."""
    bottom: float = page.locator(what).evaluate("each => each.getBoundingClientRect().bottom")
    return bottom


@pytest.mark.slow
@pytest.mark.feature("P7")
@pytest.mark.timeout(400)
def test_the_whole_way_by_keyboard_alone(browser: Browser, fresh_site: Site):
    tab = open_tab(browser, fresh_site)
    page = tab.page
    page.goto("/")
    type_into(page, "Set-up code", fresh_site.code)
    type_into(page, "Your name", "Mei")
    type_into(page, "Password", "a rather long password")
    press(page, "Make my account", "Set-up")
    press(page, "Try it with practice systems", "Your first company profile")
    press(page, "Make the profile", "What is to be carried?")
    press(page, "Go on", "Reading your lists")
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=90_000)
    press(page, "Go on", "Defaults")
    for label, code in DEFAULTS.items():
        type_into(page, f"{re.escape(label)}( \\*)?$", code)
    press(page, "Save and go on", "Matching")
    press(page, "Products$", "Item Matching")
    type_into(page, "ITEM CODE Mug", "MUG-0")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".tb-choices [role=option]").first).to_be_visible()
    assert bottom_of(page, ":focus") <= top_of(page, ".tb-choices:visible"), "the list covers what is typed"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    tab_to(page, "Save Mug")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved").first).to_be_visible()
    press(page, "Go on with the set-up", "Matching")
    press(page, "Go on$", "A first look")
    press(page, "Show the first invoices", "Review")
    press(page, r"Sync \d+ of", "Task 1")
    expect(page.get_by_text("You can leave this page")).to_be_hidden(timeout=90_000)
    page.reload()
    press(page, "Proof$", "Proof")
    press(page, "Read the books now", "Proof")
    expect(page.get_by_role("heading", name="All days")).to_be_visible(timeout=90_000)
    expect(page.locator(".alert-success")).to_be_visible()
    tab.check()
