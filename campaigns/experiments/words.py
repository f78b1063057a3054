"""The result of an experiment as sentences that need no statistics."""

from __future__ import annotations

from collections.abc import Callable, Collection

from campaigns.experiments.results import Analysis, ArmResult, Comparison, Reading


def in_words(analysis: Analysis, name: Callable[[str], str] = str) -> tuple[str, ...]:
    """Say the result; `name` turns the key of an arm into what people call it."""
    control = analysis.plan.control
    sentences: list[str] = []
    for comparison in analysis.comparisons:
        sentences += _comparison(analysis, comparison, name)
    if not analysis.comparisons:
        sentences.append(f"There is nobody to compare with {name(control)}.")
    if left_out := _left_out(analysis.arms.values()):
        sentences.append(left_out)
    if not analysis.plan.randomised:
        sentences.append(
            "Creators were not assigned at random: they may differ in other ways, too, so this "
            "shows a difference and not its cause."
        )
    return tuple(sentences)


def _comparison(
    analysis: Analysis, comparison: Comparison, name: Callable[[str], str]
) -> list[str]:
    if comparison.reason_if_absent is not None or comparison.interval is None:
        pair = f"{name(comparison.arm)} against {name(analysis.plan.control)}"
        return [f"{pair}: {comparison.reason_if_absent}"]
    arm, control = analysis.arms[comparison.arm], analysis.arms[analysis.plan.control]
    lift = comparison.lift or 0.0
    low, high = comparison.interval.low, comparison.interval.high
    seen = (
        f"{name(comparison.arm)} brought {_more(lift)} than {name(analysis.plan.control)} "
        f"({arm.creators} and {control.creators} creators); the difference lies between "
        f"{_more(low)} and {_more(high)}, by a method that is right in "
        f"{comparison.interval.level * 100:g} of 100 experiments."
    )
    if comparison.is_decided:
        better, worse = (
            (comparison.arm, analysis.plan.control)
            if low > 0
            else (analysis.plan.control, comparison.arm)
        )
        return [seen, f"{name(better)} does better than {name(worse)}."]
    return [seen, _undecided(analysis, comparison)]


def _undecided(analysis: Analysis, comparison: Comparison) -> str:
    planned, interval = analysis.plan.planned_lift, comparison.interval
    if interval is not None and -planned < interval.low and interval.high < planned:
        return (
            f"If there is a difference, it is smaller than the {planned * 100:g} % the experiment "
            "was made to find."
        )
    if analysis.plan.reading is Reading.ONCE:
        return (
            "That leaves open whether there is a difference; it does not show that there is none."
        )
    return "That leaves open whether there is a difference; going on may decide it."


def _left_out(arms: Collection[ArmResult]) -> str | None:
    reasons = {
        "without a known outcome": sum(arm.unknown for arm in arms),
        "with nothing to count on": sum(arm.silent for arm in arms),
    }
    parts = [
        f"{count} {'creator' if count == 1 else 'creators'} {reason}"
        for reason, count in reasons.items()
        if count
    ]
    return f"Left out: {' and '.join(parts)}." if parts else None


def _more(lift: float) -> str:
    return f"{abs(lift) * 100:.0f} % {'more' if lift >= 0 else 'less'}"
