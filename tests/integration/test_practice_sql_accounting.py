"""The imitated SQL Account: its company, lists, people, mishaps and keys, as sql-accounting.md has them. Real HTTP."""

import json
import sqlite3
import time

import pytest
import requests

from tests.practice_fixture import start_practice
from tests.sql_books import INVOICE, LOCKED, Caller, invoice, knocks, line, owed, paid, payment, picked, says, without

SECRETS = {"smtp_uri", "googlemapsapikey", "myinvois_productioncred", "myinvois_sandboxcred", "peppolapikey"}

pytestmark = pytest.mark.feature("P11", "P3")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True) as practice:
        yield practice


@pytest.fixture
def books(server):
    """Calls the API: `books.get(path, **query)`, `post`, `put` and `delete` give the reply."""
    server.reset()
    with Caller(server) as made:
        yield made


# the company


def test_version_health_and_profile_answer_and_the_profile_holds_secrets(books):
    assert books.get("/version").json()["data"][0]["version"]
    assert books.get("/healthcheck").status_code == 200
    profile = books.one("/profile")
    assert picked(profile, "companyname", "country") == ("Practice Trading Sdn Bhd", "MY") and profile["tin"]
    assert all(profile[name] for name in SECRETS) and books.one("/profile/1") == profile


def test_a_denied_path_is_403_by_switch(books, server):
    server.settings("sql_accounting", denied=["/customer*"])
    assert says(books.get("/customer"), "Forbidden", 403) and books.get("/agent").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nosuch", 404),
        ("GET", "/salesinvoice/999", 404),
        ("GET", "/stockitem/TEA-250", 404),
        ("PATCH", "/salesinvoice/1", 405),
        ("POST", "/tax", 405),
        ("PUT", "/account/500-000", 405),
        ("DELETE", "/pmmethod/310-001", 405),
        ("POST", "/customerinvoice", 405),
        ("PUT", "/customerinvoice/1", 405),
        ("POST", "/customercreditnote", 405),
        ("DELETE", "/profile/1", 405),
    ],
)
def test_what_is_not_there_or_read_only_says_so(books, method, path, status):
    reply = books.ask(method, path, {"code": "X"} if method in ("POST", "PUT") else None)
    assert reply.status_code == status and reply.json()["message"]


# lists


LISTS = [
    ("customer", "300-W0001", {"code", "companyname", "creditterm", "currencycode", "lastmodified", "status"}),
    ("agent", "AISYAH", {"code", "description", "isactive"}),
    ("area", "NORTH", {"code", "description", "isactive"}),
    ("project", "ONLINE", {"code", "description", "projectvalue", "isactive"}),
    ("stockitem", "TEA-250", {"dockey", "code", "description", "stockgroup", "serialnumber", "isactive"}),
    ("stockgroup", "DEFAULT", {"code", "sales", "salesreturned", "lastmodified"}),
    ("location", "HQ", {"code", "description", "isactive"}),
    ("terms", "30 Days", {"code", "termday", "isactive"}),
    ("tax", "SV-6", {"autokey", "code", "taxrate", "outputtax", "isactive", "lastmodified"}),
    ("account", "500-000", {"dockey", "parent", "code", "acctype", "specialacctype"}),
    ("currency", "SGD", {"code", "isocode", "buyingrate", "sellingrate"}),
    ("pmmethod", "310-001", {"code", "journal", "bankchargeaccount", "currencycode"}),
]


@pytest.mark.parametrize(("name", "code", "fields"), LISTS)
def test_every_list_has_its_fields_and_no_details(books, name, code, fields):
    answer = books.get(f"/{name}", code=code).json()
    [row] = answer["data"]
    assert fields <= set(row) and row["code"] == code
    assert not [field for field in row if field.startswith("sds")]
    assert answer["pagination"] == {"offset": 0, "limit": 50, "total": 1}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/customer/300-W0001", {"sdsbranch"}),
        ("/currency/SGD", {"sdscurrencyrate"}),
        ("/pmmethod/310-001", {"description", "accno"}),
        ("/stockitem/*?code=TEA-250", {"sdsuom", "uom", "refprice", "barcode"}),
    ],
)
def test_some_fields_come_with_the_single_record_only(books, path, fields):
    [record] = books.get(path).json()["data"]
    [row] = books.rows("/" + path.split("/")[1], code=record["code"])
    assert fields <= set(record) and not fields & set(row)


def test_units_belong_to_the_item_and_only_phones_have_serial_numbers(books):
    [tea] = books.rows("/stockitem", code="TEA-250")
    units = [picked(unit, "uom", "rate", "isbase") for unit in books.one(f"/stockitem/{tea['dockey']}")["sdsuom"]]
    assert units == [("PCS", "1.00", True), ("CTN", "12.00", False), ("UNIT", "1.00", False)]
    assert [row["code"] for row in books.rows("/stockitem", serialnumber="true")] == ["PHONE-X"]


def test_codes_are_those_of_the_store_and_none_is_longer_than_the_books_take(books):
    codes = {row["code"] for offset in ("0", "50") for row in books.rows("/stockitem", offset=offset)}
    assert {"MUG-01", "TEA-250", "GIFTSET", "SHIP", "DISC", "MISC"} <= codes and "KUIH-BOX" not in codes
    for name, limit in (("customer", 10), ("tax", 10), ("stockitem", 30), ("account", 10), ("terms", 10)):
        assert all(len(row["code"]) <= limit for row in books.rows(f"/{name}"))


def test_taxes_have_their_percent_and_currencies_their_rates_by_day(books):
    assert {row["code"]: row["taxrate"] for row in books.rows("/tax", outputtax="true", isactive="true")} == {
        **{"SV-6": "6.00", "SV-8": "8.00", "ZR": "0.00", "NT": "0.00"}
    }
    base = books.one("/currency/----")
    assert picked(base, "isocode", "sellingrate") == ("MYR", "1.00")
    rates = [picked(row, "datefrom", "sellingrate") for row in books.one("/currency/SGD")["sdscurrencyrate"]]
    assert rates == [("2020-01-01", "3.3625"), ("2026-01-01", "3.4125")]


def test_never_more_than_fifty_rows_come_and_paging_sees_every_row_once(books):
    for number in range(103):
        books.make(docref1=f"R-{number}")
    pages = [books.rows("/salesinvoice", offset=str(offset)) for offset in (0, 50, 100, 103)]
    assert [len(page) for page in pages] == [50, 50, 3, 0]
    assert len({row["dockey"] for page in pages for row in page}) == 103
    assert [len(books.rows("/salesinvoice", limit=limit)) for limit in ("1", "50", "200")] == [1, 50, 50]
    assert "sdsdocdetail" not in pages[0][0]


def test_a_full_page_can_come_one_row_short_by_switch(books, server):
    for number in range(60):
        books.make(docref1=f"R-{number}")
    server.settings("sql_accounting", short_pages=1)
    offsets = ("50", "0", "49", "0")
    assert [len(books.rows("/salesinvoice", offset=offset)) for offset in offsets] == [10, 49, 11, 50]


@pytest.fixture
def three(books):
    for day, reference, price in (
        ("2026-01-01", "WC #1", "10"),
        ("2026-01-31", "WC #2", "20.5"),
        ("2026-02-01", "X*", "30"),
    ):
        books.make(docdate=day, docref1=reference, sdsdocdetail=[line(unitprice=price)], agent="KUMAR")
    return books


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"docref1": "WC #1"}, ["WC #1"]),
        ({"DocRef1": "WC #1"}, ["WC #1"]),
        ({"docref1": "wc #1"}, []),
        ({"docref1": "*WC*"}, ["WC #1", "WC #2"]),
        ({"docref1": "WC #1~WC #9"}, ["WC #1", "WC #2"]),
        ({"docdate": "2026-01-01~2026-01-31"}, ["WC #1", "WC #2"]),
        ({"docdate": "2026-01-31~2026-12-31", "docref1": "*#*"}, ["WC #2"]),
        ({"docamt": "20.50"}, ["WC #2"]),
        ({"docamt": "20.5"}, ["WC #2"]),
        ({"docamt": "15~40"}, ["WC #2", "X*"]),
        ({"cancelled": "false", "agent": "KUMAR", "code": "300-W0001"}, ["WC #1", "WC #2", "X*"]),
        ({"cancelled": "true"}, []),
        ({"updatecount": "0", "docno": "IV-00003"}, ["X*"]),
        ({"deliveryterm": ""}, ["WC #1", "WC #2", "X*"]),
        ({"irbm_uuid": "x"}, []),
    ],
)
def test_a_list_is_filtered_by_any_header_field(three, query, found):
    assert [row["docref1"] for row in three.rows("/salesinvoice", **query)] == found


def test_changes_are_found_by_a_range_of_lastmodified(three):
    rows = three.rows("/salesinvoice")
    last = max(row["lastmodified"] for row in rows)
    assert isinstance(last, int) and abs(last - time.time()) < 60
    assert len(three.rows("/salesinvoice", lastmodified=f"0~{last}")) == 3
    assert three.rows("/salesinvoice", lastmodified=f"{last + 1}~9999999999") == []
    assert three.rows("/customer", lastmodified=f"{last}~9999999999") == []


def test_an_older_version_takes_every_filter_literally(three, server):
    server.settings("sql_accounting", plain_filters=True)
    found = [three.rows("/salesinvoice", docref1=value) for value in ("*WC*", "X*", "WC #1~WC #9")]
    assert [len(rows) for rows in found] == [0, 1, 0]


@pytest.mark.parametrize(
    "query",
    [
        {"docref": "x"},
        {"sdsdocdetail": "x"},
        {"itemcode": "TEA-250"},
        {"docamt": "much"},
        {"docamt": "NaN~5"},
        {"cancelled": "yes"},
        {"updatecount": "1.5"},
        {"offset": "-1"},
        {"offset": "many"},
        {"limit": "x"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(books, query):
    assert says(books.get("/salesinvoice", **query))


def test_what_only_the_single_record_shows_is_no_filter(books):
    assert says(books.get("/stockitem", uom="PCS"), "no field uom")
    assert says(books.get("/customerinvoice", outstanding="0.00"), "no field outstanding")


def test_the_star_path_finds_one_record_by_indexed_fields_only(three):
    [found] = three.get("/salesinvoice/*", docno="IV-00002").json()["data"]
    assert found["docref1"] == "WC #2" and found["sdsdocdetail"]
    assert three.get("/salesinvoice/*", docno="IV-99999").status_code == 404
    for path, query in (
        ("/salesinvoice/*", {"docref1": "WC #1"}),
        ("/agent/*", {"code": "KUMAR"}),
        ("/customer/*", {}),
        ("/customerinvoice/*", {"code": "300-W0001"}),
    ):
        assert says(three.get(path, **query), "indexed")


@pytest.mark.parametrize(("shape", "keys"), [("array", ["data"]), ("object", ["data"]), ("bare", None)])
def test_a_single_record_comes_in_every_shape_that_clients_have_seen(books, server, shape, keys):
    server.settings("sql_accounting", read_as=shape)
    answer = books.get("/agent/KUMAR").json()
    assert keys is None or list(answer) == keys
    record = {"array": lambda: answer["data"][0], "object": lambda: answer["data"], "bare": lambda: answer}[shape]()
    assert record["code"] == "KUMAR"


@pytest.mark.parametrize("shape", ["bare", "object", "array", "nothing"])
def test_the_answer_of_a_write_too(books, server, shape):
    server.settings("sql_accounting", write_as=shape)
    answer = books.post("/salesinvoice", INVOICE).json()
    found = {
        "bare": lambda: answer["docno"],
        "object": lambda: answer["data"]["docno"],
        "array": lambda: answer["data"][0]["docno"],
        "nothing": lambda: answer == {} and "IV-00001",
    }[shape]()
    assert found == "IV-00001" and len(books.rows("/salesinvoice", docref1="WC-1001")) == 1


def test_what_is_missing_can_be_an_empty_list_by_switch(books, server):
    server.settings("sql_accounting", missing_as="empty")
    reply = books.get("/salesinvoice/999")
    assert (reply.status_code, reply.json()) == (200, {"data": []})
    assert books.delete("/salesinvoice/999").status_code == 404


@pytest.mark.parametrize("form", ["message", "error", "detail", "text"])
def test_a_refusal_comes_in_every_form_that_clients_have_seen(books, server, form):
    server.settings("sql_accounting", error_as=form, refusal_status=422)
    reply = books.post("/salesinvoice", invoice(code="NOBODY"))
    assert reply.status_code == 422
    assert "NOBODY" in (reply.text if form == "text" else reply.json()[form])


# the small lists


def test_a_customer_is_created_once_with_a_branch(books):
    body = {
        **{"code": "300-N0001", "companyname": "Ngô Thị Hương", "creditterm": "30 Days"},
        "sdsbranch": [{"branchtype": "B", "branchname": "BILLING", "address1": "1 Jalan", "email": "h@example.com"}],
    }
    made = books.post("/customer", body).json()
    assert picked(made, "controlaccount", "currencycode", "status", "agent") == ("300-000", "----", "A", "----")
    [branch] = books.one("/customer/300-N0001")["sdsbranch"]
    assert picked(branch, "branchname", "email", "code") == ("BILLING", "h@example.com", "300-N0001")
    assert says(books.post("/customer", body), "already exists") and books.make(code="300-N0001")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"companyname": "LEAVE OUT"}, "Please enter company name"),
        ({"companyname": " "}, "Please enter company name"),
        ({"companyname": "x" * 101}, "100"),
        ({"code": "LEAVE OUT"}, "code is required"),
        ({"code": ""}, "code is required"),
        ({"code": "300-N000001"}, "10"),
        ({"currencycode": "MYR"}, "does not exist"),
        ({"creditterm": "NONE"}, "does not exist"),
        ({"area": "NOWHERE"}, "does not exist"),
        ({"tax": "XX"}, "does not exist"),
        ({"controlaccount": "999-999"}, "does not exist"),
        ({"pricetag": "GOLD"}, "does not exist"),
        ({"email": "h@example.com"}, "Unknown field"),  # lives in sdsbranch
        ({"sdsbranch": [{"address1": "x" * 61}]}, "60"),
        ({"sdsbranch": [{"city": "x" * 51}]}, "50"),
        ({"sdsbranch": "x"}, "array"),
    ],
)
def test_a_wrong_customer_is_refused(books, changes, why):
    assert says(books.post("/customer", without({"code": "300-N0002", "companyname": "N"} | changes)), why)
    assert books.get("/customer/300-N0002").status_code == 404


def test_masters_are_changed_without_an_update_count_and_their_rows_replaced(books):
    assert books.post("/agent", {"code": "JOHN", "description": "John"}).json()["isactive"] is True
    answer = books.put("/agent/JOHN", {"code": "JOHN", "description": "John Lim", "isactive": True}).json()
    assert answer["description"] == "John Lim" and books.one("/agent/JOHN") == answer
    assert says(books.put("/agent/JOHN", {"code": "JIM"}), "code cannot be changed")
    branch = books.one("/customer/300-K0001")["sdsbranch"][0]
    changed = books.put("/customer/300-K0001", {"sdsbranch": [branch | {"phone1": "05-1"}, {"branchname": "SHOP"}]})
    rows = changed.json()["sdsbranch"]
    assert [row["branchname"] for row in rows] == ["BILLING", "SHOP"] and rows[0]["dtlkey"] == branch["dtlkey"]


def test_an_item_is_created_with_its_units(books):
    made = books.post("/stockitem", {"code": "NEW-1", "description": "New"}).json()
    assert picked(made, "uom", "stockgroup", "isactive") == ("UNIT", "DEFAULT", True) and made["dockey"]
    units = [{"uom": "PCS", "rate": "1.00", "isbase": True}, {"uom": "BOX", "rate": "6.00"}]
    changed = books.put(f"/stockitem/{made['dockey']}", {"sdsuom": units}).json()
    assert [unit["uom"] for unit in changed["sdsuom"]] == ["PCS", "BOX"]
    assert says(books.put(f"/stockitem/{made['dockey']}", {"sdsuom": units[1:]}), "base unit")
    [row] = books.make(sdsdocdetail=[line(itemcode="NEW-1", uom="BOX", qty="2")])["sdsdocdetail"]
    assert picked(row, "rate", "sqty") == ("6.00", "12.00")


def test_what_a_document_uses_cannot_be_deleted(books):
    tea = books.rows("/stockitem", code="TEA-250")[0]["dockey"]
    books.make(agent="KUMAR", sdsdocdetail=[line(location="HQ", project="ONLINE")])
    used = (
        "/customer/300-W0001",
        "/agent/KUMAR",
        f"/stockitem/{tea}",
        "/location/HQ",
        "/project/ONLINE",
        "/terms/C.O.D.",
    )
    assert all(says(books.delete(path), "is used") for path in used)
    assert books.delete("/agent/AISYAH").status_code == 200 and books.get("/agent/AISYAH").status_code == 404


# people, faults, the process


def test_people_add_edit_void_and_delete_documents(books, server):
    key = server.control("POST", "/sql_accounting/invoices", invoice(docref1="BY-HAND"))["dockey"]
    rows = {"docamt": "5.00", "unappliedamt": "0.00", "sdsknockoff": knocks(("IV-00001", "5.00"))}
    money = server.control("POST", "/sql_accounting/payments", payment(**rows))["dockey"]
    edited = server.control("PATCH", f"/sql_accounting/invoices/{key}", {"sdsdocdetail": [line(unitprice="12")]})
    assert picked(edited, "docamt", "updatecount") == ("12.00", 1) and owed(books) == ("5.00", "7.00")
    assert says(books.put(f"/salesinvoice/{key}", {"updatecount": 1}), LOCKED, 409)
    with pytest.raises(AssertionError, match="knocked off"):
        server.control("POST", f"/sql_accounting/invoices/{key}/void")
    assert server.control("POST", f"/sql_accounting/payments/{money}/void")["cancelled"] is True
    for what, state in (("void", True), ("unvoid", False)):
        assert server.control("POST", f"/sql_accounting/invoices/{key}/{what}")["cancelled"] is state
    own = books.make()["dockey"]
    server.control("DELETE", f"/sql_accounting/invoices/{own}")
    [left] = server.ledger(system="sql_accounting")["invoices"]
    assert picked(left, "id", "by_person", "docref1") == (key, True, "BY-HAND")
    with pytest.raises(AssertionError, match="400"):
        server.control("POST", "/sql_accounting/invoices", invoice(code="NOBODY"))


def test_people_change_the_lists_too(books, server):
    server.control(
        "POST", "/sql_accounting/taxes", {"autokey": 99, "code": "SV-10", "taxrate": "10.00", "outputtax": True}
    )
    server.control("PATCH", "/sql_accounting/taxes/99", {"isactive": True})
    assert books.make(sdsdocdetail=[line(tax="SV-10")])["docamt"] == "11.00"
    server.control("PATCH", "/sql_accounting/profile/1", {"companyname": "Another Sdn Bhd"})
    assert books.one("/profile")["companyname"] == "Another Sdn Bhd"


def test_the_ledger_tells_what_the_books_hold(books, server):
    made, _ = paid(books, docref1="PAY-1")
    books.make("/salescreditnote", docref1="RF-1", sdsdocdetail=[line(tax="SV-6")])
    books.again(f"/salesinvoice/{books.make(docref1='GONE')['dockey']}", cancelled=True)
    ledger = server.ledger(lines=True, system="sql_accounting")
    [bill, _], [note], [money] = ledger["invoices"], ledger["credit_notes"], ledger["payments"]
    names = ("id", "number", "total", "tax", "customer", "currency", "cancelled", "outstanding", "by_person")
    assert picked(bill, *names) == (made["dockey"], "IV-00001", 10, 0, "300-W0001", "MYR", False, 0, False)
    assert picked(note, "docref1", "total", "tax", "outstanding") == ("RF-1", 10.6, 0.6, 10.6)
    assert picked(money, "docref1", "total", "outstanding") == ("PAY-1", 10, 0)
    assert bill["lines"][0]["itemcode"] == "TEA-250" and money["knock_offs"][0]["docno"] == "IV-00001"
    assert ledger["live_invoices_by_reference"] == {"": 1}
    assert ledger["creates_seen"] == {
        **{"invoices": 2, "credit_notes": 1, "cash_sales": 0, "payments": 1, "refunds": 0}
    }


@pytest.mark.parametrize(
    ("fault", "details", "status", "words"),
    [
        ("lock_conflict", {}, 409, LOCKED),
        ("forbidden_403", {}, 403, "Forbidden"),
        ("token_expired", {}, 403, "Forbidden"),
        ("refuse", {}, 400, "refused"),
        ("refuse", {"message": "Terms is missing"}, 400, "Terms is missing"),
        ("duplicate", {}, 400, "already exists"),
        ("status", {"status": 404}, 404, "Not Found"),
        ("status_429", {"retry_after": 7}, 429, "Too Many"),
        ("html_502", {}, 502, "<html>"),
        ("cloudflare", {}, 522, "<!DOCTYPE html>"),
        ("cloudflare", {"status": 521}, 521, "Web server is down"),
        ("commit_then_524", {}, 524, "A timeout occurred"),
        ("commit_then_502", {}, 502, "<html>"),
    ],
)
def test_a_mishap_is_told_in_words_of_its_own(books, server, fault, details, status, words):
    server.faults(fault, system="sql_accounting", method="POST", path="/salesinvoice", **details)
    reply = books.post("/salesinvoice", INVOICE)
    assert reply.status_code == status and words in reply.text
    assert reply.headers.get("Retry-After") == ("7" if status == 429 else None)
    assert len(server.ledger(system="sql_accounting")["invoices"]) == (1 if fault.startswith("commit") else 0)


@pytest.mark.parametrize(("fault", "saved"), [("drop_before", 0), ("commit_then_close", 1), ("commit_then_reset", 1)])
def test_the_pc_is_off_or_its_answer_is_lost(books, server, fault, saved):
    server.faults(fault, system="sql_accounting", method="POST")
    with pytest.raises(requests.ConnectionError):
        books.post("/salesinvoice", INVOICE)
    assert len(books.rows("/salesinvoice", docref1="WC-1001")) == saved


def test_a_document_may_be_hidden_from_lists_for_a_while(books, server):
    server.faults("eventually_visible", system="sql_accounting", path="/salesinvoice", seconds=1)
    made = books.post("/salesinvoice", INVOICE).json()
    assert books.rows("/salesinvoice", docref1="WC-1001") == [] and books.get(f"/salesinvoice/{made['dockey']}").ok
    time.sleep(1.05)
    assert len(books.rows("/salesinvoice", docref1="WC-1001")) == 1


def test_a_slow_request_that_is_too_old_is_dropped_uncommitted(books, server):
    server.settings("sql_accounting", longest_s=0.3)
    server.faults("slow", system="sql_accounting", method="POST", seconds=0.4)
    with pytest.raises(requests.ConnectionError):
        books.post("/salesinvoice", INVOICE)
    assert books.rows("/salesinvoice") == []


def test_odd_answers_are_still_successes(books, server):
    server.faults("envelope_off", system="sql_accounting", path="/agent/KUMAR")
    assert books.get("/agent/KUMAR").json()["code"] == "KUMAR"
    server.faults("envelope_off", system="sql_accounting", path="/agent")
    assert isinstance(books.get("/agent").json(), list)
    server.faults("misleading_message", system="sql_accounting", path="/salesinvoice")
    answer = books.post("/salesinvoice", INVOICE).json()
    assert answer["docno"] == "IV-00001" and "not found" in answer["message"]


def test_documents_and_keys_outlive_a_kill(tmp_path):
    with start_practice(empty=True, data=tmp_path) as practice:
        with Caller(practice) as books:
            made = books.make()
        before, line_before = practice.ledger(system="sql_accounting"), practice.line
        practice.restart(kill=True)
        after = practice.ledger(system="sql_accounting")
        assert practice.line == line_before and after["invoices"] == before["invoices"]
        practice.reset()
        with Caller(practice) as books:
            assert books.make()["docno"] == made["docno"]


def test_an_older_data_folder_gets_the_keys_and_the_books_that_it_lacks(tmp_path):
    with start_practice(empty=True, data=tmp_path) as practice:
        api_key = practice.qne["api_key"]
        practice.stop()
        forget_sql_accounting(tmp_path)
        practice.start()
        assert practice.qne["api_key"] == api_key
        keys, line_now = practice.line["sql_accounting"], practice.line
        assert len(keys["secret_key"]) == 64 and keys["access_key"].endswith(".sql.my/ACCOUNTAPI")
        with Caller(practice) as books:
            assert books.make()["docno"] == "IV-00001"
        practice.restart()
        assert practice.line == line_now


def forget_sql_accounting(folder):
    """What the folder of a practice before SQL Account held."""
    file = sqlite3.connect(folder / "practice.sqlite3")
    file.execute("DELETE FROM records WHERE kind LIKE 'sql_accounting.%'")
    [(body,)] = file.execute("SELECT body FROM records WHERE kind = 'meta'").fetchall()
    kept = {name: value for name, value in json.loads(body).items() if not name.startswith("sql_accounting")}
    file.execute("UPDATE records SET body = ? WHERE kind = 'meta'", (json.dumps(kept).encode(),))
    file.commit()
    file.close()
