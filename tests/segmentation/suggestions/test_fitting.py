"""Two models of the same words and a third over both come out as one weight for each word."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from segmentation.classifying.calibrating import softmax
from segmentation.classifying.fitting import _both, _mixed, fitted


def drawn(count, values, seed, *, second=0.0):
    """Creators of whom each value has five words of its own, and some have a second value."""
    dice = np.random.default_rng(seed)
    value = dice.integers(0, values, count)
    said = np.eye(values, dtype=bool)[value]
    also = dice.random(count) < second
    said[np.flatnonzero(also), (value[also] + 1) % values] = True
    words = dice.random((count, 5 * values)) < 0.1
    words |= np.repeat(said, 5, axis=1) & (dice.random(words.shape) < 0.5)
    rows = words / np.maximum(np.sqrt(words.sum(axis=1, keepdims=True)), 1)
    return csr_array(rows), said


def test_the_third_model_is_in_the_weights():
    rows, said = drawn(300, 4, 1)
    weights, offsets, left_out = fitted(rows, said)
    assert weights.shape == (4, 20)
    both, ahead = _both(rows, said)
    scores = rows @ both.T + ahead
    told = (rows @ weights.T + offsets).argmax(axis=1)
    assert said[np.arange(300), told].mean() > 0.8
    # Those who were left out are told less well, by others' words alone.
    assert (
        0.6
        < said[np.arange(300), left_out.argmax(axis=1)].mean()
        <= said[np.arange(300), told].mean()
    )
    # Each is told against the mean of all values: nothing is added to all of them.
    assert np.abs(scores[:, :4].sum(axis=1)).max() < 1e-8
    assert np.abs(weights.sum(axis=0)).max() < 0.1


def test_the_mix_is_right_more_often_than_either():
    rows, said = drawn(600, 6, 2)
    others, true = drawn(2_000, 6, 3)
    both, ahead = _both(rows, said)
    alone = others @ both.T + ahead
    weights, offsets, _left_out = fitted(rows, said)

    def right(scores):
        return true[np.arange(len(true)), scores.argmax(axis=1)].mean()

    mixed = right(others @ weights.T + offsets)
    assert mixed >= max(right(alone[:, :6]), right(alone[:, 6:])) - 0.005


def test_who_has_two_values_counts_half_for_each():
    rows, said = drawn(200, 3, 4, second=0.5)
    weights, offsets, _left_out = fitted(rows, said)
    shares = softmax(rows @ weights.T + offsets)
    two = said.sum(axis=1) == 2
    assert shares[two].max(axis=1).mean() < shares[~two].max(axis=1).mean()


def test_two_values_and_one_that_nobody_left_has():
    rows, said = drawn(60, 2, 5)
    weights, offsets, _left_out = fitted(rows, said)
    assert said[np.arange(60), (rows @ weights.T + offsets).argmax(axis=1)].mean() > 0.8
    # In a fold all creators of a rare value may be left out: nobody is told to have it.
    some = np.hstack([said, np.zeros((60, 1), dtype=bool)])
    both, ahead = _both(rows, some)
    mix, more = _mixed(rows @ both.T + ahead, some)
    assert mix.shape == (3, 6)
    assert set((rows @ (mix @ both).T + mix @ ahead + more).argmax(axis=1)) == {0, 1}
    assert more == pytest.approx(more, nan_ok=False)
