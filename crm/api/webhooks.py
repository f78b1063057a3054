"""Webhooks over REST: set up, tried, paused, given a new secret, told again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.api.webhook_deliveries import DeliverySerializer, deliveries, deliveries_of
from crm.audit.verbs import GROUPS
from crm.choices import Scope
from crm.models import Webhook
from crm.models.webhooks import ALL_EVENTS
from crm.outgoing import URL_MAX
from crm.services.webhooks import again, keeping

REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="Refused: `errors[0].code` is `outdated`, `paused` or `too_many`.",
    )
}


class WebhookSerializer(serializers.Serializer[Any]):
    """An address that is told of what is done."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of `webhook-events/`, or `*` for all."
    )
    owner = serializers.EmailField(allow_null=True, help_text="Who is told when it fails.")
    is_paused = serializers.BooleanField()
    pause_reason = serializers.CharField(
        allow_null=True, help_text="Why it was paused by itself; null: a person did, or it is not."
    )
    failing_since = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True, help_text="Last success.")
    former_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when messages are signed with the old secret too."
    )
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back with a change.")


class WebhookSecretSerializer(WebhookSerializer):
    """A webhook with its secret: shown in this answer and never again."""

    secret = serializers.CharField()


class _WebhookBody(Body):
    name = serializers.CharField(max_length=keeping.NAME_MAX, required=False)
    url = serializers.CharField(
        max_length=URL_MAX, required=False, help_text="https://; looked up before it is saved."
    )
    events = serializers.ListField(
        child=serializers.CharField(max_length=60), min_length=1, max_length=200, required=False
    )


class NewWebhook(_WebhookBody):
    """Whom to tell of what."""

    name = serializers.CharField(max_length=keeping.NAME_MAX)
    url = serializers.CharField(max_length=URL_MAX, help_text="https://; looked up before saving.")
    events = serializers.ListField(
        child=serializers.CharField(max_length=60), min_length=1, max_length=200
    )


class WebhookChange(_WebhookBody):
    """What to change; what is left out stays."""

    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version that you saw."
    )


class RotateBody(Body):
    """How long the old secret holds as well."""

    grace_hours = serializers.IntegerField(
        min_value=0, max_value=keeping.GRACE_HOURS_MAX, default=keeping.GRACE_HOURS
    )


class ResumeBody(Body):
    """Where to go on."""

    skip = serializers.BooleanField(
        default=False, help_text="True: what was done meanwhile is not told."
    )


class ReplayBody(Body):
    """From when to when it is told again."""

    since = MomentField(help_text="At or after this moment.")
    before = MomentField(help_text="Before this moment.")


class ReplayedSerializer(serializers.Serializer[Any]):
    """What is on its way again."""

    queued = serializers.IntegerField()


class WebhookEventSerializer(serializers.Serializer[Any]):
    """Something that a webhook can be told of: every act whose type begins with the key."""

    key = serializers.CharField()
    name = serializers.CharField()


class WebhookViewSet(BrandViewSet[Webhook]):
    """Webhooks of the brand."""

    scope = Scope.WEBHOOKS_READ
    write_scope = Scope.WEBHOOKS_WRITE
    queryset = Webhook.objects.none()
    serializer_class = WebhookSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Webhook]:
        """Those of the token's brand."""
        return Webhook.objects.filter(brand=self.brand).select_related("brand", "owner")

    def list(self, request: Request) -> Response:
        """Webhooks by name."""
        return self.whole([_shown(row) for row in self.get_queryset().order_by("name", "pk")])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One webhook."""
        return Response(_shown(self._webhook(pk)))

    @extend_schema(request=NewWebhook, responses={201: WebhookSecretSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Set one up: the answer alone has its secret. It is told of what is done from now on."""
        body, said = self._body(NewWebhook)
        wanted = keeping.Wanted(said["name"], said["url"], tuple(said["events"]))
        with refusals(keeping.WebhookRefused, body=body):
            webhook, secret = keeping.create(
                brand=self.brand, wanted=wanted, actor=self.actor, at=timezone.now()
            )
        return Response({**_shown(webhook), "secret": secret}, status=HTTPStatus.CREATED)

    @extend_schema(request=WebhookChange, responses={200: WebhookSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Another name, address or choice of events."""
        found = self._webhook(pk)
        body, said = self._body(WebhookChange)
        wanted = keeping.Wanted(
            said.get("name", found.name),
            said.get("url", found.url),
            tuple(said.get("events", found.events)),
        )
        with refusals(keeping.WebhookRefused, body=body):
            keeping.change(
                webhook=found,
                wanted=wanted,
                actor=self.actor,
                at=timezone.now(),
                expected_version=said["version"],
            )
        return Response(_shown(self._webhook(pk)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take it away, with its secret and its log."""
        with refusals():
            keeping.remove(webhook=self._webhook(pk), actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=RotateBody, responses=WebhookSecretSerializer)
    def rotate(self, request: Request, pk: str) -> Response:
        """Give it another secret, which the answer alone has; for some hours both hold."""
        found = self._webhook(pk)
        hours = self._body(RotateBody)[1]["grace_hours"]
        with refusals():
            _webhook, secret = keeping.rotate(
                webhook=found, grace_hours=hours, actor=self.actor, at=timezone.now()
            )
        return Response({**_shown(self._webhook(pk)), "secret": secret})

    @extend_schema(request=None, responses=WebhookSerializer)
    def pause(self, request: Request, pk: str) -> Response:
        """Call it no more for now. What is done meanwhile is kept for it."""
        with refusals():
            keeping.pause(webhook=self._webhook(pk), actor=self.actor, at=timezone.now())
        return Response(_shown(self._webhook(pk)))

    @extend_schema(request=ResumeBody, responses=WebhookSerializer)
    def resume(self, request: Request, pk: str) -> Response:
        """Call it again, of what was done meanwhile too unless you skip it."""
        found = self._webhook(pk)
        skips = self._body(ResumeBody)[1]["skip"]
        with refusals():
            keeping.resume(webhook=found, skips=skips, actor=self.actor, at=timezone.now())
        return Response(_shown(self._webhook(pk)))

    @extend_schema(request=None, responses={202: DeliverySerializer, **REFUSED})
    def ping(self, request: Request, pk: str) -> Response:
        """Send a trial: an event of the type `rapport.ping`, as a delivery to be followed."""
        with refusals(keeping.WebhookRefused):
            made = again.ping(webhook=self._webhook(pk), at=timezone.now())
        [row] = deliveries(deliveries_of(self.brand).filter(pk=made.pk))
        return Response(row, status=HTTPStatus.ACCEPTED)

    @extend_schema(request=ReplayBody, responses={202: ReplayedSerializer, **REFUSED})
    def replay(self, request: Request, pk: str) -> Response:
        """Send everything of a period again, under the names it had."""
        found = self._webhook(pk)
        body, said = self._body(ReplayBody)
        with refusals(keeping.WebhookRefused, body=body):
            queued = again.send_period(
                webhook=found,
                since=said["since"],
                before=said["before"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({"queued": queued}, status=HTTPStatus.ACCEPTED)

    def _webhook(self, pk: str) -> Webhook:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _body(self, kind: type[Body]) -> tuple[Body, dict[str, Any]]:
        """The checked body, and what it says."""
        body = kind(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return body, dict(body.validated_data)


class WebhookEventViewSet(BrandViewSet[Webhook]):
    """What a webhook can be told of."""

    scope = Scope.WEBHOOKS_READ
    queryset = Webhook.objects.none()
    serializer_class = WebhookEventSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head"]

    def list(self, request: Request) -> Response:
        """The kinds of acts, by key. `crm.stage` is every event `crm.stage.…`; `*` is all."""
        named = {ALL_EVENTS: "Everything"} | dict(sorted(GROUPS.items()))
        return self.whole([{"key": key, "name": name} for key, name in named.items()])


def _shown(row: Webhook) -> Row:
    return {
        "id": row.pk,
        "name": row.name,
        "url": row.url,
        "events": row.events,
        "owner": row.owner.email if row.owner else None,
        "is_paused": row.is_paused,
        "pause_reason": row.pause_reason or None,
        "failing_since": row.failing_since,
        "delivered_at": row.delivered_at,
        "former_secret_until": row.former_until,
        "created_at": row.created_at,
        "version": row.version,
    }
