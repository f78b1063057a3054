"""Reports of attribution: computed once by a worker, then served, and never computed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from campaigns.models import AttributionSettings, Campaign
from crm.models import Brand
from segmentation.choices import ErrandStatus
from segmentation.models.errands import Errand

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from crm.models import User


class AttributionReportQuerySet(models.QuerySet["AttributionReport"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Reports of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def for_list(self) -> Self:
        """Without what was found: that is long."""
        return self.select_related("campaign", "settings").defer("found", "paths")


class AttributionReport(Errand):
    """To whom the conversions of some days are credited, by every model, as known at `as_of`.

    A report asked for again is another row: what somebody read once can be read again.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Only what belongs to it; null: all of the brand.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="+"
    )
    # The brand's days, both included.
    first_on = models.DateField()
    last_on = models.DateField()
    # Values of other currencies are left out and counted; empty: no values at all.
    currency = models.CharField(max_length=3, blank=True, default="")
    # By which settings; null: those of the product (campaigns/attribution/settings.py).
    settings = models.ForeignKey(
        AttributionSettings, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    as_of = models.DateTimeField(null=True, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    # SHA-256 of all that went in, in order: the same digest has the same answer.
    digest = models.CharField(max_length=64, blank=True, default="")
    # What services/attribution/answers.py writes: counts, credits by model, segments, words.
    found = models.JSONField(default=dict)
    # {creator: [the most frequent ways that led over them]}: people are only counted.
    paths = models.JSONField(default=dict)

    objects = AttributionReportQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_attribution_days", condition=Q(last_on__gte=F("first_on"))
            ),
            models.CheckConstraint(
                name="segmentation_attribution_status", condition=Q(status__in=ErrandStatus.values)
            ),
            models.CheckConstraint(
                name="segmentation_attribution_currency",
                condition=Q(currency="") | Q(currency__regex="^[A-Z]{3}$"),
            ),
            # What was computed says when, as of when, and out of what.
            models.CheckConstraint(
                name="segmentation_attribution_done",
                condition=Q(computed_at=None, as_of=None, digest="")
                | Q(computed_at__isnull=False, as_of__isnull=False, digest__regex="^[0-9a-f]{64}$"),
            ),
        ]
        indexes = [
            # A brand's reports, and those of a campaign, the newest first.
            models.Index(
                fields=["brand", "campaign", "-requested_at", "-id"],
                name="segmentation_attribution_list",
            ),
        ]

    def __str__(self) -> str:
        return f"attribution of {self.brand_id}, {self.first_on} to {self.last_on}"
