"""A bridge: lists of records, oldest change first, a page at a time, to whoever knows the key (4.1)."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from practice.gate import Settings, own_settings
from practice.pace import Pace
from practice.shelf import Shelf
from practice.web import Answer, Doc, Request

LARGEST_PAGE = 100
OLD = "2026-01-01T00:00:00+00:00"
"""When what never changes was changed last."""


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        """Its status, and what its body says."""
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field

    def answer(self) -> Answer:
        """As the contract has it."""
        told = {"code": self.code, "message": self.message, **({"field": self.field} if self.field else {})}
        return Answer({"error": told}, self.status)


class Bridge:
    """What both shops' bridges have in common; `lists` gives all records of each object."""

    name: str
    prefix: ClassVar[str]
    currency: ClassVar[str]
    switches: ClassVar[type[Settings]] = Settings
    shop_id: ClassVar[str]

    def __init__(self, shelf: Shelf, settings: Settings, keys: Doc) -> None:
        """Serve the shelf to whoever knows the key."""
        self.shelf, self.key = shelf, keys["api_key"]
        self.settings: Any = own_settings(self.switches, settings)
        self.pace = Pace()

    @staticmethod
    def make_keys() -> Doc:
        """A new key."""
        return {"api_key": secrets.token_urlsafe(24)}

    def told(self, base_url: str) -> Doc:
        """What the owner enters."""
        return {"base_url": base_url, "api_key": self.key, "shop_id": self.shop_id}

    def lists(self) -> dict[str, Callable[[], list[Doc]]]:
        """What makes the records of each object."""
        raise NotImplementedError

    def answer(self, request: Request) -> Answer:
        """One page, or an error."""
        try:
            return self._page(request)
        except Refused as error:
            return error.answer()

    def say(self, what: str, message: str) -> Answer:
        """The contract's words for what the gate or the fault plan asks."""
        match what:
            case "too_fast":
                return Refused(429, "too_fast", message or "Slow down").answer()
            case "token_expired":
                return Refused(401, "unauthorized", message or "The key is not known").answer()
            case "forbidden_403":
                return Refused(403, "forbidden", message or "The key may not do this").answer()
            case _:
                return Refused(422, "refused", message or "The request was refused").answer()

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """Another message, or the bare list."""
        if not isinstance(answer.payload, dict):
            return answer
        if fault == "envelope_off":
            return Answer(answer.payload.get("items"), answer.status)
        return Refused(max(answer.status, 400), "error", message or "Something went wrong").answer()

    def _page(self, request: Request) -> Answer:
        sent = request.headers.get("authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {self.key}".encode()):
            raise Refused(401, "unauthorized", "The key is missing or not known")
        name, lists = request.path.strip("/"), self.lists()
        if name not in lists:
            raise Refused(404, "not_found", f"There is no object {name}")
        if request.method != "GET":
            raise Refused(405, "method", "Records can only be read")
        limit, since, after = _limit(request), _since(request), _cursor(request)
        rows = [
            row
            for row in _sorted(lists[name]())
            if (since is None or row[0] >= since) and (after is None or row[:2] > after)
        ]
        page, is_more = rows[:limit], len(rows) > limit
        cursor = _written(page[-1]) if is_more else None
        return Answer({"items": [row[2] for row in page], "next_cursor": cursor})


Row = tuple[datetime, str, Doc]


def _sorted(records: list[Doc]) -> list[Row]:
    """By the moment of the last change, then by id."""
    rows = [(datetime.fromisoformat(each.get("updated_at") or OLD), _id(each), each) for each in records]
    return sorted(rows, key=lambda row: row[:2])


def _id(record: Doc) -> str:
    return str(next(record[name] for name in ("credit_note_number", "number", "code", "id", "name") if name in record))


def _limit(request: Request) -> int:
    told = request.query.get("limit", str(LARGEST_PAGE))
    if not told.isdecimal() or not 1 <= int(told) <= LARGEST_PAGE:
        raise Refused(422, "limit", f"limit must be between 1 and {LARGEST_PAGE}", "limit")
    return int(told)


def _since(request: Request) -> datetime | None:
    told = request.query.get("updated_since")
    if told is None:
        return None
    try:
        read = datetime.fromisoformat(told)
    except ValueError:
        raise Refused(400, "updated_since", "updated_since must be ISO 8601", "updated_since") from None
    if read.tzinfo is None:
        raise Refused(400, "updated_since", "updated_since must have an offset", "updated_since")
    return read


def _written(row: Row) -> str:
    return base64.urlsafe_b64encode(f"{row[0].isoformat()} {row[1]}".encode()).decode()


def _cursor(request: Request) -> tuple[datetime, str] | None:
    told = request.query.get("cursor")
    if told is None:
        return None
    try:
        moment, _, record_id = base64.urlsafe_b64decode(told.encode()).decode().partition(" ")
        return datetime.fromisoformat(moment), record_id
    except (ValueError, binascii.Error):
        raise Refused(400, "cursor", "cursor is not one of ours", "cursor") from None


def money(amount: Decimal) -> str:
    """Text with decimals."""
    return f"{amount:.2f}"


def stamp(moment: datetime) -> str:
    """ISO 8601 with its offset."""
    return moment.astimezone(UTC).isoformat()
