"""Company profiles: made, changed, disabled and activated again, with nothing lost (P1, P8, P10)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from adapters.settings import Setting
from documents import N_, ChargeKind, Message, Problem, say
from models import BooksConnection, Preset, Profile, ProfileChannel, StoreChannel, db, writing
from sync import offers
from sync.drafting import check_settings
from sync.drafting import rules as plain
from sync.loading import is_readable, read_presets, read_settings, read_shipping

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
"""Start dates that somebody can mean."""


class ProfileRefused(Exception):
    """The profile cannot be kept like this; each message says what and why, `field` where it was typed."""

    def __init__(self, field: str, *messages: Message) -> None:
        super().__init__("; ".join(str(message) for message in messages))
        self.field, self.messages = field, messages


def make_profile(books_id: int, name: str, time_zone: str, start_date: date, channel_ids: Iterable[int]) -> Profile:
    """A profile with its ticked channels, and the defaults of the rules (`rules.md` 1: seller discount on)."""
    _check_zone(time_zone)
    _check_start(start_date)
    with writing() as session:
        _check_name(session, name, None)
        profile = Profile(books_id=books_id, name=name, time_zone=time_zone, start_date=start_date, settings={})
        session.add(profile)
        session.flush()
        session.add(Preset(profile_id=profile.id, kind=ChargeKind.SELLER_DISCOUNT, is_on=True))
        _tick(session, profile, channel_ids)
    return profile


def change_profile(profile_id: int, name: str, time_zone: str, start_date: date, channel_ids: Iterable[int]) -> None:
    """Other name, zone, start date or channels; orders that are seen for the first time now are offered."""
    _check_zone(time_zone)
    _check_start(start_date)
    with writing() as session:
        _check_name(session, name, profile_id)
        profile = session.get_one(Profile, profile_id, populate_existing=True)
        profile.name, profile.time_zone, profile.start_date = name, time_zone, start_date
        _tick(session, profile, channel_ids)


def _check_name(session: Session, name: str, profile_id: int | None) -> None:
    """Two profiles of one name could not be told apart."""
    if not name.strip():
        raise ProfileRefused("name", say(N_("Give the profile a name.")))
    other = session.scalar(select(Profile.id).where(Profile.name == name))
    if other is not None and other != profile_id:
        raise ProfileRefused("name", say(N_("There is a profile {name} already."), name=name))


def _check_zone(time_zone: str) -> None:
    if time_zone not in available_timezones():
        raise ProfileRefused("time_zone", say(N_("{zone} is not a time zone."), zone=time_zone))
    ZoneInfo(time_zone)


def _check_start(start_date: date) -> None:
    if not EARLIEST <= start_date <= LATEST:
        sentence = N_("Choose a start date between {earliest} and {latest}.")
        raise ProfileRefused("start_date", say(sentence, earliest=EARLIEST, latest=LATEST))


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
        raise ProfileRefused("channels", *(say(refusal, channel=channel, profile=other) for channel, other in clashes))
    session.execute(delete(ProfileChannel).where(ProfileChannel.profile_id == profile.id))
    session.add_all(
        ProfileChannel(profile_id=profile.id, channel_id=each, books_id=profile.books_id) for each in sorted(wanted)
    )
    session.flush()
    offers.offer_all(session, profile)


def save_settings(
    profile_id: int,
    settings: Mapping[str, str],
    presets: Sequence[Preset] = (),
    statement_books: Collection[str] = (),
    number_next: int | None = None,
) -> list[Problem]:
    """Keep settings (S1-S23) and presets (S19), unless a value cannot be read or money would be booked twice; returns
    why not, and then keeps nothing. `statement_books` is what the channels' statements book: see `check_settings`;
    `number_next` is the next running number, None to leave it as it is (S17)."""
    with writing() as session:
        profile = session.get_one(Profile, profile_id, populate_existing=True)
        known = _known(profile.books, settings)
        if problems := _unreadable(profile.books, known):
            return problems
        profile.settings = {**profile.settings, **known}
        profile.number_next = number_next or profile.number_next
        for preset in presets:
            session.execute(delete(Preset).where(Preset.profile_id == profile_id, Preset.kind == preset.kind))
            session.add(preset)
        session.flush()
        shipping = plain.Matching(shipping={str(key): row for key, row in read_shipping(profile_id).items()})
        problems = list(check_settings(read_settings(profile), read_presets(profile_id), statement_books, shipping))
        if problems:
            session.rollback()
    return problems


def _known(books: BooksConnection, settings: Mapping[str, str]) -> dict[str, str]:
    """Only what the accounting system declares."""
    declared = {setting.name for setting in BOOKS[books.kind].profile_settings}
    return {name: text.strip() for name, text in settings.items() if name in declared}


def _unreadable(books: BooksConnection, settings: Mapping[str, str]) -> list[Problem]:
    """What was typed and is no value of its setting."""
    declared = {setting.name: setting for setting in BOOKS[books.kind].profile_settings}
    bad = [declared[name] for name, text in settings.items() if not _is_value(declared[name], text)]
    sentence = N_("{label}: this is no value that can be kept: {typed}")
    return [
        Problem("setting", "settings", say(sentence, label=each.label, typed=settings[each.name]), each.name)
        for each in bad
    ]


def _is_value(setting: Setting, text: str) -> bool:
    if setting.choices and text:
        return text in {value for value, _ in setting.choices}
    if setting.is_switch and text:
        return text in {"true", "false"}
    return is_readable(setting.name, text)


def enable(profile_id: int, is_enabled: bool) -> None:
    """Disable a profile, or activate it again; its orders, matching and documents stay (P10)."""
    with writing() as session:
        session.get_one(Profile, profile_id).is_enabled = is_enabled


def channels_of(profile_id: int) -> list[StoreChannel]:
    """The channels that post into a profile."""
    query = select(StoreChannel).join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
    return list(db.session.scalars(query.where(ProfileChannel.profile_id == profile_id).order_by(StoreChannel.id)))
