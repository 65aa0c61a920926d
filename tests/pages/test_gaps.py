"""Home and the store tell what is not here with its numbers, what failed, and what is quiet; one press fetches it."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from adapters.errors import OutcomeUnknown
from adapters.stores.sitegiant import SiteGiant
from documents import say
from models import MissingOrder, Run, RunKind, RunState, StoreChannel, StoreConnection, db, end_reading, writing
from sync import accounts, runs
from tests.integration.test_quiet import back_from, fill
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.world import World

pytestmark = pytest.mark.feature("Z9")


@pytest.fixture
def mei(shop: World) -> Person:
    """The owner, over a shop without orders."""
    accounts.make_owner("Mei", PASSWORD, shop.clock.now())
    person = person_of(shop)
    person.log_in("Mei")
    return person


def first_channel(shop: World) -> int:
    found = db.session.scalar(select(StoreChannel.id).where(StoreChannel.external_id == "11"))
    end_reading()
    assert found is not None
    return found


@pytest.fixture
def gapped(shop: World) -> World:
    """The store has three orders that no pull sees."""
    shop.sell("T-1")
    shop.pull()
    shop.clock.pass_by(3700)
    shop.sell("L-1", "L-2", "L-3", ordered_at=shop.clock.now() - timedelta(days=18))
    shop.pull()
    shop.read(RunKind.GAPS, first_channel(shop))
    return shop


@pytest.mark.parametrize("place", ["/", "/stores/1"])
def test_what_the_store_has_and_we_have_not_is_told_with_its_numbers_and_fetched(
    gapped: World, mei: Person, place: str
):
    page = mei.go(place)
    assert "The store has 3 orders that are not here: L-1, L-2, L-3" in page.text
    assert page.link("Why?").endswith("/help/problems/missing")
    page = mei.submit("/fetch")
    assert page.url == place and "are read now" in page.text and "Orders that were not here" in page.text
    assert "Fetch now" not in page.text, "it is under way"
    gapped.read(RunKind.MISSING, first_channel(gapped))
    assert "not here" not in mei.go(place).text.replace("Orders that are not here", "")
    assert gapped.order("L-2").tick == "none"


def test_a_list_that_failed_says_so_on_home(gapped: World, mei: Person, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise OutcomeUnknown(say("The list was cut off."))

    monkeypatch.setattr(SiteGiant, "listed", broken)
    gapped.read(RunKind.MISSING, first_channel(gapped))
    assert "not here" not in mei.go("/").text
    gapped.read(RunKind.GAPS, first_channel(gapped))
    page = mei.go("/")
    assert "Count of the store's orders" in page.text and "The list was cut off." in page.text
    with writing() as session:
        session.execute(update(Run).where(Run.kind == RunKind.GAPS).values(state=RunState.FAILED))
    page = mei.go("/")
    assert "Failed" in page.text and "Try again" in page.text


def test_the_page_of_a_channel_has_the_count_by_days_and_counts_again(gapped: World, mei: Person):
    here = first_channel(gapped)
    page = mei.go(f"/channels/{here}")
    assert "the store had 4 orders of these days; 1 of them were here" in page.text and "Week by week" in page.text
    page = mei.submit("/count")
    assert page.url == f"/channels/{here}" and "waits for its turn" in page.text
    assert runs.latest([(RunKind.GAPS, here)])[RunKind.GAPS, here].state is RunState.QUEUED


def test_many_are_paged(gapped: World, mei: Person):
    here = first_channel(gapped)
    run_id = runs.latest([(RunKind.GAPS, here)])[RunKind.GAPS, here].id
    end_reading()
    found = {"channel_id": here, "run_id": run_id, "found_at": gapped.clock.now()}
    rows = [{**found, "external_id": f"N{n}", "number": f"N-{n}"} for n in range(60)]
    with writing() as session:
        session.execute(insert(MissingOrder), rows)
    page = mei.go("/")
    assert "The store has 63 orders that are not here: L-1, L-2, L-3, N-0, N-1, …" in page.text
    page = mei.go(f"/channels/{here}")
    assert "N-46" in page.text and "N-47" not in page.text
    page = mei.follow("Next page")
    assert "N-47" in page.text and "N-59" in page.text and "N-46" not in page.text


def test_somebody_sees_only_the_channels_of_their_profiles(gapped: World, mei: Person):
    accounts.make_user("Tan", PASSWORD, [], gapped.clock.now())
    accounts.make_user("Lim", PASSWORD, [gapped.profile_id], gapped.clock.now())
    here = first_channel(gapped)
    tan, lim = person_of(gapped), person_of(gapped)
    tan.log_in("Tan")
    assert "not here" not in tan.go("/").text and tan.go(f"/channels/{here}").status == 404
    lim.log_in("Lim")
    assert "The store has 3 orders" in lim.go("/").text
    assert lim.submit("/fetch").url == "/"


def test_a_disabled_store_is_asked_nothing(gapped: World, mei: Person):
    mei.go(f"/channels/{first_channel(gapped)}")
    with writing() as session:
        session.get_one(StoreConnection, gapped.store_id).is_enabled = False
    page = mei.submit("/fetch")
    assert "The store is disabled" in page.text and "Fetch now" not in page.text
    assert (RunKind.MISSING, first_channel(gapped)) not in runs.latest([(RunKind.MISSING, first_channel(gapped))])


def test_home_says_which_channel_is_quiet_and_what_to_look_at(shop: World, mei: Person):
    here = first_channel(shop)
    fill(shop, here, back_from(shop, 3, timedelta(hours=5), 200))
    page = mei.go("/")
    assert "No order came for 3 days" in page.text and "no longer than 12 hours" in page.text
    assert "See that the shop is open" in page.text
    fill(shop, here, [shop.clock.now()], 1000)
    assert "No order came" not in mei.go("/").text
