"""What creators stand for, what shows it, and what was given: causes, evidence, donations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.models.campaigns import Campaign
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# A file is there with its hash and its size, or not at all.
_FILE = Q(file_name="", file_sha256="", file_size=None) | (
    ~Q(file_name="") & Q(file_sha256__regex="^[0-9a-f]{64}$", file_size__gt=0)
)
_SHOWN = ~Q(url="") | ~Q(file_sha256="")


class CauseTagQuerySet(models.QuerySet["CauseTag"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Tags of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that nobody took away."""
        return self.filter(removed_at=None)


class CauseTag(models.Model):
    """That a creator stands for a cause, as somebody of the brand says."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    # A key of campaigns/causes/data/causes.yaml.
    cause = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CauseTagQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "cause", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "cause"],
                condition=Q(removed_at=None),
                name="campaigns_cause_once",
            ),
            models.CheckConstraint(name="campaigns_cause_named", condition=~Q(cause="")),
            models.CheckConstraint(
                name="campaigns_cause_order",
                condition=Q(removed_at=None) | Q(removed_at__gte=F("created_at")),
            ),
        ]
        indexes = [
            # Creators of a cause; the report counts them.
            models.Index(
                fields=["brand", "cause", "id"],
                condition=Q(removed_at=None),
                name="campaigns_cause_list",
            ),
            # Of a creator.
            models.Index(fields=["relationship", "cause"], name="campaigns_cause_of"),
        ]

    def __str__(self) -> str:
        return self.cause


class CauseEvidence(models.Model):
    """What shows that a creator stands for a cause: a link or a file, and of which day."""

    tag = models.ForeignKey(CauseTag, on_delete=models.CASCADE, related_name="evidence")
    what = models.CharField(max_length=300)
    # The brand's day of what it shows.
    on = models.DateField()
    url = models.CharField(max_length=500, blank=True, default="")
    # Kept by its hash.
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_type = models.CharField(max_length=120, blank=True, default="")
    file_size = models.PositiveIntegerField(null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["tag", "-on", "-pk"]
        verbose_name_plural = "evidence of causes"
        constraints = [
            models.CheckConstraint(name="campaigns_cause_evidence_file", condition=_FILE),
            models.CheckConstraint(
                name="campaigns_cause_evidence_shown", condition=_SHOWN & ~Q(what="")
            ),
        ]

    def __str__(self) -> str:
        return self.what


class DonationQuerySet(models.QuerySet["Donation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Donations of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that nobody took back."""
        return self.filter(withdrawn_at=None)


class Donation(models.Model):
    """Money that went to a cause, with what proves it. Never changed: taken back with a reason."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    cause = models.CharField(max_length=40)
    recipient = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    # The brand's day on which it was paid.
    on = models.DateField()
    note = models.CharField(max_length=500, blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    # The receipt, kept by its hash.
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_type = models.CharField(max_length=120, blank=True, default="")
    file_size = models.PositiveIntegerField(null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_why = models.CharField(max_length=500, blank=True, default="")

    objects = DonationQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_donation_valid",
                condition=Q(amount__gt=0, currency__regex="^[A-Z]{3}$")
                & ~Q(recipient="")
                & ~Q(cause=""),
            ),
            models.CheckConstraint(name="campaigns_donation_file", condition=_FILE),
            models.CheckConstraint(name="campaigns_donation_proved", condition=_SHOWN),
            models.CheckConstraint(
                name="campaigns_donation_withdrawn",
                condition=Q(withdrawn_at=None, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
            ),
        ]
        indexes = [
            # The list and the report, the newest first.
            models.Index(fields=["brand", "-on", "-id"], name="campaigns_donation_list"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} to {self.recipient}"
