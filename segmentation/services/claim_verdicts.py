"""Whether a claim holds in a brand's own data, fails, or cannot be told; and what it would take.

Imports scipy: for workers only. Rates of tiers are compared by the delete-one-creator jackknife of
the log rate (campaigns.experiments.jackknife), so that posts of one creator are not taken for many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import ceil, exp, log
from typing import Any, TypedDict

from scipy.special import stdtrit

from campaigns.experiments.jackknife import (
    LEAST_CREATORS,
    LogRate,
    TooLittle,
    difference,
    log_rate,
)
from crm.models import Tier
from segmentation.services.claims import Claim, Outcomes

LEVEL = 0.95
# A level is confirmed where the interval's upper end is at most so many times the lower one.
NARROW = 1.5
# An interval ten times narrower takes a hundred times the creators: no advice.
MOST_NARROWER = 10


@dataclass(frozen=True)
class TierRate:
    """The rate of a tier with its interval; no value where too little is known."""

    tier: str
    name: str
    creators: int
    observations: int
    value: float | None
    low: float | None
    high: float | None
    reason: str = ""


class Result(TypedDict):
    """What became of a claim, as it is stored. `verdict`: holds, fails, open, untried."""

    key: str
    verdict: str
    words: str
    why: str
    needs: str
    ratio: float | None
    low: float | None
    high: float | None
    tiers: list[dict[str, Any]]


def judge(claim: Claim, tiers: Sequence[Tier], outcomes: Outcomes) -> Result:
    """Whether a claim holds here, fails, or cannot be told; in words, and what it would take."""
    rates = {tier.key: _log_rate(tier, outcomes) for tier in tiers}
    shown = [_tier_rate(tier, outcomes, rates[tier.key]) for tier in tiers]
    missing = [key for key in (claim.tier, claim.against) if key and key not in rates]
    if missing:
        names = " and ".join(f"“{key}”" for key in missing)
        return _result(
            claim,
            shown,
            "untried",
            "Not tried: this tier scheme has no such tier.",
            why=f"The claim speaks of {names}. Choose the scheme of its source.",
        )
    if claim.kind == "ratio":
        return _judge_ratio(claim, tiers, rates, shown)
    if claim.kind == "level":
        return _judge_level(claim, tiers, rates, shown)
    return _judge_order(claim, tiers, rates, shown)


def _judge_ratio(
    claim: Claim,
    tiers: Sequence[Tier],
    rates: Mapping[str, LogRate | str],
    shown: list[TierRate],
) -> Result:
    one, other = rates[claim.tier], rates[claim.against]
    names = {tier.key: tier.name for tier in tiers}
    told = names[claim.tier], names[claim.against]
    if isinstance(one, str) or isinstance(other, str):
        return _too_little(claim, shown, names, rates)
    ratio, low, high = found = _ratio(one, other)
    words = (
        f"{told[0]} creators have {_more(ratio)} than {told[1]} creators; the truth lies between "
        f"{_more(low)} and {_more(high)}, 19 times of 20."
    )
    verdict, head = _verdict_of(claim, low, high)
    if verdict != "open":
        return _result(claim, shown, verdict, f"{head}: {words}", ratio=found)
    return _result(
        claim,
        shown,
        "open",
        f"{head}: {words}",
        why="The interval holds both what is claimed and its opposite.",
        needs=_needed(one, other, claim.times if claim.bound == "least" else 1.0),
        ratio=found,
    )


def _verdict_of(claim: Claim, low: float, high: float) -> tuple[str, str]:
    """What the ends of a ratio's interval say of a claim: the verdict, and its head in words."""
    claimed = f"{claim.times - 1:.0%}"
    if claim.bound == "least":
        if low >= claim.times:
            return "holds", "Holds here"
        if high < claim.times:
            return "fails", f"Does not hold here, {claimed} more is out of reach"
    elif low > claim.times:
        return "holds", f"Holds here, and by more than {claimed}"
    elif low > 1:
        return "holds", "Holds here"
    elif high < 1:
        return "fails", "Does not hold here, it is the other way round"
    return "open", "Cannot be told here"


def _judge_level(
    claim: Claim,
    tiers: Sequence[Tier],
    rates: Mapping[str, LogRate | str],
    shown: list[TierRate],
) -> Result:
    names = {tier.key: tier.name for tier in tiers}
    rate = rates[claim.tier]
    if isinstance(rate, str):
        return _too_little(claim, shown, names, rates)
    value, low, high = _interval(rate)
    found = (
        f"{names[claim.tier]} creators have {value:.2%}; the truth lies between {low:.2%} and "
        f"{high:.2%}, 19 times of 20."
    )
    if high < claim.value:
        return _result(claim, shown, "fails", f"Does not hold here, it is less: {found}")
    if low > claim.value:
        return _result(claim, shown, "fails", f"Does not hold here, it is more: {found}")
    if high / low <= NARROW:
        return _result(claim, shown, "holds", f"Agrees with what is measured here: {found}")
    return _result(
        claim,
        shown,
        "open",
        f"Cannot be told here: {found}",
        why="The interval is too wide to confirm a number: its ends are half as much apart again.",
        needs=_times_more(rate.creators, log(high / low) / log(NARROW)),
    )


def _judge_order(
    claim: Claim,
    tiers: Sequence[Tier],
    rates: Mapping[str, LogRate | str],
    shown: list[TierRate],
) -> Result:
    """The highest of all, or falling from tier to tier: by pairs, corrected for their number."""
    known = [
        (tier, rate)
        for tier in tiers
        if _sized(tier) and not isinstance(rate := rates[tier.key], str)
    ]
    names = {tier.key: tier.name for tier in tiers}
    known.sort(key=lambda one: one[0].low or 0)
    if claim.kind == "best":
        own = rates[claim.tier]
        if isinstance(own, str) or len(known) < 2:
            return _too_little(claim, shown, names, rates)
        pairs = [
            (claim.tier, own, tier.key, rate) for tier, rate in known if tier.key != claim.tier
        ]
    else:
        if len(known) < 2:
            return _too_little(claim, shown, names, rates)
        pairs = [(one[0].key, one[1], other[0].key, other[1]) for one, other in pairwise(known)]
    level = 1 - (1 - LEVEL) / len(pairs)
    for_it: list[str] = []
    against: list[str] = []
    unsure: list[str] = []
    for first, rate, second, other in pairs:
        _, low, high = _ratio(rate, other, level)
        words = f"{names[first]} and {names[second]}"
        (for_it if low > 1 else against if high < 1 else unsure).append(words)
    parts = [
        f"it is so between {', '.join(for_it)}" if for_it else "",
        f"the other way round between {', '.join(against)}" if against else "",
        f"open between {', '.join(unsure)}" if unsure else "",
    ]
    found = "; ".join(part for part in parts if part)
    silent = [
        names[tier.key] for tier in tiers if isinstance(rates[tier.key], str) and _sized(tier)
    ]
    why = f"Nothing can be said of {', '.join(silent)}: too few creators." if silent else ""
    if against:
        return _result(claim, shown, "fails", f"Does not hold here: {found}.", why=why)
    if unsure:
        return _result(
            claim,
            shown,
            "open",
            f"Cannot be told here: {found}.",
            why=why,
            needs="More creators in the tiers that cannot be told apart, or more quarters.",
        )
    if silent and claim.kind == "best":
        # The highest of all sizes is not told by some of them.
        needs = f"Posts with counts of at least {LEAST_CREATORS} creators in {', '.join(silent)}."
        return _result(claim, shown, "open", f"Cannot be told here: {found}.", why=why, needs=needs)
    return _result(claim, shown, "holds", f"Holds here: {found}.", why=why)


def _sized(tier: Tier) -> bool:
    """Whether the tier is one of a count of followers: celebrities are a mark."""
    return tier.low is not None or tier.high is not None


def _log_rate(tier: Tier, outcomes: Outcomes) -> LogRate | str:
    """The log rate of a tier, or why there is none."""
    events, weights = outcomes.events.get(tier.pk, []), outcomes.weights.get(tier.pk, [])
    try:
        return log_rate(events, weights)
    except TooLittle as refusal:
        return str(refusal)


def _tier_rate(tier: Tier, outcomes: Outcomes, rate: LogRate | str) -> TierRate:
    weights = outcomes.weights.get(tier.pk, [])
    if isinstance(rate, str):
        return TierRate(
            tier.key, tier.name, len(weights), round(sum(weights)), None, None, None, rate
        )
    value, low, high = _interval(rate)
    return TierRate(tier.key, tier.name, len(weights), round(sum(weights)), value, low, high)


def _interval(rate: LogRate) -> tuple[float, float, float]:
    half = _quantile(max(rate.effective - 1, 1.0), LEVEL) * rate.variance**0.5
    return exp(rate.value), exp(rate.value - half), exp(rate.value + half)


def _ratio(one: LogRate, other: LogRate, level: float = LEVEL) -> tuple[float, float, float]:
    found = difference(one, other)
    half = _quantile(found.freedom, level) * found.variance**0.5
    return exp(found.value), exp(found.value - half), exp(found.value + half)


def _quantile(freedom: float, level: float) -> float:
    return float(stdtrit(freedom, 1 - (1 - level) / 2))


def _needed(one: LogRate, other: LogRate, bar: float) -> str:
    """How many creators it would take until the interval no longer holds the bar.

    At the ratio and the spread that are seen: intervals shrink as the root of the number.
    """
    ratio, low, high = _ratio(one, other)
    distance = abs(log(ratio / bar))
    half = log(high / low) / 2
    if half > MOST_NARROWER * distance:
        return "What is seen lies too near for any number of creators that could be had."
    words = _times_more(min(one.creators, other.creators), half / distance)
    return f"{words} That is if the difference stays as it is here."


def _times_more(creators: int, narrower: float) -> str:
    factor = max(narrower, 1.0) ** 2
    wanted = max(ceil(creators * factor), creators + 1)
    return f"About {wanted:,} creators in the smaller of the tiers, where there are {creators:,}."


def _too_little(
    claim: Claim,
    shown: list[TierRate],
    names: Mapping[str, str],
    rates: Mapping[str, LogRate | str],
) -> Result:
    wanted = [key for key in (claim.tier, claim.against) if key] or list(names)
    reasons = [f"{names[key]}: {reason}" for key in wanted if isinstance(reason := rates[key], str)]
    of = "links, clicks and conversions" if claim.measure == "conversion" else "posts with counts"
    return _result(
        claim,
        shown,
        "open",
        "Cannot be told here: too little is known.",
        why=f"{'; '.join(reasons)}.",
        needs=f"{of.capitalize()} of at least {LEAST_CREATORS} creators in each tier.",
    )


def _more(ratio: float) -> str:
    """ "60 % more", "12 % less", "as much"."""
    share = round(abs(ratio - 1) * 100)
    if not share:
        return "as much"
    return f"{share} % {'more' if ratio > 1 else 'less'}"


def _result(
    claim: Claim,
    shown: list[TierRate],
    verdict: str,
    words: str,
    *,
    why: str = "",
    needs: str = "",
    ratio: tuple[float, float, float] | None = None,
) -> Result:
    value, low, high = ratio or (None, None, None)
    return Result(
        key=claim.key,
        verdict=verdict,
        words=words,
        why=why,
        needs=needs,
        ratio=value,
        low=low,
        high=high,
        tiers=[asdict(one) for one in shown],
    )
