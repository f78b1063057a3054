"""What published weights make of signs and of what is on file: authenticity, and trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from campaigns.models.readings import Reading, ReadingQuerySet, constraints_of, indexes_of
from crm.models import Brand, User

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


class PartsReading(Reading):
    """A reading with its parts, that says when they last were others than before."""

    # Each part with what it was read from, its points and what it adds.
    parts = models.JSONField()
    looked_at = models.DateTimeField()

    class Meta(Reading.Meta):
        abstract = True


LOOKED_AFTER = Q(looked_at__gte=F("read_at"))


class AuthenticityScore(PartsReading):
    """A creator's authenticity. `parts` is {accounts: [...]}, each with its signs."""

    objects = ReadingQuerySet["AuthenticityScore"].as_manager()

    class Meta(PartsReading.Meta):
        constraints = constraints_of("authentic", order=LOOKED_AFTER)
        indexes = indexes_of("authentic")


class TrustReading(PartsReading):
    """How far a brand can trust a creator. `parts` is {components: [...]}."""

    objects = ReadingQuerySet["TrustReading"].as_manager()

    class Meta(PartsReading.Meta):
        constraints = constraints_of("trust", order=LOOKED_AFTER)
        indexes = indexes_of("trust")
