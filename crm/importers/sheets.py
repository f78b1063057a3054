"""Rows of the first sheet of an XLSX workbook that holds any."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from crm.importers.rows import Malformed, Row, Unreadable

_UNPACKED_MAX = 1_000_000_000  # bytes: a workbook that unpacks to more is refused, not read


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
    # Opened here: of a path the reader asks for the ending .xlsx, which an upload's has not.
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as packed:
                if sum(part.file_size for part in packed.infolist()) > _UNPACKED_MAX:
                    raise Unreadable(
                        "The workbook is too large when unpacked. Save the sheet as CSV."
                    )
            book = load_workbook(file, read_only=True, data_only=True)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError):
            raise Unreadable(
                "This is not a workbook that can be read. Save the sheet as CSV."
            ) from None
        try:
            for sheet in book.worksheets:
                empty = True
                for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                    empty = False
                    yield line, cells
                if not empty:
                    return
        finally:
            book.close()
