"""The models that look at one journey at a time and weigh its touches by place or age.

Each returns the weight of every touch; those of a journey add up to one.
"""

from __future__ import annotations

import numpy as np

from campaigns.attribution.table import Floats, JourneyTable


def last(table: JourneyTable) -> Floats:
    """All for the touch before the conversion."""
    weights = np.zeros(len(table.touches))
    weights[table.starts[1:] - 1] = 1.0
    return weights


def first(table: JourneyTable) -> Floats:
    """All for the touch that began the journey."""
    weights = np.zeros(len(table.touches))
    weights[table.starts[:-1]] = 1.0
    return weights


def linear(table: JourneyTable) -> Floats:
    """The same for every touch."""
    return table.spread(1.0 / table.lengths)


def position(table: JourneyTable, *, first_share: float, last_share: float) -> Floats:
    """Fixed shares for the ends, the rest in equal parts for those between.

    With two touches there is none between: the ends divide all in the ratio of their shares.
    """
    ends = first_share + last_share
    middle = table.lengths > 2
    scale = np.where(middle, 1.0, 1.0 / ends)
    between = np.where(middle, (1.0 - ends) / np.maximum(table.lengths - 2, 1), 0.0)
    weights = table.spread(between)
    weights[table.starts[:-1]] = first_share * scale
    weights[table.starts[1:] - 1] = last_share * scale
    weights[table.starts[:-1][table.lengths == 1]] = 1.0
    return weights


def decay(table: JourneyTable, ages: Floats, *, half_life_days: float) -> Floats:
    """Halve the weight with every half-life before the conversion."""
    begins = table.starts[:-1]
    # Counted from the newest touch, so that weights of an old journey do not vanish all together.
    newest = np.minimum.reduceat(ages, begins)
    weights = np.exp2((table.spread(newest) - ages) / half_life_days)
    return weights / table.spread(np.add.reduceat(weights, begins))
