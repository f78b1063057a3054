"""Enrolments: who is in which sequence, and how that stands."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import EnrolmentStatus, Scope, StopReason
from crm.models import Enrolment, Mailbox, Relationship, Sequence
from crm.paging import Order
from crm.services.outreach import stopping
from crm.services.outreach.enrolling import ENROL_MAX, EnrolRefused, enrol

ORDER = Order("enrolments", key="id")
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "sequence",
    "version__number",
    "mailbox__address",
    "owner__email",
    "status",
    "position",
    "due_at",
    "started_at",
    "ended_at",
    "stop_reason",
    "stop_note",
)


class EnrolmentSerializer(serializers.Serializer[Any]):
    """A creator in a sequence."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    sequence = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Of the sequence's steps.")
    mailbox = serializers.EmailField(allow_null=True)
    owner = serializers.EmailField(allow_null=True)
    status = serializers.ChoiceField(choices=EnrolmentStatus.choices)
    position = serializers.IntegerField(help_text="The last step that was begun.")
    due_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    stop_reason = serializers.ChoiceField(choices=StopReason.choices, allow_null=True)
    stop_note = serializers.CharField(allow_null=True)


class NotEnrolledSerializer(serializers.Serializer[Any]):
    """A creator who was not enrolled, and why."""

    creator = CreatorRefSerializer()
    reason = serializers.CharField()


class EnrolledSerializer(serializers.Serializer[Any]):
    """Who was enrolled and who was not."""

    enrolled = EnrolmentSerializer(many=True)
    refused = NotEnrolledSerializer(many=True)


class NewEnrolments(Body):
    """Whom to enrol in what. Their first mails then wait for a person: none leaves by this."""

    sequence = serializers.IntegerField(min_value=1, max_value=2**62)
    mailbox = serializers.EmailField(help_text="The address of one of the brand's mailboxes.")
    creators = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=ENROL_MAX, help_text="Their uids."
    )


class StopBody(Body):
    """Why it is stopped."""

    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class EnrolmentFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Which enrolments to list."""

    status = filters.ChoiceFilter(choices=EnrolmentStatus.choices)
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = Enrolment
        fields: list[str] = []


class EnrolmentViewSet(BrandViewSet[Enrolment]):
    """Enrolments of the brand."""

    scope = Scope.OUTREACH_READ
    write_scope = Scope.OUTREACH_WRITE
    queryset = Enrolment.objects.none()
    serializer_class = EnrolmentSerializer
    filterset_class = EnrolmentFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Enrolment]:
        """Enrolments of the token's brand."""
        rows = Enrolment.objects.filter(brand=self.brand)
        return rows.annotate(sequence=F("version__sequence"))

    def list(self, request: Request) -> Response:
        """Enrolments in the order in which they began."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=enrolments)

    @extend_schema(responses=EnrolmentSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One enrolment."""
        return Response(self._shown(pk))

    @extend_schema(request=NewEnrolments, responses={201: EnrolledSerializer})
    def create(self, request: Request) -> Response:
        """Enrol creators; who cannot be is named with the reason, and the others are."""
        body = NewEnrolments(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        sequence = Sequence.objects.filter(brand=self.brand, pk=given["sequence"]).first()
        boxes = Mailbox.objects.filter(brand=self.brand).usable_by(self.actor)
        mailbox = boxes.filter(address=given["mailbox"].lower()).first()
        if sequence is None:
            raise BadBody([Fault("/sequence", "unknown", "There is no such sequence.")])
        if mailbox is None:
            words = "There is no such mailbox that you may send from."
            raise BadBody([Fault("/mailbox", "unknown", words)])
        wanted = set(given["creators"])
        known = dict(
            Relationship.objects.filter(brand=self.brand, creator__uid__in=wanted).values_list(
                "creator__uid", "pk"
            )
        )
        unknown = [
            Fault(f"/creators/{place}", "unknown", "The brand knows no creator of this uid.")
            for place, uid in enumerate(given["creators"])
            if uid not in known
        ]
        if unknown:
            raise BadBody(unknown)
        with refusals(EnrolRefused, body=body):
            done = enrol(
                sequence_id=sequence.pk,
                relationships=list(known.values()),
                mailbox=mailbox,
                actor=self.actor,
                at=timezone.now(),
            )
        rows = self.get_queryset().filter(pk__in=[row.pk for row in done.enrolments])
        return Response(
            {
                "enrolled": enrolments(list(rows.order_by("pk").values(*COLUMNS))),
                "refused": [
                    {
                        "creator": {
                            "uid": one.relationship.creator.uid,
                            "name": one.relationship.creator.name,
                        },
                        "reason": one.problem,
                    }
                    for one in done.refused
                ],
            },
            status=201,
        )

    @extend_schema(request=None, responses=EnrolmentSerializer)
    def pause(self, request: Request, pk: str) -> Response:
        """Nothing of it is sent until it is resumed."""
        row = self._shown(pk)
        with refusals(stopping.EnrolmentRefused):
            stopping.pause(enrolment_id=row["id"], actor=self.actor, at=timezone.now())
        return Response(self._shown(pk))

    @extend_schema(request=None, responses=EnrolmentSerializer)
    def resume(self, request: Request, pk: str) -> Response:
        """Let it go on where it stood."""
        row = self._shown(pk)
        with refusals(stopping.EnrolmentRefused):
            stopping.resume(enrolment_id=row["id"], actor=self.actor, at=timezone.now())
        return Response(self._shown(pk))

    @extend_schema(request=StopBody, responses=EnrolmentSerializer)
    def stop(self, request: Request, pk: str) -> Response:
        """End it; ended already, it stays as it is."""
        row = self._shown(pk)
        body = StopBody(data=request.data)
        body.is_valid(raise_exception=True)
        stopping.stop(
            enrolment_id=row["id"],
            reason=StopReason.BY_HAND,
            at=timezone.now(),
            actor=self.actor,
            note=body.validated_data["note"],
        )
        return Response(self._shown(pk))

    def _shown(self, pk: str) -> Row:
        return enrolments([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])[0]


def enrolments(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "sequence": row["sequence"],
            "version": row["version__number"],
            "mailbox": row["mailbox__address"],
            "owner": row["owner__email"],
            "status": row["status"],
            "position": row["position"],
            "due_at": row["due_at"],
            "started_at": row["started_at"],
            "ended_at": row["ended_at"],
            "stop_reason": row["stop_reason"] or None,
            "stop_note": row["stop_note"] or None,
        }
        for row in rows
    ]
