"""Payment Matching: the account that receives the money of a channel, and of one of its payment methods (M6), and
whether a channel's payments come by statement (S27)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import N_, ReferenceKind, say
from models import PaymentMatch, Profile, StoreChannel, WordKind, db
from sync import matching, store_words
from sync.match_rows.row import ChannelRow, Values, channel_of, key_of
from sync.matching import MatchRefused
from sync.profiles import channels_of

LONGEST = store_words.LONGEST[WordKind.PAYMENT_METHOD]


def rows(profile: Profile) -> Sequence[ChannelRow]:
    """Every channel, and below it each payment method that its orders name or that has an account."""
    query = select(PaymentMatch).where(PaymentMatch.profile_id == profile.id)
    found = db.session.scalars(query.execution_options(populate_existing=True))
    kept = {(row.channel_id, row.method): row for row in found}
    named = {(word.channel_id, word.name) for word in store_words.read(profile.id, WordKind.PAYMENT_METHOD)}
    made = []
    for channel in channels_of(profile.id):
        methods = sorted({method for channel_id, method in named | set(kept) if channel_id == channel.id and method})
        made += [_row(channel, method, kept.get((channel.id, method))) for method in ("", *methods)]
    return made


def _row(channel: StoreChannel, method: str, kept: PaymentMatch | None) -> ChannelRow:
    """A channel's own row, for any method, says whether its payments come by statement."""
    name, key = f"{channel.name} {method}".strip(), key_of(str(channel.id), method)
    told = {} if method else {"by_statement": "true" if kept and kept.is_by_statement else ""}
    values = {"account": kept.account if kept else "", **told}
    return ChannelRow(key=key, name=name, values=values, is_kept=kept is not None, channel=channel, part=method)


def save(session: Session, profile: Profile, row: ChannelRow, values: Values) -> None:
    """Another account; an empty one is none: the channel's is used, and for the channel itself there is none."""
    key = {"profile_id": profile.id, "channel_id": row.channel.id, "method": row.part}
    account, is_by_statement = values["account"], values.get("by_statement") == "true"
    if not account and not is_by_statement:
        matching.remove_row(session, PaymentMatch, key)
        return
    if account:
        matching.check_code(session, profile.id, ReferenceKind.DEPOSIT_ACCOUNT, account)
    matching.save_row(session, PaymentMatch, key, {"account": account, "is_by_statement": is_by_statement})


def remove(session: Session, profile: Profile, row: ChannelRow) -> None:
    """No account of its own any more."""
    save(session, profile, row, {"account": ""})


def add(session: Session, profile: Profile, values: Values) -> str:
    """An account for a payment method that no order has named yet; returns its row's name."""
    channel = channel_of(channels_of(profile.id), values["channel"])
    method = values["part"]
    if not method or len(method) > LONGEST:
        raise MatchRefused(
            say(N_("Type the payment method as the store writes it, in at most {most} letters."), most=LONGEST)
        )
    if not values["account"]:
        raise MatchRefused(say(N_("Choose an account.")))
    row = _row(channel, method, None)
    if any(each.key == row.key and each.is_kept for each in rows(profile)):
        raise MatchRefused(say(N_("There is a row of {name} already: change it there."), name=row.name))
    save(session, profile, row, values)
    return row.name
