"""Requests to creators to put the disclosure of a published post right."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.choices import Channel, RemediationAct, RemediationState
from campaigns.filters.remediations import RemediationFilter
from campaigns.models import Remediation
from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("remediations-api", key="id")
COLUMNS = (
    "id",
    "deliverable",
    "deliverable__title",
    "deliverable__engagement__campaign__key",
    "deliverable__engagement__relationship__creator__uid",
    "deliverable__engagement__relationship__creator__name",
    "review",
    "state",
    "state_since",
    "asked_at",
    "due_at",
    "times",
    "channel",
    "owner__email",
    "incident",
    "version",
)


class RemediationSerializer(serializers.Serializer[Any]):
    """A creator was asked to put a disclosure right, by a moment."""

    id = serializers.IntegerField()
    deliverable = serializers.IntegerField()
    title = serializers.CharField(help_text="Of the deliverable.")
    campaign = serializers.CharField(help_text="The campaign's key.")
    creator = CreatorRefSerializer()
    review = serializers.IntegerField(help_text="The look at the post that found it wanting.")
    state = serializers.ChoiceField(choices=RemediationState.choices)
    state_since = serializers.DateTimeField()
    asked_at = serializers.DateTimeField(help_text="For the first time.")
    due_at = serializers.DateTimeField(help_text="Of the newest request.")
    times = serializers.IntegerField(help_text="How often the creator was asked.")
    channel = serializers.ChoiceField(choices=Channel.choices)
    owner = serializers.EmailField(allow_null=True, help_text="Who looks after it.")
    incident = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()


class RemediationEventSerializer(serializers.Serializer[Any]):
    """One thing that happened to a request."""

    act = serializers.ChoiceField(choices=RemediationAct.choices)
    state = serializers.ChoiceField(choices=RemediationState.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="A person, or empty: the product.", allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    words = serializers.CharField(allow_blank=True, help_text="Those of a request.")


class WholeRemediationSerializer(RemediationSerializer):
    """A request with its history."""

    events = RemediationEventSerializer(many=True)


class RemediationViewSet(BrandViewSet[Remediation]):
    """Requests to put a disclosure right."""

    scope = Scope.LEGAL_READ
    queryset = Remediation.objects.none()
    serializer_class = RemediationSerializer
    filterset_class = RemediationFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Remediation]:
        """Requests of the token's brand."""
        return Remediation.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Requests in the order in which they were made."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=_rows)

    @extend_schema(responses=WholeRemediationSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One request with its history."""
        row = self.get_queryset().values(*COLUMNS).filter(pk=pk).first()
        found = self.get_queryset().filter(pk=pk).first()
        if row is None or found is None:
            raise Http404
        events = found.events.select_related("actor", "link").order_by("at", "pk")
        return Response(
            _row(row)
            | {
                "events": [
                    {
                        "act": event.act,
                        "state": event.state,
                        "at": event.at,
                        "by": event.actor.display_name
                        if event.actor
                        else (event.link.name if event.link else ""),
                        "note": event.note,
                        "words": event.words,
                    }
                    for event in events
                ]
            }
        )


def _rows(rows: list[Row]) -> list[Row]:
    return [_row(row) for row in rows]


def _row(row: Row) -> Row:
    place = "deliverable__engagement__"
    return {
        "id": row["id"],
        "deliverable": row["deliverable"],
        "title": row["deliverable__title"],
        "campaign": row[f"{place}campaign__key"],
        "creator": {
            "uid": row[f"{place}relationship__creator__uid"],
            "name": row[f"{place}relationship__creator__name"],
        },
        "review": row["review"],
        "owner": row["owner__email"],
        "incident": row["incident"],
    } | {
        name: row[name]
        for name in ("state", "state_since", "asked_at", "due_at", "times", "channel", "version")
    }
