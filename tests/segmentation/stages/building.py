"""Rules about stages and creators to hold them against."""

from __future__ import annotations

from datetime import datetime, timedelta

from crm.choices import Stage
from crm.models import Brand, Relationship
from segmentation.choices import StageRuleKind
from segmentation.facts.refresh import refresh_facts
from segmentation.models import StageRuleVersion
from segmentation.rules import text
from segmentation.services import stage_rules
from tests.factories import (
    NOW,
    CreatorMetricsFactory,
    MetricSnapshotFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
)

# Whatever the day: for pages, which ask as of now.
EVER = 'count(posts where caption contains "Acme") >= 3'
MENTIONS = 'count(posts where caption contains "Acme", last 90 days) >= 3'


def criteria(brand: Brand, kind: str, stage: Stage, rule: str, **more) -> StageRuleVersion:
    return stage_rules.set_criteria(
        brand=brand,
        kind=StageRuleKind(kind),
        stage=stage,
        rule=text.parse(rule),
        at=NOW,
        actor=None,
        **more,
    )


def suggestion(
    brand: Brand,
    rule: str = MENTIONS,
    stage: Stage = Stage.CORE,
    to: Stage = Stage.ADVOCATE,
    **more,
) -> StageRuleVersion:
    return stage_rules.save_suggestion(
        brand=brand,
        **{
            "name": "3 organic mentions in 90 days",
            "stage": stage,
            "to_stage": to,
            "rule": text.parse(rule),
            "at": NOW,
            "actor": None,
            **more,
        },
    )


def creator_in(
    brand: Brand,
    stage: Stage = Stage.PROSPECT,
    *,
    followers: int | None = None,
    mentions: int = 0,
    **more,
) -> Relationship:
    """A creator known for 100 days; call `know` when all are there."""
    since = more.pop("since", NOW - timedelta(days=100))
    made = RelationshipFactory(brand=brand, stage=stage, since=since, **more)
    profile = ProfileFactory(creator=made.creator)
    if followers is not None:
        MetricSnapshotFactory(profile=profile, captured_at=since, followers=followers)
        CreatorMetricsFactory(creator=made.creator, followers=followers)
    for _each in range(mentions):
        mention(made)
    return made


def mention(relationship: Relationship, at: datetime = NOW) -> None:
    profile = relationship.creator.profiles.get()
    PostFactory(profile=profile, posted_at=at - timedelta(days=3), caption="Love my Acme cream")


def know(brand: Brand, at: datetime = NOW) -> None:
    """Make the facts of everybody anew."""
    refresh_facts(brand=brand, as_of=at)
