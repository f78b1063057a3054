"""Benchmarks: what others have published, and the sets that a brand has loaded itself.

A benchmark is never more than its source: it keeps year, platform, size and denominator, and is
compared only with what was measured in the same way (segmentation.selectors.scorecards.bands).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from crm import audit
from crm.data_files import read_yaml
from crm.models import Brand, Platform, User
from segmentation.choices import Benchmarked, Denominator
from segmentation.models import BenchmarkSet, BenchmarkValue
from segmentation.services.benchmark_files import FileRefused, read_file, read_rows
from segmentation.services.edits import EditRefused

FILE = Path(__file__).resolve().parent.parent / "benchmarks.yaml"
MOST_SETS = 100
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Band:
    """What a source says for one size; followers from `low_followers`, under `high_followers`.

    `is_celebrity`: for those whom somebody has marked as celebrities, whatever their followers.
    """

    tier: str
    low_followers: int | None
    high_followers: int | None
    low: float | None
    typical: float | None
    high: float | None
    is_celebrity: bool = False

    def holds(self, followers: int | None) -> bool:
        """Whether an account of so many followers is of this size; None: it is not known."""
        if followers is None:
            return self.low_followers is None and self.high_followers is None
        if self.low_followers is not None and followers < self.low_followers:
            return False
        return self.high_followers is None or followers < self.high_followers


@dataclass(frozen=True)
class Source:
    """What one source says of a number, on one platform or on any, by one denominator."""

    key: str
    source: str
    address: str
    year: int | None
    platform: str
    denominator: Denominator
    # Whether the source itself says by what it divides.
    says_denominator: bool
    bounds: str
    bands: tuple[Band, ...]
    # Of the brand's own: the set that can be taken away again.
    set_id: int | None = None
    of: Benchmarked = Benchmarked.ENGAGEMENT_RATE
    # In which its amounts are; empty: they are fractions.
    currency: str = ""

    def bands_of(self, followers: int | None, *, is_celebrity: bool) -> list[Band]:
        """What it says of such an account. Celebrities are of no size where it speaks of them."""
        marked = [band for band in self.bands if band.is_celebrity]
        if is_celebrity and marked:
            return marked
        return [band for band in self.bands if not band.is_celebrity and band.holds(followers)]

    @property
    def name(self) -> str:
        """The source with its year."""
        return f"{self.source}, {self.year or 'year not given'}"


@cache
def shipped() -> tuple[Source, ...]:
    """The sets that come with the product."""
    return tuple(_shipped(one) for one in read_yaml(FILE)["sets"])


def all_sources(brand: Brand) -> list[Source]:
    """The brand's own sets first, then those that come with the product. Two statements."""
    own = [
        source
        for found in BenchmarkSet.objects.filter(brand=brand).prefetch_related("values")
        for source in _own(found)
    ]
    return [*own, *shipped()]


@transaction.atomic
def load(
    *,
    brand: Brand,
    source: str,
    address: str,
    year: int,
    actor: User | None,
    at: datetime,
    file: bytes = b"",
    rows: Sequence[Mapping[str, str]] | None = None,
) -> BenchmarkSet:
    """Keep a set of a file, or of rows that are told: all of it, or none.

    Raises EditRefused, and FileRefused.
    """
    source = " ".join(source.split())[:200]
    if not source:
        raise EditRefused("Say where the numbers come from.", code="source_needed", field="source")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise EditRefused(
            f"The year lies between {FIRST_YEAR} and {LAST_YEAR}.",
            code="out_of_range",
            field="year",
        )
    key = _key(source, year)
    # Two people who load the same file at once: one after the other.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    held = BenchmarkSet.objects.filter(brand=brand)
    if held.filter(key=key).exists():
        raise EditRefused(
            f"“{source}” of {year} is loaded already. Remove it first to load it anew.",
            code="already_there",
            field="source",
        )
    if held.count() >= MOST_SETS:
        raise EditRefused(f"A brand keeps {MOST_SETS} sets at most.", code="too_many")
    platforms = dict(Platform.objects.values_list("key", "name"))
    lines = (
        read_file(file, platforms=platforms)
        if rows is None
        else read_rows(rows, platforms=platforms)
    )
    made = BenchmarkSet.objects.create(
        brand=brand,
        key=key,
        source=source,
        address=address,
        year=year,
        loaded_by=actor,
        loaded_at=at,
    )
    BenchmarkValue.objects.bulk_create(
        BenchmarkValue(
            set=made,
            denominator=row.denominator,
            platform_id=row.platform or None,
            tier=row.tier,
            followers_from=row.followers_from,
            followers_to=row.followers_to,
            low=row.low,
            typical=row.typical,
            high=row.high,
        )
        for row in lines
    )
    audit.record(
        brand=brand,
        verb="segmentation.benchmarks.loaded",
        target=made,
        actor=actor,
        at=at,
        data={"key": key, "rows": len(lines), "year": year},
    )
    return made


@transaction.atomic
def remove(*, brand: Brand, set_id: int, actor: User | None, at: datetime) -> str | None:
    """Take a set of the brand away; its source, or None where there is no such set."""
    found = (
        BenchmarkSet.objects.select_for_update(no_key=True).filter(brand=brand, pk=set_id).first()
    )
    if found is None:
        return None
    audit.record(
        brand=brand,
        verb="segmentation.benchmarks.removed",
        target=found,
        actor=actor,
        at=at,
        data={"key": found.key, "year": found.year},
    )
    found.delete()
    return found.source


def _key(source: str, year: int) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", source.lower()).strip("-")[:50] or "source"
    return f"{words}-{year}"


def _shipped(data: Mapping[str, Any]) -> Source:
    return Source(
        key=data["key"],
        source=data["source"],
        address=data.get("address", ""),
        year=data["year"],
        platform=data.get("platform", ""),
        denominator=Denominator(data["denominator"]),
        says_denominator=data.get("says", True),
        bounds=data["bounds"],
        bands=tuple(
            Band(
                row["name"],
                row.get("from"),
                row.get("to"),
                row.get("low"),
                row.get("typical"),
                row.get("high"),
                row.get("celebrity", False),
            )
            for row in data["tiers"]
        ),
        of=Benchmarked(data.get("of", Benchmarked.ENGAGEMENT_RATE)),
        currency=data.get("currency", ""),
    )


def _own(found: BenchmarkSet) -> list[Source]:
    """A set as a source for each platform and denominator that it speaks of."""
    groups: dict[tuple[str, str], list[BenchmarkValue]] = {}
    for value in found.values.all():
        groups.setdefault((value.platform_id or "", value.denominator), []).append(value)
    return [
        Source(
            key="-".join(part for part in (found.key, platform, denominator) if part),
            source=found.source,
            address=found.address,
            year=found.year,
            platform=platform,
            denominator=Denominator(denominator),
            says_denominator=True,
            bounds="of your file",
            bands=_bands(values),
            set_id=found.pk,
        )
        for (platform, denominator), values in groups.items()
    ]


def _bands(values: Sequence[BenchmarkValue]) -> tuple[Band, ...]:
    return tuple(
        Band(
            value.tier,
            value.followers_from,
            value.followers_to,
            value.low,
            value.typical,
            value.high,
        )
        for value in values
    )


__all__ = ("Band", "FileRefused", "Source", "all_sources", "load", "remove", "shipped")
