"""Tier schemes: several at once, each with its source. Segmentation decides who belongs."""

from __future__ import annotations

from django.db import models


class TierScheme(models.Model):
    """A way to cut follower counts into tiers, as one document or vendor has it."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    # Where its bounds are meant to hold, in words; empty: its source names no market.
    market = models.CharField(max_length=120, blank=True, default="")
    # The platform it was made for; null: any.
    platform = models.ForeignKey(
        "crm.Platform", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Tier(models.Model):
    """A band of a scheme: followers from `low` (included) to `high` (not included)."""

    scheme = models.ForeignKey(TierScheme, on_delete=models.CASCADE, related_name="tiers")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    # null: no bound. Both null: a manual flag, not a count (celebrity).
    low = models.BigIntegerField(null=True, blank=True)
    high = models.BigIntegerField(null=True, blank=True)
    engagement_low = models.FloatField(null=True, blank=True)
    engagement_high = models.FloatField(null=True, blank=True)
    best_use = models.CharField(max_length=200, blank=True, default="")
    advantages = models.CharField(max_length=200, blank=True, default="")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["scheme", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "key"], name="crm_tier_once"),
            models.CheckConstraint(
                name="crm_tier_bounds",
                condition=models.Q(low=None)
                | models.Q(high=None)
                | models.Q(high__gt=models.F("low")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.scheme_id})"
