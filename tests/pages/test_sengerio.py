"""A real Sengerio store is activated over the pages: readiness has nothing that blocks, both sides are aligned."""

import io

import pytest
from openpyxl import Workbook

from adapters.stores.exchange.sheets import columns_of, line_columns_of
from adapters.stores.sengerio import OBJECTS
from documents import ReferenceKind
from models import Aligned, BooksRow, Profile, RunKind, db, end_reading
from sync.readiness import State
from sync.readiness.reading import of_profile
from tests.exchange_world import Exchange
from tests.pages.conftest import Person
from tests.pages.test_exchange_files import proceed, upload
from tests.world import World

pytestmark = pytest.mark.feature("X5", "P9")
PAGE = "/profiles/1/alignment"
INVOICE = {
    "number": "INV-2026-0007",
    "business_partner_code": "ACME01",
    "currency": "GBP",
    "deferment_days": "30",
    "total": "540.00",
}
LINE = {
    "invoice_number": "INV-2026-0007",
    "quantity": "1",
    "unit_price": "450.00",
    "net_amount": "450.00",
    "vat_rate_name": "20.0% S",
    "vat_amount": "90.00",
}
PARTNER = {"code": "ACME01", "company_name": "Acme Pallets Ltd", "payment_method": "Cheque", "deferment_days": "30"}


@pytest.fixture
def world(bare: World) -> World:
    return bare


def aligns(owner: Person, store: Exchange) -> None:
    """She says of everything that both sides had it, reads both and confirms each kind."""
    world = store.world
    for kind in Aligned:
        owner.go(f"{PAGE}?kind={kind}")
        owner.submit(f"/{kind}/start", {"start": "both"})
    owner.submit("/alignment/read")
    world.read(RunKind.ALIGNMENT, world.profile_id)
    assert blocking(world) == [], "readiness"
    for kind in Aligned:
        owner.go(f"{PAGE}?kind={kind}")
        assert owner.submit(f"/{kind}/confirm").status == 200
    world.read(RunKind.ALIGNMENT, world.profile_id)
    for kind in Aligned:
        assert "Aligned: Mei confirmed it" in owner.go(f"{PAGE}?kind={kind}").text
    world.sync()


def blocking(world: World) -> list[str]:
    """What of the readiness blocks, but for the alignment."""
    profile = db.session.get_one(Profile, world.profile_id, populate_existing=True)
    lines = [line for store in of_profile(profile, world.clock.now()) for line in store.lines]
    end_reading()
    return [str(line.message) for line in lines if line.state is State.BLOCKS and line.about != "alignment"]


def in_books(store: Exchange) -> list[str]:
    ledger = store.world.practice.quickbooks_ledger("9341450000000004")
    return [each["number"] for each in ledger["invoices"]]


def test_a_store_with_a_bridge_is_activated_over_the_pages(owner: Person, world: World):
    store = Exchange(world, "sengerio").connect()
    sale = store.sell(company="Acme Pallets Ltd")
    store.with_books()
    store.pull()
    store.match()
    aligns(owner, store)
    assert in_books(store) == [f"INV-{sale['n']}"]


def test_a_store_of_files_alone_is_activated_over_the_pages(owner: Person, world: World):
    store = Exchange(world, "sengerio").connect(base_url="", api_key="", currency="", country="").with_books()
    _, text = upload(owner, store, all_xlsx=workbook(store))
    assert "What is wrong" not in text, text
    proceed(owner, store)
    world.read(RunKind.REFERENCE, world.books_id)
    store.match()
    aligns(owner, store)
    assert in_books(store) == ["INV-2026-0007"]


def workbook(store: Exchange) -> bytes:
    """The company, one partner with one invoice, and the VAT rates and payment methods that the books have."""
    day = store.world.clock.now().date().isoformat()
    rates = [
        {"name": name, "rate": name.partition("%")[0] if "%" in name else "0"} for name in names(store, "tax_code")
    ]
    rows: dict[str, list[dict[str, str]]] = {
        "company": [{"name": "Fenwick Haulage", "country": "GB", "currency": "GBP"}],
        "vat_rates": rates,
        "payment_methods": [{"name": name} for name in names(store, "payment_method")],
        "business_partners": [PARTNER],
        "invoices": [{**INVOICE, "date": day}],
        "invoice_lines": [LINE],
    }
    book = Workbook()
    book.remove(book.active)
    for what in OBJECTS:
        for sheet, columns in (
            (what.sheet, columns_of(what)),
            (what.lines_sheet, what.lines_sheet and line_columns_of(what)),
        ):
            if sheet in rows:
                made = book.create_sheet(sheet)
                for cells in (columns, *([row.get(name, "") for name in columns] for row in rows[sheet])):
                    made.append(list(cells))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def names(store: Exchange, kind: str) -> list[str]:
    """Of a list of the books."""
    found = store.all_of(BooksRow)
    return sorted(row.name for row in found if row.kind == ReferenceKind(kind) and row.is_active)
