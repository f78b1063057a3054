"""A creator's segments, now or at a moment of the past."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.query import MomentField, Query
from crm.choices import Scope
from crm.models import Creator
from segmentation.models import Membership


class AsOfQuery(Query):
    """Of which moment."""

    as_of = MomentField(required=False, help_text="At this moment, by the ledger. Default: now.")


class CreatorSegmentSerializer(serializers.Serializer[Any]):
    """A stay of the creator in a segment, closed-open."""

    key = serializers.CharField()
    name = serializers.CharField()
    dimension = serializers.CharField()
    version = serializers.IntegerField(help_text="The version of the rule that let them in.")
    entered_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)
    is_effective = serializers.BooleanField(
        help_text="False where another segment of a dimension with precedence comes first."
    )


COLUMNS = (
    "segment__key",
    "segment__name",
    "segment__dimension__key",
    "segment__dimension__has_precedence",
    "version__number",
    "entered_at",
    "left_at",
)


class CreatorSegmentViewSet(BrandViewSet[Membership]):
    """Segments of one creator."""

    scope = Scope.SEGMENTS_READ
    queryset = Membership.objects.none()
    serializer_class = CreatorSegmentSerializer
    queries = {"list": AsOfQuery}
    pagination_class = WholeList

    def list(self, request: Request, uid: str) -> Response:
        """The segments that the creator is, or was at `as_of`, in; by dimension and precedence."""
        creator = Creator.objects.of_brand(self.brand).filter(uid=uid).values("id").first()
        if creator is None:
            raise Http404
        stays = Membership.objects.filter(segment__brand=self.brand, creator=creator["id"])
        rows = stays.as_of(self.query.get("as_of") or timezone.now()).order_by(
            "segment__dimension__position",
            "segment__dimension__key",
            "segment__position",
            "segment__key",
        )
        return self.whole(creator_segments(list(rows.values(*COLUMNS))))


def creator_segments(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS, in order of precedence, as the API shows them."""
    found = []
    led: set[str] = set()
    for row in rows:
        dimension = row["segment__dimension__key"]
        found.append(
            {
                "key": row["segment__key"],
                "name": row["segment__name"],
                "dimension": dimension,
                "version": row["version__number"],
                "entered_at": row["entered_at"],
                "left_at": row["left_at"],
                "is_effective": dimension not in led,
            }
        )
        if row["segment__dimension__has_precedence"]:
            led.add(dimension)
    return found
