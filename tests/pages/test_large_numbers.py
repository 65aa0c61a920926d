"""Numbers that no row can have, in addresses and forms: 404, or as if nothing had been said; the url map is walked."""

import re
from itertools import product
from pathlib import Path

import pytest

from models.base import LAST_ID, is_row_id
from tests.pages.conftest import Person
from tests.pages.test_guard import OURS, ask, path_of, rules, with_token
from tests.world import World

HUGE = (2**31, 2**63, 10**19, int("9" * 400))
NAMES = ("after", "before", "from", "one", "only", "channel", "row", "order")
"""What the pages read numbers by, from an address or a form."""
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("number", HUGE, ids=lambda number: f"{len(str(number))} digits")
def test_an_address_with_an_id_that_no_row_can_have_is_not_there(world: World, owner: Person, number: int):
    headers = with_token(owner.client)
    for rule in rules(world):
        if not re.search(r"<int:", rule.rule):
            continue
        for method in set(rule.methods or ()) - {"OPTIONS"}:
            answer = ask(owner.client, path_of(rule, world, other=number), method, headers=headers)
            is_gone = answer.status_code == 404 or (method == "POST" and answer.status_code == 405)
            assert is_gone, f"{method} {rule.rule}: {answer.status_code}"


def test_a_number_in_a_query_that_is_too_large_counts_as_not_said(world: World, owner: Person):
    for rule, number in product(rules(world), (LAST_ID, *HUGE, "9" * 5000, "-1", "²", "1e9")):
        if "GET" in (rule.methods or ()):
            asked = dict.fromkeys(NAMES, number)
            answer = ask(owner.client, path_of(rule, world), headers=OURS, query_string=asked)
            assert answer.status_code < 500, f"{rule.rule} with {number}: {answer.status_code}"


def test_a_number_that_is_too_large_shows_the_first_page(world: World, owner: Person):
    world.pull()
    for page in ("invoices", "matching/items", "tasks", "proof"):
        first = owner.go(f"/profiles/{world.profile_id}/{page}")
        for name in ("after", "before"):
            again = owner.go(f"/profiles/{world.profile_id}/{page}?{name}=99999999999999999999")
            assert again.status == 200 and again.text == first.text, f"{page} {name}"


def test_a_number_in_a_form_that_is_too_large_breaks_nothing(world: World, owner: Person):
    headers = with_token(owner.client)
    for rule, number in product(rules(world), HUGE):
        if "POST" in (rule.methods or ()) and rule.endpoint != "account.log_out":
            data = dict.fromkeys(NAMES, number) | {f"{name}:{number}": "1" for name in ("code", "seen", "number")}
            data |= {"link": f"{number}:7", "channels": number, "profiles": number}
            answer = ask(owner.client, path_of(rule, world), "POST", headers=headers, data=data)
            assert answer.status_code < 500 or answer.status_code == 503, f"{rule.rule}: {answer.status_code}"


def test_numbers_of_addresses_and_forms_are_read_in_one_way_alone():
    own = re.compile(r"type=int\b|, int\)|\bint\(\w|isdecimal|isdigit")
    found = [
        f"{file.name}: {line.strip()}"
        for file in sorted((ROOT / "blueprints").glob("*.py"))
        for line in file.read_text().splitlines()
        if own.search(line) and "isinstance" not in line
    ]
    assert found == []


@pytest.mark.parametrize("text", ["0", "7", str(LAST_ID)])
def test_an_id_is_a_whole_number_that_both_databases_hold(text: str):
    assert is_row_id(text)


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1.0", "²", "٣", "1_0", str(LAST_ID + 1), "9" * 5000])
def test_nothing_else_is_an_id(text: str):
    assert not is_row_id(text)
