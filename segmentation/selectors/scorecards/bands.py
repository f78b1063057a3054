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

from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.metrics.catalogue import Unit, metric_of
from segmentation.metrics.cells import Cell
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
        return "" if self.band is None else band_words(self.band)

    @property
    def colour(self) -> str:
        """Of its badge."""
        return {Place.BELOW: "orange", Place.ABOVE: "green", Place.WITHIN: "blue"}.get(
            self.place, "secondary"
        )


def band_words(band: Band) -> str:
    """A band's rates: "5.00 % to 10.00 %", "about 5.00 %", "5.00 % or more"."""
    low, typical, high = (
        None if one is None else in_words(one, Unit.FRACTION)
        for one in (band.low, band.typical, band.high)
    )
    if low and high:
        return f"{low} to {high}" + (f", usually {typical}" if typical else "")
    if typical:
        return f"about {typical}"
    return f"{low} or more" if low else f"{high} or less"


def measured_by(key: str) -> str:
    """By what the rate of a row is divided; empty for rows that no benchmark speaks of."""
    return metric_of(key).basis if key.startswith(_RATE) else ""


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
              width_bucket(f.followers, %(bounds)s::bigint[]), count(*)
            FROM segmentation_membership m
            LEFT JOIN {FACTS_TABLE} f
              ON f.brand_id = %(brand)s AND f.creator_id = m.creator_id
            WHERE m.segment_id = %(segment)s AND m.left_at IS NULL
            GROUP BY 1, 2
            """,  # noqa: S608 - a table of ours
            {"bounds": bounds or [1], "brand": segment.brand_id, "segment": segment.pk},
        )
        crowd = Crowd()
        for platform, bucket, members in cursor.fetchall():
            low = None if bucket is None else [0, *bounds][bucket]
            crowd[Slot(platform or "", low)] += members
        return crowd


def compare(
    cell: Cell, crowd: Crowd, sources: Iterable[Source], platforms: Mapping[str, str]
) -> list[Compared]:
    """Every source beside a row, those that can be compared first; none for other rows.

    `platforms` are what platforms are called, by key.
    """
    measured = measured_by(cell["key"])
    if not measured:
        return []
    found = [_compare(cell, measured, crowd, source, platforms) for source in sources]
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
    cell: Cell, measured: str, crowd: Crowd, source: Source, platforms: Mapping[str, str]
) -> Compared:
    band, inside = _best_band(crowd, source)
    reason = _why_not(cell, measured, crowd, source, platforms)
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
        words += "; the source does not say by what it divides, taken as followers"
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
        everybody = band.low_followers is None and band.high_followers is None
        inside = sum(
            n
            for slot, n in crowd.items()
            if everybody or (slot.low is not None and band.holds(slot.low))
        )
        if inside > best[1]:
            best = band, inside
    return best


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"
