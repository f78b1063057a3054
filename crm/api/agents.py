"""Who speaks for creators, and for whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, UID, BrandViewSet
from crm.api.body import Body
from crm.api.given import GIVEN, GivenBody, GivenSerializer, given
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField, known_by
from crm.choices import AgentRole, Scope
from crm.models import Agent, Relationship, Representation
from crm.paging import Order
from crm.services import contacts as service

AGENTS = Order("agents", key="id")
AGENT_COLUMNS = (
    "id",
    "uid",
    "name",
    "company",
    "role",
    "emails",
    "phone",
    "creators_count",
    "created_at",
    *GIVEN,
)
REPRESENTATIONS = Order("representations", key="id")
COLUMNS = (
    "id",
    "agent__uid",
    "agent__name",
    "creator__uid",
    "creator__name",
    "in_copy",
    "since",
    "author__email",
)


class AgentSerializer(GivenSerializer):
    """A manager, an agency or another person who speaks for creators."""

    uid = serializers.UUIDField()
    name = serializers.CharField()
    company = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(choices=AgentRole.choices)
    emails = serializers.ListField(child=serializers.EmailField())
    phone = serializers.CharField(allow_null=True)
    creators = serializers.IntegerField(help_text="For how many: see representations.")
    created_at = serializers.DateTimeField()


class AgentChange(GivenBody):
    """What to change; what is left out stays."""

    name = serializers.CharField(max_length=200, required=False)
    company = serializers.CharField(max_length=200, required=False, allow_null=True)
    role = serializers.ChoiceField(choices=AgentRole.choices, required=False)
    emails = serializers.ListField(
        child=serializers.EmailField(max_length=254),
        max_length=service.EMAILS_MAX,
        required=False,
        help_text="All of them.",
    )
    phone = serializers.CharField(max_length=60, required=False, allow_null=True)


class NewAgent(AgentChange):
    """Somebody who speaks for creators."""

    name = serializers.CharField(max_length=200)


class AgentRefSerializer(serializers.Serializer[Any]):
    """Which agent."""

    uid = serializers.UUIDField()
    name = serializers.CharField()


class RepresentationSerializer(serializers.Serializer[Any]):
    """That an agent speaks for a creator."""

    id = serializers.IntegerField()
    agent = AgentRefSerializer()
    creator = CreatorRefSerializer()
    in_copy = serializers.BooleanField(help_text="Whether mails to the creator go to them too.")
    since = serializers.DateField(allow_null=True)
    author = serializers.EmailField(allow_null=True)


class RepresentationChange(Body):
    """Whether mails go to them in copy."""

    in_copy = serializers.BooleanField()


class NewRepresentation(RepresentationChange):
    """Who speaks for whom; where it is known already, it says who is in copy."""

    creator = KnownCreatorField()
    agent = serializers.UUIDField(help_text="The uid of an agent of the brand.")
    in_copy = serializers.BooleanField(default=False)

    def validate_agent(self, uid: Any) -> Agent:
        """The brand's own record."""
        found = Agent.objects.filter(brand=self.context["brand"], uid=uid).first()
        if found is None:
            words = f"{self.context['brand']} knows no agent of this uid."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_agent"))
        return found


class AgentFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which agents to list."""

    search = filters.CharFilter(
        field_name="name", lookup_expr="icontains", max_length=100, label="A part of the name"
    )
    creator = filters.UUIDFilter(
        field_name="representations__creator__uid", label="Who speaks for a creator: its uid"
    )

    class Meta:
        model = Agent
        fields: list[str] = []


class AgentViewSet(BrandViewSet[Agent]):
    """Agents of the brand's creators."""

    scope = Scope.CONTACTS_READ
    write_scope = Scope.CONTACTS_WRITE
    queryset = Agent.objects.none()
    serializer_class = AgentSerializer
    filterset_class = AgentFilter
    lookup_field = "uid"
    lookup_value_regex = UID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Agent]:
        """Those of the token's brand."""
        return Agent.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Agents in the order in which they were written down."""
        # Counted over all of them, not over those that the filter joins.
        wanted = self.filter_queryset(self.get_queryset()).values("pk")
        rows = _counted(self.get_queryset().filter(pk__in=wanted))
        return self.page(rows, order=AGENTS, represent=agents)

    @extend_schema(responses=AgentSerializer)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One agent."""
        return Response(self._shown(uid))

    @extend_schema(request=NewAgent, responses={201: AgentSerializer})
    def create(self, request: Request) -> Response:
        """Write down somebody who speaks for creators."""
        body = NewAgent(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(self._shown(self._saved(body).uid), status=201)

    @extend_schema(request=AgentChange, responses=AgentSerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Correct it, for all creators whom they speak for."""
        agent = self._found(uid)
        body = AgentChange(data=request.data)
        body.is_valid(raise_exception=True)
        self._saved(body, agent)
        return Response(self._shown(uid))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, uid: str) -> Response:
        """Forget them, and whom they speak for."""
        service.forget_agent(agent=self._found(uid), actor=self.actor, at=timezone.now())
        return Response(status=204)

    def _saved(self, body: NewAgent | AgentChange, agent: Agent | None = None) -> Agent:
        values = body.values
        with refusals(service.ContactRefused, body=body):
            return service.save_agent(
                brand=self.brand, values=values, actor=self.actor, at=timezone.now(), agent=agent
            )

    def _found(self, uid: str) -> Agent:
        row = self.one(self.get_queryset().filter(uid=uid).values("id"))
        return self.get_queryset().select_related("brand").get(pk=row["id"])

    def _shown(self, uid: UUID | str) -> Row:
        return agents([self.one(_counted(self.get_queryset().filter(uid=uid)))])[0]


class RepresentationFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Who speaks for whom."""

    agent = filters.UUIDFilter(field_name="agent__uid", label="An agent's uid")
    creator = filters.UUIDFilter(field_name="creator__uid", label="A creator's uid")

    class Meta:
        model = Representation
        fields: list[str] = []


class RepresentationViewSet(BrandViewSet[Representation]):
    """For whom the brand's agents speak."""

    scope = Scope.CONTACTS_READ
    write_scope = Scope.CONTACTS_WRITE
    queryset = Representation.objects.none()
    serializer_class = RepresentationSerializer
    filterset_class = RepresentationFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Representation]:
        """Those of the brand's own agents."""
        return Representation.objects.filter(agent__brand=self.brand)

    def list(self, request: Request) -> Response:
        """Who speaks for whom, in the order in which it was said."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=REPRESENTATIONS, represent=representations)

    @extend_schema(responses=RepresentationSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(self._shown(pk))

    @extend_schema(request=NewRepresentation, responses={201: RepresentationSerializer})
    def create(self, request: Request) -> Response:
        """Say who speaks for a creator."""
        body = NewRepresentation(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        sent = body.validated_data
        made = self._said(sent["creator"], sent["agent"], body)
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=RepresentationChange, responses=RepresentationSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Put the agent in copy of mails to the creator, or not."""
        relationship, agent = self._found(pk)
        body = RepresentationChange(data=request.data)
        body.is_valid(raise_exception=True)
        self._said(relationship, agent, body)
        return Response(self._shown(pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """They speak for the creator no longer; an agent who speaks for nobody is forgotten."""
        relationship, agent = self._found(pk)
        service.part(relationship=relationship, agent=agent, actor=self.actor, at=timezone.now())
        return Response(status=204)

    def _said(self, relationship: Relationship, agent: Agent, body: Body) -> Representation:
        with refusals(service.ContactRefused, body=body):
            return service.represent(
                relationship=relationship,
                agent=agent,
                in_copy=body.validated_data["in_copy"],
                actor=self.actor,
                at=timezone.now(),
            )

    def _found(self, pk: str) -> tuple[Relationship, Agent]:
        row = self.one(self.get_queryset().filter(pk=pk).values("agent", "creator"))
        agent = Agent.objects.get(pk=row["agent"])
        return known_by(self.brand, creator_id=row["creator"]), agent

    def _shown(self, pk: int | str) -> Row:
        return representations([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])[0]


def _counted(rows: QuerySet[Agent]) -> QuerySet[Any, Any]:
    counted: QuerySet[Any, Any] = rows.annotate(creators_count=Count("representations"))
    return counted.values(*AGENT_COLUMNS)


def agents(rows: list[Row]) -> list[Row]:
    """Rows of AGENT_COLUMNS as the API shows them."""
    return [
        {
            "uid": row["uid"],
            "name": row["name"],
            "company": row["company"] or None,
            "role": row["role"],
            "emails": row["emails"],
            "phone": row["phone"] or None,
            "creators": row["creators_count"],
            "created_at": row["created_at"],
            **given(row),
        }
        for row in rows
    ]


def representations(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "agent": {"uid": row["agent__uid"], "name": row["agent__name"]},
            "creator": {"uid": row["creator__uid"], "name": row["creator__name"]},
            "in_copy": row["in_copy"],
            "since": row["since"],
            "author": row["author__email"],
        }
        for row in rows
    ]
