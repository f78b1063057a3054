"""Words that set clusters apart: hashtags and mentions of its creators that others do not use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

TERMS = 8
# Of a cluster's creators, and so many times as usual among everybody.
LEAST_USERS = 3
LEAST_TIMES = 2.0


def name_clusters(
    members: Mapping[int, Sequence[int]], had: Mapping[str, Sequence[tuple[int, str]]], total: int
) -> dict[int, list[str]]:
    """The words of each cluster, the strongest first.

    members  creators by cluster
    had      (creator, word) of hashtags and mentions
    total    how many creators there are
    """
    cluster_of = {creator: cluster for cluster, pks in members.items() for creator in pks}
    everywhere: Counter[str] = Counter()
    inside: dict[int, Counter[str]] = {cluster: Counter() for cluster in members}
    for kind, mark in (("hashtags", "#"), ("mentions", "@")):
        for creator, word in had[kind]:
            term = f"{mark}{word}"[:60]
            everywhere[term] += 1
            if creator in cluster_of:
                inside[cluster_of[creator]][term] += 1
    return {
        cluster: _terms(counts, everywhere, len(members[cluster]), total)
        for cluster, counts in inside.items()
    }


def _terms(inside: Counter[str], everywhere: Counter[str], size: int, total: int) -> list[str]:
    told = []
    for term, users in inside.items():
        times = (users / size) / (everywhere[term] / total)
        if users >= LEAST_USERS and times >= LEAST_TIMES:
            told.append((users / size * log(times), term))
    return [term for _weight, term in sorted(told, key=lambda one: (-one[0], one[1]))[:TERMS]]
