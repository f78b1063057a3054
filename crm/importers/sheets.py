"""Rows of the first sheet of an XLSX workbook that holds any."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from crm.importers.rows import Malformed, Row, Unreadable

_UNPACKED_MAX = 1_000_000_000  # bytes: a workbook that unpacks to more is refused, not read
_LINES_MAX = 1_048_576  # of a sheet of Excel
# What the reader raises on files that nobody's Excel has written: cut off, or made to do harm.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, ParseError, LookupError,
    ValueError, TypeError, AttributeError, NotImplementedError, OverflowError, OSError,
)  # fmt: skip


def sample(path: Path, limit: int) -> tuple[int, list[tuple[Any, ...]]]:
    """The line of the first row with any content, and up to `limit` rows from there."""
    first, found = 0, []
    for line, cells in _sheet_rows(path):
        if not any(cell not in {None, ""} for cell in cells):
            continue
        first = first or line
        found.append(cells)
        if len(found) >= limit:
            break
    return first, found


def rows(
    path: Path, first_line: int, pick: Callable[[Sequence[Any]], Sequence[Any]], width: int
) -> Iterator[Row | Malformed]:
    """The rows from `first_line` on.

    Short rows are filled up, longer ones with content are malformed.
    """
    for line, cells in _sheet_rows(path):
        if line < first_line or not any(cell not in {None, ""} for cell in cells):
            continue
        if any(cell not in {None, ""} for cell in cells[width:]):
            yield Malformed(
                line,
                "malformed_row",
                f"The row has content beyond the {width} columns of the header.",
            )
        else:
            padded = (*cells[:width], *([None] * (width - len(cells))))
            yield line, pick(padded)


def _sheet_rows(path: Path) -> Iterator[tuple[int, tuple[Any, ...]]]:
    # Loaded by who reads a workbook: it brings numpy along.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    # Opened here: of a path the reader asks for the ending .xlsx, which an upload's has not.
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as packed:
                if sum(part.file_size for part in packed.infolist()) > _UNPACKED_MAX:
                    raise Unreadable(
                        "The workbook is too large when unpacked. Save the sheet as CSV."
                    )
            book = load_workbook(file, read_only=True, data_only=True)
            try:
                yield from _first_filled(book.worksheets)
            finally:
                book.close()
        except (*_BROKEN, InvalidFileException):
            raise Unreadable(
                "This is not a workbook that can be read. Save the sheet as CSV."
            ) from None


def _first_filled(sheets: Sequence[Any]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for sheet in sheets:
        empty = True
        # The reader fills up to the number that a row says it has, which nobody checked.
        for line, cells in enumerate(
            sheet.iter_rows(values_only=True, max_row=_LINES_MAX), start=1
        ):
            empty = False
            yield line, cells
        if not empty:
            return
