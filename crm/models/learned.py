"""Models that a brand's own decisions taught: numbers only, each with how well it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from crm.choices import LearnedStatus, LearnedTask
from crm.models.brands import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


# On a page, of each task; over REST there are all of them.
SHOWN = 30


class LearnedModelQuerySet(models.QuerySet["LearnedModel"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Models of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def to_show(self) -> Self:
        """The newest SHOWN of each task and what is in use, newest first, without their weights."""
        newest = Window(
            RowNumber(), partition_by=[F("brand"), F("task")], order_by=F("number").desc()
        )
        rows = self.annotate(place=newest).filter(Q(place__lte=SHOWN) | Q(is_used=True))
        return rows.defer("weights").order_by("-number")


class LearnedModel(models.Model):
    """What was learned from a brand's own decisions, as plain numbers; refused ones are kept too.

    labels  decisions that it was trained on; `held_out` others, on which it was tried
    score   macro-F1 on those held out; `score_before` is that of what was in use till then
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    task = models.CharField(max_length=20, choices=LearnedTask.choices)
    number = models.PositiveIntegerField()
    is_used = models.BooleanField(default=False)
    labels = models.PositiveIntegerField()
    held_out = models.PositiveIntegerField()
    score = models.FloatField()
    score_before = models.FloatField()
    # Of the decisions that it was trained on: the same ones need no second training.
    digest = models.CharField(max_length=64)
    # Terms with weights, and the versions of libraries (crm/services/learning/weighing.py).
    weights = models.JSONField()
    trained_at = models.DateTimeField()

    objects = LearnedModelQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "task", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "task", "number"], name="crm_learned_model_once"
            ),
            models.UniqueConstraint(
                fields=["brand", "task"], condition=Q(is_used=True), name="crm_learned_one_used"
            ),
            models.CheckConstraint(
                name="crm_learned_valid",
                condition=Q(
                    task__in=LearnedTask.values,
                    score__range=(0, 1),
                    score_before__range=(0, 1),
                    number__gte=1,
                    held_out__gte=1,
                )
                # No worse one is ever used.
                & (Q(is_used=False) | Q(score__gte=F("score_before"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.number}"

    @property
    def status(self) -> LearnedStatus:
        """Whether it is in use, and why not."""
        return LearnedStatus.of(self.score, self.score_before, is_used=self.is_used)
