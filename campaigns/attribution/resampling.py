"""How sure a credit is: the same model on journeys drawn again.

Each draw gives every journey a Poisson number of times, as if other people had come along with
the same habits (the Poisson bootstrap). Alike journeys are drawn in one go, so that a draw costs
no more than the model itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from campaigns.attribution.credit import NoCredit, touch_credit
from campaigns.attribution.events import Key
from campaigns.attribution.formulas import Model
from campaigns.attribution.markov import TooManyForMarkov
from campaigns.attribution.settings import Settings
from campaigns.attribution.table import Floats, JourneyTable, sums

DRAWS = 200
# Below this, percentiles of draws say more about luck than about the creator.
LEAST_CONVERSIONS = 20


@dataclass(frozen=True, slots=True)
class ShareInterval:
    """Where a creator's share of the credit probably lies."""

    level: float
    low: float
    high: float


def share_intervals(
    table: JourneyTable,
    model: Model,
    settings: Settings | None = None,
    *,
    seed: str,
    level: float = 0.95,
    draws: int = DRAWS,
) -> Mapping[Key, ShareInterval]:
    """Return the percentile interval of each share; none where too little converted."""
    settings = settings or Settings()
    if table.conversions.sum() < LEAST_CONVERSIONS:
        return {}
    table = table.credited
    chance = np.random.default_rng(int.from_bytes(sha256(seed.encode()).digest()[:8]))
    found = []
    for _ in range(draws):
        try:
            found.append(_shares(_again(table, chance), model, settings))
        except NoCredit:
            continue  # nothing converted in this draw, or the model needs times
        except TooManyForMarkov:
            return {}
    if not found:
        return {}
    low, high = np.quantile(np.array(found), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return {
        key: ShareInterval(level, float(low[place]), float(high[place]))
        for place, key in enumerate(table.keys)
    }


def _again(table: JourneyTable, chance: np.random.Generator) -> JourneyTable:
    """Return journeys as they might have been; the value of a conversion stays its mean."""
    conversions = chance.poisson(table.conversions).astype(np.float64)
    times = np.divide(
        conversions,
        table.conversions,
        out=np.zeros_like(conversions),
        where=table.conversions > 0,
    )
    return replace(
        table,
        conversions=conversions,
        valued=table.valued * times,
        values=table.values * times,
        lost=chance.poisson(table.lost).astype(np.float64),
    )


def _shares(table: JourneyTable, model: Model, settings: Settings) -> Floats:
    credit = touch_credit(table, model, settings)
    by_key = sums(credit.table.touches, credit.conversions, len(table.keys))
    shares: Floats = by_key / by_key.sum()
    return shares
