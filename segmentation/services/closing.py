"""Putting those who could close a gap of an audience on a campaign's shortlist."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from campaigns.services.shortlists import Added
from crm.models import Brand, User
from segmentation.selectors.audiences import AudienceCoverage
from segmentation.selectors.candidates import Asked, Candidate, candidates_of
from segmentation.services.shortlisting import put_on_shortlist


def take(
    *,
    brand: Brand,
    one: AudienceCoverage,
    asked: Asked,
    campaign_key: str,
    only: Collection[int],
    actor: User | None,
    at: datetime,
) -> Added:
    """Put some of the candidates (their relationships) on a shortlist, each with the reasons.

    Whoever may not be invited is refused by name, and then nobody is added. Raises CampaignRefused.
    """
    found = candidates_of(brand, one, asked, at=at, most=len(only), only=only)
    return put_on_shortlist(
        brand=brand,
        reasons={row.relationship: _reason(row, one, asked) for row in found.rows},
        campaign_key=campaign_key,
        only=only,
        actor=actor,
        at=at,
    )


def _reason(row: Candidate, one: AudienceCoverage, asked: Asked) -> str:
    words = f"Could reach {one.audience.name}: in {', '.join(row.segments)}. {row.lacks}."
    if row.brings is None:
        return f"{words} What they bring is not known."
    return f"{words} {asked.measure.label} of a next piece: about {row.brings.middle:,.0f}."
