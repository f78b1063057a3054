"""What the metrics of posts are made of: counted by a few statements for all segments at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm.choices import Source
from segmentation.metrics.families.post_entries import MEDIANS, RATES, TOTALS
from segmentation.metrics.look import PARTS, UNITS, WHOLE_BRAND, Look
from segmentation.metrics.statistics import LEVELS, Sums, interval_ranks, median_ranks
from segmentation.metrics.stretches.names import EXPLODED, places, words_for
from segmentation.metrics.stretches.posted import each, totals

_RATE_SUMS = (
    "count({r}_w) AS {r}_creators, sum({r}_w) AS {r}_w, sum({r}_y) AS {r}_y, "
    "sum({r}_y * {r}_y) AS {r}_yy, sum({r}_y * {r}_w) AS {r}_yw, sum({r}_w * {r}_w) AS {r}_ww"
)
_COUNTED = ("posts", "with_engagement", "with_kept", *(f"with_{of}" for of in TOTALS))
_ADDED = (
    *_COUNTED,
    *TOTALS,
    *("posting", "tracked", "untracked", "p_y", "p_w", "p_yy", "p_yw", "p_ww"),
    *(
        f"r{place}_{name}"
        for place in range(len(RATES))
        for name in ("creators", "w", "y", "yy", "yw", "ww")
    ),
)
# Summed up by set of segments first, of which there are far fewer than creators, then by segment.
_SUMS = f"""
WITH of_set AS (
  SELECT segments, source, min(since) AS since, sum(posts) AS posts,
    sum(with_engagement) AS with_engagement, sum(with_kept) AS with_kept,
    {totals("sum(with_{of}) AS with_{of}, sum({of}) AS {of}")},
    count(*) FILTER (WHERE posts > 0) AS posting,
    count(*) FILTER (WHERE tracked) AS tracked, count(*) FILTER (WHERE NOT tracked) AS untracked,
    sum(posts) FILTER (WHERE tracked) AS p_y, sum(days) FILTER (WHERE tracked) AS p_w,
    sum(posts * posts) FILTER (WHERE tracked) AS p_yy,
    sum(posts * days) FILTER (WHERE tracked) AS p_yw,
    sum(days * days) FILTER (WHERE tracked) AS p_ww,
    {each(_RATE_SUMS)}
  FROM {UNITS} GROUP BY segments, source
)
SELECT segment_id, source, min(since) AS since,
  {", ".join(f"coalesce(sum({name}), 0)::float8 AS {name}" for name in _ADDED)}
FROM of_set {EXPLODED}
GROUP BY segment_id, source
"""  # noqa: S608 - names of ours

# What each source told of units that several told of.
_TOLD = (*_COUNTED, *(f"r{place}_w" for place in range(len(RATES))))
_PARTS = f"""
WITH of_set AS (
  SELECT segments, source, {", ".join(f"sum({name}) AS {name}" for name in _TOLD)}
  FROM {PARTS} GROUP BY segments, source
)
SELECT segment_id, source, {", ".join(f"sum({name}) AS {name}" for name in _TOLD)}
FROM of_set {EXPLODED} GROUP BY segment_id, source
"""  # noqa: S608 - names of ours

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
    rows: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    told: dict[int, dict[str, dict[Source, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in look.rows(_SUMS):
        rows[row["segment_id"]].append(row)
        if row["source"]:
            _tell(told[row["segment_id"]], row)
    if any(not row["source"] and row["posts"] for of_one in rows.values() for row in of_one):
        for row in look.rows(_PARTS):
            _tell(told[row["segment_id"]], row)
    sums = {key: _together(of_segment) for key, of_segment in rows.items()}
    ranked = _ranked(look, sums)
    return {key: _numbers(key, row, told[key], ranked) for key, row in sums.items()}


def _tell(told: dict[str, dict[Source, int]], row: Mapping[str, Any]) -> None:
    source = Source(row["source"])
    for name in _TOLD:
        if row[name]:
            told[name][source] = told[name].get(source, 0) + round(row[name])


def _together(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rows of a segment, of which there is one for each source, as one."""
    added: dict[str, Any] = {name: sum(row[name] for row in rows) for name in _ADDED}
    added["since"] = min(row["since"] for row in rows)
    return added


def _numbers(
    key: int,
    row: Mapping[str, Any],
    told: Mapping[str, Mapping[Source, int]],
    ranked: Mapping[str, Mapping[int, Mapping[int, float]]],
) -> PostNumbers:
    rates = {
        rate.key: RateNumbers(
            _sums(row, f"r{place}", round(row[f"r{place}_creators"])),
            ranked.get(rate.key, {}).get(key, {}),
            told.get(f"r{place}_w", {}),
        )
        for place, rate in enumerate(RATES)
    }
    return PostNumbers(
        since=None if key == WHOLE_BRAND else row["since"],
        posts=round(row["posts"]),
        known={name: round(row[f"with_{name}"]) for name in ("engagement", "kept", *TOTALS)},
        totals={name: round(row[name]) for name in TOTALS},
        posting=round(row["posting"]),
        tracked=round(row["tracked"]),
        untracked=round(row["untracked"]),
        pace=_sums(row, "p", round(row["tracked"])),
        rates=rates,
        provenance={
            "posts": told.get("posts", {}),
            **{of: told.get(f"with_{of}", {}) for of in TOTALS},
        },
    )


def _sums(row: Mapping[str, Any], prefix: str, creators: int) -> Sums:
    return Sums(creators, *(row[f"{prefix}_{name}"] for name in ("y", "w", "yy", "yw", "ww")))


def _ranked(
    look: Look, sums: Mapping[int, Mapping[str, Any]]
) -> dict[str, dict[int, dict[int, float]]]:
    """By rate and segment the creators' means at the ranks that the median asks for."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

    told = [place for place in _MEDIAN_PLACES if any(row[f"r{place}_w"] for row in sums.values())]
    if not told:
        return {}
    numbers = range(1, words_for(len(look.all_ids)) + 1)
    columns = [*(_WORD.format(n=n) for n in numbers), *(_MEAN.format(n=place) for place in told)]
    [row] = look.rows(_MEANS.format(columns=", ".join(columns)))
    # As the database sends numbers: the most significant byte first.
    words = {n: np.frombuffer(row[f"word{n}"], dtype=">i8").astype(np.int64) for n in numbers}
    means = {place: np.frombuffer(row[f"r{place}"], dtype=">f8").astype(float) for place in told}
    found: dict[str, dict[int, dict[int, float]]] = defaultdict(dict)
    for segment, word, flag in zip(look.all_ids, *places(look.all_ids), strict=True):
        members = np.flatnonzero(words[word] & flag)
        for place in told:
            values = means[place][members]
            values = values[~np.isnan(values)]
            if len(values):
                ranks = _wanted(len(values))
                values.partition([rank - 1 for rank in ranks])
                found[_MEDIAN_PLACES[place]][segment] = {
                    rank: float(values[rank - 1]) for rank in ranks
                }
    return found


def _wanted(n: int) -> list[int]:
    """The ranks of n values that the median and its intervals are at."""
    intervals = (interval_ranks(n, level) for level in LEVELS)
    return sorted({*median_ranks(n), *(rank for ranks in intervals for rank in ranks or ())})
