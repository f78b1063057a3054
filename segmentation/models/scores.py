"""Scores: models in versions, what they were compared with, and the score of each creator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from crm.models import Brand, Creator, User
from segmentation.choices import ErrandStatus
from segmentation.models.errands import Errand

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ScoreModelQuerySet(models.QuerySet["ScoreModel"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Score models of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ScoreModel(Errand):
    """A score that a brand gives its creators, 0 to 100, by a definition in versions.

    As an errand it is one counting of all its creators, by a worker.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    # What a high score is to mean, in words.
    purpose = models.TextField(max_length=1_000)
    # By which creators are scored; null: nothing is counted yet.
    active_version = models.ForeignKey(
        "ScoreVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    # Of the last counting: as of when, by which version, and how many have a score.
    counted_at = models.DateTimeField(null=True, blank=True)
    counted_version = models.ForeignKey(
        "ScoreVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    scored = models.PositiveBigIntegerField(null=True, blank=True)
    unscored = models.PositiveBigIntegerField(null=True, blank=True)
    # {top, draws, noise, overlap, ...}: how the ranking stands when weights move; empty: unknown.
    stability = models.JSONField(default=dict)

    objects = ScoreModelQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="segmentation_score_once"),
            models.CheckConstraint(
                name="segmentation_score_named", condition=~Q(name="") & ~Q(purpose="")
            ),
            models.CheckConstraint(
                name="segmentation_score_status", condition=Q(status__in=ErrandStatus.values)
            ),
            models.CheckConstraint(
                name="segmentation_score_counted",
                condition=Q(counted_at=None, counted_version=None, scored=None, unscored=None)
                | Q(
                    counted_at__isnull=False,
                    counted_version__isnull=False,
                    scored__isnull=False,
                    unscored__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScoreVersion(models.Model):
    """One definition of a score; never changed after it was saved."""

    model = models.ForeignKey(
        ScoreModel, on_delete=models.CASCADE, db_index=False, related_name="versions"
    )
    number = models.PositiveIntegerField()
    # segmentation.scoring.definition says what it holds.
    definition = models.JSONField()
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Why it is as it is.
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    # When creators were first scored by it; null: a draft.
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["model", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "number"], name="segmentation_score_version_once"
            ),
            models.CheckConstraint(
                name="segmentation_score_version_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} v{self.number}"


class ScoreNorm(models.Model):
    """How a component's fact is spread among peers: what a percentile was compared with."""

    version = models.ForeignKey(
        ScoreVersion, on_delete=models.CASCADE, db_index=False, related_name="norms"
    )
    component = models.CharField(max_length=40)
    # What the peers are equal in, in the order of the component; empty: everybody.
    peers = ArrayField(models.CharField(max_length=120))
    # 101 values from the lowest to the highest, at equal steps.
    points = ArrayField(models.FloatField())
    # The same with the other sign, from the highest: a search in it counts from above.
    mirrored = ArrayField(models.FloatField())
    creators = models.BigIntegerField()
    as_of = models.DateTimeField()

    class Meta:
        ordering = ["version", "component", "peers"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "component", "peers"], name="segmentation_score_norm_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.component} {self.peers}"


class CreatorScoreQuerySet(models.QuerySet["CreatorScore"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Scores by models of the brands in which `user` has a role."""
        return self.filter(model__in=ScoreModel.objects.visible_to(user))


class CreatorScore(models.Model):
    """A creator's score from one counting that changed it to the next: closed-open, like stays."""

    pk = models.CompositePrimaryKey("model_id", "creator_id", "counted_at")
    model = models.ForeignKey(
        ScoreModel,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # No accessor, but a name by which a list of creators is sorted (segmentation/lists.py).
    creator = models.ForeignKey(
        Creator,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        related_query_name="held_score",
    )
    version = models.ForeignKey(
        ScoreVersion,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    counted_at = models.DateTimeField()
    # When another score took its place, or there was none any more; null: it holds.
    replaced_at = models.DateTimeField(null=True, blank=True)
    score = models.FloatField()
    # The share of the weight whose facts were known.
    known = models.FloatField()
    # Points of each component in the version's order, 0 to 100; null: its fact was not known.
    points = ArrayField(models.FloatField(null=True))

    objects = CreatorScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            # One that holds; also finds it for rules.
            models.UniqueConstraint(
                fields=["model", "creator"],
                condition=Q(replaced_at=None),
                name="segmentation_one_score",
            ),
            models.CheckConstraint(
                name="segmentation_score_order",
                condition=Q(replaced_at=None) | Q(replaced_at__gt=F("counted_at")),
            ),
            models.CheckConstraint(
                name="segmentation_score_range",
                condition=Q(score__gte=0, score__lte=100, known__gte=0, known__lte=1.000001),
            ),
        ]
        indexes = [
            # The ranking, page by page.
            models.Index(
                fields=["model", "-score", "-creator"],
                condition=Q(replaced_at=None),
                name="segmentation_score_rank",
            ),
            # What an erasure or a merge looks for.
            models.Index(fields=["creator"], name="segmentation_score_of"),
        ]

    def __str__(self) -> str:
        return f"{self.model_id}/{self.creator_id}: {self.score:.1f}"
