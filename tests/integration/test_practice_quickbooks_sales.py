"""The imitated QuickBooks' sales forms: lines, numbers, sums and tax are as strict as the reference says."""

import pytest

from tests.practice_fixture import start_practice
from tests.quickbooks_calls import AST, GB, MY, US, WALK_IN, Caller, code, detail

pytestmark = pytest.mark.feature("P11")

FORMS = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True, scale=1000) as practice:
        yield practice


@pytest.fixture
def of(server):
    """A caller of a company: `of(GB)`."""
    server.reset()
    return lambda realm: Caller(server, realm)


@pytest.fixture
def qb(of):
    return of(MY)


def discount(**changes):
    detail = {name: changes.pop(name) for name in list(changes) if name in ("PercentBased", "DiscountPercent")}
    return {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail} | changes


def tax(total, code_id="2", *lines):
    return {"TxnTaxCodeRef": {"value": code_id}, "TotalTax": total, "TaxLine": list(lines)}


def sums(form):
    return form["TotalAmt"], form.get("TxnTaxDetail", {}).get("TotalTax")


# headers


@pytest.mark.parametrize("entity", FORMS)
def test_every_form_is_taken_and_read_back(qb, entity):
    bank = {"DepositToAccountRef": {"value": qb.one("Account", "Current account")}} if entity == "RefundReceipt" else {}
    made = qb.create(entity, qb.sale(**bank))
    assert sums(made) == (21.2, 1.2) and qb.read(entity, made["Id"]) == made
    assert (made["PrintStatus"], made["EmailStatus"], made["LinkedTxn"]) == ("NeedToPrint", "NotSet", [])


def test_the_invoice_of_the_reference_is_taken_by_a_us_company(of):
    qb = of(US)
    line = qb.line(Qty=2, UnitPrice=19.99, Amount=39.98)
    shipping = qb.line(
        "SHIPPING_ITEM_ID", Qty="LEAVE OUT", UnitPrice="LEAVE OUT", Amount=5, TaxCodeRef={"value": "NON"}
    )
    detail_ = {
        "DetailType": "TaxLineDetail",
        "Amount": 3.2,
        "TaxLineDetail": {
            "TaxRateRef": {"value": "3"},
            "PercentBased": True,
            "TaxPercent": 8,
            "NetAmountTaxable": 39.98,
        },
    }
    body = qb.sale(
        line, shipping, DocNumber="WEB-10023", PrivateNote="shop order 10023", TxnTaxDetail=tax(3.2, "2", detail_)
    )
    made = qb.create("Invoice", body | {"TxnDate": "2026-10-03"})
    assert (made["TotalAmt"], made["Balance"], made["DueDate"]) == (48.18, 48.18, "2026-11-02")
    assert [(row.get("Id"), row["DetailType"], row["Amount"]) for row in made["Line"]] == [
        ("1", "SalesItemLineDetail", 39.98),
        ("2", "SalesItemLineDetail", 5),
        (None, "SubTotalLineDetail", 44.98),
    ]
    assert made["TxnTaxDetail"]["TaxLine"] == [detail_] and "GlobalTaxCalculation" not in made


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"CustomerRef": "LEAVE OUT"}, "2020"),
        ({"CustomerRef": {"value": "999"}}, "2500"),
        ({"CustomerRef": {"value": "Walk-in"}}, "2030"),
        ({"Line": "LEAVE OUT"}, "2020"),
        ({"Line": []}, "2020"),
        ({"Line": [{"DetailType": "DescriptionOnly", "Description": "only words"}]}, "2020"),
        ({"CurrencyRef": "LEAVE OUT"}, "2020"),
        ({"CurrencyRef": {"value": "SGD"}}, "6000"),
        ({"CurrencyRef": {"value": "EUR"}}, "2220"),
        ({"ExchangeRate": 2}, "6000"),
        ({"TxnDate": "15/01/2026"}, "2060"),
        ({"TxnDate": "2026-02-30"}, "2070"),
        ({"DocNumber": "x" * 22}, "2050"),
        ({"PrivateNote": "x" * 4001}, "2050"),
        ({"CustomerMemo": {"value": "x" * 1001}}, "2050"),
        ({"SalesTermRef": {"value": "999"}}, "2500"),
        ({"DepartmentRef": {"value": "999"}}, "2500"),
        ({"GlobalTaxCalculation": "TaxIncluded"}, "2170"),
        ({"EmailStatus": "NeedToSend"}, "6420"),
        ({"EmailStatus": "Sent"}, "2170"),
        ({"BillEmail": {"Address": "x"}}, "2210"),
        ({"CustomField": [{"DefinitionId": "2", "StringValue": "x"}]}, "3000"),
        ({"Colour": "red"}, "2010"),
    ],
)
def test_a_wrong_header_is_refused_and_nothing_is_saved(qb, server, changes, expected):
    reply = qb.post("Invoice", {n: v for n, v in (qb.sale() | changes).items() if v != "LEAVE OUT"})
    assert code(reply) == expected, reply.text
    assert server.quickbooks_ledger()["invoices"] == []


def test_an_inactive_customer_is_6250_and_another_inactive_reference_610(qb, server):
    gone = qb.rows("SELECT * FROM Customer WHERE Active = false")[0]["Id"]
    assert code(qb.post("Invoice", qb.sale(CustomerRef={"value": gone}))) == "6250"
    for entity, name in (("Class", "ClassRef"), ("Department", "DepartmentRef")):
        key = qb.rows(f"SELECT * FROM {entity} WHERE Active = false")[0]["Id"]
        assert code(qb.post("Invoice", qb.sale(**{name: {"value": key}}))) == "610"
    item = qb.rows("SELECT * FROM Item WHERE Active = false")[0]["Id"]
    assert code(qb.post("Invoice", qb.sale(qb.line(item)))) == "610"


def test_only_the_value_of_a_reference_counts(qb):
    assert qb.invoice(CustomerRef={"value": WALK_IN, "name": "Somebody"})["CustomerRef"]["name"] == "Walk-in"


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, "2026-01-15"),  # the customer's own term, C.O.D.
        ({"term": "30"}, "2026-02-14"),
        ({"DueDate": "2026-03-01"}, "2026-03-01"),
    ],
)
def test_the_due_day_follows_the_term(qb, changes, due):
    term = changes.pop("term", None)
    changes |= {"SalesTermRef": {"value": qb.one("Term", term)}} if term else {}
    assert qb.invoice(**changes)["DueDate"] == due


def test_addresses_come_from_the_customer_unless_sent(qb):
    address = {"Line1": "1 Jalan Mawar", "City": "Ipoh"}
    who = qb.create("Customer", {"DisplayName": "Ada", "BillAddr": address})["Id"]
    assert qb.invoice(CustomerRef={"value": who})["BillAddr"] == address
    assert qb.invoice(CustomerRef={"value": who}, BillAddr={"Line1": "x"})["BillAddr"] == {"Line1": "x"}


def test_class_and_location_stand_where_the_company_tracks_them(of):
    my, us, ast = of(MY), of(US), of(AST)
    made = my.invoice(ClassRef={"value": my.one("Class", "Retail")}, DepartmentRef={"value": "1"})
    assert (made["ClassRef"]["name"], made["DepartmentRef"]["name"]) == ("Retail", "Head office")
    assert code(my.post("Invoice", my.sale(my.line(ClassRef={"value": "1"})))) == "5030"
    row = us.invoice(us.line(ClassRef={"value": us.one("Class", "Web store")}))["Line"][0]
    assert row["SalesItemLineDetail"]["ClassRef"]["name"] == "Online sales:Web store"
    for changes in ({"ClassRef": {"value": "1"}}, {"DepartmentRef": {"value": "1"}}):
        assert code(ast.post("Invoice", ast.sale(**changes))) == "5030"


def test_custom_fields_show_their_definitions(qb):
    assert qb.invoice()["CustomField"] == [{"DefinitionId": "1", "Name": "Channel", "Type": "StringType"}]
    made = qb.invoice(CustomField=[{"DefinitionId": "1", "Type": "StringType", "StringValue": "Shopee"}])
    assert made["CustomField"][0]["StringValue"] == "Shopee"


# lines


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Amount": "LEAVE OUT"}, "2020"),
        ({"Amount": 19.99}, "6070"),
        ({"Amount": "twenty"}, "2080"),
        ({"Amount": True}, "2090"),
        ({"Amount": 99999999999}, "2140"),
        ({"UnitPrice": -10, "Amount": -20}, "2290"),
        ({"Qty": -2, "UnitPrice": -10, "Amount": 20}, "2160"),
        ({"Qty": "two"}, "2080"),
        ({"ItemRef": {"value": "9999"}}, "2500"),
        ({"ItemRef": {"value": "MUG-01"}}, "2030"),
        ({"ItemRef": "LEAVE OUT"}, "6440"),
        ({"ItemRef": {"value": "SHIPPING_ITEM_ID"}}, "5030"),
        ({"TaxCodeRef": "LEAVE OUT"}, "6000"),
        ({"TaxCodeRef": {"value": "SV-6"}}, "2030"),
        ({"TaxCodeRef": {"value": "TAX"}}, "2030"),
        ({"TaxCodeRef": {"value": "999"}}, "2500"),
        ({"TaxCodeRef": {"value": "6"}}, "610"),  # ended
        ({"TaxCodeRef": {"value": "7"}}, "6000"),  # for purchases
        ({"Description": "x" * 4001}, "2050"),
        ({"ServiceDate": "soon"}, "2060"),
        ({"Colour": "red"}, "2010"),
    ],
)
def test_a_wrong_line_is_refused(qb, changes, expected):
    line = qb.line(**changes)
    amount = {} if changes.get("Amount") == "LEAVE OUT" else {"Amount": changes.get("Amount", 20)}
    line = {name: value for name, value in line.items() if name != "Amount"} | amount
    assert code(qb.post("Invoice", qb.sale(line))) == expected


def test_a_line_needs_its_detail_and_its_type(qb):
    for line, reason in (
        ({"DetailType": "SalesItemLineDetail", "Amount": 1}, "Line.SalesItemLineDetail"),
        ({"Amount": 1}, "Line.DetailType"),
    ):
        reply = qb.post("Invoice", qb.sale(line))
        assert (code(reply), detail(reply)) == ("2020", f"Required parameter {reason} is missing in the request")
    assert code(qb.post("Invoice", qb.sale({"DetailType": "GroupLineDetail", "Amount": 1}))) == "2170"


def test_an_amount_is_quantity_times_price_rounded_half_up(qb):
    good, bad = (qb.line(Qty=128.35, UnitPrice=14.5, Amount=amount) for amount in (1861.08, 1861.07))
    assert qb.invoice(good)["Line"][0]["Amount"] == 1861.08
    assert code(qb.post("Invoice", qb.sale(bad))) == "6070"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"Qty": 3, "UnitPrice": 3.3333333, "Amount": 10}, (3, 3.3333333)),
        ({"Qty": 3, "UnitPrice": 3.33333334, "Amount": 10}, (3, 3.3333333)),
        ({"Qty": 4, "UnitPrice": "LEAVE OUT", "Amount": 10}, (4, 2.5)),
        ({"Qty": "LEAVE OUT", "UnitPrice": "LEAVE OUT", "Amount": 10}, (None, None)),
        ({"Qty": 0, "UnitPrice": 0, "Amount": 10}, (None, None)),
        ({"Qty": 2, "UnitPrice": 0, "Amount": 0}, (2, 0)),
        ({"Qty": "2", "UnitPrice": "5.00", "Amount": "10.00"}, (2, 5)),
    ],
)
def test_prices_keep_seven_places_and_may_be_left_out(qb, sent, kept):
    row = qb.invoice(qb.line(**sent))["Line"][0]["SalesItemLineDetail"]
    assert (row.get("Qty"), row.get("UnitPrice")) == kept


def test_negative_lines_pass_by_switch_but_never_a_negative_total(qb, server):
    server.settings("quickbooks", negative_lines=True)
    off = qb.line(Qty=1, UnitPrice=-5, Amount=-5)
    assert qb.invoice(qb.line(), off)["TotalAmt"] == 15.9
    assert code(qb.post("Invoice", qb.sale(off))) == "6000"


def test_words_alone_and_inline_subtotals(qb):
    words = {"DetailType": "DescriptionOnly", "Description": "Thank you"}
    subtotal = {"DetailType": "DescriptionOnly", "Description": "Subtotal: goods"}
    rows = qb.invoice(qb.line(), words, subtotal, qb.line(Qty=1))["Line"]
    assert [row["Amount"] for row in rows] == [20, 0, 20, 10, 30]


def test_lines_keep_known_ids_get_new_ones_and_vanish_when_not_sent(qb):
    made = qb.invoice(qb.line(), qb.line("MUG-02"))
    new = [qb.line("MUG-03"), qb.line("MUG-02", Id="2")]
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Line": new}
    rows = qb.create("Invoice", body)["Line"]
    assert [(row.get("Id"), row["LineNum"]) for row in rows[:2]] == [("3", 1), ("2", 2)] and len(rows) == 3


def test_a_taxable_form_has_750_lines_at_most(of):
    qb = of(GB)
    item = qb.item("MUG-01")
    row = {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": 1, "TaxCodeRef": {"value": "2"}}
    lines = [{"DetailType": "SalesItemLineDetail", "Amount": 1, "SalesItemLineDetail": row}] * 751
    assert code(qb.post("Invoice", qb.sale(*lines))) == "6000"
    assert qb.invoice(*lines[:750])["TotalAmt"] == 900


# discounts and shipping


def test_a_discount_comes_off_after_the_tax_unless_told_otherwise(qb):
    first = qb.invoice(qb.line(), discount(Amount=5))
    assert sums(first) == (16.2, 1.2)
    assert [row["DetailType"] for row in first["Line"]][-2:] == ["SubTotalLineDetail", "DiscountLineDetail"]
    assert sums(qb.invoice(qb.line(), discount(Amount=5), ApplyTaxAfterDiscount=True)) == (15.9, 0.9)


def test_a_percentage_is_worked_out(qb):
    made = qb.invoice(qb.line(), discount(PercentBased=True, DiscountPercent=10))
    assert made["Line"][-1]["Amount"] == 2 and sums(made) == (19.2, 1.2)
    assert made["Line"][-1]["DiscountLineDetail"]["DiscountAccountRef"]["name"] == "Discounts given"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([discount(Amount=-5)], "2290"),
        ([discount()], "6090"),
        ([discount(Amount=0)], "6090"),
        ([discount(PercentBased=True, DiscountPercent=101)], "2150"),
        ([discount(Amount=1), discount(Amount=1)], "6000"),
        ([discount(Amount=50)], "6000"),
        ([{"DetailType": "DiscountLineDetail", "Amount": 5}], "2020"),
    ],
)
def test_a_wrong_discount_is_refused(qb, lines, expected):
    assert code(qb.post("Invoice", qb.sale(qb.line(), *lines))) == expected


def test_discounts_and_shipping_need_the_companys_settings(of):
    qb = of(US)
    box = qb.line("SHIPPING_ITEM_ID", Qty=1, UnitPrice=5, TaxCodeRef={"value": "NON"})
    assert qb.invoice(qb.line(), box)["Line"][1]["SalesItemLineDetail"]["ItemRef"]["value"] == "SHIPPING_ITEM_ID"
    qb.prefer(SalesFormsPrefs={"AllowShipping": False, "AllowDiscount": False, "AllowDeposit": False})
    for changes in ({"Line": [box]}, {"Line": [qb.line(), discount(Amount=1)]}, {"Deposit": 5}):
        assert code(qb.post("Invoice", qb.sale() | changes)) == "5030"


# numbers


def numbered(qb, number=None, **query):
    changes = {} if number is None else {"DocNumber": number}
    return qb.create("Invoice", qb.sale(**changes), **query).get("DocNumber")


def test_a_company_with_its_own_numbers_counts_on(of):
    qb = of(US)
    assert [numbered(qb), numbered(qb), numbered(qb, "2000"), numbered(qb), numbered(qb, "")] == [
        *("1001", "1002", "2000", "2001"),
        None,
    ]
    assert numbered(qb, "2000") == "2000", "duplicates are not refused there"
    assert qb.create("SalesReceipt", qb.sale())["DocNumber"] == "2001"


def test_where_callers_number_a_duplicate_is_6140_unless_insisted_on(qb):
    assert numbered(qb) is None
    first = qb.invoice(DocNumber="A-1")
    reply = qb.post("Invoice", qb.sale(DocNumber="A-1"))
    assert code(reply) == "6140"
    assert detail(reply).endswith(f"DocNumber=A-1 is assigned to TxnType=Invoice with TxnId={first['Id']}")
    assert numbered(qb, "A-1", include="allowduplicatedocnum") == "A-1"
    assert qb.create("SalesReceipt", qb.sale(DocNumber="A-1")), "another kind of form"


def test_a_company_that_is_not_warned_takes_duplicates(qb):
    qb.prefer(OtherPrefs={"NameValue": [{"Name": "WarnDuplicateCheckNumber", "Value": "false"}]})
    assert [numbered(qb, "A-1"), numbered(qb, "A-1")] == ["A-1", "A-1"]


def test_an_update_keeps_its_own_number_and_cannot_take_another(qb):
    first, second = qb.invoice(DocNumber="A-1"), qb.invoice(DocNumber="A-2")
    same = qb.sale(DocNumber="A-1") | {"Id": first["Id"], "SyncToken": "0"}
    assert qb.create("Invoice", same)["DocNumber"] == "A-1"
    other = {"Id": second["Id"], "SyncToken": "0", "sparse": True, "DocNumber": "A-1"}
    assert code(qb.post("Invoice", other)) == "6140"


# closed periods, stock


@pytest.mark.parametrize(("password", "expected"), [(False, "6200"), (True, "6210")])
def test_a_closed_period_is_closed_for_everything(qb, server, password, expected):
    made = qb.invoice(TxnDate="2026-01-31")
    late = qb.invoice(TxnDate="2026-02-02")
    server.settings("quickbooks", closing_password=password)
    qb.prefer(AccountingInfoPrefs={"BookCloseDate": "2026-01-31"})
    stamp = {"Id": made["Id"], "SyncToken": "0"}
    for reply in (
        qb.post("Invoice", qb.sale(TxnDate="2026-01-31")),
        qb.post("Invoice", stamp | {"sparse": True, "TxnDate": "2026-02-01"}),
        qb.post("Invoice", {"Id": late["Id"], "SyncToken": "0", "sparse": True, "TxnDate": "2026-01-01"}),
        qb.post("Invoice", stamp, operation="delete"),
        qb.post("Invoice", stamp, operation="void"),
        qb.post("Payment", qb.payment(5, TxnDate="2026-01-31")),
    ):
        assert code(reply) == expected
    assert qb.invoice(TxnDate="2026-02-01")


def on_hand(qb, name="MUG-01"):
    return qb.rows(f"SELECT * FROM Item WHERE Name = '{name}'")[0]["QtyOnHand"]


def test_sales_lower_the_stock_and_everything_back_raises_it(qb):
    full = on_hand(qb)
    invoice = qb.invoice()
    assert on_hand(qb) == full - 2
    qb.create("Invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "Line": [qb.line(Qty=5)]})
    assert on_hand(qb) == full - 5
    qb.create("CreditMemo", qb.sale())
    assert on_hand(qb) == full - 3
    qb.create("Invoice", {"Id": invoice["Id"], "SyncToken": "1"}, operation="void")
    assert on_hand(qb) == full + 2
    receipt = qb.create("SalesReceipt", qb.sale())
    qb.post("SalesReceipt", {"Id": receipt["Id"], "SyncToken": "0"}, operation="delete")
    assert on_hand(qb) == full + 2
    qb.invoice(qb.line(Qty="LEAVE OUT", UnitPrice="LEAVE OUT", Amount=10))
    assert on_hand(qb) == full + 2, "an amount alone moves no stock"


def test_stock_may_fall_below_zero_unless_the_switch_says_otherwise(qb, server):
    many = qb.line(Qty=100_000)
    assert qb.invoice(many)
    server.settings("quickbooks", negative_stock=False)
    assert code(qb.post("Invoice", qb.sale(many))) == "6520"


def test_a_sale_before_the_items_first_day_is_6270(qb):
    assert code(qb.post("Invoice", qb.sale(TxnDate="2019-12-31"))) == "6270"


# tax: US, by hand


@pytest.mark.parametrize("sent", ["10", "2", "SV-6"])
def test_us_lines_take_tax_and_non_alone(of, sent):
    for realm in (US, AST):
        reply = of(realm).post("Invoice", of(realm).sale(of(realm).line(TaxCodeRef={"value": sent})))
        assert code(reply) == "6100"
        assert detail(reply) == f"Valid line TaxCodes for US should be TAX or NON. Supplied value: {sent}"


def test_a_us_line_without_a_code_is_not_taxed(of):
    qb = of(US)
    made = qb.invoice(qb.line(TaxCodeRef="LEAVE OUT"))
    assert made["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    assert made["TxnTaxDetail"] == {"TotalTax": 0}


@pytest.mark.parametrize("total", [3.2, 3.19, 0, 99.99])
def test_a_tax_that_is_sent_stands_in_a_us_company(of, total):
    qb = of(US)
    made = qb.invoice(qb.line(Qty=2, UnitPrice=19.99, Amount=39.98), TxnTaxDetail=tax(total))
    assert sums(made) == (round(39.98 + total, 2), total)
    assert made["TxnTaxDetail"]["TxnTaxCodeRef"] == {"value": "2"}


@pytest.mark.parametrize(("switch", "total"), [("zero", 0), ("computed", 3.2)])
def test_a_us_code_alone_gives_what_the_switch_says(of, server, switch, total):
    qb = of(US)
    server.settings("quickbooks", us_code_alone=switch)
    body = {"TxnTaxCodeRef": {"value": "2"}}
    assert sums(qb.invoice(qb.line(Qty=2, UnitPrice=19.99, Amount=39.98), TxnTaxDetail=body))[1] == total


def test_a_code_of_two_rates_has_two_tax_lines(of):
    qb = of(US)
    key = qb.one("TaxCode", "City 9.5%")
    lines = qb.invoice(qb.line(), TxnTaxDetail={"TxnTaxCodeRef": {"value": key}, "TotalTax": 1.91})["TxnTaxDetail"][
        "TaxLine"
    ]
    assert [line["TaxLineDetail"]["TaxPercent"] for line in lines] == [7.25, 2.25]
    assert sum(line["Amount"] for line in lines) == pytest.approx(1.91)


@pytest.mark.parametrize(
    ("detail_", "expected"),
    [
        ({"TotalTax": 3.2}, "6470"),
        (tax(3.2, "999"), "2500"),
        (tax(3.2, "TAX"), "2500"),
        (tax(3.2, "Shop 8%"), "2030"),
        (tax(3.2, "2", {"Amount": 3.2, "DetailType": "TaxLineDetail"}), "2020"),
        (tax(3.2, "2", {"Amount": 3.2, "TaxLineDetail": {"TaxRateRef": {"value": "999"}}}), "2500"),
        ({"TotalTax": "much"}, "2080"),
        ({"Total": 3.2}, "2010"),
    ],
)
def test_a_wrong_tax_detail_is_refused(of, detail_, expected):
    qb = of(US)
    assert code(qb.post("Invoice", qb.sale(TxnTaxDetail=detail_))) == expected


def test_a_company_without_sales_tax_ignores_the_detail(of):
    qb = of(US)
    qb.prefer(TaxPrefs={"UsingSalesTax": False})
    assert sums(qb.invoice(TxnTaxDetail=tax(3.2))) == (20, 0)


# tax: US, automated


@pytest.mark.parametrize(("state", "total"), [("NY", 1.78), ("OR", 0), ("CA", 1.65), ("ZZ", 1.65), (None, 1.65)])
def test_automated_tax_picks_the_rate_by_the_place(of, state, total):
    qb = of(AST)
    where = {"ShipAddr": {"Line1": "1 Main St", "CountrySubDivisionCode": state}} if state else {}
    assert sums(qb.invoice(**where))[1] == total  # 20.00 at 4 % + 4.875 %, each rounded


def test_a_sent_total_is_honoured_under_automated_tax_by_switch(of, server):
    qb = of(AST)
    assert sums(qb.invoice(TxnTaxDetail=tax(1.99))) == (21.99, 1.99)
    lines = qb.invoice(TxnTaxDetail=tax(1.99))["TxnTaxDetail"]["TaxLine"]
    assert sum(line["Amount"] for line in lines) == pytest.approx(1.99) and len(lines) == 2
    assert sums(qb.invoice(TxnTaxDetail={"TotalTax": 1.99}))[1] == 1.65, "not without a code"
    server.settings("quickbooks", ast_override=False)
    assert sums(qb.invoice(TxnTaxDetail=tax(1.99))) == (21.65, 1.65)


def test_automated_tax_leaves_the_shipping_box_and_exempt_customers_alone(of):
    qb = of(AST)
    box = qb.line("SHIPPING_ITEM_ID", Qty=1, UnitPrice=10)
    assert sums(qb.invoice(qb.line(), box)) == (31.65, 1.65)
    who = qb.create("Customer", {"DisplayName": "School", "TaxExemptionReasonId": 7})
    assert who["Taxable"] is False and sums(qb.invoice(CustomerRef={"value": who["Id"]}))[1] == 0


# tax: global


def test_every_line_of_a_global_company_needs_a_code(qb):
    reply = qb.post("Invoice", qb.sale(qb.line(), qb.line(TaxCodeRef="LEAVE OUT")))
    assert code(reply) == "6000" and "VAT rate (GST/HST rate)" in detail(reply)


def test_rates_are_summed_by_rate(of):
    qb = of(GB)
    made = qb.invoice(qb.line(), qb.line(Qty=1), qb.line(TaxCodeRef={"value": "3"}), qb.line(TaxCodeRef={"value": "4"}))
    lines = made["TxnTaxDetail"]["TaxLine"]
    assert [
        (line["TaxLineDetail"]["TaxPercent"], line["TaxLineDetail"]["NetAmountTaxable"], line["Amount"])
        for line in lines
    ] == [
        *((20, 30, 6), (5, 20, 1)),
        (0, 20, 0),
    ]
    assert sums(made) == (77, 7) and made["GlobalTaxCalculation"] == "TaxExcluded"


@pytest.mark.parametrize(("rounding", "total"), [("line", 0.18), ("sum", 0.17)])
def test_tax_is_rounded_by_line_or_by_sum(qb, server, rounding, total):
    server.settings("quickbooks", tax_rounding=rounding)
    assert sums(qb.invoice(*[qb.line("STK-1", Qty=1, UnitPrice=0.92)] * 3))[1] == total


def test_inclusive_lines_hold_their_tax(of):
    qb = of(GB)
    mug = qb.line(Qty=1, UnitPrice=16.67, TaxInclusiveAmt=20)
    book = qb.line("BOOK-A", Qty=1, UnitPrice=10, TaxInclusiveAmt=10.5, TaxCodeRef={"value": "3"})
    made = qb.invoice(mug, book, GlobalTaxCalculation="TaxInclusive")
    assert sums(made) == (30.5, 3.83)
    assert [row["Amount"] for row in made["Line"]] == [16.67, 10, 26.67]
    assert made["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == 20


def test_without_the_inclusive_amount_an_inclusive_line_is_net(of):
    qb = of(GB)
    made = qb.invoice(qb.line(Qty=1, UnitPrice=20), GlobalTaxCalculation="TaxInclusive")
    assert sums(made) == (24, 4) and made["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == 24


def test_a_net_that_does_not_fit_the_inclusive_amount_is_worked_out_anew(of):
    qb = of(GB)
    made = qb.invoice(qb.line(Qty=3, UnitPrice=10, TaxInclusiveAmt=10), GlobalTaxCalculation="TaxInclusive")
    assert sums(made) == (10, 1.67)
    row = made["Line"][0]
    assert (row["Amount"], row["SalesItemLineDetail"]["UnitPrice"]) == (8.33, 2.7766667)


def test_an_inclusive_discount_comes_off_the_whole(of):
    qb = of(GB)
    line = qb.line(Qty=1, UnitPrice=16.67, TaxInclusiveAmt=20)
    mode = {"GlobalTaxCalculation": "TaxInclusive"}
    assert sums(qb.invoice(line, discount(Amount=5), **mode)) == (15, 3.33)
    assert sums(qb.invoice(line, discount(Amount=5), ApplyTaxAfterDiscount=True, **mode)) == (15, 2.5)
    assert qb.invoice(line, discount(PercentBased=True, DiscountPercent=10), **mode)["TotalAmt"] == 18


def test_tax_that_does_not_apply_needs_no_codes_and_takes_no_detail(of):
    qb = of(GB)
    line = qb.line(TaxCodeRef="LEAVE OUT")
    made = qb.invoice(line, GlobalTaxCalculation="NotApplicable")
    assert sums(made) == (20, None)
    reply = qb.post("Invoice", qb.sale(line, GlobalTaxCalculation="NotApplicable", TxnTaxDetail={"TotalTax": 0}))
    assert code(reply) == "6170"


def test_a_tax_that_is_sent_stands_in_a_global_company_too_and_stays_when_resent(qb):
    made = qb.invoice(TxnTaxDetail={"TotalTax": 1.21})
    assert sums(made) == (21.21, 1.21)
    stamp = {"Id": made["Id"], "SyncToken": "0", "sparse": True}
    more = qb.create("Invoice", stamp | {"Line": [qb.line(Qty=4)], "TxnTaxDetail": made["TxnTaxDetail"]})
    assert sums(more) == (41.21, 1.21), "the old tax is kept"
    anew = qb.create("Invoice", stamp | {"SyncToken": "1", "Line": [qb.line(Qty=4)]})
    assert sums(anew) == (42.4, 2.4)


def test_a_sparse_update_of_a_note_leaves_every_amount(of):
    for realm in (MY, US, AST, GB):
        qb = of(realm)
        made = qb.invoice(qb.line(), discount(Amount=3), **({"TxnTaxDetail": tax(1.99)} if realm in (US, AST) else {}))
        new = qb.create("Invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "n"})
        assert {**new, "SyncToken": "0", "MetaData": 0} == {**made, "PrivateNote": "n", "MetaData": 0}


# currencies


def foreign(qb, **changes):
    who = qb.one("Customer", "Web store customers (SGD)")
    return qb.sale(**{"CustomerRef": {"value": who}, "CurrencyRef": {"value": "SGD"}} | changes)


@pytest.mark.parametrize(
    ("changes", "rate", "home"),
    [({}, 3.4125, 72.35), ({"ExchangeRate": 3.5}, 3.5, 74.2), ({"ExchangeRate": 0}, 3.4125, 72.35)],
)
def test_a_foreign_form_has_home_amounts_by_the_days_rate_or_the_one_sent(qb, changes, rate, home):
    made = qb.create("Invoice", foreign(qb, **changes))
    assert (made["TotalAmt"], made["ExchangeRate"], made["HomeTotalAmt"], made["HomeBalance"]) == (
        21.2,
        rate,
        home,
        home,
    )


def test_the_rate_is_that_of_the_forms_day(qb, server):
    for day, rate in (("2026-01-10", 3.6), ("2026-01-20", 3.7)):
        qb.call("POST", "/exchangerate", {"SourceCurrencyCode": "SGD", "AsOfDate": day, "Rate": rate})
    assert qb.create("Invoice", foreign(qb))["ExchangeRate"] == 3.6
    server.settings("quickbooks", exchange_rate="daily")
    assert qb.create("Invoice", foreign(qb, ExchangeRate=3.5))["ExchangeRate"] == 3.6


def test_a_form_must_be_in_the_customers_currency(qb):
    assert code(qb.post("Invoice", foreign(qb, CurrencyRef={"value": "MYR"}))) == "6000"


def test_a_company_without_multicurrency_shows_no_home_amounts(of):
    qb = of(US)
    made = qb.invoice(CurrencyRef="LEAVE OUT")
    assert not {"ExchangeRate", "HomeTotalAmt"} & set(made) and made["CurrencyRef"]["value"] == "USD"
    assert code(qb.post("Invoice", qb.sale(CurrencyRef={"value": "EUR"}))) == "6000"


# mail


def test_sending_marks_the_form_and_keeps_the_address(qb):
    made = qb.invoice()
    headers = {"Content-Type": "application/octet-stream"}
    assert code(qb.call("POST", f"/invoice/{made['Id']}/send", headers=headers)) == "6420"
    path = f"/invoice/{made['Id']}/send?sendTo=a%40b.example"
    sent = qb.call("POST", path, headers=headers).json()["Invoice"]
    assert (sent["EmailStatus"], sent["BillEmail"]["Address"], sent["SyncToken"]) == ("EmailSent", "a@b.example", "1")
    assert sent["DeliveryInfo"]["DeliveryType"] == "Email"
