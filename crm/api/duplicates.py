"""Creators that may be one, and merges of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.models import Creator, DuplicatePair, Merge
from crm.paging import Order
from crm.permissions import Can, brands_where
from crm.services import duplicates as finding
from crm.services import merge as merging

BY_SCORE = Order("api-duplicates", "score", "id", descending=True)
BY_TIME = Order("api-merges", "at", "id", descending=True)
_PAIR = ("id", "first__uid", "first__name", "second__uid", "second__name", "score", "reasons")
_MERGE = (
    "id",
    "kept__uid",
    "kept__name",
    "gone__uid",
    "gone__name",
    "actor__email",
    "at",
    "reason",
    "undone_at",
)


class NamedCreator(serializers.Serializer[Any]):
    """A creator in short."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ReasonSerializer(serializers.Serializer[Any]):
    """What two creators share, and how much it weighs."""

    kind = serializers.ChoiceField(choices=list(finding.WEIGHTS))
    value = serializers.CharField()
    weight = serializers.IntegerField()


class DuplicateSerializer(serializers.Serializer[Any]):
    """Two creators that may be one."""

    id = serializers.IntegerField()
    first = NamedCreator()
    second = NamedCreator()
    score = serializers.IntegerField(help_text="Up to 100.")
    reasons = ReasonSerializer(many=True)


class MergeSerializer(serializers.Serializer[Any]):
    """Two creators that became one."""

    id = serializers.IntegerField()
    kept = NamedCreator()
    gone = NamedCreator()
    actor = serializers.EmailField(allow_null=True)
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    undone_at = serializers.DateTimeField(allow_null=True)


class DifferentBody(Body):
    """That two creators are two people."""

    why = serializers.CharField(max_length=300, help_text="How you know.")


class MergeBody(Body):
    """Which creator becomes part of which."""

    kept = serializers.UUIDField(help_text="The creator who stays.")
    gone = serializers.UUIDField(help_text="The creator who becomes part of it.")
    choices = serializers.DictField(
        child=serializers.ChoiceField(choices=[merging.KEPT, merging.GONE]),
        default=dict,
        help_text="Whose value stays, by field; what is left out stays as the dry run proposes.",
    )
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class DuplicateViewSet(BrandViewSet[DuplicatePair]):
    """Pairs about which nobody has decided."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    queryset = DuplicatePair.objects.none()
    serializer_class = DuplicateSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[DuplicatePair]:
        """Those of the token's brand."""
        return DuplicatePair.objects.filter(brand=self.brand).open()

    def list(self, request: Request) -> Response:
        """Pairs, the surest first."""
        return self.page(self.get_queryset().values(*_PAIR), order=BY_SCORE, represent=_pairs)

    @extend_schema(request=DifferentBody, responses={204: None})
    def different(self, request: Request, pk: str) -> Response:
        """Say that the two are different people: nobody is asked again."""
        body = DifferentBody(data=request.data)
        body.is_valid(raise_exception=True)
        pair = DuplicatePair.objects.filter(brand=self.brand, pk=pk).first()
        if pair is None:
            raise Http404
        with refusals(finding.DecisionRefused, body=body):
            finding.say_different(
                pair=pair, why=body.validated_data["why"], actor=self.actor, at=timezone.now()
            )
        return Response(status=204)


class MergeViewSet(BrandViewSet[Merge]):
    """Merges made in the brand."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    queryset = Merge.objects.none()
    serializer_class = MergeSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Merge]:
        """Those of the token's brand."""
        return Merge.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Merges, newest first."""
        return self.page(self.get_queryset().values(*_MERGE), order=BY_TIME, represent=_merges)

    @extend_schema(request=MergeBody, responses={201: MergeSerializer})
    def create(self, request: Request) -> Response:
        """Let one creator become part of another. The page of duplicates shows a dry run."""
        body = MergeBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        with refusals(merging.MergeRefused, body=body):
            made = merging.merge(
                kept_id=self._creator("kept", given["kept"]),
                gone_id=self._creator("gone", given["gone"]),
                brand=self.brand,
                choices=given["choices"],
                actor=self.actor,
                at=timezone.now(),
                allowed=self._allowed(),
                reason=given["reason"],
            )
        return Response(self._one(made.pk), status=201)

    @extend_schema(request=None, responses=MergeSerializer)
    def undo(self, request: Request, pk: str) -> Response:
        """Make the two creators two again."""
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        with refusals(merging.MergeRefused):
            merging.undo(
                merge_id=int(pk), actor=self.actor, at=timezone.now(), allowed=self._allowed()
            )
        return Response(self._one(int(pk)))

    def _allowed(self) -> frozenset[int]:
        """A token speaks for its brand, and for no other that its user may change creators in."""
        return brands_where(self.actor, Can.EDIT_CREATORS) & {self.brand.pk}

    def _creator(self, name: str, uid: UUID) -> int:
        found = Creator.objects.of_brand(self.brand).filter(uid=uid).values_list("pk", flat=True)
        pk = found.first()
        if pk is None:
            words = "Your brand does not know this creator."
            raise BadBody([Fault(f"/{name}", "not_found", words)])
        return pk

    def _one(self, pk: int) -> Row:
        [found] = _merges([self.one(self.get_queryset().filter(pk=pk).values(*_MERGE))])
        return found


def _pairs(rows: list[Row]) -> list[Row]:
    return [
        {
            "id": row["id"],
            "first": _named(row, "first"),
            "second": _named(row, "second"),
            "score": row["score"],
            "reasons": row["reasons"],
        }
        for row in rows
    ]


def _merges(rows: list[Row]) -> list[Row]:
    return [
        {
            "id": row["id"],
            "kept": _named(row, "kept"),
            "gone": _named(row, "gone"),
            "actor": row["actor__email"],
            "at": row["at"],
            "reason": row["reason"],
            "undone_at": row["undone_at"],
        }
        for row in rows
    ]


def _named(row: Row, which: str) -> Row:
    return {"id": row[f"{which}__uid"], "name": row[f"{which}__name"]}
