"""Rates of exchange by day, as a brand's finance uses them; a corrected one is kept beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rates of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that no other one took the place of."""
        return self.filter(replaced_at=None)


class ExchangeRate(models.Model):
    """What one unit of `base` is in `currency` on a day, and who says so."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    base = models.CharField(max_length=3)
    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.CharField(max_length=120)
    entered_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(default=timezone.now)
    # Since when another rate of the same day stands in its place.
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-day", "base", "currency"]
        constraints = [
            # Also how the newest rate up to a day is found.
            models.UniqueConstraint(
                fields=["brand", "base", "currency", "day"],
                condition=Q(replaced_at=None),
                name="campaigns_rate_once",
            ),
            models.CheckConstraint(
                name="campaigns_rate_valid",
                condition=Q(rate__gt=0, base__regex="^[A-Z]{3}$", currency__regex="^[A-Z]{3}$")
                & ~Q(base=F("currency"))
                & ~Q(source=""),
            ),
        ]
        indexes = [
            # The list, the newest day first.
            models.Index(fields=["brand", "-day", "-id"], name="campaigns_rate_list"),
        ]

    def __str__(self) -> str:
        return f"{self.pair} on {self.day}"

    @property
    def pair(self) -> str:
        """What one unit is."""
        return f"1 {self.base} = {self.rate.normalize():f} {self.currency}"
