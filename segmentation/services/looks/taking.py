"""Putting creators who are like somebody on a campaign's shortlist."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from campaigns.services.shortlists import Added
from crm.models import Brand, User
from segmentation.selectors.looks import Likes
from segmentation.services.shortlisting import put_on_shortlist


def take(
    *,
    brand: Brand,
    likes: Likes,
    like_whom: str,
    campaign_key: str,
    only: Collection[int],
    actor: User | None,
    at: datetime,
) -> Added:
    """Put some of the alike (their relationships) on a shortlist, each with the reasons.

    Whoever may not be invited is refused by name, and then nobody is added. Raises CampaignRefused.
    """
    reasons = {
        row.relationship: f"Like {like_whom}: {row.likeness.score:.0f} of 100."
        + (f" Both use {', '.join(row.shared_terms)}." if row.shared_terms else "")
        for row in likes.rows
    }
    return put_on_shortlist(
        brand=brand,
        reasons=reasons,
        campaign_key=campaign_key,
        only=only,
        actor=actor,
        at=at,
    )
