"""Fiscal quarters: the periods of scorecards, by a brand's own calendar.

A quarter is written 2026Q3. Where a brand's fiscal year does not start in January, the year is the
one in which the fiscal year ends: with a start in October, 2027Q1 is October to December 2026.
"""

from __future__ import annotations

from datetime import date, datetime

from crm.models import Brand
from segmentation.rules.calendar import Bounds, Calendar, Quarter

__all__ = ("Bounds", "Quarter", "calendar_of", "quarter_bounds", "quarter_of")


def calendar_of(brand: Brand) -> Calendar:
    """How `brand` counts time: its zone and the first month of its fiscal year."""
    return Calendar(timezone=brand.timezone, fiscal_year_start_month=brand.fiscal_year_start_month)


def quarter_of(moment: datetime, calendar: Calendar) -> Quarter:
    """Return the fiscal quarter that `moment` lies in."""
    day = calendar.day_of(moment)
    month = day.year * 12 + day.month - 1 + _months_ahead(calendar)
    return Quarter(month // 12, month % 12 // 3 + 1)


def quarter_bounds(quarter: Quarter, calendar: Calendar) -> Bounds:
    """Return the moments (closed-open, in UTC) that the fiscal quarter covers."""
    return Bounds(
        calendar.midnight(_first_day(quarter, calendar)),
        calendar.midnight(_first_day(quarter.next(), calendar)),
    )


def _months_ahead(calendar: Calendar) -> int:
    """Months from the start of a fiscal year to the January of the year it is named after."""
    return (13 - calendar.fiscal_year_start_month) % 12


def _first_day(quarter: Quarter, calendar: Calendar) -> date:
    month = quarter.year * 12 + (quarter.number - 1) * 3 - _months_ahead(calendar)
    return date(month // 12, month % 12 + 1, 1)
