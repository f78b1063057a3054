"""Commissions: what a creator gets of each sale they brought, and what each run came to.

A run never looks at what it paid before as done: it writes down what each sale is worth now, less
what earlier runs wrote down for it. So a run twice is a run once, and a refund takes back its part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import ConversionKind
from campaigns.models.campaigns import Campaign
from campaigns.models.contracts import Contract
from campaigns.models.engagements import Engagement
from campaigns.models.payments import Payable
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CommissionQuerySet(models.QuerySet["Commission"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Commissions of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def for_list_page(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("campaign", "engagement__relationship__creator", "contract")


class Commission(models.Model):
    """That a creator gets so much of each sale in a campaign. What was agreed never changes."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="commissions"
    )
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="commissions")
    # The contract that agrees it; null: entered by hand.
    contract = models.OneToOneField(
        Contract, on_delete=models.CASCADE, null=True, blank=True, related_name="commission"
    )
    # What counts as a sale.
    kind = models.CharField(
        max_length=7, choices=ConversionKind.choices, default=ConversionKind.ORDER
    )
    currency = models.CharField(max_length=3)
    # Of the value that refunds left, or so much for each sale: one of the two.
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    each = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # The brand's days on which sales count; without a last one: until it is ended.
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # A sale counts when it is so many days old: goods may come back until then.
    wait_days = models.PositiveSmallIntegerField(default=30)
    # Less than this is carried to the next run.
    minimum = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    net_days = models.PositiveSmallIntegerField(default=30)
    # Why it was ended before its last day.
    end_reason = models.CharField(max_length=500, blank=True, default="")
    # Raised with each act: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = CommissionQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_commission_rate",
                condition=Q(percent__gt=0, percent__lte=100, each=None)
                | Q(percent=None, each__gt=0),
            ),
            models.CheckConstraint(
                name="campaigns_commission_money",
                condition=Q(
                    kind__in=ConversionKind.values, currency__regex="^[A-Z]{3}$", minimum__gte=0
                ),
            ),
            models.CheckConstraint(
                name="campaigns_commission_days",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")) | ~Q(end_reason=""),
            ),
        ]
        indexes = [
            # The list of a brand, the newest first; a run over all of them.
            models.Index(fields=["brand", "-id"], name="campaigns_commission_list"),
            # A campaign's money.
            models.Index(fields=["campaign", "id"], name="campaigns_commission_of"),
        ]

    def __str__(self) -> str:
        return f"commission {self.pk}"


class CommissionStatementQuerySet(models.QuerySet["CommissionStatement"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Statements of the brands in which `user` has a role."""
        return self.filter(commission__brand__in=Brand.objects.visible_to(user))


class CommissionStatement(models.Model):
    """What a run found for one commission: its lines, and whether an amount came of it. Kept."""

    commission = models.ForeignKey(
        Commission, on_delete=models.CASCADE, db_index=False, related_name="statements"
    )
    number = models.PositiveIntegerField()
    # Sales up to this of the brand's days count, as they were known at the moment.
    until = models.DateField()
    as_of = models.DateTimeField()
    # What was left of runs before, and what the lines of this one add up to; either may be below 0.
    carried = models.DecimalField(max_digits=14, decimal_places=2)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    # Sales whose value is not known, or has no rate: they wait, in sentences.
    waiting = models.JSONField(default=list)
    # null: too little, carried to the next run.
    payable = models.OneToOneField(
        Payable, on_delete=models.SET_NULL, null=True, blank=True, related_name="statement"
    )
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = CommissionStatementQuerySet.as_manager()

    class Meta:
        ordering = ["commission", "-number"]
        constraints = [
            # Also the list of a commission's statements. Two runs at once cannot both be the next.
            models.UniqueConstraint(
                fields=["commission", "number"], name="campaigns_statement_once"
            ),
            models.CheckConstraint(name="campaigns_statement_number", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"statement {self.number}"


class CommissionLine(models.Model):
    """One sale in a statement: what it is worth now, less what was written down for it before."""

    statement = models.ForeignKey(
        CommissionStatement, on_delete=models.CASCADE, db_index=False, related_name="lines"
    )
    # As the shop calls the sale. No foreign key: a file of sales can be taken back as a whole, and
    # the line that paid for it stays, and is taken back by the next run.
    sale = models.CharField(max_length=200)
    sold_at = models.DateTimeField()
    # What refunds left of the sale, in its own currency; null: the commission is for each sale.
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    value_currency = models.CharField(max_length=3, blank=True, default="")
    # By which rate it was converted, in words; empty: it was not.
    converted = models.CharField(max_length=200, blank=True, default="")
    # What the sale earns in all, what runs before wrote down, and so what this line is.
    earned = models.DecimalField(max_digits=14, decimal_places=2)
    before = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ["statement", "sold_at", "pk"]
        constraints = [
            # Also how the lines of a statement are found.
            models.UniqueConstraint(
                fields=["statement", "sale"], name="campaigns_statement_line_once"
            ),
            models.CheckConstraint(
                name="campaigns_statement_line_adds_up",
                condition=Q(amount=F("earned") - F("before"), earned__gte=0, before__gte=0)
                & ~Q(amount=0)
                & ~Q(sale=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sale}: {self.amount}"
