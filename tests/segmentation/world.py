"""A small world of segments, stays and posts, as scorecards and pages find it after runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

from crm.choices import CriterionKind, ResultBasis, VettingStatus
from crm.models import (
    Brand,
    Creator,
    Criterion,
    FormCriterion,
    Relationship,
    ReviewForm,
    Vetting,
    VettingResult,
)
from segmentation.choices import ChangeKind, RunStatus, SegmentStatus, Trigger
from segmentation.models import (
    Change,
    Dimension,
    Membership,
    Run,
    RunEvidence,
    RunSegment,
    Segment,
    SegmentVersion,
)
from segmentation.selectors.evidence import recorded
from tests.factories import (
    NOW,
    CreatorFactory,
    MetricSnapshotFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
)

RULE = {
    "all": [
        {"fact": "followers", "op": ">=", "value": 1000},
        {"fact": "country", "op": "is", "value": "DK"},
    ]
}
RULE_TEXT = "followers >= 1000 and country is DK"


def moment(month: int, day: int, hour: int = 0, year: int = 2026) -> datetime:
    """A moment of 2026, in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


def make_segment(brand: Brand, key: str = "educators", **values) -> Segment:
    """An active segment of one version in the dimension `dimension` (key, by default "role")."""
    dimension, _made = Dimension.objects.get_or_create(
        brand=brand,
        key=values.pop("dimension", "role"),
        defaults={"name": "Content role", "position": 10},
    )
    segment = Segment.objects.create(
        brand=brand,
        dimension=dimension,
        key=key,
        name=values.pop("name", key.capitalize()),
        bit=Segment.objects.filter(brand=brand).count(),
        **values,
    )
    version = SegmentVersion.objects.create(
        segment=segment, number=1, rule=RULE, rule_text=RULE_TEXT, created_at=moment(1, 1)
    )
    segment.active_version = version
    segment.status = values.get("status", SegmentStatus.ACTIVE)
    segment.save()
    return segment


def make_run(brand: Brand, as_of: datetime, **values) -> Run:
    """An applied run by hand unless `values` say otherwise."""
    return Run.objects.create(
        brand=brand,
        as_of=as_of,
        created_at=as_of,
        **{
            "trigger": Trigger.MANUAL,
            "status": RunStatus.APPLIED,
            "started_at": as_of,
            "finished_at": as_of,
            "applied_at": as_of,
            "duration_ms": 120,
            **values,
        },
    )


def change(
    run: Run,
    segment: Segment,
    creator: Creator,
    kind: ChangeKind,
    evidence: dict[str, object],
    **values,
) -> Change:
    """A line of the change set of a run, which looked at the segment, with what its rule read."""
    run.readings = list(dict.fromkeys([*run.readings, *evidence]))
    run.save()
    RunSegment.objects.filter(run=run, segment=segment).update(readings=list(evidence))
    of_creator = RunEvidence.objects.filter(run=run, creator=creator)
    if not of_creator.exists():
        RunEvidence.objects.create(
            run=run, creator=creator, values=[evidence.get(name) for name in run.readings]
        )
    return Change.objects.create(
        run=run,
        segment=segment,
        version=segment.active_version,
        creator=creator,
        kind=kind,
        **values,
    )


def read_of(moved: Change) -> dict[str, object]:
    """What the rule read of somebody who moved."""
    [read] = recorded([(moved.run_id, moved.segment_id, moved.creator_id)]).values()
    return read


def stay(
    segment: Segment, creator: Creator, entered_at: datetime, left_at: datetime | None = None
) -> Membership:
    """A stay in the ledger, entered and left by runs of those moments."""
    runs = [
        Run.objects.filter(brand=segment.brand, as_of=at).first() or make_run(segment.brand, at)
        for at in (entered_at, left_at)
        if at is not None
    ]
    return Membership.objects.create(
        segment=segment,
        creator=creator,
        entered_at=entered_at,
        left_at=left_at,
        version=segment.active_version,
        entered_run=runs[0],
        left_run=runs[1] if left_at else None,
    )


def reviewed(relationship: Relationship, *scores: int, risk: int | None = None) -> None:
    """Settle a vetting with these scores; of risk the form lets 1 to 3 pass."""
    brand = relationship.brand
    vetting = Vetting.objects.create(
        brand=brand,
        relationship=relationship,
        form=ReviewForm.objects.get_or_create(brand=brand, number=99)[0],
        reviewers=1,
        due_on=NOW.date(),
        status=VettingStatus.SETTLED,
        requested_at=NOW - timedelta(days=9),
        all_in_at=NOW - timedelta(days=3),
        settled_at=NOW - timedelta(days=3),
    )
    for n, score in enumerate(scores):
        criterion = Criterion.objects.create(
            brand=brand,
            key=f"tone{n}",
            label=f"Tone {n}",
            question="?",
            kind=CriterionKind.SCALE,
            anchors=list("12345"),
        )
        VettingResult.objects.create(
            vetting=vetting, criterion=criterion, score=score, basis=ResultBasis.SINGLE
        )
    if risk is not None:
        criterion = Criterion.objects.create(
            brand=brand,
            key="risk",
            label="Risk",
            question="?",
            kind=CriterionKind.SCALE,
            anchors=list("12345"),
        )
        FormCriterion.objects.create(
            form=vetting.form, criterion=criterion, position=1, least=1, most=3
        )
        VettingResult.objects.create(
            vetting=vetting, criterion=criterion, score=risk, basis=ResultBasis.SINGLE
        )


def make_creator(brand: Brand, *, since: datetime | None = None, **values) -> Creator:
    """A creator known to the brand since 1 January 2026 with one Instagram account."""
    stage = values.pop("stage", "prospect")
    followers = values.pop("followers", None)
    creator = CreatorFactory(**values)
    RelationshipFactory(brand=brand, creator=creator, since=since or moment(1, 1), stage=stage)
    profile = ProfileFactory(creator=creator, followers=followers)
    if followers is not None:
        MetricSnapshotFactory(
            profile=profile, followers=followers, captured_at=since or moment(1, 1)
        )
    return creator


def post(creator: Creator, posted_at: datetime, **counts):
    """A post of the creator's first account."""
    return PostFactory(profile=creator.profiles.first(), posted_at=posted_at, **counts)


CROWD = """
WITH made AS (
  INSERT INTO crm_creator (uid, name, creator_type, country, language, profession, created_at,
    updated_at)
  SELECT gen_random_uuid(), 'Of the crowd ' || n, 'external', '', '', '', now(), now()
  FROM generate_series(1, %(creators)s) n RETURNING id
), related AS (
  INSERT INTO crm_relationship (brand_id, creator_id, stage, stage_since, since, next_step,
    version, created_at)
  SELECT %(brand)s, id, 'prospect', %(since)s, %(since)s, '', 1, now() FROM made RETURNING id
), staged AS (
  INSERT INTO crm_stagechange (relationship_id, from_stage, stage, entered_at, reason)
  SELECT id, '', 'prospect', %(since)s, '' FROM related
), known AS (
  INSERT INTO crm_profile (creator_id, platform_id, handle, display_name, url, external_id, bio,
    metrics_source, created_at)
  SELECT id, 'instagram', 'crowd' || id, '', '', '', '', 'vendor', now() FROM made
  RETURNING id, creator_id
), posted AS (
  INSERT INTO crm_post (profile_id, creator_id, external_id, posted_at, kind, title, caption, url,
    language, followers_at_post, likes, metrics_source, created_at)
  SELECT id, creator_id, 'only', %(posted)s, 'image', '', '', '', '', 1000, 20, 'vendor', now()
  FROM known
), measured AS (
  INSERT INTO crm_creatormetrics (creator_id, as_of, followers, primary_handle, platforms_count,
    platforms, engagement_posts, engagement_source)
  SELECT id, %(since)s, id, '', 1, '{}', 0, '' FROM made
)
INSERT INTO segmentation_membership (segment_id, creator_id, entered_at, version_id,
  entered_run_id)
SELECT %(segment)s, id, %(since)s, %(version)s, %(run)s FROM made
"""


def crowd(segment: Segment, creators: int) -> None:
    """Add so many members since July, with followers and a post of August each, in a statement."""
    since = moment(7, 1)
    run = Run.objects.filter(brand=segment.brand).first() or make_run(segment.brand, since)
    with connection.cursor() as cursor:
        cursor.execute(
            CROWD,
            {
                "brand": segment.brand.pk,
                "creators": creators,
                "since": since,
                "posted": moment(8, 1),
                "segment": segment.pk,
                "version": segment.active_version.pk,
                "run": run.pk,
            },
        )
        # As autovacuum does in time: without statistics the planner takes the tables for empty.
        cursor.execute(
            "ANALYZE crm_creator, crm_creatormetrics, crm_post, crm_profile, crm_relationship, "
            "segmentation_membership"
        )
