"""A refund as a document of the books (S26): its number with a prefix, the account that the money leaves."""

from dataclasses import replace

from documents import CreditNote, Invoice, KnockOff
from sync.drafting.rules import Settings


def credit_note(refund: Invoice, sale: str | None, settings: Settings, paid_from: str | None = None) -> CreditNote:
    """`refund` has positive amounts; `sale` is our reference of the sale that it takes back. `paid_from` is the account
    that the money left, the fallback account where nobody knows; without either the customer keeps a credit."""
    number = settings.credit_number_prefix + refund.number if refund.number else None
    against = KnockOff(sale, refund.total) if sale else None
    return CreditNote(replace(refund, number=number), against, paid_from or settings.refund_account)
