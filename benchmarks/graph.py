"""Clusters and overlaps on public data: how steady, how dense, how sure, how long.

Reads graphs/twitch and instagram_posts of `$RAPPORT_DATA` (../shared/data). The numbers are written
into docs/audience-graph.md by hand.
"""

from __future__ import annotations

import csv
import json
import lzma
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random
from time import perf_counter

import numpy as np

from benchmarks.disclosure import DATA
from benchmarks.findings import Findings, Found
from segmentation.metrics.overlap import Seen, cover_estimated, shared_people
from segmentation.services.clusters import building, grouping, tying
from segmentation.services.clusters.gathering import Gathered

# What Louvain's method gave elsewhere (intelligence.md).
GOALS = {"ENGB": 0.453, "ES": 0.408, "PTBR": 0.291}
SEEDS = (1, 1_000, 2_000)
_MARKED = re.compile(r"(?<![\w&.])([#@])(\w[\w.]*)")


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Findings], Mapping[str, object]]:
    """All three parts; `rows` is how often samples are drawn."""
    del repetitions  # nothing here is compared by time
    parts: list[Callable[[], Findings]] = [lambda: intervals(rows)]
    if DATA.exists():
        parts += [twitch, instagram]
    return [part() for part in parts], {"draws": f"{rows:,}"}


def twitch() -> Findings:
    """Friendships among streamers, against what one run gives."""
    told = []
    for language, goal in GOALS.items():
        path = DATA / "graphs" / "twitch" / f"{language}_edges.csv"
        pairs = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.int64)
        one, other = pairs.min(axis=1), pairs.max(axis=1)
        apart = one != other
        one, other = one[apart], other[apart]
        graph = tying.Graph(one, other, np.ones(len(one)), {}, int(other.max()) + 1)
        started = perf_counter()
        found = [grouping.group(graph, seed=seed) for seed in SEEDS]
        seconds = (perf_counter() - started) / len(SEEDS)
        joint = grouping.agreement_of([one.labels for one in found])
        modularity = sum(one.modularity or 0.0 for one in found) / len(found)
        of = f"{graph.creators:,} streamers, {seconds:.1f} s"
        told += [
            Found(f"{language}: modularity", modularity, least=goal, of=of),
            Found(f"{language}: single runs agree", found[0].agreement or 0.0, before="0.30-0.41"),
            Found(f"{language}: joint runs agree", joint),
        ]
    return Findings("friendships of streamers", told)


def instagram() -> Findings:
    """Creators with who writes below their posts and what they write, as a map of one brand."""
    owner: dict[str, str] = {}
    category: dict[str, str] = {}
    had: dict[str, set[tuple[str, str]]] = {"people": set(), "hashtags": set(), "mentions": set()}
    with lzma.open(DATA / "instagram_posts" / "posts.dev.jsonl.xz", "rt") as lines:
        for line in lines:
            post = json.loads(line)
            who = str(post["owner"]["id"] if "id" in post["owner"] else post["owner"]["username"])
            owner[post["shortcode"]] = who
            category[who] = str(post.get("owner_category") or "")
            for mark, word in _MARKED.findall(str(post.get("caption") or "").lower()):
                kind = "hashtags" if mark == "#" else "mentions"
                had[kind].add((who, word.rstrip("._")))
    with lzma.open(DATA / "instagram_posts" / "comments.dev.csv.xz", "rt") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            if row["shortcode"] in owner and row["by_post_owner"] in {"0", "False", "false", ""}:
                had["people"].add((owner[row["shortcode"]], row["commenter"]))
    creators = sorted(category)
    ids = {who: number for number, who in enumerate(creators)}
    most_with = max(50, min(200, len(creators) // 20))
    kept = {}
    for kind, pairs in had.items():
        times = Counter(item for _who, item in pairs)
        kept[kind] = sorted(
            (ids[who], item) for who, item in pairs if 2 <= times[item] <= most_with
        )
    started = perf_counter()
    made = building.compute(Gathered(range(len(creators)), kept))
    seconds = perf_counter() - started
    labels = made.grouping.labels
    inside = int((labels >= 0).sum())
    tied = len(made.degrees)
    steady = float(made.grouping.stability[labels >= 0].mean())
    kinds = ", ".join(f"{made.kinds[kind].number:,} by {kind}" for kind in made.kinds)
    same = everything = 0
    for places in made.members.values():
        inside_it = Counter(category[creators[place]] for place in places)
        same += inside_it.most_common(1)[0][1]
        everything += len(places)
    largest = Counter(category.values()).most_common(1)[0][1] / len(category)
    told = [
        Found("tied to others", tied / len(creators), of=f"{len(creators):,} creators; {kinds}"),
        Found("in a cluster", inside / len(creators), of=f"{len(made.members)}, {seconds:.1f} s"),
        Found("modularity", made.grouping.modularity or 0.0),
        Found("single runs agree", made.grouping.agreement or 0.0),
        Found("mean stability", steady),
        Found("of their cluster's niche", same / max(everything, 1), of=f"{everything:,}"),
        Found("of the largest niche", largest),
    ]
    return Findings("creators of Instagram posts", told)


def intervals(times: int) -> Findings:
    """How often intervals of samples hold what two, and eight, audiences share."""
    told = []
    random = Random(1)
    draw = np.random.default_rng(1)
    for sample, before in ((500, "0.55"), (2_000, "0.16"), (5_000, "0.06")):
        size, shared = 20_000, 4_000
        chance = (sample / size) ** 2
        seen = draw.hypergeometric(shared, size - shared, sample, times)
        # Who is in the first sample and in both audiences may be in the second one.
        met = draw.hypergeometric(seen, size - seen, sample)
        estimates = met / chance
        held = sum(
            one.low <= shared <= one.high
            for one in (shared_people(int(number), chance, most=size) for number in met)
        )
        what = f"samples of {sample:,} of {size:,}"
        told += [
            Found(f"{what}: sd", float(estimates.std() / shared), before=before),
            Found(f"{what}: the 95 % interval holds", held / times),
        ]
    held = 0
    rounds = 200
    for _round in range(rounds):
        audiences = [frozenset(random.sample(range(30_000), 6_000)) for _one in range(8)]
        samples = [frozenset(random.sample(sorted(one), 1_500)) for one in audiences]
        pairs = {
            (one, other): Seen(len(samples[one] & samples[other]), (1_500 / 6_000) ** 2)
            for one in range(8)
            for other in range(one + 1, 8)
        }
        found = cover_estimated(dict.fromkeys(range(8), 6_000.0), pairs).unique
        truth = len(frozenset().union(*audiences))
        held += found.low <= truth <= found.high
    what = "reach of eight audiences from samples of a quarter: the 95 % interval holds"
    told.append(Found(what, held / rounds, of=f"{rounds} draws"))
    return Findings("what two audiences share, and eight reach", told)
