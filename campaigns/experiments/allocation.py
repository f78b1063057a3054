"""How new creators are better shared out among variants of content.

The suggestion is Thompson sampling: a variant gets new creators as often as it is the best one in
draws of what its rate may be. A draw is a Bayesian bootstrap over creators (Rubin 1981), since
clicks of one creator resemble each other, and no share falls below a floor: what nobody makes any
more teaches nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np

from campaigns.experiments.results import Outcome

DRAWS = 2_000
# With fewer creators in a variant, or events of a single one, nothing is suggested.
LEAST_CREATORS = 5
LEAST_WITH_EVENTS = 2
ALL = 100


def suggested(
    outcomes: Sequence[Outcome], variants: Sequence[str], *, floor: int, seed: str
) -> dict[str, int]:
    """The share of new creators that each variant should get, in percent, together 100.

    {} where too little is known of one of them. The same data and seed give the same shares.
    """
    chance = np.random.default_rng(int.from_bytes(sha256(f"share {seed}".encode()).digest()[:8]))
    rates = []
    for key in variants:
        usable = [
            one for one in outcomes if one.arm == key and one.events is not None and one.weight > 0
        ]
        with_events = sum(one.events > 0 for one in usable if one.events is not None)
        if len(usable) < LEAST_CREATORS or with_events < LEAST_WITH_EVENTS:
            return {}
        events = np.array([one.events for one in usable], dtype=np.float64)
        weights = np.array([one.weight for one in usable], dtype=np.float64)
        parts = chance.exponential(size=(DRAWS, len(usable)))
        rates.append((parts @ events) / (parts @ weights))
    best = np.bincount(np.argmax(rates, axis=0), minlength=len(variants)) / DRAWS
    return _whole(dict(zip(variants, best.tolist(), strict=True)), floor)


def _whole(best: Mapping[str, float], floor: int) -> dict[str, int]:
    """Whole percents, none below the floor, together 100: the largest rests are rounded up."""
    free = ALL - floor * len(best)
    exact = {key: floor + free * chance for key, chance in best.items()}
    found = {key: int(share) for key, share in exact.items()}
    rests = sorted(exact, key=lambda key: (found[key] - exact[key], key))
    for key in rests[: ALL - sum(found.values())]:
        found[key] += 1
    return found
