"""Rows of delimited text with their physical lines; what does not fit is reported, not shifted."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from crm.importers.rows import Malformed, Row, Unreadable

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

LINE_MAX = (
    4_000_000  # characters: longer is no row of a list, and would not be read in constant memory
)
_BROKEN_QUOTES_MAX = 100
_RULER = frozenset("=-_*+~| \t")


def is_ruler(line: str) -> bool:
    """True for a line that only draws ("=====", "--- | ---")."""
    return len(line.strip()) >= 3 and _RULER.issuperset(line.strip())


class Lines(Iterator[str]):
    """Physical lines with their count.

    Remembers those of the record being read, so that they can be read again.
    """

    def __init__(self, handle: io.TextIOWrapper) -> None:
        self._next_line: Callable[[], str] = lambda: handle.readline(LINE_MAX + 1)
        self._again: list[str] = []
        self.record: list[str] = []
        self.line = 0
        self.ended = False

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._next_line()
        if not line:
            self.ended = True
            raise StopIteration
        if len(line) > LINE_MAX:
            raise Unreadable(
                f"Line {self.line + 1:,} is longer than {LINE_MAX:,} characters: this is not a "
                f"list."
            )
        self.record.append(line)
        self.line += 1
        return line

    def read_again_after_first(self) -> None:
        """Give back all lines of the record but its first."""
        self._again.extend(reversed(self.record[1:]))
        self.line -= len(self.record) - 1
        self.ended = False


def csv_rows(
    lines: Lines,
    pick: Callable[[list[str]], Sequence[Any]],
    *,
    delimiter: str,
    quoted: bool,
    first_line: int,
    expected: int,
) -> Iterator[Row | Malformed]:
    """Each row from `first_line` on as its line and the picked cells; it has `expected` fields.

    Raises Unreadable where so many quotation marks are left open that the file cannot be quoted.
    """
    records = csv_reader(lines, delimiter, quoted=quoted)
    for _ in itertools.islice(lines, first_line - 1):
        pass
    broken = 0
    while True:
        lines.record.clear()
        first = lines.line + 1
        unclosed = ""
        cells: list[str] = []
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            unclosed = str(error)
        if unclosed or (
            len(lines.record) > 1
            and (
                (lines.ended and _open_quote(lines.record, delimiter))
                or _glued(lines.record, delimiter, expected, len(cells))
            )
        ):
            broken += 1
            if broken > _BROKEN_QUOTES_MAX:
                raise Unreadable(
                    f"More than {_BROKEN_QUOTES_MAX} rows have a quotation mark that is left open, "
                    f"the last on line {first:,}. Is this file quoted at all?"
                )
            lines.read_again_after_first()
            yield Malformed(
                first,
                "malformed_row",
                "A quotation mark on this line is not closed where the cell ends.",
            )
        elif len(cells) == expected:
            if any("\0" in line for line in lines.record):
                yield Malformed(first, "nul_byte", "The row holds a NUL byte.")
            elif any(map(str.strip, cells)) and not (expected == 1 and is_ruler(cells[0])):
                yield first, pick(cells)
        elif any(map(str.strip, cells)) and not is_ruler(lines.record[0]):
            last = lines.line
            where = f"The row (lines {first:,} to {last:,})" if last > first else "The row"
            yield Malformed(
                first,
                "malformed_row",
                f"{where} has {len(cells)} fields where the header has {expected}.",
            )


def csv_reader(lines: Iterable[str], delimiter: str, *, quoted: bool) -> CsvReader:
    """The standard reader, lenient; without quoting every mark is a character like others."""
    if quoted:
        return csv.reader(lines, delimiter=delimiter)
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _open_quote(record: list[str], delimiter: str) -> bool:
    """True if the end of the file came inside a quoted cell."""
    try:
        for _ in csv.reader(record, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _glued(record: list[str], delimiter: str, expected: int, found: int) -> bool:
    """True if a stray quotation mark ran on to that of a later row."""
    try:
        for _ in csv.reader(record, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return found != expected or all(line.count(delimiter) == expected - 1 for line in record)
    return False
