"""The pause switch of a campaign; creators and the whole brand are paused in crm."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from campaigns.models.campaigns import Campaign
from crm.models.holds import Holding, HoldQuerySet


class CampaignHoldQuerySet(HoldQuerySet["CampaignHold"]):
    """Holds on campaigns."""


class CampaignHold(Holding):
    """A campaign stands still: nothing of it is sent, approved or published."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="holds")

    objects = CampaignHoldQuerySet.as_manager()

    class Meta(Holding.Meta):
        abstract = False
        constraints = [
            *Holding.Meta.constraints,
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(lifted_at=None), name="campaigns_hold_one_open"
            ),
        ]
        indexes = [
            # The page of holds, newest first.
            models.Index(fields=["brand", "-since", "-id"], name="campaigns_hold_list"),
        ]

    @property
    def subject(self) -> str:
        """What stands still, in words."""
        return f"The campaign {self.campaign}"
