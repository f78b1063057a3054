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
    meetings = table.meetings
    times = np.bincount(meetings.of_touch)
    creators = np.bincount(meetings.journey, minlength=len(table))
    weights: Floats = 1.0 / (times[meetings.of_touch] * table.spread(creators.astype(np.float64)))
    return weights
