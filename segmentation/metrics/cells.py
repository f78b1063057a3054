"""From numbers to the rows of a scorecard: values, intervals, benchmarks, changes and reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from crm.choices import Source, Stage
from segmentation.metrics.catalogue import CATALOGUE, PART_SEPARATOR, Metric
from segmentation.metrics.numbers import SegmentNumbers
from segmentation.metrics.statistics import (
    LEVELS,
    Interval,
    interval_ranks,
    median_ranks,
    ratio_interval,
)

WIDE, NARROW = LEVELS
DAYS = 30
# Under this many days of membership, taken together, a pace says nothing.
MINIMUM_DAYS = 30
BENCHMARK_LABEL = "all creators of the brand"


class IntervalCell(TypedDict):
    """Where the value probably lies."""

    level: float
    low: float
    high: float


class BenchmarkCell(TypedDict):
    """The same metric of the same period over the brand's whole base."""

    value: float
    label: str
    n: int


class ChangeCell(TypedDict):
    """Against the period before, by the same formula. `relative` is null where that was zero."""

    period: str
    previous: float
    difference: float
    relative: float | None


class Cell(TypedDict):
    """A row of a scorecard, as it is stored and as the API gives it (`inputs` on request only)."""

    key: str
    label: str
    value: float | None
    unit: str
    n: int
    n_unit: str
    n_creators: int
    interval: IntervalCell | None
    interval_80: IntervalCell | None
    interval_reason: str
    benchmark: BenchmarkCell | None
    benchmark_reason: str
    change: ChangeCell | None
    target: float | None
    formula: str
    source: str
    reason_if_absent: str | None
    inputs: dict[str, object]


@dataclass(frozen=True)
class Found:
    """What a formula found: `reason` says why there is no value, and only then."""

    value: float | None
    n: int
    creators: int
    reason: str = ""
    n_unit: str = "creators"
    wide: Interval | None = None
    narrow: Interval | None = None
    source: str = ""


def cells(
    numbers: SegmentNumbers,
    *,
    brand: SegmentNumbers,
    platforms: Mapping[str, str],
    previous: Sequence[Cell],
    previous_period: str,
) -> list[Cell]:
    """Return the rows of a segment's scorecard, in the order of the catalogue.

    `brand` has the same numbers for the whole base, `platforms` the names of platforms by key in
    the order wanted, `previous` the rows of `previous_period`.
    """
    before = {cell["key"]: cell for cell in previous}
    base = {key: found for key, _label, found in _all_found(brand, brand, platforms)}
    made = []
    for key, label, found in _all_found(numbers, brand, platforms):
        metric = CATALOGUE[key.partition(PART_SEPARATOR)[0]]
        benchmark, benchmark_reason = _benchmark(metric, base[key])
        made.append(
            Cell(
                key=key,
                label=label,
                value=_short(found.value),
                unit=metric.unit.value,
                n=found.n,
                n_unit=found.n_unit,
                n_creators=found.creators,
                interval=_interval_cell(found.wide),
                interval_80=_interval_cell(found.narrow),
                interval_reason=_interval_reason(metric, found),
                benchmark=benchmark,
                benchmark_reason=benchmark_reason,
                change=_change(found, metric, before.get(key), previous_period),
                target=None,
                formula=metric.named_formula,
                source=found.source or metric.source,
                reason_if_absent=found.reason or None,
                inputs=_inputs(metric, numbers),
            )
        )
    return made


def _all_found(
    numbers: SegmentNumbers, brand: SegmentNumbers, platforms: Mapping[str, str]
) -> Iterator[tuple[str, str, Found]]:
    """Yield key, label and what was found for each row."""
    for key, count in (
        ("size", numbers.size),
        ("joiners", numbers.joined),
        ("leavers", numbers.left),
    ):
        yield key, CATALOGUE[key].label, Found(count, count, count)
    for key, find in (
        ("engagement_rate_followers", _mean_rate),
        ("engagement_rate_followers_median", _median_rate),
        ("posting_frequency", _posting_frequency),
    ):
        yield key, CATALOGUE[key].label, find(numbers, CATALOGUE[key])
    for stage in Stage:
        key = f"stage_share{PART_SEPARATOR}{stage.value}"
        yield key, stage.label, _share(numbers.stages, stage.value, "stage is known")
    for platform, name in platforms.items():
        if platform in brand.platforms or platform in numbers.platforms:
            key = f"platform_share{PART_SEPARATOR}{platform}"
            yield key, name, _share(numbers.platforms, platform, "accounts are known")


def _mean_rate(numbers: SegmentNumbers, metric: Metric) -> Found:
    posts = numbers.posts
    reason = _why_no_rate(numbers, metric)
    if reason or posts.rate is None:
        return Found(None, posts.used, posts.creators, reason, "posts")
    wide, narrow = (
        ratio_interval(
            ratio=posts.rate,
            squared_residuals=posts.rate_residuals,
            weight=posts.used,
            clusters=posts.creators,
            level=level,
        )
        for level in LEVELS
    )
    source = _source(posts.sources)
    return Found(posts.rate, posts.used, posts.creators, "", "posts", wide, narrow, source)


def _median_rate(numbers: SegmentNumbers, metric: Metric) -> Found:
    posts = numbers.posts
    n = posts.creators
    reason = _why_no_rate(numbers, metric)
    if reason:
        return Found(None, n, n, reason)
    below, above = median_ranks(n)
    value = (numbers.ranked[below] + numbers.ranked[above]) / 2
    wide, narrow = (_ranked_interval(numbers.ranked, n, level) for level in LEVELS)
    return Found(value, n, n, wide=wide, narrow=narrow, source=_source(posts.sources))


def _ranked_interval(ranked: Mapping[int, float], n: int, level: float) -> Interval | None:
    ranks = interval_ranks(n, level)
    return ranks and Interval(level, ranked[ranks[0]], ranked[ranks[1]])


def _posting_frequency(numbers: SegmentNumbers, metric: Metric) -> Found:
    posts = numbers.posts
    n = posts.tracked
    reason = ""
    if not n and not posts.untracked:
        reason = "Nobody was a member in this period."
    elif n < metric.minimum_n:
        reason = (
            f"Too few: posts were given of {_creators(n)} among the members, "
            f"{metric.minimum_n} are needed."
        )
    elif posts.tracked_days < MINIMUM_DAYS:
        reason = (
            f"Too short: the members' days in the segment add up to {posts.tracked_days:.1f} in "
            f"this period, {MINIMUM_DAYS} are needed."
        )
    if reason or posts.posts_per_day is None:
        return Found(None, n, n, reason)
    wide, narrow = (
        ratio_interval(
            ratio=posts.posts_per_day,
            squared_residuals=posts.pace_residuals,
            weight=posts.tracked_days,
            clusters=n,
            level=level,
        )
        for level in LEVELS
    )
    return Found(
        posts.posts_per_day * DAYS, n, n, wide=_times(wide, DAYS), narrow=_times(narrow, DAYS)
    )


def _share(counts: Mapping[str, int], part: str, known: str) -> Found:
    n = sum(counts.values())
    if n == 0:
        return Found(None, 0, 0, f"At the end of the period there is no member whose {known}.")
    return Found(counts.get(part, 0) / n, n, n)


def _why_no_rate(numbers: SegmentNumbers, metric: Metric) -> str:
    """Say why there is no engagement rate; empty where there is one."""
    posts = numbers.posts
    if posts.creators >= metric.minimum_n:
        return ""
    if not posts.tracked and not posts.untracked:
        return "Nobody was a member in this period."
    if not posts.posts:
        began = (
            "" if numbers.since is None else f" (since {numbers.since:%-d %b %Y} at the earliest)"
        )
        return f"No post was given that was published while its creator was a member{began}."
    left_out = [
        f"{count} {'has' if count == 1 else 'have'} {why}"
        for count, why in (
            (posts.no_counts, "neither likes nor comments"),
            (posts.no_followers, "no follower count of that time"),
        )
        if count
    ]
    rest = f" Of {posts.posts} posts {' and '.join(left_out)}." if left_out else ""
    return (
        f"Too few: usable posts of {_creators(posts.creators)}, "
        f"{metric.minimum_n} creators are needed.{rest}"
    )


def _benchmark(metric: Metric, base: Found) -> tuple[BenchmarkCell | None, str]:
    if metric.key in {"size", "joiners", "leavers"}:
        return None, "A count of one segment has no counterpart in the whole base."
    if base.value is None:
        return None, f"The brand's whole base has no value to compare with: {base.reason}"
    value = _short(base.value) or 0.0
    return BenchmarkCell(value=value, label=BENCHMARK_LABEL, n=base.n), ""


def _change(
    found: Found, metric: Metric, before: Cell | None, previous_period: str
) -> ChangeCell | None:
    """Compare with the period before; None without a value then, or by another formula."""
    if before is None or before["value"] is None or found.value is None:
        return None
    if before["formula"] != metric.named_formula:
        return None
    previous = before["value"]
    difference = found.value - previous
    return ChangeCell(
        period=previous_period,
        previous=previous,
        difference=_short(difference) or 0.0,
        relative=_short(difference / previous) if previous else None,
    )


def _interval_cell(interval: Interval | None) -> IntervalCell | None:
    if interval is None:
        return None
    return IntervalCell(
        level=interval.level,
        low=_short(interval.low) or 0.0,
        high=_short(interval.high) or 0.0,
    )


def _interval_reason(metric: Metric, found: Found) -> str:
    """Say why there is no interval; empty where there is one."""
    if found.wide is not None:
        return ""
    return found.reason or metric.uncertainty


def _inputs(metric: Metric, numbers: SegmentNumbers) -> dict[str, object]:
    """What went into a row and what was left out, for "Why?" and for explain=1."""
    posts = numbers.posts
    if metric.key.startswith("engagement_rate_followers"):
        return {
            "posts_used": posts.used,
            "posts_excluded": {
                "neither likes nor comments known": posts.no_counts,
                "followers at post time not known": posts.no_followers,
            },
            "creators": posts.creators,
            "membership": "at the moment of each post, from the membership ledger",
        }
    if metric.key == "posting_frequency":
        return {
            "posts_used": posts.tracked_posts,
            "member_days": _short(posts.tracked_days),
            "creators": posts.tracked,
            "creators_excluded": {"no post was ever given": posts.untracked},
            "membership": "day by day, from the membership ledger",
        }
    if metric.key == "stage_share":
        return _share_inputs(numbers, numbers.stages, "stage not known")
    if metric.key == "platform_share":
        return _share_inputs(numbers, numbers.platforms, "no account known")
    return {"membership": "stays in the membership ledger"}


def _share_inputs(
    numbers: SegmentNumbers, counts: Mapping[str, int], missing: str
) -> dict[str, object]:
    known = sum(counts.values())
    return {
        "creators": known,
        "creators_excluded": {missing: numbers.size - known},
        "by_part": dict(sorted(counts.items())),
        "membership": "at the end of the period, from the membership ledger",
    }


def _source(sources: Sequence[Source]) -> str:
    """Who gave the counts, in words; empty where nobody is named."""
    labels = ", ".join(source.label.lower() for source in sources)
    return f"posts ({labels})" if labels else ""


def _creators(n: int) -> str:
    return "1 creator" if n == 1 else f"{n} creators"


def _times(interval: Interval | None, factor: float) -> Interval | None:
    if interval is None:
        return None
    return Interval(interval.level, interval.low * factor, interval.high * factor)


def _short(value: float | None) -> float | None:
    """Ten significant digits: sums taken in another order give the same number."""
    return value if value is None or isinstance(value, int) else float(f"{value:.10g}")
