"""Lift of a daily series over weeks: how much more came after a day than the control says.

lift = (after / before) / (control after / control before) - 1

The unit is the week: days of one week resemble each other, and each weekday has its own level. The
control is another series in the same weeks, or the same series in other weeks (last year's). The
interval is that of the experiments: delete-one-week jackknife of the logarithms, Student's t with
the degrees of freedom of Welch and Satterthwaite. What one week has left over for the next is not
in it: with few weeks and a slow trend it is too narrow, and the words say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, expm1, log, sqrt

from crm.agreement.student import student

# Fewer weeks in a span leave an interval without meaning.
LEAST_WEEKS = 4
# So many days of a week have to be known.
LEAST_DAYS = 5
METHOD = (
    "ratio of sums over whole weeks; delete-one-week jackknife of the logarithms, Student's t "
    "(Welch-Satterthwaite)"
)


class LiftRefused(Exception):
    """There is no lift to be computed; the message is fit for the user."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def weeks(self) -> list[date]:
        """The first days of the whole weeks, counted from the first day."""
        return [
            self.first + timedelta(weeks=number)
            for number in range(((self.last - self.first).days + 1) // 7)
        ]


@dataclass(frozen=True, slots=True)
class Lift:
    """The lift, from how many weeks before and after; no interval: `why_not` says why."""

    lift: float
    low: float | None
    high: float | None
    level: float
    weeks_before: int
    weeks_after: int
    why_not: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether the interval leaves no lift out."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class _Part:
    """The logarithm of a ratio of sums, with its variance and degrees of freedom."""

    value: float
    variance: float | None
    weeks: int


Days = Mapping[date, float]


def lift_beside(
    series: Days, control: Days, *, before: Span, after: Span, level: float = 0.95
) -> Lift:
    """Against another series in the same weeks. Raises LiftRefused."""
    parts = [_against(series, control, span) for span in (before, after)]
    return _lift([(parts[1], 1), (parts[0], -1)], parts[0].weeks, parts[1].weeks, level)


def lift_between(
    series: Days,
    *,
    before: Span,
    after: Span,
    control_before: Span,
    control_after: Span,
    level: float = 0.95,
) -> Lift:
    """Against the same series in other weeks. Raises LiftRefused."""
    spans = (before, after, control_before, control_after)
    parts = [_mean(series, span) for span in spans]
    signed = [(parts[1], 1), (parts[0], -1), (parts[3], -1), (parts[2], 1)]
    return _lift(signed, parts[0].weeks, parts[1].weeks, level)


def _weekly(series: Days, span: Span) -> dict[date, float]:
    """The mean day of each whole week of which enough days are known."""
    found = {}
    for first in span.weeks:
        days = [first + timedelta(days=number) for number in range(7)]
        known = [series[day] for day in days if day in series]
        if len(known) >= LEAST_DAYS:
            found[first] = sum(known) / len(known)
    return found


def _against(series: Days, control: Days, span: Span) -> _Part:
    ours, theirs = _weekly(series, span), _weekly(control, span)
    weeks = [week for week in ours if week in theirs]
    return _ratio([ours[week] for week in weeks], [theirs[week] for week in weeks], span)


def _mean(series: Days, span: Span) -> _Part:
    weeks = list(_weekly(series, span).values())
    return _ratio(weeks, [1.0] * len(weeks), span)


def _ratio(over: Sequence[float], under: Sequence[float], span: Span) -> _Part:
    if not over or sum(over) <= 0 or sum(under) <= 0:
        raise LiftRefused(
            f"From {span.first:%-d %B %Y} to {span.last:%-d %B %Y} there is no whole week of which "
            "both series are known and more than nothing."
        )
    value = log(sum(over) / sum(under))
    tops = [sum(over) - one for one in over]
    bottoms = [sum(under) - one for one in under]
    if len(over) < LEAST_WEEKS or min(*tops, *bottoms) <= 0:
        return _Part(value, None, len(over))
    without = [log(top / bottom) for top, bottom in zip(tops, bottoms, strict=True)]
    mean = sum(without) / len(without)
    spread = sum((one - mean) ** 2 for one in without)
    return _Part(value, (len(over) - 1) / len(over) * spread, len(over))


def _lift(
    parts: Sequence[tuple[_Part, int]], weeks_before: int, weeks_after: int, level: float
) -> Lift:
    value = sum(sign * part.value for part, sign in parts)
    known = [(part.variance, part.weeks) for part, _ in parts if part.variance is not None]
    if len(known) < len(parts):
        why = (
            f"{weeks_before} weeks before and {weeks_after} after are known: an interval takes "
            f"{LEAST_WEEKS} in every span."
        )
        return Lift(expm1(value), None, None, level, weeks_before, weeks_after, why)
    half = _half([variance for variance, _ in known], [weeks for _, weeks in known], level)
    low, high = exp(value - half) - 1, exp(value + half) - 1
    return Lift(expm1(value), low, high, level, weeks_before, weeks_after)


def _half(variances: Sequence[float], weeks: Sequence[int], level: float) -> float:
    total = sum(variances)
    if total == 0:
        return 0.0
    below = sum(one**2 / (number - 1) for one, number in zip(variances, weeks, strict=True))
    return student(total**2 / below, level) * sqrt(total)


def in_words(found: Lift, name: str) -> tuple[str, ...]:
    """Say a lift without statistics."""
    said = [f"{name} was {_more(found.lift)} than the control says."]
    if found.low is None or found.high is None:
        return (*said, f"How sure that is cannot be said: {found.why_not}")
    said[0] = (
        f"{said[0][:-1]} ({found.weeks_before} weeks before, {found.weeks_after} after); the truth "
        f"lies between {_more(found.low)} and {_more(found.high)}, by a method that is right in "
        f"{found.level * 100:g} of 100 cases where weeks do not depend on each other."
    )
    if not found.is_decided:
        said.append(
            "That leaves open whether there was a lift; it does not show that there was none."
        )
    said.append(
        "Whatever else changed in these weeks, and not in the control, is in this number too."
    )
    return tuple(said)


def _more(lift: float) -> str:
    return f"{abs(lift) * 100:.0f} % {'more' if lift >= 0 else 'less'}"
