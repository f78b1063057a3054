"""Sequences: their steps, and what came of them."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import problem
from crm.choices import Scope, Stage, StepAction
from crm.models import Sequence
from crm.models.sequences import DELAY_MAX
from crm.paging import Order
from crm.services.outreach import sequences as service
from crm.services.outreach.figures import funnels

ORDER = Order("sequences", key="id")
COLUMNS = (
    "id",
    "name",
    "description",
    "stage",
    "audience",
    "stops_on_stage_change",
    "created_at",
    "archived_at",
)
NUMBERS = ("enrolled", "waiting", "running", "finished", "sent", "replied", "stopped")


class StepSerializer(serializers.Serializer[Any]):
    """A step: what is done, how many days after the one before."""

    action = serializers.ChoiceField(choices=StepAction.choices)
    delay_days = serializers.IntegerField()
    template = serializers.IntegerField(allow_null=True, help_text="A template's id.")
    template_version = serializers.IntegerField(allow_null=True, help_text="Its very words.")
    reminder = serializers.CharField(allow_null=True)


class NumbersSerializer(serializers.Serializer[Any]):
    """What came of it."""

    enrolled = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="For the first mail to be approved.")
    running = serializers.IntegerField(help_text="Paused ones too.")
    finished = serializers.IntegerField(help_text="Without an answer.")
    sent = serializers.IntegerField(help_text="First mails.")
    replied = serializers.IntegerField(help_text="Of those who got the first mail.")
    stopped = serializers.DictField(child=serializers.IntegerField(), help_text="By reason.")


class SequenceSerializer(serializers.Serializer[Any]):
    """A first mail and what follows it while nobody answers."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    stage = serializers.ChoiceField(choices=Stage.choices, allow_null=True)
    audience = serializers.CharField(allow_null=True)
    stops_on_stage_change = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)


class SequenceDetailSerializer(SequenceSerializer):
    """With its steps of now and its numbers."""

    version = serializers.IntegerField()
    steps = StepSerializer(many=True)
    numbers = NumbersSerializer()


class StepBody(Body):
    """A step as it is asked for; the first one is a draft without a delay."""

    action = serializers.ChoiceField(choices=StepAction.choices, default=StepAction.DRAFT)
    delay_days = serializers.IntegerField(min_value=0, max_value=DELAY_MAX, default=0)
    template = serializers.IntegerField(
        min_value=1, max_value=2**62, required=False, allow_null=True
    )
    reminder = serializers.CharField(
        max_length=service.REMINDER_MAX, required=False, allow_blank=True, default=""
    )


class SequenceChange(Body):
    """What to change; what is left out stays. Other steps hold for who is enrolled later."""

    name = serializers.CharField(max_length=service.NAME_MAX, required=False)
    description = serializers.CharField(
        max_length=service.DESCRIPTION_MAX, required=False, allow_blank=True
    )
    stage = serializers.ChoiceField(choices=Stage.choices, required=False, allow_blank=True)
    audience = serializers.CharField(max_length=120, required=False, allow_blank=True)
    stops_on_stage_change = serializers.BooleanField(required=False)
    steps = StepBody(many=True, required=False)


class NewSequence(SequenceChange):
    """A sequence."""

    name = serializers.CharField(max_length=service.NAME_MAX)
    steps = StepBody(many=True)


class SequenceViewSet(BrandViewSet[Sequence]):
    """Sequences of the brand."""

    scope = Scope.OUTREACH_READ
    write_scope = Scope.OUTREACH_WRITE
    queryset = Sequence.objects.none()
    serializer_class = SequenceSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Sequence]:
        """Sequences of the token's brand."""
        return Sequence.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Sequences in the order in which they were made, archived ones too."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=rows)

    @extend_schema(responses=SequenceDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One sequence with its steps and its numbers."""
        return Response(self._shown(pk))

    @extend_schema(
        request=NewSequence,
        responses={201: SequenceDetailSerializer},
        examples=[
            OpenApiExample(
                "A first mail and one reminder",
                value={
                    "name": "Spring",
                    "steps": [
                        {"template": 12},
                        {"action": "mail", "delay_days": 4, "template": 13},
                    ],
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Make a sequence."""
        body = NewSequence(data=request.data)
        body.is_valid(raise_exception=True)
        about: dict[str, Any] = dict(body.validated_data)
        steps = [_step(one) for one in about.pop("steps")]
        try:
            made = service.make_sequence(
                brand=self.brand,
                about=cast("service.About", about),
                steps=steps,
                at=timezone.now(),
                actor=self.actor,
            )
        except service.SequenceRefused as refusal:
            raise problem(refusal, body, places=_places(refusal)) from refusal
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=SequenceChange, responses=SequenceDetailSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a sequence; who is in it keeps the steps of their day."""
        sequence = self._one(pk)
        body = SequenceChange(data=request.data)
        body.is_valid(raise_exception=True)
        about: dict[str, Any] = dict(body.validated_data)
        if "steps" in about:
            steps = [_step(one) for one in about.pop("steps")]
        else:
            steps = [
                service.Step(
                    StepAction(row.action),
                    row.delay_days,
                    row.mail.template_id if row.mail else None,
                    row.reminder,
                )
                for row in service.newest_steps(sequence)
            ]
        try:
            service.change_sequence(
                sequence_id=sequence.pk,
                about=cast("service.About", about),
                steps=steps,
                at=timezone.now(),
                actor=self.actor,
            )
        except service.SequenceRefused as refusal:
            raise problem(refusal, body, places=_places(refusal)) from refusal
        return Response(self._shown(pk))

    @extend_schema(request=None, responses=SequenceDetailSerializer)
    def archive(self, request: Request, pk: str) -> Response:
        """Take it out of use; it stops for everybody who is in it."""
        sequence = self._one(pk)
        service.archive_sequence(sequence_id=sequence.pk, at=timezone.now(), actor=self.actor)
        return Response(self._shown(pk))

    def _one(self, pk: int | str) -> Sequence:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _shown(self, pk: int | str) -> Row:
        sequence = self._one(pk)
        [found] = rows([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        steps = service.newest_steps(sequence)
        [funnel] = funnels([sequence])
        return found | {
            "version": steps[0].version.number,
            "steps": [
                {
                    "action": step.action,
                    "delay_days": step.delay_days,
                    "template": step.mail.template_id if step.mail else None,
                    "template_version": step.mail.number if step.mail else None,
                    "reminder": step.reminder or None,
                }
                for step in steps
            ],
            "numbers": {name: getattr(funnel, name) for name in NUMBERS},
        }


def rows(found: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    may_be_empty = ("description", "stage", "audience")
    return [
        {name: (row[name] or None if name in may_be_empty else row[name]) for name in COLUMNS}
        for row in found
    ]


def _step(given: dict[str, Any]) -> service.Step:
    return service.Step(
        StepAction(given["action"]), given["delay_days"], given.get("template"), given["reminder"]
    )


def _places(refusal: service.SequenceRefused) -> dict[str, str]:
    if not refusal.step:
        return {}
    name = "template" if refusal.field == "template_id" else refusal.field
    return {refusal.field: f"/steps/{refusal.step - 1}/{name}"}
