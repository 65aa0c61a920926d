"""Fixtures of the contract: every cell runs for each accounting system, on both databases.

F14 (trouble inside a batch request) has no cell: no adapter sends more than one document in a request."""

from collections.abc import Callable

import pytest

from adapters.accounting.base import Books
from adapters.registry import BOOKS
from tests.companies import COMPANIES
from tests.contract.people import Bookkeeper
from tests.world import World


@pytest.fixture(params=COMPANIES)
def books_kind(request: pytest.FixtureRequest) -> str:
    """Every accounting system."""
    kind: str = request.param
    return kind


@pytest.fixture
def bookkeeper(shop: World) -> Bookkeeper:
    """Somebody who works in the shop's books."""
    return Bookkeeper(shop)


def only(is_so: Callable[[type[Books]], bool]) -> pytest.MarkDecorator:
    """The cell runs for the systems of which this is true."""
    return pytest.mark.parametrize("books_kind", [kind for kind in COMPANIES if is_so(BOOKS[kind])])
