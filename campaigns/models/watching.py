"""What a brand decided about looking after posts, and what whole platforms did week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from campaigns.choices import PostMeasure, ShiftState
from campaigns.models.series import DayNote
from crm.models import Brand, Platform, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class WatchSettings(models.Model):
    """When a post is compared, and with how many; without a row the defaults hold."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    measure = models.CharField(
        max_length=10, choices=PostMeasure.choices, default=PostMeasure.ENGAGEMENT
    )
    # Numbers taken so many hours after a post was published, up to twice as late, are of one age.
    hours = models.PositiveSmallIntegerField(
        default=48, validators=[MinValueValidator(6), MaxValueValidator(168)]
    )
    # Below this share of what is compared with, a post is below the usual (and above 100 % less it,
    # above).
    low_percent = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(40)]
    )
    peers_min = models.PositiveSmallIntegerField(
        default=20, validators=[MinValueValidator(5), MaxValueValidator(1_000)]
    )
    # A platform moved where so many creators posted on it, at least.
    creators_min = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(10), MaxValueValidator(10_000)]
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "watch settings"
        constraints = [
            models.CheckConstraint(
                name="campaigns_watch_bounds",
                condition=Q(
                    measure__in=PostMeasure.values,
                    hours__range=(6, 168),
                    low_percent__range=(1, 40),
                    peers_min__range=(5, 1_000),
                    creators_min__range=(10, 10_000),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"watch of {self.brand_id}"


class PlatformWeekQuerySet(models.QuerySet["PlatformWeek"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Weeks of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def shifts(self) -> Self:
        """Weeks in which the whole platform moved."""
        return self.filter(is_shift=True)


class PlatformWeek(models.Model):
    """How the brand's creators on a platform did in a week against what is usual for each of them.

    `change` is the median over creators, as a fraction; the interval is that of the sign test.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # Its Monday, by the brand's calendar.
    week = models.DateField()
    creators = models.PositiveIntegerField()
    posts = models.PositiveIntegerField()
    # null: too few creators for a number, or for an interval.
    change = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    is_shift = models.BooleanField(default=False)
    computed_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ShiftState.choices, default=ShiftState.OPEN)
    # The note on the timeline that somebody made of it; empty again where it was taken back.
    note = models.ForeignKey(
        DayNote, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True, default="")
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = PlatformWeekQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-week", "platform", "pk"]
        constraints = [
            # Also the index by which a platform's weeks are read.
            models.UniqueConstraint(
                fields=["brand", "platform", "week"], name="campaigns_platform_week_once"
            ),
            models.CheckConstraint(
                name="campaigns_platform_week_monday", condition=Q(week__iso_week_day=1)
            ),
            models.CheckConstraint(
                name="campaigns_platform_week_interval",
                condition=Q(low=None, high=None)
                | Q(change__isnull=False, low__lte=F("change"), high__gte=F("change")),
            ),
            # Nobody is told of a shift that might be none.
            models.CheckConstraint(
                name="campaigns_platform_week_shift",
                condition=Q(is_shift=False) | Q(low__gt=0) | Q(high__lt=0),
            ),
            models.CheckConstraint(
                name="campaigns_platform_week_state",
                condition=Q(state=ShiftState.OPEN, decided_at=None)
                | Q(state=ShiftState.NOTED, decided_at__isnull=False)
                | Q(state=ShiftState.DISMISSED, decided_at__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform_id} in the week of {self.week}"
