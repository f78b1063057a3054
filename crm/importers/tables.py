"""Small tables that are taken whole or not at all: an upload of a few known columns, in memory.

    table = read_table(upload, {"day": ("day", "date"), "value": ("value",)}, required=("day",))

Every fault is told at once, each with its line; whoever reads raises `TableRefused` with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.base import File

from crm.importers.numbers import BadValue, parse_number
from crm.importers.reading import FileKind, Reading, detect, read_rows
from crm.importers.rows import Malformed, Unreadable, unique_names

BYTES_MAX = 5_000_000
ROWS_MAX = 50_000
# As many as somebody corrects before trying again.
FAULTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its line in the file, and its cells by the names that were asked for."""

    number: int
    cells: Mapping[str, Any]


class TableRefused(Exception):
    """Nothing of the table was taken; `faults` say what is wrong, by line, fit for the user."""

    def __init__(self, faults: Sequence[str]) -> None:
        shown = list(faults[:FAULTS_SHOWN])
        if len(faults) > FAULTS_SHOWN:
            shown.append(f"… and {len(faults) - FAULTS_SHOWN:,} more.")
        super().__init__("Nothing was taken. " + " ".join(shown))
        self.faults = shown


def read_table(
    upload: File[Any], columns: Mapping[str, Sequence[str]], *, required: Sequence[str]
) -> list[Line]:
    """The rows of an upload. `columns` are the headings that each name goes by, in small letters.

    Raises TableRefused.
    """
    if upload.size > BYTES_MAX:
        raise TableRefused([f"The file is larger than {BYTES_MAX // 1_000_000} MB."])
    with NamedTemporaryFile() as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        try:
            how = _with_headings(Path(copy.name), Path(upload.name or "").name)
            chosen = _chosen(how.columns, columns, required)
            rows = list(_first(read_rows(Path(copy.name), how, list(chosen.values()))))
        except Unreadable as refusal:
            raise TableRefused([str(refusal)]) from None
    faults = [f"Line {row.line}: {row.message}" for row in rows if isinstance(row, Malformed)]
    if faults:
        raise TableRefused(faults)
    if len(rows) > ROWS_MAX:
        raise TableRefused([f"There are more than {ROWS_MAX:,} rows."])
    if not rows:
        raise TableRefused(["The file has headings, but no rows."])
    return [
        Line(row[0], dict(zip(chosen, row[1], strict=True)))
        for row in rows
        if not isinstance(row, Malformed)
    ]


def number_in(cell: object, *, what: str) -> float | None:
    """A number that is not negative, None where nobody knows. Raises BadValue."""
    found = parse_number(cell)
    if found is not None and found < 0:
        raise BadValue("negative", f"{what} cannot be negative.")
    return found


def _with_headings(path: Path, name: str) -> Reading:
    """How the file is read. Its first row are headings, however few rows there are to tell by."""
    how = detect(path, name=name)
    if how.header_line or how.kind is not FileKind.CSV:
        return how
    first = next(iter(read_rows(path, how, how.columns)), None)
    if first is None or isinstance(first, Malformed):
        return how
    line, cells = first
    return replace(
        how,
        columns=unique_names([str(cell or "") for cell in cells]),
        header_line=line,
        first_line=line + 1,
    )


def _first(rows: Any) -> Any:
    """No more than are needed to see that there are too many."""
    for place, row in enumerate(rows):
        yield row
        if place > ROWS_MAX:
            return


def _chosen(
    there: Sequence[str], columns: Mapping[str, Sequence[str]], required: Sequence[str]
) -> dict[str, str]:
    """The file's own heading of each name that it has."""
    lowered = {heading.strip().lower(): heading for heading in there}
    found = {
        name: lowered[heading]
        for name, headings in columns.items()
        for heading in headings[::-1]
        if heading in lowered
    }
    missing = [name for name in required if name not in found]
    if missing:
        wanted = ", ".join(f"“{columns[name][0]}”" for name in missing)
        raise TableRefused([f"A column is missing: {wanted}. There are: {', '.join(there)}."])
    return found
