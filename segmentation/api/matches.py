"""Matches over REST: rank creators for a campaign, read every factor, take some, set weights."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import KEY, REFUSED, exact
from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from campaigns.services.shortlists import MAX_AT_ONCE
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import KeysetPagination, PageQuery, Row, WholeList
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.models import Relationship
from segmentation.choices import ErrandStatus
from segmentation.matches.factors import KEYS, parts_of
from segmentation.models import Match
from segmentation.selectors import matches as selectors
from segmentation.services.matches import asking
from segmentation.services.matches.asking import Question


class MatchSerializer(serializers.Serializer[Any]):
    """A ranking for a campaign; ask again while its status is `queued`."""

    id = serializers.IntegerField()
    campaign = serializers.CharField()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField(allow_null=True, help_text="Null: not computed yet.")
    formula = serializers.CharField(allow_null=True)
    weights_version = serializers.IntegerField()
    weights = serializers.DictField(
        child=serializers.IntegerField(), help_text="What each factor counted in it."
    )
    segment = serializers.CharField(allow_null=True)
    segment_version = serializers.IntegerField(allow_null=True)
    score = serializers.CharField(allow_null=True)
    score_version = serializers.IntegerField(allow_null=True)
    price_limit = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    currency = serializers.CharField(help_text="Of the limit: the campaign's.")
    known = serializers.IntegerField(allow_null=True)
    candidates = serializers.IntegerField(allow_null=True)
    left_out = serializers.DictField(child=serializers.IntegerField(), help_text="By reason.")


class MatchPartSerializer(serializers.Serializer[Any]):
    """One factor; what parts bring adds up to the score. Null: not known."""

    factor = serializers.ChoiceField(choices=KEYS)
    weight = serializers.FloatField()
    value = serializers.FloatField(allow_null=True)
    points = serializers.FloatField(allow_null=True, help_text="0 to 100.")
    n = serializers.IntegerField(allow_null=True, help_text="On how many cases it rests.")
    brings = serializers.FloatField(allow_null=True)
    words = serializers.CharField()


class MatchedSerializer(serializers.Serializer[Any]):
    """A creator's place."""

    rank = serializers.IntegerField()
    creator = serializers.UUIDField()
    name = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField(allow_null=True, help_text="0 to 100; null: nothing is known.")
    known = serializers.FloatField(help_text="Share of the weight whose factors were known.")
    parts = MatchPartSerializer(many=True)


class MatchTakenSerializer(serializers.Serializer[Any]):
    """What came of taking."""

    added = serializers.IntegerField()
    present = serializers.IntegerField(help_text="Who were in the campaign already.")


class QuestionBody(Body):
    """Among whom, by which score, for how much a piece; all can be left out."""

    segment = serializers.CharField(max_length=60, required=False, allow_blank=True)
    score = serializers.CharField(max_length=40, required=False, allow_blank=True)
    price_limit = serializers.DecimalField(
        max_digits=12, decimal_places=2, required=False, allow_null=True
    )


class TakeBody(Body):
    """Creators of the match."""

    creators = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MAX_AT_ONCE
    )


class CampaignMatchViewSet(BrandViewSet[Match]):
    """Matches of a campaign."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Match.objects.none()
    serializer_class = MatchSerializer
    pagination_class = WholeList
    lookup_field = "key"
    lookup_value_regex = KEY

    def get_queryset(self) -> QuerySet[Match]:
        """Those for campaigns of the token's brand."""
        return Match.objects.filter(campaign__brand=self.brand)

    def list(self, request: Request, key: str) -> Response:
        """The newest hundred, the newest first."""
        rows = selectors.matches_of(self._campaign(key)).select_related("campaign")
        return self.whole([_match(one) for one in rows[:100]])

    @extend_schema(
        request=QuestionBody,
        responses={202: MatchSerializer, **REFUSED},
        examples=[OpenApiExample("Everybody", value={"price_limit": "250.00"}, request_only=True)],
    )
    def create(self, request: Request, key: str) -> Response:
        """Have creators ranked by a worker."""
        campaign = self._campaign(key)
        body = QuestionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            made = asking.request(
                campaign_id=campaign.pk,
                brand=self.brand,
                question=Question(
                    said.get("segment", ""), said.get("score", ""), said.get("price_limit")
                ),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_match(made), status=HTTPStatus.ACCEPTED)

    def _campaign(self, key: str) -> Campaign:
        rows = Campaign.objects.filter(brand=self.brand, key=key)
        return Campaign.objects.get(pk=self.one(rows.values("id"))["id"])


class MatchViewSet(BrandViewSet[Match]):
    """One match: what it was computed from, and who stands where."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Match.objects.none()
    serializer_class = MatchSerializer
    queries = {"creators": PageQuery}
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Match]:
        """Those for campaigns of the token's brand."""
        return Match.objects.filter(campaign__brand=self.brand).select_related(
            "campaign", "weights", "segment__segment", "score__model"
        )

    def retrieve(self, request: Request, pk: str) -> Response:
        """What it was asked, by which versions, and who was left out."""
        return Response(_match(self._found(pk)))

    @extend_schema(responses=MatchedSerializer(many=True))
    @action(detail=True, pagination_class=KeysetPagination)
    def creators(self, request: Request, pk: str) -> Response:
        """The ranking, the first place first, with every factor."""
        found = self._found(pk)
        weights = selectors.weights_counted(found)

        def represent(rows: list[Row]) -> list[Row]:
            return [shown(row) for row in rows]

        def shown(row: Row) -> Row:
            return {
                "rank": row["rank"],
                "creator": row["uid"],
                "name": row["name"],
                "followers": row["followers"],
                "score": row["score"],
                "known": row["known"],
                "parts": [
                    {
                        "factor": part.factor.key,
                        "weight": part.weight,
                        "value": part.value,
                        "points": part.points,
                        "n": part.n,
                        "brings": part.brings,
                        "words": part.says,
                    }
                    for part in parts_of(row["parts"], weights)
                ],
            }

        return self.page(selectors.rows_of(found), order=selectors.RANKING, represent=represent)

    @extend_schema(request=TakeBody, responses={200: MatchTakenSerializer, **REFUSED})
    def take(self, request: Request, pk: str) -> Response:
        """Put creators of the match on the shortlist, each with place and reasons."""
        found = self._found(pk)
        body = TakeBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = set(body.validated_data["creators"])
        only = Relationship.objects.filter(brand=self.brand, creator__uid__in=wanted)
        numbers = list(only.values_list("pk", flat=True))
        if len(numbers) < len(wanted):
            words = "Some of these creators are not in this match."
            raise BadBody([Fault("/creators", "unknown_creator", words)])
        with refusals(CampaignRefused, body=body):
            added = asking.take(
                match_id=found.pk,
                brand=self.brand,
                only=numbers,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({"added": len(added.made), "present": len(added.present)})

    def _found(self, pk: str) -> Match:
        match = self.get_queryset().filter(pk=pk).first()
        if match is None:
            raise Http404
        return match


def _match(one: Match) -> Row:
    return {
        "id": one.pk,
        "campaign": one.campaign.key,
        "status": one.status,
        "error": one.error or None,
        "requested_at": one.requested_at,
        "as_of": one.as_of,
        "formula": one.formula or None,
        "weights_version": one.weights.number,
        "weights": dict(selectors.weights_counted(one)),
        "segment": one.segment.segment.key if one.segment else None,
        "segment_version": one.segment.number if one.segment else None,
        "score": one.score.model.key if one.score else None,
        "score_version": one.score.number if one.score else None,
        "price_limit": exact(one.price_limit),
        "currency": one.campaign.currency,
        "known": one.known,
        "candidates": one.candidates,
        "left_out": one.left_out,
    }
