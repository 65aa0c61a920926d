"""Where a problem is mended: one table from what a Problem says to the page, for every page that shows problems."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, g, url_for

from documents import Problem
from sync.readiness import Line

Words = Callable[[str], dict[str, str]]
PAGES: dict[str, tuple[str, Words]] = {
    "orders": ("invoices.pending", lambda subject: {}),
    "settings": ("settings.general", lambda subject: {}),
    "settings/which-orders": ("settings.general", lambda subject: {}),
    "settings/presets": ("presets.show", lambda subject: {}),
    "books": ("settings.general", lambda subject: {}),
    "profile": ("company.profile", lambda subject: {}),
    "matching/items": ("matching.items", lambda subject: {"q": subject} if subject else {}),
    "matching/customers": ("matching.customers", lambda subject: {}),
    "matching/shipping": ("matching.shipping", lambda subject: {}),
    "matching/payment": ("matching.payment", lambda subject: {}),
    "matching/currency": ("matching.currency", lambda subject: {}),
    "matching/tax": ("matching.tax", lambda subject: {}),
    "alignment": ("aligning.show", lambda subject: {}),
    "partners": ("partners.show", lambda subject: {"q": subject} if subject else {}),
    "readiness": ("readiness.show", lambda subject: {}),
    "already": ("already.ask", lambda subject: {}),
    "tasks": ("tasks.index", lambda subject: {}),
    "sent": ("tasks.order", lambda subject: {"profile_order_id": subject}),
}
"""By `Problem.mend`: the endpoint, and what of the problem's subject the page is asked for."""
ELSEWHERE = "profiles.show"


def mend_url(profile_id: int, problem: Problem | Line | Mapping[str, Any]) -> str:
    """The page that mends a problem, of a draft, of the readiness check, or as the database keeps it."""
    mend, subject = _read(problem)
    endpoint, words = PAGES.get(mend, (ELSEWHERE, lambda subject: {}))
    if not _is_open(endpoint):
        return url_for(ELSEWHERE, profile_id=profile_id)
    return url_for(endpoint, profile_id=profile_id, **words(subject))


def _is_open(endpoint: str) -> bool:
    """False for the owner's pages, where somebody else looks."""
    view = current_app.view_functions.get(endpoint)
    return view is not None and (g.user.is_owner or not getattr(view, "is_for_owner", False))


def _read(problem: Problem | Line | Mapping[str, Any]) -> tuple[str, str]:
    if isinstance(problem, Problem | Line):
        return problem.mend, problem.subject
    return str(problem.get("mend", "")), str(problem.get("subject", ""))
