"""Whole orders by id, although large batches fail now and then (sitegiant.md section 1)."""

from collections.abc import Callable, Sequence

from adapters.errors import LoginRefused, NotAllowed, NotSent, OutcomeUnknown, Refused, RemoteError, TooFast
from adapters.stores.sitegiant.contract import Record
from adapters.stores.sitegiant.reader import id_of
from documents import N_, Message, say

NOT_THE_ORDERS_FAULT = (LoginRefused, NotAllowed, NotSent, TooFast)
NOT_GIVEN = N_("SiteGiant does not give the details of this order. Was it deleted there?")
FAILURES_BEFORE_A_PROBE = 12
"""Halving down to one bad order of 100 fails 8 times; after much more without any success, others are tried first."""


class Details:
    """Fetches whole orders in batches that are halved where they fail, down to one (sitegiant.md section 1, 4.4)."""

    def __init__(self, ask: Callable[[Sequence[str]], list[Record]]) -> None:
        """`ask` gives whole orders by id, and raises RemoteError."""
        self._ask = ask
        self._order_ids: list[str] = []
        self._failures = 0
        self._failed: dict[str, RemoteError] = {}
        self.found: dict[str, Record] = {}

    def fetch(self, order_ids: list[str]) -> None:
        """Find as many as there are. Raises where it is the system that fails and not an order."""
        self._order_ids = order_ids
        self._fetch(order_ids)
        if len(order_ids) > 1 and not self.found:
            outages = [error for error in self._failed.values() if isinstance(error, OutcomeUnknown)]
            if outages:
                raise outages[0]

    def reason(self, order_id: str) -> Message:
        """Why an order was not found."""
        error = self._failed.get(order_id)
        return (
            error.message
            if error
            else say(N_("SiteGiant does not give the details of this order. Was it deleted there?"))
        )

    def _fetch(self, order_ids: list[str]) -> None:
        try:
            rows = self._ask(order_ids)
        except NOT_THE_ORDERS_FAULT:
            raise
        except RemoteError as error:
            self._halve(order_ids, error)
            return
        self.found |= {id_of(row): row for row in rows if id_of(row) in order_ids}
        missing = [each for each in order_ids if each not in self.found]
        if missing:
            self._ask_for_the_missing(order_ids, missing)

    def _halve(self, order_ids: list[str], error: RemoteError) -> None:
        self._count_failure(error)
        if len(order_ids) == 1:
            self._failed[order_ids[0]] = error
            return
        middle = len(order_ids) // 2
        self._fetch(order_ids[:middle])
        self._fetch(order_ids[middle:])

    def _ask_for_the_missing(self, order_ids: list[str], missing: list[str]) -> None:
        """An order that a batch left out is asked for once more by itself, before it is told as missing."""
        if len(order_ids) > 1:
            for order_id in missing:
                self._fetch([order_id])
            return
        self._count_failure(OutcomeUnknown(say(N_("SiteGiant gives no details of the orders that it lists."))))

    def _count_failure(self, error: RemoteError) -> None:
        """Raise the error when nothing at all can be had: then it is not about single orders."""
        self._failures += 1
        if self._failures == FAILURES_BEFORE_A_PROBE and not self.found:
            self._probe()
            if not self.found:
                raise error

    def _probe(self) -> None:
        """Try single orders from elsewhere in the page: bad ones may all stand at its beginning."""
        for order_id in {self._order_ids[-1], self._order_ids[len(self._order_ids) // 2]}:
            try:
                self.found |= {id_of(row): row for row in self._ask([order_id]) if id_of(row) == order_id}
            except (OutcomeUnknown, Refused):
                continue
