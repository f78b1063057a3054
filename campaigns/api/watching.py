"""The watch over posts and platforms over REST: what is below the usual, weeks, posting times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.choices import PostMeasure, ReadingBasis, ShiftState
from campaigns.models import Campaign, FirstReading, PlatformWeek
from campaigns.selectors.watching.alerts import readings_of, with_platforms
from campaigns.selectors.watching.times import creators_of, times_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.watching import answering
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadQuery
from crm.api.query import Query
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order

Rows = list[Row]  # a class below has a method of that name
ALERTS = Order("post-alerts", key="id")
WEEKS = Order("platform-weeks", key="id")
_WEEK = (
    "id",
    "platform_id",
    "week",
    "creators",
    "posts",
    "change",
    "low",
    "high",
    "is_shift",
    "state",
)


class PostAlertSerializer(serializers.Serializer[Any]):
    """A publication below the usual. Rates are per follower; changes are fractions."""

    id = serializers.IntegerField()
    post = serializers.IntegerField(allow_null=True, help_text="The id of one of `posts/`.")
    creator = serializers.UUIDField()
    platform = serializers.CharField()
    read_at = serializers.DateTimeField()
    measure = serializers.ChoiceField(choices=PostMeasure.choices)
    compared_with = serializers.ChoiceField(choices=ReadingBasis.choices)
    rate = serializers.FloatField(allow_null=True)
    usual = serializers.FloatField(allow_null=True, help_text="The median it is compared with.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    posts = serializers.IntegerField(help_text="It is compared with so many.")
    against_usual = serializers.FloatField(allow_null=True)
    alone = serializers.FloatField(
        allow_null=True, help_text="Less what the whole platform did, where it moved."
    )
    why = serializers.CharField()
    answer = serializers.CharField(allow_null=True, help_text="What somebody said of it.")
    answered_at = serializers.DateTimeField(allow_null=True)


class PlatformWeekSerializer(serializers.Serializer[Any]):
    """How the brand's creators on a platform did in a week; null: too few of them."""

    id = serializers.IntegerField()
    platform = serializers.CharField()
    week = serializers.DateField(help_text="Its Monday.")
    creators = serializers.IntegerField()
    posts = serializers.IntegerField()
    change = serializers.FloatField(allow_null=True, help_text="The median over creators.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    is_shift = serializers.BooleanField(help_text="The whole platform moved.")
    state = serializers.ChoiceField(choices=ShiftState.choices)
    reason = serializers.CharField(allow_null=True, help_text="Why it was set aside.")


class PostingHoursSerializer(serializers.Serializer[Any]):
    """Posts of some hours of a weekday, beside their accounts' means; null: too few."""

    day = serializers.CharField()
    hours = serializers.CharField(help_text="In the brand's time zone.")
    posts = serializers.IntegerField()
    better = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class WhyBelow(Body):
    """Why a post did not do better, or why a week is not noted."""

    reason = serializers.CharField(max_length=answering.REASON_MAX)


class NotedWeek(Body):
    """What the timeline says of it."""

    title = serializers.CharField(
        max_length=160, required=False, allow_blank=True, help_text="Without: what happened."
    )


class PostingTimesQuery(Query):
    """Of which platform, and whose posts."""

    platform = serializers.CharField(required=False, max_length=30, help_text="A platform's key.")
    creator = serializers.UUIDField(required=False, help_text="A creator's uid.")
    campaign = serializers.CharField(
        required=False, max_length=60, help_text="A campaign's key: of the creators in it."
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """One creator, or those of a campaign."""
        if "creator" in values and "campaign" in values:
            raise serializers.ValidationError({"campaign": "Ask for one of creator and campaign."})
        return values


class PostAlertViewSet(BrandViewSet[FirstReading]):
    """Publications that are below the usual."""

    scope = Scope.SERIES_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = FirstReading.objects.none()
    serializer_class = PostAlertSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[FirstReading]:
        """Those of the token's brand."""
        return readings_of(self.brand)

    def list(self, request: Request) -> Response:
        """In the order in which they were read."""
        return self.page(self.get_queryset().values("id"), order=ALERTS, represent=self._shown)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(self._one(pk))

    @extend_schema(request=WhyBelow, responses={200: PostAlertSerializer, **REFUSED})
    def dismiss(self, request: Request, pk: str) -> Response:
        """Say why it did not do better: it waits for nobody any more."""
        self._one(pk)
        body = WhyBelow(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            answering.dismiss_reading(
                reading_id=int(pk),
                brand=self.brand,
                **body.validated_data,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._one(pk))

    def _one(self, pk: str) -> Row:
        [found] = self._shown([self.one(self.get_queryset().filter(pk=pk).values("id"))])
        return found

    def _shown(self, rows: Rows) -> Rows:
        wanted = [row["id"] for row in rows]
        found = self.get_queryset().filter(pk__in=wanted).order_by("pk")
        by_id = {alert.reading.pk: alert for alert in with_platforms(self.brand, found)}
        return [alert_row(by_id[pk]) for pk in wanted]


class PlatformWeekViewSet(BrandViewSet[PlatformWeek]):
    """Weeks of platforms."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = PlatformWeek.objects.none()
    serializer_class = PlatformWeekSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[PlatformWeek]:
        """Weeks of the token's brand."""
        return PlatformWeek.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """In the order in which they were first computed."""
        rows = self.get_queryset().values("reason", *_WEEK)
        return self.page(rows, order=WEEKS, represent=_weeks)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(self._one(pk))

    @extend_schema(request=NotedWeek, responses={200: PlatformWeekSerializer, **REFUSED})
    def note(self, request: Request, pk: str) -> Response:
        """Write a note on the timeline, on the Monday of a week in which a platform moved."""
        return self._do(answering.note_shift, pk, NotedWeek(data=request.data))

    @extend_schema(request=WhyBelow, responses={200: PlatformWeekSerializer, **REFUSED})
    def dismiss(self, request: Request, pk: str) -> Response:
        """Say why a week in which a platform moved is nothing that the timeline should show."""
        return self._do(answering.dismiss_shift, pk, WhyBelow(data=request.data))

    def _do(self, do: Callable[..., Any], pk: str, body: Body) -> Response:
        self._one(pk)
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            do(
                week_id=int(pk),
                brand=self.brand,
                **body.validated_data,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._one(pk))

    def _one(self, pk: str) -> Row:
        [found] = _weeks([self.one(self.get_queryset().filter(pk=pk).values("reason", *_WEEK))])
        return found


class PostingTimesViewSet(BrandViewSet[PlatformWeek]):
    """Hours of the week, and how posts did beside what their accounts usually do."""

    scope = Scope.SERIES_READ
    queryset = PlatformWeek.objects.none()
    serializer_class = PostingHoursSerializer
    pagination_class = WholeList
    queries = {"list": PostingTimesQuery}
    http_method_names = ["get", "head"]

    @extend_schema(parameters=[PostingTimesQuery])
    def list(self, request: Request) -> Response:
        """All 56 fields of a week, over the posts of a year: of all creators, or of some."""
        found = times_of(
            self.brand,
            timezone.now(),
            creators=self._whose(),
            platform=self.query.get("platform", ""),
        )
        return self.whole(
            [
                {
                    "day": day,
                    "hours": hours,
                    "posts": cell.posts,
                    "better": cell.better,
                    "low": cell.low,
                    "high": cell.high,
                }
                for day, cells in found.days
                for hours, cell in zip(found.hours, cells, strict=True)
            ]
        )

    def _whose(self) -> Sequence[int] | None:
        if uid := self.query.get("creator"):
            rows = self.brand.relationships.filter(creator__uid=uid)
            found = list(rows.values_list("creator", flat=True))
            if not found:
                raise BadQuery.of("creator", "unknown_creator", "There is no such creator.")
            return found
        if key := self.query.get("campaign"):
            campaign = Campaign.objects.filter(brand=self.brand, key=key).first()
            if campaign is None:
                raise BadQuery.of("campaign", "unknown_campaign", "There is no such campaign.")
            return creators_of(campaign)
        return None


def alert_row(alert: Any) -> Row:
    """An alert with its platform."""
    reading = alert.reading
    deliverable = reading.publication.deliverable
    same = ("read_at", "measure", "rate", "usual", "low", "high", "posts", "why")
    return {name: getattr(reading, name) for name in same} | {
        "id": reading.pk,
        "compared_with": reading.basis,
        "post": deliverable.post_id,
        "creator": deliverable.engagement.relationship.creator.uid,
        "platform": deliverable.platform_id,
        "against_usual": alert.against_usual,
        "alone": alert.alone,
        "answer": reading.dismissed_because or None,
        "answered_at": reading.dismissed_at,
    }


def _weeks(rows: list[Row]) -> list[Row]:
    return [
        {name: row[name] for name in _WEEK if name != "platform_id"}
        | {"platform": row["platform_id"], "reason": row["reason"] or None}
        for row in rows
    ]
