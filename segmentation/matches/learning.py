"""What counted in campaigns that are over: weights learned from how creators worked out.

A ridge logistic regression of the outcome on the factors' points, judged on campaigns that it has
not seen, one after the other. Little data says little: what is learned is mixed with the weights
in force, and is suggested only where it puts unseen campaigns in a better order than they do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from segmentation.matches.factors import KEYS, MAX_WEIGHT, score_of

# What it takes to learn: creators, of either outcome, and campaigns.
FEWEST, FEWEST_OF_EACH, FEWEST_CAMPAIGNS = 40, 10, 3
# The weights in force count like so many creators.
PRIOR = 100
# By so much must the order of unseen campaigns be better, as an area under the curve.
BETTER_BY = 0.01
STRENGTH = 1.0


@dataclass(frozen=True)
class Case:
    """A creator in a campaign that is over: factors as they stood before, and how it went."""

    campaign: int
    # Points, 0 to 100, of the factors that were known.
    points: Mapping[str, float]
    worked: bool


@dataclass(frozen=True)
class Finding:
    """What was learned. `why_not` is empty where `suggested` is better than what is in force."""

    cases: int
    worked: int
    campaigns: int
    # How often of two creators of an unseen campaign the one who worked out is placed higher.
    auc_in_force: float | None = None
    auc_learned: float | None = None
    coefficients: Mapping[str, float] = field(default_factory=dict)
    suggested: Mapping[str, int] | None = None
    why_not: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def learn(cases: Sequence[Case], in_force: Mapping[str, int]) -> Finding:
    """Ask the cases what counted. Needs numpy and scikit-learn: for workers."""
    campaigns = sorted({case.campaign for case in cases})
    worked = sum(case.worked for case in cases)
    told = Finding(len(cases), worked, len(campaigns))
    if lacking := _lacking(len(cases), worked, len(campaigns)):
        return replace(told, why_not=lacking)
    ours, theirs = [], []
    for campaign in campaigns:
        seen = [case for case in cases if case.campaign != campaign]
        unseen = [case for case in cases if case.campaign == campaign]
        if len({case.worked for case in seen}) < 2:
            continue
        weights = _weights(_coefficients(seen), in_force, len(seen))
        ours += _pairs(unseen, weights)
        theirs += _pairs(unseen, in_force)
    if not ours:
        return replace(
            told,
            why_not="In no campaign did some creators work out and others not: nothing can be "
            "compared.",
        )
    auc_learned, auc_in_force = sum(ours) / len(ours), sum(theirs) / len(theirs)
    coefficients = _coefficients(cases)
    suggested = rounded(_weights(coefficients, in_force, len(cases)))
    found = replace(
        told,
        auc_in_force=round(auc_in_force, 4),
        auc_learned=round(auc_learned, 4),
        coefficients={key: round(value, 4) for key, value in coefficients.items()},
    )
    if auc_learned < auc_in_force + BETTER_BY:
        why = (
            "On campaigns that were not learned from, the weights in force put creators in as good "
            "an order: nothing is suggested."
        )
        return replace(found, why_not=why)
    if suggested == dict(in_force):
        return replace(found, why_not="What was learned comes to the weights in force.")
    return replace(found, suggested=suggested)


def rounded(weights: Mapping[str, float]) -> dict[str, int]:
    """Whole weights from 0 to 10; what counted at all keeps counting."""
    return {key: min(round(weights[key]) or int(weights[key] > 0.25), MAX_WEIGHT) for key in KEYS}


def _lacking(cases: int, worked: int, campaigns: int) -> str:
    if campaigns < FEWEST_CAMPAIGNS:
        return (
            f"Too few campaigns: {campaigns} with a match from before it began, "
            f"{FEWEST_CAMPAIGNS} are needed."
        )
    if cases < FEWEST:
        return f"Too few creators: {cases} with an outcome, {FEWEST} are needed."
    rarer = min(worked, cases - worked)
    if rarer < FEWEST_OF_EACH:
        return (
            f"Too much alike: {worked} of {cases} worked out; it takes {FEWEST_OF_EACH} who did "
            "and as many who did not."
        )
    return ""


def _coefficients(cases: Sequence[Case]) -> dict[str, float]:
    """How much a factor that is full, against one that is empty, moves the odds (logarithm)."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    table = np.array([[case.points.get(key, np.nan) / 100 for key in KEYS] for case in cases])
    told = ~np.isnan(table)
    counts = told.sum(axis=0)
    means = np.where(told, table, 0.0).sum(axis=0) / np.maximum(counts, 1)
    # What is not known says nothing: it stands at the mean of what is.
    filled = np.where(told, table, means) - means
    model = LogisticRegression(C=STRENGTH, max_iter=1_000)
    model.fit(filled, np.array([case.worked for case in cases]))
    return dict(zip(KEYS, (float(one) for one in model.coef_[0]), strict=True))


def _weights(
    coefficients: Mapping[str, float], in_force: Mapping[str, int], cases: int
) -> dict[str, float]:
    """Weights as heavy together as those in force: learned ones mixed with them.

    A factor that counted against creators weighs nothing; to turn it around is for a person.
    """
    helpful = {key: max(coefficients[key], 0.0) for key in KEYS}
    whole, total = sum(in_force.values()), sum(helpful.values())
    share = cases / (cases + PRIOR) if total else 0.0
    return {
        key: share * (helpful[key] / total * whole if total else 0.0)
        + (1 - share) * in_force.get(key, 0)
        for key in KEYS
    }


def _pairs(cases: Sequence[Case], weights: Mapping[str, float]) -> list[float]:
    """For each two of a campaign, one who worked out and one who did not: 1 if placed rightly."""
    scores = [
        (
            case.worked,
            score_of({key: {"points": points} for key, points in case.points.items()}, weights)[0],
        )
        for case in cases
    ]
    good = [score or 0.0 for worked, score in scores if worked]
    bad = [score or 0.0 for worked, score in scores if not worked]
    return [
        1.0 if one > other + 1e-9 else 0.5 if abs(one - other) <= 1e-9 else 0.0
        for one in good
        for other in bad
    ]
