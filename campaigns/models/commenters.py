"""Who comments below the posts of an account, as a brand's comments tell: signs, and ties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from campaigns.choices import Flag
from crm.models import Brand, Profile, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CommenterReadingQuerySet(models.QuerySet["CommenterReading"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Readings of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def current(self) -> Self:
        """The newest of each account."""
        return self.filter(superseded_at=None)


class CommenterReading(models.Model):
    """What a brand's comments say of who comments; another outcome closes the one before.

    Beside AuthenticityReading, which all brands share: comments belong to the brand that took
    them in.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    # Since when the same signs are raised, and the same cannot be told.
    read_at = models.DateTimeField()
    # When the numbers were last looked at and were others than before.
    looked_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    raised = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    unknown = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # As AuthenticityReading keeps them.
    flags = models.JSONField()
    thresholds = models.CharField(max_length=20)
    # SHA-256 of what came out: the same is not written again.
    digest = models.CharField(max_length=64)

    objects = CommenterReadingQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "profile", "-read_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "profile"],
                condition=Q(superseded_at=None),
                name="campaigns_commenters_one_current",
            ),
            models.CheckConstraint(
                name="campaigns_commenters_valid",
                condition=Q(
                    raised__contained_by=Flag.values,
                    unknown__contained_by=Flag.values,
                    digest__regex="^[0-9a-f]{64}$",
                ),
            ),
            models.CheckConstraint(
                name="campaigns_commenters_order",
                condition=Q(looked_at__gte=F("read_at"))
                & (Q(superseded_at=None) | Q(superseded_at__gte=F("read_at"))),
            ),
        ]
        indexes = [
            # What counted at a moment, for facts.
            models.Index(
                fields=["brand", "profile", "-read_at", "-id"], name="campaigns_commenters_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {', '.join(self.raised) or 'none'}"


class CommentTieQuerySet(models.QuerySet["CommentTie"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Ties that were found in comments of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class CommentTie(models.Model):
    """Two accounts that comment below each other's posts: derived, found anew each night.

    The numbers are posts of the one with a comment of the other's account.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # The one with the smaller number comes first, so that a pair is one row.
    one = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    # Posts of `other` on which `one` commented, and the other way round.
    there = models.PositiveIntegerField(default=0)
    back = models.PositiveIntegerField(default=0)
    # Writers who comment again and again below posts of both.
    writers = models.PositiveIntegerField(default=0)

    objects = CommentTieQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "one", "other"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "one", "other"], name="campaigns_comment_tie_once"
            ),
            models.CheckConstraint(
                name="campaigns_comment_tie_valid",
                condition=Q(one__lt=F("other"))
                & (Q(there__gt=0) | Q(back__gt=0) | Q(writers__gt=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}"
