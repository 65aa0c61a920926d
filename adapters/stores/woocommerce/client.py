"""Asks one shop: its address and key, and lists read from their last page to their first (other-stores.md 1.1, 1.2)."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.errors import OutcomeUnknown
from adapters.http import BACK_OFF, Http, Json, Reply, encode
from adapters.stores.woocommerce import contract
from adapters.stores.woocommerce.contract import Record
from documents import N_, say

ENDS_OF_ADDRESS = ("/wp-json", "/wp-admin", "/wp-login.php", "?", "#")
MOST_BEGINNINGS = 6
"""So often a list is begun that grows while it is read, before it is told."""


def root_of(address: str) -> str:
    """The shop's own address, whatever page of it was pasted; https where no scheme was typed."""
    address = address.strip()
    for end in ENDS_OF_ADDRESS:
        address = address.partition(end)[0]
    address = address.rstrip("/")
    return address if "://" in address or not address else f"https://{address}"


def shop_of(address: str) -> str:
    """The shop's name for ever: host (in capitals, so that books can take it as it is) and path of its address.

    Not the scheme, `www.` and the usual ports, which may change while it stays the same shop."""
    scheme, _, rest = root_of(address).partition("://")
    host, slash, path = rest.partition("/")
    host = host.lower().removeprefix("www.")
    usual = {"https": ":443", "http": ":80"}.get(scheme.lower(), "")
    return (host.removesuffix(usual) if usual else host).upper() + slash + path


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in a list we are: the page to ask for (0: not begun), how many rows there were, how often it was begun."""

    page: int = 0
    total: int = 0
    begun: int = 1

    @classmethod
    def read(cls, text: str) -> "Mark":
        """As it was kept; not begun where that is empty or cannot be read."""
        parts = text.split("/")
        return cls(*map(int, parts)) if len(parts) == 3 and all(part.isdecimal() for part in parts) else cls()

    def text(self) -> str:
        """As it is kept."""
        return f"{self.page}/{self.total}/{self.begun}"


class Client:
    """One shop behind one key, which goes in the header only."""

    def __init__(self, http: Http, address: str, key: str, secret: str) -> None:
        token = b64encode(f"{key}:{secret}".encode()).decode()
        http.hide(token)
        self._http, self._base = http, root_of(address) + contract.API
        self._headers = {"Authorization": f"Basic {token}"}

    def ask(self, path: str, params: Mapping[str, str] | None = None, patience: Sequence[float] = BACK_OFF) -> Reply:
        """One read, whatever is answered."""
        return self._http.request(
            "GET",
            self._base + path,
            params=params,
            headers=self._headers,
            read_s=contract.READ_S,
            patience=patience,
        )

    def get(self, path: str, params: Mapping[str, str] | None = None, patience: Sequence[float] = BACK_OFF) -> Json:
        """What a good answer holds."""
        return contract.body_of(self.ask(path, params, patience))

    def put(self, path: str, content: Record) -> None:
        """Change a record."""
        headers = self._headers | {"Content-Type": "application/json"}
        reply = self._http.request(
            "PUT", self._base + path, headers=headers, body=encode(content), read_s=contract.READ_S
        )
        contract.body_of(reply)

    def rows(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[list[Record]]:
        """A list, page by page; what is added meanwhile waits for the next reading."""
        mark: str | None = ""
        while mark is not None:
            rows, mark = self.page(path, params or {}, mark, stands_still=False)
            yield rows

    def page(
        self, path: str, params: Mapping[str, str], mark: str, *, stands_still: bool = True
    ) -> tuple[list[Record], str | None]:
        """One page, and the mark of the next; None after the first page, which is the last one read.

        What leaves a list (an order that changes leaves its window) moves the rest towards its beginning, where we have
        not been yet: so nothing is missed. `stands_still`: one that grows all the same is read anew."""
        here = Mark.read(mark)
        reply = self.ask(path, {**params, "page": str(here.page or 1), "per_page": str(contract.PAGE)})
        rows = contract.rows_of(contract.body_of(reply), path)
        total = _total(reply, rows, path, is_first=not here.page)
        last = _pages(reply, total)
        if not rows and last >= max(here.page, 1):
            raise OutcomeUnknown(say(N_("WooCommerce's list is empty, though it says that it holds more.")), cause=path)
        if not here.page:
            return (rows, None) if last <= 1 else ([], Mark(last, total, here.begun).text())
        if stands_still and total > here.total:
            return [], _anew(here, path).text()
        return rows, Mark(here.page - 1, total, here.begun).text() if here.page > 1 else None


def _total(reply: Reply, rows: list[Record], path: str, *, is_first: bool) -> int:
    """How many rows the list has; a short first page tells it where a proxy has taken the header away."""
    told = reply.headers.get("X-WP-Total", "")
    if told.isdecimal():
        return int(told)
    if is_first and len(rows) < contract.PAGE:
        return len(rows)
    raise OutcomeUnknown(say(N_("WooCommerce gave a list without telling how long it is (X-WP-Total).")), cause=path)


def _pages(reply: Reply, total: int) -> int:
    """How many pages the list has: more than by the length that was asked for where a host gives shorter ones."""
    told = reply.headers.get("X-WP-TotalPages", "")
    by_length = -(-total // contract.PAGE)
    return max(int(told), by_length) if told.isdecimal() and total else by_length


def _anew(here: Mark, path: str) -> Mark:
    if here.begun >= MOST_BEGINNINGS:
        raise OutcomeUnknown(say(N_("WooCommerce's list does not stand still while it is read.")), cause=path)
    return Mark(begun=here.begun + 1)
