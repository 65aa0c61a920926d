"""Asking Shopify: fixed documents by POST, paged by cursor, as slowly as it says (other-stores.md 2.1, 2.2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.addresses import AddressRefused
from adapters.errors import OutcomeUnknown
from adapters.http import BACK_OFF, Http, encode
from adapters.stores.shopify import contract
from adapters.stores.shopify.contract import Record
from documents import N_, say

MOST_PAGES = 10_000


class Admin:
    """The Admin API of one shop, over one token."""

    def __init__(self, http: Http, shop: str, token: str, address: str) -> None:
        """`address` is empty, but for a practice shop."""
        self._http, self._shop, self._address = http, shop, address.rstrip("/")
        self._headers = {"X-Shopify-Access-Token": token, "Content-Type": "application/json"}

    def ask(self, document: str, variables: Mapping[str, Any], patience: Sequence[float] = BACK_OFF) -> Record:
        """The data that a document asks for; a POST that only asks, so it may be repeated."""
        operation = document.split("(", 1)[0].split("{", 1)[0].split()[1]
        reply = self._http.request(
            "POST",
            self._base_url() + contract.PATH,
            headers=self._headers,
            body=encode({"query": document, "operationName": operation, "variables": dict(variables)}),
            read_s=contract.READ_S,
            writes=False,
            patience=patience,
            told_wait=contract.wait_s,
        )
        return contract.data_of(reply)

    def pages(self, document: str, root: str, first: int) -> Iterator[list[Record]]:
        """Every page of a whole list."""
        after: str | None = None
        for _ in range(MOST_PAGES):
            rows, after = connection(self.ask(document, {"first": first, "after": after}), root)
            yield rows
            if after is None:
                return
        raise OutcomeUnknown(say(N_("Shopify's list does not end: it gives the same page again.")), cause=root)

    def _base_url(self) -> str:
        """The shop's own address; another one only where it is a practice shop that we started."""
        if not contract.DOMAIN.fullmatch(self._shop):
            sentence = N_("{shop} is no address of a shop: it ends in .myshopify.com.")
            raise AddressRefused(say(sentence, shop=self._shop[:80]), "no myshopify.com domain")
        if not self._address:
            return f"https://{self._shop}"
        if self._http.rule.target(self._address).authority not in self._http.rule.practice:
            sentence = N_("Leave the address empty: {host} is not Shopify's, and only practice shops have another.")
            raise AddressRefused(say(sentence, host=self._address[:80]), "not a practice address")
        return self._address


def connection(data: Record, name: str) -> tuple[list[Record], str | None]:
    """The rows of a page, and the cursor behind it; None at the end. A list that is not there is not an empty one."""
    told = data.get(name)
    rows, page = (told.get("nodes"), told.get("pageInfo")) if isinstance(told, dict) else (None, None)
    if not isinstance(rows, list) or not isinstance(page, dict):
        raise OutcomeUnknown(say(N_("Shopify gave an answer without the list that was asked for.")), cause=name)
    if not page.get("hasNextPage"):
        return rows, None
    if not page.get("endCursor"):
        raise OutcomeUnknown(say(N_("Shopify says that a list goes on, but not where.")), cause=name)
    return rows, str(page["endCursor"])
