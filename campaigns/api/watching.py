"""The watch over posts and platforms over REST: what is below the usual, weeks, posting times."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.choices import PostMeasure, ReadingBasis, ShiftState
from campaigns.models import FirstReading, PlatformWeek
from campaigns.selectors.watching.alerts import readings_of, with_platforms
from campaigns.selectors.watching.times import times_of
from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.query import Query
from crm.choices import Scope
from crm.paging import Order

Rows = list[Row]  # a class below has a method of that name
ALERTS = Order("post-alerts", key="id")
WEEKS = Order("platform-weeks", key="id")
_WEEK = ("platform_id", "week", "creators", "posts", "change", "low", "high", "is_shift", "state")


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


class PostingTimesQuery(Query):
    """Of which platform."""

    platform = serializers.CharField(required=False, max_length=30, help_text="A platform's key.")


class PostAlertViewSet(BrandViewSet[FirstReading]):
    """Publications that are below the usual."""

    scope = Scope.SERIES_READ
    queryset = FirstReading.objects.none()
    serializer_class = PostAlertSerializer
    http_method_names = ["get", "head"]

    def list(self, request: Request) -> Response:
        """In the order in which they were read."""
        rows = readings_of(self.brand).values("id")
        return self.page(rows, order=ALERTS, represent=self._shown)

    def _shown(self, rows: Rows) -> Rows:
        wanted = [row["id"] for row in rows]
        found = readings_of(self.brand).filter(pk__in=wanted).order_by("pk")
        by_id = {alert.reading.pk: alert for alert in with_platforms(self.brand, found)}
        return [alert_row(by_id[pk]) for pk in wanted]


class PlatformWeekViewSet(BrandViewSet[PlatformWeek]):
    """Weeks of platforms."""

    scope = Scope.SERIES_READ
    queryset = PlatformWeek.objects.none()
    serializer_class = PlatformWeekSerializer
    http_method_names = ["get", "head"]

    def list(self, request: Request) -> Response:
        """In the order in which they were first computed."""
        rows = PlatformWeek.objects.filter(brand=self.brand).values("id", "reason", *_WEEK)
        return self.page(rows, order=WEEKS, represent=_weeks)


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
        """All 56 fields of a week, over the posts of a year."""
        found = times_of(self.brand, timezone.now(), platform=self.query.get("platform", ""))
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
