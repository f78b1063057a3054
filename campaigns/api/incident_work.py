"""What is done about an incident beside its states: corrected, noted, step by step, with files."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.incidents import (
    CampaignKeysField,
    IncidentSerializer,
    IncidentViewSet,
)
from campaigns.api.words import LOCK, PersonField
from campaigns.files import StoredFile, respond_with
from campaigns.risk.suitability import standard as taxonomy
from campaigns.services.deliverables.files import KINDS
from campaigns.services.incidents import acting, files, reporting
from campaigns.services.incidents.record import NOTE_MAX, Rights, rights_of
from campaigns.services.incidents.runbooks import statement_for
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.parsing import StrictJSONParser
from crm.api.refusals import problem, refusals
from crm.choices import IncidentAct, IncidentKind, IncidentState, RunbookPhase, Scope, Severity
from crm.models import Incident, IncidentFile, IncidentStep
from crm.permissions import Can

_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_DAY: dict[str, Any] = {"required": False, "allow_null": True}


class IncidentStepSerializer(serializers.Serializer[Any]):
    """A step of the runbook, in the words of the day of the report."""

    position = serializers.IntegerField()
    phase = serializers.ChoiceField(choices=RunbookPhase.choices)
    text = serializers.CharField()
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.EmailField(allow_null=True)
    skipped_because = serializers.CharField(allow_null=True)


class IncidentEntrySerializer(serializers.Serializer[Any]):
    """One thing that was done about it; its words only for whom the incident's are."""

    act = serializers.ChoiceField(choices=IncidentAct.choices)
    state = serializers.ChoiceField(choices=IncidentState.choices)
    by = serializers.EmailField(allow_null=True, help_text="Null: the product.")
    at = serializers.DateTimeField()
    note = serializers.CharField(allow_null=True)


class IncidentFileSerializer(serializers.Serializer[Any]):
    """Something that shows what happened."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    by = serializers.EmailField(allow_null=True)
    at = serializers.DateTimeField()


class WholeIncidentSerializer(IncidentSerializer):
    """An incident with its checklist and history; null: not for the token's user."""

    steps = IncidentStepSerializer(many=True)
    history = IncidentEntrySerializer(many=True)
    files = IncidentFileSerializer(many=True, allow_null=True)
    statement = serializers.CharField(
        allow_null=True, help_text="To be said while nothing more can be; legal clears it first."
    )


class IncidentChange(Body):
    """What it is after all; what is left out stays."""

    version = serializers.IntegerField(**LOCK)
    kind = serializers.ChoiceField(choices=IncidentKind.choices, required=False)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    what = serializers.CharField(max_length=reporting.WHAT_MAX, required=False)
    url = serializers.CharField(max_length=500, **_TEXT)
    happened_on = serializers.DateField(**_DAY)
    noticed_on = serializers.DateField(required=False)
    category = serializers.ChoiceField(choices=list(taxonomy().categories), **_TEXT)
    tier = serializers.ChoiceField(choices=list(taxonomy().tiers), **_TEXT)
    owner = PersonField(required=False, allow_null=True)


class IncidentNote(Body):
    """Something for its history."""

    text = serializers.CharField(max_length=NOTE_MAX)


class IncidentCampaigns(Body):
    """All campaigns that it touches."""

    campaigns = CampaignKeysField(max_length=50)


class SettledStep(Body):
    """A step is done, does not apply, or is open again."""

    position = serializers.IntegerField(min_value=1, max_value=32_000)
    is_done = serializers.BooleanField()
    reason = serializers.CharField(
        max_length=acting.STEP_MAX, **_TEXT, help_text="Why it does not apply."
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """What does not apply is done with."""
        if said.get("reason") and not said["is_done"]:
            raise serializers.ValidationError({"reason": "Only a step that is done with has one."})
        return said


class IncidentUpload(Body):
    """A file."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="A picture, film, sound or PDF by its content; 50 MB."
    )


class IncidentWorkViewSet(IncidentViewSet):
    """Incidents with what is done about them: by their owner, legal and admins."""

    write_scope = Scope.LEGAL_WRITE
    write_scopes = dict.fromkeys(
        ("create", "note", "campaigns", "step", "attach"), Scope.INCIDENTS_REPORT
    )
    # Whoever works on one: legal, its owner, who reported it. The service asks.
    write_cans = dict.fromkeys(("act", "note", "campaigns", "step", "attach"), Can.VIEW)
    http_method_names = ["get", "head", "post", "patch"]

    @extend_schema(responses=WholeIncidentSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One incident with its checklist, its history and its files."""
        return Response(self._whole(pk))

    @extend_schema(request=IncidentChange, responses={200: WholeIncidentSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what it is; the ledger keeps what it was, but for the words."""
        found = self._found(pk)
        body = self._body(IncidentChange)
        said = dict(body.validated_data)
        version = said.pop("version")
        held = {name: getattr(found, name) for name in reporting.Seen.__dataclass_fields__}
        given = held | said
        seen = reporting.Seen(
            **given | {"kind": IncidentKind(given["kind"]), "severity": Severity(given["severity"])}
        )
        return self._do(reporting.change, found, body, seen=seen, expected_version=version)

    @extend_schema(request=IncidentNote, responses={200: WholeIncidentSerializer, **REFUSED})
    def note(self, request: Request, pk: str) -> Response:
        """Write something into its history."""
        found, body = self._found(pk), self._body(IncidentNote)
        return self._do(acting.note, found, body, **body.validated_data)

    @extend_schema(request=IncidentCampaigns, responses={200: WholeIncidentSerializer, **REFUSED})
    def campaigns(self, request: Request, pk: str) -> Response:
        """Say which campaigns it touches: all of them."""
        found, body = self._found(pk), self._body(IncidentCampaigns)
        return self._do(reporting.affect, found, body, **body.validated_data)

    @extend_schema(request=SettledStep, responses={200: WholeIncidentSerializer, **REFUSED})
    def step(self, request: Request, pk: str) -> Response:
        """Tick a step, say why it does not apply, or open it again."""
        found, body = self._found(pk), self._body(SettledStep)
        said = body.validated_data
        if not IncidentStep.objects.filter(incident=found, position=said["position"]).exists():
            refusal = CampaignRefused(
                "There is no such step.", code="unknown_step", field="position"
            )
            raise problem(refusal, body)
        return self._do(
            acting.settle_step,
            found,
            body,
            position=said["position"],
            is_done=said["is_done"],
            skipped_because=said.get("reason", ""),
        )

    def _found(self, pk: str) -> Incident:
        found = self.get_queryset().select_related("brand", "owner").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _body(self, shape: type[Body]) -> Body:
        body = shape(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return body

    def _rights(self, incident: Incident) -> Rights:
        return rights_of(incident, self.actor, self.role)

    def _do(self, do: Callable[..., Any], incident: Incident, body: Body, **said: Any) -> Response:
        self._run(do, incident, body, **said)
        return Response(self._whole(incident.pk))

    def _run(self, do: Callable[..., Any], incident: Incident, body: Body, **said: Any) -> Any:
        with refusals(CampaignRefused, body=body):
            return do(
                incident_id=incident.pk,
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                **said,
            )

    def _whole(self, pk: int | str) -> Row:
        row, found = self._one(pk), self._found(str(pk))
        reads = self._rights(found).reads
        return row | {
            "steps": [_step(one) for one in found.steps.select_related("done_by")],
            "history": [
                {
                    "act": one.act,
                    "state": one.state,
                    "by": one.actor.email if one.actor else None,
                    "at": one.at,
                    "note": (one.note or None) if reads else None,
                }
                for one in found.events.select_related("actor")
            ],
            "files": [_file(one) for one in found.files.select_related("by")] if reads else None,
            "statement": (statement_for(found) or None) if reads else None,
        }


class IncidentFileViewSet(IncidentWorkViewSet):
    """Files that show what happened."""

    parser_classes = [MultiPartParser, StrictJSONParser]
    http_method_names = ["get", "head", "post"]

    @extend_schema(
        request={"multipart/form-data": IncidentUpload},
        responses={201: IncidentFileSerializer, **REFUSED},
    )
    def attach(self, request: Request, pk: str) -> Response:
        """Keep a file that shows what happened; the same one is kept once."""
        found, body = self._found(pk), self._body(IncidentUpload)
        made = self._run(acting.attach, found, body, upload=body.validated_data["file"])
        return Response(_file(made), status=HTTPStatus.CREATED)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in KINDS})
    def file(self, request: Request, pk: str, number: str) -> HttpResponseBase:
        """A file's bytes, for whom the words are."""
        found = self._found(pk)
        if not self._rights(found).reads:
            raise PermissionDenied("Legal, an admin, its owner and who reported it read it.")
        kept = IncidentFile.objects.filter(incident=found, pk=number).first()
        if kept is None:
            raise Http404
        return respond_with(
            request._request,
            StoredFile(kept.name, kept.content_type, kept.size),
            lambda _one: files.opened(self.brand, kept),
            as_attachment=True,
        )


def _step(one: IncidentStep) -> Row:
    return {
        "position": one.position,
        "phase": one.phase,
        "text": one.text,
        "done_at": one.done_at,
        "done_by": one.done_by.email if one.done_by else None,
        "skipped_because": one.skipped_because or None,
    }


def _file(one: IncidentFile) -> Row:
    return {
        "id": one.pk,
        "name": one.name,
        "content_type": one.content_type,
        "size": one.size,
        "sha256": one.digest,
        "by": one.by.email if one.by else None,
        "at": one.at,
    }
