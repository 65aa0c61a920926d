"""What a payment applies to, and that both sides know of it (quickbooks-online.md 3.8)."""

from __future__ import annotations

from decimal import Decimal

from practice.quickbooks.effects import owe
from practice.quickbooks.rounding import ZERO, cents
from practice.quickbooks.write import Write
from practice.web import Doc

APPLIED_TO = ("Invoice", "CreditMemo")
Key = tuple[str, str]


def applications(record: Doc | None) -> dict[Key, Decimal]:
    """How much a payment applies to each document."""
    found: dict[Key, Decimal] = {}
    for line in (record or {}).get("Line", []):
        link = line["LinkedTxn"][0]
        key = link["TxnType"], link["TxnId"]
        found[key] = found.get(key, ZERO) + line["Amount"]
    return found


def apply(write: Write, new: Doc | None, old: Doc | None) -> None:
    """Bring the documents up to date whose applied amounts change; their SyncToken moves."""
    before, after = applications(old), applications(new)
    payment = new or old
    if payment is None:
        return
    for key in {**before, **after}:
        if before.get(key) != after.get(key):
            _apply(write, key, payment["Id"], after.get(key), before.get(key, ZERO))


def release_payments(write: Write, invoice: Doc) -> None:
    """Take an invoice out of every payment that paid it; the money is unapplied again."""
    for link in invoice["LinkedTxn"]:
        payment = write.find("Payment", link["TxnId"]) if link["TxnType"] == "Payment" else None
        if payment is None:
            continue
        freed = applications(payment)["Invoice", invoice["Id"]]
        lines = [line for line in payment["Line"] if line["LinkedTxn"][0]["TxnId"] != invoice["Id"]]
        changed = payment | {"Line": lines, "UnappliedAmt": payment["UnappliedAmt"] + freed}
        write.change("Payment", changed)
        owe(write, "Payment", changed, payment)


def _apply(write: Write, key: Key, payment_id: str, amount: Decimal | None, before: Decimal) -> None:
    name, document_id = key
    record = write.find(name, document_id)
    if record is None:
        return
    change = (amount or ZERO) - before
    left = record["Balance"] - change
    others = [link for link in record["LinkedTxn"] if link["TxnId"] != payment_id]
    links = [*others, {"TxnId": payment_id, "TxnType": "Payment"}] if amount is not None else others
    home = {"HomeBalance": cents(left * record["ExchangeRate"])} if "HomeBalance" in record else {}
    credit = {"RemainingCredit": left} if name == "CreditMemo" else {}
    new = record | {"Balance": left, "_applied": record["_applied"] + change, "LinkedTxn": links} | home | credit
    owe(write, name, new, record)
    write.change(name, new)
