"""How far a new installation is set up: what was connected tells it, so that the wizard can be left at any step."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import select

from adapters.registry import BOOKS
from adapters.settings import Setting
from documents import ChargeKind, Problem
from models import (
    BooksConnection,
    Preset,
    Profile,
    Run,
    RunKind,
    RunState,
    StoreChannel,
    StoreConnection,
    Task,
    User,
    db,
    writing,
)
from sync import accounts, profiles, runs
from sync.drafting import rules as plain
from sync.drafting.switches import ON_WITHOUT_ITEM, preset_of
from sync.held import hold_profile
from sync.loading import read_presets
from sync.meanwhile import Fields, changes
from sync.offered import not_chosen

PASSED = "setup"
DEFAULTS = (
    "default_customer",
    "default_item",
    "terms",
    "document_date",
    "zero_tax_code",
    "rounding_item",
    "write_back_number",
)
"""The settings that the wizard asks for, where the books declare them; the others wait on the settings page."""


class Step(StrEnum):
    """What the wizard asks for, in this order."""

    STORE = "store"
    BOOKS = "books"
    PROFILE = "profile"
    FLOWS = "flows"
    LISTS = "lists"
    DEFAULTS = "defaults"
    MATCHING = "matching"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Progress:
    """What is there already, and which steps are done."""

    store: StoreConnection | None
    books: BooksConnection | None
    profile: Profile | None
    done: frozenset[Step]

    @property
    def next(self) -> Step | None:
        """The first step that is left; None when the set-up is finished."""
        return next((each for each in Step if each not in self.done), None)


def progress(user: User) -> Progress:
    """How far this person came; reads only."""
    store, books, profile = (_first(model) for model in (StoreConnection, BooksConnection, Profile))
    done = {Step(each) for each in cast(list[str], user.choices.get(PASSED) or [])}
    done |= {step for step, row in ((Step.STORE, store), (Step.BOOKS, books), (Step.PROFILE, profile)) if row}
    if profile is not None and _is_used(profile):
        done = set(Step)
    elif profile is None:
        done -= {Step.FLOWS, Step.LISTS, Step.DEFAULTS, Step.MATCHING, Step.LOOK}
    return Progress(store, books, profile, frozenset(done))


def _first(model: Any) -> Any:
    return db.session.scalar(select(model).order_by(model.id).limit(1))


def _is_used(profile: Profile) -> bool:
    """Something was synced: whoever did that needs no wizard."""
    return db.session.scalar(select(Task.id).where(Task.profile_id == profile.id).limit(1)) is not None


def passed(user: User, step: Step) -> None:
    """This person is done with a step."""
    known = cast(list[str], user.choices.get(PASSED) or [])
    accounts.choose(user.id, PASSED, [*known, *([step.value] if step.value not in known else [])])


# --- lists ------------------------------------------------------------------------------------------------------


def ask_for_lists(progress: Progress, now: datetime) -> list[int]:
    """Ask for everything that matching and drafts need: the books' lists, the store's products, the orders."""
    wanted = [(RunKind.REFERENCE, progress.books), (RunKind.ITEMS, progress.store)]
    ids = [runs.request(kind, row.id, now) for kind, row in wanted if row is not None]
    channels = profiles.channels_of(progress.profile.id) if progress.profile else []
    return [*ids, *(runs.request(RunKind.ORDERS, each.id, now) for each in channels)]


@dataclass(frozen=True, slots=True)
class Reading:
    """One list with the latest run that reads it; `about` is the channel, where there are several of a kind."""

    kind: RunKind
    about: str
    run: Run | None

    @property
    def is_done(self) -> bool:
        """It was read to its end."""
        return self.run is not None and self.run.state is RunState.DONE


def readings(progress: Progress) -> list[Reading]:
    """How far the lists of the first profile are."""
    if progress.profile is None or progress.books is None or progress.store is None:
        return []
    wanted = [(RunKind.REFERENCE, progress.books.id, ""), (RunKind.ITEMS, progress.store.id, "")]
    channels: Sequence[StoreChannel] = profiles.channels_of(progress.profile.id)
    wanted += [(RunKind.ORDERS, each.id, each.name) for each in channels]
    return [Reading(kind, about, _latest(kind, target)) for kind, target, about in wanted]


def _latest(kind: RunKind, target_id: int) -> Run | None:
    query = select(Run).where(Run.kind == kind, Run.target_id == target_id).order_by(Run.id.desc()).limit(1)
    return db.session.scalar(query.execution_options(populate_existing=True))


# --- defaults ---------------------------------------------------------------------------------------------------


def asked_settings(books: BooksConnection) -> list[Setting]:
    """The settings that the wizard asks for."""
    left_out = not_chosen(books)
    declared = {each.name: each for each in BOOKS[books.kind].profile_settings if each.name not in left_out}
    return [declared[name] for name in DEFAULTS if name in declared]


def defaults_shown(profile: Profile, kinds: Collection[ChargeKind]) -> dict[str, str]:
    """What the wizard's form shows: the settings, and the item of each kind of extra amount that is posted."""
    kept, presets = profiles.settings_shown(profile), read_presets(profile.id)
    settings = {each.name: kept[each.name] for each in asked_settings(profile.books)}
    return {**settings, **{kind.value: _item(preset_of(presets, kind)) for kind in kinds}}


def _item(preset: plain.Preset) -> str:
    return (preset.item or "") if preset.on else ""


def save_defaults(profile_id: int, typed: Fields, kinds: Collection[ChargeKind], was: Fields) -> list[Problem]:
    """Keep what was changed; a kind of extra amount is posted where it has an item. Returns why not, and then keeps
    nothing; raises ChangedMeanwhile (see `changes`)."""
    with writing() as session:
        profile = hold_profile(session, profile_id)
        now, presets = defaults_shown(profile, kinds), read_presets(profile_id)
        mine = changes(typed, was, now)
        changed = [kind for kind in kinds if kind in mine or preset_of(presets, kind) == ON_WITHOUT_ITEM]
        rows = [_preset(profile_id, kind, {**now, **mine}[kind]) for kind in changed]
        return profiles.keep(session, profile, {name: mine[name] for name in mine if name not in kinds}, rows)


def _preset(profile_id: int, kind: ChargeKind, item: str) -> Preset:
    return Preset(profile_id=profile_id, kind=kind, is_on=bool(item), item=item or None)
