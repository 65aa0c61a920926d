"""An order becomes the document its rules ask for: the steps of rules.md sections 1 to 5, one function each."""

from dataclasses import replace
from decimal import localcontext

from documents import CustomerChoice, Draft, Invoice, InvoiceLine, KnockOff, Order
from sync.drafting.closing import Closed, close
from sync.drafting.currency import exchange_rate, settle_currency
from sync.drafting.customers import billing, buyers_email, choose_customer
from sync.drafting.dates import document_day
from sync.drafting.edits import NO_EDITS, Edits
from sync.drafting.exact import EXACT
from sync.drafting.figures import Expected, check_store_figures, expected
from sync.drafting.gate import why_no_document
from sync.drafting.numbers import document_number, has_running_number
from sync.drafting.payments import draft_payments, paid_into
from sync.drafting.products import product_lines
from sync.drafting.references import reference
from sync.drafting.rules import Rules
from sync.drafting.samples import given_away
from sync.drafting.switches import switch_of
from sync.drafting.taxes import document_tax_code
from sync.drafting.terms import document_terms, due_date
from sync.drafting.texts import description, with_texts
from sync.drafting.vouchers import with_charges
from sync.drafting.work import Work


def draft(order: Order, rules: Rules, edits: Edits = NO_EDITS) -> Draft:
    """Turn an order into the document its rules ask for; amounts in major units of the order's currency.

    Same order, rules and edits, same draft. Bad business data never raises: it comes back as problems, each a sentence
    and the page that mends it. An order that is not to be posted at all has one problem and no document.
    """
    with localcontext(EXACT):
        stop = why_no_document(order, rules)
        return Draft(None, problems=(stop,)) if stop else _drafted(order, rules, edits)


def _drafted(order: Order, rules: Rules, edits: Edits) -> Draft:
    order, given = given_away(order) if order.is_sample else (order, ())
    work = Work(order, rules, edits)
    settle_currency(work)
    check_store_figures(work)
    want = expected(work)
    customer, customer_note = choose_customer(work)
    invoice = _invoice(work, want, _closed(work, want), customer)
    return Draft(
        invoice,
        causes=given + want.causes,
        payments=() if order.is_credit_note else draft_payments(work),
        problems=tuple(work.problems),
        customer_note=customer_note,
        notes=tuple(work.notes),
        has_running_number=has_running_number(work),
        credits=_taken_back(work, want) if order.is_credit_note else None,
    )


def _taken_back(work: Work, want: Expected) -> KnockOff:
    """The sale that a credit note of the store's own takes back; not every store names one."""
    order, most = work.order, work.rules.limits.reference
    sale = reference(order.store, order.shop_id, order.credits, most) if order.credits else ""
    return KnockOff(sale, want.total)


def _closed(work: Work, want: Expected) -> Closed:
    """All lines with their figures: products, then charges, the rounding last."""
    products, charges = with_charges(work, product_lines(work))
    return close(work, [placed(work, line) for line in (*products, *charges)], want)


def placed(work: Work, line: InvoiceLine) -> InvoiceLine:
    """The line with its project and location: its own edit, its bundle's, the draft's, then the settings' (S5, S6)."""
    source = line.source_line or ""
    own, bundle = work.edits.line(source), work.edits.line(source.rpartition("/")[0])
    project = own.project or bundle.project or work.edits.project or work.rules.settings.project
    location = own.location or bundle.location or work.edits.location or work.rules.settings.location
    return replace(line, project=project, location=location) if project or location else line


def _invoice(work: Work, want: Expected, closed: Closed, customer: CustomerChoice | None) -> Invoice:
    order, settings, edits = work.order, work.rules.settings, work.edits
    day, terms = document_day(work), document_terms(work)
    paid, bill_to = paid_into(work), billing(work)
    return Invoice(
        reference=reference(order.store, order.shop_id, order.order_id, work.rules.limits.reference),
        currency=work.currency,
        total=want.total,
        date=day,
        exchange_rate=exchange_rate(work, day),
        customer=customer,
        lines=tuple(with_texts(work, line) for line in closed.lines),
        number=document_number(work),
        tax_inclusive=work.is_inclusive,
        tax=closed.tax,
        tax_sent=want.tax if work.is_tax_sent else None,
        document_tax_code=_document_tax_code(work, want) if work.is_tax_sent else None,
        rounding=closed.rounding,
        due_date=due_date(work, day, terms),
        terms=terms,
        agent=edits.agent or settings.agent,
        project=edits.project or settings.project,
        location=edits.location or settings.location,
        description=description(work),
        area=edits.area or settings.area,
        account=edits.account or settings.account,
        is_receipt=paid is not None,
        deposit_account=paid.account if paid else None,
        payment_method=paid.method if paid else None,
        bill_to=bill_to,
        email=buyers_email(work),
        allows_card=settings.allow_card,
        allows_bank=settings.allow_bank,
    )


def _document_tax_code(work: Work, want: Expected) -> str | None:
    """By the store's taxes of what is posted: the lines, and the charges that are switched on."""
    channel_id = work.order.channel.id
    charges = [charge for charge in work.order.charges if switch_of(work.rules, channel_id, charge.kind).preset.on]
    taxed = [(line.tax, line.tax_amount) for line in work.order.lines]
    taxed += [(charge.tax, charge.tax_amount) for charge in charges]
    return document_tax_code(work, taxed, want.tax)
