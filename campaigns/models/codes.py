"""Codes that buyers type in the shop, one creator's each, and days on which too many did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import SpikeState
from campaigns.models.campaigns import Campaign
from campaigns.models.engagements import Engagement
from campaigns.models.tracking import TrackingLink
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PromoCodeQuerySet(models.QuerySet["PromoCode"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Codes of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_use(self) -> Self:
        """Those that nobody put away."""
        return self.filter(archived_at=None)

    def for_list_page(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("relationship__creator", "campaign", "engagement")


class PromoCode(models.Model):
    """A code of one creator, in capital letters; buyers may type small ones."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # As it is shown: in capital letters.
    code = models.CharField(max_length=40)
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    engagement = models.ForeignKey(
        Engagement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    # The brand's days, both included; null: no limit.
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    # What it gives and for what, as the shop has it.
    terms = models.CharField(max_length=300, blank=True, default="")
    # How often it may be used in all, and on one day, before somebody should look; null: not said.
    limit_total = models.PositiveIntegerField(null=True, blank=True)
    limit_per_day = models.PositiveIntegerField(null=True, blank=True)
    # The one that it takes the place of, since that one got around.
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = PromoCodeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            # Capital letters only (below), so this is true whatever buyers type. Imports of
            # redemptions find the code by it.
            models.UniqueConstraint(fields=["brand", "code"], name="campaigns_code_once"),
            models.CheckConstraint(
                name="campaigns_code_form", condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9._-]*$")
            ),
            models.CheckConstraint(
                name="campaigns_code_days",
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="campaigns_code_limits",
                condition=(Q(limit_total=None) | Q(limit_total__gte=1))
                & (Q(limit_per_day=None) | Q(limit_per_day__gte=1)),
            ),
            models.CheckConstraint(
                name="campaigns_code_place",
                condition=Q(engagement=None) | Q(campaign__isnull=False),
            ),
        ]
        indexes = [
            # The brand's list, newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="campaigns_code_list"),
            # What belongs to a campaign.
            models.Index(fields=["campaign", "-created_at", "-id"], name="campaigns_code_campaign"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_archived(self) -> bool:
        """Whether it was put away."""
        return self.archived_at is not None


class SpikeQuerySet(models.QuerySet["Spike"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Unusual days of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that nobody has looked at."""
        return self.filter(state=SpikeState.OPEN)


class Spike(models.Model):
    """A day with far more uses of a code, or clicks on a link, than it has: it may have got around.

    The numbers by which it was found are kept: they answer why.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    code = models.ForeignKey(
        PromoCode, on_delete=models.CASCADE, null=True, blank=True, related_name="spikes"
    )
    link = models.ForeignKey(
        TrackingLink, on_delete=models.CASCADE, null=True, blank=True, related_name="spikes"
    )
    day = models.DateField()
    # Which rule found it: its own history, the limit per day, or the limit in all.
    rule = models.CharField(
        max_length=8,
        choices=[
            ("history", "Far above its own history"),
            ("per_day", "Above what was expected of a day"),
            ("total", "Above how often it may be used"),
        ],
    )
    count = models.PositiveIntegerField()
    threshold = models.DecimalField(max_digits=12, decimal_places=2)
    # Of the days before; null where the rule does not ask them.
    median = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    deviation = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=SpikeState.choices, default=SpikeState.OPEN)
    reason = models.CharField(max_length=300, blank=True, default="")
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = SpikeQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_spike_of_one",
                condition=Q(code__isnull=False, link=None) | Q(code=None, link__isnull=False),
            ),
            # A day is told of once, whatever becomes of it.
            models.UniqueConstraint(
                fields=["code", "day"],
                condition=Q(code__isnull=False),
                name="campaigns_spike_code_once",
            ),
            models.UniqueConstraint(
                fields=["link", "day"],
                condition=Q(link__isnull=False),
                name="campaigns_spike_link_once",
            ),
            models.CheckConstraint(
                name="campaigns_spike_state_valid",
                condition=Q(state=SpikeState.OPEN, decided_at=None)
                | Q(
                    state__in=[SpikeState.DISMISSED, SpikeState.REPLACED],
                    decided_at__isnull=False,
                ),
            ),
            # Nobody waves it through without a word.
            models.CheckConstraint(
                name="campaigns_spike_reasoned",
                condition=~Q(state=SpikeState.DISMISSED) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="campaigns_spike_rule_valid",
                condition=Q(rule__in=["history", "per_day", "total"]),
            ),
        ]
        indexes = [
            # What is to be looked at, newest day first.
            models.Index(fields=["brand", "state", "-day", "-id"], name="campaigns_spike_list"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
