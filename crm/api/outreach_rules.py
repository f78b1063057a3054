"""A brand's rules of sending: one set, which everybody reads and admins change."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.models import Brand, OutreachPolicy
from crm.permissions import Can
from crm.services.outreach import rules as service

_HOURS = ["%H:%M", "%H:%M:%S"]


class WeekdayField(serializers.IntegerField):
    """As ISO counts them."""

    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=7)


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class HourField(serializers.TimeField):
    """What a clock shows, without a zone: 09:00."""


class OutreachRulesSerializer(serializers.Serializer[Any]):
    """Who writes, when, and how far apart; what was never set has its default."""

    sender_name = serializers.CharField(allow_null=True)
    postal_address = serializers.CharField(
        allow_null=True, help_text="Without one nothing is sent: the law asks for it in each mail."
    )
    privacy_url = serializers.URLField(allow_null=True)
    window_from = HourField(format="%H:%M", help_text="In the creator's time zone.")
    window_until = HourField(format="%H:%M")
    weekdays = serializers.ListField(child=WeekdayField(), help_text="1 is Monday.")
    days_off = serializers.ListField(child=serializers.DateField())
    quiet_days = serializers.IntegerField(
        help_text="For so long after a mail of anybody nobody else begins a conversation."
    )
    needs_consent_where_unknown = serializers.BooleanField(
        help_text="Write to countries whose rule is not on file only with consent."
    )


class OutreachRulesChange(Body):
    """What to change; what is left out stays."""

    sender_name = serializers.CharField(max_length=120, required=False, allow_null=True)
    postal_address = serializers.CharField(max_length=300, required=False, allow_null=True)
    privacy_url = serializers.URLField(max_length=300, required=False, allow_null=True)
    window_from = HourField(input_formats=_HOURS, required=False)
    window_until = HourField(input_formats=_HOURS, required=False)
    weekdays = serializers.ListField(child=WeekdayField(), required=False, max_length=7)
    days_off = serializers.ListField(
        child=serializers.DateField(), required=False, max_length=service.DAYS_OFF_MAX
    )
    quiet_days = serializers.IntegerField(min_value=0, max_value=365, required=False)
    needs_consent_where_unknown = serializers.BooleanField(required=False)

    def validate_weekdays(self, days: list[int]) -> str:
        """As they are stored: 12345."""
        return "".join(map(str, sorted(set(days))))


class OutreachRulesViewSet(BrandViewSet[OutreachPolicy]):
    """The brand's rules of sending."""

    scope = Scope.OUTREACH_READ
    write_scope = Scope.OUTREACH_WRITE
    write_can = Can.MANAGE_BRAND
    queryset = OutreachPolicy.objects.none()
    serializer_class = OutreachRulesSerializer
    pagination_class = WholeList

    def held(self) -> QuerySet[Brand]:
        """The brand: its row is what keeps two changes apart."""
        return Brand.objects.filter(pk=self.brand.pk)

    @extend_schema(responses=OutreachRulesSerializer)
    def retrieve(self, request: Request) -> Response:
        """The rules that hold for the next mail."""
        return Response(rules_row(OutreachPolicy.of(self.brand)))

    @extend_schema(request=OutreachRulesChange, responses=OutreachRulesSerializer)
    def partial_update(self, request: Request) -> Response:
        """Change some of them; for admins of the brand."""
        body = OutreachRulesChange(data=request.data)
        body.is_valid(raise_exception=True)
        sent = {name: "" if value is None else value for name, value in body.validated_data.items()}
        with refusals(service.RulesRefused, body=body):
            policy = service.change_rules(
                brand=self.brand, changes=sent, actor=self.actor, at=timezone.now()
            )
        return Response(rules_row(policy))


def rules_row(policy: OutreachPolicy) -> Row:
    """The rules as the API shows them."""
    return {
        "sender_name": policy.sender_name or None,
        "postal_address": policy.postal_address or None,
        "privacy_url": policy.privacy_url or None,
        "window_from": f"{policy.window_from:%H:%M}",
        "window_until": f"{policy.window_until:%H:%M}",
        "weekdays": [int(day) for day in policy.weekdays],
        "days_off": policy.days_off,
        "quiet_days": policy.quiet_days,
        "needs_consent_where_unknown": policy.needs_consent_where_unknown,
    }
