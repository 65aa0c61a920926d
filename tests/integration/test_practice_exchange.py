"""The practice bridges are as strict as the contract (edge-commerce-and-sengerio.md 4.1). Real HTTP on loopback."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import requests

from adapters.stores.edge_commerce import OBJECTS as EDGE_OBJECTS
from adapters.stores.exchange.checking import cleaned
from adapters.stores.sengerio import OBJECTS as SENGERIO_OBJECTS
from tests.practice_fixture import start_practice

pytestmark = pytest.mark.feature("P11")
OBJECTS = [("edge_commerce", each) for each in EDGE_OBJECTS] + [("sengerio", each) for each in SENGERIO_OBJECTS]


@pytest.fixture(scope="module")
def server():
    with start_practice(orders=60) as practice:
        yield practice


@pytest.fixture
def ask(server):
    """Asks a bridge: `ask("sengerio", "/invoices", limit=5)` gives the reply."""
    server.reset(orders=60)
    with requests.Session() as session:
        session.trust_env = False

        def call(kind, path, key=None, method="GET", **query):
            line = server.line[kind]
            headers = {"Authorization": f"Bearer {key or line['api_key']}"}
            return session.request(method, line["base_url"] + path, params=query, headers=headers, timeout=10)

        yield call


def everything(ask, kind, name, **query):
    found, cursor = [], {}
    for _ in range(100):
        page = ask(kind, f"/{name}", **query, **cursor).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}
    raise AssertionError("the list does not end")


@pytest.mark.parametrize(("kind", "what"), OBJECTS, ids=lambda each: getattr(each, "name", each))
def test_every_record_is_as_the_contract_says_and_they_come_oldest_change_first(ask, kind, what):
    found = everything(ask, kind, what.name, limit=7)
    assert found and all(cleaned(what, each)[1] == () for each in found)
    stamps = [(each["updated_at"], what.id_of(each)) for each in found]
    assert stamps == sorted(stamps) and len({each for _, each in stamps}) == len(stamps)


@pytest.mark.parametrize(
    ("path", "query", "status", "field"),
    [
        ("/orders", {"limit": "0"}, 422, "limit"),
        ("/orders", {"limit": "101"}, 422, "limit"),
        ("/orders", {"updated_since": "yesterday"}, 400, "updated_since"),
        ("/orders", {"updated_since": "2026-01-05T10:00:00"}, 400, "updated_since"),
        ("/orders", {"cursor": "!"}, 400, "cursor"),
        ("/invoices", {}, 404, None),
    ],
)
def test_what_the_contract_does_not_allow_is_refused_in_its_words(ask, path, query, status, field):
    reply = ask("edge_commerce", path, **query)
    assert reply.status_code == status and reply.json()["error"].get("field") == field
    assert reply.json()["error"]["code"] and reply.json()["error"]["message"]


def test_a_wrong_key_and_another_method_are_refused(ask):
    assert ask("sengerio", "/invoices", key="wrong").status_code == 401
    assert ask("sengerio", "/invoices", method="POST").status_code == 405


def test_only_what_changed_since_is_listed(ask, server):
    now = datetime.now(UTC).isoformat()
    server.control("PATCH", "/stores/edge_commerce/sales/1004", {"remark": "Please hurry"})
    found = {each["id"]: each for each in everything(ask, "edge_commerce", "orders", updated_since=now)}
    assert found["O-1004"]["notes"] == "Please hurry" and len(found) < 5
    assert all(each["updated_at"] >= now for each in found.values())


def test_orders_add_up_and_hold_their_payments(ask):
    for order in everything(ask, "edge_commerce", "orders"):
        lines = sum(Decimal(line["total"]) for line in order["lines"])
        charges = Decimal(order["delivery_fee"]) + Decimal(order["tax_total"]) - Decimal(order["discount"])
        assert lines + charges == Decimal(order["total"])
        assert sum(Decimal(each["amount"]) for each in order["payments"]) == Decimal(order["amount_paid"])


def test_invoices_and_credit_notes_add_up(ask):
    for document in everything(ask, "sengerio", "invoices") + everything(ask, "sengerio", "credit-notes"):
        net = sum(Decimal(line["net_amount"]) for line in document["lines"])
        vat = sum(Decimal(line["vat_amount"]) for line in document["lines"])
        assert (net, vat, net + vat) == tuple(Decimal(document[each]) for each in ("net_total", "vat_total", "total"))


def test_a_refund_is_a_credit_note_that_names_its_invoice(ask, server):
    before = len(everything(ask, "sengerio", "credit-notes"))
    server.control("POST", "/stores/sengerio/sales/1003/refund", {"lines": [[1, 1]]})
    notes = everything(ask, "sengerio", "credit-notes")
    assert len(notes) == before + 1 and notes[-1]["invoice_number"] == "INV-1003" and len(notes[-1]["lines"]) == 1


def test_a_deleted_sale_is_told_as_deleted(ask, server):
    server.control("DELETE", "/stores/edge_commerce/sales/1005")
    gone = [each for each in everything(ask, "edge_commerce", "orders") if each.get("deleted")]
    assert [each["id"] for each in gone] == ["O-1005"]


def test_the_company_is_where_and_in_which_money_the_switches_say(ask, server):
    server.settings("sengerio", country="FR", currency="EUR")
    [company] = everything(ask, "sengerio", "company")
    assert (company["country"], company["currency"]) == ("FR", "EUR")
    assert {each["currency"] for each in everything(ask, "sengerio", "invoices")} == {"EUR"}


def test_payments_can_come_by_themselves_alone(ask, server):
    server.settings("edge_commerce", payments_in="records")
    assert not any("payments" in each for each in everything(ask, "edge_commerce", "orders"))
    assert everything(ask, "edge_commerce", "payments")
