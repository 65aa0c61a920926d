"""PyPI's woocommerce drives the practice server with only its address changed: over http it signs by OAuth 1.0a."""

from collections.abc import Iterator

import pytest
from woocommerce import API

from tests.practice_fixture import Practice, start_practice


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with start_practice(orders=30, seed=7) as practice:
        yield practice


def client(practice: Practice, secret: str = "", **options: bool) -> API:
    line = practice.line["woocommerce"]
    secret = secret or line["consumer_secret"]
    return API(line["base_url"], line["consumer_key"], secret, version="wc/v3", timeout=30, **options)


@pytest.fixture(params=["OAuth", "Basic", "query"])
def api(practice: Practice, request: pytest.FixtureRequest) -> API:
    """Signed as over http; with Basic or the query as over https."""
    made = client(practice, query_string_auth=request.param == "query")
    made.is_ssl = request.param != "OAuth"
    return made


@pytest.mark.feature("P6")
def test_it_reads_every_order_page_by_page(practice: Practice, api: API):
    seen, page, pages = [], 1, 1
    while page <= pages:
        reply = api.get("orders", params={"per_page": 8, "page": page, "orderby": "date", "order": "asc"})
        assert reply.status_code == 200, reply.text
        pages, page = int(reply.headers["X-WP-TotalPages"]), page + 1
        seen += [str(row["id"]) for row in reply.json()]
    orders = practice.control("GET", "/ledger/woocommerce")["orders"]
    assert seen == [each["id"] for each in sorted(orders, key=lambda each: each["when"])]


def test_it_reads_refunds_products_customers_and_taxes(api: API):
    refunded = next(row for row in api.get("orders", params={"per_page": 100}).json() if row["refunds"])
    [refund] = api.get(f"orders/{refunded['id']}/refunds").json()
    assert f"-{refund['amount']}" == refunded["refunds"][0]["total"]
    variable = next(row for row in api.get("products", params={"per_page": 100}).json() if row["variations"])
    variations = api.get(f"products/{variable['id']}/variations").json()
    assert [each["id"] for each in variations] == variable["variations"]
    assert {row["name"] for row in api.get("taxes").json()} == {"SST", "Service Tax", "Zero rated"}
    assert api.get("customers").json()[0]["email"] == "aisyah@example.com"
    assert api.get("settings/general/woocommerce_currency").json()["value"] == "MYR"


def test_it_writes_a_field_of_an_order(api: API):
    order = api.get("orders").json()[0]
    told = api.put(f"orders/{order['id']}", {"meta_data": [{"key": "k", "value": "v é"}]}).json()
    assert [(each["key"], each["value"]) for each in told["meta_data"]] == [("k", "v é")]


@pytest.mark.parametrize("is_https", [False, True])
def test_a_wrong_secret_is_refused(practice: Practice, is_https: bool):
    api = client(practice, secret="cs_wrong")
    api.is_ssl = is_https
    reply = api.get("orders")
    assert (reply.status_code, reply.json()["code"]) == (401, "woocommerce_rest_authentication_error")
