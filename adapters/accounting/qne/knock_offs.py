"""Which invoices a receipt or a credit note pays: the rows of `knockoff[]` (qne.md section 6.4, N12, N15)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from adapters.accounting.qne import contract
from adapters.accounting.qne.client import Client
from adapters.accounting.qne.contract import Record, number, text
from adapters.accounting.qne.forms import without_nulls
from adapters.errors import NotAllowed, OutcomeUnknown, Refused
from documents import N_, KnockOff, Role, say

SALES = contract.RESOURCE[Role.SALE]
ZERO = Decimal(0)
FEW = 3
"""So many invoices are read one by one, whatever the list could tell."""


def paid(
    client: Client, knock_offs: Iterable[KnockOff], payer: int | str | None, present: Record | None = None
) -> tuple[int | str | None, list[Record]]:
    """The customer's id, that of the first invoice where none is given; and a row for each invoice: what is meant for
    it, but never more than is open. The rest stays unapplied (N15).

    `present` is the document that is changed: what it applies already is open to it. Refused where an invoice cannot
    take a payment."""
    wanted = _sums(knock_offs)
    payer, sales = _read(client, list(wanted), payer)
    applied = {text(row, "docId"): row for row in contract.knock_offs_of(present or {})}
    rows = (_row(sales[each], amount, applied.get(each, {})) for each, amount in wanted.items())
    return payer, [row for row in rows if row is not None]


def _sums(knock_offs: Iterable[KnockOff]) -> dict[str, Decimal]:
    """One row for each invoice: QNE takes none twice."""
    sums: dict[str, Decimal] = {}
    for each in knock_offs:
        if not each.remote_id:
            raise Refused(say(N_("The invoice of {sale} is not in QNE, so nothing can be paid of it."), sale=each.sale))
        sums[each.remote_id] = sums.get(each.remote_id, ZERO) + each.amount
    return sums


def _row(sale: Record, amount: Decimal, old: Record) -> Record | None:
    if contract.flag(sale, *contract.VOID, default=False):
        template = N_("The invoice {number} is voided in QNE, so nothing can be paid of it.")
        raise Refused(say(template, number=text(sale, *contract.DOCUMENT_NUMBER)))
    total, left = number(sale, *contract.TOTALS), number(sale, "outstandingAmount")
    payment = amount if left is None else min(amount, left + (number(old, "paymentAmount") or ZERO))
    if payment <= 0:
        return None
    kept = {"id": old["id"]} if old.get("id") else {}
    row = kept | {"docType": "INV", "docId": text(sale, "id"), "amount": total, "paymentAmount": payment}
    return without_nulls(row)


def _read(client: Client, ids: Sequence[str], payer: int | str | None) -> tuple[int | str | None, Mapping[str, Record]]:
    """The invoices as they are now: from the customer's newest where that takes fewer calls, else one by one."""
    sales: dict[str, Record] = {}
    if payer is None and ids:
        sales[ids[0]] = client.document(Role.SALE, ids[0])
        payer = contract.id_of(sales[ids[0]], "customer")
    if len(ids) - len(sales) > FEW and isinstance(payer, int):
        sales |= _newest(client, ids, payer)
    for each in ids:
        if each not in sales:
            sales[each] = client.document(Role.SALE, each)
    return payer, sales


def _newest(client: Client, ids: Sequence[str], customer_id: int) -> dict[str, Record]:
    """What pages of the customer's invoices show, as many as pay; where the books do not take the question, nothing."""
    found: dict[str, Record] = {}
    pages = client.pages(f"{SALES}/List", f"customerId eq {customer_id}", (), order="docDate desc")
    try:
        for place, (rows, _) in enumerate(pages, start=1):
            known = (row for row in rows if number(row, *contract.TOTALS) is not None and "outstandingAmount" in row)
            found |= {text(row, "id"): row for row in known if text(row, "id") in ids}
            if place >= len(ids) - len(found):
                break
    except (Refused, NotAllowed, OutcomeUnknown):
        return {}
    return found
