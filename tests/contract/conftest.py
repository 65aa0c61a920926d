"""Fixtures of the contract: every cell runs for each accounting system, on both databases."""

import pytest

from tests.companies import COMPANIES


@pytest.fixture(params=COMPANIES)
def books_kind(request: pytest.FixtureRequest) -> str:
    """Every accounting system."""
    kind: str = request.param
    return kind
