"""Shipping Matching: whether a channel's shipping fee is posted, and as which item; else the preset decides (M5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from documents import N_, ChargeKind, ReferenceKind, say
from models import Profile, ShippingMatch
from sync import matching
from sync.drafting import check_settings, switches
from sync.drafting import rules as plain
from sync.loading import read_presets, read_settings, read_shipping
from sync.match_rows.row import ChannelRow, Values
from sync.matching import MatchRefused
from sync.profiles import channels_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRow(ChannelRow):
    """`is_on` is what holds: the row's own switch, or the preset's where the channel has no row."""

    is_on: bool


def rows(profile: Profile) -> Sequence[ShippingRow]:
    """Every channel; one without a row of its own shows the preset that it follows."""
    kept, preset = read_shipping(profile.id), preset_of(profile)
    return [
        ShippingRow(
            key=str(channel.id),
            name=channel.name,
            values=_values(kept.get(channel.id, preset)),
            is_kept=channel.id in kept,
            channel=channel,
            is_on=kept.get(channel.id, preset).on,
        )
        for channel in channels_of(profile.id)
    ]


def preset_of(profile: Profile) -> plain.Preset:
    """The preset of the shipping fee, off where nobody has set it."""
    return switches.preset_of(read_presets(profile.id), ChargeKind.SHIPPING)


def _values(row: plain.Preset) -> Values:
    return {
        "on": "true" if row.on else "",
        "item": row.item or "",
        "uom": row.uom or "",
        "tax_code": row.tax_code or "",
    }


def save(
    session: Session, profile: Profile, row: ShippingRow, values: Values, statement_books: Collection[str] = ()
) -> None:
    """Keep the channel's own row, on or off, unless a code is unknown or money would be booked twice.

    `statement_books` is what the channels' statements book: see `check_settings`."""
    is_on, item = values["on"] == "true", values["item"]
    if is_on and not item:
        raise MatchRefused(say(N_("Choose the item that the shipping fee is posted as, or switch it off.")))
    kept = {name: values[name] or None for name in ("item", "uom", "tax_code")}
    if item:
        matching.check_item(session, profile.id, item, values["uom"])
    elif values["uom"]:
        raise MatchRefused(say(N_("Choose the item that has this unit.")))
    if values["tax_code"]:
        matching.check_code(session, profile.id, ReferenceKind.TAX_CODE, values["tax_code"])
    matching.save_row(session, ShippingMatch, _key(profile, row), {"is_on": is_on, **kept})
    _refuse_twice(session, profile.id, statement_books)


def _key(profile: Profile, row: ShippingRow) -> dict[str, object]:
    return {"profile_id": profile.id, "channel_id": row.channel.id}


def _refuse_twice(session: Session, profile_id: int, statement_books: Collection[str]) -> None:
    shipping = plain.Matching(shipping={str(key): each for key, each in read_shipping(profile_id).items()})
    settings = read_settings(session.get_one(Profile, profile_id))
    for problem in check_settings(settings, read_presets(profile_id), statement_books, shipping):
        raise MatchRefused(problem.message)


def remove(session: Session, profile: Profile, row: ShippingRow) -> None:
    """Back to the preset."""
    matching.remove_row(session, ShippingMatch, _key(profile, row))
