"""What runs are tried on: creators with followers, a run, who is in, and the ledger."""

from __future__ import annotations

from datetime import timedelta

from crm.models import Creator, MetricSnapshot
from segmentation.models import CreatorFacts, Membership, Run
from segmentation.services import runs
from tests.factories import (
    NOW,
    CreatorFactory,
    MetricSnapshotFactory,
    ProfileFactory,
    RelationshipFactory,
)

BEFORE = NOW - timedelta(days=30)
LATER = NOW + timedelta(days=1)


def creator_with(brand, followers, *, since=BEFORE, **person) -> Creator:
    creator = CreatorFactory(**person)
    RelationshipFactory(brand=brand, creator=creator, since=since)
    profile = ProfileFactory(creator=creator)
    MetricSnapshotFactory(profile=profile, followers=followers, captured_at=since)
    return creator


def give_followers(creator, followers, at) -> None:
    MetricSnapshot.objects.create(
        profile=creator.profiles.get(), followers=followers, captured_at=at
    )


def run_now(brand, as_of=NOW, **more) -> Run:
    at = max(as_of, NOW)
    run = runs.start_run(brand=brand, as_of=as_of, at=at, **more)
    return runs.execute_run(run_id=run.pk, at=at)


def members(segment) -> set[int]:
    """Those with an open stay; masks and stored counts must say the same."""
    found = set(
        Membership.objects.filter(segment=segment, left_at=None).values_list("creator", flat=True)
    )
    by_mask = {
        row.creator_id
        for row in CreatorFacts.objects.filter(brand=segment.brand)
        if segment.bit // 62 < len(row.member_bits)
        and row.member_bits[segment.bit // 62] >> segment.bit % 62 & 1
    }
    assert by_mask == found
    segment.refresh_from_db()
    assert segment.members_count == len(found)
    return found


def ledger() -> list[tuple]:
    return sorted(
        Membership.objects.values_list("segment__key", "creator", "entered_at", "left_at")
    )
