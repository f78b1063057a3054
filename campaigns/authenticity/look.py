"""Every sign, looked for in what is known of an account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from campaigns.authenticity.account import (
    CLEAR,
    RAISED,
    UNKNOWN,
    Account,
    Count,
    Seen,
    at_ease,
    excess,
)
from campaigns.authenticity.bare import bare
from campaigns.authenticity.rates import comments, drift, rate
from campaigns.authenticity.thresholds import KEYS, Thresholds, at


def look(known: Account, limits: Thresholds) -> tuple[Seen, ...]:
    """Each sign once, in the order of KEYS."""
    found = {
        one.key: one
        for one in (
            growth(known, limits),
            *rate(known, limits),
            comments(known, limits),
            country(known, limits),
            drift(known, limits),
            following(known, limits),
            quality(known, limits),
            bare(known, limits),
        )
    }
    return tuple(found[key] for key in KEYS)


def growth(known: Account, limits: Thresholds) -> Seen:
    """Whether followers jumped while those who react did not grow along."""
    form = limits.given["growth_spike"]
    since = known.on - timedelta(days=form["lookback_days"])
    counts = [count for count in known.counts if count.on > since]
    source = str(form["source"])
    steps = [*_steps(counts, form["days_max"])]
    if not steps:
        words = "Followers are known of one day only" if counts else "Followers are not known"
        value = f"{words} in the last {form['lookback_days']} days, or of days too far apart."
        return Seen("growth_spike", UNKNOWN, value, "", source)
    highest = max(steps, key=lambda step: _excess(step, limits))
    first, last = highest
    allowed = at(limits.growth, first.followers)
    days = (last.on - first.on).days
    gained = last.followers - first.followers
    words = (
        f"from {first.followers:,} to {last.followers:,} in {_days(days)} "
        f"({_scaled(highest, form['days_min']):+.0%} in 30 days)"
    )
    threshold = f"{allowed:.0%} in 30 days from {first.followers:,} followers"
    far = excess(_excess(highest, limits), 1)
    is_jump = gained >= form["gained_min"] and far >= 1
    state = RAISED if is_jump else CLEAR
    if is_jump:
        came_along, told = _along(known, first.on, last, gained / first.followers, limits)
        state, words = (CLEAR if came_along else RAISED), f"{words}; {told}"
    far = far if state == RAISED else at_ease(far)
    return Seen("growth_spike", state, words, threshold, source, last.on, far)


def country(known: Account, limits: Thresholds) -> Seen:
    """Whether few of the audience are where the creator is, and many in one other country."""
    form = limits.given["country_mismatch"]
    source = str(form["source"])
    told = sum(known.countries.values())
    if not known.home:
        why = "The creator's country is not known."
    elif not known.countries:
        why = "No source tells the audience's countries."
    elif told < form["told_min"]:
        why = f"The source names the countries of {told:.0%} of the audience only."
    else:
        home = known.countries.get(known.home, 0.0)
        others = {key: share for key, share in known.countries.items() if key != known.home}
        other, share = max(others.items(), key=lambda one: (one[1], one[0]), default=("", 0.0))
        is_out = home <= form["home_most"] and share >= form["other_least"]
        value = f"{home:.0%} of the audience in {known.home}"
        value += f", {share:.0%} in {other}" if other else ""
        if known.audience_source:
            value += f", says {known.audience_source}"
        return Seen(
            "country_mismatch",
            RAISED if is_out else CLEAR,
            value,
            f"{form['home_most']:.0%} at home or less, {form['other_least']:.0%} or more in one "
            "other country",
            source,
            known.audience_on,
            min(excess(form["home_most"], home), excess(share, form["other_least"])),
        )
    return Seen("country_mismatch", UNKNOWN, why, "", source)


def following(known: Account, limits: Thresholds) -> Seen:
    """Whether the account follows very many, and not many more follow it."""
    form = limits.given["mass_following"]
    source = str(form["source"])
    if known.following is None or known.followers is None:
        missing = "follows" if known.following is None else "is followed by"
        return Seen("mass_following", UNKNOWN, f"How many it {missing} is not known.", "", source)
    is_many = known.following > form["following_min"]
    is_out = is_many and known.followers < form["ratio_most"] * known.following
    return Seen(
        "mass_following",
        RAISED if is_out else CLEAR,
        f"follows {known.following:,}, has {known.followers:,} followers",
        f"more than {form['following_min']:,} followed, and fewer than {form['ratio_most']} "
        "followers for each",
        source,
        known.following_on,
        min(
            excess(known.following, form["following_min"]),
            excess(form["ratio_most"] * known.following, known.followers),
        ),
    )


def quality(known: Account, limits: Thresholds) -> Seen:
    """Whether a source holds few of the followers for real people."""
    form = limits.given["audience_quality"]
    source, least = str(form["source"]), float(form["least"])
    if known.quality is None:
        return Seen("audience_quality", UNKNOWN, "No source says.", "", source)
    value = f"{known.quality:.0%} real"
    if known.quality_source:
        value += f", says {known.quality_source}"
    state = RAISED if known.quality < least else CLEAR
    far = excess(1 - known.quality, 1 - least)
    threshold = f"below {least:.0%}"
    return Seen("audience_quality", state, value, threshold, source, known.quality_on, far)


def _steps(counts: list[Count], days_max: int) -> Iterator[tuple[Count, Count]]:
    """From each count to the next of another day, where they are not too far apart."""
    for first, last in pairwise(counts):
        if 0 < (last.on - first.on).days <= days_max and first.followers > 0:
            yield first, last


def _scaled(step: tuple[Count, Count], days_min: int) -> float:
    """Growth in 30 days, at the pace of the step; a short step counts as a longer one."""
    first, last = step
    days = max((last.on - first.on).days, days_min)
    ratio = max(last.followers / first.followers, 1e-9)
    return float(min(ratio ** (30 / days), 1e6) - 1)


def _excess(step: tuple[Count, Count], limits: Thresholds) -> float:
    """Growth against what is allowed from this size on."""
    days_min = limits.given["growth_spike"]["days_min"]
    return _scaled(step, days_min) / at(limits.growth, step[0].followers)


def _along(
    known: Account, first: date, last: Count, grown: float, limits: Thresholds
) -> tuple[bool, str]:
    """Whether reactions to posts grew along, and what is known of it."""
    form = limits.given["growth_spike"]
    before = [one for post in known.posts if post.on <= first and (one := post.interactions)]
    after = [one for post in known.posts if post.on >= last.on and (one := post.interactions)]
    before, after = before[-12:], after[:12]
    if min(len(before), len(after)) < form["posts_min"]:
        return False, "whether reactions grew along is not known"
    change = median(after) / median(before) - 1
    words = f"reactions to a middle post {change:+.0%}"
    return change >= form["along"] * grown, words


def _days(number: int) -> str:
    return f"{number} day{'s'[: number != 1]}"
