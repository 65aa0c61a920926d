"""When a sale is due (quickbooks-online.md 3.5)."""

from __future__ import annotations

from datetime import date, timedelta

from practice.quickbooks.write import Write
from practice.web import Doc


def due_day(write: Write, day: str, term: Doc | None) -> str:
    """So many days after the sale; the day of the month after it; the day itself without a term."""
    record = write.find("Term", term["value"]) if term else None
    if record is None:
        return day
    sold = date.fromisoformat(day)
    if "DueDays" in record:
        return (sold + timedelta(days=record["DueDays"])).isoformat()
    due = sold.replace(day=min(record["DayOfMonthDue"], 28))
    return (due if due >= sold else (due + timedelta(days=31)).replace(day=due.day)).isoformat()
