"""How far one reviewer is from the others, and whether that moves from quarter to quarter.

Each answer is held against the third person's word where one decided, else against what the other
reviewer said. The mean of the differences is the reviewer's *lean*: above 0 they give more points
than others. *Drift* is the lean of the newest quarter less that of the quarters before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import NormalDist
from typing import TypeAlias

from crm.agreement import LEAST_UNITS, LEVEL, Agreement, Level, agreement_of_many
from crm.agreement.student import student

Value: TypeAlias = int | str


@dataclass(frozen=True)
class Compared:
    """So many `times` in a quarter somebody said this, and somebody else that."""

    # The first day of the quarter.
    quarter: date
    # Who the other one was.
    other: int
    said: Value
    beside: Value
    # What a third person decided; None: nobody had to.
    decided: Value | None
    times: int

    @property
    def reference(self) -> Value:
        """What the answer is held against."""
        return self.beside if self.decided is None else self.decided

    @property
    def is_same(self) -> bool:
        """Whether it is what it is held against."""
        return self.said == self.reference

    @property
    def difference(self) -> int:
        """In points, of scores; of a list 1 where it is the same."""
        if isinstance(self.said, int) and isinstance(self.reference, int):
            return self.said - self.reference
        return int(self.is_same)


@dataclass(frozen=True)
class Estimate:
    """A mean of `n` comparisons with its 95 % interval; without one where too little varies."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Quarter:
    """What somebody's answers of one quarter come to."""

    begins: date
    n: int
    same: int
    lean: Estimate


@dataclass(frozen=True)
class Standing:
    """How one reviewer stands to the others about one criterion."""

    level: Level
    n: int
    # Of how many different colleagues, and how often it was the same in the end.
    others: int
    same: int
    same_share: Estimate
    # Of scores only.
    lean: Estimate
    # Their answers beside the others': Krippendorff's alpha.
    agreement: Agreement
    # The newest first.
    quarters: Sequence[Quarter]
    # The newest quarter less those before; of a list, of the share that is the same.
    drift: Estimate
    # How often a third person decided, and said what they said.
    decided: int
    upheld: int
    words: str


def standing(
    compared: Sequence[Compared], values: Sequence[Value], level: Level, *, among: int = 1
) -> Standing:
    """How a reviewer stands; `values` are all answers there are, in order.

    With `among` people and criteria beside each other, one in twenty would seem to lean by chance:
    the words say so of nobody whose interval does not hold for all of them at once (Bonferroni).
    """
    by_quarter: dict[date, list[Compared]] = {}
    for one in compared:
        by_quarter.setdefault(one.quarter, []).append(one)
    newest, *_ = sorted(by_quarter, reverse=True) or [date.min]
    late = by_quarter.get(newest, [])
    early = [one for one in compared if one.quarter != newest]
    n = _count(compared)
    same = _count(one for one in compared if one.is_same)
    decided = [one for one in compared if one.decided is not None]
    found = Standing(
        level=level,
        n=n,
        others=len({one.other for one in compared}),
        same=same,
        same_share=_share(same, n),
        lean=_mean(compared, LEVEL) if level is Level.ORDINAL else Estimate(n),
        agreement=agreement_of_many(
            (((one.said, one.beside), one.times) for one in compared), values, level
        ),
        quarters=[
            Quarter(
                begins,
                _count(by_quarter[begins]),
                _count(one for one in by_quarter[begins] if one.is_same),
                _mean(by_quarter[begins], LEVEL)
                if level is Level.ORDINAL
                else Estimate(_count(by_quarter[begins])),
            )
            for begins in sorted(by_quarter, reverse=True)
        ],
        drift=_apart(late, early, LEVEL),
        decided=_count(decided),
        upheld=_count(one for one in decided if one.is_same),
        words="",
    )
    level_of_all = 1 - (1 - LEVEL) / max(among, 1)
    words = _words(found, _mean(compared, level_of_all), _apart(late, early, level_of_all), newest)
    return Standing(**{**found.__dict__, "words": words})


def _words(found: Standing, lean: Estimate, drift: Estimate, newest: date) -> str:
    if found.n < LEAST_UNITS:
        return (
            f"Too few: {found.n} of at least {LEAST_UNITS} answers to which there is another one."
        )
    is_scale = found.level is Level.ORDINAL
    said = _lean_words(lean) if is_scale else _same_words(found)
    if drift.value is None:
        said += " Too little in the newest quarter, or before it, to tell whether that moves."
    elif drift.low is not None and drift.high is not None and drift.low * drift.high > 0:
        way = "more" if drift.value > 0 else "less"
        much = (
            f"{abs(drift.value):.1f} points {way}"
            if is_scale
            else f"{abs(drift.value) * 100:.0f} percentage points {way} often the same"
        )
        said += f" Drifts: since {newest:%B %Y} {much} than before."
    if found.others == 1:
        said += " Compared with one colleague only: which of the two is off cannot be told."
    return said


def _lean_words(lean: Estimate) -> str:
    if lean.value is None:
        return ""
    if lean.low is None or lean.high is None:
        if lean.value == 0:
            return "Always said what the others said."
        way = "more" if lean.value > 0 else "less"
        return f"Always gave {abs(lean.value):.1f} points {way} than the others."
    if lean.low * lean.high > 0:
        way = "more" if lean.value > 0 else "less"
        return f"Gives {abs(lean.value):.1f} points {way} than the others."
    widest = max(-lean.low, lean.high)
    return f"Leans to neither side, as far as this tells: within {widest:.1f} points."


def _same_words(found: Standing) -> str:
    return f"Said the same as the others in {found.same} of {found.n}."


def _count(compared: Iterable[Compared]) -> int:
    return sum(one.times for one in compared)


def _moments(compared: Iterable[Compared]) -> tuple[int, float, float]:
    """How many, the mean of the differences, and their variance (of a sample)."""
    rows = [(one.difference, one.times) for one in compared]
    n = sum(times for _, times in rows)
    if n == 0:
        return 0, 0.0, 0.0
    mean = sum(value * times for value, times in rows) / n
    squares = sum(times * (value - mean) ** 2 for value, times in rows)
    return n, mean, squares / (n - 1) if n > 1 else 0.0


def _mean(compared: Iterable[Compared], level: float) -> Estimate:
    """The mean difference with Student's interval; one that never varies has none."""
    n, mean, variance = _moments(compared)
    if n < LEAST_UNITS:
        return Estimate(n)
    if variance == 0:
        return Estimate(n, mean)
    half = student(n - 1, level) * sqrt(variance / n)
    return Estimate(n, mean, mean - half, mean + half)


def _apart(late: Sequence[Compared], early: Sequence[Compared], level: float) -> Estimate:
    """The mean of one less that of the other, with Welch's interval."""
    n, after, spread = _moments(late)
    m, before, spread_before = _moments(early)
    if min(n, m) < LEAST_UNITS:
        return Estimate(n)
    change = after - before
    a, b = spread / n, spread_before / m
    if a + b == 0:
        return Estimate(n, change)
    freedom = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    half = student(freedom, level) * sqrt(a + b)
    return Estimate(n, change, change - half, change + half)


def _share(hits: int, n: int) -> Estimate:
    """A share with Wilson's interval."""
    if n < LEAST_UNITS:
        return Estimate(n)
    q = NormalDist().inv_cdf((1 + LEVEL) / 2)
    share = hits / n
    middle = (share + q * q / (2 * n)) / (1 + q * q / n)
    half = q * sqrt(share * (1 - share) / n + q * q / (4 * n * n)) / (1 + q * q / n)
    return Estimate(n, share, max(0.0, middle - half), min(1.0, middle + half))
