"""Krippendorff's alpha: against the reference package, against his own example, and its edges."""

from __future__ import annotations

import random

import krippendorff
import numpy as np
import pytest

from crm.agreement import LEAST_UNITS, Agreement, Level, agreement, agreement_of_many

SCORES = range(1, 6)


@pytest.mark.parametrize("level", Level)
def test_it_is_that_of_the_reference_package(level):
    for seed in range(60):
        chance = random.Random(seed)
        people = chance.choice([2, 2, 3, 4])
        units = [
            [
                min(5, max(1, truth + chance.choice([-1, 0, 0, 1])))
                for _ in range(people)
                if chance.random() > 0.15
            ]
            for truth in chance.choices(SCORES, k=chance.randint(20, 60))
        ]
        table = np.full((people, len(units)), np.nan)
        for place, unit in enumerate(units):
            table[: len(unit), place] = unit
        expected = krippendorff.alpha(
            reliability_data=table, value_domain=list(SCORES), level_of_measurement=level.value
        )
        found = agreement(units, SCORES, level)
        assert found.alpha == pytest.approx(expected, abs=1e-12)
        assert found.units == sum(len(unit) > 1 for unit in units)
        assert found.low < found.alpha < found.high < 1


def test_answers_of_a_list():
    units = [["yes", "yes"]] * 8 + [["no", "no"]] * 3 + [["yes", "no"]] * 1
    found = agreement(units, ["yes", "no", "never"], Level.NOMINAL)
    # By hand: 1 - 23 * (2 / 24) / (2 * 17 * 7 / 24) = 0.8067.
    assert found.alpha == pytest.approx(1 - 23 * 2 / (2 * 17 * 7))
    assert (found.units, found.same) == (12, 11)


@pytest.mark.parametrize("level", Level)
def test_the_interval_is_the_same_in_whichever_order_units_come(level):
    chance = random.Random(3)
    units = [[truth, min(5, truth + chance.choice([0, 0, 1]))] for truth in [*SCORES] * 12]
    found = agreement(units, SCORES, level)
    assert found.low is not None
    assert found == agreement(reversed(units), SCORES, level)
    assert found == agreement_of_many(((unit, 1) for unit in sorted(units)), SCORES, level)


def test_the_order_of_scores_counts():
    near = [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [4, 5]] * 3
    far = [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [1, 5]] * 3
    alphas = [agreement(units, SCORES, Level.ORDINAL).alpha for units in (near, far)]
    assert [alpha > 0.75 for alpha in alphas] == [True, False]


def test_too_few_says_so():
    units = [[1, 2]] * (LEAST_UNITS - 1) + [[3]] * 50
    assert agreement(units, SCORES, Level.ORDINAL) == Agreement(
        9, 0, reason="Too few: 9 of at least 10 that two people judged."
    )
    assert agreement([[4]], SCORES, Level.ORDINAL).reason == (
        "Nothing was judged by two people yet."
    )


def test_where_nothing_varies_there_is_no_alpha():
    found = agreement([[4, 4]] * 30, SCORES, Level.ORDINAL)
    assert (found.alpha, found.same) == (None, 30)
    assert found.words.startswith("Everybody always said the same one thing")


def test_an_interval_is_kept_back_where_next_to_nothing_varies():
    found = agreement([[4, 4]] * 30 + [[3, 4]], SCORES, Level.ORDINAL)
    assert found.alpha == pytest.approx(0.0)
    assert (found.low, found.high) == (None, None)


def test_an_interval_is_kept_back_where_nobody_ever_differed():
    found = agreement([[4, 4], [3, 3]] * 10, SCORES, Level.ORDINAL)
    assert (found.alpha, found.low, found.high) == (1.0, None, None)
    assert found.words.startswith("Probably reliable; more double reviews")


@pytest.mark.parametrize(("level", "q"), [(Level.ORDINAL, 0.1), (Level.NOMINAL, 0.3)])
def test_intervals_hold_the_truth_as_often_as_they_say(level, q):
    """Of 30 creators, where each reviewer is off with a chance of `q`."""
    chance = random.Random(7)

    def unit():
        truth = chance.choice([2, 3, 4])
        off = [chance.choice([-1, 1]) * (chance.random() < q) for _ in range(2)]
        return tuple(sorted(truth + one for one in off))

    truth = agreement([unit() for _ in range(60_000)], SCORES, level).alpha
    found = [agreement([unit() for _ in range(30)], SCORES, level) for _ in range(400)]
    held = sum(one.low <= truth <= one.high for one in found if one.low is not None)
    # 95 %, and what chance makes of it in 400.
    assert 0.92 < held / sum(one.low is not None for one in found) < 0.98


@pytest.mark.parametrize(
    ("alpha", "low", "words"),
    [
        (0.9, 0.82, "Reliable"),
        (0.85, 0.7, "Probably reliable"),
        (0.7, 0.5, "Good enough to rank"),
        (0.3, 0.1, "Reviewers mean different things"),
        (0.85, None, "Probably reliable"),
    ],
)
def test_what_it_means(alpha, low, words):
    assert Agreement(20, 10, alpha, low, 1.0).words.startswith(words)
