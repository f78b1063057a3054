"""What is held about a creator, a copy of it, what may be done with it, and who was told of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.jobs import COLUMNS, JobSerializer, jobs
from crm.api.pagination import Row
from crm.api.privacy_bodies import Lifted, Told, Untold
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, known_by
from crm.api.schema import refusal
from crm.choices import RequestKind, Scope
from crm.models import Job, PrivacyRequest, Relationship
from crm.paging import Order
from crm.services.held import held_about
from crm.services.privacy import copying, notices, standing
from crm.services.privacy.refusals import PrivacyRefused

LONGEST_KNOWN = Order("privacy-notices", "since", "id")


class HeldSerializer(serializers.Serializer[Any]):
    """One kind of data about somebody."""

    what = serializers.CharField()
    value = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field's name


class CreatorPrivacySerializer(serializers.Serializer[Any]):
    """What is held about a creator, and what is not done with it."""

    creator = CreatorRefSerializer()
    unprofiled_at = serializers.DateTimeField(
        allow_null=True, help_text="They objected: no rule of a segment reads them."
    )
    restricted_at = serializers.DateTimeField(
        allow_null=True, help_text="Only kept: nobody writes to them either."
    )
    erased_at = serializers.DateTimeField(allow_null=True)
    held = HeldSerializer(many=True)


class OverdueSerializer(serializers.Serializer[Any]):
    """Somebody whom nobody has told yet what is kept of them."""

    creator = CreatorRefSerializer()
    since = serializers.DateTimeField(help_text="From when on the brand knows them.")


class ToldSerializer(serializers.Serializer[Any]):
    """How many were marked, and by which moment that is taken back."""

    creators = serializers.IntegerField()
    told_at = serializers.DateTimeField(allow_null=True)


class CreatorPrivacyViewSet(BrandViewSet[Relationship]):
    """The data of a creator whom the brand knows."""

    scope = Scope.PRIVACY_READ
    write_scope = Scope.PRIVACY_WRITE
    queryset = Relationship.objects.none()
    serializer_class = CreatorPrivacySerializer

    def retrieve(self, request: Request, uid: str) -> Response:
        """What is held about a creator and where it is from; addresses are shown in part."""
        return Response(_privacy(known_by(self.brand, creator__uid=uid)))

    @extend_schema(request=None, responses={202: JobSerializer, **refusal("refused")})
    def copy(self, request: Request, uid: str) -> Response:
        """Have a copy of everything made, as a job of yours (202): its file is on its page."""
        found = known_by(self.brand, creator__uid=uid)
        open_requests = PrivacyRequest.objects.open().filter(relationship=found)
        with refusals(PrivacyRefused):
            job = copying.ask(
                relationship=found,
                actor=self.actor,
                at=timezone.now(),
                request=open_requests.filter(kind=RequestKind.ACCESS).first(),
            )
        [shown] = jobs([*Job.objects.filter(pk=job.pk).values(*COLUMNS)])
        return Response(shown, status=HTTPStatus.ACCEPTED)

    @extend_schema(
        request=Lifted,
        responses={200: CreatorPrivacySerializer, **refusal("refused", "erased_already")},
    )
    def lift(self, request: Request, uid: str) -> Response:
        """Take a restriction or an objection to profiling back: they said so."""
        found = known_by(self.brand, creator__uid=uid)
        body = Lifted(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(PrivacyRefused, body=body):
            standing.lift(
                relationship=found, actor=self.actor, at=timezone.now(), **body.validated_data
            )
        return Response(_privacy(known_by(self.brand, creator__uid=uid)))


class PrivacyNoticeViewSet(BrandViewSet[Relationship]):
    """Who has to be told what is kept of them (Regulation (EU) 2016/679, article 14)."""

    scope = Scope.PRIVACY_READ
    write_scope = Scope.PRIVACY_WRITE
    queryset = Relationship.objects.none()
    serializer_class = OverdueSerializer
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Relationship]:
        """Those whom nobody told in time."""
        return notices.overdue(self.brand, timezone.now()).order_by()

    def list(self, request: Request) -> Response:
        """Who is overdue, the longest known first."""
        rows = self.get_queryset().values("id", "since", "creator__uid", "creator__name")
        return self.page(rows, order=LONGEST_KNOWN, represent=_overdue)

    @extend_schema(request=Told, responses={201: ToldSerializer, **refusal("refused")})
    def create(self, request: Request) -> Response:
        """Say that those who are overdue, or these of them, were told by hand, and how."""
        body = Told(data=request.data)
        body.is_valid(raise_exception=True)
        uids, at = body.validated_data.get("creators"), timezone.now()
        only = None
        if uids is not None:
            rows = self.get_queryset().filter(creator__uid__in=uids)
            only = list(rows.values_list("pk", flat=True))
        note = body.validated_data["note"]
        with refusals(PrivacyRefused, body=body):
            told = notices.mark_told(
                brand=self.brand, note=note, actor=self.actor, at=at, only=only
            )
        return Response({"creators": told, "told_at": at}, status=HTTPStatus.CREATED)

    @extend_schema(request=Untold, responses=ToldSerializer)
    def take_back(self, request: Request) -> Response:
        """Take a marking of your own back, by its moment; 0 where there is none."""
        body = Untold(data=request.data)
        body.is_valid(raise_exception=True)
        number = notices.mark_untold(
            brand=self.brand, actor=self.actor, at=timezone.now(), **body.validated_data
        )
        return Response({"creators": number, "told_at": None})


def _privacy(found: Relationship) -> Row:
    held = [] if found.erased_at else held_about(found, timezone.now())
    return {
        "creator": {"uid": found.creator.uid, "name": found.creator.name},
        "unprofiled_at": found.unprofiled_at,
        "restricted_at": found.restricted_at,
        "erased_at": found.erased_at,
        "held": [{"what": one.what, "value": one.value, "source": one.source} for one in held],
    }


def _overdue(rows: list[Row]) -> list[Row]:
    return [
        {
            "creator": {"uid": row["creator__uid"], "name": row["creator__name"]},
            "since": row["since"],
        }
        for row in rows
    ]
