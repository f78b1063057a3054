"""The fast lane of a creator in a campaign: each gate has fewer working hours, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign, Engagement, FastLane
from campaigns.models.engagements import OPEN_STAGES
from campaigns.models.whereabouts import LANE_HOURS_MAX
from campaigns.services import shortlists
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User

REASON_MAX = 500


@dataclass(frozen=True)
class Put:
    """What came of it: who is new on the shortlist, and who is on the fast lane now."""

    new: Sequence[Engagement]
    on_lane: int


@transaction.atomic
def put_on(
    *,
    campaign: Campaign,
    brand: Brand,
    relationships: Sequence[int],
    gate_hours: int,
    reason: str,
    actor: User,
    at: datetime,
) -> Put:
    """Put creators on the shortlist and on the fast lane, those who are in it already as well.

    What waits at a gate keeps its hour; the next turns have fewer. Raises CampaignRefused.
    """
    words = " ".join(reason.replace("\0", "").split())
    if not words:
        raise CampaignRefused("Say why there is no time.", code="reason_needed", field="reason")
    if len(words) > REASON_MAX:
        raise CampaignRefused(f"{REASON_MAX} characters are the most.", field="reason")
    if not 1 <= gate_hours <= LANE_HOURS_MAX:
        raise CampaignRefused(
            f"Each gate needs 1 to {LANE_HOURS_MAX} working hours.", field="gate_hours"
        )
    if not relationships:
        raise CampaignRefused("Choose a creator.", field="creators")
    added = shortlists.shortlist(
        campaign_id=campaign.pk,
        brand=brand,
        picks=[shortlists.Pick(pk, f"Fast lane: {words}") for pk in relationships],
        actor=actor,
        at=at,
    )
    rows = list(
        Engagement.objects.filter(
            campaign=campaign, relationship__in=relationships, stage__in=OPEN_STAGES
        ).select_related("relationship__creator")
    )
    FastLane.objects.bulk_create(
        [
            FastLane(engagement=row, gate_hours=gate_hours, reason=words, made_by=actor, made_at=at)
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["engagement"],
        update_fields=["gate_hours", "reason", "made_by", "made_at"],
    )
    audit.record_many(
        brand=brand,
        verb="campaigns.engagement.fast_lane",
        of=Engagement,
        acts=[
            audit.Act(
                row.pk,
                row.relationship.creator.name,
                {"campaign": campaign.key, "gate_hours": gate_hours},
                {"reason": words},
            )
            for row in rows
        ],
        actor=actor,
        at=at,
    )
    return Put(added.made, len(rows))


@transaction.atomic
def take_off(*, engagement: Engagement, actor: User, at: datetime) -> None:
    """The campaign's usual hours again. Raises CampaignRefused."""
    removed, _each = FastLane.objects.filter(engagement=engagement).delete()
    if not removed:
        raise CampaignRefused("This creator is not on the fast lane.", code="not_in_this_state")
    campaign = engagement.campaign
    audit.record(
        brand=campaign.brand,
        verb="campaigns.engagement.usual_lane",
        target=engagement,
        actor=actor,
        at=at,
        data={"campaign": campaign.key},
        label=engagement.relationship.creator.name,
    )
