"""The presets of a profile as fields of one form: a switch, an item, a unit and a tax code of each kind (S19)."""

from collections.abc import Iterator

from documents import ChargeKind, Problem
from models import Preset, writing
from sync import profiles
from sync.drafting.switches import preset_of
from sync.held import hold_profile
from sync.loading import read_presets
from sync.meanwhile import Fields, changes

PARTS = ("on", "item", "uom", "tax_code")


def name_of(kind: ChargeKind, part: str) -> str:
    """The field of one part of a kind."""
    return f"{kind}_{part}"


def shown(profile_id: int) -> dict[str, str]:
    """What is kept now; what nobody has set shows the default."""
    return dict(_shown(profile_id))


def _shown(profile_id: int) -> Iterator[tuple[str, str]]:
    kept = read_presets(profile_id)
    for kind in ChargeKind:
        preset = preset_of(kept, kind)
        yield name_of(kind, "on"), "true" if preset.on else "false"
        yield from ((name_of(kind, part), getattr(preset, part) or "") for part in PARTS[1:])


def save(profile_id: int, typed: Fields, was: Fields | None = None) -> list[Problem]:
    """Keep the kinds that were changed, unless money would be booked twice; returns why not, and then keeps nothing.

    `was` is what the form showed: raises ChangedMeanwhile (see `changes`)."""
    with writing() as session:
        profile = hold_profile(session, profile_id)
        now = shown(profile_id)
        mine = changes(typed, was, now)
        changed = [kind for kind in ChargeKind if any(name_of(kind, part) in mine for part in PARTS)]
        return profiles.keep(session, profile, {}, [_row(profile_id, kind, {**now, **mine}) for kind in changed])


def _row(profile_id: int, kind: ChargeKind, fields: Fields) -> Preset:
    is_on, item, uom, tax_code = (fields[name_of(kind, part)] for part in PARTS)
    codes = {"item": item or None, "uom": uom or None, "tax_code": tax_code or None}
    return Preset(profile_id=profile_id, kind=kind, is_on=is_on == "true", **codes)
