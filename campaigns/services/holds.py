"""Whether something stands still: asked in one place by all that sends, approves and publishes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from campaigns.models import Campaign, CampaignHold
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, Hold, Incident, Relationship, User
from crm.models.holds import Holding
from crm.services import holds as service
from crm.services.holds import HoldRefused


def hold_on(
    brand: Brand,
    *,
    relationship: Relationship | None = None,
    campaign: Campaign | None = None,
    at: datetime,
) -> Holding | None:
    """What stops work now: the brand's own hold before the campaign's before the creator's.

    Two queries; one where the brand as a whole stands still, or no campaign is named.
    """
    related = relationship.pk if relationship else None
    rows = Hold.objects.on(brand, related).in_force(at).select_related("relationship__creator")
    hold = rows.first()
    if hold is not None:
        hold.brand = brand
        if hold.relationship_id is None:
            return hold
    if campaign is not None:
        found = CampaignHold.objects.filter(campaign=campaign).in_force(at).first()
        if found is not None:
            found.brand, found.campaign = brand, campaign
            return found
    return hold


def why_held(
    brand: Brand,
    *,
    relationship: Relationship | None = None,
    campaign: Campaign | None = None,
    at: datetime,
) -> str:
    """What stops it, in words for the team; empty where nothing does."""
    hold = hold_on(brand, relationship=relationship, campaign=campaign, at=at)
    if hold is None:
        return ""
    today = at.astimezone(ZoneInfo(brand.timezone)).date()
    return f"{hold.words(today)} Lift the pause first, under Legal, Pauses."


def refuse_held(
    brand: Brand,
    *,
    relationship: Relationship | None = None,
    campaign: Campaign | None = None,
    at: datetime,
) -> None:
    """Raises CampaignRefused where it stands still."""
    if words := why_held(brand, relationship=relationship, campaign=campaign, at=at):
        raise CampaignRefused(words, code="paused")


@transaction.atomic
def pause_campaign(
    *,
    campaign: Campaign,
    reason: str,
    until: datetime | None,
    actor: User,
    at: datetime,
    incident: Incident | None = None,
    tell: Iterable[User] = (),
) -> CampaignHold:
    """Let a campaign stand still. Raises HoldRefused."""
    if not campaign.is_open:
        raise HoldRefused(
            f"{campaign} is {campaign.get_status_display().lower()}: nothing of it moves."
        )
    hold = CampaignHold(brand=campaign.brand, campaign=campaign)
    return service.begin(
        hold, reason=reason, until=until, actor=actor, at=at, incident=incident, tell=tell
    )


@transaction.atomic
def lift_campaign(
    *, hold_id: int, brand: Brand, reason: str, actor: User, at: datetime
) -> CampaignHold:
    """Let it go on. Raises HoldRefused, CampaignHold.DoesNotExist."""
    rows = CampaignHold.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "brand", "campaign", "incident"
    )
    return service.end(rows.get(pk=hold_id, brand=brand), reason=reason, actor=actor, at=at)


@transaction.atomic
def end_what_ran_out(at: datetime) -> int:
    """Close the holds of all kinds whose time is over; returns how many."""
    campaigns = CampaignHold.objects.filter(lifted_at=None, until__lte=at)
    return service.end_what_ran_out(at) + campaigns.update(lifted_at=F("until"))
