"""Files of rows: CSV and its relatives, JSON lines, XLSX; plain, .gz or .xz; any common encoding.

`detect` looks at the beginning (and decodes the whole once) and proposes a `Reading`, which is JSON
and is kept with the import; `read_rows` streams the rows by it in constant memory. A row that does
not fit is reported with its physical line, never shifted: `Malformed`. A file that cannot be read
at all raises `Unreadable`, in words.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import lzma
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

from charset_normalizer import from_bytes

from crm.importers import json_rows, sheets
from crm.importers.delimited import Lines, csv_reader, csv_rows, is_ruler
from crm.importers.numbers import is_missing, looks_numeric
from crm.importers.rows import Malformed, Row, Unreadable, unique_names
from crm.importers.vocabulary import is_header_word

SAMPLE_LINES = 1_000
UNPACKED_MAX = 4_000_000_000  # bytes: a small packed file must not keep a worker for hours
_SAMPLE_BYTES = 1_000_000
_DELIMITERS = (",", "\t", ";", "|")
# How pages, XML and PDFs begin: they are text, but no table.
_DOCUMENTS = ("<!doctype", "<html", "<?xml", "%pdf-")
_SIGN = 20
_DAMAGED = (EOFError, lzma.LZMAError, gzip.BadGzipFile, zlib.error)
_LEGACY = ["cp1252", "latin_1", "cp1250", "cp1251", "cp932", "cp949", "gb18030", "big5", "euc_jp"]


class FileKind(StrEnum):
    """What the file is made of."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read. `header_line` is 0 without a header.

    `first_line` is the first that may hold data.
    """

    kind: FileKind
    columns: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    quoted: bool = True
    header_line: int = 1
    first_line: int = 2

    def to_json(self) -> dict[str, Any]:
        """What is stored with the import."""
        return {**asdict(self), "columns": list(self.columns)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The reading that `to_json` stored."""
        return cls(
            **{**stored, "kind": FileKind(stored["kind"]), "columns": tuple(stored["columns"])}
        )


def detect(path: Path, *, encoding: str | None = None, name: str = "") -> Reading:
    """How the file is best read. `name` is its name at the user's, if other than the path's.

    Raises Unreadable where it is empty, binary, broken or of an unknown kind.
    """
    name = (name or path.name).lower()
    with open_bytes(path) as handle:
        try:
            head = handle.read(_SAMPLE_BYTES)
        except _DAMAGED:
            raise Unreadable(
                "The packed file is damaged: it ends too early or has been altered."
            ) from None
    if not head.strip():
        raise Unreadable("The file is empty.")
    if head.startswith(b"PK\x03\x04"):
        return Reading(FileKind.XLSX, *_xlsx_columns(path))
    encoding = encoding or detect_encoding(path, head)
    text = _decoded(head, encoding)
    if "\0" in text[:10_000] and text.count("\0") > max(10, len(text) // 100):
        raise Unreadable("This is not a text file. CSV, JSON lines and XLSX files can be imported.")
    begin = text.lstrip("\ufeff \r\n\t")
    if begin[:_SIGN].lower().startswith(_DOCUMENTS):
        raise Unreadable("This is a document. CSV, JSON lines and XLSX files can be imported.")
    if begin.startswith("{"):
        return Reading(
            FileKind.JSONL, json_rows.columns(_json_sample(path, encoding)), encoding, first_line=1
        )
    is_json = name.removesuffix(".xz").removesuffix(".gz").endswith(".json")
    if begin.startswith("[") and (is_json or begin[1:_SIGN].lstrip().startswith("{")):
        raise Unreadable("This is one JSON list. Save it as JSON lines: one object on each line.")
    return _csv_reading(text, encoding)


def read_rows(path: Path, reading: Reading, wanted: Sequence[str]) -> Iterator[Row | Malformed]:
    """Each data row as its line and the cells of the `wanted` columns, in the file's order.

    A column that the file does not have gives None cells. Blank rows are left out.
    """
    if reading.kind is FileKind.XLSX:
        yield from sheets.rows(
            path, reading.first_line, _picker(reading.columns, wanted), len(reading.columns)
        )
    elif reading.kind is FileKind.JSONL:
        with open_text(path, reading.encoding) as handle:
            yield from json_rows.rows(Lines(handle), wanted)
    else:
        with open_text(path, reading.encoding) as handle:
            yield from csv_rows(
                Lines(handle),
                _picker(reading.columns, wanted),
                delimiter=reading.delimiter,
                quoted=reading.quoted,
                first_line=reading.first_line,
                expected=len(reading.columns),
            )


def open_bytes(path: Path) -> BinaryIO:
    """The file's bytes, unpacked if it is .gz or .xz by its first bytes."""
    with path.open("rb") as handle:
        magic = handle.read(6)
    if magic.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.open(path))
    if magic == b"\xfd7zXZ\x00":
        return cast("BinaryIO", lzma.open(path))
    return path.open("rb")


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """The file's text; line ends stay as they are, since quoted cells may hold them."""
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, newline="")


def detect_encoding(path: Path, head: bytes) -> str:
    """By byte order mark, then UTF-8 if the whole file is, then by likelihood, then Windows-1252 or
    Latin-1.
    """
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _decodes(path, "utf-8"):
        return "utf-8"
    found = from_bytes(head[:300_000], cp_isolation=_LEGACY)
    western = any(
        {"cp1252", "latin_1"} & set(match.could_be_from_charset) and match.chaos < 0.05
        for match in found
    )
    if not western:
        likely = sorted(found, key=lambda match: -match.coherence)
        for match in likely:
            # Words of a language that the encoding makes readable, and next to no odd signs.
            if match.coherence >= 0.3 and match.chaos < 0.02 and _decodes(path, match.encoding):
                return match.encoding
    return "cp1252" if _decodes(path, "cp1252") else "latin-1"


def _picker(
    columns: Sequence[str], wanted: Sequence[str]
) -> Callable[[Sequence[Any]], Sequence[Any]]:
    place = {name: index for index, name in enumerate(columns)}
    indexes = [place.get(name) for name in wanted]
    if None in indexes:
        return lambda cells: [None if index is None else cells[index] for index in indexes]
    known = cast("list[int]", indexes)
    if known == list(range(len(columns))):
        return lambda cells: cells
    return lambda cells: [cells[index] for index in known]


def _csv_reading(text: str, encoding: str) -> Reading:
    """Delimiter, quoting and header from the beginning of a delimited file."""
    text = text.removeprefix("\ufeff")
    lines = text.splitlines(keepends=True)
    if len(text) >= _SAMPLE_BYTES // 4 and len(lines) > 1:
        lines.pop()  # the sample ends inside it
    declared = lines[0].strip().lower()
    skipped = 0
    if declared.startswith("sep=") and len(declared) == 5:
        skipped = 1
    candidates = (declared[4],) if skipped else _DELIMITERS
    lines = lines[skipped : SAMPLE_LINES * 5]
    best: tuple[float, int, bool] = (0.0, 0, False)
    chosen = Reading(FileKind.CSV, (), encoding, candidates[0])
    records: list[tuple[int, list[str]]] = []
    for delimiter, quoted in itertools.product(candidates, (True, False)):
        parsed = _sample(lines, delimiter, quoted=quoted)
        widths = Counter(len(cells) for _, cells in parsed)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        score = (round(count / len(parsed), 1) if width > 1 else 0.05, width, quoted)
        if score > best:
            best, records = score, [(line, cells) for line, cells in parsed if len(cells) == width]
            chosen = replace(chosen, delimiter=delimiter, quoted=quoted)
    if not records:
        raise Unreadable("There are no rows in this file.")
    records = [(line, cells) for line, cells in records if any(map(str.strip, cells))]
    first, header = records[0]
    sample = [cells for _, cells in records[1:]]
    if _is_header(header, sample):
        line = first + skipped
        height = records[1][0] - first if len(records) > 1 else 1
        after = line + max(1, min(height, 1 + sum(cell.count("\n") for cell in header)))
        return replace(chosen, columns=unique_names(header), header_line=line, first_line=after)
    if all(" " in cell.strip() for _, cells in records for cell in cells if cell.strip()):
        raise Unreadable(
            "This is not a list: nothing names a column, and no cell is a handle, an address or a "
            "number."
        )
    names = tuple(f"Column {number}" for number in range(1, len(header) + 1))
    return replace(chosen, columns=names, header_line=0, first_line=first + skipped)


def _sample(lines: list[str], delimiter: str, *, quoted: bool) -> list[tuple[int, list[str]]]:
    """The records of the sample with their first line.

    Rulers left out; a broken quote ends the sample.
    """
    reader = csv_reader(lines, delimiter, quoted=quoted)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if cells and not is_ruler(lines[line - 1]):
                found.append((line, cells))
            line = reader.line_num + 1
            if len(found) >= SAMPLE_LINES:
                break
    except csv.Error:
        pass
    return found


def _is_header(first: list[str], sample: list[list[str]]) -> bool:
    """True if the first row names columns:

    known words, or no number where the column below has numbers.
    """
    named = [cell.strip() for cell in first if cell.strip()]
    if not named or any(looks_numeric(cell) for cell in named):
        return bool(named) and sum(map(is_header_word, named)) > len(named) / 2
    if any(map(is_header_word, named)):
        return True
    for index, cell in enumerate(first):
        below = [cells[index] for cells in sample if not is_missing(cells[index])]
        if below and not looks_numeric(cell) and sum(map(looks_numeric, below)) > len(below) * 0.8:
            return True
    return False


def _json_sample(path: Path, encoding: str) -> Iterator[str]:
    with open_text(path, encoding) as handle:
        yield from itertools.islice(Lines(handle), SAMPLE_LINES)


def _xlsx_columns(path: Path) -> tuple[tuple[str, ...], str, str, bool, int, int]:
    first, rows = sheets.sample(path, SAMPLE_LINES)
    if not rows:
        raise Unreadable("The first sheet of this workbook is empty.")
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if _is_header(texts[0], texts[1:]):
        return unique_names(texts[0]), "utf-8", ",", True, first, first + 1
    return tuple(f"Column {n}" for n in range(1, len(texts[0]) + 1)), "utf-8", ",", True, 0, first


def _decoded(head: bytes, encoding: str) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except (UnicodeDecodeError, LookupError):
        raise Unreadable(f"The file cannot be read as {encoding}.") from None


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    length = 0
    with open_bytes(path) as handle:
        try:
            while block := handle.read(_SAMPLE_BYTES):
                length += len(block)
                if length > UNPACKED_MAX:
                    raise Unreadable(
                        f"The file is larger than {UNPACKED_MAX // 10**9} GB unpacked."
                    )
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        except _DAMAGED:
            raise Unreadable(
                "The packed file is damaged: it ends too early or has been altered."
            ) from None
    return True
