"""What is read of policies and guidelines: what holds, who has not read it, what to check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.models import (
    Deliverable,
    Engagement,
    Guideline,
    Policy,
    PolicyAcceptance,
    PolicyReading,
    PolicyVersion,
)
from crm.models import Brand, User, UserRole


def guidelines_for(deliverable: Deliverable) -> list[Guideline]:
    """The lines by which a piece of content is looked at: dos, then don'ts; one query.

    Lines for all, and those for its platform, its creator's segment and the campaign's
    jurisdictions. The engagement and its campaign are loaded.
    """
    engagement = deliverable.engagement
    campaign = engagement.campaign
    return list(
        Guideline.objects.filter(
            Q(platform=None) | Q(platform=deliverable.platform_id),
            brand=campaign.brand_id,
            archived_at=None,
            segment__in=["", engagement.segment],
            jurisdiction__in=["", *campaign.jurisdictions],
        ).order_by("kind", "pk")
    )


def in_force(brand: Brand) -> QuerySet[PolicyVersion]:
    """The newest published version of each policy that is in use, by title."""
    newer = PolicyVersion.objects.filter(
        policy=OuterRef("policy"), number__gt=OuterRef("number"), published_at__isnull=False
    )
    return (
        PolicyVersion.objects.filter(
            ~Exists(newer),
            policy__brand=brand,
            policy__archived_at=None,
            published_at__isnull=False,
        )
        .select_related("policy__owner")
        .order_by("policy__title", "pk")
    )


def unread_by(user: User, brand: Brand) -> QuerySet[PolicyVersion]:
    """What somebody is asked to read and has not accepted yet."""
    held = UserRole.objects.filter(user=user, brand=brand).first()
    mine = PolicyReading.objects.filter(version=OuterRef("pk"), user=user)
    asked = in_force(brand).filter(~Exists(mine))
    return asked.filter(policy__roles__contains=[held.role]) if held else asked.none()


@dataclass(frozen=True)
class Reader:
    """Somebody whom a policy is for, and when they accepted what holds now."""

    user: User
    reading: PolicyReading | None


def readers_of(version: PolicyVersion) -> list[Reader]:
    """Everybody of the team whom the policy is for, those who have not read it first."""
    policy = version.policy
    roles = UserRole.objects.filter(brand=policy.brand_id, role__in=policy.roles)
    people = User.objects.filter(pk__in=roles.values("user"), is_active=True)
    given = {row.user_id: row for row in PolicyReading.objects.filter(version=version)}
    found = [
        Reader(user, given.get(user.pk)) for user in people.order_by("first_name", "email", "pk")
    ]
    return sorted(found, key=lambda reader: reader.reading is not None)


@dataclass(frozen=True)
class Asked:
    """A policy that a creator is asked to accept, and whether they did, in whichever campaign."""

    version: PolicyVersion
    acceptance: PolicyAcceptance | None


def asked_of(engagement: Engagement) -> list[Asked]:
    """The policies that are for creators, as they stand with this one: two queries."""
    versions = list(in_force(engagement.campaign.brand).filter(policy__for_creators=True))
    if not versions:
        return []
    rows = PolicyAcceptance.objects.filter(
        version__in=versions, engagement__relationship=engagement.relationship_id
    ).order_by("-at", "-pk")
    given = {row.version_id: row for row in rows}
    return [Asked(version, given.get(version.pk)) for version in versions]


def acceptances_of(version: PolicyVersion, most: int) -> Sequence[PolicyAcceptance]:
    """Which creators accepted a version, the newest first."""
    rows = PolicyAcceptance.objects.filter(version=version).select_related(
        "engagement__relationship__creator", "engagement__campaign"
    )
    return list(rows.order_by("-at", "-pk")[:most])


def policies_of(brand: Brand) -> list[tuple[Policy, PolicyVersion | None, bool]]:
    """The library: each policy, what holds of it, and whether a draft is there."""
    held = {version.policy_id: version for version in in_force(brand)}
    drafts = set(
        PolicyVersion.objects.filter(policy__brand=brand, published_at=None).values_list(
            "policy", flat=True
        )
    )
    rows = Policy.objects.filter(brand=brand, archived_at=None).select_related("owner")
    return [
        (policy, held.get(policy.pk), policy.pk in drafts)
        for policy in rows.order_by("title", "pk")
    ]
