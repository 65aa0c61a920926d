"""A message of WooCommerce is believed only with its signature (other-stores.md 1.6)."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping

import pytest

from adapters.stores.base import Hook, HookRefused
from adapters.stores.woocommerce.hooks import read_hook

SECRET = "woo-demo-secret"
BODY = b'{"id":727,"status":"processing","total":"29.35"}'
VECTOR = "m/Zev+hxgYPbibPcd+lcmjtSHXN+RjOMj9fd/7rLcGI="
HEADERS = {"x-wc-webhook-signature": VECTOR, "x-wc-webhook-resource": "order", "x-wc-webhook-delivery-id": "d-1"}


def signed(body: bytes, **more: str) -> dict[str, str]:
    made = b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    return HEADERS | {"x-wc-webhook-signature": made} | {f"x-wc-webhook-{name}": text for name, text in more.items()}


@pytest.mark.feature("P6")
def test_the_vector_of_the_reference_names_its_order():
    assert read_hook(HEADERS, BODY, SECRET) == Hook(hashlib.sha256(BODY).hexdigest(), ("727",))


@pytest.mark.parametrize(
    ("headers", "body", "secret"),
    [
        ({}, BODY, SECRET),
        ({**HEADERS, "x-wc-webhook-signature": ""}, BODY, SECRET),
        ({**HEADERS, "x-wc-webhook-signature": "é" + VECTOR[1:]}, BODY, SECRET),
        (HEADERS, BODY + b" ", SECRET),
        (HEADERS, BODY, "another"),
        (signed(BODY), BODY, ""),
        ({}, b"webhook_id=7&id=727", SECRET),
        ({**HEADERS, "x-wc-webhook-signature": "x"}, b"webhook_id=7", SECRET),
    ],
)
def test_a_message_without_the_right_signature_is_refused(headers: Mapping[str, str], body: bytes, secret: str):
    with pytest.raises(HookRefused):
        read_hook(headers, body, secret)


def test_nothing_is_signed_by_an_empty_secret():
    empty = b64encode(hmac.new(b"", BODY, hashlib.sha256).digest()).decode()
    with pytest.raises(HookRefused):
        read_hook({**HEADERS, "x-wc-webhook-signature": empty}, BODY, "")


def test_the_ping_of_a_new_webhook_is_taken_and_says_nothing():
    assert read_hook({}, b"webhook_id=7", SECRET) is None and read_hook({}, b"webhook_id=8", "") is None


@pytest.mark.parametrize(
    ("body", "more", "ids"),
    [
        (b'{"id":727}', {"resource": "order"}, ("727",)),
        (b'{"id":9}', {"resource": "product"}, ()),
        (b'{"id":9}', {"resource": "", "topic": "product.updated"}, ()),
        (b'{"id":0}', {}, ()),
        (b'{"id":"727"}', {}, ()),
        (b"[1]", {}, ()),
        (b"no json", {}, ()),
    ],
)
def test_what_names_no_order_means_read_what_is_new(body: bytes, more: dict[str, str], ids: tuple[str, ...]):
    hook = read_hook(signed(body, **more), body, SECRET)
    assert hook is not None and hook.order_ids == ids


@pytest.mark.feature("P6")
def test_two_orders_of_one_second_are_two_messages_and_a_repeated_one_is_one_whatever_its_headers_say():
    other = b'{"id":728,"status":"processing"}'
    first, second = (read_hook(signed(body), body, SECRET) for body in (BODY, other))
    again = read_hook(signed(BODY, **{"delivery-id": "d-2"}), BODY, SECRET)
    assert first and second and first.event_id != second.event_id
    assert again == first
