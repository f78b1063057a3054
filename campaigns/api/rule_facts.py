"""What the rules ask about a person, as somebody found it out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.choices import RuleFactKey
from campaigns.models import RuleFact
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import facts
from crm.api.base import UID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import known_by
from crm.choices import Scope
from crm.paging import Order
from crm.permissions import Can

NEWEST = Order("-rule-facts-api", key="id", descending=True)


class RuleFactSerializer(serializers.Serializer[Any]):
    """An answer. The newest of a key counts; rows are added, never changed."""

    id = serializers.IntegerField()
    key = serializers.ChoiceField(choices=RuleFactKey.choices)
    value = serializers.CharField(allow_null=True, help_text="Null: not known any more.")
    on = serializers.DateField(help_text="The day on which it was so.")
    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    created_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()


class NewRuleFact(Body):
    """What is so since a day."""

    key = serializers.ChoiceField(choices=[(key.value, key.label) for key in facts.STATED])
    value = serializers.CharField(
        max_length=120,
        allow_blank=True,
        help_text="yes or no, a number, two letters of a country; empty: not known any more.",
    )
    on = serializers.DateField(required=False, allow_null=True, help_text="Today, if left out.")
    source = serializers.CharField(max_length=500, help_text="How you know, or who said so.")  # type: ignore[assignment] # a field's name


class RuleFactViewSet(BrandViewSet[RuleFact]):
    """What is known about one creator for the rules of disclosure."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    write_can = Can.KEEP_REGISTERS
    queryset = RuleFact.objects.none()
    serializer_class = RuleFactSerializer
    lookup_value_regex = UID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[RuleFact]:
        """Facts that the token's brand wrote down."""
        return RuleFact.objects.filter(relationship__brand=self.brand)

    def list(self, request: Request, uid: str) -> Response:
        """All that was written down of a creator, the newest first."""
        held = known_by(self.brand, creator__uid=uid)
        rows = self.get_queryset().filter(relationship=held)
        plain = rows.values("id", "key", "value", "on", "source", "created_by__email", "created_at")
        return self.page(plain, order=NEWEST, represent=lambda some: [_row(one) for one in some])

    @extend_schema(
        request=NewRuleFact,
        responses={201: RuleFactSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Of age",
                value={"key": "under_age", "value": "no", "source": "Passport, seen on a call"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request, uid: str) -> Response:
        """Write down what is so of a creator; checks of disclosure know it from now on."""
        held = known_by(self.brand, creator__uid=uid)
        body = NewRuleFact(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            made = facts.state_fact(
                relationship=held,
                key=said["key"],
                value=said["value"],
                on=said.get("on"),
                source=said["source"],
                actor=self.actor,
                at=timezone.now(),
            )
        names = ("id", "key", "value", "on", "source", "created_at")
        row = {name: getattr(made, name) for name in names}
        return Response(
            _row(row | {"created_by__email": self.actor.email}), status=HTTPStatus.CREATED
        )


def _row(row: Row) -> Row:
    names = ("id", "key", "on", "source", "created_at")
    return {name: row[name] for name in names} | {
        "value": row["value"] or None,
        "created_by": row["created_by__email"],
    }
