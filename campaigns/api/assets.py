"""The library over REST: assets, may they be used, and where they are."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.right_words import (
    AskQuery,
    CountriesText,
    MayUseSerializer,
    answer_of,
    countries_of,
    question_of,
)
from campaigns.api.words import REFUSED
from campaigns.choices import AiPart, AssetKind, AssetOrigin, Releases, Usage, Verdict
from campaigns.filters.assets import AssetFilter
from campaigns.models import Asset, AssetUse
from campaigns.selectors.rights import answers
from campaigns.services.assets import using
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import PageQuery, Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("assets-api", key="id")
USES = Order("asset-uses-api", key="id")
COLUMNS = (
    "id",
    "title",
    "kind",
    "origin",
    "sha256",
    "file_name",
    "content_type",
    "size",
    "url",
    "relationship__creator__uid",
    "relationship__creator__name",
    "made_by",
    "engagement_id",
    "engagement__campaign__key",
    "deliverable_id",
    "platform_id",
    "tags",
    "alt_text",
    "ai_use",
    "releases",
    "people",
    "created_at",
    "archived_at",
    "version",
)
USE_COLUMNS = (
    "id",
    "asset_id",
    "usage",
    "territory",
    "channel",
    "starts_on",
    "ends_on",
    "url",
    "note",
    "verdict",
    "answer",
    "reason",
    "created_by__email",
    "created_at",
    "version",
)
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}


class AssetSerializer(serializers.Serializer[Any]):
    """A piece of content. A null `ai_use` or `releases`: nobody said."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=AssetKind.choices)
    origin = serializers.ChoiceField(choices=AssetOrigin.choices)
    sha256 = serializers.CharField(allow_null=True, help_text="Of its file.")
    file_name = serializers.CharField(allow_null=True)
    content_type = serializers.CharField(allow_null=True)
    size = serializers.IntegerField(allow_null=True, help_text="In bytes.")
    url = serializers.CharField(allow_null=True)
    creator = CreatorRefSerializer(allow_null=True)
    made_by = serializers.CharField(allow_null=True, help_text="Of somebody who is no creator.")
    campaign = serializers.CharField(allow_null=True, help_text="Its key.")
    engagement = serializers.IntegerField(allow_null=True)
    deliverable = serializers.IntegerField(allow_null=True)
    platform = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    alt_text = serializers.CharField(allow_null=True)
    ai_use = serializers.ChoiceField(choices=AiPart.choices, allow_null=True)
    releases = serializers.ChoiceField(choices=Releases.choices, allow_null=True)
    people = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class AssetUseSerializer(serializers.Serializer[Any]):
    """A use, with what the rights said when it was written down."""

    id = serializers.IntegerField()
    asset = serializers.IntegerField()
    usage = serializers.ChoiceField(choices=Usage.choices)
    territory = serializers.ListField(
        child=serializers.CharField(), help_text="Countries; none of them: worldwide."
    )
    channel = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="Null: until further notice.")
    url = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField(allow_null=True, help_text="Why it was done all the same.")
    created_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back with its end.")


class NewUse(Body):
    """Where an asset is used."""

    usage = serializers.ChoiceField(choices=Usage.choices)
    channel = serializers.CharField(max_length=30)
    territory = CountriesText(required=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    url = serializers.CharField(max_length=500, **_TEXT)
    note = serializers.CharField(max_length=using.NOTE_MAX, **_TEXT)
    reason = serializers.CharField(
        max_length=using.REASON_MAX,
        **_TEXT,
        help_text="Needed where the rights do not allow it: it stays in the log, legal is told.",
    )


class UsesQuery(PageQuery):
    """Of which asset."""

    asset = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class AssetViewSet(BrandViewSet[Asset]):
    """The brand's library."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Asset.objects.none()
    serializer_class = AssetSerializer
    filterset_class = AssetFilter
    lookup_value_regex = ID
    queries = {"may_use": AskQuery}

    def get_queryset(self) -> QuerySet[Asset]:
        """Assets of the token's brand."""
        return Asset.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Assets in the order in which they came; `rights` asks how their rights stand today."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=assets)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One asset."""
        [found] = assets([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return Response(found)

    @extend_schema(responses=MayUseSerializer)
    def may_use(self, request: Request, pk: str) -> Response:
        """May it be used, here, on this channel, in this way, on these days?

        Yes, no, or unknown, with the reasons, the rights that say so, until when, and what to do.
        """
        found = self._asset(pk)
        question = question_of(self.query, today_of(self.brand, timezone.now()))
        return Response(answer_of(found, question, answers(question, [found])[found.pk]))

    @extend_schema(request=NewUse, responses={201: AssetUseSerializer, **REFUSED})
    def use(self, request: Request, pk: str) -> Response:
        """Write down where it is used; outside of its rights with a reason only."""
        found = self._asset(pk)
        body = NewUse(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        reason = given.pop("reason", "")
        given["territory"] = countries_of(given["territory"]) or ()
        with refusals(CampaignRefused, body=body):
            made = using.log_use(
                asset_id=found.pk,
                brand=self.brand,
                use=using.Use(**given),
                reason=reason,
                actor=self.actor,
                at=timezone.now(),
            )
        [shown] = uses(list(AssetUse.objects.filter(pk=made.pk).values(*USE_COLUMNS)))
        return Response(shown, status=201)

    def _asset(self, pk: str) -> Asset:
        found = self.get_queryset().for_list_page().filter(pk=pk).first()  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        asset: Asset = found
        return asset


class AssetUseViewSet(BrandViewSet[AssetUse]):
    """The log of where assets are used."""

    scope = Scope.CAMPAIGNS_READ
    queryset = AssetUse.objects.none()
    serializer_class = AssetUseSerializer
    queries = {"list": UsesQuery}
    http_method_names = ["get", "head"]

    def list(self, request: Request) -> Response:
        """Uses in the order in which they were written down."""
        rows = AssetUse.objects.filter(asset__brand=self.brand)
        if asset := self.query.get("asset"):
            rows = rows.filter(asset=asset)
        return self.page(rows.values(*USE_COLUMNS), order=USES, represent=uses)


def assets(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    found = []
    for row in rows:
        uid = row.pop("relationship__creator__uid")
        name = row.pop("relationship__creator__name")
        found.append(
            {
                "id": row["id"],
                "title": row["title"],
                "kind": row["kind"],
                "origin": row["origin"],
                "sha256": row["sha256"] or None,
                "file_name": row["file_name"] or None,
                "content_type": row["content_type"] or None,
                "size": row["size"],
                "url": row["url"] or None,
                "creator": {"uid": uid, "name": name} if uid else None,
                "made_by": row["made_by"] or None,
                "campaign": row["engagement__campaign__key"],
                "engagement": row["engagement_id"],
                "deliverable": row["deliverable_id"],
                "platform": row["platform_id"],
                "tags": row["tags"],
                "alt_text": row["alt_text"] or None,
                "ai_use": row["ai_use"] or None,
                "releases": row["releases"] or None,
                "people": row["people"] or None,
                "created_at": row["created_at"],
                "archived_at": row["archived_at"],
                "version": row["version"],
            }
        )
    return found


def uses(rows: list[Row]) -> list[Row]:
    """Rows of USE_COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "asset": row["asset_id"],
            "usage": row["usage"],
            "territory": row["territory"],
            "channel": row["channel"],
            "starts_on": row["starts_on"],
            "ends_on": row["ends_on"],
            "url": row["url"] or None,
            "note": row["note"] or None,
            "verdict": row["verdict"],
            "reasons": row["answer"].get("reasons", []),
            "reason": row["reason"] or None,
            "created_by": row["created_by__email"],
            "created_at": row["created_at"],
            "version": row["version"],
        }
        for row in rows
    ]
