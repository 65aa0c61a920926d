"""The imitated SQL Account is as strict with sales documents as sql-accounting.md says the real one is. Real HTTP."""

import pytest

from tests.practice_fixture import start_practice
from tests.sql_books import INVOICE, LOCKED, PAYMENT, Caller, invoice, line, picked, says, without

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


# sales invoices


def test_the_invoice_of_the_reference_is_taken_and_answered_in_its_shape(books):
    answer = books.post("/salesinvoice", INVOICE).json()
    assert {name: answer[name] for name in ("dockey", "docno", "code", "docdate", "docamt", "localdocamt")} == {
        **{"dockey": 501, "docno": "IV-00001", "code": "300-W0001", "docdate": "2026-01-15"},
        **{"docamt": "116.00", "localdocamt": "116.00"},
    }
    assert picked(answer, "cancelled", "updatecount", "docref1") == (False, 0, "WC-1001")
    names = ("dtlkey", "dockey", "seq", "qty", "unitprice", "amount", "taxamt", "amountwithtax")
    assert [picked(row, *names) for row in answer["sdsdocdetail"]] == [
        (9001, 501, 1000, "2.00", "50.00", "100.00", "6.00", "106.00"),
        (9002, 501, 2000, "1.00", "10.00", "10.00", "0.00", "10.00"),
    ]
    assert books.one("/salesinvoice/501") == answer


def test_a_handful_of_fields_is_enough_and_the_rest_has_its_defaults(books, server):
    server.control("PATCH", "/sql_accounting/customers/300-S0001", {"agent": "KUMAR"})
    made = books.make(code="300-S0001", docdate="LEAVE OUT")
    assert picked(made, "companyname", "terms", "agent", "area", "project", "currencycode", "currencyrate") == (
        *("Shopee Malaysia customers", "30", "KUMAR", "----", "----", "----", "1.00"),
    )
    assert made["docdate"] == made["postdate"] == made["taxdate"] and made["docdate"] >= "2026-01-01"
    [row] = made["sdsdocdetail"]
    assert picked(row, "uom", "rate", "account", "description", "seq", "project", "location") == (
        *("PCS", "1.00", "500-000", "Tea 250 g", 1000, "----", ""),
    )


def test_a_line_has_the_account_of_its_stock_group_unless_it_names_one(books):
    rows = [line(itemcode="SHIP"), line(), line(account="500-100")]
    assert [r["account"] for r in books.make(sdsdocdetail=rows)["sdsdocdetail"]] == ["500-100", "500-000", "500-100"]
    returned = books.make("/salescreditnote", sdsdocdetail=rows)["sdsdocdetail"]
    assert [row["account"] for row in returned] == ["510-000", "510-000", "500-100"]


@pytest.mark.parametrize(
    ("changes", "amounts"),
    [
        ({"qty": "1", "unitprice": "0.92", "tax": "SV-6"}, ("0.92", "0.06", "0.98")),
        ({"qty": "3", "unitprice": "33.335", "tax": "SV-6"}, ("100.01", "6.00", "106.01")),  # 100.005 is rounded up
        ({"qty": "2", "unitprice": "53", "tax": "SV-6", "taxinclusive": True}, ("100.00", "6.00", "106.00")),
        ({"qty": "1", "unitprice": "10", "tax": "SV-8", "taxinclusive": True}, ("9.26", "0.74", "10.00")),
        ({"qty": "1", "unitprice": "10", "taxinclusive": True}, ("10.00", "0.00", "10.00")),
        ({"qty": "1", "unitprice": "-7.83", "tax": "SV-6"}, ("-7.83", "-0.47", "-8.30")),
        ({"qty": "2.125", "unitprice": "3.33", "tax": "ZR"}, ("7.08", "0.00", "7.08")),
        ({"qty": "2", "unitprice": "50", "tax": "SV-6", "disc": "5.50"}, ("94.50", "5.67", "100.17")),
        ({"qty": "2", "unitprice": "50", "tax": "SV-6", "disc": "10%"}, ("90.00", "5.40", "95.40")),
        ({"qty": "2", "unitprice": "50", "tax": "SV-6", "disc": "10%+5%"}, ("85.50", "5.13", "90.63")),
        ({"qty": "2", "unitprice": "50", "disc": "10%+5"}, ("85.00", "0.00", "85.00")),
        ({"qty": "1", "unitprice": "0.05", "disc": "50%"}, ("0.03", "0.00", "0.03")),
        ({"qty": "1", "unitprice": "0.00000001"}, ("0.00", "0.00", "0.00")),
    ],
)
def test_amounts_are_rounded_half_up_per_line(books, changes, amounts):
    made = books.make(sdsdocdetail=[line(**changes), line(unitprice="20")])
    row = made["sdsdocdetail"][0]
    assert picked(row, "amount", "taxamt", "amountwithtax") == amounts and row["taxableamt"] == amounts[0]
    assert float(made["docamt"]) == round(float(amounts[2]) + 20, 2)


def test_totals_that_a_client_sends_are_ignored(books):
    made = books.make(docamt="1.00", sdsdocdetail=[line(amount="999.00", taxamt="5.00", amountwithtax="1.00")])
    assert (made["docamt"], made["sdsdocdetail"][0]["amount"]) == ("10.00", "10.00")


def test_foreign_amounts_have_their_twins_in_ringgit(books, server):
    made = books.make(code="300-W0002", currencycode="SGD", currencyrate="3.4125")
    assert picked(made, "docamt", "localdocamt", "currencycode") == ("10.00", "34.13", "SGD")
    assert server.ledger(system="sql_accounting")["invoices"][0]["currency"] == "SGD"


def test_numbers_run_on_and_step_over_those_that_were_given_by_hand(books):
    assert books.make(docno="IV-00002")["docno"] == "IV-00002"
    assert [books.make()["docno"] for _ in range(2)] == ["IV-00001", "IV-00003"]
    assert says(books.post("/salesinvoice", invoice(docno="IV-00002")), "already exists")
    assert books.make("/cashsales")["docno"] == "CS-00001"
    assert says(books.post("/cashsales", invoice(docno="IV-00002")), "already exists")  # both are customer invoices


def test_a_repeated_reference_is_not_refused_there_is_no_idempotency(books, server):
    books.make(docref1="WC-1")
    books.make(docref1="WC-1")
    assert server.ledger(system="sql_accounting")["live_invoices_by_reference"] == {"WC-1": 2}


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "LEAVE OUT"},
        {"code": ""},
        {"code": "NOBODY"},
        {"code": 12},
        {"docdate": "15/01/2026"},
        {"docdate": "2026-02-30"},
        {"docdate": "2026-01-15T00:00:00Z"},
        {"currencycode": "MYR"},  # the base currency has no other code than ----
        {"currencycode": "XXX"},
        {"currencycode": "----", "currencyrate": "2.00"},
        {"currencycode": "SGD"},
        {"currencycode": "SGD", "currencyrate": "0.00"},
        {"currencyrate": 1},
        {"terms": "NONE"},
        {"agent": "NOBODY"},
        {"area": "NOWHERE"},
        {"project": "NOTHING"},
        {"project": "OLD"},
        {"shipper": "DHL"},
        {"docno": "x" * 21},
        {"docno": "<<New>>"},
        {"docref1": "x" * 26},
        {"docref1": 1001},
        {"description": "x" * 201},
        {"companyname": "x" * 101},
        {"address1": "x" * 61},
        {"postcode": "x" * 11},
        {"city": "x" * 51},
        {"country": "MYS"},
        {"tin": "x" * 15},
        {"cancelled": "false"},
        {"dockey": 12},
        {"irbm_uuid": "X"},
        {"attachments": "not base64!"},
        {"sdsdocdetail": []},
        {"sdsdocdetail": {}},
        {"sdsdocdetail": [line(unitprice="-10")]},
        {"docDate": "2026-01-15"},
        {"sdsknockoff": []},
        {"projectcode": "ONLINE"},
    ],
)
def test_a_wrong_header_is_refused_and_nothing_is_saved(books, server, changes):
    assert says(books.post("/salesinvoice", invoice(**changes)))
    assert server.ledger(system="sql_accounting")["invoices"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"itemcode": "KUIH-BOX"},
        {"itemcode": "MUG-OLD"},  # inactive
        {"itemcode": "", "description": ""},
        {"uom": "KG"},
        {"uom": "SET"},
        {"qty": "LEAVE OUT"},
        {"qty": 2},
        {"qty": "-1"},
        {"qty": "1.00001"},
        {"qty": "1e2"},
        {"qty": "123456789012345", "unitprice": "0"},
        {"qty": "99999999999999", "unitprice": "9999999999.99999999"},
        {"unitprice": "LEAVE OUT"},
        {"unitprice": 10.5},
        {"unitprice": "0.000000001"},
        {"unitprice": "ten"},
        {"disc": "five"},
        {"disc": "101%"},
        {"disc": "-5"},
        {"disc": "x" * 21},
        {"tax": "XX"},
        {"tax": "SR"},  # ended
        {"tax": "IM-6"},  # for purchases
        {"tax": "SV-6", "taxrate": "8%"},
        {"tax": "SV-6", "taxrate": "6"},
        {"taxrate": "6%"},
        {"taxinclusive": "true"},
        {"location": "NOWHERE"},
        {"location": "OLD"},
        {"project": "OLD"},
        {"account": "999-999"},
        {"account": "310-000"},  # has accounts under it
        {"batch": "B1"},
        {"description": "x" * 201},
        {"remark1": "x" * 201},
        {"item": "TEA-250"},
        {"unitcost": "1.00"},  # of credit notes only
        {"sdsserialnumber": [{"serialnumber": "SN1"}]},
    ],
)
def test_a_wrong_line_is_refused_and_nothing_is_saved(books, server, changes):
    assert says(books.post("/salesinvoice", invoice(sdsdocdetail=[line(**changes)])))
    assert server.ledger(system="sql_accounting")["invoices"] == []


@pytest.mark.parametrize(
    ("kind", "key", "change"),
    [
        ("items", "{tea}", {"isactive": False}),
        ("customers", "300-W0001", {"status": "I"}),
        ("terms", "C.O.D.", {"isactive": False}),
    ],
)
def test_what_a_person_made_inactive_is_refused(books, server, kind, key, change):
    tea = books.rows("/stockitem", code="TEA-250")[0]["dockey"]
    server.control("PATCH", f"/sql_accounting/{kind}/{key.format(tea=tea)}", change)
    assert says(books.post("/salesinvoice", invoice()), "inactive")


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "[{}]"])
def test_a_body_that_is_no_json_object_is_refused(books, body):
    assert says(books.post("/salesinvoice", body))


@pytest.mark.parametrize("body", ["{}", ""])
def test_an_empty_body_breaks_the_server(books, body):
    reply = books.post("/salesinvoice", body)
    assert (reply.status_code, reply.text) == (500, "")


def test_texts_at_their_limits_and_in_any_script_come_back_unchanged(books):
    words = "陶瓷 🌸 O'Brien".ljust(200, "ß")
    made = books.make(docref1="R" * 25, description=words, docno="N" * 20, udf_channel="Shopee")
    assert picked(books.one(f"/salesinvoice/{made['dockey']}"), "docref1", "description", "docno", "udf_channel") == (
        *("R" * 25, words, "N" * 20, "Shopee"),
    )


def serials(*numbers):
    return [{"serialnumber": number} for number in numbers]


@pytest.mark.parametrize(
    ("qty", "numbers", "taken"),
    [
        ("2", ("SN1", "SN2"), True),
        ("2", ("SN1",), False),
        ("1", (), False),
        ("1", ("SN1", "SN2"), False),
        ("2", ("SN1", "SN1"), False),
        ("1", ("",), False),
        ("1", ("S" * 31,), False),
        ("1.5", ("SN1",), False),
    ],
)
def test_an_item_that_is_tracked_needs_as_many_serial_numbers_as_its_quantity(books, qty, numbers, taken):
    rows = [line(itemcode="PHONE-X", qty=qty, sdsserialnumber=serials(*numbers))]
    reply = books.post("/salesinvoice", invoice(sdsdocdetail=rows))
    assert says(reply) is not taken
    if taken:
        assert reply.json()["sdsdocdetail"][0]["sdsserialnumber"] == serials("SN1", "SN2")


def test_a_closed_period_refuses_new_documents_and_changes(books, server):
    old = books.make(docdate="2026-01-15")
    path = f"/salesinvoice/{old['dockey']}"
    server.settings("sql_accounting", closed_until="2026-01-31")
    replies = [
        books.post("/salesinvoice", invoice(docdate="2026-01-31")),
        books.post("/salesinvoice", invoice(docdate="2026-02-01", postdate="2026-01-31")),
        books.put(path, old | {"updatecount": 1, "docdate": "2026-02-01", "postdate": "2026-02-01"}),
        books.put(path, {"updatecount": 1, "cancelled": True}),
        books.delete(path),
        books.post("/customerpayment", PAYMENT | {"sdsknockoff": [], "unappliedamt": "116.00"}),
    ]
    assert all(says(reply, "closed") for reply in replies) and books.make(docdate="2026-02-01")


# changes


def test_a_put_needs_the_update_count_plus_one(books, server):
    made = books.make()
    path = f"/salesinvoice/{made['dockey']}"
    for count in (0, 2, None, "LEAVE OUT", "1"):
        assert says(books.put(path, without(made | {"updatecount": count})), LOCKED, 409)
    assert books.put(path, made | {"updatecount": 1, "description": "x"}).json()["updatecount"] == 1
    assert says(books.put(path, made | {"updatecount": 1}), LOCKED, 409)
    assert books.put(path, {"updatecount": 2, "description": "y"}).json()["description"] == "y"
    server.settings("sql_accounting", conflict_status=400)
    assert says(books.put(path, {"updatecount": 1}), LOCKED, 400)


def test_lines_that_are_sent_replace_all_lines_and_known_ones_keep_their_key(books):
    made = books.make(sdsdocdetail=[line(), line(unitprice="20", tax="SV-6"), line(unitprice="30")])
    path, rows = f"/salesinvoice/{made['dockey']}", made["sdsdocdetail"]
    known = rows[1]["dtlkey"]
    changed = [{"dtlkey": known, "qty": "3"}, line(dtlkey=-1), line(dtlkey=77), line(dtlkey=known)]
    answer = books.again(path, sdsdocdetail=changed)
    keys = [row["dtlkey"] for row in answer["sdsdocdetail"]]
    assert keys[0] == rows[1]["dtlkey"] and not set(keys[1:]) & {row["dtlkey"] for row in rows} and len(set(keys)) == 4
    assert picked(answer["sdsdocdetail"][0], "qty", "unitprice", "tax", "taxamt") == ("3.00", "20.00", "SV-6", "3.60")
    assert answer["docamt"] == "93.60" and answer["docno"] == made["docno"]


def test_a_put_without_lines_keeps_them_and_what_is_not_sent_stays(books):
    made = books.make(docref1="R-1", description="old", docref2="second")
    path = f"/salesinvoice/{made['dockey']}"
    answer = books.put(path, {"updatecount": 1, "description": "new", "docref2": None}).json()
    assert picked(answer, "docref1", "description", "docref2", "docamt") == ("R-1", "new", "", "10.00")
    assert answer["sdsdocdetail"] == made["sdsdocdetail"]


def test_a_changed_tax_code_brings_its_own_rate(books):
    made = books.make(sdsdocdetail=[line(tax="SV-6")])
    rows = [{"dtlkey": made["sdsdocdetail"][0]["dtlkey"], "tax": "SV-8"}]
    answer = books.again(f"/salesinvoice/{made['dockey']}", sdsdocdetail=rows)
    assert picked(answer["sdsdocdetail"][0], "taxrate", "taxamt") == ("8%", "0.80")


def test_a_change_shows_in_lastmodified_and_in_the_customers_account(books):
    made = books.make()
    books.again(f"/salesinvoice/{made['dockey']}", sdsdocdetail=[line(unitprice="12")], docno="MINE-1")
    [mirror] = books.rows("/customerinvoice")
    assert picked(mirror, "docno", "docamt") == ("MINE-1", "12.00")
    assert mirror["lastmodified"] >= made["lastmodified"]


def test_an_invoice_is_cancelled_and_brought_back_by_put(books):
    made = books.make(docref1="V-1", sdsdocdetail=[line(qty="2")])
    path = f"/salesinvoice/{made['dockey']}"
    cancelled = books.again(path, cancelled=True)
    assert picked(cancelled, "cancelled", "updatecount", "docamt") == (True, 1, "20.00")
    assert [row["docref1"] for row in books.rows("/salesinvoice", cancelled="true")] == ["V-1"]
    assert books.one(f"/customerinvoice/{books.rows('/customerinvoice')[0]['dockey']}")["outstanding"] == "0.00"
    assert says(books.put(path, {"updatecount": 2, "description": "x"}), "cancelled")
    assert books.again(path, cancelled=False)["cancelled"] is False
    assert books.one(f"/customerinvoice/{books.rows('/customerinvoice')[0]['dockey']}")["outstanding"] == "20.00"


def test_a_deleted_invoice_is_gone_with_its_mirror(books):
    made = books.make()
    assert books.delete(f"/salesinvoice/{made['dockey']}").status_code == 200
    assert books.get(f"/salesinvoice/{made['dockey']}").status_code == 404
    assert books.rows("/customerinvoice") == [] and books.make()["docno"] == "IV-00002"


def test_a_validated_e_invoice_cannot_be_changed_cancelled_or_deleted(books, server):
    made = books.make()
    path = f"/salesinvoice/{made['dockey']}"
    server.control("POST", f"/sql_accounting/invoices/{made['dockey']}/validate")
    read = books.one(path)
    assert len(read["irbm_uuid"]) == 26 and read["irbm_status"] and read["eiv_validated_utc"].endswith("Z")
    count = read["updatecount"] + 1
    for change in ({"description": "x"}, {"cancelled": True}):
        assert says(books.put(path, {"updatecount": count} | change), "MyInvois")
    assert says(books.delete(path), "MyInvois") and says(books.put(path, {"updatecount": 99}), "MyInvois")


def test_every_new_invoice_can_be_validated_at_once_by_switch(books, server):
    server.settings("sql_accounting", validate_at_once=True)
    made = books.make()
    assert made["irbm_uuid"] and server.ledger(system="sql_accounting")["invoices"][0]["is_validated"] is True
