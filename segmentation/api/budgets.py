"""Plans of a budget over REST: asked for, read, taken over, deleted."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body, NumberField
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import Relationship
from crm.paging import Order
from segmentation.choices import ErrandStatus, Forecasted, PriceSource, Wish
from segmentation.models import BudgetPlan
from segmentation.selectors import budgets as selectors
from segmentation.services.budgets import asking
from segmentation.services.budgets.asks import (
    MOST_BOUNDS,
    MOST_CREATORS,
    MOST_NAMED,
    MOST_PIECES,
    MOST_SEGMENTS,
    Asks,
    read_limits,
)
from segmentation.services.edits import EditRefused

ORDER = Order("budget-plans", key="id")
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="`errors[0].code` is `too_many`, `not_ready`, `nobody` or `campaign_closed`.",
    )
}
EXAMPLE = {
    "name": "Small and many",
    "budget": "10000.00",
    "measure": "views",
    "most_pieces": 2,
    "worth": 0.7,
    "limits": ["tier micro spend at least 30%"],
    "assumed": {"micro": "250.00"},
}


class NewBudgetPlan(Body):
    """What a plan is asked for; money is in the campaign's currency."""

    name = serializers.CharField(max_length=asking.NAME_MAX)
    budget = serializers.DecimalField(max_digits=13, decimal_places=2, min_value=1)
    measure = serializers.ChoiceField(
        choices=Forecasted.choices, help_text="What is to be brought: not `price`."
    )
    only_campaign = serializers.BooleanField(default=False)
    segments = serializers.ListField(
        child=serializers.CharField(max_length=60), default=list, max_length=MOST_SEGMENTS
    )
    platforms = serializers.ListField(
        child=serializers.CharField(max_length=30), default=list, max_length=30
    )
    most_pieces = serializers.IntegerField(min_value=1, max_value=MOST_PIECES, default=1)
    worth = NumberField(
        min_value=0.05,
        max_value=1,
        default=0.7,
        help_text="What a further piece brings of the one before.",
    )
    least_creators = serializers.IntegerField(
        min_value=1, max_value=MOST_CREATORS, required=False, allow_null=True
    )
    most_creators = serializers.IntegerField(
        min_value=1, max_value=MOST_CREATORS, required=False, allow_null=True
    )
    most_share = NumberField(
        min_value=0.01,
        max_value=1,
        required=False,
        allow_null=True,
        help_text="Of the budget, for one creator.",
    )
    limits = serializers.ListField(
        child=serializers.CharField(max_length=120),
        default=list,
        max_length=MOST_BOUNDS,
        help_text="As “tier micro spend at most 30%” or “segment educators creators at least 5”.",
    )
    assumed = serializers.DictField(
        child=serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0),
        default=dict,
        help_text="Tier to the price of a piece where no other is known.",
    )
    must = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=MOST_NAMED)
    never = serializers.ListField(
        child=serializers.UUIDField(), default=list, max_length=MOST_NAMED
    )


class BudgetPlanSummarySerializer(serializers.Serializer[Any]):
    """A plan: what was asked, how far it is, and what it comes to."""

    id = serializers.IntegerField()
    campaign = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField(allow_null=True)
    taken_at = serializers.DateTimeField(allow_null=True)
    currency = serializers.CharField()
    measure = serializers.ChoiceField(choices=Forecasted.choices)
    asks = serializers.DictField()
    result = serializers.DictField(
        allow_null=True,
        help_text="`brings`, `spent`, `bound` (nobody can bring more), `gap`, `interval`, `worth` "
        "of one more unit of the budget, `limits` that bind, `sensitivity`; null until it is "
        "worked out.",
    )


class BudgetPickSerializer(serializers.Serializer[Any]):
    """A creator in a plan, next in line, or named; with why."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    wish = serializers.ChoiceField(choices=Wish.choices, allow_null=True)
    pieces = serializers.IntegerField(allow_null=True)
    platform = serializers.CharField(allow_null=True)
    price = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    price_source = serializers.ChoiceField(choices=PriceSource.choices, allow_null=True)
    brings = serializers.FloatField(
        allow_null=True, help_text="Of all pieces; of 0 pieces what one would."
    )
    why = serializers.CharField()


class BudgetPlanSerializer(BudgetPlanSummarySerializer):
    """A plan with its creators."""

    picks = BudgetPickSerializer(many=True)


class TakenOverSerializer(serializers.Serializer[Any]):
    """How many creators came to the shortlist."""

    came = serializers.IntegerField()


class CampaignBudgetPlanViewSet(BrandViewSet[BudgetPlan]):
    """The plans of a campaign."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = BudgetPlan.objects.none()
    serializer_class = BudgetPlanSummarySerializer
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[BudgetPlan]:
        """Plans for campaigns of the token's brand."""
        rows = BudgetPlan.objects.filter(campaign__brand=self.brand)
        return rows.select_related("campaign")

    def list(self, request: Request, key: str) -> Response:
        """The plans in the order in which they were asked for."""
        campaign = self._campaign(key)
        return self.page(
            self.get_queryset().filter(campaign=campaign),
            order=ORDER,
            represent=lambda rows: [_summary(row) for row in rows],  # type: ignore[arg-type]
        )

    @extend_schema(
        request=NewBudgetPlan,
        responses={
            202: OpenApiResponse(
                BudgetPlanSerializer, description="Queued; the Location header leads to it."
            ),
            **REFUSED,
        },
        examples=[OpenApiExample("Views for 10,000", value=EXAMPLE, request_only=True)],
    )
    def create(self, request: Request, key: str) -> Response:
        """Have a plan worked out."""
        campaign = self._campaign(key)
        body = NewBudgetPlan(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        name = said.pop("name")
        with refusals(EditRefused, body=body):
            must, never = (self._people(said.pop(one), one) for one in ("must", "never"))
            plan = asking.ask(
                campaign_id=campaign.pk,
                brand=self.brand,
                name=name,
                asks=Asks(
                    **said
                    | {
                        "budget": str(said["budget"]),
                        "limits": read_limits("\n".join(said["limits"])),
                        "assumed": {tier: str(price) for tier, price in said["assumed"].items()},
                    }
                ),
                must=must,
                never=never,
                actor=self.actor,
                at=timezone.now(),
            )
        address = f"{reverse('api-budget-plans-detail', args=[plan.pk])}/"
        return Response(
            _whole(plan),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri(address)},
        )

    def _campaign(self, key: str) -> Campaign:
        found = Campaign.objects.filter(brand=self.brand, key=key).first()
        if found is None:
            raise Http404
        return found

    def _people(self, uids: Any, field: str) -> Any:
        rows = Relationship.objects.filter(brand=self.brand, creator__uid__in=uids)
        found = dict(rows.values_list("creator__uid", "pk"))
        for uid in uids:
            if uid not in found:
                raise EditRefused(
                    f"{self.brand} knows no creator {uid}.", code="unknown_creator", field=field
                )
        return list(found.values())


class BudgetPlanViewSet(BrandViewSet[BudgetPlan]):
    """One plan."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = BudgetPlan.objects.none()
    serializer_class = BudgetPlanSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[BudgetPlan]:
        """Plans for campaigns of the token's brand."""
        rows = BudgetPlan.objects.filter(campaign__brand=self.brand)
        return rows.select_related("campaign__brand")

    def retrieve(self, request: Request, pk: str) -> Response:
        """One plan in full: ask again while its status is `queued`."""
        return Response(_whole(self._found(pk)))

    @extend_schema(request=None, responses={200: TakenOverSerializer, **REFUSED})
    def take(self, request: Request, pk: str) -> Response:
        """Put the plan's creators on the campaign's shortlist."""
        with refusals(EditRefused, CampaignRefused):
            came = asking.take_over(
                plan_id=self._found(pk).pk, brand=self.brand, actor=self.actor, at=timezone.now()
            )
        return Response({"came": came})

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete the plan; what was taken over from it stays."""
        try:
            asking.delete(
                plan_id=self._found(pk).pk, brand=self.brand, actor=self.actor, at=timezone.now()
            )
        except BudgetPlan.DoesNotExist as gone:  # by somebody else in the meantime
            raise Http404 from gone
        return Response(status=HTTPStatus.NO_CONTENT)

    def _found(self, pk: str) -> BudgetPlan:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def _summary(plan: BudgetPlan) -> Row:
    return {
        "id": plan.pk,
        "campaign": plan.campaign.key,
        "name": plan.name,
        "status": plan.status,
        "error": plan.error or None,
        "created_at": plan.created_at,
        "computed_at": plan.computed_at,
        "taken_at": plan.taken_at,
        "currency": plan.campaign.currency,
        "measure": plan.asks["measure"],
        "asks": plan.asks,
        "result": plan.result or None,
    }


def _whole(plan: BudgetPlan) -> Row:
    whole = selectors.whole_of(plan)
    return _summary(plan) | {
        "picks": [selectors.pick_row(line) for line in (*whole.chosen, *whole.left_out)]
    }
