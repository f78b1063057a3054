"""What a person put off on their day, and what a brand calls too long and too many in a stage."""

from __future__ import annotations

from django.db import models

from crm.choices import Stage
from crm.models.brands import Brand, User


class Snooze(models.Model):
    """A row of somebody's day that stays away until a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    # Which list of the day (crm.day), and which of its rows.
    source = models.CharField(max_length=40)
    row = models.BigIntegerField()
    until = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "brand", "source", "row"], name="crm_snooze_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.row} until {self.until}"


class StageLimit(models.Model):
    """After how many days a card without a plan stalls in a stage, and how many are too many."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    # None: creators never stall there.
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    # None: as many as there are. A hint on the board; it refuses nobody.
    cards = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "stage"], name="crm_stage_limit_once"),
            models.CheckConstraint(
                name="crm_stage_limit_stage_valid", condition=models.Q(stage__in=Stage.values)
            ),
            models.CheckConstraint(
                name="crm_stage_limit_days_valid",
                condition=models.Q(days=None) | models.Q(days__range=(1, 3650)),
            ),
            models.CheckConstraint(
                name="crm_stage_limit_cards_valid",
                condition=models.Q(cards=None) | models.Q(cards__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.days}"
