"""Clusters of creators over REST: the map, its clusters, who is in them, and with whom they tie."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import PageQuery, Row
from crm.api.problems import MEDIA_TYPE, Refused
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import Creator
from crm.paging import Order
from segmentation.choices import ErrandStatus
from segmentation.models import Cluster, ClusterBuild, ClusterMap, ClusterStay, CreatorTie
from segmentation.selectors import clusters as selectors
from segmentation.services.clusters import asking
from segmentation.services.edits import EditRefused

ORDER = Order("clusters", key="number")
MEMBER_ORDER = Order("cluster-members", key="stability", descending=True)
MEMBER_COLUMNS = ("id", "creator__uid", "creator__name", "stability", "entered_at")
BUILD_NAMES = (
    *("number", "built_at", "creators", "tied", "clustered", "clusters", "moved"),
    *("modularity", "agreement", "inputs", "method"),
)
OUTDATED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer, description="`errors[0].code` is `outdated`: named by others since."
    )
}
UNDER_WAY = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer, description="`errors[0].code` is `under_way`: it is made already."
    )
}


class SharedSerializer(serializers.Serializer[Any]):
    """What two creators share, where that is more than chance would have it; null: it is not."""

    people = serializers.IntegerField(allow_null=True)
    hashtags = serializers.IntegerField(allow_null=True)
    mentions = serializers.IntegerField(allow_null=True)
    weight = serializers.FloatField(help_text="How strong the tie is, over all three.")


class TieSerializer(SharedSerializer):
    """A tie of a creator."""

    creator = serializers.UUIDField(help_text="To whom.")
    name = serializers.CharField()


class ClusterTieSerializer(SharedSerializer):
    """A tie within a cluster."""

    one = serializers.UUIDField()
    other = serializers.UUIDField()


class ClusterSerializer(serializers.Serializer[Any]):
    """Creators who hang together, as a worker found them."""

    number = serializers.IntegerField(help_text="Kept when a later map finds it again.")
    key = serializers.CharField(help_text='By which rules name it: `cluster is "c3"`.')
    name = serializers.CharField(
        allow_null=True, help_text="Given by a person; null: it is called by its words."
    )
    title = serializers.CharField()
    terms = serializers.ListField(
        child=serializers.CharField(), help_text="Words that set it apart, the strongest first."
    )
    size = serializers.IntegerField()
    stability = serializers.FloatField(
        help_text="In what share of the runs its creators were together: 0 to 1."
    )
    found_at = serializers.DateTimeField()
    gone_at = serializers.DateTimeField(
        allow_null=True, help_text="When a map did not find it again."
    )
    named_by = serializers.EmailField(allow_null=True)
    version = serializers.IntegerField(help_text="To be sent with a new name.")


class ClusterToldSerializer(ClusterSerializer):
    """A cluster with its strongest ties, twenty at most."""

    ties = ClusterTieSerializer(many=True)


class ClusterMemberSerializer(serializers.Serializer[Any]):
    """Who is in a cluster now."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    stability = serializers.FloatField(
        help_text="In what share of the runs they were in it: 0 to 1."
    )
    since = serializers.DateTimeField()


class CreatorClusterSerializer(serializers.Serializer[Any]):
    """In which cluster a creator is, and why. Nulls and no ties: too little is known."""

    cluster = ClusterSerializer(allow_null=True)
    stability = serializers.FloatField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    ties = TieSerializer(many=True)


class ClusterBuildSerializer(serializers.Serializer[Any]):
    """One making of the map: what went in, how it was done, how sure it is."""

    number = serializers.IntegerField()
    built_at = serializers.DateTimeField()
    creators = serializers.IntegerField(help_text="Who were looked at.")
    tied = serializers.IntegerField()
    clustered = serializers.IntegerField()
    clusters = serializers.IntegerField()
    moved = serializers.IntegerField(allow_null=True, help_text="Null: it was the first.")
    modularity = serializers.FloatField(allow_null=True, help_text="Null: there are no ties.")
    agreement = serializers.FloatField(
        allow_null=True, help_text="How alike single runs are (mean adjusted Rand index)."
    )
    inputs = serializers.DictField(help_text="By kind of tie.")
    method = serializers.DictField()


class ClusterMapSerializer(serializers.Serializer[Any]):
    """How the newest making stands (nulls: never asked for), and the last ten that were done."""

    status = serializers.ChoiceField(choices=ErrandStatus.choices, allow_null=True)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField(allow_null=True)
    builds = ClusterBuildSerializer(many=True)


class ClustersQuery(PageQuery):
    """Which clusters."""

    gone = serializers.BooleanField(
        default=False, help_text="`true`: those that the newest map did not find again."
    )


class ClusterName(Body):
    """What it is called; empty: by its words again."""

    name = serializers.CharField(max_length=asking.NAME_MAX, allow_blank=True)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class ClusterViewSet(BrandViewSet[Cluster]):
    """Clusters of the brand."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.RUNS_WRITE
    queryset = Cluster.objects.none()
    serializer_class = ClusterSerializer
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"
    queries = {"list": ClustersQuery, "members": PageQuery}

    def get_queryset(self) -> QuerySet[Cluster]:
        """Those of the token's brand, also those that are gone."""
        return Cluster.objects.filter(brand=self.brand).select_related("named_by")

    def list(self, request: Request) -> Response:
        """Clusters in the order in which they were found."""
        rows = self.get_queryset().filter(gone_at__isnull=not self.query["gone"])
        return self.page(rows.values("id"), order=ORDER, represent=_clusters)

    @extend_schema(responses=ClusterToldSerializer)
    def retrieve(self, request: Request, number: str) -> Response:
        """One cluster, also one that is gone, and what holds it together."""
        return Response(_told(self._found(number)))

    @extend_schema(
        request=ClusterName,
        responses={200: ClusterToldSerializer, **OUTDATED},
        examples=[
            OpenApiExample("A name", value={"name": "Bakers", "version": 1}, request_only=True)
        ],
    )
    def partial_update(self, request: Request, number: str) -> Response:
        """Call it otherwise."""
        found = self._found(number)
        body = ClusterName(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            asking.rename(
                cluster_id=found.pk,
                **body.validated_data,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_told(self._found(number)))

    @extend_schema(responses=ClusterMemberSerializer(many=True))
    def members(self, request: Request, number: str) -> Response:
        """Who is in it now, the surest first."""
        stays = selectors.stays_of(self.brand).filter(cluster=self._found(number))
        rows = stays.values(*MEMBER_COLUMNS)
        return self.page(rows, order=MEMBER_ORDER, represent=_members)

    def _found(self, number: str) -> Cluster:
        cluster = self.get_queryset().filter(number=number).first()
        if cluster is None:
            raise Http404
        return cluster


class CreatorClusterViewSet(BrandViewSet[ClusterStay]):
    """A creator among the clusters."""

    scope = Scope.SEGMENTS_READ
    queryset = ClusterStay.objects.none()
    serializer_class = CreatorClusterSerializer

    @extend_schema(responses=CreatorClusterSerializer)
    def retrieve(self, request: Request, uid: str) -> Response:
        """In which cluster they are, and their strongest ties, twenty at most."""
        creator = Creator.objects.filter(relationships__brand=self.brand, uid=uid).first()
        if creator is None:
            raise Http404
        stay = selectors.cluster_of(self.brand, creator)
        return Response(
            {
                "cluster": stay and _cluster(stay.cluster),
                "stability": stay and stay.stability,
                "since": stay and stay.entered_at,
                "ties": [
                    {"creator": told.whom.uid, "name": told.whom.name, **_shared(told.tie)}
                    for told in selectors.ties_of(self.brand, creator)
                ],
            }
        )


class ClusterMapViewSet(BrandViewSet[ClusterMap]):
    """The map from which clusters come."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.RUNS_WRITE
    queryset = ClusterMap.objects.none()
    serializer_class = ClusterMapSerializer

    @extend_schema(responses=ClusterMapSerializer)
    def retrieve(self, request: Request) -> Response:
        """How the map stands; ask again while its status is `queued`."""
        return Response(self._map())

    @extend_schema(request=None, responses={202: ClusterMapSerializer, **UNDER_WAY})
    def create(self, request: Request) -> Response:
        """Have a worker make it anew; until then the last one stays."""
        Body(data=request.data).is_valid(raise_exception=True)
        if not asking.ask_for_map(brand=self.brand, actor=self.actor, at=timezone.now()):
            raise Refused("The map is being made already.", code="under_way")
        return Response(self._map(), status=HTTPStatus.ACCEPTED)

    def _map(self) -> Row:
        state = ClusterMap.objects.filter(brand=self.brand).first()
        return {
            "status": state and state.status,
            "error": state and (state.error or None),
            "requested_at": state and state.requested_at,
            "builds": [_build(one) for one in selectors.builds(self.brand)],
        }


def _clusters(rows: list[Row]) -> list[Row]:
    found = Cluster.objects.select_related("named_by").in_bulk([row["id"] for row in rows])
    return [_cluster(found[row["id"]]) for row in rows]


def _cluster(one: Cluster) -> Row:
    return {
        "number": one.number,
        "key": one.key,
        "name": one.name or None,
        "title": one.title,
        "terms": one.terms,
        "size": one.size,
        "stability": one.stability,
        "found_at": one.found_at,
        "gone_at": one.gone_at,
        "named_by": one.named_by.email if one.named_by else None,
        "version": one.version,
    }


def _told(one: Cluster) -> Row:
    ties = [
        {"one": tie.one.uid, "other": tie.other.uid, **_shared(tie)}
        for tie in selectors.strongest_ties(one)
    ]
    return {**_cluster(one), "ties": ties}


def _shared(tie: CreatorTie) -> Row:
    return {
        "people": tie.people,
        "hashtags": tie.hashtags,
        "mentions": tie.mentions,
        "weight": tie.weight,
    }


def _members(rows: list[Row]) -> list[Row]:
    return [
        {
            "creator": row["creator__uid"],
            "name": row["creator__name"],
            "stability": row["stability"],
            "since": row["entered_at"],
        }
        for row in rows
    ]


def _build(one: ClusterBuild) -> Row:
    return {name: getattr(one, name) for name in BUILD_NAMES}
