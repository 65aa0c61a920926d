"""A file of orders becomes orders: its time beside that of only reading it and keeping its rows, and its memory."""

import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import openpyxl
import python_calamine

from adapters.spreadsheets.order_fields import OWN_COLUMNS
from benchmarks.drainer import highest_mb
from benchmarks.table import Row, compare, taken_s

ROWS, QUICK_ROWS, LINES = 100_000, 400, 2
MOST_RATIO, MOST_MB, TIMES = 6.0, 300.0, 3
ROOT = Path(__file__).resolve().parent.parent
DAY = datetime(2026, 11, 1)  # noqa: DTZ001 (as a spreadsheet has it)


class Taken(msgspec.Struct):
    """Of one import, in a process of its own: seconds, and the most memory of it and of the one that opens the file."""

    seconds: float
    own_mb: float
    child_mb: float
    orders: int


def rows(is_quick: bool) -> Iterator[Row]:
    """Two rows: how long it takes, and how much memory."""
    count, times = (QUICK_ROWS, 1) if is_quick else (ROWS, TIMES)
    with tempfile.TemporaryDirectory(prefix="tillbridge-bench-") as name:
        file = Path(name) / "orders.xlsx"
        file.write_bytes(workbook(count))
        taken: list[Taken] = []

        def measured() -> float:
            taken.append(_imported(file))
            return taken[-1].seconds

        floor, found, ratio = compare(lambda: taken_s(lambda: _only_read(file)), measured, times)
    assert all(each.orders == count // LINES for each in taken), "not every order was imported"
    what = f"a file of {count:,} rows and {len(OWN_COLUMNS)} columns, to {count // LINES:,} orders"
    note = "floor: calamine reads it, and its rows are inserted as text"
    yield Row(what, found, floor, "s", ratio, most_ratio=None if is_quick else MOST_RATIO, note=note)
    own, child = max(each.own_mb for each in taken), max(each.child_mb for each in taken)
    note = f"of the job {own:.0f} MB, of the process that opens the file {child:.0f} MB; each has the bar"
    most = max(own, child)
    yield Row(
        "  its memory at the highest", most, min(own, child), "MB", most / min(own, child), most=MOST_MB, note=note
    )


def workbook(count: int) -> bytes:
    """Orders of two lines each, in our own layout, filled in as a marketplace does."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    sheet.append(list(OWN_COLUMNS.values()))
    for number in range(count):
        sheet.append([_cells(number).get(name) for name in OWN_COLUMNS])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _cells(number: int) -> dict[str, object]:
    order, is_second = divmod(number, LINES)
    price = 15.0 + order % 50
    return {
        "order_id": f"SG-{100_000 + order}",
        "marketplace_number": f"2611{order:06}ABCD",
        "channel": "Web",
        "status": "Completed",
        "payment_status": "Paid",
        "ordered": DAY + timedelta(seconds=order * 40),
        "currency": "MYR",
        "customer_name": f"mei_{order % 997}***",
        "customer_email": f"mei{order % 997}@example.com",
        "customer_phone": "*****12",
        "billing_address": f"{order % 90} Jalan Mawar, 30000 Ipoh",
        "sku": f"SKU-{number % 500:03}",
        "product_name": f"Product number {number % 500}",
        "variation": "Blue",
        "quantity": 1.0 if is_second else 2.0,
        "unit_price": 7.5 if is_second else price,
        "line_discount": 0.0,
        "line_tax": 0.0,
        "shipping_fee": 6.5,
        "order_discount": 1.0,
        "tax_total": 0.0,
        "total": 2 * price + 13.0,
    }


def _only_read(file: Path) -> None:
    """What it costs at least: the rows are read and kept."""
    sheet = python_calamine.CalamineWorkbook.from_filelike(BytesIO(file.read_bytes())).get_sheet_by_index(0)
    found = sheet.to_python()
    with tempfile.TemporaryDirectory() as name, sqlite3.connect(Path(name) / "rows.db") as base:
        columns = range(len(found[0]))
        base.execute(f"CREATE TABLE plain ({', '.join(f'c{each}' for each in columns)})")
        into = f"INSERT INTO plain VALUES ({', '.join('?' for _ in columns)})"
        base.executemany(into, ([str(cell) for cell in row] for row in found))


def _imported(file: Path) -> Taken:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.spreadsheet", str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Taken)


def import_here(file: Path) -> Taken:
    """In this process: a channel of a store of files that one profile takes, the file read, Proceed, all imported."""
    import jobs
    from app import create_worker
    from clock import SystemClock
    from config import Config
    from models import Base, BooksConnection, RunKind, StoredOrder, db, end_reading, writing
    from sync import connections, profiles, runs, stores
    from sync.uploads import asking

    with tempfile.TemporaryDirectory(prefix="tillbridge-bench-") as name:
        app = create_worker(Config(Path(name), f"sqlite:///{name}/x.db", "unix:///none"), SystemClock())
        with app.app_context():
            tools = jobs.tools()
            with db.engine.connect().execution_options(writes=True) as connection:
                Base.metadata.create_all(connection)
                connection.commit()
            store = connections.connect_store("spreadsheet", "Kedai", {"shop_id": "KEDAI"}, tools)
            channel = stores.make_channel(store.id, "Web", "webstore", "MYR")
            with writing() as session:
                books = BooksConnection(kind="qne", company_key="1", name="B", company_name="B", home_currency="MYR")
                books.country, books.settings, books.facts, books.per_second, books.in_flight = "MY", {}, {}, "2", 1
                session.add(books)
            start = DAY.replace(tzinfo=UTC).date() - timedelta(days=2)
            profiles.make_profile(books.id, "Company", "Asia/Kuala_Lumpur", start, [channel.id])

            def read(kind: RunKind) -> None:
                run_id = runs.request(kind, upload_id, tools.clock.now())
                runs.work(run_id, jobs.READERS, tools, lambda: False)

            def work() -> None:
                read(RunKind.FILE)
                asking.proceed(upload_id, True, "Mei")
                read(RunKind.APPLY)

            upload_id = asking.hand_in(channel.id, file.name, file.read_bytes(), "Mei", tools.clock.now()).upload_id
            seconds = taken_s(work)
            orders = db.session.query(StoredOrder).count()
            end_reading()
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Taken(seconds, highest_mb(), child, orders)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(import_here(Path(sys.argv[1]))) + b"\n")
