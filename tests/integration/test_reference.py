"""The books' lists: read whole with progress, kept fresh, and found by the beginning of words."""

import pytest
from sqlalchemy import func, select, update

import jobs
from adapters.accounting.base import ReferencePage
from adapters.errors import UnknownCode
from documents import CustomerChoice, Invoice, InvoiceLine, ReferenceKind, ReferenceRow, Role
from models import BooksRow, Run, RunKind, RunState, SearchToken, StoredItem, db, end_reading, writing
from sync import connections, leases, lists, loading, reference, runs, search
from sync.drafting.rules import AssignedTo, Matching, Settings
from tests.world import World

K = ReferenceKind
READ_PATHS = {"customers": "/api/Customers/List", "items": "/api/Stocks/List"}


def codes(world: World, kind: K, typed: str = "", most: int = 20) -> list[str]:
    found = [row.code for row in reference.find(world.books_id, kind, typed, most)]
    end_reading()
    return found


def row(world: World, kind: K, code: str) -> BooksRow:
    query = select(BooksRow).where(BooksRow.books_id == world.books_id, BooksRow.kind == kind, BooksRow.code == code)
    found = db.session.scalars(query.execution_options(populate_existing=True)).one()
    end_reading()
    return found


def refresh(world: World) -> None:
    world.clock.pass_by(60)
    world.read(RunKind.REFERENCE, world.books_id)


@pytest.mark.feature("P7")
def test_every_list_of_the_books_is_read(shop: World):
    expected = {K.CUSTOMER: 11, K.AGENT: 2, K.TERM: 4, K.PROJECT: 3, K.CURRENCY: 3, K.TAX_CODE: 5}
    for kind, most in expected.items():
        query = select(BooksRow).where(BooksRow.kind == kind)
        assert len(db.session.scalars(query).all()) >= most, kind
    kinds = set(db.session.scalars(select(BooksRow.kind).distinct()))
    end_reading()
    books = connections.books_of(shop.books(), shop.tools)
    assert kinds == set(books.reference_kinds) and shop.books().refreshed_at is not None


def test_codes_come_with_the_details_that_the_rules_read(shop: World):
    tea = row(shop, K.ITEM, "TEA-250").details
    assert (tea["base_uom"], {each["code"] for each in tea["uoms"]}) == ("PCS", {"PCS", "CTN"})
    assert row(shop, K.TAX_CODE, "SV-6").details["rate"] == "6"
    assert row(shop, K.TERM, "30").details["days"] in (30, "30")
    assert [each["rate"] for each in row(shop, K.CURRENCY, "SGD").details["rates"]] == ["3.4125"]
    assert row(shop, K.CUSTOMER, "300-W0001").remote_id == "24"


def test_progress_of_the_lists_can_be_watched(shop: World):
    seen = []

    def watch() -> bool:
        run = db.session.scalars(select(Run).order_by(Run.id.desc()).execution_options(populate_existing=True)).first()
        seen.append((run.step, run.done, run.total, run.state))
        end_reading()
        return False

    run_id = runs.request(RunKind.REFERENCE, shop.books_id, shop.clock.now())
    runs.work(run_id, jobs.READERS, shop.tools, watch)
    kinds = [kind.value for kind in connections.books_of(shop.books(), shop.tools).reference_kinds]
    assert list(dict.fromkeys(step for step, *_ in seen)) == kinds
    done = [done for _, done, _, _ in seen]
    assert done == sorted(done) and {total for _, _, total, _ in seen} == {len(kinds)}
    run = db.session.get_one(Run, run_id, populate_existing=True)
    assert run.rows == db.session.scalar(select(func.count()).select_from(BooksRow)), "of all lists together"
    end_reading()


# --- search -------------------------------------------------------------------------------------------------------


TYPED = [
    (K.ITEM, "mug", ["MUG-01", "MUG-02", "MUG-03"]),
    (K.ITEM, "MUG BLU", ["MUG-01"]),
    (K.ITEM, "blu mug", ["MUG-01"]),
    (K.ITEM, "ug", []),
    (K.ITEM, "mug blue nothing", []),
    (K.ITEM, "陶", ["CUP-350", "CUP-500"]),
    (K.ITEM, "瓷", ["CUP-350", "CUP-500"]),
    (K.ITEM, "陶瓷 500", ["CUP-500"]),
    (K.CUSTOMER, "志强", ["300-C0001"]),
    (K.CUSTOMER, "贸易", ["300-C0001"]),
    (K.CUSTOMER, "d'cruz", ["300-D0001"]),
    (K.CUSTOMER, "cruz stat", ["300-D0001"]),
    (K.CUSTOMER, "300-w", ["300-W0001", "300-W0002", "300-W0003"]),
    (K.ITEM, "mug_01", ["MUG-01"]),
    (K.AGENT, "%_\\", ["AISYAH", "KUMAR"]),
    (K.AGENT, "", ["AISYAH", "KUMAR"]),
]


def test_rows_are_found_by_the_beginnings_of_their_words(shop: World):
    for kind, typed, expected in TYPED:
        assert codes(shop, kind, typed) == expected, typed


def test_accents_and_case_do_not_matter(shop: World):
    shop.practice.control("PATCH", "/qne/customers/28", {"name": "Café Żółw ÜBER Straße"})
    refresh(shop)
    for typed in ("cafe", "CAFÉ", "zo", "uber", "über stra", "strasse"):
        assert codes(shop, K.CUSTOMER, typed) == ["300-K0001"], typed
    assert codes(shop, K.CUSTOMER, "kopitiam") == [], "its old name"


def test_a_long_text_is_cut_into_words_and_never_fails(shop: World):
    assert len(search.words_of("x" * 500 + " y")) == 2
    name = " ".join(f"word{number}" for number in range(200)) + " " + "字" * 300
    shop.practice.control("PATCH", "/qne/customers/28", {"name": name})
    refresh(shop)
    assert row(shop, K.CUSTOMER, "300-K0001").name == name
    assert codes(shop, K.CUSTOMER, "300-K0001") == ["300-K0001"], "found by its code whatever else it holds"


def test_what_is_found_is_of_these_books_and_of_that_list_alone(shop: World):
    assert codes(shop, K.AGENT, "mug") == []
    assert list(reference.find(shop.books_id + 1, K.ITEM, "mug")) == []
    end_reading()
    assert codes(shop, K.ITEM, "", 3) == sorted(codes(shop, K.ITEM, "", 100))[:3]


def test_products_of_the_store_are_found_in_the_matching_too(shop: World):
    def found(typed: str, is_matched: bool = True) -> list[str]:
        rows = [item.external_id for _, item in lists.items(shop.profile_id, is_matched, 0, typed, shop.store_id)]
        end_reading()
        return rows

    assert set(found("mug")) == {"MUG-01", "MUG-02", "MUG-03"} and found("durian", False) == ["DURIAN-CRISP"]
    shop.practice.control("PATCH", "/sitegiant/items/MUG-01", {"name": "Beaker"})
    shop.clock.pass_by(60)
    shop.read(RunKind.ITEMS, shop.store_id)
    assert set(found("mug")) >= {"MUG-02", "MUG-03"} and found("beaker") == ["MUG-01"]
    assert len(db.session.scalars(select(StoredItem).where(StoredItem.external_id == "MUG-01")).all()) == 1
    end_reading()


# --- refreshing ---------------------------------------------------------------------------------------------------


def test_what_is_renamed_deactivated_taken_away_or_back_is_noticed(shop: World):
    shop.practice.control("PATCH", "/qne/customers/28", {"name": "Kedai Baru"})
    shop.practice.control("PATCH", "/qne/agents/2", {"isActive": False})
    shop.practice.control("DELETE", "/qne/customers/30")
    refresh(shop)
    assert codes(shop, K.CUSTOMER, "kedai") == ["300-K0001"] and codes(shop, K.CUSTOMER, "kopitiam") == []
    assert codes(shop, K.AGENT, "kumar") == [] and codes(shop, K.CUSTOMER, "cruz") == []
    assert not row(shop, K.AGENT, "KUMAR").is_active and not row(shop, K.CUSTOMER, "300-D0001").is_active
    shop.practice.control("PATCH", "/qne/agents/2", {"isActive": True})
    customer = {"id": 30, "code": "300-D0001", "name": "D'Cruz", "currencyCode": "MYR", "termCode": "30"}
    shop.practice.control("POST", "/qne/customers", customer)
    refresh(shop)
    assert codes(shop, K.AGENT, "kumar") == ["KUMAR"] and codes(shop, K.CUSTOMER, "cruz") == ["300-D0001"]
    assert row(shop, K.AGENT, "KUMAR").is_active and row(shop, K.CUSTOMER, "300-D0001").is_active


def test_the_same_lists_again_change_nothing_and_write_no_words_anew(shop: World):
    def state():
        rows = [(r.id, r.code, r.name, r.is_active, r.details) for r in db.session.scalars(select(BooksRow))]
        tokens = [(t.scope, t.token, t.row_id) for t in db.session.scalars(select(SearchToken))]
        end_reading()
        return sorted(rows, key=lambda each: each[0]), sorted(tokens)

    before = state()
    refresh(shop)
    assert state() == before


def test_a_list_that_cannot_be_read_retires_nothing(shop: World):
    before = codes(shop, K.ITEM, "", 100)
    shop.practice.faults("html_502", path=READ_PATHS["items"], times=9)
    refresh(shop)
    [run] = [each for each in db.session.scalars(select(Run)) if each.state is RunState.QUEUED]
    end_reading()
    assert run.trouble and codes(shop, K.ITEM, "", 100) == before


def test_a_reader_that_was_overtaken_writes_no_more_rows(shop: World):
    run_id = runs.request(RunKind.REFERENCE, shop.books_id, shop.clock.now())
    shop.practice.control("PATCH", "/qne/customers/28", {"name": "Kedai Baru"})

    def overtaken(reading: runs.Reading, books_id: int) -> None:
        reading.tools.clock.pass_by(runs.lease_s(shop.tools))
        assert leases.take(Run, run_id, runs.lease_s(shop.tools), shop.clock)
        jobs.READERS[RunKind.REFERENCE](reading, books_id)

    runs.work(run_id, {RunKind.REFERENCE: overtaken}, shop.tools, lambda: False)
    assert row(shop, K.CUSTOMER, "300-K0001").name == "Kopitiam Ah Kow"


# --- for drafts and documents -------------------------------------------------------------------------------------


@pytest.mark.feature("S22")
@pytest.mark.parametrize(
    ("buyer", "code"),
    [
        ({"name": "Somebody", "email": "AhKow@Example.com"}, "300-K0001"),
        ({"name": " kopitiam AH KOW ", "email": ""}, "300-K0001"),
        ({"name": "志强贸易有限公司", "email": ""}, "300-C0001"),
        ({"name": "Nobody we know", "email": "no@example.com"}, None),
    ],
    ids=["e-mail", "name", "Chinese", "unknown"],
)
def test_a_buyer_is_found_by_e_mail_then_by_name(shop: World, buyer: dict, code: str | None):
    known = row(shop, K.CUSTOMER, "300-K0001")
    told = ReferenceRow(K.CUSTOMER, known.code, known.name, known.remote_id, details={"email": "ahkow@example.com"})
    with writing() as session:  # QNE's own list has no e-mail; other books' has
        reference._keep(session, shop.books_id, ReferencePage((told,)), shop.clock.now())
    shop.sell("T-1", customer=buyer)
    shop.pull()
    order = loading.msgspec.json.decode(shop.stored("T-1").document, type=loading.Order)
    settings = Settings(sale_assigned_to=AssignedTo.ORIGINAL)
    found = loading._buyers(shop.books(), settings, Matching(), [order])
    assert {each.code for each in (*sum(found.by_email.values(), ()), *sum(found.by_name.values(), ()))} == (
        {code} if code else set()
    )
    assert loading._buyers(shop.books(), Settings(), Matching(), [order]).by_name == {}, (
        "read only where the buyer counts"
    )
    end_reading()


def test_a_document_names_only_codes_that_the_lists_hold(shop: World):
    line = InvoiceLine(kind="item", amount=loading.Decimal(1), item="MUG-01", uom="PCS", tax_code="NT")
    invoice = Invoice("r", "MYR", loading.Decimal(1), None, None, CustomerChoice("300-W0001"), (line,), terms="30")
    work = type("Work", (), {"content": invoice, "role": Role.SALE})()
    lookup = reference.lookup_for(shop.books_id, [work])
    assert lookup(K.CUSTOMER, "300-W0001").remote_id == "24" and lookup(K.ITEM, "MUG-01").code == "MUG-01"
    with pytest.raises(UnknownCode, match="The books have no customer 300-X9999"):
        lookup(K.CUSTOMER, "300-X9999")


def test_a_code_that_the_books_lost_since_is_a_reason_and_not_a_crash(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    shop.press_sync()
    with writing() as session:
        session.execute(update(BooksRow).where(BooksRow.code == "300-W0001").values(code="GONE"))
    shop.run_until_quiet()
    assert shop.invoices() == [] and "The books have no customer 300-W0001" in shop.reasons("T-1")[0]
