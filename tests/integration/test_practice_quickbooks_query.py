"""The imitated QuickBooks' query language, change data capture and batches are as strict as the reference says."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.practice_fixture import start_practice
from tests.quickbooks_calls import Caller, code, detail

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True, scale=1000) as practice:
        yield practice


@pytest.fixture
def qb(server):
    server.reset()
    return Caller(server)


def asked(qb, words):
    return qb.call("GET", "/query", params={"query": words})


def names(qb, where="", entity="Customer", title="DisplayName"):
    return [row[title] for row in qb.rows(f"SELECT * FROM {entity} {where}")]


# the language


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("WHERE DisplayName = 'D\\'Cruz Stationery'", ["D'Cruz Stationery"]),
        ("where displayname = 'WALK-IN'", ["Walk-in"]),
        (
            "WHERE DisplayName LIKE 'web store%'",
            ["Web store customers", *(f"Web store customers ({c})" for c in ("SGD", "USD"))],
        ),
        ("WHERE DisplayName LIKE '%(sgd)'", ["Web store customers (SGD)"]),
        ("WHERE DisplayName IN ('Walk-in', 'Nobody')", ["Walk-in"]),
        ("WHERE Id = '58'", ["Walk-in"]),
        ("WHERE Id IN ('68', '58', '58', '999')", ["D'Cruz Stationery", "Walk-in"]),
        (
            "WHERE DisplayName LIKE 'W%' AND DisplayName != 'Walk-in' ORDERBY DisplayName DESC MAXRESULTS 1",
            ["Web store customers (USD)"],
        ),
        ("WHERE Active = false", ["Closed customer (deleted)"]),
        ("WHERE Balance > '0'", []),
        ("ORDER BY DisplayName STARTPOSITION 2 MAXRESULTS 2", ["Kopitiam Ah Kow", "Lazada Malaysia customers"]),
    ],
)
def test_what_the_language_can_say(qb, where, found):
    assert names(qb, where) == found


def test_inactive_rows_are_hidden_unless_active_is_asked_for(qb):
    assert len(names(qb)) == 11 and len(names(qb, "WHERE Active IN (true, false)")) == 12
    assert len(names(qb, "WHERE Active = TRUE")) == 11


def test_count_gives_a_number_and_no_rows(qb):
    assert qb.query("SELECT COUNT(*) FROM Customer ") == {"totalCount": 11}
    assert qb.query("select count(*) from Customer where DisplayName = 'Walk-in'") == {"totalCount": 1}


def test_no_hit_leaves_the_key_of_the_entity_out(qb):
    assert qb.query("SELECT * FROM Customer WHERE DisplayName = 'Nobody'") == {}


def test_a_page_has_100_rows_unless_asked_otherwise_and_1000_at_most(qb):
    bodies = [{"bId": str(n), "operation": "create", "Customer": {"DisplayName": f"C{n:04}"}} for n in range(120)]
    for start in range(0, 120, 30):
        qb.call("POST", "/batch", {"BatchItemRequest": bodies[start : start + 30]})
    first = qb.query("SELECT * FROM Customer WHERE DisplayName LIKE 'C0%'")
    assert (len(first["Customer"]), first["startPosition"], first["maxResults"]) == (100, 1, 100)
    rest = qb.query("SELECT * FROM Customer WHERE DisplayName LIKE 'C0%' STARTPOSITION 101")
    assert (len(rest["Customer"]), rest["startPosition"], rest["maxResults"]) == (20, 101, 20)
    assert len(qb.rows("SELECT * FROM Customer MAXRESULTS 1000")) == 131


def test_named_fields_come_alone_and_a_star_brings_all(qb):
    row = qb.rows("SELECT Id, DisplayName FROM Customer WHERE Id = '58'")[0]
    assert set(row) == {"Id", "DisplayName", "domain", "sparse"}
    assert {"Sku", "Name"} <= set(qb.rows("SELECT *, Sku FROM Item MAXRESULTS 1")[0])


def test_times_are_compared_as_instants(qb):
    made = qb.create("Customer", {"DisplayName": "New"})
    moment = datetime.fromisoformat(made["MetaData"]["LastUpdatedTime"])
    same = moment.astimezone(UTC).isoformat()
    assert "New" in names(qb, f"WHERE MetaData.LastUpdatedTime >= '{same}'")
    later = (moment + timedelta(seconds=1)).isoformat()
    assert names(qb, f"WHERE MetaData.CreateTime >= '{later}'") == []


def test_a_raw_plus_in_the_address_is_a_blank_and_no_time(qb):
    reply = qb.call(
        "GET", "/query?query=SELECT * FROM Customer WHERE MetaData.CreateTime > '2026-01-01T00:00:00+08:00'"
    )
    assert code(reply) == "4002"


def test_a_statement_may_be_posted_as_text(qb):
    words = "SELECT * FROM Customer WHERE DisplayName = '志强贸易有限公司'"
    for kind in ("application/text", "text/plain"):
        reply = qb.call("POST", "/query?minorversion=75", data=words.encode(), headers={"Content-Type": kind})
        assert reply.json()["QueryResponse"]["Customer"][0]["DisplayName"] == "志强贸易有限公司"
    reply = qb.call("POST", "/query", data=b"\xff\xfe", headers={"Content-Type": "application/text"})
    assert code(reply) == "500"


@pytest.mark.parametrize(
    "words",
    [
        "",
        "SELECT",
        "SELECT * FROM",
        "UPDATE Customer",
        "SELECT * FROM Customer WHERE",
        "SELECT * FROM Customer WHERE Balance > 0",
        "SELECT * FROM Customer WHERE DisplayName = Walk-in",
        "SELECT * FROM Customer WHERE DisplayName = 'O'Hara'",
        "SELECT * FROM Customer WHERE DisplayName = 'a' OR DisplayName = 'b'",
        "SELECT * FROM Customer WHERE NOT DisplayName = 'a'",
        "SELECT * FROM Customer WHERE DisplayName == 'a'",
        "SELECT * FROM Customer WHERE DisplayName IN ()",
        "SELECT * FROM Customer GROUP BY DisplayName",
        "SELECT * FROM Customer, Item",
        "SELECT COUNT(Id) FROM Customer",
        "SELECT * FROM Customer MAXRESULTS 1.5",
        'SELECT * FROM Customer WHERE DisplayName = "a"',
    ],
)
def test_what_cannot_be_parsed_is_4000(qb, words):
    reply = asked(qb, words)
    assert (reply.status_code, code(reply)) == (400, "4000"), reply.text
    assert detail(reply).startswith("QueryParserError: ")


def test_the_parser_tells_where_it_stopped(qb):
    reply = asked(qb, "SELECT * FROM Purchase WHERE TxnDate TxnDate")
    assert detail(reply).startswith('QueryParserError: Encountered " <IDENTIFIER> "TxnDate "" at line 1, column 38.')


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("SELECT * FROM Customer WHERE NoSuchField = 'x'", "Property NoSuchField not found for Entity Customer"),
        ("SELECT * FROM Customer WHERE CustomerTypeRef = '1'", "property 'CustomerTypeRef' is not queryable"),
        ("SELECT * FROM Invoice WHERE PrivateNote = 'x'", "property 'PrivateNote' is not queryable"),
        ("SELECT * FROM Invoice WHERE Line.Amount = '1'", "property 'Line.Amount' is not queryable"),
        ("SELECT * FROM Invoice ORDERBY PrivateNote", "property 'PrivateNote' is not queryable"),
        ("SELECT NoSuch FROM Invoice WHERE Id = '1'", "Property NoSuch not found for Entity Invoice"),
        ("SELECT * FROM Purchase", "Invalid context declaration: Purchase"),
        ("SELECT * FROM Customer STARTPOSITION 0", "value 0 is too small. Min allowed value is 1"),
        ("SELECT * FROM Customer MAXRESULTS 1001", "value 1001 is too large. Max allowed value is 1000"),
        ("SELECT * FROM Customer WHERE Id > '5'", "Operator > is not supported for property Id"),
        ("SELECT * FROM Customer WHERE Id LIKE '5%'", "Operator LIKE is not supported for property Id"),
        ("SELECT * FROM Customer WHERE Active = 'true'", "Invalid value for property Active"),
        ("SELECT * FROM Customer WHERE DisplayName = true", "Invalid value for property DisplayName"),
    ],
)
def test_what_makes_no_sense_is_4001(qb, words, reason):
    reply = asked(qb, words)
    assert (reply.status_code, code(reply)) == (400, "4001"), reply.text
    assert reason in detail(reply)


@pytest.mark.parametrize("where", ["TxnDate = 'yesterday'", "TotalAmt > 'ten'", "MetaData.CreateTime > 'x'"])
def test_a_literal_of_another_kind_is_4002(qb, where):
    assert code(asked(qb, f"SELECT * FROM Invoice WHERE {where}")) == "4002"


def test_documents_are_found_by_number_day_customer_and_amount(qb):
    qb.invoice(DocNumber="A-1")
    qb.invoice(qb.line(Qty=5), DocNumber="A-2", TxnDate="2026-02-01")
    for where, found in (
        ("DocNumber = 'a-2'", ["A-2"]),
        ("DocNumber IN ('A-1', 'A-2') AND TxnDate < '2026-02-01'", ["A-1"]),
        ("TotalAmt > '50.00'", ["A-2"]),
        ("CustomerRef = '58' AND Balance > '0.0'", ["A-1", "A-2"]),
        ("CustomerRef = '59'", []),
    ):
        assert names(qb, f"WHERE {where}", "Invoice", "DocNumber") == found, where


# change data capture


def changed(qb, entities, since, **more):
    return qb.call("GET", "/cdc", params={"entities": entities, "changedSince": since} | more)


def test_changes_come_whole_and_deleted_ones_last_as_stubs(qb):
    old = qb.create("Customer", {"DisplayName": "Bob's"})
    gone, kept = qb.invoice(DocNumber="1"), qb.invoice(DocNumber="2")
    qb.post("Invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    customers, invoices, payments = changed(qb, "Customer,Invoice,Payment", hour_ago).json()["CDCResponse"][0][
        "QueryResponse"
    ]
    assert old in customers["Customer"] and payments == {}
    whole, stub = invoices["Invoice"]
    assert whole["Id"] == kept["Id"] and whole["Line"] and invoices["totalCount"] == 2
    assert (stub["Id"], stub["status"], stub["domain"], set(stub["MetaData"])) == (
        *(gone["Id"], "Deleted", "QBO"),
        {"LastUpdatedTime"},
    )


def test_nothing_older_than_asked_for_comes(qb):
    soon = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
    assert changed(qb, "Customer", soon).json()["CDCResponse"] == [{"QueryResponse": [{}]}]


def test_a_time_without_an_offset_is_pacific(qb, server):
    made = qb.create("Customer", {"DisplayName": "New"})["MetaData"]["LastUpdatedTime"]
    plain = (datetime.fromisoformat(made) + timedelta(seconds=1)).replace(tzinfo=None)
    assert changed(qb, "Customer", plain.isoformat()).json()["CDCResponse"][0]["QueryResponse"] == [{}]


@pytest.mark.parametrize(
    ("entities", "days", "expected"),
    [
        ("Customer", 31, "2070"),
        ("TaxCode", 1, "2000"),
        ("TaxRate", 1, "2000"),
        ("TaxAgency", 1, "2000"),
        ("Nothing", 1, "2000"),
        ("", 1, "2020"),
    ],
)
def test_too_far_back_and_what_is_not_captured_is_refused(qb, entities, days, expected):
    since = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    assert code(changed(qb, entities, since)) == expected


@pytest.mark.parametrize(("since", "expected"), [("", "2020"), ("soon", "2060")])
def test_changed_since_must_be_a_time(qb, since, expected):
    assert code(changed(qb, "Customer", since)) == expected


# batches


def batch(qb, *items, **query):
    return qb.call("POST", "/batch", {"BatchItemRequest": list(items)}, params=query)


def test_a_batch_answers_every_item_by_itself(qb):
    invoice = qb.invoice()
    reply = batch(
        qb,
        {"bId": "b1", "operation": "create", "Customer": {"DisplayName": "Ada Lovelace"}},
        {"bId": "b2", "operation": "create", "Customer": {"DisplayName": "walk-in"}},
        {"bId": "b3", "operation": "update", "optionsData": "void", "Invoice": {"Id": invoice["Id"], "SyncToken": "0"}},
        {"bId": "b4", "Query": "select * from Item where Sku = 'MUG-01'"},
        {"bId": "b5", "Query": "select * from Nothing"},
        {"bId": "b6", "operation": "delete", "Invoice": {"Id": "999", "SyncToken": "0"}},
    )
    assert reply.status_code == 200
    answers = {item.pop("bId"): item for item in reply.json()["BatchItemResponse"]}
    assert answers["b1"]["Customer"]["DisplayName"] == "Ada Lovelace"
    assert answers["b2"]["Fault"]["Error"][0]["code"] == "6240" and answers["b2"]["Fault"]["type"] == "ValidationFault"
    assert answers["b3"]["Invoice"]["TotalAmt"] == 0
    assert answers["b4"]["QueryResponse"]["Item"][0]["Name"] == "MUG-01"
    assert [answers[key]["Fault"]["Error"][0]["code"] for key in ("b5", "b6")] == ["4001", "610"]


def test_a_number_may_be_doubled_on_demand_in_a_batch(qb):
    qb.invoice(DocNumber="A-1")
    item = {"bId": "1", "operation": "create", "Invoice": qb.sale(DocNumber="A-1")}
    assert batch(qb, item).json()["BatchItemResponse"][0]["Fault"]["Error"][0]["code"] == "6140"
    answer = batch(qb, item | {"optionsData": "allowduplicatedocnum"}).json()["BatchItemResponse"][0]
    assert answer["Invoice"]["DocNumber"] == "A-1"


def test_a_batch_has_30_items_at_most_by_switch(qb, server):
    items = [{"bId": str(n), "Query": "select count(*) from Item"} for n in range(31)]
    assert code(batch(qb, *items)) == "1040"
    assert len(batch(qb, *items[:30]).json()["BatchItemResponse"]) == 30
    server.settings("quickbooks", batch_limit=10)
    assert code(batch(qb, *items[:11])) == "1040"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"operation": "create", "Nonsense": {}}, "2010"),
        ({"operation": "create"}, "2020"),
        ({"operation": "create", "Customer": {"DisplayName": "a"}, "Item": {}}, "2020"),
        ({"operation": "merge", "Customer": {"DisplayName": "a"}}, "2170"),
        ({"operation": "update", "Customer": {"DisplayName": "a"}}, "2020"),
        ({"operation": "create", "Customer": []}, "2010"),
        ({"operation": "void", "CreditMemo": {"Id": "1", "SyncToken": "0"}}, "500"),
    ],
)
def test_a_wrong_item_is_told_in_its_own_fault(qb, item, expected):
    answer = batch(qb, {"bId": "x"} | item).json()["BatchItemResponse"][0]
    assert answer["Fault"]["Error"][0]["code"] == expected


@pytest.mark.parametrize(
    ("bid", "request_id", "expected"),
    [
        ("b" * 10, "r" * 36, None),
        ("b" * 11, "r" * 36, "2130"),
        ("b" * 10, "r" * 37, "2130"),
        ("b" * 36, "", None),
        ("b" * 51, "", "2130"),
        ("", "", "2020"),
    ],
)
def test_the_ids_of_a_batch_have_lengths(qb, bid, request_id, expected):
    item = {"bId": bid, "operation": "create", "Customer": {"DisplayName": "Ada"}}
    reply = batch(qb, item, **({"requestid": request_id} if request_id else {}))
    assert (reply.status_code == 200) if expected is None else (code(reply) == expected)


def test_bids_are_unique(qb):
    item = {"bId": "1", "Query": "select count(*) from Item"}
    assert code(batch(qb, item, item)) == "2020"


def test_a_repeated_batch_replays_the_items_that_were_done(qb, server):
    good = {"bId": "1", "operation": "create", "Customer": {"DisplayName": "Ada"}}
    bad = {"bId": "2", "operation": "create", "Customer": {"DisplayName": "Walk-in"}}
    first = batch(qb, good, bad, requestid="r1").json()["BatchItemResponse"]
    again = batch(qb, good, bad | {"Customer": {"DisplayName": "Bea"}}, requestid="r1").json()["BatchItemResponse"]
    assert again[0] == first[0] and again[1]["Customer"]["DisplayName"] == "Bea"
    assert names(qb, "WHERE DisplayName = 'Ada'") == ["Ada"]


def test_what_is_hidden_for_a_while_is_in_no_list_but_can_be_read(qb, server):
    server.faults("eventually_visible", system="quickbooks", path="*/invoice", seconds=0.3)
    made = qb.invoice(DocNumber="H-1")
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert names(qb, "WHERE DocNumber = 'H-1'", "Invoice", "DocNumber") == []
    assert changed(qb, "Invoice", hour_ago).json()["CDCResponse"][0]["QueryResponse"] == [{}]
    assert qb.read("Invoice", made["Id"])["DocNumber"] == "H-1"
    time.sleep(0.35)
    assert names(qb, "WHERE DocNumber = 'H-1'", "Invoice", "DocNumber") == ["H-1"]
