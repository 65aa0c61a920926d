"""Moments, names and addresses as WooCommerce tells them (other-stores.md 1.2, 1.3)."""

import datetime as dt

from adapters.stores.figures import Unreadable, text
from adapters.stores.woocommerce.contract import Record
from documents import N_, say


def moment(raw: Record, name: str) -> dt.datetime | None:
    """A `..._gmt` date: UTC, told without a zone; None where there is none yet."""
    told = text(raw, name)
    if not told or told.startswith("0000"):
        return None
    try:
        read = dt.datetime.fromisoformat(told)
    except ValueError:
        raise Unreadable(say(N_("{field} is no date: {told}"), field=name, told=told[:40])) from None
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def name_of(person: Record) -> str:
    """First and last name."""
    return f"{text(person, 'first_name')} {text(person, 'last_name')}".strip()


def address_of(billing: Record) -> tuple[str, ...]:
    """The lines of an address; nothing of it is a line of its own that is empty."""
    town = f"{text(billing, 'postcode')} {text(billing, 'city')}".strip()
    parts = (text(billing, "address_1"), text(billing, "address_2"), town)
    return tuple(part for part in (*parts, text(billing, "state"), text(billing, "country")) if part)
