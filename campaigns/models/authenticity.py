"""Signs that an account's numbers may not come from its audience, and what people said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from campaigns.choices import Flag
from crm.models import Brand, Profile, Relationship, User

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser


class AuthenticityReadingQuerySet(models.QuerySet["AuthenticityReading"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Of accounts of creators whom a brand of `user` knows."""
        known = Relationship.objects.visible_to(user)
        return self.filter(profile__creator__in=known.values("creator"))

    def current(self) -> Self:
        """The newest of each account."""
        return self.filter(superseded_at=None)


class AuthenticityReading(models.Model):
    """What the thresholds made of an account's numbers; another outcome closes the one before.

    The same signs with newer numbers stay one row: an import a day would else add one a day. The
    numbers of accounts are shared by all brands, and so is what follows from them.
    """

    # Also how the rows of an account are found.
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Since when the same signs are raised, and the same cannot be told.
    read_at = models.DateTimeField()
    # When the numbers were last looked at and were others than before.
    looked_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    raised = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    unknown = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # Every flag with state, numbers, threshold, source and day: campaigns.authenticity.Seen.
    flags = models.JSONField()
    thresholds = models.CharField(max_length=20)
    # SHA-256 of what came out: the same is not written again.
    digest = models.CharField(max_length=64)

    objects = AuthenticityReadingQuerySet.as_manager()

    class Meta:
        ordering = ["profile", "-read_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile"],
                condition=Q(superseded_at=None),
                name="campaigns_authenticity_one_current",
            ),
            models.CheckConstraint(
                name="campaigns_authenticity_valid",
                condition=Q(
                    raised__contained_by=Flag.values,
                    unknown__contained_by=Flag.values,
                    digest__regex="^[0-9a-f]{64}$",
                ),
            ),
            models.CheckConstraint(
                name="campaigns_authenticity_order",
                condition=Q(looked_at__gte=F("read_at"))
                & (Q(superseded_at=None) | Q(superseded_at__gte=F("read_at"))),
            ),
        ]
        indexes = [
            # What counted at a moment, for facts.
            models.Index(fields=["profile", "-read_at", "-id"], name="campaigns_authenticity_at"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {', '.join(self.raised) or 'none'}"


class FlagDismissalQuerySet(models.QuerySet["FlagDismissal"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Dismissals of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_force(self, at: datetime) -> Self:
        """Those that count at a moment."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), since__lte=at, until__gt=at)


class FlagDismissal(models.Model):
    """A person explains a flag, until a day: it is shown with the words, and counts no more."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    flag = models.CharField(max_length=20, choices=Flag.choices)
    reason = models.CharField(max_length=500)
    since = models.DateTimeField()
    until = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    # Null with a moment: another one took its place, or it ran out.
    ended_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = FlagDismissalQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "profile", "flag"],
                condition=Q(ended_at=None),
                name="campaigns_flag_one_dismissal",
            ),
            models.CheckConstraint(
                name="campaigns_flag_dismissal_valid",
                condition=Q(flag__in=Flag.values, until__gt=F("since"))
                & ~Q(reason="")
                & (Q(ended_at=None) | Q(ended_at__gte=F("since"))),
            ),
        ]
        indexes = [
            # Of a creator at a moment: the panel, and facts.
            models.Index(
                fields=["relationship", "-since", "-id"], name="campaigns_flag_dismissal_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.flag} until {self.until:%Y-%m-%d}"
