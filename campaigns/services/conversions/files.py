"""Files of conversions: what their columns are, and each line as a conversion, or what is wrong.

The line of an order export is one conversion. A line that counts how often a code was used on a day
becomes so many, each with an even share of the day's sum, marked as such: right together, guessed
one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from decimal import ROUND_DOWN, Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from campaigns.choices import ConversionKind, FileShape
from campaigns.services.conversions.told import Told, ToldRefund, plain_code
from crm.importers.dates import DateForm, detect_form, parse_moment
from crm.importers.numbers import (
    BadValue,
    Style,
    detect_style,
    is_missing,
    parse_count,
    parse_number,
)
from crm.importers.reading import Reading, detect, read_rows
from crm.importers.rows import Malformed, Unreadable
from crm.importers.values import parse_flag

LINES_MAX, CONVERSIONS_MAX, DAY_MAX = 100_000, 200_000, 10_000
_SAMPLE = 1_000

# How shops call what a column is: in small letters, without anything but letters and digits.
WORDS: Mapping[str, tuple[str, ...]] = {
    "key": (
        *("key", "order", "orderid", "ordernumber", "orderno", "name", "transactionid"),
        *("conversionid", "id", "number"),
    ),
    "at": ("at", "date", "day", "createdat", "orderdate", "time", "datetime", "created", "paidat"),
    "value": (
        *("value", "amount", "total", "revenue", "sales", "ordervalue", "subtotal", "totalprice"),
        *("ordertotal", "netsales", "totalsales"),
    ),
    "currency": ("currency", "currencycode"),
    "code": (
        *("code", "discountcode", "couponcode", "promocode", "coupon", "voucher", "discount"),
        *("discountname", "promotioncode", "vouchercode"),
    ),
    "count": (*("count", "redemptions", "uses", "orders", "timesused", "conversions", "quantity"),),
    "kind": ("kind", "type", "event"),
    "click": ("click", "clickid", "rapportclick"),
    "link": ("link", "trackinglink", "linkcode"),
    "is_new_customer": ("isnewcustomer", "newcustomer", "firsttime", "customertype", "firstorder"),
    "refunded": ("refunded", "refund", "refundedamount", "refundamount", "returned"),
    "campaign": ("campaign", "campaignkey"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line: where, with which column, and why."""

    line: int
    column: str
    reason: str


@dataclass(slots=True)
class Read:
    """A file that was read: the conversions with their lines, refunds, and what is wrong."""

    shape: FileShape
    told: list[tuple[int, Told]] = field(default_factory=list)
    refunds: list[tuple[int, ToldRefund]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0


def read(path: Path, *, name: str, currency: str, zone: tzinfo, at: datetime) -> Read:
    """All lines of a file; `currency` where it has no such column. Raises Unreadable."""
    how = detect(path, name=name)
    columns = _columns(how)
    shape = _shape(how, columns)
    wanted = list(columns.values())
    sample = [
        cells
        for row in islice(read_rows(path, how, wanted), _SAMPLE)
        if not isinstance(row, Malformed)
        for cells in [row[1]]
    ]
    place = {target: number for number, target in enumerate(columns)}
    cells_of = {target: [cells[at] for cells in sample] for target, at in place.items()}
    # Of days that are written without one.
    year = at.astimezone(zone).year
    form = detect_form(cells_of["at"], year=year) or DateForm.ISO
    reader = _Reader(
        columns=columns,
        form=form,
        values=detect_style(map(_bare, cells_of.get("value", [])), counts=False),
        refunds=detect_style(map(_bare, cells_of.get("refunded", [])), counts=False),
        currency=currency,
        zone=zone,
        year=year,
    )
    found = Read(shape)
    for row in read_rows(path, how, wanted):
        found.rows += 1
        if found.rows > LINES_MAX:
            raise Unreadable(f"A file may have {LINES_MAX:,} lines. Cut it in parts.")
        if isinstance(row, Malformed):
            found.faults.append(Fault(row.line, "", row.message))
            continue
        line, cells = row
        reader.add(found, line, dict(zip(columns, cells, strict=True)))
        if len(found.told) > CONVERSIONS_MAX:
            raise Unreadable(f"A file may hold {CONVERSIONS_MAX:,} conversions. Cut it in parts.")
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """How the cells of one file are read."""

    columns: Mapping[str, str]
    form: DateForm
    values: Style
    refunds: Style
    currency: str
    zone: tzinfo
    year: int

    def add(self, found: Read, line: int, cells: Mapping[str, Any]) -> None:
        """What a line says, or what is wrong with it: every cell that is."""
        said: dict[str, Any] = {}
        faults: list[Fault] = []
        for target, cell in cells.items():
            try:
                said[target] = self._cell(target, cell, found.shape)
            except BadValue as wrong:
                faults.append(Fault(line, self.columns[target], str(wrong)))
        needed = ("at", "code" if found.shape is FileShape.DAYS else "key")
        faults += [
            Fault(line, self.columns[target], "This cell is empty.")
            for target in needed
            if target in said and not said[target]
        ]
        if faults:
            found.faults.extend(faults)
        elif found.shape is FileShape.DAYS:
            self._add_day(found, line, said)
        else:
            self._add_line(found, line, said)

    def _cell(self, target: str, cell: Any, shape: FileShape) -> Any:
        if target == "at":
            return self._moment(cell, shape)
        if target in {"value", "refunded"}:
            style = self.values if target == "value" else self.refunds
            number = parse_number(_bare(cell), style.decimal)
            return None if number is None else Decimal(repr(number))
        if target in _PARSERS:
            return _PARSERS[target](cell)
        text = "" if is_missing(cell) else str(cell).strip()
        if target == "kind":
            return _kind(text)
        return text.upper() if target == "currency" else text

    def _moment(self, cell: Any, shape: FileShape) -> datetime | None:
        """In the brand's time where the cell names no zone; a day's conversions stand at noon."""
        moment = parse_moment(cell, self.form, year=self.year)
        if moment is None:
            return None
        if shape is FileShape.DAYS:
            return datetime.combine(moment.date(), time(12), self.zone)
        names_zone = isinstance(cell, str) and re.search(r"(Z|[+-]\d{2}:?\d{2})$", cell.strip())
        if self.form is DateForm.EPOCH or names_zone:
            return moment
        return moment.replace(tzinfo=self.zone)

    def _add_line(self, found: Read, line: int, said: dict[str, Any]) -> None:
        refunded = said.pop("refunded", None)
        said.pop("count", None)
        value, currency = said.get("value"), said.get("currency") or self.currency
        said["currency"] = currency if value is not None else ""
        told = Told(**said)
        found.told.append((line, told))
        if refunded:
            found.refunds.append(
                (
                    line,
                    ToldRefund(
                        key=f"{told.key}/refund"[:200],
                        conversion=told.key,
                        at=told.at,
                        value=None if value is not None and refunded >= value else refunded,
                        currency=currency,
                    ),
                )
            )

    def _add_day(self, found: Read, line: int, said: dict[str, Any]) -> None:
        """So many conversions of one code on one day."""
        number, value, code = said["count"], said.get("value"), said["code"]
        if number is None or number > DAY_MAX:
            words = "How many is not said." if number is None else f"At most {DAY_MAX:,} a line."
            found.faults.append(Fault(line, self.columns["count"], words))
            return
        if number == 0:
            return
        currency = (said.get("currency") or self.currency) if value is not None else ""
        for place, share in enumerate(_shares(value, number), start=1):
            found.told.append(
                (
                    line,
                    Told(
                        key=f"{plain_code(code)}/{said['at']:%Y-%m-%d}/{place}"[:200],
                        at=said["at"],
                        kind=said.get("kind") or ConversionKind.ORDER,
                        value=share,
                        currency=currency,
                        code=code,
                        campaign=said.get("campaign", ""),
                        is_share=value is not None,
                    ),
                )
            )


def _shares(value: Decimal | None, number: int) -> Iterator[Decimal | None]:
    """A sum in `number` parts that differ by a cent at most and add up to it."""
    if value is None:
        yield from [None] * number
        return
    even = (value / number).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    cents = int((value - even * number) * 100)
    for place in range(number):
        yield even + (Decimal("0.01") if place < cents else 0)


def _columns(how: Reading) -> dict[str, str]:
    """What the columns are by their names; the first that fits."""
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(how.columns)}
    found: dict[str, str] = {}
    for target, words in WORDS.items():
        name = next((plain[word] for word in words if word in plain), None)
        if name is not None and name not in found.values():
            found[target] = name
    return found


def _shape(how: Reading, columns: Mapping[str, str]) -> FileShape:
    if "at" in columns and "code" in columns and "count" in columns and "key" not in columns:
        return FileShape.DAYS
    if "at" in columns and "key" in columns:
        return FileShape.LINES
    names = ", ".join(f"“{name}”" for name in how.columns[:20])
    raise Unreadable(
        "It takes a line for each order with its number and date, or a line for each code and day "
        f"with how often it was used. The columns here are {names}."
    )


def _bare(cell: Any) -> Any:
    """A number without the sign or letters of a currency around it."""
    if not isinstance(cell, str):
        return cell
    return re.sub(r"^(?:[A-Z]{3}|[€$£¥]|kr\.?)\s*|\s*(?:[A-Z]{3}|[€$£¥]|kr\.?)$", "", cell.strip())


def _uuid(cell: Any) -> UUID | None:
    if is_missing(cell):
        return None
    try:
        return UUID(str(cell).strip())
    except ValueError:
        raise BadValue("not_a_click", f"“{str(cell)[:40]}” is no click of a link.") from None


def _kind(text: str) -> str:
    plain = re.sub(r"[^a-z]", "", text.lower())
    kinds = {re.sub(r"[^a-z]", "", kind): kind for kind in ConversionKind.values}
    if not plain:
        return ConversionKind.ORDER
    if plain not in kinds:
        raise BadValue(
            "not_a_kind", f"“{text[:40]}” is none of {', '.join(ConversionKind.values)}."
        )
    return kinds[plain]


_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "count": parse_count,
    "is_new_customer": parse_flag,
    "click": _uuid,
}
