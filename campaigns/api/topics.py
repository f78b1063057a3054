"""Topics on the rise over REST: read, followed, set aside."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.choices import TermKind, TopicState
from campaigns.models import RisingTopic
from campaigns.services.keywords.keeping import KeywordsRefused
from campaigns.services.topics import deciding
from campaigns.services.topics.deciding import TopicRefused
from campaigns.tasks import count_keywords
from crm.api.base import BrandViewSet
from crm.api.pagination import KeysetPagination, PageQuery, Row
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.paging import Order

NEWEST = Order("rising-topics", key="id", descending=True)
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description="It was decided; why.")
}
COLUMNS = ("id", "kind", "term", "creators", "before", "times", "low", "high", "chance")
OF_WEEK = {"active": "creators", "active_before": "before", "terms": "terms"}


class RisingTopicSerializer(serializers.Serializer[Any]):
    """A word or hashtag that more creators used in a week than in those before."""

    id = serializers.IntegerField()
    week = serializers.DateField(help_text="Its Monday.")
    kind = serializers.ChoiceField(choices=TermKind.choices)
    term = serializers.CharField()
    creators = serializers.IntegerField(help_text="Who used it in the week.")
    active = serializers.IntegerField(help_text="Who posted in the week.")
    before = serializers.IntegerField(help_text="Who used it, added up over the weeks before.")
    active_before = serializers.IntegerField(help_text="Who posted, added up over them.")
    terms = serializers.IntegerField(help_text="Words and hashtags that were compared.")
    times = serializers.FloatField(allow_null=True, help_text="Null: nobody used it before.")
    low = serializers.FloatField(allow_null=True, help_text="Of `times`, 95 %.")
    high = serializers.FloatField(allow_null=True)
    chance = serializers.FloatField(help_text="Of so many or more, had nothing changed.")
    false_share = serializers.FloatField(
        help_text="Of those as rare or rarer, how many are expected to be chance."
    )
    state = serializers.ChoiceField(choices=TopicState.choices)
    keyword = serializers.IntegerField(allow_null=True, help_text="What following made of it.")


class RisingTopicViewSet(BrandViewSet[RisingTopic]):
    """Topics on the rise."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = RisingTopic.objects.none()
    serializer_class = RisingTopicSerializer
    pagination_class = KeysetPagination
    queries = {"list": PageQuery}

    def list(self, request: Request) -> Response:
        """The last to be found first."""
        rows = RisingTopic.objects.filter(week__brand=self.brand).values(*_ALL)
        return self.page(
            rows, order=NEWEST, represent=lambda found: [topic_row(row) for row in found]
        )

    @extend_schema(request=None, responses={200: RisingTopicSerializer, **REFUSED})
    def follow(self, request: Request, pk: str) -> Response:
        """Make it a search word."""
        answer = self._decide(deciding.follow, pk)
        count_keywords.delay_on_commit(brand_id=self.brand.pk)
        return answer

    @extend_schema(request=None, responses={200: RisingTopicSerializer, **REFUSED})
    def dismiss(self, request: Request, pk: str) -> Response:
        """Set it aside."""
        return self._decide(deciding.dismiss, pk)

    def _decide(self, service: Any, pk: str) -> Response:
        with refusals(TopicRefused, KeywordsRefused):
            service(brand=self.brand, topic_id=int(pk), actor=self.actor, at=timezone.now())
        return Response(topic_row(RisingTopic.objects.values(*_ALL).get(pk=pk)))


_ALL = (
    *COLUMNS,
    "false_share",
    "state",
    "keyword_id",
    "week__week",
    *(f"week__{column}" for column in OF_WEEK.values()),
)


def topic_row(row: Row) -> Row:
    """A topic with what it was compared with."""
    return (
        {name: row[name] for name in (*COLUMNS, "false_share", "state")}
        | {name: row[f"week__{column}"] for name, column in OF_WEEK.items()}
        | {"week": row["week__week"], "keyword": row["keyword_id"]}
    )
