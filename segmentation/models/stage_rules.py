"""Rules about the stages of a relationship: what entering and leaving asks, when to suggest a move.

Nothing here moves anybody: criteria make a move ask for a reason, suggestions wait for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from crm.choices import Stage
from crm.models import Brand, User
from segmentation.choices import StageRuleKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

CRITERIA = (StageRuleKind.ENTRY.value, StageRuleKind.EXIT.value)


class StageRuleQuerySet(models.QuerySet["StageRule"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rules of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class StageRule(models.Model):
    """What a brand asks at a stage; what exactly is in its versions. In use while one is open."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=StageRuleKind.choices)
    # The stage that is entered or left; of a suggestion the one in which creators are.
    stage = models.CharField(max_length=20, choices=Stage.choices)
    # Only of a suggestion: where to.
    to_stage = models.CharField(max_length=20, choices=Stage.choices, blank=True, default="")
    # Why, in words, as the board shows a suggestion: "3 organic mentions in 90 days".
    name = models.CharField(max_length=120, blank=True, default="")
    # For so long a suggestion that somebody dismissed stays quiet, while its rule stays true.
    quiet_days = models.PositiveSmallIntegerField(default=90)
    # Which of the ready rules it comes from; empty where the brand wrote it.
    origin = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField()

    objects = StageRuleQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "kind", "stage", "pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_stage_rule_kind", condition=Q(kind__in=StageRuleKind.values)
            ),
            models.CheckConstraint(
                name="segmentation_stage_rule_stage", condition=Q(stage__in=Stage.values)
            ),
            models.CheckConstraint(
                name="segmentation_stage_rule_shape",
                condition=Q(kind__in=CRITERIA, to_stage="")
                | Q(kind=StageRuleKind.SUGGEST, to_stage__in=Stage.values)
                & ~Q(to_stage=models.F("stage"))
                & ~Q(name=""),
            ),
            # One checklist for each way in and each way out.
            models.UniqueConstraint(
                fields=["brand", "kind", "stage"],
                condition=Q(kind__in=CRITERIA),
                name="segmentation_stage_criteria_once",
            ),
            models.UniqueConstraint(
                fields=["brand", "name"],
                condition=Q(kind=StageRuleKind.SUGGEST),
                name="segmentation_stage_suggestion_named_once",
            ),
            models.CheckConstraint(
                name="segmentation_stage_rule_quiet", condition=Q(quiet_days__range=(1, 3650))
            ),
        ]

    def __str__(self) -> str:
        if self.kind == StageRuleKind.SUGGEST:
            return self.name
        verb = "enter" if self.kind == StageRuleKind.ENTRY else "leave"
        return f"To {verb} {Stage(self.stage).label}"


class StageRuleVersion(models.Model):
    """One wording of a rule about a stage, never changed: in use from, and until if it is over."""

    stage_rule = models.ForeignKey(StageRule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.JSONField(help_text="The rule language, JSON version 1.")
    rule_text = models.TextField(help_text="The same rule in text notation.")
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True, default="")
    used_from = models.DateTimeField()
    used_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["stage_rule", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage_rule", "number"], name="segmentation_stage_version_once"
            ),
            models.UniqueConstraint(
                fields=["stage_rule"],
                condition=Q(used_until=None),
                name="segmentation_stage_version_one_in_use",
            ),
            models.CheckConstraint(
                name="segmentation_stage_version_order",
                condition=Q(used_until=None) | Q(used_until__gte=models.F("used_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_rule_id} v{self.number}"
