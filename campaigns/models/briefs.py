"""Briefs: what creators of a campaign are asked for, version by version, and who said yes to it.

A version that was approved is never changed, nor is what somebody accepted or decided: that is the
database's to keep, by triggers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.choices import BriefGate, BriefState
from campaigns.models.acceptances import Acceptance
from campaigns.models.campaigns import Campaign
from campaigns.models.engagements import Engagement
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# What can still become the brief of a campaign.
OPEN_BRIEF_STATES = (BriefState.DRAFT, BriefState.SUBMITTED)


class BriefQuerySet(models.QuerySet["Brief"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Briefs of campaigns of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))


class Brief(models.Model):
    """The brief of a campaign: one for all of its creators, and one for a segment at most."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="briefs"
    )
    # Of an app above this one; empty: for everybody who has none of their own.
    segment = models.CharField(max_length=60, blank=True, default="")
    segment_name = models.CharField(max_length=120, blank=True, default="")
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = BriefQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "segment"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "segment"], name="campaigns_brief_once"),
            models.CheckConstraint(
                name="campaigns_brief_segment_named",
                condition=Q(segment="", segment_name="") | (~Q(segment="") & ~Q(segment_name="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Brief for {self.segment_name or 'all creators'}"


class BriefVersion(models.Model):
    """What the brief says: a document of campaigns/services/briefs/document.py."""

    brief = models.ForeignKey(
        Brief, on_delete=models.CASCADE, db_index=False, related_name="versions"
    )
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=BriefState.choices, default=BriefState.DRAFT)
    state_since = models.DateTimeField(default=timezone.now)
    document = models.JSONField()
    # SHA-256 of the document's canonical JSON, in hexadecimal: what is approved and accepted.
    digest = models.CharField(max_length=64)
    # Why it differs from the version before.
    reason = models.CharField(max_length=500, blank=True, default="")
    # It holds claims that need evidence: legal is asked too.
    needs_legal = models.BooleanField(default=False)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # Since when it is never changed.
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["brief", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "number"], name="campaigns_brief_version_once"
            ),
            # One at a time is written or waits, and one at a time holds.
            models.UniqueConstraint(
                fields=["brief"],
                condition=Q(state__in=[state.value for state in OPEN_BRIEF_STATES]),
                name="campaigns_brief_one_open",
            ),
            models.UniqueConstraint(
                fields=["brief"],
                condition=Q(state=BriefState.APPROVED),
                name="campaigns_brief_one_approved",
            ),
            models.CheckConstraint(
                name="campaigns_brief_version_valid",
                condition=Q(
                    state__in=BriefState.values, number__gte=1, digest__regex="^[0-9a-f]{64}$"
                ),
            ),
            models.CheckConstraint(
                name="campaigns_brief_version_steps",
                condition=Q(state=BriefState.DRAFT, approved_at=None, submitted_at=None)
                | Q(state=BriefState.SUBMITTED, approved_at=None, submitted_at__isnull=False)
                | Q(
                    state__in=[BriefState.APPROVED, BriefState.SUPERSEDED],
                    submitted_at__isnull=False,
                    approved_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            # My day: what waits for an approval, longest first.
            models.Index(
                fields=["state_since"],
                condition=Q(state=BriefState.SUBMITTED),
                name="campaigns_brief_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brief}, version {self.number}"

    @property
    def is_fixed(self) -> bool:
        """Whether it was approved, and is never changed."""
        return self.approved_at is not None


class BriefDecision(models.Model):
    """Somebody said yes or no to a version, for the brand or for legal."""

    version = models.ForeignKey(BriefVersion, on_delete=models.CASCADE, related_name="decisions")
    gate = models.CharField(max_length=5, choices=BriefGate.choices)
    is_yes = models.BooleanField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=1_000, blank=True, default="")
    # Of what they saw.
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["version", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_brief_decision_valid",
                condition=Q(gate__in=BriefGate.values, digest__regex="^[0-9a-f]{64}$"),
            ),
            # Nobody sends a brief back without a word.
            models.CheckConstraint(
                name="campaigns_brief_decision_reasoned", condition=Q(is_yes=True) | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_gate_display()}: {'yes' if self.is_yes else 'no'}"


class BriefAcceptance(Acceptance):
    """A creator accepted a version of the brief."""

    version = models.ForeignKey(
        BriefVersion, on_delete=models.CASCADE, db_index=False, related_name="acceptances"
    )
    engagement = models.ForeignKey(
        Engagement, on_delete=models.CASCADE, related_name="brief_acceptances"
    )

    class Meta(Acceptance.Meta):
        ordering = ["version", "at", "pk"]
        constraints = [
            *Acceptance.Meta.constraints,
            models.UniqueConstraint(
                fields=["version", "engagement"], name="campaigns_brief_accepted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} accepted {self.version_id}"
