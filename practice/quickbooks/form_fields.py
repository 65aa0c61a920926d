"""The properties of a sales form, and what the company's settings say about some (quickbooks-online.md 3.6)."""

from __future__ import annotations

from typing import Any

from practice.quickbooks.faults import Refused
from practice.quickbooks.lines import LINES
from practice.quickbooks.shapes import (
    ADDRESS,
    CUSTOM_FIELDS,
    ENTITY,
    LINKED,
    MEMO,
    Shape,
    amount,
    day,
    email,
    flag,
    ignored,
    number,
    one_of,
    reference,
    text,
)
from practice.quickbooks.tax import TAX_DETAIL
from practice.quickbooks.write import Write
from practice.web import Doc

TRANSACTION: Shape = ENTITY | {
    "DocNumber": text(21),
    "TxnDate": day,
    "PrivateNote": text(4000),
    "ExchangeRate": number,
    "TransactionLocationType": text(100),
    "TxnSource": text(100),
    **dict.fromkeys(("CurrencyRef", "DepartmentRef", "CustomerRef"), reference),
    **dict.fromkeys(("TotalAmt", "HomeTotalAmt", "TxnStatus", "RecurDataRef", "TaxExemptionRef", "Tag"), ignored),
    **dict.fromkeys(("ProjectRef", "TxnApprovalInfo", "TaxFormType", "TaxFormNum", "LessCIS"), ignored),
}
SALES_FORM: Shape = TRANSACTION | {
    "Line": LINES,
    "TxnTaxDetail": TAX_DETAIL,
    "GlobalTaxCalculation": one_of("TaxExcluded", "TaxInclusive", "NotApplicable"),
    "ApplyTaxAfterDiscount": flag,
    "CustomerMemo": MEMO,
    **dict.fromkeys(("BillAddr", "ShipAddr", "ShipFromAddr", "RemitToAddr"), ADDRESS),
    **dict.fromkeys(("BillEmail", "BillEmailCc", "BillEmailBcc"), email),
    "EmailStatus": one_of("NotSet", "NeedToSend", "EmailSent"),
    "PrintStatus": one_of("NotSet", "NeedToPrint", "PrintComplete"),
    "ShipDate": day,
    "TrackingNum": text(100),
    "ShipMethodRef": reference,
    "ClassRef": reference,
    "CustomField": CUSTOM_FIELDS,
    "LinkedTxn": LINKED,
    **dict.fromkeys(("Balance", "HomeBalance", "DeliveryInfo", "FreeFormAddress", "RemainingCredit"), ignored),
    **dict.fromkeys(("SalesRepRef", "PONumber", "FOB", "TemplateRef", "ARAccountRef", "FinanceCharge"), ignored),
}
PAID: Shape = {
    "PaymentMethodRef": reference,
    "PaymentRefNum": text(21),
    "DepositToAccountRef": reference,
    "PaymentType": one_of("Cash", "Check", "CreditCard", "Other"),
    **dict.fromkeys(("CheckPayment", "CreditCardPayment"), ignored),
}
INVOICE: Shape = SALES_FORM | {
    "SalesTermRef": reference,
    "DueDate": day,
    "Deposit": amount,
    "DepositToAccountRef": reference,
    **dict.fromkeys(("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"), flag),
    **dict.fromkeys(("AllowIPNPayment", "AllowOnlinePayment", "InvoiceLink", "EInvoiceStatus", "InvoiceEx"), ignored),
    **dict.fromkeys(("ECloudStatusTimeStamp", "PaymentDetailsMessage", "ConvenienceFeeDetail"), ignored),
}
PLAIN = (
    *("PrivateNote", "CustomerMemo", "ShipFromAddr", "BillEmail", "BillEmailCc", "BillEmailBcc", "ShipDate"),
    *("TrackingNum", "ShipMethodRef", "TransactionLocationType", "TxnSource"),
)
"""Taken as they are sent."""


def dimensions(write: Write, sent: Doc) -> Doc:
    """Class and department, where the company tracks them."""
    made: Doc = {}
    for name, entity, setting in (
        ("ClassRef", "Class", "ClassTrackingPerTxn"),
        ("DepartmentRef", "Department", "TrackDepartments"),
    ):
        if name in sent:
            if not write.books.preference("AccountingInfoPrefs", setting):
                raise Refused("5030", f"{setting} is off", name)
            made[name] = write.refer(entity, sent[name], name)
    if sent.get("EmailStatus") == "NeedToSend" and "BillEmail" not in sent:
        raise Refused("6420", "BillEmail is needed for EmailStatus NeedToSend", "BillEmail")
    return made


def custom_fields(write: Write, sent: Doc) -> list[Doc]:
    """The company's own fields, with the values that were sent; code 3000 for one that is not defined."""
    names = _definitions(write.books.preference("SalesFormsPrefs", "CustomField"))
    values = {}
    for field in sent.get("CustomField", []):
        if field.get("DefinitionId") not in names:
            raise Refused("3000", f"Custom field {field.get('DefinitionId')} is not defined", "CustomField")
        values[field["DefinitionId"]] = field.get("StringValue")
    shown = []
    for key, name in names.items():
        value = {"StringValue": values[key]} if values.get(key) else {}
        shown.append({"DefinitionId": key, "Name": name, "Type": "StringType", **value})
    return shown


def _definitions(nested: Any) -> dict[str, str]:
    """Number and name of each field that is in use; the settings nest them twice (3.2)."""
    fields = [field for group in nested or [] for field in group["CustomField"]]
    used = {f["Name"][-1] for f in fields if "UseSalesCustom" in f["Name"] and f["BooleanValue"]}
    named = {f["Name"][-1]: f["StringValue"] for f in fields if "SalesCustomName" in f["Name"]}
    return {key: name for key, name in named.items() if key in used}
