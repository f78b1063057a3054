"""Tier schemes side by side: how many creators each tier has, and how much hangs on its borders.

One statement counts the brand's creators between all bounds of all schemes; every table of the
page is sums of these counts, so that no two of them can disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from django.db import connection
from django.db.models import Prefetch

from crm.models import Brand, Tier, TierScheme
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.metrics.cells import Cell
from segmentation.models import Dimension, TierScorecards
from segmentation.selectors.scorecards.lines import HEADLINES, Line, line_of
from segmentation.services.packs.files import names
from segmentation.services.tier_scorecards import TierCard

UNKNOWN = "Followers not known"
NO_TIER = "In no tier"
ENGAGEMENT = "engagement_rate_followers"


@dataclass(frozen=True)
class Slot:
    """Creators between two neighbouring bounds, or of unknown count; celebrities apart."""

    # The smallest count of the slot; None: not known.
    low: int | None
    is_celebrity: bool


Crowd = Counter[Slot]


@dataclass(frozen=True)
class TierRow:
    """A tier with its creators."""

    tier: Tier
    range: str
    creators: int
    share: float | None


@dataclass(frozen=True)
class BorderRow:
    """A border of a scheme, and the creators within so many percent of it."""

    bound: int
    below: int
    above: int

    @property
    def creators(self) -> int:
        """On either side."""
        return self.below + self.above


@dataclass(frozen=True)
class SchemeColumn:
    """A scheme over the brand's creators."""

    scheme: TierScheme
    rows: list[TierRow]
    no_tier: int
    unknown: int
    borders: list[BorderRow]
    # Creators near any border, each once, and their share of those whose count is known.
    near: int
    near_share: float | None
    # Where the source does not say it itself.
    year: str
    dimension: str
    pack: str
    is_brands: bool


@dataclass(frozen=True)
class CrossTable:
    """The creators of two schemes: rows by one, columns by the other."""

    first: TierScheme
    second: TierScheme
    columns: list[str]
    rows: list[tuple[str, list[int], int]]


@dataclass(frozen=True)
class TierLine:
    """A tier's headline numbers, and how its engagement compares with what the source says."""

    card: TierCard
    range: str
    lines: list[Line]
    claim: str


def schemes() -> list[TierScheme]:
    """All schemes with their tiers in order: first those of the documents."""
    tiers = Tier.objects.order_by("position", "pk")
    return list(
        TierScheme.objects.order_by("pk")
        .select_related("platform")
        .prefetch_related(Prefetch("tiers", tiers))
    )


def read_crowd(brand: Brand, bounds: Iterable[int]) -> Crowd:
    """Count the brand's creators between `bounds`, by the facts of the last run. One statement."""
    ordered = sorted(set(bounds) | {0})
    crowd = Crowd()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT width_bucket(followers, %s::bigint[]), coalesce(is_celebrity, false), "  # noqa: S608
            f"count(*) FROM {FACTS_TABLE} WHERE brand_id = %s AND known_since IS NOT NULL "
            "GROUP BY 1, 2",
            [ordered, brand.pk],
        )
        for place, is_celebrity, creators in cursor.fetchall():
            low = None if place is None else ordered[place - 1]
            crowd[Slot(low, is_celebrity)] += creators
    return crowd


def all_bounds(found: Sequence[TierScheme], percent: int) -> set[int]:
    """Every bound of the schemes, and the ends of what is near it."""
    borders = {border for scheme in found for border in borders_of(scheme)}
    near = {end for border in borders for end in _near(border, percent)}
    lows = {tier.low for scheme in found for tier in scheme.tiers.all() if tier.low}
    return borders | near | lows


def borders_of(scheme: TierScheme) -> list[int]:
    """The counts at which a creator changes tier, in order."""
    ends = {end for tier in scheme.tiers.all() for end in (tier.low, tier.high) if end}
    return sorted(ends)


def columns(
    brand: Brand, found: Sequence[TierScheme], crowd: Crowd, percent: int
) -> list[SchemeColumn]:
    """Each scheme over the brand's creators. One statement, for the dimensions."""
    installed = set(Dimension.objects.filter(brand=brand).values_list("key", flat=True))
    packs = set(names())
    return [
        _column(brand, scheme, crowd, percent, installed=installed, packs=packs) for scheme in found
    ]


def cross(first: TierScheme, second: TierScheme, crowd: Crowd) -> CrossTable:
    """How the tiers of two schemes meet."""
    counts: Counter[tuple[str, str]] = Counter()
    for slot, creators in crowd.items():
        counts[_place(first, slot), _place(second, slot)] += creators
    used = [
        name for name in _places(second) if any(n for (_, to), n in counts.items() if to == name)
    ]
    rows = []
    for name in _places(first):
        cells = [counts[name, to] for to in used]
        if any(cells):
            rows.append((name, cells, sum(cells)))
    return CrossTable(first, second, used, rows)


def tier_lines(stored: TierScorecards, scheme: TierScheme) -> list[TierLine]:
    """The stored scorecards of a quarter by tier."""
    tiers = {tier.key: tier for tier in scheme.tiers.all()}
    lines = []
    for card in cast("list[TierCard]", stored.tiers):
        by_key = {cell["key"]: cell for cell in card["metrics"]}
        lines.append(
            TierLine(
                card=card,
                range=range_words(card["low"], card["high"]),
                lines=[line_of(by_key[key]) for key in HEADLINES],
                claim=_claim(tiers.get(card["key"]), by_key[ENGAGEMENT]),
            )
        )
    return lines


def range_words(low: int | None, high: int | None) -> str:
    """A tier's bounds: "1,000 to 9,999", "1,000,000 and more"."""
    if low is None and high is None:
        return "Marked by hand"
    if high is None:
        return f"{low:,} and more"
    return f"{low or 0:,} to {high - 1:,}"


def _near(border: int, percent: int) -> tuple[int, int]:
    """The first count that is near a border, and the first that is no longer."""
    low = -(-border * (100 - percent) // 100)
    high = -(-border * (100 + percent) // 100)
    return max(1, low), max(high, border + 1)


def _flag(scheme: TierScheme) -> Tier | None:
    return next((one for one in scheme.tiers.all() if one.low is None and one.high is None), None)


def _tier(scheme: TierScheme, slot: Slot) -> Tier | None:
    """Where a scheme puts a slot: the flag first, else the first band that holds it."""
    flag = _flag(scheme)
    if flag is not None and slot.is_celebrity:
        return flag
    if slot.low is None:
        return None
    for tier in scheme.tiers.all():
        inside = (tier.low or 0) <= slot.low and (tier.high is None or slot.low < tier.high)
        if tier is not flag and inside:
            return tier
    return None


def _place(scheme: TierScheme, slot: Slot) -> str:
    tier = _tier(scheme, slot)
    if tier is not None:
        return tier.name
    return UNKNOWN if slot.low is None else NO_TIER


def _places(scheme: TierScheme) -> list[str]:
    return [*(tier.name for tier in scheme.tiers.all()), NO_TIER, UNKNOWN]


def _column(
    brand: Brand,
    scheme: TierScheme,
    crowd: Crowd,
    percent: int,
    *,
    installed: set[str],
    packs: set[str],
) -> SchemeColumn:
    counted = Counter[int]()
    no_tier = unknown = 0
    for slot, creators in crowd.items():
        tier = _tier(scheme, slot)
        if tier is not None:
            counted[tier.pk] += creators
        elif slot.low is None:
            unknown += creators
        else:
            no_tier += creators
    total = sum(crowd.values())
    # Who is marked is in a tier whatever the count: no border matters to them.
    flag = _flag(scheme)
    moving = {
        slot: creators
        for slot, creators in crowd.items()
        if slot.low is not None and not (flag is not None and slot.is_celebrity)
    }
    borders = [_border(bound, moving, percent) for bound in borders_of(scheme)]
    near = sum(
        creators
        for slot, creators in moving.items()
        if any(_is_near(slot, bound, percent) for bound in borders_of(scheme))
    )
    key = f"size_{scheme.key}"
    return SchemeColumn(
        scheme=scheme,
        rows=[
            TierRow(
                tier=tier,
                range=range_words(tier.low, tier.high),
                creators=counted[tier.pk],
                share=counted[tier.pk] / total if total else None,
            )
            for tier in scheme.tiers.all()
        ],
        no_tier=no_tier,
        unknown=unknown,
        borders=borders,
        near=near,
        near_share=near / sum(moving.values()) if moving else None,
        year="" if not scheme.year or str(scheme.year) in scheme.source else str(scheme.year),
        dimension=key if key in installed else "",
        pack=key if key in packs else "",
        is_brands=scheme.pk == brand.tier_scheme_id,
    )


def _is_near(slot: Slot, bound: int, percent: int) -> bool:
    low, high = _near(bound, percent)
    return slot.low is not None and low <= slot.low < high


def _border(bound: int, moving: dict[Slot, int], percent: int) -> BorderRow:
    near = [(slot, n) for slot, n in moving.items() if _is_near(slot, bound, percent)]
    return BorderRow(
        bound=bound,
        below=sum(n for slot, n in near if (slot.low or 0) < bound),
        above=sum(n for slot, n in near if (slot.low or 0) >= bound),
    )


def _claim(tier: Tier | None, cell: Cell) -> str:
    """How the measured engagement rate compares with the range that the source of a tier gives."""
    if tier is None or tier.engagement_low is None or tier.engagement_high is None:
        return ""
    low, high = tier.engagement_low, tier.engagement_high
    said = f"{low:.0%}" if low == high else f"{low:.0%} to {high:.0%}"
    if cell["value"] is None:
        return f"The source says {said}; too little is measured to compare."
    interval = cell["interval"] or {"low": cell["value"], "high": cell["value"]}
    if interval["high"] < low:
        return f"Below the {said} of the source."
    if interval["low"] > high:
        return f"Above the {said} of the source."
    if low <= interval["low"] and interval["high"] <= high:
        return f"Within the {said} of the source."
    return f"Cannot be told from the {said} of the source."
