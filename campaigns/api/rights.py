"""Rights of use over REST: what was given, by whom, until when; may these assets be used?"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.right_words import AskQuery, MayUseSerializer, answer_of, question_of
from campaigns.api.words import REFUSED
from campaigns.choices import RightSource, StartTrigger, Usage
from campaigns.filters.assets import RightFilter
from campaigns.models import Asset, UsageRight
from campaigns.selectors.rights import answers
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights.granting import REASON_MAX, revoke
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("rights-api", key="id")
ASSETS_MAX = 200
COLUMNS = (
    "id",
    "engagement_id",
    "engagement__campaign__key",
    "deliverable_id",
    "asset_id",
    "part_of_id",
    "renews_id",
    "usage",
    "territory",
    "territory_words",
    "channels",
    "channels_words",
    "trigger",
    "starts_on",
    "ends_on",
    "months",
    "is_endless",
    "is_exclusive",
    "may_edit",
    "credit",
    "source",
    "reference",
    "given_by",
    "note",
    "created_at",
    "revoked_on",
    "revoked_reason",
)
_MAYBE = ("territory_words", "channels_words", "credit", "reference", "given_by", "note")


class UsageRightSerializer(serializers.Serializer[Any]):
    """A right: of an engagement (or one deliverable of it), or of one asset."""

    id = serializers.IntegerField()
    campaign = serializers.CharField(allow_null=True, help_text="Its key.")
    engagement = serializers.IntegerField(allow_null=True)
    deliverable = serializers.IntegerField(allow_null=True)
    asset = serializers.IntegerField(allow_null=True)
    part_of = serializers.IntegerField(
        allow_null=True, help_text="The right for all pieces, of which this is one piece's."
    )
    renews = serializers.IntegerField(allow_null=True)
    usage = serializers.ChoiceField(choices=Usage.choices)
    territory = serializers.ListField(
        child=serializers.CharField(), help_text="Countries; none of them: worldwide."
    )
    territory_words = serializers.CharField(
        allow_null=True, help_text="What was agreed, where no country can be read out of it."
    )
    channels = serializers.ListField(child=serializers.CharField(), help_text="None: all.")
    channels_words = serializers.CharField(allow_null=True)
    trigger = serializers.ChoiceField(choices=StartTrigger.choices)
    starts_on = serializers.DateField(allow_null=True, help_text="Null: it has not started.")
    ends_on = serializers.DateField(allow_null=True, help_text="The last day, included.")
    months = serializers.IntegerField(allow_null=True)
    is_endless = serializers.BooleanField()
    is_exclusive = serializers.BooleanField()
    may_edit = serializers.BooleanField(allow_null=True)
    credit = serializers.CharField(allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment] # a field's name
        choices=RightSource.choices
    )
    reference = serializers.CharField(allow_null=True)
    given_by = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    revoked_on = serializers.DateField(allow_null=True)
    revoked_reason = serializers.CharField(allow_null=True)


class Revocation(Body):
    """From when on it holds no more."""

    on = serializers.DateField(help_text="The day before is its last.")
    reason = serializers.CharField(max_length=REASON_MAX)


class ManyQuery(AskQuery):
    """Which assets, and what is asked of each."""

    assets = serializers.RegexField(
        r"^[0-9]{1,18}(,[0-9]{1,18})*$",
        max_length=19 * ASSETS_MAX,
        required=False,
        help_text=f"Numbers with commas between, {ASSETS_MAX} at most.",
    )


class RightViewSet(BrandViewSet[UsageRight]):
    """Rights of the brand."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.RIGHTS_WRITE
    queryset = UsageRight.objects.none()
    serializer_class = UsageRightSerializer
    filterset_class = RightFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[UsageRight]:
        """Rights of the token's brand."""
        return UsageRight.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Rights in the order in which they were written down."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=rights)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One right."""
        return Response(self._shown(pk))

    @extend_schema(request=Revocation, responses={200: UsageRightSerializer, **REFUSED})
    def revoke(self, request: Request, pk: str) -> Response:
        """It was taken back: from a day on it holds no more."""
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = Revocation(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            revoke(
                right_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                **body.validated_data,
            )
        return Response(self._shown(pk))

    def _shown(self, pk: str) -> Row:
        [found] = rights([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found


class RightQueryViewSet(BrandViewSet[Asset]):
    """The question about many assets at once."""

    scope = Scope.CAMPAIGNS_READ
    queryset = Asset.objects.none()
    serializer_class = MayUseSerializer
    pagination_class = WholeList
    queries = {"list": ManyQuery}
    http_method_names = ["get", "head"]

    def list(self, request: Request) -> Response:
        """May these be used, here, on this channel, in this way, on these days?

        An answer for each asset of the brand that was named; three queries, however many.
        """
        asked = str(self.query.get("assets") or "")
        numbers = [int(one) for one in asked.split(",") if one][:ASSETS_MAX]
        found = list(
            Asset.objects.filter(brand=self.brand, pk__in=numbers).for_list_page().order_by("pk")
        )
        question = question_of(self.query, today_of(self.brand, timezone.now()))
        given = answers(question, found)
        return self.whole([answer_of(asset, question, given[asset.pk]) for asset in found])


def rights(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    names = {"engagement": "engagement_id", "deliverable": "deliverable_id", "asset": "asset_id"}
    names |= {"part_of": "part_of_id", "renews": "renews_id"}
    names |= {"campaign": "engagement__campaign__key"}
    found = []
    for row in rows:
        shown = {name: row[column] for name, column in names.items()}
        shown |= {name: row[name] for name in COLUMNS if name not in names.values()}
        shown |= {name: row[name] or None for name in (*_MAYBE, "revoked_reason")}
        found.append(shown)
    return found
