"""Many searches in many sorted stretches of one array, at once."""

from __future__ import annotations

import numpy as np

from campaigns.attribution.table import Integers


def first_at_least(values: Integers, low: Integers, high: Integers, wanted: Integers) -> Integers:
    """Return for each search the first place in [low, high) with at least the wanted value.

    `high` where there is none. The values are sorted within each stretch.
    """
    low, high = low.copy(), high.copy()
    while (is_open := low < high).any():
        middle = (low + high) // 2
        # A search that is over may point behind the last value.
        is_less = values[np.where(is_open, middle, 0)] < wanted
        low = np.where(is_open & is_less, middle + 1, low)
        high = np.where(is_open & ~is_less, middle, high)
    return low


def ranges(low: Integers, count: Integers) -> Integers:
    """Return low, low + 1, ... of each range, one range after the other."""
    ends = np.cumsum(count)
    shift: Integers = np.repeat(low - (ends - count), count)
    return shift + np.arange(len(shift))
