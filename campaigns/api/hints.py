"""Hints at advertising over REST: posts that read like it, and what people answer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet, NothingSaid
from campaigns.choices import HintSource, HintState
from campaigns.filters.hints import HintFilter
from campaigns.models import DisclosureHint
from campaigns.services.hints import answering
from crm.api.base import ID
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.relationships import CreatorRefSerializer
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.paging import Order
from crm.permissions import Can

ORDER = Order("disclosure-hints", key="strength", descending=True)
_AS_THEY_ARE = (
    *("id", "post", "sentence", "state", "strength", "version", "made_at"),
    *("suggested_at", "closed_at", "review", "task", "note"),
)
COLUMNS = (
    *_AS_THEY_ARE,
    *("sure", "source", "terms", "closed_by__email", "post__url", "post__posted_at"),
    *("post__creator__uid", "post__creator__name", "post__profile__platform"),
)
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="`errors[0].code` is `closed`: somebody answered, or there is no answer.",
    )
}


class HintTermSerializer(serializers.Serializer[Any]):
    """A word or sign that led there, and how much it brings, in its teller's own measure."""

    term = serializers.CharField()
    brings = serializers.FloatField()


class DisclosureHintSerializer(serializers.Serializer[Any]):
    """That a post which discloses nothing reads like an advertisement. No verdict."""

    id = serializers.IntegerField()
    post = serializers.IntegerField(help_text="The id of one of `posts/`.")
    url = serializers.CharField()
    posted_at = serializers.DateTimeField(allow_null=True)
    platform = serializers.CharField()
    creator = CreatorRefSerializer()
    confidence = serializers.FloatField(
        allow_null=True, help_text="Probability that it is an ad; null: nobody knows it."
    )
    strength = serializers.FloatField(help_text="What hints are ordered by.")
    sentence = serializers.CharField(help_text="The one with most of what speaks for it.")
    terms = HintTermSerializer(many=True)
    kind = serializers.ChoiceField(choices=HintSource.choices, help_text="What told it.")
    version = serializers.CharField(help_text="Of the word list, or of what was learned.")
    made_at = serializers.DateTimeField(help_text="When that version was made.")
    state = serializers.ChoiceField(choices=HintState.choices)
    suggested_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.EmailField(allow_null=True)
    note = serializers.CharField()
    review = serializers.IntegerField(
        allow_null=True, help_text="One of `disclosures/` to which it was sent."
    )
    task = serializers.IntegerField(allow_null=True, help_text="One of `tasks/`, else.")


class AnsweredHint(Body):
    """What to remember of the answer."""

    note = serializers.CharField(
        max_length=answering.NOTE_MAX, required=False, allow_blank=True, default=""
    )


class DisclosureHintViewSet(ActingViewSet[DisclosureHint]):
    """Posts that read like advertising and do not say so."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    write_can = Can.KEEP_EVIDENCE
    queryset = DisclosureHint.objects.none()
    serializer_class = DisclosureHintSerializer
    filterset_class = HintFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[DisclosureHint]:
        """Those of the token's brand, without creators who object to being sorted."""
        return DisclosureHint.objects.filter(brand=self.brand).of_the_willing()

    def list(self, request: Request) -> Response:
        """Hints, what reads most like an ad first."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=hinted)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One hint, whatever became of it."""
        return Response(self._shown(pk))

    @extend_schema(request=AnsweredHint, responses={200: DisclosureHintSerializer, **REFUSED})
    def accept(self, request: Request, pk: str) -> Response:
        """Say that it is an ad: its piece is looked at by legal, or they get a task."""
        return self._answer(pk, is_ad=True)

    @extend_schema(request=AnsweredHint, responses={200: DisclosureHintSerializer, **REFUSED})
    def dismiss(self, request: Request, pk: str) -> Response:
        """Say that it is none."""
        return self._answer(pk, is_ad=False)

    @extend_schema(request=NothingSaid, responses={200: DisclosureHintSerializer, **REFUSED})
    def take_back(self, request: Request, pk: str) -> Response:
        """Undo an answer: the hint waits again. Where it was sent it stays."""
        self._shown(pk)
        self.done(answering.take_back, self.said(NothingSaid), hint_id=int(pk))
        return Response(self._shown(pk))

    def _answer(self, pk: str, *, is_ad: bool) -> Response:
        self._shown(pk)
        body = self.said(AnsweredHint)
        self.done(
            answering.answer, body, hint_id=int(pk), is_ad=is_ad, note=body.validated_data["note"]
        )
        return Response(self._shown(pk))

    def _shown(self, pk: str) -> Row:
        [found] = hinted([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found


def hinted(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {name: row[name] for name in _AS_THEY_ARE}
        | {
            "url": row["post__url"],
            "posted_at": row["post__posted_at"],
            "platform": row["post__profile__platform"],
            "creator": {"uid": row["post__creator__uid"], "name": row["post__creator__name"]},
            "confidence": row["sure"],
            "kind": row["source"],
            "terms": [{"term": term, "brings": brings} for term, brings in row["terms"]],
            "closed_by": row["closed_by__email"],
        }
        for row in rows
    ]
