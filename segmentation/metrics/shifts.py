"""Whether the values of a fact are distributed differently at two moments. Pure: no database.

Most creators are looked at twice, so the two samples are not independent. The test is a permutation
test that respects it: under the hypothesis that nothing changed, a creator's two values might as
well be swapped, and of those seen at one moment only, the moments might be dealt out anew. The
same numbers come out each time: the permutations are those of a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Labels = NDArray[np.bool_]
    Numbers = NDArray[np.float64]

# With Holm's correction, 5 % of a hundred facts can still be told from chance: 100 / 2,000 = 0.05.
PERMUTATIONS = 1_999
CHUNK = 100
# Of 2,000 permutations so many are p = 0.1: nobody asks how much more it is.
ENOUGH = 200
SEED = 20_261
# With fewer values on a side nothing is tested.
MINIMUM_N = 20


@dataclass(frozen=True)
class Shift:
    """How far apart two distributions are (0 to 1), and how often chance would do as much."""

    statistic: float
    p: float


# Everybody is as before.
UNCHANGED = Shift(0.0, 1.0)


def numeric_shift(before: Mapping[int, float], after: Mapping[int, float]) -> Shift:
    """Compare numbers by creator: the Kolmogorov-Smirnov distance, the largest gap of the two
    cumulative shares."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

    deal = _Deal.of(before, after)
    if deal.is_nobody():
        return UNCHANGED
    n_before, n_after = len(before), len(after)
    values = np.array(deal.arranged(before, after), dtype=np.float64)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    # Cumulative shares are compared after each run of equal values: as whole numbers, so that equal
    # distances are equal.
    last_of_equals = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    # What those add up to who are the same at both moments: at a value, and short of the next one.
    same = np.sort(np.array([before[one] for one in deal.same], dtype=np.float64))
    each = n_before - n_after
    kind = np.int32 if n_before * n_after < 2**31 else np.int64
    ends = ordered[last_of_equals]
    at = each * np.searchsorted(same, ends, side="right")[:, None]
    short = each * np.append(np.searchsorted(same, ends[1:], side="left"), len(same))[:, None]
    first = abs(each) * int(np.searchsorted(same, ends[0], side="left"))

    def distances(labels: Labels) -> Numbers:
        steps = np.where(labels[order], np.int32(n_before), np.int32(-n_after))
        sums: Any = np.cumsum(steps, axis=0, dtype=kind)[last_of_equals]
        if not each:
            largest = np.maximum(sums.max(axis=0), -sums.min(axis=0))
        else:
            gaps = np.maximum(np.abs(sums + at), np.abs(sums + short))
            largest = gaps.max(axis=0, initial=first)
        found: Numbers = largest / (n_before * n_after)
        return found

    return _tested(deal, distances)


def share_shift(
    before: Mapping[int, Mapping[str, float]], after: Mapping[int, Mapping[str, float]]
) -> Shift:
    """Compare how often each value is held: the Jensen-Shannon distance (base 2) of the shares.

    A creator holds a value wholly (a choice, each tag of a set) or by a share (an audience).
    """
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

    deal = _Deal.of(before, after)
    if deal.is_nobody():
        return UNCHANGED
    rows = deal.arranged(before, after)
    same = [before[one] for one in deal.same]
    keys = {
        key: place
        for place, key in enumerate(sorted({key for row in (*rows, *same) for key in row}))
    }
    weights = np.zeros((len(rows), max(1, len(keys))))
    for number, row in enumerate(rows):
        for key, weight in row.items():
            weights[number, keys[key]] = weight
    total = weights.sum(axis=0)
    always = np.zeros(max(1, len(keys)))
    for row in same:
        for key, weight in row.items():
            always[keys[key]] += weight

    def distances(labels: Labels) -> Numbers:
        later = labels.T.astype(np.float64) @ weights
        return _jensen_shannon(always + np.clip(total - later, 0, None), always + later)

    return _tested(deal, distances)


def holm(chances: Sequence[float]) -> list[float]:
    """Adjust p-values for having looked at all of them (Holm): valid however they depend."""
    adjusted = [0.0] * len(chances)
    highest = 0.0
    for place, number in enumerate(sorted(range(len(chances)), key=lambda one: chances[one])):
        highest = max(highest, min(1.0, chances[number] * (len(chances) - place)))
        adjusted[number] = highest
    return adjusted


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The values a quarter, half and three quarters of the way up."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

    low, middle, high = np.quantile(np.array(values, dtype=np.float64), [0.25, 0.5, 0.75])
    return float(low), float(middle), float(high)


@dataclass(frozen=True)
class _Deal:
    """Who was seen when: the same at both moments, differently, only the earlier, only the later.

    Labels have a row for each value that is dealt, and a column for each permutation.
    """

    same: list[int]
    both: list[int]
    only_before: list[int]
    only_after: list[int]

    @classmethod
    def of(cls, before: Mapping[int, Any], after: Mapping[int, Any]) -> _Deal:
        twice = sorted(before.keys() & after.keys())
        return cls(
            [one for one in twice if before[one] == after[one]],
            [one for one in twice if before[one] != after[one]],
            sorted(before.keys() - after.keys()),
            sorted(after.keys() - before.keys()),
        )

    def is_nobody(self) -> bool:
        """Whether there is nothing to deal."""
        return not (self.both or self.only_before or self.only_after)

    def arranged(self, before: Mapping[int, Any], after: Mapping[int, Any]) -> list[Any]:
        """The values dealt: of both at the earlier, at the later moment, then those seen once."""
        return [
            *(before[one] for one in self.both),
            *(after[one] for one in self.both),
            *(before[one] for one in self.only_before),
            *(after[one] for one in self.only_after),
        ]

    def true_labels(self) -> Labels:
        """Which of the arranged values are of the later moment."""
        import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

        sizes = len(self.both), len(self.both), len(self.only_before), len(self.only_after)
        return np.repeat([False, True, False, True], sizes)[:, None]

    def shuffled(self) -> Iterator[Labels]:
        """The labels as chance might have dealt them, CHUNK permutations at a time."""
        import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

        dice = np.random.default_rng(SEED)
        once = self.true_labels()[2 * len(self.both) :]
        for start in range(0, PERMUTATIONS, CHUNK):
            count = min(CHUNK, PERMUTATIONS - start)
            swapped = dice.integers(0, 2, (len(self.both), count), dtype=np.bool_)
            dealt = dice.permuted(np.tile(once, (1, count)), axis=0)
            yield np.concatenate([swapped, ~swapped, dealt])


def _tested(deal: _Deal, distances: Callable[[Labels], Numbers]) -> Shift:
    found = float(distances(deal.true_labels())[0])
    dealt = as_far = 0
    for labels in deal.shuffled():
        # Rounding must not make an equal distance a smaller one.
        as_far += int((distances(labels) >= found - 1e-9).sum())
        dealt += labels.shape[1]
        if as_far >= ENOUGH:
            break
    return Shift(found, (as_far + 1) / (dealt + 1))


def _jensen_shannon(before: Numbers, after: Numbers) -> Numbers:
    """The distance of two rows of weights, for each pair of rows; 0 where a side has none."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

    with np.errstate(divide="ignore", invalid="ignore"):
        p = before / before.sum(axis=1, keepdims=True)
        q = after / after.sum(axis=1, keepdims=True)
        middle = (p + q) / 2
        terms = np.where(p > 0, p * np.log2(p / middle), 0) + np.where(
            q > 0, q * np.log2(q / middle), 0
        )
    divergence = np.nan_to_num(terms.sum(axis=1) / 2)
    found: Numbers = np.sqrt(np.clip(divergence, 0, 1))
    return found
