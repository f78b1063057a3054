"""Creators of a segment who were put on a campaign's shortlist, and why these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from campaigns.models import Campaign, Engagement
from crm.models import Brand, User
from segmentation.models.segments import SegmentVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ActivationQuerySet(models.QuerySet["Activation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Activations for campaigns of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))


class Activation(models.Model):
    """A part of a campaign's plan: so many creators of a segment, chosen by stated criteria."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    # The segment as its rule was worded, and the moment as of which its members were taken.
    version = models.ForeignKey(SegmentVersion, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateTimeField()
    # How many were in it then, and how many of them could be proposed.
    members = models.PositiveIntegerField()
    candidates = models.PositiveIntegerField()
    # {criterion: weight}, as segmentation/selectors/activations.py names them.
    weights = models.JSONField()
    wanted = models.PositiveIntegerField()
    # In the campaign's currency; null: nobody said.
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # The playbook's limit when it was done (null: none), and the segment's share afterwards.
    maximum_share = models.FloatField(null=True, blank=True)
    share = models.FloatField()
    note = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    objects = ActivationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_activation_numbers",
                condition=Q(wanted__gt=0, candidates__lte=F("members"), share__range=(0, 1))
                & (Q(budget=None) | Q(budget__gt=0)),
            ),
            models.CheckConstraint(
                name="segmentation_activation_days",
                condition=Q(ends_on=None) | Q(starts_on__isnull=False, ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} for {self.campaign_id}"


class ActivationPick(models.Model):
    """One creator who was taken, with the place in the ranking and what it was made of."""

    activation = models.ForeignKey(
        Activation, on_delete=models.CASCADE, db_index=False, related_name="picks"
    )
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField()
    # From 0 to 1, over the criteria that are known; null: none is.
    score = models.FloatField(null=True, blank=True)
    # {criterion: [what it was, as it counts]}; a criterion that is not known has null for both.
    parts = models.JSONField()

    class Meta:
        ordering = ["activation", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["activation", "engagement"], name="segmentation_pick_once"
            ),
            models.CheckConstraint(
                name="segmentation_pick_valid",
                condition=Q(rank__gt=0) & (Q(score=None) | Q(score__range=(0, 1))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. of {self.activation_id}"
