"""What a brand may do with content, where, on which channels and until when.

A right is never changed once it is written down, but for its start and its being taken back; the
database keeps that by a trigger. What was written down wrongly is taken back and written anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import RightAct, RightSource, StartTrigger, Usage
from campaigns.models.assets import Asset
from campaigns.models.deliverables import Deliverable
from campaigns.models.engagements import Engagement
from campaigns.models.offers import Offer
from crm.models import Brand, User

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

# What a use is called within a sentence.
USES: Mapping[str, str] = {
    Usage.ORGANIC: "organic use",
    Usage.PAID: "paid use",
    Usage.WHITELISTING: "whitelisting",
}


class UsageRightQuerySet(models.QuerySet["UsageRight"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rights of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def held(self) -> Self:
        """Those that were not taken back."""
        return self.filter(revoked_at=None)

    def in_force_on(self, day: date) -> Self:
        """Those that hold on one of the brand's days, the first and the last included."""
        return self.filter(
            Q(revoked_on=None) | Q(revoked_on__gt=day),
            Q(ends_on=None) | Q(ends_on__gte=day),
            starts_on__lte=day,
        )


class UsageRight(models.Model):
    """One kind of use, given by a creator for what they make in a campaign, or for one asset."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # For all that the creator makes in a campaign, or for one piece of it ...
    engagement = models.ForeignKey(
        Engagement, on_delete=models.CASCADE, null=True, blank=True, related_name="rights"
    )
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.CASCADE, null=True, blank=True, related_name="rights"
    )
    # ... or for one asset that came otherwise.
    asset = models.ForeignKey(
        Asset, on_delete=models.CASCADE, null=True, blank=True, related_name="rights"
    )
    # The right for all pieces, of which this is the one for a piece that was published.
    part_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="parts"
    )
    # The right that this one follows.
    renews = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="renewals"
    )

    usage = models.CharField(max_length=12, choices=Usage.choices)
    # ISO 3166-1 alpha-2; empty: worldwide. What was agreed in words that name no countries stands
    # in territory_words: then nobody knows where it holds.
    territory = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    territory_words = models.CharField(max_length=200, blank=True, default="")
    # Keys of platforms and of campaigns.services.rights.channels; empty: all. Words as above.
    channels = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    channels_words = models.CharField(max_length=200, blank=True, default="")

    trigger = models.CharField(max_length=12, choices=StartTrigger.choices)
    # The brand's days, both included; null: it has not started, or has no end (yet).
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # How long it holds from its start on, where no last day was named.
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    is_endless = models.BooleanField(default=False)

    is_exclusive = models.BooleanField(default=False)
    # null: nothing was said.
    may_edit = models.BooleanField(null=True, blank=True)
    credit = models.CharField(max_length=200, blank=True, default="")

    source = models.CharField(max_length=10, choices=RightSource.choices)
    # What it rests on, as people say it: "Contract 12, version 2".
    reference = models.CharField(max_length=200, blank=True, default="")
    offer = models.ForeignKey(
        Offer, on_delete=models.SET_NULL, null=True, blank=True, related_name="granted_rights"
    )
    # Of one written down by hand: who gave it, and where that can be seen.
    given_by = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=1_000, blank=True, default="")
    document_sha256 = models.CharField(max_length=64, blank=True, default="")
    document_name = models.CharField(max_length=255, blank=True, default="")
    document_type = models.CharField(max_length=120, blank=True, default="")

    granted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # Taken back: when, from which day on it holds no more, and why.
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_on = models.DateField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=500, blank=True, default="")
    revoked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = UsageRightQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_usage_choices",
                condition=Q(
                    usage__in=Usage.values,
                    trigger__in=StartTrigger.values,
                    source__in=RightSource.values,
                ),
            ),
            models.CheckConstraint(
                name="campaigns_usage_of_one",
                condition=Q(engagement__isnull=False, asset=None)
                | Q(engagement=None, deliverable=None, asset__isnull=False),
            ),
            # What starts with a publication belongs to something that is published.
            models.CheckConstraint(
                name="campaigns_usage_starts",
                condition=(~Q(trigger=StartTrigger.DAY) | Q(starts_on__isnull=False))
                & (~Q(trigger=StartTrigger.PUBLICATION) | Q(engagement__isnull=False)),
            ),
            # How long is said in one way, and the end is known once the start is.
            models.CheckConstraint(
                name="campaigns_usage_ends",
                condition=Q(is_endless=True, months=None, ends_on=None)
                | Q(is_endless=False, months=None, ends_on__isnull=False)
                | Q(is_endless=False, months__range=(1, 120), starts_on=None, ends_on=None)
                | Q(
                    is_endless=False,
                    months__range=(1, 120),
                    starts_on__isnull=False,
                    ends_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="campaigns_usage_order",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            # Words stand where countries or channels could not be read out of them.
            models.CheckConstraint(
                name="campaigns_usage_words",
                condition=(Q(territory_words="") | Q(territory=[]))
                & (Q(channels_words="") | Q(channels=[])),
            ),
            models.CheckConstraint(
                name="campaigns_usage_hand_seen",
                condition=~Q(source=RightSource.HAND) | ~Q(note=""),
            ),
            models.CheckConstraint(
                name="campaigns_usage_document",
                condition=Q(document_sha256="", document_name="", document_type="")
                | (
                    Q(document_sha256__regex="^[0-9a-f]{64}$")
                    & ~Q(document_name="")
                    & ~Q(document_type="")
                ),
            ),
            models.CheckConstraint(
                name="campaigns_usage_revoked",
                condition=Q(revoked_at=None, revoked_on=None, revoked_reason="")
                | (Q(revoked_at__isnull=False, revoked_on__isnull=False) & ~Q(revoked_reason="")),
            ),
            # A piece is published once: the right for it starts once.
            models.CheckConstraint(
                name="campaigns_usage_part",
                condition=Q(part_of=None) | Q(deliverable__isnull=False, starts_on__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["part_of", "deliverable"],
                condition=Q(part_of__isnull=False),
                name="campaigns_usage_part_once",
            ),
        ]
        indexes = [
            # My day, alerts and calendar feeds: what ends soon.
            models.Index(
                fields=["brand", "ends_on"],
                condition=Q(revoked_at=None, ends_on__isnull=False),
                name="campaigns_usage_ending",
            ),
            # The list of all rights, newest first.
            models.Index(fields=["brand", "-id"], name="campaigns_usage_list"),
        ]

    def __str__(self) -> str:
        return self.get_usage_display().partition(":")[0]

    @property
    def in_short(self) -> str:
        """Without anybody's name: "paid use of Morning light"."""
        campaign = self.engagement.campaign if self.engagement is not None else None
        return f"{USES[self.usage]} of {self.deliverable or self.asset or campaign}"


class RightEvent(models.Model):
    """What happened to a right, added only."""

    right = models.ForeignKey(UsageRight, on_delete=models.CASCADE, related_name="events")
    act = models.CharField(max_length=10, choices=RightAct.choices)
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    # The brand's day from which it counts.
    on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=1_000, blank=True, default="")

    class Meta:
        ordering = ["right", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_right_event_act", condition=Q(act__in=RightAct.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.right_id}: {self.act}"
