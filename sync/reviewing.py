"""What the review page shows of its orders: each draft of this moment, and whether Sync sends it (I3, I5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from documents import Draft
from models import Profile
from sync import order_lists, syncing
from sync.drafting import fingerprint
from sync.syncing import SENDABLE

INCOMPLETE = "incomplete"
"""Stands for the fingerprint of a draft with problems: mended since, it is shown again before it is posted."""


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
    def is_complete(self) -> bool:
        """Sync sends it."""
        return self.is_open and self.draft.is_postable

    @property
    def seen(self) -> str:
        """What the form carries, so that only what was seen is posted (`rules.md` 7)."""
        return fingerprint(self.draft) if self.draft.is_postable else INCOMPLETE


def shown(profile: Profile, order_ids: Sequence[int], now: datetime) -> list[Shown]:
    """These orders with their drafts of this moment, as they are ordered here."""
    made = {row.id: (row, draft) for row, draft, _ in syncing.drafts_of(profile, order_ids, now)}
    here = [each for each in order_ids if each in made]
    rows = {row.order.id: row for row in order_lists.rows([made[each][0] for each in here])}
    return [Shown(rows[each], made[each][1]) for each in here]
