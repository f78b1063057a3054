"""What the metrics of posts are made of: counted by a few statements for all segments at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crm.choices import Source
from segmentation.metrics.families.post_entries import MEDIANS, RATES, TOTALS
from segmentation.metrics.look import UNITS, WHOLE_BRAND, Look
from segmentation.metrics.statistics import LEVELS, Sums, interval_ranks, median_ranks
from segmentation.metrics.stretches.names import EXPLODED, places, words_for
from segmentation.metrics.stretches.sums import COUNTED, Added, Sum

# The first moment at which somebody was there, of those of whom there is no post.
_SINCE = f"""
SELECT segment_id, min(since) AS since FROM {UNITS} {EXPLODED}
WHERE segment_id = ANY(%(without)s) GROUP BY segment_id"""  # noqa: S608 - names of ours

# What each source tells.
_TOLD = (*COUNTED, *(f"r{place}_w" for place in range(len(RATES))))
# Creators' means and the words of their sets of segments, as they lie in memory: an array of them
# would be read one by one, and there is one for each creator. A mean that is not known is NaN.
_MEDIAN_PLACES = {place: rate.key for place, rate in enumerate(RATES) if rate.key in MEDIANS}
_WORD = "string_agg(int8send(segments[{n}]), '') AS word{n}"
_MEAN = "string_agg(float8send(coalesce(r{n}_y / r{n}_w, 'NaN')), '') AS r{n}"
_MEANS = f"SELECT {{columns}} FROM {UNITS} WHERE posts > 0"  # noqa: S608 - a name of ours


@dataclass(frozen=True)
class RateNumbers:
    """One rate: posts with it and their creators, the creators' means at the ranks of medians."""

    sums: Sums = field(default_factory=Sums)
    ranked: Mapping[int, float] = field(default_factory=dict)
    provenance: Mapping[Source, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """Posts that have it."""
        return round(self.sums.w)


@dataclass(frozen=True)
class PostNumbers:
    """The posts that were published by members, and how they add up.

    since            the first moment of the period at which the segment had a member
    known            posts of which something is known: engagement, kept, reach, views, impressions
    totals           reach, impressions and views added up
    posting          members who posted in the period
    tracked, untracked   members of whom a post was ever given, and of whom none was
    pace             posts and days of membership of the tracked, by creator
    """

    since: datetime | None = None
    posts: int = 0
    known: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)
    posting: int = 0
    tracked: int = 0
    untracked: int = 0
    pace: Sums = field(default_factory=Sums)
    rates: Mapping[str, RateNumbers] = field(default_factory=dict)
    provenance: Mapping[str, Mapping[Source, int]] = field(default_factory=dict)


def read(look: Look) -> dict[int, PostNumbers]:
    """The numbers of each segment that had a member, by a fixed number of statements."""
    added = look.counted.sums
    together = {key: _together(of_segment.units) for key, of_segment in added.items()}
    ranked = _ranked(look, together)
    since = _since(look, [key for key, sums in together.items() if not sums.of("posts")])
    return {
        key: _numbers(sums, since.get(key), _told(added[key]), ranked.get(key, {}))
        for key, sums in together.items()
    }


def _together(units: Mapping[str, Sum]) -> Sum:
    """What the sources told of one segment, as one."""
    added = Sum()
    for one in units.values():
        added.add(one.numbers)
    return added


def _since(look: Look, without: Sequence[int]) -> dict[int, datetime]:
    """When each of these segments had its first member of the period; not of the whole base."""
    asked = [key for key in without if key != WHOLE_BRAND]
    if not asked:
        return {}
    return {row["segment_id"]: row["since"] for row in look.rows(_SINCE, without=asked)}


def _told(added: Added) -> dict[str, dict[Source, int]]:
    """Of how many posts each source told each number."""
    told: dict[str, dict[Source, int]] = defaultdict(dict)
    for source, one in (*added.units.items(), *added.parts.items()):
        for name in _TOLD if source else ():
            if number := round(one.of(name)):
                told[name][Source(source)] = told[name].get(Source(source), 0) + number
    return told


def _numbers(
    added: Sum,
    since: datetime | None,
    told: Mapping[str, Mapping[Source, int]],
    ranked: Mapping[str, Mapping[int, float]],
) -> PostNumbers:
    rates = {
        rate.key: RateNumbers(
            _sums(added, f"r{place}", round(added.of(f"r{place}_creators"))),
            ranked.get(rate.key, {}),
            told.get(f"r{place}_w", {}),
        )
        for place, rate in enumerate(RATES)
    }
    return PostNumbers(
        since=since,
        posts=round(added.of("posts")),
        known={name: round(added.of(f"with_{name}")) for name in ("engagement", "kept", *TOTALS)},
        totals={name: round(added.of(name)) for name in TOTALS},
        posting=round(added.of("posting")),
        tracked=round(added.of("tracked")),
        untracked=round(added.of("untracked")),
        pace=_sums(added, "p", round(added.of("tracked"))),
        rates=rates,
        provenance={
            "posts": told.get("posts", {}),
            **{of: told.get(f"with_{of}", {}) for of in TOTALS},
        },
    )


def _sums(added: Sum, prefix: str, creators: int) -> Sums:
    return Sums(creators, *(added.of(f"{prefix}_{name}") for name in ("y", "w", "yy", "yw", "ww")))


def _ranked(look: Look, sums: Mapping[int, Sum]) -> dict[int, dict[str, dict[int, float]]]:
    """By segment and rate the creators' means at the ranks that the median asks for."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

    every = list(sums.values())
    told = [place for place in _MEDIAN_PLACES if any(one.of(f"r{place}_w") for one in every)]
    if not told:
        return {}
    numbers = range(1, words_for(len(look.all_ids)) + 1)
    columns = [*(_WORD.format(n=n) for n in numbers), *(_MEAN.format(n=place) for place in told)]
    [row] = look.rows(_MEANS.format(columns=", ".join(columns)))
    # As the database sends numbers: the most significant byte first.
    words = {n: np.frombuffer(row[f"word{n}"], dtype=">i8").astype(np.int64) for n in numbers}
    means = {place: np.frombuffer(row[f"r{place}"], dtype=">f8").astype(float) for place in told}
    found: dict[int, dict[str, dict[int, float]]] = defaultdict(dict)
    for segment, word, flag in zip(look.all_ids, *places(look.all_ids), strict=True):
        members = np.flatnonzero(words[word] & flag)
        for place in told:
            values = means[place][members]
            values = values[~np.isnan(values)]
            if len(values):
                ranks = _wanted(len(values))
                values.partition([rank - 1 for rank in ranks])
                found[segment][_MEDIAN_PLACES[place]] = {
                    rank: float(values[rank - 1]) for rank in ranks
                }
    return found


def _wanted(n: int) -> list[int]:
    """The ranks of n values that the median and its intervals are at."""
    intervals = (interval_ranks(n, level) for level in LEVELS)
    return sorted({*median_ranks(n), *(rank for ranks in intervals for rank in ranks or ())})
