"""Which audiences the brand's creators reach: covered, thin or a gap, by country and platform.

An active creator of an audience is one whom the brand knows, who is in at least one of its linked
segments today and whose newest post is at most ACTIVE_DAYS old. One who lives in none of its
countries, or has no account on any of its platforms, does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

import pycountry
from django.db import connection
from django.db.models import Prefetch

from crm.models import Brand, Platform
from segmentation.choices import SegmentStatus
from segmentation.models import AudienceSegment, Segment
from segmentation.services.masks import flag_of, word_of

ACTIVE_DAYS = 90


class Coverage(StrEnum):
    """How well an audience, or a part of it, is reached."""

    COVERED = "covered"
    THIN = "thin"
    GAP = "gap"


@dataclass(frozen=True)
class Cell:
    """An audience in one country on one platform; empty where the audience names none."""

    country: str
    platform: str
    creators: int
    coverage: Coverage


@dataclass(frozen=True)
class AudienceCoverage:
    """An audience with its active creators: all of them, and by country and platform."""

    audience: AudienceSegment
    segments: list[Segment]
    creators: int
    coverage: Coverage
    countries: list[str]
    platforms: list[str]
    cells: list[Cell]
    # The same by platform, all countries together.
    by_platform: dict[str, Cell]

    @property
    def gaps(self) -> list[Cell]:
        """The parts that no active creator reaches."""
        return [cell for cell in self.cells if cell.coverage is Coverage.GAP]

    def cell(self, country: str, platform: str) -> Cell | None:
        """One of its parts: a cell, or "" for all its countries, or all of it; None: no part."""
        if not country and not platform:
            return Cell("", "", self.creators, self.coverage)
        if not country:
            return self.by_platform.get(platform)
        return next(
            (one for one in self.cells if (one.country, one.platform) == (country, platform)), None
        )

    def rows(self) -> list[tuple[str, list[Cell]]]:
        """The cells as a table: a row for each country."""
        width = len(self.platforms)
        return [
            (country, self.cells[place * width : (place + 1) * width])
            for place, country in enumerate(self.countries)
        ]


@dataclass(frozen=True)
class Heat:
    """Audiences by platform: `lines` hold each platform with its cell, None where none is asked.

    The columns are the platforms that any audience names; "" is any platform.
    """

    platforms: list[str]
    lines: list[tuple[AudienceCoverage, list[tuple[str, Cell | None]]]]


def heat_of(found: Sequence[AudienceCoverage]) -> Heat:
    """Return the coverage of each audience by platform, over all its countries together."""
    named = {platform for one in found for platform in one.platforms}
    order = [key for key in _platform_order() if key in named]
    platforms = [*order, *([""] if "" in named else [])]
    return Heat(
        platforms,
        [
            (one, [(platform, one.by_platform.get(platform)) for platform in platforms])
            for one in found
        ],
    )


def _platform_order() -> list[str]:
    return list(Platform.objects.order_by("position", "key").values_list("key", flat=True))


def country_name(code: str) -> str:
    """The country's name; the code where it is none."""
    found = pycountry.countries.get(alpha_2=code)
    return str(found.name) if found else code


def coverage_of(brand: Brand, *, at: datetime, key: str | None = None) -> list[AudienceCoverage]:
    """Return the brand's audiences (or the one of this key) with their coverage at `at`.

    One pass over the facts however many audiences there are.
    """
    in_use = Segment.objects.exclude(status=SegmentStatus.ARCHIVED).order_by("name", "pk")
    audiences = AudienceSegment.objects.filter(brand=brand).order_by("position", "name", "pk")
    if key is not None:
        audiences = audiences.filter(key=key)
    found = list(audiences.prefetch_related(Prefetch("segments", queryset=in_use)))
    if not found:
        return []
    numbers = dict(Platform.objects.values_list("number", "key"))
    people = list(_active(brand, found, numbers, at))
    return [_coverage(audience, people) for audience in found]


@dataclass(frozen=True)
class _People:
    """Active creators who are alike in all that the audiences ask."""

    bits: frozenset[int]
    country: str | None
    platforms: frozenset[str]
    creators: int


def _active(
    brand: Brand,
    audiences: Sequence[AudienceSegment],
    numbers: dict[int, str],
    at: datetime,
) -> Iterator[_People]:
    """The active creators, grouped by what the audiences ask of them: few groups, many people."""
    bits = sorted({one.bit for audience in audiences for one in audience.segments.all()})
    if not bits:
        return
    words = sorted({word_of(bit) for bit in bits})
    flags = {
        word: reduce(or_, (flag_of(bit) for bit in bits if word_of(bit) == word)) for word in words
    }
    masks = ", ".join(f"coalesce(f.member_bits[{word}], 0) & {flags[word]}" for word in words)
    countries = sorted({code for audience in audiences for code in audience.countries})
    wanted = {key for audience in audiences for key in audience.platforms}
    platforms = sorted(number for number, key in numbers.items() if key in wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT masks, country, platforms, count(*) FROM (
  SELECT ARRAY[{masks}]::bigint[] AS masks,
    CASE WHEN f.country = ANY(%(countries)s) THEN f.country END AS country,
    ARRAY(SELECT p FROM unnest(f.platforms) p WHERE p = ANY(%(platforms)s) ORDER BY p) AS platforms
  FROM segmentation_creatorfacts f
  WHERE f.brand_id = %(brand)s AND f.known_since IS NOT NULL
    AND f.last_post_at > %(since)s AND f.last_post_at <= %(at)s
) active WHERE NOT 0 = ALL(masks) GROUP BY 1, 2, 3""",  # noqa: S608 - numbers of ours
            {
                "brand": brand.pk,
                "at": at,
                "since": at - timedelta(days=ACTIVE_DAYS),
                "countries": countries,
                "platforms": platforms,
            },
        )
        for held, country, places, creators in cursor.fetchall():
            yield _People(
                bits=frozenset(
                    bit for bit in bits if held[words.index(word_of(bit))] & flag_of(bit)
                ),
                country=country,
                platforms=frozenset(numbers[place] for place in places),
                creators=creators,
            )


def inside(segments: Sequence[Segment]) -> str:
    """SQL over facts `f`: in one of the segments."""
    words: dict[int, list[int]] = {}
    for segment in segments:
        words.setdefault(word_of(segment.bit), []).append(flag_of(segment.bit))
    return " OR ".join(
        f"coalesce(f.member_bits[{word}], 0) & {reduce(or_, flags)} <> 0"
        for word, flags in sorted(words.items())
    )


def _coverage(audience: AudienceSegment, people: Sequence[_People]) -> AudienceCoverage:
    segments = list(audience.segments.all())
    bits = {segment.bit for segment in segments}
    reached = [one for one in people if one.bits & bits]
    countries, platforms = audience.countries or [""], audience.platforms or [""]

    def count(countries: Sequence[str], platforms: Sequence[str]) -> int:
        return sum(
            one.creators
            for one in reached
            if (countries == [""] or one.country in countries)
            and (platforms == [""] or one.platforms & set(platforms))
        )

    def judged(creators: int) -> Coverage:
        if not creators:
            return Coverage.GAP
        return Coverage.COVERED if creators >= audience.wanted_creators else Coverage.THIN

    cells = []
    for country in countries:
        for platform in platforms:
            creators = count([country], [platform])
            cells.append(Cell(country, platform, creators, judged(creators)))
    everybody = count(countries, platforms)
    return AudienceCoverage(
        audience=audience,
        segments=segments,
        creators=everybody,
        coverage=judged(everybody),
        countries=list(countries),
        platforms=list(platforms),
        cells=cells,
        by_platform={
            platform: Cell("", platform, creators, judged(creators))
            for platform in platforms
            for creators in [count(countries, [platform])]
        },
    )


def audience_row(found: AudienceCoverage) -> dict[str, Any]:
    """The coverage as the API shows it."""
    audience = found.audience
    return {
        "key": audience.key,
        "name": audience.name,
        "description": audience.description,
        "countries": audience.countries,
        "platforms": audience.platforms,
        "wanted_creators": audience.wanted_creators,
        "position": audience.position,
        "segments": [segment.key for segment in found.segments],
        "creators": found.creators,
        "coverage": found.coverage.value,
        "cells": [
            {
                "country": cell.country or None,
                "platform": cell.platform or None,
                "creators": cell.creators,
                "coverage": cell.coverage.value,
            }
            for cell in found.cells
        ],
    }
