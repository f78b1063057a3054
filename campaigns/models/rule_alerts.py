"""What the rules ask of the brand or a creator beside the label: found by a nightly look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.choices import AlertLevel, AlertState
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RuleAlertQuerySet(models.QuerySet["RuleAlert"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Alerts of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those with which something is still to be done."""
        return self.filter(state=AlertState.OPEN)


class RuleAlert(models.Model):
    """A threshold that is reached, or a permit that is missing or ends soon."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    # The key of the datum of the pack, and what of the creator it is about ("2026: Spring launch").
    rule = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=2)
    subject = models.CharField(max_length=160, blank=True, default="")
    level = models.CharField(max_length=3, choices=AlertLevel.choices)
    # What was found, with its numbers; the rule itself is read from the pack.
    words = models.CharField(max_length=500)
    pack_version = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=AlertState.choices, default=AlertState.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    # Who set it aside, and why.
    aside_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = RuleAlertQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-pk"]
        constraints = [
            # Also the creator's alerts.
            models.UniqueConstraint(
                fields=["relationship", "rule", "subject"], name="campaigns_rule_alert_once"
            ),
            models.CheckConstraint(
                name="campaigns_rule_alert_valid",
                condition=Q(level__in=AlertLevel.values, state__in=AlertState.values)
                & ~Q(words="")
                & (~Q(state=AlertState.ASIDE) | ~Q(reason="")),
            ),
        ]
        indexes = [
            # The register page and my day.
            models.Index(fields=["brand", "state", "-id"], name="campaigns_rule_alert_list"),
        ]

    def __str__(self) -> str:
        return self.words
