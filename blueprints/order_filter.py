"""The filter of the lists of orders, as the address holds it and as a form carries it on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models import Profile, Tick, WordKind, is_row_id, row_id
from sync import store_words
from sync.kept_orders import LONGEST_STATUS
from sync.order_lists import Wanted

STATUSES = {
    "pending": _l("Pending"),
    "processing": _l("Processing"),
    "ready_to_ship": _l("Ready to ship"),
    "shipped": _l("Shipped"),
    "partially_shipped": _l("Partially shipped"),
    "completed": _l("Completed"),
    "returned": _l("Returned"),
    "cancelled": _l("Cancelled"),
    "refunded": _l("Refunded"),
    "failed": _l("Failed"),
    "on_hold": _l("On hold"),
    "unpaid": _l("Unpaid"),
    "unreadable": _l("Unreadable"),
}
FIELDS = ("channel", "from", "to", "status", "tick", "q")


@dataclass(frozen=True, slots=True)
class Filter:
    """What was asked for: as it was typed, as it is understood, and what could not be."""

    typed: dict[str, str]
    wanted: Wanted
    errors: dict[str, str]


def statuses_of(profile: Profile) -> dict[str, str]:
    """Ours by their names, and behind them those that the profile's stores made up (S21)."""
    own = (word.name for word in store_words.read(profile.id, WordKind.ORDER_STATUS))
    return {key: str(label) for key, label in STATUSES.items()} | {each[:LONGEST_STATUS]: each for each in own}


def read_filter(profile: Profile, fields: Mapping[str, str], ticks: tuple[Tick, ...]) -> Filter:
    """The filter of an address or a form; what cannot be understood is told and left out."""
    typed = {name: fields.get(name, "").strip()[:64] for name in FIELDS}
    is_status = typed["status"] and typed["status"] in statuses_of(profile)
    errors: dict[str, str] = {}
    wanted = Wanted(
        ticks=tuple(each for each in ticks if typed["tick"] in ("", each)) or ticks,
        channel_id=row_id(typed["channel"]) if is_row_id(typed["channel"]) else None,
        begins=_day(typed, "from", errors),
        ends=_day(typed, "to", errors),
        status=typed["status"] if is_status else "",
        number=typed["q"],
    )
    if wanted.begins and wanted.ends and wanted.begins > wanted.ends:
        errors["to"] = _("From is after To: there is no day between them.")
    return Filter({name: text for name, text in typed.items() if text}, wanted, errors)


def _day(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    if not typed[name]:
        return None
    try:
        day = date.fromisoformat(typed[name])
    except ValueError:
        day = date.min
    if 1970 <= day.year <= 9000:
        return day
    errors[name] = _("%(text)s is no day. Write it as 2026-11-30.", text=typed[name])
    return None


def only(wanted: Wanted, ticks: tuple[Tick, ...]) -> Wanted | None:
    """The same with these ticks alone; None where none of them was asked for."""
    left = tuple(each for each in wanted.ticks if each in ticks)
    return replace(wanted, ticks=left) if left else None
