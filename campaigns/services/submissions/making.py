"""What was accepted becomes an asset with rights, by the services that make them otherwise."""

from __future__ import annotations

from datetime import datetime

from campaigns.choices import AssetOrigin, RightSource, SubmissionOrigin, Usage
from campaigns.models import Asset, AssetUse, Submission, SubmissionPermission, UsageRight
from campaigns.services.assets import library
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights import granting
from campaigns.services.rights.evidence import Evidence
from campaigns.services.rights.terms import Terms
from campaigns.services.submissions import files
from crm.models import User

_TITLE_MAX = 200


def make(
    submission: Submission, permission: SubmissionPermission, actor: User, at: datetime
) -> Asset:
    """The asset, with a right for each use that was agreed, from today on. Raises CampaignRefused.

    What the library has already gets the rights; what was made for a campaign has its own.
    """
    asset = _asset(submission, actor, at)
    today = today_of(submission.brand, at)
    permission.rights.add(
        *(
            granting.grant(
                terms=Terms(
                    usage=Usage(usage),
                    territory=tuple(permission.territory),
                    starts_on=today,
                    months=permission.months,
                    is_endless=permission.months is None,
                    credit=f"@{submission.handle}"[:200] if submission.handle else "",
                ),
                source=RightSource.HAND,
                evidence=Evidence(
                    reference=f"Submission {submission.pk}, permission {permission.pk}",
                    given_by=permission.given_by,
                    note=permission.proof,
                ),
                actor=actor,
                at=at,
                asset=asset,
            )
            for usage in permission.usages
        )
    )
    submission.asset = asset
    return asset


def end_rights(
    submission: Submission,
    permission: SubmissionPermission,
    reason: str,
    actor: User,
    at: datetime,
) -> None:
    """From today on none of the permission's rights holds; without others the asset is put away."""
    brand, today = submission.brand, today_of(submission.brand, at)
    mine = UsageRight.objects.held().filter(pk__in=permission.rights.values("pk"))
    for right in mine.order_by("pk"):
        # What has had its last day holds no more anyway.
        if right.ends_on is None or right.ends_on >= today:
            granting.revoke(
                right_id=right.pk, brand=brand, on=today, reason=reason, actor=actor, at=at
            )
    asset = submission.asset
    if asset is not None and not asset.rights.in_force_on(today).exists():
        library.put_away(asset_id=asset.pk, brand=brand, is_away=True, actor=actor, at=at)


def refuse_used(submission: Submission) -> None:
    """What is in use cannot be undone as if it had never been. Raises CampaignRefused."""
    if AssetUse.objects.filter(asset=submission.asset_id).exists():
        raise CampaignRefused(
            "It was used since, as its log in the library says. Write down that the permission is "
            "withdrawn instead.",
            code="used_already",
        )


def _asset(submission: Submission, actor: User, at: datetime) -> Asset:
    kept = files.to_library(submission)
    try:
        return library.add(
            brand=submission.brand, facts=_facts(submission), kept=kept, actor=actor, at=at
        )
    except library.AssetThere as there:
        asset = there.asset
        if asset.engagement_id is not None:
            raise CampaignRefused(
                f"The library has it as “{asset.title}”, made in a campaign: its rights are "
                "written down there.",
                code="there_already",
            ) from there
        return library.put_away(
            asset_id=asset.pk, brand=submission.brand, is_away=False, actor=actor, at=at
        )


def _facts(submission: Submission) -> library.Facts:
    words = " ".join(submission.text.split())
    title = f"{submission.name}: {words}" if words else f"From {submission.name}"
    if submission.is_testimonial:
        origin = AssetOrigin.TESTIMONIAL
    elif submission.origin == SubmissionOrigin.POST:
        origin = AssetOrigin.POST
    else:
        origin = AssetOrigin.UGC
    return library.Facts(
        title=title if len(title) <= _TITLE_MAX else f"{title[: _TITLE_MAX - 1]}…",
        origin=origin,
        url=submission.url,
        made_by="" if submission.relationship_id else submission.name[:120],
        relationship=submission.relationship,
        post=submission.post,
        platform=submission.platform,
        tags=(submission.campaign.key[:40],),
    )
