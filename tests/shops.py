"""How the practice shop of each kind of store sells, changes, cancels, gives back and deletes; one entry each."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from adapters.registry import STORES
from tests.orders import make_line, make_order
from tests.practice_fixture import Practice


@dataclass(frozen=True, slots=True)
class Sold:
    """One order as the practice's ledger has it: the API's id and number, its total, when it was ordered, whether it
    was cancelled, or refunded as a whole; `key` is what the control API calls it."""

    key: str
    order_id: str
    number: str
    total: Decimal
    currency: str
    ordered_at: datetime
    is_cancelled: bool
    is_refunded: bool


class PracticeShop(ABC):
    """A practice shop, whatever its API looks like. `page`: more orders than this take more than one page."""

    kind: str
    channel: str = ""
    """The shop's channel that it sells in, where there are several."""
    page = 100
    reaches_back: int | None = None
    """So many days old may an order be that this store still tells."""
    tells_refunds = True
    """Whether what was given back is told, beside the order's status."""
    tells_length = False
    """Whether its lists say how many orders they hold."""
    taken_back = "refunded"
    """How an order is read whose money went back; "" where that is a credit note of its own."""
    company: Mapping[str, str] = {}
    """What a company in the books must be like, where not every one will do."""
    has_own_taxes = False
    """Whether its taxes are not those of the practice's sales, so that its totals are its own."""
    tells_time = True
    """Whether an order has a time, not a day alone."""
    asks_by_id = True
    """Whether an order can be asked for by its id."""
    products: frozenset[str] = frozenset({"MUG-01", "SHIRT-M", "CUP-500", "SVC-INST"})
    """Some of what its catalogue lists, by SKU; none where it has no catalogue."""

    odd: Mapping[str, Mapping[str, Any]] = {}
    """Forms that nobody expects, each as fields of an order in the store's own words."""

    def given(self, practice: Practice) -> dict[str, Any]:
        """What the owner types to connect it."""
        return practice.line[self.kind]

    @abstractmethod
    def sell(self, practice: Practice, *ordered_at: datetime, isku: str = "MUG-01", is_new: bool = False) -> list[Sold]:
        """Orders of one piece, paid, of these moments, and unchanged since; `is_new`: they came into the store now."""

    @abstractmethod
    def reprice(self, practice: Practice, sold: Sold, price: str) -> None:
        """The piece costs something else now."""

    @abstractmethod
    def cancel(self, practice: Practice, sold: Sold) -> None:
        """The order is cancelled."""

    @abstractmethod
    def spoil(self, practice: Practice, sold: Sold, fields: Mapping[str, Any]) -> None:
        """The order has such fields in place of its own."""

    @abstractmethod
    def give_back(self, practice: Practice, sold: Sold, amount: str | None = None) -> None:
        """Money goes back: so much, or all of it."""

    @abstractmethod
    def delete(self, practice: Practice, sold: Sold) -> None:
        """The order is no more."""

    @abstractmethod
    def delete_product(self, practice: Practice, isku: str) -> None:
        """The product is for sale no more."""

    @abstractmethod
    def ledger(self, practice: Practice) -> list[Sold]:
        """All that was sold."""


class OnShelf(PracticeShop):
    """A shop that keeps a shelf: the control API is the same for all (practice/shops.py)."""

    def __init__(self, kind: str, **facts: Any) -> None:
        self.kind = kind
        for name, fact in facts.items():
            setattr(self, name, fact)

    def sell(self, practice, *ordered_at, isku="MUG-01", is_new=False):
        now = {"updated": datetime.now(UTC).isoformat()} if is_new else {}
        sales = [{"when": at.isoformat(), "lines": [{"isku": isku}], **now} for at in ordered_at]
        made = practice.control("POST", f"/stores/{self.kind}/sales", {"sales": sales})["sales"]
        return [_on_shelf(each) for each in made]

    def reprice(self, practice, sold, price):
        self._change(practice, sold, lines=[{"isku": "MUG-01", "price": price}])

    def cancel(self, practice, sold):
        self._change(practice, sold, state="cancelled")

    def spoil(self, practice, sold, fields):
        self._change(practice, sold, extra=dict(fields))

    def _change(self, practice: Practice, sold: Sold, **fields: Any) -> None:
        practice.control("PATCH", f"/stores/{self.kind}/sales/{sold.key}", fields)

    def give_back(self, practice, sold, amount=None):
        said = {} if amount is None else {"amount": amount}
        practice.control("POST", f"/stores/{self.kind}/sales/{sold.key}/refund", said)

    def delete(self, practice, sold):
        practice.control("DELETE", f"/stores/{self.kind}/sales/{sold.key}")

    def delete_product(self, practice, isku):
        practice.control("DELETE", f"/stores/{self.kind}/products/{isku}")

    def ledger(self, practice):
        return [_on_shelf(each) for each in practice.control("GET", f"/ledger/{self.kind}")["orders"]]


def _on_shelf(sale: dict[str, Any]) -> Sold:
    when = datetime.fromisoformat(str(sale["when"]))
    became = [sale["state"] == each for each in ("cancelled", "refunded")]
    total = Decimal(str(sale["total"]))
    return Sold(str(sale["n"]), sale["id"], sale["number"], total, sale["currency"], when, *became)


class SiteGiantShop(PracticeShop):
    """SiteGiant came before the shelf, and has calls of its own; it sells in its first channel."""

    kind, channel, tells_refunds, tells_length = "sitegiant", "11", False, True
    odd = {
        "a word for money": {"tax_total": "RM 1.00", "total": "15.00"},
        "a number without end": {"products": [{**make_line(), "quantity": "1E+999999999"}], "total": "15.00"},
    }

    def sell(self, practice, *ordered_at, isku="MUG-01", is_new=False):
        known = {each.order_id for each in self.ledger(practice)}
        orders = [
            make_order(f"C-{len(known) + place}", at, [make_line(isku)], int(self.channel), ordered_at=at)
            for place, at in enumerate(ordered_at)
        ]
        practice.control("POST", "/sitegiant/orders", {"orders": orders})
        return [each for each in self.ledger(practice) if each.order_id not in known]

    def reprice(self, practice, sold, price):
        practice.control("PATCH", f"/sitegiant/orders/{sold.key}", {"products": [make_line(price=price)]})

    def cancel(self, practice, sold):
        practice.control("POST", f"/sitegiant/orders/{sold.key}/cancel")

    def spoil(self, practice, sold, fields):
        practice.control("PATCH", f"/sitegiant/orders/{sold.key}", dict(fields))

    def give_back(self, practice, sold, amount=None):
        if amount is None:
            practice.control("POST", f"/sitegiant/orders/{sold.key}/refund")

    def delete(self, practice, sold):
        practice.control("DELETE", f"/sitegiant/orders/{sold.key}")

    def delete_product(self, practice, isku):
        practice.control("DELETE", f"/sitegiant/items/{isku}")

    def ledger(self, practice):
        orders = practice.control("GET", "/ledger/sitegiant")["orders"]
        return [_of_sitegiant(each) for each in orders if str(each["channel_id"]) == self.channel]


def _of_sitegiant(order: dict[str, Any]) -> Sold:
    when = datetime.fromisoformat(order["created_at"]).replace(tzinfo=UTC) - timedelta(hours=8)
    became = [order["order_status"] in words for words in (("Cancelled",), ("Refunded", "Returned"))]
    order_id, total = order["order_id"], Decimal(order["total"])
    return Sold(order_id, order_id, order_id, total, order["currency"], when, *became)


BY_DAYS = {"tells_time": False, "asks_by_id": False, "tells_refunds": False}
"""What comes in by the exchange."""
BRITISH = {"country": "GB", "home_currency": "GBP"}
ODD_SHOPIFY = {
    "a word for money": {"totalPriceSet": {"shopMoney": {"amount": "RM 15.00", "currencyCode": "MYR"}}},
    "a number for a list": {"tags": 5},
    "a number without end": {
        "totalPriceSet": {"shopMoney": {"amount": "1E+9999999999999999999", "currencyCode": "MYR"}}
    },
}
ODD_WOOCOMMERCE = {
    "a word for money": {"total": "RM 15.00"},
    "a list for money": {"total_tax": [5]},
    "a number without end": {"line_items": [{"id": 1, "quantity": "1", "subtotal": "1E+30", "total": "5.00"}]},
}
ODD_ECWID = {
    "a word for money": {"total": "RM 15.00"},
    "a number for a list": {"customDiscount": 10},
    "a number without end": {"items": [{"id": 1, "quantity": 10**30, "price": 5}]},
}
EXCEPTIONS: Sequence[PracticeShop] = (
    SiteGiantShop(),
    OnShelf("shopify", reaches_back=60, odd=ODD_SHOPIFY),
    OnShelf("woocommerce", tells_length=True, odd=ODD_WOOCOMMERCE),
    OnShelf("ecwid", tells_length=True, odd=ODD_ECWID),
    OnShelf("edge_commerce", taken_back="cancelled", **BY_DAYS),
    OnShelf("sengerio", company=BRITISH, taken_back="", has_own_taxes=True, products=frozenset(), **BY_DAYS),
)
"""Those that are not like the others."""
SHOPS: dict[str, PracticeShop] = {
    kind: next((each for each in EXCEPTIONS if each.kind == kind), OnShelf(kind))
    for kind, adapter in STORES.items()
    if adapter.can_be_asked
}
"""By kind: every store that can be asked."""
