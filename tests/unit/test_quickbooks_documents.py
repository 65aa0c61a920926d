"""The bodies of everything that is written into QuickBooks."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from adapters.errors import Refused, UnknownCode
from documents import (
    Action,
    Content,
    CreditNote,
    CustomerChoice,
    Invoice,
    InvoiceLine,
    KnockOff,
    NewCustomer,
    NewProduct,
    Receipt,
    Remote,
    Role,
)
from tests.unit.quickbooks_fakes import FakeHttp, books_of, fault, lookup

D = Decimal
LINE = InvoiceLine(
    "item",
    D("39.98"),
    item="Mug",
    quantity=D(2),
    price=D("19.99"),
    tax_code="TAX",
    tax_rate=D(8),
    description="Mug blue",
    project="Fair",
    location="Leeds",
)
DELIVERY = InvoiceLine("shipping", D("5.00"), item="Delivery", quantity=D(1), price=D("5.00"), tax_code="NON")
DISCOUNT = InvoiceLine("seller_discount", D("-5.00"), form="discount_line", tax_code="TAX", description="Voucher")
US = Invoice(
    "R-1",
    "USD",
    D("48.18"),
    dt.date(2026, 10, 3),
    D(1),
    CustomerChoice("58"),
    (LINE, DELIVERY),
    number="WEB-10023",
    tax=D("3.20"),
    tax_sent=D("3.20"),
    document_tax_code="2",
    due_date=dt.date(2026, 11, 2),
    terms="30",
    project="Online",
    location="Leeds",
    description="Thank you",
    bill_to=("Ann Ockel", "Ockel Retail", "1 High St", "Leeds", "LS1", "UK"),
    email="ann@ockel.example",
    allows_card=True,
    allows_bank=False,
)
UK_LINE = replace(LINE, tax_code="20.0% S", tax_rate=D(20), tax=D("8.00"), project=None)
UK = replace(
    US,
    lines=(UK_LINE,),
    total=D("47.98"),
    tax=D("8.00"),
    tax_sent=None,
    document_tax_code=None,
    project=None,
)


def prepared(
    role: Role,
    content: Content | None,
    action: Action = Action.CREATE,
    http: FakeHttp | None = None,
    remote_id: str = "",
) -> dict[str, Any]:
    """The call as it is kept; a new document asks nothing."""
    remote = Remote(remote_id, "R-1", "") if remote_id else None
    return json.loads(books_of(http or FakeHttp()).prepare(role, action, "R-1", content, lookup, remote))


def body(role: Role, content: Content) -> dict[str, Any]:
    return prepared(role, content)["body"]


# --- sales --------------------------------------------------------------------------------------------------------


@pytest.mark.feature("S3", "S5", "S6", "S10", "S17", "S23", "S24", "I9", "I11")
def test_an_invoice_as_a_us_company_takes_it():
    assert prepared(Role.SALE, US) == {
        "entity": "Invoice",
        "params": {},
        "reference": "R-1",
        "body": {
            "CustomerRef": {"value": "58"},
            "TxnDate": "2026-10-03",
            "DueDate": "2026-11-02",
            "DocNumber": "WEB-10023",
            "PrivateNote": "Tillbridge [R-1]",
            "CustomerMemo": {"value": "Thank you"},
            "BillEmail": {"Address": "ann@ockel.example"},
            "BillAddr": {
                "Line1": "Ann Ockel",
                "Line2": "Ockel Retail",
                "Line3": "1 High St",
                "Line4": "Leeds",
                "Line5": "LS1, UK",
            },
            "CurrencyRef": {"value": "USD"},
            "SalesTermRef": {"value": "3"},
            "DepartmentRef": {"value": "31"},
            "AllowOnlineCreditCardPayment": True,
            "AllowOnlineACHPayment": False,
            "Line": [
                {
                    "DetailType": "SalesItemLineDetail",
                    "Amount": 39.98,
                    "Description": "Mug blue",
                    "SalesItemLineDetail": {
                        "ItemRef": {"value": "4"},
                        "Qty": 2,
                        "UnitPrice": 19.99,
                        "TaxCodeRef": {"value": "TAX"},
                        "ClassRef": {"value": "22"},
                    },
                },
                {
                    "DetailType": "SalesItemLineDetail",
                    "Amount": 5.0,
                    "SalesItemLineDetail": {
                        "ItemRef": {"value": "5"},
                        "Qty": 1,
                        "UnitPrice": 5.0,
                        "TaxCodeRef": {"value": "NON"},
                        "ClassRef": {"value": "21"},
                    },
                },
            ],
            "TxnTaxDetail": {
                "TotalTax": 3.2,
                "TxnTaxCodeRef": {"value": "2"},
                "TaxLine": [
                    {
                        "DetailType": "TaxLineDetail",
                        "Amount": 3.2,
                        "TaxLineDetail": {
                            "TaxRateRef": {"value": "3"},
                            "PercentBased": True,
                            "TaxPercent": 8,
                            "NetAmountTaxable": 39.98,
                        },
                    }
                ],
            },
        },
    }


def test_a_new_document_asks_nothing_and_is_always_the_same_bytes():
    http = FakeHttp()
    one = books_of(http).prepare(Role.SALE, Action.CREATE, "R-1", US, lookup, None)
    assert one == books_of(http).prepare(Role.SALE, Action.CREATE, "R-1", replace(US), lookup, None)
    assert http.asked == []


@pytest.mark.feature("M8")
def test_an_invoice_of_other_companies_names_a_tax_code_on_each_line_and_sends_no_tax():
    made = body(Role.SALE, UK)
    assert made["GlobalTaxCalculation"] == "TaxExcluded"
    assert made["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "6"}
    assert "TxnTaxDetail" not in made and "ApplyTaxAfterDiscount" not in made


@pytest.mark.feature("M8")
def test_amounts_that_hold_their_tax_are_sent_net_with_what_the_buyer_sees():
    line = replace(UK_LINE, amount=D("20.00"), quantity=D(3), price=D("6.6666667"), tax=D("3.33"))
    made = body(Role.SALE, replace(UK, lines=(line,), tax_inclusive=True, tax=D("3.33"), total=D("20.00")))
    assert made["GlobalTaxCalculation"] == "TaxInclusive"
    [shown] = made["Line"]
    assert (shown["Amount"], shown["SalesItemLineDetail"]["TaxInclusiveAmt"]) == (16.67, 20.0)
    price = D(str(shown["SalesItemLineDetail"]["UnitPrice"]))
    assert price == D("5.5566667") and round(price * 3, 2) == D("16.67")


def test_a_net_price_that_no_seven_decimals_can_keep_is_refused():
    line = replace(UK_LINE, amount=D("2000000.00"), quantity=D(900007), price=D("2.2222049"), tax=D("333333.33"))
    with pytest.raises(Refused, match="No price with 7 decimals makes 900007 of Mug blue"):
        body(Role.SALE, replace(UK, lines=(line,), tax_inclusive=True))


def test_books_without_sales_tax_get_no_codes():
    made = body(Role.SALE, replace(UK, lines=(replace(UK_LINE, tax_code=None, tax_rate=D(0)),)))
    assert "GlobalTaxCalculation" not in made and "TxnTaxDetail" not in made
    assert "TaxCodeRef" not in made["Line"][0]["SalesItemLineDetail"]


@pytest.mark.feature("I9")
def test_the_discount_is_a_line_of_its_own_with_a_positive_amount():
    made = body(Role.SALE, replace(US, lines=(LINE, DISCOUNT)))
    assert made["Line"][1] == {
        "DetailType": "DiscountLineDetail",
        "Amount": 5.0,
        "Description": "Voucher",
        "DiscountLineDetail": {"PercentBased": False, "ClassRef": {"value": "21"}},
    }
    uk = replace(UK, lines=(UK_LINE, replace(DISCOUNT, tax_code="20.0% S", tax=D("-1.00"))))
    assert body(Role.SALE, uk)["Line"][1]["DiscountLineDetail"] == {
        "PercentBased": False,
        "TaxCodeRef": {"value": "6"},
    }
    assert body(Role.SALE, uk)["ApplyTaxAfterDiscount"] is True


def test_a_discount_that_bears_no_tax_leaves_the_tax_of_the_lines_as_it_is():
    uk = replace(UK, lines=(UK_LINE, replace(DISCOUNT, tax_code="No VAT", tax=D(0))))
    assert body(Role.SALE, uk)["ApplyTaxAfterDiscount"] is False


def test_a_discount_of_nothing_is_no_line():
    assert len(body(Role.SALE, replace(US, lines=(LINE, replace(DISCOUNT, amount=D(0)))))["Line"]) == 1


@pytest.mark.parametrize(("sent", "is_after", "taxable"), [("3.20", False, 39.98), ("2.80", True, 34.98)])
def test_whether_the_tax_is_before_or_after_the_discount_is_read_from_the_store_s_figures(
    sent: str, is_after: bool, taxable: float
):
    made = body(Role.SALE, replace(US, lines=(LINE, DISCOUNT), tax_sent=D(sent)))
    assert made["ApplyTaxAfterDiscount"] is is_after
    assert made["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == taxable


def test_a_tax_of_several_rates_is_shared_to_the_cent():
    made = body(Role.SALE, replace(US, tax_sent=D("3.55"), document_tax_code="State and city"))
    shares = [D(str(line["Amount"])) for line in made["TxnTaxDetail"]["TaxLine"]]
    assert shares == [D("1.8"), D("1.75")] and sum(shares) == D("3.55")


def test_no_tax_is_sent_as_nothing_so_that_an_old_one_goes():
    made = body(Role.SALE, replace(US, tax_sent=D("0.00"), document_tax_code=None))
    assert made["TxnTaxDetail"] == {"TotalTax": 0.0}


@pytest.mark.feature("S20")
def test_a_sale_that_was_paid_at_once_is_a_sales_receipt():
    paid = replace(US, is_receipt=True, deposit_account="Wallet", payment_method="Card")
    call = prepared(Role.SALE, paid)
    assert call["entity"] == "SalesReceipt"
    assert call["body"]["DepositToAccountRef"] == {"value": "35"}
    assert call["body"]["PaymentMethodRef"] == {"value": "2"}
    assert not {"DueDate", "SalesTermRef", "AllowOnlineCreditCardPayment"} & set(call["body"])


def test_a_payment_method_that_quickbooks_does_not_have_is_left_out():
    assert "PaymentMethodRef" not in body(Role.SALE, replace(US, is_receipt=True, payment_method="Cowries"))


@pytest.mark.feature("M7")
def test_a_foreign_currency_goes_with_its_rate_and_never_without():
    foreign = replace(US, currency="EUR", exchange_rate=D("1.0943"))
    assert body(Role.SALE, foreign)["CurrencyRef"] == {"value": "EUR"}
    assert body(Role.SALE, foreign)["ExchangeRate"] == 1.0943
    assert "ExchangeRate" not in body(Role.SALE, replace(US, exchange_rate=None))
    with pytest.raises(Refused, match="no exchange rate for EUR"):
        body(Role.SALE, replace(foreign, exchange_rate=None))


@pytest.mark.feature("S5")
def test_a_class_of_the_whole_document_stands_in_its_head():
    made = body(Role.SALE, replace(US, project="Whole", lines=(replace(LINE, project="Whole"),)))
    assert made["ClassRef"] == {"value": "23"}
    assert "ClassRef" not in made["Line"][0]["SalesItemLineDetail"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (replace(LINE, location="York"), "one location"),
        (replace(LINE, project="Other"), "one class"),
    ],
)
def test_what_a_document_has_once_cannot_differ_on_a_line(line: InvoiceLine, words: str):
    with pytest.raises(Refused, match=words):
        body(Role.SALE, replace(US, project="Whole", lines=(line,)))


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@localhost", "a@b@c.example", "a n@b.example", f"{'x' * 100}@b.example"]
)
def test_an_address_that_quickbooks_would_refuse_is_left_out(email: str):
    assert "BillEmail" not in body(Role.SALE, replace(US, email=email))


def test_without_a_date_or_a_customer_nothing_is_made():
    with pytest.raises(Refused):
        body(Role.SALE, replace(US, date=None))
    with pytest.raises(UnknownCode):
        body(Role.SALE, replace(US, customer=CustomerChoice(create=NewCustomer("Ann"))))
    with pytest.raises(UnknownCode):
        body(Role.SALE, replace(US, terms="60"))


# --- what stands there already ------------------------------------------------------------------------------------

STANDS = {
    "Id": "130",
    "SyncToken": "4",
    "PrivateNote": "Voided - Tillbridge [R-1]\nCall Ann",
    "TotalAmt": 0,
    "TxnTaxDetail": {"TotalTax": 0},
    "Line": [
        {"Id": "1", "DetailType": "SalesItemLineDetail"},
        {"Id": "2", "DetailType": "SalesItemLineDetail"},
        {"Id": "3", "DetailType": "SalesItemLineDetail"},
        {"DetailType": "SubTotalLineDetail", "Amount": 0},
    ],
}


@pytest.mark.feature("I8")
def test_a_voided_invoice_is_written_anew_with_one_read():
    http = FakeHttp()
    http.on("GET", "invoice/130", {"Invoice": STANDS})
    call = prepared(Role.SALE, replace(UK, lines=(UK_LINE, UK_LINE)), Action.UPDATE, http, "130")
    made = call["body"]
    assert http.paths == ["GET invoice/130"]
    assert (made["Id"], made["SyncToken"], made["sparse"], call["params"]) == ("130", "4", True, {})
    assert made["PrivateNote"] == "Tillbridge [R-1]\nCall Ann"
    assert [line["Id"] for line in made["Line"]] == ["1", "2"]
    assert "TxnTaxDetail" not in made


@pytest.mark.parametrize(("was", "is_sparse"), [("58", True), ("59", False)])
def test_another_customer_s_email_and_address_do_not_stay(was: str, is_sparse: bool):
    http = FakeHttp()
    stands = {**STANDS, "CustomerRef": {"value": was}, "BillEmail": {"Address": "ann@example.com"}}
    http.on("GET", "invoice/130", {"Invoice": stands})
    made = prepared(Role.SALE, replace(UK, customer=CustomerChoice("58")), Action.UPDATE, http, "130")["body"]
    assert made.get("sparse", False) is is_sparse and made["CustomerRef"] == {"value": "58"}


def test_a_line_more_than_before_is_new():
    http = FakeHttp()
    http.on("GET", "invoice/130", {"Invoice": {**STANDS, "Line": STANDS["Line"][:1]}})
    made = prepared(Role.SALE, US, Action.UPDATE, http, "130")["body"]
    assert [line.get("Id") for line in made["Line"]] == ["1", None]


def test_a_document_stays_of_its_kind_whatever_the_settings_say_now():
    http = FakeHttp()
    http.on("GET", "salesreceipt/131", {"SalesReceipt": {"Id": "131", "SyncToken": "0", "Line": []}})
    call = prepared(Role.SALE, replace(US, is_receipt=False), Action.UPDATE, http, "SalesReceipt/131")
    assert (call["entity"], call["body"]["Id"]) == ("SalesReceipt", "131")


def test_a_document_that_is_gone_cannot_be_changed():
    http = FakeHttp()
    http.on("GET", "invoice/130", (400, fault("610", "Object Not Found")))
    with pytest.raises(Refused, match="has it no more"):
        prepared(Role.SALE, US, Action.UPDATE, http, "130")


VOIDS = [
    (Role.SALE, "130", "Invoice", {"operation": "void"}, {}),
    (Role.SALE, "SalesReceipt/131", "SalesReceipt", {"operation": "update", "include": "void"}, {"sparse": True}),
    (Role.PAYMENT, "132", "Payment", {"operation": "update", "include": "void"}, {"sparse": True}),
    (Role.REFUND, "133", "CreditMemo", {"operation": "delete"}, {}),
    (Role.REFUND, "RefundReceipt/134", "RefundReceipt", {"operation": "delete"}, {}),
    (Role.CUSTOMER, "58", "Customer", {}, {"sparse": True, "Active": False}),
    (Role.PRODUCT, "4", "Item", {}, {"sparse": True, "Active": False}),
]


@pytest.mark.feature("T2")
@pytest.mark.parametrize(("role", "remote_id", "entity", "params", "more"), VOIDS)
def test_each_kind_is_voided_in_its_own_way(
    role: Role, remote_id: str, entity: str, params: dict[str, str], more: dict[str, Any]
):
    http, number = FakeHttp(), remote_id.rsplit("/", maxsplit=1)[-1]
    http.on("GET", f"{entity.lower()}/{number}", {entity: {"Id": number, "SyncToken": "2"}})
    assert prepared(role, None, Action.VOID, http, remote_id) == {
        "entity": entity,
        "params": params,
        "reference": "R-1",
        "body": {"Id": number, "SyncToken": "2", **more},
    }


@pytest.mark.feature("T2")
def test_an_invoice_is_not_voided_under_its_payment():
    http = FakeHttp()
    paid = {**STANDS, "LinkedTxn": [{"TxnId": "9", "TxnType": "Payment"}]}
    http.on("GET", "invoice/130", {"Invoice": paid})
    with pytest.raises(Refused, match="payment is applied"):
        prepared(Role.SALE, None, Action.VOID, http, "130")


@pytest.mark.parametrize(("entity", "role", "remote_id"), [(e, r, i) for r, i, e, _, _ in VOIDS])
def test_what_was_voided_is_void_however_little_the_answer_says(entity: str, role: Role, remote_id: str):
    http, number = FakeHttp(), remote_id.rsplit("/", maxsplit=1)[-1]
    http.on("GET", f"{entity.lower()}/{number}", {entity: {"Id": number, "SyncToken": "2"}})
    books = books_of(http)
    payload = books.prepare(role, Action.VOID, "R-1", None, lookup, Remote(remote_id, "R-1", ""))
    http.on("POST", entity.lower(), {entity: {"Id": number, "status": "Deleted", "domain": "QBO"}})
    answer = books.send(role, Action.VOID, payload, "key-9")
    assert (answer.remote_id, answer.reference, answer.is_void) == (remote_id, "R-1", True)
    assert http.asked[-1].params["requestid"] == "key-9"
    assert {**http.asked[-1].params, **json.loads(payload)["params"]} == http.asked[-1].params


def test_a_void_after_which_the_document_lives_is_refused():
    http = FakeHttp()
    http.on("GET", "payment/132", {"Payment": {"Id": "132", "SyncToken": "2"}})
    books = books_of(http)
    payload = books.prepare(Role.PAYMENT, Action.VOID, "R-1", None, lookup, Remote("132", "R-1", ""))
    http.on("POST", "payment", {"Payment": {"Id": "132", "TotalAmt": 60, "PrivateNote": "Tillbridge [R-1]"}})
    with pytest.raises(Refused, match="as it was"):
        books.send(Role.PAYMENT, Action.VOID, payload, "key-9")


# --- customers ----------------------------------------------------------------------------------------------------


@pytest.mark.feature("M9", "I11")
def test_a_contact_is_made_below_its_company():
    contact = NewCustomer("Ann Ockel", "ann@ockel.example", CustomerChoice("71"), "USD", "30")
    assert prepared(Role.CUSTOMER, contact) == {
        "entity": "Customer",
        "params": {},
        "reference": "R-1",
        "body": {
            "DisplayName": "Ann Ockel",
            "PrimaryEmailAddr": {"Address": "ann@ockel.example"},
            "Notes": "Tillbridge [R-1]",
            "CurrencyRef": {"value": "USD"},
            "SalesTermRef": {"value": "3"},
            "ParentRef": {"value": "71"},
            "Job": True,
            "BillWithParent": True,
        },
    }


def test_a_company_has_a_name_and_our_reference():
    assert body(Role.CUSTOMER, NewCustomer("Ockel")) == {"DisplayName": "Ockel", "Notes": "Tillbridge [R-1]"}


@pytest.mark.feature("X5")
def test_a_business_partner_is_written_with_company_tax_number_term_and_payment_method():
    partner = NewCustomer("ACME01", terms="30", company="Acme Ltd", tax_number=" GB1 ", payment_method="Card")
    assert body(Role.CUSTOMER, partner) == {
        "DisplayName": "ACME01",
        "CompanyName": "Acme Ltd",
        "PrimaryTaxIdentifier": "GB1",
        "SalesTermRef": {"value": "3"},
        "PaymentMethodRef": {"value": "2"},
        "Notes": "Tillbridge [R-1]",
    }


@pytest.mark.feature("X5")
@pytest.mark.parametrize(
    ("told", "field", "sent"),
    [
        ({"company": "A" * 101}, "CompanyName", "A" * 100),
        ({"company": " "}, "CompanyName", None),
        ({"tax_number": "1" * 20}, "PrimaryTaxIdentifier", "1" * 20),
        ({"tax_number": "1" * 21}, "PrimaryTaxIdentifier", None),
    ],
)
def test_a_long_company_is_cut_but_a_long_tax_number_is_left_out(told, field, sent):
    assert body(Role.CUSTOMER, NewCustomer("ACME01", **told)).get(field) == sent


@pytest.mark.feature("I8", "I11")
def test_a_customer_is_updated_and_made_active_again_but_stays_where_it_is():
    http = FakeHttp()
    stands = {"Id": "80", "SyncToken": "1", "DisplayName": "Ann (deleted)", "Active": False, "Notes": "Hers"}
    http.on("GET", "customer/80", {"Customer": stands})
    contact = NewCustomer("Ann", "ann@ockel.example", CustomerChoice("71"), "EUR")
    assert prepared(Role.CUSTOMER, contact, Action.UPDATE, http, "80")["body"] == {
        "Id": "80",
        "SyncToken": "1",
        "sparse": True,
        "Active": True,
        "DisplayName": "Ann",
        "PrimaryEmailAddr": {"Address": "ann@ockel.example"},
    }
    assert prepared(Role.CUSTOMER, None, Action.RESTORE, http, "80")["body"] == {
        "Id": "80",
        "SyncToken": "1",
        "sparse": True,
        "Active": True,
        "DisplayName": "Ann",
    }


def test_the_answer_to_a_new_customer_is_what_its_list_row_would_be():
    http = FakeHttp()
    row = {"Id": "80", "DisplayName": "Ann", "Notes": "Tillbridge [R-1]", "PrimaryEmailAddr": {"Address": "a@b.c"}}
    http.on("POST", "customer", {"Customer": row})
    books = books_of(http)
    payload = books.prepare(Role.CUSTOMER, Action.CREATE, "R-1", NewCustomer("Ann"), lookup, None)
    made = books.send(Role.CUSTOMER, Action.CREATE, payload, "k")
    assert (made.remote_id, made.number, made.reference) == ("80", "80", "R-1")
    assert made.raw == {"email": "a@b.c", "currency": "", "parent": ""}


# --- products -----------------------------------------------------------------------------------------------------

PRODUCT = NewProduct("Mug: blue", "MUG-BL", "A blue mug", D("9.50"), None, "Sales", "Cost of goods")


@pytest.mark.feature("S25")
def test_an_untracked_product_has_its_two_accounts():
    assert body(Role.PRODUCT, PRODUCT) == {
        "Name": "Mug- blue",
        "Sku": "MUG-BL",
        "Description": "A blue mug",
        "UnitPrice": 9.5,
        "Type": "NonInventory",
        "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"},
        "PurchaseDesc": "Tillbridge [R-1]",
    }


@pytest.mark.feature("S25")
def test_a_tracked_product_has_stock_a_first_day_and_an_asset_account():
    tracked = replace(
        PRODUCT, is_tracked=True, asset_account="Inventory Asset", quantity=D(12), since=dt.date(2026, 10, 1)
    )
    made = body(Role.PRODUCT, tracked)
    assert (made["Type"], made["TrackQtyOnHand"], made["QtyOnHand"]) == ("Inventory", True, 12)
    assert (made["InvStartDate"], made["AssetAccountRef"]) == ("2026-10-01", {"value": "81"})


@pytest.mark.feature("S25")
@pytest.mark.parametrize(
    "product",
    [
        replace(PRODUCT, income_account=None),
        replace(PRODUCT, expense_account=None),
        replace(PRODUCT, is_tracked=True, since=dt.date(2026, 10, 1)),
        replace(PRODUCT, is_tracked=True, asset_account="Inventory Asset"),
    ],
)
def test_a_product_without_its_accounts_is_refused_before_it_is_sent(product: NewProduct):
    with pytest.raises(Refused, match="settings"):
        body(Role.PRODUCT, product)


@pytest.mark.parametrize(
    ("code", "told"),
    [("2", {"Taxable": True}), ("20.0% S", {"SalesTaxCodeRef": {"value": "6"}}), (None, {})],
)
def test_a_product_is_taxed_as_its_country_says(code: str | None, told: dict[str, Any]):
    made = body(Role.PRODUCT, replace(PRODUCT, tax_code=code))
    assert {name: made[name] for name in ("Taxable", "SalesTaxCodeRef") if name in made} == told


def test_a_product_that_is_changed_keeps_its_kind_accounts_and_stock():
    http = FakeHttp()
    http.on("GET", "item/4", {"Item": {"Id": "4", "SyncToken": "7"}})
    made = prepared(Role.PRODUCT, PRODUCT, Action.UPDATE, http, "4")["body"]
    assert set(made) == {"Id", "SyncToken", "sparse", "Active", "Name", "Sku", "Description", "UnitPrice"}


# --- payments -----------------------------------------------------------------------------------------------------

RECEIPT = Receipt(
    "R-1",
    "USD",
    D("60.00"),
    dt.date(2026, 10, 4),
    "Wallet",
    "Card",
    CustomerChoice("58"),
    number="PF394",
    knock_offs=(KnockOff("S-1", D("48.18"), "130", "1042"), KnockOff("S-2", D("11.82"), "131", "1043")),
)


def with_balances(*pairs: tuple[str, float]) -> FakeHttp:
    http = FakeHttp()
    http.on_query("Invoice", [{"Id": number, "Balance": balance} for number, balance in pairs])
    return http


@pytest.mark.feature("R3", "R5", "S27")
def test_a_payment_pays_its_invoices_after_one_question():
    http = with_balances(("130", 48.18), ("131", 20.00))
    call = prepared(Role.PAYMENT, RECEIPT, http=http)
    assert call == {
        "entity": "Payment",
        "params": {},
        "reference": "R-1",
        "body": {
            "CustomerRef": {"value": "58"},
            "TotalAmt": 60.0,
            "TxnDate": "2026-10-04",
            "PaymentRefNum": "PF394",
            "PaymentMethodRef": {"value": "2"},
            "DepositToAccountRef": {"value": "35"},
            "PrivateNote": "Tillbridge [R-1]",
            "CurrencyRef": {"value": "USD"},
            "Line": [
                {"Amount": 48.18, "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}]},
                {"Amount": 11.82, "LinkedTxn": [{"TxnId": "131", "TxnType": "Invoice"}]},
            ],
        },
    }
    assert len(http.asked) == 1 and "Id IN ('130', '131')" in http.queries[0]


@pytest.mark.feature("R3")
def test_never_more_than_the_balance_is_applied_and_the_rest_stays_open():
    made = prepared(Role.PAYMENT, RECEIPT, http=with_balances(("130", 48.17), ("131", 0)))["body"]
    assert made["TotalAmt"] == 60.0
    assert [line["Amount"] for line in made["Line"]] == [48.17]


@pytest.mark.feature("R3")
def test_only_what_we_do_not_know_to_be_open_is_asked_for():
    first, second = RECEIPT.knock_offs
    known = replace(RECEIPT, knock_offs=(replace(first, balance=D("48.17")), second))
    http = with_balances(("131", 20))
    made = prepared(Role.PAYMENT, known, http=http)["body"]
    assert [line["Amount"] for line in made["Line"]] == [48.17, 11.82]
    assert len(http.asked) == 1 and "Id IN ('131')" in http.queries[0]


@pytest.mark.feature("R5")
def test_a_payment_that_was_changed_by_hand_is_set_back():
    http = with_balances(("130", 8.18), ("131", 11.82))
    stands = {
        "Id": "200",
        "SyncToken": "3",
        "TotalAmt": 40,
        "PrivateNote": "Tillbridge [R-1]",
        "Line": [{"Amount": 40, "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}]}],
    }
    http.on("GET", "payment/200", {"Payment": stands})
    made = prepared(Role.PAYMENT, RECEIPT, Action.UPDATE, http, "200")["body"]
    assert (made["Id"], made["SyncToken"], made["sparse"], made["TotalAmt"]) == ("200", "3", True, 60.0)
    assert [line["Amount"] for line in made["Line"]] == [48.18, 11.82]


def test_a_long_reference_of_the_payer_is_kept_whole_in_the_note():
    long = "pi_3PqXyZ0123456789abcdefgh"
    made = prepared(Role.PAYMENT, replace(RECEIPT, number=long, knock_offs=()))["body"]
    assert made["PaymentRefNum"] == long[:21]
    assert made["PrivateNote"] == f"Tillbridge [R-1]\n{long}"
    assert made["Line"] == []


@pytest.mark.parametrize("remote_id", ["SalesReceipt/131", ""])
def test_what_is_no_open_invoice_cannot_be_paid(remote_id: str):
    with pytest.raises(Refused, match="1042 is no open invoice"):
        prepared(Role.PAYMENT, replace(RECEIPT, knock_offs=(KnockOff("S-1", D(1), remote_id, "1042"),)))


# --- refunds ------------------------------------------------------------------------------------------------------

REFUND = CreditNote(replace(US, number="CN-1"), KnockOff("S-1", D("48.18"), "130", "1042"))


@pytest.mark.feature("X1", "S26")
def test_a_refund_that_the_customer_keeps_is_a_credit_memo_that_names_its_sale():
    call = prepared(Role.REFUND, REFUND)
    assert (call["entity"], call["body"]["DocNumber"]) == ("CreditMemo", "CN-1")
    assert call["body"]["PrivateNote"] == "Tillbridge [R-1]\nFor 1042"
    assert call["body"]["Line"][0]["Amount"] == 39.98 and call["body"]["TxnTaxDetail"]["TotalTax"] == 3.2
    assert not {"DueDate", "SalesTermRef", "DepositToAccountRef"} & set(call["body"])


@pytest.mark.feature("X1", "S26")
def test_a_refund_that_is_paid_out_is_a_refund_receipt_from_its_account():
    paid = replace(REFUND, paid_from="Wallet", document=replace(US, payment_method="Card"))
    call = prepared(Role.REFUND, paid)
    assert call["entity"] == "RefundReceipt"
    assert call["body"]["DepositToAccountRef"] == {"value": "35"}
    assert call["body"]["PaymentMethodRef"] == {"value": "2"}
