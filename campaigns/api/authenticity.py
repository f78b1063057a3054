"""Flags about audiences: what is unusual in the numbers of accounts, and what explains it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.choices import Flag, FlagState
from campaigns.models import AuthenticityReading, FlagDismissal
from campaigns.selectors.authenticity import (
    Looked,
    Sign,
    all_flags,
    explained,
    flags_of_comments,
    for_list,
    looked_at,
    with_flag,
)
from campaigns.services.authenticity import dismissing
from campaigns.services.authenticity.now import look_now
from campaigns.services.refusals import CampaignRefused
from crm.api.base import UID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.models import Profile, Relationship
from crm.paging import Order

# A class with a method `list` cannot name the type.
Rows = list[Row]
ORDER = Order("flags-api", "read_at", "id", descending=True)


class FlagExplainedSerializer(serializers.Serializer[Any]):
    """Why a flag does not count."""

    id = serializers.IntegerField()
    reason = serializers.CharField()
    by = serializers.EmailField(allow_null=True)
    until = serializers.DateTimeField(help_text="It counts again from then on.")


class SignSerializer(serializers.Serializer[Any]):
    """One sign of an account, with the numbers."""

    key = serializers.ChoiceField(choices=Flag.choices)
    label = serializers.CharField()  # type: ignore[assignment] # the base class has one
    state = serializers.ChoiceField(choices=FlagState.choices)
    value = serializers.CharField(help_text="What was found, or why nothing can be told.")
    threshold = serializers.CharField(allow_blank=True)
    source = serializers.CharField(help_text="Of the threshold.", allow_blank=True)  # type: ignore[assignment]
    on = serializers.DateField(allow_null=True)
    why = serializers.CharField(help_text="What it can mean.")
    excess = serializers.FloatField(
        allow_null=True,
        default=None,
        help_text="How far the number went towards its threshold: 1 is on it. Null: unknown.",
    )
    explained = FlagExplainedSerializer(allow_null=True)


class FlagsSerializer(serializers.Serializer[Any]):
    """An account with its signs. A flag is a question, never a verdict."""

    creator = CreatorRefSerializer()
    platform = serializers.CharField()
    handle = serializers.CharField()
    signs = SignSerializer(many=True)
    thresholds = serializers.CharField(help_text="Version of the published thresholds.")
    since = serializers.DateTimeField(help_text="Since when these are raised.")
    looked_at = serializers.DateTimeField()


class CreatorFlagsSerializer(serializers.Serializer[Any]):
    """All accounts of a creator."""

    accounts = FlagsSerializer(many=True)


class Explained(Body):
    """What explains a flag."""

    platform = serializers.CharField(max_length=30)
    handle = serializers.CharField(max_length=200)
    flag = serializers.ChoiceField(choices=Flag.choices)
    reason = serializers.CharField(max_length=dismissing.REASON_MAX)
    last_day = serializers.DateField(help_text="A year ahead at most.")


class CountAgain(Body):
    """Which explanation holds no more."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class FlagsFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """By a raised flag, or by creator."""

    flag = filters.ChoiceFilter(field_name="raised", method="having", choices=Flag.choices)
    creator = filters.UUIDFilter(field_name="profile__creator__uid", label="A creator's uid")

    class Meta:
        model = AuthenticityReading
        fields: list[str] = []

    def having(self, rows: QuerySet[Any], _name: str, flag: str) -> QuerySet[Any]:
        """Accounts with this flag raised."""
        return with_flag(rows, self.request.auth.brand, flag)


class FlagsViewSet(BrandViewSet[AuthenticityReading]):
    """What is unusual in the numbers of accounts."""

    scope = Scope.REVIEWS_READ
    write_scope = Scope.REVIEWS_WRITE
    queryset = AuthenticityReading.objects.none()
    serializer_class = FlagsSerializer
    filterset_class = FlagsFilter
    lookup_field = "uid"
    lookup_value_regex = UID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[AuthenticityReading]:
        """Of accounts of the brand's creators, with a flag raised."""
        return for_list(self.brand)

    def list(self, request: Request) -> Response:
        """Accounts with a flag raised, explained or not, the newest first."""
        rows = self.filter_queryset(self.get_queryset())
        columns = ("id", "read_at", "looked_at", "flags", "thresholds", "profile_id")
        names = ("profile__platform_id", "profile__handle")
        who = ("profile__creator__uid", "profile__creator__name")
        return self.page(rows.values(*columns, *names, *who), order=ORDER, represent=self._accounts)

    @extend_schema(responses={200: CreatorFlagsSerializer})
    def retrieve(self, request: Request, uid: str) -> Response:
        """All accounts of a creator at which somebody looked, with every sign."""
        return self._answer(self._relationship(uid))

    @extend_schema(request=None, responses={200: CreatorFlagsSerializer})
    def look(self, request: Request, uid: str) -> Response:
        """Look now."""
        relationship = self._relationship(uid)
        look_now(relationship=relationship, at=timezone.now())
        return self._answer(relationship)

    @extend_schema(request=Explained, responses={200: CreatorFlagsSerializer, **REFUSED})
    def explain(self, request: Request, uid: str) -> Response:
        """Say what explains a raised flag: it counts no more until a day."""
        relationship = self._relationship(uid)
        body = Explained(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        profile = Profile.objects.filter(
            creator=relationship.creator_id, platform=said["platform"], handle=said["handle"]
        ).first()
        if profile is None:
            raise Http404
        with refusals(CampaignRefused, body=body):
            dismissing.dismiss(
                relationship=relationship,
                profile=profile,
                flag=said["flag"],
                reason=said["reason"],
                last_day=said["last_day"],
                actor=self.actor,
                at=timezone.now(),
            )
        return self._answer(relationship)

    @extend_schema(request=CountAgain, responses={200: CreatorFlagsSerializer, **REFUSED})
    def count_again(self, request: Request, uid: str) -> Response:
        """Let an explained flag count again."""
        relationship = self._relationship(uid)
        body = CountAgain(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        rows = FlagDismissal.objects.filter(relationship=relationship)
        dismissal = (
            rows.filter(pk=body.validated_data["id"])
            .select_related("relationship__creator", "profile", "brand")
            .first()
        )
        if dismissal is None:
            raise Http404
        with refusals(CampaignRefused, body=body):
            dismissing.count_again(dismissal=dismissal, actor=self.actor, at=timezone.now())
        return self._answer(relationship)

    def _relationship(self, uid: str) -> Relationship:
        """Of the token's brand. Raises Http404."""
        rows = Relationship.objects.filter(brand=self.brand, creator__uid=uid)
        found = rows.select_related("brand", "creator").first()
        if found is None:
            raise Http404
        return found

    def _answer(self, relationship: Relationship) -> Response:
        creator = relationship.creator
        who = {"uid": creator.uid, "name": creator.name}
        looked = looked_at(relationship, timezone.now())
        return Response({"accounts": [_account(who, one) for one in looked if one.reading]})

    def _accounts(self, rows: Sequence[Row]) -> Rows:
        profiles = [row["profile_id"] for row in rows]
        said = explained(self.brand, timezone.now(), profiles)
        told = flags_of_comments(self.brand, profiles)
        return [
            {
                "creator": {
                    "uid": row["profile__creator__uid"],
                    "name": row["profile__creator__name"],
                },
                "platform": row["profile__platform_id"],
                "handle": row["profile__handle"],
                "signs": [
                    _sign(Sign(flag, said.get((row["profile_id"], flag["key"]))))
                    for flag in all_flags(row["profile_id"], row["flags"], told)
                ],
                "thresholds": row["thresholds"],
                "since": row["read_at"],
                "looked_at": row["looked_at"],
            }
            for row in rows
        ]


def _account(who: Row, one: Looked) -> Row:
    reading = one.reading
    return {
        "creator": who,
        "platform": one.profile.platform_id,
        "handle": one.profile.handle,
        "signs": [_sign(sign) for sign in one.signs],
        "thresholds": reading.thresholds if reading else "",
        "since": reading.read_at if reading else None,
        "looked_at": reading.looked_at if reading else None,
    }


def _sign(sign: Sign) -> Row:
    one = sign.dismissal
    said = None
    if one is not None:
        said = {
            "id": one.pk,
            "reason": one.reason,
            "by": one.by.email if one.by else None,
            "until": one.until,
        }
    return sign.flag | {"explained": said}
