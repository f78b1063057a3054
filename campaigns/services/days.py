"""The brand's days, by which offers hold and gifts arrive."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from crm.models import Brand

# A year outside is a slip of the finger.
EARLIEST, LATEST = 2000, 2199


def today_of(brand: Brand, at: datetime) -> date:
    """Which day it is where the brand is."""
    return at.astimezone(ZoneInfo(brand.timezone)).date()
