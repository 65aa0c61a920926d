"""Keeps what was read of a file until Proceed: its orders, what is wrong with it, and the rows to show."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import msgspec
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from adapters.spreadsheets.codes import Level, Trouble
from adapters.spreadsheets.order_cells import Terms
from adapters.spreadsheets.reading import Row
from adapters.spreadsheets.values import shown
from adapters.stores.base import PulledOrder
from documents import Order
from models import UploadPack, UploadRow, UploadTrouble
from sync.uploads import packs

MOST_TOLD, MOST_ROWS_SHOWN = 5_000, 1_000
"""So many messages are kept, and so many of their rows are shown; all are counted."""
LONGEST_CELL, LONGEST_FOUND = 80, 200
FROM_FILE = '{"columns":'
"""How the words of an order begin that came in a file."""
WORDS = msgspec.json.Encoder(enc_hook=repr)


@dataclass(slots=True)
class Stage:
    """What waits to be written, and the counts of all."""

    upload_id: int
    errors: int = 0
    warnings: int = 0
    orders: int = 0
    bad_orders: int = 0
    _rows: set[int] = field(default_factory=set)
    _new: list[PulledOrder] = field(default_factory=list)
    _troubles: list[dict[str, object]] = field(default_factory=list)
    _shown: list[dict[str, object]] = field(default_factory=list)

    def show(self, rows: Iterable[Row]) -> None:
        """Rows for the preview, each once."""
        for number, cells in rows:
            if number not in self._rows:
                self._rows.add(number)
                texts = [shown(cell)[:LONGEST_CELL] for cell in cells]
                self._shown.append({"upload_id": self.upload_id, "row": number, "cells": texts})

    def tell(self, troubles: Sequence[Trouble], rows: Sequence[Row] = ()) -> None:
        """Messages, with the rows that they are about."""
        for each in troubles:
            is_error = each.level is Level.ERROR
            self.errors += is_error
            self.warnings += not is_error
            if self.errors + self.warnings <= MOST_TOLD:
                self._troubles.append(self._as_row(each, is_error))
        if len(self._rows) < MOST_ROWS_SHOWN:
            about = {each.row for each in troubles}
            self.show(row for row in rows if row[0] in about)

    def _as_row(self, each: Trouble, is_error: bool) -> dict[str, object]:
        where = {"row": each.row, "col": each.column, "found": each.found[:LONGEST_FOUND]}
        message = msgspec.to_builtins(each.message)
        return {"upload_id": self.upload_id, "is_error": is_error, "code": each.code, "message": message, **where}

    def add(self, order: Order, rows: Sequence[Row], before: str) -> None:
        """An order without an error."""
        self.orders += 1
        self._new.append(PulledOrder(order, raw_of(rows, before)))

    def write(self, session: Session) -> None:
        """Everything that waits."""
        if self._new:
            session.add(UploadPack(upload_id=self.upload_id, orders=packs.packed(self._new)))
        for model, rows in ((UploadTrouble, self._troubles), (UploadRow, self._shown)):
            if rows:
                session.execute(insert(model), rows)
        self._new, self._troubles, self._shown = [], [], []


def words_before(names: Sequence[str], terms: Terms) -> str:
    """How the words of each order of a file begin: the headers that are used, and a hash of how they were read."""
    days = replace(terms.calendar, latest=None)
    read_as = (terms.columns, days, terms.prices_include_tax, terms.decimal_comma)
    how = hashlib.sha256(WORDS.encode(read_as))
    return f'{FROM_FILE}{WORDS.encode(names).decode()},"read_as":"{how.hexdigest()[:16]}","rows":'


def raw_of(rows: Sequence[Row], before: str) -> str:
    """The file's own words of an order. The same words read in the same way, the same text."""
    return before + WORDS.encode([cells for _, cells in rows]).decode() + "}"


def clear(session: Session, upload_id: int) -> None:
    """Nothing is staged of an upload: it is read anew, or is over."""
    for model in (UploadPack, UploadTrouble, UploadRow):
        session.execute(delete(model).where(model.upload_id == upload_id))


def forget_orders(session: Session, upload_id: int) -> None:
    """They are among the orders now."""
    session.execute(delete(UploadPack).where(UploadPack.upload_id == upload_id))
