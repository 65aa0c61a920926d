"""QNE's envelope and its refusals (qne.md section 3)."""

from __future__ import annotations

from typing import Any

from practice.web import Answer, Doc

VALIDATION = "ERR_VALIDATION"
NOT_FOUND = "ERR_NOT_FOUND"
DUPLICATE = "ERR_DUPLICATE"


class Refused(Exception):
    """Nothing was done; `status` None means the status that the switch `refusal_status` says."""

    def __init__(self, message: str, code: str = VALIDATION, status: int | None = None) -> None:
        """Say why; only 'not 0000' means anything to a caller."""
        super().__init__(message)
        self.code, self.status = code, status


def done(data: Any, message: str = "OK") -> Answer:
    """A success in its envelope."""
    return Answer(_envelope(True, "0000", message, data))


def page(rows: list[Doc], count: int, message: str) -> Answer:
    """One page of a list: `data.count` is of all rows that fit, `data.value` the page."""
    return done({"count": count, "value": rows}, message)


def refusal(message: str, code: str, status: int) -> Answer:
    """A refusal in its envelope."""
    return Answer(_envelope(False, code, message, None), status)


def missing(what: str) -> Refused:
    """A record that is not there: HTTP 200 with ERR_NOT_FOUND, as seen live."""
    return Refused(f"{what} not found", NOT_FOUND, 200)


def _envelope(success: bool, code: str, message: str, data: Any) -> Doc:
    return {"type": "API", "success": success, "code": code, "message": message, "data": data, "error": None}
