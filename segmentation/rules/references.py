"""Segments that refer to each other: in which order they are decided, and when that is impossible.

A rule that refers to a segment needs that segment's membership, so its rule comes first; in a
single-valued dimension so do the rules of those before it, which may take the creator first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

# Longer chains make queries nested deeper than a database likes, and nobody understands them.
MAX_CHAIN = 30


@dataclass(frozen=True, kw_only=True)
class SegmentLink:
    """What a rule needs to know of another segment of the brand.

    is_in_use  takes part in runs; else `status` says in a word why not
    refers_to  segments that its rule needs
    before     segments of the same single-valued dimension that may take a creator first
    """

    key: str
    name: str
    is_in_use: bool = True
    status: str = "active"
    refers_to: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


def taken_before(key: str, siblings: Sequence[tuple[str, bool]]) -> tuple[str, ...]:
    """Return which segments of a single-valued dimension may take a creator before one does.

    `siblings` are in order of precedence, each with whether those who are in stay by a rule of
    their own: that comes before any match.
    """
    place = [name for name, _ in siblings].index(key)
    return tuple(
        name
        for number, (name, is_steady) in enumerate(siblings)
        if name != key and (number < place or is_steady)
    )


def find_cycle(
    segment: str, refers_to: Iterable[str], segments: Mapping[str, SegmentLink]
) -> tuple[str, ...] | None:
    """Return the way from `segment` back to itself if its rule refers to these; None without one.

    Diamonds (two ways to the same segment) are fine.
    """
    seen: set[str] = set()
    waiting = [(segment, *steps) for steps in _steps(refers_to, segments)]
    while waiting:
        way = waiting.pop(0)
        key = way[-1]
        if key == segment:
            return way
        link = segments.get(key)
        if link is not None and key not in seen:
            seen.add(key)
            waiting += [(*way, *steps) for steps in _steps(link.refers_to, segments)]
    return None


def chain_length(refers_to: Iterable[str], segments: Mapping[str, SegmentLink]) -> int:
    """Return how many segments must be decided one after the other before a rule; no cycles."""
    lengths: dict[str, int] = {}

    def length(keys: Collection[str], above: frozenset[str]) -> int:
        longest = 0
        for key in keys:
            if key not in lengths and key in segments and key not in above:
                needed = _needed(segments[key].refers_to, segments)
                lengths[key] = 1 + length(needed, above | {key})
            longest = max(longest, lengths.get(key, 1))
        return longest

    return length(_needed(refers_to, segments), frozenset())


def _needed(keys: Iterable[str], segments: Mapping[str, SegmentLink]) -> tuple[str, ...]:
    """Return the segments whose rules decide the membership in those of the keys."""
    return tuple(dict.fromkeys(steps[-1] for steps in _steps(keys, segments)))


def _steps(keys: Iterable[str], segments: Mapping[str, SegmentLink]) -> Iterator[tuple[str, ...]]:
    """Yield the ways from a rule that refers to the keys to each rule it needs."""
    for key in keys:
        yield (key,)
        link = segments.get(key)
        yield from () if link is None else ((key, before) for before in link.before)


def levels(
    keys: Iterable[str], needed: Callable[[str], Iterable[str]]
) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Return the level of each key, and for each key on a cycle or behind one the way round it.

    Level 0 needs nothing; every other key lies one above the highest that it needs. What is needed
    but not among the keys stands already.
    """
    every = {key: tuple(needed(key)) for key in keys}
    found: dict[str, int] = {}
    while True:
        ready = {
            key: max((found[other] + 1 for other in others if other in every), default=0)
            for key, others in every.items()
            if key not in found and all(other in found for other in others if other in every)
        }
        if not ready:
            break
        found.update(ready)
    return found, {key: _way_round(key, every, found) for key in every if key not in found}


def _way_round(
    key: str, every: Mapping[str, tuple[str, ...]], found: Mapping[str, int]
) -> tuple[str, ...]:
    """Return the cycle that a key without a level is on or depends on, first and last the same."""
    way = [key]
    while True:
        following = next(other for other in every[way[-1]] if other in every and other not in found)
        if following in way:
            return (*way[way.index(following) :], following)
        way.append(following)
