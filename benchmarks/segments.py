"""Thirty rules, each in the rule language and as somebody would write it in SQL by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from benchmarks.population import NICHES
from crm.models import Brand, Niche
from segmentation.facts.catalogue import catalogue
from segmentation.models import Dimension, Segment
from segmentation.rules import text
from segmentation.services.segments import create_segment

TIERS = (0, 1_000, 10_000, 100_000, 500_000, 1_000_000, 10**12)


@dataclass(frozen=True, slots=True)
class HandMade:
    """A segment: the rule in our notation, and the condition over the fact row `f` by hand."""

    dimension: str
    key: str
    rule: str
    sql: str


def hand_made(niches: dict[str, int]) -> Iterator[HandMade]:
    """Six tiers of which one is true; eight subjects; sixteen jobs with ten comparisons each."""
    for low, high in pairwise(TIERS):
        yield HandMade(
            "size",
            f"from-{low}",
            f"followers >= {low} and followers < {high}",
            f"f.followers >= {low} AND f.followers < {high}",
        )
    for niche, pk in niches.items():
        yield HandMade(
            "subject",
            f"on-{niche}",
            f"niches any of ({niche}) and engagement_rate >= 2% and posts_90d >= 1",
            f"f.niches && '{{{pk}}}' AND f.engagement_rate >= 0.02 AND f.posts_90d >= 1",
        )
    names = list(niches)
    for n in range(16):
        first, second = names[n % len(names)], names[(n * 3 + 1) % len(names)]
        low, rate, days = 800 * (n + 1), 1 + n / 4, 20 + 10 * n
        stages = ("core, advocate", "'core','advocate'") if n % 2 else ("prospect", "'prospect'")
        yield HandMade(
            "job",
            f"job-{n}",
            f"(niches any of ({first}, {second}) or primary_platform is tiktok) "
            f"and followers >= {low} and engagement_rate between {rate}% and {rate + 6}% "
            f"and (posts_90d >= 2 or last_post_at within last {days} days) "
            "and not (stage in (declined, lapsed)) "
            f"and (stage in ({stages[0]}) or has_email is true) "
            "and (video_share >= 20% or paid_share < 50% or is_verified is true)",
            f"(f.niches && '{{{niches[first]},{niches[second]}}}' "
            "OR f.primary_platform = 'tiktok') "
            f"AND f.followers >= {low} AND f.engagement_rate BETWEEN {rate / 100} "
            f"AND {(rate + 6) / 100} AND (f.posts_90d >= 2 OR (f.last_post_at >= "
            f"%(as_of)s::timestamptz - interval '{days} days' AND f.last_post_at < %(as_of)s)) "
            "AND NOT (f.stage IN ('declined','lapsed')) "
            f"AND (f.stage IN ({stages[1]}) OR f.has_email) "
            "AND (f.video_share >= 0.2 OR f.paid_share < 0.5 OR f.is_verified)",
        )


def install_more(brand: Brand, number: int, *, at: datetime) -> None:
    """Further segments like the sixteen jobs, each with numbers of its own."""
    facts = catalogue(brand)
    niches = {niche.key: niche.pk for niche in Niche.objects.filter(key__in=NICHES)}
    jobs = [made for made in hand_made(niches) if made.dimension == "job"]
    dimension = Dimension.objects.create(brand=brand, key="more", name="more")
    for n in range(number):
        rule = jobs[n % len(jobs)].rule
        create_segment(
            dimension=dimension,
            key=f"more-{n}",
            name=f"more-{n}",
            rule=text.parse(f"({rule}) and followers < {1_000_000 + n}"),
            at=at,
            position=n,
            facts=facts,
        )


def install(brand: Brand, *, at: datetime) -> list[tuple[Segment, HandMade]]:
    """The thirty segments of `brand`, with what each was made from, in the order of their bits."""
    facts = catalogue(brand)
    niches = {niche.key: niche.pk for niche in Niche.objects.filter(key__in=NICHES)}
    dimensions = {
        key: Dimension.objects.create(brand=brand, key=key, name=key, is_exclusive=key == "size")
        for key in ("size", "subject", "job")
    }
    return [
        (
            create_segment(
                dimension=dimensions[made.dimension],
                key=made.key,
                name=made.key,
                rule=text.parse(made.rule),
                at=at,
                position=number,
                facts=facts,
            ),
            made,
        )
        for number, made in enumerate(hand_made(niches))
    ]
