"""The bytes of a customer receipt, docType AROR (qne.md section 6.4, N11, N12, N14)."""

from adapters.accounting.qne import contract
from adapters.accounting.qne.contract import Record
from adapters.accounting.qne.forms import Form, without_nulls
from adapters.errors import Refused
from documents import N_, Receipt, ReferenceKind, say


def body(form: Form, receipt: Receipt, customer_id: int | str, rows: list[Record]) -> Record:
    """The whole receipt; `rows` are what it knocks off. Changed, it overwrites what a person changed in it."""
    if not receipt.account:
        raise Refused(say(N_("No account is chosen to receive the payment {reference}."), reference=form.reference))
    head = form.head(receipt, customer_id) | {
        "docType": "AROR",
        "accountId": form.ids.of(ReferenceKind.DEPOSIT_ACCOUNT, receipt.account),
        "isMultiPayment": False,
        "description": _description(receipt) or None,
    }
    money = _in_details(head, receipt) if contract.RECEIPT_TOTAL_IN_DETAILS else {"totalAmount": receipt.total}
    return without_nulls(form.begun() | head | money | {"knockoff": rows})


def _description(receipt: Receipt) -> str:
    """QNE has no field for the method and the payer's number: they stand here where nothing else does."""
    return receipt.description or " ".join(part for part in (receipt.method, receipt.number) if part)


def _in_details(head: Record, receipt: Receipt) -> Record:
    """The one-row form that an earlier client sent instead of a total (N11)."""
    names = ("customerId", "accountId", "currencyId", "currencyRate", "referenceNo", "description")
    row = {name: head[name] for name in names} | {"paymentAmount": receipt.total, "amount": receipt.total}
    return {"details": [without_nulls(row)]}
