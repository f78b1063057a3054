"""Posts: how much they move, how often they come, how many they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crm.choices import Source
from segmentation.metrics.entries import Metric
from segmentation.metrics.families.post_entries import (
    FREQUENCY,
    MEANS,
    MEDIANS,
    METRICS,
    RATES,
    TOTAL_OF,
    Rate,
)
from segmentation.metrics.families.post_numbers import PostNumbers, RateNumbers, read
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, counted, of_ratio
from segmentation.metrics.look import Look
from segmentation.metrics.statistics import LEVELS, Interval, interval_ranks, median_ranks

DAYS = 30
# Under this many days of membership, taken together, a pace says nothing.
MINIMUM_DAYS = 30
# A total of fewer posts than this share would be far too low.
LEAST_KNOWN = 0.8
AS_OF_POST = "at the moment of each post, from the membership ledger"
NOBODY = "Nobody was a member in this period."
_NOTHING = PostNumbers()


def _measure(look: Look) -> dict[int, list[Found]]:
    numbers = look.once(read)
    return {key: list(_rows(numbers.get(key, _NOTHING))) for key in look.all_ids}


def _rows(numbers: PostNumbers) -> Iterator[Found]:
    for rate in RATES:
        of_rate = numbers.rates.get(rate.key, RateNumbers())
        yield _mean(MEANS[rate.key], rate, numbers, of_rate)
        if rate.key in MEDIANS:
            yield _median(MEDIANS[rate.key], rate, numbers, of_rate)
    yield _posting_frequency(numbers)
    for of, metric in TOTAL_OF.items():
        yield _total(metric, of, numbers)


def _mean(metric: Metric, rate: Rate, numbers: PostNumbers, of_rate: RateNumbers) -> Found:
    return of_ratio(
        metric,
        of_rate.sums,
        n=of_rate.used,
        n_unit="posts",
        reason=_why_no_rate(metric, rate, numbers, of_rate),
        provenance=of_rate.provenance,
        inputs=_rate_inputs(rate, numbers, of_rate),
    )


def _median(metric: Metric, rate: Rate, numbers: PostNumbers, of_rate: RateNumbers) -> Found:
    n, ranked = of_rate.sums.creators, of_rate.ranked
    reason = _why_no_rate(metric, rate, numbers, of_rate)
    value = wide = narrow = None
    if not reason:
        below, above = median_ranks(n)
        value = (ranked[below] + ranked[above]) / 2
        wide, narrow = (_ranked_interval(ranked, n, level) for level in LEVELS)
    return Found(
        metric=metric,
        value=value,
        n=n,
        creators=n,
        reason=reason,
        wide=wide,
        narrow=narrow,
        provenance=of_rate.provenance,
        inputs=_rate_inputs(rate, numbers, of_rate),
    )


def _ranked_interval(ranked: Mapping[int, float], n: int, level: float) -> Interval | None:
    ranks = interval_ranks(n, level)
    return ranks and Interval(level, ranked[ranks[0]], ranked[ranks[1]])


def _left_out(rate: Rate, numbers: PostNumbers, of_rate: RateNumbers) -> dict[str, int]:
    """Posts without the rate, by what they lack; one that lacks both lacks what is counted."""
    with_top = numbers.known.get(rate.top, 0)
    return {
        rate.lacks_top: numbers.posts - with_top,
        rate.lacks_bottom: with_top - of_rate.used,
    }


def _rate_inputs(rate: Rate, numbers: PostNumbers, of_rate: RateNumbers) -> dict[str, object]:
    return {
        "posts_used": of_rate.used,
        "posts_excluded": _left_out(rate, numbers, of_rate),
        "creators": of_rate.sums.creators,
        "membership": AS_OF_POST,
    }


def _why_no_rate(metric: Metric, rate: Rate, numbers: PostNumbers, of_rate: RateNumbers) -> str:
    """Say why there is no rate; empty where there is one."""
    creators = of_rate.sums.creators
    if creators >= metric.minimum_n:
        return ""
    if nothing := _why_no_post(numbers):
        return nothing
    left_out = [
        f"{count} ({what})" for what, count in _left_out(rate, numbers, of_rate).items() if count
    ]
    rest = f" Of {numbers.posts} posts were left out: {', '.join(left_out)}." if left_out else ""
    return (
        f"Too few: usable posts of {counted(creators)}, "
        f"{metric.minimum_n} creators are needed.{rest}"
    )


def _why_no_post(numbers: PostNumbers) -> str:
    if not numbers.tracked and not numbers.untracked:
        return NOBODY
    if not numbers.posts:
        began = f" (since {numbers.since:%-d %b %Y} at the earliest)" if numbers.since else ""
        return f"No post was given that was published while its creator was a member{began}."
    return ""


def _posting_frequency(numbers: PostNumbers) -> Found:
    n, pace = numbers.tracked, numbers.pace
    reason = ""
    if not n and not numbers.untracked:
        reason = NOBODY
    elif n < FREQUENCY.minimum_n:
        reason = (
            f"Too few: posts were given of {counted(n)} among the members, "
            f"{FREQUENCY.minimum_n} are needed."
        )
    elif pace.w < MINIMUM_DAYS:
        reason = (
            f"Too short: the members' days in the segment add up to {pace.w:.1f} in "
            f"this period, {MINIMUM_DAYS} are needed."
        )
    return of_ratio(
        FREQUENCY,
        pace,
        n=n,
        n_unit="creators",
        reason=reason,
        factor=DAYS,
        provenance=numbers.provenance.get("posts", {}),
        inputs={
            "posts_used": round(pace.y),
            "member_days": float(f"{pace.w:.10g}"),
            "creators": n,
            "creators_excluded": {"no post was ever given": numbers.untracked},
            "membership": "day by day, from the membership ledger",
        },
    )


def _total(metric: Metric, of: str, numbers: PostNumbers) -> Found:
    known, posts = numbers.known.get(of, 0), numbers.posts
    reason = _why_no_post(numbers)
    if not reason and known < LEAST_KNOWN * posts:
        reason = (
            f"Too few: {of} {'is' if of == 'reach' else 'are'} known of {known} of {posts} posts, "
            f"{LEAST_KNOWN * 100:.0f} % are needed for a total."
        )
    provenance: Mapping[Source, int] = numbers.provenance.get(of, {})
    return Found(
        metric=metric,
        value=None if reason else numbers.totals.get(of, 0),
        n=known,
        n_unit="posts",
        creators=numbers.tracked,
        reason=reason,
        provenance=provenance,
        inputs={
            "posts_used": known,
            "posts_excluded": {f"{of} not known": posts - known},
            "membership": AS_OF_POST,
        },
    )


POSTS = Family("posts", "Posts", METRICS, _measure)
