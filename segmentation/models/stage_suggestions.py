"""Moves that rules suggest and people decide about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from crm.choices import Stage
from crm.models import Brand, Relationship, User
from segmentation.choices import SuggestionStatus
from segmentation.models.stage_rules import StageRuleVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# While one of these stands, the same move is not suggested again.
LIVE = (SuggestionStatus.OPEN.value, SuggestionStatus.DISMISSED.value)


class StageSuggestionQuerySet(models.QuerySet["StageSuggestion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Suggestions in the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that wait for an answer, of creators who do not object to being sorted."""
        return self.filter(status=SuggestionStatus.OPEN, relationship__unprofiled_at=None)

    def of_the_willing(self) -> Self:
        """Without what would wait for creators who object since: the next look withdraws it."""
        return self.exclude(status=SuggestionStatus.OPEN, relationship__unprofiled_at__isnull=False)


class StageSuggestion(models.Model):
    """That a rule would move a creator: when, by which version, and what it read of them.

    Written by segmentation/services/stage_suggestions.py in one statement for many.
    """

    # That of the relationship: the day and the board ask by brand.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(StageRuleVersion, on_delete=models.CASCADE, related_name="+")
    from_stage = models.CharField(max_length=20, choices=Stage.choices)
    to_stage = models.CharField(max_length=20, choices=Stage.choices)
    # What the rule read when the suggestion was made: {name: value}, in the order of the rule.
    evidence = models.JSONField()
    status = models.CharField(
        max_length=10,
        choices=SuggestionStatus.choices,
        db_default=SuggestionStatus.OPEN.value,
        default=SuggestionStatus.OPEN,
    )
    suggested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    # Of a dismissed one: it may come again then, or once its rule was not true in between.
    quiet_until = models.DateTimeField(null=True, blank=True)

    objects = StageSuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-suggested_at", "-pk"]
        verbose_name_plural = "suggestions of stages"
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "to_stage"],
                condition=Q(status__in=LIVE),
                name="segmentation_one_live_suggestion",
            ),
            models.CheckConstraint(
                name="segmentation_suggestion_status",
                condition=Q(status__in=SuggestionStatus.values),
            ),
            models.CheckConstraint(
                name="segmentation_suggestion_closed",
                condition=Q(status=SuggestionStatus.OPEN, closed_at=None)
                | ~Q(status=SuggestionStatus.OPEN) & Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="segmentation_suggestion_quiet",
                condition=Q(status=SuggestionStatus.DISMISSED, quiet_until__isnull=False)
                | ~Q(status=SuggestionStatus.DISMISSED) & Q(quiet_until=None),
            ),
        ]
        indexes = [
            # My day and the list: what waits in a brand, oldest first.
            models.Index(
                fields=["brand", "suggested_at", "id"],
                condition=Q(status=SuggestionStatus.OPEN),
                name="segmentation_suggested",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.from_stage} to {self.to_stage}"
