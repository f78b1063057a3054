"""How well labels were told: macro-F1, so that a class that few texts have counts like others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def macro_f1(true: Sequence[str], told: Sequence[str]) -> float:
    """The mean over the true classes of 2 hits / (told + true); an empty `told` is never a hit."""
    hits = Counter(one for one, other in zip(true, told, strict=True) if one == other)
    there, said = Counter(true), Counter(told)
    scores = [2 * hits[label] / (there[label] + said[label]) for label in sorted(there)]
    return sum(scores) / len(scores)
