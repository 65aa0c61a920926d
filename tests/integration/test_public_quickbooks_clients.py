"""Public clients of QuickBooks Online drive the practice server with only their base URL changed.

python-quickbooks has its addresses as class attributes, intuit-oauth reads them from a discovery document."""

import urllib.parse
import warnings
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    ValidationException,
)
from quickbooks.objects import (
    Account,
    CompanyInfo,
    CreditMemo,
    Customer,
    DescriptionOnlyLine,
    DiscountLine,
    DiscountLineDetail,
    Invoice,
    Item,
    Payment,
    PaymentLine,
    PaymentMethod,
    Preferences,
    RefundReceipt,
    SalesItemLine,
    SalesItemLineDetail,
    SalesReceipt,
    TaxCode,
    TaxRate,
    TaxRateDetails,
    TaxService,
    Term,
)
from quickbooks.objects.base import Address, EmailAddress, Ref
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.deposit import Deposit, DepositLine
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.tax import TxnTaxDetail

from tests.practice_fixture import start_practice
from tests.quickbooks_calls import CODES, CURRENCIES, MY, US, WALK_IN

CALLBACK = "http://localhost:5000/connect/back"
SCOPES = [Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL, Scopes.PROFILE]

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True, scale=1000) as practice:
        yield practice


@pytest.fixture
def intuit(server, monkeypatch):
    """Intuit's own OAuth client, with the practice's discovery document for its environment."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server.reset()
    keys = server.quickbooks
    document = keys["base_url"] + "/oauth/.well-known/openid_configuration"
    return AuthClient(keys["client_id"], keys["client_secret"], CALLBACK, document, refresh_token=keys["refresh_token"])


@pytest.fixture
def books_of(server, intuit, monkeypatch):
    """python-quickbooks, connected to a company by a pasted refresh token."""
    monkeypatch.setattr(QuickBooks, "api_url_v3", server.quickbooks["base_url"] + "/v3")
    monkeypatch.setattr(QuickBooks, "sandbox_api_url_v3", server.quickbooks["base_url"] + "/v3")

    def connected(realm=MY, **options):
        token = server.control("POST", f"/quickbooks/{realm}/grant")["refresh_token"]
        intuit.access_token = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return QuickBooks(auth_client=intuit, refresh_token=token, company_id=realm, minorversion=75, **options)

    return connected


@pytest.fixture
def books(books_of):
    return books_of()


def ref(value, name=""):
    made = Ref()
    made.value, made.name = value, name
    return made


def line(books, item="MUG-01", quantity=2, price=10, realm=MY):
    made = SalesItemLine()
    made.Amount, made.Description = quantity * price, "A mug"
    made.SalesItemLineDetail = SalesItemLineDetail()
    made.SalesItemLineDetail.ItemRef = Item.filter(Name=item, qb=books)[0].to_ref()
    made.SalesItemLineDetail.Qty, made.SalesItemLineDetail.UnitPrice = quantity, price
    made.SalesItemLineDetail.TaxCodeRef = ref(CODES[realm])
    return made


def form(kind, books, *lines, realm=MY):
    made = kind()
    made.CustomerRef = Customer.get(WALK_IN, qb=books).to_ref()
    made.CurrencyRef = ref(CURRENCIES[realm])
    made.Line = list(lines) or [line(books, realm=realm)]
    return made


def payment(books, total, *applied):
    made = Payment()
    made.CustomerRef, made.CurrencyRef, made.TotalAmt = ref(WALK_IN), ref("MYR"), total
    for document, amount in applied:
        row = PaymentLine()
        row.Amount, row.LinkedTxn = amount, [document.to_linked_txn()]
        made.Line.append(row)
    return made


# a token's whole life, by Intuit's own client


def approved(address, realm):
    """What the app is told after a person has picked a company on the page."""
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
    choice = asked | {"choice": "approve", "realm_id": realm}
    reply = requests.post(address.partition("?")[0], data=choice, allow_redirects=False, timeout=10)
    return SimpleNamespace(**dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(reply.headers["Location"]).query)))


def test_a_tokens_whole_life_by_intuits_own_client(server, intuit):
    server.settings("quickbooks", rotate_after_s=0)
    back = approved(intuit.get_authorization_url(SCOPES), US)
    assert (back.state, back.realmId) == (intuit.state_token, US)

    intuit.get_bearer_token(back.code, realm_id=back.realmId)
    assert (intuit.realm_id, intuit.expires_in) == (US, 3600)
    assert 0 < intuit.x_refresh_token_expires_in <= 8_640_000
    assert intuit.id_token, "its signature, issuer and audience were checked against our keys"
    assert intuit.get_user_info().json()["email"] == "bookkeeper@practice.example"

    first = intuit.refresh_token, intuit.access_token
    intuit.refresh()
    assert intuit.refresh_token != first[0] and intuit.access_token != first[1]
    with pytest.raises(AuthClientError) as stale:
        intuit.refresh(refresh_token=first[0])
    assert stale.value.status_code == 400 and b"invalid_grant" in stale.value.content and stale.value.intuit_tid

    assert intuit.revoke() is True
    for dead in (intuit.refresh, intuit.get_user_info):
        with pytest.raises(AuthClientError):
            dead()


def test_a_code_cannot_be_used_twice_by_intuits_own_client(intuit):
    back = approved(intuit.get_authorization_url([Scopes.ACCOUNTING]), MY)
    intuit.get_bearer_token(back.code)
    with pytest.raises(AuthClientError):
        intuit.get_bearer_token(back.code)


def test_a_wrong_secret_is_told_to_intuits_own_client(intuit):
    intuit.client_secret = "wrong"
    with pytest.raises(AuthClientError) as refused:
        intuit.refresh()
    assert refused.value.status_code == 401 and b"invalid_client" in refused.value.content


# entities, by python-quickbooks


def test_lists_are_read_filtered_chosen_and_counted(books):
    assert CompanyInfo.get(MY, qb=books).CompanyName == "Practice Trading Sdn Bhd"
    assert Preferences.get(qb=books).CurrencyPrefs.HomeCurrency.value == "MYR"
    assert len(Item.all(qb=books)) == 51 and Item.all(qb=books)[0].Sku == "MUG-01"
    assert [c.DisplayName for c in Customer.filter(DisplayName="D'Cruz Stationery", qb=books)] == ["D'Cruz Stationery"]
    assert len(Customer.filter(Active=True, qb=books)) == Customer.count(qb=books) == 11
    assert Customer.count("DisplayName LIKE 'Web%'", qb=books) == 3
    assert [c.Id for c in Customer.choose([WALK_IN, "60"], qb=books)] == [WALK_IN, "60"]
    assert [c.DisplayName for c in Customer.all(order_by="DisplayName DESC", max_results=1, qb=books)] == [
        "志强贸易有限公司"
    ]
    for kind in (Account, Term, TaxCode, TaxRate, PaymentMethod, CompanyCurrency, ExchangeRate):
        assert kind.all(qb=books), kind


def test_a_customer_is_created_changed_and_made_inactive(books):
    customer = Customer()
    customer.DisplayName, customer.GivenName, customer.FamilyName = "Ada Lovelace", "Ada", "Lovelace"
    customer.PrimaryEmailAddr, customer.BillAddr = EmailAddress(), Address()
    customer.PrimaryEmailAddr.Address, customer.BillAddr.Line1 = "ada@example.com", "1 Jalan Mawar"
    customer.CurrencyRef = ref("MYR")
    customer.save(qb=books, request_id="ada-1")
    read = Customer.get(customer.Id, qb=books)
    assert (read.FullyQualifiedName, read.PrimaryEmailAddr.Address, read.SyncToken) == (
        "Ada Lovelace",
        "ada@example.com",
        "0",
    )
    read.Notes = "a friend"
    assert read.save(qb=books).Notes == "a friend"
    sparse = Customer.get(customer.Id, qb=books)
    changed = Customer()
    for name in list(changed.__dict__):
        delattr(changed, name)
    changed.Id, changed.SyncToken, changed.sparse, changed.Active = sparse.Id, sparse.SyncToken, True, False
    gone = changed.save(qb=books)
    assert (gone.DisplayName, gone.Notes, gone.BillAddr.Line1) == (
        "Ada Lovelace (deleted)",
        "a friend",
        "1 Jalan Mawar",
    )


def test_a_taken_name_is_its_own_exception(books):
    customer = Customer()
    customer.DisplayName = "TAN AH KOW"
    with pytest.raises(QuickbooksException) as taken:
        customer.save(qb=books)
    assert taken.value.error_code == 6240 and "Another customer, vendor or employee" in taken.value.detail


def test_faults_become_exceptions_by_their_codes(books):
    with pytest.raises(ObjectNotFoundException):
        Customer.get("999", qb=books)
    with pytest.raises(ValidationException):
        Customer.where("NoSuchField = 'x'", qb=books)
    books.session.access_token = "x" * 30
    with pytest.raises(AuthorizationException):
        Customer.get(WALK_IN, qb=books)


def test_throttling_in_xml_breaks_its_json_reader_as_with_the_real_one(books, server):
    server.faults("status_429", system="quickbooks")
    with pytest.raises(QuickbooksException, match="Error reading json response"):
        Customer.get(WALK_IN, qb=books)


def test_an_invoice_is_saved_read_changed_sent_and_deleted(books):
    discount = DiscountLine()
    discount.Amount, discount.DiscountLineDetail = 5, DiscountLineDetail()
    words = DescriptionOnlyLine()
    words.Description = "Thank you"
    invoice = form(Invoice, books, line(books), words, discount)
    invoice.DocNumber, invoice.PrivateNote = "PQ-1", "order 7"
    invoice.save(qb=books, request_id="inv-1")
    read = Invoice.get(invoice.Id, qb=books)
    assert (read.TotalAmt, read.Balance, read.TxnTaxDetail.TotalTax) == (16.2, 16.2, 1.2)
    read.PrivateNote = "order 8"
    changed = read.save(qb=books)
    assert (changed.PrivateNote, changed.TotalAmt, changed.SyncToken) == ("order 8", 16.2, "1")
    assert changed.send(qb=books, send_to="a+b@example.com")["Invoice"]["EmailStatus"] == "EmailSent"
    assert Invoice.get(invoice.Id, qb=books).delete(qb=books)["Invoice"]["status"] == "Deleted"
    assert Invoice.filter(DocNumber="PQ-1", qb=books) == []


def test_the_same_request_id_makes_one_invoice(books):
    ids = []
    for _ in range(2):
        invoice = form(Invoice, books)
        invoice.save(qb=books, request_id="once")
        ids.append(invoice.Id)
    assert ids[0] == ids[1] and Invoice.count(qb=books) == 1


def test_a_stale_invoice_is_refused(books):
    invoice = form(Invoice, books)
    invoice.save(qb=books)
    first, second = (Invoice.get(invoice.Id, qb=books) for _ in range(2))
    first.save(qb=books)
    with pytest.raises(QuickbooksException) as stale:
        second.save(qb=books)
    assert stale.value.error_code == 5010


def test_a_us_invoice_carries_the_shops_own_tax(books_of):
    books = books_of(US)
    invoice = form(Invoice, books, line(books, price=19.99, realm=US), realm=US)
    invoice.TxnTaxDetail = TxnTaxDetail()
    invoice.TxnTaxDetail.TotalTax, invoice.TxnTaxDetail.TxnTaxCodeRef = 3.2, TaxCode.get("2", qb=books).to_ref()
    saved = invoice.save(qb=books)
    assert (saved.TotalAmt, saved.DocNumber) == (43.18, "1001")


def test_exact_amounts_go_out_as_text_and_are_taken(books_of):
    books = books_of(use_decimal=True)
    saved = form(Invoice, books, line(books, quantity=Decimal(3), price=Decimal("3.35"))).save(qb=books)
    assert saved.TotalAmt == Decimal("10.65")


def test_payments_are_applied_and_voided_and_so_are_invoices(books):
    invoice = form(Invoice, books).save(qb=books)
    paid = payment(books, 21.2, (invoice, 21.2)).save(qb=books)
    assert Invoice.get(invoice.Id, qb=books).Balance == 0
    assert paid.void(qb=books)["Payment"]["TotalAmt"] == 0
    open_again = Invoice.get(invoice.Id, qb=books)
    assert open_again.Balance == 21.2
    voided = open_again.void(qb=books)["Invoice"]
    assert (voided["TotalAmt"], voided["PrivateNote"]) == (0, "Voided")


def test_a_credit_memo_pays_an_invoice(books):
    invoice, memo = form(Invoice, books).save(qb=books), form(CreditMemo, books).save(qb=books)
    assert payment(books, 0, (invoice, 21.2), (memo, 21.2)).save(qb=books).UnappliedAmt == 0
    assert Invoice.get(invoice.Id, qb=books).Balance == 0
    assert CreditMemo.get(memo.Id, qb=books).RemainingCredit == 0


def test_receipts_refunds_and_deposits_are_saved(books):
    receipt = form(SalesReceipt, books).save(qb=books)
    refund = form(RefundReceipt, books)
    refund.DepositToAccountRef = Account.filter(Name="Refunds clearing", qb=books)[0].to_ref()
    assert refund.save(qb=books).TotalAmt == 21.2
    deposit, row = Deposit(), DepositLine()
    row.Amount, row.LinkedTxn = 21.2, [receipt.to_linked_txn()]
    row.LinkedTxn[0].TxnLineId = 0
    deposit.Line, deposit.CurrencyRef = [row], ref("MYR")
    deposit.DepositToAccountRef = Account.filter(Name="Current account", qb=books)[0].to_ref()
    assert deposit.save(qb=books).TotalAmt == 21.2
    with pytest.raises(QuickbooksException) as deposited:
        SalesReceipt.get(receipt.Id, qb=books).void(qb=books)
    assert deposited.value.error_code == 6540


def test_lists_are_written(books):
    account, term, item = Account(), Term(), Item()
    account.Name, account.AccountType = "Petty cash", "Bank"
    term.Name, term.DueDays = "Net 45", 45
    item.Name, item.Type, item.Sku = "Wrapping", "Service", "WRAP-2"
    item.IncomeAccountRef = Account.filter(Name="Services", qb=books)[0].to_ref()
    for made in (account, term, item):
        assert made.save(qb=books).Id
    assert Item.filter(Sku="WRAP-2", qb=books)[0].Name == "Wrapping"


def test_a_tax_code_is_made_by_the_service(books):
    service, rate = TaxService(), TaxRateDetails()
    rate.TaxRateName, rate.RateValue, rate.TaxAgencyId = "Shop 9%", 9, "1"
    service.TaxCode, service.TaxRateDetails = "Shop 9%", [rate]
    made = service.save(qb=books)
    assert TaxCode.get(made.TaxCodeId, qb=books).Name == "Shop 9%"


def test_batches_create_change_and_delete_and_tell_their_faults(books):
    names = ["Ada", "Bea", "walk-in"]
    customers = []
    for name in names:
        customers.append(Customer())
        customers[-1].DisplayName = name
    made = batch_create(customers, qb=books)
    assert [customer.DisplayName for customer in made.successes] == ["Ada", "Bea"]
    assert [(fault.Error[0].code, fault.original_object.DisplayName) for fault in made.faults] == [("6240", "walk-in")]
    for customer in made.successes:
        customer.Notes = "n"
    assert [customer.SyncToken for customer in batch_update(made.successes, qb=books).successes] == ["1", "1"]
    invoices = [form(Invoice, books).save(qb=books) for _ in range(2)]
    assert len(batch_delete(invoices, qb=books).successes) == 2 and Invoice.count(qb=books) == 0


def test_changes_are_captured(books):
    invoice, kept = form(Invoice, books).save(qb=books), form(Invoice, books).save(qb=books)
    invoice.delete(qb=books)
    since = datetime.now(ZoneInfo("America/Los_Angeles")) - timedelta(hours=1)  # it sends no offset
    captured = change_data_capture([Invoice, Customer, Payment], since, qb=books)
    assert [(row.Id, getattr(row, "status", None)) for row in captured.Invoice] == [
        *((kept.Id, None), (invoice.Id, "Deleted")),
    ]
    assert len(captured.Customer) == 12 and not hasattr(captured, "Payment")
