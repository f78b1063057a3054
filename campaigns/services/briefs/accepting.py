"""A creator accepts a brief: behind their own link, or by word that somebody wrote down."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from campaigns.choices import BriefState
from campaigns.models import BriefAcceptance, BriefVersion, Engagement, GuestLink
from campaigns.models.engagements import LEFT
from campaigns.services.briefs.writing import record
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import Brand, User

NAME_MAX, NOTE_MAX = 120, 500


@transaction.atomic
def accept_by_link(
    *, link: GuestLink, version_id: int, digest: str, name: str, at: datetime
) -> BriefAcceptance:
    """The creator behind `link` accepts the version that they saw. Raises CampaignRefused.

    `digest` is of what was shown: where the brief changed meanwhile, nothing is accepted.
    """
    if link.engagement is None:
        raise CampaignRefused("This link is not a creator's.", code="not_yours")
    version = _held(version_id, link.engagement)
    if digest != version.digest:
        raise CampaignOutdated("The brief changed meanwhile. Read it again.")
    return _accept(version, link.engagement, name, at=at, link=link)


@transaction.atomic
def record_acceptance(
    *,
    engagement_id: int,
    brand: Brand,
    version_id: int,
    name: str,
    note: str,
    actor: User,
    at: datetime,
) -> BriefAcceptance:
    """Write down that a creator accepted, and where that can be seen. Raises CampaignRefused."""
    engagement = (
        Engagement.objects.select_related("campaign__brand", "relationship__creator")
        .filter(pk=engagement_id, campaign__brand=brand)
        .first()
    )
    if engagement is None:
        raise CampaignRefused(
            "Choose a creator of this campaign.", code="unknown_creator", field="engagement"
        )
    note = note.strip()[:NOTE_MAX]
    if not note:
        raise CampaignRefused(
            "Say where it can be seen: the mail, the chat, the call.", field="note"
        )
    version = _held(version_id, engagement)
    return _accept(version, engagement, name, at=at, actor=actor, note=note)


def _held(version_id: int, engagement: Engagement) -> BriefVersion:
    """The version, where it holds for this creator now."""
    version = (
        BriefVersion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brief__campaign__brand")
        .filter(pk=version_id, brief__campaign=engagement.campaign_id)
        .first()
    )
    if version is None:
        raise CampaignRefused("This brief is not for you.", code="not_yours")
    if version.state != BriefState.APPROVED:
        raise CampaignOutdated("There is a newer version of this brief. Read that one.")
    own = BriefVersion.objects.filter(
        brief__campaign=engagement.campaign_id,
        brief__segment=engagement.segment,
        state=BriefState.APPROVED,
    )
    if version.brief.segment != engagement.segment and (version.brief.segment or own.exists()):
        raise CampaignRefused("There is another brief for this creator.", code="not_yours")
    if engagement.stage in LEFT:
        raise CampaignRefused("This creator is no longer in the campaign.", code="not_open")
    return version


def _accept(
    version: BriefVersion,
    engagement: Engagement,
    name: str,
    *,
    at: datetime,
    link: GuestLink | None = None,
    actor: User | None = None,
    note: str = "",
) -> BriefAcceptance:
    name = " ".join(name.split())
    if not name:
        raise CampaignRefused("Write your full name.", code="name_needed", field="name")
    if len(name) > NAME_MAX:
        raise CampaignRefused(f"{NAME_MAX} characters fit.", code="too_long", field="name")
    try:
        with transaction.atomic():
            made = BriefAcceptance.objects.create(
                version=version,
                engagement=engagement,
                name=name,
                at=at,
                digest=version.digest,
                link=link,
                recorded_by=actor,
                note=note,
            )
    except IntegrityError as error:
        raise CampaignRefused("This version was accepted already.", code="there_already") from error
    record(
        version,
        "accepted",
        actor,
        at,
        {"engagement": engagement.pk, "acceptance": made.pk, "by_link": link is not None},
    )
    return made
