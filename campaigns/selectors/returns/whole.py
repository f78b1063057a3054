"""What came back for a campaign: of all, by creator, segment, tier and platform, as JSON.

A constant number of queries, whatever the number of creators.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from campaigns.models import Campaign
from campaigns.selectors.reports import cuts
from campaigns.selectors.reports.cuts import Group, Part
from campaigns.selectors.reports.figures import Figure
from campaigns.selectors.reports.sources import Partner, partners_of
from campaigns.selectors.returns.costs import Costs, costs_of
from campaigns.selectors.returns.figures import (
    cost_figures,
    cost_of,
    media_figures,
    revenue_figures,
    spread_words,
)
from campaigns.selectors.returns.revenue import Brought, Revenue, revenue_of, start_of
from campaigns.services.days import today_of
from campaigns.services.media_values.sets import Models, Weights, models_of, weights_of
from campaigns.services.rates.converting import Converted, Rates

VERSION = 1
CUTS = {
    "creator": "By creator",
    "segment": "By segment",
    "tier": "By tier",
    "platform": "By platform",
}


@dataclass(frozen=True)
class Ground:
    """All that the figures are made from."""

    campaign: Campaign
    partners: Sequence[Partner]
    costs: Costs
    revenue: Revenue
    models: Models
    weights: Weights
    # What one unit of each model's currency is in the campaign's.
    rates: dict[str, Converted | None]


def ground_of(
    campaign: Campaign, at: datetime, partners: Sequence[Partner] | None = None
) -> Ground:
    """Read it all. `partners` where somebody has read them."""
    if partners is None:
        partners = [one for one in partners_of(campaign) if not one.has_left]
    costs = costs_of(campaign, {one.pk: one.cost for one in partners}, at)
    models = models_of(campaign.brand)
    today = today_of(campaign.brand, at)
    named = {model.currency for model in models.models}
    rates = Rates(campaign.brand, currencies=[campaign.currency, *named], days=[today])
    return Ground(
        campaign=campaign,
        partners=[replace(one, cost=costs.of(one.pk, one.cost)) for one in partners],
        costs=costs,
        revenue=revenue_of(
            campaign.brand,
            # Links and codes may be out before the first day.
            since=min(campaign.created_at, start_of(campaign.starts_on, campaign.brand)),
            until=at,
            currency=campaign.currency,
            campaign=campaign,
        ),
        models=models,
        weights=weights_of(campaign.brand),
        rates={name: rates.convert(Decimal(1), name, campaign.currency, today) for name in named},
    )


def returns_of(campaign: Campaign, at: datetime) -> dict[str, Any]:
    """Everything that the page and the API say."""
    ground = ground_of(campaign, at)
    groups = {
        "creator": [
            Group(str(one.pk), one.name, [Part(one, one.pieces, one.cost)])
            for one in ground.partners
            if one.is_bound or one.published
        ],
        "segment": cuts.by_segment(ground.partners),
        "tier": cuts.by_tier(ground.partners),
        "platform": cuts.by_platform(ground.partners),
    }
    every = cuts.whole(ground.partners)
    return {
        "version": VERSION,
        "as_of": at.isoformat(),
        "campaign": {"key": campaign.key, "name": campaign.name, "currency": campaign.currency},
        "figures": [one.plain for one in whole_figures(ground)],
        "spread": spread_words(every, ground.models) or None,
        "cuts": [
            {
                "by": by,
                "title": title,
                "rows": [
                    {
                        "key": group.key or None,
                        "name": group.name,
                        "figures": [one.plain for one in _figures(ground, group, by)],
                    }
                    for group in groups[by]
                ],
            }
            for by, title in CUTS.items()
        ],
        "missing": [*ground.costs.missing, *ground.revenue.missing],
        "converted": list(ground.costs.converted),
    }


def whole_figures(ground: Ground) -> list[Figure]:
    """Of the campaign, with what belongs to no creator: also in its report."""
    every = cuts.whole(ground.partners)
    currency = ground.campaign.currency
    cost = cost_of(every, currency, "all", ground.costs)
    return [
        cost,
        *cost_figures(every, currency, "all", ground.weights)[1:],
        *revenue_figures("all", cost, ground.revenue.whole, ground.revenue),
        *media_figures(every, "all", ground.models, cost, ground.rates),
    ]


def figures_in(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every figure, for "Why?"."""
    yield from document["figures"]
    for cut in document["cuts"]:
        for row in cut["rows"]:
            yield from row["figures"]


def _figures(ground: Ground, group: Group, by: str) -> list[Figure]:
    prefix = f"{by}/{group.key or 'none'}"
    costs = cost_figures(group, ground.campaign.currency, prefix, ground.weights)
    brought = None if by == "platform" else _brought(group, ground.revenue)
    return [
        *costs,
        *revenue_figures(prefix, costs[0], brought, ground.revenue),
        *media_figures(group, prefix, ground.models, costs[0], ground.rates),
    ]


def _brought(group: Group, revenue: Revenue) -> Brought:
    found = [
        revenue.by_creator[part.partner.creator]
        for part in group.parts
        if part.partner.creator in revenue.by_creator
    ]
    return Revenue(dict(enumerate(found)), revenue.currency).whole
