"""How good the data of a quarter are, and which numbers jumped: the same as on its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import Row
from crm.api.query import Query
from crm.choices import Scope, Source
from segmentation.api.scorecards import IntervalSerializer, read_period
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import Scorecard
from segmentation.rules.calendar import Quarter
from segmentation.selectors.scorecards.lint import Finding, findings
from segmentation.selectors.scorecards.quality import (
    MOST_JUMPS,
    Jump,
    QualityPage,
    quality_page,
)

EXAMPLE = {
    "period": "2026Q3",
    "gaps": [
        {
            "key": "country",
            "label": "Country",
            "missing": 112,
            "of": 2000,
            "share": 0.056,
            "means": "Rules about markets leave them out.",
        }
    ],
    "sources": [{"source": "vendor", "posts": 5120, "snapshots": 2400}],
    "conflicts": 3,
    "compared": 41,
    "jumps": [
        {
            "segment": "size6-micro",
            "key": "posting_frequency",
            "label": "Posts per creator and month",
            "before": {"value": 5.1, "interval": {"level": 0.95, "low": 4.8, "high": 5.4}},
            "now": {"value": 3.9, "interval": {"level": 0.95, "low": 3.7, "high": 4.2}},
            "causes": ["its rule changed on 3 Aug 2026 (version 2)"],
        }
    ],
    "jumps_count": 1,
    "kpi_findings": [],
}


class DataQualityQuery(Query):
    """Which quarter."""

    period = serializers.CharField(
        max_length=20,
        required=False,
        help_text="A quarter of the brand's fiscal calendar, e.g. 2026Q3; the present one unless "
        "said otherwise.",
    )


class GapSerializer(serializers.Serializer[Any]):
    """How much of something is not known or old, of creators as of the last run or of posts."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    missing = serializers.IntegerField()
    of = serializers.IntegerField()
    share = serializers.FloatField(
        allow_null=True, help_text="Null where there is nothing that could miss it."
    )
    means = serializers.CharField(help_text="What it means for the numbers.")


class SourceCountSerializer(serializers.Serializer[Any]):
    """What came from a source in the quarter."""

    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment] # a field's name
    posts = serializers.IntegerField()
    snapshots = serializers.IntegerField(help_text="Numbers of accounts at moments.")


class JumpPlaceSerializer(serializers.Serializer[Any]):
    """A number with its interval."""

    value = serializers.FloatField(allow_null=True)
    interval = IntervalSerializer()


class JumpSerializer(serializers.Serializer[Any]):
    """A number whose intervals of the quarter and of the one before do not touch."""

    segment = serializers.CharField()
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    before = JumpPlaceSerializer()
    now = JumpPlaceSerializer()
    causes = serializers.ListField(
        child=serializers.CharField(), help_text="What lies near; it need not be it."
    )


class KpiFindingSerializer(serializers.Serializer[Any]):
    """Something about KPIs that wants a person."""

    segment = serializers.CharField(allow_null=True, help_text="Null: it is about all.")
    words = serializers.CharField()


class DataQualitySerializer(serializers.Serializer[Any]):
    """What is missing, old or contradictory in the data of a quarter."""

    period = serializers.CharField()
    gaps = GapSerializer(many=True)
    sources = SourceCountSerializer(many=True)
    conflicts = serializers.IntegerField(
        help_text="Of `compared`: where two sources differ by more than a fifth."
    )
    compared = serializers.IntegerField(
        help_text="Where two sources told an account's followers within a week of each other."
    )
    jumps = JumpSerializer(many=True, help_text=f"The largest {MOST_JUMPS}.")
    jumps_count = serializers.IntegerField(help_text="Of all of them.")
    kpi_findings = KpiFindingSerializer(many=True)


class DataQualityViewSet(BrandViewSet[Scorecard]):
    """How far the brand's numbers can be trusted."""

    scope = Scope.SCORECARDS_READ
    queryset = Scorecard.objects.none()
    serializer_class = DataQualitySerializer
    queries = {"retrieve": DataQualityQuery}

    @extend_schema(
        responses=DataQualitySerializer,
        examples=[
            OpenApiExample("A quarter", value=EXAMPLE, response_only=True, status_codes=["200"])
        ],
    )
    def retrieve(self, request: Request) -> Response:
        """Missing, old and contradictory values, sources, jumps, KPIs that nobody can measure."""
        now = timezone.now()
        asked = self.query.get("period") or str(quarter_of(now, calendar_of(self.brand)))
        period = read_period(asked, self.brand, now)
        page = quality_page(self.brand, Quarter.parse(period))
        return Response(_shown(page, findings(self.brand, period)))


def _shown(page: QualityPage, found: Sequence[Finding]) -> Row:
    return {
        "period": page.period,
        "gaps": [
            {
                "key": gap.key,
                "label": gap.what,
                "missing": gap.missing,
                "of": gap.of,
                "share": gap.share,
                "means": gap.means,
            }
            for gap in page.gaps
        ],
        "sources": [
            {"source": row.source.value, "posts": row.posts, "snapshots": row.snapshots}
            for row in page.sources
        ],
        "conflicts": page.conflicts,
        "compared": page.compared,
        "jumps": [_jump(one) for one in page.jumps],
        "jumps_count": page.jumps_count,
        "kpi_findings": [
            {"segment": one.segment and one.segment.key, "words": one.words} for one in found
        ],
    }


def _jump(jump: Jump) -> Row:
    before, now = (
        {"value": line.cell["value"], "interval": line.cell["interval"]}
        for line in (jump.before, jump.line)
    )
    return {
        "segment": jump.card.segment.key,
        "key": jump.line.cell["key"],
        "label": jump.line.name,
        "before": before,
        "now": now,
        "causes": jump.causes,
    }
