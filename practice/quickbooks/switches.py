"""The switches of the imitated QuickBooks Online; README.md says what each does."""

from __future__ import annotations

from typing import Literal

import msgspec

from practice.gate import Settings
from practice.pace import MINUTE, SECOND, Limit, window
from practice.web import Request

API = "/v3/company/"


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """What the reference calls a fact is the default; what it leaves open can be turned."""

    per_second: float | None = 10
    in_flight: int | None = 10
    retry_after: float | None = None
    per_minute: float | None = 500
    batch_per_minute: float | None = 40
    too_fast_as: Literal["xml", "json"] = "xml"
    ahead_s: float = 0.0
    redirect_uris: list[str] | None = None
    code_s: float = 300.0
    token_s: float = 3600.0
    rotate_after_s: float = 86_400.0
    refresh_s: float = 8_640_000.0
    hard_s: float = 157_680_000.0
    refuse_overlapping_refresh: bool = True
    batch_limit: int = 30
    requestid: Literal["replay", "ignore", "refuse"] = "replay"
    tax_rounding: Literal["line", "sum"] = "line"
    ast_override: bool = True
    us_code_alone: Literal["zero", "computed"] = "zero"
    exchange_rate: Literal["sent", "daily"] = "sent"
    negative_lines: bool = False
    negative_stock: bool = True
    closing_password: bool = False
    lapsed: list[str] = msgspec.field(default_factory=list)
    failing: list[str] = msgspec.field(default_factory=list)

    def limits(self, request: Request) -> list[Limit]:
        """Every company counts for itself (quickbooks-online.md 2.4); signing in does not count."""
        if not request.path.startswith(API):
            return []
        realm, call = company_of(request.path)
        second, minute = window(SECOND, self.scale), window(MINUTE, self.scale)
        limits = [
            Limit("per_second", self.per_second, second, realm),
            Limit("per_minute", self.per_minute, minute, realm),
            Limit("in_flight", self.in_flight, group=realm),
        ]
        batches = [Limit("batch_per_minute", self.batch_per_minute, minute, realm)] if call == "batch" else []
        return limits + batches


def company_of(path: str) -> tuple[str, str]:
    """The company and the first word behind it, of a path of the API."""
    words = [*path.removeprefix(API).split("/"), ""]
    return words[0], words[1]
