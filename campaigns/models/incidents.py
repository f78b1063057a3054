"""Which campaigns an incident touches. The incident itself is the relationship's or the brand's."""

from __future__ import annotations

from django.db import models

from campaigns.models.campaigns import Campaign
from campaigns.models.engagements import Engagement
from crm.models import Incident, User


class AffectedCampaign(models.Model):
    """A campaign that an incident touches, through one of its creators or as a whole."""

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    # Null: the campaign as a whole.
    engagement = models.ForeignKey(
        Engagement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["incident", "campaign"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "campaign"], name="campaigns_affected_once"
            ),
        ]

    def __str__(self) -> str:
        return f"incident {self.incident_id}: campaign {self.campaign_id}"
