"""The library of policies: written, published, read and accepted by the team and by creators."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet, NothingSaid
from campaigns.api.campaigns import REFUSED
from campaigns.api.words import LOCK, PersonField
from campaigns.models import Policy, PolicyAcceptance, PolicyReading, PolicyVersion
from campaigns.selectors.policies import readers_of
from campaigns.services import policies as service
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import PageQuery, Row, WholeList
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Role, Scope
from crm.paging import Order
from crm.permissions import Can

ORDER = Order("policies-api", key="id")
ACCEPTED = Order("policy-acceptances-api", key="id")
COLUMNS = (
    *("id", "title", "roles", "for_creators", "number", "published_at", "digest", "version_id"),
    *("is_read", "owner__email", "has_draft", "version"),
)
_HOLDS = Exists(PolicyVersion.objects.filter(policy=OuterRef("pk")).exclude(published_at=None))
_ROLES = serializers.ListField(
    child=serializers.ChoiceField(choices=Role.choices),
    required=False,
    max_length=len(Role),
    help_text="Whose reading is asked for.",
)


class PolicySerializer(serializers.Serializer[Any]):
    """A policy as it holds now. Null in `number`, `published_at`, `digest`: nothing holds yet."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    owner = serializers.EmailField(allow_null=True)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices), help_text="Whose reading is asked for."
    )
    for_creators = serializers.BooleanField()
    number = serializers.IntegerField(allow_null=True, help_text="Of the version that holds.")
    published_at = serializers.DateTimeField(allow_null=True)
    digest = serializers.CharField(
        allow_null=True, help_text="SHA-256 of its text: what is accepted."
    )
    is_read = serializers.BooleanField(help_text="By the token's user, this version.")
    has_draft = serializers.BooleanField()
    version = serializers.IntegerField(help_text="Send it back with a change.")


class PolicyVersionSerializer(serializers.Serializer[Any]):
    """What a policy said, says, or (a draft) will say."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    reason = serializers.CharField(allow_null=True, help_text="What is new in it.")
    digest = serializers.CharField()
    author = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True, help_text="Null: a draft.")


class WholePolicySerializer(PolicySerializer):
    """The same with its words."""

    text = serializers.CharField(allow_null=True)


class PolicyReaderSerializer(serializers.Serializer[Any]):
    """Somebody whom the policy is for, and when they accepted what holds; null: not yet."""

    email = serializers.EmailField()
    read_at = serializers.DateTimeField(allow_null=True)


class PolicyAcceptanceSerializer(serializers.Serializer[Any]):
    """A creator accepted a version, behind their own link."""

    id = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Of the version.")
    creator = CreatorRefSerializer()
    campaign = serializers.CharField(help_text="Its key.")
    engagement = serializers.IntegerField()
    name = serializers.CharField(help_text="As they wrote it.")
    at = serializers.DateTimeField()


class PoliciesQuery(PageQuery):
    """Which policies."""

    drafts = serializers.BooleanField(
        default=False, help_text="Also those of which nothing is published yet."
    )


class ReadBody(Body):
    """What was read."""

    digest = serializers.CharField(max_length=64, help_text="Of the version that you read.")


class PolicyChange(Body):
    """What to change: whom it is for counts at once, what it says once it is published."""

    version = serializers.IntegerField(**LOCK)
    title = serializers.CharField(max_length=service.TITLE_MAX, required=False)
    text = serializers.CharField(max_length=service.TEXT_MAX, required=False)
    reason = serializers.CharField(
        max_length=service.REASON_MAX,
        required=False,
        allow_blank=True,
        help_text="What is new in this version.",
    )
    owner = PersonField(required=False, allow_null=True)
    roles = _ROLES
    for_creators = serializers.BooleanField(required=False)


class NewPolicy(Body):
    """A policy as a draft."""

    title = serializers.CharField(max_length=service.TITLE_MAX)
    text = serializers.CharField(max_length=service.TEXT_MAX)
    owner = PersonField(required=False, allow_null=True)
    roles = _ROLES
    for_creators = serializers.BooleanField(default=False)


class SeenPolicy(Body):
    """Which version of the policy you saw."""

    version = serializers.IntegerField(**LOCK)


class PolicyViewSet(ActingViewSet[Policy]):
    """Policies that nobody put away."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.POLICIES_WRITE
    # Everybody says that they have read what holds.
    write_cans: ClassVar = {"read": Can.VIEW}
    queryset = Policy.objects.none()
    serializer_class = PolicySerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]
    queries = {"list": PoliciesQuery}

    def get_queryset(self) -> QuerySet[Policy]:
        """Policies of the token's brand, with the version that holds."""
        versions = PolicyVersion.objects.filter(policy=OuterRef("pk"))
        holds = versions.exclude(published_at=None).order_by("-number")
        readings = PolicyReading.objects.filter(version=OuterRef("version_id"), user=self.actor)
        rows = Policy.objects.in_use().filter(brand=self.brand)
        return rows.annotate(
            version_id=Subquery(holds.values("pk")[:1]),
            number=Subquery(holds.values("number")[:1]),
            published_at=Subquery(holds.values("published_at")[:1]),
            digest=Subquery(holds.values("digest")[:1]),
            has_draft=Exists(versions.filter(published_at=None)),
        ).annotate(is_read=Exists(readings))

    def list(self, request: Request) -> Response:
        """Policies that hold, in the order in which they were first written; with `drafts` all."""
        rows = self.get_queryset()
        if not self.query["drafts"]:
            rows = rows.filter(_HOLDS)
        return self.page(rows.values(*COLUMNS), order=ORDER, represent=_rows)

    @extend_schema(responses=WholePolicySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One policy with its words, as far as it holds."""
        return Response(self._whole(pk))

    @extend_schema(
        request=NewPolicy,
        responses={201: WholePolicySerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "For creators",
                value={
                    "title": "How we mark advertising",
                    "text": "The label comes first.",
                    "for_creators": True,
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Write a policy: it holds once it is published."""
        body = self.said(NewPolicy)
        made = self.done(service.save_policy, body, **body.validated_data)
        return Response(self._whole(made.pk), status=201)

    @extend_schema(request=PolicyChange, responses={200: WholePolicySerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change whom it is for, or write the draft of its next version."""
        found, body = self._found(pk), self.said(PolicyChange)
        newest = found.versions.latest("number")
        said = {
            "title": found.title,
            "text": newest.text,
            "reason": "" if newest.published_at else newest.reason,
            "owner": found.owner,
            "roles": found.roles,
            "for_creators": found.for_creators,
        } | body.validated_data
        version = said.pop("version")
        self.done(service.save_policy, body, policy_id=found.pk, expected_version=version, **said)
        return Response(self._whole(pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Put it away: nobody is asked to read it any more."""
        self.done(service.put_away, NothingSaid(), policy_id=self._found(pk).pk)
        return Response(status=204)

    @extend_schema(request=SeenPolicy, responses={200: WholePolicySerializer, **REFUSED})
    def publish(self, request: Request, pk: str) -> Response:
        """The draft holds from now on: whoever it is for is asked to read it."""
        found, body = self._found(pk), self.said(SeenPolicy)
        version = body.validated_data["version"]
        self.done(service.publish, body, policy_id=found.pk, expected_version=version)
        return Response(self._whole(pk))

    @extend_schema(request=ReadBody, responses={200: PolicySerializer, **REFUSED})
    def read(self, request: Request, pk: str) -> Response:
        """Say that the token's user has read the version that holds, and accepts it; once."""
        row = self.one(self._held(pk).values(*COLUMNS))
        body = self.said(ReadBody)
        self.done(_read, body, version_id=row["version_id"], digest=body.validated_data["digest"])
        return Response(_row(row) | {"is_read": True})

    def _found(self, pk: str) -> Policy:
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        return Policy.objects.select_related("owner").get(pk=row["id"])

    def _held(self, pk: str) -> QuerySet[Policy]:
        return self.get_queryset().filter(_HOLDS, pk=pk)

    def _whole(self, pk: int | str) -> Row:
        row = self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))
        version = PolicyVersion.objects.filter(pk=row["version_id"])
        return _row(row) | {"text": version.values_list("text", flat=True).first()}


class _OfPolicy(BrandViewSet[Policy]):
    scope = Scope.CAMPAIGNS_READ
    queryset = Policy.objects.none()
    http_method_names = ["get", "head"]

    def known(self, pk: str) -> int:
        """The number of a policy of the token's brand; 404 where it has none of that number."""
        rows = Policy.objects.in_use().filter(brand=self.brand, pk=pk)
        return int(self.one(rows.values("id"))["id"])


class PolicyVersionViewSet(_OfPolicy):
    """What a policy said and says."""

    serializer_class = PolicyVersionSerializer
    pagination_class = WholeList

    def list(self, request: Request, pk: str) -> Response:
        """All versions, the newest first; a draft has no `published_at`."""
        rows = PolicyVersion.objects.filter(policy=self.known(pk)).select_related("author")
        return self.whole([_version(row) for row in rows.order_by("-number")])


class PolicyReaderViewSet(_OfPolicy):
    """Who of the team has read what holds, and who has not."""

    serializer_class = PolicyReaderSerializer
    pagination_class = WholeList

    def list(self, request: Request, pk: str) -> Response:
        """Everybody whom it is for, those who have not read it first."""
        versions = PolicyVersion.objects.filter(policy=self.known(pk)).exclude(published_at=None)
        holds = versions.select_related("policy").order_by("-number").first()
        readers = readers_of(holds) if holds else []
        return self.whole(
            [
                {"email": one.user.email, "read_at": one.reading.at if one.reading else None}
                for one in readers
            ]
        )


class PolicyAcceptanceViewSet(_OfPolicy):
    """Which creators accepted a policy."""

    serializer_class = PolicyAcceptanceSerializer

    def list(self, request: Request, pk: str) -> Response:
        """In the order in which they came, of all versions."""
        rows = PolicyAcceptance.objects.filter(version__policy=self.known(pk)).values(
            *("id", "version__number", "engagement_id", "engagement__campaign__key", "name", "at"),
            "engagement__relationship__creator__uid",
            "engagement__relationship__creator__name",
        )
        return self.page(rows, order=ACCEPTED, represent=_acceptances)


def _read(*, actor: Any, **named: Any) -> PolicyReading:
    return service.read(user=actor, **named)


def _rows(rows: list[Row]) -> list[Row]:
    return [_row(row) for row in rows]


def _row(row: Row) -> Row:
    shown = {name: row[name] for name in COLUMNS if name not in {"version_id", "owner__email"}}
    return shown | {"owner": row["owner__email"]}


def _version(row: PolicyVersion) -> Row:
    return {
        "number": row.number,
        "text": row.text,
        "reason": row.reason or None,
        "digest": row.digest,
        "author": row.author.email if row.author else None,
        "created_at": row.created_at,
        "published_at": row.published_at,
    }


def _acceptances(rows: list[Row]) -> list[Row]:
    return [
        {
            "id": row["id"],
            "number": row["version__number"],
            "creator": {
                "uid": row["engagement__relationship__creator__uid"],
                "name": row["engagement__relationship__creator__name"],
            },
            "campaign": row["engagement__campaign__key"],
            "engagement": row["engagement_id"],
            "name": row["name"],
            "at": row["at"],
        }
        for row in rows
    ]
