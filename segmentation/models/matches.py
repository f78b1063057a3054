"""Creators ranked for a campaign by factors in plain sight, with weights in versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from campaigns.models import Campaign
from crm.models import Brand, Relationship, User
from segmentation.choices import ErrandStatus, WeightsOrigin
from segmentation.models.errands import Errand
from segmentation.models.scores import ScoreVersion
from segmentation.models.segments import SegmentVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class MatchLessonQuerySet(models.QuerySet["MatchLesson"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Lessons of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class MatchLesson(Errand):
    """What ended campaigns say about the weights: computed by a worker, decided by a person."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    # When it was computed; null: not yet.
    learned_at = models.DateTimeField(null=True, blank=True)
    campaigns = models.PositiveIntegerField(null=True, blank=True)
    engagements = models.PositiveIntegerField(null=True, blank=True)
    # What was found, outcome by outcome, as segmentation/matches/learning.py says.
    findings = models.JSONField(default=dict)
    # {factor: weight}; null: too little is known, or nothing better was found.
    suggested = models.JSONField(null=True, blank=True)
    # What a person made of the suggestion; null: nobody has decided.
    is_accepted = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = MatchLessonQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_lesson_status", condition=Q(status__in=ErrandStatus.values)
            ),
            models.CheckConstraint(
                name="segmentation_lesson_decided",
                condition=Q(is_accepted=None, decided_at=None)
                | Q(is_accepted__isnull=False, decided_at__isnull=False, suggested__isnull=False),
            ),
            models.CheckConstraint(
                name="segmentation_lesson_learned",
                condition=Q(learned_at=None, suggested=None)
                | Q(learned_at__isnull=False, campaigns__isnull=False, engagements__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"lesson of {self.brand_id}, {self.requested_at:%Y-%m-%d}"


class MatchWeights(models.Model):
    """How much each factor counts: of a campaign, or of the brand where it has none. Never changed.

    A new version is added instead.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # null: what campaigns of the brand begin with.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    number = models.PositiveIntegerField()
    # {factor: 0 to 10}, as segmentation/matches/factors.py names them.
    weights = models.JSONField()
    origin = models.CharField(max_length=7, choices=WeightsOrigin.choices)
    lesson = models.ForeignKey(
        MatchLesson, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Why they are as they are.
    reason = models.CharField(max_length=300)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["brand", "campaign", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "campaign", "number"],
                nulls_distinct=False,
                name="segmentation_weights_once",
            ),
            models.CheckConstraint(
                name="segmentation_weights_said",
                condition=~Q(reason="") & Q(number__gt=0, origin__in=WeightsOrigin.values),
            ),
        ]

    def __str__(self) -> str:
        return f"weights {self.number} of {self.campaign_id or self.brand_id}"


class MatchQuerySet(models.QuerySet["Match"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Matches for campaigns of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))


class Match(Errand):
    """One ranking for a campaign, by a worker: what it was asked, by which versions, and when."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    weights = models.ForeignKey(MatchWeights, on_delete=models.CASCADE, related_name="+")
    # Only members of this segment, by this wording; null: everybody whom the brand knows.
    segment = models.ForeignKey(
        SegmentVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Whose scores count; null: none do.
    score = models.ForeignKey(
        ScoreVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What one piece may cost, in the campaign's currency; null: nobody said.
    price_limit = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # As of when it was computed, and how the factors were computed; null and empty: not yet.
    as_of = models.DateTimeField(null=True, blank=True)
    formula = models.CharField(max_length=20, blank=True, default="")
    known = models.PositiveIntegerField(null=True, blank=True)
    candidates = models.PositiveIntegerField(null=True, blank=True)
    # {reason: creators}, as segmentation/matches/factors.py words them.
    left_out = models.JSONField(default=dict)
    # What else it was computed from: what results were shrunk to, and the like.
    inputs = models.JSONField(default=dict)

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_match_status", condition=Q(status__in=ErrandStatus.values)
            ),
            models.CheckConstraint(
                name="segmentation_match_computed",
                condition=Q(as_of=None, known=None, candidates=None)
                | Q(as_of__isnull=False, known__isnull=False, candidates__lte=F("known")),
            ),
            models.CheckConstraint(
                name="segmentation_match_price",
                condition=Q(price_limit=None) | Q(price_limit__gt=0),
            ),
        ]
        indexes = [
            # A campaign's matches, the newest first.
            models.Index(
                fields=["campaign", "-requested_at", "-id"], name="segmentation_match_list"
            ),
        ]

    def __str__(self) -> str:
        return f"match for {self.campaign_id}, {self.requested_at:%Y-%m-%d}"


class MatchRowQuerySet(models.QuerySet["MatchRow"]):
    def without_objectors(self) -> Self:
        """Those who have not objected to being judged by machines since the match was made."""
        return self.filter(relationship__unprofiled_at=None)


class MatchRow(models.Model):
    """One creator in a match: place, score and the factors it is made of."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, db_index=False, related_name="rows")
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    # null: was in the campaign already, and is shown for comparison.
    rank = models.PositiveIntegerField(null=True, blank=True)
    # From 0 to 100, over the factors that are known; null: none is.
    score = models.FloatField(null=True, blank=True)
    # The share of the weight whose factors were known.
    known = models.FloatField()
    # {factor: {value, points, n}}; a factor that is not known is left out.
    parts = models.JSONField()

    objects = MatchRowQuerySet.as_manager()

    class Meta:
        ordering = ["match", F("rank").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["match", "relationship"], name="segmentation_match_row_once"
            ),
            models.CheckConstraint(
                name="segmentation_match_row_valid",
                condition=(Q(rank=None) | Q(rank__gt=0))
                & (Q(score=None) | Q(score__range=(0, 100)))
                & Q(known__range=(0, 1.000001)),
            ),
        ]
        indexes = [
            # The ranking, page by page.
            models.Index(fields=["match", "rank", "id"], name="segmentation_match_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. of {self.match_id}"
