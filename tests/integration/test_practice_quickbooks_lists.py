"""The imitated QuickBooks' lists and its ways of reading a body are as strict as the reference says."""

import re

import pytest

from tests.practice_fixture import start_practice
from tests.quickbooks_calls import AST, GB, MY, US, Caller, code, detail

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True, scale=1000) as practice:
        yield practice


@pytest.fixture
def qb(server):
    server.reset()
    return Caller(server)


# wrapper, paths, bodies


def test_an_answer_is_wrapped_with_the_time_and_its_offset(qb):
    answer = qb.call("GET", "/customer/58").json()
    assert set(answer) == {"Customer", "time"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00", answer["time"])
    customer = answer["Customer"]
    assert (customer["Id"], customer["SyncToken"], customer["domain"], customer["sparse"]) == ("58", "0", "QBO", False)
    assert set(customer["MetaData"]) == {"CreateTime", "LastUpdatedTime"}


def test_a_fault_has_the_shape_of_the_reference(qb):
    reply = qb.post("Customer", {"DisplayName": "walk-IN"})
    answer = reply.json()
    assert reply.status_code == 400 and set(answer) == {"Fault", "time"}
    assert answer["Fault"] == {
        "Error": [
            {
                "Message": "Duplicate Name Exists Error",
                "Detail": "The name supplied already exists. : Another customer, vendor or employee is already"
                " using this name. Please use a different name.",
                "code": "6240",
                "element": "",
            }
        ],
        "type": "ValidationFault",
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing/1", 404),
        ("GET", "/Customer/58", 404),
        ("POST", "/nothing", 404),
        ("PUT", "/customer", 405),
        ("GET", "/customer", 405),
    ],
)
def test_wrong_paths_and_verbs(qb, method, path, status):
    assert qb.call(method, path, {}).status_code == status


@pytest.mark.parametrize(
    ("path", "expected"), [("/customer/999", "610"), ("/customer/x", "2030"), ("/companyinfo/1", "610")]
)
def test_what_is_not_there_is_610(qb, path, expected):
    assert code(qb.call("GET", path)) == expected


def test_who_does_not_ask_for_json_gets_xml(qb):
    reply = qb.call("GET", "/customer/58", headers={"Accept": "*/*"})
    assert reply.headers["Content-Type"] == "application/xml"
    assert "<Customer>" in reply.text and "<DisplayName>Walk-in</DisplayName>" in reply.text


def test_a_body_must_be_json_in_utf_8(qb):
    headers = {"Content-Type": "application/json"}
    assert code(qb.call("POST", "/customer", data=b'{"DisplayName":"\xff"}', headers=headers)) == "500"
    assert code(qb.call("POST", "/customer", data=b'{"DisplayName":', headers=headers)) == "2010"
    assert code(qb.call("POST", "/customer", data=b"DisplayName=x")) == "500"
    assert code(qb.post("Customer", [])) == "2010"


@pytest.mark.parametrize("minor", ["1", "75", "99"])
def test_any_minor_version_is_taken(qb, minor):
    assert qb.call("GET", "/customer/58", params={"minorversion": minor}).status_code == 200


def test_the_company_and_its_settings(server):
    server.reset()
    told = {realm: Caller(server, realm) for realm in (MY, US, AST, GB)}
    for realm, country, currency, partner in (
        (MY, "MY", "MYR", None),
        (US, "US", "USD", None),
        (AST, "US", "USD", True),
        (GB, "GB", "GBP", None),
    ):
        info = told[realm].read("CompanyInfo", realm)
        settings = told[realm].call("GET", "/preferences").json()["Preferences"]
        assert (info["Country"], settings["CurrencyPrefs"]["HomeCurrency"]["value"]) == (country, currency)
        assert settings["TaxPrefs"].get("PartnerTaxEnabled") is partner
        assert told[realm].rows("SELECT * FROM CompanyInfo")[0]["Id"] == realm
    assert told[MY].rows("SELECT * FROM Preferences")[0]["CurrencyPrefs"]["MultiCurrencyEnabled"] is True


def test_settings_and_tax_codes_cannot_be_written(qb):
    for entity in ("TaxCode", "TaxRate", "CompanyInfo"):
        assert code(qb.post(entity, {"Name": "x"})) == "500"


def test_every_list_of_the_demo_is_there(qb):
    for entity, name in (
        ("Item", "MUG-01"),
        ("Item", "SHIP"),
        ("Item", "RND"),
        ("Customer", "Walk-in"),
        ("Vendor", "Tan Ah Kow"),
        ("Term", "30"),
        ("Term", "Net 30"),
        ("Account", "Undeposited Funds"),
        ("PaymentMethod", "Credit Card"),
        ("TaxCode", "SV-6"),
        ("Class", "Online sales"),
        ("Department", "Ipoh store"),
        ("CompanyCurrency", "SGD"),
    ):
        assert qb.one(entity, name)
    tea = qb.rows("SELECT * FROM Item WHERE Sku = 'TEA-250'")[0]
    assert (tea["Name"], tea["Type"], tea["TrackQtyOnHand"]) == ("TEA-250", "Inventory", True)
    assert qb.rows("SELECT * FROM Item WHERE Name = 'SVC-INST'")[0]["Type"] == "Service"


# how a body is read


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Colour": "red"}, "2010"),
        ({"BillAddr": {"Street": "x"}}, "2010"),
        ({"BillAddr": "x"}, "2010"),
        ({"GivenName": 5}, "2010"),
        ({"Active": "true"}, "2010"),
        ({"GivenName": "x" * 101}, "2050"),
        ({"DisplayName": "x" * 501}, "2050"),
        ({"PrimaryPhone": {"FreeFormNumber": "1" * 31}}, "2050"),
        ({"BillAddr": {"Line1": "x" * 501}}, "2050"),
        ({"DisplayName": "a:b"}, "2040"),
        ({"DisplayName": "a\tb"}, "2040"),
        ({"FamilyName": "a\nb"}, "2040"),
        ({"PrimaryEmailAddr": {"Address": "nobody"}}, "2210"),
        ({"PrimaryEmailAddr": {"Address": "a@b@c.example"}}, "2210"),
        ({"WebAddr": {"URI": "no address"}}, "2200"),
        ({"PreferredDeliveryMethod": "Pigeon"}, "2170"),
        ({"SalesTermRef": {"value": "999"}}, "2500"),
        ({"SalesTermRef": {"value": "Net 30"}}, "2030"),
        ({"TaxExemptionReasonId": 16}, "2090"),
        ({"CurrencyRef": {"value": "EUR"}}, "2220"),
        ({"DisplayName": ""}, "6080"),
    ],
)
def test_what_is_wrong_in_a_body_has_its_own_code(qb, changes, expected):
    reply = qb.post("Customer", {"DisplayName": "Ada"} | changes)
    assert (reply.status_code, code(reply)) == (400, expected), reply.text
    assert qb.rows("SELECT * FROM Customer WHERE DisplayName = 'Ada'") == []


def test_the_length_is_told(qb):
    reply = qb.post("Invoice", qb.sale(DocNumber="x" * 22))
    assert detail(reply).endswith("Min:0 Max:21 supported. Supplied length:22")


def test_empty_texts_nulls_and_fields_of_the_server_are_taken_as_absent(qb):
    body = {
        **{"DisplayName": "Ada", "CompanyName": "", "Notes": None, "SalesTermRef": {"value": ""}, "Balance": 0},
        **{"FullyQualifiedName": "x", "Level": 7, "MetaData": {}, "domain": "QBO", "sparse": False},
        **{"BillAddr": {"Line1": "", "Lat": ""}, "PrimaryEmailAddr": {"Address": ""}},
    }
    made = qb.create("Customer", body)
    assert made["FullyQualifiedName"] == "Ada" and made["Level"] == 0
    assert not {"CompanyName", "Notes", "SalesTermRef", "BillAddr", "PrimaryEmailAddr"} & set(made)


# names


@pytest.mark.parametrize("name", ["Walk-in", "WALK-IN", "tan ah kow", "Anand A/L Krishnan"])
@pytest.mark.parametrize("entity", ["Customer", "Vendor"])
def test_a_name_is_unique_over_customers_vendors_and_employees_in_any_case(qb, entity, name):
    assert code(qb.post(entity, {"DisplayName": name})) == "6240"


def test_an_employees_name_is_made_from_its_parts_and_must_be_free_too(qb):
    assert code(qb.post("Employee", {"GivenName": "Tan Ah", "FamilyName": "Kow"})) == "6240"
    assert qb.create("Employee", {"GivenName": "Siti", "FamilyName": "Nur"})["DisplayName"] == "Siti Nur"


def test_a_display_name_is_made_from_the_parts_of_a_name(qb):
    made = qb.create("Customer", {"Title": "Dr", "GivenName": "Ada", "FamilyName": "Lovelace"})
    assert (made["DisplayName"], made["PrintOnCheckName"]) == ("Dr Ada Lovelace", "Dr Ada Lovelace")


def test_a_customer_that_is_made_inactive_says_so_in_its_name_and_frees_it(qb):
    made = qb.create("Customer", {"DisplayName": "Ada"})
    gone = qb.create("Customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert (gone["DisplayName"], gone["Active"], gone["SyncToken"]) == ("Ada (deleted)", False, "1")
    again = qb.create("Customer", {"DisplayName": "Ada"})
    assert code(qb.post("Customer", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "Active": True})) == "6240"
    qb.create("Customer", {"Id": again["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Bea"})
    back = qb.create("Customer", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "Active": True})
    assert back["DisplayName"] == "Ada"


def test_a_customer_with_an_open_balance_stays_active(qb):
    qb.invoice()
    assert code(qb.post("Customer", {"Id": "58", "SyncToken": "0", "sparse": True, "Active": False})) == "6220"


def test_sub_customers_carry_their_parents_names_down_to_four_levels(qb):
    parent, names = None, []
    for level in range(6):
        under = {"Job": True, "ParentRef": {"value": parent}} if parent else {}
        reply = qb.post("Customer", {"DisplayName": f"L{level}"} | under)
        if level == 5:
            assert code(reply) == "6180"
            break
        parent, names = reply.json()["Customer"]["Id"], [*names, f"L{level}"]
        assert reply.json()["Customer"]["FullyQualifiedName"] == ":".join(names)
        assert reply.json()["Customer"]["Level"] == level
    assert code(qb.post("Customer", {"DisplayName": "x", "Job": True})) == "6150"
    assert code(qb.post("Customer", {"DisplayName": "L1", "ParentRef": {"value": "58"}})) == "6240"


def test_a_customers_currency_is_set_once(qb):
    made = qb.create("Customer", {"DisplayName": "Ada", "CurrencyRef": {"value": "SGD"}})
    body = {"Id": made["Id"], "SyncToken": "0", "DisplayName": "Ada", "CurrencyRef": {"value": "USD"}}
    assert qb.create("Customer", body)["CurrencyRef"]["value"] == "SGD"
    assert qb.create("Customer", {"DisplayName": "Bea"})["CurrencyRef"]["value"] == "MYR"


# updates


def test_a_full_update_empties_what_is_not_sent_and_a_sparse_one_leaves_it(qb):
    made = qb.create("Customer", {"DisplayName": "Ada", "Notes": "n", "PrimaryEmailAddr": {"Address": "a@b.example"}})
    sparse = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": "m"}
    assert qb.create("Customer", sparse)["PrimaryEmailAddr"] == {"Address": "a@b.example"}
    full = qb.create("Customer", {"Id": made["Id"], "SyncToken": "1", "DisplayName": "Ada"})
    assert full["SyncToken"] == "2" and not {"Notes", "PrimaryEmailAddr"} & set(full)


def test_a_stale_sync_token_is_5010(qb):
    made = qb.create("Customer", {"DisplayName": "Ada"})
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": "n"}
    qb.create("Customer", body)
    reply = qb.post("Customer", body)
    assert (code(reply), detail(reply).startswith("Stale Object Error : ")) == ("5010", True)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"Id": "999", "SyncToken": "0"}, "610"),
        ({"Id": "x", "SyncToken": "0"}, "2030"),
        ({"Id": "58"}, "2020"),
        ({"Id": "58", "SyncToken": "0", "sparse": True, "Colour": 1}, "2010"),
    ],
)
def test_an_update_names_an_existing_record_and_its_token(qb, body, expected):
    assert code(qb.post("Customer", body)) == expected


def test_a_list_record_cannot_be_deleted(qb):
    for entity in ("Customer", "Item", "Account", "Term"):
        assert code(qb.post(entity, {"Id": "1", "SyncToken": "0"}, operation="delete")) == "500"


# the other lists


def inventory(qb, **changes):
    accounts = {
        "IncomeAccountRef": {"value": qb.one("Account", "Sales of Product Income")},
        "ExpenseAccountRef": {"value": qb.one("Account", "Cost of Goods Sold")},
        "AssetAccountRef": {"value": qb.one("Account", "Inventory Asset")},
    }
    tracked = {"Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 12, "InvStartDate": "2026-01-01"}
    body = {"Name": "Mug", "Sku": "MUG-BL"} | accounts | tracked | changes
    return {name: value for name, value in body.items() if value != "LEAVE OUT"}


def test_the_inventory_item_of_the_reference_is_taken(qb):
    made = qb.create("Item", inventory(qb, Name="Mug blue", UnitPrice=9.5))
    assert (made["QtyOnHand"], made["FullyQualifiedName"], made["Active"]) == (12, "Mug blue", True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        *(({name: "LEAVE OUT"}, "2020") for name in ("Name", "Type", "TrackQtyOnHand", "QtyOnHand", "InvStartDate")),
        *(({f"{name}AccountRef": "LEAVE OUT"}, "2020") for name in ("Income", "Expense", "Asset")),
        ({"Type": "Group"}, "2170"),
        ({"Type": "Service", "IncomeAccountRef": "LEAVE OUT"}, "2020"),
        ({"Name": "MUG-01"}, "6240"),
        ({"Name": "a:b"}, "2040"),
        ({"Name": "x" * 101}, "2050"),
        ({"Sku": "x" * 101}, "2050"),
        ({"UnitPrice": -1}, "2140"),
        ({"UnitPrice": "dear"}, "2080"),
        ({"InvStartDate": "01/02/2026"}, "2060"),
        ({"InvStartDate": "2026-02-30"}, "2070"),
        ({"QtyOnHand": True}, "2090"),
        ({"SubItem": True}, "6150"),
        ({"AssetAccountRef": {"value": "1"}}, "6430"),
        ({"IncomeAccountRef": {"value": "12"}}, "6430"),
    ],
)
def test_a_wrong_item_is_refused(qb, changes, expected):
    reply = qb.post("Item", inventory(qb, **changes))
    assert code(reply) == expected, reply.text


def test_a_sku_may_be_there_twice(qb):
    qb.create("Item", inventory(qb, Sku="MUG-01"))
    assert len(qb.rows("SELECT * FROM Item WHERE Sku = 'MUG-01'")) == 2


def test_tracking_of_stock_is_for_good(qb):
    made = qb.create("Item", inventory(qb))
    body = inventory(qb, Type="NonInventory", TrackQtyOnHand=False) | {"Id": made["Id"], "SyncToken": "0"}
    assert code(qb.post("Item", body)) == "6000"


@pytest.mark.parametrize(
    ("entity", "body", "expected"),
    [
        ("Account", {"Name": "Petty cash", "AccountSubType": "CashOnHand"}, None),
        ("Account", {"Name": "Petty cash"}, "6010"),
        ("Account", {"Name": "Petty:cash", "AccountType": "Bank"}, "2040"),
        ("Account", {"Name": 'Petty "cash"', "AccountType": "Bank"}, "2040"),
        ("Account", {"Name": "Current account", "AccountType": "Bank"}, "6240"),
        ("Account", {"Name": "x", "AccountType": "Money"}, "2170"),
        ("Term", {"Name": "Net 45", "DueDays": 45}, None),
        ("Term", {"Name": "15th", "DayOfMonthDue": 15}, None),
        ("Term", {"Name": "Net 45"}, "2020"),
        ("Term", {"Name": "Net 1000", "DueDays": 1000}, "2090"),
        ("Term", {"Name": "x" * 32, "DueDays": 1}, "2050"),
        ("Term", {"Name": "net 30", "DueDays": 30}, "6240"),
        ("PaymentMethod", {"Name": "Voucher"}, None),
        ("PaymentMethod", {"Name": "Voucher", "Type": "GOLD"}, "2170"),
        ("Class", {"Name": "Fairs", "SubClass": True}, "6150"),
        ("Class", {"Name": "Retail"}, "6240"),
        ("Department", {"Name": "Fair"}, None),
        ("TaxAgency", {"DisplayName": "Another"}, None),
        ("CompanyCurrency", {"Code": "EUR"}, None),
        ("CompanyCurrency", {"Code": "euro"}, "2050"),
        ("CompanyCurrency", {"Code": "eur"}, "2220"),
        ("CompanyCurrency", {"Code": "SGD"}, "6240"),
    ],
)
def test_small_lists_have_their_rules(qb, entity, body, expected):
    reply = qb.post(entity, body)
    assert (reply.status_code == 200) if expected is None else (code(reply) == expected), reply.text


def test_a_tax_code_is_made_by_the_service_with_its_rates(qb):
    body = {
        "TaxCode": "Shop 9%",
        "TaxRateDetails": [
            {"TaxRateName": "Shop 9%", "RateValue": "9", "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}
        ],
    }
    answer = qb.call("POST", "/taxservice/taxcode", body).json()
    assert answer["TaxCode"] == "Shop 9%" and "TaxService" not in answer
    made = qb.read("TaxCode", answer["TaxCodeId"])
    rate = made["SalesTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["value"]
    assert qb.read("TaxRate", rate)["RateValue"] == 9
    assert code(qb.call("POST", "/taxservice/taxcode", body | {"TaxCode": "shop 9%"})) == "6240"
    again = {"TaxCode": "Also 9%", "TaxRateDetails": [{"TaxRateId": rate}]}
    assert qb.call("POST", "/taxservice/taxcode", again).status_code == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"TaxCode": "X"}, "2020"),
        ({"TaxRateDetails": [{"TaxRateId": "3"}]}, "2020"),
        ({"TaxCode": "X", "TaxRateDetails": [{"TaxRateId": "999"}]}, "2500"),
        ({"TaxCode": "X", "TaxRateDetails": [{"TaxRateName": "X", "RateValue": "9"}]}, "2020"),
        ({"TaxCode": "X", "TaxRateDetails": [{"TaxRateName": "X", "RateValue": "9", "TaxAgencyId": "9"}]}, "2500"),
        ({"TaxCode": "X", "TaxRateDetails": [{"TaxRateName": "X", "RateValue": "a", "TaxAgencyId": "1"}]}, "2080"),
    ],
)
def test_the_tax_service_is_strict(qb, body, expected):
    assert code(qb.call("POST", "/taxservice/taxcode", body)) == expected


def test_us_companies_have_the_pseudo_codes_beside_real_ones(server):
    server.reset()
    rows = Caller(server, US).rows("SELECT * FROM TaxCode")
    assert [(row["Id"], row["TaxGroup"]) for row in rows][:3] == [("TAX", False), ("NON", False), ("2", True)]
    system = [
        r["Name"] for r in Caller(server, AST).rows("SELECT * FROM TaxCode") if r["TaxCodeConfigType"] != "USER_DEFINED"
    ]
    assert system == ["CA", "NY", "TX", "WA", "OR"]


def test_exchange_rates_are_kept_by_day(qb):
    rate = {"SourceCurrencyCode": "SGD", "TargetCurrencyCode": "MYR", "AsOfDate": "2026-10-03", "Rate": 3.5}
    answer = qb.call("POST", "/exchangerate", rate).json()["ExchangeRate"]
    assert (answer["Rate"], "Id" in answer) == (3.5, False)
    for day, expected in (("2026-10-02", 3.4125), ("2026-10-03", 3.5), ("2026-10-04", 3.5)):
        reply = qb.call("GET", "/exchangerate", params={"sourcecurrencycode": "SGD", "asofdate": day})
        assert reply.json()["ExchangeRate"]["Rate"] == expected
    assert code(qb.call("GET", "/exchangerate")) == "2020"
    assert code(qb.call("GET", "/exchangerate", params={"sourcecurrencycode": "EUR"})) == "2220"
    assert code(qb.call("POST", "/exchangerate", rate | {"Rate": 0})) == "2090"


# the same request again


def test_a_repeated_request_id_replays_the_first_answer_and_does_nothing(qb, server):
    first = qb.create("Customer", {"DisplayName": "Ada"}, requestid="r-1")
    assert qb.create("Customer", {"DisplayName": "Somebody else"}, requestid="r-1") == first
    assert len(qb.rows("SELECT * FROM Customer WHERE DisplayName IN ('Ada', 'Somebody else')")) == 1
    assert server.quickbooks_ledger()["creates_seen"]["invoices"] == 0


def test_a_refusal_is_not_remembered(qb):
    assert code(qb.post("Customer", {"DisplayName": "Walk-in"}, requestid="r-1")) == "6240"
    assert qb.create("Customer", {"DisplayName": "Ada"}, requestid="r-1")["DisplayName"] == "Ada"


def test_a_request_id_belongs_to_one_company(qb, server):
    qb.create("Customer", {"DisplayName": "Ada"}, requestid="r-1")
    assert Caller(server, GB).create("Customer", {"DisplayName": "Bea"}, requestid="r-1")["DisplayName"] == "Bea"


@pytest.mark.parametrize(("switch", "answers"), [("ignore", "6240"), ("refuse", "600")])
def test_request_ids_can_be_ignored_or_refused_by_switch(qb, server, switch, answers):
    server.settings("quickbooks", requestid=switch)
    qb.create("Customer", {"DisplayName": "Ada"}, requestid="r-1")
    assert code(qb.post("Customer", {"DisplayName": "Ada"}, requestid="r-1")) == answers


def test_a_request_id_has_50_characters_at_most(qb):
    assert code(qb.post("Customer", {"DisplayName": "Ada"}, requestid="r" * 51)) == "2130"
    assert qb.create("Customer", {"DisplayName": "Ada"}, requestid="r" * 50)


def test_a_replay_outlives_a_kill(tmp_path):
    with start_practice(empty=True, scale=1000, data=tmp_path) as server:
        first = Caller(server).create("Customer", {"DisplayName": "Ada"}, requestid="r-1")
        server.restart(kill=True)
        assert Caller(server).create("Customer", {"DisplayName": "Ada"}, requestid="r-1") == first
