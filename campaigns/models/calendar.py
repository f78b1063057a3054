"""The content calendar of a campaign: places that come again, and who fills each of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from campaigns.choices import SlotCadence
from campaigns.models.campaigns import Campaign
from campaigns.models.engagements import Engagement
from crm.models import Platform, User


class Slot(models.Model):
    """A place for content that comes again, e.g. each Tuesday one of the educators."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="slots")
    title = models.CharField(max_length=120)
    # The segment whose creators fill it: of an app above this one; empty: anybody.
    segment = models.CharField(max_length=60, blank=True, default="")
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    cadence = models.CharField(max_length=10, choices=SlotCadence.choices)
    # The first of its days; the others follow from it. A month without that day has its last.
    first_on = models.DateField()
    until = models.DateField()
    # How many creators each of its days takes.
    places = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["campaign", "first_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_slot_valid",
                condition=Q(cadence__in=SlotCadence.values, places__range=(1, 100)) & ~Q(title=""),
            ),
            models.CheckConstraint(
                name="campaigns_slot_days", condition=Q(until__gte=F("first_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SlotFill(models.Model):
    """Who fills a slot on one of its days."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, db_index=False, related_name="fills")
    on = models.DateField()
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="fills")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["slot", "on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "on", "engagement"], name="campaigns_fill_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} on {self.on}"
