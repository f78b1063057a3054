"""Where creators are, who can post soon near a place, and the fast lane."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.choices import SaidBy
from campaigns.models import Campaign, Whereabouts
from campaigns.models.whereabouts import LANE_HOURS_MAX, NOTICE_MAX
from campaigns.selectors.whereabouts.soon import HOURS_MAX, Line, Near, Question, who_can
from campaigns.services import fast_lanes
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from campaigns.services.whereabouts import saying
from campaigns.services.whereabouts.saying import PLACE_MAX, Said
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import DayField, Query
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.choices import PostKind, Scope
from crm.filters import on_platform
from crm.models import Platform, Relationship
from crm.paging import Order
from crm.selectors import relationships_of

ORDER = Order("whereabouts-api", key="id")
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "country",
    "place",
    "is_remote",
    "starts_on",
    "ends_on",
    "notice_hours",
    "formats",
    "source",
    "said_at",
)


class WhereaboutsSerializer(serializers.Serializer[Any]):
    """What was said of a creator; what was said last of a day holds."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    country = serializers.CharField(allow_null=True)
    place = serializers.CharField(allow_null=True)
    is_remote = serializers.BooleanField(help_text="They can post about other places, too.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="null: until they say otherwise.")
    notice_hours = serializers.IntegerField(allow_null=True, help_text="null: not said.")
    formats = serializers.ListField(child=serializers.ChoiceField(choices=PostKind.choices))
    source = serializers.ChoiceField(choices=SaidBy.choices)  # type: ignore[assignment] # a field
    said_at = serializers.DateTimeField()


class NewWhereabouts(Body):
    """Where a creator is, as they told you."""

    creator = KnownCreatorField()
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    place = serializers.CharField(max_length=PLACE_MAX, required=False, allow_blank=True)
    is_remote = serializers.BooleanField(required=False)
    starts_on = DayField(required=False, allow_null=True, help_text="Without: today.")
    ends_on = DayField(required=False, allow_null=True)
    notice_hours = serializers.IntegerField(
        min_value=0, max_value=NOTICE_MAX, required=False, allow_null=True
    )
    formats = serializers.ListField(
        child=serializers.ChoiceField(choices=PostKind.choices), required=False, max_length=20
    )


class WhereaboutsFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Of whom."""

    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = Whereabouts
        fields: list[str] = []


class WhereaboutsViewSet(BrandViewSet[Whereabouts]):
    """Where creators are, as they or the team said."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = Whereabouts.objects.none()
    serializer_class = WhereaboutsSerializer
    filterset_class = WhereaboutsFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Whereabouts]:
        """Of creators of the token's brand."""
        return Whereabouts.objects.filter(relationship__brand=self.brand)

    def list(self, request: Request) -> Response:
        """All that was said and is not erased, in the order in which it was."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=lambda some: [_shown(row) for row in some])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(_shown(self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))))

    @extend_schema(request=NewWhereabouts, responses={201: WhereaboutsSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Write down where a creator is; what was said before stays, and holds no more."""
        body = NewWhereabouts(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        relationship = given.pop("creator")
        given["formats"] = tuple(given.get("formats", ()))
        with refusals(CampaignRefused, body=body):
            made = saying.say(
                relationship=relationship,
                said=Said(**given),
                by=Actor(self.actor),
                at=timezone.now(),
            )
        rows = self.get_queryset().filter(pk=made.pk).values(*COLUMNS)
        return Response(_shown(self.one(rows)), status=201)

    @extend_schema(request=None, responses={204: None})
    def erase(self, request: Request, pk: str) -> Response:
        """Erase one that was wrong."""
        try:
            saying.take_back(
                whereabouts_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now()
            )
        except Whereabouts.DoesNotExist as gone:
            raise Http404 from gone
        return Response(status=204)


class SoonQuery(Query):
    """Near what, within how many hours, in which form, on which platform."""

    near = serializers.CharField(
        max_length=120,
        required=False,
        default="",
        help_text="A city, a country, or both: `Copenhagen, Denmark`. Without: anywhere.",
    )
    hours = serializers.IntegerField(
        min_value=0, max_value=HOURS_MAX, required=False, default=2, help_text="Without: 2."
    )
    form = serializers.ChoiceField(choices=PostKind.choices, required=False, default="")
    platform = serializers.CharField(max_length=30, required=False, default="")


class SoonLineSerializer(serializers.Serializer[Any]):
    """A creator who can, or could, and the reasons in words."""

    creator = CreatorRefSerializer()
    whereabouts = serializers.IntegerField()
    is_known = serializers.BooleanField(
        help_text="false: how soon, where exactly or what was not said."
    )
    reasons = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())
    bars = serializers.ListField(child=serializers.CharField(), help_text="Nobody asks them now.")
    answered_at = serializers.DateTimeField(
        allow_null=True, help_text="Their last mail; null: none is known."
    )


class SoonSerializer(serializers.Serializer[Any]):
    """Who can post soon, the best first; then those of whom something is not known."""

    results = SoonLineSerializer(many=True)
    silent = serializers.IntegerField(help_text="Of how many creators nothing was said for today.")
    is_cut = serializers.BooleanField(help_text="There are more who can.")


class NewFastLane(Body):
    """Creators for a campaign's shortlist, with less time for each gate, and why."""

    creators = serializers.ListField(child=KnownCreatorField(), min_length=1, max_length=100)
    gate_hours = serializers.IntegerField(min_value=1, max_value=LANE_HOURS_MAX)
    reason = serializers.CharField(max_length=fast_lanes.REASON_MAX)


class FastLaneSerializer(serializers.Serializer[Any]):
    """What came of it."""

    engagements = serializers.ListField(
        child=serializers.IntegerField(), help_text="New on the shortlist."
    )
    on_lane = serializers.IntegerField(help_text="On the fast lane now, of those named.")


class SoonViewSet(BrandViewSet[Whereabouts]):
    """Who can post within some hours near a place."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = Whereabouts.objects.none()
    serializer_class = SoonSerializer
    queries = {"retrieve": SoonQuery}

    @extend_schema(parameters=[SoonQuery], responses=SoonSerializer)
    def retrieve(self, request: Request) -> Response:
        """By what they or the team wrote down: nobody is tracked."""
        asked = self.query
        among: QuerySet[Relationship] = relationships_of(self.brand)
        if asked["platform"]:
            among = on_platform(among, get_object_or_404(Platform, key=asked["platform"]))
        question = Question(Near.read(asked["near"]), asked["hours"], asked["form"])
        found = who_can(self.brand, question, among, timezone.now())
        results = [
            *(_line(line, is_known=True) for line in found.lines),
            *(_line(line, is_known=False) for line in found.unknown),
        ]
        return Response({"results": results, "silent": found.silent_count, "is_cut": found.is_cut})

    @extend_schema(request=NewFastLane, responses={200: FastLaneSerializer, **REFUSED})
    def lane(self, request: Request, key: str) -> Response:
        """Put creators on a campaign's shortlist and on the fast lane."""
        campaign = get_object_or_404(Campaign, brand=self.brand, key=key)
        body = NewFastLane(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            put = fast_lanes.put_on(
                campaign=campaign,
                brand=self.brand,
                relationships=[row.pk for row in said["creators"]],
                gate_hours=said["gate_hours"],
                reason=said["reason"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({"engagements": [row.pk for row in put.new], "on_lane": put.on_lane})


def _shown(row: Row) -> Row:
    plain = (
        "id",
        "is_remote",
        "starts_on",
        "ends_on",
        "notice_hours",
        "formats",
        "source",
        "said_at",
    )
    return {
        "creator": {
            "uid": row["relationship__creator__uid"],
            "name": row["relationship__creator__name"],
        },
        **{name: row[name] for name in plain},
        **{name: row[name] or None for name in ("country", "place")},
    }


def _line(line: Line, *, is_known: bool) -> Row:
    creator = line.relationship.creator
    return {
        "creator": {"uid": creator.uid, "name": creator.name},
        "whereabouts": line.whereabouts.pk,
        "is_known": is_known,
        "reasons": list(line.reasons),
        "warnings": list(line.warnings),
        "bars": list(line.bars),
        "answered_at": line.answered_at,
    }
