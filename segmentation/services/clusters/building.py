"""Make the map of a brand: one errand of a worker, stored in one transaction.

A cluster that shares enough creators with one of before is that cluster: it keeps its number, and
the name that a person gave it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from django.db import transaction
from django.db.models import Max

from crm.fact_keys import CLUSTER_FACTS
from crm.models import Brand
from crm.services.facts import mark_changed
from segmentation.choices import ErrandStatus
from segmentation.models import (
    Cluster,
    ClusterBuild,
    ClusterMap,
    ClusterStay,
    CreatorPlace,
    CreatorTie,
)
from segmentation.services import errands
from segmentation.services.clusters import grouping, layout, tying
from segmentation.services.clusters.gathering import Gathered, gather
from segmentation.services.clusters.naming import name_clusters
from segmentation.services.fact_readers import is_read

TASK = "segmentation.tasks.make_map"
KINDS = tuple(tying.WEIGHTS)
# A cluster is one of before when of all who are in either of them so many are in both.
SAME = 0.3
# By how much a stability has to differ to be written down anew.
LEAST_CHANGE = 0.05
# The strongest are kept for the map and for "Why?".
TIES_MOST = 200_000
BITE = 5_000
_INSTANT = timedelta(microseconds=1)


def make(*, map_id: int, at: datetime) -> ClusterMap | None:
    """Make what waits for it; safe to call twice. A failure is told, the old map stays."""
    return errands.carry_out(
        ClusterMap.objects.select_related("brand"),
        errand_id=map_id,
        task=TASK,
        work=lambda row: _fill(row, at),
    )


@transaction.atomic
def request(*, at: datetime, brand: Brand | None = None, actor: Any = None) -> int:
    """Have the maps made, of one brand or of all. Returns how many will be."""
    brands = [brand] if brand is not None else list(Brand.objects.order_by("pk"))
    asked = 0
    for one in brands:
        row, made = ClusterMap.objects.select_for_update(no_key=True).get_or_create(
            brand=one, defaults={"requested_at": at, "requested_by": actor}
        )
        if not made and row.is_open:
            continue
        row.status, row.error, row.attempts = ErrandStatus.QUEUED, "", 0
        row.requested_by, row.requested_at = actor, at
        row.save()
        errands.send(TASK, row)
        asked += 1
    return asked


@dataclass(frozen=True)
class _Made:
    """What the computation says, by creator ids: of `gathered.creators` in their order."""

    gathered: Gathered
    graph: tying.Graph
    kinds: Mapping[str, tying.Ties]
    grouping: grouping.Grouping
    discs: Sequence[layout.Disc]

    @property
    def members(self) -> dict[int, list[int]]:
        """Places of creators by cluster, those with the most ties first."""
        found: dict[int, list[int]] = {}
        degrees = self.degrees
        for place, label in enumerate(self.grouping.labels):
            if label >= 0:
                found.setdefault(int(label), []).append(place)
        for places in found.values():
            places.sort(key=lambda one: (-degrees[one], one))
        return found

    @property
    def degrees(self) -> Counter[int]:
        """With how many others each has a tie, by place."""
        return Counter([*self.graph.one.tolist(), *self.graph.other.tolist()])


def compute(gathered: Gathered) -> _Made:
    """Tie, group and lay out; writes nothing."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

    places = {creator: place for place, creator in enumerate(gathered.creators)}
    kinds = {kind: tying.ties(gathered.had[kind], places) for kind in KINDS}
    graph = tying.join(kinds, len(places))
    found = grouping.group(graph)
    labels = found.labels
    number = int(labels.max()) + 1 if len(labels) and labels.max() >= 0 else 0
    between = np.zeros((number, number))
    one, other = labels[graph.one], labels[graph.other]
    apart = (one >= 0) & (other >= 0) & (one != other)
    np.add.at(between, (one[apart], other[apart]), graph.weight[apart])
    sizes = np.bincount(labels[labels >= 0], minlength=number)
    # By the size of both, or the large ones would be drawn together whoever is in them.
    scale = np.sqrt(np.outer(sizes, sizes)) if number else between
    between = (between + between.T) / np.maximum(scale, 1)
    return _Made(gathered, graph, kinds, found, layout.discs(between, sizes.tolist()))


def _fill(row: ClusterMap, at: datetime) -> None:
    brand = row.brand
    made = compute(gather(brand))
    # Stays have a length, also where a clock was set back.
    newest = ClusterStay.objects.filter(brand=brand).aggregate(at=Max("entered_at"))["at"]
    if newest is not None:
        at = max(at, newest + _INSTANT)
    number = (row.build or 0) + 1
    last = ClusterBuild.objects.filter(brand=brand).aggregate(last=Max("number"))["last"]
    number = max(number, (last or 0) + 1)
    clusters = _store_clusters(brand, made, at)
    moved = _store_stays(brand, made, clusters, at)
    _store_places(brand, made)
    _store_ties(brand, made)
    _store_build(brand, made, number, at, None if last is None else len(moved))
    row.build = number
    row.save(update_fields=["build"])
    if moved and is_read(brand, CLUSTER_FACTS):
        mark_changed(brand=brand, creator_ids=moved, cause="clusters")


def _store_clusters(brand: Brand, made: _Made, at: datetime) -> dict[int, Cluster]:
    """Bring the clusters to what was found. Returns them by label."""
    members = made.members
    ids = made.gathered.creators
    found = {label: frozenset(ids[place] for place in members[label]) for label in members}
    same = _same_as_before(brand, found)
    terms = name_clusters(
        {label: list(creators) for label, creators in found.items()}, made.gathered.had, len(ids)
    )
    newest = Cluster.objects.filter(brand=brand).aggregate(last=Max("number"))["last"] or 0
    Cluster.objects.filter(brand=brand, gone_at=None).exclude(
        pk__in=[cluster.pk for cluster in same.values()]
    ).update(gone_at=at)
    stored: dict[int, Cluster] = {}
    for label in sorted(found):
        cluster = same.get(label)
        if cluster is None:
            newest += 1
            cluster = Cluster(brand=brand, number=newest, found_at=at)
        disc = made.discs[label]
        cluster.size, cluster.terms = len(found[label]), terms[label]
        cluster.stability = _mean([float(made.grouping.stability[one]) for one in members[label]])
        cluster.x, cluster.y, cluster.radius = disc.x, disc.y, disc.radius
        cluster.save()
        stored[label] = cluster
    return stored


def _same_as_before(brand: Brand, found: Mapping[int, frozenset[int]]) -> dict[int, Cluster]:
    """The clusters of before by label, those with most in common first; each once."""
    before: dict[int, set[int]] = {}
    stays = ClusterStay.objects.filter(brand=brand, left_at=None)
    for cluster, creator in stays.values_list("cluster", "creator"):
        before.setdefault(cluster, set()).add(creator)
    label_of = {creator: label for label, creators in found.items() for creator in creators}
    pairs = []
    for cluster, creators in before.items():
        met = Counter(label_of[creator] for creator in creators if creator in label_of)
        for label, both in met.items():
            share = both / (len(creators) + len(found[label]) - both)
            if share >= SAME:
                pairs.append((-share, cluster, label))
    rows = Cluster.objects.filter(brand=brand, gone_at=None).in_bulk()
    same: dict[int, Cluster] = {}
    taken: set[int] = set()
    for _share, cluster, label in sorted(pairs):
        if label not in same and cluster not in taken and cluster in rows:
            same[label] = rows[cluster]
            taken.add(cluster)
    return same


def _store_stays(
    brand: Brand, made: _Made, clusters: Mapping[int, Cluster], at: datetime
) -> list[int]:
    """End the stays that are over and begin others. Returns whose cluster is another one."""
    now: dict[int, tuple[int, float]] = {}
    for creator, label, sure in zip(
        made.gathered.creators, made.grouping.labels, made.grouping.stability, strict=True
    ):
        if label >= 0:
            now[creator] = (clusters[int(label)].pk, round(float(sure), 4))
    held = {
        creator: (pk, cluster, sure)
        for pk, creator, cluster, sure in ClusterStay.objects.filter(
            brand=brand, left_at=None
        ).values_list("pk", "creator", "cluster", "stability")
    }
    over = [
        (creator, pk)
        for creator, (pk, cluster, sure) in held.items()
        if creator not in now
        or now[creator][0] != cluster
        or abs(now[creator][1] - sure) >= LEAST_CHANGE
    ]
    ended = {creator for creator, _pk in over}
    ClusterStay.objects.filter(pk__in=[pk for _creator, pk in over]).update(left_at=at)
    ClusterStay.objects.bulk_create(
        (
            ClusterStay(
                brand=brand, creator_id=creator, cluster_id=cluster, entered_at=at, stability=sure
            )
            for creator, (cluster, sure) in now.items()
            if creator in ended or creator not in held
        ),
        batch_size=BITE,
    )
    everybody = held.keys() | now.keys()
    was = {creator: cluster for creator, (_pk, cluster, _sure) in held.items()}
    return sorted(one for one in everybody if was.get(one) != now.get(one, (None, 0.0))[0])


def _store_places(brand: Brand, made: _Made) -> None:
    CreatorPlace.objects.filter(brand=brand).delete()
    degrees = made.degrees
    rows = []
    for label, members in made.members.items():
        spots = layout.inside(made.discs[label], len(members))
        for place, (x, y) in zip(members, spots, strict=True):
            creator = made.gathered.creators[place]
            rows.append(
                CreatorPlace(brand=brand, creator_id=creator, x=x, y=y, ties=degrees[place])
            )
    CreatorPlace.objects.bulk_create(rows, batch_size=BITE)


def _store_ties(brand: Brand, made: _Made) -> None:
    CreatorTie.objects.filter(brand=brand).delete()
    graph, ids = made.graph, made.gathered.creators
    strongest = (-graph.weight).argsort(kind="stable")[:TIES_MOST].tolist()
    shared = {kind: graph.shared[kind].tolist() for kind in KINDS}
    one, other, weight = graph.one.tolist(), graph.other.tolist(), graph.weight.tolist()
    CreatorTie.objects.bulk_create(
        (
            CreatorTie(
                brand=brand,
                one_id=min(ids[one[at]], ids[other[at]]),
                other_id=max(ids[one[at]], ids[other[at]]),
                weight=weight[at],
                **{kind: shared[kind][at] or None for kind in KINDS},
            )
            for at in strongest
        ),
        batch_size=BITE,
    )


def _store_build(brand: Brand, made: _Made, number: int, at: datetime, moved: int | None) -> None:
    sizes = [len(members) for members in made.members.values()]
    ClusterBuild.objects.create(
        brand=brand,
        number=number,
        built_at=at,
        creators=len(made.gathered.creators),
        tied=len(made.degrees),
        clustered=sum(sizes),
        clusters=len(sizes),
        moved=moved,
        modularity=made.grouping.modularity,
        agreement=made.grouping.agreement,
        inputs={
            kind: {"things": len(made.gathered.had[kind]), "ties": made.kinds[kind].number}
            for kind in KINDS
        },
        method={
            "weights": dict(tying.WEIGHTS),
            "false_ties": tying.FALSE_TIES,
            "runs": grouping.RUNS,
            "least_size": grouping.LEAST_SIZE,
            "libraries": f"scikit-network {version('scikit-network')}",
        },
    )


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
