"""Rates from a file as central banks publish them: a day in each row, a currency in each column.

The European Central Bank's history has the columns Date, USD, JPY ...: what one euro is. A cell
that says N/A or nothing is not known, which is no mistake. A mistake anywhere: nothing is taken.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from campaigns.services.payments.record import checked_currency
from campaigns.services.rates.entering import Entered, Rate, enter
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, User

SIZE_MAX = 5 * 1024 * 1024
ROWS_MAX = 100_000
UNKNOWN = ("", "N/A", "NA", "-")


def import_file(
    *, brand: Brand, content: bytes, base: str, source: str, actor: User, at: datetime
) -> Entered:
    """Take all rates of a file, or none. Raises CampaignRefused."""
    rates = read(content, checked_currency(base))
    return enter(brand=brand, rates=rates, source=source, actor=actor, at=at)


def read(content: bytes, base: str) -> list[Rate]:
    """The rates of a file. Raises CampaignRefused, naming row and column."""
    if len(content) > SIZE_MAX:
        raise CampaignRefused(f"{SIZE_MAX // 1024 // 1024} MB are the most.", field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CampaignRefused("This is not a CSV file in UTF-8.", field="file") from None
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\0", ""))))
    except csv.Error as error:
        raise CampaignRefused(f"This is not a CSV file: {error}.", field="file") from error
    if not rows or not rows[0] or rows[0][0].strip().casefold() != "date":
        raise CampaignRefused(
            "The first column must be called Date, and each other one as a currency: "
            "Date, USD, DKK.",
            field="file",
        )
    columns = [_column(name, place, base) for place, name in enumerate(rows[0][1:], start=2)]
    if not any(columns):
        raise CampaignRefused("There is no column of a currency.", field="file")
    rates: list[Rate] = []
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            rates += _row(row, columns, base, number)
        if len(rates) > ROWS_MAX:
            raise CampaignRefused(f"More than {ROWS_MAX:,} rates: split the file.", field="file")
    if not rates:
        raise CampaignRefused("There is no rate in it.", field="file")
    return rates


def _column(name: str, place: int, base: str) -> str:
    """The currency of a column; empty where it has no name, as at the end of the ECB's lines."""
    if not name.strip():
        return ""
    try:
        currency = checked_currency(name)
    except CampaignRefused as refusal:
        raise CampaignRefused(f"Column {place}: {refusal}", field="file") from refusal
    if currency == base:
        raise CampaignRefused(
            f"Column {place} is {base}, which the rates are counted in.", field="file"
        )
    return currency


def _row(row: Sequence[str], columns: Sequence[str], base: str, number: int) -> list[Rate]:
    try:
        day = date.fromisoformat(row[0].strip())
    except ValueError:
        raise CampaignRefused(
            f"Row {number}: “{row[0][:40]}” is no day, as 2026-11-20.", field="file"
        ) from None
    found = []
    for currency, cell in zip(columns, row[1:], strict=False):
        plain = cell.strip()
        if not currency or plain.upper() in UNKNOWN:
            continue
        try:
            rate = Decimal(plain)
        except InvalidOperation:
            raise CampaignRefused(
                f"Row {number}, {currency}: “{plain[:40]}” is no rate, as 1.0845.", field="file"
            ) from None
        if not rate.is_finite() or rate <= 0:
            raise CampaignRefused(f"Row {number}, {currency}: a rate is more than 0.", field="file")
        found.append(Rate(base, currency, day, rate))
    return found
