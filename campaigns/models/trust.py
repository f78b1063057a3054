"""What published weights make of signs and of what is on file: authenticity, and trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_MOST = [MaxValueValidator(100)]


class TrustWeightsQuerySet(models.QuerySet["TrustWeights"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Weights of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class TrustWeights(models.Model):
    """How a brand weighs trust, as a version with a date; never changed after it was saved.

    Without a row the published weights hold.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    consistency = models.PositiveSmallIntegerField(validators=_MOST)
    disclosure = models.PositiveSmallIntegerField(validators=_MOST)
    sentiment = models.PositiveSmallIntegerField(validators=_MOST)
    incidents = models.PositiveSmallIntegerField(validators=_MOST)
    reliability = models.PositiveSmallIntegerField(validators=_MOST)
    # Below this authenticity somebody should look before an offer goes out.
    authenticity_below = models.PositiveSmallIntegerField(validators=_MOST)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    objects = TrustWeightsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "trust weights"
        ordering = ["brand", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "number"], name="campaigns_trust_weights_once"
            ),
            models.CheckConstraint(
                name="campaigns_trust_weights_valid",
                condition=Q(
                    number__gte=1,
                    consistency__lte=100,
                    disclosure__lte=100,
                    sentiment__lte=100,
                    incidents__lte=100,
                    reliability__lte=100,
                    authenticity_below__lte=100,
                )
                & (
                    Q(consistency__gt=0)
                    | Q(disclosure__gt=0)
                    | Q(sentiment__gt=0)
                    | Q(incidents__gt=0)
                    | Q(reliability__gt=0)
                )
                & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand_id} version {self.number}"


class AuthenticityScoreQuerySet(models.QuerySet["AuthenticityScore"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Scores for the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def current(self) -> Self:
        """The newest of each creator."""
        return self.filter(superseded_at=None)


class AuthenticityScore(models.Model):
    """A creator's authenticity for a brand as of a moment. A new one closes the one before."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    # Since when it comes to this, to a point.
    read_at = models.DateTimeField()
    # When the numbers were last computed and were others than before.
    looked_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    # From 0 to 100; null: too little can be told.
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    # {accounts: [...]}: each account with its score and every sign's part of it.
    parts = models.JSONField()
    weights = models.CharField(max_length=20)
    # SHA-256 of score and points, rounded: the same is renewed, not written again.
    digest = models.CharField(max_length=64)

    objects = AuthenticityScoreQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "-read_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(superseded_at=None),
                name="campaigns_authentic_one_current",
            ),
            models.CheckConstraint(
                name="campaigns_authentic_valid",
                condition=(Q(score=None) | Q(score__gte=0, score__lte=100))
                & Q(digest__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="campaigns_authentic_order",
                condition=Q(looked_at__gte=F("read_at"))
                & (Q(superseded_at=None) | Q(superseded_at__gte=F("read_at"))),
            ),
        ]
        indexes = [
            # The list: one for each creator of a brand, the lowest first.
            models.Index(
                fields=["brand", "score", "id"],
                condition=Q(superseded_at=None),
                name="campaigns_authentic_list",
            ),
            # What counted at a moment, for facts.
            models.Index(fields=["relationship", "-read_at", "-id"], name="campaigns_authentic_at"),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.score}"


class TrustReadingQuerySet(models.QuerySet["TrustReading"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Readings of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def current(self) -> Self:
        """The newest of each creator."""
        return self.filter(superseded_at=None)


class TrustReading(models.Model):
    """How far a brand can trust a creator as of a moment. A new one closes the one before."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    # Since when it comes to this, to a point.
    read_at = models.DateTimeField()
    # When the numbers were last computed and were others than before.
    looked_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    # From 0 to 100; null: too little is known.
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    # {components: [...]}: what each was read from, its points and what it adds.
    parts = models.JSONField()
    # The version by which it was reckoned: the published one, or the brand's own.
    weights = models.CharField(max_length=20)
    # SHA-256 of score and points, rounded: the same is renewed, not written again.
    digest = models.CharField(max_length=64)

    objects = TrustReadingQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "-read_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(superseded_at=None),
                name="campaigns_trust_one_current",
            ),
            models.CheckConstraint(
                name="campaigns_trust_valid",
                condition=(Q(score=None) | Q(score__gte=0, score__lte=100))
                & Q(digest__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="campaigns_trust_order",
                condition=Q(looked_at__gte=F("read_at"))
                & (Q(superseded_at=None) | Q(superseded_at__gte=F("read_at"))),
            ),
        ]
        indexes = [
            # The list: one for each creator of a brand, the lowest first.
            models.Index(
                fields=["brand", "score", "id"],
                condition=Q(superseded_at=None),
                name="campaigns_trust_list",
            ),
            # What counted at a moment, for facts.
            models.Index(fields=["relationship", "-read_at", "-id"], name="campaigns_trust_at"),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.score}"
