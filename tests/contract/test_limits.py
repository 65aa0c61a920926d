"""What is cut to what the books take, and what is refused before anything is sent; what each refusal stands for."""

import pytest

from adapters import errors
from adapters.accounting.base import Wanted
from adapters.registry import BOOKS
from documents import Role
from models import ConnectionStatus, Tick
from sync import connections
from tests.contract.test_life import posted
from tests.contract.test_lost_answers import sold
from tests.faults.checker import check
from tests.orders import make_line
from tests.world import World

LONG = "Ceramic mug with a very long name, hand-painted " * 120


def test_texts_that_are_too_long_are_cut(shop: World):
    shop.sell("T-1", lines=[make_line(name=LONG, variation="Blue")], remark=LONG)
    shop.pull()
    shop.sync()
    check(shop, 1)


@pytest.mark.feature("S17")
def test_a_number_that_is_too_long_is_a_problem_and_never_cut(shop: World):
    order_id = "T-" + "9" * BOOKS[shop.company.kind].limits.number
    sold(shop, order_id, number_source="order_number")
    assert shop.order(order_id).tick is not Tick.QUEUED and "characters" in " ".join(shop.reasons(order_id))
    assert shop.creates_seen() == 0


def test_an_order_whose_id_is_too_long_for_a_reference_is_found_by_its_hash(shop: World):
    order_id = "T-" + "9" * 58
    sold(shop, order_id, number_source="prefix_running", number_prefix="P-", number_next="1")
    shop.break_("commit_then_reset", shop.company.creating, times=1)
    shop.run_until_quiet()
    check(shop, 1)
    assert shop.documents()[0].source.startswith("TB-") and shop.creates_seen() == 1


@pytest.mark.parametrize("price", ["0.01", "3.3333", "19999.99"])
@pytest.mark.parametrize("quantity", [1, 3, 7])
def test_figures_come_to_the_same_cent(shop: World, price: str, quantity: int):
    tax = {"tax_id": "901", "tax_name": "SST", "tax_rate": "6"}
    line = make_line("TEA-250", price, quantity, **tax)
    line["tax"] = f"{float(line['subtotal']) * 0.06:.2f}"
    sold(shop, "T-1")
    shop.sell("T-2", lines=[line])
    shop.pull()
    shop.press_sync()
    shop.run_until_quiet()
    check(shop)
    assert all(row.is_proven for row in shop.proof())


MEANINGS = {
    "status_429": errors.TooFast,
    "html_502": errors.OutcomeUnknown,
    "status_503": errors.OutcomeUnknown,
    "drop_before": errors.OutcomeUnknown,
    "garbage_200_nothing": errors.OutcomeUnknown,
    "commit_then_truncate": errors.OutcomeUnknown,
}


@pytest.mark.parametrize("fault", MEANINGS)
def test_a_look_up_that_fails_says_so_by_its_class(shop: World, fault: str):
    sold(shop, "T-1")
    books = connections.books_of(shop.books(), shop.tools)
    shop.break_(fault, shop.company.looking, times=50)
    with pytest.raises(errors.RemoteError) as caught:
        books.find(Role.SALE, [Wanted("sitegiant/SG-77/T-1", shop.documents()[0].day)])
    assert type(caught.value) is MEANINGS[fault]


@pytest.mark.parametrize("fault", ["refuse", "duplicate"])
def test_a_refusal_needs_somebody_to_mend_it_and_is_not_looked_up(shop: World, fault: str):
    sold(shop, "T-1")
    shop.break_(fault, shop.company.creating, times=1, message="T-1")
    while shop.drain():
        pass
    assert shop.order("T-1").tick is Tick.RED and [str(each.state) for each in shop.operations()] == ["rejected"]
    assert shop.books().status is ConnectionStatus.ACTIVE
    check(shop, 0)


CHANGED = {"sql_accounting": "lock_conflict", "quickbooks": "stale"}


@pytest.mark.parametrize("books_kind", CHANGED)
def test_a_document_that_somebody_changed_at_the_same_moment_is_written_anew(shop: World):
    posted(shop, "T-1")
    shop.change("T-1", products=[make_line(price="16.00")])
    shop.pull()
    shop.break_(CHANGED[shop.company.kind], shop.company.updating, times=1)
    shop.sync("T-1")
    check(shop, 1)
    assert [each["total"] for each in shop.invoices()] == [16] and shop.order("T-1").tick is Tick.GREEN
