"""What Shopify's answers mean, which messages are believed, and where a token is never sent (other-stores.md 2)."""

import base64
import hmac
import json
from typing import Any

import pytest

from adapters.addresses import AddressRefused, AddressRule
from adapters.errors import LoginRefused, NotAllowed, OutcomeUnknown, Refused, TooFast
from adapters.http import Http
from adapters.replies import Reply
from adapters.stores.base import HookRefused
from adapters.stores.shopify import Shopify, contract, queries
from practice.shopify.cost import MOST, requested
from practice.shopify.documents import parse

SHOP = "kedai-mawar.myshopify.com"
SECRET = "shpss_demo_secret"
BODY = b'{"id":820982911946154508,"name":"#1001","total_price":"29.35"}'
SIGNED = "f7hrtq4uXpte3bn5ZJzd16mZbpLVhWZ2a543j67OGuU="
DOCUMENTS = [value for name, value in vars(queries).items() if name.isupper() and str(value).startswith("query")]

pytestmark = pytest.mark.feature("P6")


def reply(body: Any, status: int = 200) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply("Shopify", status, {}, content)


def coded(code: str, message: str = "Sorry") -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}}], "data": {"orders": {"nodes": []}}}


@pytest.mark.parametrize(
    ("status", "body", "error", "told"),
    [
        (401, {"errors": "[API] Invalid API key"}, LoginRefused, "Invalid API key"),
        (402, {"errors": "Unavailable Shop"}, NotAllowed, "frozen"),
        (403, {"errors": "requires merchant approval"}, NotAllowed, "merchant approval"),
        (404, {"errors": "Not Found"}, Refused, "Not Found"),
        (422, {"errors": {"query": ["missing", "bad"]}}, Refused, "query: missing; bad"),
        (423, {"errors": "Locked"}, NotAllowed, "locked"),
        (429, {"errors": "Exceeded 2 calls per second"}, TooFast, "slow down"),
        (500, b"", OutcomeUnknown, "cannot be read"),
        (502, b"<html>502</html>", OutcomeUnknown, "cannot be read"),
        (403, b"<html>blocked</html>", OutcomeUnknown, "cannot be read"),
        (200, b"<html>ok</html>", OutcomeUnknown, "cannot be read"),
        (200, [1], OutcomeUnknown, "cannot be read"),
        (200, {}, OutcomeUnknown, "cannot be read"),
        (200, {"data": None}, OutcomeUnknown, "cannot be read"),
        (200, coded("THROTTLED"), TooFast, "slow down"),
        (200, coded("ACCESS_DENIED", "Access denied for orders"), NotAllowed, "Access denied for orders"),
        (200, coded("MAX_COST_EXCEEDED"), contract.CostsTooMuch, "too large"),
        (200, coded("INTERNAL_SERVER_ERROR"), OutcomeUnknown, "cannot be read"),
        (200, {"errors": [{"message": "Field 'x' doesn't exist"}]}, Refused, "doesn't exist"),
        (200, {"errors": "Something"}, Refused, "Something"),
        (200, {"data": {"set": {"userErrors": [{"field": ["a"], "message": "No stock"}]}}}, Refused, "No stock"),
    ],
)
def test_every_failure_is_one_of_ours_also_where_the_status_is_200(status, body, error, told):
    with pytest.raises(error) as raised:
        contract.data_of(reply(body, status))
    assert told in str(raised.value)


def test_data_is_taken_only_from_an_answer_without_errors():
    assert contract.data_of(reply({"data": {"shop": {"name": "Mawar"}}})) == {"shop": {"name": "Mawar"}}
    assert contract.data_of(reply({"data": {"set": {"userErrors": []}}})) == {"set": {"userErrors": []}}


def throttled(**cost: Any) -> dict[str, Any]:
    """The reference's own (2.4)."""
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 38.0, "restoreRate": 100.0}
    return coded("THROTTLED") | {"extensions": {"cost": {"requestedQueryCost": 410, "throttleStatus": status} | cost}}


@pytest.mark.parametrize(
    ("body", "wait_s"),
    [
        (throttled(), 3.72),
        (throttled(throttleStatus=None), 0.0),
        (coded("THROTTLED"), 0.0),
        (coded("ACCESS_DENIED", "THROTTLED"), None),
        ({"data": {}}, None),
    ],
)
def test_a_throttled_query_waits_until_its_cost_is_there_again(body, wait_s):
    assert contract.wait_s(reply(body)) == wait_s


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_can_be_parsed_and_asks_for_no_more_than_a_query_may_cost(document):
    operation = parse(document)
    sizes = {"Variants": contract.ITEM_PAGE, "Customers": contract.CUSTOMER_PAGE, "OrderList": contract.PAGE}
    first = sizes.get(operation.name, contract.MORE_LINES)
    usual = {"ids": ["x"] * contract.ORDERS_AT_ONCE, "lines": contract.LINES, "few": contract.FEW, "first": first}
    alone = {"ids": ["x"], "lines": 1, "few": contract.ALL, "first": first}
    assert max(requested(operation.fields, sizes) for sizes in (usual, alone)) <= MOST


def test_there_is_a_document_for_each_operation_that_the_practice_shop_knows():
    assert len({parse(document).name for document in DOCUMENTS}) == len(DOCUMENTS) == 8


# --- messages ---------------------------------------------------------------------------------------------------


def store(secret: str = SECRET, **settings: str) -> Shopify:
    http = Http("Shopify", rule=AddressRule(), before_call=lambda: None, pacer=None, in_flight=1, secrets=())  # type: ignore[arg-type]
    return Shopify({"shop": SHOP, **settings}, {"client_secret": secret} if secret else {}, http)


def headers(**changes: str) -> dict[str, str]:
    usual = {
        "x-shopify-hmac-sha256": SIGNED,
        "x-shopify-shop-domain": SHOP,
        "x-shopify-topic": "orders/updated",
        "x-shopify-webhook-id": "b54557e4",
    }
    return usual | {f"x-shopify-{name.replace('_', '-')}": value for name, value in changes.items()}


def test_the_vector_of_the_reference_is_believed():
    hook = store().read_hook(headers(), {}, BODY)
    assert hook is not None and hook.order_ids == ("820982911946154508",)


def test_a_message_that_is_sent_again_is_the_same_whatever_id_its_unsigned_header_has():
    first, again, bare = (store().read_hook(headers(webhook_id=each), {}, BODY) for each in ("b54557e4", "other", ""))
    assert first == again == bare and first is not None and len(first.event_id) == 64


@pytest.mark.parametrize("secrets", [f"shpss_new {SECRET}", f"{SECRET}\nshpss_old"])
def test_after_a_rotation_the_old_secret_and_the_new_one_are_both_good(secrets):
    assert store(secrets).read_hook(headers(), {}, BODY).order_ids


@pytest.mark.parametrize(
    ("secret", "sent", "body"),
    [
        ("shpss_other", headers(), BODY),
        ("", headers(), BODY),
        (SECRET, headers(), BODY + b" "),
        (SECRET, headers(hmac_sha256=""), BODY),
        (SECRET, headers(hmac_sha256="ключ"), BODY),
        (SECRET, {}, BODY),
        (SECRET, headers(shop_domain="other.myshopify.com"), BODY),
    ],
)
def test_a_message_that_is_not_the_shops_own_is_refused(secret, sent, body):
    with pytest.raises(HookRefused):
        store(secret).read_hook(sent, {}, body)


@pytest.mark.parametrize(
    ("topic", "order_ids"), [("orders/create", True), ("refunds/create", False), ("products/update", False)]
)
def test_only_a_message_about_an_order_names_one(topic, order_ids):
    assert bool(store().read_hook(headers(topic=topic), {}, BODY).order_ids) == order_ids


@pytest.mark.parametrize(
    ("body", "order_ids"), [(b'{"id": 5, "order_id": 1001001}', ("1001001",)), (b"no json", ()), (b"[1]", ())]
)
def test_a_refund_tells_the_order_that_it_belongs_to(body, order_ids):
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, "sha256").digest()).decode()
    sent = headers(topic="refunds/create", hmac_sha256=signature)
    assert store().read_hook(sent, {}, body).order_ids == order_ids


# --- where a token goes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shop", "address"),
    [
        ("evil.example.com", ""),
        ("kedai.myshopify.com.evil.example", ""),
        ("-kedai.myshopify.com", ""),
        ("", ""),
        (SHOP, "https://evil.example.com"),
        (SHOP, "http://127.0.0.1:9"),
    ],
)
def test_a_token_is_never_sent_anywhere_but_to_a_shop(shop, address):
    with pytest.raises(AddressRefused):
        store(shop=shop, base_url=address).check()
