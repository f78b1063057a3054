"""Which creators have more in common than chance would have it. For workers: numpy and scipy.

By chance: whoever has many things shares many with others, and what many have is shared by many. So
a pair is expected to share n_i * n_j * sum(d * (d - 1)) / (sum(d))**2 things, with n things of a
creator and d creators of a thing (the configuration model of a bipartite graph), and the number is
compared with Poisson's; of all pairs, one in a hundred ties may be one of chance (Benjamini and
Hochberg).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# One thing in common is nothing.
LEAST_SHARED = 2
FALSE_TIES = 0.01
# Of a creator and a kind; the strongest are kept.
TIES_EACH = 30
# How much a kind says beside the others: an audience in common is what the map is for.
WEIGHTS: Mapping[str, float] = {"people": 1.0, "hashtags": 0.5, "mentions": 0.5}


@dataclass(frozen=True)
class Ties:
    """Pairs of places of creators, the smaller one first, with what they share and how strongly."""

    one: Any
    other: Any
    shared: Any
    strength: Any

    @property
    def number(self) -> int:
        """How many pairs."""
        return len(self.one)


@dataclass(frozen=True)
class Graph:
    """All kinds in one: for each pair the weight, and what is shared by kind (0: no such tie)."""

    one: Any
    other: Any
    weight: Any
    shared: Mapping[str, Any]
    creators: int

    def adjacency(self, weight: Any = None) -> Any:
        """As a symmetric sparse matrix, with other weights where they are given."""
        import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only
        from scipy import sparse  # noqa: PLC0415 - as above

        data = self.weight if weight is None else weight
        both = np.concatenate
        matrix = sparse.csr_matrix(
            (both([data, data]), (both([self.one, self.other]), both([self.other, self.one]))),
            shape=(self.creators, self.creators),
        )
        matrix.eliminate_zeros()
        return matrix


def ties(had: Sequence[tuple[int, Any]], places: Mapping[int, int]) -> Ties:
    """Tie creators by things of one kind. `places` are their places by id."""
    import numpy as np  # noqa: PLC0415 - as above
    from scipy import sparse, stats  # noqa: PLC0415 - as above

    empty = np.zeros(0, dtype=np.int64)
    if not had:
        return Ties(empty, empty, empty, np.zeros(0))
    numbers: dict[Any, int] = {}
    items = np.fromiter(
        (numbers.setdefault(item, len(numbers)) for _creator, item in had), np.int64, len(had)
    )
    rows = np.fromiter((places[creator] for creator, _item in had), np.int64, len(had))
    matrix = sparse.csr_matrix(
        (np.ones(len(had), dtype=np.int32), (rows, items)), shape=(len(places), len(numbers))
    )
    together = sparse.triu(matrix @ matrix.T, k=1).tocoo()
    enough = together.data >= LEAST_SHARED
    one, other, shared = together.row[enough], together.col[enough], together.data[enough]
    things = np.asarray(matrix.sum(axis=1)).ravel().astype(float)
    had_by = np.asarray(matrix.sum(axis=0)).ravel().astype(float)
    repeated = float((had_by * (had_by - 1)).sum()) / float(had_by.sum()) ** 2
    expected = things[one] * things[other] * repeated
    chance = stats.poisson.sf(shared - 1, expected)
    kept = _hold(chance, pairs=len(places) * (len(places) - 1) // 2)
    strength = (shared - expected) / np.sqrt(things[one] * things[other])
    kept &= strength > 0
    found = Ties(one[kept], other[kept], shared[kept], strength[kept])
    return _strongest(found, len(places))


def join(kinds: Mapping[str, Ties], creators: int) -> Graph:
    """Add the kinds up: of each, ties weigh its weight on average."""
    import numpy as np  # noqa: PLC0415 - as above

    used = {kind: tie for kind, tie in kinds.items() if tie.number}
    codes = [tie.one.astype(np.int64) * creators + tie.other for tie in used.values()]
    pairs = np.unique(np.concatenate(codes)) if codes else np.zeros(0, dtype=np.int64)
    weight = np.zeros(len(pairs))
    shared = {kind: np.zeros(len(pairs), dtype=np.int64) for kind in kinds}
    for (kind, tie), code in zip(used.items(), codes, strict=True):
        at = np.searchsorted(pairs, code)
        weight[at] += WEIGHTS[kind] * tie.strength / tie.strength.mean()
        shared[kind][at] = tie.shared
    return Graph(pairs // max(creators, 1), pairs % max(creators, 1), weight, shared, creators)


def _hold(chance: Any, *, pairs: int) -> Any:
    """Which of the pairs stand, where all others of `pairs` share less than enough."""
    import numpy as np  # noqa: PLC0415 - as above

    order = np.argsort(chance)
    bounds = FALSE_TIES * np.arange(1, len(chance) + 1) / max(pairs, 1)
    below = np.flatnonzero(chance[order] <= bounds)
    kept = np.zeros(len(chance), dtype=bool)
    if len(below):
        kept[order[: below[-1] + 1]] = True
    return kept


def _strongest(found: Ties, creators: int) -> Ties:
    """Those that are among the strongest of one of the two."""
    import numpy as np  # noqa: PLC0415 - as above

    kept = np.zeros(found.number, dtype=bool)
    ends = np.concatenate([found.one, found.other])
    which = np.tile(np.arange(found.number), 2)
    order = np.lexsort((-found.strength[which], ends))
    starts = np.searchsorted(ends[order], np.arange(creators))
    place = np.arange(len(order)) - starts[ends[order]]
    kept[which[order[place < TIES_EACH]]] = True
    return Ties(found.one[kept], found.other[kept], found.shared[kept], found.strength[kept])
