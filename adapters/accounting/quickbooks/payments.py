"""The body of a payment, and the invoices that it pays (section 3.8)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from adapters.accounting.quickbooks import contract
from adapters.accounting.quickbooks.client import Client
from adapters.accounting.quickbooks.contract import Record, filled, number, rows_in, text
from adapters.accounting.quickbooks.refs import K, Refs
from adapters.errors import Refused
from documents import N_, ZERO, KnockOff, Receipt, Role, say

Balances = Mapping[str, Decimal]


def payment(receipt: Receipt, reference: str, refs: Refs, present: Record, balances: Balances) -> Record:
    """What the invoices cannot take stays unapplied. A longer reference of the payer stands whole in the note."""
    rest = receipt.number if len(receipt.number) > contract.NUMBER_MOST else ""
    note = text(present, contract.PRIVATE_NOTE)
    new_note = contract.marked(reference, rest, receipt.description)
    body = {
        "CustomerRef": refs.of_customer(receipt.customer),
        "TotalAmt": receipt.total,
        "TxnDate": receipt.date.isoformat(),
        "PaymentRefNum": receipt.number[: contract.NUMBER_MOST] or None,
        "PaymentMethodRef": refs.of_method(receipt.method),
        "DepositToAccountRef": refs.of(K.DEPOSIT_ACCOUNT, receipt.account),
        "PrivateNote": contract.note_again(note, reference) if present else new_note,
        "Line": list(_links(receipt.knock_offs, balances)),
    }
    return filled(body | refs.of_money(receipt.currency, receipt.exchange_rate))


def open_balances(client: Client, receipt: Receipt, present: Record) -> Balances:
    """What each invoice can still take, this payment's own part included: one question for all that we do not know."""
    known = {} if present else {_invoice_id(each): each.balance for each in receipt.knock_offs}
    found: dict[str, Decimal] = {invoice: balance for invoice, balance in known.items() if balance is not None}
    ids = [invoice for each in receipt.knock_offs if (invoice := _invoice_id(each)) not in found]
    own = dict(_own_part(present))
    for start in range(0, len(ids), contract.AT_ONCE):
        values = ", ".join(map(contract.quoted, ids[start : start + contract.AT_ONCE]))
        for row in client.rows(contract.INVOICE, f"Id IN ({values})"):
            found[text(row, "Id")] = (number(row, "Balance") or ZERO) + own.get(text(row, "Id"), ZERO)
    return found


def _links(knock_offs: Sequence[KnockOff], balances: Balances) -> Iterator[Record]:
    """Never more than an invoice's balance: QuickBooks may have reckoned it a cent lower (section 5)."""
    for each in knock_offs:
        invoice = _invoice_id(each)
        amount = min(each.amount, balances.get(invoice, ZERO))
        if amount > 0:
            yield {"Amount": amount, "LinkedTxn": [{"TxnId": invoice, "TxnType": contract.INVOICE}]}


def _invoice_id(knock_off: KnockOff) -> str:
    entity, found = contract.entity_and_id(Role.SALE, knock_off.remote_id)
    if entity != contract.INVOICE or not found:
        sentence = N_("{sale} is no open invoice in QuickBooks, so no payment can be applied to it.")
        raise Refused(say(sentence, sale=knock_off.number or knock_off.sale))
    return found


def _own_part(present: Record) -> Iterator[tuple[str, Decimal]]:
    """What this payment pays now, by invoice; a voided one pays nothing."""
    for line in rows_in(present, "Line"):
        for link in rows_in(line, "LinkedTxn"):
            if text(link, "TxnType") == contract.INVOICE:
                yield text(link, "TxnId"), number(line, "Amount") or ZERO
