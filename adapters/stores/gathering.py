"""Reading rows of which some may be odd: each becomes what it is or is told, and none takes the others along."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from adapters.http import encode
from adapters.stores.base import OrderPage, PulledOrder, UnreadableOrder
from adapters.stores.figures import Unreadable
from documents import N_, Message, Order, say

Given = ParamSpec("Given")
Found = TypeVar("Found")

ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading raises where a store tells a number for a list, or any other form that nobody expected."""
NO_MONEY = N_("A figure of the order is too large to be money.")
NO_FORM = N_("Something in the order has a form that cannot be read ({cause}).")


class Gathered:
    """The orders of a page, and those that could not be read."""

    def __init__(self) -> None:
        """Empty at first."""
        self.orders: list[PulledOrder] = []
        self.unreadable: list[UnreadableOrder] = []

    def add(self, order_id: str, raw: object, read: Callable[[], Order]) -> None:
        """Read one; `raw` are the store's own words. A RemoteError is none of its faults, and goes through."""
        words = encode(raw).decode()
        try:
            self.orders.append(PulledOrder(read(), words))
        except Unreadable as error:
            self.tell(order_id, words, error.message)
        except ArithmeticError:
            self.tell(order_id, words, say(NO_MONEY))
        except ODD as error:
            self.tell(order_id, words, say(NO_FORM, cause=f"{type(error).__name__}: {error}"[:120]))

    def tell(self, order_id: str, words: str, message: Message) -> None:
        """Note one that cannot be read."""
        self.unreadable.append(UnreadableOrder(order_id, words, message))

    def page(self, position: str, done: int, total: int, gone: tuple[str, ...] = ()) -> OrderPage:
        """All of it as a page."""
        return OrderPage(tuple(self.orders), tuple(self.unreadable), position, done, total, gone)


def readable(read: Callable[Given, Found], *args: Given.args, **more: Given.kwargs) -> Found | None:
    """What can be read; None where it cannot: for what the rest is good without, such as a product's price."""
    try:
        return read(*args, **more)
    except (Unreadable, *ODD):
        return None
