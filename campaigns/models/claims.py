"""What may be said about the brand's products: claims, and the words by which they are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import ClaimStatus
from crm.models import Brand, User

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Claims of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_force(self, on: date) -> Self:
        """Those that hold on a day and were not put away."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=on),
            Q(valid_until=None) | Q(valid_until__gte=on),
            archived_at=None,
        )


class Claim(models.Model):
    """A statement about a product, and whether it may be made."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    text = models.CharField(max_length=200)
    # Other words for the same: each is looked for as well.
    variants = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    category = models.CharField(max_length=80, blank=True, default="")
    product = models.CharField(max_length=120, blank=True, default="")
    status = models.CharField(max_length=9, choices=ClaimStatus.choices)
    # Why it is forbidden, or what has to be said beside it.
    reason = models.CharField(max_length=500, blank=True, default="")
    # What shows that it is true, and where that is kept; both or neither.
    evidence = models.CharField(max_length=500, blank=True, default="")
    evidence_place = models.CharField(max_length=300, blank=True, default="")
    # Keys of the packs of campaigns/disclosure; empty: everywhere.
    jurisdictions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    # The brand's days; null: always.
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    # Put away: it is looked for no more, but stays in every history.
    archived_at = models.DateTimeField(null=True, blank=True)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "text", "pk"]
        constraints = [
            # The same words may stand differently for another product: each once.
            models.UniqueConstraint(
                fields=["brand", "text", "product"],
                condition=Q(archived_at=None),
                name="campaigns_claim_once",
            ),
            models.CheckConstraint(
                name="campaigns_claim_valid",
                condition=Q(status__in=ClaimStatus.values) & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="campaigns_claim_forbidden_why",
                condition=~Q(status=ClaimStatus.FORBIDDEN) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="campaigns_claim_evidence_kept",
                condition=Q(evidence="", evidence_place="")
                | (~Q(evidence="") & ~Q(evidence_place="")),
            ),
            models.CheckConstraint(
                name="campaigns_claim_days",
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_until__gte=F("valid_from")),
            ),
        ]
        indexes = [
            # The list, and each scan of a text.
            models.Index(fields=["brand", "text", "id"], name="campaigns_claim_list"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_substantiated(self) -> bool:
        """Whether somebody wrote down what shows that it is true."""
        return self.evidence != ""

    @property
    def words(self) -> list[str]:
        """All wordings by which it is found."""
        return [self.text, *self.variants]
