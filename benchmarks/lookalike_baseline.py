"""What look-alikes are held against: plain TF-IDF over words, by scikit-learn."""

from __future__ import annotations

from typing import Any


def baseline(owners: dict[str, dict[str, Any]], drawn: list[str], top: int) -> float:
    """The share in the same category among the nearest `top` by cosine."""
    import numpy as np  # noqa: PLC0415 - only here
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    names = list(owners)
    place = {name: at for at, name in enumerate(names)}
    table = TfidfVectorizer(min_df=3, sublinear_tf=True).fit_transform(
        [owners[name]["text"] for name in names]
    )
    kinds = np.array([owners[name]["category"] for name in names])
    shares = []
    for start in range(0, len(drawn), 250):
        some = [place[name] for name in drawn[start : start + 250]]
        alike = (table[some] @ table.T).toarray()
        for row, at in enumerate(some):
            alike[row, at] = -1
            nearest = np.argpartition(-alike[row], top)[:top]
            shares.append(float((kinds[nearest] == kinds[at]).mean()))
    return sum(shares) / len(shares)
