"""The bodies of an invoice, a sales receipt, a credit memo and a refund receipt (sections 3.6 to 3.9)."""

from collections.abc import Iterator
from decimal import Decimal

from adapters.accounting.quickbooks import company, contract
from adapters.accounting.quickbooks.contract import Record, filled, rounded, text
from adapters.accounting.quickbooks.lines import body_lines, with_ids
from adapters.accounting.quickbooks.people import address_of, email_of
from adapters.accounting.quickbooks.refs import K, Refs
from adapters.errors import Refused
from documents import N_, ZERO, CreditNote, Invoice, ReferenceRow, say


def sale(entity: str, invoice: Invoice, reference: str, refs: Refs, present: Record) -> Record:
    """A sale; `present` is what stands there, {} for a new one."""
    own = _of_invoice(invoice, refs) if entity == contract.INVOICE else _of_receipt(invoice, refs)
    return _document(invoice, reference, refs, present) | filled(own)


def refund(entity: str, note: CreditNote, reference: str, refs: Refs, present: Record) -> Record:
    """A refund; its private note says of which sale, since neither document is linked to one (section 3.6)."""
    told = f"For {note.sale.number}" if note.sale and note.sale.number else ""
    body = _document(note.document, reference, refs, present, told)
    if entity == contract.CREDIT_MEMO:
        return body
    method = refs.of_method(note.document.payment_method)
    account = refs.of(K.DEPOSIT_ACCOUNT, note.paid_from)
    return body | filled({"DepositToAccountRef": account, "PaymentMethodRef": method})


def _of_invoice(invoice: Invoice, refs: Refs) -> Record:
    return {
        "DueDate": invoice.due_date.isoformat() if invoice.due_date else None,
        "SalesTermRef": refs.of(K.TERM, invoice.terms),
        "AllowOnlineCreditCardPayment": invoice.allows_card,
        "AllowOnlineACHPayment": invoice.allows_bank,
    }


def _of_receipt(invoice: Invoice, refs: Refs) -> Record:
    """Paid already; without an account it goes to Undeposited Funds."""
    return {
        "DepositToAccountRef": refs.of(K.DEPOSIT_ACCOUNT, invoice.deposit_account),
        "PaymentMethodRef": refs.of_method(invoice.payment_method),
    }


def _document(invoice: Invoice, reference: str, refs: Refs, present: Record, told: str = "") -> Record:
    """What all four share. On what stands there only these fields are written; its lines are all replaced."""
    lines = with_ids(body_lines(invoice, refs), present)
    return _head(invoice, reference, refs, present, told) | _taxes(invoice, refs) | {"Line": lines}


def _head(invoice: Invoice, reference: str, refs: Refs, present: Record, told: str) -> Record:
    if invoice.date is None:
        raise Refused(say(N_("The document {reference} has no date."), reference=reference))
    note = text(present, contract.PRIVATE_NOTE)
    email = email_of(invoice.email)
    head = {
        "CustomerRef": refs.of_customer(invoice.customer),
        "TxnDate": invoice.date.isoformat(),
        "DocNumber": invoice.number or None,
        "PrivateNote": contract.note_again(note, reference) if present else contract.marked(reference, told),
        "CustomerMemo": {"value": invoice.description} if invoice.description else None,
        "BillEmail": {"Address": email} if email else None,
        "BillAddr": address_of(invoice.bill_to),
        "ClassRef": refs.of_class(invoice.project, company.PER_DOCUMENT),
        "DepartmentRef": refs.of(K.LOCATION, invoice.location),
    }
    return filled(head | refs.of_money(invoice.currency, invoice.exchange_rate))


# --- taxes ------------------------------------------------------------------------------------------------------


def _taxes(invoice: Invoice, refs: Refs) -> Record:
    """US books are sent the store's tax. Others reckon it from the codes of the lines; no old tax is sent again, else
    QuickBooks would keep it (section 3.9). Without any code the books keep no sales tax. A discount that bears no tax
    itself, as one of the shipping, lowers none."""
    discounts = [line for line in invoice.lines if line.form != "line" and line.amount]
    if invoice.tax_sent is not None:
        return _sent_tax(invoice, invoice.tax_sent, refs, bool(discounts))
    if not any(line.tax_code for line in invoice.lines):
        return {}
    body: Record = {"GlobalTaxCalculation": "TaxInclusive" if invoice.tax_inclusive else "TaxExcluded"}
    is_after = any(line.tax for line in discounts)
    return body | ({"ApplyTaxAfterDiscount": is_after} if discounts else {})


def _sent_tax(invoice: Invoice, sent: Decimal, refs: Refs, has_discount: bool) -> Record:
    """The code alone once gave no tax, so the sum and its parts go with it (section 3.9)."""
    code = refs.row(K.TAX_CODE, invoice.document_tax_code) if invoice.document_tax_code else None
    before, after = _taxable(invoice)
    is_after = has_discount and _is_nearer(sent, _rate(code), after, before)
    detail: Record = {"TotalTax": sent}
    if code is not None and sent:
        lines = list(_tax_lines(code, sent, after if is_after else before))
        detail |= {"TxnTaxCodeRef": {"value": code.remote_id}} | ({"TaxLine": lines} if lines else {})
    return {"TxnTaxDetail": detail} | ({"ApplyTaxAfterDiscount": is_after} if has_discount else {})


def _taxable(invoice: Invoice) -> tuple[Decimal, Decimal]:
    """What bears tax, before and after the discount."""
    taxed = [line for line in invoice.lines if line.tax_code == contract.TAXED]
    before = sum((line.amount for line in taxed if line.form == "line"), ZERO)
    return before, before + sum((line.amount for line in invoice.lines if line.form != "line"), ZERO)


def _rate(code: ReferenceRow | None) -> Decimal:
    return Decimal(str(code.details.get("rate") or 0)) if code else ZERO


def _is_nearer(sent: Decimal, rate: Decimal, after: Decimal, before: Decimal) -> bool:
    """Whether the store took its tax after the discount, as far as its figures show: QuickBooks may reckon it anew."""
    return abs(after * rate / 100 - sent) <= abs(before * rate / 100 - sent)


def _tax_lines(code: ReferenceRow, sent: Decimal, taxable: Decimal) -> Iterator[Record]:
    """The tax shared over the parts of its code by their rates, so that the shares make it exactly."""
    rates = code.details.get("rates")
    parts = rates if isinstance(rates, list) else []
    whole, so_far, shared = _rate(code), ZERO, ZERO
    for part in parts if whole else []:
        so_far += Decimal(str(part["rate"]))
        share = rounded(sent * so_far / whole) - shared
        shared += share
        detail = {
            "TaxRateRef": {"value": part["id"]},
            "PercentBased": True,
            "TaxPercent": Decimal(str(part["rate"])),
            "NetAmountTaxable": taxable,
        }
        yield {"DetailType": "TaxLineDetail", "Amount": share, "TaxLineDetail": detail}
