"""The Shapley value of creators, in closed form.

With v(S) = conversions of journeys that met nobody outside of S, v is a sum of unanimity games: a
journey over the creators T adds its conversions to every S that contains T. The Shapley value of
a unanimity game divides evenly among T, and the value is linear. So no coalition is enumerated.
"""

from __future__ import annotations

import numpy as np

from campaigns.attribution.table import Floats, JourneyTable


def shapley(table: JourneyTable) -> Floats:
    """Return the weight of every touch: that of its creator in the journey, evenly by touch."""
    pair = table.journey_of * len(table.keys) + table.touches
    order = np.argsort(pair, kind="stable")
    in_order = pair[order]
    is_new = np.ones(len(pair), dtype=np.bool_)
    is_new[1:] = in_order[1:] != in_order[:-1]
    number = np.cumsum(is_new) - 1  # of the pair of journey and creator
    times = np.bincount(number)
    creators = np.bincount(table.journey_of[order][is_new], minlength=len(table))
    weights = np.empty(len(pair))
    weights[order] = 1.0 / times[number]
    return weights / table.spread(creators.astype(np.float64))
