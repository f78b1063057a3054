"""How many people two audiences share, and how many a selection reaches once. Pure, plain Python.

What is known of an audience is a part of it, so every number has an interval. How often the
intervals hold what they should is simulated by `python -m benchmarks graph` and written down in
docs/audience-graph.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
# With fewer people known of an audience nothing is said of whom it shares.
LEAST_KNOWN = 50


@dataclass(frozen=True)
class Estimate:
    """A number with where it probably lies, at LEVEL."""

    value: float
    low: float
    high: float

    def over(self, whole: float) -> Estimate:
        """As a share of `whole`."""
        return Estimate(self.value / whole, self.low / whole, self.high / whole)

    def within(self, low: float, high: float) -> Estimate:
        """The same, between what is possible."""
        value, least, most = (min(max(one, low), high) for one in (self.value, self.low, self.high))
        return Estimate(value, least, most)


def shared_people(seen: int, chance: float, *, most: float) -> Estimate:
    """How many people two audiences share, of whom `seen` were seen in what is known of both.

    chance  that somebody whom both have is seen: 1 where all are known
    most    as many as the smaller audience has

    The score interval of a binomial number of trials: those numbers of shared people under which
    as few or as many would not be seen by chance.
    """
    if not 0 < chance <= 1:
        msg = "a chance lies above 0 and up to 1"
        raise ValueError(msg)
    missed = 1 - chance
    middle = seen + _Z * _Z * missed / 2
    half = _Z * sqrt(missed) * sqrt(seen + _Z * _Z * missed / 4)
    found = Estimate(seen / chance, (middle - half) / chance, (middle + half) / chance)
    return found.within(min(seen, most), most)


def share_of(seen: int, known: int) -> Estimate:
    """The share of an audience, judged by `known` people of it of whom `seen` are elsewhere too.

    Wilson's interval.
    """
    share, square = seen / known, _Z * _Z
    middle = (share + square / (2 * known)) / (1 + square / known)
    half = _Z * sqrt(share * (1 - share) / known + square / (4 * known * known))
    half /= 1 + square / known
    return Estimate(share, middle - half, middle + half).within(0, 1)


@dataclass(frozen=True)
class Step:
    """One more audience: how large it is, what it adds to those before it, and all together."""

    creator: int
    size: float
    adds: float
    total: float


@dataclass(frozen=True)
class Covered:
    """How many people a selection reaches once.

    gross   everybody counted as often as they are reached
    unique  each once
    steps   who adds how much, the one who adds most first
    """

    gross: float
    unique: Estimate
    steps: Sequence[Step]


def cover_known(people: Mapping[int, Set[int]], *, rate: float = 1.0) -> Covered:
    """Cover by the people who are known of each audience, counted one by one.

    `rate` is the share of everybody known who were looked at. The interval is that of the ratio of
    people to mentions of people, taken as a sample of such people (delta method).
    """
    times: dict[int, int] = {}
    for members in people.values():
        for one in members:
            times[one] = times.get(one, 0) + 1
    gross, unique = sum(times.values()), len(times)
    steps = _greedy_known(people, rate)
    if not unique:
        return Covered(0.0, Estimate(0.0, 0.0, 0.0), steps)
    mean = gross / unique
    spread = sum((number - mean) ** 2 for number in times.values()) / unique
    error = _Z * sqrt(spread / unique)
    largest = max(len(members) for members in people.values())
    found = Estimate(unique, gross / (mean + error), gross / max(mean - error, 1.0))
    found = found.within(largest, gross)
    scaled = Estimate(found.value / rate, found.low / rate, found.high / rate)
    return Covered(gross / rate, scaled, steps)


def _greedy_known(people: Mapping[int, Set[int]], rate: float) -> list[Step]:
    """Lazily: what one adds only gets less, so most need not be counted again."""
    steps: list[Step] = []
    reached: set[int] = set()
    waiting = sorted((-len(members), creator) for creator, members in people.items())
    while waiting:
        adds, creator = waiting[0]
        now = -len(people[creator] - reached)
        if now != adds:
            waiting[0] = (now, creator)
            waiting.sort()
            continue
        waiting.pop(0)
        reached |= people[creator]
        size = len(people[creator]) / rate
        steps.append(Step(creator, size, -now / rate, len(reached) / rate))
    return steps


@dataclass(frozen=True)
class Seen:
    """What is known of a pair of audiences: see `shared_people`."""

    seen: int
    chance: float


def cover_estimated(sizes: Mapping[int, float], pairs: Mapping[tuple[int, int], Seen]) -> Covered:
    """Cover by estimated overlaps of pairs; a pair that is missing shares nobody.

    pairs  by (smaller creator id, larger one)

    Who follows three is not told by pairs: what somebody adds is estimated as if those whom they
    share with one before them were spread over those whom they share with another. The interval is
    that of sampling (Fay and Feuer's of a weighted sum of counts), widened to the bounds that hold
    however people overlap: Dawson and Sankoff's below, Hunter's above.
    """
    shared = {
        pair: shared_people(one.seen, one.chance, most=min(sizes[pair[0]], sizes[pair[1]])).value
        for pair, one in pairs.items()
    }
    steps, slopes = _greedy_estimated(sizes, shared)
    gross = sum(sizes.values())
    if not steps:
        return Covered(0.0, Estimate(0.0, 0.0, 0.0), steps)
    unique = steps[-1].total
    low, high = _sampled(gross - unique, slopes, pairs)
    bounds = least_of(sizes, shared), most_of(sizes, shared)
    found = Estimate(unique, min(gross - high, bounds[0]), max(gross - low, bounds[1]))
    return Covered(gross, found.within(max(sizes.values()), gross), steps)


def independent(sizes: Mapping[int, float], population: float) -> Covered:
    """Cover under the assumption that audiences are drawn from `population` by chance.

    Of an audience that is larger, nobody but the population is reached. No interval is known of an
    assumption: from all in one to nobody twice.
    """
    sizes = {creator: min(size, population) for creator, size in sizes.items()}
    steps, left = [], population
    for creator, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        adds = left * size / population
        left -= adds
        steps.append(Step(creator, size, adds, population - left))
    gross = sum(sizes.values())
    largest = max(sizes.values(), default=0.0)
    most = min(gross, population)
    found = Estimate(population - left, largest, most)
    return Covered(gross, found.within(largest, most), steps)


def _greedy_estimated(
    sizes: Mapping[int, float], shared: Mapping[tuple[int, int], float]
) -> tuple[list[Step], dict[tuple[int, int], float]]:
    """The steps, and by how much less is reached for each person more whom a pair shares."""
    fresh = dict.fromkeys(sizes, 1.0)
    before: dict[int, list[int]] = {creator: [] for creator in sizes}
    steps: list[Step] = []
    total = 0.0
    while fresh:
        creator = max(fresh, key=lambda one: (fresh[one] * sizes[one], -one))
        adds = fresh.pop(creator) * sizes[creator]
        total += adds
        steps.append(Step(creator, sizes[creator], adds, total))
        for other in fresh:
            pair = (min(creator, other), max(creator, other))
            if pair in shared:
                before[other].append(creator)
                fresh[other] *= 1 - min(shared[pair] / sizes[other], 1.0)
    slopes: dict[tuple[int, int], float] = {}
    for other, earlier in before.items():
        for one in earlier:
            slope = 1.0
            for another in earlier:
                if another != one:
                    pair = (min(another, other), max(another, other))
                    slope *= 1 - min(shared[pair] / sizes[other], 1.0)
            slopes[min(one, other), max(one, other)] = slope
    return steps, slopes


def _sampled(
    lost: float, slopes: Mapping[tuple[int, int], float], pairs: Mapping[tuple[int, int], Seen]
) -> tuple[float, float]:
    """Where the number of people who are counted twice lies, as far as samples tell."""
    total = variance = 0.0
    largest = 0.0
    for pair, slope in slopes.items():
        one = pairs[pair]
        weight = slope / one.chance
        total += weight * one.seen
        variance += weight * weight * one.seen * (1 - one.chance)
        largest = max(largest, sqrt(1 - one.chance) / one.chance)
    if not largest:
        return lost, lost
    low = 0.0
    if variance:
        low = variance / (2 * total) * _chi_square(-_Z, 2 * total * total / variance)
    total_above, variance_above = total + largest, variance + largest * largest
    high = variance_above / (2 * total_above)
    high *= _chi_square(_Z, 2 * total_above * total_above / variance_above)
    # The sum is linear in what pairs share, the loss is a little less.
    factor = lost / total if total else 1.0
    return low * factor, high * factor


def _chi_square(z: float, freedom: float) -> float:
    """The quantile at the normal quantile z: Wilson and Hilferty's."""
    step = 2 / (9 * freedom)
    return freedom * max(1 - step + z * sqrt(step), 0.0) ** 3


def least_of(sizes: Mapping[int, float], shared: Mapping[tuple[int, int], float]) -> float:
    """No fewer people are reached, whoever follows three (Dawson and Sankoff 1967)."""
    single, double = sum(sizes.values()), sum(shared.values())
    if not single:
        return 0.0
    k = 1 + int(2 * double / single)
    largest = max(sizes.values())
    return max(2 * single / (k + 1) - 2 * double / (k * (k + 1)), largest)


def most_of(sizes: Mapping[int, float], shared: Mapping[tuple[int, int], float]) -> float:
    """No more people are reached (Hunter 1976): less what the heaviest tree of pairs shares."""
    root = {creator: creator for creator in sizes}

    def find(creator: int) -> int:
        while root[creator] != creator:
            root[creator] = root[root[creator]]
            creator = root[creator]
        return creator

    total = sum(sizes.values())
    for (one, other), number in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])):
        ends = find(one), find(other)
        if ends[0] != ends[1]:
            root[ends[0]] = ends[1]
            total -= number
    return total
