"""How pages are drawn: whole, or one block of them for htmx; and how values are shown to people."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Flask, current_app, g, render_template, request
from flask_babel import format_date, format_datetime, format_decimal, format_timedelta, gettext
from markupsafe import Markup

from blueprints import words
from blueprints.mending import mend_url
from documents import Message
from models import Profile
from sync import accounts, setup_steps
from sync.lists import MOST_COUNTED

SHOWN_DIGITS = 2
BRIEF = 30
"""So many characters of a name are shown in the sentences of a list."""


def render(page: str, block: str = "", **context: Any) -> str:
    """Draw one block of a page for htmx, the whole page for everyone else."""
    if not block or not wants_fragment():
        return render_template(page, **context)
    return render_block(page, block, **context)


def render_block(page: str, block: str, **context: Any) -> str:
    """One block of a page, alone."""
    template = current_app.jinja_env.get_template(page)
    current_app.update_template_context(context)
    return "".join(template.blocks[block](template.new_context({**context, "fragment": True})))


def wants_fragment() -> bool:
    """True when htmx puts the reply inside a page it already has (not boosted, not Back)."""
    sent = request.headers
    return (
        sent.get("HX-Request") == "true"
        and sent.get("HX-Request-Type", "partial") == "partial"
        and "HX-Boosted" not in sent
        and "HX-History-Restore-Request" not in sent
    )


def told(message: Message | Mapping[str, Any] | str | None) -> str:
    """A Message in the reader's language; the database keeps template and values."""
    if not message:
        return ""
    if isinstance(message, str):
        return gettext(message)
    said = message if isinstance(message, Message) else msgspec.convert(message, Message)
    return gettext(said.template).format(**said.values) if said.template else ""  # gettext("") is the catalog's header


def briefly(message: Message | Mapping[str, Any] | str | None) -> str:
    """A Message in a list, where fifty stand: long names in it are cut."""
    if message is None or isinstance(message, str):
        return told(message)
    said = message if isinstance(message, Message) else msgspec.convert(message, Message)
    short = {name: text if len(text) <= BRIEF else f"{text[:BRIEF]}…" for name, text in said.values.items()}
    return told(Message(said.template, short))


def amount(value: Decimal | None, digits: int = SHOWN_DIGITS) -> str:
    """An amount with at least two decimals, and no fewer than it has."""
    if value is None:
        return "–"
    exponent = value.normalize().as_tuple().exponent
    shown = max(digits, -exponent if isinstance(exponent, int) else digits)
    return str(format_decimal(value, format=f"#,##0.{'0' * shown}" if shown else "#,##0"))


def counted(count: int) -> str:
    """A count that stops at 1,000."""
    return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else str(count)


def moment(value: datetime | None, profile: Profile | None = None) -> str:
    """A point in time, in the zone of the profile or of the reader."""
    if value is None:
        return "–"
    return str(format_datetime(value.astimezone(_zone(profile)), "d MMM y HH:mm", rebase=False))


def day(value: date | datetime | None, profile: Profile | None = None) -> str:
    """A day, in the zone of the profile or of the reader."""
    if isinstance(value, datetime):
        value = value.astimezone(_zone(profile)).date()
    return "–" if value is None else str(format_date(value, "d MMM y"))


def lasting(value: timedelta) -> str:
    """How long something lasts, in its largest unit from hours on."""
    return str(format_timedelta(value, granularity="hour", threshold=2))


def _zone(profile: Profile | None) -> ZoneInfo | None:
    """Of what belongs to no profile, the zone that all profiles of the reader have; else None, the machine's own."""
    if profile is not None:
        return ZoneInfo(profile.time_zone)
    if "zone" not in g:
        zones = {each.time_zone for each in accounts.profiles_of(g.user)} if g.get("user") else set()
        g.zone = ZoneInfo(zones.pop()) if len(zones) == 1 else None
    zone: ZoneInfo | None = g.zone
    return zone


def icon(name: str, label: str = "") -> Markup:
    """One of the vendored Tabler icons; without a label it says nothing to a screen reader."""
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    where = current_app.extensions["tillbridge-static"]("vendor/tabler-icons.svg")
    return Markup('<svg class="icon" {}><use href="{}#{}"/></svg>').format(said, where, name)


def install(app: Flask) -> None:
    """Give all templates these words."""
    app.jinja_env.filters.update(told=told, briefly=briefly, amount=amount, counted=counted, moment=moment, day=day)
    app.jinja_env.filters["lasting"] = lasting
    app.jinja_env.globals.update(
        icon=icon, words=words, mend_url=mend_url, set_up_left=lambda: setup_steps.left(g.user)
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"user": g.get("user"), "fragment": False})
