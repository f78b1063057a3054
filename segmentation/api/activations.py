"""From segments into campaigns: whom a plan would take and why, and taking them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import KEY, REFUSED, exact
from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.choices import Scope
from segmentation.models import Activation
from segmentation.selectors.activations import CRITERIA, MAX_WEIGHT, MOST, Ranking
from segmentation.services import activations as service
from segmentation.services.activations import NOTE_MAX, Plan

KEYS = tuple(criterion.key for criterion in CRITERIA)


class ActivationSerializer(serializers.Serializer[Any]):
    """A part of a campaign's plan: creators of one segment."""

    id = serializers.IntegerField()
    segment = serializers.CharField()
    version = serializers.IntegerField(help_text="Of the segment's rule.")
    as_of = serializers.DateTimeField()
    members = serializers.IntegerField()
    candidates = serializers.IntegerField(help_text="Members who could be taken.")
    wanted = serializers.IntegerField(help_text="Who were taken.")
    weights = serializers.DictField(child=serializers.IntegerField())
    budget = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField(help_text="The campaign's.")
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    maximum_share = serializers.FloatField(allow_null=True)
    share = serializers.FloatField(help_text="Of the campaign, once they were in.")
    note = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    by = serializers.EmailField(allow_null=True)


class PartSerializer(serializers.Serializer[Any]):
    """One criterion: what it was, and as what it counts; null where it is not known."""

    criterion = serializers.ChoiceField(choices=KEYS)
    value = serializers.FloatField(allow_null=True)
    counts = serializers.FloatField(allow_null=True)
    weight = serializers.IntegerField()


class CandidateSerializer(serializers.Serializer[Any]):
    """A creator and the place in the ranking."""

    rank = serializers.IntegerField()
    creator = serializers.UUIDField()
    name = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    parts = PartSerializer(many=True)
    unknown = serializers.ListField(child=serializers.CharField())


class RankingSerializer(serializers.Serializer[Any]):
    """Whom a plan would take, and who is left out."""

    segment = serializers.CharField()
    version = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    members = serializers.IntegerField()
    candidates = serializers.IntegerField()
    left_out = serializers.DictField(child=serializers.IntegerField())
    allowed = serializers.IntegerField(
        allow_null=True, help_text="So many more the playbook's maximum share allows; null: any."
    )
    creators = CandidateSerializer(many=True)


class WeightsBody(Body):
    """How much each criterion counts; one that is left out counts as usual."""

    fit = serializers.IntegerField(min_value=0, max_value=MAX_WEIGHT, required=False)
    engagement = serializers.IntegerField(min_value=0, max_value=MAX_WEIGHT, required=False)
    freshness = serializers.IntegerField(min_value=0, max_value=MAX_WEIGHT, required=False)
    load = serializers.IntegerField(min_value=0, max_value=MAX_WEIGHT, required=False)


class PlanBody(Body):
    """How many creators of which segment, by what, for how much and when."""

    segment = serializers.CharField(max_length=60)
    wanted = serializers.IntegerField(min_value=1, max_value=MOST)
    as_of = MomentField(required=False, help_text="Now, if left out.")
    weights = WeightsBody(required=False)
    budget = serializers.DecimalField(
        max_digits=14, decimal_places=2, required=False, allow_null=True
    )
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=NOTE_MAX, required=False, allow_blank=True)


_EXAMPLE = OpenApiExample(
    "Ten educators",
    value={"segment": "educators", "wanted": 10, "budget": "4000.00", "weights": {"fit": 5}},
    request_only=True,
)


class ActivationViewSet(BrandViewSet[Activation]):
    """The plan of a campaign by segment."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Activation.objects.none()
    serializer_class = ActivationSerializer
    pagination_class = WholeList
    lookup_field = "key"
    lookup_value_regex = KEY

    def get_queryset(self) -> QuerySet[Activation]:
        """Those for campaigns of the token's brand."""
        return Activation.objects.filter(campaign__brand=self.brand)

    def list(self, request: Request, key: str) -> Response:
        """What was taken from segments, newest first."""
        campaign = self._campaign(key)
        rows = self.get_queryset().filter(campaign=campaign)
        rows = rows.select_related("version__segment", "campaign", "by").order_by("-at", "-pk")
        return self.whole([_row(one) for one in rows])

    @extend_schema(
        request=PlanBody,
        responses={200: RankingSerializer, **REFUSED},
        examples=[_EXAMPLE],
    )
    def preview(self, request: Request, key: str) -> Response:
        """Rank a segment for the campaign, with every part of each score. Changes nothing."""
        campaign, body = self._campaign(key), self._body(request)
        now = timezone.now()
        plan = _plan(body, now)
        with refusals(CampaignRefused, body=body):
            ranking = service.preview(campaign=campaign, plan=plan, at=now)
        return Response(_ranking(ranking))

    @extend_schema(
        request=PlanBody,
        responses={201: ActivationSerializer, **REFUSED},
        examples=[_EXAMPLE],
    )
    def create(self, request: Request, key: str) -> Response:
        """Put the first of the ranking on the shortlist, each with place and reasons."""
        campaign, body = self._campaign(key), self._body(request)
        now = timezone.now()
        with refusals(CampaignRefused, body=body):
            made = service.activate(
                campaign_id=campaign.pk,
                brand=self.brand,
                plan=_plan(body, now),
                actor=self.actor,
                at=now,
            )
        return Response(_row(made), status=201)

    def _campaign(self, key: str) -> Campaign:
        rows = Campaign.objects.filter(brand=self.brand, key=key)
        return Campaign.objects.select_related("brand").get(pk=self.one(rows.values("id"))["id"])

    def _body(self, request: Request) -> PlanBody:
        body = PlanBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return body


def _plan(body: PlanBody, now: Any) -> Plan:
    said = body.validated_data
    weights = said.get("weights")
    return Plan(
        segment=said["segment"],
        as_of=said.get("as_of") or now,
        wanted=said["wanted"],
        weights=None
        if weights is None
        else {one.key: weights.get(one.key, one.weight) for one in CRITERIA},
        budget=said.get("budget"),
        starts_on=said.get("starts_on"),
        ends_on=said.get("ends_on"),
        note=said.get("note", ""),
    )


def _row(one: Activation) -> Row:
    return {
        "id": one.pk,
        "segment": one.version.segment.key,
        "version": one.version.number,
        "as_of": one.as_of,
        "members": one.members,
        "candidates": one.candidates,
        "wanted": one.wanted,
        "weights": one.weights,
        "budget": exact(one.budget),
        "currency": one.campaign.currency,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "maximum_share": one.maximum_share,
        "share": one.share,
        "note": one.note or None,
        "at": one.at,
        "by": one.by.email if one.by else None,
    }


def _ranking(ranking: Ranking) -> Row:
    version = ranking.segment.active_version
    return {
        "segment": ranking.segment.key,
        "version": version.number if version else None,
        "as_of": ranking.as_of,
        "members": ranking.members,
        "candidates": ranking.candidates,
        "left_out": dict(ranking.left_out),
        "allowed": ranking.share.allowed,
        "creators": [
            {
                "rank": row.rank,
                "creator": row.uid,
                "name": row.name,
                "followers": row.followers,
                "score": row.score,
                "parts": [
                    {
                        "criterion": part.criterion.key,
                        "value": part.value,
                        "counts": part.counts,
                        "weight": part.weight,
                    }
                    for part in row.parts
                ],
                "unknown": row.unknown,
            }
            for row in ranking.rows
        ],
    }
