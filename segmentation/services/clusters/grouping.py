"""Group creators who hang together, and say how surely. For workers: numpy, scipy, scikit-network.

Louvain's method ends elsewhere with each seed. So it is run many times, ties between creators who
were apart more often than together are cut, those that are left weigh by how often, and what more
runs make of that are the clusters. How alike single and joint runs are on known graphs is measured
by `python -m benchmarks graph` (docs/audience-graph.md). Not Leiden's: the one of scikit-network
0.33 draws numbers that nobody can seed, and does not end on some graphs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

from segmentation.services.clusters.tying import Graph

RUNS = 30
# Joint runs, of which the one with the densest clusters is taken.
LAST_RUNS = 5
TOGETHER = 0.5
# Fewer are friends, not a cluster.
LEAST_SIZE = 5
# Of single runs that are compared with each other.
COMPARED = 10


@dataclass(frozen=True)
class Grouping:
    """labels      the cluster of each creator, from 0 by size; -1: in none
    stability   in which share of the runs the creator was in that cluster; 0 for -1
    agreement   mean adjusted Rand index of two single runs; None: there are no ties
    modularity  how much more weight is within clusters than by chance; None: there are no ties
    """

    labels: Any
    stability: Any
    agreement: float | None
    modularity: float | None


def group(graph: Graph, *, seed: int = 1, runs: int = RUNS) -> Grouping:
    """Find the clusters. The same graph and seed give the same ones."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only
    from sknetwork.clustering import get_modularity  # noqa: PLC0415 - as above

    if not len(graph.one):
        nobody = np.full(graph.creators, -1)
        return Grouping(nobody, np.zeros(graph.creators), None, None)
    adjacency = graph.adjacency()
    first = _louvain(adjacency, range(seed, seed + runs))
    together = (first[:, graph.one] == first[:, graph.other]).mean(axis=0)
    joint = graph.adjacency(graph.weight * together * (together >= TOGETHER))
    last = _louvain(joint, range(seed + runs, seed + runs + LAST_RUNS))
    best = max(last, key=lambda labels: float(get_modularity(adjacency, labels)))
    labels = _by_size(best)
    stability = _stability(labels, first)
    return Grouping(
        labels,
        np.where(labels >= 0, stability, 0.0),
        agreement_of(first[:COMPARED]),
        float(get_modularity(adjacency, best)),
    )


def agreement_of(partitions: Any) -> float:
    """The mean adjusted Rand index of each two partitions."""
    import numpy as np  # noqa: PLC0415 - as above
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - as above

    pairs = [adjusted_rand_score(one, other) for one, other in combinations(partitions, 2)]
    return float(np.mean(pairs)) if pairs else 1.0


def _louvain(adjacency: Any, seeds: range) -> Any:
    import numpy as np  # noqa: PLC0415 - as above
    from sknetwork.clustering import Louvain  # noqa: PLC0415 - as above

    return np.array(
        [Louvain(random_state=seed, shuffle_nodes=True).fit_predict(adjacency) for seed in seeds]
    )


def _by_size(labels: Any) -> Any:
    """Numbered from the largest; -1 for those that are too small."""
    import numpy as np  # noqa: PLC0415 - as above

    sizes = np.bincount(labels)
    names = np.full(len(sizes), -1)
    large = [one for one in np.argsort(-sizes, kind="stable") if sizes[one] >= LEAST_SIZE]
    names[large] = np.arange(len(large))
    return names[labels]


def _stability(labels: Any, runs: Any) -> Any:
    """In which share of the runs each creator was where most of their cluster was."""
    import numpy as np  # noqa: PLC0415 - as above
    from scipy import sparse  # noqa: PLC0415 - as above

    inside = labels >= 0
    there = np.zeros(len(labels))
    if not inside.any():
        return there
    for run in runs:
        met = sparse.csr_matrix(
            (np.ones(int(inside.sum())), (run[inside], labels[inside])),
            shape=(int(run.max()) + 1, int(labels.max()) + 1),
        )
        meant = np.asarray(met.argmax(axis=1)).ravel()
        there += (meant[run] == labels) & inside
    return there / len(runs)
