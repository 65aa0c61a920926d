"""The bytes of a sales invoice and of a customer, as Optimum takes them: by codes (qne.md 8.4).

Only fields that a public client has sent are sent. No currency and no terms are among an invoice's, so one in another
currency is refused: it could be booked in the home currency."""

from adapters.accounting.qne.contract import Record
from adapters.accounting.qne.masters import made_code
from adapters.errors import Refused, UnknownCode
from documents import N_, CustomerChoice, Invoice, InvoiceLine, Lookup, NewCustomer, ReferenceKind, say

K = ReferenceKind


def invoice_body(invoice: Invoice, reference: str, home: str, lookup: Lookup, present: Record | None) -> Record:
    """The whole invoice; changed, it keeps what we do not write, its id, its number and the ids of its lines."""
    if invoice.currency != home:
        sentence = N_("QNE Optimum's API takes invoices in {home} only, not in {currency}.")
        raise Refused(say(sentence, home=home, currency=invoice.currency))
    if invoice.date is None:
        raise Refused(say(N_("The invoice {reference} has no date."), reference=reference))
    old = (present or {}).get("details") or []
    lines = [_line(place, line, lookup) for place, line in enumerate(invoice.lines, start=1)]
    for line, kept in zip(lines, old, strict=False):
        line["id"] = kept.get("id")
    return (present or {}) | {
        "invoiceDate": f"{invoice.date.isoformat()}T00:00:00",
        "customer": _customer(invoice.customer, lookup),
        "referenceNo": reference,
        "title": invoice.description or None,
        "stockLocation": _known(lookup, K.LOCATION, invoice.location),
        "details": [{key: value for key, value in line.items() if value is not None} for line in lines],
    }


def _customer(choice: CustomerChoice | None, lookup: Lookup) -> str:
    """The code of the customer, who exists by now."""
    if choice is None or choice.code is None:
        raise UnknownCode(K.CUSTOMER, choice.create.name if choice and choice.create else "")
    return lookup(K.CUSTOMER, choice.code).code


def _line(place: int, line: InvoiceLine, lookup: Lookup) -> Record:
    return {
        "numbering": str(place),
        "stock": lookup(K.ITEM, line.item or "").code,
        "description": line.description or None,
        "qty": line.quantity,
        "uom": line.uom,
        "unitPrice": line.price,
        "stockLocation": _known(lookup, K.LOCATION, line.location),
        "taxCode": _known(lookup, K.TAX_CODE, line.tax_code),
    }


def _known(lookup: Lookup, kind: ReferenceKind, code: str | None) -> str | None:
    return lookup(kind, code).code if code else None


def customer_body(customer: NewCustomer, reference: str, present: Record | None) -> Record:
    """A customer whose code follows from our reference, so that it is found again; changed, it keeps its code."""
    code = made_code(reference) if present is None else present.get("companyCode")
    told = {"companyCode": code, "companyName": customer.name, "email": customer.email or None, "status": "ACTIVE"}
    return (present or {}) | {name: value for name, value in told.items() if value}
