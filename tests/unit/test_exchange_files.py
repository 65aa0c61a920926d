"""Files of records: what a sheet may hold, and every error of 4.2 with its sheet, row and column."""

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from adapters.spreadsheets.limits import MOST_UNPACKED, FileRefused
from adapters.stores.edge_commerce import OBJECTS as EDGE_OBJECTS
from adapters.stores.edge_commerce import EdgeCommerce
from adapters.stores.exchange import crossing, files, sheets, templates
from adapters.stores.exchange.crossing import Known, Rules
from adapters.stores.exchange.fields import ExchangeObject
from adapters.stores.exchange.files import tables_of
from adapters.stores.exchange.sheets import Read, Table
from adapters.stores.sengerio import OBJECTS as SENGERIO_OBJECTS
from adapters.stores.sengerio import Sengerio
from documents import ReferenceKind
from tests.sheets import parts_of, zipped

pytestmark = pytest.mark.feature("P6")
BOTH = {"edge": (EDGE_OBJECTS, EdgeCommerce), "sengerio": (SENGERIO_OBJECTS, Sengerio)}
ALL = [(kind, each) for kind, (objects, _) in BOTH.items() for each in objects]
Sheets = dict[str, list[list[str]]]


def examples(kind: str) -> Sheets:
    """All templates of a store together: two example rows in each sheet."""
    found = [templates.sheets_of(each) for each in BOTH[kind][0]]
    return {name: [list(row) for row in rows] for each in found for name, rows in each.items()}


def tables(made: Sheets) -> list[Table]:
    return [Table(name, rows[0], list(enumerate(rows[1:], 2))) for name, rows in made.items()]


def read(kind: str, made: Sheets, known: Known | None = None) -> Read:
    objects, store_kind = BOTH[kind]
    store: Any = store_kind({"shop_id": "X"}, {}, http=None)  # type: ignore[arg-type]
    rules = Rules(store.summed, store.named_in_books)
    return crossing.check(sheets.read(objects, tables(made)), known or Known(), rules)


def put(made: Sheets, sheet: str, row: int, column: str, text: str) -> Sheets:
    """The example with another text in one cell; `row` is Excel's."""
    made[sheet][row - 1][made[sheet][0].index(column)] = text
    return made


def told(found: Read) -> list[tuple[str, int, str]]:
    return [(each.sheet, each.row, each.column) for each in found.errors]


# --- templates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BOTH)
def test_the_templates_of_a_store_together_are_read_without_any_trouble(kind):
    found = read(kind, examples(kind))
    assert found.troubles == [] and len(found.placed) == 2 * len(BOTH[kind][0])


@pytest.mark.parametrize(("kind", "what"), ALL, ids=lambda each: getattr(each, "name", each))
def test_what_a_template_holds_is_the_example_of_the_contract(kind, what: ExchangeObject):
    found = [each.record for each in read(kind, examples(kind)).placed if each.what is what]
    from adapters.stores.exchange.checking import cleaned

    assert found == [cleaned(what, each)[0] for each in what.examples]


def test_a_template_is_a_workbook_whose_cells_are_all_text():
    what = next(each for each in EDGE_OBJECTS if each.name == "contacts")
    book = load_workbook(io.BytesIO(templates.workbook([what])))
    rows = list(book["contacts"].iter_rows())
    assert [cell.value for cell in rows[0]][:3] == ["id", "first_name", "last_name"] and len(rows) == 3
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}


# --- each error of 4.2 --------------------------------------------------------------------------------------------

ERRORS: dict[str, tuple[str, tuple[str, int, str, str], tuple[str, int, str], str]] = {
    "an empty key": ("edge", ("companies", 2, "id", ""), ("companies", 2, "id"), "missing"),
    "a key twice": ("edge", ("companies", 3, "id", "K-3"), ("companies", 3, "id"), "stands in row 2 already"),
    "a partner's code twice": (
        "sengerio",
        ("business_partners", 3, "code", "ACME01"),
        ("business_partners", 3, "code"),
        "stands in row 2 already",
    ),
    "an unknown contact": (
        "edge",
        ("orders", 2, "contact_id", "C-99"),
        ("orders", 2, "contact_id"),
        "C-99 is not known",
    ),
    "an unknown company": (
        "edge",
        ("contacts", 3, "company_id", "K-9"),
        ("contacts", 3, "company_id"),
        "K-9 is not known",
    ),
    "an unknown order of a payment": (
        "edge",
        ("payments", 2, "order_id", "O-9"),
        ("payments", 2, "order_id"),
        "O-9 is not known",
    ),
    "an unknown parent of a line": (
        "edge",
        ("order_lines", 3, "order_number", "9"),
        ("order_lines", 3, "order_number"),
        "no 9 in the sheet orders",
    ),
    "a line without a parent": (
        "edge",
        ("order_lines", 3, "order_number", ""),
        ("order_lines", 3, "order_number"),
        "names no record",
    ),
    "a wrong date": ("edge", ("orders", 2, "date", "05/01/2026"), ("orders", 2, "date"), "is no date"),
    "a day that is none": ("edge", ("orders", 2, "date", "2026-02-30"), ("orders", 2, "date"), "is no date"),
    "a wrong amount": ("edge", ("orders", 2, "total", "139,60"), ("orders", 2, "total"), "is no amount"),
    "a wrong amount of a line": (
        "edge",
        ("order_lines", 2, "unit_price", "twelve"),
        ("order_lines", 2, "unit_price"),
        "is no price",
    ),
    "a wrong country": (
        "edge",
        ("companies", 2, "billing_country", "USA"),
        ("companies", 2, "billing_country"),
        "two letters",
    ),
    "a total that does not add up": ("edge", ("orders", 2, "total", "139.62"), ("orders", 2, "total"), "make 139.60"),
    "an invoice that does not add up": (
        "sengerio",
        ("invoices", 2, "total", "541.00"),
        ("invoices", 2, "total"),
        "make 540.00",
    ),
    "another currency": (
        "sengerio",
        ("invoices", 2, "currency", "EUR"),
        ("invoices", 2, "currency"),
        "not the base currency GBP",
    ),
    "a VAT rate that the books lack": (
        "sengerio",
        ("invoice_lines", 2, "vat_rate_name", "17.5%"),
        ("invoice_lines", 2, "vat_rate_name"),
        "no tax code named 17.5%",
    ),
    "a payment method that the books lack": (
        "sengerio",
        ("business_partners", 2, "payment_method", "Barter"),
        ("business_partners", 2, "payment_method"),
        "no payment method",
    ),
    "a term that the books lack": (
        "sengerio",
        ("invoices", 2, "deferment_days", "45"),
        ("invoices", 2, "deferment_days"),
        "no term named 45",
    ),
    "a payment larger than its order": (
        "edge",
        ("payments", 2, "amount", "139.61"),
        ("payments", 2, "amount"),
        "more than its total 139.60",
    ),
}
KNOWN = Known(
    currency="GBP",
    books={
        ReferenceKind.TAX_CODE: frozenset({"20.0% s"}),
        ReferenceKind.PAYMENT_METHOD: frozenset({"bank transfer"}),
        ReferenceKind.TERM: frozenset({"30", "7"}),
    },
)


@pytest.mark.parametrize("case", ERRORS)
def test_an_error_names_sheet_row_and_column_and_loses_no_row_that_is_right(case):
    kind, change, place, words = ERRORS[case]
    known = KNOWN if kind == "sengerio" else Known()
    found = read(kind, put(examples(kind), *change), known)
    assert place in told(found) and any(words in str(each.message) for each in found.errors), found.errors
    bad = {(sheet, row) for sheet, row, _ in told(found)}
    assert found.placed and not {(each.sheet, each.row) for each in found.placed} & bad


def test_who_names_a_record_that_is_left_out_is_left_out_too():
    found = read("edge", put(examples("edge"), "companies", 2, "name", ""))
    assert told(found) == [
        ("companies", 2, "name"),
        ("contacts", 2, "company_id"),
        ("orders", 2, "company_id"),
        ("payments", 2, "order_id"),
    ]
    assert {each.id for each in found.placed if each.what.name == "orders"} == {"O-1043"}


def test_each_row_is_looked_at_as_often_however_many_there_are(monkeypatch: pytest.MonkeyPatch):
    looks = [_looks_at(rows, monkeypatch) / rows for rows in (100, 3_000)]
    assert looks[0] == looks[1] < 10


def _looks_at(rows: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often the check asks for the id of a row, of so many contacts with a company of its own each."""
    companies = [["id", "name"], *([f"K-{n}", f"Company {n}"] for n in range(rows))]
    contacts = [["id", "first_name", "company_id"], *([f"C-{n}", "Jo", f"K-{n}"] for n in range(rows))]
    made = sheets.read(EDGE_OBJECTS, tables({"companies": companies, "contacts": contacts}))
    asked: list[object] = []
    whole = ExchangeObject.id_of
    with monkeypatch.context() as patch:
        patch.setattr(ExchangeObject, "id_of", lambda what, record: (asked.append(1), whole(what, record))[1])
        found = crossing.check(made, Known(), Rules(lambda _: Decimal(0)))
    assert len(found.placed) == 2 * rows
    return len(asked)


def test_what_is_kept_already_is_known():
    made = {name: rows for name, rows in examples("edge").items() if name in ("payments", "contacts")}
    assert len(read("edge", {**made}).placed) == 0
    known = Known(
        ids={"orders": frozenset({"O-1042", "O-1043"}), "companies": frozenset({"K-3", "K-4"})},
        totals={"O-1042": Decimal(40)},
    )
    found = read("edge", made, known)
    assert told(found) == [("payments", 2, "amount")] and len(found.placed) == 3


@pytest.mark.parametrize(
    ("kept", "is_more"),
    [({}, False), ({"1": "89.60"}, False), ({"1": "89.61"}, True), ({"394": "139.60", "1": "1"}, False)],
)
def test_payments_are_added_to_those_that_were_kept_before_each_once(kept, is_more):
    paid = {"O-1042": {payment_id: Decimal(amount) for payment_id, amount in kept.items()}}
    found = read("edge", examples("edge"), Known(paid=paid))
    assert told(found) == ([("payments", 2, "amount")] if is_more else [])


def test_a_difference_of_a_cent_is_left_to_the_rounding():
    assert read("edge", put(examples("edge"), "orders", 2, "total", "139.61")).errors == []


def test_a_required_column_that_is_missing_keeps_its_sheet_out_and_no_other():
    made = examples("edge")
    for row in made["companies"]:
        del row[1]
    found = read("edge", made)
    assert ("companies", 1, "name") in told(found)
    assert {each.what.name for each in found.placed} == {"products"}


def test_an_unknown_column_and_an_unknown_sheet_are_warnings():
    made = examples("edge")
    made["products"][0].append("Colour")
    made["notes"] = [["x"], ["y"]]
    found = read("edge", made)
    assert found.errors == [] and {(each.sheet, each.column) for each in found.troubles} == {
        ("products", "colour"),
        ("notes", ""),
    }


def test_a_file_of_other_sheets_alone_is_an_error():
    found = read("edge", {"Sheet1": [["id"], ["1"]]})
    assert told(found) == [("Sheet1", 0, "")] and "companies, contacts, order_lines" in str(found.errors[0].message)


def test_a_column_twice_is_an_error():
    made = examples("edge")
    made["products"][0].append("SKU")
    assert ("products", 1, "sku") in told(read("edge", made))


def test_headers_are_compared_without_case_and_blanks_around_them():
    made = examples("edge")
    made["products"][0] = [f" {name.upper()} " for name in made["products"][0]]
    assert read("edge", {" Products ": made.pop("products"), **made}).errors == []


def test_orders_without_their_lines_are_told():
    made = examples("edge")
    del made["order_lines"]
    found = read("edge", made)
    assert ("orders", 0, "") in told(found) and "order_lines is missing" in str(found.errors[0].message)
    made = examples("edge")
    del made["order_lines"][2]
    assert ("orders", 3, "id") in told(read("edge", made))


def test_lines_stand_in_the_order_of_their_numbers():
    made = examples("edge")
    other = list(made["order_lines"][1])
    made["order_lines"][1][1], other[1], other[4] = "2", "1", "First"
    made["order_lines"].append(other)
    put(put(made, "orders", 2, "total", "259.60"), "orders", 2, "tax_total", "9.60")
    [order] = [each for each in read("edge", made).placed if each.id == "O-1042"]
    assert [line["name"] for line in order.record["lines"]] == ["First", "Mug"] and order.lines == [4, 2]


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_csv_file_is_a_table_of_its_own_name(delimiter):
    content = f'id{delimiter}name\r\nK-1{delimiter}"A {delimiter} B"\r\n\r\nK-2{delimiter}\'+60\r\n'.encode("utf-8-sig")
    [table] = tables_of("companies.csv", content)
    assert (table.name, table.header) == ("companies", ["id", "name"])
    assert table.rows == [(2, ["K-1", f"A {delimiter} B"]), (4, ["K-2", "+60"])]


def test_a_workbook_has_a_table_for_each_sheet_with_days_and_numbers_as_people_see_them():
    import datetime as dt

    book = Workbook()
    book.remove(book.active)
    for name in ("orders", "companies"):
        sheet = book.create_sheet(name)
        sheet.append(["id", "date", "total", "ok"])
        sheet.append([1042, dt.datetime(2026, 1, 5), 139.6, True])
    file = io.BytesIO()
    book.save(file)
    found = tables_of("all.XLSX", file.getvalue())
    assert [table.name for table in found] == ["orders", "companies"]
    assert found[0].rows == [(2, ["1042", "2026-01-05", "139.6", "TRUE"])]


def workbook(made: dict[str, list[list[Any]]], formula: tuple[str, str] | None = None) -> bytes:
    """A workbook of these rows; `formula` names a cell, by sheet and place, whose value was never saved."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in made.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if formula:
        book[formula[0]][formula[1]] = "=1+1"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read_book(kind: str, content: bytes) -> Read:
    objects, store_kind = BOTH[kind]
    store: Any = store_kind({"shop_id": "X"}, {}, http=None)  # type: ignore[arg-type]
    found = sheets.read(objects, tables_of("all.xlsx", content))
    return crossing.check(found, Known(), Rules(store.summed, store.named_in_books))


@pytest.mark.parametrize(
    ("sheet", "place", "column", "value", "words"),
    [
        ("products", "A2", "id", 576460000000000123, "lost digits (5.7646e+17)"),
        ("products", "A2", "id", "5.7646E+17", "lost digits (5.7646E+17)"),
        ("products", "A2", "id", None, "formula without a saved value"),
        ("products", "B2", "", "=#REF!", "holds an error"),
        ("order_lines", "E2", "", None, "formula without a saved value"),
    ],
)
def test_a_cell_whose_value_nobody_knows_is_named_and_keeps_its_record_out(
    sheet: str, place: str, column: str, value: object, words: str
):
    made: dict[str, list[list[Any]]] = dict(examples("edge"))
    at = ord(place[0]) - ord("A")
    column = column or made[sheet][0][at]
    if value is not None:
        made[sheet][1][at] = value
    content = workbook(made, (sheet, place) if value is None else None)
    if value == "=#REF!":
        content = with_an_error(content)
    found = read_book("edge", content)
    assert (sheet, 2, column) in told(found) and any(words in str(each.message) for each in found.errors)
    assert sum(each.sheet == sheet and each.row == 2 for each in found.errors) == 1
    left_out = "orders" if sheet == "order_lines" else sheet
    assert not [each for each in found.placed if (each.sheet, each.row) == (left_out, 2)] and found.placed


def with_an_error(content: bytes) -> bytes:
    """The formula of the workbook came to an error, and that was saved."""
    parts = parts_of(content)
    for name, part in parts.items():
        if b"<f>#REF!</f>" in part:
            parts[name] = re.sub(
                rb'<c r="(\w+)"[^>]*><f>#REF!</f><v ?/?>(</v>)?', rb'<c r="\1" t="e"><v>#REF!</v>', part
            )
    return zipped(parts)


def bomb() -> bytes:
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", b"<Types/>")
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (MOST_UNPACKED + 1))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("orders.pdf", b"%PDF", "neither a CSV nor an XLSX"),
        ("orders.xls", b"\xd0\xcf\x11\xe0", "neither a CSV nor an XLSX"),
        ("orders.xlsx", b"id,name", "neither a CSV nor an XLSX"),
        ("orders.csv", files.ZIP + b"x", "neither a CSV nor an XLSX"),
        ("orders.xlsx", files.ZIP + b"x", "damaged"),
        ("orders.csv", "id\n\xe4".encode("latin-1"), "not UTF-8"),
        ("orders.csv", b'id,name\n"1,2', "cannot be read"),
        ("orders.csv", b"id\n" + b"1\n" * (files.MOST_ROWS + 1), "more than 20000 rows"),
        ("orders.csv", b"id\n" + b"x" * 10_001, "too long"),
        ("orders.csv", b"id\n" + b"," * 201, "too long"),
        ("orders.csv", b" " * (files.MOST_BYTES + 1), "larger than 20 MB"),
        ("orders.xlsx", bomb(), "unpacks to far more"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(name, content, words):
    with pytest.raises(FileRefused, match=words):
        tables_of(name, content)


def test_an_empty_csv_file_lacks_its_columns():
    found = crossing.check(
        sheets.read(EDGE_OBJECTS, tables_of("orders.csv", b"")), Known(), Rules(lambda _: Decimal(0))
    )
    assert ("orders", 1, "id") in told(found)
