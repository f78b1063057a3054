"""Probabilities come true, and what is called sure was right in nine of ten."""

import numpy as np
import pytest

from segmentation.classifying.calibrating import NEVER_SURE, calibrated, sobered, softmax
from segmentation.classifying.learner import _three


def drawn(count, seed):
    """Scores of four values; how often the likeliest is right rises by a step, not by a line."""
    dice = np.random.default_rng(seed)
    ahead = dice.uniform(0, 6, count)
    right = dice.random(count) < np.select([ahead < 2, ahead < 4.5], [0.6, 0.75], 0.98)
    best = dice.integers(0, 4, count)
    scores = np.zeros((count, 4))
    scores[np.arange(count), best] = ahead
    said = np.zeros((count, 4), dtype=bool)
    said[np.arange(count), np.where(right, best, (best + 1) % 4)] = True
    return scores, said


def told(scores, temperature, sureness):
    return sobered(softmax(scores * temperature), sureness)


def sure_and_right(shares, said):
    sure = shares.max(axis=1) >= 0.8
    return sure.sum(), said[np.arange(len(said)), shares.argmax(axis=1)][sure].mean()


def test_what_is_sure_was_right_in_nine_of_ten():
    temperature, sureness = calibrated(*drawn(6_000, 1))
    scores, said = drawn(20_000, 2)
    assert sureness[2] > 0
    plain = told(scores, temperature, (*sureness[:2], 0.0))
    held = told(scores, temperature, sureness)
    assert sure_and_right(plain, said)[1] < 0.89
    number, right = sure_and_right(held, said)
    assert number > 200
    assert right > 0.9
    # Held back only, nobody's place is another, and shares still add up to one.
    assert np.all(held.max(axis=1) <= plain.max(axis=1) + 1e-12)
    order = np.argsort(plain.max(axis=1), kind="stable")
    assert np.all(np.diff(held.max(axis=1)[order]) >= -1e-9)
    assert held.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_of_few_nobody_can_tell_so_it_is_never_sure(seed):
    scores, said = drawn(18, seed)
    temperature, sureness = calibrated(scores, said)
    assert sureness[2] == NEVER_SURE
    plain = told(scores, temperature, (*sureness[:2], 0.0))
    held = told(scores, temperature, sureness)
    assert held.max() < 0.8
    assert np.all(held.max(axis=1) <= plain.max(axis=1) + 1e-12)
    order = np.argsort(plain.max(axis=1), kind="stable")
    assert np.all(np.diff(held.max(axis=1)[order]) >= -1e-9)
    assert held.sum(axis=1) == pytest.approx(1)


def test_few_that_were_all_right_show_nothing_and_many_do():
    for count, shown in ((35, NEVER_SURE), (36, 0.0)):
        scores, _said = drawn(count, 6)
        said = scores == scores.max(axis=1, keepdims=True)
        assert calibrated(scores, said)[1][2] == shown
    scores, _said = drawn(30, 6)
    assert calibrated(scores, scores < 0)[1][2] == NEVER_SURE


def test_older_versions_were_not_held_back():
    assert _three(np.array([0.9, -0.1])) == (0.9, -0.1, 0.0)
    assert _three(np.array([0.9, -0.1, 0.4])) == (0.9, -0.1, 0.4)
