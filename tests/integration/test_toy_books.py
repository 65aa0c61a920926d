"""A new accounting system is one small adapter: drafting, posting and lost answers come for nothing."""

import inspect
import itertools
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.accounting.base import Books, Pace, ReferencePage
from adapters.errors import OutcomeUnknown, Refused
from adapters.registry import BOOKS
from adapters.settings import Setting
from documents import Action, Arithmetic, Company, Limits, ReferenceKind, ReferenceRow, Remote, say
from models import DocumentState, OperationState, RunKind, Tick
from sync import connections, profiles, pulling, trashing
from sync.ledger import Actor
from tests.faults.checker import audit_is_complete
from tests.orders import make_line
from tests.world import World

# --- the adapter --------------------------------------------------------------------------------------------------


class Notebook(Books):
    """Books that keep sales in a notebook: a dict of reference, number, total, currency, customer, day and void."""

    kind, label = "notebook", "Notebook"
    connection_settings = (Setting("owner", "Owner"), Setting("key", "Key", secret=True))
    profile_settings = (
        Setting("default_customer", "Customer", pick=ReferenceKind.CUSTOMER),
        Setting("default_item", "Item", pick=ReferenceKind.ITEM),
    )
    reference_kinds = (ReferenceKind.CUSTOMER, ReferenceKind.ITEM, ReferenceKind.CURRENCY, ReferenceKind.TAX_CODE)
    arithmetic, limits = Arithmetic(price_digits=4), Limits(number=20, line_text=200, customer_name=100, max_lines=99)
    pace = pace_ceiling = Pace(1000, 2)
    longest_s = 60.0
    pages: dict[str, dict] = {}
    trouble: list[str] = []
    numbers = itertools.count(1)

    def check(self):
        return Company(self.settings["owner"], self.settings["owner"], "MYR", "MY")

    def reference_pages(self, kind):
        rows = {
            ReferenceKind.CUSTOMER: [("CASH", {})],
            ReferenceKind.ITEM: [("GOODS", {"base_uom": None, "uoms": []})],
            ReferenceKind.CURRENCY: [("MYR", {"rates": [{"from": None, "rate": "1"}]})],
            ReferenceKind.TAX_CODE: [("NONE", {"rate": "0"})],
        }
        yield ReferencePage(tuple(ReferenceRow(kind, code, code, code, details=more) for code, more in rows[kind]))

    def prepare(self, role, action, reference, content, lookup, remote):
        page = dict(self.pages.get(remote.remote_id, {})) if remote else {"reference": reference}
        if content is None:
            return json.dumps(page | {"is_void": action is Action.VOID}).encode()
        customer = lookup(ReferenceKind.CUSTOMER, content.customer.code)
        told = {"total": str(content.total), "currency": content.currency, "customer": customer.code}
        return json.dumps(page | told | {"date": content.date.isoformat(), "is_void": False}).encode()

    def send(self, role, action, payload, key):
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "refuse":
            raise Refused(say("The page is torn."))
        page = json.loads(payload)
        page.setdefault("number", f"N-{next(self.numbers)}")
        self.pages[page["number"]] = page
        if trouble == "lost":
            raise OutcomeUnknown(say("No answer came."))
        return self.remote(page)

    def find(self, role, wanted):
        return {
            each.reference: [self.remote(page) for page in self.pages.values() if page["reference"] == each.reference]
            for each in wanted
        }

    def read(self, role, remote_id):
        return self.remote(self.pages[remote_id]) if remote_id in self.pages else None

    @staticmethod
    def remote(page):
        return Remote(
            remote_id=page["number"],
            reference=page["reference"],
            number=page["number"],
            total=Decimal(page["total"]),
            currency=page["currency"],
            customer=page["customer"],
            date=date.fromisoformat(page["date"]),
            is_void=page["is_void"],
        )


# --- what it gets for nothing -------------------------------------------------------------------------------------


@pytest.fixture
def toy(shop: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A shop that posts into the notebook."""
    monkeypatch.setitem(BOOKS, "notebook", Notebook)
    Notebook.pages, Notebook.trouble = {}, []
    books = connections.connect_books("notebook", "Toy", {"owner": "Mei", "key": "k"}, shop.tools)
    channels = [channel.id for channel in pulling.pull_channels(shop.store_id, shop.tools)]
    start = shop.clock.now().date().replace(day=1)
    made = profiles.make_profile(books.id, "Toy", "Asia/Kuala_Lumpur", start, channels)
    shop.books_id, shop.profile_id = books.id, made.id
    shop.begin(20)
    shop.read(RunKind.REFERENCE, books.id)
    settings = {"default_customer": "CASH", "default_item": "GOODS"}
    assert profiles.save_settings(made.id, settings) == []
    shop.sell("T-1", "T-2")
    shop.pull()
    yield shop


def pages() -> list[dict]:
    return sorted(Notebook.pages.values(), key=lambda page: page["reference"])


def test_an_adapter_is_less_than_a_hundred_lines():
    source = inspect.getsource(Notebook)
    assert len([line for line in source.splitlines() if line.strip()]) < 100
    assert "sync" not in source and "models" not in Path(inspect.getfile(Books)).read_text()


def test_drafts_are_made_by_the_rules_and_posted_once(toy: World):
    task_id = toy.press_sync()
    toy.run_until_quiet()
    assert toy.task(task_id).posted == 2 and [page["total"] for page in pages()] == ["15.00", "15.00"]
    assert {page["customer"] for page in pages()} == {"CASH"} and {each.tick for each in toy.orders()} == {Tick.GREEN}
    assert all(row.is_proven for row in toy.proof())


def test_an_incomplete_draft_says_why(toy: World):
    assert profiles.save_settings(toy.profile_id, {"default_item": ""}) == []
    task_id = toy.sync()
    assert toy.task(task_id).left == 2 and "MUG-01" in toy.reasons("T-1")[0] and pages() == []


def test_a_lost_answer_is_looked_up_and_makes_one_document(toy: World):
    Notebook.trouble = ["lost"]
    toy.press_sync()
    toy.drain()
    assert OperationState.UNKNOWN in {each.state for each in toy.operations()}
    toy.run_until_quiet()
    assert len(pages()) == 2 and {each.state for each in toy.operations()} == {OperationState.POSTED}
    audit_is_complete(toy)


def test_a_refusal_is_shown_and_sent_again(toy: World):
    Notebook.trouble = ["refuse"]
    toy.sync()
    [red] = [each for each in ("T-1", "T-2") if toy.order(each).tick is Tick.RED]
    assert toy.reasons(red) == ["The page is torn."]
    toy.sync(red)
    assert len(pages()) == 2 and toy.order(red).tick is Tick.GREEN


def test_changes_voids_and_second_generations(toy: World):
    task_id = toy.sync()
    toy.change("T-1", products=[make_line(price="16.00")])
    toy.pull()
    toy.sync("T-1")
    assert [page["total"] for page in pages()] == ["16.00", "15.00"]
    trashing.trash(task_id, True, Actor("Mei", toy.clock.now()))
    toy.run_until_quiet()
    assert [page["is_void"] for page in pages()] == [True, True]
    assert {each.state for each in toy.documents()} == {DocumentState.VOIDED}
    toy.sync()
    assert len(pages()) == 4 and len([page for page in pages() if not page["is_void"]]) == 2
    assert all(row.is_proven for row in toy.proof())
