"""The switch of each kind of charge: a channel's shipping row, which wins on or off, else the preset (M5, S19)."""

from collections.abc import Mapping
from typing import NamedTuple

from documents import ChargeKind
from sync.drafting.rules import Preset, Rules

OFF, ON_WITHOUT_ITEM = Preset(), Preset(on=True)


class Switch(NamedTuple):
    """How a kind of charge is posted, and what a problem with it is about and where it is mended."""

    preset: Preset
    about: str
    mend: str


def switch_of(rules: Rules, channel_id: str, kind: ChargeKind) -> Switch:
    """The switch for one kind in one channel."""
    row = rules.matching.shipping.get(channel_id) if kind == ChargeKind.SHIPPING else None
    if row:
        return Switch(row, "shipping", "matching/shipping")
    return Switch(preset_of(rules.presets, kind), "preset", "settings/presets")


def preset_of(presets: Mapping[ChargeKind, Preset], kind: ChargeKind) -> Preset:
    """The preset of one kind; what nobody has set: the seller's discount is on, all others are off."""
    return presets.get(kind, ON_WITHOUT_ITEM if kind == ChargeKind.SELLER_DISCOUNT else OFF)
