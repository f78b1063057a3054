"""Whether more creators use a term than before, or chance made it so. Plain numbers.

Given k of n creators in a week, and K of N in those before (creators added up over the weeks): had
nothing changed, each of the k + K uses would fall into the week with the chance n / (n + N), so the
chance of k or more is a binomial tail. Terms whose weeks differ more than chance makes them differ
(a hashtag for every first Monday) have all counts divided by how much more, the dispersion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.95


@dataclass(frozen=True)
class Counted:
    """A term: creators in the week (of `active`) and before (of `active_before`, over `weeks`).

    spread  the sum over the weeks before of creators squared / active
    """

    creators: int
    before: int
    active: int
    active_before: int
    weeks: int
    spread: float


@dataclass(frozen=True)
class Tested:
    """How many times as many creators as before, its interval, and the chance of that.

    times, low, high  None: no number, as where nobody used it before
    """

    chance: float
    times: float | None
    low: float | None
    high: float | None


def dispersion(one: Counted) -> float:
    """Variance of the weeks before over what chance alone makes; 1 at least."""
    if not one.before or one.weeks < 2:
        return 1.0
    squares = one.active_before / one.before * one.spread - one.before
    return max(1.0, squares / (one.weeks - 1))


def test(one: Counted) -> Tested:
    """The tail of the binomial and the interval of Clopper and Pearson. Heavy: for workers."""
    from scipy.special import betainc, betaincinv  # noqa: PLC0415 - slow to import

    by = dispersion(one)
    k, before = one.creators / by, one.before / by
    share = one.active / (one.active + one.active_before)
    odds = one.active_before / one.active
    tail = (1 - LEVEL) / 2
    low = float(betaincinv(k, before + 1, tail))
    high = float(betaincinv(k + 1, before, 1 - tail)) if before else 1.0
    return Tested(
        chance=float(betainc(k, before + 1, share)),
        times=one.creators / one.before * odds if one.before else None,
        low=low / (1 - low) * odds,
        high=high / (1 - high) * odds if high < 1 else None,
    )


def false_shares(chances: Sequence[float]) -> list[float]:
    """Of each: how many of those that are as rare or rarer are chance (Benjamini-Hochberg)."""
    order = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)
    found, least = [0.0] * len(chances), 1.0
    for place, number in enumerate(order):
        rank = len(chances) - place
        least = min(least, chances[number] * len(chances) / rank)
        found[number] = least
    return found
