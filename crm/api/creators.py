"""Creators of the brand, with their newest numbers and how the brand stands with them."""

from __future__ import annotations

from collections import defaultdict
from http import HTTPStatus
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from crm.api import lookups, profiles
from crm.api.base import UID, BrandViewSet
from crm.api.creator_bodies import DUPLICATE, CreatorChange, NewCreator, refused
from crm.api.pagination import PageQuery, Row
from crm.api.problems import MEDIA_TYPE, BadQuery, Refused
from crm.api.query import require_valid
from crm.api.schema import ProblemSerializer
from crm.choices import CreatorType, ListKind, Scope, Stage
from crm.fact_keys import OF_A_SCORE
from crm.filters import ORDERS, CreatorFilter
from crm.limits import TookTooLong
from crm.lists.columns import PARAMETER as COLUMNS_PARAMETER
from crm.lists.columns import unknown_columns
from crm.lists.patience import TOO_LONG, in_time
from crm.models import Creator, CreatorNiche, Profile, Relationship, SavedView
from crm.selectors import became
from crm.services.creators import CreatorRefused, add_creator, change_creator

NUMBERS = (
    "as_of",
    "followers",
    "followers_at",
    "followers_total",
    "follower_growth_90d",
    "engagement_rate",
    "engagement_posts",
    "engagement_source",
    "view_rate",
    "avg_views",
    "avg_likes",
    "avg_comments",
    "posts_30d",
    "posts_90d",
    "posts_365d",
    "last_post_at",
    "video_share",
    "paid_share",
    "platform_rates",
)
# What the schema cannot see from the filter's methods, and 249 countries that it need not list.
_PARAMETERS: dict[str, Any] = {
    "platform": OpenApiTypes.STR,
    "niche": OpenApiTypes.STR,
    "tag": OpenApiTypes.STR,
    "engagement_min": OpenApiTypes.NUMBER,
    "engagement_max": OpenApiTypes.NUMBER,
    "last_post_within": OpenApiTypes.INT,
    "country": {"type": "string", "description": "ISO 3166-1 alpha-2, e.g. DK."},
    "sort": {
        "anyOf": [
            {"type": "string", "enum": sorted(ORDERS)},
            {"type": "string", "pattern": f"^-?{OF_A_SCORE}[a-z][a-z0-9_]*$"},
        ],
        "description": f"The order; `-` is downwards. `{OF_A_SCORE}KEY` is that of a score in use.",
    },
}
for _name, _kind in _PARAMETERS.items():
    extend_schema_field(_kind)(CreatorFilter.base_filters[_name])


class CreatorMetricsSerializer(serializers.Serializer[Any]):
    """What the creator's numbers add up to. Null is unknown; shares and rates are fractions."""

    as_of = serializers.DateTimeField(allow_null=True, help_text="When this was computed.")
    followers = serializers.IntegerField(
        allow_null=True, help_text="Of the primary profile, which is the one with the most."
    )
    followers_at = serializers.DateTimeField(allow_null=True)
    followers_total = serializers.IntegerField(allow_null=True)
    follower_growth_90d = serializers.FloatField(allow_null=True)
    engagement_rate = serializers.FloatField(allow_null=True)
    engagement_posts = serializers.IntegerField(
        allow_null=True, help_text="How many posts the rate is the mean of."
    )
    engagement_source = serializers.ChoiceField(
        choices=["posts", "averages", "vendor"], allow_null=True
    )
    view_rate = serializers.FloatField(allow_null=True)
    avg_views = serializers.FloatField(allow_null=True)
    avg_likes = serializers.FloatField(allow_null=True)
    avg_comments = serializers.FloatField(allow_null=True)
    posts_30d = serializers.IntegerField(allow_null=True)
    posts_90d = serializers.IntegerField(allow_null=True)
    posts_365d = serializers.IntegerField(allow_null=True)
    last_post_at = serializers.DateTimeField(allow_null=True)
    video_share = serializers.FloatField(allow_null=True)
    paid_share = serializers.FloatField(allow_null=True)
    platform_rates = serializers.DictField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="The engagement rate on each platform.",
    )


class AccountSerializer(serializers.Serializer[Any]):
    """An account, in short."""

    id = serializers.IntegerField()
    platform = serializers.CharField()
    handle = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    followers = serializers.IntegerField(allow_null=True)


class StandingSerializer(serializers.Serializer[Any]):
    """How the brand stands with the creator, in short."""

    id = serializers.IntegerField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    stage_since = serializers.DateTimeField()
    owner = serializers.EmailField(allow_null=True)
    next_step = serializers.CharField(allow_null=True)
    next_step_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()


class CreatorSerializer(serializers.Serializer[Any]):
    """A creator as the brand knows them."""

    uid = serializers.UUIDField()
    name = serializers.CharField()
    creator_type = serializers.ChoiceField(choices=CreatorType.choices)
    country = serializers.CharField(allow_null=True, help_text="ISO 3166-1 alpha-2.")
    language = serializers.CharField(allow_null=True, help_text="BCP 47.")
    profession = serializers.CharField(allow_null=True)
    is_celebrity = serializers.BooleanField(allow_null=True)
    primary_platform = serializers.CharField(allow_null=True)
    primary_handle = serializers.CharField(allow_null=True)
    metrics = CreatorMetricsSerializer()
    relationship = StandingSerializer()
    profiles = AccountSerializer(many=True)


class NicheSerializer(serializers.Serializer[Any]):
    """A subject that creators work in."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name


class CreatorDetailSerializer(CreatorSerializer):
    """A creator with all that is known of their accounts and subjects."""

    profiles = profiles.ProfileSerializer(many=True)  # type: ignore[assignment] # more of the same
    niches = NicheSerializer(many=True)


METRICS = "creator__metrics__"
# What add_creator takes; the rest of what is said of a new one corrects it.
NEW = ("name", "platform", "handle", "country", "email", "followers")
COLUMNS = (
    "id",
    "stage",
    "stage_since",
    "owner__email",
    "next_step",
    "next_step_on",
    "version",
    "creator_id",
    "creator__uid",
    "creator__name",
    "creator__creator_type",
    "creator__country",
    "creator__language",
    "creator__profession",
    "creator__is_celebrity",
    f"{METRICS}primary_platform_id",
    f"{METRICS}primary_handle",
    *(METRICS + name for name in NUMBERS),
)


def creators(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them, with their accounts: one query for all."""
    accounts: dict[int, list[Row]] = defaultdict(list)
    of_page = Profile.objects.filter(creator__in=[row["creator_id"] for row in rows])
    columns = ("id", "creator_id", "platform_id", "handle", "url", "followers")
    for row in of_page.order_by("platform__position", "pk").values(*columns):
        accounts[row["creator_id"]].append(
            {
                "id": row["id"],
                "platform": row["platform_id"],
                "handle": row["handle"],
                "url": row["url"] or None,
                "followers": row["followers"],
            }
        )
    return [{**_creator(row), "profiles": accounts[row["creator_id"]]} for row in rows]


def _creator(row: Row) -> Row:
    metrics = {name: row[METRICS + name] for name in NUMBERS}
    metrics["engagement_source"] = metrics["engagement_source"] or None
    return {
        "uid": row["creator__uid"],
        "name": row["creator__name"],
        "creator_type": row["creator__creator_type"],
        "country": row["creator__country"] or None,
        "language": row["creator__language"] or None,
        "profession": row["creator__profession"] or None,
        "is_celebrity": row["creator__is_celebrity"],
        "primary_platform": row[f"{METRICS}primary_platform_id"],
        "primary_handle": row[f"{METRICS}primary_handle"] or None,
        "metrics": metrics,
        "relationship": {
            "id": row["id"],
            "stage": row["stage"],
            "stage_since": row["stage_since"],
            "owner": row["owner__email"],
            "next_step": row["next_step"] or None,
            "next_step_on": row["next_step_on"],
            "version": row["version"],
        },
    }


class CreatorPageQuery(PageQuery):
    """Parameters of the list besides its filters."""

    filter = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="A saved view by its id: its filters and order; what is given here counts more.",
    )


class CreatorViewSet(BrandViewSet[Relationship]):
    """Creators with whom the brand has a relationship."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    queryset = Relationship.objects.none()
    serializer_class = CreatorSerializer
    filterset_class = CreatorFilter
    lookups = lookups.Lookups(
        uid=lookups.uid("creator__uid", indexed=True),
        name=lookups.text("creator__name"),
        creator_type=lookups.choice("creator__creator_type", CreatorType),
        country=lookups.word("creator__country", blank=True),
        language=lookups.word("creator__language", blank=True),
        stage=lookups.choice("stage", Stage),
        stage_since=lookups.moment("stage_since"),
        owner=lookups.word("owner__email", null=True),
        next_step_on=lookups.day("next_step_on", null=True),
        followers=lookups.whole(f"{METRICS}followers", null=True, indexed=True),
        followers_total=lookups.whole(f"{METRICS}followers_total", null=True),
        engagement_rate=lookups.number(f"{METRICS}engagement_rate", null=True, indexed=True),
        view_rate=lookups.number(f"{METRICS}view_rate", null=True),
        posts_90d=lookups.whole(f"{METRICS}posts_90d", null=True),
        last_post_at=lookups.moment(f"{METRICS}last_post_at", null=True, indexed=True),
        primary_platform=lookups.word(f"{METRICS}primary_platform_id", null=True),
    )
    lookup_field = "uid"
    lookup_value_regex = UID
    queries = {"list": CreatorPageQuery}

    def get_queryset(self) -> QuerySet[Relationship]:
        """The relationships of the token's brand: each is one creator."""
        return Relationship.objects.filter(brand=self.brand)

    @extend_schema(
        responses={
            200: CreatorSerializer(many=True),
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer, description="`took_too_long`: the rule was stopped in time."
            ),
        }
    )
    def list(self, request: Request) -> Response:
        """Creators in the order of `sort`: most followers first unless said otherwise."""
        found = CreatorFilter(self._asked(request), self.get_queryset(), request=request)
        filterset = cast("CreatorFilter", require_valid(found))
        try:
            with in_time(filterset):
                rows = filterset.qs.values(*COLUMNS)
                return self.page(rows, order=filterset.order, represent=creators)
        except TookTooLong as slow:
            raise Refused(TOO_LONG, code="took_too_long") from slow

    def _asked(self, request: Request) -> QueryDict:
        """The filters of the query string, over those of the saved view that it names."""
        pk = self.query.get("filter")
        if pk is None:
            return request.query_params
        views = SavedView.objects.visible_to(self.actor)
        view = views.filter(brand=self.brand, list=ListKind.CREATORS, pk=pk).first()
        if view is None:
            raise BadQuery.of("filter", "not_found", f"There is no saved view {pk} that you see.")
        asked = QueryDict(view.query, mutable=True)
        self._require_usable(view, asked)
        for name, values in request.query_params.lists():
            asked.setlist(name, values)
        return asked

    def held(self) -> QuerySet[Creator]:
        """The creator, whom other brands may know too."""
        here = self.get_queryset().filter(creator__uid=self.kwargs["uid"])
        return Creator.objects.filter(pk__in=here.values("creator"))

    def _require_usable(self, view: SavedView, asked: QueryDict) -> None:
        """That all that the view is made of is still there: BadQuery names what is gone.

        A page leaves it out, where somebody sees that; a program would take other rows for these.
        """
        held = CreatorFilter(asked, self.get_queryset(), request=self.request)
        gone = sorted(asked.keys() - CreatorFilter.base_filters.keys() - {COLUMNS_PARAMETER})
        gone += sorted(held.errors)
        gone += unknown_columns(self.brand, asked.get(COLUMNS_PARAMETER, ""))
        if gone:
            words = f"The view “{view}” asks for what is not there any more: {', '.join(gone)}."
            raise BadQuery.of("filter", "view_outdated", words)

    @extend_schema(
        request=NewCreator,
        responses={201: CreatorDetailSerializer, **DUPLICATE},
        examples=[
            OpenApiExample(
                "By a handle",
                value={
                    "name": "Ida Holm",
                    "platform": "instagram",
                    "handle": "@ida.holm.runs",
                    "country": "DK",
                    "followers": 18400,
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Add a creator, as a prospect. Who came in by another brand is the same creator."""
        body = NewCreator(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.person
        if said.get("email") and Scope.CONTACTS_WRITE not in self.token.scopes:
            raise PermissionDenied("`email` asks for the scope contacts:write too.")
        first = {name: said.pop(name) for name in NEW if name in said}
        at = timezone.now()
        try:
            with transaction.atomic():
                found = add_creator(brand=self.brand, actor=self.actor, at=at, **first)
                change_creator(relationship=found, changes=said, actor=self.actor, at=at)
        except CreatorRefused as refusal:
            raise refused(refusal, request) from refusal
        return self._answer(str(found.creator.uid), HTTPStatus.CREATED)

    @extend_schema(
        request=CreatorChange,
        responses=CreatorDetailSerializer,
        examples=[
            OpenApiExample(
                "Correct the country", value={"country": "NO", "language": "nb"}, request_only=True
            )
        ],
    )
    def partial_update(self, request: Request, uid: str) -> Response:
        """Correct what is known of a creator. All brands that know them see it."""
        found = self.get_queryset().filter(creator__uid=uid).first()
        if found is None:
            raise Http404
        body = CreatorChange(data=request.data)
        body.is_valid(raise_exception=True)
        change_creator(relationship=found, changes=body.person, actor=self.actor, at=timezone.now())
        return self._answer(uid)

    @extend_schema(responses=CreatorDetailSerializer)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One creator with accounts and niches; of a merged one, 301 to the one who stayed."""
        try:
            row = self.one(self.get_queryset().filter(creator__uid=uid).values(*COLUMNS))
        except Http404:
            there = became(self.brand, uid)
            if there is None:
                raise
            place = reverse("api-creators-detail", args=[there], request=request)
            return Response({"merged_into": there}, status=301, headers={"Location": f"{place}/"})
        return Response(_whole(row))

    def _answer(self, uid: str, status: int = HTTPStatus.OK) -> Response:
        """One of the brand's creators as `retrieve` shows them."""
        rows = self.get_queryset().filter(creator__uid=uid)
        return Response(_whole(self.one(rows.values(*COLUMNS))), status=status)


def _whole(row: Row) -> Row:
    """A row of COLUMNS with all that an item shows."""
    accounts = Profile.objects.filter(creator=row["creator_id"])
    in_order = accounts.order_by("platform__position", "pk").values(*profiles.COLUMNS)
    niches = CreatorNiche.objects.filter(creator=row["creator_id"]).order_by("niche__label")
    return {
        **_creator(row),
        "profiles": profiles.profiles([*in_order]),
        "niches": [
            {"key": key, "label": label}
            for key, label in niches.values_list("niche__key", "niche__label")
        ],
    }
