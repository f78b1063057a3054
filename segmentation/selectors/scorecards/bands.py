"""Benchmarks beside a number: compared only where denominator, platform and size match.

A published rate is about accounts of a platform and a size. A segment is compared with it where
nearly all of its members are such accounts, by their facts as of the last run; else the reason is
said instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from segmentation.choices import Benchmarked, Denominator
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.metrics.catalogue import Unit, metric_of
from segmentation.metrics.cells import Cell
from segmentation.metrics.families.returns import CPM
from segmentation.models import Segment
from segmentation.selectors.scorecards.lines import in_words
from segmentation.services.benchmarks import Band, Source

# Of the members, so many must be on the platform and of the size.
NEARLY_ALL = 0.8
_RATE = "engagement_rate_"


class Place(StrEnum):
    """Where a number lies to a band."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"
    OPEN = "open"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True)
class Slot:
    """Accounts of a platform with followers from `low` up to the next bound; None: not known."""

    platform: str
    low: int | None
    is_celebrity: bool = False


Crowd = Counter[Slot]


@dataclass(frozen=True)
class Compared:
    """What one source says beside a number, and how the number stands to it, in words."""

    source: Source
    band: Band | None
    place: Place
    words: str

    @property
    def said(self) -> str:
        """What the source says: "5.00 % to 10.00 %"; empty where it has no band for the size."""
        return "" if self.band is None else band_words(self.band, self.source.currency)

    @property
    def colour(self) -> str:
        """Of its badge: a cost is better below."""
        below, above = ("green", "orange") if self.source.currency else ("orange", "green")
        return {Place.BELOW: below, Place.ABOVE: above, Place.WITHIN: "blue"}.get(
            self.place, "secondary"
        )


def band_words(band: Band, currency: str = "") -> str:
    """A band: "5.00 % to 10.00 %", "about 5.00 %", "10.00 USD or more" of costs."""
    low, typical, high = (
        None if one is None else _number(one, currency)
        for one in (band.low, band.typical, band.high)
    )
    if low and high:
        return f"{low} to {high}" + (f", usually {typical}" if typical else "")
    if typical:
        return f"about {typical}"
    return f"{low} or more" if low else f"{high} or less"


def _number(value: float, currency: str) -> str:
    if currency:
        return f"{in_words(value, Unit.MONEY)} {currency}"
    return in_words(value, Unit.FRACTION)


def measured_by(key: str) -> tuple[Benchmarked, str] | None:
    """What a row is a number of, and by what it is divided; None: no benchmark speaks of it."""
    if key == CPM.key:
        return Benchmarked.CPM, Denominator.IMPRESSIONS
    if key.startswith(_RATE):
        return Benchmarked.ENGAGEMENT_RATE, metric_of(key).basis
    return None


def crowd_of(segment: Segment, sources: Sequence[Source]) -> Crowd:
    """The segment's members by primary platform and size, as of the last run. One statement."""
    bounds = sorted(
        {
            bound
            for source in sources
            for band in source.bands
            for bound in (band.low_followers, band.high_followers)
            if bound
        }
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT f.primary_platform,
              width_bucket(f.followers, %(bounds)s::bigint[]), coalesce(f.is_celebrity, false),
              count(*)
            FROM segmentation_membership m
            LEFT JOIN {FACTS_TABLE} f
              ON f.brand_id = %(brand)s AND f.creator_id = m.creator_id
            WHERE m.segment_id = %(segment)s AND m.left_at IS NULL
            GROUP BY 1, 2, 3
            """,  # noqa: S608 - a table of ours
            {"bounds": bounds or [1], "brand": segment.brand_id, "segment": segment.pk},
        )
        crowd = Crowd()
        for platform, bucket, is_celebrity, members in cursor.fetchall():
            low = None if bucket is None else [0, *bounds][bucket]
            crowd[Slot(platform or "", low, is_celebrity)] += members
        return crowd


def compare(
    cell: Cell,
    crowd: Crowd,
    sources: Iterable[Source],
    platforms: Mapping[str, str],
    *,
    currency: str = "",
) -> list[Compared]:
    """Every source of such numbers beside a row, those that can be compared first.

    None for rows that nobody has published numbers of. `platforms` are what platforms are called,
    by key; `currency` is what the brand's costs are in.
    """
    measured = measured_by(cell["key"])
    if measured is None:
        return []
    of, basis = measured
    found = [
        _compare(cell, basis, crowd, source, platforms, currency=currency)
        for source in sources
        if source.of == of
    ]
    return sorted(found, key=lambda one: one.place == Place.NOT_COMPARED)


def place_of(
    value: float, band: Band, interval: Mapping[str, Any] | None = None
) -> tuple[Place, str]:
    """Where a value lies to a band: with an interval only as far as that allows it."""
    low, high = (interval["low"], interval["high"]) if interval else (value, value)
    bottom = band.low if band.low is not None else band.typical if band.high is None else None
    top = band.high if band.high is not None else band.typical if band.low is None else None
    if bottom is not None and high < bottom:
        return Place.BELOW, "below"
    if top is not None and low > top:
        return Place.ABOVE, "above"
    if bottom == top:
        return Place.OPEN, "no difference can be told"
    if (bottom is None or bottom <= low) and (top is None or high <= top):
        return Place.WITHIN, "within"
    return Place.OPEN, "cannot be told: the interval reaches over an end of the band"


def _compare(
    cell: Cell,
    measured: str,
    crowd: Crowd,
    source: Source,
    platforms: Mapping[str, str],
    *,
    currency: str,
) -> Compared:
    band, inside = _best_band(crowd, source)
    reason = _why_not(cell, measured, crowd, source, platforms)
    if not reason and source.currency and source.currency != currency:
        reason = f"it is in {source.currency}, these costs are in {currency}; none is converted"
    members = sum(crowd.values())
    if not reason and inside < NEARLY_ALL * members:
        size = f"{band.tier or 'one size'}, " if band is not None else ""
        reason = (
            f"its sizes do not fit: at most {_share(inside, members)} of the members are in one "
            f"of them ({size}{source.bounds})"
        )
    if reason or band is None:
        return Compared(source, None, Place.NOT_COMPARED, reason)
    place, words = place_of(cell["value"] or 0.0, band, cell["interval"])
    if not source.says_denominator:
        words += f"; the source does not say by what it divides, taken as {measured}"
    return Compared(source, band, place, words)


def _why_not(
    cell: Cell, measured: str, crowd: Crowd, source: Source, platforms: Mapping[str, str]
) -> str:
    """Why a source says nothing about a row, but for its sizes; empty where it may."""
    if source.denominator != measured:
        return f"measured by {measured}, benchmark by {source.denominator.value}"
    if cell["key"].endswith("_median"):
        return "this is a median over creators, the benchmark an average"
    if cell["value"] is None:
        return "there is no value to compare"
    members = sum(crowd.values())
    if not members:
        return "nobody is a member now, so platform and size are not known"
    if source.platform:
        there = sum(n for slot, n in crowd.items() if slot.platform == source.platform)
        if there < NEARLY_ALL * members:
            name = platforms.get(source.platform, source.platform)
            return f"it is about {name}, where {_share(there, members)} of the members are"
    return ""


def _best_band(crowd: Crowd, source: Source) -> tuple[Band | None, int]:
    """The band that most members are in, with how many."""
    best: tuple[Band | None, int] = None, 0
    for band in source.bands:
        inside = sum(
            n
            for slot, n in crowd.items()
            if band in source.bands_of(slot.low, is_celebrity=slot.is_celebrity)
        )
        if inside > best[1]:
            best = band, inside
    return best


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"
