"""The proof's page: per day, channel and currency; a run keeps it, the page shows it, CSV carries it away (Z1)."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import ProofFault, ProofRow, Run, RunKind, db, end_reading, writing
from sync import accounts, csv_text, proof, proof_kept, proof_run, runs
from tests.orders import make_line
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.world import CREATE, World


@pytest.fixture
def mei(shop: World) -> Person:
    """The owner, over a shop without orders."""
    accounts.make_owner("Mei", PASSWORD, shop.clock.now())
    person = person_of(shop)
    person.log_in("Mei")
    return person


def here(shop: World, rest: str = "") -> str:
    return f"/profiles/{shop.profile_id}/proof{rest}"


def sell_on(shop: World, order_id: str, days_ago: int, **fields: object) -> None:
    """An order of another day."""
    today = shop.clock.now()
    shop.clock.pass_by(-days_ago * 86400)
    shop.sell(order_id, **fields)
    shop.clock.pass_by((today - shop.clock.now()).total_seconds())


def kept() -> list[ProofRow]:
    rows = list(db.session.scalars(select(ProofRow).order_by(ProofRow.id).execution_options(populate_existing=True)))
    end_reading()
    return rows


@pytest.mark.feature("I10")
def test_the_books_are_read_when_asked_and_the_page_says_that_every_cent_agrees(shop: World, mei: Person):
    page = mei.go(here(shop))
    assert "Nothing was proven yet" in page.text
    shop.sell("T-1", shipping_fee="4.90")
    shop.sell("W-1", channel=15, currency="SGD")
    shop.pull()
    shop.sync()
    page = mei.submit("/proof/read")
    assert "You can leave this page" in page.text and 'hx-trigger="load delay:1s"' in page.html
    shop.read(RunKind.PROOF, shop.profile_id)
    page = mei.go(here(shop))
    assert "Every cent agrees" in page.text and "Read back from the books on" in page.text
    assert "MYR" in page.text and "SGD" in page.text and "0.00 " in page.text
    assert "delay:1s" not in page.html and "Every cent agrees" in mei.go("/").text


@pytest.mark.feature("I10", "I5")
def test_the_page_names_each_reason_each_cause_and_each_document(shop: World, mei: Person):
    shop.settle()
    shop.sell("T-1", platform_discount="2.00")
    shop.sell("T-2", "T-3")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE, body_contains="T-3", message="The customer is on hold")
    shop.sync()
    shop.sell("T-4")
    shop.pull()
    [invoice] = [each for each in shop.invoices() if each["referenceNo"].endswith("T-2")]
    shop.practice.control("POST", f"/qne/invoices/{invoice['id']}/void")
    shop.read(RunKind.PROOF, shop.profile_id)
    page = mei.go(here(shop))
    assert "Not proven" in page.text and "-15.00" in page.text
    assert "1 × pending" in page.text and "The customer is on hold" in page.text
    assert "Platform discount" in page.text and "2.00" in page.text
    assert "0 documents in the books" in page.text
    page = mei.follow("T-2")
    assert page.url.startswith(f"/profiles/{shop.profile_id}/sent/") and "In the books as" in page.text
    assert "Not proven" in mei.go("/").text


def test_days_are_cut_in_the_profiles_zone_and_sum_to_the_whole(shop: World, mei: Person):
    for order_id, days_ago in (("A", 0), ("B", 1), ("C", 1), ("D", 3)):
        sell_on(shop, order_id, days_ago)
    shop.pull()
    shop.sync()
    whole = shop.proof()
    shop.read(RunKind.PROOF, shop.profile_id)
    rows = kept()
    days, [total] = [row for row in rows if row.day], [row for row in rows if row.day is None]
    assert sorted(row.orders for row in days) == [1, 1, 2] and total.orders == 4
    assert sum(row.books_total for row in days) == total.books_total == whole[0].books_total == Decimal(60)
    page = mei.go(here(shop, "?show=open"))
    assert "every day is proven" in page.text


def test_a_proof_that_was_interrupted_goes_on_where_it_was_and_counts_nothing_twice(shop: World, monkeypatch):
    for days_ago in (3, 2, 1):
        sell_on(shop, f"D-{days_ago}", days_ago)
    shop.pull()
    shop.sync()
    monkeypatch.setattr(proof, "AT_ONCE", 1)
    run_id = runs.request(RunKind.PROOF, shop.profile_id, shop.clock.now())
    asked = iter([False, False, True])
    runs.work(run_id, {RunKind.PROOF: proof_run.prove_profile}, shop.tools, lambda: next(asked, True))
    assert 0 < len(kept()) < 4
    shop.read(RunKind.PROOF, shop.profile_id)
    rows = kept()
    assert [row.orders for row in rows if row.day] == [1, 1, 1]
    assert [row.orders for row in rows if row.day is None] == [3]


def test_only_the_last_proof_is_kept(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    shop.practice.control("DELETE", f"/qne/invoices/{shop.invoices()[0]['id']}")
    for _ in range(2):
        shop.read(RunKind.PROOF, shop.profile_id)
    newest = db.session.scalar(select(func.max(Run.id)).where(Run.kind == RunKind.PROOF))
    assert {row.run_id for row in kept()} == {newest}
    assert list(db.session.scalars(select(ProofFault.run_id))) == [newest]
    end_reading()


def test_a_proof_that_fails_says_why_and_the_last_one_stays(shop: World, mei: Person):
    shop.sell("T-1")
    shop.pull()
    shop.sync()
    shop.read(RunKind.PROOF, shop.profile_id)
    shop.practice.faults("forbidden_403", times=99)
    shop.read(RunKind.PROOF, shop.profile_id)
    page = mei.go(here(shop))
    assert "The last try failed." in page.text and "Every cent agrees" in page.text


def csv_of(mei: Person, shop: World) -> str:
    return mei.client.get(here(shop, "/days.csv")).get_data(as_text=True)


@pytest.mark.parametrize(("moment", "passes"), [("_keep", 1), ("_sum_up", 0)])
def test_a_proof_that_dies_half_way_leaves_the_one_before_to_be_read(
    shop: World, mei: Person, monkeypatch: pytest.MonkeyPatch, moment: str, passes: int
):
    monkeypatch.setattr(proof, "AT_ONCE", 1)
    sell_on(shop, "T-1", 1)
    shop.pull()
    shop.sync()
    shop.read(RunKind.PROOF, shop.profile_id)
    shown, carried_away = mei.go(here(shop)).text, csv_of(mei, shop)
    shop.sell("T-2")
    shop.pull()
    with monkeypatch.context() as dying, pytest.raises(MemoryError):
        dying.setattr(proof_run, moment, dies_after(passes, getattr(proof_run, moment)))
        shop.read(RunKind.PROOF, shop.profile_id)
    page = mei.go(here(shop))
    assert "The last try failed." in page.text and csv_of(mei, shop) == carried_away
    assert shown.split("All days")[1] == page.text.split("All days")[1]
    shop.read(RunKind.PROOF, shop.profile_id)
    assert "1 × pending" in mei.go(here(shop)).text and len({row.run_id for row in kept()}) == 1


def dies_after(passes: int, really: Callable[..., None]) -> Callable[..., None]:
    """Does so many passes, then dies."""
    left = iter(range(passes))

    def work(*given: object) -> None:
        if next(left, None) is None:
            raise MemoryError
        really(*given)

    return work


def test_a_proof_that_dies_before_it_let_the_one_before_go_is_complete_all_the_same(
    shop: World, mei: Person, monkeypatch: pytest.MonkeyPatch
):
    shop.sell("T-1")
    shop.pull()
    shop.read(RunKind.PROOF, shop.profile_id)
    shop.sync()
    with monkeypatch.context() as dying, pytest.raises(MemoryError):
        dying.setattr(proof_run, "_let_go", dies_after(0, proof_run._let_go))
        shop.read(RunKind.PROOF, shop.profile_id)
    page = mei.go(here(shop))
    assert "Every cent agrees" in page.text and "1 × pending" not in page.text
    assert "The last try failed." not in page.text and len({row.run_id for row in kept()}) == 2
    shop.read(RunKind.PROOF, shop.profile_id)
    assert len({row.run_id for row in kept()}) == 1, "and goes with the next"


def test_the_csv_holds_every_day_with_amounts_as_numbers(shop: World, mei: Person):
    shop.sell("T-1", lines=[make_line(price="12.50")])
    shop.pull()
    shop.sync()
    shop.read(RunKind.PROOF, shop.profile_id)
    answer = mei.client.get(here(shop, "/days.csv"))
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    head, row = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    found = dict(zip(head, row, strict=True))
    assert Decimal(found["Books total"]) == Decimal("12.5") and Decimal(found["Difference"]) == 0
    assert found["Proven"] == "yes"
    assert mei.client.get(here(shop, "/documents.csv")).status_code == 200
    assert mei.client.get(here(shop, "/other.csv")).status_code == 404


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@x", "\tx", "\rx", "\0x"])
def test_no_text_in_a_csv_becomes_a_formula(text: str):
    assert csv_text.safe(text) == f"'{text}"
    assert csv_text.safe(Decimal("-1.50")) == "-1.50" and csv_text.safe("plain") == "plain"


def test_the_page_is_small_and_paged_by_key(shop: World, mei: Person):
    shop.sell("T-1")
    shop.pull()
    shop.read(RunKind.PROOF, shop.profile_id)
    [row] = [each for each in kept() if each.day]
    names = [column.name for column in ProofRow.__table__.columns if column.name != "id"]
    more = [{name: getattr(row, name) for name in names}] * 100
    with writing() as session:
        session.execute(ProofRow.__table__.insert(), more)
    page = mei.go(here(shop))
    assert len(page.html) < 60_000 and len(proof_kept.days(row.run_id)) == 50
    page = mei.follow("Next page")
    assert len(page.html) < 60_000 and "before=" in page.url
    page = mei.follow("Next page")
    assert "Next page" not in page.text and "First page" in page.text


def test_nobody_reads_the_proof_of_another_profile(shop: World, mei: Person):
    accounts.make_user("Tan", PASSWORD, [], shop.clock.now())
    tan = person_of(shop)
    tan.log_in("Tan")
    assert tan.go(here(shop)).status == 404 and tan.client.get(here(shop, "/days.csv")).status_code == 404
    run_id = runs.request(RunKind.PROOF, shop.profile_id, shop.clock.now())
    assert tan.go(f"/runs/{run_id}").status == 404
