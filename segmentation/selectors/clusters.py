"""The map of a brand's clusters as it was last made: discs, dots, ties, who is where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from crm.models import Brand, Creator, Relationship, Tier
from segmentation.models import (
    Cluster,
    ClusterBuild,
    ClusterMap,
    ClusterStay,
    CreatorFacts,
    CreatorPlace,
    CreatorTie,
    Membership,
    Segment,
)
from segmentation.selectors.cluster_names import Name, names_of

# A map of more dots is grey; those with the most ties are drawn.
DOTS = 600
LINES = 400
# Dots whose share of runs is below are drawn hollow.
SURE = 0.7
TIES_SHOWN = 20
MEMBERS = 50


@dataclass(frozen=True)
class Dot:
    """A creator on the map. `is_in`: they fit the filter."""

    creator: Creator
    x: float
    y: float
    ties: int
    cluster: Cluster
    stability: float
    is_in: bool

    @property
    def is_sure(self) -> bool:
        """Whether most runs had the creator in this cluster."""
        return self.stability >= SURE


@dataclass(frozen=True)
class Line:
    """How many of a cluster fit the filter, beside all of it."""

    cluster: Cluster
    shown: int


@dataclass(frozen=True)
class MapPage:
    """Everything that the page shows."""

    state: ClusterMap | None
    build: ClusterBuild | None
    builds: Sequence[ClusterBuild]
    lines: Sequence[Line]
    names: Sequence[Name]
    dots: Sequence[Dot]
    ties: Sequence[tuple[float, float, float, float]]
    is_filtered: bool


def map_page(brand: Brand, *, segment: Segment | None = None, tier: Tier | None = None) -> MapPage:
    """The map, with those who are in a segment or tier marked."""
    state = ClusterMap.objects.filter(brand=brand).first()
    made = builds(brand)
    clusters = {one.pk: one for one in Cluster.objects.filter(brand=brand).current()}
    fitting = _fitting(brand, segment, tier)
    fits = Q() if fitting is None else Q(creator__in=fitting)
    stays = stays_of(brand).filter(cluster__gone_at=None).order_by()
    inside = dict(stays.values_list("cluster").annotate(number=Count("pk", filter=fits)))
    lines = [
        Line(one, inside.get(pk, 0))
        for pk, one in sorted(clusters.items(), key=lambda pair: (-pair[1].size, pair[1].number))
    ]
    dots = _dots(brand, clusters, fitting)
    return MapPage(
        state,
        made[0] if made else None,
        made,
        lines,
        names_of([line.cluster for line in lines]),
        dots,
        _tie_lines(brand, dots),
        fitting is not None,
    )


def is_being_made(brand: Brand) -> bool:
    """Whether a worker is making the map, or is to make it."""
    state = ClusterMap.objects.filter(brand=brand).first()
    return state is not None and state.is_open


def builds(brand: Brand) -> list[ClusterBuild]:
    """The last ten makings, the newest first."""
    return list(ClusterBuild.objects.filter(brand=brand).order_by("-number")[:10])


def stays_of(brand: Brand) -> QuerySet[ClusterStay]:
    """Who is where now; not those who objected to profiling since the map was made."""
    stays = ClusterStay.objects.filter(brand=brand, left_at=None)
    return stays.exclude(creator__in=_objecting(brand))


def members(cluster: Cluster) -> QuerySet[ClusterStay]:
    """Who is in it now, the surest first."""
    stays = stays_of(cluster.brand).filter(cluster=cluster)
    return stays.select_related("creator").order_by("-stability", "creator__name", "pk")


@dataclass(frozen=True)
class TieTold:
    """A tie, and to whom."""

    tie: CreatorTie
    whom: Creator


def ties_of(brand: Brand, creator: Creator, *, most: int = TIES_SHOWN) -> list[TieTold]:
    """The strongest ties of a creator."""
    found = _ties(brand).filter(Q(one=creator) | Q(other=creator))
    ties = found.select_related("one", "other").order_by("-weight", "pk")[:most]
    return [TieTold(tie, tie.other if tie.one_id == creator.pk else tie.one) for tie in ties]


def strongest_ties(cluster: Cluster, *, most: int = TIES_SHOWN) -> list[CreatorTie]:
    """The strongest ties between creators of a cluster."""
    pks = stays_of(cluster.brand).filter(cluster=cluster).values("creator")
    found = CreatorTie.objects.filter(brand=cluster.brand_id, one__in=pks, other__in=pks)
    return list(found.select_related("one", "other").order_by("-weight", "pk")[:most])


def cluster_of(brand: Brand, creator: Creator) -> ClusterStay | None:
    """In which cluster a creator is now."""
    stays = stays_of(brand).filter(creator=creator)
    return stays.select_related("cluster__named_by").first()


def _objecting(brand: Brand) -> QuerySet[Relationship, Any]:
    """They are in no map that is made from now on, and until then in none that is shown."""
    rows = Relationship.objects.filter(brand=brand, unprofiled_at__isnull=False)
    return rows.values("creator")


def _ties(brand: Brand) -> QuerySet[CreatorTie]:
    objecting = _objecting(brand)
    found = CreatorTie.objects.filter(brand=brand)
    return found.exclude(one__in=objecting).exclude(other__in=objecting)


def _fitting(
    brand: Brand, segment: Segment | None, tier: Tier | None
) -> QuerySet[CreatorFacts, int] | None:
    """Those who fit; None: nothing is asked."""
    if segment is None and tier is None:
        return None
    rows = CreatorFacts.objects.filter(brand=brand)
    if segment is not None:
        inside = Membership.objects.filter(segment=segment).open()
        rows = rows.filter(creator__in=inside.values("creator"))
    if tier is not None:
        rows = rows.filter(_of_tier(tier))
    return rows.values_list("creator", flat=True)


def _of_tier(tier: Tier) -> Q:
    """As TierTable tells it: the flag first, where the scheme has a tier for it, else the band."""
    if tier.low is None and tier.high is None:
        return Q(creator__is_celebrity=True)
    band = Q(followers__gte=tier.low or 0)
    if tier.high is not None:
        band &= Q(followers__lt=tier.high)
    if Tier.objects.filter(scheme=tier.scheme_id, low=None, high=None).exists():
        band &= ~Q(creator__is_celebrity=True)  # who is not known to be one is none
    return band


def _dots(
    brand: Brand, clusters: dict[int, Cluster], fitting: QuerySet[CreatorFacts, int] | None
) -> list[Dot]:
    places = CreatorPlace.objects.filter(brand=brand).select_related("creator")
    drawn = list(places.order_by("-ties", "creator_id")[:DOTS])
    pks = [place.creator_id for place in drawn]
    stays = {stay.creator_id: stay for stay in stays_of(brand).filter(creator__in=pks)}
    inside = set(pks if fitting is None else fitting.filter(creator__in=pks))
    found = []
    for place in drawn:
        stay = stays.get(place.creator_id)
        if stay is not None and stay.cluster_id in clusters:
            found.append(
                Dot(
                    place.creator,
                    place.x,
                    place.y,
                    place.ties,
                    clusters[stay.cluster_id],
                    stay.stability,
                    place.creator_id in inside,
                )
            )
    return found


def _tie_lines(brand: Brand, dots: Sequence[Dot]) -> list[tuple[float, float, float, float]]:
    """The strongest ties between dots, as (x1, y1, x2, y2)."""
    at = {dot.creator.pk: (dot.x, dot.y) for dot in dots}
    ties = CreatorTie.objects.filter(brand=brand, one__in=at, other__in=at)
    pairs = ties.order_by("-weight", "pk").values_list("one", "other")[:LINES]
    return [(*at[one], *at[other]) for one, other in pairs]
