"""One odd row is told, and the rows beside it are read as ever, whatever store it comes from."""

from typing import Any

import pytest

from adapters.errors import OutcomeUnknown
from adapters.stores.figures import Unreadable, figure
from adapters.stores.gathering import Gathered, readable
from adapters.stores.shopify import reader as shopify
from adapters.stores.sitegiant import reader as sitegiant
from documents import Order, say
from tests.unit.drafting_makers import make_order


def raising(error: BaseException) -> Any:
    def read() -> Order:
        raise error

    return read


@pytest.mark.feature("P6")
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Unreadable(say("The order has no id.")), "The order has no id."),
        (TypeError("'int' object is not iterable"), "TypeError: 'int' object is not iterable"),
        (AttributeError("'int' object has no attribute 'get'"), "AttributeError"),
        (KeyError("id"), "KeyError: 'id'"),
        (ValueError("odd"), "ValueError: odd"),
        (ArithmeticError(), "too large to be money"),
    ],
)
def test_an_odd_order_is_told_and_the_others_are_there(error: Exception, said: str):
    found, order = Gathered(), make_order()
    found.add("1", {"id": 1}, raising(error))
    found.add("2", {"id": 2}, lambda: order)
    page = found.page("here", 1, 2, ("3",))
    assert [each.order for each in page.orders] == [order]
    assert [(each.order_id, each.raw) for each in page.unreadable] == [("1", '{"id":1}')]
    assert said in str(page.unreadable[0].message)
    assert (page.position, page.done, page.total, page.gone) == ("here", 1, 2, ("3",))


def test_a_failed_call_is_no_odd_order():
    with pytest.raises(OutcomeUnknown):
        Gathered().add("1", {}, raising(OutcomeUnknown(say("no answer"))))
    with pytest.raises(OutcomeUnknown):
        readable(raising(OutcomeUnknown(say("no answer"))))


@pytest.mark.parametrize("price", ["RM 15.00", [5], "1E+99999999999999999999"])
def test_a_product_whose_price_is_no_number_is_still_there(price: Any):
    assert shopify.read_item({"id": "gid://shopify/ProductVariant/7", "sku": "A", "price": price}).price is None
    item = sitegiant.read_item({"isku": "A", "name": "Mug", "price": price})
    assert item is not None and (item.sku, item.price) == ("A", None)


def test_a_figure_without_end_is_told_in_a_sentence():
    with pytest.raises(Unreadable, match="total is no number: 1E\\+9999"):
        figure({"total": "1E+99999999999999999999"}, "total")
