"""Reviews: the orders that somebody chose with + Add New, in an order of their own, page by page (I1-I3)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from models import Profile, ProfileOrder, Review, ReviewOrder, User, db, writing
from sync.order_lists import Wanted, chosen

KEPT = 5
"""How many reviews of one person and profile are kept; the oldest go when a new one is made."""


def make_review(profile: Profile, user: User, picked: Iterable[int] | Wanted, now: datetime) -> Review | None:
    """A review of these orders, or of all that match, the oldest first; None where that is no order at all."""
    with writing() as session:
        review = Review(profile_id=profile.id, user_id=user.id, created_at=now)
        session.add(review)
        session.flush()
        review.total = _fill(session, review, profile, picked)
        if not review.total:
            session.rollback()
            return None
        _forget_old(session, review)
    return review


def _fill(session: Session, review: Review, profile: Profile, picked: Iterable[int] | Wanted) -> int:
    if isinstance(picked, Wanted):
        orders = chosen(profile, picked).subquery()
    else:
        mine = select(ProfileOrder.id, ProfileOrder.ordered_at).where(ProfileOrder.profile_id == profile.id)
        orders = mine.where(ProfileOrder.id.in_(list(picked))).subquery()
    place = func.row_number().over(order_by=(orders.c.ordered_at, orders.c.id))
    rows = select(literal(review.id), place, orders.c.id)
    session.execute(insert(ReviewOrder).from_select(["review_id", "position", "profile_order_id"], rows))
    return session.scalar(select(func.max(ReviewOrder.position)).where(ReviewOrder.review_id == review.id)) or 0


def _forget_old(session: Session, review: Review) -> None:
    mine = select(Review.id).where(Review.user_id == review.user_id, Review.profile_id == review.profile_id)
    old = session.scalars(mine.order_by(Review.id.desc()).offset(KEPT)).all()
    session.execute(delete(ReviewOrder).where(ReviewOrder.review_id.in_(old)))
    session.execute(delete(Review).where(Review.id.in_(old)))


def mine(review_id: int, profile_id: int, user_id: int) -> Review | None:
    """A review of one's own."""
    review = db.session.get(Review, review_id)
    return review if review and (review.profile_id, review.user_id) == (profile_id, user_id) else None


def page(review: Review, begin: int, most: int) -> list[int]:
    """The orders from one position on."""
    query = select(ReviewOrder.profile_order_id).where(ReviewOrder.review_id == review.id)
    query = query.where(ReviewOrder.position >= begin).order_by(ReviewOrder.position)
    return list(db.session.scalars(query.limit(most)))


def those_of(review: Review, order_ids: Sequence[int]) -> list[int]:
    """Those of these orders that the review holds, in its order."""
    if not order_ids:
        return []
    query = select(ReviewOrder.profile_order_id, ReviewOrder.position).where(
        ReviewOrder.review_id == review.id, ReviewOrder.profile_order_id.in_(order_ids)
    )
    return [row.profile_order_id for row in sorted(db.session.execute(query), key=lambda row: row.position)]


def all_of(review: Review) -> list[int]:
    """Every order of the review, in its order."""
    query = select(ReviewOrder.profile_order_id).where(ReviewOrder.review_id == review.id)
    return list(db.session.scalars(query.order_by(ReviewOrder.position)))


def latest(profile_id: int, user_id: int) -> Review | None:
    """The review that somebody made last, to go on with."""
    query = select(Review).where(Review.profile_id == profile_id, Review.user_id == user_id)
    return db.session.scalar(query.order_by(Review.id.desc()).limit(1))
