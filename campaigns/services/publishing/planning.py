"""When pieces of content are to be published: never before an embargo ends, not too close."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns.choices import DeliverableState
from campaigns.models import Deliverable
from campaigns.models.deliverables import OPEN_STATES
from campaigns.selectors.calendar import CLOSE
from campaigns.services.engagements import locked as locked_engagement
from campaigns.services.holds import refuse_held
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, User

# How far ahead anybody plans.
AHEAD_MAX = timedelta(days=730)


class PlanQuestioned(CampaignRefused):
    """It can be planned so, once somebody says that it is meant."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="look_first", field="publish_at")


@transaction.atomic
def plan(
    *,
    deliverable_id: int,
    brand: Brand,
    publish_at: datetime | None,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
    is_meant: bool = False,
) -> Deliverable:
    """Plan when a piece is to be published, or take the plan back (None).

    `is_meant`: what speaks against the moment was read. Raises CampaignRefused, and DoesNotExist.
    """
    found = locked(deliverable_id, brand, expected_version)
    _refuse_over(found)
    if publish_at == found.publish_at:
        return found
    if publish_at is not None:
        engagement = found.engagement
        refuse_held(
            brand, relationship=engagement.relationship, campaign=engagement.campaign, at=at
        )
        _check(found, publish_at, at)
        questions = [] if is_meant else questions_of(found, publish_at)
        if questions:
            raise PlanQuestioned(" ".join(questions))
    before, found.publish_at = found.publish_at, publish_at
    found.version += 1
    found.save(update_fields=["publish_at", "version"])
    data: dict[str, object] = {"publish_at": [before, publish_at]}
    record(found, "planned", actor, at, data | ({"is_meant": True} if is_meant else {}))
    return found


def questions_of(deliverable: Deliverable, publish_at: datetime) -> list[str]:
    """What speaks against a moment without forbidding it, in sentences: one query."""
    campaign = deliverable.engagement.campaign
    creator = deliverable.engagement.relationship.creator
    day = publish_at.astimezone(ZoneInfo(campaign.brand.timezone)).date()
    found = []
    if not campaign.starts_on <= day <= campaign.ends_on:
        found.append(
            f"{campaign} runs from {campaign.starts_on:%-d %B} to {campaign.ends_on:%-d %B %Y}."
        )
    if deliverable.draft_due_on and deliverable.draft_due_on > day:
        found.append(f"The draft is due on {deliverable.draft_due_on:%-d %B}, after that.")
    others = Deliverable.objects.filter(
        engagement__relationship=deliverable.engagement.relationship_id,
        publish_at__gt=publish_at - CLOSE,
        publish_at__lt=publish_at + CLOSE,
    ).exclude(state=DeliverableState.CANCELLED)
    close = others.exclude(pk=deliverable.pk).order_by("publish_at", "pk").first()
    if close and close.publish_at:
        found.append(
            f"{creator} publishes “{close}” on {close.publish_at:%-d %B}, too: two within "
            f"{CLOSE.days} days take from each other."
        )
    return found


def locked(deliverable_id: int, brand: Brand, expected_version: int | None) -> Deliverable:
    """The row with its engagement and campaign, held until the transaction ends: campaign first.

    Raises CampaignOutdated, and Deliverable.DoesNotExist where the brand has none of that number.
    """
    engagement_id = Deliverable.objects.values_list("engagement", flat=True).get(
        pk=deliverable_id, engagement__campaign__brand=brand
    )
    engagement = locked_engagement(engagement_id, brand, None)
    found = (
        Deliverable.objects.select_for_update(no_key=True, of=("self",))
        .select_related("platform")
        .get(pk=deliverable_id)
    )
    found.engagement = engagement
    if expected_version is not None and found.version != expected_version:
        raise CampaignOutdated(
            f"Somebody changed “{found}” since you loaded this page. It is "
            f"“{found.get_state_display()}” now; nothing of yours was saved."
        )
    return found


def refuse_closed(deliverable: Deliverable) -> None:
    """Raises CampaignRefused where the campaign is over."""
    campaign = deliverable.engagement.campaign
    if not campaign.is_open:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}. Open it again first.",
            code="campaign_closed",
        )


def record(
    deliverable: Deliverable,
    verb: str,
    actor: User | None,
    at: datetime,
    data: dict[str, object],
) -> None:
    """Write what was done in the ledger."""
    campaign = deliverable.engagement.campaign
    audit.record(
        brand=campaign.brand,
        verb=f"campaigns.deliverable.{verb}",
        target=deliverable,
        actor=actor,
        at=at,
        data={"campaign": campaign.key, "engagement": deliverable.engagement_id} | data,
        label=deliverable.title,
    )


def _refuse_over(deliverable: Deliverable) -> None:
    refuse_closed(deliverable)
    if deliverable.state not in OPEN_STATES:
        state = deliverable.get_state_display().lower()
        raise CampaignRefused(f"“{deliverable}” is {state}.", code="not_in_this_state")


def _check(deliverable: Deliverable, publish_at: datetime, at: datetime) -> None:
    campaign = deliverable.engagement.campaign
    if publish_at <= at:
        raise CampaignRefused(
            "This moment has passed. What is published already is written down by its address.",
            code="in_the_past",
            field="publish_at",
        )
    if publish_at > at + AHEAD_MAX:
        raise CampaignRefused(
            "This is more than two years ahead.", code="out_of_range", field="publish_at"
        )
    if campaign.embargo_until and publish_at < campaign.embargo_until:
        zone = ZoneInfo(campaign.brand.timezone)
        until = campaign.embargo_until.astimezone(zone)
        raise CampaignRefused(
            f"{campaign} is under embargo until {until:%-d %B %Y %H:%M}: nothing can be "
            "published before.",
            code="embargo",
            field="publish_at",
        )
