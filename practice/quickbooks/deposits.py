"""Deposits: from Undeposited Funds into the bank (quickbooks-online.md 3.8)."""

from __future__ import annotations

from practice.quickbooks.accounts import money_account
from practice.quickbooks.entity import SEARCHABLE, Entity
from practice.quickbooks.faults import Refused, business, missing
from practice.quickbooks.form_fields import TRANSACTION, dimensions
from practice.quickbooks.forms import can_be_deposited
from practice.quickbooks.money import money_of
from practice.quickbooks.rounding import cents, total
from practice.quickbooks.shapes import LINKED, Shape, amount, ignored, listed, one_of, reference, shaped, text
from practice.quickbooks.write import DOCUMENTS, Write
from practice.web import Doc

DETAIL = "DepositLineDetail"
CAN_BE_DEPOSITED = ("Payment", "SalesReceipt")
DEPOSIT: Shape = TRANSACTION | {
    "DepositToAccountRef": reference,
    "Line": listed(
        {
            "Id": lambda value, name: str(value),
            "Amount": amount,
            "Description": text(4000),
            "DetailType": one_of(DETAIL),
            "LinkedTxn": LINKED,
            DETAIL: shaped(
                {
                    **dict.fromkeys(("AccountRef", "PaymentMethodRef", "ClassRef"), reference),
                    "CheckNum": text(21),
                    **dict.fromkeys(("Entity", "TxnType", "TaxApplicableOn", "TaxCodeRef"), ignored),
                }
            ),
            **dict.fromkeys(("LineNum", "CustomField", "LineEx"), ignored),
        }
    ),
    **dict.fromkeys(("GlobalTaxCalculation", "TxnTaxDetail", "CashBack", "CustomField", "LinkedTxn"), ignored),
}


class Deposit(Entity):
    """Money that reaches the bank."""

    name, shape, sequence = "Deposit", DEPOSIT, DOCUMENTS
    searchable = SEARCHABLE | {"TxnDate": "date", "TotalAmt": "number", "DepositToAccountRef": "reference"}
    can_be_deleted = True

    def make(self, write: Write, sent: Doc, old: Doc | None) -> Doc:
        """The whole deposit; what is linked must wait for one."""
        if "DepositToAccountRef" not in sent:
            raise missing("DepositToAccountRef")
        if not sent.get("Line"):
            raise missing("Line")
        day = sent.get("TxnDate") or write.clock.today()
        write.open_day(day, *([old["TxnDate"]] if old else []))
        own = _linked_keys(old)
        lines = [_line(write, row, number, own) for number, row in enumerate(sent["Line"], 1)]
        sum_ = total(line["Amount"] for line in lines)
        if sum_ < 0:
            raise business("The transaction amount must be 0 or greater")
        return {
            "TxnDate": day,
            "DocNumber": sent.get("DocNumber") or None,
            "PrivateNote": sent.get("PrivateNote"),
            "DepositToAccountRef": money_account(write, sent["DepositToAccountRef"], "DepositToAccountRef"),
            **dimensions(write, sent),
            **money_of(write, sent, day, None, sum_).fields(),
            "Line": lines,
        }

    def settle(self, write: Write, new: Doc | None, old: Doc | None) -> None:
        """What is deposited knows of it; what is taken out may be changed again."""
        before, after = _linked_keys(old), _linked_keys(new)
        deposit_id = (new or old or {})["Id"]
        for name, key in before ^ after:
            record = write.find(name, key)
            if record is not None:
                links = [{"TxnId": deposit_id, "TxnType": "Deposit"}] if (name, key) in after else []
                write.change(name, record | {"LinkedTxn": links})

    def refuse_removal(self, write: Write, record: Doc) -> None:
        """Not in a closed period."""
        write.open_day(record["TxnDate"])


def _line(write: Write, row: Doc, number: int, own: set[tuple[str, str]]) -> Doc:
    if "Amount" not in row:
        raise missing("Line.Amount")
    made = {"Id": str(number), "LineNum": number, "Amount": cents(row["Amount"]), "Description": row.get("Description")}
    if row.get("LinkedTxn"):
        return made | {"LinkedTxn": [_linked(write, row["LinkedTxn"][0], made["Amount"], own)]}
    detail = row.get(DETAIL)
    if detail is None or "AccountRef" not in detail:
        raise Refused("6440", "A line needs an account or a linked transaction", "Line.AccountRef")
    shown = {
        "AccountRef": write.refer("Account", detail["AccountRef"], "AccountRef"),
        "PaymentMethodRef": write.refer("PaymentMethod", detail.get("PaymentMethodRef"), "PaymentMethodRef"),
        "CheckNum": detail.get("CheckNum"),
    }
    kept = {name: value for name, value in shown.items() if value is not None}
    return made | {"DetailType": DETAIL, DETAIL: kept}


def _linked(write: Write, link: Doc, sum_: object, own: set[tuple[str, str]]) -> Doc:
    kind, key = link.get("TxnType"), link.get("TxnId", "")
    if kind not in CAN_BE_DEPOSITED:
        raise Refused("2120", f"TxnType {kind} cannot be deposited", "TxnType")
    record = write.find(kind, key)
    if record is None:
        raise Refused("2500", f"Invalid Reference Id : {kind} {key} not found", "LinkedTxn")
    if (kind, key) not in own and not can_be_deposited(write, record):
        raise business(f"{kind} {key} does not wait in Undeposited Funds")
    if sum_ != record["TotalAmt"]:
        raise business(f"{kind} {key} is deposited as a whole, {record['TotalAmt']}")
    return {"TxnId": key, "TxnType": kind, "TxnLineId": "0"}


def _linked_keys(record: Doc | None) -> set[tuple[str, str]]:
    lines = (record or {}).get("Line", [])
    return {(link["TxnType"], link["TxnId"]) for line in lines for link in line.get("LinkedTxn", [])}
