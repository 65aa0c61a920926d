"""Spreadsheets for tests: the same rows as csv, xlsx, xls or ods, and an upload driven to its end."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Any

import openpyxl
import xlwt

from models import Profile, RunKind, StoreChannel, StoreConnection, Upload, UploadState, UploadTrouble, db, end_reading
from sync import connections, profiles, stores
from sync.uploads import asking
from tests.world import World

Rows = Sequence[Sequence[Any]]
HEADER = (
    "order_id",
    "order_status",
    "payment_status",
    "order_date",
    "currency",
    "customer_name",
    "isku",
    "product_name",
    "quantity",
    "unit_price",
    "shipping_fee",
    "order_discount",
    "total",
)
DAY = "2026-01-05 11:12:44"


def line(order_id: object, total: object = "30.00", **other: object) -> list[object]:
    """A row of our own layout: two mugs of 15.00 each, unless said otherwise."""
    usual: dict[str, object] = {
        "order_id": order_id,
        "order_status": "Completed",
        "payment_status": "Paid",
        "order_date": DAY,
        "currency": "MYR",
        "customer_name": "Mei Tan",
        "isku": "MUG-01",
        "product_name": "Mug",
        "quantity": 2,
        "unit_price": 15,
        "shipping_fee": "",
        "order_discount": "",
        "total": total,
    }
    return [{**usual, **other}[name] for name in HEADER]


def as_csv(rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A text file."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Rows, name: str = "Orders") -> bytes:
    """A workbook of today."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Its bytes."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_xls(rows: Rows) -> bytes:
    """A workbook of before 2007."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Orders")
    dates = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM:SS")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value, *([dates] if isinstance(value, dt.datetime) else []))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_ods(rows: Rows) -> bytes:
    """An OpenDocument sheet."""
    cells = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Orders">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _ods_cell(value: Any) -> str:
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    if isinstance(value, dt.datetime):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def zipped(parts: dict[str, bytes], level: int = 6) -> bytes:
    """A zip of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a zip, to be changed and zipped again."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- driving an upload ------------------------------------------------------------------------------------------


def spreadsheet_store(world: World, name: str = "Kedai") -> StoreConnection:
    """A store of files."""
    return connections.connect_store("spreadsheet", name, {"shop_id": name.upper()}, world.tools)


def own_channel(world: World, name: str = "Web", is_taken: bool = True) -> StoreChannel:
    """A channel of a store of files, which posts into the world's books."""
    known = db.session.query(StoreConnection).filter_by(kind="spreadsheet").first()
    end_reading()
    channel = stores.make_channel((known or spreadsheet_store(world)).id, name, "webstore", "MYR")
    if is_taken:
        take(world, channel)
    return channel


def take(world: World, channel: StoreChannel) -> None:
    """The world's profile takes a channel beside those that it has."""
    ids = [each.id for each in profiles.channels_of(world.profile_id)]
    fields = db.session.get_one(Profile, world.profile_id)
    name, zone, start = fields.name, fields.time_zone, fields.start_date
    end_reading()
    profiles.change_profile(world.profile_id, name, zone, start, [*ids, channel.id])


def hand_in(world: World, channel_id: int, content: bytes, name: str = "orders.csv") -> int:
    """Upload a file and read it; the upload's id."""
    upload_id = asking.hand_in(channel_id, name, content, "Mei", world.clock.now()).upload_id
    world.read(RunKind.FILE, upload_id)
    return upload_id


def bring_in(
    world: World, channel_id: int, content: bytes, name: str = "orders.csv", leave_out: bool = False
) -> Upload:
    """Upload a file, read it, proceed, and import it."""
    upload_id = hand_in(world, channel_id, content, name)
    assert upload_of(upload_id).state is UploadState.CHECKED, upload_of(upload_id).trouble
    asking.proceed(upload_id, leave_out, "Mei")
    world.read(RunKind.APPLY, upload_id)
    return upload_of(upload_id)


def upload_of(upload_id: int) -> Upload:
    """As it is now."""
    found = db.session.get(Upload, upload_id, populate_existing=True)
    assert found is not None
    _ = found.look, found.plan
    end_reading()
    return found


def troubles_of(upload_id: int) -> list[UploadTrouble]:
    """What is wrong with it."""
    found = db.session.query(UploadTrouble).filter_by(upload_id=upload_id).order_by(UploadTrouble.id).all()
    end_reading()
    return list(found)
