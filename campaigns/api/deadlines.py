"""The steps of a campaign and their days."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet, NothingSaid
from campaigns.api.campaigns import KEY, REFUSED, DeadlineSerializer
from campaigns.models import Campaign, Deadline
from campaigns.services import plans as service
from crm.api.base import ID
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.choices import Scope

COLUMNS = ("id", "title", "due_on", "done_at")


class NewDeadline(Body):
    """Another step."""

    title = serializers.CharField(max_length=service.TITLE_MAX)
    due_on = serializers.DateField()


class DeadlineChange(Body):
    """Another day."""

    due_on = serializers.DateField()


class CampaignDeadlineViewSet(ActingViewSet[Campaign]):
    """The steps of one campaign."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Campaign.objects.none()
    serializer_class = DeadlineSerializer
    pagination_class = WholeList
    lookup_value_regex = KEY
    http_method_names = ["get", "head", "post"]

    def list(self, request: Request, key: str) -> Response:
        """All steps, the first day first."""
        rows = Deadline.objects.filter(campaign=self._campaign(key)).order_by("due_on", "pk")
        return self.whole(list(rows.values(*COLUMNS)))

    @extend_schema(
        request=NewDeadline,
        responses={201: DeadlineSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "By January",
                value={"title": "Book the studio", "due_on": "2027-01-10"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request, key: str) -> Response:
        """Add a step; 409 `not_open` where the campaign is over."""
        campaign, body = self._campaign(key), self.said(NewDeadline)
        made = self.done(service.add_deadline, body, campaign_id=campaign, **body.validated_data)
        return Response({name: getattr(made, name) for name in COLUMNS}, status=201)

    def _campaign(self, key: str) -> int:
        rows = Campaign.objects.filter(brand=self.brand, key=key)
        return int(self.one(rows.values("id"))["id"])


class DeadlineViewSet(ActingViewSet[Deadline]):
    """One step."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Deadline.objects.none()
    serializer_class = DeadlineSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Deadline]:
        """Steps of campaigns of the token's brand."""
        return Deadline.objects.filter(campaign__brand=self.brand)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One step."""
        return Response(self._shown(pk))

    @extend_schema(request=DeadlineChange, responses={200: DeadlineSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Give it another day."""
        self._shown(pk)
        body = self.said(DeadlineChange)
        self.done(service.change_deadline, body, deadline_id=int(pk), **body.validated_data)
        return Response(self._shown(pk))

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take it away."""
        self._shown(pk)
        self.done(service.change_deadline, NothingSaid(), deadline_id=int(pk), due_on=None)
        return Response(status=204)

    @extend_schema(request=None, responses=DeadlineSerializer)
    def finish(self, request: Request, pk: str) -> Response:
        """Say that it is done."""
        return self._finish(pk, is_done=True)

    @extend_schema(request=None, responses=DeadlineSerializer)
    def reopen(self, request: Request, pk: str) -> Response:
        """Say that it is not done after all."""
        return self._finish(pk, is_done=False)

    def _finish(self, pk: str, *, is_done: bool) -> Response:
        self._shown(pk)
        self.done(service.finish_deadline, NothingSaid(), deadline_id=int(pk), is_done=is_done)
        return Response(self._shown(pk))

    def _shown(self, pk: str) -> Row:
        return self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))
