"""A file of benchmarks: all of its rows are good, or it is refused with every fault by line.

CSV with these columns, in any order; those in brackets may be left out:

    denominator, [platform], [tier], [followers_from], [followers_to], [low], [typical], [high]

A rate is written 3.1 % or 0.031.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segmentation.choices import Denominator

COLUMNS = (
    "denominator",
    "platform",
    "tier",
    "followers_from",
    "followers_to",
    "low",
    "typical",
    "high",
)
MOST_BYTES = 1_000_000
MOST_ROWS = 2_000
MOST_FAULTS = 100
LONGEST_COUNT = 11  # digits
LONGEST_TIER = 60


@dataclass(frozen=True)
class Fault:
    """What is wrong where; `column` is empty where it is the whole line."""

    line: int
    column: str
    words: str


class FileRefused(Exception):
    """Nothing of the file was kept; `faults` say why, by line and column."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"Nothing was loaded: {faults[0].words}")
        self.faults = faults


@dataclass(frozen=True)
class Line:
    """A row of the file, read."""

    denominator: str
    platform: str
    tier: str
    followers_from: int | None
    followers_to: int | None
    low: float | None
    typical: float | None
    high: float | None


def read_file(file: bytes, *, platforms: Mapping[str, str]) -> list[Line]:
    """The rows of a file; `platforms` are names by key. Raises FileRefused."""
    if len(file) > MOST_BYTES:
        raise FileRefused([Fault(0, "", "The file is larger than 1 MB.")])
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused([Fault(0, "", "The file is not text in UTF-8.")]) from None
    if "\x00" in text:
        raise FileRefused([Fault(0, "", "The file is not text: it holds zero bytes.")])
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise FileRefused([Fault(reader.line_num, "", f"It is not CSV: {error}.")]) from None
    if not rows:
        raise FileRefused([Fault(0, "", "The file is empty.")])
    head = [cell.strip().lower() for cell in rows[0][1]]
    if faults := _faults_of_head(head):
        raise FileRefused(faults)
    if len(rows) == 1:
        raise FileRefused([Fault(1, "", "The file has a head and no rows.")])
    if len(rows) > MOST_ROWS + 1:
        raise FileRefused([Fault(0, "", f"The file has more than {MOST_ROWS:,} rows.")])
    return _read([(line, head, row) for line, row in rows[1:]], platforms)


def read_rows(rows: Sequence[Mapping[str, str]], *, platforms: Mapping[str, str]) -> list[Line]:
    """The same of rows that are told one by one, counted from 0. Raises FileRefused."""
    told = [(line, list(row), list(row.values())) for line, row in enumerate(rows)]
    return _read(told, platforms)


def _read(
    rows: Sequence[tuple[int, list[str], list[str]]], platforms: Mapping[str, str]
) -> list[Line]:
    keys = {name.lower(): key for key, name in platforms.items()} | {key: key for key in platforms}
    reading = _Reading(keys)
    read = [reading.line(line, head, row) for line, head, row in rows]
    if reading.faults:
        raise FileRefused(reading.faults[:MOST_FAULTS])
    return read


def _faults_of_head(head: list[str]) -> list[Fault]:
    faults = [
        Fault(1, name, f"There is no column “{name[:40]}”; there are: {', '.join(COLUMNS)}.")
        for name in head
        if name not in COLUMNS
    ]
    faults += [
        Fault(1, name, f"The column “{name}” is there twice.")
        for name in sorted(set(head))
        if head.count(name) > 1
    ]
    if "denominator" not in head:
        faults.append(
            Fault(1, "denominator", "The column “denominator” is missing: by what is divided?")
        )
    return faults


class _Reading:
    """Reads lines and gathers what is wrong with them."""

    def __init__(self, platforms: Mapping[str, str]) -> None:
        self.platforms = platforms
        self.faults: list[Fault] = []

    def line(self, line: int, head: list[str], row: list[str]) -> Line:
        """The row, with what could not be read left empty and noted."""
        before = len(self.faults)
        if len(row) > len(head):
            self._fault(line, "", f"It has {len(row)} cells, the head has {len(head)}.")
        cells = dict.fromkeys(COLUMNS, "") | {
            name: cell.strip() for name, cell in zip(head, row, strict=False)
        }
        read = Line(
            denominator=self._denominator(line, cells["denominator"]),
            platform=self._platform(line, cells["platform"]),
            tier=self._tier(line, cells["tier"]),
            followers_from=self._followers(line, "followers_from", cells["followers_from"]),
            followers_to=self._followers(line, "followers_to", cells["followers_to"]),
            low=self._rate(line, "low", cells["low"]),
            typical=self._rate(line, "typical", cells["typical"]),
            high=self._rate(line, "high", cells["high"]),
        )
        if len(self.faults) == before:
            self._check(line, read)
        return read

    def _check(self, line: int, read: Line) -> None:
        known = [one for one in (read.low, read.typical, read.high) if one is not None]
        if not known:
            self._fault(line, "typical", "It names no rate: neither low, typical nor high.")
        if known != sorted(known):
            self._fault(line, "low", "Low, typical and high are not in this order.")
        low, high = read.followers_from, read.followers_to
        if low is not None and high is not None and low >= high:
            self._fault(line, "followers_to", "It must be more than followers_from.")

    def _fault(self, line: int, column: str, words: str) -> None:
        self.faults.append(Fault(line, column, words))

    def _denominator(self, line: int, text: str) -> str:
        if text.lower() not in Denominator.values:
            said = f"“{text[:40]}” is none" if text else "It is empty"
            self._fault(line, "denominator", f"{said}; there are: {', '.join(Denominator.values)}.")
            return ""
        return text.lower()

    def _platform(self, line: int, text: str) -> str:
        if text and text.lower() not in self.platforms:
            self._fault(line, "platform", f"There is no platform “{text[:40]}”.")
        return self.platforms.get(text.lower(), "")

    def _tier(self, line: int, text: str) -> str:
        if len(text) > LONGEST_TIER:
            self._fault(line, "tier", f"It is longer than {LONGEST_TIER} characters.")
        return text[:LONGEST_TIER]

    def _followers(self, line: int, column: str, text: str) -> int | None:
        digits = text.replace(" ", "").replace(",", "")
        if not digits:
            return None
        if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_COUNT):
            self._fault(line, column, f"“{text[:40]}” is not a number of followers.")
            return None
        return int(digits)

    def _rate(self, line: int, column: str, text: str) -> float | None:
        if not text:
            return None
        is_percent = text.endswith("%")
        try:
            value = float(text.removesuffix("%").strip())
        except ValueError:
            value = math.nan
        if is_percent:
            value /= 100
        if not math.isfinite(value) or value < 0:
            self._fault(line, column, f"“{text[:40]}” is not a rate; write 3.1 % or 0.031.")
            return None
        if value > 1 and not is_percent:
            self._fault(
                line,
                column,
                f"“{text[:40]}” could be {value:g} % or {value * 100:g} %; write the sign %.",
            )
            return None
        return value
