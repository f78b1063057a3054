"""Reports of campaigns as they were when the campaign was completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.campaigns import Campaign
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ReportCopyQuerySet(models.QuerySet["ReportCopy"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Reports of campaigns of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))


class ReportCopy(models.Model):
    """What a campaign's report said at a moment. The database refuses to change it."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="report_copies"
    )
    taken_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The report as the API gives it, and the digest of that (services/documents.py).
    report = models.JSONField()
    digest = models.CharField(max_length=64)

    objects = ReportCopyQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "-taken_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_report_copy_digest", condition=Q(digest__regex="^[0-9a-f]{64}$")
            ),
        ]
        indexes = [
            # A campaign's copies, the newest first.
            models.Index(fields=["campaign", "-taken_at", "-id"], name="campaigns_report_copies"),
        ]

    def __str__(self) -> str:
        return f"report of {self.campaign_id} as of {self.taken_at:%Y-%m-%d}"
