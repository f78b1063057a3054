"""A person says what a creator's risk is instead, with a reason, until a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from campaigns.choices import RiskTier
from campaigns.models import RiskAssessment, RiskOverride
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from campaigns.services.risk.assessing import assess_one
from crm import audit
from crm.models import Relationship, User
from crm.services.facts import mark_changed

REASON_MAX = 500
DAYS_MAX = 365


@transaction.atomic
def override(
    *,
    relationship: Relationship,
    tier: RiskTier,
    reason: str,
    last_day: date,
    actor: User,
    at: datetime,
) -> RiskOverride:
    """Say another tier, to the end of the brand's `last_day`; it takes the place of one before.

    Raises CampaignRefused.
    """
    said = " ".join(reason.replace("\0", "").split())
    if not said:
        raise ReasonNeeded("Say why: it is shown beside what was computed.")
    if len(said) > REASON_MAX:
        raise CampaignRefused(f"{REASON_MAX} characters at most.", field="reason")
    zone = ZoneInfo(relationship.brand.timezone)
    today = at.astimezone(zone).date()
    if not today <= last_day <= today + timedelta(days=DAYS_MAX):
        raise CampaignRefused(
            "It holds a year at most, from today on: somebody looks again then.",
            code="out_of_range",
            field="last_day",
        )
    if not RiskAssessment.objects.current().filter(relationship=relationship).exists():
        # It stands beside what is computed.
        assess_one(relationship=relationship, at=at)
    # Whoever overrides at the same time comes after.
    Relationship.objects.select_for_update(no_key=True, of=("self",)).get(pk=relationship.pk)
    _open(relationship).update(ended_at=at, ended_by=actor)
    made = RiskOverride.objects.create(
        brand=relationship.brand,
        relationship=relationship,
        tier=tier,
        reason=said,
        since=at,
        until=datetime.combine(last_day + timedelta(days=1), time(), zone),
        by=actor,
    )
    _record(relationship, "overridden", actor, at, {"tier": made.tier, "until": last_day})
    return made


@transaction.atomic
def end_override(*, relationship: Relationship, actor: User, at: datetime) -> None:
    """What was computed counts again. Raises CampaignRefused where nobody said otherwise."""
    Relationship.objects.select_for_update(no_key=True, of=("self",)).get(pk=relationship.pk)
    if not _open(relationship).filter(until__gt=at).update(ended_at=at, ended_by=actor):
        raise CampaignRefused(
            "Nobody says otherwise at the moment: what was computed counts.", code="not_overridden"
        )
    _record(relationship, "override_ended", actor, at, {})


def _open(relationship: Relationship) -> QuerySet[RiskOverride]:
    return RiskOverride.objects.filter(relationship=relationship, ended_at=None)


def _record(
    relationship: Relationship, verb: str, actor: User, at: datetime, data: dict[str, object]
) -> None:
    mark_changed(brand=relationship.brand, creator_ids=[relationship.creator_id], cause="risk")
    audit.record(
        brand=relationship.brand,
        verb=f"campaigns.risk.{verb}",
        target=relationship,
        actor=actor,
        at=at,
        data=data,
        label=relationship.creator.name,
    )
