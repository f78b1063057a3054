"""What metrics are tried on: moments of a quarter, work of its creators, and what was measured."""

from __future__ import annotations

from campaigns.choices import ContentKind, EngagementStage
from campaigns.models import Deliverable, Draft, Engagement
from crm.choices import PostKind
from segmentation.metrics.measuring import measure
from tests.campaigns.made import make_campaign
from tests.segmentation.world import moment

START, MIDDLE, END = moment(7, 1), moment(8, 15), moment(10, 1)
EARLY, LATE = moment(7, 20, 9), moment(9, 8, 9)


def measured(world, key, segment=None):
    """The rows of a metric: before, after (or of one segment), in the third quarter of 2026."""
    segments = (world.before, world.after)
    found = measure(
        brand=world.brand,
        segment_ids=[one.pk for one in segments],
        start=START,
        until=END,
    )
    rows = [found.segments[one.pk][key] for one in segments]
    return rows if segment is None else rows[segments.index(segment)]


def engagements(world, stage=EngagementStage.LIVE):
    campaign = make_campaign(world.brand)
    return [
        Engagement.objects.create(
            campaign=campaign, relationship=relationship, stage=stage, stage_since=moment(6, 1)
        )
        for relationship in world.relationships
    ]


def piece(engagement, **values):
    return Deliverable.objects.create(
        engagement=engagement,
        title="A post",
        platform_id="instagram",
        kind=ContentKind.SPONSORED_POST,
        form=PostKind.IMAGE,
        created_at=moment(6, 1),
        state_since=moment(6, 1),
        **values,
    )


def draft(of, number, state, at):
    return Draft.objects.create(
        deliverable=of,
        number=number,
        submitted_at=at,
        is_sealed=True,
        state=state,
        state_since=at,
    )
