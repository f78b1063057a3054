"""What a worker found out about scores: how two of them differ, and what came true of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from crm.models import Brand, Creator
from segmentation.choices import BacktestOutcome, ErrandStatus
from segmentation.models.errands import Errand
from segmentation.models.scores import ScoreVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from crm.models import User

# How long after the day is looked at.
LEAST_DAYS, MOST_DAYS = 7, 365


class ScoreComparisonQuerySet(models.QuerySet["ScoreComparison"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Comparisons of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ScoreComparison(Errand):
    """How two versions, of one score or of two, rank the same creators at one moment."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    first = models.ForeignKey(ScoreVersion, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(ScoreVersion, on_delete=models.CASCADE, related_name="+")
    computed_at = models.DateTimeField(null=True, blank=True)
    # Of all creators, none by name: services.scores.comparing says what it holds; empty: not yet.
    result = models.JSONField(default=dict)

    objects = ScoreComparisonQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "first", "second"], name="segmentation_comparison_once"
            ),
            models.CheckConstraint(
                name="segmentation_comparison_of_two", condition=~Q(first=F("second"))
            ),
            models.CheckConstraint(
                name="segmentation_comparison_status", condition=Q(status__in=ErrandStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} beside {self.second_id}"


class ScoreMove(models.Model):
    """A creator whom two versions put at places that are far apart."""

    comparison = models.ForeignKey(
        ScoreComparison, on_delete=models.CASCADE, db_index=False, related_name="moves"
    )
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    first_rank = models.PositiveBigIntegerField()
    second_rank = models.PositiveBigIntegerField()
    first_score = models.FloatField()
    second_score = models.FloatField()
    # Points of each component in the version's order, 0 to 100; null: its fact was not known.
    first_points = ArrayField(models.FloatField(null=True))
    second_points = ArrayField(models.FloatField(null=True))

    class Meta:
        ordering = ["comparison", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "creator"], name="segmentation_move_once"
            ),
            models.CheckConstraint(
                name="segmentation_move_ranks",
                condition=Q(first_rank__gte=1, second_rank__gte=1),
            ),
            models.CheckConstraint(
                name="segmentation_move_scores",
                condition=Q(first_score__gte=0, first_score__lte=100)
                & Q(second_score__gte=0, second_score__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.comparison_id}/{self.creator_id}: {self.first_rank} to {self.second_rank}"


class ScoreBacktestQuerySet(models.QuerySet["ScoreBacktest"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Back-tests of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ScoreBacktest(Errand):
    """Scores as of the end of a day, held against what the same creators did in the days after."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    version = models.ForeignKey(ScoreVersion, on_delete=models.CASCADE, related_name="+")
    # By the brand's calendar.
    day = models.DateField()
    days = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12, choices=BacktestOutcome.choices)
    computed_at = models.DateTimeField(null=True, blank=True)
    # Of all creators, none by name: services.scores.backtesting says what it holds.
    result = models.JSONField(default=dict)

    objects = ScoreBacktestQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "version", "day", "days", "outcome"],
                name="segmentation_backtest_once",
            ),
            models.CheckConstraint(
                name="segmentation_backtest_choices",
                condition=Q(status__in=ErrandStatus.values, outcome__in=BacktestOutcome.values),
            ),
            models.CheckConstraint(
                name="segmentation_backtest_days",
                condition=Q(days__gte=LEAST_DAYS, days__lte=MOST_DAYS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} as of {self.day}, {self.days} days of {self.outcome}"
