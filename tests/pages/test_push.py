"""Pushing records to us, by the contract of edge-commerce-and-sengerio.md 4.1: every refusal, and every answer."""

import hashlib
import hmac
import io
import json
import re
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from adapters.stores.edge_commerce import contract as edge_contract
from adapters.stores.sengerio import contract as sen_contract
from models import ExchangePush, ExchangeRecord, Run, Secret, StoreConnection
from sync import accounts, connections
from sync.exchange import keys, pushing
from tests.exchange_world import Exchange
from tests.pages.conftest import PASSWORD, person_of
from tests.world import World

pytestmark = pytest.mark.feature("P6")
CONTACT, COMPANY = dict(edge_contract.CONTACTS.examples[0]), dict(edge_contract.COMPANIES.examples[0])
ORDER, PAYMENT = dict(edge_contract.ORDERS.examples[0]), dict(edge_contract.PAYMENTS.examples[0])


@dataclass
class Bridge:
    """A system that pushes."""

    store: Exchange
    key: str
    count: int = 0

    def send(self, name: str, *records: Any, body: bytes | None = None, **headers: str | None) -> TestResponse:
        """Push records; a header of None is left out, `_` in names is a hyphen."""
        self.count += 1
        sent = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"push-{self.count}"}
        sent |= {"Content-Type": "application/json"}
        sent |= {each.replace("_", "-"): value for each, value in headers.items()}  # type: ignore[misc]
        body = json.dumps({"items": list(records)}).encode() if body is None else body
        path, client = f"/in/{self.store.store_id}/{name}", self.store.world.app.test_client()
        kept = {each: value for each, value in sent.items() if value is not None}
        return Context().run(lambda: client.post(path, data=body, headers=kept))

    def people(self) -> None:
        """The people of the order of the reference."""
        self.send("companies", COMPANY)
        self.send("contacts", CONTACT)

    def statuses(self, answer: TestResponse) -> list[str]:
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return [each["status"] for each in answer.json["results"]]


@pytest.fixture
def world(bare: World) -> World:
    return bare


@pytest.fixture
def bridge(world: World) -> Bridge:
    """A connected Edge Commerce shop without an address, and its key."""
    store = Exchange(world, "edge_commerce").connect(base_url="", api_key="")
    return Bridge(store, keys.make_key(store.store_id, world.tools))


def assert_refused(answer: TestResponse, status: int, code: str) -> None:
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/json" and answer.json["error"]["code"] == code
    assert answer.json["error"]["message"] and set(answer.json["error"]) <= {"code", "message", "field"}


# --- refusals -----------------------------------------------------------------------------------------------------

REFUSALS: dict[str, tuple[int, str, Callable[[Bridge], TestResponse]]] = {
    "no key": (401, "unauthorized", lambda bridge: bridge.send("orders", ORDER, Authorization=None)),
    "a wrong key": (401, "unauthorized", lambda bridge: bridge.send("orders", ORDER, Authorization="Bearer x")),
    "a key without Bearer": (401, "unauthorized", lambda bridge: bridge.send("orders", Authorization=bridge.key)),
    "letters beyond ASCII": (
        401,
        "unauthorized",
        lambda bridge: bridge.send("orders", Authorization="Bearer ключ".encode().decode("latin-1")),
    ),
    "no such object": (404, "not_found", lambda bridge: bridge.send("invoices", ORDER)),
    "no JSON by its type": (415, "not_json", lambda bridge: bridge.send("orders", ORDER, Content_Type="text/csv")),
    "a form": (415, "not_json", lambda bridge: bridge.send("orders", Content_Type="application/x-www-form-urlencoded")),
    "too large": (413, "too_large", lambda bridge: bridge.send("orders", body=b" " * (pushing.MOST_BYTES + 1))),
    "no Idempotency-Key": (400, "idempotency_key", lambda bridge: bridge.send("orders", Idempotency_Key=None)),
    "a long Idempotency-Key": (400, "idempotency_key", lambda bridge: bridge.send("orders", Idempotency_Key="x" * 201)),
    "no JSON": (400, "not_json", lambda bridge: bridge.send("orders", body=b'{"items": [')),
    "no UTF-8": (400, "not_json", lambda bridge: bridge.send("orders", body=b'{"items": ["\xff"]}')),
    "deep JSON": (400, "not_json", lambda bridge: bridge.send("orders", body=b"[" * 100_000)),
    "no list": (400, "no_items", lambda bridge: bridge.send("orders", body=b'{"items": {}}')),
    "a bare list": (400, "no_items", lambda bridge: bridge.send("orders", body=b"[]")),
    "too many": (422, "too_many", lambda bridge: bridge.send("contacts", *[CONTACT] * 201)),
    "a wrong signature": (401, "signature", lambda bridge: bridge.send("orders", X_Signature="sha256=00")),
    "a signature without a time": (401, "timestamp", lambda bridge: signed(bridge, None)),
    "an old signature": (401, "timestamp", lambda bridge: signed(bridge, -301)),
    "a signature of tomorrow": (401, "timestamp", lambda bridge: signed(bridge, 301)),
}


def signed(bridge: Bridge, seconds: int | None, **headers: str) -> TestResponse:
    body = json.dumps({"items": [COMPANY]}).encode()
    signature = "sha256=" + hmac.new(bridge.key.encode(), body, hashlib.sha256).hexdigest()
    moment = None if seconds is None else str(int(bridge.store.world.clock.now().timestamp()) + seconds)
    return bridge.send("companies", body=body, X_Signature=signature, X_Timestamp=moment, **headers)


@pytest.mark.parametrize("case", REFUSALS)
def test_what_the_contract_does_not_allow_is_refused_in_its_form_and_keeps_nothing(bridge: Bridge, case):
    status, code, send = REFUSALS[case]
    assert_refused(send(bridge), status, code)
    assert bridge.store.all_of(ExchangeRecord) == bridge.store.all_of(ExchangePush) == []


def test_a_store_that_is_not_there_is_told_like_a_wrong_key(bridge: Bridge):
    bridge.store.store_id += 1
    there = bridge.send("orders", Authorization="Bearer x").json
    for number in (bridge.store.store_id, 0):
        bridge.store.store_id = number
        answer = bridge.send("orders", ORDER)
        assert_refused(answer, 401, "unauthorized")
        assert answer.json == there


def test_a_store_without_a_key_and_one_of_another_kind_take_nothing(world: World, bridge: Bridge):
    other = connections.connect_store("sitegiant", "Shop", world.practice.sitegiant, world.tools, 2000.0)
    keys.make_key(other.id, world.tools)
    bridge.store.store_id = other.id
    assert_refused(bridge.send("orders", ORDER), 401, "unauthorized")
    store = Exchange(world, "sengerio").connect(base_url="", api_key="")
    assert_refused(Bridge(store, keys.UNKNOWN).send("invoices"), 401, "unauthorized")


def test_a_disabled_store_takes_nothing(bridge: Bridge):
    connections.enable(StoreConnection, bridge.store.store_id, False)
    assert_refused(bridge.send("orders", ORDER), 403, "disabled")


def test_wrong_keys_are_slowed_down_and_the_right_one_never_is(bridge: Bridge):
    statuses = [bridge.send("orders", Authorization=f"Bearer {number}").status_code for number in range(23)]
    assert statuses[:20] == [401] * 20 and statuses[-1] == 429
    answer = bridge.send("orders", Authorization="Bearer x")
    assert_refused(answer, 429, "too_many_tries")
    assert int(answer.headers["Retry-After"]) > 0
    assert bridge.statuses(bridge.send("companies", COMPANY)) == ["accepted"]


def test_nothing_is_pushed_by_a_get(bridge: Bridge):
    client = bridge.store.world.app.test_client()
    assert Context().run(lambda: client.get(f"/in/{bridge.store.store_id}/orders")).status_code == 405


# --- answers ------------------------------------------------------------------------------------------------------


def test_records_are_accepted_then_unchanged_then_accepted_when_they_change(bridge: Bridge):
    assert bridge.statuses(bridge.send("companies", COMPANY)) == ["accepted"]
    assert bridge.statuses(bridge.send("companies", COMPANY)) == ["unchanged"]
    later = {**COMPANY, "updated_at": "2026-02-01T00:00:00+00:00"}
    assert bridge.statuses(bridge.send("companies", later)) == ["unchanged"]
    assert bridge.statuses(bridge.send("companies", {**later, "name": "Ockel Retail Inc"})) == ["accepted"]


def test_what_is_older_than_what_is_kept_changes_nothing(bridge: Bridge):
    bridge.send("companies", {**COMPANY, "updated_at": "2026-02-01T00:00:00+00:00"})
    assert bridge.statuses(bridge.send("companies", {**COMPANY, "name": "Old name"})) == ["unchanged"]
    assert bridge.store.customers()["company:K-3"].name == "Ockel Retail"


def test_each_record_is_answered_by_itself_and_a_bad_one_loses_no_good_one(bridge: Bridge):
    bad = {**COMPANY, "id": "K-9", "name": "", "billing_address": {"country": "USA"}}
    answer = bridge.send("companies", COMPANY, bad, {"name": "Nobody"}, "text", {**COMPANY, "id": 7})
    told = answer.json["results"]
    assert [each["status"] for each in told] == ["accepted", "rejected", "rejected", "rejected", "accepted"]
    assert [(each["field"], each["code"]) for each in told[1]["errors"]] == [
        ("name", "required"),
        ("billing_address.country", "not_country"),
    ]
    assert [each["id"] for each in told] == ["K-3", "K-9", None, None, "7"]
    assert told[2]["errors"][0]["field"] == "id" and told[3]["errors"][0]["code"] == "not_object"
    assert {row.external_id for row in bridge.store.all_of(ExchangeRecord)} == {"K-3", "7"}


def test_one_record_twice_in_a_push_is_refused_both_times(bridge: Bridge):
    answer = bridge.send("companies", COMPANY, {**COMPANY, "name": "Other"})
    assert [each["errors"][0]["code"] for each in answer.json["results"]] == ["duplicate", "duplicate"]


def test_200_records_are_taken_at_once(bridge: Bridge):
    answer = bridge.send("contacts", *({"id": f"C-{n}", "first_name": "Ana"} for n in range(200)))
    assert bridge.statuses(answer) == ["accepted"] * 200


def test_the_same_push_again_gets_the_same_answer_and_has_no_second_effect(bridge: Bridge):
    first = bridge.send("companies", COMPANY, Idempotency_Key="one")
    bridge.send("companies", {**COMPANY, "name": "Newer"})
    again = bridge.send("companies", COMPANY, Idempotency_Key="one")
    assert first.json == again.json and bridge.statuses(again) == ["accepted"]
    assert bridge.store.customers()["company:K-3"].name == "Newer"
    assert_refused(bridge.send("companies", CONTACT, Idempotency_Key="one"), 409, "idempotency_key")


def test_answers_are_forgotten_after_a_month(bridge: Bridge):
    bridge.send("companies", COMPANY, Idempotency_Key="one")
    bridge.store.world.clock.pass_by(31 * 86_400)
    bridge.send("companies", COMPANY, Idempotency_Key="two")
    assert [row.key for row in bridge.store.all_of(ExchangePush)] == ["two"]


def test_a_push_with_a_right_signature_is_taken(bridge: Bridge):
    assert bridge.statuses(signed(bridge, 0)) == ["accepted"]
    assert bridge.statuses(signed(bridge, -299)) == ["unchanged"]
    now = bridge.store.world.clock.now().isoformat()
    assert bridge.statuses(signed(bridge, None, **{"X-Timestamp": now})) == ["unchanged"]


# --- orders -------------------------------------------------------------------------------------------------------


def test_an_order_is_there_as_soon_as_it_is_pushed(bridge: Bridge):
    bridge.people()
    assert bridge.statuses(bridge.send("orders", ORDER)) == ["accepted"]
    bridge.send("payments", PAYMENT)
    order = bridge.store.order("O-1042")
    assert (order.number, str(order.total)) == ("1042", "139.60")
    assert [(each.id, each.reference) for each in order.payments] == [("394", "chq 221")]


def test_an_order_that_comes_before_its_people_waits_and_mends_itself(bridge: Bridge):
    bridge.send("payments", PAYMENT)
    bridge.send("orders", ORDER)
    assert "waits for C-7 of contacts" in bridge.store.trouble("O-1042")
    bridge.send("contacts", CONTACT)
    assert "waits for K-3 of companies" in bridge.store.trouble("O-1042")
    bridge.send("companies", COMPANY)
    assert bridge.store.trouble("O-1042") == "" and len(bridge.store.order("O-1042").payments) == 1


def test_a_change_of_the_company_reaches_its_orders(bridge: Bridge):
    bridge.people()
    bridge.send("orders", ORDER)
    bridge.send("companies", {**COMPANY, "name": "Ockel Retail Inc", "updated_at": "2026-02-01T00:00:00+00:00"})
    assert bridge.store.order("O-1042").customer.company == "Ockel Retail Inc"
    assert bridge.store.customers()["contact:C-7"].company == "Ockel Retail Inc"


def test_what_is_deleted_there_is_gone_here(bridge: Bridge):
    bridge.people()
    bridge.send("orders", ORDER)
    bridge.send("payments", PAYMENT)
    for name, record_id in (("payments", "394"), ("contacts", "C-7"), ("orders", "O-1042"), ("orders", "O-NEVER")):
        bridge.send(name, {"id": record_id, "deleted": True, "updated_at": "2026-02-01T00:00:00+00:00"})
    order = bridge.store.order("O-1042")
    assert order.status == "cancelled" and order.payments == () and bridge.store.customers()["contact:C-7"].is_gone
    assert "O-NEVER" not in bridge.store.orders()


def test_a_push_that_reaches_very_many_orders_leaves_the_rest_to_a_run(bridge: Bridge, monkeypatch):
    monkeypatch.setattr(pushing, "STEPS_AT_ONCE", 0)
    bridge.people()
    bridge.send("orders", ORDER)
    assert bridge.store.orders() == {}
    [run] = bridge.store.all_of(Run)
    assert run.target_id == bridge.store.channel_id
    bridge.store.pull()
    assert bridge.store.trouble("O-1042") == ""


@pytest.mark.feature("X5")
def test_invoices_of_sengerio_are_pushed_with_their_set_up(world: World):
    store = Exchange(world, "sengerio").connect(base_url="", api_key="")
    bridge = Bridge(store, keys.make_key(store.store_id, world.tools))
    for what in sen_contract.OBJECTS:
        assert set(bridge.statuses(bridge.send(what.name, *what.examples))) == {"accepted"}
    assert {"INV-2026-0007", "credit:CN-2026-0001"} < store.orders().keys()
    assert store.channel().currency == "GBP" and not any(row.trouble for row in store.orders().values())


# --- the key ------------------------------------------------------------------------------------------------------


def test_the_key_is_shown_once_and_a_new_one_ends_it(bridge: Bridge, world: World):
    accounts.make_owner("Mei", PASSWORD, world.clock.now())
    mei = person_of(world)
    mei.log_in("Mei")
    page = mei.go(f"/stores/{bridge.store.store_id}")
    assert "There is a key" in page.text and bridge.key not in page.html
    page = mei.submit("push-key", {})
    assert page.status == 200 and "shown this once" in page.text
    shown = re.search(r'id="push-key" value="([^"]{43})"', page.html)
    assert shown
    old, bridge.key = bridge.key, shown[1]
    assert bridge.statuses(bridge.send("companies", COMPANY)) == ["accepted"]
    assert_refused(bridge.send("companies", COMPANY, Authorization=f"Bearer {old}"), 401, "unauthorized")
    assert bridge.key not in mei.go(f"/stores/{bridge.store.store_id}").html


def test_the_key_stands_in_no_log_and_lies_encrypted(bridge: Bridge, said: io.StringIO):
    bridge.send("companies", COMPANY)
    bridge.send("orders", Authorization=f"Bearer {bridge.key}x")
    bridge.send("orders", body=b"{")
    assert bridge.key not in said.getvalue()
    assert all(bridge.key.encode() not in row.ciphertext for row in bridge.store.all_of(Secret))


def test_a_key_of_the_bridge_can_still_be_changed_beside_a_push_key(world: World):
    store = Exchange(world, "edge_commerce").connect()
    keys.make_key(store.store_id, world.tools)
    connections.change_store_credential(store.store_id, store.given, world.tools)
    assert keys.has_key(store.store_id)
