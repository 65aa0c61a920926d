"""How the payments of an order show on it: one that fails leaves the order posted, with a warning (R5)."""

from typing import Any

from sqlalchemy.orm import Session

from documents import N_, say
from models import ProfileOrder
from sync import ledger

ABOUT = "order_payments"
EXCEPT = N_("Order details updated except for its payments")


def failed(session: Session, profile_order_id: int, told: dict[str, object] | None) -> None:
    """Warn on the order, with what the books said; its tick stays."""
    row = session.get_one(ProfileOrder, profile_order_id, populate_existing=True)
    warning: dict[str, object] = {
        "about": ABOUT,
        "mend": "sent",
        "message": ledger.as_json(say(EXCEPT)),
        "subject": str(profile_order_id),
    }
    row.reasons = [*_others(row), warning, *([{**warning, "message": told}] if told else [])]
    session.flush()


def posted(session: Session, profile_order_id: int) -> None:
    """They stand in the books now: nothing to warn of."""
    row = session.get_one(ProfileOrder, profile_order_id, populate_existing=True)
    if len(_others(row)) < len(row.reasons):
        row.reasons = _others(row)
        session.flush()


def _others(row: ProfileOrder) -> list[dict[str, Any]]:
    return [reason for reason in row.reasons if reason.get("about") != ABOUT]
