"""S21: which orders are posted - by status, payment status, channel, tag and first day - with the stores' own words."""

from datetime import timedelta

import pytest

from adapters.registry import BOOKS
from models import Profile, Tick, db, end_reading
from sync import profiles
from sync.offered import offered
from tests.world import World


def choices(world: World, name: str) -> dict[str, str]:
    """What the settings page offers."""
    stores = [world.store()]
    profile = db.session.get_one(Profile, world.profile_id, populate_existing=True)
    [found] = [dict(each.choices) for each in offered(profile, stores) if each.name == name]
    end_reading()
    return found


def keep(world: World, **settings: str) -> list[str]:
    return [str(each.message) for each in profiles.save_settings(world.profile_id, settings)]


def posted(world: World) -> set[str]:
    """The numbers of the orders that are in the books, once all that is pending was sent."""
    world.sync()
    return {each.number for each in world.orders() if each.tick is Tick.GREEN}


@pytest.mark.feature("S21")
def test_only_the_chosen_statuses_and_payment_statuses_are_posted(shop: World):
    shop.sell("SHIPPED")
    shop.sell("HELD", order_status="On Hold")
    shop.sell("UNPAID", payment_status="Unpaid")
    shop.pull()
    assert posted(shop) == {"shipped"}
    assert keep(shop, statuses="shipped on_hold", payment_statuses="paid unpaid") == []
    assert posted(shop) == {"shipped", "held", "unpaid"}


@pytest.mark.feature("S21")
def test_only_orders_of_the_ticked_channels_are_posted(shop: World):
    shop.sell("SHOPEE", channel=11)
    shop.sell("LAZADA", channel=12)
    shop.pull()
    row = next(each for each in profiles.channels_of(shop.profile_id) if each.external_id == "12")
    end_reading()
    start = (shop.clock.now() - timedelta(days=20)).date()
    profiles.change_profile(shop.profile_id, "Company", "Asia/Kuala_Lumpur", start, [row.id])
    assert posted(shop) == {"lazada"}


@pytest.mark.feature("S21", "P8")
def test_no_order_before_the_first_day_is_posted(shop: World):
    shop.sell("OLD", ordered_at=shop.clock.now() - timedelta(days=30))
    shop.sell("NEW")
    shop.pull()
    assert posted(shop) == {"new"}


# --- words that a store made up ---------------------------------------------------------------------------------


@pytest.fixture
def odd(shop: World) -> World:
    """A store whose orders have states that no other store has."""
    shop.sell("PACKED", order_status="Packed & waiting")
    shop.sell("COD", payment_status="cash on delivery")
    shop.sell("PLAIN")
    shop.pull()
    return shop


@pytest.mark.feature("S21")
def test_the_words_that_orders_really_use_are_offered_beside_ours(odd: World):
    for name, word in (("statuses", "Packed & waiting"), ("payment_statuses", "cash on delivery")):
        ours = {label for _, label in declared(odd, name)}
        assert ours and set(choices(odd, name).values()) - ours == {word}


def declared(world: World, name: str) -> tuple[tuple[str, str], ...]:
    return next(each.choices for each in BOOKS[world.company.kind].profile_settings if each.name == name)


@pytest.mark.feature("S21")
def test_an_order_in_a_state_of_the_stores_own_is_posted_only_where_the_owner_ticked_it(odd: World):
    assert posted(odd) == {"plain"}
    assert "a word of its own" in odd.reasons("PACKED")[0] and "cash on delivery" in odd.reasons("COD")[0]
    [key] = [key for key, word in choices(odd, "statuses").items() if word == "Packed & waiting"]
    assert keep(odd, statuses=f"shipped {key}") == []
    assert posted(odd) == {"plain", "packed"}
    [key] = [key for key, word in choices(odd, "payment_statuses").items() if word == "cash on delivery"]
    assert keep(odd, payment_statuses=f"paid {key}") == []
    assert posted(odd) == {"plain", "packed", "cod"}


@pytest.mark.feature("S21")
def test_a_word_that_no_order_of_these_stores_uses_is_refused(odd: World):
    assert "this is no value" in keep(odd, statuses="shipped Packed")[0]
    assert "this is no value" in keep(odd, statuses="shipped cancelled")[0]
    assert posted(odd) == {"plain"}


@pytest.mark.feature("S21")
def test_a_word_that_was_ticked_stays_a_choice_when_its_channel_is_ticked_no_more(odd: World):
    [key] = [key for key, word in choices(odd, "statuses").items() if word == "Packed & waiting"]
    assert keep(odd, statuses=f"shipped {key}") == []
    start = (odd.clock.now() - timedelta(days=20)).date()
    profiles.change_profile(odd.profile_id, "Company", "Asia/Kuala_Lumpur", start, [])
    assert choices(odd, "statuses")[key] == "Packed & waiting"
    assert keep(odd, statuses=f"shipped {key}", payment_statuses="paid") == []


def test_a_very_long_word_is_read_and_offered_whole(shop: World):
    word = "waiting for the courier who comes on Tuesdays and Fridays only"
    shop.sell("LONG", order_status=word)
    shop.pull()
    assert shop.stored("LONG").status == word[:40] and word in choices(shop, "statuses").values()
