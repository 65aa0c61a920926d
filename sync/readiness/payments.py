"""Payment methods: each that the store uses needs an account, or its own name in the books where the store asks so."""

from collections.abc import Iterator

from documents import N_, ReferenceKind, say
from sync.readiness.names import same_names
from sync.readiness.sides import Line, Pair, ShopChannel, Topic, blocks, fine, know

MEND = "matching/payment"
KIND = ReferenceKind.PAYMENT_METHOD


def payments(pair: Pair) -> Iterator[Line]:
    """Accounts where payments are posted with their orders; names where the store demands equal ones."""
    if about := pair.store.demands.same_names.get(KIND):
        yield from same_names(Topic.PAYMENTS, pair.store.methods, pair.books.methods or (), about)
    elif rest := tuple(sorted(set(pair.books.methods or ()) - set(pair.store.methods))):
        sentence = N_("The books have payment methods that the store does not use.")
        yield know(Topic.PAYMENTS, say(sentence), listed=rest)
    if not _are_posted(pair):
        sentence = N_("Payments are not posted with their orders, so no payment method needs an account.")
        yield know(Topic.PAYMENTS, say(sentence), "settings", pair.store.methods)
        return
    yield from _accounts(pair)


def _are_posted(pair: Pair) -> bool:
    return pair.chosen.settings.send_payments


def _accounts(pair: Pair) -> Iterator[Line]:
    by_order = [each for each in pair.store.channels if each.id not in pair.chosen.matching.by_statement]
    found = {(channel.name, method): (channel, method) for channel in by_order for method in channel.methods}
    accounts = {key: _account(pair, *place) for key, place in found.items()}
    yield from (_without(*key) for key, account in accounts.items() if not account)
    gone = {account for account in accounts.values() if account and account not in pair.books.accounts}
    yield from (_gone(account) for account in sorted(gone))
    if good := {method for (_, method), account in accounts.items() if account and account not in gone}:
        yield fine(Topic.PAYMENTS, say(N_("These payment methods have an account of the books.")), tuple(sorted(good)))
    if unused := sorted(set(pair.books.accounts) - {each for each in accounts.values() if each}):
        listed = tuple(f"{code} {pair.books.accounts[code]}".strip() for code in unused)
        yield know(Topic.PAYMENTS, say(N_("No payment method goes to these accounts of the books.")), listed=listed)


def _account(pair: Pair, channel: ShopChannel, method: str) -> str:
    """As drafts choose it: of channel and method, of the channel, then S27's."""
    matches = pair.chosen.matching.payments
    found = matches.get((channel.id, method)) or matches.get((channel.id, None))
    return found or pair.chosen.settings.payment_account or ""


def _without(channel: str, method: str) -> Line:
    sentence = N_("No account is chosen to receive payments by {method} of the channel {channel}.")
    return blocks(Topic.PAYMENTS, say(sentence, method=method, channel=channel), MEND, "payment", method)


def _gone(account: str) -> Line:
    sentence = N_("The account {account} is chosen to receive payments, and the books do not have it (any more).")
    return blocks(Topic.PAYMENTS, say(sentence, account=account), MEND, "payment", account)
