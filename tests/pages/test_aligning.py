"""The owner aligns both sides in the browser: says what was used before, reads, looks, confirms."""

import csv
import io

import pytest

from adapters.stores.sitegiant import SiteGiant
from models import Aligned, RunKind, Start
from sync import alignment
from tests.integration.test_alignment import align, take, types
from tests.pages.conftest import Person
from tests.world import World

pytestmark = pytest.mark.feature("X5", "P9")
PAGE = "/profiles/1/alignment"


@pytest.fixture
def books_kind() -> str:
    """Only these books list what others made."""
    return "quickbooks"


@pytest.fixture
def world(shop: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A shop whose store has the books' numbers, with orders of which the books hold one and something else."""
    monkeypatch.setattr(SiteGiant, "aligns_numbers", True)
    shop.settle(sale_assigned_to="original")
    shop.sell("T-1", "T-2")
    shop.pull()
    types(shop, "T-2", 99)
    types(shop, "OLD-7")
    return shop


def test_the_owner_aligns_step_by_step(owner: Person, world: World):
    page = owner.go("/profiles/1")
    assert "must fit each other before anything is sent" in page.text
    for kind in Aligned:
        owner.go(f"{PAGE}?kind={kind}")
        page = owner.submit(f"/{kind}/start", {"start": "both"})
        assert "Read both sides next" in page.text
    owner.submit("/alignment/read")
    world.read(RunKind.ALIGNMENT, world.profile_id)
    page = owner.go(f"{PAGE}?kind=invoices")
    assert "1 on both sides" in page.text and "1 in the store only" in page.text and "1 in the books only" in page.text
    assert "99.00 MYR differs" in page.text
    for kind in Aligned:
        owner.go(f"{PAGE}?kind={kind}")
        owner.submit(f"/{kind}/confirm")
    world.read(RunKind.ALIGNMENT, world.profile_id)
    assert "Aligned: Mei confirmed it" in owner.go(f"{PAGE}?kind=invoices").text
    assert "must fit each other" not in owner.go("/profiles/1").text
    world.sync()
    assert sorted(each["number"] for each in world.invoices()) == ["OLD-7", "T-1", "T-2"]


def test_the_page_says_why_a_confirmation_counts_no_more(owner: Person, world: World):
    take(world, "11")
    align(world)
    take(world, "11", "15")
    page = owner.go(f"{PAGE}?kind=invoices")
    assert "A channel was ticked after Mei had confirmed this" in page.text and "Not read yet" in page.text
    assert "must fit each other" in owner.go("/profiles/1").text
    align(world)
    assert "A channel was ticked" not in owner.go(f"{PAGE}?kind=invoices").text


def test_confirming_too_early_is_told_with_what_to_do(owner: Person, world: World):
    owner.go(f"{PAGE}?kind=invoices")
    page = owner.submit("/invoices/confirm")
    assert page.status == 422 and "Read both sides first" in page.text


def test_nothing_is_confirmed_while_readiness_blocks(owner: Person, world: World):
    world.settle(sale_assigned_to="channel")
    alignment.choose(1, Aligned.INVOICES, Start.BOTH)
    world.read(RunKind.ALIGNMENT, world.profile_id)
    owner.go(f"{PAGE}?kind=invoices")
    page = owner.submit("/invoices/confirm")
    assert page.status == 422 and "1 line that blocks" in page.text
    assert page.link("Readiness").endswith("/readiness")


def test_an_answer_must_be_given(owner: Person, world: World):
    owner.go(f"{PAGE}?kind=invoices")
    owner.submit("/invoices/start")
    assert alignment.states(1)[1].row is None


def test_the_review_says_why_nothing_is_sent_and_where_to_mend_it(owner: Person, world: World):
    owner.go("/profiles/1/invoices")
    page = owner.submit("orders", {"all": True})
    assert "aligned and you have confirmed it" in page.text
    assert page.link("Mend").endswith("/alignment")


def test_one_side_can_be_looked_at_and_downloaded(owner: Person, world: World):
    alignment.choose(1, Aligned.INVOICES, Start.BOOKS)
    world.read(RunKind.ALIGNMENT, world.profile_id)
    page = owner.go(f"{PAGE}?kind=invoices&side=books")
    assert "OLD-7" in page.text and "T-1" not in page.text
    told = owner.client.get(f"{PAGE}/invoices.csv?side=books").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(told.lstrip("\ufeff"))))
    assert [row[0] for row in rows] == ["Number or code", "OLD-7"]


@pytest.mark.parametrize("path", ["?kind=nonsense", "/nonsense.csv", "?kind=invoices&side=nowhere"])
def test_an_address_that_means_nothing_is_no_error_of_ours(owner: Person, world: World, path: str):
    assert owner.go(PAGE + path).status in (200, 404)


def test_where_nothing_is_to_be_aligned_there_is_no_such_page(
    owner: Person, world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(SiteGiant, "aligns_numbers", False)
    assert owner.go(PAGE).status == 404
    assert "must fit each other" not in owner.go("/profiles/1").text
