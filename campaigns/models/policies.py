"""The brand's own rules: policies that people read and accept, and guidelines for content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.choices import GuidelineKind
from campaigns.models.acceptances import Acceptance
from campaigns.models.engagements import Engagement
from crm.choices import Role
from crm.models import Brand, Platform, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PolicyQuerySet(models.QuerySet["Policy"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Policies of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_use(self) -> Self:
        """Those that nobody put away."""
        return self.filter(archived_at=None)


class Policy(models.Model):
    """A rule of the brand by name; what it says stands in its versions."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    title = models.CharField(max_length=120)
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Whose reading is asked for: roles of the team, and creators in campaigns.
    roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    for_creators = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "title"],
                condition=Q(archived_at=None),
                name="campaigns_policy_once",
            ),
            models.CheckConstraint(
                name="campaigns_policy_valid",
                condition=~Q(title="") & Q(roles__contained_by=Role.values),
            ),
        ]
        indexes = [
            # The library in order.
            models.Index(fields=["brand", "title", "id"], name="campaigns_policy_list"),
        ]

    def __str__(self) -> str:
        return self.title


class PolicyVersion(models.Model):
    """What a policy says; once it is published it is never changed, which the database keeps."""

    policy = models.ForeignKey(
        Policy, on_delete=models.CASCADE, db_index=False, related_name="versions"
    )
    number = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=20_000)
    # What is new in it, for those who read the version before.
    reason = models.CharField(max_length=500, blank=True, default="")
    # SHA-256 of the text, in hexadecimal: what is accepted.
    digest = models.CharField(max_length=64)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # null: a draft.
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["policy", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "number"], name="campaigns_policy_version_once"
            ),
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(published_at=None),
                name="campaigns_policy_one_draft",
            ),
            models.CheckConstraint(
                name="campaigns_policy_version_valid",
                condition=Q(number__gte=1, digest__regex="^[0-9a-f]{64}$") & ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}, version {self.number}"


class PolicyReading(models.Model):
    """Somebody of the team read a version and accepted it; an entry is added, never changed."""

    version = models.ForeignKey(
        PolicyVersion, on_delete=models.CASCADE, db_index=False, related_name="readings"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["version", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "user"], name="campaigns_policy_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.version_id}"


class PolicyAcceptance(Acceptance):
    """A creator accepted a version of a policy; it holds in all campaigns of the brand."""

    version = models.ForeignKey(
        PolicyVersion, on_delete=models.CASCADE, db_index=False, related_name="acceptances"
    )
    engagement = models.ForeignKey(
        Engagement, on_delete=models.CASCADE, related_name="policy_acceptances"
    )

    class Meta(Acceptance.Meta):
        ordering = ["version", "at", "pk"]
        constraints = [
            *Acceptance.Meta.constraints,
            models.UniqueConstraint(
                fields=["version", "engagement"], name="campaigns_policy_accepted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} accepted {self.version_id}"


class GuidelineQuerySet(models.QuerySet["Guideline"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Guidelines of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Guideline(models.Model):
    """A line of the checklist by which content is looked at (F102); each narrowing is optional."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=4, choices=GuidelineKind.choices)
    text = models.CharField(max_length=300)
    # Only for creators of this segment: of an app above this one; empty: of all.
    segment = models.CharField(max_length=60, blank=True, default="")
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # A key of the packs of campaigns/disclosure; empty: everywhere.
    jurisdiction = models.CharField(max_length=2, blank=True, default="")
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # Put away: what was checked by it keeps it.
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = GuidelineQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_guideline_valid",
                condition=Q(kind__in=GuidelineKind.values) & ~Q(text=""),
            ),
        ]
        indexes = [
            # The checklist of a piece of content, and the library.
            models.Index(
                fields=["brand", "kind", "id"],
                condition=Q(archived_at=None),
                name="campaigns_guideline_list",
            ),
        ]

    def __str__(self) -> str:
        return self.text
