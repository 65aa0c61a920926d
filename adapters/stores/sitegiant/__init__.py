"""SiteGiant, by its Open API. Source: sitegiant.md sections 1 and 4."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from adapters.errors import OutcomeUnknown
from adapters.http import BACK_OFF, Http, Json, encode
from adapters.settings import Clock, Setting, utc_now
from adapters.stores.base import ItemPage, Listed, OrderPage, PulledOrder, Store, UnreadableOrder
from adapters.stores.figures import Unreadable
from adapters.stores.sitegiant import contract, reader, windows
from adapters.stores.sitegiant.contract import Record
from adapters.stores.sitegiant.details import Details
from adapters.stores.sitegiant.reader import id_of, ordered_at, read_item, read_order
from adapters.stores.sitegiant.windows import Step, Walk
from documents import N_, Channel, say

WINDOW = dt.timedelta(days=contract.WINDOW_DAYS - 1)
NAMELESS = "?"
"""Begins the id that we give to an order without one, so that it can be told; SiteGiant is never asked for it."""


class SiteGiant(Store):
    """One SiteGiant account with its shops. An order that cannot be read is told, a page that cannot be read raises."""

    kind, label, pace = "sitegiant", "SiteGiant", contract.PER_SECOND
    charges = reader.CHARGES
    can_write_number = True
    connection_settings = (
        Setting("access_token", N_("Access Token"), N_("From your SiteGiant developer account."), "P6", "", True, True),
        Setting(
            "shop_id",
            N_("Shop id"),
            hint=N_(
                "Your shop's id at SiteGiant. It becomes part of our reference in the books and must never change."
            ),
            feature="P6",
            required=True,
        ),
        Setting("base_url", N_("Address"), N_("Leave it as it is."), "P6", contract.BASE_URL, required=True),
    )

    def __init__(
        self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http, clock: Clock = utc_now
    ) -> None:
        super().__init__(settings, secrets, http, clock)
        self._base_url = (settings.get("base_url") or contract.BASE_URL).rstrip("/")
        self._headers = {"Access-Token": secrets.get("access_token", "")}

    @property
    def shop_id(self) -> str:
        """As the owner entered it; the API does not tell one."""
        return self.settings["shop_id"]

    def check(self) -> str:
        """Asks for the channels, which every token may see."""
        names = [channel.name for channel in self._channels(patience=())]
        return f"{self.label} {self.shop_id}: {', '.join(names[:3])}{', ...' if len(names) > 3 else ''}"

    def channels(self) -> list[Channel]:
        """Every shop inside the account."""
        return self._channels(BACK_OFF)

    def _channels(self, patience: Sequence[float]) -> list[Channel]:
        rows, _ = self._list(contract.CHANNELS, {}, patience, contract.CHANNEL_LIST)
        return [_channel(row) for row in rows]

    def item_pages(self) -> Iterator[ItemPage]:
        """The inventory; items without an iSKU cannot be named and are left out."""
        seen = 0
        for page in range(1, contract.MAX_PAGES + 1):
            params = {"page": str(page), "limit": str(contract.PAGE)}
            rows, total = self._list(contract.ITEMS, params, BACK_OFF, contract.ITEM_LIST)
            items = (read_item(row) for row in rows)
            seen += len(rows)
            at_end = is_last(contract.ITEMS, len(rows), total, seen)
            yield ItemPage(tuple(item for item in items if item is not None), total)
            if at_end:
                return
        raise self._endless(contract.ITEMS)

    # --- orders ------------------------------------------------------------------------------------------------

    def order_pages(
        self, channel: Channel, since: dt.date, position: str | None, now: dt.datetime
    ) -> Iterator[OrderPage]:
        """Window by window; a pull that was stopped goes on with its next page, a later one 15 days before its end."""
        today = now.astimezone(contract.STORE_TIME).date()
        walk = Walk(windows.read(position, since), since, today)
        step: Step | None = walk.first if since <= today else None
        before: list[Record] = []
        while step is not None:
            rows, total = self._listed(channel, step)
            if (rows and rows == before) or step.page > contract.MAX_PAGES:
                raise self._endless(contract.ORDERS)
            before = rows
            at_end = is_last(contract.ORDERS, len(rows), total, step.seen + len(rows))
            following = walk.after(step, len(rows), is_last=at_end)
            done, days = walk.progress(following)
            orders, unreadable = self._read(channel, rows)
            yield OrderPage(tuple(orders), tuple(unreadable), walk.position(following), done, days)
            step = following

    def orders_by_id(self, channel: Channel, order_ids: Sequence[str]) -> OrderPage:
        """These orders as they are now."""
        asked = [each for each in order_ids if each and not each.startswith(NAMELESS)]
        orders: list[PulledOrder] = []
        unreadable: list[UnreadableOrder] = []
        for start in range(0, len(asked), contract.BATCH):
            rows: list[Record] = [{"order_id": each} for each in asked[start : start + contract.BATCH]]
            read, not_read = self._read(channel, rows)
            orders += read
            unreadable += not_read
        return OrderPage(tuple(orders), tuple(unreadable), "", len(asked), len(asked))

    def listed(self, channel: Channel, since: dt.date, until: dt.date) -> Iterator[tuple[Listed, ...]]:
        """Window by window, without the orders' details."""
        step: Step | None = Step(since, min(since + WINDOW, until)) if since <= until else None
        while step is not None:
            if step.page > contract.MAX_PAGES:
                raise self._endless(contract.ORDERS)
            rows, total = self._listed(channel, step)
            yield tuple(Listed(id_of(row), id_of(row), ordered_at(row)) for row in rows if id_of(row))
            at_end = is_last(contract.ORDERS, len(rows), total, step.seen + len(rows))
            step = _following(step, len(rows), until, is_last=at_end)

    def _listed(self, channel: Channel, step: Step) -> tuple[list[Record], int | None]:
        params = {
            "channel_id": channel.id,
            "date_from": step.begin.isoformat(),
            "date_to": step.end.isoformat(),
            "page": str(step.page),
            "limit": str(contract.PAGE),
        }
        return self._list(contract.ORDERS, params, BACK_OFF, *contract.ORDER_LIST)

    def _read(self, channel: Channel, rows: list[Record]) -> tuple[list[PulledOrder], list[UnreadableOrder]]:
        """The details of what a list names, in the list's order, each order once."""
        listed = {id_of(row): row for row in rows if id_of(row)}
        unreadable = [_nameless(row) for row in rows if not id_of(row)]
        details = Details(self.details)
        if listed:
            details.fetch(list(listed))
        orders: list[PulledOrder] = []
        for order_id, row in listed.items():
            raw = details.found.get(order_id)
            if raw is None:
                unreadable.append(UnreadableOrder(order_id, _as_text(row), details.reason(order_id)))
                continue
            try:
                orders.append(PulledOrder(read_order(raw, self.shop_id, channel), _as_text(raw)))
            except Unreadable as error:
                unreadable.append(UnreadableOrder(order_id, _as_text(raw), error.message))
        return orders, unreadable

    def details(self, order_ids: Sequence[str]) -> list[Record]:
        """Whole orders by id, at most 100; a POST that only asks."""
        reply = self.http.request(
            "POST",
            self._base_url + contract.ORDER_DETAILS,
            headers=self._headers | {"Content-Type": "application/json"},
            body=encode({"order_id": list(order_ids)}),
            read_s=contract.READ_S,
            writes=False,
            patience=BACK_OFF,
            only_when_throttled=True,
        )
        rows, _ = self._rows(contract.body_of(reply), contract.ORDER_DETAILS, contract.DETAIL_LIST)
        return rows

    def write_number(self, order_id: str, number: str) -> None:
        """Into `invoice_no`, where SiteGiant's order list shows it (4.1)."""
        reply = self.http.request(
            "PUT",
            f"{self._base_url}{contract.ORDERS}/{quote(order_id, safe='')}",
            headers=self._headers | {"Content-Type": "application/json"},
            body=encode({"invoice_no": number}),
            read_s=contract.READ_S,
        )
        contract.body_of(reply)

    # --- asking ------------------------------------------------------------------------------------------------

    def _list(
        self, path: str, params: Mapping[str, str], patience: Sequence[float], *names: str
    ) -> tuple[list[Record], int | None]:
        reply = self.http.request(
            "GET",
            self._base_url + path,
            params=params,
            headers=self._headers,
            read_s=contract.READ_S,
            patience=patience,
        )
        return self._rows(contract.body_of(reply), path, names)

    def _rows(self, answer: Json, path: str, names: Sequence[str]) -> tuple[list[Record], int | None]:
        found = contract.list_of(answer, *names)
        if found is None:
            raise OutcomeUnknown(say(N_("SiteGiant gave an answer without the list that was asked for.")), cause=path)
        return found

    def _endless(self, path: str) -> OutcomeUnknown:
        return OutcomeUnknown(say(N_("SiteGiant's list does not end: it gives the same page again.")), cause=path)


def is_last(path: str, rows: int, total: int | None, seen: int) -> bool:
    """True after the last page: when all that were announced have been seen, or a short one where none were announced.

    A server may give fewer rows at once than we ask for; one that gives none of those it announces raises."""
    if total is not None and seen < total:
        if not rows:
            sentence = N_("SiteGiant says that its list holds {total}, but gives only {seen}.")
            raise OutcomeUnknown(say(sentence, total=total, seen=seen), cause=path)
        return False
    return rows < contract.PAGE or (total is not None and total != rows)


def _following(step: Step, rows: int, until: dt.date, *, is_last: bool) -> Step | None:
    if not is_last:
        return Step(step.begin, step.end, step.page + 1, step.seen + rows)
    begin = step.end + dt.timedelta(days=1)
    return None if begin > until else Step(begin, min(begin + WINDOW, until))


def _channel(row: Record) -> Channel:
    name, kind = str(row.get("name") or row.get("id")), contract.channel_kind(row.get("type"))
    return Channel(str(row["id"]), name, kind, str(row.get("currency") or "") or None)


def _nameless(row: Record) -> UnreadableOrder:
    """A listed order without an id gets one from its words, so that each stays one."""
    raw = _as_text(row)
    made_up = NAMELESS + hashlib.sha256(raw.encode()).hexdigest()[:16]
    return UnreadableOrder(made_up, raw, say(N_("SiteGiant lists an order without an order_id.")))


def _as_text(raw: object) -> str:
    return encode(raw).decode()
