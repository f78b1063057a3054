"""Try a forecast on what has come since: how far it was off, and how often its interval held.

Each creator's newest piece is told from those before it. The errors, divided by the spread that was
told, are what intervals are made of (split conformal), by how many pieces a creator had. How often
they hold is counted on creators whose errors did not make them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from segmentation.forecasting.history import Bools, Floats, History, Ints, shifts
from segmentation.forecasting.learning import learn, tell

# History sizes that are tried apart: none, 1 or 2, 3 to 9, 10 and more.
BANDS = ((0, 0), (1, 2), (3, 9), (10, None))
# With fewer errors, a band takes those of all bands.
FEW = 30
FOLDS = 5


@dataclass(frozen=True)
class Errors:
    """One trial of each creator: what was told and what came, as logarithms."""

    creator: Ints
    came: Floats
    told: Floats
    spread: Floats
    # As its segment and followers alone have it, and the plain mean of all.
    base: Floats
    plain: Floats
    pieces: Ints

    @property
    def scores(self) -> Floats:
        """Errors in spreads."""
        scores: Floats = (self.came - self.told) / self.spread
        return scores


@dataclass(frozen=True)
class Band:
    """Interval ends in spreads around what is told, of creators with `low` to `high` pieces."""

    low: int
    high: int | None
    # In spreads: the lower end, the middle, the upper end.
    ends: tuple[float, float, float]
    tried: int
    # Share of outcomes within intervals made from others' errors; None: too few to say.
    held: float | None
    # exp of the root mean square of logarithms: "typically off by a factor of".
    factor: float | None
    base_factor: float | None


@dataclass(frozen=True)
class Trial:
    """What came of trying: all together, and by size of history."""

    level: float
    tried: int
    held: float
    factor: float
    base_factor: float
    plain_factor: float
    explained: float
    bands: tuple[Band, ...]

    def ends(self, pieces: Ints) -> Floats:
        """The ends for creators with so many pieces: creators x 3."""
        found = np.empty((len(pieces), 3))
        for band in self.bands:
            found[_in(pieces, (band.low, band.high))] = band.ends
        return found


def errors_of(history: History) -> Errors:
    """Tell each creator's newest piece from the ones before; of who has one, from others only.

    One in FOLDS of those with more is also told from others only, as somebody new would be.
    """
    newest = history.from_last() == 0
    before = history.only(~newest)
    target = np.flatnonzero(newest)
    who = history.creator[target]
    # A young count is held against what a whole one was told to be, less what it still grows; an
    # old one against what was told of its day.
    young = shifts(history)[target]
    until = np.zeros(history.creators)
    until[who] = history.since[target]
    came = history.logs[target]
    fold = (who * 2654435761 % 2**32) % FOLDS
    prior = np.empty(len(who))
    unknown = np.empty(len(who))
    plain = np.empty(len(who))
    for one in range(FOLDS):
        inside = fold == one
        kept = (history.creator * 2654435761 % 2**32) % FOLDS != one
        others = history.only(kept)
        learned = learn(others)
        cold = tell(learned, others)
        prior[inside] = cold.prior[who[inside]] + young[inside] @ learned.growth
        unknown[inside] = cold.spread[who[inside]]
        plain[inside] = float(np.mean(others.logs))
    had = before.counts()[who]
    as_new = (had == 0) | (fold == 0)
    own, spread = prior, unknown
    if not as_new.all():
        learned = learn(before)
        warm = tell(learned, before, until)
        own, spread = warm.middle[who] + young @ learned.growth, warm.spread[who]
    return Errors(
        creator=who,
        came=came,
        told=np.where(as_new, prior, own),
        spread=np.where(as_new, unknown, spread),
        base=prior,
        plain=plain,
        pieces=np.where(as_new, 0, had),
    )


def try_out(errors: Errors, level: float) -> Trial:
    """Make intervals from the errors that hold a share of `level`, and count how often they do."""
    half = (errors.creator * 40503 % 65_521) % 2 == 0
    scores = errors.scores
    held = np.zeros(len(scores), dtype=bool)
    for made, tried in ((half, ~half), (~half, half)):
        ends = _ends(scores[made], errors.pieces[made], errors.pieces[tried], level)
        held[tried] = (scores[tried] >= ends[:, 0]) & (scores[tried] <= ends[:, 2])
    bands = []
    for low, high in BANDS:
        inside = _in(errors.pieces, (low, high))
        tried = int(np.sum(inside))
        ends = _ends(scores, errors.pieces, np.array([low]), level)[0]
        bands.append(
            Band(
                low,
                high,
                (float(ends[0]), float(ends[1]), float(ends[2])),
                tried,
                float(np.mean(held[inside])) if tried >= FEW else None,
                _factor((errors.came - errors.told)[inside]) if tried >= FEW else None,
                _factor((errors.came - errors.base)[inside]) if tried >= FEW else None,
            )
        )
    miss = errors.came - errors.told
    return Trial(
        level=level,
        tried=len(miss),
        held=float(np.mean(held)),
        factor=_factor(miss),
        base_factor=_factor(errors.came - errors.base),
        plain_factor=_factor(errors.came - errors.plain),
        explained=1 - float(np.mean(miss**2)) / max(float(np.var(errors.came)), 1e-9),
        bands=tuple(bands),
    )


def calibration(errors: Errors, levels: Sequence[float]) -> list[tuple[float, float]]:
    """Of each level, the share of outcomes that its interval held."""
    return [(level, try_out(errors, level).held) for level in levels]


def warm_only(errors: Errors) -> Errors:
    """Without those who were told as if they were new."""
    keep = errors.pieces > 0
    return replace(
        errors,
        **{name: getattr(errors, name)[keep] for name in errors.__dataclass_fields__},
    )


def _ends(scores: Floats, pieces: Ints, of: Ints, level: float) -> Floats:
    """Ends in spreads for histories of `of` pieces, from these scores."""
    found = np.empty((len(of), 3))
    everywhere = _quantiles(scores, level)
    for band in BANDS:
        inside = _in(pieces, band)
        ends = _quantiles(scores[inside], level) if np.sum(inside) >= FEW else everywhere
        found[_in(of, band)] = ends
    return found


def _quantiles(scores: Floats, level: float) -> tuple[float, float, float]:
    """The ends that hold a share of `level`: one more error than there are, as conformal has it."""
    ordered, n = np.sort(scores), len(scores)
    rest = (1 - level) / 2
    low = max(int(np.floor((n + 1) * rest)) - 1, 0)
    high = min(int(np.ceil((n + 1) * (1 - rest))) - 1, n - 1)
    return float(ordered[low]), float(np.median(ordered)), float(ordered[high])


def _in(pieces: Ints, band: tuple[int, int | None]) -> Bools:
    low, high = band
    inside: Bools = pieces >= low
    return inside if high is None else inside & (pieces <= high)


def _factor(errors: Floats) -> float:
    return float(np.exp(np.sqrt(np.mean(errors**2))))
