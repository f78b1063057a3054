"""The pause switch: a creator, or everything of a brand, stands still until somebody lifts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from crm.models.brands import Brand, User
from crm.models.incidents import Incident
from crm.models.relationships import Relationship

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.contrib.auth.models import AnonymousUser

M = TypeVar("M", bound=models.Model)


def _day(day: date, today: date) -> str:
    return f"{day:%-d %B}" if day.year == today.year else f"{day:%-d %B %Y}"


class HoldQuerySet(models.QuerySet[M]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Holds of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_force(self, at: datetime) -> Self:
        """Those that hold at a moment."""
        return self.filter(
            Q(until=None) | Q(until__gt=at),
            Q(lifted_at=None) | Q(lifted_at__gt=at),
            since__lte=at,
        )


class HoldsOfCreators(HoldQuerySet["Hold"]):
    def on(self, brand: Brand, relationship_id: int | None) -> Self:
        """On everything of the brand, which comes first, and on one of its creators."""
        which = Q(relationship=None)
        if relationship_id is not None:
            which |= Q(relationship=relationship_id)
        first = F("relationship").asc(nulls_first=True)
        return self.filter(which, brand=brand).order_by(first, "-since", "-pk")


class Holding(models.Model):
    """What every hold has: who paused, why, since when, and how it ended."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # For the team; the creator is told only that things stand still.
    reason = models.CharField(max_length=500)
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField()
    # It ends by itself; null: somebody lifts it.
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    # Null with a moment: it ran out.
    lifted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lifted_because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        abstract = True
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_said", condition=~Q(reason="")),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_order",
                condition=(Q(until=None) | Q(until__gt=F("since")))
                & (Q(lifted_at=None, lifted_because="") | Q(lifted_at__gte=F("since"))),
            ),
        ]

    def __str__(self) -> str:
        return f"hold since {self.since:%Y-%m-%d}"

    @property
    def subject(self) -> str:
        """What stands still, in words."""
        raise NotImplementedError

    def words(self, today: date) -> str:
        """What stands still since when, why and until when, as a sentence for the team."""
        zone = ZoneInfo(self.brand.timezone)
        since = self.since.astimezone(zone).date()
        said = f"{self.subject} has been paused since {_day(since, today)}"
        if self.until is not None:
            said += f" and until {self.until.astimezone(zone):%-d %B %Y, %H:%M}"
        return f"{said}: {self.reason.rstrip('.')}."


class Hold(Holding):
    """On a creator; without one: on everything of the brand."""

    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, null=True, blank=True, related_name="holds"
    )

    objects = HoldsOfCreators.as_manager()

    class Meta(Holding.Meta):
        abstract = False
        constraints = [
            *Holding.Meta.constraints,
            # One open hold on each: asked for each mail that leaves.
            models.UniqueConstraint(
                fields=["brand", "relationship"],
                condition=Q(lifted_at=None),
                nulls_distinct=False,
                name="crm_hold_one_open",
            ),
        ]
        indexes = [
            # The page of holds, newest first.
            models.Index(fields=["brand", "-since", "-id"], name="crm_hold_list"),
        ]

    @property
    def subject(self) -> str:
        """What stands still, in words."""
        if self.relationship is None:
            return f"Everything of {self.brand}"
        return f"Work with {self.relationship.creator.name}"
