"""Connectors over REST: set up, tried, pulled now, paused; what there is to connect to."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.connector_pulls import PullSerializer, pulls
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE, BadBody, Fault, Refused
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope, Source
from crm.connectors.registry import KINDS
from crm.models import Connector
from crm.services.connectors import keeping

T = TypeVar("T")

REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description=(
            "Refused: `errors[0].code` is `outdated`, `paused`, `running`, `not_running`, "
            "`nobody`, `failed` or `too_many`."
        ),
    )
}


class ConnectorSerializer(serializers.Serializer[Any]):
    """A platform or tool from which the brand pulls. Its key is shown to nobody."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="Of `connector-kinds/`.")
    name = serializers.CharField()
    owner = serializers.EmailField(allow_null=True, help_text="Who is told when it fails.")
    chosen = serializers.CharField(
        allow_null=True, help_text="`tag:KEY` or `segment:KEY`; null: all creators."
    )
    posts_each = serializers.IntegerField(help_text="Newest posts of each profile.")
    every_hours = serializers.IntegerField(allow_null=True, help_text="Null: only when asked.")
    next_pull_at = serializers.DateTimeField(allow_null=True)
    pulled_at = serializers.DateTimeField(allow_null=True, help_text="End of the last whole pull.")
    is_paused = serializers.BooleanField()
    pause_reason = serializers.CharField(
        allow_null=True, help_text="Why it was paused by itself; null: a person did, or it is not."
    )
    waits_until = serializers.DateTimeField(allow_null=True)
    wait_reason = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back with a change.")


class CredentialFieldSerializer(serializers.Serializer[Any]):
    """Something that a kind of connector asks for."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    is_secret = serializers.BooleanField()


class ConnectorKindSerializer(serializers.Serializer[Any]):
    """Something to connect to."""

    key = serializers.CharField()
    name = serializers.CharField()
    about = serializers.CharField()
    before = serializers.CharField(help_text="What it takes.")
    platforms = serializers.ListField(child=serializers.CharField())
    source = serializers.ChoiceField(  # type: ignore[assignment] # a field's name
        choices=Source.choices, help_text="What its numbers are."
    )
    credentials = CredentialFieldSerializer(many=True)
    units_per_day = serializers.IntegerField(allow_null=True)


class TrialSerializer(serializers.Serializer[Any]):
    """That the key opens it."""

    message = serializers.CharField()


class _ConnectorBody(Body):
    name = serializers.CharField(max_length=keeping.NAME_MAX, required=False)
    credentials = serializers.DictField(
        child=serializers.CharField(max_length=keeping.SECRET_MAX),
        required=False,
        help_text="By the keys of the kind's `credentials`; encrypted, and not shown again.",
    )
    chosen = serializers.CharField(max_length=120, required=False, allow_null=True)
    posts_each = serializers.IntegerField(
        min_value=0, max_value=keeping.POSTS_EACH_MAX, required=False
    )
    every_hours = serializers.ChoiceField(
        choices=[hours for hours in keeping.RHYTHMS if hours], required=False, allow_null=True
    )


class NewConnector(_ConnectorBody):
    """What to connect to, and how."""

    kind = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=keeping.NAME_MAX)
    credentials = serializers.DictField(
        child=serializers.CharField(max_length=keeping.SECRET_MAX),
        help_text="By the keys of the kind's `credentials`; encrypted, and not shown again.",
    )


class ConnectorChange(_ConnectorBody):
    """What to change; what is left out stays."""

    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version that you saw."
    )


class ConnectorViewSet(BrandViewSet[Connector]):
    """Connectors of the brand."""

    scope = Scope.CONNECTORS_READ
    write_scope = Scope.CONNECTORS_WRITE
    queryset = Connector.objects.none()
    serializer_class = ConnectorSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Connector]:
        """Those of the token's brand."""
        return Connector.objects.filter(brand=self.brand).select_related("brand", "owner")

    def list(self, request: Request) -> Response:
        """Connectors by name."""
        return self.whole([_shown(row) for row in self.get_queryset().order_by("name", "pk")])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One connector."""
        return Response(_shown(self._connector(pk)))

    @extend_schema(request=NewConnector, responses={201: ConnectorSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Set one up. With a rhythm its first pull begins at once."""
        said = self._body(NewConnector)
        wanted = keeping.Wanted(
            said["name"],
            said["credentials"],
            said.get("chosen") or "",
            said.get("posts_each", keeping.POSTS_EACH),
            said.get("every_hours"),
        )
        made = _tried(
            lambda: keeping.create(
                brand=self.brand,
                kind=said["kind"],
                wanted=wanted,
                actor=self.actor,
                at=timezone.now(),
            )
        )
        return Response(_shown(self._connector(str(made.pk))), status=HTTPStatus.CREATED)

    @extend_schema(request=ConnectorChange, responses={200: ConnectorSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Another name, key, choice or rhythm."""
        found = self._connector(pk)
        said = self._body(ConnectorChange)
        wanted = keeping.Wanted(
            said.get("name", found.name),
            said.get("credentials", {}),
            said.get("chosen", found.chosen) or "",
            said.get("posts_each", found.posts_each),
            said.get("every_hours", found.every_hours),
        )
        _tried(
            lambda: keeping.change(
                connector=found,
                wanted=wanted,
                actor=self.actor,
                at=timezone.now(),
                expected_version=said["version"],
            )
        )
        return Response(_shown(self._connector(pk)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take it away, with its key and its log. What it brought stays."""
        with refusals():
            keeping.remove(connector=self._connector(pk), actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=None, responses={200: TrialSerializer, **REFUSED})
    def test(self, request: Request, pk: str) -> Response:
        """Call the other side once: 409 with its words where the key does not open it."""
        found = self._connector(pk)
        words = _tried(lambda: keeping.trial(connector=found, at=timezone.now()))
        return Response({"message": words})

    @extend_schema(request=None, responses={202: PullSerializer, **REFUSED})
    def pull(self, request: Request, pk: str) -> Response:
        """Begin a pull: to be followed as one of `connector-pulls/`."""
        found = self._connector(pk)
        made = _tried(
            lambda: keeping.pull_now(connector=found, actor=self.actor, at=timezone.now())
        )
        [row] = pulls([made])
        return Response(row, status=HTTPStatus.ACCEPTED)

    @extend_schema(request=None, responses={200: ConnectorSerializer, **REFUSED})
    def stop(self, request: Request, pk: str) -> Response:
        """End the pull that runs. What it brought stays."""
        found = self._connector(pk)
        _tried(lambda: keeping.stop_pull(connector=found, actor=self.actor, at=timezone.now()))
        return Response(_shown(self._connector(pk)))

    @extend_schema(request=None, responses=ConnectorSerializer)
    def pause(self, request: Request, pk: str) -> Response:
        """Pull no more for now. A pull that runs waits."""
        with refusals():
            keeping.pause(connector=self._connector(pk), actor=self.actor, at=timezone.now())
        return Response(_shown(self._connector(pk)))

    @extend_schema(request=None, responses=ConnectorSerializer)
    def resume(self, request: Request, pk: str) -> Response:
        """Go on where it stopped."""
        with refusals():
            keeping.resume(connector=self._connector(pk), actor=self.actor, at=timezone.now())
        return Response(_shown(self._connector(pk)))

    def _connector(self, pk: str) -> Connector:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _body(self, kind: type[Body]) -> dict[str, Any]:
        body = kind(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class ConnectorKindViewSet(BrandViewSet[Connector]):
    """What there is to connect to."""

    scope = Scope.CONNECTORS_READ
    queryset = Connector.objects.none()
    serializer_class = ConnectorKindSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head"]

    def list(self, request: Request) -> Response:
        """The kinds of connectors of this installation."""
        return self.whole(
            [
                {
                    "key": kind.key,
                    "name": kind.name,
                    "about": kind.about,
                    "before": kind.before,
                    "platforms": list(kind.platforms),
                    "source": kind.source.value,
                    "credentials": [
                        {"key": one.key, "label": one.label, "is_secret": one.is_secret}
                        for one in kind.fields
                    ],
                    "units_per_day": kind.limits.units_per_day,
                }
                for kind in KINDS
            ]
        )


def _tried(act: Callable[[], T]) -> T:
    with refusals():
        try:
            return act()
        except keeping.ConnectorRefused as refusal:
            if refusal.field:
                known = {"kind", "name", "chosen", "posts_each", "every_hours", "credentials"}
                where = refusal.field if refusal.field in known else f"credentials/{refusal.field}"
                raise BadBody([Fault(f"/{where}", refusal.code, str(refusal))]) from refusal
            raise Refused(refusal, code=refusal.code) from refusal


def _shown(row: Connector) -> Row:
    return {
        "id": row.pk,
        "kind": row.kind,
        "name": row.name,
        "owner": row.owner.email if row.owner else None,
        "chosen": row.chosen or None,
        "posts_each": row.posts_each,
        "every_hours": row.every_hours,
        "next_pull_at": row.next_pull_at,
        "pulled_at": row.pulled_at,
        "is_paused": row.is_paused,
        "pause_reason": row.pause_reason or None,
        "waits_until": row.rests_until if row.rest_reason else None,
        "wait_reason": row.rest_reason or None,
        "created_at": row.created_at,
        "version": row.version,
    }
