"""Company profiles: made, changed, disabled and activated again, with nothing lost (P1, P8, P10)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from adapters.registry import BOOKS, STORES
from adapters.settings import Setting
from documents import N_, ChargeKind, Message, Problem, say
from models import (
    BooksConnection,
    Preset,
    Profile,
    ProfileChannel,
    StoreChannel,
    StoreConnection,
    db,
    is_row_id,
    writing,
)
from sync import alignment, offers
from sync.drafting import check_settings
from sync.drafting import rules as plain
from sync.held import hold_books, hold_profile
from sync.loading import is_readable, read_presets, read_settings, read_shipping
from sync.meanwhile import Fields, changes, ids_in, ticks
from sync.readiness.reading import refusal_of
from sync.which_orders import with_store_words

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
"""Start dates that somebody can mean."""
NEXT = Setting("number_next", N_("Next running number"))
"""Beside the declared settings: a column of its own, which every invoice with a running number moves on (S17)."""


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
        usual = usual_settings(session.get_one(BooksConnection, books_id).kind)
        profile = Profile(books_id=books_id, name=name, time_zone=time_zone, start_date=start_date, settings=usual)
        session.add(profile)
        _flush(session, name)
        session.add(Preset(profile_id=profile.id, kind=ChargeKind.SELLER_DISCOUNT, is_on=True))
        _tick(session, profile, channel_ids)
    return profile


def usual_settings(kind: str) -> dict[str, str]:
    """The settings that a profile of this accounting system begins with."""
    return {each.name: each.default for each in BOOKS[kind].profile_settings if each.default}


def change_profile(
    profile_id: int,
    name: str,
    time_zone: str,
    start_date: date,
    channel_ids: Iterable[int],
    was: Fields | None = None,
) -> set[int]:
    """Other name, zone, start date or channels; orders that are seen for the first time now are offered.

    Returns the channels that are new. `was` is what the form showed: raises ChangedMeanwhile (see `changes`)."""
    _check_zone(time_zone)
    _check_start(start_date)
    typed = {"name": name, "time_zone": time_zone, "start_date": start_date.isoformat()}
    with writing() as session:
        profile = hold_profile(session, profile_id)
        now = shown(profile)
        kept = {**now, **changes(typed, was, now)}
        _check_name(session, kept["name"], profile_id)
        profile.name, profile.time_zone = kept["name"], kept["time_zone"]
        profile.start_date = date.fromisoformat(kept["start_date"])
        _flush(session, profile.name)
        before = ids_in(now["channels"])
        wanted = ticks(channel_ids, before if was is None else ids_in(was.get("channels", "")), before)
        _tick(session, profile, wanted)
    return wanted - before


def shown(profile: Profile) -> dict[str, str]:
    """What the form of a profile shows, as text."""
    channels = " ".join(str(each.id) for each in channels_of(profile.id))
    start_date = profile.start_date.isoformat()
    return {"name": profile.name, "time_zone": profile.time_zone, "start_date": start_date, "channels": channels}


def _check_name(session: Session, name: str, profile_id: int | None) -> None:
    """Two profiles of one name could not be told apart."""
    if not name.strip():
        raise ProfileRefused("name", say(N_("Give the profile a name.")))
    other = session.scalar(select(Profile.id).where(Profile.name == name))
    if other is not None and other != profile_id:
        raise _is_named_already(name)


def _is_named_already(name: str) -> ProfileRefused:
    return ProfileRefused("name", say(N_("There is a profile {name} already."), name=name))


def _flush(session: Session, name: str) -> None:
    """Somebody else may have taken the name at this very moment: the database has the last word."""
    try:
        session.flush()
    except IntegrityError as error:
        raise _is_named_already(name) from error


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
    _check_pairs(session, profile.books_id, wanted)
    hold_books(session, profile.books_id)
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
    known = session.scalars(select(ProfileChannel.channel_id).where(ProfileChannel.profile_id == profile.id))
    new = wanted - set(known)
    _check_companies(session, profile, new)
    alignment.begin_anew(session, profile, new)
    session.execute(delete(ProfileChannel).where(ProfileChannel.profile_id == profile.id))
    session.add_all(
        ProfileChannel(profile_id=profile.id, channel_id=each, books_id=profile.books_id) for each in sorted(wanted)
    )
    session.flush()
    offers.offer_all(session, profile)


def _check_pairs(session: Session, books_id: int, channel_ids: Collection[int]) -> None:
    """Some stores' orders go into books of certain kinds alone."""
    kind = session.get_one(BooksConnection, books_id).kind
    query = select(StoreChannel.name, StoreConnection.kind).join(StoreConnection)
    stores = session.execute(query.where(StoreChannel.id.in_(channel_ids)).order_by(StoreChannel.id)).all()
    refusals = [why for channel, store in stores if (why := why_not(store, kind, channel)) is not None]
    if refusals:
        raise ProfileRefused("channels", *refusals)


def why_not(store: str, books: str, name: str) -> Message | None:
    """Why orders of a kind of store do not go into books of this kind; None where they do. `name` is shown."""
    goes_to = STORES[store].goes_to
    if goes_to is None or books in goes_to:
        return None
    labels = ", ".join(sorted(BOOKS[each].label for each in goes_to))
    sentence = N_("{name}: orders of {store} go into {books} only.")
    return say(sentence, name=name, store=STORES[store].label, books=labels)


def _check_companies(session: Session, profile: Profile, channel_ids: Iterable[int]) -> None:
    """A store that may not be carried to these books at all is refused when a channel of it is ticked (P9).

    One that was ticked before stays: its drafts say why nothing of it is sent."""
    stores = select(StoreChannel.store_id).where(StoreChannel.id.in_(channel_ids)).distinct()
    found = [refusal_of(store_id, profile.books_id) for store_id in session.scalars(stores).all()]
    if refusals := [each for each in found if each]:
        raise ProfileRefused("channels", *refusals)


# --- settings ---------------------------------------------------------------------------------------------------


def save_settings(
    profile_id: int,
    settings: Fields,
    presets: Sequence[Preset] = (),
    statement_books: Collection[str] = (),
    was: Fields | None = None,
) -> list[Problem]:
    """Keep settings (S1-S23, NEXT) and presets (S19), unless a value cannot be read or money would be booked
    twice; returns why not, and then keeps nothing. `statement_books` is what the channels' statements book: see
    `check_settings`; `was` is what the form showed: raises ChangedMeanwhile (see `changes`)."""
    with writing() as session:
        profile = hold_profile(session, profile_id)
        changed = changes(_known(profile.books, settings), was, settings_shown(profile))
        return keep(session, profile, changed, presets, statement_books)


def settings_shown(profile: Profile) -> dict[str, str]:
    """What the form of the settings shows, as text: what is kept, else the default."""
    declared = _declared(profile)
    kept = {each.name: _shown(each, profile.settings.get(each.name) or each.default) for each in declared}
    return {**kept, NEXT.name: str(profile.number_next)}


def _declared(profile: Profile) -> list[Setting]:
    """What the books declare, with the statuses of the profile's own stores."""
    return with_store_words(profile, BOOKS[profile.books.kind].profile_settings)


def _shown(setting: Setting, text: str) -> str:
    """A switch is on or off, and of a fixed list the first is chosen where nothing is, or several in its order."""
    if setting.is_switch:
        return text or "false"
    if setting.is_many:
        return " ".join(value for value, _ in setting.choices if value in text.split())
    return text or (setting.choices[0][0] if setting.choices else "")


def keep(
    session: Session,
    profile: Profile,
    settings: Fields,
    presets: Sequence[Preset],
    statement_books: Collection[str] = (),
) -> list[Problem]:
    """Inside `writing()`: keep these, unless they cannot be kept together; returns why not, and rolls back."""
    if problems := _unreadable(profile, settings):
        return problems
    profile.number_next = int(settings.get(NEXT.name) or profile.number_next)
    profile.settings = {**profile.settings, **{name: settings[name] for name in settings if name != NEXT.name}}
    for preset in presets:
        session.execute(delete(Preset).where(Preset.profile_id == profile.id, Preset.kind == preset.kind))
        session.add(preset)
    session.flush()
    shipping = plain.Matching(shipping={str(key): row for key, row in read_shipping(profile.id).items()})
    problems = list(check_settings(read_settings(profile), read_presets(profile.id), statement_books, shipping))
    if problems:
        session.rollback()
    return problems


def _known(books: BooksConnection, settings: Fields) -> dict[str, str]:
    """Only what the accounting system declares, and the running number."""
    declared = {NEXT.name, *(setting.name for setting in BOOKS[books.kind].profile_settings)}
    return {name: text.strip() for name, text in settings.items() if name in declared}


def _unreadable(profile: Profile, settings: Fields) -> list[Problem]:
    """What was typed and is no value of its setting."""
    declared = {setting.name: setting for setting in (*_declared(profile), NEXT)}
    bad = [declared[name] for name, text in settings.items() if not _is_value(declared[name], text)]
    sentence = N_("{label}: this is no value that can be kept: {typed}")
    return [
        Problem("setting", "settings", say(sentence, label=each.label, typed=settings[each.name]), each.name)
        for each in bad
    ]


def _is_value(setting: Setting, text: str) -> bool:
    if setting is NEXT:
        return is_row_id(text) and int(text) > 0
    if setting.choices and text:
        chosen = text.split() if setting.is_many else [text]
        return set(chosen) <= {value for value, _ in setting.choices}
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
