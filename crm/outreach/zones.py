"""In which time zone a creator lives, as far as it can be known, and from what."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pycountry


class Zone(NamedTuple):
    """A time zone and where it comes from, in words."""

    zone: ZoneInfo
    said_by: str


def zone_of(*, own: str, country: str, brand: str, at: datetime) -> Zone:
    """The creator's own zone; else the country's, where it has one time; else the brand's.

    A country with several zone names has one time where their clocks agree at the moment `at`.
    """
    if own and (found := _zone(own)):
        return Zone(found, f"the creator's time zone, {own}")
    zones = [zone for name in _zones_of(country) if (zone := _zone(name))]
    named = _name_of(country)
    if zones and len({at.astimezone(zone).utcoffset() for zone in zones}) == 1:
        return Zone(zones[0], f"the time in {named}")
    why = f"{named} has several times" if zones else "the creator's country is not known"
    return Zone(_zone(brand) or ZoneInfo("UTC"), f"your brand's time zone, {brand}, since {why}")


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _name_of(country: str) -> str:
    found = pycountry.countries.get(alpha_2=country) if country else None
    return str(found.name) if found else country


@cache
def _table() -> dict[str, list[str]]:
    """Zone names by country, from the time zone database itself."""
    text = resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    table: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _place, name, *_comment = line.split("\t")
            table.setdefault(country, []).append(name)
    return table


def _zones_of(country: str) -> list[str]:
    return _table().get(country.upper(), [])
