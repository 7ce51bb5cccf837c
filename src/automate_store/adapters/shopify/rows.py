"""From bytes to rows of cells: decoded and parsed as they come, so that memory stays flat."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Iterator
from typing import BinaryIO

from attrs import define, field

from automate_store.application.errors import BrokenFile

CHUNK = 1 << 16
"""Bytes that are read at a time."""
CELL_LIMIT = 1 << 20
"""Characters in one cell, and in one line of it."""

_SAVE_AS_UTF8 = "Save it as CSV in UTF-8 and try again."
_FOREIGN = {
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"\x1f\x8b": "compressed",
    b"%PDF": "a PDF",
}


@define
class Rows:
    """The rows of a CSV file, each with the line that it begins on."""

    _file: BinaryIO
    line: int = field(default=0, init=False)
    """The last line that was read."""
    unterminated: bool = field(default=False, init=False)
    """Whether the last line read ends the file without a line break."""
    _ended: bool = field(default=False, init=False)
    _size: int | None = field(init=False)
    _read: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._size = _size_of(self._file)

    @property
    def share_read(self) -> float | None:
        """How much of the file has been read, from 0 to 1; None for a pipe."""
        return self._read / self._size if self._size else None

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        # The limit is the process's own; it is only ever raised, so nobody else loses by it.
        csv.field_size_limit(max(CELL_LIMIT, csv.field_size_limit()))
        reader = csv.reader(self._lines(), strict=True)
        while True:
            begins = self.line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as broken:
                raise self._unreadable(begins) from broken
            yield begins, cells

    def _lines(self) -> Iterator[str]:
        rest = ""
        for text in self._text():
            for piece in io.StringIO(rest + text, newline=""):
                if not piece.endswith(("\n", "\r")):
                    rest = piece
                    break
                self.line += 1
                yield piece
            else:
                rest = ""
            if len(rest) > CELL_LIMIT:
                problem = f"a line of more than {CELL_LIMIT:,} characters"
                raise BrokenFile(self.line + 1, problem, _SAVE_AS_UTF8)
        if rest:
            self.line += 1
            self.unterminated = True
            yield rest
        self._ended = True

    def _text(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        whole_breaks = io.IncrementalNewlineDecoder(decoder, translate=False)
        first = True
        while True:
            chunk = self._file.read(CHUNK)
            if first:
                _refuse_foreign(chunk)
                first = False
            self._read += len(chunk)
            try:
                text = whole_breaks.decode(chunk, final=not chunk)
            except UnicodeDecodeError as bad:
                raise self._undecodable(bad) from bad
            if "\0" in text:
                line = self.line + 1 + _breaks(text[: text.index("\0")])
                raise BrokenFile(line, "a NUL character: this is no CSV text", _SAVE_AS_UTF8)
            yield text
            if not chunk:
                return

    def _undecodable(self, bad: UnicodeDecodeError) -> BrokenFile:
        before = bad.object[: bad.start].decode("utf-8")
        problem = f"a byte that is no UTF-8 (0x{bad.object[bad.start]:02x})"
        return BrokenFile(self.line + 1 + _breaks(before), problem, _SAVE_AS_UTF8)

    def _unreadable(self, begins: int) -> BrokenFile:
        if self._ended:
            problem = "the file ends inside a quoted text that begins on this line"
            remedy = "It may have been cut off: export it again, or close the quotation mark."
        else:
            where = "" if self.line <= begins else f", which shows on line {self.line}"
            problem = f"a quotation mark is not closed or not doubled{where}"
            remedy = 'Inside a quoted text, a quotation mark is written twice: "".'
        return BrokenFile(begins, problem, remedy)


def _refuse_foreign(beginning: bytes) -> None:
    if not beginning:
        raise BrokenFile(1, "the file is empty", "Export the products again.")
    for mark, what in _FOREIGN.items():
        if beginning.startswith(mark):
            raise BrokenFile(1, f"the file is {what}, not CSV", _SAVE_AS_UTF8)


def _breaks(text: str) -> int:
    return sum(piece.endswith(("\n", "\r")) for piece in io.StringIO(text, newline=""))


def _size_of(file: BinaryIO) -> int | None:
    try:
        return os.fstat(file.fileno()).st_size
    except (OSError, AttributeError):
        return len(file.getbuffer()) if isinstance(file, io.BytesIO) else None
