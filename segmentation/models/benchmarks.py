"""A brand's own benchmarks: numbers of others, each with source, year and denominator.

Those that come with the product are a file (segmentation/benchmarks.yaml), not rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from crm.models import Brand, Platform, User
from segmentation.choices import Denominator

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class BenchmarkSetQuerySet(models.QuerySet["BenchmarkSet"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Sets of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class BenchmarkSet(models.Model):
    """What one source says, as a brand has loaded it from a file."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=60)
    source = models.CharField(max_length=200)
    address = models.URLField(max_length=500, blank=True, default="")
    year = models.PositiveSmallIntegerField()
    loaded_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    loaded_at = models.DateTimeField()

    objects = BenchmarkSetQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-year", "key"]
        constraints = [
            # Finds the sets of a brand as well.
            models.UniqueConstraint(
                fields=["brand", "key"], name="segmentation_benchmark_set_once"
            ),
            models.CheckConstraint(
                name="segmentation_benchmark_year", condition=Q(year__gte=2000, year__lte=2100)
            ),
            models.CheckConstraint(name="segmentation_benchmark_sourced", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.source} ({self.year})"


class BenchmarkValue(models.Model):
    """A number or a range of a source: of an engagement rate, for a platform and a size."""

    set = models.ForeignKey(BenchmarkSet, on_delete=models.CASCADE, related_name="values")
    # By what an engagement rate is divided: another denominator is another number.
    denominator = models.CharField(max_length=12, choices=Denominator.choices)
    # Null: its source names none.
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What the source calls the size; empty where it speaks of everybody.
    tier = models.CharField(max_length=60, blank=True, default="")
    # Followers, `from` included and `to` not; null: no bound.
    followers_from = models.PositiveBigIntegerField(null=True, blank=True)
    followers_to = models.PositiveBigIntegerField(null=True, blank=True)
    # Fractions: 0.031 is 3.1 %.
    low = models.FloatField(null=True, blank=True)
    typical = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["set", "pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_benchmark_denominator",
                condition=Q(denominator__in=Denominator.values),
            ),
            models.CheckConstraint(
                name="segmentation_benchmark_says",
                condition=Q(low__isnull=False) | Q(typical__isnull=False) | Q(high__isnull=False),
            ),
            models.CheckConstraint(
                name="segmentation_benchmark_ordered",
                condition=(Q(low=None) | Q(low__gte=0))
                & (Q(low=None) | Q(high=None) | Q(high__gte=F("low")))
                & (Q(typical=None) | Q(typical__gte=0))
                & (Q(low=None) | Q(typical=None) | Q(typical__gte=F("low")))
                & (Q(high=None) | Q(typical=None) | Q(high__gte=F("typical"))),
            ),
            models.CheckConstraint(
                name="segmentation_benchmark_bounds",
                condition=Q(followers_from=None)
                | Q(followers_to=None)
                | Q(followers_to__gt=F("followers_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier or 'everybody'} of {self.set_id}"
