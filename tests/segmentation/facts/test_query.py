"""The facts are the same whether everybody's are computed at once or a few creators' each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.causes.taxonomy import standard as causes
from campaigns.choices import Flag, RiskTier
from campaigns.models import (
    AuthenticityReading,
    AuthenticityScore,
    CauseTag,
    CommenterReading,
    FlagDismissal,
    ReliabilityReading,
    RiskAssessment,
    RiskOverride,
    TrustReading,
)
from crm.models import AudienceSnapshot, ContactPoint, Creator, CreatorTag, Relationship, Tag
from crm.services.field_values import set_values
from crm.services.metrics import refresh_metrics
from segmentation.facts.query import COLUMNS
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorFacts
from tests.factories import NOW
from tests.segmentation.building import populate

pytestmark = pytest.mark.django_db

BEFORE, EARLIER = NOW - timedelta(days=2), NOW - timedelta(days=20)
HELD, DIGEST = timedelta(days=10), {"digest": "0" * 64}


def test_looked_up_one_by_one_they_are_those_of_a_computation_of_all(brand):
    populate(brand, 12)
    for relationship in Relationship.objects.order_by("pk")[:3]:
        give_records(brand, relationship)
    people = list(Creator.objects.values_list("pk", flat=True))
    refresh_metrics(creator_ids=people, as_of=NOW)
    refresh_facts(brand=brand, as_of=NOW)
    together = list(CreatorFacts.objects.order_by("creator").values())
    assert {name for name in COLUMNS if any(row.get(name) for row in together)} >= {
        *("stage", "niches", "tags", "has_email", "risk_tier", "risk_points", "audience_flags"),
        *("reliability", "authenticity", "trust", "causes", "audience_quality", "custom"),
    }
    CreatorFacts.objects.all().delete()

    refresh_facts(brand=brand, as_of=NOW, creator_ids=people, is_measured=True)

    assert list(CreatorFacts.objects.order_by("creator").values()) == together


def give_records(brand, relationship) -> None:
    """Of each kind: what held before, what holds, and what does not hold yet."""
    creator, profile = relationship.creator, relationship.creator.profiles.first()
    ours = {"brand": brand, "relationship": relationship}
    CreatorTag.objects.create(
        creator=creator,
        tag=Tag.objects.create(brand=brand, name=f"Tag {creator.pk}", key=f"tag-{creator.pk}"),
        created_at=EARLIER,
    )
    ContactPoint.objects.create(
        brand=brand, creator=creator, kind="email", value=f"{creator.pk}@example.org"
    )
    for number, at in enumerate((BEFORE, EARLIER, NOW + timedelta(days=1))):
        read = {"read_at": at, "looked_at": at, "superseded_at": at + timedelta(days=1), **DIGEST}
        RiskAssessment.objects.create(
            **ours,
            assessed_at=at,
            superseded_at=at + timedelta(days=1),
            tier=RiskTier.values[number],
            points=10 + number,
            inputs={},
            weights="1",
            **DIGEST,
        )
        AudienceSnapshot.objects.create(profile=profile, captured_at=at, quality=0.1 * number + 0.1)
        CauseTag.objects.create(
            **ours, cause=[*causes().causes][number], created_at=at, removed_at=at + HELD
        )
        ReliabilityReading.objects.create(
            **ours,
            read_at=at,
            superseded_at=at + timedelta(days=1),
            score=50 + number,
            events=4,
            components={},
            weights="1",
            **DIGEST,
        )
        for model in (AuthenticityScore, TrustReading):
            model.objects.create(**ours, **read, score=60 + number, parts={}, weights="1")
        AuthenticityReading.objects.create(
            profile=profile, **read, raised=[Flag.GROWTH], flags=[], thresholds="1"
        )
        CommenterReading.objects.create(
            brand=brand, profile=profile, **read, raised=Flag.values[:3], flags=[], thresholds="1"
        )
    RiskOverride.objects.create(
        **ours, tier=RiskTier.values[0], reason="Known.", since=EARLIER, until=NOW + HELD
    )
    FlagDismissal.objects.create(
        **ours,
        profile=profile,
        flag=Flag.values[0],
        reason="A draw.",
        since=BEFORE,
        until=NOW + HELD,
    )
    set_values(
        brand=brand,
        creator_ids=[creator.pk],
        values={"risk_level": "high", "themes": ["spf"]},
        at=EARLIER,
        actor=None,
    )
