"""Writing a brief: the first draft, its changes, the next version, throwing a draft away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import BriefState
from campaigns.models import Brief, BriefVersion, Campaign
from campaigns.services.briefs.document import Document, checked
from campaigns.services.campaigns import locked as locked_campaign
from campaigns.services.documents import digest_of
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, Platform, User

REASON_MAX = 500


@transaction.atomic
def start_brief(
    *,
    campaign_id: int,
    brand: Brand,
    document: Document,
    segment: str = "",
    segment_name: str = "",
    actor: User | None,
    at: datetime,
) -> BriefVersion:
    """The first draft of a campaign's brief, or of that for a segment. Raises CampaignRefused."""
    campaign = locked_campaign(campaign_id, brand, None)
    refuse_closed(campaign)
    if Brief.objects.filter(campaign=campaign, segment=segment).exists():
        who = f"for {segment_name}" if segment else "for all creators"
        raise CampaignRefused(
            f"{campaign} has a brief {who} already: write a new version of it.",
            code="there_already",
        )
    brief = Brief.objects.create(
        campaign=campaign,
        segment=segment,
        segment_name=segment_name[:120],
        created_by=actor,
        created_at=at,
    )
    version = _add_version(brief, 1, document, reason="", actor=actor, at=at)
    record(version, "drafted", actor, at)
    return version


@transaction.atomic
def write_draft(
    *,
    brief_id: int,
    brand: Brand,
    document: Document,
    reason: str = "",
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> BriefVersion:
    """Change the draft; where the newest version is approved, begin the next one.

    Raises CampaignRefused, Brief.DoesNotExist. A version that waits for approval is taken back
    first. What stays the same leaves no trace.
    """
    brief = locked(brief_id, brand, expected_version)
    refuse_closed(brief.campaign)
    newest = newest_of(brief)
    reason = _reason(reason)
    if newest.state == BriefState.SUBMITTED:
        raise CampaignRefused(
            "This version waits for approval. Take it back to change it.", code="not_in_this_state"
        )
    document = checked(document, _platforms())
    if newest.state == BriefState.DRAFT:
        digest = digest_of(document.plain)
        if digest == newest.digest and reason == newest.reason:
            return newest
        newest.document, newest.digest, newest.reason = document.plain, digest, reason
        newest.author = actor
        newest.save(update_fields=["document", "digest", "reason", "author"])
        version, verb = newest, "changed"
    else:
        if digest_of(document.plain) == newest.digest:
            raise CampaignRefused(
                f"Nothing differs from version {newest.number}.", code="nothing_new"
            )
        version = _add_version(
            brief, newest.number + 1, document, reason=reason, actor=actor, at=at
        )
        verb = "drafted"
    touch(brief)
    record(version, verb, actor, at)
    return version


@transaction.atomic
def discard_draft(
    *,
    brief_id: int,
    brand: Brand,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Brief | None:
    """Throw the draft away: the version before holds on. None: it was the only one.

    Raises CampaignRefused, Brief.DoesNotExist.
    """
    brief = locked(brief_id, brand, expected_version)
    newest = newest_of(brief)
    if newest.state != BriefState.DRAFT:
        raise CampaignRefused("There is no draft to throw away.", code="not_in_this_state")
    record(newest, "discarded", actor, at)
    if newest.number == 1:
        brief.delete()
        return None
    newest.delete()
    touch(brief)
    return brief


def locked(brief_id: int, brand: Brand, expected_version: int | None) -> Brief:
    """The row, held until the transaction ends. Raises CampaignOutdated, Brief.DoesNotExist."""
    brief = (
        Brief.objects.select_for_update(no_key=True, of=("self",))
        .select_related("campaign__brand", "campaign__owner")
        .get(pk=brief_id, campaign__brand=brand)
    )
    if expected_version is not None and brief.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed this brief since you loaded the page; nothing of yours was saved."
        )
    return brief


def newest_of(brief: Brief) -> BriefVersion:
    """The version that was written last; a brief always has one."""
    newest = brief.versions.order_by("-number").select_related("author").first()
    if newest is None:
        msg = f"Brief {brief.pk} has no version, which nothing leaves behind."
        raise ValueError(msg)
    newest.brief = brief
    return newest


def touch(brief: Brief) -> None:
    """Make pages that were loaded before it outdated."""
    brief.version += 1
    brief.save(update_fields=["version"])


def refuse_closed(campaign: Campaign) -> None:
    """A campaign that is over asks nothing of creators any more. Raises CampaignRefused."""
    if not campaign.is_open:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}. Open it again to change its "
            "brief.",
            code="not_open",
        )


def record(
    version: BriefVersion,
    verb: str,
    actor: User | None,
    at: datetime,
    data: dict[str, object] | None = None,
) -> None:
    """What was done to a version, in the ledger."""
    campaign = version.brief.campaign
    facts: dict[str, object] = {
        "campaign": campaign.key,
        "segment": version.brief.segment,
        "version": version.number,
        "digest": version.digest,
    }
    audit.record(
        brand=campaign.brand,
        verb=f"campaigns.brief.{verb}",
        target=version.brief,
        actor=actor,
        at=at,
        data=facts | (data or {}),
        label=f"{campaign.name}: {version.brief}",
    )


def _add_version(
    brief: Brief,
    number: int,
    document: Document,
    *,
    reason: str,
    actor: User | None,
    at: datetime,
) -> BriefVersion:
    plain = checked(document, _platforms()).plain
    return BriefVersion.objects.create(
        brief=brief,
        number=number,
        document=plain,
        digest=digest_of(plain),
        reason=_reason(reason),
        state_since=at,
        author=actor,
        created_at=at,
    )


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if len(reason) > REASON_MAX:
        raise CampaignRefused(f"{REASON_MAX} characters fit.", code="too_long", field="reason")
    return reason


def _platforms() -> list[str]:
    return list(Platform.objects.values_list("key", flat=True))
