"""What QuickBooks says when it refuses, as our errors: every code of section 4.5 as a sentence with what to do."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from adapters import outcomes
from adapters.accounting.quickbooks import contract
from adapters.accounting.quickbooks.contract import text
from adapters.errors import (
    ChangedMeanwhile,
    Gone,
    LoginRefused,
    NotAllowed,
    OutcomeUnknown,
    Refused,
    RemoteError,
    TokenRefused,
    TooFast,
)
from adapters.http import Json, Reply
from documents import N_, Message, say


class ReconnectNeeded(LoginRefused):
    """The consent is no longer taken: only a person can give it again."""

    next_step = N_("Open the company profile and press 'Connect with QuickBooks' again.")


class SubscriptionEnded(LoginRefused):
    """The company's QuickBooks subscription does not let anybody in."""

    next_step = N_("Renew the subscription in QuickBooks, then check the connection.")


class Missing(Gone):
    """QuickBooks has no such object."""


class Duplicate(OutcomeUnknown):
    """The number or name is taken already, maybe by what we made ourselves and never heard of."""


Make = Callable[[Message, str], RemoteError]
"""Makes the error of a sentence and its cause."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What the API itself says of a failure; `reason` is for people, with its code."""

    code: str
    message: str
    detail: str

    @property
    def reason(self) -> str:
        """The detail where there is one: the message of many codes says nothing."""
        told = self.detail or self.message
        return f"{told} (code {self.code})" if self.code else told


# --- reading a fault --------------------------------------------------------------------------------------------

_XML = {name: re.compile(rf"<{name}>(.*?)</{name}>", re.DOTALL) for name in ("Message", "Detail")}
_XML_CODE = re.compile(r'<(?:Error|ErrorCode)\b[^>]*?(?:code="(\d+)"|>(\d+)<)')


def fault_of(reply: Reply) -> Fault | None:
    """The fault in an answer of any status, as JSON in either case or as XML; None where the API says nothing."""
    if reply.body.lstrip().startswith(b"<") and b"<Fault" in reply.body:
        return _from_xml(reply.body.decode("utf-8", "replace"))
    try:
        answer = reply.json()
    except OutcomeUnknown:
        return None
    return fault_in(answer)


def fault_in(answer: Json) -> Fault | None:
    """The fault in decoded JSON: `Fault` (section 4.1), or `fault` with small letters (4.2)."""
    told = (answer.get("Fault") or answer.get("fault")) if isinstance(answer, dict) else None
    if not isinstance(told, dict):
        return None
    errors = [each for each in told.get("Error") or told.get("error") or [] if isinstance(each, dict)]
    if not errors:
        return Fault("", text(told, "type") or "fault", "")
    details = "; ".join(filter(None, (text(each, "Detail", "detail") for each in errors)))
    return Fault(_code(text(errors[0], "code")), text(errors[0], "Message", "message"), details)


def _from_xml(body: str) -> Fault:
    code = _XML_CODE.search(body)
    told = {name: html.unescape(found[1]) if (found := each.search(body)) else "" for name, each in _XML.items()}
    return Fault(_code(next(filter(None, code.groups()), "") if code else ""), told["Message"], told["Detail"])


def _code(told: str) -> str:
    """'003001' is 3001."""
    return told.lstrip("0")


# --- what a fault means -----------------------------------------------------------------------------------------

THROTTLED = "3001"
DUPLICATE_NUMBER, DUPLICATE_NAME = "6140", "6240"
AT_THE_SAME_TIME = "exactly the same time"
"""So ends a 6000 where two sales of one inventory item met (section 4.5)."""

_later, _in_a_moment = partial(TooFast, wait_s=contract.LATER_S), partial(TooFast, wait_s=contract.MOMENT_S)
_EXPIRED = N_("{system} no longer takes the sign-in of this hour: {reason}")
_TROUBLE = N_("{system} had trouble with the request: {reason}")
_REFUSED = N_("{system} refused it: {reason}")
_CLOSED_DOOR = Fault("", "the access token is not valid", "")


def failure_of(reply: Reply, fault: Fault | None, *, writes: bool) -> RemoteError:
    """The error for an answer that is no success, with Intuit's trace id in its cause."""
    error = _judged(reply, fault, writes)
    trace = reply.headers.get("intuit_tid", "")
    error.cause = f"{error.cause} [intuit_tid {trace}]" if trace else error.cause
    return error


def _judged(reply: Reply, fault: Fault | None, writes: bool) -> RemoteError:
    if reply.status == 429 or (fault is not None and fault.code == THROTTLED):
        return _too_fast(reply, fault)
    if fault is None and reply.status == 401 and _is_door(reply):
        fault = _CLOSED_DOOR
    if fault is None:
        return outcomes.failure_of(reply, None, writes=writes)
    make, template = _meaning(reply.status, fault)
    cause = f"HTTP {reply.status}, {fault.message}: {fault.reason}"
    return make(say(template, system=reply.label, reason=reply.redact(fault.reason)), reply.redact(cause))


def _is_door(reply: Reply) -> bool:
    """A 401 with a Bearer challenge is the API's own door, whatever it says (RFC 6750 section 3)."""
    return reply.headers.get("www-authenticate", "").lower().startswith("bearer")


def _too_fast(reply: Reply, fault: Fault | None) -> TooFast:
    wait_s = outcomes.retry_after_s(reply)
    cause = f"HTTP {reply.status}: {reply.redact(fault.reason) if fault else reply.excerpt}"
    message = say(N_("{system} asks us to slow down."), system=reply.label)
    return TooFast(message, cause, contract.WAIT_S if wait_s is None else wait_s)


def _meaning(status: int, fault: Fault) -> tuple[Make, str]:
    if status >= 500 or status == 408:
        return OutcomeUnknown, _TROUBLE
    if fault.code == "6000" and AT_THE_SAME_TIME in fault.detail.lower():
        return _in_a_moment, N_("{system} was saving another sale of the same product at that moment: {reason}")
    return MEANINGS.get(fault.code) or _BY_STATUS.get(status, (Refused, _REFUSED))


_BY_STATUS: dict[int, tuple[Make, str]] = {
    401: (TokenRefused, _EXPIRED),
    403: (NotAllowed, N_("{system} does not allow this: {reason}")),
}
_CODES: tuple[tuple[str, Make, str], ...] = (
    # --- who may come in
    ("100 110 3200 3202", TokenRefused, _EXPIRED),
    (
        "120",
        ReconnectNeeded,
        N_("Who connected {system} may no longer use this company: let one of its administrators connect it. {reason}"),
    ),
    ("3100", ReconnectNeeded, N_("{system} does not let us into this company (any more): connect it again. {reason}")),
    ("6190", SubscriptionEnded, N_("The company's subscription of {system} has ended: {reason}")),
    ("5020", NotAllowed, N_("Who connected {system} has no right to do this there: {reason}")),
    ("5030", NotAllowed, N_("The company's plan or settings of {system} do not have this feature: {reason}")),
    ("130 140 150", _later, N_("{system} is closed for this company at the moment: {reason}")),
    # --- maybe done
    ("600", OutcomeUnknown, N_("{system} had this request already: {reason}")),
    ("1000 1010 1020 10000", OutcomeUnknown, _TROUBLE),
    (DUPLICATE_NUMBER, Duplicate, N_("Another document in {system} has this number already: {reason}")),
    (
        DUPLICATE_NAME,
        Duplicate,
        N_("Another customer, vendor, employee or product in {system} has this name already: {reason}"),
    ),
    ("5010", ChangedMeanwhile, N_("Somebody changed it in {system} at the same time: {reason}")),
    # --- what is named is not there
    (
        "610",
        Missing,
        N_("{system} has it no more, or something that it names was made inactive there: match it anew. {reason}"),
    ),
    (
        "2500 2030",
        Refused,
        N_(
            "{system} does not know a customer, product, account or the like that the document names, "
            "or it is inactive: read the lists anew and match it. {reason}"
        ),
    ),
    (
        "6250",
        Refused,
        N_("The customer is missing or inactive in {system}: choose another, or make it active again there. {reason}"),
    ),
    ("6430", Refused, N_("The chosen account has a type that {system} does not take here: choose another. {reason}")),
    (
        "6440",
        Refused,
        N_("A line has an amount, but no product of {system}: match its product, or set a default one. {reason}"),
    ),
    # --- taxes
    (
        "6100",
        Refused,
        N_("In US companies of {system}, lines are TAX or NON: check the connection, then match taxes anew. {reason}"),
    ),
    (
        "6160 6230 6470",
        Refused,
        N_("{system} does not take this tax code here: match another one to the store's tax. {reason}"),
    ),
    ("6170 2280", Refused, N_("{system} does not take the tax as it was sent: check the tax matching. {reason}")),
    # --- dates and stock
    (
        "6200 6210",
        Refused,
        N_(
            "The books of {system} are closed for this date: change the date on the draft, choose what happens in a "
            "closed period in the settings, or open the period there. {reason}"
        ),
    ),
    (
        "6270",
        Refused,
        N_(
            "The date is before the day from which {system} keeps stock of this product: change the date, or the "
            "product's first day there. {reason}"
        ),
    ),
    ("6520", Refused, N_("A tracked product needs a quantity in {system}: {reason}")),
    # --- texts and figures
    (
        "2040",
        Refused,
        N_("A text has characters that {system} does not take: shorten or change it in the store. {reason}"),
    ),
    ("2050", Refused, N_("A text is longer or shorter than {system} takes: change it in the store. {reason}")),
    ("2200 2210", Refused, N_("{system} does not take this e-mail or web address: mend it in the store. {reason}")),
    ("2220", Refused, N_("{system} does not take this currency for this customer: {reason}")),
    ("2140 2150 2160", Refused, N_("{system} does not take an amount, percentage or quantity of it: {reason}")),
    ("2250", Refused, N_("{system} takes no document without lines: {reason}")),
    (
        "2290",
        Refused,
        N_("{system} takes no negative amount on a line: make a return a credit note instead. {reason}"),
    ),
    ("6070", Refused, N_("An amount is not quantity x price as {system} reckons: change the line. {reason}")),
    (
        "6090",
        Refused,
        N_("{system} does not take the discount: switch discounts on in its sales settings. {reason}"),
    ),
    ("6080", Refused, N_("{system} takes no customer without a name: name the buyer in the store. {reason}")),
    ("6420", Refused, N_("{system} wants an e-mail address to send the document to: {reason}")),
    # --- what stands in the way
    (
        "620 630 700 800 900 6220 6480",
        Refused,
        N_("In {system} other entries hang on it: look at it there and untie them first. {reason}"),
    ),
    ("6450", Refused, N_("{system} cannot void it, since it is settled already: refund it instead. {reason}")),
    (
        "6540",
        Refused,
        N_("It is part of a bank deposit in {system}, so it stays: take it out of the deposit there first. {reason}"),
    ),
    ("6150 6180", Refused, N_("{system} takes no more levels of customers or products here: {reason}")),
    ("6010 2020", Refused, N_("{system} misses something that must be filled in: {reason}")),
    ("3000", Refused, N_("{system} does not take a custom field: {reason}")),
    ("6000", Refused, N_("A rule of {system} forbids it: {reason}")),
    ("10200", Refused, N_("The company was reset in {system}: connect it anew and read its lists. {reason}")),
    # --- requests that were made wrongly: a fault of ours
    (
        "500 1040 2000 2010 2060 2070 2080 2090 2100 2110 2120 2130 2170 2600 4000 4001 4002 6530 10100",
        Refused,
        N_("{system} did not understand our request, which is a fault in Tillbridge: please report it. {reason}"),
    ),
)
MEANINGS: dict[str, tuple[Make, str]] = {
    code: (make, template) for codes, make, template in _CODES for code in codes.split()
}
"""What the codes of section 4.5 mean; every other is judged by its status."""
