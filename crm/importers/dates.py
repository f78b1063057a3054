"""Dates as files hold them: ISO, epoch seconds, 17.14.11 (year, day, month), 13.09 without a year.

A column holds one form; `detect_form` finds the one that fits all sampled cells. Moments without a
zone are UTC.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from crm.importers.numbers import BadValue, is_missing

_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100


class DateForm(StrEnum):
    """How a column writes its dates."""

    ISO = "iso"
    EPOCH = "epoch"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    YEAR_DAY_MONTH = "yy.dd.mm"
    DAY_MONTH = "dd.mm"


FORM_LABELS: Mapping[DateForm, str] = {
    DateForm.ISO: "2022-09-01, with or without time",
    DateForm.EPOCH: "seconds or milliseconds since 1970",
    DateForm.DAY_FIRST: "day first: 31/12/2022 or 31.12.2022",
    DateForm.MONTH_FIRST: "month first: 12/31/2022",
    DateForm.YEAR_DAY_MONTH: "year, day, month: 22.31.12",
    DateForm.DAY_MONTH: "day and month without a year: 31.12",
}

_PARTS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_YEAR_DAY_MONTH = re.compile(r"(\d{2})\.(\d{1,2})\.(\d{1,2})")
_DAY_MONTH = re.compile(r"(\d{1,2})[./-](\d{1,2})\.?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan january", "feb february", "mar march", "apr april", "may", "jun june"),
            *("jul july", "aug august", "sep sept september", "oct october", "nov november"),
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_NAME_DATE = re.compile(
    r"(?<!\d)(20[012]\d)[-_. ]?(0[1-9]|1[0-2])(?:[-_. ]?(0[1-9]|[12]\d|3[01]))?(?!\d)"
)
_NAME_MONTH = re.compile(
    r"(?<![a-z])(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")[-_. ]*(20[012]\d)(?!\d)"
)


def parse_moment(cell: object, form: DateForm, *, year: int) -> datetime | None:
    """The moment in a cell, in UTC where it names no zone; None where not known.

    `year` is the year of dates that have none. Raises BadValue for what is no date of the form.
    """
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=UTC)
    if is_missing(cell):
        return None
    text = str(cell).strip()
    try:
        moment = _READERS[form](text, year)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
        raise BadValue(
            "not_a_date", f"“{text[:40]}” is not a date of the form {FORM_LABELS[form]}."
        )
    return moment


def detect_form(cells: Iterable[object], *, year: int) -> DateForm | None:
    """The first form that reads every sampled cell that is not missing; None if no form does."""
    known = [cell for cell in cells if not is_missing(cell)]
    if not known:
        return None
    for form in DateForm:
        try:
            for cell in known:
                parse_moment(cell, form, year=year)
        except BadValue:
            continue
        return form
    return None


def date_in_name(file_name: str) -> date | None:
    """The day that a file's name says its numbers are from ("tiktok sep 2022.csv"), the first of a
    bare month.
    """
    name = file_name.lower()
    if found := _NAME_DATE.search(name):
        year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
    elif found := _NAME_MONTH.search(name):
        year, month, day = int(found[2]), _MONTHS[found[1]], 1
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(text: str, _year: int) -> datetime | None:
    if len(text) < 8 or text.isdecimal():
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _epoch(text: str, _year: int) -> datetime | None:
    seconds = float(text)
    if seconds > 1e11:
        seconds /= 1000
    if seconds < 6e8:
        return None  # before 1990: a count, not a moment
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _day_first(text: str, _year: int) -> datetime | None:
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    day, month, year = int(found[1]), int(found[2]), int(found[3])
    return datetime(
        year, month, day, int(found[4] or 0), int(found[5] or 0), int(found[6] or 0), tzinfo=UTC
    )


def _month_first(text: str, _year: int) -> datetime | None:
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    month, day, year = int(found[1]), int(found[2]), int(found[3])
    return datetime(
        year, month, day, int(found[4] or 0), int(found[5] or 0), int(found[6] or 0), tzinfo=UTC
    )


def _year_day_month(text: str, _year: int) -> datetime | None:
    found = _YEAR_DAY_MONTH.fullmatch(text)
    return (
        datetime(2000 + int(found[1]), int(found[3]), int(found[2]), tzinfo=UTC) if found else None
    )


def _day_month(text: str, year: int) -> datetime | None:
    found = _DAY_MONTH.fullmatch(text)
    return datetime(year, int(found[2]), int(found[1]), tzinfo=UTC) if found else None


_READERS: Mapping[DateForm, Callable[[str, int], datetime | None]] = {
    DateForm.ISO: _iso,
    DateForm.EPOCH: _epoch,
    DateForm.DAY_FIRST: _day_first,
    DateForm.MONTH_FIRST: _month_first,
    DateForm.YEAR_DAY_MONTH: _year_day_month,
    DateForm.DAY_MONTH: _day_month,
}
