"""The words of a brand's contracts, version by version, and what it agrees to as a rule."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.choices import ClauseWhen
from crm.models import Brand, User


class Clause(models.Model):
    """A clause as the brand words it: the newest version of a key counts.

    Where a brand has none of a key, the text that the product brings counts
    (campaigns/services/contracts/clauses.yaml). A version is added, never changed.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=40, db_index=False)
    number = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=120)
    text = models.TextField(max_length=5_000)
    when = models.CharField(max_length=12, choices=ClauseWhen.choices, default=ClauseWhen.ALWAYS)
    # False: the brand's contracts have no such clause any more.
    is_used = models.BooleanField(default=True)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["brand", "key", "number"]
        constraints = [
            # Also finds the newest version of each key.
            models.UniqueConstraint(
                fields=["brand", "key", "number"], name="campaigns_clause_once"
            ),
            models.CheckConstraint(
                name="campaigns_clause_said",
                condition=~Q(heading="") & ~Q(text="") & Q(when__in=ClauseWhen.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.heading}, version {self.number}"


class ContractRules(models.Model):
    """Who the brand is in contracts, what goes in as a rule, and when legal has to look at one."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    legal_name = models.CharField(max_length=200, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")
    # As "the laws of Denmark" says it: "Denmark".
    law = models.CharField(max_length=120, blank=True, default="")
    net_days = models.PositiveSmallIntegerField(default=30)
    revision_rounds = models.PositiveSmallIntegerField(default=2)
    review_days = models.PositiveSmallIntegerField(default=5)

    legal_always = models.BooleanField(default=False)
    # In the brand's currency, or any: an amount in another one is not converted.
    legal_above = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    legal_for_equity = models.BooleanField(default=True)
    legal_for_minors = models.BooleanField(default=True)
    legal_for_whitelisting = models.BooleanField(default=True)
    legal_for_special = models.BooleanField(default=True)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaigns_contract_rules_numbers",
                condition=Q(net_days__lte=180, revision_rounds__lte=20, review_days__range=(1, 60))
                & (Q(legal_above=None) | Q(legal_above__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"Contracts of {self.brand}"
