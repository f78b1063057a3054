"""The terms of an offer, version by version; what has gone out or come in is never changed.

That is the database's to keep, by triggers: neither a version that is fixed, nor its deliverables
and rights, can be changed or added to.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.choices import Compensation, ContentKind, Per, Side, Usage
from campaigns.models.offers import Offer
from campaigns.models.terms import NO_MONEY, term_constraints
from crm.choices import PostKind
from crm.models import Platform, User


class OfferVersion(models.Model):
    """What one side offered at a moment. Which terms a kind of compensation has: see terms.py."""

    offer = models.ForeignKey(
        Offer, on_delete=models.CASCADE, db_index=False, related_name="versions"
    )
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=6, choices=Side.choices)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # Since when it cannot be changed any more: it was sent, or it is the creator's.
    fixed_at = models.DateTimeField(null=True, blank=True)
    # Why it differs from the version before, for ourselves.
    reason = models.CharField(max_length=1_000, blank=True, default="")

    compensation = models.CharField(max_length=12, choices=Compensation.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    per = models.CharField(max_length=5, choices=Per.choices, blank=True, default="")
    # ISO 4217, of the amount and of the product's value.
    currency = models.CharField(max_length=3, blank=True, default="")
    product = models.CharField(max_length=200, blank=True, default="")
    product_value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # Commission, royalty or share in the company, as people say it: 12.5 is 12.5 %.
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    # How long an ambassadorship or a commission runs, or equity takes to vest.
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    event = models.CharField(max_length=200, blank=True, default="")
    event_on = models.DateField(null=True, blank=True)
    covers_travel = models.BooleanField(null=True, blank=True)

    exclusive_for = models.CharField(max_length=200, blank=True, default="")
    exclusive_months = models.PositiveSmallIntegerField(null=True, blank=True)
    # The last of the brand's days on which it can be accepted; null: no end was named.
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["offer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="campaigns_version_once"),
            # One draft at a time, and it is ours.
            models.UniqueConstraint(
                fields=["offer"], condition=Q(fixed_at=None), name="campaigns_version_one_draft"
            ),
            models.CheckConstraint(
                name="campaigns_version_side_valid",
                condition=Q(side=Side.OURS) | Q(side=Side.THEIRS, fixed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="campaigns_version_money_named",
                condition=(NO_MONEY & Q(currency=""))
                | (~NO_MONEY & Q(currency__regex="^[A-Z]{3}$")),
            ),
            models.CheckConstraint(
                name="campaigns_version_numbers_valid",
                condition=(Q(amount=None) | Q(amount__gt=0))
                & (Q(product_value=None) | Q(product_value__gte=0))
                & (Q(percent=None) | Q(percent__gt=0, percent__lte=100))
                & (Q(months=None) | Q(months__range=(1, 120))),
            ),
            models.CheckConstraint(
                name="campaigns_version_exclusive_whole",
                condition=Q(exclusive_for="", exclusive_months=None)
                | (
                    ~Q(exclusive_for="")
                    & Q(exclusive_months__isnull=False, exclusive_months__range=(1, 120))
                ),
            ),
            *term_constraints(),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}, version {self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.fixed_at is None


class OfferDeliverable(models.Model):
    """Something that the creator is to make, so many times."""

    version = models.ForeignKey(
        OfferVersion, on_delete=models.CASCADE, db_index=False, related_name="deliverables"
    )
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=ContentKind.choices)
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    form = models.CharField(max_length=20, choices=PostKind.choices)
    count = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="campaigns_deliverable_once"
            ),
            models.CheckConstraint(
                name="campaigns_deliverable_valid",
                condition=Q(
                    kind__in=ContentKind.values, form__in=PostKind.values, count__range=(1, 999)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} x {self.get_form_display()} on {self.platform_id}"


class OfferRight(models.Model):
    """A use of the content that the brand asks for: each kind has its own window."""

    version = models.ForeignKey(
        OfferVersion, on_delete=models.CASCADE, db_index=False, related_name="rights"
    )
    usage = models.CharField(max_length=12, choices=Usage.choices)
    # null: without end.
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    # As people say it ("Denmark and Sweden"); empty: everywhere, and on all channels.
    territory = models.CharField(max_length=200, blank=True, default="")
    channels = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["version", "usage"]
        constraints = [
            models.UniqueConstraint(fields=["version", "usage"], name="campaigns_right_once"),
            models.CheckConstraint(
                name="campaigns_right_valid",
                condition=Q(usage__in=Usage.values) & (Q(months=None) | Q(months__range=(1, 120))),
            ),
        ]

    def __str__(self) -> str:
        return self.usage
