"""What a brand adds to a rule pack, and which rules begin or end soon."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.choices import AdditionKind
from campaigns.disclosure.additions import REQUIREMENTS
from campaigns.models import PackAddition
from campaigns.selectors.coming import Change, coming
from campaigns.selectors.packs import packs_for
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import packs as service
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope

_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_DAY: dict[str, Any] = {"required": False, "allow_null": True}


class PackAdditionSerializer(serializers.Serializer[Any]):
    """A wording that the brand refuses or accepts, or a requirement, beyond the pack."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=AdditionKind.choices)
    text = serializers.CharField(allow_null=True, help_text="The wording.")
    variants = serializers.ListField(child=serializers.CharField(), help_text="Other spellings.")
    language = serializers.CharField(allow_null=True, help_text="Null: any.")
    rule = serializers.CharField(allow_null=True, help_text="Of a requirement.")
    starts_on = serializers.DateField()
    until = serializers.DateField(allow_null=True, help_text="Null: until somebody ends it.")
    reason = serializers.CharField()
    is_looser = serializers.BooleanField(help_text="It takes away from what the pack asks.")
    added_by = serializers.EmailField(allow_null=True)
    added_at = serializers.DateTimeField()
    ended_by = serializers.EmailField(allow_null=True)
    end_reason = serializers.CharField(allow_null=True)


class NewPackAddition(Body):
    """A wording, or a requirement. The rules change by it: they need counsel's signature anew."""

    kind = serializers.ChoiceField(choices=AdditionKind.choices)
    text = serializers.CharField(max_length=120, **_TEXT, help_text="As people write it: #collab.")
    variants = serializers.ListField(
        child=serializers.CharField(max_length=120),
        required=False,
        max_length=service.VARIANTS_MAX,
    )
    language = serializers.CharField(max_length=8, **_TEXT, help_text="As da; without: any.")
    rule = serializers.ChoiceField(
        choices=sorted(REQUIREMENTS.items()), **_TEXT, help_text="Of a requirement."
    )
    starts_on = serializers.DateField(**_DAY, help_text="Without: today.")
    until = serializers.DateField(**_DAY, help_text="Without: until you end it.")
    reason = serializers.CharField(max_length=500)


class EndedPackAddition(Body):
    """Why it should not hold any more."""

    reason = serializers.CharField(max_length=500)


class RuleChangeSerializer(serializers.Serializer[Any]):
    """A rule that begins or ends, and the open campaigns that it touches."""

    on = serializers.DateField()
    begins = serializers.BooleanField(help_text="Else it ends with this day.")
    pack = serializers.CharField()
    words = serializers.CharField()
    rule = serializers.CharField(allow_null=True, help_text="Of the pack; null: an addition.")
    addition = serializers.IntegerField(allow_null=True)
    campaigns = serializers.ListField(child=serializers.CharField(), help_text="Their keys.")


class PackAdditionViewSet(BrandViewSet[PackAddition]):
    """Additions of the brand to one pack."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    queryset = PackAddition.objects.none()
    serializer_class = PackAdditionSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[PackAddition]:
        """Additions of the token's brand."""
        rows = PackAddition.objects.filter(brand=self.brand)
        return rows.select_related("added_by", "ended_by")

    def list(self, request: Request, key: str) -> Response:
        """All of them, those that are over too, the newest first."""
        rows = self.get_queryset().filter(jurisdiction=self._pack(key))
        return self.whole([_row(one) for one in rows.order_by("-pk")])

    @extend_schema(
        request=NewPackAddition,
        responses={201: PackAdditionSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A wording that is not enough",
                value={"kind": "insufficient", "text": "#collab", "reason": "Nobody reads it so"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request, key: str) -> Response:
        """Add a wording or a requirement from a day on."""
        pack = self._pack(key)
        body = NewPackAddition(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            made = service.add(
                brand=self.brand,
                jurisdiction=pack,
                wanted=service.Wanted(**body.validated_data),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_row(made), status=HTTPStatus.CREATED)

    @extend_schema(request=EndedPackAddition, responses={200: PackAdditionSerializer, **REFUSED})
    def end(self, request: Request, pk: str) -> Response:
        """It holds no longer than yesterday."""
        with refusals(CampaignRefused):
            self.get_queryset().get(pk=pk)
        body = EndedPackAddition(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            service.end(
                addition_id=int(pk),
                brand=self.brand,
                **body.validated_data,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_row(self.get_queryset().get(pk=pk)))

    def _pack(self, key: str) -> str:
        known = packs_for(self.brand, today_of(self.brand, timezone.now()))
        found = known.resolve([key])[0]
        if found not in known.jurisdictions:
            raise Http404
        return found


class RuleChangeViewSet(BrandViewSet[PackAddition]):
    """Rules that begin or end within the next 90 days."""

    scope = Scope.LEGAL_READ
    queryset = PackAddition.objects.none()
    serializer_class = RuleChangeSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head"]

    def list(self, request: Request) -> Response:
        """In the order of their days."""
        on = today_of(self.brand, timezone.now())
        return self.whole(
            [_change(one) for one in coming(self.brand, packs_for(self.brand, on), on)]
        )


def _row(one: PackAddition) -> Row:
    plain = ("kind", "variants", "starts_on", "until", "reason", "is_looser", "added_at")
    texts = ("text", "language", "rule", "end_reason")
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in plain},
        **{name: getattr(one, name) or None for name in texts},
        "added_by": one.added_by.email if one.added_by else None,
        "ended_by": one.ended_by.email if one.ended_by else None,
    }


def _change(one: Change) -> Row:
    return {
        "on": one.on,
        "begins": one.begins,
        "pack": one.jurisdiction,
        "words": one.words,
        "rule": one.datum.key if one.datum else None,
        "addition": one.addition.pk if one.addition else None,
        "campaigns": [campaign.key for campaign in one.campaigns],
    }
