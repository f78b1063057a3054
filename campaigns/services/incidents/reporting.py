"""An incident is written down, corrected and confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.models import AffectedCampaign, Campaign, Engagement
from campaigns.risk.suitability import standard as taxonomy
from campaigns.services.concerned import who_is_told
from campaigns.services.days import EARLIEST, today_of
from campaigns.services.incidents.record import (
    enter,
    facts_changed,
    held,
    log,
    tell,
    words_of,
)
from campaigns.services.incidents.runbooks import book_of
from campaigns.services.refusals import CampaignRefused
from crm.choices import IncidentAct, IncidentKind, Severity
from crm.models import Brand, Incident, IncidentStep, Relationship, User, UserRole

WHAT_MAX = 4_000
# The fields of `Seen`, as the form, the API and the ledger name them.
FIELDS = (
    "kind",
    "severity",
    "category",
    "tier",
    "happened_on",
    "noticed_on",
    "url",
    "what",
    "owner",
)
_is_link = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class Seen:
    """What somebody says happened."""

    kind: IncidentKind
    severity: Severity
    what: str
    category: str = ""
    tier: str = ""
    happened_on: date | None = None
    # Today, where nobody says.
    noticed_on: date | None = None
    url: str = ""
    owner: User | None = None


@transaction.atomic
def report(
    *,
    brand: Brand,
    seen: Seen,
    actor: User | None,
    at: datetime,
    relationship: Relationship | None = None,
    campaigns: Sequence[Campaign] = (),
    origin: str = "",
) -> Incident:
    """Write an incident down, with the steps of its runbook; tells legal, admins and who leads.

    `actor` None: the product found it. With `origin` the same is reported once: again, it is what
    there is. Raises CampaignRefused.
    """
    if origin:
        found = Incident.objects.filter(brand=brand, origin=origin).first()
        if found is not None:
            return found
    if relationship is not None and relationship.brand_id != brand.pk:
        raise CampaignRefused("This creator is not among the brand's.", field="creator")
    incident = Incident(
        brand=brand,
        relationship=relationship,
        created_by=actor,
        created_at=at,
        state_since=at,
        origin=origin,
        **_checked(seen, brand, at),
    )
    try:
        with transaction.atomic():
            incident.save(force_insert=True)
    except IntegrityError:
        # Somebody reported the same at the same time.
        again = Incident.objects.filter(brand=brand, origin=origin).exclude(origin="").first()
        if again is None:
            raise
        return again
    book = book_of(brand, seen.kind)
    IncidentStep.objects.bulk_create(
        IncidentStep(incident=incident, position=position, phase=phase, text=text)
        for position, (phase, text) in enumerate(book.all_steps(), start=1)
    )
    _touch(incident, campaigns, actor, at)
    enter(incident, IncidentAct.REPORT, actor, at)
    facts_changed(incident)
    told = who_is_told(brand, relationship=relationship, campaigns=campaigns)
    if incident.owner is not None and incident.owner not in told:
        told.append(incident.owner)
    about = relationship.creator.name if relationship else brand.name
    tell(
        incident,
        [user for user in told if user != actor],
        f"Reported, {incident.get_severity_display().lower()}: "
        f"{incident.get_kind_display().lower()}, {about}.",
        at,
        url=reverse("campaigns:incident", args=[brand.slug, incident.pk]),
    )
    log(
        incident,
        "reported",
        actor,
        at,
        kind=incident.kind,
        severity=incident.severity,
        category=incident.category,
        tier=incident.tier,
        relationship=incident.relationship_id,
        campaigns=[campaign.key for campaign in campaigns],
        origin=origin,
    )
    return incident


@transaction.atomic
def change(
    *,
    incident_id: int,
    brand: Brand,
    seen: Seen,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Incident:
    """Correct what it is; the ledger keeps what it was, but for the words.

    Raises CampaignRefused, Incident.DoesNotExist.
    """
    incident = held(
        incident_id, brand, actor, is_for_handlers=True, expected_version=expected_version
    )
    given = _checked(seen, brand, at)
    # The version of the taxonomy stays with what was chosen by it.
    if (given["category"], given["tier"]) == (incident.category, incident.tier):
        given["taxonomy"] = incident.taxonomy
    changed = {name for name in given if getattr(incident, name) != given[name]}
    if not changed:
        return incident
    data: dict[str, Any] = {
        name: [_plain(getattr(incident, name)), _plain(given[name])]
        for name in sorted(changed - {"what", "url"})
    }
    was, owner = incident.severity, incident.owner
    for name in changed:
        setattr(incident, name, given[name])
    incident.version += 1
    incident.save()
    words = ""
    if was != incident.severity:
        words = (
            f"Severity: {Severity(was).label.lower()} to {incident.get_severity_display().lower()}."
        )
    enter(incident, IncidentAct.CHANGE, actor, at, note=words)
    facts_changed(incident)
    if incident.owner not in {None, owner, actor}:
        tell(
            incident,
            [incident.owner],
            f"Incident {incident.pk} is yours now: {incident.get_kind_display().lower()}.",
            at,
            url=reverse("campaigns:incident", args=[brand.slug, incident.pk]),
        )
    log(incident, "changed", actor, at, fields=sorted(changed), **data)
    return incident


@transaction.atomic
def confirm(
    *, incident_id: int, brand: Brand, actor: User, at: datetime, expected_version: int | None
) -> Incident:
    """Say that it was checked and is true: it counts in full, and below the floor it is a gate.

    Raises CampaignRefused, Incident.DoesNotExist.
    """
    incident = held(
        incident_id, brand, actor, is_for_handlers=True, expected_version=expected_version
    )
    if not incident.is_open and incident.state == "dismissed":
        raise CampaignRefused("It was dismissed as unfounded. Open it again first.")
    if incident.confirmed_at is not None:
        raise CampaignRefused("It is confirmed already.", code="not_in_this_state")
    if incident.created_by_id == actor.pk:
        raise CampaignRefused(
            "You reported it: somebody else confirms that it is true.", code="own_report"
        )
    incident.confirmed_at, incident.confirmed_by = at, actor
    incident.version += 1
    incident.save(update_fields=["confirmed_at", "confirmed_by", "version"])
    enter(incident, IncidentAct.CONFIRM, actor, at)
    facts_changed(incident)
    log(incident, "confirmed", actor, at)
    return incident


@transaction.atomic
def affect(
    *,
    incident_id: int,
    brand: Brand,
    campaigns: Sequence[Campaign],
    actor: User,
    at: datetime,
) -> Incident:
    """Say which campaigns it touches: all. Raises CampaignRefused, Incident.DoesNotExist."""
    incident = held(incident_id, brand, actor)
    before = set(
        AffectedCampaign.objects.filter(incident=incident).values_list("campaign", flat=True)
    )
    after = {campaign.pk for campaign in campaigns}
    if before == after:
        return incident
    AffectedCampaign.objects.filter(incident=incident, campaign__in=before - after).delete()
    _touch(incident, [one for one in campaigns if one.pk not in before], actor, at)
    enter(incident, IncidentAct.AFFECT, actor, at)
    log(incident, "affects", actor, at, campaigns=[sorted(before), sorted(after)])
    return incident


def _touch(
    incident: Incident, campaigns: Sequence[Campaign], actor: User | None, at: datetime
) -> None:
    if any(campaign.brand_id != incident.brand_id for campaign in campaigns):
        raise CampaignRefused("There is no such campaign in this brand.", field="campaigns")
    places = {
        row.campaign_id: row
        for row in Engagement.objects.filter(
            campaign__in=campaigns, relationship=incident.relationship_id
        )
    }
    AffectedCampaign.objects.bulk_create(
        AffectedCampaign(
            incident=incident,
            campaign=campaign,
            engagement=places.get(campaign.pk),
            by=actor,
            at=at,
        )
        for campaign in campaigns
    )


def _checked(seen: Seen, brand: Brand, at: datetime) -> dict[str, Any]:
    """What was said, as the columns hold it. Raises CampaignRefused."""
    today = today_of(brand, at)
    noticed = seen.noticed_on or today
    for name, day in (("noticed_on", noticed), ("happened_on", seen.happened_on)):
        if day is not None and day.year < EARLIEST:
            raise CampaignRefused(f"The year must be {EARLIEST} or later.", field=name)
        if day is not None and day > today:
            raise CampaignRefused("This day is still to come.", field=name)
    if seen.happened_on is not None and seen.happened_on > noticed:
        raise CampaignRefused("It cannot be noticed before it happened.", field="happened_on")
    url = seen.url.strip()
    if url:
        try:
            _is_link(url)
        except ValidationError as error:
            raise CampaignRefused(
                "This is no address of the web: https://…", field="url"
            ) from error
        if len(url) > 500:
            raise CampaignRefused("An address has 500 characters at most.", field="url")
    owner = seen.owner
    if owner and not UserRole.objects.filter(brand=brand, user=owner).exists():
        raise CampaignRefused(f"{owner} has no role in {brand}.", field="owner")
    return {
        "kind": seen.kind,
        "severity": seen.severity,
        "what": words_of(seen.what, "what", WHAT_MAX, needed="Say what happened."),
        "happened_on": seen.happened_on,
        "noticed_on": noticed,
        "url": url,
        "owner": owner,
        **_suitability(seen),
    }


def _suitability(seen: Seen) -> dict[str, str]:
    known = taxonomy()
    if not seen.category and not seen.tier:
        return {"category": "", "tier": "", "taxonomy": ""}
    if seen.category not in known.categories:
        raise CampaignRefused("Choose a category with the tier, or neither.", field="category")
    if seen.tier not in known.tiers:
        raise CampaignRefused("Choose a tier with the category, or neither.", field="tier")
    return {"category": seen.category, "tier": seen.tier, "taxonomy": known.version}


def _plain(value: object) -> object:
    return value.email if isinstance(value, User) else value
