"""Scorecards beside each other: segments in a quarter, a segment over quarters, cohorts."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadQuery
from crm.api.query import Query
from crm.choices import Scope
from segmentation.api.scorecard_orders import UNDER_WAY, under_way
from segmentation.api.scorecards import IntervalSerializer, order_of, read_period
from segmentation.api.segments import named
from segmentation.metrics.catalogue import CATALOGUE
from segmentation.metrics.cells import Cell
from segmentation.models import Scorecard, Segment
from segmentation.selectors.scorecards.card import trend_of
from segmentation.selectors.scorecards.cohorts import Cell as CohortCell
from segmentation.selectors.scorecards.cohorts import Cohort, cohort_page
from segmentation.selectors.scorecards.comparison import (
    MOST_METRICS,
    MOST_SEGMENTS,
    Place,
    compare_segments,
)
from segmentation.selectors.scorecards.index import segments_in_use


class ComparisonQuery(Query):
    """Which segments, in which quarter, by what."""

    period = serializers.CharField(max_length=20, help_text="A fiscal quarter, e.g. 2026Q3.")
    segments = serializers.CharField(
        max_length=800, help_text=f"Keys with commas between them, {MOST_SEGMENTS} at most."
    )
    metrics = serializers.CharField(
        max_length=2_000,
        required=False,
        help_text="Keys of metrics with commas; by default the KPI sets of the segments.",
    )


class ComparisonPlaceSerializer(serializers.Serializer[Any]):
    """A segment's number in a row; all null where its scorecard has no such row."""

    segment = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(allow_null=True)
    n_creators = serializers.IntegerField(allow_null=True)
    interval = IntervalSerializer(allow_null=True)
    reason_if_absent = serializers.CharField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    target_verdict = serializers.ChoiceField(
        choices=["reached", "not_reached", "cannot_tell"], allow_null=True
    )
    rank = serializers.IntegerField(
        allow_null=True, help_text="By values shrunk towards their mean, not by raw values."
    )
    shrunk = serializers.FloatField(allow_null=True)


class ComparisonRowSerializer(serializers.Serializer[Any]):
    """A metric over the segments; `words` say what differs, only where intervals allow it."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    words = serializers.ListField(child=serializers.CharField())
    places = ComparisonPlaceSerializer(many=True)


class SideBySideSerializer(serializers.Serializer[Any]):
    """Segments side by side in a quarter."""

    period = serializers.CharField()
    segments = serializers.ListField(child=serializers.CharField())
    rows = ComparisonRowSerializer(many=True)


class TrendPointSerializer(serializers.Serializer[Any]):
    """A number in a quarter; `formula` tells whether two quarters can be compared."""

    period = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    interval = IntervalSerializer(allow_null=True)
    n = serializers.IntegerField()
    benchmark = serializers.FloatField(allow_null=True, help_text="Of all creators of the brand.")
    formula = serializers.CharField()
    reason_if_absent = serializers.CharField(allow_null=True)


class TrendSerializer(serializers.Serializer[Any]):
    """A metric of a segment over the stored quarters, oldest first."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    points = TrendPointSerializer(many=True)


class TrendQuery(Query):
    """Up to which quarter."""

    period = serializers.CharField(max_length=20, help_text="The last quarter, e.g. 2026Q3.")


class CohortCellSerializer(serializers.Serializer[Any]):
    """A cohort in a quarter: who went live again, and the mean engagement rate of who posted."""

    period = serializers.CharField()
    quarters_since = serializers.IntegerField()
    came_back = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Null under five creators.")
    share_interval = IntervalSerializer(allow_null=True)
    posting_creators = serializers.IntegerField()
    engagement_rate_followers = serializers.FloatField(allow_null=True)
    engagement_rate_interval = IntervalSerializer(allow_null=True)
    is_final = serializers.BooleanField()


class CohortSerializer(serializers.Serializer[Any]):
    """Creators whose first collaboration was in a quarter."""

    period = serializers.CharField()
    creators = serializers.IntegerField()
    came_back_within_a_year = serializers.IntegerField(
        allow_null=True, help_text="Null while the four quarters after are not over."
    )
    quarters = CohortCellSerializer(many=True)


class ComparisonViewSet(BrandViewSet[Scorecard]):
    """Segments side by side."""

    scope = Scope.SCORECARDS_READ
    queryset = Scorecard.objects.none()
    serializer_class = SideBySideSerializer
    queries = {"retrieve": ComparisonQuery}

    @extend_schema(responses={200: SideBySideSerializer, **UNDER_WAY})
    def retrieve(self, request: Request) -> Response:
        """The segments in a quarter: the same numbers and words as on the page.

        Where one has no scorecard yet, a worker is asked for the quarter (202).
        """
        now = timezone.now()
        period = read_period(self.query["period"], self.brand, now)
        wanted = _keys(self.query["segments"])
        by_key = {segment.key: segment for segment in segments_in_use(self.brand)}
        if unknown := [key for key in wanted if key not in by_key]:
            words = f"{self.brand} has no segment {unknown[0]!r} in use."
            raise BadQuery.of("segments", "unknown_segment", words)
        if not 1 <= len(wanted) <= MOST_SEGMENTS:
            words = f"Name 1 to {MOST_SEGMENTS} segments."
            raise BadQuery.of("segments", "out_of_range", words)
        metrics = _keys(self.query.get("metrics", ""))
        if unknown := [key for key in metrics if key.partition(":")[0] not in CATALOGUE]:
            words = f"There is no metric {unknown[0]!r}."
            raise BadQuery.of("metrics", "unknown_metric", words)
        if len(metrics) > MOST_METRICS:
            raise BadQuery.of("metrics", "out_of_range", f"Name {MOST_METRICS} metrics at most.")
        segments = [by_key[key] for key in wanted]
        found = compare_segments(self.brand, segments, period, metrics)
        if found.missing:
            return under_way(order_of(self, period, now))
        answer = {
            "period": found.period,
            "segments": wanted,
            "rows": [
                {
                    "key": row.key,
                    "label": row.label,
                    "words": row.words,
                    "places": [_place(place) for place in row.places],
                }
                for row in found.rows
            ],
        }
        return Response(answer)


class TrendViewSet(BrandViewSet[Segment]):
    """A segment over the quarters."""

    scope = Scope.SCORECARDS_READ
    queryset = Segment.objects.none()
    serializer_class = TrendSerializer
    queries = {"list": TrendQuery}
    pagination_class = WholeList

    @extend_schema(responses={200: TrendSerializer(many=True), **UNDER_WAY})
    def list(self, request: Request, key: str) -> Response:
        """Every row of the scorecard over the nine quarters up to one, oldest first.

        Where the last one has no scorecard yet, a worker is asked for it (202).
        """
        segments = Segment.objects.filter(brand=self.brand).select_related("brand")
        segment = named(segments, key).first()
        if segment is None:
            raise Http404
        now = timezone.now()
        period = read_period(self.query["period"], self.brand, now)
        card = Scorecard.objects.filter(segment=segment, period=period).first()
        if card is None:
            return under_way(order_of(self, period, now, segment=segment))
        trend = trend_of(card)
        rows: dict[str, Row] = {}
        for when, cells in trend:
            for cell in cells.values():
                row = rows.setdefault(
                    cell["key"], {"key": cell["key"], "label": cell["label"], "points": []}
                )
                row["points"].append(_point(when, cell))
        return self.whole(list(rows.values()))


class CohortViewSet(BrandViewSet[Scorecard]):
    """Cohorts by first collaboration."""

    scope = Scope.SCORECARDS_READ
    queryset = Scorecard.objects.none()
    serializer_class = CohortSerializer
    pagination_class = WholeList

    def list(self, request: Request) -> Response:
        """Creators by the quarter in which they first went live, of the last nine quarters."""
        page = cohort_page(self.brand, at=timezone.now())
        return self.whole([_cohort(cohort) for cohort in page.cohorts])


def _keys(text: str) -> list[str]:
    """Keys with commas between them, each once, in order."""
    return list(dict.fromkeys(key.strip() for key in text.split(",") if key.strip()))


def _place(place: Place) -> Row:
    cell = None if place.line is None else place.line.cell
    return {
        "segment": place.segment.key,
        "value": cell and cell["value"],
        "n": cell and cell["n"],
        "n_creators": cell and cell["n_creators"],
        "interval": cell and cell["interval"],
        "reason_if_absent": cell and cell["reason_if_absent"],
        "target": place.target and place.target.target,
        "target_verdict": place.target and place.target.verdict.value,
        "rank": place.rank or None,
        "shrunk": place.shrunk,
    }


def _point(period: str, cell: Cell) -> Row:
    return {
        "period": period,
        "value": cell["value"],
        "interval": cell["interval"],
        "n": cell["n"],
        "benchmark": cell["benchmark"] and cell["benchmark"]["value"],
        "formula": cell["formula"],
        "reason_if_absent": cell["reason_if_absent"],
    }


def _cohort(cohort: Cohort) -> Row:
    return {
        "period": cohort.period,
        "creators": cohort.creators,
        "came_back_within_a_year": cohort.retained,
        "quarters": [_cohort_cell(cell) for cell in cohort.cells],
    }


def _cohort_cell(cell: CohortCell) -> Row:
    return {
        "period": cell.period,
        "quarters_since": cell.age,
        "came_back": cell.came_back,
        "share": cell.share,
        "share_interval": cell.share_interval and vars(cell.share_interval),
        "posting_creators": cell.posting,
        "engagement_rate_followers": cell.rate,
        "engagement_rate_interval": cell.rate_interval and vars(cell.rate_interval),
        "is_final": not cell.is_running,
    }
