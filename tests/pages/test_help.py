"""A page explains each problem: what happened, why, what to do (T5)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.addresses import AddressRefused
from adapters.errors import TooFast
from documents import say
from sync.explained import EXPLAINED, about_error
from tests.pages.conftest import Person

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
    place = {"Problem": 0, "tell": 0, "Switch": 1, "Reason": 0}.get(name)
    for keyword in node.keywords:
        if keyword.arg == "about":
            return keyword.value
    return node.args[place] if place is not None and len(node.args) > place else None


@pytest.mark.feature("T5")
def test_every_problem_that_the_code_can_tell_is_explained():
    found = abouts()
    assert {"item", "rounding", "shipping", "preset", "posting", "profile", "pending"} <= found, "the walk sees them"
    assert found - set(EXPLAINED) == set()


@pytest.mark.feature("T5")
def test_every_error_of_another_system_is_explained():
    tree = ast.parse((ROOT / "adapters" / "errors.py").read_text())
    errors = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    assert len(errors) > 5 and errors - set(EXPLAINED) == set()


@pytest.mark.feature("T5")
def test_each_explanation_has_a_page_that_says_what_happened_why_and_what_to_do(owner: Person):
    index = owner.go("/help/problems")
    for about, explained in EXPLAINED.items():
        assert f"/help/problems/{about}" in [href for href, _ in index.links]
        assert explained.what and explained.why and explained.to_do
    page = owner.follow("A product has no item")
    assert page.status == 200 and "What happened" in page.text and "What to do" in page.text
    assert owner.go("/help/problems/nothing-of-the-kind").status == 404


def test_an_error_of_a_kind_that_has_no_entry_is_explained_by_the_kind_above_it():
    assert about_error(AddressRefused(say("no"))) == "NotSent" and about_error(TooFast(say("slow"))) == "TooFast"
