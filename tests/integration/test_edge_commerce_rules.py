"""Edge Commerce's rules E1 to E11 on the side of the books, one by one, against the practice's QuickBooks."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from documents import Buyer, Role
from models import Profile, RunKind, Tick, db, end_reading
from sync import reviewing, syncing
from tests import edge_shop
from tests.edge_shop import TAMSIN, D, EdgeShop, make_line, paid

books_kind, edge = edge_shop.books_kind, edge_shop.edge
KL = ZoneInfo("Asia/Kuala_Lumpur")


# --- E1, E2: contact and company --------------------------------------------------------------------------------


@pytest.mark.feature("I11")
def test_e1_the_company_is_made_first_and_the_contact_below_it_and_the_document_shows_both(edge: EdgeShop):
    edge.sells("O-1")
    edge.syncs("O-1")
    company, contact = edge.customer("Ockel Retail"), edge.customer("Tamsin Ockel")
    assert int(company["Id"]) < int(contact["Id"])
    assert (contact["ParentRef"]["value"], contact["Job"], contact["BillWithParent"]) == (company["Id"], True, True)
    assert contact["PrimaryPhone"]["FreeFormNumber"] == "+60 3 1" and "BillAddr" not in contact
    assert (company["BillAddr"]["Line1"], company["BillAddr"]["Line2"]) == ("1 Jalan Satu", "50000 KL")
    invoice = edge.invoice("O-1")
    assert invoice["CustomerRef"]["value"] == contact["Id"]
    lines = [invoice["BillAddr"][f"Line{n}"] for n in range(1, 5)]
    assert lines == ["Ockel Retail", "Tamsin Ockel", "1 Jalan Satu", "50000 KL"]


@pytest.mark.feature("I11")
def test_e1b_a_later_import_changes_the_details_and_never_the_relation(edge: EdgeShop):
    edge.sells("O-1")
    edge.syncs("O-1")
    company, contact = edge.customer("Ockel Retail"), edge.customer("Tamsin Ockel")
    moved = replace(TAMSIN, company="Orrin Trade", phone="+60 3 2", address=("2 Jalan Dua",))
    edge.sells("O-2", moved)
    edge.syncs("O-2")
    after = edge.customer("Tamsin Ockel")
    assert (after["Id"], after["ParentRef"]["value"]) == (contact["Id"], company["Id"])
    assert after["PrimaryPhone"]["FreeFormNumber"] == "+60 3 2"
    assert edge.customer("Orrin Trade")["BillAddr"]["Line1"] == "2 Jalan Dua", "and both are made"
    assert edge.invoice("O-2")["BillAddr"]["Line1"] == "Orrin Trade"
    edge.sells("O-1", replace(TAMSIN, address=("9 Jalan Sembilan",)))
    assert edge.world.order("O-1").tick is Tick.YELLOW, "the address stands in the document"
    edge.syncs("O-1")
    assert edge.customer("Ockel Retail")["BillAddr"]["Line1"] == "9 Jalan Sembilan"
    assert edge.invoice("O-1")["BillAddr"]["Line3"] == "9 Jalan Sembilan"


@pytest.mark.feature("I11")
def test_e1b_an_order_that_says_the_same_writes_nothing_again(edge: EdgeShop):
    edge.sells("O-1")
    edge.syncs("O-1")
    edge.sells("O-2")
    edge.syncs("O-2")
    assert [each.role for each in edge.world.documents()].count(Role.CUSTOMER) == 2
    assert edge.customer("Tamsin Ockel")["SyncToken"] == edge.customer("Ockel Retail")["SyncToken"] == "0"


@pytest.mark.feature("M9", "I11")
def test_e2_a_contact_with_the_name_of_its_company_is_told_apart(edge: EdgeShop):
    edge.sells("O-1", Buyer("Ockel", "t@ockel.example", "OCKEL"))
    edge.syncs("O-1")
    assert edge.customer("Ockel (contact)")["ParentRef"]["value"] == edge.customer("OCKEL")["Id"]


@pytest.mark.feature("M9")
def test_e2_a_name_that_a_supplier_has_is_resolved_not_failed(edge: EdgeShop):
    edge.person("POST", "vendor", {"DisplayName": "Ockel Retail"})
    edge.world.read(RunKind.REFERENCE, edge.world.books_id)
    edge.sells("O-1")
    edge.syncs("O-1")
    assert edge.customer("Tamsin Ockel")["ParentRef"]["value"] == edge.customer("Ockel Retail (customer)")["Id"]


@pytest.mark.feature("M9", "I11")
@pytest.mark.parametrize(("mails", "ids"), [("ab", ""), ("a-", ""), ("-b", ""), ("--", ""), ("--", "12")])
def test_e2_two_contacts_of_one_name_below_two_companies_are_two_customers(edge: EdgeShop, mails: str, ids: str):
    for order_id, company, mail in zip(("O-1", "O-2"), ("Alpha", "Beta"), mails, strict=True):
        number = {"Alpha": ids[:1], "Beta": ids[1:]}[company]
        email = "" if mail == "-" else f"bob@{mail}.example"
        edge.sells(order_id, Buyer("Bob Lee", email, company, id=number and f"contact:C-{number}"))
        edge.syncs(order_id)
    assert edge.customer("Bob Lee (Beta)")["ParentRef"]["value"] == edge.customer("Beta")["Id"]
    assert edge.customer("Bob Lee")["ParentRef"]["value"] == edge.customer("Alpha")["Id"]


# --- E5, E6: payments -------------------------------------------------------------------------------------------


@pytest.mark.feature("R6")
def test_e5_paid_is_paid_and_unpaid_or_partially_paid_is_open(edge: EdgeShop):
    edge.sells("O-1", payment_status="paid", payments=(paid("394", "50.00"), paid("395", "70.00")))
    edge.sells("O-2", payment_status="partially_paid", payments=(paid("396", "50.00"),))
    edge.sells("O-3", payment_status="unpaid")
    edge.syncs()
    assert [float(edge.invoice(f"O-{n}")["Balance"]) for n in (1, 2, 3)] == [0, 70, 120]


@pytest.mark.feature("R5")
def test_e6_a_payment_comes_with_its_order_under_pf_and_its_id_on_its_own_day(edge: EdgeShop):
    day = edge.world.clock.now() - timedelta(days=2)
    edge.sells("O-1", payment_status="partially_paid", payments=(paid("394", "50.00", day),))
    edge.syncs("O-1")
    payment = edge.payments()["PF394"]
    assert float(payment["TotalAmt"]) == 50 and payment["TxnDate"] == day.astimezone(KL).date().isoformat()
    assert (
        payment["PaymentMethodRef"]["value"]
        and payment["Line"][0]["LinkedTxn"][0]["TxnId"] == edge.invoice("O-1")["Id"]
    )


@pytest.mark.feature("R5")
def test_e6_a_payment_that_comes_later_makes_a_green_order_yellow_and_is_posted_with_it(edge: EdgeShop):
    order = edge.sells("O-1")
    edge.syncs("O-1")
    edge.keeps(replace(order, payment_status="paid", payments=(paid("394", "120.00"),)))
    assert edge.world.order("O-1").tick is Tick.YELLOW
    edge.syncs("O-1")
    assert float(edge.invoice("O-1")["Balance"]) == 0 and list(edge.payments()) == ["PF394"]
    edge.keeps(replace(order, payment_status="paid", payments=(paid("394", "120.00"),), notes="Ring twice"))
    assert edge.world.order("O-1").tick is Tick.GREEN


def with_payment(edge: EdgeShop):
    """O-1 stands in the books with PF394 of 50.00."""
    order = edge.sells("O-1", payment_status="partially_paid", payments=(paid("394", "50.00"),))
    edge.syncs("O-1")
    return order, edge.payments()["PF394"]


@pytest.mark.feature("R5")
def test_e6b_a_payment_that_was_edited_in_the_books_is_set_back_at_the_next_import(edge: EdgeShop):
    order, payment = with_payment(edge)
    edited = {"TotalAmt": 30, "TxnDate": "2026-01-02", "PaymentMethodRef": {"value": "2"}}
    lines = [{**payment["Line"][0], "Amount": 30}]
    edge.person("PATCH", f"payment/{payment['Id']}", {**edited, "Line": lines})
    assert float(edge.invoice("O-1")["Balance"]) == 90
    edge.keeps(replace(order, number="O-1b", lines=(make_line(amount="130.00"),), total=D("130.00")))
    edge.syncs("O-1")
    again = edge.payments()["PF394"]
    assert (again["Id"], float(again["TotalAmt"]), again["TxnDate"]) == (payment["Id"], 50, payment["TxnDate"])
    assert again["PaymentMethodRef"] == payment["PaymentMethodRef"] and float(edge.invoice("O-1")["Balance"]) == 80


@pytest.mark.feature("R5")
def test_e6b_a_payment_that_vanished_in_the_store_pays_nothing_any_more(edge: EdgeShop):
    order, _ = with_payment(edge)
    edge.keeps(replace(order, payment_status="unpaid", payments=()))
    assert edge.world.order("O-1").tick is Tick.YELLOW
    edge.syncs("O-1")
    assert float(edge.payments()["PF394"]["TotalAmt"]) == 0 and float(edge.invoice("O-1")["Balance"]) == 120


@pytest.mark.feature("R5")
def test_e6b_a_payment_of_somebody_else_is_never_touched(edge: EdgeShop):
    order, payment = with_payment(edge)
    link = [{"TxnId": edge.invoice("O-1")["Id"], "TxnType": "Invoice"}]
    own = {"CustomerRef": payment["CustomerRef"], "CurrencyRef": payment["CurrencyRef"], "TotalAmt": 20}
    edge.person("POST", "payment", {**own, "PaymentRefNum": "cash", "Line": [{"Amount": 20, "LinkedTxn": link}]})
    typed = edge.payments()["cash"]
    edge.keeps(replace(order, payments=(paid("395", "60.00"),)))
    edge.syncs("O-1")
    assert edge.payments()["cash"] == typed
    assert float(edge.payments()["PF394"]["TotalAmt"]) == 0
    assert float(edge.payments()["PF395"]["TotalAmt"]) == 60 and float(edge.invoice("O-1")["Balance"]) == 40


@pytest.mark.feature("R5")
@pytest.mark.parametrize("deed", ["void", "delete"])
def test_e6b_a_payment_that_was_taken_away_in_the_books_is_there_again_after_the_next_import(edge: EdgeShop, deed: str):
    order, payment = with_payment(edge)
    path = f"payment/{payment['Id']}"
    edge.person("DELETE", path) if deed == "delete" else edge.person("POST", f"{path}/void", {})
    assert float(edge.invoice("O-1")["Balance"]) == 120
    edge.keeps(replace(order, lines=(make_line(amount="130.00"),), total=D("130.00")))
    edge.syncs("O-1")
    assert float(edge.payments()["PF394"]["TotalAmt"]) == 50 and float(edge.invoice("O-1")["Balance"]) == 80
    assert edge.world.reasons("O-1") == []


@pytest.mark.feature("R5")
def test_e6c_an_order_whose_payments_are_refused_is_updated_without_them_and_says_so(edge: EdgeShop):
    order = edge.sells("O-1")
    edge.syncs("O-1")
    edge.world.break_("refuse", edge.world.company.paying)
    paying = replace(order, lines=(make_line(amount="130.00"),), total=D("130.00"), payments=(paid("394", "50.00"),))
    edge.keeps(paying)
    edge.syncs("O-1")
    assert float(edge.invoice("O-1")["TotalAmt"]) == 130, "the order's details are updated"
    assert edge.world.reasons("O-1")[0] == "Order details updated except for its payments"
    edge.keeps(replace(paying, lines=(make_line(amount="140.00"),), total=D("140.00")))
    edge.syncs("O-1")
    assert edge.world.reasons("O-1") == [] and float(edge.invoice("O-1")["Balance"]) == 90


# --- E7: ticks --------------------------------------------------------------------------------------------------


def edited(edge: EdgeShop, amount: str) -> None:
    """O-1 is changed in the store."""
    edge.sells("O-1", lines=(make_line(amount=amount),))


def failed(edge: EdgeShop) -> None:
    """The next request for an invoice is refused, and O-1 is synced."""
    edge.world.break_("refuse", edge.world.company.creating)
    edge.world.sync("O-1")


def voided(edge: EdgeShop) -> None:
    """A bookkeeper voids the invoice, and we look."""
    edge.person("POST", f"invoice/{edge.document('O-1').remote_id}/void", {})
    edge.world.clock.pass_by(3700)
    edge.world.drain()


STEPS = {
    "ok": lambda edge: edge.world.sync("O-1"),
    "fail": failed,
    "edited": lambda edge: edited(edge, "130.00"),
    "edited again": lambda edge: edited(edge, "140.00"),
    "voided": voided,
}


@pytest.mark.feature("I7")
@pytest.mark.parametrize(
    ("steps", "ticks"),
    [
        (["ok"], "green"),
        (["fail"], "red"),
        (["fail", "ok"], "red green"),
        (["fail", "fail", "ok"], "red red green"),
        (["ok", "edited"], "green yellow"),
        (["ok", "edited", "ok"], "green yellow green"),
        (["ok", "edited", "fail"], "green yellow red"),
        (["ok", "edited", "fail", "ok"], "green yellow red green"),
        (["ok", "edited", "fail", "edited again", "ok"], "green yellow red red green"),
        (["ok", "voided", "ok"], "green yellow green"),
        (["ok", "ok"], "green green"),
    ],
)
def test_e7_the_ticks_go_these_ways_and_the_order_has_one_invoice(edge: EdgeShop, steps: list[str], ticks: str):
    edge.sells("O-1")
    assert edge.world.order("O-1").tick is Tick.NONE
    seen = []
    for step in steps:
        STEPS[step](edge)
        seen.append(edge.world.order("O-1").tick)
    assert " ".join(seen) == ticks
    assert len(edge.rows("invoice")) == ("ok" in steps), "a red order that had succeeded keeps its link"


# --- E8 to E11 --------------------------------------------------------------------------------------------------


@pytest.mark.feature("I9")
def test_e8_e9_the_delivery_fee_and_the_discount_are_lines_of_the_document(edge: EdgeShop):
    edge.sells("O-1", charges=(("shipping", "15.00"), ("seller_discount", "-5.00")))
    edge.syncs("O-1")
    invoice = edge.invoice("O-1")
    goods, fee = (row for row in invoice["Line"] if row["DetailType"] == "SalesItemLineDetail")
    [discount] = [row for row in invoice["Line"] if row["DetailType"] == "DiscountLineDetail"]
    assert [float(row["Amount"]) for row in (goods, fee, discount)] == [120, 15, 5]
    assert float(invoice["TotalAmt"]) == 130


@pytest.mark.feature("I8")
def test_e10_an_order_whose_invoice_was_voided_is_active_again_with_all_its_lines(edge: EdgeShop):
    edge.sells("O-1", charges=(("shipping", "15.00"), ("seller_discount", "-5.00")))
    edge.syncs("O-1")
    before = edge.invoice("O-1")
    voided(edge)
    assert float(edge.invoice("O-1")["TotalAmt"]) == 0 and edge.world.order("O-1").tick is Tick.YELLOW
    edge.syncs("O-1")
    after = edge.invoice("O-1")
    assert (after["Id"], float(after["TotalAmt"]), len(after["Line"])) == (before["Id"], 130, len(before["Line"]))
    assert "Voided" not in after["PrivateNote"]


@pytest.mark.feature("I8")
@pytest.mark.parametrize("is_read_again", [False, True])
def test_e11_an_inactive_contact_and_company_are_active_again_and_updated(edge: EdgeShop, is_read_again: bool):
    edge.sells("O-1")
    edge.syncs("O-1")
    ids = [edge.customer(name)["Id"] for name in ("Tamsin Ockel", "Ockel Retail")]
    for each in ids:
        edge.person("POST", f"customer/{each}/inactivate", {})
    edge.world.clock.pass_by(3700)
    edge.world.drain()
    assert edge.world.order("O-1").tick is Tick.YELLOW and "was made inactive" in edge.world.reasons("O-1")[0]
    if is_read_again:
        edge.world.read(RunKind.REFERENCE, edge.world.books_id)
    edge.sells("O-1", replace(TAMSIN, phone="+60 3 9", address=("9 Jalan Sembilan",)))
    edge.syncs("O-1")
    contact, company = edge.customer("Tamsin Ockel"), edge.customer("Ockel Retail")
    assert [contact["Id"], company["Id"]] == ids and contact["Active"] and company["Active"]
    assert contact["PrimaryPhone"]["FreeFormNumber"] == "+60 3 9"
    assert company["BillAddr"]["Line1"] == "9 Jalan Sembilan"


@pytest.mark.feature("M9", "I11")
@pytest.mark.parametrize("fault", ["commit_then_close", "drop_before"])
def test_a_contact_is_made_once_though_its_answer_is_lost_and_a_second_order_comes_meanwhile(
    edge: EdgeShop, fault: str
):
    edge.sells("O-1")
    edge.world.break_(fault, {"method": "POST", "path": "/v3/company/*/customer", "body_contains": "Tamsin"})
    edge.world.press_sync([edge.world.order("O-1").id])
    edge.world.drain()
    assert edge.customer("Ockel Retail")["Active"]
    edge.sells("O-2", replace(TAMSIN, email="new@ockel.example"))
    edge.world.press_sync([edge.world.order("O-2").id])
    for _ in range(3):  # until it was looked up
        edge.world.run_until_blocked()
        edge.world.clock.pass_by(700)
    edge.world.run_until_quiet()
    assert [row["DisplayName"] for row in edge.rows("customer")].count("Tamsin Ockel") == 1
    assert {edge.world.order(each).tick for each in ("O-1", "O-2")} == {Tick.GREEN}
    assert len({edge.invoice(each)["CustomerRef"]["value"] for each in ("O-1", "O-2")}) == 1


@pytest.mark.feature("M9", "I5")
def test_an_order_whose_contact_was_made_after_it_was_seen_is_still_what_was_seen(edge: EdgeShop):
    edge.sells("O-1")
    edge.sells("O-2")
    first, second = (edge.world.order(each).id for each in ("O-1", "O-2"))
    profile = db.session.get_one(Profile, edge.world.profile_id)
    seen = {each.id: each.seen for each in reviewing.shown(profile, [first, second], edge.world.clock.now())}
    end_reading()
    for each in (first, second):
        pressed = syncing.press_once(edge.world.profile_id, [each], "Mei", edge.world.clock.now(), seen)
        edge.world.draft(pressed.task_id or 0)
        edge.world.run_until_quiet()
    assert {edge.world.order(each).tick for each in ("O-1", "O-2")} == {Tick.GREEN}


@pytest.mark.feature("I11")
def test_details_that_the_books_refuse_are_told_and_sent_again(edge: EdgeShop):
    edge.sells("O-1")
    edge.syncs("O-1")
    changing = {"method": "POST", "path": "/v3/company/*/customer", "body_contains": "SyncToken"}
    edge.world.break_("refuse", changing)
    edge.sells("O-2", replace(TAMSIN, phone="+60 3 7"))
    edge.world.press_sync([edge.world.order("O-2").id])
    edge.world.run_until_blocked()
    assert edge.world.order("O-2").tick is Tick.RED and edge.world.reasons("O-2")
    edge.syncs("O-2")
    assert edge.customer("Tamsin Ockel")["PrimaryPhone"]["FreeFormNumber"] == "+60 3 7"
