"""For which campaigns search words are, said and taken back over REST."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.keywords import (
    REFUSED,
    WORDS_MAX,
    KeywordsToldSerializer,
    keywords_refused,
    list_of,
)
from campaigns.models import Brief, Campaign, KeywordList
from campaigns.services.keywords import keeping
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.problems import BadBody, Fault
from crm.choices import Scope


class KeywordUnassignBody(Body):
    """For which campaign words are not any more."""

    campaign = serializers.CharField(max_length=60, help_text="A campaign's key.")
    words = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=WORDS_MAX,
        allow_null=True,
        default=None,
        help_text="Ids of the list's words; null: all of it.",
    )


class KeywordAssignBody(KeywordUnassignBody):
    """For which campaign words are, or for one of its briefs."""

    brief = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        allow_null=True,
        default=None,
        help_text="The id of one of its `briefs/`; null: all of the campaign.",
    )


class KeywordsGoneSerializer(serializers.Serializer[Any]):
    """What became of it."""

    gone = serializers.IntegerField(help_text="Words that were for the campaign.")


class KeywordAssigningViewSet(BrandViewSet[KeywordList]):
    """For which campaigns the words of a list are."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = KeywordList.objects.none()
    serializer_class = KeywordsToldSerializer
    lookup_value_regex = ID
    http_method_names = ["post"]

    def get_queryset(self) -> QuerySet[KeywordList]:
        """Lists of the token's brand."""
        return KeywordList.objects.filter(brand=self.brand)

    @extend_schema(request=KeywordAssignBody, responses={200: KeywordsToldSerializer, **REFUSED})
    def assign(self, request: Request, pk: str) -> Response:
        """Say that a campaign or a brief is for these words; sent twice it is said once."""
        found, body = list_of(self.brand, pk), KeywordAssignBody(data=request.data)
        campaign = self._campaign(body)
        with keywords_refused(body):
            new = keeping.assign(
                keyword_list=found,
                keywords=body.validated_data["words"],
                campaign=campaign,
                brief=self._brief(body.validated_data["brief"]),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({"new": new})

    @extend_schema(request=KeywordUnassignBody, responses={200: KeywordsGoneSerializer, **REFUSED})
    def unassign(self, request: Request, pk: str) -> Response:
        """Take words away from a campaign and its briefs; sent twice it is done once."""
        found, body = list_of(self.brand, pk), KeywordUnassignBody(data=request.data)
        campaign = self._campaign(body)
        with keywords_refused(body):
            gone = keeping.unassign(
                keyword_list=found,
                keywords=body.validated_data["words"],
                campaign=campaign,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({"gone": gone})

    def _campaign(self, body: Body) -> Campaign:
        """The one that the body names, which is checked by this."""
        body.is_valid(raise_exception=True)
        key = body.validated_data["campaign"]
        found = Campaign.objects.filter(brand=self.brand, key=key).first()
        if found is None:
            msg = "There is no campaign of this key."
            raise BadBody([Fault("/campaign", "unknown_campaign", msg)])
        return found

    def _brief(self, pk: int | None) -> Brief | None:
        """One of the brand's; whether it is the campaign's is asked by the service."""
        if pk is None:
            return None
        found = Brief.objects.filter(campaign__brand=self.brand, pk=pk).first()
        if found is None:
            raise BadBody([Fault("/brief", "unknown_brief", "There is no brief of this number.")])
        return found
