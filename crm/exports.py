"""Lists as files: CSV and Excel, written row by row.

Every list that can be taken out of the product goes through here. Numbers, days and moments keep
their type; what is not known is an empty cell; a text that a spreadsheet would take for a formula
is told apart: in CSV by a quote before it, in Excel by the type of its cell.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import IO, Any
from uuid import UUID

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

# A cell that begins like this is a formula to some spreadsheet, also in its full-width form.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Of Excel: rows of a sheet, characters of a cell.
MAX_ROWS, MAX_CELL = 1_048_576, 32_767
MORE = " …"
# So that Excel reads CSV as UTF-8; everything else skips it.
BOM = "\ufeff"

_MARK = "_rapport_list"

Row = Sequence[object]
About = Sequence[tuple[str, object]]


class Format(StrEnum):
    """What a list can be written as; the value is the ending of the file's name."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def content_type(self) -> str:
        """As an answer's header has it."""
        if self is Format.CSV:
            return "text/csv; charset=utf-8"
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FormatConverter:
    """The end of an address that says what a list is written as; no other one is an address."""

    regex = "|".join(Format)

    def to_python(self, value: str) -> Format:
        """For the view."""
        return Format(value)

    def to_url(self, value: str) -> str:
        """For a link."""
        return value


class TooLong(Exception):
    """More rows than a sheet of Excel can have; the message is fit for the user."""


def respond(
    name: str,
    head: Row,
    rows: Iterable[Row],
    *,
    form: Format = Format.CSV,
    about: About = (),
) -> HttpResponseBase:
    """The list as a download called `name` (without its ending). CSV is written while it is read.

    `about` is what the file is (list, filter, moment): a sheet of its own; CSV has no place for it.
    The page's decorator has the ledger tell of it. Raises TooLong.
    """
    if form is Format.CSV:
        return stream(name, head, rows)
    # Lists that are long enough to matter are written by a worker, into a file.
    file = io.BytesIO()
    write_sheet(file, head, rows, about=about)
    file.seek(0)
    response = FileResponse(
        file, as_attachment=True, filename=f"{name}.xlsx", content_type=form.content_type
    )
    return taken_out(response, name)


def taken_out(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """Mark an answer as a list of this name that leaves the product; "": the view tells itself."""
    setattr(response, _MARK, name)
    return response


def list_in(response: HttpResponseBase) -> str:
    """The name of the list that an answer takes out; empty where it is none."""
    return str(getattr(response, _MARK, ""))


def stream(name: str, head: Row, rows: Iterable[Row]) -> StreamingHttpResponse:
    """The list as CSV called `name` (without its ending), written while it is read."""
    content_type = Format.CSV.content_type
    response = StreamingHttpResponse(lines(head, rows), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    taken_out(response, name)
    return response


def write(
    file: IO[bytes], head: Row, rows: Iterable[Row], *, form: Format, about: About = ()
) -> None:
    """Write the list into a file. Raises TooLong."""
    if form is Format.XLSX:
        write_sheet(file, head, rows, about=about)
        return
    for line in lines(head, rows):
        file.write(line.encode())


def lines(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    """The list as lines of CSV."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow([_text(value) for value in head])
    for row in rows:
        yield writer.writerow([_text(value) for value in row])


def write_sheet(file: IO[bytes], head: Row, rows: Iterable[Row], *, about: About = ()) -> None:
    """Write the list as a workbook; only one row of it is in memory at a time. Raises TooLong."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        forms: dict[type, Any] = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        sheet = book.add_worksheet("List")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(head) - 1, 0), 16)
        for place, label in enumerate(head):
            sheet.write_string(0, place, str(label), bold)
        for number, row in enumerate(rows, start=1):
            if number >= MAX_ROWS:
                raise TooLong(
                    f"A sheet of Excel holds {MAX_ROWS - 1:,} rows: take CSV, or narrow the list."
                )
            for place, value in enumerate(row):
                _put(sheet, number, place, value, forms)
        if about:
            described = book.add_worksheet("About")
            described.set_column(0, 1, 40)
            for number, (label, value) in enumerate(about):
                described.write_string(number, 0, label, bold)
                _put(described, number, 1, value, forms)


def counted(rows: Iterable[Row], tell: Callable[[int], None], every: int = 1_000) -> Iterator[Row]:
    """The rows, telling how many have passed since it was last told."""
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % every == 0:
            tell(every)
    if number % every:
        tell(number % every)


def _text(value: object) -> object:
    """A cell of CSV."""
    value = _plain(value)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else value


def _put(sheet: Any, row: int, place: int, value: object, forms: dict[type, Any]) -> None:
    """A cell of Excel, by its type."""
    value = _plain(value)
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime):
        # Excel knows no time zones: the brand's, in which the page shows it.
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        sheet.write_datetime(row, place, local.replace(tzinfo=None), forms[datetime])
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, forms[date])
    else:
        text = str(value)
        if len(text) > MAX_CELL:
            text = text[: MAX_CELL - len(MORE)] + MORE
        sheet.write_string(row, place, text)


def _plain(value: object) -> object:
    """A value that a cell can hold: several as one text, nothing for what is no number."""
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(str(item) for item in value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, UUID | StrEnum):
        return str(value)
    return value


class _Echo(io.TextIOBase):
    """What csv writes to: gives each line back."""

    def write(self, line: str) -> Any:
        return line
