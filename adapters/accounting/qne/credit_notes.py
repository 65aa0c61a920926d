"""The bytes of an AR credit note (N10): no field of it is public, all follows the invoices and receipts of the family.

It is booked to accounts, not to stock, and reduces what the customer owes; it pays nothing out."""

from adapters.accounting.qne import forms
from adapters.accounting.qne.contract import Record
from adapters.accounting.qne.forms import Form, Ids, without_nulls
from adapters.errors import Refused
from documents import N_, CreditNote, Invoice, ReferenceKind, say

K = ReferenceKind


def body(form: Form, note: CreditNote, customer_id: int | str, rows: list[Record]) -> Record:
    """The whole credit note; `rows` are what it knocks off, sent only where the template has the field (N6)."""
    if note.paid_from:
        sentence = N_("QNE's credit note pays nothing out: the refund {reference} stays as the customer's credit.")
        raise Refused(say(sentence, reference=form.reference))
    head = form.head(note.document, customer_id) | _choices(form, note.document)
    head |= {"isTaxInclusive": note.document.tax_inclusive}
    knocked = {"knockoff": rows} if "knockoff" in form.template else {}
    lines = {"details": form.numbered(_lines(form.ids, note.document))}
    return without_nulls(form.begun(note.document.number) | head | knocked | lines)


def _choices(form: Form, document: Invoice) -> Record:
    chosen = (("projectId", K.PROJECT, document.project), ("agentId", K.AGENT, document.agent))
    return {field: form.ids.of(kind, code) for field, kind, code in chosen if code and field in form.template}


def _lines(ids: Ids, document: Invoice) -> list[Record]:
    account = {"accountId": _account(ids, document)}
    lines = enumerate(document.lines, start=1)
    return [forms.priced_line(place, line, document, ids) | account for place, line in lines]


def _account(ids: Ids, document: Invoice) -> int | str:
    if not document.account:
        raise Refused(say(N_("Choose the account of credit notes in the settings: QNE books them to an account.")))
    return ids.of(K.ACCOUNT, document.account)
