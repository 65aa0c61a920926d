"""Pulling by HTTP: pages of one object, oldest change first (section 4.1)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from adapters import outcomes
from adapters.errors import OutcomeUnknown
from adapters.http import BACK_OFF, Http, Json, Reply
from adapters.stores.exchange.checking import cleaned
from adapters.stores.exchange.fields import ExchangeObject, Record
from documents import N_, say

LIMIT = 100
READ_S = 60.0
MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some records as they came, and where the next page begins; None after the last one."""

    items: tuple[Json, ...]
    next_cursor: str | None


class Client:
    """Asks one bridge."""

    def __init__(self, http: Http, base_url: str, key: str) -> None:
        self._http, self._base_url = http, base_url
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def page(
        self,
        name: str,
        updated_since: dt.datetime | None,
        cursor: str | None,
        limit: int = LIMIT,
        patience: Sequence[float] = BACK_OFF,
    ) -> Page:
        """One page of an object; a page that cannot be read raises, it is never an empty one."""
        params = {"limit": str(limit)}
        if updated_since is not None:
            params["updated_since"] = updated_since.astimezone(dt.UTC).isoformat()
        if cursor is not None:
            params["cursor"] = cursor
        url = f"{self._base_url}/{quote(name)}"
        reply = self._http.request("GET", url, params=params, headers=self._headers, read_s=READ_S, patience=patience)
        return _read(reply)

    def pages(self, name: str, updated_since: dt.datetime | None) -> Iterator[Page]:
        """All pages from a moment on."""
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = self.page(name, updated_since, cursor)
            yield page
            if page.next_cursor is None:
                return
            if page.next_cursor == cursor:
                break
            cursor = page.next_cursor
        sentence = N_("{system}'s list does not end: it gives the same page again.")
        raise OutcomeUnknown(say(sentence, system=self._http.label), cause=name)

    def everything(self, what: ExchangeObject) -> Iterator[Record]:
        """Every record that is as the contract says."""
        for page in self.pages(what.name, None):
            for raw in page.items:
                record, faults = cleaned(what, raw)
                if not faults:
                    yield record


def _read(reply: Reply) -> Page:
    if not reply.is_ok:
        raise outcomes.failure_of(reply, _reason(reply), writes=False)
    answer = reply.json()
    items = answer.get("items") if isinstance(answer, dict) else None
    cursor = answer.get("next_cursor") if isinstance(answer, dict) else None
    if not isinstance(items, list) or not (cursor is None or isinstance(cursor, str)):
        sentence = N_("{system} gave an answer without the list that was asked for.")
        raise OutcomeUnknown(say(sentence, system=reply.label), cause=reply.excerpt)
    return Page(tuple(items), cursor or None)


def _reason(reply: Reply) -> str | None:
    """What the contract's own error body says; None where it is not the bridge that speaks."""
    try:
        error = reply.json()["error"]
        return ": ".join(str(error[each]) for each in ("field", "message") if error.get(each)) or str(error["code"])
    except (OutcomeUnknown, KeyError, TypeError, AttributeError):
        return None
