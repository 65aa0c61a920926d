"""What the matching of a profile leaves open, counted."""

from collections.abc import Mapping
from datetime import datetime

from models import Profile
from sync import lists
from sync.match_rows import currencies, taxes


def unmatched(profile: Profile, now: datetime) -> Mapping[str, int]:
    """By table: products (up to 1,001), taxes and currencies that no code of the books stands for."""
    return {
        "items": lists.count(lists.unmatched(profile.id)),
        "tax": sum(not row.values["code"] for row in taxes.rows(profile)),
        "currency": sum(not row.code for row in currencies.rows(profile, now)),
    }
