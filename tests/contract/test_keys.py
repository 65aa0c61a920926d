"""F6, F7: the key or the token dies in the middle of a batch, or is taken away; what waits, waits for a new one."""

from typing import Any

import pytest

from models import BooksTokens, ConnectionStatus, db, end_reading
from sync import connections
from tests.contract.conftest import only
from tests.contract.test_lost_answers import sold
from tests.faults.checker import check
from tests.world import World

REFUSES = {"qne": "token_expired", "sql_accounting": "token_expired", "quickbooks": "forbidden_403"}
"""What each system says to a key that is no longer good; QNE's after a new token, too."""


@pytest.mark.parametrize("skip", [0, 2])
def test_a_key_that_dies_in_mid_batch_pauses_the_books_and_a_new_one_goes_on(shop: World, skip: int):
    sold(shop, *(f"T-{number}" for number in range(1, 6)))
    shop.break_(
        REFUSES[shop.company.kind], {**shop.company.creating, "path": "*", "method": "POST"}, skip=skip, times=99
    )
    shop.break_(REFUSES[shop.company.kind], {"path": "*", "method": "GET"}, skip=skip, times=999)
    shop.run_until_blocked()
    assert shop.books().status is ConnectionStatus.INACTIVE and shop.open_operations("ready")
    shop.practice.heal()
    before = len(shop.practice.requests(shop.company.kind))
    assert not shop.drain() and len(shop.practice.requests(shop.company.kind)) == before, "nothing is asked meanwhile"
    given = shop.company.given(shop.practice)
    connections.change_credential(shop.books_id, given, shop.tools)
    shop.run_until_quiet()
    check(shop, 5)
    assert shop.books().status is ConnectionStatus.ACTIVE


def test_a_missing_right_pauses_the_books_and_a_check_opens_them_again(shop: World):
    sold(shop, "T-1", "T-2")
    shop.break_("forbidden_403", shop.company.creating, times=1)
    shop.run_until_blocked()
    shop.clock.pass_by(10)
    connections.check_books(shop.books_id, shop.tools)
    shop.run_until_quiet()
    states = {str(each.state) for each in shop.operations()}
    assert states <= {"posted", "rejected"}
    check(shop)


# --- QuickBooks: tokens that a person's sign-in gives -----------------------------------------------------------

signed_in = only(lambda books: books.sign_in is not None)


def tokens_of(shop: World) -> Any:
    row = db.session.get_one(BooksTokens, shop.books_id, populate_existing=True)
    end_reading()
    return row


@signed_in
def test_a_token_is_renewed_before_its_end(shop: World):
    sold(shop, "T-1")
    renewed = tokens_of(shop).renewed_at
    shop.clock.pass_by(3500)
    shop.run_until_quiet()
    check(shop, 1)
    assert tokens_of(shop).renewed_at > renewed
    assert [each for each in shop.practice.requests("quickbooks") if each["outcome"] == 401] == []


@signed_in
@pytest.mark.parametrize("skip", [0, 1, 3])
def test_a_token_that_dies_early_in_mid_batch_is_renewed_once_and_nothing_is_lost(shop: World, skip: int):
    sold(shop, *(f"T-{number}" for number in range(1, 6)))
    shop.clock.pass_by(120)
    renewed = tokens_of(shop).renewed_at
    shop.break_("token_expired", {"path": "/v3/*"}, skip=skip, times=1)
    shop.run_until_quiet()
    check(shop, 5)
    assert tokens_of(shop).renewed_at > renewed and shop.books().status is ConnectionStatus.ACTIVE


@signed_in
def test_a_refresh_token_that_changes_at_each_renewal_is_kept(shop: World):
    shop.practice.settings("quickbooks", rotate_after_s=0)
    for number in range(3):
        sold(shop, f"T-{number}")
        shop.clock.pass_by(3500)
        shop.run_until_quiet()
    check(shop, 3)


@signed_in
def test_an_access_that_the_owner_took_away_pauses_the_books_and_a_new_consent_goes_on(shop: World):
    sold(shop, "T-1", "T-2")
    realm = shop.practice.line["quickbooks"]["realm_id"]
    shop.practice.control("POST", f"/quickbooks/{realm}/disconnect", {})
    shop.run_until_blocked()
    assert shop.books().status is ConnectionStatus.INACTIVE and len(shop.open_operations("ready")) == 2
    assert shop.invoices() == []
    grant = shop.practice.control("POST", f"/quickbooks/{realm}/grant", {})
    given = {**shop.company.given(shop.practice), "refresh_token": grant["refresh_token"]}
    connections.change_credential(shop.books_id, given, shop.tools)
    shop.run_until_quiet()
    check(shop, 2)
