"""Pieces of content: called off, taken up again, opened again, taken back, put on the fast lane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.deliverable_bodies import (
    DoneCorrections,
    FastLane,
    PieceAndWhy,
    SeenPiece,
    WholeContentPieceSerializer,
)
from campaigns.api.deliverables import DeliverableViewSet
from campaigns.services.deliverables import deciding, planning, reopening, submitting
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.refusals import refusals

ANSWERS: dict[Any, Any] = {200: WholeContentPieceSerializer, **REFUSED}


class DeliverableActViewSet(DeliverableViewSet):
    """What is done with a piece beside its drafts."""

    @extend_schema(request=PieceAndWhy, responses=ANSWERS)
    def cancel(self, request: Request, pk: str) -> Response:
        """Call a piece off, with the reason; a draft in review is taken back."""
        return self._do(pk, PieceAndWhy, planning.cancel)

    @extend_schema(request=SeenPiece, responses=ANSWERS)
    def restore(self, request: Request, pk: str) -> Response:
        """Take up again what was called off, where it stood."""
        return self._do(pk, SeenPiece, planning.restore)

    @extend_schema(request=PieceAndWhy, responses=ANSWERS)
    def reopen(self, request: Request, pk: str) -> Response:
        """Ask all gates again about the draft that was approved, or is being read."""
        return self._do(pk, PieceAndWhy, reopening.reopen, reason="why")

    @extend_schema(request=SeenPiece, responses=ANSWERS)
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back the version in review."""
        return self._do(pk, SeenPiece, submitting.withdraw)

    @extend_schema(request=FastLane, responses=ANSWERS)
    def shorten(self, request: Request, pk: str) -> Response:
        """Put a piece on the fast lane, with fewer gates and a reason, or take it off."""
        return self._do(pk, FastLane, planning.shorten, gates="left")

    @extend_schema(request=DoneCorrections, responses=ANSWERS)
    def confirm(self, request: Request, pk: str) -> Response:
        """Say that corrections are done."""
        return self._do(pk, DoneCorrections, deciding.confirm)

    def _do(
        self, pk: str, body_class: type[Body], act: Callable[..., Any], **names: str
    ) -> Response:
        """Do what the body says; `names` are its members that the service calls otherwise."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = body_class(data=self.request.data, context={"deliverable": row["id"]})
        body.is_valid(raise_exception=True)
        said = {names.get(name, name): value for name, value in body.validated_data.items()}
        if "version" in said:
            said["expected_version"] = said.pop("version")
        with refusals(CampaignRefused, body=body):
            act(
                deliverable_id=row["id"],
                brand=self.brand,
                actor=Actor(self.actor),
                at=timezone.now(),
                **said,
            )
        return Response(self.shown(pk))
