"""How a file is read: which sheet, which header, which column for which field; known, remembered, or asked for."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import select

from adapters.registry import STORES
from adapters.spreadsheets import mapping
from adapters.spreadsheets.frames import Sheet
from adapters.spreadsheets.headers import best_header, folded, header_names
from adapters.spreadsheets.limits import FileRefused
from adapters.spreadsheets.mapping import Guess, Why
from adapters.spreadsheets.order_fields import ORDERS, missing
from adapters.spreadsheets.values import is_empty, shown
from documents import N_, say
from models import FileLayout, Profile, ProfileChannel, Upload, db

USUAL_ZONE = "Asia/Kuala_Lumpur"
SAMPLES, LONGEST_SAMPLE = 3, 40
Kept = TypeVar("Kept")


class Plan(msgspec.Struct):
    """`header_row` is Excel's number; `columns` are places by field, `why` tells whether each was known or guessed.

    `words` are those in the channel's column that mean this channel, None where nobody was asked; `asked` are all that
    were asked about. `is_chosen`: a person has seen it, or its layout is known; `is_zone_known`: a person or a profile
    has told the zone."""

    sheet: str = ""
    header_row: int = 0
    columns: dict[str, int] = {}
    why: dict[str, str] = {}
    zone: str = USUAL_ZONE
    day_first: bool | None = None
    year_first: bool | None = None
    decimal_comma: bool | None = None
    prices_include_tax: bool = False
    words: list[str] | None = None
    asked: list[str] = []
    is_1904: bool = False
    imported: list[str] = []
    is_chosen: bool = False
    is_zone_known: bool = False


class Look(msgspec.Struct):
    """What was seen of a file, for the mapping screen: its sheets, headers, samples by column, words of channels."""

    sheets: list[str] = []
    names: list[str] = []
    samples: list[list[str]] = []
    words: list[str] = []
    asks_day_first: bool = False
    asks_year_first: bool = False
    asks_decimal_comma: bool = False


class Found(msgspec.Struct):
    """A plan for an open file, where its sheet stands, and whether it needs a person first."""

    plan: Plan
    look: Look
    place: int
    is_sure: bool


def plan_of(upload: Upload) -> Plan:
    """As it is kept."""
    return msgspec.convert(upload.plan, Plan) if upload.plan else Plan()


def look_of(upload: Upload) -> Look:
    """As it is kept."""
    return msgspec.convert(upload.look, Look) if upload.look else Look()


def seen(upload: Upload) -> str:
    """What a page shows of an upload, in short: a form of another reading is stale."""
    counts = upload.row_count, upload.order_count, upload.bad_orders, upload.errors, upload.warnings, upload.applied_to
    told = msgspec.json.encode((upload.plan, look_of(upload).names, *counts), order="deterministic")
    return hashlib.sha256(told).hexdigest()[:16]


def as_kept(value: Plan | Look) -> dict[str, object]:
    """For its column."""
    kept: dict[str, object] = msgspec.to_builtins(value)
    return kept


def find(upload: Upload, sheets: Sequence[Sheet]) -> Found:
    """The plan for a file; what a person chose stays. Raises FileRefused where no sheet can be read."""
    plan = plan_of(upload)
    place = _sheet(plan.sheet, sheets)
    sheet = sheets[place]
    header = plan.header_row - 1 if 0 < plan.header_row <= len(sheet.first) else best_header(sheet.first, _known())[0]
    names = header_names(sheet.first, header)
    is_same = plan.is_chosen and plan.sheet == sheet.name and plan.header_row == header + 1
    if not (is_same and plan.columns):
        plan = msgspec.structs.replace(_guessed(plan, upload, names), imported=plan.imported)
    plan.sheet, plan.header_row = sheet.name, header + 1
    look = Look([each.name for each in sheets if each.first], names, _samples(sheet, header, len(names)))
    return Found(plan, look, place, plan.is_chosen)


def _guessed(plan: Plan, upload: Upload, names: list[str]) -> Plan:
    """As it was chosen for these very headers, as a layout that is known, as it was chosen for some of them, else as a
    guess; what is not sure is shown."""
    key, rows = header_key(names), _layouts(upload)
    if kept := _remembered(upload, names, [row for row in rows if row.header_key == key]):
        return kept
    layout = mapping.by_layout(ORDERS, names)
    if not layout and (kept := _remembered(upload, names, [row for row in rows if row.header_key != key])):
        return kept
    zone = _zone(upload.channel_id)
    guess: Guess = layout or _by_id(upload, names, mapping.guessed(ORDERS, names))
    return Plan(
        columns=guess.columns,
        why={field: str(why) for field, why in guess.why.items()},
        zone=zone or USUAL_ZONE if plan.zone == USUAL_ZONE else plan.zone,
        day_first=plan.day_first,
        year_first=plan.year_first,
        decimal_comma=plan.decimal_comma,
        prices_include_tax=plan.prices_include_tax,
        is_chosen=guess.is_sure,
        is_zone_known=plan.is_zone_known or zone is not None,
    )


def _by_id(upload: Upload, names: list[str], guess: Guess) -> Guess:
    """Where the store's ids have a form of their own, a column "Id" is likelier to hold them than the number that
    people see (Shopify's export has both)."""
    every, number = [folded(name) for name in names], guess.columns.get("order_id")
    is_named = number is not None and every[number] == "order id"
    if not STORES[upload.channel.store.kind].order_ids or every.count("id") != 1 or is_named:
        return guess
    own = every.index("id")
    kept = {field: place for field, place in guess.columns.items() if place not in (own, number)}
    columns = {"order_id": own, **({} if number in (None, own) else {"number": number}), **kept}
    return Guess(columns, {field: guess.why.get(field, Why.NAME) for field in columns})


def _sheet(name: str, sheets: Sequence[Sheet]) -> int:
    """The one that was chosen, else the one whose header names the most columns that are known."""
    readable = [place for place, sheet in enumerate(sheets) if sheet.first and not sheet.trouble]
    if not readable:
        trouble = next((sheet.trouble for sheet in sheets if sheet.trouble), None)
        raise FileRefused(trouble or say(N_("The file has no rows. Export it again.")))
    chosen = [place for place in readable if sheets[place].name == name]
    scores = {place: best_header(sheets[place].first, _known())[1] for place in readable}
    return (
        chosen[0] if chosen else max(readable, key=lambda place: (scores[place], not sheets[place].is_hidden, -place))
    )


def unread(found: Found, sheets: Sequence[Sheet]) -> list[str]:
    """The names of other sheets that hold orders, by their header, and were not imported before."""
    others = [
        sheet for place, sheet in enumerate(sheets) if place != found.place and sheet.name not in found.plan.imported
    ]
    return [sheet.name for sheet in others if sheet.first and not sheet.trouble and _holds_orders(found, sheet)]


def _holds_orders(found: Found, sheet: Sheet) -> bool:
    header = best_header(sheet.first, _known())[0]
    if not any(not is_empty(cell) for row in sheet.first[header + 1 :] for cell in row):
        return False
    names = header_names(sheet.first, header)
    chosen = {field: folded(found.look.names[place]) for field, place in found.plan.columns.items()}
    return bool(mapping.remembered(chosen, names)) or not missing(mapping.guessed(ORDERS, names).columns)


def _known() -> frozenset[str]:
    return ORDERS.aliases()


def _samples(sheet: Sheet, header: int, width: int) -> list[list[str]]:
    """The first values of each column that are something."""
    below = sheet.first[header + 1 :]
    found = ([shown(row[column]) for row in below if column < len(row)] for column in range(width))
    return [[each[:LONGEST_SAMPLE] for each in values if each.strip()][:SAMPLES] for values in found]


def _zone(channel_id: int) -> str | None:
    """The account time zone of the first profile that takes the channel; None where none does."""
    query = select(Profile.time_zone).join(ProfileChannel, ProfileChannel.profile_id == Profile.id)
    return db.session.scalar(query.where(ProfileChannel.channel_id == channel_id).order_by(Profile.id))


# --- remembered -------------------------------------------------------------------------------------------------


def header_key(names: Sequence[str]) -> str:
    """The same for the same headers, in whatever order and spelling of blanks and case."""
    return hashlib.sha256("\n".join(sorted(folded(name) for name in names if name)).encode()).hexdigest()


class KeptPlan(msgspec.Struct):
    """A plan as it is remembered: by header."""

    headers: dict[str, str]
    plan: Plan


def layout_as_kept(value: KeptPlan) -> dict[str, object]:
    """For its column."""
    kept: dict[str, object] = msgspec.to_builtins(value)
    return kept


def to_remember(plan: Plan, names: Sequence[str]) -> KeptPlan | None:
    """By header, and without the words that mean one channel of several; None where a column that was chosen shares its
    header with another."""
    headers = {field: folded(names[place]) for field, place in plan.columns.items()}
    every = [folded(name) for name in names]
    if any(every.count(header) != 1 for header in headers.values()):
        return None
    return KeptPlan(headers, msgspec.structs.replace(plan, words=None, asked=[], imported=[]))


def _layouts(upload: Upload) -> Sequence[FileLayout]:
    """What was chosen for files of this store, the last first."""
    query = select(FileLayout).where(FileLayout.store_id == upload.channel.store_id)
    return db.session.scalars(query.order_by(FileLayout.used_at.desc())).all()


def _remembered(upload: Upload, names: Sequence[str], rows: Sequence[FileLayout]) -> Plan | None:
    """The first mapping whose headers are all still there; the zone is the profile's where there is one."""
    key = header_key(names)
    for row in rows:
        kept = msgspec.convert(row.plan, KeptPlan)
        if guess := mapping.remembered(kept.headers, names):
            guess = guess if row.header_key == key else mapping.widened(ORDERS, guess, names)
            plan = msgspec.structs.replace(kept.plan, words=None, asked=[], is_chosen=guess.is_sure, is_zone_known=True)
            plan.columns, plan.why = guess.columns, {field: str(why) for field, why in guess.why.items()}
            plan.zone = _zone(upload.channel_id) or plan.zone
            return plan
    return None
