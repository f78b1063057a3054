"""Creators are followed over time: held against the closed form, and against a known law."""

import numpy as np
import pytest

from segmentation.forecasting.following import Moves, follow, moves_of
from segmentation.forecasting.history import History
from segmentation.forecasting.learning import learn, tell
from segmentation.forecasting.trial import errors_of, try_out, warm_only

MOVES = Moves(within=0.3, between=0.8, fades=0.7)


def history(creator, value, since, creators):
    creator = np.array(creator, dtype=np.int64)
    return History(
        creator=creator,
        value=np.array(value, dtype=float),
        age=np.full(len(creator), np.nan),
        since=np.array(since, dtype=float),
        followers=np.full(creators, np.nan),
        groups=np.zeros((creators, 0), dtype=bool),
        names=(),
    )


def test_what_is_known_is_what_the_closed_form_says():
    """A Gaussian process with covariance between * exp(-fades * years apart)."""
    since, distances = np.array([900.0, 420.0, 400.0, 30.0]), np.array([1.2, 0.4, -0.1, 0.9])
    one = history([1, 1, 1, 1], [1, 1, 1, 1], since, 3)
    found = follow(MOVES, one, distances, np.array([0.0, 10.0, 0.0]))
    apart = np.abs(since[:, None] - since[None, :]) / 365.25
    among = MOVES.between * np.exp(-MOVES.fades * apart) + MOVES.within * np.eye(4)
    to_now = MOVES.between * np.exp(-MOVES.fades * (since - 10) / 365.25)
    assert found.distance[1] == pytest.approx(to_now @ np.linalg.solve(among, distances))
    assert found.variance[1] == pytest.approx(
        MOVES.between - to_now @ np.linalg.solve(among, to_now)
    )
    # Of whom no piece is known, nothing is.
    assert found.distance[[0, 2]].tolist() == [0, 0]
    assert found.variance[[0, 2]] == pytest.approx(MOVES.between)


def drawn(creators, pieces, fades, years, seed=3):
    """Pieces of creators whose distance from the base fades, and who gain 0.3 a year."""
    dice = np.random.default_rng(seed)
    who, values, days = [], [], []
    for creator in range(creators):
        since = np.sort(dice.uniform(0, 365.25 * years, pieces))[::-1]
        level = dice.normal(0, 1)
        for place, moment in enumerate(since):
            if place:
                left = np.exp(-fades * (since[place - 1] - moment) / 365.25)
                level = left * level + dice.normal(0, np.sqrt(1 - left**2))
            who.append(creator)
            days.append(moment)
            values.append(np.expm1(6 + level - 0.3 * moment / 365.25 + dice.normal(0, 0.4)))
    return history(who, values, days, creators)


def test_how_quickly_it_fades_is_found():
    some = drawn(400, 6, fades=1.0, years=2)
    distances = some.logs - 6 + 0.3 * some.since / 365.25
    found = moves_of(some, distances, Moves(0.5, 0.5, 0.0))
    assert found.within == pytest.approx(0.16, rel=0.25)
    assert found.between == pytest.approx(1.0, rel=0.2)
    assert found.fades == pytest.approx(1.0, rel=0.35)


def test_old_pieces_count_less_and_gains_are_learned():
    some = drawn(400, 5, fades=1.0, years=2)
    learned = learn(some)
    assert learned.growth[2] == pytest.approx(0.3, abs=0.12)
    soon, late = (tell(learned, some, np.full(400, days)) for days in (0.0, -1_000.0))
    assert np.mean(np.abs(late.own)) < 0.3 * np.mean(np.abs(soon.own))
    assert np.all(late.spread > soon.spread)
    trial = try_out(warm_only(errors_of(some)), 0.8)
    assert trial.factor < 0.8 * trial.base_factor
    assert trial.held == pytest.approx(0.8, abs=0.06)
