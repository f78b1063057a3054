"""What creators are exclusive for: to others, as found out and written down, and to the brand."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.models import ExclusiveElsewhere
from campaigns.selectors.exclusivities import promised_to_us
from campaigns.services import exclusivities as service
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField, known_by
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("exclusivities-api", key="id")
COLUMNS = (
    *("id", "category", "to", "until", "source", "created_by__email", "created_at"),
    *("relationship__creator__uid", "relationship__creator__name"),
)


class ExclusivitySerializer(serializers.Serializer[Any]):
    """A creator is exclusive to somebody else, as far as the brand knows."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    category = serializers.CharField(help_text="For what.")
    to = serializers.CharField(allow_null=True, help_text="To whom; null: not known.")
    until = serializers.DateField(allow_null=True, help_text="The last day; null: not known.")
    known_from = serializers.CharField(help_text="How the brand knows.")
    created_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()


class OwnExclusivitySerializer(serializers.Serializer[Any]):
    """What a contract or an accepted offer promises to the brand."""

    category = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(
        allow_null=True, help_text="Null: so many months after a publication that is to come."
    )


class NewExclusivity(Body):
    """What was found out about a creator."""

    creator = KnownCreatorField()
    category = serializers.CharField(max_length=service.CATEGORY_MAX)
    to = serializers.CharField(
        max_length=service.TO_MAX, required=False, allow_blank=True, default=""
    )
    until = serializers.DateField(required=False, allow_null=True, default=None)
    known_from = serializers.CharField(
        max_length=service.SOURCE_MAX, help_text="A post, a mail of a day, who said so."
    )


class ExclusivityFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Of a creator."""

    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="Their uid")

    class Meta:
        model = ExclusiveElsewhere
        fields: list[str] = []


class ExclusivityViewSet(BrandViewSet[ExclusiveElsewhere]):
    """What creators promised to others: shortlists and offers show it."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = ExclusiveElsewhere.objects.none()
    serializer_class = ExclusivitySerializer
    filterset_class = ExclusivityFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[ExclusiveElsewhere]:
        """Those about creators of the token's brand."""
        return ExclusiveElsewhere.objects.filter(relationship__brand=self.brand)

    def list(self, request: Request) -> Response:
        """In the order in which they were written down."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=lambda some: [_row(one) for one in some])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(self._shown(pk))

    @extend_schema(
        request=NewExclusivity,
        responses={201: ExclusivitySerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Seen in a post",
                value={
                    "creator": "3f0c2f2e-6f0f-4a55-9d43-0a1f5f5f8a11",
                    "category": "sun care",
                    "to": "Globex",
                    "until": "2027-06-30",
                    "known_from": "Their post of 3 November",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Write down what was found out."""
        body = NewExclusivity(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        with refusals(CampaignRefused, body=body, places={"source": "/known_from"}):
            made = service.note(
                relationship=said.pop("creator"),
                source=said.pop("known_from"),
                **said,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """It is not so, or not any more."""
        note = self._shown(pk)["id"]
        with refusals():
            service.remove(note_id=note, brand=self.brand, actor=self.actor, at=timezone.now())
        return Response(status=204)

    def _shown(self, pk: str | int) -> Row:
        return _row(self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS)))


class OwnExclusivityViewSet(BrandViewSet[ExclusiveElsewhere]):
    """What a creator promised to the brand."""

    scope = Scope.CAMPAIGNS_READ
    queryset = ExclusiveElsewhere.objects.none()
    serializer_class = OwnExclusivitySerializer
    pagination_class = WholeList
    http_method_names = ["get", "head"]

    def list(self, request: Request, uid: str) -> Response:
        """By contracts in force or ended, and by accepted offers without one."""
        found = known_by(self.brand, creator__uid=uid)
        names = ("category", "since", "until")
        return self.whole(
            [
                {name: getattr(one, name) for name in names}
                for one in promised_to_us(self.brand, [found.pk])
            ]
        )


def _row(row: Row) -> Row:
    return {
        "id": row["id"],
        "creator": {
            "uid": row["relationship__creator__uid"],
            "name": row["relationship__creator__name"],
        },
        "category": row["category"],
        "to": row["to"] or None,
        "until": row["until"],
        "known_from": row["source"],
        "created_by": row["created_by__email"],
        "created_at": row["created_at"],
    }
