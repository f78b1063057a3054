"""What must be in order before a creator is bound to advertise somewhere: permits, consents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from campaigns.disclosure.case import Case
from campaigns.disclosure.duties import permit
from campaigns.disclosure.virtual import likeness
from campaigns.disclosure.vocabulary import Format, Result
from campaigns.selectors.connections import connections
from campaigns.selectors.packs import packs_for
from campaigns.selectors.rule_view import creator_for_rules
from campaigns.services.refusals import CampaignRefused
from crm.choices import CreatorType
from crm.models import Relationship


def missing_permits(relationship: Relationship, names: Iterable[str], on: date) -> list[str]:
    """Why the creator may not advertise in these jurisdictions, with the source; empty: may."""
    packs = packs_for(relationship.brand, on)
    asked = [
        (pack, datum)
        for key in packs.resolve(names)
        if (pack := packs.jurisdictions.get(key))
        for datum in pack.registration
        if datum.params.get("test") == "permit" and datum.holds(on)
    ]
    if not asked:
        return []
    creator, ties = creator_for_rules(relationship, on), connections(relationship, on)
    found = []
    for pack, datum in asked:
        case = Case(
            platform="",
            format=Format.POST,
            jurisdictions=(pack.key,),
            text=None,
            connections=ties,
            creator=creator,
        )
        outcome = permit(case, pack.key, on)
        if outcome.result in {Result.FAIL, Result.UNKNOWN}:
            sources = ", ".join(source.name for source in datum.sources)
            cited = f" ({sources}; {datum.confidence.value})" if sources else ""
            found.append(f"{pack.name}: {outcome.reason} {datum.note}{cited}")
    return found


def refuse_without_consent(relationship: Relationship, on: date) -> None:
    """Raises CampaignRefused where somebody whom a virtual creator is like did not allow it."""
    if relationship.creator.creator_type != CreatorType.VIRTUAL:
        return
    outcome = likeness(creator_for_rules(relationship, on).virtual, on)
    if outcome.result in {Result.FAIL, Result.UNKNOWN}:
        raise CampaignRefused(
            f"{outcome.reason} Write it down under Owner, likeness and rights of "
            f"{relationship.creator}, then try again.",
            code="consent_needed",
        )


def refuse_without_permit(relationship: Relationship, names: Iterable[str], on: date) -> None:
    """Raises CampaignRefused where a permit is asked for and none is on file."""
    if missing := missing_permits(relationship, names, on):
        raise CampaignRefused(
            f"{' '.join(missing)} Write the permit down under Connections and papers of "
            f"{relationship.creator}, then try again.",
            code="permit_needed",
        )
