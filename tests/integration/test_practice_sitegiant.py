"""The imitated SiteGiant is as strict as sitegiant.md says the real one is. Real HTTP on loopback."""

from datetime import date, timedelta

import pytest
import requests

from tests.practice_fixture import start_practice

TODAY = date(2026, 11, 22)
EXAMPLE_ORDER = {
    **{"order_id": "SG-100231", "marketplace_order_id": "260105ABCD1234", "channel_id": 11},
    **{"channel_name": "Demo Shopee MY", "channel_type": "Shopee"},
    **{"order_status": "Ready To Ship", "payment_status": "Paid", "currency": "MYR", "is_sample": False},
    **{"created_at": "2026-01-05 11:12:44", "paid_at": "2026-01-05 11:15:02", "shipped_at": None, "completed_at": None},
    "updated_at": "2026-01-05 12:00:00",
    "customer": {"name": "mei_t***", "email": "", "phone": "*****12", "billing_company": ""},
    "shipping_address": {
        **{"address1": "12 Jalan Mawar", "city": "Ipoh", "state": "Perak", "postcode": "30000", "country": "MY"}
    },
    "products": [
        {
            **{"line_id": 1, "isku": "MUG-01", "sku": "SHP-MUG-01", "name": "Mug", "variation": "Blue", "quantity": 2},
            **{"price": "15.00", "discount": "0.00", "tax": "0.00", "subtotal": "30.00"},
            **{"serial_numbers": [], "is_bundle": False},
        },
        {
            **{"line_id": 2, "isku": "GIFTSET", "sku": "SHP-GIFT", "name": "Gift set", "quantity": 1},
            **{"price": "50.00", "discount": "5.00", "tax": "0.00", "subtotal": "45.00", "is_bundle": True},
            "bundle_items": [{"isku": "MUG-01", "quantity": 1}, {"isku": "TEA-10", "quantity": 2}],
        },
    ],
    **{"product_total": "75.00", "shipping_fee": "6.50", "shipping_discount": "0.00", "seller_discount": "0.00"},
    **{"platform_discount": "2.00", "tax_total": "0.00", "total": "79.50", "invoice_no": "", "remark": ""},
}

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(orders=400, today=TODAY.isoformat()) as practice:
        yield practice


@pytest.fixture
def shop(server):
    """Calls the shop: `shop("GET", "/channels")` gives the reply."""
    server.reset(orders=400)
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update({"Access-Token": server.sitegiant["access_token"], "Accept": "application/json"})

        def call(method, path, **kwargs):
            return session.request(method, server.sitegiant["base_url"] + path, timeout=10, **kwargs)

        yield call


def listed(shop, **query):
    asked = {"channel_id": 11, "date_from": "2026-10-24", "date_to": "2026-11-22"} | query
    return shop("GET", "/orders", params=asked).json()


def details(shop, *ids):
    return shop("POST", "/order/multipleOrder", json={"order_id": list(ids)})


def some_ids(server, count):
    return [order["order_id"] for order in server.control("GET", "/ledger/sitegiant")["orders"][:count]]


def test_a_wrong_token_is_answered_403_in_text(shop):
    reply = shop("GET", "/channels", headers={"Access-Token": "wrong"})
    assert (reply.status_code, reply.text) == (403, "Access denied due to invalid token")
    assert reply.headers["Content-Type"].startswith("text/plain")


def test_the_channels_of_the_reference_are_there_word_for_word(shop):
    answer = shop("GET", "/channels").json()
    assert answer["code"] == 200 and answer["message"] == "OK"
    rows = answer["response"]["channel_list"]
    assert {"id": 11, "name": "Demo Shopee MY", "type": "Shopee", "currency": "MYR"} in rows
    assert {"id": 14, "name": "Partner feed", "type": "OpenApi", "currency": "MYR"} in rows


def test_the_code_is_a_number_or_a_text_by_switch(shop, server):
    server.settings("sitegiant", code_as="text")
    assert shop("GET", "/channels").json()["code"] == "200"
    assert listed(shop, limit=101)["code"] == "400"


def test_the_order_of_the_reference_is_read_back_word_for_word(shop, server):
    server.control("POST", "/sitegiant/orders", {"orders": [EXAMPLE_ORDER]})
    page = listed(shop, date_from="2026-01-05", date_to="2026-01-05")["response"]
    assert page["total"] == 1 and page["order_list"][0]["order_id"] == "SG-100231"
    assert details(shop, "SG-100231").json()["response"]["order_list"] == [EXAMPLE_ORDER]


def test_orders_come_as_an_object_with_a_total_and_for_an_openapi_channel_as_a_list(shop):
    assert set(listed(shop)["response"]) == {"order_list", "total"}
    assert isinstance(listed(shop, channel_id=14)["response"], list)


@pytest.mark.parametrize(("form", "kind"), [("list", list), ("object", dict)])
def test_the_form_of_the_list_can_be_forced(shop, server, form, kind):
    server.settings("sitegiant", list_form=form)
    assert isinstance(listed(shop)["response"], kind) and isinstance(listed(shop, channel_id=14)["response"], kind)


def test_101_orders_take_two_pages_and_none_is_lost(shop, server):
    copies = [EXAMPLE_ORDER | {"order_id": f"SG-3{n:05}"} for n in range(101)]
    server.control("POST", "/sitegiant/orders", {"orders": copies})
    window = {"date_from": "2026-01-01", "date_to": "2026-01-31"}
    pages = [listed(shop, page=page, limit=100, **window)["response"] for page in (1, 2, 3)]
    assert [len(page["order_list"]) for page in pages] == [100, 1, 0] and pages[0]["total"] == 101
    assert len({row["order_id"] for page in pages for row in page["order_list"]}) == 101


@pytest.mark.parametrize(
    "query",
    [
        {"date_from": "2026-10-22"},  # 31 days
        {"date_to": "2026-10-01"},
        {"date_from": "22/10/2026"},
        {"date_from": None},
        {"limit": 101},
        {"limit": 0},
        {"page": 0},
        {"page": "x"},
        {"channel_id": 99},
        {"channel_id": None},
    ],
)
def test_a_wrong_question_for_orders_is_http_200_with_code_400(shop, query):
    asked = {"channel_id": 11, "date_from": "2026-10-24", "date_to": "2026-11-22"} | query
    reply = shop("GET", "/orders", params=asked)
    assert (reply.status_code, reply.json()["code"]) == (200, 400) and reply.json()["message"]


def test_a_window_of_exactly_30_days_is_taken(shop):
    first = TODAY - timedelta(days=30)
    assert listed(shop, date_from=first.isoformat(), date_to=TODAY.isoformat())["code"] == 200


def test_both_ends_of_the_window_belong_to_it(shop, server):
    server.control("POST", "/sitegiant/orders", {"orders": [EXAMPLE_ORDER | {"created_at": "2026-01-05 23:59:59"}]})
    day = {"date_from": "2026-01-05", "date_to": "2026-01-05"}
    assert listed(shop, **day)["response"]["total"] == 1


def test_a_batch_of_100_is_taken_and_of_101_refused(shop, server):
    ids = some_ids(server, 101)
    assert len(details(shop, *ids[:100]).json()["response"]["order_list"]) == 100
    assert details(shop, *ids).json()["code"] == 400


@pytest.mark.parametrize("ids", [[], [231], "SG-1", None])
def test_a_batch_that_is_no_list_of_texts_is_refused(shop, ids):
    assert shop("POST", "/order/multipleOrder", json={"order_id": ids}).json()["code"] == 400


def test_a_body_that_is_no_json_is_refused(shop):
    assert shop("POST", "/order/multipleOrder", data=b"{").json()["code"] == 400
    assert shop("POST", "/order/multipleOrder", json=["SG-1"]).json()["code"] == 400


def test_an_unknown_id_is_left_out_of_a_batch(shop, server):
    known = some_ids(server, 1)
    found = details(shop, *known, "SG-0").json()["response"]["order_list"]
    assert [order["order_id"] for order in found] == known


def test_a_batch_of_more_than_20_fails_once_with_500_and_smaller_ones_do_not(shop, server):
    server.settings("sitegiant", big_batch_failures=1)
    ids = some_ids(server, 21)
    assert details(shop, *ids[:20]).status_code == 200
    assert [details(shop, *ids).status_code for _ in range(2)] == [500, 200]


def test_every_big_batch_can_be_made_to_fail(shop, server):
    server.settings("sitegiant", big_batch_failures=-1)
    ids = some_ids(server, 21)
    assert [details(shop, *ids).status_code for _ in range(3)] == [500, 500, 500]


def test_the_rate_headers_count_down_and_then_429(shop, server):
    server.settings("sitegiant", per_second=3)
    replies = [shop("GET", "/channels") for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == ["2", "1", "0", "0"]
    assert {reply.headers["X-RateLimit-Limit"] for reply in replies} == {"3"}
    assert replies[-1].headers["Retry-After"] == "1"


def test_a_429_can_come_without_retry_after(shop, server):
    server.settings("sitegiant", per_second=1, retry_after=None)
    assert "Retry-After" not in [shop("GET", "/channels") for _ in range(2)][-1].headers


def test_slow_answers_can_be_switched_on(shop, server):
    server.settings("sitegiant", latency_ms=150)
    assert shop("GET", "/channels").elapsed.total_seconds() >= 0.15


def test_items_are_paged_and_found_by_isku(shop):
    first = shop("GET", "/items", params={"page": 1, "limit": 20}).json()["response"]
    last = shop("GET", "/items", params={"page": 3, "limit": 20}).json()["response"]
    assert (len(first["item_list"]), len(last["item_list"]), first["total"]) == (20, 5, 45)
    found = shop("GET", "/items", params={"isku": "TEA-10"}).json()["response"]
    assert [item["name"] for item in found["item_list"]] == ["Tea bags"]
    assert shop("GET", "/items", params={"limit": 101}).json()["code"] == 400


def test_customers_vendors_and_warehouses_are_listed(shop):
    assert shop("GET", "/customers", params={"limit": 3}).json()["response"]["total"] == 10
    assert shop("GET", "/vendors").json()["response"]["vendor_list"][0]["vendor_code"] == "V001"
    assert shop("GET", "/warehouses").json()["response"]["warehouse_list"]


def test_an_invoice_number_is_written_into_the_order(shop, server):
    (order_id,) = some_ids(server, 1)
    answer = shop("PUT", f"/orders/{order_id}", json={"invoice_no": "INV-00071"}).json()
    assert answer["code"] == 200
    order = details(shop, order_id).json()["response"]["order_list"][0]
    assert order["invoice_no"] == "INV-00071"
    assert server.control("GET", "/ledger/sitegiant")["invoice_numbers"] == {order_id: "INV-00071"}


@pytest.mark.parametrize("body", [{}, {"invoice_no": 71}, {"invoice_no": ""}, {"invoice_no": "A", "total": "1.00"}])
def test_nothing_but_an_invoice_number_can_be_written(shop, server, body):
    (order_id,) = some_ids(server, 1)
    assert shop("PUT", f"/orders/{order_id}", json=body).json()["code"] == 400


def test_an_invoice_number_for_an_unknown_order_is_refused(shop):
    assert shop("PUT", "/orders/SG-0", json={"invoice_no": "INV-1"}).json()["code"] == 400


def test_the_write_back_can_be_made_to_fail(shop, server):
    server.settings("sitegiant", refuse_invoice_no=True)
    (order_id,) = some_ids(server, 1)
    assert shop("PUT", f"/orders/{order_id}", json={"invoice_no": "INV-1"}).json()["code"] == 400
    assert server.control("GET", "/ledger/sitegiant")["invoice_numbers"] == {}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/orders", "GET"), ("GET", "/order/multipleOrder", "POST"), ("GET", "/orders/SG-1", "PUT")],
)
def test_405_names_the_methods_that_work(shop, method, path, allowed):
    reply = shop(method, path)
    assert reply.status_code == 405 and reply.headers["Allow"] == allowed and allowed in reply.json()["message"]


def test_a_path_that_is_not_there_is_404(shop):
    assert shop("GET", "/order").status_code == 404
    assert shop("GET", "/Channels").status_code == 404


def test_a_stock_adjustment_changes_the_stock(shop):
    rows = [{"isku": "MUG-01", "quantity": -5, "reason": "broken"}, {"isku": "MUG-01", "quantity": 2, "reason": ""}]
    body = {"warehouse_id": 1, "reference": "ADJ-1", "items": rows}
    assert shop("POST", "/stock-adjustments", json=body).json()["code"] == 200
    item = shop("GET", "/items", params={"isku": "MUG-01"}).json()["response"]["item_list"][0]
    assert (item["stock_on_hand"], item["sellable_stock"]) == (117, 111)


@pytest.mark.parametrize("change", [{"warehouse_id": 9}, {"items": []}, {"items": [{"isku": "NONE", "quantity": 1}]}])
def test_a_wrong_stock_adjustment_changes_nothing(shop, change):
    body = {"warehouse_id": 1, "reference": "", "items": [{"isku": "MUG-01", "quantity": 1, "reason": ""}]} | change
    assert shop("POST", "/stock-adjustments", json=body).json()["code"] == 400


def test_a_purchase_order_goes_from_incomplete_to_completed_and_fills_the_stock(shop):
    items = [{"isku": "MUG-01", "supplier_sku": "", "quantity": 100, "received": 0, "cost": "6.20", "uom": "UNIT"}]
    body = {"reference": "SQL-PO-00012", "vendor_code": "V001", "date": "2026-01-06", "currency": "MYR", "items": items}
    made = shop("POST", "/purchase-orders", json=body).json()["response"]
    assert made == {"po_id": "PO-55", "status": "Incomplete", **body}
    done = shop("PUT", "/purchase-orders/PO-55", json={"status": "Completed"}).json()["response"]
    assert done["items"][0]["received"] == 100
    assert shop("GET", "/items", params={"isku": "MUG-01"}).json()["response"]["item_list"][0]["stock_on_hand"] == 220
    assert shop("GET", "/purchase-orders", params={"status": "Incomplete"}).json()["response"]["total"] == 0
    assert shop("PUT", "/purchase-orders/PO-55", json={"status": "Incomplete"}).json()["code"] == 400


def test_people_can_edit_cancel_and_refund_an_order(shop, server):
    server.control("POST", "/sitegiant/orders", {"orders": [EXAMPLE_ORDER]})
    lines = [EXAMPLE_ORDER["products"][0] | {"quantity": 3}]
    order = server.control("PATCH", "/sitegiant/orders/SG-100231", {"products": lines})
    assert (order["product_total"], order["total"]) == ("45.00", "49.50")
    assert server.control("POST", "/sitegiant/orders/SG-100231/cancel")["order_status"] == "Cancelled"
    server.control("POST", "/sitegiant/orders/SG-100231/refund")
    order = details(shop, "SG-100231").json()["response"]["order_list"][0]
    assert order["order_status"] == "Refunded" and order["updated_at"] > "2026-01-05 12:00:00"


def test_new_orders_can_be_added(shop, server):
    added = server.control("POST", "/sitegiant/orders", {"count": 3})["order_ids"]
    assert added == ["SG-200401", "SG-200402", "SG-200403"]
    found = details(shop, *added).json()["response"]["order_list"]
    assert {order["created_at"][:10] for order in found} <= {"2026-11-21", "2026-11-22"}
