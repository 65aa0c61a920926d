"""Payments, and what they are applied to (quickbooks-online.md 3.8)."""

from __future__ import annotations

from decimal import Decimal

from practice.quickbooks.effects import owe
from practice.quickbooks.entity import SEARCHABLE, Entity
from practice.quickbooks.faults import Refused, business, missing
from practice.quickbooks.form_fields import PAID, TRANSACTION
from practice.quickbooks.forms import paid, refuse_deposited
from practice.quickbooks.links import APPLIED_TO, Key, applications, apply
from practice.quickbooks.money import active_customer, money_of
from practice.quickbooks.rounding import ZERO, cents, total
from practice.quickbooks.sales import KEPT_LINES
from practice.quickbooks.shapes import LINKED, Shape, amount, flag, ignored, listed
from practice.quickbooks.voiding import emptied
from practice.quickbooks.write import DOCUMENTS, Write
from practice.web import Doc

TYPES = (*APPLIED_TO, "JournalEntry", "Expense", "Check", "CreditCardCredit")
PAYMENT: Shape = (
    TRANSACTION
    | PAID
    | {
        "TotalAmt": amount,
        "ProcessPayment": flag,
        "Line": listed(
            {
                "Amount": amount,
                "LinkedTxn": LINKED,
                **dict.fromkeys(("Id", "LineNum", "LineEx", "Description", "DetailType"), ignored),
            }
        ),
        **dict.fromkeys(("UnappliedAmt", "ARAccountRef", "LinkedTxn", "CustomField", "PaymentType"), ignored),
    }
)


class Payment(Entity):
    """Money from a customer, applied to invoices or not yet."""

    name, shape, sequence = "Payment", PAYMENT, DOCUMENTS
    searchable = SEARCHABLE | {
        "TxnDate": "date",
        "CustomerRef": "reference",
        "PaymentRefNum": "text",
        "PaymentMethodRef": "reference",
        "TotalAmt": "number",
        "UnappliedAmt": "number",
    }
    indexed = {"PaymentRefNum": "_number"}
    can_be_deleted = True
    voided_by = "include"

    def make(self, write: Write, sent: Doc, old: Doc | None) -> Doc:
        """The whole payment; what it applies is checked against what is open."""
        refuse_deposited(old)
        if "TotalAmt" not in sent:
            raise business("You must set a transaction amount.")
        if "CustomerRef" not in sent:
            raise missing("CustomerRef")
        whole = cents(sent["TotalAmt"])
        if whole < 0:
            raise business("The transaction amount must be 0 or greater")
        day = sent.get("TxnDate") or write.clock.today()
        write.open_day(day, *([old["TxnDate"]] if old else []))
        customer = active_customer(write, sent["CustomerRef"])
        money = money_of(write, sent, day, customer, whole)
        lines = [_line(write, row, customer, money.currency) for row in sent.get("Line", [])]
        record = {
            "TxnDate": day,
            "CustomerRef": {"value": customer["Id"], "name": customer["DisplayName"]},
            "PrivateNote": sent.get("PrivateNote"),
            "ProcessPayment": False,
            **paid(write, sent),
            **money.fields(),
            "Line": lines,
            "LinkedTxn": [],
            "_number": (sent.get("PaymentRefNum") or "").casefold(),
            "_void": bool(old and old["_void"] and sent.get(KEPT_LINES)),
        }
        _refuse_excess(write, record, old)
        return record | {"UnappliedAmt": _unapplied(whole, record)}

    def merged(self, write: Write, kept: Doc, sent: Doc) -> Doc:
        """All lines or none (3.8)."""
        return kept | sent | ({} if "Line" in sent else {KEPT_LINES: True})

    def settle(self, write: Write, new: Doc | None, old: Doc | None) -> None:
        """Invoices and credit memos know of it, the customer owes less."""
        apply(write, new, old)
        owe(write, self.name, new, old)

    def refuse_removal(self, write: Write, record: Doc) -> None:
        """Not once it is in the bank, or in a closed period."""
        refuse_deposited(record)
        write.open_day(record["TxnDate"])

    def voided(self, write: Write, record: Doc) -> Doc:
        """Nothing is paid any more."""
        self.refuse_removal(write, record)
        return record | emptied(record) | {"Line": [], "UnappliedAmt": ZERO}

    def sent_by_mail(self, write: Write, record: Doc) -> Doc:
        """A receipt was mailed."""
        return record


def _line(write: Write, row: Doc, customer: Doc, currency: Doc) -> Doc:
    if "Amount" not in row:
        raise missing("Line.Amount")
    if not row.get("LinkedTxn"):
        raise missing("Line.LinkedTxn")
    sum_ = cents(row["Amount"])
    if sum_ < 0:
        raise Refused("2290", f"Negative amounts are not supported. Supplied value:{sum_}", "Line.Amount")
    link = row["LinkedTxn"][0]
    record = _linked(write, link, customer, currency)
    extra = {
        "txnId": record["Id"],
        "txnOpenBalance": str(record["Balance"]),
        "txnReferenceNumber": record["DocNumber"] or "",
    }
    shown = {"TxnId": record["Id"], "TxnType": link["TxnType"]}
    return {"Amount": sum_, "LinkedTxn": [shown], "LineEx": {"any": [_name_value(*each) for each in extra.items()]}}


def _linked(write: Write, link: Doc, customer: Doc, currency: Doc) -> Doc:
    kind, key = link.get("TxnType"), link.get("TxnId", "")
    if kind not in TYPES:
        raise Refused("2120", f"TxnType must be one of {', '.join(TYPES)}. Supplied value:{kind}", "TxnType")
    record = write.find(kind, key) if kind in APPLIED_TO else None
    if record is None:
        raise Refused("2500", f"Invalid Reference Id : {kind} {key} not found", "LinkedTxn")
    if record["CustomerRef"]["value"] != customer["Id"]:
        raise business(f"{kind} {key} belongs to another customer")
    if record["CurrencyRef"]["value"] != currency["value"]:
        raise business(f"{kind} {key} has another currency")
    return record


def _refuse_excess(write: Write, record: Doc, old: Doc | None) -> None:
    """No document takes more than is open on it."""
    before = applications(old)
    for key, sum_ in applications(record).items():
        name, document_id = key
        document = write.find(name, document_id) or {}
        if sum_ > document["Balance"] + before.get(key, ZERO):
            raise business(
                f"The amount applied to {name} {document_id} exceeds its open balance, {document['Balance']}"
            )


def _unapplied(whole: Decimal, record: Doc) -> Decimal:
    """What is left of money and credits; credits are never left over."""
    applied = applications(record)
    invoices, credits_ = _sum(applied, "Invoice"), _sum(applied, "CreditMemo")
    if invoices > whole + credits_:
        raise business("The amounts applied exceed the payment")
    if credits_ > invoices:
        raise business("The credits applied exceed the invoices")
    return whole + credits_ - invoices


def _sum(applied: dict[Key, Decimal], name: str) -> Decimal:
    return total(amount_ for (kind, _), amount_ in applied.items() if kind == name)


def _name_value(name: str, value: str) -> Doc:
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }
