"""How many creators of which tier a campaign takes, and what such a mix brings and costs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import (
    REFUSED,
    CampaignViewSet,
    WholeCampaignSerializer,
    exact,
)
from campaigns.api.words import LOCK
from campaigns.models import Campaign
from campaigns.selectors.capacity import (
    OBJECTIVES,
    Line,
    Measure,
    Usual,
    Whole,
    Wish,
    usual_by_tier,
)
from campaigns.services import plans
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.api.query import Query
from crm.api.refusals import refusals
from crm.choices import Scope

TIERS_MAX, CREATORS_MAX, POSTS_MAX = 30, 100_000, 1_000
_MEASURE: dict[str, Any] = {
    "choices": Measure.choices,
    "required": False,
    "help_text": "What a post brings. Left out: what the campaign is measured by, or engagements.",
}


class UsualSerializer(serializers.Serializer[Any]):
    """What a post of a tier usually brings and costs; null: too little is known."""

    tier = serializers.CharField()
    name = serializers.CharField()
    available = serializers.IntegerField(help_text="Creators of it whom the brand knows.")
    looked_at = serializers.IntegerField()
    known = serializers.IntegerField(help_text="Of these, creators with a known number.")
    low = serializers.FloatField(allow_null=True, help_text="Lower quartile, of one post.")
    middle = serializers.FloatField(allow_null=True, help_text="Median.")
    high = serializers.FloatField(allow_null=True, help_text="Upper quartile.")
    engagement_rate = serializers.FloatField(allow_null=True)
    fee = serializers.DecimalField(
        max_digits=14,
        decimal_places=2,
        allow_null=True,
        help_text="Of a post by the brand's own accepted offers, in the campaign's currency.",
    )
    offers = serializers.IntegerField(help_text="How many offers say so.")


class CapacitySerializer(serializers.Serializer[Any]):
    """What is usual by tier."""

    campaign = serializers.CharField(help_text="Its key.")
    measure = serializers.ChoiceField(choices=Measure.choices)
    currency = serializers.CharField()
    tiers = UsualSerializer(many=True)


class MixLineSerializer(serializers.Serializer[Any]):
    """What a wish for a tier comes to; null: not known."""

    tier = serializers.CharField()
    creators = serializers.IntegerField()
    posts = serializers.IntegerField(help_text="Of all its creators.")
    cost = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    brings = serializers.FloatField(allow_null=True, help_text="If all posts are as usual.")
    lacks = serializers.IntegerField(help_text="Creators beyond those whom the brand knows.")


class MixSerializer(serializers.Serializer[Any]):
    """What a mix of tiers adds up to: of the tiers that are known, so at least."""

    measure = serializers.ChoiceField(choices=Measure.choices)
    creators = serializers.IntegerField()
    posts = serializers.IntegerField()
    currency = serializers.CharField()
    cost = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    without_cost = serializers.ListField(child=serializers.CharField(), help_text="Tiers by name.")
    low = serializers.FloatField(allow_null=True, help_text="Null: too little is known of all.")
    middle = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    without_numbers = serializers.ListField(
        child=serializers.CharField(), help_text="Tiers by name of which too little is known."
    )
    lines = MixLineSerializer(many=True)


class CapacityQuery(Query):
    """What a post brings."""

    measure = serializers.ChoiceField(**_MEASURE)


class WishBody(Body):
    """So many creators of a tier with so many posts each."""

    tier = serializers.CharField(max_length=60)
    creators = serializers.IntegerField(min_value=1, max_value=CREATORS_MAX)
    posts = serializers.IntegerField(min_value=1, max_value=POSTS_MAX, default=1)
    fee = serializers.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="What a post costs. Left out: what the brand's own offers say; null: not known.",
    )


class MixBody(Body):
    """How many creators of which tiers."""

    measure = serializers.ChoiceField(**_MEASURE)
    wishes = serializers.ListField(child=WishBody(), min_length=1, max_length=TIERS_MAX)


class MixTaking(MixBody):
    """A mix whose cost becomes the budget by tier."""

    version = serializers.IntegerField(**LOCK)


_EXAMPLE = OpenApiExample(
    "Ten of one tier",
    value={"wishes": [{"tier": "micro", "creators": 10, "posts": 2, "fee": "150.00"}]},
    request_only=True,
)


class CapacityViewSet(CampaignViewSet):
    """What a campaign takes, worked out; nothing is kept."""

    # A count is asked with a body, and changes nothing.
    write_scope = Scope.CAMPAIGNS_READ
    serializer_class: type[serializers.Serializer[Any]] = CapacitySerializer
    queries = {"retrieve": CapacityQuery}
    http_method_names = ["get", "head", "post"]

    @extend_schema(responses=CapacitySerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """What a post of each tier usually brings and costs on the campaign's platforms."""
        campaign = self.found(key)
        measure = _measure(campaign, self.query)
        usual = usual_by_tier(campaign, measure, timezone.now())
        return Response(
            {
                "campaign": campaign.key,
                "measure": measure,
                "currency": campaign.currency,
                "tiers": [_usual(one) for one in usual],
            }
        )

    @extend_schema(request=MixBody, responses={200: MixSerializer}, examples=[_EXAMPLE])
    def count(self, request: Request, key: str) -> Response:
        """Work out what a mix of tiers would bring and cost."""
        campaign, body = self.found(key), MixBody(data=request.data)
        body.is_valid(raise_exception=True)
        measure = _measure(campaign, body.validated_data)
        return Response(_mix(campaign, _whole(campaign, measure, body), measure))


class CapacityTakingViewSet(CampaignViewSet):
    """What was worked out, taken over."""

    http_method_names = ["post"]

    @extend_schema(request=MixTaking, responses={200: WholeCampaignSerializer, **REFUSED})
    def take(self, request: Request, key: str) -> Response:
        """Cut the budget by tier as the mix costs."""
        campaign, body = self.found(key), MixTaking(data=request.data)
        body.is_valid(raise_exception=True)
        whole = _whole(campaign, _measure(campaign, body.validated_data), body)
        with refusals(CampaignRefused, body=body, places={"budget": "/wishes"}):
            plans.take_mix(
                campaign_id=campaign.pk,
                brand=self.brand,
                whole=whole,
                actor=self.actor,
                at=timezone.now(),
                expected_version=body.validated_data["version"],
            )
        return Response(self.shown(key))


def _measure(campaign: Campaign, asked: Mapping[str, Any]) -> Measure:
    name = asked.get("measure")
    return Measure(name) if name else OBJECTIVES.get(campaign.objective, Measure.ENGAGEMENTS)


def _whole(campaign: Campaign, measure: Measure, body: Body) -> Whole:
    """The mix; BadBody names a tier that the brand has not, or that is named twice."""
    usual = {one.tier.key: one for one in usual_by_tier(campaign, measure, timezone.now())}
    faults, lines, seen = [], [], set()
    for number, wish in enumerate(body.validated_data["wishes"]):
        key, at = wish["tier"], f"/wishes/{number}/tier"
        if key not in usual:
            faults.append(Fault(at, "unknown_tier", f"{campaign.brand} has no tier {key!r}."))
            continue
        if key in seen:
            faults.append(Fault(at, "named_twice", "Name each tier once."))
        seen.add(key)
        fee: Decimal | None = wish["fee"] if "fee" in wish else usual[key].fee
        lines.append(Line(usual[key], Wish(wish["creators"], wish["posts"], fee)))
    if faults:
        raise BadBody(faults)
    return Whole(lines)


def _usual(one: Usual) -> Row:
    names = ("available", "looked_at", "known", "low", "middle", "high", "engagement_rate")
    return (
        {"tier": one.tier.key, "name": one.tier.name}
        | {name: getattr(one, name) for name in names}
        | {"fee": exact(one.fee), "offers": one.offers}
    )


def _mix(campaign: Campaign, whole: Whole, measure: Measure) -> Row:
    low, middle, high = whole.brings or (None, None, None)
    return {
        "measure": measure,
        "creators": whole.creators,
        "posts": whole.posts,
        "currency": campaign.currency,
        "cost": exact(whole.cost),
        "without_cost": whole.without_cost,
        "low": low,
        "middle": middle,
        "high": high,
        "without_numbers": whole.without_numbers,
        "lines": [
            {
                "tier": line.usual.tier.key,
                "creators": line.wish.creators,
                "posts": line.posts,
                "cost": exact(line.cost),
                "brings": line.brings,
                "lacks": line.lacks,
            }
            for line in whole.wished
        ],
    }
