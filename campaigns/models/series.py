"""Daily series of a brand, days that explain them, and lifts that were asked for campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import SeriesKind
from campaigns.models.campaigns import Campaign
from crm.models import Brand, Platform, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class DailySeriesQuerySet(models.QuerySet["DailySeries"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Series of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class DailySeries(models.Model):
    """A number for each day: searches for the brand, direct traffic, followers."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=SeriesKind.choices, default=SeriesKind.OTHER)
    # Where the numbers come from, in words: "Search Console, exact brand terms".
    source = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # When a value was last written or taken out: scorecards of quarters that are over look at it.
    written_at = models.DateTimeField(null=True, blank=True)

    objects = DailySeriesQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "name", "pk"]
        verbose_name_plural = "daily series"
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="campaigns_series_once"),
            models.CheckConstraint(
                name="campaigns_series_valid",
                condition=Q(kind__in=SeriesKind.values) & ~Q(name="") & ~Q(key=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SeriesBatch(models.Model):
    """A file of values; undone, what it brought is gone and what it replaced is back."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    file_name = models.CharField(max_length=255)
    # How many values were new, and which it replaced: [[series, day, value], ...].
    values_new = models.PositiveIntegerField(default=0)
    replaced = models.JSONField(default=list)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["brand", "-created_at", "-pk"]
        indexes = [
            # A brand's files, the newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="campaigns_series_files"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class DailyValue(models.Model):
    """A series on a day of the brand's. A day without one is not known."""

    series = models.ForeignKey(
        DailySeries, on_delete=models.CASCADE, db_index=False, related_name="values_by_day"
    )
    day = models.DateField()
    value = models.FloatField()
    # The file that brought it; null: by hand, or over REST.
    batch = models.ForeignKey(
        SeriesBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["series", "day"]
        constraints = [
            # Also the index by which a span of days is read.
            models.UniqueConstraint(fields=["series", "day"], name="campaigns_value_once"),
            models.CheckConstraint(name="campaigns_value_known", condition=Q(value__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.day}: {self.value}"


class DayNoteQuerySet(models.QuerySet["DayNote"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Notes of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class DayNote(models.Model):
    """What happened on a day and shows in numbers: a platform changed, a sale began."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    day = models.DateField()
    title = models.CharField(max_length=160)
    # null: it concerns no single platform.
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Where that is said.
    url = models.CharField(max_length=500, blank=True, default="")
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = DayNoteQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_day_note_valid",
                condition=~Q(title="") & (Q(url="") | Q(url__regex=r"^https?://[^\s/]")),
            ),
        ]
        indexes = [
            # A brand's notes by day: the list, and those of a chart.
            models.Index(fields=["brand", "-day", "-id"], name="campaigns_day_notes"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.title}"


class SeriesLiftQuerySet(models.QuerySet["SeriesLift"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Lifts of campaigns of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))


class SeriesLift(models.Model):
    """A question about a campaign: how much more of a series came with it, against a control.

    The control is another series on the same days, or the same series on other days.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="lifts")
    series = models.ForeignKey(DailySeries, on_delete=models.CASCADE, related_name="+")
    control = models.ForeignKey(
        DailySeries, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    before_first = models.DateField()
    before_last = models.DateField()
    after_first = models.DateField()
    after_last = models.DateField()
    # Days between a day and the day it is compared with; null: the control is another series.
    control_days_back = models.PositiveSmallIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = SeriesLiftQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_lift_days",
                condition=Q(before_last__gt=F("before_first"))
                & Q(after_first__gt=F("before_last"))
                & Q(after_last__gt=F("after_first")),
            ),
            models.CheckConstraint(
                name="campaigns_lift_control",
                condition=(
                    Q(control__isnull=False, control_days_back=None) & ~Q(control=F("series"))
                )
                | Q(control=None, control_days_back__gte=7),
            ),
        ]

    def __str__(self) -> str:
        return f"lift of {self.series_id} by {self.campaign_id}"
