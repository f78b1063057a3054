"""What the rules ask about a person that nothing else on file answers, with its source and day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.choices import RuleFactKey
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RuleFactQuerySet(models.QuerySet["RuleFact"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Facts of the brands in which `user` has a role."""
        return self.filter(relationship__brand__in=Brand.objects.visible_to(user))


class RuleFact(models.Model):
    """One answer. The newest of a key counts; rows are added, never changed."""

    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    key = models.CharField(max_length=20, choices=RuleFactKey.choices)
    # As `services.registers.facts` writes it ("yes", "25.5", "DK"); empty: not known any more.
    value = models.CharField(max_length=120, blank=True, default="")
    # On which of the brand's days it was so, and how the brand knows.
    on = models.DateField()
    source = models.CharField(max_length=500)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = RuleFactQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "key", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_rule_fact_valid",
                condition=Q(key__in=RuleFactKey.values) & ~Q(source=""),
            ),
        ]
        indexes = [
            # The newest of each key of a creator.
            models.Index(fields=["relationship", "key", "-id"], name="campaigns_rule_fact_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()}: {self.value or 'not known'}"
