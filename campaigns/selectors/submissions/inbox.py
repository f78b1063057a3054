"""The inbox of a campaign: how many stand where, and what else is known of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from campaigns.choices import PermissionState, SubmissionState
from campaigns.models import Asset, Campaign, Submission, SubmissionPermission
from crm.models import Brand, Profile, Relationship

_OTHERS_MAX = 200


@dataclass
class Known:
    """What is known of one submission beside what stands in it."""

    # Others with the same file, address of a post, e-mail address or account.
    others: list[tuple[Submission, str]] = field(default_factory=list)
    # Creators of the brand with the account that is named.
    creators: list[Relationship] = field(default_factory=list)
    # What the library has already.
    assets: list[Asset] = field(default_factory=list)


def counts_of(campaign: Campaign) -> Mapping[SubmissionState, int]:
    """How many stand where: one query."""
    rows = Submission.objects.filter(campaign=campaign).order_by().values_list("state")
    found = dict(rows.annotate(number=Count("*")))
    return {state: found.get(state.value, 0) for state in SubmissionState}


def known(brand: Brand, rows: Sequence[Submission]) -> Mapping[int, Known]:
    """Three queries, however many rows."""
    found = {row.pk: Known() for row in rows}
    if not rows:
        return found
    _others(brand, rows, found)
    _creators(brand, rows, found)
    _assets(brand, rows, found)
    return found


def permission_of(row: Submission) -> SubmissionPermission | None:
    """The newest, of a row with_details."""
    rows = list(row.permissions.all())
    return rows[-1] if rows else None


def may_accept(row: Submission) -> bool:
    """Whether its author agreed to a use already, and nobody has decided."""
    permission = permission_of(row)
    return (
        row.state == SubmissionState.OPEN
        and permission is not None
        and permission.state == PermissionState.GIVEN
    )


def _others(brand: Brand, rows: Sequence[Submission], found: Mapping[int, Known]) -> None:
    same = Q()
    for name in ("sha256", "url", "email"):
        same |= Q(**{f"{name}__in": {value for row in rows if (value := getattr(row, name))}})
    for row in rows:
        if row.handle and row.platform_id:
            same |= Q(platform=row.platform_id, handle=row.handle)
    others = Submission.objects.filter(same, brand=brand).select_related("campaign")
    for other in others.order_by("-created_at", "-pk")[:_OTHERS_MAX]:
        for row in rows:
            if other.pk != row.pk and (why := _why(row, other)):
                found[row.pk].others.append((other, why))


def _why(row: Submission, other: Submission) -> str:
    if row.sha256 and row.sha256 == other.sha256:
        return "the same file"
    if row.url and row.url == other.url:
        return "the same post"
    if row.email and row.email == other.email:
        return "the same e-mail address"
    if row.handle and (row.platform_id, row.handle) == (other.platform_id, other.handle):
        return "the same account"
    return ""


def _creators(brand: Brand, rows: Sequence[Submission], found: Mapping[int, Known]) -> None:
    by_account: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for row in rows:
        if row.handle and row.platform_id:
            by_account[row.platform_id, row.handle].append(row)
    if not by_account:
        return
    accounts = Q()
    for platform, handle in by_account:
        accounts |= Q(platform=platform, handle=handle)
    profiles = {
        one.creator_id: (one.platform_id, one.handle) for one in Profile.objects.filter(accounts)
    }
    relationships = Relationship.objects.filter(brand=brand, creator__in=profiles)
    for relationship in relationships.select_related("creator").order_by("pk"):
        for row in by_account[profiles[relationship.creator_id]]:
            found[row.pk].creators.append(relationship)


def _assets(brand: Brand, rows: Sequence[Submission], found: Mapping[int, Known]) -> None:
    files = {row.sha256 for row in rows if row.sha256}
    urls = {row.url for row in rows if row.url}
    if not files and not urls:
        return
    assets = Asset.objects.filter(Q(sha256__in=files) | Q(url__in=urls), brand=brand)
    for asset in assets.order_by("pk"):
        for row in rows:
            is_same = (row.sha256 and row.sha256 == asset.sha256) or (
                row.url and row.url == asset.url
            )
            if is_same and asset.pk != row.asset_id:
                found[row.pk].assets.append(asset)
