"""The chart of accounts (quickbooks-online.md 3.5)."""

from __future__ import annotations

from practice.quickbooks.faults import Refused
from practice.quickbooks.lists import NESTED, Listed
from practice.quickbooks.shapes import ENTITY, Shape, flag, ignored, name_text, one_of, reference, text
from practice.quickbooks.write import Write
from practice.web import Doc

CLASSES = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Other Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
}
SUBTYPES = {
    "Checking": "Bank",
    "Savings": "Bank",
    "CashOnHand": "Bank",
    "AccountsReceivable": "Accounts Receivable",
    "UndepositedFunds": "Other Current Asset",
    "Inventory": "Other Current Asset",
    "OtherCurrentAssets": "Other Current Asset",
    "AccountsPayable": "Accounts Payable",
    "GlobalTaxPayable": "Other Current Liability",
    "SalesTaxPayable": "Other Current Liability",
    "SalesOfProductIncome": "Income",
    "ServiceFeeIncome": "Income",
    "DiscountsRefundsGiven": "Income",
    "SuppliesMaterialsCogs": "Cost of Goods Sold",
    "BankCharges": "Expense",
    "CommissionsAndFees": "Expense",
}
MONEY = ("Bank", "Other Current Asset")
"""Types of account that money can be paid into."""
UNDEPOSITED = "UndepositedFunds"


class Account(Listed):
    """One account."""

    name, nested_by = "Account", "SubAccount"
    searchable = NESTED | dict.fromkeys(("AccountType", "AccountSubType", "Classification", "AcctNum"), "text")
    refers = {"ParentRef": "Account"}
    shape: Shape = ENTITY | {
        "Name": name_text(100, ':"'),
        "AccountType": one_of(*CLASSES),
        "AccountSubType": text(100),
        "AcctNum": text(20),
        "Description": text(4000),
        "Active": flag,
        "SubAccount": flag,
        "ParentRef": reference,
        "CurrencyRef": reference,
        **dict.fromkeys(("Classification", "CurrentBalance", "CurrentBalanceWithSubAccounts"), ignored),
        **dict.fromkeys(("FullyQualifiedName", "Level", "TaxCodeRef", "AccountAlias", "TxnLocationType"), ignored),
    }

    def fit(self, write: Write, record: Doc, old: Doc | None) -> Doc:
        """The type follows from the sub type."""
        kind = record.get("AccountType") or SUBTYPES.get(record.get("AccountSubType", ""))
        if kind is None:
            raise Refused("6010", "AccountType or AccountSubType is needed", "AccountType")
        own = next((sub for sub, of in SUBTYPES.items() if of == kind), None)
        currency = write.currency(record.get("CurrencyRef") or {"value": write.books.home})
        return {
            "AccountSubType": own,
            "AcctNum": None,
            **record,
            "AccountType": kind,
            "Classification": CLASSES[kind],
        } | {"CurrencyRef": currency}


def money_account(write: Write, sent: Doc | None, where: str) -> Doc:
    """The account that money goes to: the one sent, else Undeposited Funds; code 6430 for another type."""
    if sent is None:
        found = next(a for a in write.books.rows("Account") if a["AccountSubType"] == UNDEPOSITED)
        sent = {"value": found["Id"]}
    account = write.need("Account", sent, where)
    if account["AccountType"] not in MONEY:
        raise Refused("6430", f"The account of {where} must be of type {' or '.join(MONEY)}", where)
    return {"value": account["Id"], "name": account["FullyQualifiedName"]}


def is_undeposited(write: Write, record: Doc) -> bool:
    """Whether a payment's or receipt's money still waits for a deposit."""
    account = write.find("Account", record["DepositToAccountRef"]["value"]) or {}
    return account.get("AccountSubType") == UNDEPOSITED
