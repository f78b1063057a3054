"""Weights of matches in versions: a campaign's own, or those that the brand's campaigns begin with.

A version is never changed. Without one, the product's usual weights hold, written down with the
first match that uses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from crm import audit
from crm.models import Brand, User
from segmentation.choices import WeightsOrigin
from segmentation.matches.factors import KEYS, MAX_WEIGHT, USUAL
from segmentation.models import MatchLesson, MatchWeights

REASON_MAX = 300


def in_force(brand: Brand, campaign: Campaign | None = None) -> MatchWeights | None:
    """The campaign's newest, else the brand's; None: the usual ones, which nobody has changed."""
    rows = MatchWeights.objects.filter(brand=brand, campaign=None)
    if campaign is not None:
        rows |= MatchWeights.objects.filter(brand=brand, campaign=campaign)
    newest_first = F("campaign").desc(nulls_last=True)
    return rows.select_related("author").order_by(newest_first, "-number").first()


def versions(brand: Brand, campaign: Campaign | None) -> list[MatchWeights]:
    """Of a campaign, or of the brand, the newest first."""
    rows = MatchWeights.objects.filter(brand=brand, campaign=campaign)
    return list(rows.select_related("author", "lesson").order_by("-number")[:50])


def said(weights: MatchWeights | None) -> dict[str, int]:
    """What each factor counts; a factor that is newer than the weights counts nothing."""
    if weights is None:
        return dict(USUAL)
    return {key: int(weights.weights.get(key, 0)) for key in KEYS}


def check(weights: Mapping[str, int]) -> dict[str, int]:
    """The weights, whole. Raises CampaignRefused with the factor at fault."""
    for key in weights:
        if key not in USUAL:
            raise CampaignRefused(
                f"There is no factor {key!r}: choose among {', '.join(KEYS)}.",
                code="unknown_factor",
                field="weights",
            )
        if not 0 <= weights[key] <= MAX_WEIGHT:
            raise CampaignRefused(
                f"A weight is from 0 to {MAX_WEIGHT}.", code="out_of_range", field=key
            )
    whole = {key: weights.get(key, 0) for key in KEYS}
    if not any(whole.values()):
        raise CampaignRefused(
            "Something has to count: give one factor a weight.",
            code="nothing_counts",
            field="weights",
        )
    return whole


@transaction.atomic
def set_weights(
    *,
    brand: Brand,
    campaign: Campaign | None,
    weights: Mapping[str, int],
    reason: str,
    actor: User | None,
    at: datetime,
    seen: int | None = None,
    lesson: MatchLesson | None = None,
) -> MatchWeights:
    """Add a version: of a campaign, or of what campaigns of the brand begin with.

    `seen` is the number of the version that somebody looked at (0: none). Raises CampaignRefused.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    whole, reason = check(weights), reason.strip()[:REASON_MAX]
    if not reason:
        raise ReasonNeeded("Say why these weights.")
    newest = _newest(brand, campaign)
    number = newest.number if newest else 0
    # The usual ones are written down by the first match: nobody has set anything by that.
    is_usual = newest is not None and newest.origin == WeightsOrigin.USUAL
    if seen is not None and seen != number and not (is_usual and seen == 0):
        raise CampaignRefused(
            "Somebody else has set the weights since you opened this page. Open it anew.",
            code="outdated",
        )
    if newest is not None and said(newest) == whole:
        raise CampaignRefused(f"Version {number} says the same.", code="unchanged", field="weights")
    made = MatchWeights.objects.create(
        brand=brand,
        campaign=campaign,
        number=number + 1,
        weights=whole,
        origin=WeightsOrigin.PERSON if lesson is None else WeightsOrigin.LEARNED,
        lesson=lesson,
        reason=reason,
        author=actor,
        created_at=at,
    )
    audit.record(
        brand=brand,
        verb="segmentation.match.weighed",
        target=made,
        actor=actor,
        at=at,
        data={
            "campaign": campaign.key if campaign else None,
            "version": made.number,
            "weights": whole,
            "reason": reason,
            "lesson": lesson.pk if lesson else None,
        },
        label=f"Weights for {campaign.name if campaign else brand.name}",
    )
    return made


@transaction.atomic
def used(brand: Brand, campaign: Campaign, at: datetime) -> MatchWeights:
    """The version that a match is computed by; the usual ones are written down once."""
    found = in_force(brand, campaign)
    if found is not None:
        return found
    # Whoever sets the first weights just now has the same number for them.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    return in_force(brand, campaign) or MatchWeights.objects.create(
        brand=brand,
        campaign=None,
        number=1,
        weights=dict(USUAL),
        origin=WeightsOrigin.USUAL,
        reason="The usual weights; nobody has changed them.",
        created_at=at,
    )


def _newest(brand: Brand, campaign: Campaign | None) -> MatchWeights | None:
    rows = MatchWeights.objects.filter(brand=brand, campaign=campaign)
    return rows.order_by("-number").first()
