"""How creators leave a campaign all at once."""

from __future__ import annotations

from datetime import datetime

from campaigns.choices import EngagementStage
from campaigns.models import Campaign, Engagement, EngagementStay
from campaigns.models.engagements import OPEN_STAGES
from crm import audit
from crm.models import User

REASON_MAX = 500


def drop_all(*, campaign: Campaign, reason: str, actor: User | None, at: datetime) -> int:
    """Drop everybody who is still open, in four statements; how many there were.

    The caller holds the campaign and writes its own entry in the ledger after this one.
    """
    rows = list(
        Engagement.objects.select_for_update(no_key=True, of=("self",))
        .filter(campaign=campaign, stage__in=OPEN_STAGES)
        .order_by("pk")
        .values_list("pk", "stage", "version", "relationship__creator__name")
    )
    if not rows:
        return 0
    reason = reason[:REASON_MAX]
    ids = [pk for pk, *_ in rows]
    EngagementStay.objects.filter(engagement__in=ids, left_at=None).update(left_at=at)
    EngagementStay.objects.bulk_create(
        EngagementStay(
            engagement_id=pk,
            from_stage=stage,
            stage=EngagementStage.DROPPED,
            entered_at=at,
            actor=actor,
            reason=reason,
        )
        for pk, stage, *_ in rows
    )
    Engagement.objects.bulk_update(
        [
            Engagement(pk=pk, stage=EngagementStage.DROPPED, stage_since=at, version=version + 1)
            for pk, _, version, _ in rows
        ],
        ["stage", "stage_since", "version"],
        batch_size=1_000,
    )
    audit.record_many(
        brand=campaign.brand,
        verb="campaigns.engagement.moved",
        of=Engagement,
        acts=[
            audit.Act(pk, name, {"stage": [stage, EngagementStage.DROPPED], "reason": reason})
            for pk, stage, _, name in rows
        ],
        actor=actor,
        at=at,
    )
    return len(rows)
