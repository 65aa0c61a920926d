"""A page explains each problem: what happened, why, what to do (T5)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.addresses import AddressRefused
from adapters.errors import RemoteError, TooFast
from adapters.registry import STORES
from blueprints import connecting
from documents import say
from models import BooksConnection, Run, RunKind, RunState, writing
from sync import runs
from sync.explained import EXPLAINED, about_error
from tests.pages.conftest import Person
from tests.world import World

ROOT = Path(__file__).parents[2]


def sources() -> Iterator[ast.Module]:
    for folder in ("sync", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield ast.parse(path.read_text())


def abouts() -> set[str]:
    """The first word of every Problem, of every tell(), and of the switches that name one; constants are looked up."""
    found: set[str] = set()
    for tree in sources():
        named = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (first := first_word(node)) is not None:
                found |= {first.value} if isinstance(first, ast.Constant) else {named.get(getattr(first, "id", ""), "")}
            if isinstance(node, ast.Dict):
                found |= {
                    value.value
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and key.value == "about" and isinstance(value, ast.Constant)
                }
    return {each for each in found if isinstance(each, str) and each}


def first_word(node: ast.Call) -> ast.expr | None:
    """What a problem is about, where this call makes one."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    place = {"Problem": 0, "tell": 0, "Switch": 1, "Reason": 0, "blocks": 3, "explained_by": 0}.get(name)
    for keyword in node.keywords:
        if keyword.arg == "about":
            return keyword.value
    return node.args[place] if place is not None and len(node.args) > place else None


@pytest.mark.feature("T5")
def test_every_problem_that_the_code_can_tell_is_explained():
    found = abouts()
    assert {"item", "rounding", "shipping", "preset", "posting", "profile", "pending"} <= found, "the walk sees them"
    assert found - set(EXPLAINED) == set()


def told_by_stores() -> set[str]:
    """What store adapters declare as the explanation of names that must be the same."""
    return {about for store in STORES.values() for about in store.requires_same_names.values()}


SECTION_8 = (
    [f"FILE{n:02}" for n in range(1, 10)] + [f"ROW{n:02}" for n in range(1, 13)] + [f"W{n:02}" for n in range(1, 10)]
)
SENGERIO = {
    "SEN_AUTH": "#4001",
    "SEN_PAYMENT_METHOD": "#4002",
    **{
        f"SEN_{each}": f"SEN_{each}"
        for each in ("TERM", "CUSTOMER", "INVOICE_DUP", "TAX_CODE", "INVOICE", "CN_DUP", "CN")
    },
}


@pytest.mark.feature("T5", "X5")
def test_every_code_of_an_uploaded_file_and_of_sengerio_is_explained_and_shown():
    """The codes of the references; of Sengerio's numbers only the two that its guide shows."""
    codes = {about: EXPLAINED[about].code for about in (*SECTION_8, *SENGERIO)}
    assert codes == {**{each: each for each in SECTION_8}, **SENGERIO}
    assert told_by_stores() <= set(EXPLAINED)


@pytest.mark.feature("T5")
def test_no_explanation_is_a_copy_of_another_and_none_is_empty():
    assert all(each.title and each.what and each.why and each.to_do for each in EXPLAINED.values())
    whole = [(each.title, each.what) for each in EXPLAINED.values()]
    assert len(set(whole)) == len(whole)


@pytest.mark.feature("T5")
def test_every_error_of_another_system_is_explained():
    tree = ast.parse((ROOT / "adapters" / "errors.py").read_text())
    errors = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    assert len(errors) > 5 and errors - set(EXPLAINED) == set()


@pytest.mark.feature("T5")
def test_each_explanation_has_a_page_that_says_what_happened_why_and_what_to_do(owner: Person):
    hrefs = {href for href, _ in owner.go("/help/problems").links}
    assert {f"/help/problems/{about}" for about in EXPLAINED} <= hrefs
    page = owner.follow("A product has no item")
    assert page.status == 200 and "What happened" in page.text and "What to do" in page.text
    assert owner.go("/help/problems/nothing-of-the-kind").status == 404


def test_an_error_of_a_kind_that_has_no_entry_is_explained_by_the_kind_above_it():
    assert about_error(AddressRefused(say("no"))) == "NotSent" and about_error(TooFast(say("slow"))) == "TooFast"


# --- each page that shows an error leads to its explanation ------------------------------------------------------

SHOWN = re.compile(
    r"(trouble|operation\.problem|write_back\.problem|hold\.message|problem\.message|p\.message) \| (told|briefly)"
)
LINKED = ("why(", "help.problem")


@pytest.mark.feature("T5")
def test_wherever_a_page_shows_a_problem_or_a_failure_the_link_to_its_explanation_stands_beside_it():
    shown = {
        f"{path.relative_to(ROOT)}:{number}": line
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if SHOWN.search(line)
    }
    assert len(shown) > 12
    assert [place for place, line in shown.items() if not any(each in line for each in LINKED)] == []


@pytest.mark.feature("T5")
def test_every_explanation_that_a_page_names_is_there():
    named = {
        found
        for path in (ROOT / "templates").rglob("*.html")
        for found in re.findall(r"""about=['"]([A-Za-z_0-9]+)['"]""", path.read_text())
    }
    assert {"missing", "quiet", "differs"} <= named and named <= set(EXPLAINED)


@pytest.mark.feature("T5")
def test_why_nothing_was_connected_is_explained_by_its_own_kind():
    own = {each.__name__ for each in connecting.REFUSALS if not issubclass(each, RemoteError)}
    assert own <= set(EXPLAINED)


@pytest.mark.feature("T5", "P5")
def test_a_connection_that_fails_leads_to_what_its_error_means(owner: Person, world: World):
    world.practice.faults("token_expired", "sitegiant", times=99)
    owner.go(f"/stores/{world.store_id}")
    page = owner.submit("/check")
    assert page.link("Why?") == "/help/problems/LoginRefused"
    world.practice.heal()


@pytest.mark.feature("T5")
def test_a_reading_that_failed_leads_to_what_its_error_means(owner: Person, world: World):
    run_id = runs.request(RunKind.ITEMS, world.store_id, world.clock.now())
    world.practice.faults("html_502", "sitegiant", times=99)
    world.read(RunKind.ITEMS, world.store_id)
    page = owner.go(f"/runs/{run_id}")
    assert page.link("Why?").startswith("/help/problems/") and page.link("Why?") != "/help/problems/RemoteError"
    world.practice.heal()


@pytest.mark.feature("T5")
def test_what_was_written_down_without_its_kind_is_explained_in_general(owner: Person, world: World):
    """As an older version kept it."""
    with writing() as session:
        session.get_one(BooksConnection, world.books_id).status_text = {"template": "It failed.", "values": {}}
        session.add(Run(kind=RunKind.ITEMS, target_id=world.store_id, state=RunState.FAILED, **times(world)))
    assert owner.go(f"/profiles/{world.profile_id}").link("Why?") == "/help/problems/RemoteError"


def times(world: World) -> dict[str, Any]:
    now = world.clock.now()
    return {"not_before": now, "created_at": now, "ended_at": now, "trouble": {"template": "No.", "values": {}}}


# --- found by a word or a code -----------------------------------------------------------------------------------


@pytest.mark.feature("T5")
@pytest.mark.parametrize(
    ("typed", "found", "left_out"),
    [
        ("ROW06", "The order's number lost digits", "The order is not found"),
        ("#4002", "There is no payment method of that name", "Authentication problem"),
        ("  DEFERMENT days ", "There is no term for these days", "A product has no item"),
        ("slow", "Asked to slow down", "A product has no item"),
    ],
)
def test_an_explanation_is_found_by_a_code_or_by_words(owner: Person, typed: str, found: str, left_out: str):
    owner.go("/help/problems")
    page = owner.submit("/help/problems", {"q": typed})
    assert found in page.text and left_out not in page.text
    page = owner.follow("All problems")
    assert "A product has no item" in page.text


@pytest.mark.feature("T5")
def test_a_search_that_finds_nothing_says_so(owner: Person):
    assert "Nothing is found" in owner.go("/help/problems?q=zzz").text


@pytest.mark.feature("T5")
def test_the_page_of_a_code_shows_it(owner: Person):
    assert "ROW06" in owner.go("/help/problems/ROW06").text
    assert "#4001" in owner.go("/help/problems/SEN_AUTH").text
