"""Payments that the books refused, sent again as the order and the settings have them now (S27)."""

from documents import Role
from models import Profile, end_reading, writing
from sync import syncing
from sync.documents_kept import live
from sync.filing_payments import file_refused
from sync.ledger import Actor


def send_again(profile: Profile, profile_order_id: int, actor: Actor) -> int:
    """File them anew behind their sale; returns how many. The order must still be one that can be posted."""
    made = syncing.drafts_of(profile, [profile_order_id], actor.at)
    end_reading()
    draft = next((each for _, each, _ in made if each.is_postable), None)
    if draft is None or draft.invoice is None:
        return 0
    with writing() as session:
        mine = session.get_one(Profile, profile.id, populate_existing=True)
        sale = live(session, mine.books_id, Role.SALE, draft.invoice.reference)
        return file_refused(session, mine, sale, draft.invoice, draft, actor) if sale else 0
