"""Samples of who follows an account: those that are kept, and a file of more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.parsing import StrictJSONParser
from crm.api.problems import BadBody, Fault
from crm.choices import Scope, Source
from crm.importers.tables import TableRefused
from crm.models import AudienceSample
from crm.paging import Order
from crm.services.audience_samples.importing import import_samples

ORDER = Order("audience-samples-api", key="id")
COLUMNS = (
    "id",
    "profile_id",
    "profile__creator__uid",
    "taken_on",
    "audience_size",
    "people",
    "source",
    "created_at",
)


class AudienceSampleSerializer(serializers.Serializer[Any]):
    """A sample of an account's followers. Who they are is kept as numbers that nobody is shown."""

    id = serializers.IntegerField()
    profile = serializers.IntegerField()
    creator = serializers.UUIDField()
    taken_on = serializers.DateField()
    audience_size = serializers.IntegerField(help_text="Of how many followers it is.")
    people = serializers.IntegerField(help_text="How many are in it.")
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment] # a field's name
    created_at = serializers.DateTimeField()


class SamplesFile(Body):
    """A row for each follower: platform, handle, member, and size where no count is known."""

    file = serializers.FileField(help_text="CSV, XLSX or JSON lines.")
    taken_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Absent: today, of the brand."
    )
    source = serializers.ChoiceField(  # type: ignore[assignment] # a field's name
        choices=Source.choices, default=Source.VENDOR.value
    )


class SamplesTakenSerializer(serializers.Serializer[Any]):
    """What was taken in; `uploads/samples/{upload}:undo` takes it back."""

    upload = serializers.IntegerField()
    samples = serializers.IntegerField()
    people = serializers.IntegerField()


class AudienceSampleViewSet(BrandViewSet[AudienceSample]):
    """Samples of who follows accounts."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = AudienceSample.objects.none()
    serializer_class = AudienceSampleSerializer
    # A body without a file is read as well, to say that it is missing.
    parser_classes = [MultiPartParser, StrictJSONParser]
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[AudienceSample]:
        """Of the token's brand."""
        return AudienceSample.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """In the order in which they came in."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=_shown)

    @extend_schema(
        request={"multipart/form-data": SamplesFile}, responses={201: SamplesTakenSerializer}
    )
    def create(self, request: Request) -> Response:
        """Take a file in, all of it or nothing."""
        body = SamplesFile(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        try:
            batch = import_samples(
                brand=self.brand,
                upload=said["file"],
                taken_on=said["taken_on"],
                source=Source(said["source"]),
                actor=self.actor,
                at=timezone.now(),
            )
        except TableRefused as refusal:
            raise BadBody(
                [Fault("/file", "refused", fault) for fault in refusal.faults]
            ) from refusal
        told = {"upload": batch.pk, "samples": batch.samples, "people": batch.people}
        return Response(told, status=status.HTTP_201_CREATED)


def _shown(rows: list[Row]) -> list[Row]:
    return [
        {
            "profile": row["profile_id"],
            "creator": row["profile__creator__uid"],
            **{name: row[name] for name in COLUMNS if "profile" not in name},
        }
        for row in rows
    ]
