"""Customer Matching: the books' customer of each channel, and of a channel's orders in one currency (M4)."""

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import N_, ReferenceKind, say
from models import CustomerMatch, Profile, StoreChannel, db
from sync import matching
from sync.match_rows.row import ChannelRow, Values, channel_of
from sync.matching import MatchRefused
from sync.profiles import channels_of

CURRENCY = re.compile(r"[A-Z]{3}")


def rows(profile: Profile) -> Sequence[ChannelRow]:
    """Every channel, and below it each of its currencies that has a customer of its own."""
    query = select(CustomerMatch).where(CustomerMatch.profile_id == profile.id)
    found = db.session.scalars(query.execution_options(populate_existing=True))
    kept = {(row.channel_id, row.currency): row.customer for row in found}
    made = []
    for channel in channels_of(profile.id):
        own = sorted(currency for channel_id, currency in kept if channel_id == channel.id and currency)
        made += [_row(channel, currency, kept.get((channel.id, currency), "")) for currency in ("", *own)]
    return made


def _row(channel: StoreChannel, currency: str, customer: str) -> ChannelRow:
    name = f"{channel.name} {currency}".strip()
    values = {"customer": customer}
    key = f"{channel.id}-{currency}"
    return ChannelRow(key=key, name=name, values=values, is_kept=bool(customer), channel=channel, part=currency)


def row_at(profile: Profile, key: str) -> ChannelRow | None:
    """The row of a channel and currency that somebody else has removed meanwhile: to save it makes it again."""
    channel_id, _, currency = key.partition("-")
    for channel in channels_of(profile.id):
        if str(channel.id) == channel_id and (not currency or CURRENCY.fullmatch(currency)):
            return _row(channel, currency, "")
    return None


def save(session: Session, profile: Profile, row: ChannelRow, values: Values) -> None:
    """Another customer; an empty one is none, and removes the row."""
    key = {"profile_id": profile.id, "channel_id": row.channel.id, "currency": row.part}
    if not values["customer"]:
        matching.remove_row(session, CustomerMatch, key)
        return
    matching.check_code(session, profile.id, ReferenceKind.CUSTOMER, values["customer"])
    matching.save_row(session, CustomerMatch, key, {"customer": values["customer"]})


def remove(session: Session, profile: Profile, row: ChannelRow) -> None:
    """No customer of its own any more."""
    save(session, profile, row, {"customer": ""})


def add(session: Session, profile: Profile, values: Values) -> str:
    """A customer for one currency of a channel; returns its row's name."""
    channel = channel_of(channels_of(profile.id), values["channel"])
    currency = values["part"].upper()
    if not currency:
        raise MatchRefused(say(N_("Type the three letters of the currency, such as USD.")))
    if not CURRENCY.fullmatch(currency):
        raise MatchRefused(
            say(N_("{typed} is no currency: type its three letters, such as USD."), typed=values["part"])
        )
    if not values["customer"]:
        raise MatchRefused(say(N_("Choose a customer.")))
    row = _row(channel, currency, "")
    if any(each.key == row.key for each in rows(profile)):
        raise MatchRefused(say(N_("There is a row of {name} already: change it there."), name=row.name))
    save(session, profile, row, values)
    return row.name
