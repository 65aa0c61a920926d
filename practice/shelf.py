"""What one practice shop has sold and sells, whatever its API looks like, and what people do with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from practice.catalogue import PRODUCTS, RATES, ZERO, Product, cents
from practice.sales import FIRST, Refund, Sale, full_name, make_sales, summed
from practice.storage import Storage
from practice.web import Doc

OWN_SUMS = {"total", "tax_total"}
Seed = tuple[int, int, int, Any]


class Shelf:
    """Sales under the kind 'NAME.sales', by their number; made at the first look, so that a start stays quick."""

    def __init__(self, storage: Storage, name: str, currency: str, seed: Callable[[], Seed]) -> None:
        """`seed` tells count, seed, days and day of what is made first."""
        self.storage, self.name, self.currency, self._seed = storage, name, currency, seed
        self._lock = threading.RLock()

    def rows(self) -> list[Sale]:
        """Every sale, oldest first."""
        self._begin()
        return [msgspec.convert(doc, Sale) for doc in self.storage.rows(f"{self.name}.sales")]

    def find(self, n: str | int) -> Sale | None:
        """One sale by its number."""
        self._begin()
        doc = self.storage.find(f"{self.name}.sales", str(n))
        return None if doc is None else msgspec.convert(doc, Sale)

    def deleted(self) -> list[Doc]:
        """The sales that were deleted: {"n", "when"}."""
        return self.storage.rows(f"{self.name}.deleted")

    def products(self) -> list[Product]:
        """What is for sale."""
        gone = {doc["isku"] for doc in self.storage.rows(f"{self.name}.gone")}
        return [product for product in PRODUCTS if not product.parts and product.isku not in gone]

    def price(self, product: Product) -> Decimal:
        """A product's price in the shop's currency."""
        return cents(product.price / RATES.get(self.currency, Decimal(1)))

    # --- what people do -----------------------------------------------------------------------------------------

    def sell(self, said: Doc) -> Sale:
        """A new sale; what is not said is usual: paid, one mug, now. A line needs an `isku` only."""
        now = datetime.now(UTC)
        state = said.get("state", "paid")
        usual: Doc = {
            "n": self._next(),
            "when": now,
            "updated": said.get("when", now),
            "currency": self.currency,
            "state": state,
            "name": "Mei Tan",
            "email": "mei@example.com",
            "paid_at": None if state in ("unpaid", "on_hold") else said.get("when", now),
        }
        lines = [self._line(at, line) for at, line in enumerate(said.get("lines", [{"isku": "MUG-01"}]), 1)]
        sale = summed(msgspec.convert(usual | said | {"lines": lines}, Sale))
        self._keep(sale)
        return sale

    def change(self, n: str, said: Doc) -> Sale:
        """Fields of a sale become others; sums are made anew unless the change brings them."""
        sale = self._get(n)
        if "lines" in said:
            said = said | {"lines": [self._line(at, line) for at, line in enumerate(said["lines"], 1)]}
        made = msgspec.convert(msgspec.to_builtins(sale) | {"updated": datetime.now(UTC)} | said, Sale)
        made = made if OWN_SUMS & said.keys() else summed(made)
        if made.state not in ("unpaid", "on_hold", "cancelled") and made.paid_at is None:
            made = msgspec.structs.replace(made, paid_at=made.updated)
        self._keep(made)
        return made

    def refund(self, n: str, said: Doc) -> Sale:
        """Give back `amount` (all that is left, if none is said), or `lines` of [line id, quantity] with their tax."""
        sale, now = self._get(n), datetime.now(UTC)
        left = sale.total - sale.refunded
        lines = tuple((int(line), int(quantity)) for line, quantity in said.get("lines", ()))
        worth = self._worth(sale, lines) if lines else left
        amount = min(Decimal(str(said.get("amount", worth))), left)
        refund = Refund(
            id=sale.n * 10 + len(sale.refunds), when=now, amount=amount, reason=str(said.get("reason", "")), lines=lines
        )
        state = "refunded" if amount == left else "partly_refunded"
        made = msgspec.structs.replace(sale, refunds=(*sale.refunds, refund), state=state, updated=now)
        self._keep(made)
        return made

    def remove(self, n: str) -> None:
        """Delete a sale."""
        self._get(n)
        with self.storage.writing() as unit:
            unit.delete(f"{self.name}.sales", n)
            unit.put(f"{self.name}.deleted", n, {"n": int(n), "when": datetime.now(UTC).isoformat()})

    def remove_product(self, isku: str) -> None:
        """A product is for sale no more; sales of it stay."""
        with self.storage.writing() as unit:
            unit.put(f"{self.name}.gone", isku, {"isku": isku})

    # --- keeping ------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        with self._lock:
            if self.storage.find(f"{self.name}.meta", "begun"):
                return
            count, seed, days, today = self._seed()
            with self.storage.writing() as unit:
                for sale in make_sales(count, seed, days, today, self.currency):
                    unit.put(f"{self.name}.sales", str(sale.n), msgspec.to_builtins(sale))
                unit.put(f"{self.name}.meta", "begun", {"count": count})

    def _keep(self, sale: Sale) -> None:
        with self.storage.writing() as unit:
            unit.put(f"{self.name}.sales", str(sale.n), msgspec.to_builtins(sale))

    def _get(self, n: str) -> Sale:
        sale = self.find(n)
        if sale is None:
            raise ValueError(f"no sale {n}")
        return sale

    def _next(self) -> int:
        known = [sale.n for sale in self.rows()] + [int(doc["n"]) for doc in self.deleted()]
        return max(known, default=FIRST - 1) + 1

    def _line(self, at: int, said: Doc) -> Doc:
        product = next((each for each in PRODUCTS if each.isku == said.get("isku")), None)
        usual: Doc = {"id": at, "quantity": 1}
        if product:
            tax = product.tax.id if product.tax else ""
            usual |= {"name": full_name(product.isku), "price": str(self.price(product)), "tax": tax}
        return usual | said

    @staticmethod
    def _worth(sale: Sale, lines: tuple[tuple[int, int], ...]) -> Decimal:
        by_id = {line.id: line for line in sale.lines}
        worth = ZERO
        for line_id, quantity in lines:
            line = by_id[line_id]
            whole = line.amount - line.voucher + (ZERO if sale.inclusive else line.tax_amount)
            worth += cents(whole * quantity / line.quantity)
        return worth
