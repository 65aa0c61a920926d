"""The page on which a person picks a company and agrees (quickbooks-online.md 1.3)."""

from __future__ import annotations

import html
import re
import urllib.parse
from dataclasses import dataclass

from practice.quickbooks.grants import OPENID
from practice.web import Answer, Doc, text

SCOPES = {
    "com.intuit.quickbooks.accounting",
    "com.intuit.quickbooks.payment",
    OPENID,
    *("profile", "email", "phone", "address"),
}
LOCAL = re.compile(r"https?://(127\.0\.0\.1|localhost)(:\d+)?(/[^?#]*)?")
SECURE = re.compile(r"https://[^/?#]+(/[^?#]*)?")
ASKED = ("client_id", "response_type", "scope", "redirect_uri", "state", "claims", "nonce")


@dataclass(frozen=True)
class Ask:
    """What the app asks for."""

    client_id: str
    response_type: str
    scope: str
    redirect_uri: str
    state: str
    nonce: str = ""

    @classmethod
    def of(cls, given: dict[str, str]) -> Ask:
        """From the parameters of the query or the form."""
        names = ("client_id", "response_type", "scope", "redirect_uri", "state", "nonce")
        return cls(**{name: given.get(name, "") for name in names})

    def mistake(self, client_id: str, registered: list[str] | None) -> str:
        """What keeps the page from being shown; an unknown address is never redirected to."""
        if self.client_id != client_id:
            return "The client_id is unknown."
        if not is_registered(self.redirect_uri, registered):
            return "The redirect_uri query parameter value is invalid: it is not one of the registered ones."
        return "" if self.state else "The state query parameter is missing."

    def refusal(self) -> str:
        """The error that the app is told by redirection."""
        if self.response_type != "code":
            return "unsupported_response_type"
        words = self.scope.split()
        return "" if words and set(words) <= SCOPES else "invalid_scope"

    def back(self, **told: str) -> Answer:
        """Send the browser back to the app."""
        words = urllib.parse.urlencode(told | {"state": self.state})
        return Answer("", 302, "text/plain; charset=utf-8", {"Location": f"{self.redirect_uri}?{words}"})


def is_registered(uri: str, registered: list[str] | None) -> bool:
    """Character for character one of those; without a list any on this machine, or with https, without a query."""
    if registered is not None:
        return uri in registered
    return bool(LOCAL.fullmatch(uri) or SECURE.fullmatch(uri))


def page(ask: Ask, companies: list[Doc]) -> Answer:
    """All companies with a button each, and one to refuse: plain forms."""
    rows = "".join(
        f"<li>{html.escape(company['name'])} ({company['country']}) "
        f"{_form(ask, 'Connect', choice='approve', realm_id=company['realm_id'])}</li>"
        for company in companies
    )
    body = (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Practice QuickBooks</title>"
        "<h1>Practice QuickBooks</h1><p>An app asks for access to your books. Which company may it use?</p>"
        f"<ul>{rows}</ul>{_form(ask, 'Deny', choice='deny')}</html>"
    )
    return text(body, 200, "text/html")


def mistake_page(words: str) -> Answer:
    """An error that is shown, not sent back."""
    return text(f"<!doctype html><title>Error</title><h1>Sorry</h1><p>{html.escape(words)}</p>", 400, "text/html")


def _form(ask: Ask, label: str, **more: str) -> str:
    fields = {name: getattr(ask, name) for name in ASKED if getattr(ask, name, "")} | more
    hidden = "".join(f"<input type='hidden' name='{name}' value='{html.escape(v)}'>" for name, v in fields.items())
    return f"<form method='post'>{hidden}<button>{label}</button></form>"
