"""Fills what stands behind the pages about stores: uploads, missing orders, a store whose codes are the books'."""

from datetime import date
from decimal import Decimal

import msgspec
from sqlalchemy.orm import Session

from benchmarks.filling import NOW, Row, Table, insert_all, insert_tokens, long_name_of, name_of, number_of, price_of
from documents import Message, StoreCustomer
from models import (
    Aligned,
    Alignment,
    AlignmentRow,
    BooksConnection,
    MissingOrder,
    Profile,
    ProfileChannel,
    Side,
    Start,
    StoreChannel,
    StoreConnection,
    StoredCustomer,
    Upload,
    UploadRow,
    UploadState,
    UploadTrouble,
    writing,
)
from sync import catalogue
from sync.uploads.plans import Look, Plan, as_kept

UPLOAD = ALIGNED = 2
"""The upload that has all the messages; the profile, the store and the books of a store that is aligned."""
COLUMNS = {"number": 0, "date": 1, "total": 2}
SAID = msgspec.to_builtins(Message("{found} is no amount.", {"found": "12,5O"}))


def fill_stores(count: int, run_id: int) -> None:
    """So many rows of each; the missing ones were found by this run."""
    with writing() as session:
        _connect(session)
    tables: tuple[Table, ...] = (
        (Upload, _upload),
        (UploadTrouble, _trouble),
        (UploadRow, _upload_row),
        (MissingOrder, lambda number: _missing(number, run_id)),
        (StoredCustomer, _customer),
        (AlignmentRow, _aligned),
    )
    insert_all(tables, count)
    insert_tokens(catalogue.CODED, lambda number: f"{_code(number)} {name_of(number)}", count)


def _connect(session: Session) -> None:
    company = {"company_key": "2", "company_name": "Haulage", "home_currency": "GBP", "country": "GB"}
    books = BooksConnection(
        id=ALIGNED, kind="quickbooks", name="Haulage", per_second="2", in_flight=1, refreshed_at=NOW, **company
    )
    store = StoreConnection(id=ALIGNED, kind="sengerio", name="Haulage", per_second="2", settings={"shop_id": "S-1"})
    profile = Profile(id=ALIGNED, books_id=ALIGNED, name="Haulage", time_zone="Europe/London", start_date=NOW.date())
    session.add_all([books, store])
    session.flush()
    channel = StoreChannel(id=3, store_id=ALIGNED, external_id="S-1", name="Sengerio", kind="sengerio", currency="GBP")
    session.add_all([profile, channel])
    session.flush()
    session.add(ProfileChannel(profile_id=ALIGNED, channel_id=3, books_id=ALIGNED))
    counts = {str(side): 1000 for side in Side}
    for kind in Aligned:
        session.add(Alignment(profile_id=ALIGNED, kind=kind, start=Start.BOTH, read_at=NOW, counts=counts))


def _upload(number: int) -> Row:
    plan, look = Plan("Orders", 1, COLUMNS, is_chosen=True), Look(["Orders"], ["Order", "Date", "Total"])
    counts = {"row_count": 3000, "order_count": 2000, "errors": 1000, "warnings": 1000, "bad_orders": 1000}
    done = {"new_orders": 900, "changed_orders": 90, "same_orders": 10, "applied_to": 0, "applied_by": ""}
    named = {"file_name": f"orders {number}.xlsx", "sha256": f"{number:064x}", "uploaded_by": "Mei"}
    state = UploadState.CHECKED if number == UPLOAD else UploadState.DONE
    row = {"id": number, "channel_id": 1, "size": 90_000, "state": state, "uploaded_at": NOW}
    return {**row, **named, **counts, **done, "plan": as_kept(plan), "look": as_kept(look)}


def _trouble(number: int) -> Row:
    row = {"id": number, "upload_id": UPLOAD, "is_error": number % 2 == 0, "code": "ROW06", "message": SAID}
    return row | {"row": number + 1, "col": 2, "found": "12,5O"}


def _upload_row(number: int) -> Row:
    cells = [number_of(number), "2026-11-01", "12,5O"]
    return {"id": number, "upload_id": UPLOAD, "row": number + 1, "cells": cells}


def _missing(number: int, run_id: int) -> Row:
    row = {"id": number, "channel_id": 1, "external_id": f"M-{number}", "number": number_of(number)}
    return row | {"ordered_at": NOW, "found_at": NOW, "run_id": run_id}


def _code(number: int) -> str:
    return f"BP{number:06}"


def _customer(number: int) -> Row:
    told = StoreCustomer(f"C-{number}", long_name_of(number), "a@example.com", code=_code(number), terms=30)
    named = {"code": told.code, "name": told.name, "email": told.email, "company": ""}
    row = {"id": number, "store_id": ALIGNED, "external_id": told.customer_id, **named}
    return row | {"document": msgspec.json.encode(told).decode(), "is_gone": False, "seen_at": NOW}


def _aligned(number: int) -> Row:
    side = (Side.BOTH, Side.STORE, Side.BOOKS)[number % 3]
    named = {"key": number_of(number), "number": number_of(number), "store_name": "", "books_name": ""}
    amounts = {"store_total": price_of(number), "books_total": Decimal(1), "currency": "GBP", "day": date(2026, 11, 1)}
    return {
        "id": number,
        "profile_id": ALIGNED,
        "kind": Aligned.INVOICES,
        "side": side,
        "profile_order_id": None,
        "remote_id": f"R-{number}",
        **named,
        **amounts,
    }
