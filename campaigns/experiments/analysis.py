"""The analysis of an experiment, by creator."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from math import exp, expm1, log, log1p, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtrit

from campaigns.experiments.jackknife import (
    LogRate,
    LogRatio,
    TooLittle,
    difference,
    log_rate,
)
from campaigns.experiments.results import (
    Analysis,
    ArmResult,
    Comparison,
    Interval,
    Outcome,
    Plan,
    PlanRefused,
    Reading,
)
from campaigns.experiments.sequential import anytime, pocock

Floats = npt.NDArray[np.float64]

SHUFFLES = 4_999
# Half of an interval of logs beyond which it says nothing, and its ends are no numbers any more.
_WIDEST = log(1_000)
_METHOD = (
    "ratio of rates by arm; delete-one-creator jackknife of the log rate, Student's t "
    "(Welch-Satterthwaite)"
)


def analyse(outcomes: Sequence[Outcome], plan: Plan, *, look: int | None = None) -> Analysis:
    """Compare every arm with the control. `look` is which of the planned looks this is."""
    keys = list(dict.fromkeys(outcome.arm for outcome in outcomes))
    if plan.control not in keys:
        raise PlanRefused(f"Nobody is in “{plan.control}”, with which the others are compared.")
    if len({outcome.creator for outcome in outcomes}) < len(outcomes):
        raise PlanRefused("Each creator has one outcome; add up what came of a creator first.")
    if any(outcome.weight < 0 for outcome in outcomes):
        raise PlanRefused("What outcomes are counted on cannot be negative.")
    if plan.reading is Reading.PLANNED and not (look and 1 <= look <= plan.looks):
        raise PlanRefused(f"Say which of the {plan.looks} planned looks this is.")
    by_arm = {key: [outcome for outcome in outcomes if outcome.arm == key] for key in keys}
    rates = {key: _rate(found) for key, found in by_arm.items()}
    others = [key for key in keys if key != plan.control]
    level = 1 - (1 - plan.level) / max(1, len(others))  # Bonferroni: all comparisons together
    return Analysis(
        plan=plan,
        arms={key: _arm(key, by_arm[key], rates[key], plan.level) for key in keys},
        comparisons=tuple(_compare(key, by_arm, rates, plan, level) for key in others),
        method=_named(plan, len(others)),
        look=look,
    )


def _usable(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.events is not None and each.weight > 0]


def _columns(outcomes: Sequence[Outcome]) -> tuple[Floats, Floats]:
    usable = _usable(outcomes)
    return (
        np.array([each.events for each in usable], dtype=np.float64),
        np.array([each.weight for each in usable], dtype=np.float64),
    )


def _rate(outcomes: Sequence[Outcome]) -> LogRate | str:
    events, weights = _columns(outcomes)
    try:
        return log_rate(events.tolist(), weights.tolist())
    except TooLittle as missing:
        return str(missing)


def _arm(key: str, outcomes: Sequence[Outcome], found: LogRate | str, level: float) -> ArmResult:
    events, weights = _columns(outcomes)
    unknown = sum(outcome.events is None for outcome in outcomes)
    return ArmResult(
        arm=key,
        creators=len(events),
        unknown=unknown,
        silent=len(outcomes) - len(events) - unknown,
        rate=float(events.sum() / weights.sum()) if len(events) else None,
        interval=None if isinstance(found, str) else _rate_interval(found, level),
    )


def _rate_interval(found: LogRate, level: float) -> Interval:
    # A single creator's worth of weight would leave no degree of freedom at all.
    freedom = max(found.effective - 1, 1.0)
    half = float(stdtrit(freedom, 1 - (1 - level) / 2)) * sqrt(found.variance)
    return Interval(level, exp(found.value - half), exp(found.value + half))


def _compare(
    key: str,
    by_arm: dict[str, list[Outcome]],
    rates: dict[str, LogRate | str],
    plan: Plan,
    level: float,
) -> Comparison:
    treated, control = rates[key], rates[plan.control]
    if isinstance(treated, str):
        return _too_little(key, key, treated)
    if isinstance(control, str):
        return _too_little(key, plan.control, control)
    apart = difference(treated, control)
    half = _errors(apart, plan, level) * sqrt(apart.variance)
    if half > _WIDEST:
        return _too_little(key, key, "the interval is wider than a factor of 1,000")
    return Comparison(
        arm=key,
        lift=expm1(apart.value),
        interval=Interval(plan.level, expm1(apart.value - half), expm1(apart.value + half)),
        by_chance=_by_chance(by_arm[key], by_arm[plan.control], plan.seed)
        if plan.reading is Reading.ONCE
        else None,
    )


def _too_little(arm: str, where: str, missing: str) -> Comparison:
    return Comparison(arm, None, None, None, f"Too little to say in “{where}”: {missing}.")


def _errors(apart: LogRatio, plan: Plan, level: float) -> float:
    """Return the half width of the interval in standard errors.

    Boundaries for several looks are those of a normal z. With few creators t takes its place: the
    value that t exceeds as rarely.
    """
    if apart.variance == 0:
        return 0.0
    if plan.reading is Reading.ONCE:
        z = float(ndtri(1 - (1 - level) / 2))
    elif plan.reading is Reading.PLANNED:
        z = pocock(plan.looks, level)
    else:
        z = anytime(apart.variance, level, log1p(plan.planned_lift))
    return float(stdtrit(apart.freedom, min(float(ndtr(z)), 1 - 1e-12)))


def _by_chance(treated: Sequence[Outcome], control: Sequence[Outcome], seed: str) -> float | None:
    """Shuffle the arms within strata; return how often the rates are at least as far apart."""
    both = [*_usable(treated), *_usable(control)]
    events, weights = _columns(both)
    is_treated = np.arange(len(both)) < len(_usable(treated))
    strata = {name: number for number, name in enumerate({each.stratum: 0 for each in both})}
    stratum = np.array([strata[each.stratum] for each in both])
    order = np.lexsort((~is_treated, stratum))
    events, weights = events[order], weights[order]
    is_treated, stratum = is_treated[order], stratum[order]
    if all(len(set(is_treated[stratum == each])) == 1 for each in strata.values()):
        return None
    chance = np.random.default_rng(int.from_bytes(sha256(f"shuffle {seed}".encode()).digest()[:8]))
    seen = _apart(events[None, :], weights[None, :], is_treated)[0]
    at_least, done, batch = 0, 0, max(1, 2_000_000 // len(both))
    while done < SHUFFLES:
        rows = min(batch, SHUFFLES - done)
        # Random keys within strata: the stratum is the whole part, chance the rest.
        shuffled = np.argsort(stratum + chance.random((rows, len(both))), axis=1)
        found = _apart(events[shuffled], weights[shuffled], is_treated)
        at_least += int((found >= seen - 1e-12).sum())
        done += rows
    return (at_least + 1) / (SHUFFLES + 1)


def _apart(events: Floats, weights: Floats, is_treated: npt.NDArray[np.bool_]) -> Floats:
    """Return how far the rates are apart, row by row: the absolute difference of the logs."""
    with np.errstate(divide="ignore"):
        rates = [
            np.log(events[:, which].sum(axis=1) / weights[:, which].sum(axis=1))
            for which in (is_treated, ~is_treated)
        ]
    found: Floats = np.abs(rates[0] - rates[1])
    return found


def _named(plan: Plan, comparisons: int) -> str:
    parts = [_METHOD]
    if plan.reading is Reading.PLANNED:
        parts.append(f"Pocock's boundary for {plan.looks} looks")
    elif plan.reading is Reading.ANYTIME:
        parts.append(
            f"always valid (mSPRT), narrowest at a difference of {plan.planned_lift * 100:g} %"
        )
    if comparisons > 1:
        parts.append(f"Bonferroni for {comparisons} comparisons")
    return "; ".join(parts)
