"""Forecasts: what a brand's past posts say, and what each creator's next piece is to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from campaigns.models import Campaign, Engagement
from crm.models import Brand, Relationship, User
from segmentation.choices import ErrandStatus, Forecasted
from segmentation.models.errands import Errand

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ForecastModelQuerySet(models.QuerySet["ForecastModel"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Forecast models of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ForecastModel(Errand):
    """One version of what past posts say: learned by a worker each night, never changed then."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    # Which share of outcomes an interval is to hold.
    level = models.FloatField(default=0.8)
    # Posts up to this moment were read; null: not learned yet.
    as_of = models.DateTimeField(null=True, blank=True)
    # {currency, parts: [{measure, platform, ...}]}: services.forecasts.learning says what is in it.
    result = models.JSONField(default=dict)

    objects = ForecastModelQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "number"], name="segmentation_forecast_model_once"
            ),
            models.UniqueConstraint(
                fields=["brand"],
                condition=Q(status=ErrandStatus.QUEUED),
                name="segmentation_forecast_one_queued",
            ),
            models.CheckConstraint(
                name="segmentation_forecast_model_status",
                condition=Q(status__in=ErrandStatus.values, level__gte=0.5, level__lte=0.99),
            ),
            models.CheckConstraint(
                name="segmentation_forecast_model_learned",
                condition=~Q(status=ErrandStatus.DONE) | Q(as_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"forecast model {self.number} of {self.brand_id}"


class CreatorForecast(models.Model):
    """What a creator's next piece is expected to bring, or to cost. Derived: made anew each night.

    No row: too little is known.
    """

    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    # Key of crm.Platform; empty: on whichever (orders, prices).
    platform = models.CharField(max_length=30, blank=True, default="")
    measure = models.CharField(max_length=12, choices=Forecasted.choices)
    model = models.ForeignKey(ForecastModel, on_delete=models.CASCADE, related_name="+")
    low = models.FloatField()
    middle = models.FloatField()
    high = models.FloatField()
    # How wide the creator's errors are, as a factor's logarithm; sums draw from it.
    spread = models.FloatField()
    # Past posts of their own that it rests on.
    own = models.PositiveIntegerField()
    # Factors that multiply to `middle`: [{key, factor}], the base first.
    parts = models.JSONField(default=list)

    class Meta:
        ordering = ["relationship", "measure", "platform"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "measure", "platform"],
                name="segmentation_creator_forecast_once",
            ),
            models.CheckConstraint(
                name="segmentation_creator_forecast_order",
                condition=Q(
                    measure__in=Forecasted.values,
                    low__gte=0,
                    middle__gte=F("low"),
                    high__gte=F("middle"),
                    spread__gte=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} of {self.relationship_id}: {self.middle:.0f}"


class ExpectedViews(models.Model):
    """How often a creator's next post was expected to be seen, from one night to another answer.

    Closed-open, as stays are, so that rules and scores can ask as of any moment. Of several
    platforms it is the one where the next post is expected to be seen most. No row: too little was
    known.
    """

    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    told_at = models.DateTimeField()
    # When something else was expected, or nothing any more; null: it holds.
    replaced_at = models.DateTimeField(null=True, blank=True)
    # Key of crm.Platform.
    platform = models.CharField(max_length=30)
    # ForecastModel.number: the model itself is not kept for as long.
    model_number = models.PositiveIntegerField()
    # Which share of outcomes lies between low and high.
    level = models.FloatField()
    low = models.FloatField()
    middle = models.FloatField()
    high = models.FloatField()
    # Past posts of their own that it rests on.
    own = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "expected views"
        ordering = ["relationship", "-told_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(replaced_at=None),
                name="segmentation_expected_views_one",
            ),
            # Also finds, for rules, what was expected at a moment.
            models.UniqueConstraint(
                fields=["relationship", "told_at"], name="segmentation_expected_views_once"
            ),
            models.CheckConstraint(
                name="segmentation_expected_views_order",
                condition=(Q(replaced_at=None) | Q(replaced_at__gt=F("told_at")))
                & Q(
                    low__gte=0,
                    middle__gte=F("low"),
                    high__gte=F("middle"),
                    level__gte=0.5,
                    level__lte=0.99,
                )
                & ~Q(platform=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.middle:.0f}"


class CampaignForecastQuerySet(models.QuerySet["CampaignForecast"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Kept forecasts of campaigns of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))


class CampaignForecast(models.Model):
    """What a campaign's plan was expected to bring on a day: kept, to be held against what came."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    kept_at = models.DateTimeField()
    # null: kept by the product when the campaign began.
    kept_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    model_number = models.PositiveIntegerField()
    level = models.FloatField()
    # {measure: {low, middle, high, pieces, unknown, ...}} of all lines together.
    result = models.JSONField(default=dict)

    objects = CampaignForecastQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "-kept_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kept_at"], name="segmentation_campaign_forecast_once"
            ),
            models.CheckConstraint(
                name="segmentation_campaign_forecast_level",
                condition=Q(level__gte=0.5, level__lte=0.99),
            ),
        ]

    def __str__(self) -> str:
        return f"forecast of {self.campaign_id} kept at {self.kept_at:%Y-%m-%d}"


class CampaignForecastLine(models.Model):
    """What a piece of each creator was expected to bring."""

    forecast = models.ForeignKey(
        CampaignForecast, on_delete=models.CASCADE, db_index=False, related_name="lines"
    )
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="+")
    platform = models.CharField(max_length=30, blank=True, default="")
    measure = models.CharField(max_length=12, choices=Forecasted.choices)
    pieces = models.PositiveSmallIntegerField()
    # Of one piece.
    low = models.FloatField()
    middle = models.FloatField()
    high = models.FloatField()
    own = models.PositiveIntegerField()

    class Meta:
        ordering = ["forecast", "engagement", "measure", "platform"]
        constraints = [
            models.UniqueConstraint(
                fields=["forecast", "engagement", "measure", "platform"],
                name="segmentation_forecast_line_once",
            ),
            models.CheckConstraint(
                name="segmentation_forecast_line_order",
                condition=Q(
                    measure__in=Forecasted.values,
                    pieces__gte=1,
                    low__gte=0,
                    middle__gte=F("low"),
                    high__gte=F("middle"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} of {self.engagement_id}: {self.middle:.0f}"
