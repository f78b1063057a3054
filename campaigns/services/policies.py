"""The brand's policies: written, published in versions, read and accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.models import (
    GuestLink,
    Policy,
    PolicyAcceptance,
    PolicyReading,
    PolicyVersion,
)
from campaigns.services.documents import digest_of
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.choices import NotificationKind, Role
from crm.models import Brand, User, UserRole
from crm.services.notifications import notify_all

TITLE_MAX, TEXT_MAX, REASON_MAX, NAME_MAX = 120, 20_000, 500, 120


@transaction.atomic
def save_policy(
    *,
    brand: Brand,
    title: str,
    text: str,
    reason: str = "",
    owner: User | None = None,
    roles: Sequence[str] = (),
    for_creators: bool = False,
    actor: User | None,
    at: datetime,
    policy_id: int | None = None,
    expected_version: int | None = None,
) -> Policy:
    """Write a policy, or its next version, as a draft. Raises CampaignRefused, DoesNotExist.

    Title, owner and whom it is for count at once; what it says once it is published.
    """
    policy = Policy(brand=brand, created_by=actor, created_at=at, version=0)
    if policy_id is not None:
        policy = locked(policy_id, brand, expected_version)
    policy.title = _title(title)
    policy.owner, policy.for_creators = owner, for_creators
    policy.roles = [role for role in Role.values if role in roles]
    if not policy.roles and not for_creators:
        raise CampaignRefused("Say whom it is for.", field="roles")
    text, reason = _text(text), " ".join(reason.split())[:REASON_MAX]
    policy.version += 1
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError as error:
        raise CampaignRefused("There is a policy of this title already.", field="title") from error
    newest = policy.versions.order_by("-number").first()
    digest = digest_of({"text": text})
    if newest is None or newest.published_at is not None:
        if newest is None or newest.digest != digest:
            PolicyVersion.objects.create(
                policy=policy,
                number=newest.number + 1 if newest else 1,
                text=text,
                reason=reason,
                digest=digest,
                author=actor,
                created_at=at,
            )
    else:
        newest.text, newest.reason, newest.digest, newest.author = text, reason, digest, actor
        newest.save(update_fields=["text", "reason", "digest", "author"])
    _record(policy, "written", actor, at, {"roles": policy.roles, "for_creators": for_creators})
    return policy


@transaction.atomic
def publish(
    *, policy_id: int, brand: Brand, actor: User | None, at: datetime, expected_version: int | None
) -> PolicyVersion:
    """The draft holds from now on: its readers are asked to read it. Raises CampaignRefused."""
    policy = locked(policy_id, brand, expected_version)
    draft = policy.versions.filter(published_at=None).first()
    if draft is None:
        raise CampaignRefused("There is no draft to publish.", code="not_in_this_state")
    draft.published_at = at
    draft.save(update_fields=["published_at"])
    policy.version += 1
    policy.save(update_fields=["version"])
    people = User.objects.filter(
        pk__in=UserRole.objects.filter(brand=brand, role__in=policy.roles).values("user"),
        is_active=True,
    ).order_by("pk")
    notify_all(
        users=people,
        brand=brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"Read and accept: {policy}, version {draft.number}.",
        url=reverse("campaigns:policy", args=[brand.slug, policy.pk]),
        at=at,
        key=f"policy:{draft.pk}",
    )
    _record(policy, "published", actor, at, {"version": draft.number, "digest": draft.digest})
    return draft


@transaction.atomic
def put_away(*, policy_id: int, brand: Brand, actor: User | None, at: datetime) -> Policy:
    """Nobody is asked to read it any more. Raises Policy.DoesNotExist."""
    policy = Policy.objects.select_for_update(no_key=True).get(pk=policy_id, brand=brand)
    if policy.archived_at is None:
        policy.archived_at = at
        policy.version += 1
        policy.save(update_fields=["archived_at", "version"])
        _record(policy, "put_away", actor, at, {})
    return policy


@transaction.atomic
def read(*, version_id: int, digest: str, user: User, brand: Brand, at: datetime) -> PolicyReading:
    """`user` has read a version and accepts it; once. Raises CampaignRefused."""
    version = _in_force(version_id, brand, digest)
    made, is_new = PolicyReading.objects.get_or_create(
        version=version, user=user, defaults={"at": at, "digest": version.digest}
    )
    if is_new:
        _record(version.policy, "read", user, at, {"version": version.number})
    return made


@transaction.atomic
def accept_by_link(
    *, link: GuestLink, version_id: int, digest: str, name: str, at: datetime
) -> PolicyAcceptance:
    """The creator behind `link` accepts a policy, for all campaigns. Raises CampaignRefused."""
    if link.engagement is None:
        raise CampaignRefused("This link is not a creator's.", code="not_yours")
    version = _in_force(version_id, link.brand, digest)
    if not version.policy.for_creators:
        raise CampaignRefused("This policy is not for you.", code="not_yours")
    name = " ".join(name.split())
    if not name:
        raise CampaignRefused("Write your full name.", code="name_needed", field="name")
    try:
        with transaction.atomic():
            made = PolicyAcceptance.objects.create(
                version=version,
                engagement=link.engagement,
                name=name[:NAME_MAX],
                at=at,
                digest=version.digest,
                link=link,
            )
    except IntegrityError as error:
        raise CampaignRefused("It was accepted already.", code="there_already") from error
    facts: dict[str, object] = {"version": version.number, "engagement": link.engagement.pk}
    _record(version.policy, "accepted", None, at, facts | {"acceptance": made.pk})
    return made


def locked(policy_id: int, brand: Brand, expected_version: int | None) -> Policy:
    """The row, held until the transaction ends. Raises CampaignOutdated, Policy.DoesNotExist."""
    policy = (
        Policy.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .get(pk=policy_id, brand=brand, archived_at=None)
    )
    if expected_version is not None and policy.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed this policy since you loaded the page; nothing of yours was saved."
        )
    return policy


def _in_force(version_id: int, brand: Brand, digest: str) -> PolicyVersion:
    """The version, where it is what holds now and what was shown."""
    version = (
        PolicyVersion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("policy__brand")
        .filter(pk=version_id, policy__brand=brand, policy__archived_at=None)
        .exclude(published_at=None)
        .first()
    )
    if version is None:
        raise CampaignRefused("There is no such policy.", code="gone")
    newer = version.policy.versions.filter(number__gt=version.number, published_at__isnull=False)
    if newer.exists() or version.digest != digest:
        raise CampaignOutdated("There is a newer version of this policy. Read that one.")
    return version


def _title(title: str) -> str:
    title = " ".join(title.replace("\0", "").split())
    if not title:
        raise CampaignRefused("Give it a title.", field="title")
    if len(title) > TITLE_MAX:
        raise CampaignRefused(f"{TITLE_MAX} characters fit.", field="title")
    return title


def _text(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise CampaignRefused("Write what it says.", field="text")
    if len(text) > TEXT_MAX:
        raise CampaignRefused(f"{TEXT_MAX:,} characters fit.", field="text")
    return text


def _record(
    policy: Policy, verb: str, actor: User | None, at: datetime, data: dict[str, object]
) -> None:
    audit.record(
        brand=policy.brand,
        verb=f"campaigns.policy.{verb}",
        target=policy,
        actor=actor,
        at=at,
        data=data,
    )
