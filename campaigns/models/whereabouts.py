"""Where creators are, for how long, and how soon they can post; and their fast lane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from campaigns.choices import SaidBy
from campaigns.models.engagements import Engagement
from campaigns.models.guests import GuestLink
from crm.choices import PostKind
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

# A month: who needs longer cannot be said to post soon.
NOTICE_MAX = 24 * 31
LANE_HOURS_MAX = 40


class WhereaboutsRule(models.Model):
    """How long a brand keeps where somebody was; no row: the usual time."""

    brand = models.OneToOneField(
        Brand, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    # After its last day, or after it was said where it has none.
    keep_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaigns_whereabouts_keeps", condition=Q(keep_days__range=(1, 365))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.keep_days} days"

    @classmethod
    def of(cls, brand: Brand) -> WhereaboutsRule:
        """The brand's, or the usual one, not saved."""
        return cls.objects.filter(brand=brand).first() or cls(brand=brand)


class WhereaboutsQuerySet(models.QuerySet["Whereabouts"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Of creators of the brands in which `user` has a role."""
        return self.filter(relationship__brand__in=Brand.objects.visible_to(user))

    def on(self, day: date) -> Self:
        """What holds on a day, the first and the last included."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Whereabouts(models.Model):
    """Where somebody said that a creator is: never changed, what is said later holds."""

    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    # ISO 3166-1 alpha-2; empty: not said.
    country = models.CharField(max_length=2, blank=True, default="")
    # A city or region as people write it; compared by crm_fold.
    place = models.CharField(max_length=120, blank=True, default="")
    # They can post about a place without being there.
    is_remote = models.BooleanField(default=False)
    # Days, both included; null: until they say otherwise.
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # How long before they have to know; null: nobody said.
    notice_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    # What they can do at once; empty: nobody said.
    formats = ArrayField(
        models.CharField(max_length=20, choices=PostKind.choices), default=list, blank=True
    )
    source = models.CharField(max_length=7, choices=SaidBy.choices)
    said_at = models.DateTimeField()
    # Of the team; or the link by which the creator said so.
    said_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = WhereaboutsQuerySet.as_manager()

    class Meta:
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_whereabouts_said",
                condition=~Q(country="") | ~Q(place="") | Q(is_remote=True),
            ),
            models.CheckConstraint(
                name="campaigns_whereabouts_choices",
                condition=Q(source__in=SaidBy.values, formats__contained_by=PostKind.values),
            ),
            models.CheckConstraint(
                name="campaigns_whereabouts_order",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="campaigns_whereabouts_notice",
                condition=Q(notice_hours=None) | Q(notice_hours__lte=NOTICE_MAX),
            ),
        ]
        indexes = [
            # What holds of a creator: what was said last.
            models.Index(
                fields=["relationship", "-said_at", "-id"], name="campaigns_whereabouts_newest"
            ),
            # The task that erases what is over.
            models.Index(fields=["ends_on"], name="campaigns_whereabouts_over"),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.place or self.country or 'remote'}"


class FastLane(models.Model):
    """That the gates have less time for what a creator makes in a campaign, and why."""

    engagement = models.OneToOneField(
        Engagement, on_delete=models.CASCADE, related_name="fast_lane"
    )
    # Working hours that each gate has at most.
    gate_hours = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_fast_lane_valid",
                condition=Q(gate_hours__range=(1, LANE_HOURS_MAX)) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id}: {self.gate_hours} h"
