"""Fit weights of words for each value: two models of the same words, and a third over both.

Regressions tell each value from all others, naive Bayes counts the words of all others: they err
about different creators. The third is learned from what both say of creators that they have not
seen, and so knows which values are mistaken for each other. All three are linear: what comes out is
one weight for each value and word, and what a word brings stays exact.
"""

from __future__ import annotations

from typing import Any

FOLDS = 3
_NEVER = -10.0
_STRENGTH, _MIXING_STRENGTH = 4.0, 0.1


def fitted(rows: Any, said: Any) -> tuple[Any, Any, Any]:
    """Weights (values x words), offsets (values), and the scores of each creator by others.

    `rows` are creators x words, `said` creators x values: whether somebody said it of them.
    """
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415

    folds = list(
        StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(said, said.argmax(axis=1))
    )
    scores = np.hstack([np.zeros(said.shape), np.zeros(said.shape)])
    for seen, unseen in folds:
        weights, offsets = _both(rows[seen], said[seen])
        scores[unseen] = rows[unseen] @ weights.T + offsets
    left_out = np.zeros(said.shape)
    for seen, unseen in folds:
        mix, ahead = _mixed(scores[seen], said[seen])
        left_out[unseen] = scores[unseen] @ mix.T + ahead
    mix, ahead = _mixed(scores, said)
    weights, offsets = _both(rows, said)
    return mix @ weights, mix @ offsets + ahead, left_out


def _both(rows: Any, said: Any) -> tuple[Any, Any]:
    """The regressions' weights and below them those of naive Bayes, each against their mean."""
    import numpy as np  # noqa: PLC0415

    weights, offsets = _regressions(rows, said)
    counted = _counted(rows, said)
    return (
        np.vstack([weights - weights.mean(axis=0), counted - counted.mean(axis=0)]),
        np.hstack([offsets - offsets.mean(), np.zeros(len(counted))]),
    )


def _regressions(rows: Any, said: Any) -> tuple[Any, Any]:
    """One regression for each value against all others; rare values weigh more, but not as much
    as common ones do together."""
    import numpy as np  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    number = said.shape[1]
    weights = np.zeros((number, rows.shape[1]))
    offsets = np.full(number, _NEVER)
    for value in range(number):
        is_it = said[:, value]
        if is_it.any() and not is_it.all():
            share = is_it.mean()
            model = LogisticRegression(
                C=_STRENGTH,
                solver="liblinear",
                random_state=0,
                class_weight={True: (0.5 / share) ** 0.5, False: (0.5 / (1 - share)) ** 0.5},
            )
            model.fit(rows, is_it)
            weights[value], offsets[value] = model.coef_[0], model.intercept_[0]
    return weights, offsets


def _counted(rows: Any, said: Any) -> Any:
    """Complement naive Bayes: how rare each word is among all who are something else."""
    import numpy as np  # noqa: PLC0415
    from sklearn.naive_bayes import ComplementNB  # noqa: PLC0415

    place, value, share = _each(said)
    model = ComplementNB()
    model.partial_fit(rows[place], value, np.arange(said.shape[1]), share)
    return model.feature_log_prob_


def _mixed(scores: Any, said: Any) -> tuple[Any, Any]:
    """What to multiply the scores of both models by, and what to add.

    One made-up creator for each value, whom both call that, keeps the mix near the plain sum where
    there are few real ones.
    """
    import numpy as np  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    number = said.shape[1]
    # Both speak as loudly.
    scale = np.repeat([scores[:, :number].std(), scores[:, number:].std()], number) + 1e-9
    place, value, share = _each(said)
    plain = np.eye(number) - 1 / number
    model = LogisticRegression(C=_MIXING_STRENGTH, max_iter=1_000)
    model.fit(
        np.vstack([scores[place] / scale, np.hstack([plain, plain])]),
        np.hstack([value, np.arange(number)]),
        np.hstack([share, np.ones(number)]),
    )
    mix, ahead = model.coef_, model.intercept_
    if number == 2:  # one row stands for both
        mix, ahead = np.vstack([-mix, mix]) / 2, np.hstack([-ahead, ahead]) / 2
    return mix / scale, ahead


def _each(said: Any) -> tuple[Any, Any, Any]:
    """Each creator once for each of their values: creator, value, and their share of a creator."""
    place, value = said.nonzero()
    return place, value, 1 / said.sum(axis=1)[place]
