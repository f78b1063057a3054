"""Claims of others on trial: what a brand's own posts say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.models import Brand, TierScheme, User
from segmentation.choices import ErrandStatus
from segmentation.models.errands import Errand

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ClaimTrialQuerySet(models.QuerySet["ClaimTrial"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Trials of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ClaimTrial(Errand):
    """All claims of segmentation/claims.yaml, by the tiers of a scheme, over some quarters."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    scheme = models.ForeignKey(TierScheme, on_delete=models.CASCADE, related_name="+")
    # First and last quarter, both included, by the brand's fiscal calendar: 2026Q3.
    first_period = models.CharField(max_length=6)
    period = models.CharField(max_length=6)
    # The end of what was looked at, and when; null until it is through.
    as_of = models.DateTimeField(null=True, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    # [{key, verdict, words, ...}], one for each claim.
    results = models.JSONField(default=list)

    objects = ClaimTrialQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "scheme", "-period"]
        constraints = [
            # Finds the trials of a brand as well.
            models.UniqueConstraint(
                fields=["brand", "scheme", "first_period", "period"],
                name="segmentation_claim_trial_once",
            ),
            models.CheckConstraint(
                name="segmentation_claim_trial_status",
                condition=models.Q(status__in=ErrandStatus.values),
            ),
            models.CheckConstraint(
                name="segmentation_claim_trial_span",
                condition=models.Q(period__gte=models.F("first_period")),
            ),
        ]

    def __str__(self) -> str:
        return (
            f"Claims by {self.scheme_id} of {self.brand_id}, {self.first_period} to {self.period}"
        )
