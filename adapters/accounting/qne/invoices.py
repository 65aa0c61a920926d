"""The bytes of a sales invoice, as the N3 Open API takes them (qne.md sections 6.2 and 6.3, N6-N9, N22, N24)."""

from adapters.accounting.qne import forms
from adapters.accounting.qne.contract import Record
from adapters.accounting.qne.forms import Form, Ids, without_nulls
from adapters.errors import Refused
from documents import N_, Invoice, InvoiceLine, ReferenceKind, say

K = ReferenceKind


def body(form: Form, invoice: Invoice) -> Record:
    """The whole document: defaults, ours over them, no nulls, no totals (N7, N8)."""
    due = invoice.due_date.isoformat() if invoice.due_date else None
    head = form.head(invoice, form.ids.of_customer(invoice.customer))
    head |= {"dueDate": due, "isTaxInclusive": invoice.tax_inclusive}
    lines = {"itemDetails": form.numbered(_lines(form, invoice))}
    return without_nulls(form.begun(invoice.number) | head | _choices(form, invoice) | lines)


def _choices(form: Form, invoice: Invoice) -> Record:
    """Terms and project always, agent and location only where the template has the field (N6)."""
    chosen = (
        ("termId", K.TERM, invoice.terms, True),
        ("projectId", K.PROJECT, invoice.project, True),
        ("agentId", K.AGENT, invoice.agent, "agentId" in form.template),
        ("stockLocationId", K.LOCATION, invoice.location, "stockLocationId" in form.template),
    )
    return {field: form.ids.of(kind, code) for field, kind, code, is_taken in chosen if code and is_taken}


def _lines(form: Form, invoice: Invoice) -> list[Record]:
    known = forms.lines_of(form.template)
    has_location = bool(known) and "stockLocationId" in known[0]
    if not has_location and any(line.location not in {None, invoice.location} for line in invoice.lines):
        raise Refused(say(N_("These books keep one stock location for a whole invoice, not one for each line.")))
    return [_line(place, line, invoice, form.ids, has_location) for place, line in enumerate(invoice.lines, start=1)]


def _line(place: int, line: InvoiceLine, invoice: Invoice, ids: Ids, has_location: bool) -> Record:
    """A line needs its stock (N24)."""
    item, location = line.item or "", line.location or invoice.location
    stock = {
        "stockId": ids.of(K.ITEM, item),
        "uomId": ids.of_unit(item, line.uom) if line.uom else None,
        "stockLocationId": ids.of(K.LOCATION, location) if location and has_location else None,
    }
    return forms.priced_line(place, line, invoice, ids) | stock
