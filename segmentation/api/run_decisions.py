"""What is done to runs: approved in whole or part, rejected, cancelled, rolled back; a history."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.body import Body
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.permissions import Can
from segmentation import tasks
from segmentation.api.runs import (
    COLUMNS,
    RunDetailSerializer,
    RunSerializer,
    RunViewSet,
    runs,
)
from segmentation.models import Run
from segmentation.services import decisions, orders, quarters
from segmentation.services import runs as service

LONGEST_REASON = 300
MOST_QUARTERS = 40


def refused(*codes: str) -> dict[Any, OpenApiResponse]:
    """The 409 of an operation, with the codes that it may have."""
    words = " or ".join(f"`{code}`" for code in codes)
    return {
        (409, MEDIA_TYPE): OpenApiResponse(
            ProblemSerializer, description=f"`errors[0].code` is {words}."
        )
    }


ORDERED = OpenApiResponse(
    RunDetailSerializer, description="A worker does it; the run's `order` says how it went."
)


class Reason(Body):
    """Why: the next person will want to know."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class PerhapsReason(Body):
    """Why, where there is something to say."""

    reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, default="", allow_blank=True
    )


class Approval(PerhapsReason):
    """What to leave out of the change set."""

    hold = serializers.ListField(
        child=serializers.SlugField(max_length=60),
        required=False,
        default=list,
        max_length=1_500,
        help_text="Keys of segments that stay as they are; the next run finds them again.",
    )
    hold_dimensions = serializers.ListField(
        child=serializers.SlugField(max_length=60),
        required=False,
        default=list,
        max_length=100,
        help_text="Keys of dimensions of which all segments stay as they are.",
    )

    def validate_hold(self, keys: list[str]) -> list[str]:
        """Segments that the run looked at."""
        return self._known(keys, "segment")

    def validate_hold_dimensions(self, keys: list[str]) -> list[str]:
        """Dimensions that the run looked at."""
        return self._known(keys, "dimension")

    def _known(self, keys: list[str], what: str) -> list[str]:
        known = {segment[what] for segment in self.context["segments"]}
        for key in keys:
            if key not in known:
                words = f"The run did not look at the {what} {key!r}."
                raise serializers.ValidationError(ErrorDetail(words, f"unknown_{what}"))
        return keys

    @property
    def places(self) -> dict[str, str]:
        """Where it says what is held: by segments, or by dimensions alone."""
        return {"hold": "/hold" if self.validated_data["hold"] else "/hold_dimensions"}

    @property
    def held(self) -> list[str]:
        """The keys of all segments that are held."""
        whole = set(self.validated_data["hold_dimensions"])
        of_dimensions = {
            segment["segment"]
            for segment in self.context["segments"]
            if segment["dimension"] in whole
        }
        return sorted(of_dimensions.union(self.validated_data["hold"]))


class History(Body):
    """How far back the ledger should begin."""

    quarters = serializers.IntegerField(
        min_value=1,
        max_value=MOST_QUARTERS,
        help_text="Fiscal quarters, the present one included.",
    )


class RunDecisionViewSet(RunViewSet):
    """What is done to a run."""

    queries = {}
    write_cans = dict.fromkeys(("approve", "reject", "rollback", "history"), Can.APPLY_RUNS)

    @extend_schema(
        request=Approval,
        responses={
            202: ORDERED,
            **refused("not_waiting", "too_early", "busy"),
        },
        examples=[
            OpenApiExample("All of it", value={}, request_only=True),
            OpenApiExample(
                "But for the size of creators",
                value={"hold_dimensions": ["size"], "reason": "The import is not through yet."},
                request_only=True,
            ),
        ],
    )
    def approve(self, request: Request, pk: str) -> Response:
        """Have a change set that waits applied, or a part of it: follow the run's `order`."""
        run_id = self._found(pk)
        segments = Run.objects.get(pk=run_id).segments.values(
            "segment__key", "segment__dimension__key"
        )
        known = [
            {"segment": row["segment__key"], "dimension": row["segment__dimension__key"]}
            for row in segments
        ]
        body = Approval(data=request.data, context={"segments": known})
        body.is_valid(raise_exception=True)
        return self._after(
            run_id,
            lambda: orders.order_application(
                run_id=run_id,
                actor=self.actor,
                at=timezone.now(),
                hold=body.held,
                reason=body.validated_data["reason"],
            ),
            body=body,
            status=HTTPStatus.ACCEPTED,
        )

    @extend_schema(
        request=Reason, responses={200: RunDetailSerializer, **refused("not_waiting", "busy")}
    )
    def reject(self, request: Request, pk: str) -> Response:
        """Drop a change set that waits; nobody moves."""
        run_id, reason = self._found(pk), self._reason(request, Reason)
        return self._after(
            run_id,
            lambda: decisions.reject_run(
                run_id=run_id, actor=self.actor, at=timezone.now(), reason=reason
            ),
        )

    @extend_schema(
        request=PerhapsReason, responses={200: RunDetailSerializer, **refused("not_cancellable")}
    )
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop a run that is queued or goes on: at its next step, and nothing it did stays."""
        run_id, reason = self._found(pk), self._reason(request, PerhapsReason)
        return self._after(
            run_id,
            lambda: decisions.cancel_run(
                run_id=run_id, actor=self.actor, at=timezone.now(), reason=reason
            ),
        )

    @extend_schema(
        request=Reason,
        responses={202: ORDERED, **refused("not_applied", "not_the_last", "busy")},
    )
    def rollback(self, request: Request, pk: str) -> Response:
        """Have whoever the newest applied run moved put back where they were, from now on."""
        run_id, reason = self._found(pk), self._reason(request, Reason)
        return self._after(
            run_id,
            lambda: orders.order_rollback(
                run_id=run_id, actor=self.actor, at=timezone.now(), reason=reason
            ),
            status=HTTPStatus.ACCEPTED,
        )

    @extend_schema(
        request=History,
        responses={
            202: OpenApiResponse(
                RunSerializer(many=True), description="Queued, executed one after the other."
            ),
            **refused("has_past", "nothing_to_run"),
        },
        filters=False,
    )
    def history(self, request: Request) -> Response:
        """Begin the ledger of a brand in the past: a run for each of the last quarters, and now."""
        body = History(data=request.data)
        body.is_valid(raise_exception=True)
        now = timezone.now()
        starts = quarters.quarter_starts(self.brand, body.validated_data["quarters"], until=now)
        with refusals(service.RunRefused, body=body):
            queued = service.start_history(
                brand=self.brand, moments=starts, at=now, actor=self.actor
            )
        run_ids = [run.pk for run in queued]
        transaction.on_commit(lambda: tasks.execute_runs.delay(run_ids=run_ids), robust=True)
        rows = Run.objects.filter(pk__in=run_ids).order_by("pk").values(*COLUMNS)
        return Response(runs(list(rows)), status=HTTPStatus.ACCEPTED)

    def _found(self, pk: str) -> int:
        """The id of a run of the token's brand; else 404."""
        return int(self.one(self.get_queryset().filter(pk=pk).values("id"))["id"])

    @staticmethod
    def _reason(request: Request, kind: type[Body]) -> str:
        body = kind(data=request.data)
        body.is_valid(raise_exception=True)
        return str(body.validated_data["reason"])

    def _after(
        self,
        run_id: int,
        act: Callable[[], object],
        *,
        body: Approval | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        """Do it, or have it done, and answer with the run as it is then."""
        with refusals(service.RunRefused, body=body, places=body.places if body else None):
            act()
        return Response(self.shown(run_id), status=status)
