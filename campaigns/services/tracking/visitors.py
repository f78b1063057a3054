"""Telling one visitor from another for a while, without knowing who anybody is.

A visitor is a number out of their address, the name of their browser and a salt. The salt is drawn
by chance for each brand and period, lies in Valkey only and is gone two days after the period: then
nobody can say any more whether two clicks were of one person, and no address can be tried out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.choices import VisitorPeriod
from campaigns.services.tracking.server import Away, asking

_LIFE = {VisitorPeriod.DAY: 1, VisitorPeriod.WEEK: 7, VisitorPeriod.MONTH: 31}
_KEPT = timedelta(days=2)
# Salts that this process has read; the last few hundred brands and periods.
_salts: OrderedDict[str, bytes] = OrderedDict()
_SALTS_MAX = 500


def objects(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that its user does not want to be told apart from others."""
    return headers.get("DNT") == "1" or headers.get("Sec-GPC") == "1"


def number_of(
    *, brand_id: int, period: VisitorPeriod, zone: str, address: str, browser: str, at: datetime
) -> int | None:
    """The visitor's number in the period that `at` is in; None where there is no way to tell."""
    if not address or not browser:
        return None
    day = at.astimezone(ZoneInfo(zone)).date()
    salt = _salt(f"rapport:tracking:salt:{brand_id}:{period}:{beginning(period, day)}", period)
    if salt is None:
        return None
    digest = hmac.digest(salt, f"{address}\n{browser}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big", signed=True)


def beginning(period: VisitorPeriod, day: date) -> date:
    """The first day of the period that `day` is in; weeks begin on Monday."""
    if period == VisitorPeriod.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if period == VisitorPeriod.WEEK else day


def forget() -> None:
    """Forget the salts that this process has read."""
    _salts.clear()


def _salt(key: str, period: VisitorPeriod) -> bytes | None:
    if (known := _salts.get(key)) is not None:
        return known
    life = timedelta(days=_LIFE[period]) + _KEPT
    try:
        with asking() as valkey:
            # The first of all processes draws it, the others read what it drew.
            valkey.set(key, secrets.token_bytes(32), ex=life, nx=True)
            found = valkey.get(key)
    except Away:
        return None
    if not isinstance(found, bytes):
        return None
    _salts[key] = found
    while len(_salts) > _SALTS_MAX:
        _salts.popitem(last=False)
    return found
