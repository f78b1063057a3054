"""A brand's clusters as facts: in which one a creator was at the moment of the row, how surely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from segmentation.facts.sources import From
from segmentation.rules.facts import Fact, FactType

SOURCE = "Map of clusters"
# One row at most: the stay that was open at the moment.
_STAY = (
    "(SELECT {what} FROM segmentation_clusterstay x "
    "JOIN segmentation_cluster k ON k.id = x.cluster_id "
    "WHERE x.brand_id = {brand} AND x.creator_id = f.creator_id AND x.entered_at <= f.moment "
    "AND (x.left_at IS NULL OR x.left_at > f.moment))"
)


@dataclass(frozen=True)
class ClusterName:
    """A cluster of the newest map, as the vocabulary tells it."""

    number: int
    title: str


def clusters(named: Iterable[ClusterName], brand_id: int) -> Iterator[Fact]:
    """Facts of every brand; before its first map nobody knows them."""
    given = From(SOURCE)
    yield given.fact(
        "cluster",
        "Cluster",
        FactType.CHOICE,
        "With whom the creator hangs together by audience, hashtags and mentions, as the newest "
        "map says. Unknown for those who are in none.",
        sql=_STAY.format(what="'c' || k.number", brand=brand_id),
        choices={f"c{cluster.number}": cluster.title for cluster in named},
    )
    yield given.fact(
        "cluster_stability",
        "Stability in the cluster",
        FactType.PERCENT,
        "In which share of the runs that made the map the creator was in this cluster.",
        sql=_STAY.format(what="x.stability", brand=brand_id),
        minimum=0,
        maximum=1,
    )
