"""The rule packs as the brand holds them, and counsel's word on them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.disclosure.packs import Datum, Pack
from campaigns.disclosure.vocabulary import Confidence
from campaigns.models import PackSignOff
from campaigns.selectors.packs import Signed, packs_for, signed_off
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import packs as service
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope


class RulePackSerializer(serializers.Serializer[Any]):
    """The rules of a jurisdiction: research, not law, until counsel stands by them."""

    key = serializers.CharField()
    name = serializers.CharField()
    version = serializers.CharField(help_text="+2: with two additions of the brand.")
    digest = serializers.CharField()
    is_signed_off = serializers.BooleanField(help_text="By the brand's counsel, as it is now.")
    signed_by = serializers.CharField(allow_null=True, help_text="The newest signature.")
    signed_at = serializers.DateTimeField(allow_null=True)
    signed_version = serializers.CharField(allow_null=True)


class PackRuleSerializer(serializers.Serializer[Any]):
    """One datum of a pack."""

    key = serializers.CharField()
    note = serializers.CharField()
    sources = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    confidence = serializers.ChoiceField(choices=[(one.value, one.value) for one in Confidence])
    effective_from = serializers.DateField(allow_null=True)
    effective_to = serializers.DateField(allow_null=True)
    is_yours = serializers.BooleanField(help_text="Added by the brand.")


class WholeRulePackSerializer(RulePackSerializer):
    """A pack with all its rules."""

    rules = PackRuleSerializer(many=True)


class SignedRules(Body):
    """Counsel read the rules with this digest, and stands by them."""

    digest = serializers.CharField(max_length=64)
    note = serializers.CharField(max_length=1_000, required=False, allow_blank=True)


class RulePackViewSet(BrandViewSet[PackSignOff]):
    """Rule packs of disclosure."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    queryset = PackSignOff.objects.none()
    serializer_class = RulePackSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[PackSignOff]:
        """Signatures of the token's brand."""
        return PackSignOff.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """All packs, by the alphabet."""
        packs = packs_for(self.brand, today_of(self.brand, timezone.now()))
        signed = signed_off(self.brand, packs)
        return self.whole([_pack(pack, signed[key]) for key, pack in packs.jurisdictions.items()])

    @extend_schema(responses=WholeRulePackSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One pack with its rules."""
        return Response(self._shown(key))

    @extend_schema(request=SignedRules, responses={200: WholeRulePackSerializer, **REFUSED})
    def sign_off(self, request: Request, key: str) -> Response:
        """Sign the rules as they were read: `digest` says which."""
        self._shown(key)
        body = SignedRules(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            service.sign_off(
                brand=self.brand,
                jurisdiction=key,
                digest=body.validated_data["digest"],
                note=body.validated_data.get("note", ""),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(key))

    def _shown(self, key: str) -> Row:
        packs = packs_for(self.brand, today_of(self.brand, timezone.now()))
        pack = packs.jurisdictions.get(packs.resolve([key])[0])
        if pack is None:
            raise Http404
        signed = signed_off(self.brand, packs, [pack.key])[pack.key]
        data = {datum.key: datum for datum in pack.data}
        return _pack(pack, signed) | {"rules": [_rule(datum) for datum in data.values()]}


def _pack(pack: Pack, signed: Signed) -> Row:
    row = signed.signature
    return {
        "key": pack.key,
        "name": pack.name,
        "version": pack.version,
        "digest": pack.digest,
        "is_signed_off": signed.is_current,
        "signed_by": row.signed_name if row else None,
        "signed_at": row.signed_at if row else None,
        "signed_version": row.pack_version if row else None,
    }


def _rule(datum: Datum) -> Row:
    return {
        "key": datum.key,
        "note": datum.note,
        "sources": [
            {"id": one.id, "name": one.name, "url": one.url, "date": one.date}
            for one in datum.sources
        ],
        "confidence": datum.confidence.value,
        "effective_from": datum.effective_from,
        "effective_to": datum.effective_to,
        "is_yours": bool(datum.params.get("added")),
    }
