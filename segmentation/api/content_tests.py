"""Content tests over REST: planned, begun, given out, read, shared out anew, ended."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import KeysetPagination, PageQuery, Row
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.api.schema import refusal
from crm.choices import Scope
from crm.paging import Order
from segmentation.api.content_test_words import (
    AssignedSerializer,
    ContentReadingSerializer,
    ContentTestBody,
    ContentTestSerializer,
    ContentTestSummarySerializer,
    EndTestBody,
    ShareOutBody,
    VariantPieceSerializer,
    in_full,
    reading_row,
    summary,
)
from segmentation.models import ContentPiece, ContentReading, ContentTest
from segmentation.selectors import content_tests as selectors
from segmentation.services.content_tests import pieces, planning, reading
from segmentation.services.edits import EditRefused

BY_NUMBER = Order("content-pieces", key="number")
LATEST = Order("content-readings", key="number", descending=True)
NOT_RUNNING = refusal("not_running")
EXAMPLE = OpenApiExample(
    "Two ways to begin",
    value={
        "name": "Opening",
        "campaign": "spring-launch",
        "question": "Does a question at the start bring more clicks?",
        "element": "hook",
        "metric": "clicks",
        "target": "https://shop.example/",
        "variants": [
            {"name": "Usual", "text": "Begin as always."},
            {"name": "Question", "text": "Begin with a question to your viewers."},
        ],
    },
    request_only=True,
)


class ContentTestViewSet(BrandViewSet[ContentTest]):
    """Content tests of the brand."""

    scope = Scope.EXPERIMENTS_READ
    write_scope = Scope.EXPERIMENTS_WRITE
    queryset = ContentTest.objects.none()
    serializer_class = ContentTestSummarySerializer
    lookup_value_regex = ID
    queries = {"pieces": PageQuery}
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[ContentTest]:
        """Those of the token's brand."""
        return selectors.rows_of(self.brand)

    def list(self, request: Request) -> Response:
        """All of them, the newest first."""
        return self.page(self.get_queryset(), order=selectors.NEWEST, represent=_summaries)

    @extend_schema(responses=ContentTestSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One with its variants; what came of them say its `readings`."""
        return self._shown(pk)

    @extend_schema(
        request=ContentTestBody,
        responses={201: ContentTestSerializer, **refusal("refused")},
        examples=[EXAMPLE],
    )
    def create(self, request: Request) -> Response:
        """Plan a test: a draft, its variants with equal shares, with a seed that nobody chose."""
        body = ContentTestBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            made = planning.create(
                brand=self.brand,
                campaign=body.validated_data["campaign"],
                plan=body.plan(),
                actor=self.actor,
                at=timezone.now(),
            )
        return self._shown(made.pk, HTTPStatus.CREATED)

    @extend_schema(responses={204: None, **refusal("has_begun")})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a draft; what has begun is ended instead (409)."""
        with refusals(EditRefused):
            planning.delete(test_id=self._pk(pk), actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=None, responses={200: ContentTestSerializer, **refusal("has_begun")})
    def start(self, request: Request, pk: str) -> Response:
        """Begin: from now on pieces are given variants."""
        with refusals(EditRefused):
            planning.start(test_id=self._pk(pk), actor=self.actor, at=timezone.now())
        return self._shown(pk)

    @extend_schema(request=None, responses={200: AssignedSerializer, **NOT_RUNNING})
    def assign(self, request: Request, pk: str) -> Response:
        """Give up to 200 pieces without a variant one, by chance; a creator's have the same."""
        with refusals(EditRefused):
            made = pieces.assign(test_id=self._pk(pk), actor=self.actor, at=timezone.now())
        return Response({"pieces": made, "is_all": made < pieces.MOST})

    @extend_schema(
        request=ShareOutBody,
        responses={
            200: ContentTestSerializer,
            **refusal("not_running", "nothing_suggested", "applied", "outdated"),
        },
        examples=[
            OpenApiExample(
                "More of what works",
                value={"reading": 1, "shares": {"usual": 30, "question": 70}},
                request_only=True,
            )
        ],
    )
    def share_out(self, request: Request, pk: str) -> Response:
        """Share new creators out, as a reading suggests or otherwise; who has a variant keeps it.

        Each variant gets the floor of the plan at least.
        """
        number = self._pk(pk)
        body = ShareOutBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        found = ContentReading.objects.filter(
            test=number, number=said["reading"], computed_at__isnull=False
        ).first()
        if found is None:
            words = "There is no such reading that is computed."
            raise BadBody([Fault("/reading", "not_found", words)])
        with refusals(EditRefused, body=body):
            reading.apply(
                reading_id=found.pk, shares=said["shares"], actor=self.actor, at=timezone.now()
            )
        return self._shown(pk)

    @extend_schema(request=EndTestBody, responses={200: ContentTestSerializer, **NOT_RUNNING})
    def end(self, request: Request, pk: str) -> Response:
        """End it with what the brand does now."""
        number = self._pk(pk)
        body = EndTestBody(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            planning.end(
                test_id=number,
                decision=body.validated_data["decision"],
                actor=self.actor,
                at=timezone.now(),
            )
        return self._shown(pk)

    @extend_schema(responses=VariantPieceSerializer(many=True))
    @action(detail=True, pagination_class=KeysetPagination)
    def pieces(self, request: Request, pk: str) -> Response:
        """Which piece of content is made by which variant, in the order of the draw."""
        rows = ContentPiece.objects.filter(test=self._pk(pk)).values(
            "id",
            "number",
            "deliverable",
            "assigned_at",
            title=F("deliverable__title"),
            creator=F("deliverable__engagement__relationship__creator__uid"),
            name=F("deliverable__engagement__relationship__creator__name"),
            variant_key=F("variant__key"),
            tracking_link=F("link"),
        )
        return self.page(rows, order=BY_NUMBER, represent=_pieces)

    def _pk(self, pk: str) -> int:
        """The test's number. Raises Http404."""
        found: int = self.one(self.get_queryset().filter(pk=pk).values("pk"))["pk"]
        return found

    def _shown(self, pk: str | int, status: HTTPStatus = HTTPStatus.OK) -> Response:
        found = self.get_queryset().filter(pk=self._pk(str(pk))).get()
        return Response(in_full(selectors.told(found)), status=status)


class ContentReadingViewSet(BrandViewSet[ContentReading]):
    """Readings of a content test."""

    scope = Scope.EXPERIMENTS_READ
    write_scope = Scope.EXPERIMENTS_WRITE
    queryset = ContentReading.objects.none()
    serializer_class = ContentReadingSerializer

    def _test(self, pk: str) -> int:
        rows = ContentTest.objects.filter(brand=self.brand, pk=pk)
        found: int = self.one(rows.values("pk"))["pk"]
        return found

    def list(self, request: Request, pk: str) -> Response:
        """The readings there were, the newest first."""
        rows = ContentReading.objects.filter(test=self._test(pk)).select_related("applied_by")
        return self.page(rows, order=LATEST, represent=_readings)

    @extend_schema(
        request=None,
        responses={
            202: OpenApiResponse(
                ContentReadingSerializer,
                description="Queued; the Location header leads to all readings.",
            ),
            **refusal("not_running", "under_way"),
        },
    )
    def create(self, request: Request, pk: str) -> Response:
        """Have it read by a worker, as often as you like: its intervals hold for all together."""
        with refusals(EditRefused):
            asked = reading.ask(test_id=self._test(pk), actor=self.actor, at=timezone.now())
        return Response(
            reading_row(asked),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri()},
        )


def _summaries(rows: list[Any]) -> list[Row]:
    return [summary(one) for one in rows]


def _readings(rows: list[Any]) -> list[Row]:
    return [reading_row(one) for one in rows]


def _pieces(rows: list[Row]) -> list[Row]:
    shown = (
        "number", "deliverable", "title", "creator", "name", "tracking_link", "assigned_at",
    )  # fmt: skip
    return [{name: row[name] for name in shown} | {"variant": row["variant_key"]} for row in rows]
