"""Creators, runs and members for tests of evaluation."""

from __future__ import annotations

from datetime import datetime, timedelta

from crm.models import Brand, Creator, MetricSnapshot
from segmentation.models import CreatorFacts, Membership, Run, RunSegment, Segment
from segmentation.rules import text
from segmentation.services import counting, runs
from tests.factories import (
    NOW,
    CreatorFactory,
    MetricSnapshotFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
)

BEFORE = NOW - timedelta(days=30)
LATER = NOW + timedelta(days=1)


def creator_with(
    brand: Brand, followers: int | None = 1_000, *, since: datetime = BEFORE, **more
) -> Creator:
    """Somebody the brand knows since then, with one Instagram account."""
    stage = more.pop("stage", "prospect")
    platform = more.pop("platform", "instagram")
    creator = CreatorFactory(**more)
    RelationshipFactory(brand=brand, creator=creator, since=since, stage=stage, stage_since=since)
    profile = ProfileFactory(creator=creator, platform_id=platform)
    if followers is not None:
        MetricSnapshotFactory(profile=profile, followers=followers, captured_at=since)
    return creator


def give_followers(creator: Creator, followers: int, at: datetime) -> None:
    """A newer count of the creator's followers."""
    MetricSnapshot.objects.create(
        profile=creator.profiles.get(), followers=followers, captured_at=at
    )


def post(creator: Creator, days_ago: float = 1, **counts):
    """A post of the creator's account so many days before NOW."""
    return PostFactory(
        profile=creator.profiles.get(),
        creator=creator,
        posted_at=NOW - timedelta(days=days_ago),
        **counts,
    )


def run_now(brand: Brand, as_of: datetime = NOW, **more) -> Run:
    """A run that is applied at once, however many it moves."""
    run = runs.start_run(
        brand=brand, as_of=as_of, at=max(as_of, NOW), **{"apply_now": True, **more}
    )
    done = runs.execute_run(run_id=run.pk, at=max(as_of, NOW))
    assert done.error == "", done.error
    return done


def counted(run: Run, segment: Segment) -> RunSegment:
    """What the run found for the segment, after what is counted later was counted."""
    counting.count_run(run_id=run.pk, at=max(run.as_of, NOW))
    return RunSegment.objects.get(run=run, segment=segment)


def members(segment: Segment) -> set[int]:
    """Those with an open stay; the masks say the same."""
    stays = Membership.objects.filter(segment=segment, left_at=None)
    found = set(stays.values_list("creator", flat=True))
    by_mask = {
        row.creator_id
        for row in CreatorFacts.objects.filter(brand=segment.brand)
        if segment.bit // 62 < len(row.member_bits)
        and row.member_bits[segment.bit // 62] >> segment.bit % 62 & 1
    }
    assert by_mask == found
    return found


def unknown(segment: Segment) -> set[int]:
    """Those for whom the rule was unknown."""
    return {
        row.creator_id
        for row in CreatorFacts.objects.filter(brand=segment.brand)
        if segment.bit // 62 < len(row.unknown_bits)
        and row.unknown_bits[segment.bit // 62] >> segment.bit % 62 & 1
    }


def rule(words: str):
    """A rule in the text notation."""
    return text.parse(words)
