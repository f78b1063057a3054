"""Permits and registers, and what is due by the rule packs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import LOCK, REFUSED
from campaigns.choices import AlertLevel, AlertState, PaperKind, PaperState
from campaigns.filters.registers import PermitFilter, RuleAlertFilter
from campaigns.models import Permit, RuleAlert
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import aside, permits
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.choices import Scope
from crm.paging import Order
from crm.permissions import Can

PERMITS = Order("permits-api", key="id")
ALERTS = Order("rule-alerts-api", key="id")
_CREATOR = ("relationship__creator__uid", "relationship__creator__name")
_SAYS = ("id", "jurisdiction", "kind", "state", "number", "valid_from", "valid_until")
PERMIT_COLUMNS = (
    *_SAYS,
    *_CREATOR,
    "checked_on",
    "checked_by__email",
    "checked_at_url",
    "note",
    "file_sha256",
    "created_at",
    "version",
)
ALERT_COLUMNS = (
    "id",
    *_CREATOR,
    "rule",
    "jurisdiction",
    "subject",
    "level",
    "words",
    "pack_version",
    "state",
    "opened_at",
    "changed_at",
    "reason",
    "version",
)
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_UNSAID: dict[str, Any] = {"required": False, "allow_null": True}


class PermitSerializer(serializers.Serializer[Any]):
    """A paper of a creator. Null: not known, or without end."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    jurisdiction = serializers.CharField()
    kind = serializers.ChoiceField(choices=PaperKind.choices)
    state = serializers.ChoiceField(choices=PaperState.choices)
    number = serializers.CharField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    checked_on = serializers.DateField(allow_null=True)
    checked_by = serializers.EmailField(allow_null=True)
    checked_at_url = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    has_file = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class _PermitBody(Body):
    state = serializers.ChoiceField(choices=PaperState.choices, required=False)
    number = serializers.CharField(max_length=80, **_TEXT)
    valid_from = serializers.DateField(**_UNSAID)
    valid_until = serializers.DateField(**_UNSAID)
    checked_on = serializers.DateField(**_UNSAID, help_text="Compared by you; null: not compared.")
    checked_at_url = serializers.CharField(max_length=500, **_TEXT)
    note = serializers.CharField(max_length=500, **_TEXT)


class NewPermit(_PermitBody):
    """A paper to write down."""

    creator = KnownCreatorField()
    jurisdiction = serializers.CharField(max_length=2, help_text="The key of a rule pack.")
    kind = serializers.ChoiceField(choices=PaperKind.choices)


class PermitChange(_PermitBody):
    """What to correct; what is left out stays."""

    version = serializers.IntegerField(**LOCK)


class PermitViewSet(BrandViewSet[Permit]):
    """The register of permits and of entries in public registers."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    write_can = Can.KEEP_REGISTERS
    queryset = Permit.objects.none()
    serializer_class = PermitSerializer
    filterset_class = PermitFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Permit]:
        """Papers of the token's brand that nobody put away."""
        return Permit.objects.in_use().filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Papers in the order in which they were written down."""
        rows = self.filter_queryset(self.get_queryset()).values(*PERMIT_COLUMNS)
        return self.page(rows, order=PERMITS, represent=lambda some: [_permit(row) for row in some])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One paper."""
        return Response(self._shown(pk))

    @extend_schema(request=NewPermit, responses={201: PermitSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Write a paper down."""
        body = NewPermit(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        relationship = given.pop("creator")
        made = self._save(body, relationship=relationship, wanted=permits.Wanted(**given))
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=PermitChange, responses={200: PermitSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what it says."""
        found = self.get_queryset().select_related("relationship__brand", "relationship__creator")
        row = found.filter(pk=pk).first()
        if row is None:
            raise Http404
        body = PermitChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        version = given.pop("version")
        kept = {name: getattr(row, name) for name in permits.Wanted.__dataclass_fields__}
        self._save(
            body,
            relationship=row.relationship,
            wanted=permits.Wanted(**(kept | given)),
            permit_id=row.pk,
            expected_version=version,
        )
        return Response(self._shown(pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Put a paper away: it counts no more, and stays in the record."""
        try:
            permits.put_away(
                permit_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                expected_version=None,
            )
        except Permit.DoesNotExist as gone:
            raise Http404 from gone
        return Response(status=204)

    def _save(self, body: Body, **said: Any) -> Permit:
        with refusals(CampaignRefused, body=body):
            return permits.save_permit(actor=self.actor, at=timezone.now(), **said)

    def _shown(self, pk: int | str) -> Row:
        return _permit(self.one(self.get_queryset().filter(pk=pk).values(*PERMIT_COLUMNS)))


class RuleAlertSerializer(serializers.Serializer[Any]):
    """What the rules ask beside the label; `rule` is the key of the datum in the rule pack."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    rule = serializers.CharField()
    jurisdiction = serializers.CharField()
    subject = serializers.CharField(allow_null=True)
    level = serializers.ChoiceField(choices=AlertLevel.choices)
    words = serializers.CharField()
    pack_version = serializers.CharField()
    state = serializers.ChoiceField(choices=AlertState.choices)
    opened_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    reason = serializers.CharField(allow_null=True, help_text="Why it was set aside.")
    version = serializers.IntegerField()


class AlertAside(Body):
    """Why nothing needs to be done."""

    version = serializers.IntegerField(**LOCK)
    reason = serializers.CharField(max_length=500)


class RuleAlertViewSet(BrandViewSet[RuleAlert]):
    """Contracts, registers and permits that are due."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    write_can = Can.KEEP_REGISTERS
    queryset = RuleAlert.objects.none()
    serializer_class = RuleAlertSerializer
    filterset_class = RuleAlertFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[RuleAlert]:
        """Alerts of the token's brand."""
        return RuleAlert.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Alerts in the order in which they first came up."""
        rows = self.filter_queryset(self.get_queryset()).values(*ALERT_COLUMNS)
        return self.page(rows, order=ALERTS, represent=lambda some: [_alert(row) for row in some])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One alert."""
        return Response(self._shown(pk))

    @extend_schema(request=AlertAside, responses={200: RuleAlertSerializer, **REFUSED})
    def aside(self, request: Request, pk: str) -> Response:
        """Set it aside: it comes back if it gets worse."""
        self._shown(pk)
        body = AlertAside(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            aside.set_aside(
                alert_id=int(pk),
                brand=self.brand,
                reason=body.validated_data["reason"],
                actor=self.actor,
                at=timezone.now(),
                expected_version=body.validated_data["version"],
            )
        return Response(self._shown(pk))

    def _shown(self, pk: str) -> Row:
        return _alert(self.one(self.get_queryset().filter(pk=pk).values(*ALERT_COLUMNS)))


def _creator(row: Row) -> Row:
    return {
        "uid": row["relationship__creator__uid"],
        "name": row["relationship__creator__name"],
    }


def _permit(row: Row) -> Row:
    return {
        **{name: row[name] for name in _SAYS},
        "creator": _creator(row),
        "number": row["number"] or None,
        "checked_on": row["checked_on"],
        "checked_by": row["checked_by__email"],
        "checked_at_url": row["checked_at_url"] or None,
        "note": row["note"] or None,
        "has_file": bool(row["file_sha256"]),
        "created_at": row["created_at"],
        "version": row["version"],
    }


def _alert(row: Row) -> Row:
    names = [name for name in ALERT_COLUMNS if name not in _CREATOR]
    return {
        **{name: row[name] for name in names},
        "creator": _creator(row),
        "subject": row["subject"] or None,
        "reason": row["reason"] or None,
    }
