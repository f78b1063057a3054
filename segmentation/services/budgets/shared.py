"""People whom creators share: what a second one of them brings less, and how many are reached once.

What is known of audiences is in segmentation.selectors.overlap; where too little is, nothing is
taken off, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from campaigns.models import Campaign
from segmentation.allocation.problem import Answer
from segmentation.choices import Forecasted
from segmentation.selectors.overlap import CREATORS_MOST, overlap_of, unique_reach
from segmentation.services.budgets.asks import Asks
from segmentation.services.budgets.gathering import Person

# Of people, not of reactions.
OF_PEOPLE = (Forecasted.REACH, Forecasted.VIEWS)
# A smaller share lies within what samples can tell.
LEAST = 0.05


def discounts(
    campaign: Campaign, asks: Asks, people: Sequence[Person], answer: Answer
) -> dict[int, float]:
    """Of each creator in the plan, the share of their audience that a larger one in it has too.

    By relationship; empty where nothing is known, or where it is not about people.
    """
    chosen = [one for one in people if one.relationship in answer.pieces]
    if asks.measure not in OF_PEOPLE or not 2 <= len(chosen) <= CREATORS_MOST:
        return {}
    told = overlap_of(campaign.brand, [one.creator for one in chosen])
    order = sorted(chosen, key=lambda one: (-(one.middle or 0.0), one.relationship))
    found: dict[int, float] = {}
    for at, one in enumerate(order):
        most = 0.0
        for larger in order[:at]:
            pair = told.pair(one.creator, larger.creator)
            share = pair.share_for(one.creator) if pair else None
            if share is not None:
                most = max(most, share.value)
        if most >= LEAST:
            found[one.relationship] = min(most, 1.0)
    return found


def reached_once(
    campaign: Campaign, asks: Asks, chosen: Sequence[Person]
) -> Mapping[str, Any] | None:
    """Which share of audiences is left if each person counts once; None: nothing is known."""
    if asks.measure not in OF_PEOPLE or not 2 <= len(chosen) <= CREATORS_MOST:
        return None
    reach = unique_reach(campaign.brand, [one.creator for one in chosen])
    share = reach.unique_share
    if share is None:
        return None
    return {
        "share": share.value,
        "low": share.low,
        "high": share.high,
        "platform": reach.platform,
        "unknown": len(reach.unknown),
    }
