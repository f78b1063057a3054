"""Where search words stand: posts that have one, and what a campaign is for."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign, Keyword, KeywordAssignment, KeywordUse
from campaigns.selectors import keywords as selectors
from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.choices import Scope
from crm.paging import Order

USES = Order("keyword-uses-rest", key="id")
ASSIGNED = Order("campaign-keywords-rest", key="id")


Rows = list[Row]  # a class below has a method of that name


class KeywordUseSerializer(serializers.Serializer[Any]):
    """A post that has a search."""

    post = serializers.IntegerField(help_text="The id of one of `posts/`.")
    creator = serializers.UUIDField()
    platform = serializers.CharField()
    posted_at = serializers.DateTimeField(allow_null=True)
    is_exact = serializers.BooleanField(help_text="As it is typed; else its words in another form.")


class CampaignKeywordSerializer(serializers.Serializer[Any]):
    """A search that a campaign is for, and the published pieces that have it."""

    word = serializers.IntegerField(help_text="The id of the list's word.")
    list = serializers.IntegerField()
    query = serializers.CharField()
    volume = serializers.IntegerField(allow_null=True, help_text="Searches a month.")
    brief = serializers.IntegerField(allow_null=True, help_text="Null: all of the campaign.")
    exact = serializers.ListField(child=serializers.IntegerField(), help_text="`deliverables/`.")
    variant = serializers.ListField(child=serializers.IntegerField())


class KeywordUseViewSet(BrandViewSet[KeywordUse]):
    """Posts that have a search."""

    scope = Scope.CAMPAIGNS_READ
    queryset = KeywordUse.objects.none()
    serializer_class = KeywordUseSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head"]

    def list(self, request: Request, pk: str) -> Response:
        """In the order in which they were found."""
        found = Keyword.objects.filter(keyword_list__brand=self.brand, pk=pk).first()
        if found is None:
            raise Http404
        rows = selectors.uses_of(found).values(
            "id",
            "is_exact",
            "post_id",
            "post__creator__uid",
            "post__profile__platform_id",
            "post__posted_at",
        )
        return self.page(rows, order=USES, represent=_uses)


class CampaignKeywordViewSet(BrandViewSet[KeywordAssignment]):
    """The searches that a campaign is for."""

    scope = Scope.CAMPAIGNS_READ
    queryset = KeywordAssignment.objects.none()
    serializer_class = CampaignKeywordSerializer
    http_method_names = ["get", "head"]

    def list(self, request: Request, key: str) -> Response:
        """In the order in which they were assigned."""
        campaign = Campaign.objects.filter(brand=self.brand, key=key).first()
        if campaign is None:
            raise Http404

        def shown(rows: Rows) -> Rows:
            wanted = [row["id"] for row in rows]
            held = {one.pk: one for one in selectors.assigned_to(campaign).filter(pk__in=wanted)}
            return [
                _assigned(one) for one in selectors.written(campaign, [held[pk] for pk in wanted])
            ]

        rows = KeywordAssignment.objects.filter(campaign=campaign).values("id")
        return self.page(rows, order=ASSIGNED, represent=shown)


def _uses(rows: list[Row]) -> list[Row]:
    return [
        {
            "post": row["post_id"],
            "creator": row["post__creator__uid"],
            "platform": row["post__profile__platform_id"],
            "posted_at": row["post__posted_at"],
            "is_exact": row["is_exact"],
        }
        for row in rows
    ]


def _assigned(found: selectors.Written) -> Row:
    one = found.assignment
    return {
        "word": one.keyword_id,
        "list": one.keyword.keyword_list_id,
        "query": one.keyword.query,
        "volume": one.keyword.volume,
        "brief": one.brief_id,
        "exact": [piece.pk for piece in found.exact],
        "variant": [piece.pk for piece in found.variant],
    }
