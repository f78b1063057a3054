"""What must be in order before a creator is bound to advertise somewhere: permits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from campaigns.disclosure.case import Case
from campaigns.disclosure.duties import permit
from campaigns.disclosure.vocabulary import Format, Result
from campaigns.selectors.connections import connections
from campaigns.selectors.packs import packs_for
from campaigns.selectors.rule_view import creator_for_rules
from campaigns.services.refusals import CampaignRefused
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


def refuse_without_permit(relationship: Relationship, names: Iterable[str], on: date) -> None:
    """Raises CampaignRefused where a permit is asked for and none is on file."""
    if missing := missing_permits(relationship, names, on):
        raise CampaignRefused(
            f"{' '.join(missing)} Write the permit down under Connections and papers of "
            f"{relationship.creator}, then try again.",
            code="permit_needed",
        )
