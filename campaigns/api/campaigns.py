"""Campaigns: what is to be reached, until when, for how much; and how far it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import LOCK, PersonField
from campaigns.choices import BudgetKind, CampaignStatus, CampaignTrigger, UseCase
from campaigns.filters.campaigns import CampaignFilter
from campaigns.models import Campaign
from campaigns.selectors.campaigns import campaign_page, campaign_rows
from campaigns.services import campaigns as service
from campaigns.services.campaigns import FIELDS, Act, Values, acts_of
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm.api import lookups
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("campaigns-api", key="id")
KEY = "[a-z0-9_-]{1,60}"
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="Refused: `errors[0].code` says why, e.g. `outdated`, `move_not_allowed`, "
        "`reason_needed`, `not_ready`, `creators_open`. Nothing was changed.",
    )
}


class SpendingSerializer(serializers.Serializer[Any]):
    """What creators cost, in the campaign's currency."""

    committed = serializers.DecimalField(
        max_digits=14, decimal_places=2, help_text="Agreed under contract."
    )
    expected = serializers.DecimalField(
        max_digits=14, decimal_places=2, help_text="Agreed or planned of those before it."
    )
    unknown = serializers.IntegerField(help_text="Creators of whom nobody said what they cost.")


class CampaignSerializer(serializers.Serializer[Any]):
    """A campaign with its figures."""

    key = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=CampaignStatus.choices)
    status_since = serializers.DateTimeField()
    use_case = serializers.ChoiceField(choices=UseCase.choices)
    trigger = serializers.ChoiceField(choices=CampaignTrigger.choices)
    occasion = serializers.CharField(allow_null=True)
    objective = serializers.CharField(help_text="The metric it is measured by.")
    target = serializers.DecimalField(max_digits=16, decimal_places=4)
    target_on = serializers.DateField()
    reached = serializers.DecimalField(max_digits=16, decimal_places=4, allow_null=True)
    audience = serializers.CharField(allow_null=True)
    jurisdictions = serializers.ListField(child=serializers.CharField())
    platforms = serializers.ListField(child=serializers.CharField())
    category = serializers.CharField(allow_null=True)
    goods = serializers.ListField(
        child=serializers.CharField(), help_text="Categories of the rule packs: alcohol, minors."
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    embargo_until = serializers.DateTimeField(allow_null=True)
    budget = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
    wanted_creators = serializers.IntegerField(allow_null=True)
    owner = serializers.EmailField(allow_null=True)
    lessons = serializers.CharField(allow_null=True)
    is_archived = serializers.BooleanField()
    creators = serializers.IntegerField(help_text="Neither declined, dropped nor substituted.")
    live = serializers.IntegerField(help_text="Live or completed.")
    spending = SpendingSerializer()
    version = serializers.IntegerField(help_text="Send it back with each change.")


class BudgetLineSerializer(serializers.Serializer[Any]):
    """A line of the budget; without `planned`, creators whom no line was planned for."""

    kind = serializers.ChoiceField(choices=BudgetKind.choices)
    key = serializers.CharField()
    name = serializers.CharField()
    planned = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    wanted = serializers.IntegerField(allow_null=True)
    creators = serializers.IntegerField()
    committed = serializers.DecimalField(max_digits=14, decimal_places=2)
    expected = serializers.DecimalField(max_digits=14, decimal_places=2)


class DeadlineSerializer(serializers.Serializer[Any]):
    """A step and its day."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    due_on = serializers.DateField()
    done_at = serializers.DateTimeField(allow_null=True)


class WholeCampaignSerializer(CampaignSerializer):
    """A campaign with its steps, its budget and its creators by stage."""

    acts = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Act]))
    stages = serializers.DictField(
        child=serializers.IntegerField(), help_text="Creators by stage of the campaign."
    )
    budget_lines = BudgetLineSerializer(many=True)
    deadlines = DeadlineSerializer(many=True)


class _CampaignBody(Body):
    name = serializers.CharField(max_length=120, required=False)
    trigger = serializers.ChoiceField(choices=CampaignTrigger.choices, required=False)
    occasion = serializers.CharField(max_length=500, required=False, allow_blank=True)
    objective = serializers.CharField(max_length=40, required=False)
    target = serializers.DecimalField(max_digits=16, decimal_places=4, required=False)
    target_on = serializers.DateField(required=False)
    audience = serializers.CharField(max_length=500, required=False, allow_blank=True)
    jurisdictions = serializers.ListField(
        child=serializers.CharField(max_length=2), required=False, max_length=50
    )
    platforms = serializers.ListField(
        child=serializers.CharField(max_length=30), required=False, max_length=50
    )
    category = serializers.CharField(max_length=120, required=False, allow_blank=True)
    goods = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=50
    )
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    embargo_until = MomentField(required=False, allow_null=True)
    budget = serializers.DecimalField(
        max_digits=14, decimal_places=2, required=False, allow_null=True
    )
    currency = serializers.CharField(max_length=3, required=False)
    wanted_creators = serializers.IntegerField(
        min_value=1, max_value=100_000, required=False, allow_null=True
    )
    owner = PersonField(required=False, allow_null=True)


class NewCampaign(_CampaignBody):
    """A campaign as a draft; what is left out is as the template of the use case has it."""

    name = serializers.CharField(max_length=120)
    key = serializers.RegexField(
        rf"^{KEY}$", required=False, help_text="Made from the name, if left out."
    )
    use_case = serializers.ChoiceField(choices=UseCase.choices)
    target = serializers.DecimalField(max_digits=16, decimal_places=4)
    starts_on = serializers.DateField()


class CampaignChange(_CampaignBody):
    """What to change; what is left out stays."""

    version = serializers.IntegerField(**LOCK)
    reached = serializers.DecimalField(
        max_digits=16, decimal_places=4, required=False, allow_null=True
    )
    lessons = serializers.CharField(max_length=10_000, required=False, allow_blank=True)


class CampaignMove(Body):
    """A move of the campaign as a whole."""

    version = serializers.IntegerField(**LOCK)
    words = serializers.CharField(
        max_length=10_000,
        required=False,
        allow_blank=True,
        help_text="The lessons to complete it; the reason to cancel it or open it again.",
    )


class CampaignClone(Body):
    """The same plan from another day on."""

    name = serializers.CharField(max_length=120)
    starts_on = serializers.DateField()


class _Campaigns(BrandViewSet[Campaign]):
    scope = Scope.CAMPAIGNS_READ
    queryset = Campaign.objects.none()
    serializer_class: type[serializers.Serializer[Any]] = CampaignSerializer
    lookup_field = "key"
    lookup_value_regex = KEY

    def get_queryset(self) -> QuerySet[Campaign]:
        """Campaigns of the token's brand."""
        return Campaign.objects.filter(brand=self.brand).select_related("owner", "brand")

    def found(self, key: str) -> Campaign:
        """The campaign that the address names, or 404."""
        pk = self.one(self.get_queryset().filter(key=key).values("id"))["id"]
        return self.get_queryset().get(pk=pk)

    def shown(self, key: str) -> Row:
        """A campaign with all that its page shows."""
        campaign = self.found(key)
        page = campaign_page(campaign, today_of(self.brand, timezone.now()))
        [row] = _rows([campaign])
        return row | {
            "acts": acts_of(campaign.status),
            "stages": {stage.value: number for stage, number in page.counts.items()},
            "budget_lines": [
                {
                    "kind": kind.value,
                    "key": line.key,
                    "name": line.name,
                    "planned": exact(line.planned),
                    "wanted": line.wanted,
                    "creators": line.spending.creators,
                    "committed": exact(line.spending.committed),
                    "expected": exact(line.spending.expected),
                }
                for kind, lines in page.budget.cuts.items()
                for line in lines
            ],
            "deadlines": [
                {"id": one.pk, "title": one.title, "due_on": one.due_on, "done_at": one.done_at}
                for one in page.deadlines
            ],
        }


class CampaignViewSet(_Campaigns):
    """Campaigns of the brand."""

    write_scope = Scope.CAMPAIGNS_WRITE
    filterset_class = CampaignFilter
    lookups = lookups.Lookups(
        id=lookups.whole("id", indexed=True),
        key=lookups.word("key", indexed=True),
        name=lookups.text("name"),
        status=lookups.choice("status", CampaignStatus),
        use_case=lookups.choice("use_case", UseCase),
        starts_on=lookups.day("starts_on", indexed=True),
        ends_on=lookups.day("ends_on"),
        budget=lookups.money("budget", null=True),
        owner=lookups.word("owner__email", null=True),
    )
    orders = {
        "id": ORDER,
        "-id": replace(ORDER, name="-campaigns-api", descending=True),
        "starts_on": Order("campaigns-api-starts", key="starts_on"),
        "-starts_on": Order("-campaigns-api-starts", key="starts_on", descending=True),
    }

    def list(self, request: Request) -> Response:
        """Campaigns in the order in which they were planned, those put away too."""
        return self.page(
            self.filter_queryset(self.get_queryset()), order=ORDER, represent=cast("Any", _rows)
        )

    @extend_schema(responses=WholeCampaignSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One campaign with its steps, its budget and its creators by stage."""
        return Response(self.shown(key))

    @extend_schema(
        request=NewCampaign,
        responses={201: WholeCampaignSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A seasonal campaign",
                value={
                    "name": "Winter skin",
                    "use_case": "seasonal",
                    "target": "500",
                    "starts_on": "2027-01-15",
                    "platforms": ["instagram"],
                    "jurisdictions": ["DK"],
                    "budget": "8000.00",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Plan a campaign; its steps are planned back from its days."""
        body = NewCampaign(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            made = service.create_campaign(
                brand=self.brand,
                values=cast("Values", dict(body.validated_data)),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self.shown(made.key), status=201)

    @extend_schema(request=CampaignChange, responses={200: WholeCampaignSerializer, **REFUSED})
    def partial_update(self, request: Request, key: str) -> Response:
        """Change what it says. Steps that are open move along with its days."""
        campaign = self.found(key)
        body = CampaignChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        changes = dict(body.validated_data)
        version: int = changes.pop("version")
        with refusals(CampaignRefused, body=body):
            service.change_campaign(
                campaign_id=campaign.pk,
                brand=self.brand,
                changes=cast("Values", changes),
                actor=self.actor,
                at=timezone.now(),
                expected_version=version,
            )
        return Response(self.shown(key))

    @extend_schema(request=CampaignClone, responses={201: WholeCampaignSerializer, **REFUSED})
    def clone(self, request: Request, key: str) -> Response:
        """Plan it again from another day on, with nobody in it."""
        campaign = self.found(key)
        body = CampaignClone(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            made = service.clone_campaign(
                campaign_id=campaign.pk,
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                **body.validated_data,
            )
        return Response(self.shown(made.key), status=201)


_MOVE = extend_schema(request=CampaignMove, responses={200: WholeCampaignSerializer, **REFUSED})


class CampaignMoveViewSet(_Campaigns):
    """Starting and ending campaigns."""

    write_scope = Scope.CAMPAIGNS_RUN

    @_MOVE
    def activate(self, request: Request, key: str) -> Response:
        """Activate it: from then on creators can be invited."""
        return self._move(request, key, Act.ACTIVATE)

    @_MOVE
    def complete(self, request: Request, key: str) -> Response:
        """Complete it, with its lessons, once everybody is through or out."""
        return self._move(request, key, Act.COMPLETE)

    @_MOVE
    def cancel(self, request: Request, key: str) -> Response:
        """Cancel it, with the reason; who is not under contract is dropped."""
        return self._move(request, key, Act.CANCEL)

    @_MOVE
    def reopen(self, request: Request, key: str) -> Response:
        """Open it again, with the reason."""
        return self._move(request, key, Act.REOPEN)

    def _move(self, request: Request, key: str, act: Act) -> Response:
        campaign = self.found(key)
        body = CampaignMove(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            service.move_campaign(
                campaign_id=campaign.pk,
                brand=self.brand,
                act=act,
                actor=self.actor,
                at=timezone.now(),
                words=body.validated_data.get("words", ""),
                expected_version=body.validated_data["version"],
            )
        return Response(self.shown(key))


def exact(value: Decimal | None) -> str | None:
    """An amount as text: as a number in JSON it would not stay what it is."""
    return None if value is None else str(value)


_NUMBERS = ("target", "reached", "budget")
_TEXTS = ("occasion", "audience", "category", "lessons")


def _rows(campaigns: list[Campaign]) -> list[Row]:
    """Campaigns as the API shows them: one query for the figures of all."""
    return [
        {
            "key": row.campaign.key,
            "status": row.campaign.status,
            "status_since": row.campaign.status_since,
            "use_case": row.campaign.use_case,
        }
        | {name: getattr(row.campaign, name) for name in FIELDS}
        | {name: getattr(row.campaign, name) or None for name in _TEXTS}
        | {name: exact(getattr(row.campaign, name)) for name in _NUMBERS}
        | {
            "owner": row.campaign.owner.email if row.campaign.owner else None,
            "is_archived": row.campaign.archived_at is not None,
            "creators": row.creators,
            "live": row.live,
            "spending": {
                "committed": exact(row.spending.committed),
                "expected": exact(row.spending.expected),
                "unknown": row.spending.unknown,
            },
            "version": row.campaign.version,
        }
        for row in campaign_rows(campaigns)
    ]
