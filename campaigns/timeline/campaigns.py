"""A creator's way through campaigns: each stage with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from campaigns.choices import EngagementStage
from campaigns.models import EngagementStay
from crm.models import Relationship
from crm.timeline import Event, Source, Window, name_of

_KIND = "campaign"


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = EngagementStay.objects.filter(engagement__relationship=relationship)
    rows = rows.select_related("engagement__campaign", "actor")
    for row in window.rows(rows, at="entered_at", person="actor"):
        campaign = row.engagement.campaign
        stage = EngagementStage(row.stage).label.lower()
        url = reverse(
            "campaigns:engagement", args=[relationship.brand.slug, campaign.key, row.engagement_id]
        )
        yield Event(
            at=row.entered_at,
            kind=_KIND,
            title=f"{campaign.name}: {stage}",
            who=name_of(row.actor),
            text=row.reason,
            number=row.pk,
            url=url,
            link="Open",
        )


SOURCE = Source(_KIND, "Campaigns", "speakerphone", _find)
