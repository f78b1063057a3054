"""Runs: start one, follow it, read its change set."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import PageQuery, Row
from crm.api.problems import MEDIA_TYPE, BadQuery
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import Brand
from crm.paging import Order
from crm.permissions import Can, may, who_may
from segmentation import tasks
from segmentation.api.segments import named
from segmentation.choices import Cause, ChangeKind, ErrandStatus, OrderKind, RunStatus, Trigger
from segmentation.models import Change, Dimension, Run, RunOrder, RunSegment, Segment
from segmentation.selectors.evidence import recorded
from segmentation.services import runs as service

ORDER = Order("runs", key="created_at", descending=True)
CHANGE_ORDER = Order("changes", key="id")
MOVE = ("run_id", "segment_id", "creator_id")


class RunOrderSerializer(serializers.Serializer[Any]):
    """What a worker was told to do with a run; until it is done, the run is what it was."""

    kind = serializers.ChoiceField(choices=OrderKind.choices)
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True, help_text="Why it failed; nobody moved then.")
    hold = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of the segments that stay as they are."
    )
    requested_by = serializers.EmailField(allow_null=True)
    requested_at = serializers.DateTimeField()


class RunSerializer(serializers.Serializer[Any]):
    """One evaluation of the brand's active segments at one moment."""

    id = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    trigger = serializers.ChoiceField(choices=Trigger.choices)
    dimension = serializers.CharField(allow_null=True, help_text="Null: all dimensions.")
    status = serializers.ChoiceField(choices=RunStatus.choices)
    quarter = serializers.CharField(allow_null=True, help_text="Of a quarterly run, e.g. 2026Q4.")
    is_dry = serializers.BooleanField()
    apply_now = serializers.BooleanField()
    population = serializers.IntegerField(
        allow_null=True, help_text="Creators whom the brand knew; null until it is evaluated."
    )
    moved = serializers.IntegerField(allow_null=True, help_text="Creators with any change.")
    error = serializers.CharField(allow_null=True)
    requested_by = serializers.EmailField(allow_null=True)
    decided_by = serializers.EmailField(allow_null=True)
    decision_reason = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)
    duration_ms = serializers.IntegerField(allow_null=True)
    counted_at = serializers.DateTimeField(
        allow_null=True, help_text="When missing facts and near misses were counted."
    )
    slot = serializers.DateTimeField(
        allow_null=True, help_text="When a run by schedule was due: it may start later."
    )
    attempts = serializers.IntegerField(
        help_text="How often a worker took it up: each but the last was lost on the way."
    )
    cancel_requested = serializers.BooleanField(help_text="It stops at its next step.")
    rolled_back_at = serializers.DateTimeField(
        allow_null=True, help_text="When whoever it moved was put back."
    )
    rolled_back_by = serializers.EmailField(allow_null=True)
    rollback_reason = serializers.CharField(allow_null=True)
    order = RunOrderSerializer(
        allow_null=True, help_text="The last thing that somebody had done with it by a worker."
    )


class RunSegmentSerializer(serializers.Serializer[Any]):
    """What the run found for one segment."""

    key = serializers.CharField()
    name = serializers.CharField()
    dimension = serializers.CharField()
    version = serializers.IntegerField()
    members = serializers.IntegerField()
    joined = serializers.IntegerField()
    left = serializers.IntegerField()
    unknown = serializers.IntegerField()
    missing = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="By fact: how many of the unknown creators lack it. Empty until counted_at.",
    )
    near = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="By what the rule compares: creators who are almost in. An estimate for large "
        "brands. Empty until counted_at.",
    )
    is_held = serializers.BooleanField(
        help_text="Left as it was when the rest of the change set was applied."
    )
    error = serializers.CharField(allow_null=True)


class RunDetailSerializer(RunSerializer):
    """A run with what it found."""

    segments = RunSegmentSerializer(many=True)


class ChangedCreatorSerializer(serializers.Serializer[Any]):
    """Who moves."""

    uid = serializers.UUIDField()
    name = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """A line of the change set: who joins or leaves, and the values that made it so."""

    creator = ChangedCreatorSerializer()
    segment = serializers.CharField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    cause = serializers.ChoiceField(choices=Cause.choices)
    evidence = serializers.DictField(help_text="The values of the facts that the rule reads.")


class StartRun(Body):
    """What to run. All members may be left out."""

    as_of = MomentField(required=False, help_text="Default: now.")
    dimension = serializers.SlugField(
        max_length=60, required=False, allow_null=True, help_text="Only this dimension's segments."
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="Write the change set and move nobody."
    )
    apply_now = serializers.BooleanField(
        default=False, help_text="Do not wait for approval, however many would move."
    )

    def validate_dimension(self, key: str | None) -> Dimension | None:
        """The brand's dimension of this key."""
        if key is None:
            return None
        brand: Brand = self.context["brand"]
        dimension = Dimension.objects.filter(brand=brand, key=key).first()
        if dimension is None:
            words = f"{brand} has no dimension {key!r}."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_dimension"))
        return dimension


class RunFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which runs to list."""

    status = filters.ChoiceFilter(choices=RunStatus.choices)
    trigger = filters.ChoiceFilter(choices=Trigger.choices)

    class Meta:
        model = Run
        fields: list[str] = []


class ChangesQuery(PageQuery):
    """Which lines of the change set."""

    segment = serializers.SlugField(max_length=60, required=False, help_text="A segment's key.")
    kind = serializers.ChoiceField(choices=ChangeKind.choices, required=False)
    cause = serializers.ChoiceField(choices=Cause.choices, required=False)


COLUMNS = (
    "id",
    "as_of",
    "trigger",
    "dimension__key",
    "status",
    "quarter",
    "is_dry",
    "apply_now",
    "population",
    "moved",
    "error",
    "requested_by__email",
    "decided_by__email",
    "decision_reason",
    "created_at",
    "started_at",
    "finished_at",
    "applied_at",
    "duration_ms",
    "counted_at",
    "slot",
    "attempts",
    "cancel_requested",
    "rolled_back_at",
    "rolled_back_by__email",
    "rollback_reason",
)
# Texts that are null where there is nothing to say.
NEVER_EMPTY = ("quarter", "error", "decision_reason", "rollback_reason")
ORDER_COLUMNS = ("kind", "status", "error", "hold", "requested_at")
SEGMENT_COLUMNS = ("members", "joined", "left", "unknown", "missing", "near", "is_held")


class RunViewSet(BrandViewSet[Run]):
    """Runs of the brand."""

    scope = Scope.RUNS_READ
    write_scope = Scope.RUNS_WRITE
    queryset = Run.objects.none()
    serializer_class = RunSerializer
    filterset_class = RunFilter
    lookup_value_regex = ID
    queries = {"changes": ChangesQuery}

    def get_queryset(self) -> QuerySet[Run]:
        """Runs of the token's brand."""
        return Run.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Runs, newest first."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=runs)

    def shown(self, pk: int | str) -> Row:
        """A run with what it found; 404 where the brand has none of this id."""
        [found] = runs([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        rows = (
            RunSegment.objects.filter(run=found["id"])
            .order_by("segment__dimension__position", "segment__position", "segment__key")
            .values(
                *SEGMENT_COLUMNS,
                "error",
                "segment__key",
                "segment__name",
                "segment__dimension__key",
                "version__number",
            )
        )
        found["segments"] = [
            {
                "key": row["segment__key"],
                "name": row["segment__name"],
                "dimension": row["segment__dimension__key"],
                "version": row["version__number"],
                **{column: row[column] for column in SEGMENT_COLUMNS},
                "error": row["error"] or None,
            }
            for row in rows
        ]
        return found

    @extend_schema(responses=RunDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One run with what it found for each segment: ask again to follow it."""
        return Response(self.shown(pk))

    @extend_schema(
        request=StartRun,
        responses={
            202: OpenApiResponse(
                RunDetailSerializer, description="Queued; the Location header leads to it."
            ),
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer,
                description="`errors[0].code` is `too_early` or `nothing_to_run`.",
            ),
        },
        examples=[
            OpenApiExample("Everything, as of now", value={}, request_only=True),
            OpenApiExample(
                "What would the size segments be at the end of June?",
                value={"as_of": "2026-07-01", "dimension": "size", "dry_run": True},
                request_only=True,
            ),
        ],
    )
    def create(self, request: Request) -> Response:
        """Start a run; a worker does the work. A large change set waits for approval."""
        body = StartRun(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        if wanted["apply_now"] and not may(self.role, Can.APPLY_RUNS):
            raise PermissionDenied(
                f"apply_now is for those who approve runs: {who_may(Can.APPLY_RUNS)}."
            )
        now = timezone.now()
        with refusals(service.RunRefused, body=body):
            run = service.start_run(
                brand=self.brand,
                as_of=wanted.get("as_of") or now,
                at=now,
                actor=self.actor,
                trigger=Trigger.MANUAL,
                dimension=wanted.get("dimension"),
                is_dry=wanted["dry_run"],
                apply_now=wanted["apply_now"],
            )
        # A broker that is down does not undo the run: beat takes up what was forgotten.
        transaction.on_commit(lambda: tasks.execute_run.delay(run_id=run.pk), robust=True)
        address = f"{reverse('api-runs-detail', args=[run.pk])}/"
        return Response(
            self.shown(run.pk),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri(address)},
        )

    @extend_schema(responses=ChangeSerializer(many=True), filters=False)
    @action(detail=True)
    def changes(self, request: Request, pk: str) -> Response:
        """The change set of a run, line by line."""
        run = self.one(self.get_queryset().filter(pk=pk).values("id"))
        rows = Change.objects.filter(run=run["id"])
        if key := self.query.get("segment"):
            segment = named(Segment.objects.filter(brand=self.brand), key).values("id").first()
            if segment is None:
                raise BadQuery.of("segment", "unknown_segment", f"There is no segment {key!r}.")
            rows = rows.filter(segment=segment["id"])
        if kind := self.query.get("kind"):
            rows = rows.filter(kind=kind)
        if cause := self.query.get("cause"):
            rows = rows.filter(cause=cause)
        columns = ("creator__uid", "creator__name", "segment__key", "version__number")
        return self.page(
            rows.values(*columns, "kind", "cause", *MOVE),
            order=CHANGE_ORDER,
            represent=changes,
        )


def runs(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them, each with its newest order."""
    orders = newest_orders([row["id"] for row in rows])
    found = []
    for row in rows:
        shown = {column.partition("__")[0]: row[column] for column in COLUMNS}
        empty = {name: shown[name] or None for name in NEVER_EMPTY}
        found.append({**shown, **empty, "order": orders.get(row["id"])})
    return found


def newest_orders(run_ids: list[int]) -> dict[int, Row]:
    """The newest order of each of the runs that has one, as the API shows it."""
    newest = RunOrder.objects.filter(run__in=run_ids).order_by("run", "-pk").distinct("run")
    rows = newest.values("run", *ORDER_COLUMNS, "requested_by__email")
    return {
        row["run"]: {
            **{column: row[column] for column in ORDER_COLUMNS},
            "error": row["error"] or None,
            "requested_by": row["requested_by__email"],
        }
        for row in rows
    }


def changes(rows: list[Row]) -> list[Row]:
    """Lines of a change set as the API shows them, with what was recorded of each."""
    moves = [tuple(row[column] for column in MOVE) for row in rows]
    read = recorded(moves)
    return [
        {
            "creator": {"uid": row["creator__uid"], "name": row["creator__name"]},
            "segment": row["segment__key"],
            "version": row["version__number"],
            "kind": row["kind"],
            "cause": row["cause"],
            "evidence": read.get(move, {}),
        }
        for row, move in zip(rows, moves, strict=True)
    ]
