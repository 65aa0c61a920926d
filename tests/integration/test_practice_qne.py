"""The imitated QNE (N3) is as strict as qne.md says the real one is. Real HTTP on loopback."""

import base64
import json
import time
from types import SimpleNamespace

import pytest
import requests

from tests.practice_fixture import start_practice

INVOICES, RECEIPTS = "/api/SalesInvoices", "/api/ARReceipts"
BANK = "8d2f0000-0000-4000-8000-0000000000b2"
ZERO_GUID = "00000000-0000-0000-0000-000000000000"
UNKNOWN_GUID = "5b1c2c1e-0000-4000-8000-0000000000ff"
EXAMPLE = """{"docDate":"2026-01-15","customerId":12,"termId":3,"currencyId":1,"currencyRate":1,"referenceNo":"WC-1001",
 "description":"Web order 1001","isTaxInclusive":false,
 "itemDetails":[{"pos":1,"stockId":45,"uomId":7,"description":"Tea 250 g","qty":2,"unitPrice":50,
 "discount":"0","taxCodeId":4,"taxRate":0.06}]}"""
EXAMPLE_RECEIPT = """{"docType":"AROR","docDate":"2026-01-16","customerId":12,"currencyId":1,"currencyRate":1,
 "accountId":"8d2f0000-0000-4000-8000-0000000000b2","totalAmount":106,"isMultiPayment":false,
 "referenceNo":"WC-PAY-77","description":"Card payment WC-1001",
 "knockoff":[{"docType":"INV","docId":"5b1c2c1e-0000-4000-8000-0000000000a1","amount":106,"paymentAmount":106}]}"""
LINE = {"stockId": 45, "qty": 1, "unitPrice": 10, "description": "Tea"}

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True) as practice:
        yield practice


@pytest.fixture
def qne(server):
    """Calls QNE with a fresh token: `qne.get(path, **query)` and `qne.post(path, body)` give the reply."""
    server.reset()
    base = server.qne["base_url"]
    with requests.Session() as session:
        session.trust_env = False
        data = session.get(base + "/api/Auth/Connect", params={"api-key": server.qne["api_key"]}).json()["data"]
        session.headers["Authorization"] = f"Bearer {data['token']}"

        def post(path, body, **kwargs):
            raw = body if isinstance(body, str | bytes) else json.dumps(body)
            return session.post(
                base + path, data=raw, headers={"Content-Type": "application/json"}, timeout=10, **kwargs
            )

        def get(path, headers=None, **query):
            return session.get(base + path, params={n.replace("_", "$"): v for n, v in query.items()}, headers=headers)

        yield SimpleNamespace(get=get, post=post, session=session, base=base, connect=data)


def invoice(**changes):
    body = {
        "docDate": "2026-01-15",
        "customerId": 12,
        "currencyId": 1,
        "currencyRate": 1,
        "itemDetails": [LINE],
    } | changes
    return {name: value for name, value in body.items() if value != "LEAVE OUT"}


def line(**changes):
    return {name: value for name, value in (LINE | changes).items() if value != "LEAVE OUT"}


def receipt(**changes):
    body = json.loads(EXAMPLE_RECEIPT) | {"knockoff": []} | changes
    return {name: value for name, value in body.items() if value != "LEAVE OUT"}


def made(qne, **changes):
    answer = qne.post(f"{INVOICES}/Create", invoice(**changes)).json()
    assert answer["code"] == "0000", answer
    return answer["data"]


def read(qne, key):
    return qne.get(f"{INVOICES}/{key}").json()["data"]


def is_refused(reply):
    answer = reply.json()
    return (
        reply.status_code == 400
        and answer["success"] is False
        and answer["code"] == "ERR_VALIDATION"
        and answer["message"]
    )


# connecting


def test_connect_gives_a_signed_token_that_ends_in_a_few_minutes(qne):
    packed = qne.connect["token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    assert set(claims) == {"sub", "email", "tenantCode", "company", "exp"}
    assert 200 < claims["exp"] - time.time() <= 300
    assert set(qne.connect) == {"token", "expiresAt", "company", "tenantCode", "email"}


def test_the_lower_case_path_of_connect_works_too(qne, server):
    reply = qne.get("/api/auth/connect", **{"api-key": server.qne["api_key"]})
    assert reply.json()["code"] == "0000"


def test_a_wrong_api_key_is_refused(qne):
    reply = qne.get("/api/Auth/Connect", **{"api-key": "6f1c0d9e-0000-4000-8000-00000000ffff"})
    assert (reply.status_code, reply.json()["success"], reply.json()["data"]) == (401, False, None)


def test_the_api_key_is_not_written_into_the_record_of_requests(qne, server):
    assert {entry["query"].get("api-key", "***") for entry in server.requests("qne")} == {"***"}


@pytest.mark.parametrize("header", ["", "Bearer x", "Bearer a.b.c", "Basic abc"])
def test_a_call_without_a_good_token_is_401(qne, header):
    assert qne.get("/api/UserData", headers={"Authorization": header}).status_code == 401


def test_a_token_that_somebody_changed_is_401(qne):
    head, claims, signature = qne.connect["token"].split(".")
    forged = base64.urlsafe_b64encode(b'{"exp": 99999999999}').decode().rstrip("=")
    for token in (f"{head}.{forged}.{signature}", f"{head}.{claims}.{signature[:-2]}AA"):
        assert qne.get("/api/UserData", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_runs_out_after_its_time_and_another_connect_helps(qne, server):
    server.settings("qne", token_s=1)
    reply = qne.get("/api/Auth/Connect", **{"api-key": server.qne["api_key"]})
    fresh = {"Authorization": f"Bearer {reply.json()['data']['token']}"}
    time.sleep(1.05)
    assert qne.get("/api/UserData", headers=fresh).status_code == 401
    assert qne.get("/api/UserData").status_code == 200


def test_probe_company_and_user_data_answer(qne):
    assert qne.get("/api/Auth/ApiVer", headers={"Authorization": ""}).json()["code"] == "0000"
    assert qne.get("/api/CompanyProfile/BasicInfo").json()["data"]["companyName"] == "Practice Trading Sdn Bhd"
    assert qne.get("/api/UserData", keys="").json()["code"] == "0000"


def test_a_missing_permission_is_403_and_user_data_needs_none(qne, server):
    server.settings("qne", denied=["/api/CompanyProfile/*"])
    assert qne.get("/api/CompanyProfile/BasicInfo").status_code == 403
    assert qne.get("/api/UserData", keys="").status_code == 200


# envelope, paths, lists


def test_the_customer_of_the_reference_comes_in_the_envelope_of_the_reference(qne):
    answer = qne.get("/api/Customers/List", _filter="code eq '700-W001'").json()
    customer = answer["data"]["value"][0]
    assert {name: customer[name] for name in ("id", "code", "name")} == {
        "id": 12,
        "code": "700-W001",
        "name": "Walk-in",
    }
    assert answer["data"]["count"] == 1
    rest = {name: value for name, value in answer.items() if name != "data"}
    assert rest == {
        **{"type": "API", "success": True, "code": "0000", "message": "Get customer list success", "error": None}
    }


def test_one_call_can_answer_without_the_envelope_by_switch(qne, server):
    server.settings("qne", unwrapped=["/api/Terms/*"])
    assert set(qne.get("/api/Terms/Query").json()) == {"count", "value"}
    assert "code" in qne.get("/api/Agents/Lookup").json()


def test_a_refusal_can_be_http_200_by_switch(qne, server):
    server.settings("qne", refusal_status=200)
    reply = qne.post(f"{INVOICES}/Create", invoice(customerId="LEAVE OUT"))
    assert (reply.status_code, reply.json()["message"]) == (200, "Customer is required")
    assert reply.json() == {
        **{"type": "API", "success": False, "code": "ERR_VALIDATION", "message": "Customer is required"},
        **{"data": None, "error": None},
    }


def test_paths_are_taken_without_regard_to_case(qne):
    assert qne.get("/API/customers/LIST").json()["code"] == "0000"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/SalesInvoices", 405),
        ("GET", "/api/Projects", 405),
        ("GET", "/api/SalesInvoices/Create", 405),
        ("GET", "/api/Project", 404),
        ("GET", "/api/GLAccounts/Leaf", 404),
    ],
)
def test_wrong_verbs_and_paths_answer_as_seen_live(qne, method, path, status):
    assert qne.session.request(method, qne.base + path).status_code == status


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("Customers/List", {"id", "code", "name", "currencyCode", "termCode"}),
        ("Stocks/List", {"id", "code", "name", "balance", "isActive", "baseUOM"}),
        ("UOMs/Query", {"id", "code", "description"}),
        ("Agents/Lookup", {"id", "code", "name", "isActive"}),
        ("Terms/Query", {"id", "code", "description", "value", "isDefault"}),
        ("Projects/Query", {"id", "code", "name", "isActive", "hasChildren", "contractSum"}),
        ("StockLocations/Query", {"id", "code", "name", "isActive"}),
        ("Currencies/Query", {"id", "code", "description", "rate"}),
        ("TaxCodes/OutputTax/Query", {"id", "code", "description", "taxType", "rate", "isOutputTax", "isActive"}),
        (
            "AccountCodes/Leaf/Query",
            {"id", "code", "name", "drcr", "isActive", "parentId", "hasChildren", "accountType", "specialCode"},
        ),
    ],
)
def test_every_pick_list_has_the_columns_of_the_reference(qne, path, columns):
    data = qne.get(f"/api/{path}", _top=200).json()["data"]
    assert data["count"] == len(data["value"]) > 0
    assert all(set(row) == columns for row in data["value"])


def test_all_projects_are_a_plain_array(qne):
    assert isinstance(qne.get("/api/Projects/All").json()["data"], list)


def test_a_stock_item_carries_its_own_units(qne):
    tea = qne.get("/api/Stocks/45").json()["data"]
    assert tea["code"] == "TEA-250"
    assert [(unit["id"], unit["code"], unit["rate"], unit["isBase"]) for unit in tea["uoms"]] == [
        (7, "PCS", 1, True),
        (8, "CTN", 12, False),
    ]
    assert qne.get("/api/Stocks/DetailedList", _top=1).json()["data"]["value"][0]["uoms"]
    assert qne.get("/api/Stocks/9999").json()["code"] == "ERR_NOT_FOUND"


def test_tax_rates_are_decimal_factors_and_only_sales_taxes_are_output_taxes(qne):
    rows = qne.get("/api/TaxCodes/OutputTax/Query").json()["data"]["value"]
    assert {row["code"]: row["rate"] for row in rows if row["isActive"]} == {
        "SV-6": 0.06,
        "SV-8": 0.08,
        "ZR": 0,
        "NT": 0,
    }


def test_pages_are_20_by_default_and_200_at_most(qne):
    for number in range(205):
        made(qne, referenceNo=f"P-{number}")
    count = lambda **query: len(qne.get(f"{INVOICES}/List", **query).json()["data"]["value"])  # noqa: E731
    assert [count(), count(_top=100), count(_top=500), count(_top=100, _skip=200)] == [20, 100, 200, 5]
    assert qne.get(f"{INVOICES}/List", _top=1).json()["data"]["count"] == 205


def found(qne, expression, path=f"{INVOICES}/List"):
    return [row["referenceNo"] for row in qne.get(path, _filter=expression).json()["data"]["value"]]


def test_a_reference_is_found_and_an_inner_quote_is_doubled(qne):
    made(qne, referenceNo="WC-1001")
    made(qne, referenceNo="O'Brien")
    assert found(qne, "referenceNo eq 'WC-1001'") == ["WC-1001"]
    assert found(qne, "referenceNo eq 'O''Brien'") == ["O'Brien"]
    assert found(qne, "referenceNo eq 'WC-1001' and isCancelled eq false and customerId eq 12") == ["WC-1001"]
    assert found(qne, "referenceNo eq 'WC-1001' and isCancelled eq true") == []


def test_a_range_of_days_is_found_with_and_without_a_time(qne):
    for day in ("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"):
        made(qne, docDate=day, referenceNo=day)
    january = ["2026-01-01", "2026-01-31"]
    assert found(qne, "docDate ge 2026-01-01T00:00:00Z and docDate le 2026-01-31T23:59:59Z") == january
    assert found(qne, "docDate ge 2026-01-01 and docDate lt 2026-02-01") == january
    assert found(qne, "docDate gt 2026-01-31") == ["2026-02-01"]


def test_lists_are_ordered_on_demand(qne):
    for day in ("2026-01-02", "2026-01-03", "2026-01-01"):
        made(qne, docDate=day, referenceNo=day)
    rows = qne.get(f"{INVOICES}/List", _orderby="docDate desc").json()["data"]["value"]
    assert [row["docDate"] for row in rows] == ["2026-01-03", "2026-01-02", "2026-01-01"]


@pytest.mark.parametrize("field", ["customerCode", "LastModifiedDate", "project.code", "currencyCode", "itemDetails"])
def test_a_filter_on_a_derived_or_unknown_field_breaks_the_server(qne, field):
    assert qne.get(f"{INVOICES}/List", _filter=f"{field} eq 'x'").status_code == 500
    assert qne.get(f"{INVOICES}/List", _orderby=field).status_code == 500


@pytest.mark.parametrize(
    "expression",
    [
        "referenceNo ne 'a'",
        "referenceNo eq 'a' or referenceNo eq 'b'",
        "contains(tolower(docCode),tolower('pi'))",
        "substringof(referenceNo, 'tea')",
        "(referenceNo eq 'a')",
        "referenceNo eq O'Brien",
        "referenceNo eq 'O'Brien'",
        "referenceNo eq 5",
        "customerId eq '12'",
        "docDate ge '2026-01-01'",
        "isCancelled eq 'false'",
        "referenceNo eq 'a' and",
        "referenceNo",
    ],
)
def test_what_the_reference_does_not_name_is_refused_in_a_filter(qne, expression):
    assert qne.get(f"{INVOICES}/List", _filter=expression).status_code == 400


def test_an_unknown_query_option_is_refused(qne):
    assert qne.get(f"{INVOICES}/List", _select="id").status_code == 400
    assert qne.get(f"{INVOICES}/List", _top="many").status_code == 400


# invoices


def test_the_invoice_of_the_reference_is_taken_and_answered_in_its_shape(qne):
    answer = qne.post(f"{INVOICES}/Create", EXAMPLE).json()
    key = answer["data"].pop("id")
    assert len(key) == 36 and answer == {
        **{"type": "API", "success": True, "code": "0000", "message": "OK", "error": None},
        "data": {
            **{"docCode": "INV2601/001", "customerId": 12, "referenceNo": "WC-1001", "netTotalAmount": 106},
            **{"outstandingAmount": 106, "isCancelled": False},
        },
    }


def test_the_smallest_invoice_known_is_taken_and_project_code_is_silently_ignored(qne):
    key = made(
        qne,
        currencyId="LEAVE OUT",
        termCode="30",
        projectId=1,
        projectCode="RETAIL",
        currencyCode="MYR",
        itemDetails=[LINE],
    )["id"]
    invoice_read = read(qne, key)
    assert (invoice_read["projectId"], invoice_read["termId"], invoice_read["currencyCode"]) == (1, 3, "MYR")
    key = made(qne, projectCode="RETAIL")["id"]
    assert read(qne, key)["projectId"] is None


def test_an_invoice_is_read_with_records_beside_its_ids(qne):
    key = qne.post(f"{INVOICES}/Create", EXAMPLE).json()["data"]["id"]
    data = read(qne, key)
    assert data["customer"] == {"id": 12, "code": "700-W001", "name": "Walk-in"}
    row = data["itemDetails"][0]
    assert (row["stock"]["code"], row["uom"]["code"], row["taxCode"]["code"]) == ("TEA-250", "PCS", "SV-6")
    assert (row["subAmount"], row["taxAmount"], row["netAmount"]) == (100, 6, 106)
    assert (data["subtotalAmount"], data["taxTotalAmount"], data["netTotalAmount"]) == (100, 6, 106)
    assert (data["dueDate"], data["status"]) == ("2026-02-14", "Open")


@pytest.mark.parametrize(
    ("changes", "inclusive", "amounts"),
    [
        ({"qty": 1, "unitPrice": 0.92, "taxCodeId": 4}, False, (0.92, 0.06, 0.98)),
        ({"qty": 3, "unitPrice": 33.335, "taxCodeId": 4}, False, (100.01, 6.00, 106.01)),  # 100.005 is rounded up
        ({"qty": 2, "unitPrice": 53, "taxCodeId": 4}, True, (100.00, 6.00, 106.00)),
        ({"qty": 1, "unitPrice": 10, "taxCodeId": 5}, True, (9.26, 0.74, 10.00)),
        ({"qty": 1, "unitPrice": -7.83, "taxCodeId": 4}, False, (-7.83, -0.47, -8.30)),
        ({"qty": 2, "unitPrice": 50, "discount": "5.50", "taxCodeId": 4}, False, (94.50, 5.67, 100.17)),
        ({"qty": 2.125, "unitPrice": 3.33, "taxCodeId": 6}, False, (7.08, 0, 7.08)),
    ],
)
def test_amounts_are_rounded_half_up_per_line(qne, changes, inclusive, amounts):
    rows = [line(**changes), line(unitPrice=20)]
    row = read(qne, made(qne, itemDetails=rows, isTaxInclusive=inclusive)["id"])["itemDetails"][0]
    assert (row["subAmount"], row["taxAmount"], row["netAmount"]) == amounts


def test_money_fields_sent_on_lines_are_worked_out_anew(qne):
    answer = made(qne, itemDetails=[line(subAmount=999, netAmount=1, taxAmount=5)])
    assert answer["netTotalAmount"] == 10


def test_totals_are_the_sums_of_the_rounded_lines(qne):
    rows = [line(qty=1, unitPrice=0.92, taxCodeId=4)] * 3
    data = read(qne, made(qne, itemDetails=rows)["id"])
    assert (data["taxTotalAmount"], data["netTotalAmount"]) == (0.18, 2.94)


def test_foreign_amounts_have_their_twins_in_ringgit(qne):
    data = read(qne, made(qne, currencyId=2, currencyRate=3.4125, customerId=25)["id"])
    assert (data["netTotalAmount"], data["netTotalLocalAmount"], data["currencyCode"]) == (10, 34.13, "SGD")


def test_numbers_run_per_month_of_the_document(qne):
    codes = [made(qne, docDate=day)["docCode"] for day in ("2026-01-15", "2026-01-31", "2026-02-01", "2026-01-01")]
    assert codes == ["INV2601/001", "INV2601/002", "INV2602/001", "INV2601/003"]


def test_a_number_may_be_sent_once_and_the_running_number_steps_over_it(qne):
    assert made(qne, docCode="INV2601/002")["docCode"] == "INV2601/002"
    again = qne.post(f"{INVOICES}/Create", invoice(docCode="INV2601/002"))
    assert again.status_code == 409 and again.json()["code"] != "0000"
    assert [made(qne)["docCode"] for _ in range(2)] == ["INV2601/001", "INV2601/003"]
    made(qne, docCode="INV2602/001")  # dated January
    assert made(qne, docDate="2026-02-01")["docCode"] == "INV2602/002"


def test_a_repeated_reference_is_not_refused_there_is_no_idempotency(qne, server):
    first, second = made(qne, referenceNo="WC-1"), made(qne, referenceNo="WC-1")
    assert first["id"] != second["id"]
    assert server.ledger()["live_invoices_by_reference"] == {"WC-1": 2}


@pytest.mark.parametrize(
    "changes",
    [
        {"customerId": "LEAVE OUT"},
        {"customerId": "12"},
        {"customerId": 999},
        {"customerId": 12.5},
        {"customerId": True},
        {"docDate": "LEAVE OUT"},
        {"docDate": "15/01/2026"},
        {"docDate": "2026-02-30"},
        {"docDate": "2026-01-15T00:00:00"},
        {"currencyId": "LEAVE OUT"},
        {"currencyId": 99},
        {"currencyRate": "LEAVE OUT"},
        {"currencyRate": "1"},
        {"currencyRate": 2},
        {"currencyId": 2, "currencyRate": 0},
        {"termId": 99},
        {"termCode": "NONE"},
        {"projectId": 99},
        {"projectId": 3},
        {"agentId": 99},
        {"stockLocationId": 99},
        {"referenceNo": "x" * 51},
        {"referenceNo": 1001},
        {"description": "x" * 201},
        {"docCode": "x" * 21},
        {"isTaxInclusive": "false"},
        {"id": UNKNOWN_GUID},
        {"itemDetails": []},
        {"itemDetails": {}},
        {"itemDetails": [line(unitPrice=-10)]},
    ],
)
def test_a_wrong_header_is_refused_and_nothing_is_saved(qne, server, changes):
    assert is_refused(qne.post(f"{INVOICES}/Create", invoice(**changes)))
    assert server.ledger()["invoices"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"stockId": "LEAVE OUT"},
        {"stockId": "45"},
        {"stockId": 9999},
        {"uomId": 101},  # a unit of the general list, not of this item
        {"uomId": 1001},  # a unit of another item
        {"qty": "2"},
        {"qty": -1},
        {"qty": "LEAVE OUT"},
        {"unitPrice": "10.00"},
        {"unitPrice": "LEAVE OUT"},
        {"discount": 5},
        {"discount": "five"},
        {"taxCodeId": 99},
        {"taxCodeId": 8},  # ended
        {"taxCodeId": 9},  # for purchases
        {"taxCodeId": 4, "taxRate": 6},
        {"taxRate": 0.06},
        {"isTaxInclusive": True},
        {"description": "x" * 201},
        {"projectId": 99},
        {"stockLocationId": 99},
        {"accountId": UNKNOWN_GUID},
        {"id": UNKNOWN_GUID},
    ],
)
def test_a_wrong_line_is_refused_and_nothing_is_saved(qne, server, changes):
    assert is_refused(qne.post(f"{INVOICES}/Create", invoice(itemDetails=[line(**changes)])))
    assert server.ledger()["invoices"] == []


def test_an_inactive_stock_item_or_customer_is_refused(qne, server):
    server.control("PATCH", "/qne/stocks/45", {"isActive": False})
    assert "inactive" in qne.post(f"{INVOICES}/Create", invoice()).json()["message"]
    server.control("PATCH", "/qne/stocks/45", {"isActive": True})
    server.control("PATCH", "/qne/customers/12", {"isActive": False})
    assert is_refused(qne.post(f"{INVOICES}/Create", invoice()))


@pytest.mark.parametrize("body", ["{", "", "[]", '"x"'])
def test_a_body_that_is_no_json_object_is_refused(qne, body):
    assert qne.post(f"{INVOICES}/Create", body).status_code == 400


def test_texts_at_their_limits_and_in_any_script_come_back_unchanged(qne):
    words = "陶瓷 🌸 O'Brien".ljust(200, "ß")
    key = made(qne, referenceNo="R" * 50, description=words)["id"]
    assert (read(qne, key)["referenceNo"], read(qne, key)["description"]) == ("R" * 50, words)


def test_a_closed_period_refuses_new_documents_and_changes(qne, server):
    old = made(qne)
    server.settings("qne", closed_until="2026-01-31")
    for path, body in (
        ("Create", invoice()),
        ("Update", invoice(id=old["id"])),
        ("Void", {"id": old["id"], "reason": "late"}),
    ):
        assert qne.post(f"{INVOICES}/{path}", body).json()["code"] == "ERR_PERIOD_CLOSED"
    assert made(qne, docDate="2026-02-01")


def test_the_template_shows_the_names_and_the_company_defaults(qne):
    template = qne.get(f"{INVOICES}/New").json()["data"]
    assert (template["id"], template["currencyId"], template["currencyRate"]) == (ZERO_GUID, 1, 1)
    assert {"docCode", "agentId", "stockLocationId", "referenceNo"} <= set(template)
    assert {"stockLocationId", "tariffCodeId", "uomId"} <= set(template["itemDetails"][0])


def test_an_invoice_overlaid_on_the_template_is_taken(qne):
    template = qne.get(f"{INVOICES}/New").json()["data"]
    rows = [template["itemDetails"][0] | {"stockId": 45, "uomId": 7, "unitPrice": 5}]
    key = qne.post(f"{INVOICES}/Create", template | {"customerId": 12, "itemDetails": rows}).json()["data"]["id"]
    assert read(qne, key)["stockLocationId"] == 1


def test_names_can_be_left_out_of_the_template(qne, server):
    server.settings("qne", template_without=["agentId", "docCode"])
    assert not {"agentId", "docCode"} & set(qne.get(f"{INVOICES}/New").json()["data"])


def test_an_update_replaces_the_document_and_lines_keep_their_ids(qne):
    key = made(qne, itemDetails=[line(), line(unitPrice=20)])["id"]
    whole = read(qne, key)
    kept = whole["itemDetails"][1]
    changed = whole | {"itemDetails": [kept | {"qty": 3}], "description": "changed"}
    answer = qne.post(f"{INVOICES}/Update", changed).json()["data"]
    assert (answer["id"], answer["docCode"], answer["netTotalAmount"]) == (key, "INV2601/001", 60)
    assert [row["id"] for row in read(qne, key)["itemDetails"]] == [kept["id"]]


def test_an_update_of_an_unknown_or_cancelled_invoice_or_of_a_foreign_line_is_refused(qne):
    first, second = made(qne), made(qne)
    foreign = read(qne, second["id"])["itemDetails"][0]["id"]
    assert qne.post(f"{INVOICES}/Update", invoice(id=UNKNOWN_GUID)).json()["code"] == "ERR_NOT_FOUND"
    assert is_refused(qne.post(f"{INVOICES}/Update", invoice(id=first["id"], itemDetails=[line(id=foreign)])))
    qne.post(f"{INVOICES}/Void", {"id": first["id"], "reason": "x"})
    assert is_refused(qne.post(f"{INVOICES}/Update", invoice(id=first["id"])))


def test_a_voided_invoice_stays_in_the_list_and_can_be_restored(qne):
    key = made(qne, referenceNo="V-1")["id"]
    assert (
        qne.post(f"{INVOICES}/Void", {"id": key, "reason": "cancelled by buyer"}).json()["data"]["isCancelled"] is True
    )
    assert found(qne, "referenceNo eq 'V-1'") == ["V-1"] and read(qne, key)["outstandingAmount"] == 0
    assert is_refused(qne.post(f"{INVOICES}/Void", {"id": key, "reason": "again"}))
    assert qne.post(f"{INVOICES}/Devoid", {"id": key}).json()["data"]["isCancelled"] is False
    assert read(qne, key)["outstandingAmount"] == 10
    assert is_refused(qne.post(f"{INVOICES}/Devoid", {"id": key}))


def test_a_void_needs_an_id_and_a_reason(qne):
    key = made(qne)["id"]
    assert is_refused(qne.post(f"{INVOICES}/Void", {"id": key}))
    assert qne.post(f"{INVOICES}/Void", {"reason": "x"}).json()["code"] == "ERR_NOT_FOUND"


def test_a_deleted_invoice_is_http_200_with_err_not_found(qne, server):
    key = made(qne)["id"]
    server.control("DELETE", f"/qne/invoices/{key}")
    reply = qne.get(f"{INVOICES}/{key}")
    assert (reply.status_code, reply.json()["code"]) == (200, "ERR_NOT_FOUND")


@pytest.mark.parametrize("shape", ["array", "value", "text"])
def test_the_postings_of_an_invoice_balance(qne, server, shape):
    server.settings("qne", gl_posting_as=shape)
    rows = [line(unitPrice=33.335, qty=3, taxCodeId=4)]
    key = made(qne, itemDetails=rows, currencyId=2, currencyRate=3.4125)["id"]
    data = qne.get(f"{INVOICES}/GLPosting", key=key).json()["data"]
    entries = {"array": lambda: data, "value": lambda: data["value"], "text": lambda: json.loads(data)}[shape]()
    assert set(entries[0]) == {"accountCode", "accountName", "debitLocal", "creditLocal"}
    assert round(sum(entry["debitLocal"] - entry["creditLocal"] for entry in entries), 2) == 0
    assert entries[0]["debitLocal"] == 361.76  # 106.01 x 3.4125


# receipts


def knocked(key, amount=10, total=10, kind="INV"):
    return [{"docType": kind, "docId": key, "amount": total, "paymentAmount": amount}]


def paid(qne, **changes):
    return qne.post(f"{RECEIPTS}/Create", receipt(**changes))


def test_the_receipt_of_the_reference_is_taken_and_knocks_its_invoice_off(qne):
    key = qne.post(f"{INVOICES}/Create", EXAMPLE).json()["data"]["id"]
    body = EXAMPLE_RECEIPT.replace("5b1c2c1e-0000-4000-8000-0000000000a1", key)
    data = qne.post(f"{RECEIPTS}/Create", body).json()["data"]
    assert len(data["id"]) == 36 and data["docCode"] == "OR2601/001" and data["totalAmount"] == 106
    assert (read(qne, key)["outstandingAmount"], read(qne, key)["status"]) == (0, "Paid")
    assert qne.post(f"{INVOICES}/IsKnockedoff", {"id": key}).json()["data"] is True


def test_a_receipt_without_knock_off_is_unapplied_and_its_detail_shows_the_account(qne):
    key = paid(qne).json()["data"]["id"]
    detail = qne.get(f"{RECEIPTS}/{key}").json()["data"]
    assert (detail["status"], detail["outstandingAmount"], detail["isCancelled"]) == ("Unapplied", 106, False)
    assert detail["account"] == {
        **{"id": BANK, "code": "310-1000", "name": "Maybank current account", "type": "BCA"},
        **{"specialCode": "BAC", "isActive": True},
    }


def test_the_list_of_receipts_shows_neither_knock_off_nor_account_and_its_message_misleads(qne):
    paid(qne)
    answer = qne.get(f"{RECEIPTS}/List", _filter="referenceNo eq 'WC-PAY-77'").json()
    row = answer["data"]["value"][0]
    assert {"id", "docCode", "docDate", "customerCode", "totalAmount"} <= set(row)
    assert not {"knockoff", "account", "accountId", "isCancelled"} & set(row)
    assert "credit note" in answer["message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"docType": "OR"},
        {"docType": "LEAVE OUT"},
        {"customerId": "LEAVE OUT"},
        {"customerId": 999},
        {"currencyId": "LEAVE OUT", "currencyCode": "MYR"},
        {"currencyRate": "LEAVE OUT"},
        {"accountId": "LEAVE OUT"},
        {"accountId": UNKNOWN_GUID},
        {"accountId": "310-1000"},
        {"totalAmount": "106.00"},
        {"totalAmount": -1},
        {"totalAmount": 1.001},
        {"isMultiPayment": True},
        {"referenceNo": "x" * 51},
        {"docDate": "LEAVE OUT"},
    ],
)
def test_a_wrong_receipt_is_refused_and_nothing_is_saved(qne, server, changes):
    assert is_refused(paid(qne, **changes))
    assert server.ledger()["receipts"] == []


def test_only_active_bank_and_cash_accounts_take_money(qne):
    rows = {row["code"]: row["id"] for row in qne.get("/api/AccountCodes/Leaf/Query", _top=200).json()["data"]["value"]}
    taken = {code for code, key in rows.items() if paid(qne, accountId=key).status_code == 200}
    assert taken == {"310-1000", "310-2000", "310-3000", "320-1000"}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (lambda key: knocked(UNKNOWN_GUID), "an unknown document"),
        (lambda key: knocked(key, kind="RF"), "a refund"),
        (lambda key: knocked(key, kind="DN"), "a debit note that is none"),
        (lambda key: knocked(key, amount=10.01), "more than is open"),
        (lambda key: knocked(key, amount=0), "nothing"),
        (lambda key: knocked(key, amount="10"), "money as text"),
        (lambda key: knocked(key, total=9), "a wrong total of the target"),
        (lambda key: knocked(key, amount=5) * 2, "a document twice"),
    ],
)
def test_a_wrong_knock_off_is_refused_and_nothing_is_saved(qne, server, rows, why):
    key = made(qne)["id"]
    assert is_refused(paid(qne, knockoff=rows(key))), why
    ledger = server.ledger()
    assert ledger["receipts"] == [] and ledger["invoices"][0]["outstandingAmount"] == 10


def test_the_applied_total_must_not_exceed_the_receipt(qne):
    key = made(qne)["id"]
    assert is_refused(paid(qne, totalAmount=9.99, knockoff=knocked(key)))


def test_an_invoice_of_another_customer_or_currency_or_a_voided_one_is_not_knocked_off(qne):
    other = made(qne, customerId=21)["id"]
    foreign = made(qne, currencyId=2, currencyRate=3.4)["id"]
    voided = made(qne)["id"]
    qne.post(f"{INVOICES}/Void", {"id": voided, "reason": "x"})
    assert all(is_refused(paid(qne, knockoff=knocked(key))) for key in (other, foreign, voided))


def test_a_part_payment_leaves_the_rest_open_on_both_sides(qne):
    key = made(qne)["id"]
    data = paid(qne, totalAmount=50, knockoff=knocked(key, amount=4)).json()["data"]
    assert (data["outstandingAmount"], data["status"]) == (46, "Partially Applied")
    assert (read(qne, key)["outstandingAmount"], read(qne, key)["status"]) == (6, "Partially Paid")


def test_a_knocked_off_invoice_refuses_void_and_update_until_its_receipt_is_voided(qne):
    key = made(qne)["id"]
    money = paid(qne, knockoff=knocked(key)).json()["data"]["id"]
    assert is_refused(qne.post(f"{INVOICES}/Void", {"id": key, "reason": "x"}))
    assert is_refused(qne.post(f"{INVOICES}/Update", invoice(id=key)))
    assert qne.post(f"{RECEIPTS}/Void", {"id": money, "reason": "x"}).json()["data"]["isCancelled"] is True
    assert qne.post(f"{INVOICES}/IsKnockedoff", [key]).json()["data"] is False
    assert qne.post(f"{INVOICES}/Void", {"id": key, "reason": "x"}).json()["code"] == "0000"


def test_a_later_allocation_replaces_what_the_receipt_had_applied(qne):
    first, second = made(qne)["id"], made(qne)["id"]
    money = paid(qne, totalAmount=15, knockoff=knocked(first)).json()["data"]["id"]
    row = {"customerId": 12, "receiptDocType": "OR", "receiptDocId": money, "docType": "INV"}
    rows = [row | {"docId": first, "paymentAmount": 5}, row | {"docId": second, "paymentAmount": 10}]
    answer = qne.post(f"{RECEIPTS}/UpdateCustomerKnockoff", rows).json()
    assert (answer["code"], answer["data"]) == ("0000", 1)
    assert [read(qne, key)["outstandingAmount"] for key in (first, second)] == [5, 0]
    too_much = [row | {"docId": first, "paymentAmount": 6}, row | {"docId": second, "paymentAmount": 10}]
    assert is_refused(qne.post(f"{RECEIPTS}/UpdateCustomerKnockoff", too_much))
    assert is_refused(qne.post(f"{RECEIPTS}/UpdateCustomerKnockoff", [rows[0] | {"receiptDocType": "AROR"}]))


def test_the_header_total_can_be_ignored_by_switch_so_that_a_receipt_of_zero_is_noticed(qne, server):
    server.settings("qne", receipt_total_from="details")
    assert paid(qne).json()["data"]["totalAmount"] == 0
    assert paid(qne, details=[{"paymentAmount": 106, "amount": 106}]).json()["data"]["totalAmount"] == 106


def test_a_receipts_postings_and_template(qne):
    key = paid(qne).json()["data"]["id"]
    rows = qne.get(f"{RECEIPTS}/GLPosting", key=key).json()["data"]
    assert [(row["accountCode"], row["debitLocal"], row["creditLocal"]) for row in rows] == [
        ("310-1000", 106, 0),
        ("300-0000", 0, 106),
    ]
    template = qne.get(f"{RECEIPTS}/New").json()["data"]
    assert (template["docType"], template["accountId"], template["knockoff"]) == ("AROR", BANK, [])


def changed(qne, key, query="", **changes):
    return qne.post(f"{RECEIPTS}/Update{query}", receipt(id=key, **changes))


def test_an_update_replaces_a_receipt_and_its_knock_off_only_where_that_is_confirmed(qne):
    first, second = made(qne)["id"], made(qne)["id"]
    money = paid(qne, totalAmount=15, knockoff=knocked(first)).json()["data"]
    assert is_refused(changed(qne, money["id"], totalAmount=20, knockoff=knocked(second)))
    answer = changed(qne, money["id"], "?confirmedForKnockOff=true", totalAmount=20, knockoff=knocked(second)).json()
    assert (answer["data"]["docCode"], answer["data"]["outstandingAmount"]) == (money["docCode"], 10)
    assert [read(qne, key)["outstandingAmount"] for key in (first, second)] == [10, 0]
    assert changed(qne, money["id"], totalAmount=25, knockoff=knocked(second)).json()["code"] == "0000"


@pytest.mark.parametrize("way", ["Update", "Void"])
def test_a_receipt_that_the_bank_confirmed_is_changed_only_where_that_is_confirmed(qne, server, way):
    key = paid(qne).json()["data"]["id"]
    server.control("POST", f"/qne/receipts/{key}/reconcile")
    body = receipt(id=key, reason="x")
    assert is_refused(qne.post(f"{RECEIPTS}/{way}?confirmedForBankRecon=false", body))
    assert is_refused(qne.post(f"{RECEIPTS}/{way}?confirmedForBankRecon=maybe", body))
    assert qne.post(f"{RECEIPTS}/{way}?confirmedForBankRecon=true", body).json()["code"] == "0000"


def test_a_cancelled_or_unknown_receipt_is_not_changed(qne):
    key = paid(qne).json()["data"]["id"]
    qne.post(f"{RECEIPTS}/Void", {"id": key, "reason": "x"})
    assert is_refused(changed(qne, key))
    assert changed(qne, UNKNOWN_GUID).json()["code"] == "ERR_NOT_FOUND"


# credit notes (N10)

NOTES = "/api/ARCNs"


@pytest.fixture
def sales(qne):
    """The id of the account that sales are booked to."""
    rows = qne.get("/api/AccountCodes/Leaf/Query", _top=200).json()["data"]["value"]
    return next(row["id"] for row in rows if row["code"] == "500-0000")


def note(account, **changes):
    row = {"accountId": account, "qty": 1, "unitPrice": 10, "description": "Returned"}
    body = {"docType": "ARCN", "docDate": "2026-01-20", "customerId": 12, "currencyId": 1, "currencyRate": 1}
    return body | {"referenceNo": "REFUND-1", "details": [row]} | changes


def credited(qne, account, **changes):
    return qne.post(f"{NOTES}/Create", note(account, **changes))


def test_a_credit_note_made_from_its_template_reduces_what_an_invoice_asks_for(qne, sales):
    key = made(qne)["id"]
    template = qne.get(f"{NOTES}/New").json()["data"]
    assert template["details"][0].keys() >= {"accountId", "qty", "unitPrice", "taxCodeId"}
    body = template | note(sales, knockoff=knocked(key, amount=4))
    data = qne.post(f"{NOTES}/Create", body).json()["data"]
    assert (data["docCode"], data["netTotalAmount"], data["outstandingAmount"]) == ("CN2601/001", 10, 6)
    assert (read(qne, key)["outstandingAmount"], read(qne, key)["status"]) == (6, "Partially Paid")
    assert qne.post(f"{INVOICES}/IsKnockedoff", {"id": key}).json()["data"] is True
    detail = qne.get(f"{NOTES}/{data['id']}").json()["data"]
    assert (detail["customerCode"], detail["knockoff"][0]["docId"], detail["status"]) == (
        "700-W001",
        key,
        "Partially Applied",
    )


def test_the_amounts_of_a_credit_note_are_worked_out_as_those_of_an_invoice(qne, sales):
    row = {"accountId": sales, "qty": 3, "unitPrice": 33.335, "discount": "1.00", "taxCodeId": 4, "taxRate": 0.06}
    key = credited(qne, sales, details=[row]).json()["data"]["id"]
    detail = qne.get(f"{NOTES}/{key}").json()["data"]
    assert (detail["subtotalAmount"], detail["taxTotalAmount"], detail["netTotalAmount"]) == (99.01, 5.94, 104.95)


def test_the_postings_of_a_credit_note_take_the_sale_and_its_tax_back(qne, sales):
    row = {"accountId": sales, "qty": 1, "unitPrice": 10, "taxCodeId": 4}
    key = credited(qne, sales, details=[row]).json()["data"]["id"]
    rows = qne.get(f"{NOTES}/GLPosting", key=key).json()["data"]
    assert [(each["accountCode"], each["debitLocal"], each["creditLocal"]) for each in rows] == [
        ("500-0000", 10, 0),
        ("400-5000", 0.6, 0),
        ("300-0000", 0, 10.6),
    ]


def test_credit_notes_are_found_by_their_reference_and_the_list_shows_no_state(qne, sales):
    credited(qne, sales)
    credited(qne, sales, referenceNo="REFUND-2")
    [row] = qne.get(f"{NOTES}/List", _filter="referenceNo eq 'REFUND-1'").json()["data"]["value"]
    assert row["netTotalAmount"] == 10
    assert not {"knockoff", "isCancelled", "details"} & set(row)


def test_a_voided_credit_note_gives_back_what_it_knocked_off_and_can_be_restored_unapplied(qne, sales):
    key = made(qne)["id"]
    own = credited(qne, sales, knockoff=knocked(key)).json()["data"]["id"]
    assert qne.post(f"{NOTES}/Void", {"id": own, "reason": "x"}).json()["data"]["isCancelled"] is True
    assert read(qne, key)["outstandingAmount"] == 10
    restored = qne.post(f"{NOTES}/Devoid", {"id": own, "reason": "x"}).json()["data"]
    assert (restored["isCancelled"], restored["outstandingAmount"]) == (False, 10)


def test_an_update_replaces_a_credit_note_and_keeps_its_number_and_line_ids(qne, sales):
    data = credited(qne, sales, docCode="CN-1").json()["data"]
    [kept] = qne.get(f"{NOTES}/{data['id']}").json()["data"]["details"]
    rows = [{"id": kept["id"], "accountId": sales, "qty": 2, "unitPrice": 10}]
    answer = qne.post(f"{NOTES}/Update", note(sales, id=data["id"], details=rows)).json()["data"]
    assert (answer["docCode"], answer["netTotalAmount"]) == ("CN-1", 20)
    assert is_refused(qne.post(f"{NOTES}/Update", note(sales, id=data["id"], details=[rows[0] | {"id": BANK}])))


@pytest.mark.parametrize(
    "changes",
    [
        {"docType": "CN"},
        {"customerId": 999},
        {"currencyRate": 2},
        {"details": []},
        {"details": [{"qty": 1, "unitPrice": 10}]},
        {"details": [{"accountId": UNKNOWN_GUID, "qty": 1, "unitPrice": 10}]},
        {"details": [{"accountId": BANK, "qty": -1, "unitPrice": 10}]},
        {"details": [{"accountId": BANK, "qty": 1, "unitPrice": -10}]},
        {"details": [{"accountId": BANK, "qty": 1, "unitPrice": 10, "taxCodeId": 4, "taxRate": 6}]},
        {"knockoff": [{"docType": "INV", "docId": UNKNOWN_GUID, "paymentAmount": 1}]},
        {"docDate": "20 January"},
        {"referenceNo": "x" * 51},
    ],
)
def test_a_wrong_credit_note_is_refused_and_nothing_is_saved(qne, server, sales, changes):
    assert is_refused(credited(qne, sales, **changes))
    assert server.ledger()["credit_notes"] == []


def test_a_credit_note_is_not_applied_beyond_its_total_nor_numbered_twice(qne, sales):
    key = made(qne)["id"]
    assert is_refused(
        credited(qne, sales, details=[{"accountId": sales, "qty": 1, "unitPrice": 9}], knockoff=knocked(key))
    )
    assert credited(qne, sales, docCode="CN-1").json()["code"] == "0000"
    assert credited(qne, sales, docCode="CN-1").status_code == 409


# the tax office


def test_a_validated_e_invoice_is_neither_changed_nor_voided(qne, server, sales):
    own, other = made(qne)["id"], credited(qne, sales).json()["data"]["id"]
    for kind, base, key, body in (
        ("invoices", INVOICES, own, invoice(id=own)),
        ("credit_notes", NOTES, other, note(sales, id=other)),
    ):
        server.control("POST", f"/qne/{kind}/{key}/validate")
        assert qne.get(f"{base}/{key}").json()["data"]["eInvoiceStatus"] == "Valid"
        for way in ("Update", "Void"):
            answer = qne.post(f"{base}/{way}", body | {"reason": "x"})
            assert (answer.status_code, answer.json()["code"]) == (400, "ERR_EINVOICE")


# customers, stock and people


def test_a_stock_item_is_created_once_per_code_and_can_be_sold(qne):
    template = qne.get("/api/Stocks/New").json()["data"]
    new = qne.post("/api/Stocks/Create", template | {"code": "KUIH-BOX", "name": "Kuih raya box"}).json()["data"]
    assert qne.post("/api/Stocks/Create", {"code": "KUIH-BOX", "name": "Another"}).status_code == 409
    [row] = qne.get("/api/Stocks/List", _filter="code eq 'KUIH-BOX'").json()["data"]["value"]
    assert (row["id"], row["baseUOM"], row["balance"]) == (new["id"], "UNIT", 0)
    assert made(qne, itemDetails=[line(stockId=new["id"])])


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"code": ""}, {"code": "x" * 31}, {"name": "x" * 201}, {"baseUOM": "BOX"}]
)
def test_a_wrong_stock_item_is_refused(qne, changes):
    assert is_refused(qne.post("/api/Stocks/Create", {"code": "NEW-1", "name": "N"} | changes))


def test_a_customer_is_created_once_per_code(qne):
    template = qne.get("/api/Customers/New").json()["data"]
    body = template | {"code": "300-N0001", "name": "Ngô Thị Hương"}
    new = qne.post("/api/Customers/Create", body).json()["data"]
    assert qne.get(f"/api/Customers/{new['id']}").json()["data"]["name"] == "Ngô Thị Hương"
    assert qne.post("/api/Customers/Create", body).status_code == 409
    assert made(qne, customerId=new["id"])


@pytest.mark.parametrize("changes", [{"name": ""}, {"code": ""}, {"name": "x" * 101}, {"currencyCode": "XXX"}])
def test_a_wrong_customer_is_refused(qne, changes):
    body = {"code": "300-N0002", "name": "N"} | changes
    assert is_refused(qne.post("/api/Customers/Create", body))


def test_people_can_add_edit_void_and_delete_documents(qne, server):
    key = server.control("POST", "/qne/invoices", invoice(referenceNo="BY-HAND"))["id"]
    assert server.ledger()["invoices"][0]["by_person"] is True
    qne.post(f"{RECEIPTS}/Create", receipt(knockoff=knocked(key)))
    edited = server.control("PATCH", f"/qne/invoices/{key}", {"itemDetails": [line(unitPrice=12)]})
    assert (edited["netTotalAmount"], edited["outstandingAmount"]) == (12, 2)
    own = made(qne)["id"]
    assert server.control("POST", f"/qne/invoices/{own}/void")["isCancelled"] is True
    server.control("DELETE", f"/qne/invoices/{own}")
    assert [row["id"] for row in server.ledger()["invoices"]] == [key]
