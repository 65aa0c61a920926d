"""What the review page shows of its orders: each draft of this moment, and whether Sync sends it (I3, I5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from documents import Draft
from models import Profile, Review, Tick
from sync import order_lists, reviews, syncing
from sync.drafting import fingerprint
from sync.syncing import SENDABLE

INCOMPLETE = "incomplete"
"""Stands for the fingerprint of a draft with problems: mended since, it is shown again before it is posted."""
MOST_LOOKED, STEP = 1000, 200
"""Orders that are drafted to find those that one page shows, which takes about a quarter of a second; in such steps."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An order of the review as the page shows it."""

    row: order_lists.Row
    draft: Draft

    @property
    def id(self) -> int:
        """The order of the profile."""
        return self.row.order.id

    @property
    def is_open(self) -> bool:
        """May be sent: not in the books, or changed or failed since."""
        return self.row.order.tick in SENDABLE

    @property
    def is_changed(self) -> bool:
        """In the books, and changed since."""
        return self.row.order.tick is Tick.YELLOW

    @property
    def is_complete(self) -> bool:
        """Sync sends it."""
        return self.is_open and self.draft.is_postable

    @property
    def is_incomplete(self) -> bool:
        """Sync leaves it pending, and it says why."""
        return self.is_open and not self.draft.is_postable

    @property
    def seen(self) -> str:
        """What the form carries, so that only what was seen is posted (`rules.md` 7)."""
        return fingerprint(self.draft) if self.draft.is_postable else INCOMPLETE


@dataclass(frozen=True, slots=True)
class Part:
    """Drafts of a review, each with its position; all orders up to position `end` were looked at."""

    found: Sequence[tuple[int, Shown]]
    end: int


def part(
    profile: Profile, review: Review, begin: int, most: int, is_wanted: Callable[[Shown], bool], now: datetime
) -> Part:
    """The wanted ones from a position on, as they are at this moment.

    Fewer than `most` where MOST_LOOKED were looked at, or where the review is at its end."""
    found: list[tuple[int, Shown]] = []
    end, last, step = begin - 1, min(review.total, begin - 1 + MOST_LOOKED), most
    while end < last and len(found) < most:
        ids = reviews.page(review, end + 1, min(step, last - end))
        places = {order_id: place for place, order_id in enumerate(ids, end + 1)}
        found += [(places[each.id], each) for each in shown(profile, ids, now) if is_wanted(each)]
        end, step = end + min(step, last - end), STEP
    return Part(found[:most], found[most - 1][0] if len(found) >= most else end)


def shown(profile: Profile, order_ids: Sequence[int], now: datetime) -> list[Shown]:
    """These orders with their drafts of this moment, as they are ordered here."""
    made = {row.id: (row, draft) for row, draft, _ in syncing.drafts_of(profile, order_ids, now)}
    here = [each for each in order_ids if each in made]
    rows = {row.order.id: row for row in order_lists.rows([made[each][0] for each in here])}
    return [Shown(rows[each], made[each][1]) for each in here]
