"""Tasks: what is to be done, by whom, by when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.api.schema import ProblemSerializer
from crm.choices import RepeatUnit, Scope
from crm.models import Task, User
from crm.paging import Order
from crm.services import tasks as service
from crm.services.recurrence import EVERY_MAX

ORDER = Order("tasks", key="id")
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "title",
    "details",
    "assignee__email",
    "due_on",
    "due_at",
    "repeat_unit",
    "repeat_every",
    "created_by__email",
    "created_at",
    "done_at",
    "done_by__email",
    "version",
)
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer, description="Refused: `errors[0].code` is `outdated` or `refused`."
    )
}


class RepeatSerializer(Body):
    """Again every so many days, weeks, months or years."""

    unit = serializers.ChoiceField(choices=RepeatUnit.choices)
    every = serializers.IntegerField(min_value=1, max_value=EVERY_MAX, default=1)


class TaskSerializer(serializers.Serializer[Any]):
    """One thing to do."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer(allow_null=True)
    title = serializers.CharField()
    details = serializers.CharField(allow_null=True)
    assignee = serializers.EmailField(allow_null=True)
    due_on = serializers.DateField(allow_null=True, help_text="By a day …")
    due_at = serializers.DateTimeField(allow_null=True, help_text="… or by a moment.")
    repeat = RepeatSerializer(allow_null=True)
    created_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.EmailField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with a change.")


class _TaskBody(Body):
    title = serializers.CharField(max_length=service.TITLE_MAX, required=False)
    details = serializers.CharField(
        max_length=service.DETAILS_MAX, required=False, allow_blank=True
    )
    assignee = serializers.EmailField(
        allow_null=True, required=False, help_text="Somebody with a role in the brand, or null."
    )
    due_on = serializers.DateField(allow_null=True, required=False, help_text="A day, or …")
    due_at = MomentField(allow_null=True, required=False, help_text="… a moment; not both.")
    repeat = RepeatSerializer(allow_null=True, required=False)

    def validate_assignee(self, email: str | None) -> User | None:
        """The user; whether an account exists elsewhere is not told."""
        if email is None:
            return None
        brand = self.context["brand"]
        found = User.objects.filter(email__iexact=email, roles__brand=brand).first()
        if found is None:
            words = f"Nobody with this address has a role in {brand}."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_user"))
        return found

    def validate_repeat(self, value: dict[str, Any] | None) -> service.Repeat | None:
        """As the service takes it."""
        return service.Repeat(RepeatUnit(value["unit"]), value["every"]) if value else None


class NewTask(_TaskBody):
    """A task, about a creator or not."""

    title = serializers.CharField(max_length=service.TITLE_MAX)
    creator = KnownCreatorField(required=False, allow_null=True)


class TaskChange(_TaskBody):
    """What to change; what is left out stays. All of it is done, or nothing."""

    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version that you saw."
    )


class TaskFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which tasks to list."""

    is_done = filters.BooleanFilter(field_name="done_at", lookup_expr="isnull", exclude=True)
    assignee = filters.CharFilter(
        field_name="assignee__email",
        lookup_expr="iexact",
        max_length=254,
        label="An e-mail address",
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = Task
        fields: list[str] = []


class TaskViewSet(BrandViewSet[Task]):
    """Tasks of the brand."""

    scope = Scope.TASKS_READ
    write_scope = Scope.TASKS_WRITE
    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Task]:
        """Tasks of the token's brand."""
        return Task.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Tasks in the order in which they were given, the done ones too."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=tasks)

    @extend_schema(responses=TaskSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One task."""
        return Response(self._shown(pk))

    @extend_schema(
        request=NewTask,
        responses={201: TaskSerializer},
        examples=[
            OpenApiExample(
                "Every second week",
                value={
                    "title": "Look through new posts",
                    "assignee": "maria@acme.example",
                    "due_on": "2026-12-01",
                    "repeat": {"unit": "week", "every": 2},
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Give a task; who gets it is told."""
        body = NewTask(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = dict(body.validated_data)
        with refusals(service.TaskRefused, body=body):
            made = service.add_task(
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                relationship=wanted.pop("creator", None),
                **wanted,
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=TaskChange, responses={200: TaskSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a task. A new day moves the whole series of one that repeats."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = TaskChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        changes: dict[str, Any] = dict(body.validated_data)
        version: int = changes.pop("version")
        with refusals(service.TaskRefused, body=body):
            service.change_task(
                task_id=row["id"],
                brand=self.brand,
                changes=cast("service.TaskChanges", changes),
                actor=self.actor,
                at=timezone.now(),
                expected_version=version,
            )
        return Response(self._shown(pk))

    @extend_schema(request=None, responses=TaskSerializer)
    def done(self, request: Request, pk: str) -> Response:
        """Say that it is done; one that repeats leaves its successor. Done already: no change."""
        return self._act(service.finish_task, pk)

    @extend_schema(request=None, responses=TaskSerializer)
    def reopen(self, request: Request, pk: str) -> Response:
        """Open it again; its successor goes, unless somebody touched it."""
        return self._act(service.reopen_task, pk)

    @extend_schema(request=None, responses={204: None, **REFUSED})
    def delete(self, request: Request, pk: str) -> Response:
        """Take it away for good: by who gave it, who has it, or an admin."""
        with refusals(service.TaskRefused):
            service.delete_task(
                task_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now()
            )
        return Response(status=204)

    def _act(self, act: Any, pk: str) -> Response:
        at: datetime = timezone.now()
        try:
            act(task_id=int(pk), brand=self.brand, actor=self.actor, at=at)
        except Task.DoesNotExist as gone:
            raise Http404 from gone
        return Response(self._shown(pk))

    def _shown(self, pk: int | str) -> Row:
        [found] = tasks([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found


def tasks(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": row["relationship__creator__uid"]
            and {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "title": row["title"],
            "details": row["details"] or None,
            "assignee": row["assignee__email"],
            "due_on": row["due_on"],
            "due_at": row["due_at"],
            "repeat": {"unit": row["repeat_unit"], "every": row["repeat_every"]}
            if row["repeat_unit"]
            else None,
            "created_by": row["created_by__email"],
            "created_at": row["created_at"],
            "done_at": row["done_at"],
            "done_by": row["done_by__email"],
            "version": row["version"],
        }
        for row in rows
    ]
