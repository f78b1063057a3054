"""Scorecards: the numbers of a segment over a fiscal quarter, the same as on its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.encoding import Encoded, encoded
from crm.api.pagination import PageQuery, Row
from crm.api.problems import BadQuery
from crm.api.query import Query
from crm.choices import Scope
from crm.models import Brand
from crm.paging import Order
from crm.sent import row_number
from segmentation.api.scorecard_orders import UNDER_WAY, under_way
from segmentation.api.segments import named
from segmentation.facts.links import IN_USE
from segmentation.metrics.periods import Quarter
from segmentation.models import Dimension, Scorecard, ScorecardOrder, Segment
from segmentation.selectors.scorecards.index import targets_of
from segmentation.selectors.scorecards.lines import cells_of
from segmentation.selectors.scorecards.standing import standing_of
from segmentation.services import scorecard_orders
from segmentation.services import scorecards as service
from segmentation.services.scorecard_validity import is_recent

ORDER = Order("scorecards", key="segment__key", tie="segment_id")
# Raise it when the same stored row makes another answer: ETags are of both.
SHAPE = 1
# Answers that a process holds ready: some 30 kB each.
KEPT = 500


class ScorecardQuery(Query):
    """Which quarter, and how much to say."""

    period = serializers.CharField(
        max_length=20, help_text="A quarter of the brand's fiscal calendar, e.g. 2026Q3."
    )
    explain = serializers.BooleanField(
        default=False, help_text="`1` adds to each row what went into it."
    )


class ScorecardsQuery(PageQuery, ScorecardQuery):
    """Which quarter, of which segments."""

    dimension = serializers.SlugField(
        max_length=60, required=False, help_text="Only this dimension's segments."
    )


class IntervalSerializer(serializers.Serializer[Any]):
    """Where the value probably lies."""

    level = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class BenchmarkSerializer(serializers.Serializer[Any]):
    """The same metric of the same period over another base."""

    value = serializers.FloatField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    n = serializers.IntegerField()


class MetricChangeSerializer(serializers.Serializer[Any]):
    """Against the period before, by the same formula."""

    period = serializers.CharField()
    previous = serializers.FloatField()
    difference = serializers.FloatField()
    relative = serializers.FloatField(allow_null=True, help_text="Null where it was zero before.")


class MetricSerializer(serializers.Serializer[Any]):
    """A row of a scorecard: the value with all that it takes to read it."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    family = serializers.CharField(required=False, help_text="What it is measured with.")
    value = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()
    basis = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="What is divided by: benchmarks of another basis are not comparable.",
    )
    n = serializers.IntegerField(help_text="How many observations the value rests on.")
    n_unit = serializers.CharField()
    n_creators = serializers.IntegerField()
    interval = IntervalSerializer(allow_null=True, help_text="At 95 %.")
    interval_80 = IntervalSerializer(allow_null=True)
    interval_reason = serializers.CharField(allow_blank=True)
    benchmark = BenchmarkSerializer(allow_null=True)
    benchmark_reason = serializers.CharField(allow_blank=True)
    change = MetricChangeSerializer(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    target_verdict = serializers.ChoiceField(
        choices=["reached", "not_reached", "cannot_tell"],
        allow_null=True,
        help_text="An estimated number reaches a target only where its whole interval does.",
    )
    formula = serializers.CharField(help_text="With its name and version.")
    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    reason_if_absent = serializers.CharField(allow_null=True)
    method = serializers.CharField(required=False, help_text="How the interval is computed.")
    provenance = serializers.DictField(
        child=serializers.IntegerField(),
        required=False,
        help_text="How many of what was counted came from each kind of source.",
    )
    provenance_note = serializers.CharField(
        required=False, allow_blank=True, help_text="Estimates taken together with measured ones."
    )
    inputs = serializers.DictField(required=False, help_text="With explain=1.")
    question = serializers.CharField(required=False, help_text="With explain=1.")
    better = serializers.CharField(required=False, help_text="With explain=1.")
    minimum_n = serializers.IntegerField(required=False, help_text="With explain=1.")
    uncertainty = serializers.CharField(required=False, help_text="With explain=1.")
    numerator = serializers.CharField(required=False, help_text="With explain=1.")
    denominator = serializers.CharField(required=False, help_text="With explain=1.")
    accepts = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="With explain=1."
    )


class ScorecardSerializer(serializers.Serializer[Any]):
    """The numbers of a segment over a period, by who was a member when each thing happened."""

    segment = serializers.CharField(help_text="The segment's key.")
    period = serializers.CharField()
    size = serializers.IntegerField(
        allow_null=True, help_text="Null: there was no such segment in the period yet."
    )
    metrics = MetricSerializer(many=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField(help_text="The end of what was looked at.")
    is_final = serializers.BooleanField(help_text="False while the period runs.")


EXAMPLE = OpenApiExample(
    "The first row of a scorecard",
    value={
        "segment": "micro",
        "period": "2026Q3",
        "size": 412,
        "metrics": [
            {
                "key": "engagement_rate_followers",
                "label": "Engagement rate by followers, mean",
                "value": 0.0312,
                "unit": "fraction",
                "n": 3120,
                "n_unit": "posts",
                "n_creators": 371,
                "interval": {"level": 0.95, "low": 0.0291, "high": 0.0333},
                "interval_80": {"level": 0.8, "low": 0.0298, "high": 0.0326},
                "interval_reason": "",
                "benchmark": {
                    "value": 0.0268,
                    "label": "all creators of the brand",
                    "n": 9870,
                },
                "benchmark_reason": "",
                "change": {
                    "period": "2026Q2",
                    "previous": 0.0301,
                    "difference": 0.0011,
                    "relative": 0.0365,
                },
                "target": 0.03,
                "target_verdict": "cannot_tell",
                "formula": "engagement_rate_followers v1: ...",
                "source": "posts",
                "reason_if_absent": None,
            }
        ],
        "starts_at": "2026-07-01T00:00:00+00:00",
        "ends_at": "2026-10-01T00:00:00+00:00",
        "as_of": "2026-10-01T00:00:00+00:00",
        "is_final": True,
    },
    response_only=True,
    status_codes=["200"],
)


class ScorecardViewSet(BrandViewSet[Scorecard]):
    """Scorecards of the brand's segments."""

    scope = Scope.SCORECARDS_READ
    queryset = Scorecard.objects.none()
    serializer_class = ScorecardSerializer
    queries = {"list": ScorecardsQuery, "retrieve": ScorecardQuery}

    @extend_schema(responses={200: ScorecardSerializer(many=True), **UNDER_WAY})
    def list(self, request: Request) -> Response:
        """The scorecards of a quarter, by segment key, for segments that are in use.

        As they are stored: `as_of` says of when. Where one was never computed, a worker is asked
        for the quarter (202).
        """
        segments = Segment.objects.filter(brand=self.brand, status__in=IN_USE)
        if dimension := self.query.get("dimension"):
            if not Dimension.objects.filter(brand=self.brand, key=dimension).exists():
                words = f"{self.brand} has no dimension {dimension!r}."
                raise BadQuery.of("dimension", "unknown_dimension", words)
            segments = segments.filter(dimension__key=dimension)
        now = timezone.now()
        quarter = read_period(self.query["period"], self.brand, now)
        cards = Scorecard.objects.filter(segment__in=segments, period=quarter)
        if segments.exclude(scorecards__period=quarter).exists():
            return under_way(order_of(self, quarter, now))
        explain: bool = self.query["explain"]
        held = targets_of(self.brand, quarter)

        def represent(cards: Sequence[Any]) -> list[Row]:
            return [with_targets(card, held, explain=explain) for card in cards]

        return self.page(cards.select_related("segment"), order=ORDER, represent=represent)

    @extend_schema(responses={200: ScorecardSerializer, **UNDER_WAY}, examples=[EXAMPLE])
    def retrieve(self, request: Request, key: str) -> Response:
        """The scorecard of a segment and a quarter: the same numbers as on its page.

        As it is stored: `as_of` says of when. Where it was never computed, or by other formulas, a
        worker is asked for it (202); and also where it is a day old and its quarter is running.
        Carries an ETag: ask again with If-None-Match, and while nothing changed it is a 304.
        """
        now = timezone.now()
        period = read_period(self.query["period"], self.brand, now)
        found = self._stored(key, period)
        if found is not None and is_recent(found.as_of, found.ends_at, now):
            order = None
        else:
            order = order_of(self, period, now, segment=self._segment(key))
        if found is not None:
            self.known_by(SHAPE, found)
            body = _made_of(key, found, self.query["explain"])
            if body is not None:
                return Response(body)
            self.tag = None
        return under_way(order or order_of(self, period, now, segment=self._segment(key)))

    def _stored(self, key: str, period: str) -> service.Stored | None:
        quarter = Quarter.parse(period)
        found = service.stored(brand=self.brand, key=key, quarter=quarter)
        if found is None and row_number(key) is not None:
            named_so = self._segment(key).key
            found = service.stored(brand=self.brand, key=named_so, quarter=quarter)
        return found

    def _segment(self, key: str) -> Segment:
        segments = Segment.objects.filter(brand=self.brand).select_related("brand")
        segment = named(segments, key).first()
        if segment is None:
            raise Http404
        return segment


@lru_cache(maxsize=KEPT)
def _made_of(_key: str, found: service.Stored, explain: bool) -> Encoded | None:
    """The answer that a stored scorecard makes, kept for the next who asks; None as `rows_of`."""
    card = service.rows_of(found)
    if card is None:
        return None
    held = {(found.segment_id, key): value for key, value in found.targets}
    return encoded(with_targets(card, held, explain=explain))


def with_targets(card: Scorecard, held: Mapping[tuple[int, str], float], *, explain: bool) -> Row:
    """A scorecard with what its rows are to reach in its quarter, and whether they do."""
    shown: Row = {**service.as_json(card, explain=explain)}
    cells = {cell["key"]: cell for cell in cells_of(card)}
    for row in shown["metrics"]:
        target = held.get((card.segment_id, row["key"]))
        cell = cells.get(row["key"])
        row["target"] = target
        row["target_verdict"] = (
            None if target is None or cell is None else standing_of(cell, target).verdict.value
        )
    return shown


def order_of(
    view: BrandViewSet[Any], period: str, now: datetime, *, segment: Segment | None = None
) -> ScorecardOrder:
    """What a worker is asked for who looks at a quarter; BadQuery if it cannot have scorecards."""
    try:
        return scorecard_orders.look(
            brand=view.brand,
            quarter=Quarter.parse(period),
            segment=segment,
            actor=view.actor,
            at=now,
        )
    except service.PeriodRefused as refusal:
        raise BadQuery.of("period", "bad_period", str(refusal)) from refusal


def read_period(text: str, brand: Brand, now: datetime) -> str:
    """The quarter that a `period` names, as it is stored; BadQuery if there is none."""
    try:
        return str(service.read_period(text, brand=brand, as_of=now))
    except service.PeriodRefused as refusal:
        raise BadQuery.of("period", "bad_period", str(refusal)) from refusal
