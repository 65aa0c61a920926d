"""QuickBooks' own words for what it refuses (quickbooks-online.md section 4)."""

from __future__ import annotations

import time
import uuid

from practice.web import Answer, Doc

VALIDATION, SYSTEM = "ValidationFault", "SystemFault"
MESSAGES = {
    "500": "Unsupported Operation",
    "600": "Duplicate Request ID",
    "610": "Object Not Found",
    "1040": "Batch size exceeds allowed limit",
    "2000": "Invalid Object Name",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2030": "Invalid ID",
    "2040": "Invalid String",
    "2050": "String length is either shorter or longer than supported by specification",
    "2060": "Invalid Date Format",
    "2070": "Invalid Date",
    "2080": "Invalid Number Format",
    "2090": "Invalid Number",
    "2110": "Invalid Decimal",
    "2120": "Invalid Type",
    "2130": "Invalid Request Id Format",
    "2140": "Invalid Amount",
    "2150": "Invalid Percentage",
    "2160": "Invalid Quantity",
    "2170": "Invalid Enumeration",
    "2200": "Invalid Web Address",
    "2210": "Invalid Email Address format. Address must conform to RFC 822 format.",
    "2220": "Invalid Currency Type",
    "2290": "Negative Amounts Not Supported On Transaction Lines",
    "2500": "Invalid Reference Id",
    "3000": "Invalid Custom Field",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "4002": "Error processing query",
    "5010": "Stale Object Error",
    "5030": "Feature Not Supported Error",
    "6000": "A business validation error has occurred while processing your request",
    "6010": "Account Type Missing",
    "6070": "Amount is not equal to UnitPrice * Qty",
    "6080": "Name Not Provided",
    "6090": "Discount Line Missing Amount Or Percent",
    "6100": "Invalid Line Tax Code",
    "6140": "Duplicate Document Number Error",
    "6150": "ParentRef Missing",
    "6170": "Transaction Tax Not Allowed",
    "6180": "Hierarchy Too Deep",
    "6190": "Invalid Company Status",
    "6200": "Account Period Closed, Cannot Update Through Services API",
    "6210": "Account Period Closed, Password Needed",
    "6220": "Delete Not Allowed, Open Balance",
    "6240": "Duplicate Name Exists Error",
    "6250": "Customer Missing Or Inactive",
    "6270": "Transaction Date Prior To Inventory Start Date",
    "6420": "Email Address Needed For Delivery",
    "6430": "Invalid Account Type",
    "6440": "Line Needs An Item Or Account",
    "6470": "Tax Rate Missing",
    "6520": "Insufficient Quantity On Hand",
    "6540": "Deposited Transaction Cannot Be Changed",
    "10000": "An application error has occurred while processing your request",
}
NAME_TAKEN = (
    "The name supplied already exists. : Another customer, vendor or employee is already using this name."
    " Please use a different name."
)
INACTIVE = (
    "Something you're trying to use has been made inactive."
    " Check the fields with accounts, customers, items, vendors or employees."
)
LAPSED = "Subscription period has ended or canceled or there was a billing problem."
PERIOD_CLOSED = (
    "The account period has closed and the account books cannot be updated through the QBO Services API."
    " Please use the QBO website to make these changes."
)
EMPTY_ENVELOPE: Doc = {
    "report": None,
    "queryResponse": None,
    "batchItemResponse": [],
    "attachableResponse": [],
    "syncErrorResponse": None,
    "requestId": None,
}
THROTTLED = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
REACHED = "The request limit was reached.  Try again later"


class Refused(Exception):
    """Nothing was done; `code` decides, the real reason is in `detail`."""

    def __init__(self, code: str, detail: str, element: str = "", status: int = 400, kind: str = VALIDATION) -> None:
        """Say what is wrong; `element` is the property it is about."""
        super().__init__(f"{code}: {detail}")
        self.code, self.detail, self.element, self.status, self.kind = code, detail, element, status, kind


def business(reason: str) -> Refused:
    """Code 6000: the real reason stands only in the detail."""
    return Refused("6000", f"Business Validation Error: {reason}")


def missing(name: str) -> Refused:
    """Code 2020."""
    return Refused("2020", f"Required parameter {name} is missing in the request", name)


def gone(what: str = INACTIVE) -> Refused:
    """Code 610: the object is inactive or deleted."""
    return Refused("610", f"Object Not Found : {what}")


def stale() -> Refused:
    """Code 5010: somebody else saved first."""
    words = (
        "You and another user were working on this at the same time."
        " Another user finished before you did, so your work was not saved."
    )
    return Refused("5010", f"Stale Object Error : {words}")


def number_taken(number: str, kind: str, txn_id: str) -> Refused:
    """Code 6140, with the transaction that has the number."""
    words = "You must specify a different number. This number has already been used."
    where = f"DocNumber={number} is assigned to TxnType={kind} with TxnId={txn_id}"
    return Refused("6140", f"Duplicate Document Number Error : {words}  {where}")


def broken(message: str = "") -> Refused:
    """Code 10000: the server failed."""
    return Refused("10000", message or "An unexpected error occurred.", status=500, kind=SYSTEM)


def unsupported_body() -> Refused:
    """Code 500: bytes that are not UTF-8, or not the kind of body that was asked for."""
    return Refused("500", "Unsupported Operation")


def fault_of(error: Refused) -> Doc:
    """The upper-case Fault, as in an answer or in one item of a batch."""
    shown = {
        "Message": MESSAGES[error.code],
        "Detail": error.detail,
        "code": error.code,
        "element": error.element,
    }
    return {"Error": [shown], "type": error.kind}


def refusal(error: Refused, stamp: str) -> Answer:
    """A whole answer of 4.1."""
    return Answer({"Fault": fault_of(error), "time": stamp}, error.status)


def unauthenticated(detail: str | None, code: str = "3200") -> Answer:
    """HTTP 401, lower-case (4.2)."""
    message = f"message=AuthenticationFailed; errorCode=00{code}; statusCode=401"
    answer = _lower_case(message, detail, code, "AUTHENTICATION", 401)
    answer.headers["www-authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
    return answer


def unauthorized(detail: str | None = None) -> Answer:
    """HTTP 403: another company's token, or the company is no longer connected (4.3)."""
    message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    return _lower_case(message, detail, "3100", "SERVICE", 403)


def throttled(form: str, stamp: str) -> Answer:
    """HTTP 429: XML even though JSON was asked for (2.4); as JSON by switch."""
    if form == "json":
        error = {"Message": THROTTLED, "Detail": REACHED, "code": "3001", "element": ""}
        return Answer({"Fault": {"Error": [error], "type": "SERVICE"}, "time": stamp}, 429)
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<IntuitResponse time="{stamp}" xmlns="http://schema.intuit.com/finance/v3">'
        f'<Fault type="SERVICE"><Error code="3001"><Message>{THROTTLED}</Message><Detail>{REACHED}</Detail>'
        "</Error></Fault></IntuitResponse>"
    )
    return Answer(body, 429, "application/xml")


def with_tid(answer: Answer) -> Answer:
    """The answer with the number that support asks for."""
    answer.headers["intuit_tid"] = str(uuid.uuid4())
    return answer


def _lower_case(message: str, detail: str | None, code: str, kind: str, status: int) -> Answer:
    error = {"message": message, "detail": detail, "code": code, "element": None}
    body: Doc = {"warnings": None, "intuitObject": None, "fault": {"error": [error], "type": kind}, **EMPTY_ENVELOPE}
    return Answer(body | {"time": int(time.time() * 1000), "status": None, "cdcresponse": []}, status)
