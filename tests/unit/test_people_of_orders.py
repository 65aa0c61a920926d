"""The people of an order and their keys (M9): the same buyer has the same key, whatever is told anew of them."""

from dataclasses import replace

import pytest

from documents import Buyer
from sync.drafting.people import People, people_of
from sync.drafting.rules import AssignedTo, Settings, StoreOptions
from tests.unit.drafting_makers import make_order

ANN = Buyer("Ann Lee", "ann@lee.example", "Lee Ltd", id="C-7", company_id="K-3")
NO_IDS = replace(ANN, id="", company_id="")
EDGE, PLAIN = StoreOptions(contact_under_company=True), StoreOptions()


def people(buyer: Buyer, store=EDGE, assigned=AssignedTo.ORIGINAL, currency="MYR", has_currency=False) -> People:
    order = make_order(customer=buyer, currency=currency)
    return people_of(order, Settings(sale_assigned_to=assigned), store, has_currency)


def keys(*given, **more) -> list[str | None]:
    return [each and each.key for each in people(*given, **more)]


@pytest.mark.feature("M9")
@pytest.mark.parametrize(
    ("buyer", "other"),
    [
        (ANN, replace(ANN, name="Ann Tan", email="a@tan.example", company="Lee & Tan Ltd")),
        (NO_IDS, replace(NO_IDS, email="new@lee.example", phone="1", address=("There",))),
        (NO_IDS, replace(NO_IDS, name=" ann lee", company="LEE LTD ")),
    ],
)
def test_the_same_people_have_the_same_keys(buyer, other):
    assert keys(buyer) == keys(other) and len(set(keys(buyer))) == 2


@pytest.mark.feature("M9")
@pytest.mark.parametrize(
    "other",
    [
        replace(NO_IDS, name="Bob Lee"),
        replace(NO_IDS, company="Tan Ltd"),
        replace(ANN, id="C-8"),
    ],
)
def test_another_contact_has_another_key(other):
    assert people(other).buyer.key not in {people(ANN).buyer.key, people(NO_IDS).buyer.key}


@pytest.mark.feature("M9", "S22")
@pytest.mark.parametrize(
    ("buyer", "store", "assigned", "names"),
    [
        (ANN, EDGE, AssignedTo.ORIGINAL, ("Lee Ltd", "Ann Lee")),
        (ANN, PLAIN, AssignedTo.ORIGINAL, (None, "Ann Lee")),
        (ANN, EDGE, AssignedTo.ORGANISATION, ("Lee Ltd", None)),
        (replace(ANN, name=""), PLAIN, AssignedTo.ORIGINAL, ("Lee Ltd", None)),
        (replace(ANN, company=""), EDGE, AssignedTo.ORIGINAL, (None, "Ann Lee")),
        (ANN, EDGE, AssignedTo.CHANNEL, (None, None)),
        (ANN, EDGE, AssignedTo.GENERIC, (None, None)),
        (replace(ANN, masked=True), EDGE, AssignedTo.ORIGINAL, (None, None)),
        (replace(ANN, code="BP-7"), EDGE, AssignedTo.ORIGINAL, (None, None)),
        (Buyer(email="x@y.z"), PLAIN, AssignedTo.ORIGINAL, (None, None)),
    ],
)
def test_people_are_those_whose_sale_it_is(buyer, store, assigned, names):
    assert tuple(each and each.name for each in people(buyer, store, assigned)) == names


@pytest.mark.feature("M9")
def test_where_a_customer_has_one_currency_a_buyer_is_one_for_each():
    assert keys(ANN, currency="USD") == keys(ANN)
    assert set(keys(ANN, currency="USD", has_currency=True)).isdisjoint(keys(ANN, has_currency=True))


@pytest.mark.feature("M9", "I11")
def test_the_address_is_the_companys_where_there_is_one():
    told = replace(ANN, address=("1 Jalan Satu",))
    assert [each.address for each in people(told)] == [("1 Jalan Satu",), ()]
    assert people(replace(told, company="")).buyer.address == ("1 Jalan Satu",)
