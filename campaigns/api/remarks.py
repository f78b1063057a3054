"""Remarks about drafts: settled, opened again, shown to the creator."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.deliverable_bodies import CommentSerializer
from campaigns.models import Comment
from campaigns.services.deliverables import comments
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.permissions import Can


class SettledRemark(Body):
    """Whether there is nothing left to do about it."""

    is_settled = serializers.BooleanField(default=True)


class RemarkViewSet(BrandViewSet[Comment]):
    """Remarks about drafts of the brand's campaigns; `deliverables/{id}/` lists them."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    write_cans: ClassVar = {"settle": Can.WRITE_NOTES}
    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Comment]:
        """Remarks about pieces of the token's brand."""
        rows = Comment.objects.filter(deliverable__engagement__campaign__brand=self.brand)
        return rows.select_related("draft")

    def retrieve(self, request: Request, pk: str) -> Response:
        """One remark."""
        return self._answer(pk)

    @extend_schema(request=SettledRemark, responses={200: CommentSerializer, **REFUSED})
    def settle(self, request: Request, pk: str) -> Response:
        """Say that a remark is settled, or is not after all."""
        self._answer(pk)
        body = SettledRemark(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            comments.settle(comment_id=int(pk), **body.validated_data, **self._who())
        return self._answer(pk)

    @extend_schema(request=None, responses={200: CommentSerializer, **REFUSED})
    def show(self, request: Request, pk: str) -> Response:
        """Show a remark to the creator. It cannot be hidden again: they may have read it."""
        with refusals(CampaignRefused):
            comments.show(comment_id=int(pk), **self._who())
        return self._answer(pk)

    def _who(self) -> dict[str, Any]:
        return {"brand": self.brand, "actor": self.actor, "at": timezone.now()}

    def _answer(self, pk: str) -> Response:
        with refusals(CampaignRefused):
            return Response(CommentSerializer(self.get_queryset().get(pk=pk)).data)
