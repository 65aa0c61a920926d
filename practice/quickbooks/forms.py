"""The four sales forms, each with what only it has (quickbooks-online.md 3.6)."""

from __future__ import annotations

from decimal import Decimal

from practice.quickbooks.accounts import is_undeposited, money_account
from practice.quickbooks.due import due_day
from practice.quickbooks.effects import owe
from practice.quickbooks.faults import Refused, business, missing
from practice.quickbooks.form_fields import INVOICE, PAID, SALES_FORM
from practice.quickbooks.links import release_payments
from practice.quickbooks.money import Money
from practice.quickbooks.rounding import ZERO, cents
from practice.quickbooks.sales import SOLD, SalesForm
from practice.quickbooks.write import Write
from practice.web import Doc

NOT_DEPOSITED = (
    "This transaction has been deposited. If you want to change or delete it, remove it from the deposit first."
)


class Invoice(SalesForm):
    """A sale that is paid later; `_applied` is what payments have taken off."""

    name, shape, voided_by = "Invoice", INVOICE, "operation"
    searchable = SOLD | {"DueDate": "date", "Balance": "number", "SalesTermRef": "reference"}

    def own_fields(self, write: Write, sent: Doc, old: Doc | None, record: Doc, money: Money) -> Doc:
        """Term, due day, what is still open."""
        term = sent.get("SalesTermRef") or _default_term(write, record["CustomerRef"])
        deposit = cents(sent.get("Deposit", ZERO))
        if deposit and not write.books.preference("SalesFormsPrefs", "AllowDeposit"):
            raise Refused("5030", "Deposits on invoices are turned off in the company's settings", "Deposit")
        flags = {name: sent.get(name, False) for name in ("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")}
        return {
            **super().own_fields(write, sent, old, record, money),
            **flags,
            "SalesTermRef": write.refer("Term", term, "SalesTermRef"),
            "DueDate": sent.get("DueDate") or due_day(write, record["TxnDate"], term),
            "Deposit": deposit,
            "DepositToAccountRef": money_account(write, sent.get("DepositToAccountRef"), "Deposit")
            if deposit
            else None,
            **open_amounts(money, deposit, _applied(record, old)),
        }

    def settle(self, write: Write, new: Doc | None, old: Doc | None) -> None:
        """Goods leave, and the customer owes."""
        super().settle(write, new, old)
        owe(write, self.name, new, old)

    def voided(self, write: Write, record: Doc) -> Doc:
        """What paid it is unapplied."""
        release_payments(write, record)
        return super().voided(write, record) | {"LinkedTxn": [], "_applied": ZERO}


class SalesReceipt(SalesForm):
    """A sale that is paid at once."""

    name, shape, voided_by = "SalesReceipt", SALES_FORM | PAID, "include"
    needs_customer = False

    def own_fields(self, write: Write, sent: Doc, old: Doc | None, record: Doc, money: Money) -> Doc:
        """How and where it was paid."""
        refuse_deposited(old)
        return super().own_fields(write, sent, old, record, money) | paid(write, sent) | {"Balance": ZERO}

    def voided(self, write: Write, record: Doc) -> Doc:
        """Not once it is in the bank."""
        refuse_deposited(record)
        return super().voided(write, record)

    def refuse_removal(self, write: Write, record: Doc) -> None:
        """Not once it is in the bank."""
        refuse_deposited(record)
        super().refuse_removal(write, record)


class CreditMemo(SalesForm):
    """What a customer may take off a later invoice."""

    name, shape = "CreditMemo", SALES_FORM | PAID | {"SalesTermRef": INVOICE["SalesTermRef"]}
    searchable = SOLD | {"Balance": "number"}

    def own_fields(self, write: Write, sent: Doc, old: Doc | None, record: Doc, money: Money) -> Doc:
        """What is left of the credit."""
        amounts = open_amounts(money, ZERO, _applied(record, old))
        own = super().own_fields(write, sent, old, record, money)
        return own | amounts | {"RemainingCredit": amounts["Balance"]}

    def settle(self, write: Write, new: Doc | None, old: Doc | None) -> None:
        """Goods come back, and the customer owes less."""
        super().settle(write, new, old)
        owe(write, self.name, new, old)


class RefundReceipt(SalesForm):
    """Money that goes back."""

    name, shape = "RefundReceipt", SALES_FORM | PAID
    needs_customer = False

    def own_fields(self, write: Write, sent: Doc, old: Doc | None, record: Doc, money: Money) -> Doc:
        """The account that the money leaves."""
        if "DepositToAccountRef" not in sent:
            raise missing("DepositToAccountRef")
        own = super().own_fields(write, sent, old, record, money) | paid(write, sent)
        return own | {"Balance": ZERO, "PaymentRefNum": sent.get("PaymentRefNum", "To Print")}


def open_amounts(money: Money, deposit: Decimal, applied: Decimal) -> Doc:
    """What is left of a document; code 6000 where more was applied than it is worth."""
    left = money.total - deposit - applied
    if left < 0:
        raise business("More has been applied to this transaction than its new total")
    home = {"HomeBalance": money.home(left)} if money.shows_home else {}
    return {"Balance": left, **home, "_applied": applied}


def paid(write: Write, sent: Doc) -> Doc:
    """Method, reference and account of a payment."""
    return {
        "PaymentMethodRef": write.refer("PaymentMethod", sent.get("PaymentMethodRef"), "PaymentMethodRef"),
        "PaymentRefNum": sent.get("PaymentRefNum"),
        "PaymentType": sent.get("PaymentType"),
        "DepositToAccountRef": money_account(write, sent.get("DepositToAccountRef"), "DepositToAccountRef"),
    }


def refuse_deposited(record: Doc | None) -> None:
    """Code 6540: what is in the bank cannot be changed."""
    if record is not None and any(link["TxnType"] == "Deposit" for link in record["LinkedTxn"]):
        raise Refused("6540", NOT_DEPOSITED)


def can_be_deposited(write: Write, record: Doc) -> bool:
    """Whether it waits in Undeposited Funds."""
    return is_undeposited(write, record) and not record["_void"] and not record["LinkedTxn"]


def _applied(record: Doc, old: Doc | None) -> Decimal:
    """What payments have applied; such a document stays with its customer."""
    applied = Decimal(old["_applied"]) if old else ZERO
    if old and applied and old["CustomerRef"]["value"] != record["CustomerRef"]["value"]:
        raise business("The customer of a transaction with payments cannot be changed")
    return applied


def _default_term(write: Write, customer: Doc) -> Doc | None:
    """The customer's own, else the company's."""
    record = write.find("Customer", customer["value"]) or {}
    term: Doc | None = record.get("SalesTermRef")
    if term is None:
        known = write.books.preference("SalesFormsPrefs", "DefaultTerms")
        term = known if isinstance(known, dict) else None
    return term and {"value": term["value"]}
