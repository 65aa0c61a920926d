"""Files are opened in a process of their own, and each cell comes back at its true address with what it says."""

import datetime as dt
import io

import openpyxl
import pytest

from adapters.spreadsheets.frames import CELLS, Failed, Uncomputed
from adapters.spreadsheets.limits import FileRefused
from adapters.spreadsheets.reading import opened
from tests.sheets import as_csv, as_ods, as_xls, as_xlsx, parts_of, saved, zipped

pytestmark = pytest.mark.feature("P6")
WHEN = dt.datetime(2026, 1, 5, 11, 12, 44)
ROWS = [["Order ID", "When", "Price"], ["A-1", WHEN, 15.5], ["0071", WHEN, 2.0]]


def rows_of(content: bytes, place: int = 0) -> list[list[object]]:
    with opened(content) as book:
        return [CELLS.decode(packed) for _, packed in book.rows(place)]


def book_of(**cells: object) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for address, value in cells.items():
        sheet[address] = value
    return book


@pytest.mark.parametrize("make", [as_xlsx, as_xls, as_ods])
def test_a_workbook_tells_the_same_whatever_its_kind(make):
    assert rows_of(make(ROWS)) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_its_own_delimiter_and_encoding(delimiter: str, encoding: str):
    rows = [["Order ID", "Name", "Note"], ["A-1", "Mug, blue; 青", 'says "hi"\nthere'], ["A-2", "Tea", None]]
    assert rows_of(as_csv(rows, delimiter, encoding)) == rows


def test_text_in_windows_letters_is_read_with_a_note():
    with opened(as_csv([["Name"], ["Café"]], encoding="cp1252")) as book:
        assert [CELLS.decode(packed) for _, packed in book.rows(0)] == [["Name"], ["Café"]]
        assert "Windows-1252" in str(book.notes[0])


def test_the_first_line_of_excel_that_names_the_delimiter_is_no_row():
    assert rows_of(b"sep=;\r\na;b\r\n1;2\r\n") == [[], ["a", "b"], ["1", "2"]]


def test_nothing_in_a_text_file_is_ever_computed():
    assert rows_of(as_csv([["=1+1", "@x", "+6", "-"]])) == [["=1+1", "@x", "+6", "-"]]


def test_cells_keep_their_addresses_beside_and_below_empty_ones():
    assert rows_of(saved(book_of(C4="x", D6="y")))[3:] == [[None, None, "x", None], [None] * 4, [None, None, None, "y"]]


def test_a_formula_without_a_saved_value_and_an_error_are_told_from_nothing():
    book = book_of(A1="x", B1="=1+1", C1="#REF!")
    book.active["C1"].data_type = "e"  # type: ignore[index]
    [row] = rows_of(saved(book))
    assert row[0] == "x" and isinstance(row[1], Uncomputed) and isinstance(row[2], Failed)


def test_a_formula_with_a_saved_value_is_that_value():
    parts = parts_of(saved(book_of(A1="x", B1="=1+1")))
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    assert rows_of(zipped(parts)) == [["x", 2.0]]


def test_a_merged_cell_says_the_same_in_each_of_its_rows():
    book = book_of(A1="Order", A2="A-1", B2="Mug", B3="Tea", B4="Cup")
    book.active.merge_cells("A2:A4")  # type: ignore[union-attr]
    assert rows_of(saved(book))[1:] == [["A-1", "Mug"], ["A-1", "Tea"], ["A-1", "Cup"]]


def test_the_declared_size_of_a_sheet_is_not_believed():
    parts = parts_of(as_xlsx(ROWS))
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b'ref="A1:C3"' in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:C3"', b'ref="A1"')
    assert rows_of(zipped(parts)) == ROWS


def test_days_of_a_workbook_that_counts_from_1904():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = WHEN  # type: ignore[index]
    with opened(saved(book)) as found:
        assert found.is_1904 and CELLS.decode(next(found.rows(0))[1]) == [WHEN]


def test_hidden_rows_are_there_and_told():
    book = book_of(A1="Order", A2="A-1", A3="A-2")
    book.active.row_dimensions[2].hidden = True  # type: ignore[union-attr]
    with opened(saved(book)) as found:
        assert found.sheets[0].has_hidden and len(list(found.rows(0))) == 3


def test_macros_are_never_run_and_their_rows_are_read():
    parts = parts_of(as_xlsx(ROWS)) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 a macro"}
    assert rows_of(zipped(parts)) == ROWS


def test_rows_can_be_asked_for_twice_and_of_any_sheet():
    book = book_of(A1="first")
    book.create_sheet("Second")["A1"] = "second"
    with opened(saved(book)) as found:
        read = [CELLS.decode(next(iter(list(found.rows(place))))[1]) for place in (1, 0, 0, 1)]
    assert read == [["second"], ["first"], ["first"], ["second"]]


def test_a_sheet_wider_than_any_list_of_orders_is_named_and_the_others_are_read():
    book = book_of(A1="Order")
    book.create_sheet("Wide").cell(1, 16384).value = "x"
    with opened(saved(book)) as found:
        assert "16384 columns wide, up to column XFD" in str(found.sheets[1].trouble)
        assert len(list(found.rows(0))) == 1


def test_a_refusal_leaves_no_process_behind():
    for _ in range(3):
        with pytest.raises(FileRefused), opened(b"PK\x03\x04 broken"):
            pass
    with opened(as_xlsx(ROWS)) as found:
        child = found._talk.process
    assert child.poll() is not None


def test_an_empty_workbook_has_no_rows():
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    assert rows_of(file.getvalue()) == []


def shared(*entries: str) -> bytes:
    """A workbook whose first row says these shared texts."""
    parts = parts_of(as_xlsx([["SHARED"] * len(entries)]))
    sheet = parts["xl/worksheets/sheet1.xml"]
    for place in range(len(entries)):
        sheet = sheet.replace(b' t="inlineStr"><is><t>SHARED</t></is></c>', b' t="s"><v>%d</v></c>' % place, 1)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<?xml version="1.0"?><sst xmlns="{space}">{"".join(entries)}</sst>'
    about = parts["xl/_rels/workbook.xml.rels"]
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    about = about.replace(b"</R", f'<Relationship Type="{kind}" Target="sharedStrings.xml" Id="rId9"/></R'.encode())
    parts["xl/_rels/workbook.xml.rels"] = about
    return zipped({**parts, "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings.encode()})


def test_a_long_text_that_cells_share_is_cut_and_every_other_one_stays():
    rich = "<si><r><rPr/><t>a &lt; b</t></r><r><t xml:space='preserve'> &amp; c</t></r></si>"
    long = f"<si><r><t>{'&amp;青' * 900}</t></r><r><t>{'z' * 9_000}</t></r><rPh sb='0' eb='1'><t>no</t></rPh></si>"
    [row] = rows_of(shared("<si><t>first</t></si>", rich, long, "<si><t>last</t></si>"))
    assert row == ["first", "a < b & c", "&青" * 900 + "z" * 201, "last"]
    [row] = rows_of(shared("<si><t>first</t></si>", rich))
    assert row == ["first", "a < b & c"]
