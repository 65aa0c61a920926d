"""Opens an uploaded file in a process of its own, and streams its rows back; a bomb ends that process and not ours."""

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from adapters.spreadsheets import frames
from adapters.spreadsheets.frames import Cell, Frame, Sheet
from adapters.spreadsheets.limits import MOST_BYTES, SILENT_S, FileRefused
from documents import N_, Message, say

ROOT = Path(__file__).resolve().parent.parent.parent
PIECE = 1 << 20
Row = tuple[int, list[Cell]]
"""Excel's number of a row, and its cells from column A on; empty ones at the end may be left out."""


@dataclass(slots=True)
class Book:
    """An open file."""

    sheets: Sequence[Sheet]
    is_1904: bool
    notes: Sequence[Message]
    _talk: "_Talk"

    def rows(self, place: int) -> Iterator[tuple[int, msgspec.Raw]]:
        """Every row of a sheet, empty ones too, each still packed (`frames.CELLS`): so it is small where it is kept."""
        self._talk.ask(place)
        while isinstance(frame := self._talk.hear(), frames.Rows):
            yield from enumerate(frame.rows, start=frame.number)


@contextmanager
def opened(content: bytes) -> Iterator[Book]:
    """Open a file; raises FileRefused with a sentence for whatever is wrong with it, here or while rows are read."""
    if len(content) > MOST_BYTES:
        raise FileRefused(say(N_("The file is larger than {most} MB. Export a shorter period."), most=20))
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        with _child(file) as talk:
            first = talk.hear()
            if not isinstance(first, frames.Opened):
                raise _gave_up()
            yield Book(first.sheets, first.is_1904, first.notes, talk)


@contextmanager
def _child(file: IO[bytes]) -> Iterator["_Talk"]:
    number = file.fileno()
    process = subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-W", "ignore", "-m", "adapters.spreadsheets.child", str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(number,),
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    try:
        yield _Talk(process)
    finally:
        process.kill()
        process.communicate()


@dataclass(slots=True)
class _Talk:
    """What is asked and heard over the pipes."""

    process: subprocess.Popen[bytes]

    def ask(self, place: int) -> None:
        """For the rows of a sheet."""
        try:
            os.write(_number(self.process.stdin), b"%d\n" % place)
        except BrokenPipeError:
            raise _gave_up() from None

    def hear(self) -> Frame:
        """The next frame; a refusal, or a silence, raises."""
        until = time.monotonic() + SILENT_S
        frame: Frame = frames.DECODER.decode(self._take(int.from_bytes(self._take(4, until), "big"), until))
        if isinstance(frame, frames.Refusal):
            raise FileRefused(frame.message)
        return frame

    def _take(self, count: int, until: float) -> bytes:
        number, taken = _number(self.process.stdout), bytearray()
        while len(taken) < count:
            ready, _, _ = select.select([number], [], [], max(until - time.monotonic(), 0))
            piece = os.read(number, min(count - len(taken), PIECE)) if ready else b""
            if not piece:
                raise _gave_up()
            taken += piece
        return bytes(taken)


def _number(pipe: IO[bytes] | None) -> int:
    assert pipe is not None
    return pipe.fileno()


def _gave_up() -> FileRefused:
    """The process was ended by its bounds, or died of the file."""
    return FileRefused(
        say(N_("The file takes far more memory or time than orders need, or is damaged. Export it again, as xlsx."))
    )
