"""Files that are small to send and large to read take bounded memory, of the job and of the process that opens them."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.sheets import HEADER, as_csv, as_xlsx, line, parts_of, zipped

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_MB = 300.0


def one_long_text() -> bytes:
    """20,000 rows whose cells share a description of 19 kB: less than a megabyte that says 760."""
    rows = [[*line(f"A-{number // 2}", product_name="SHARED"), "SHARED"] for number in range(20_000)]
    parts = parts_of(as_xlsx([[*HEADER, "html"], *rows]))
    text = "&lt;p&gt;Ein Becher &amp; mehr&lt;/p&gt; " * 760
    sheet, strings = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    inline, shared = b' t="inlineStr"><is><t>SHARED</t></is></c>', b' t="s"><v>0</v></c>'
    assert parts[sheet].count(inline) == 40_000
    parts[sheet] = parts[sheet].replace(inline, shared)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts[strings] = f'<?xml version="1.0"?><sst xmlns="{space}"><si><t>{text}</t></si></sst>'.encode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Type="{kind}" Target="sharedStrings.xml" Id="rId9"/></Relationships>'
    about = "xl/_rels/workbook.xml.rels"
    parts[about] = parts[about].replace(b"</Relationships>", relation.encode())
    return zipped(parts)


def mostly_blank_numbers() -> bytes:
    """100,000 rows, three quarters of them without an order's number."""
    rows = [line(f"A-{number}" if number >= 75_000 else "") for number in range(100_000)]
    return as_csv([[*HEADER, "note"], *([*each, "nothing that an order needs, " * 3] for each in rows)])


@pytest.mark.feature("P6")
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("make", "name", "orders"),
    [(one_long_text, "orders.xlsx", 10_000), (mostly_blank_numbers, "orders.csv", 25_000)],
)
def test_a_file_that_is_large_inside_is_read_in_bounded_memory(tmp_path: Path, make, name: str, orders: int):
    file = tmp_path / name
    file.write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.spreadsheet", str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    taken = msgspec.json.decode(done.stdout.splitlines()[-1])
    assert taken["orders"] == orders
    assert taken["own_mb"] < MOST_MB and taken["child_mb"] < MOST_MB, taken
