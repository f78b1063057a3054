"""Experiments over REST: planned, started, read, ended; who got which arm."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import KeysetPagination, PageQuery, Row, WholeList
from crm.api.problems import MEDIA_TYPE, BadBody, Fault
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.paging import Order
from segmentation.api.experiment_words import (
    EndBody,
    ExperimentAssignmentSerializer,
    ExperimentBody,
    ExperimentChange,
    ExperimentSerializer,
    ExperimentSummarySerializer,
    LookBody,
    LookSerializer,
    in_full,
    look_row,
    summary,
)
from segmentation.models import Experiment, ExperimentLook
from segmentation.services.experiments import assigning, ending, looking, plans
from segmentation.services.experiments.outcomes import Measured
from segmentation.services.experiments.refusals import ExperimentRefused

REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description="It cannot be done; why.")
}
BY_NUMBER = Order("number", "number", "id")
EXAMPLE = {
    "name": "Demonstrate or list",
    "question": "Do demonstrations hold attention better than lists?",
    "design": "chance",
    "metric": "saves",
    "segment": "educators",
    "dimension": "size",
    "days": 28,
    "arms": [
        {"key": "list", "name": "List", "treatment": "Say what it can do."},
        {"key": "demo", "name": "Demonstration", "treatment": "Show how it works."},
    ],
}


class ExperimentViewSet(BrandViewSet[Experiment]):
    """Experiments of the brand."""

    scope = Scope.EXPERIMENTS_READ
    write_scope = Scope.EXPERIMENTS_WRITE
    queryset = Experiment.objects.none()
    serializer_class = ExperimentSummarySerializer
    lookup_value_regex = ID
    pagination_class = WholeList
    queries = {"assignments": PageQuery}
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Experiment]:
        """Experiments of the token's brand."""
        rows = Experiment.objects.filter(brand=self.brand)
        return rows.select_related("brand", "campaign", "segment", "dimension")

    def list(self, request: Request) -> Response:
        """All of them, the newest first."""
        rows = self.get_queryset().order_by("-created_at", "-pk")
        return self.whole([summary(one) for one in rows])

    def _found(self, pk: str) -> Experiment:
        rows = self.get_queryset().filter(pk=pk)
        self.one(rows.values("pk"))
        return rows.get()

    @extend_schema(responses=ExperimentSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One with its arms."""
        return Response(in_full(self._found(pk)))

    @extend_schema(
        request=ExperimentBody,
        responses={201: ExperimentSerializer, **REFUSED},
        examples=[OpenApiExample("Two hooks", value=EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Plan an experiment: a draft, with a seed that nobody chose."""
        body = ExperimentBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(ExperimentRefused, body=body):
            made = plans.create_experiment(
                brand=self.brand, wanted=body.wanted(), actor=self.actor, at=timezone.now()
            )
        return Response(in_full(made), status=HTTPStatus.CREATED)

    @extend_schema(request=ExperimentChange, responses={200: ExperimentSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the plan of a draft; what has begun stays as it was planned (409)."""
        found = self._found(pk)
        body = ExperimentChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(ExperimentRefused, body=body), transaction.atomic():
            # Of two changes at once the second one reads what the first one left.
            held = plans.locked(found.pk)
            plans.change_experiment(
                experiment_id=held.pk,
                wanted=body.wanted(plans.wanted_of(held)),
                version=held.version,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(in_full(self._found(pk)))

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, pk: str) -> Response:
        """Forget a draft; what has begun is kept (409)."""
        found = self._found(pk)
        with refusals(ExperimentRefused):
            plans.delete_experiment(experiment_id=found.pk, actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=None, responses={200: ExperimentSerializer, **REFUSED})
    def start(self, request: Request, pk: str) -> Response:
        """Draw, write down who got what, and begin: nothing of the plan changes any more."""
        found = self._found(pk)
        with refusals(ExperimentRefused):
            assigning.start(experiment_id=found.pk, actor=self.actor, at=timezone.now())
        return Response(in_full(self._found(pk)))

    @extend_schema(request=None, responses={200: ExperimentSerializer, **REFUSED})
    def join(self, request: Request, pk: str) -> Response:
        """Give arms to those who came since the start; nobody is moved."""
        found = self._found(pk)
        with refusals(ExperimentRefused):
            assigning.add_late(experiment_id=found.pk, actor=self.actor, at=timezone.now())
        return Response(in_full(found))

    @extend_schema(responses=ExperimentAssignmentSerializer(many=True))
    @action(detail=True, pagination_class=KeysetPagination)
    def assignments(self, request: Request, pk: str) -> Response:
        """Who got which arm, in the order of the draw."""
        rows = self._found(pk).assignments.values(
            "id",
            "number",
            "stratum",
            "assigned_at",
            "is_late",
            creator=F("relationship__creator__uid"),
            name=F("relationship__creator__name"),
            arm_key=F("arm__key"),
        )
        return self.page(rows, order=BY_NUMBER, represent=_assignments)

    @extend_schema(request=EndBody, responses={200: ExperimentSerializer, **REFUSED})
    def complete(self, request: Request, pk: str) -> Response:
        """Say what the brand does now, after the result was read as planned."""
        body = EndBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(ExperimentRefused, body=body):
            ending.complete(
                experiment_id=self._found(pk).pk,
                decision=body.validated_data["words"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(in_full(self._found(pk)))

    @extend_schema(request=EndBody, responses={200: ExperimentSerializer, **REFUSED})
    def stop(self, request: Request, pk: str) -> Response:
        """Give it up, with the reason."""
        body = EndBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(ExperimentRefused, body=body):
            ending.stop(
                experiment_id=self._found(pk).pk,
                reason=body.validated_data["words"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(in_full(self._found(pk)))


class ExperimentLookViewSet(BrandViewSet[ExperimentLook]):
    """Looks at the result of an experiment."""

    scope = Scope.EXPERIMENTS_READ
    write_scope = Scope.EXPERIMENTS_WRITE
    queryset = ExperimentLook.objects.none()
    serializer_class = LookSerializer
    pagination_class = WholeList

    def _experiment(self, pk: str) -> Experiment:
        rows = Experiment.objects.filter(brand=self.brand, pk=pk)
        self.one(rows.values("pk"))
        return rows.get()

    def list(self, request: Request, pk: str) -> Response:
        """The looks there were, each with its result."""
        looks = self._experiment(pk).looks.order_by("number")
        return self.whole([look_row(look) for look in looks])

    @extend_schema(
        request=LookBody,
        responses={
            202: OpenApiResponse(
                LookSerializer, description="Queued; the Location header leads to all looks."
            ),
            **REFUSED,
        },
        examples=[OpenApiExample("Of what was measured", value={}, request_only=True)],
    )
    def create(self, request: Request, pk: str) -> Response:
        """Take the next look, as it was planned: any other is refused."""
        found = self._experiment(pk)
        body = LookBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data.get("outcomes")
        with refusals(ExperimentRefused, body=body):
            look = looking.ask(
                experiment_id=found.pk,
                actor=self.actor,
                at=timezone.now(),
                outcomes=None if said is None else _outcomes(found, said),
            )
        return Response(
            look_row(look),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri()},
        )


def _assignments(rows: list[Row]) -> list[Row]:
    shown = ("number", "creator", "name", "stratum", "assigned_at", "is_late")
    return [{key: row[key] for key in shown} | {"arm": row["arm_key"]} for row in rows]


def _outcomes(found: Experiment, said: Sequence[dict[str, Any]]) -> dict[int, Measured]:
    """By assignment. Raises BadBody for who does not take part, or is there twice."""
    by_uid = dict(found.assignments.values_list("relationship__creator__uid", "pk"))
    outcomes: dict[int, Measured] = {}
    faults = []
    for place, one in enumerate(said):
        pk = by_uid.get(one["creator"])
        where = f"/outcomes/{place}/creator"
        if pk is None:
            faults.append(Fault(where, "unknown", "This creator does not take part."))
        elif pk in outcomes:
            faults.append(Fault(where, "twice", "This creator is named twice."))
        else:
            outcomes[pk] = Measured(one["events"], one["weight"])
    if faults:
        raise BadBody(faults)
    return outcomes
