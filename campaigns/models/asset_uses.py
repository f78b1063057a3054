"""Where content of the library was used: what was asked then, and what the answer was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import Usage, Verdict
from campaigns.models.assets import Asset
from crm.models import Brand, User

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser


class AssetUseQuerySet(models.QuerySet["AssetUse"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Uses of assets of the brands in which `user` has a role."""
        return self.filter(asset__brand__in=Brand.objects.visible_to(user))

    def running_on(self, day: date) -> Self:
        """Those that have begun and have not ended."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class AssetUse(models.Model):
    """One use of an asset, in the log: outside of the rights only with a reason."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, db_index=False, related_name="uses")
    usage = models.CharField(max_length=12, choices=Usage.choices)
    # As in a right; empty: worldwide.
    territory = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    channel = models.CharField(max_length=30)
    # The brand's days, both included; null: until further notice.
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    url = models.CharField(max_length=500, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    # What the rights said when it was entered, and why it was done all the same.
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    answer = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = AssetUseQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_use_choices",
                condition=Q(usage__in=Usage.values, verdict__in=Verdict.values) & ~Q(channel=""),
            ),
            models.CheckConstraint(
                name="campaigns_use_order",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            # Outside of the rights somebody says why.
            models.CheckConstraint(
                name="campaigns_use_reasoned", condition=Q(verdict=Verdict.YES) | ~Q(reason="")
            ),
        ]
        indexes = [
            # The log of an asset; My day through the brand's assets.
            models.Index(fields=["asset", "-starts_on", "-id"], name="campaigns_use_log"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} on {self.channel} from {self.starts_on}"
