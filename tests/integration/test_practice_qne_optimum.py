"""The imitated QNE Optimum is as strict as qne.md Part B says the real one is. Real HTTP on loopback."""

import json
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
import requests

from tests.practice_fixture import start_practice

INVOICES, CUSTOMERS = "/api/SalesInvoices", "/api/Customers"
UNKNOWN_GUID = "5b1c2c1e-0000-4000-8000-0000000000ff"
LINE = {"numbering": "1", "stock": "TEA-250", "description": "Tea 250 g", "qty": 2, "uom": "PCS", "unitPrice": 50}

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True) as practice:
        yield practice


@pytest.fixture
def books(server):
    """Calls with the DbCode: `get(path, **query)` and `send(verb, path, body)` give the reply."""
    server.reset()
    given = server.line["qne_optimum"]
    with requests.Session() as session:
        session.trust_env = False
        session.headers["DbCode"] = given["db_code"]

        def get(path, headers=None, **query):
            params = {name.replace("_", "$"): value for name, value in query.items()}
            return session.get(given["base_url"] + path, params=params, headers=headers, timeout=10)

        def send(verb, path, body):
            return session.request(verb, given["base_url"] + path, json=body, timeout=10)

        yield SimpleNamespace(get=get, send=send)


def invoice(**changes):
    body = {"invoiceDate": "2026-01-15T00:00:00", "customer": "700-W001", "referenceNo": "WC-1001", "details": [LINE]}
    return {name: value for name, value in (body | changes).items() if value != "LEAVE OUT"}


def line(**changes):
    return {name: value for name, value in (LINE | changes).items() if value != "LEAVE OUT"}


def made(books, **changes):
    reply = books.send("POST", INVOICES, invoice(**changes))
    assert reply.status_code == 200, reply.text
    return reply.json()


def is_refused(reply, status=400):
    answer = reply.json()
    return reply.status_code == status and isinstance(answer, dict) and bool(answer["message"])


# connecting and lists


@pytest.mark.parametrize("name", ["DbCode", "dbcode", "DBCODE"])
def test_the_db_code_opens_the_company_whatever_the_case_of_its_header(books, server, name):
    code = server.line["qne_optimum"]["db_code"]
    assert "version" in books.get("/api/System/Version", headers={"DbCode": None, name: code}).json()


@pytest.mark.parametrize("code", [None, "", "WRONG"])
def test_a_call_without_the_right_db_code_is_401(books, code):
    assert is_refused(books.get("/api/System/Version", headers={"DbCode": code}), 401)
    assert is_refused(books.get(CUSTOMERS, headers={"DbCode": code}), 401)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("Customers", "companyCode"),
        ("Stocks", "stockCode"),
        ("UOMs", "uomCode"),
        ("StockLocation", "locationCode"),
        ("TaxCodes/OutputTaxCodes", "taxCode"),
        ("Terms", "termCode"),
        ("Agents", "agentCode"),
    ],
)
def test_lists_are_bare_arrays_of_records_with_codes_and_guids(books, path, code):
    rows = books.get(f"/api/{path}").json()
    assert isinstance(rows, list) and rows
    assert all(row[code] and len(row["id"]) == 36 for row in rows)


def test_the_units_of_a_stock_item_are_a_list_of_their_own(books):
    [tea] = books.get("/api/Stocks", _filter="stockCode eq 'TEA-250'").json()
    assert "uoms" not in tea
    assert [row["uomCode"] for row in books.get(f"/api/Stocks/{tea['id']}/UOMS").json()] == ["PCS", "CTN"]


def test_a_page_has_50_rows_by_default_and_100_at_most(books):
    for number in range(101):
        made(books, referenceNo=f"R-{number:03}")
    assert len(books.get(INVOICES).json()) == 50
    assert len(books.get(INVOICES, _top=500).json()) == 100
    assert [row["referenceNo"] for row in books.get(INVOICES, _top=100, _skip=100).json()] == ["R-100"]


FILTERS = [
    ("referenceNo eq 'A'", ["A"]),
    ("referenceNo in ('A','C''D')", ["A", "C'D"]),
    ("referenceNo ne 'A'", ["B", "C'D"]),
    ("referenceNo eq 'A' and customer eq '700-W001'", ["A"]),
    ("invoiceDate gt 2026-01-15T00:00:00", ["B"]),
    ("isCancelled eq false", ["A", "B", "C'D"]),
]


@pytest.mark.parametrize(("expression", "found"), FILTERS)
def test_the_operators_of_the_reference_are_taken(books, expression, found):
    for reference, day in (("A", "15"), ("B", "16"), ("C'D", "15")):
        made(books, referenceNo=reference, invoiceDate=f"2026-01-{day}T00:00:00")
    assert [row["referenceNo"] for row in books.get(INVOICES, _filter=expression).json()] == found


@pytest.mark.parametrize("expression", ["contains(referenceNo,'A')", "referenceNo like 'A'", "nothing eq 'A'", "eq"])
def test_what_the_reference_does_not_name_is_refused_with_an_object_where_an_array_was_expected(books, expression):
    made(books)
    assert is_refused(books.get(INVOICES, _filter=expression))


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [("DELETE", INVOICES, 405), ("POST", "/api/Stocks", 405), ("GET", "/api/Receipts", 404), ("GET", "/api", 404)],
)
def test_wrong_verbs_and_paths_have_no_words(books, verb, path, status):
    reply = books.send(verb, path, None)
    assert (reply.status_code, reply.text) == (status, "")


def test_a_folder_of_before_gets_the_company_and_its_code_and_keeps_its_other_keys(tmp_path):
    with start_practice(empty=True, data=tmp_path) as practice:
        before = practice.line["qne"]["api_key"]
        practice.stop()
        with closing(sqlite3.connect(tmp_path / "practice.sqlite3", isolation_level=None)) as file:
            [[body]] = file.execute("SELECT body FROM records WHERE kind = 'meta'").fetchall()
            keys = {name: key for name, key in json.loads(body).items() if name != "db_code"}
            file.execute("UPDATE records SET body = ? WHERE kind = 'meta'", [json.dumps(keys).encode()])
            file.execute("DELETE FROM records WHERE kind LIKE 'qne_optimum.%'")
        practice.start()
        given = practice.line["qne_optimum"]
        reply = requests.get(given["base_url"] + CUSTOMERS, headers={"DbCode": given["db_code"]}, timeout=10)
        assert reply.json() and practice.line["qne"]["api_key"] == before
        practice.restart()
        assert practice.line["qne_optimum"] == given


# invoices


def test_an_invoice_by_codes_is_taken_and_its_lines_are_worked_out(books):
    answer = made(books, details=[line(taxCode="SV-6"), line(unitPrice="3.335", qty="3")])
    read = books.get(f"{INVOICES}/{answer['id']}").json()
    assert read == answer
    assert [(row["amount"], row["taxAmount"], row["netAmount"]) for row in read["details"]] == [
        (100, 6, 106),
        (10.01, 0, 10.01),
    ]


def test_a_head_in_the_list_shows_no_lines_and_no_total(books):
    made(books)
    [head] = books.get(INVOICES).json()
    assert head["referenceNo"] == "WC-1001"
    assert not {"details", "netTotalAmount", "totalAmount"} & set(head)


def test_fields_that_the_reference_does_not_name_are_silently_ignored(books):
    assert not {"currency", "term"} & set(made(books, currency="SGD", currencyRate=3.4, term="30"))


@pytest.mark.parametrize(("how", "keys"), [("document", True), ("id", {"id"}), ("nothing", None)])
def test_an_answer_may_say_more_or_less(books, server, how, keys):
    server.settings("qne_optimum", create_answers=how)
    reply = books.send("POST", INVOICES, invoice())
    assert reply.status_code == 200
    if keys is None:
        assert reply.text == ""
    else:
        assert keys is True or set(reply.json()) == keys


def test_an_update_is_a_put_on_the_collection_and_keeps_number_and_line_ids(books):
    answer = made(books)
    kept = answer["details"][0]["id"]
    body = invoice(id=answer["id"], details=[line(id=kept, qty=3), line()])
    changed = books.send("PUT", INVOICES, body).json()
    assert (changed["id"], changed["invoiceCode"]) == (answer["id"], answer["invoiceCode"])
    assert [row["id"] == kept for row in changed["details"]] == [True, False]
    assert is_refused(books.send("PUT", INVOICES, invoice(id=UNKNOWN_GUID)), 404)
    assert is_refused(books.send("PUT", INVOICES, invoice(id=answer["id"], details=[line(id=UNKNOWN_GUID)])))


def test_a_repeated_reference_is_not_refused_there_is_no_idempotency(books, server):
    made(books)
    made(books)
    assert [row["referenceNo"] for row in server.control("GET", "/ledger/qne_optimum")["invoices"]] == ["WC-1001"] * 2


@pytest.mark.parametrize(
    "changes",
    [
        {"customer": "NOBODY"},
        {"customer": "LEAVE OUT"},
        {"invoiceDate": "2026-01-15"},
        {"invoiceDate": "LEAVE OUT"},
        {"stockLocation": "MOON"},
        {"stockLocation": "OLD"},
        {"referenceNo": "x" * 51},
        {"details": []},
        {"details": [line(stock="NOTHING")]},
        {"details": [line(stock="MUG-OLD")]},
        {"details": [line(uom="KG")]},
        {"details": [line(taxCode="IM-6")]},
        {"details": [line(taxCode="SR")]},
        {"details": [line(qty="two")]},
        {"details": [line(qty=-1)]},
        {"details": [line(unitPrice=-1)]},
        {"id": UNKNOWN_GUID},
    ],
)
def test_a_wrong_invoice_is_refused_and_nothing_is_saved(books, server, changes):
    assert is_refused(books.send("POST", INVOICES, invoice(**changes)))
    assert server.control("GET", "/ledger/qne_optimum")["invoices"] == []


def test_references_can_be_made_invisible_by_switches(books, server):
    made(books)
    server.settings("qne_optimum", references_found=False)
    assert books.get(INVOICES, _filter="referenceNo eq 'WC-1001'").json() == []
    server.settings("qne_optimum", references_found=True, references_listed=False)
    [row] = books.get(INVOICES, _filter="referenceNo eq 'WC-1001'").json()
    assert "referenceNo" not in row


# customers


def test_a_customer_is_created_once_per_code_and_changed_by_its_id(books):
    body = {"companyCode": "300-N1", "companyName": "Ngô Thị Hương", "email": "h@example.com", "status": "ACTIVE"}
    new = books.send("POST", CUSTOMERS, body).json()
    assert is_refused(books.send("POST", CUSTOMERS, body), 409)
    changed = books.send("PUT", CUSTOMERS, {"id": new["id"], "companyName": "Ngô Hương"}).json()
    assert (changed["companyName"], changed["email"], changed["companyCode"]) == (
        "Ngô Hương",
        "h@example.com",
        "300-N1",
    )
    assert books.get(f"{CUSTOMERS}/{new['id']}").json() == changed
    assert made(books, customer="300-N1")


@pytest.mark.parametrize("changes", [{"companyName": ""}, {"companyCode": ""}, {"companyName": "x" * 101}])
def test_a_wrong_customer_is_refused(books, changes):
    assert is_refused(books.send("POST", CUSTOMERS, {"companyCode": "300-N2", "companyName": "N"} | changes))


def test_an_inactive_customer_takes_no_invoice(books, server):
    [row] = books.get(CUSTOMERS, _filter="companyCode eq '700-W001'").json()
    server.control("PATCH", f"/qne_optimum/customers/{row['id']}", {"status": "INACTIVE"})
    assert is_refused(books.send("POST", INVOICES, invoice()))


@pytest.mark.parametrize(
    ("fault", "status"),
    [("token_expired", 401), ("forbidden_403", 403), ("duplicate", 409), ("refuse", 400), ("status_429", 429)],
)
def test_mishaps_speak_in_objects(books, server, fault, status):
    server.faults(fault, "qne_optimum", path=INVOICES)
    assert is_refused(books.get(INVOICES), status)
