"""Which orders a list shows, and in which order (other-stores.md 1.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from practice.sales import Sale
from practice.woocommerce.lists import invalid

FIRST_ID = 20_000
"""An order's id is this and the sale's number: id and number differ."""
NOT_HERE = ("customer", "product", "search", "dp")
STATUSES = {
    "unpaid": "pending",
    "paid": "processing",
    "shipped": "completed",
    "completed": "completed",
    "on_hold": "on-hold",
    "cancelled": "cancelled",
    "refunded": "refunded",
    "partly_refunded": "processing",
}
KNOWN = {*STATUSES.values(), "failed", "checkout-draft", "trash", "any"}
BY = ("date", "id", "include", "title", "slug")
STORE_ZONE = timezone(timedelta(hours=8))
Query = dict[str, str]


def id_of(sale: Sale) -> int:
    """The order's id."""
    return FIRST_ID + sale.n


def status_of(sale: Sale) -> str:
    """The order's status in WooCommerce's word."""
    return str(sale.extra.get("status", STATUSES[sale.state]))


def chosen(sales: list[Sale], query: Query) -> list[Sale]:
    """The sales that a list shows; without a status all but what is in the trash.

    Filters that this server has not are refused, not ignored."""
    if refused := next((name for name in NOT_HERE if name in query), None):
        raise invalid(refused)
    wanted = _statuses(query)
    zone = UTC if query.get("dates_are_gmt") in ("true", "1") else STORE_ZONE
    limits = {name: _moment(query[name], name, zone) for name in LIMITS if query.get(name)}
    ids = _numbers(query, "include")
    left_out = _numbers(query, "exclude")
    found = [
        sale
        for sale in sales
        if _has_status(sale, wanted)
        and all(LIMITS[name](sale, moment) for name, moment in limits.items())
        and (not ids or id_of(sale) in ids)
        and id_of(sale) not in left_out
    ]
    return _sorted(found, query)


LIMITS: dict[str, Callable[[Sale, datetime], bool]] = {
    "after": lambda sale, moment: _cut(sale.when) > moment,
    "before": lambda sale, moment: _cut(sale.when) < moment,
    "modified_after": lambda sale, moment: _cut(sale.updated) > moment,
    "modified_before": lambda sale, moment: _cut(sale.updated) < moment,
}
"""None of the moments counts itself; WordPress keeps whole seconds."""


def _cut(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _statuses(query: Query) -> set[str]:
    wanted = set(query.get("status", "any").split(","))
    if not wanted <= KNOWN:
        raise invalid("status")
    return wanted


def _has_status(sale: Sale, wanted: set[str]) -> bool:
    status = status_of(sale)
    return status != "trash" if "any" in wanted else status in wanted


def _moment(told: str, name: str, zone: tzinfo) -> datetime:
    try:
        read = datetime.fromisoformat(told)
    except ValueError:
        raise invalid(name) from None
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _numbers(query: Query, name: str) -> set[int]:
    told = [each for each in query.get(name, "").split(",") if each]
    if not all(each.isdecimal() for each in told):
        raise invalid(name)
    return {int(each) for each in told}


def _sorted(found: list[Sale], query: Query) -> list[Sale]:
    by, direction = query.get("orderby", "date"), query.get("order", "desc")
    if by not in BY:
        raise invalid("orderby")
    if direction not in ("asc", "desc"):
        raise invalid("order")
    return sorted(found, key=lambda sale: (sale.when if by == "date" else 0, sale.n), reverse=direction == "desc")
