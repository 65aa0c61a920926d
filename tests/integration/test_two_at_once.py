"""Two people save, tick or match at the same moment: nothing is lost, and of two that contradict one is told."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from documents import ChargeKind
from models import CustomerMatch, Profile, ProfileChannel, db, end_reading, writing
from sync import matching, presets, profiles
from sync.loading import read_presets
from sync.match_rows import changing, customers
from sync.meanwhile import ChangedMeanwhile, changes, ticks
from sync.profiles import ProfileRefused
from tests.at_once import at_once
from tests.integration.test_profiles import KL, ids_of_channels, profile_of, start
from tests.world import World

ROUNDS = 6


# --- what a form changed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "was", "now", "mine"),
    [
        ({"a": "1", "b": "2"}, {"a": "1", "b": "1"}, {"a": "1", "b": "1"}, {"b": "2"}),
        ({"a": "1", "b": "2"}, {"a": "1", "b": "1"}, {"a": "9", "b": "1"}, {"b": "2"}),
        ({"a": "2"}, {"a": "1"}, {"a": "2"}, {"a": "2"}),
        ({"a": ""}, {"a": "1"}, {"a": "1"}, {"a": ""}),
        ({"a": "", "b": "1"}, {}, {"a": "1", "b": ""}, {"b": "1"}),
        ({"a": "1", "b": "2"}, None, {"a": "9", "b": "9"}, {"a": "1", "b": "2"}),
    ],
)
def test_a_form_changes_the_fields_that_it_did_not_show_so(typed, was, now, mine):
    assert changes(typed, was, now) == mine


def test_a_field_that_both_changed_otherwise_is_told_with_what_to_show():
    with pytest.raises(ChangedMeanwhile) as error:
        changes({"a": "mine", "b": "2", "c": "1"}, {"a": "", "b": "", "c": "1"}, {"a": "theirs", "b": "", "c": "3"})
    assert error.value.fields == ("a",) and error.value.shown == {"a": "mine", "b": "2", "c": "3"}


def test_of_ticks_each_box_is_taken_by_itself():
    assert ticks({1, 2, 5}, {1, 2, 3}, {2, 3, 4}) == {2, 4, 5}


def shown(shop: World) -> dict[str, str]:
    """What the form of the settings shows now."""
    found = profiles.settings_shown(profile_of(shop.profile_id))
    end_reading()
    return found


# --- settings and presets ---------------------------------------------------------------------------------------


def test_settings_that_several_people_save_at_once_are_all_kept(shop: World):
    names = ("agent", "terms", "project", "description_prefill")
    for number in range(ROUNDS):
        was = shown(shop)
        deeds = [
            partial(profiles.save_settings, shop.profile_id, {**was, name: f"{number}"}, was=was) for name in names
        ]
        assert at_once(shop, *deeds) == [[], [], [], []]
        kept = profile_of(shop.profile_id).settings
        assert [kept[name] for name in names] == [f"{number}"] * 4


def test_of_one_setting_that_several_people_save_at_once_one_is_kept_and_the_others_are_told(shop: World):
    for number in range(ROUNDS):
        was = shown(shop)
        wanted = [f"{number} by {name}" for name in ("Mei", "Tan", "Lim")]
        deeds = [partial(profiles.save_settings, shop.profile_id, {**was, "agent": each}, was=was) for each in wanted]
        ends = at_once(shop, *deeds)
        assert sorted(type(each).__name__ for each in ends) == ["ChangedMeanwhile", "ChangedMeanwhile", "list"]
        assert profile_of(shop.profile_id).settings["agent"] == wanted[ends.index([])]


@pytest.mark.feature("S19")
def test_parts_of_one_preset_that_two_people_save_at_once_are_both_kept(shop: World):
    for item in ("SHIP", "MISC") * (ROUNDS // 2):
        was = presets.shown(shop.profile_id)
        end_reading()
        tax_code = "SV-6" if item == "SHIP" else "SV-8"
        typed = ({**was, "tip_item": item}, {**was, "tip_tax_code": tax_code})
        assert at_once(shop, *(partial(presets.save, shop.profile_id, each, was) for each in typed)) == [[], []]
        tip = read_presets(shop.profile_id)[ChargeKind.TIP]
        end_reading()
        assert (tip.item, tip.tax_code) == (item, tax_code)


# --- profiles ---------------------------------------------------------------------------------------------------


def change(shop: World, profile_id: int, name: str, channels: list[int]) -> Callable[[], object]:
    return partial(profiles.change_profile, profile_id, name, KL, start(shop), channels)


@pytest.mark.feature("P1")
def test_two_profiles_that_take_one_name_at_once_are_not_called_the_same(shop: World):
    second = profiles.make_profile(shop.books_id, "Second", KL, start(shop), [])
    everything = ids_of_channels(shop)
    for number in range(ROUNDS):
        name = f"Taken {number}"
        deeds = change(shop, shop.profile_id, name, everything), change(shop, second.id, name, [])
        ends = at_once(shop, *deeds)
        [refused] = [each for each in ends if isinstance(each, Exception)]
        assert isinstance(refused, ProfileRefused) and "already" in str(refused)
        assert list(db.session.scalars(select(Profile.name))).count(name) == 1
        end_reading()


@pytest.mark.feature("P1")
def test_a_channel_that_two_profiles_tick_at_once_goes_to_one_of_them(shop: World):
    second = profiles.make_profile(shop.books_id, "Second", KL, start(shop), [])
    web = ids_of_channels(shop, "15")
    for _ in range(ROUNDS):
        with writing() as session:
            session.execute(db.delete(ProfileChannel))
        ends = at_once(shop, change(shop, shop.profile_id, "Company", web), change(shop, second.id, "Second", web))
        [refused] = [each for each in ends if isinstance(each, Exception)]
        assert isinstance(refused, ProfileRefused) and "posts into these books already" in str(refused)


# --- rows of the matching ---------------------------------------------------------------------------------------


@pytest.mark.feature("M4")
def test_of_one_row_that_two_people_save_at_once_one_is_kept_and_the_other_is_told(shop: World):
    def find(profile: Profile) -> object:
        return customers.rows(profile)[0]

    for _ in range(ROUNDS):
        with writing() as session:
            matching.remove_row(session, CustomerMatch, {"profile_id": shop.profile_id})
        codes = ("300-S0001", "300-W0001")
        deeds = [
            partial(changing.save, shop.profile_id, find, customers.save, {"customer": code}, {"customer": ""})
            for code in codes
        ]
        ends = at_once(shop, *deeds)
        assert sorted(type(each).__name__ for each in ends) == ["ChangedMeanwhile", "NoneType"]
        assert db.session.scalars(select(CustomerMatch.customer)).all() == [codes[ends.index(None)]]
        end_reading()


@pytest.mark.feature("M4")
def test_one_row_that_two_people_add_at_once_is_there_once(shop: World):
    channel = ids_of_channels(shop, "11")[0]
    for currency in ("USD", "EUR", "SGD"):
        typed = [{"channel": str(channel), "part": currency, "customer": code} for code in ("300-S0001", "300-W0001")]
        ends = at_once(shop, *(partial(changing.add, shop.profile_id, customers.add, each) for each in typed))
        assert sorted(type(each).__name__ for each in ends) == ["MatchRefused", "str"]
