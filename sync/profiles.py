"""Company profiles: made, changed, disabled and activated again, with nothing lost (P1, P8, P10)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from documents import ChargeKind, Message, N_, Problem, say
from models import BooksConnection, Preset, Profile, ProfileChannel, StoreChannel, db, writing
from sync import offers
from sync.drafting import check_settings
from sync.loading import read_presets, read_settings


class ProfileRefused(Exception):
    """The profile cannot be kept like this; each message says what and why."""

    def __init__(self, *messages: Message) -> None:
        super().__init__("; ".join(str(message) for message in messages))
        self.messages = messages


def make_profile(books_id: int, name: str, time_zone: str, start_date: date, channel_ids: Iterable[int]) -> Profile:
    """A profile with its ticked channels, and the defaults of the rules (`rules.md` 1: seller discount on)."""
    _check_zone(time_zone)
    with writing() as session:
        profile = Profile(books_id=books_id, name=name, time_zone=time_zone, start_date=start_date, settings={})
        session.add(profile)
        session.flush()
        session.add(Preset(profile_id=profile.id, kind=ChargeKind.SELLER_DISCOUNT, is_on=True))
        _tick(session, profile, channel_ids)
    return profile


def change_profile(profile_id: int, name: str, time_zone: str, start_date: date, channel_ids: Iterable[int]) -> None:
    """Other name, zone, start date or channels; orders that are seen for the first time now are offered."""
    _check_zone(time_zone)
    with writing() as session:
        profile = session.get_one(Profile, profile_id, populate_existing=True)
        profile.name, profile.time_zone, profile.start_date = name, time_zone, start_date
        _tick(session, profile, channel_ids)


def _check_zone(time_zone: str) -> None:
    if time_zone not in available_timezones():
        raise ProfileRefused(say(N_("{zone} is not a time zone."), zone=time_zone))
    ZoneInfo(time_zone)


def _tick(session: Session, profile: Profile, channel_ids: Iterable[int]) -> None:
    """An order is posted once per company: a channel that another profile of this company has is refused."""
    wanted = set(channel_ids)
    taken = select(StoreChannel.name, Profile.name).select_from(ProfileChannel)
    taken = taken.join(StoreChannel, StoreChannel.id == ProfileChannel.channel_id)
    taken = taken.join(Profile, Profile.id == ProfileChannel.profile_id).where(
        ProfileChannel.books_id == profile.books_id,
        ProfileChannel.profile_id != profile.id,
        ProfileChannel.channel_id.in_(wanted),
    )
    if clashes := session.execute(taken).all():
        refusal = N_("{channel} posts into these books already, by the profile {profile}.")
        raise ProfileRefused(*(say(refusal, channel=channel, profile=other) for channel, other in clashes))
    session.execute(delete(ProfileChannel).where(ProfileChannel.profile_id == profile.id))
    session.add_all(
        ProfileChannel(profile_id=profile.id, channel_id=each, books_id=profile.books_id) for each in sorted(wanted)
    )
    session.flush()
    offers.offer_all(session, profile)


def save_settings(profile_id: int, settings: Mapping[str, str], presets: Sequence[Preset] = ()) -> list[Problem]:
    """Keep settings (S1-S23) and presets (S19), unless they would book money twice; returns why not."""
    with writing() as session:
        profile = session.get_one(Profile, profile_id, populate_existing=True)
        profile.settings = {**profile.settings, **_known(profile.books, settings)}
        for preset in presets:
            session.execute(delete(Preset).where(Preset.profile_id == profile_id, Preset.kind == preset.kind))
            session.add(preset)
        session.flush()
        problems = list(check_settings(read_settings(profile), read_presets(profile_id), ()))
        if problems:
            session.rollback()
    return problems


def _known(books: BooksConnection, settings: Mapping[str, str]) -> dict[str, str]:
    """Only what the accounting system declares."""
    declared = {setting.name for setting in BOOKS[books.kind].profile_settings}
    return {name: text.strip() for name, text in settings.items() if name in declared}


def enable(profile_id: int, is_enabled: bool) -> None:
    """Disable a profile, or activate it again; its orders, matching and documents stay (P10)."""
    with writing() as session:
        session.get_one(Profile, profile_id).is_enabled = is_enabled


def channels_of(profile_id: int) -> list[StoreChannel]:
    """The channels that post into a profile."""
    query = select(StoreChannel).join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
    return list(db.session.scalars(query.where(ProfileChannel.profile_id == profile_id).order_by(StoreChannel.id)))
