"""The page of the readiness check: each line with its mend; where it is shown before anything is sent."""

import pytest

from adapters.stores.sitegiant import SiteGiant
from documents import StoreFacts
from models import writing
from sync import accounts, store_words
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.world import World

pytestmark = pytest.mark.feature("P9")


def page_of(world: World) -> str:
    return f"/profiles/{world.profile_id}/readiness"


def keep_facts(world: World, facts: StoreFacts) -> None:
    with writing() as session:
        store_words.note_facts(session, world.store_id, facts)


def test_the_page_lists_both_sides_and_each_line_leads_to_its_mend(owner: Person, world: World):
    world.pull()
    keep_facts(world, StoreFacts("MYR", payment_methods=("Giro",), terms=(21,)))
    owner.go(f"/profiles/{world.profile_id}")
    page = owner.follow("Readiness")
    assert page.url == page_of(world) and "1 line blocks" in page.text
    assert "Both sides keep their accounts in MYR." in page.text and "none named 21" in page.text
    assert "The books have currencies that the store does not use" in page.text
    assert "/help/problems/terms" in [href for href, _ in page.links]
    assert f"/profiles/{world.profile_id}/already" in [href for href, _ in page.links]


def test_a_pair_that_must_not_be_says_so_on_the_review_too(
    owner: Person, world: World, monkeypatch: pytest.MonkeyPatch
):
    world.pull()
    monkeypatch.setattr(SiteGiant, "countries", frozenset({"GB", "US"}))
    page = owner.go(page_of(world))
    assert "only be carried to companies in GB, US" in page.text and page.link("Why?").endswith("/help/problems/pair")
    owner.go(f"/profiles/{world.profile_id}/invoices")
    page = owner.submit(f"/profiles/{world.profile_id}/review", {"all": "1"})
    assert "only be carried to companies in GB, US" in page.text


def test_a_profile_that_is_active_again_shows_whether_its_sides_still_fit(owner: Person, world: World):
    owner.go(f"/profiles/{world.profile_id}/disable")
    owner.submit("disable")
    page = owner.submit("/enable")
    assert page.url == page_of(world) and "is active again" in page.text


def test_the_wizards_last_step_says_what_blocks_before_anything_is_sent(owner: Person, world: World):
    keep_facts(world, StoreFacts("MYR", terms=(21,)))
    page = owner.go("/setup/look")
    assert "Do the two sides fit?" in page.text and "none named 21" in page.text
    assert owner.follow("Every line of the check").url == page_of(world)


def test_others_see_it_for_their_profiles_only(owner: Person, world: World):
    accounts.make_user("Tan", PASSWORD, [], world.clock.now())
    accounts.make_user("Lim", PASSWORD, [world.profile_id], world.clock.now())
    tan, lim = person_of(world), person_of(world)
    tan.log_in("Tan")
    lim.log_in("Lim")
    assert tan.go(page_of(world)).status == 404 and lim.go(page_of(world)).status == 200
