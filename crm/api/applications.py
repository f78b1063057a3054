"""Applications: read what people wrote, decide, take a decision back."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any, TypedDict

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.api.schema import refusal
from crm.choices import ApplicationStatus, Scope
from crm.models import Application, ApplicationAccount, Brand, Relationship, User
from crm.paging import Order
from crm.selectors import relationships_of
from crm.services.applications import deciding, erasing

ORDER = Order("applications-api", key="id")


class _About(TypedDict):
    application_id: int
    brand: Brand
    actor: User
    at: datetime


class ApplicationAccountSerializer(serializers.Serializer[Any]):
    """An account as the applicant gave it; nobody has checked whose it is."""

    platform = serializers.CharField()
    handle = serializers.CharField()
    url = serializers.URLField(allow_null=True)
    followers = serializers.IntegerField(allow_null=True, help_text="As the applicant says.")


class ApplicationSerializer(serializers.Serializer[Any]):
    """What somebody wrote who applied, and what became of it."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ApplicationStatus.choices)
    name = serializers.CharField()
    email = serializers.EmailField()
    country = serializers.CharField()
    topics = serializers.CharField(allow_null=True)
    why = serializers.CharField()
    accounts = ApplicationAccountSerializer(many=True)
    min_age = serializers.IntegerField(help_text="They said to be so old or older.")
    consent_text = serializers.CharField(help_text="What they agreed to, word for word.")
    consent_version = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(
        allow_null=True, help_text="When they showed that the address is theirs."
    )
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.EmailField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    creator = CreatorRefSerializer(allow_null=True)
    version = serializers.IntegerField()


class DecisionBody(Body):
    """Which version of the application the decision is about; without it, whichever there is."""

    version = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**31 - 1
    )


class AcceptBody(DecisionBody):
    """Who they are, where the brand knows them already."""

    creator = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="A creator of yours to whom their accounts and address are added.",
    )


class DeclineBody(DecisionBody):
    """Why; for your team only."""

    reason = serializers.CharField(max_length=deciding.REASON_MAX)


class ApplicationFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Which applications to list."""

    status = filters.ChoiceFilter(choices=ApplicationStatus.choices)
    email = filters.CharFilter(field_name="email", lookup_expr="iexact", max_length=254)
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = Application
        fields: list[str] = []


class ApplicationViewSet(BrandViewSet[Application]):
    """Who applied to the brand."""

    scope = Scope.APPLICATIONS_READ
    write_scope = Scope.APPLICATIONS_WRITE
    queryset = Application.objects.none()
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[Application]:
        """Applications to the token's brand."""
        accounts = ApplicationAccount.objects.order_by("pk")
        rows = Application.objects.filter(brand=self.brand)
        return rows.select_related("decided_by", "relationship__creator").prefetch_related(
            Prefetch("accounts", queryset=accounts)
        )

    def list(self, request: Request) -> Response:
        """Applications in the order in which they came, decided ones too."""
        return self.page(
            self.filter_queryset(self.get_queryset()), order=ORDER, represent=applications
        )

    @extend_schema(responses=ApplicationSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One application."""
        return self._answer(pk)

    @extend_schema(request=AcceptBody, responses=ApplicationSerializer)
    def accept(self, request: Request, pk: str) -> Response:
        """Make a prospect of the applicant, or add what they gave to a creator of yours."""
        about = self._about(pk)
        given = _read(AcceptBody, request)
        relationship = self._relationship(given["creator"]) if given["creator"] else None
        with refusals(deciding.DecisionRefused):
            deciding.accept(**about, relationship=relationship, expected_version=given["version"])
        return self._answer(pk)

    @extend_schema(request=DeclineBody, responses=ApplicationSerializer)
    def decline(self, request: Request, pk: str) -> Response:
        """Say no. Nothing is sent."""
        about = self._about(pk)
        given = _read(DeclineBody, request)
        with refusals(deciding.DecisionRefused):
            deciding.decline(**about, reason=given["reason"], expected_version=given["version"])
        return self._answer(pk)

    @extend_schema(request=DecisionBody, responses=ApplicationSerializer)
    def spam(self, request: Request, pk: str) -> Response:
        """Put it away as spam."""
        about = self._about(pk)
        given = _read(DecisionBody, request)
        with refusals(deciding.DecisionRefused):
            deciding.mark_spam(**about, expected_version=given["version"])
        return self._answer(pk)

    @extend_schema(request=None, responses=ApplicationSerializer)
    def undo(self, request: Request, pk: str) -> Response:
        """Put a decided application back into the queue; what accepting it made goes again."""
        about = self._about(pk)
        with refusals(deciding.DecisionRefused):
            deciding.undo(**about)
        return self._answer(pk)

    @extend_schema(request=None, responses={200: ApplicationSerializer, **refusal("refused")})
    def take_up(self, request: Request, pk: str) -> Response:
        """Put it into the queue although nobody confirmed its address."""
        about = self._about(pk)
        with refusals(deciding.DecisionRefused):
            deciding.take_up(**about)
        return self._answer(pk)

    @extend_schema(responses={204: None, **refusal("refused")})
    def destroy(self, request: Request, pk: str) -> Response:
        """Erase it for good, as when its author asks for it; not while it is a creator (409)."""
        about = self._about(pk)
        with refusals(erasing.EraseRefused):
            erasing.erase(**about)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _about(self, pk: str) -> _About:
        """Which application, and who decides about it."""
        if not Application.objects.filter(brand=self.brand, pk=pk).exists():
            raise Http404
        return {
            "application_id": int(pk),
            "brand": self.brand,
            "actor": self.actor,
            "at": timezone.now(),
        }

    def _relationship(self, uid: Any) -> Relationship:
        rows = relationships_of(self.brand).select_related("creator")
        found = rows.filter(creator__uid=uid).first()
        if found is None:
            fault = Fault("/creator", "does_not_exist", "Your brand does not know this creator.")
            raise BadBody([fault])
        return found

    def _answer(self, pk: str) -> Response:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return Response(applications([found])[0])


def _read(body: type[Body], request: Request) -> Any:
    """The checked members of the body."""
    given = body(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data


def applications(rows: Any) -> list[Row]:
    """Applications as the API shows them."""
    return [
        {
            "id": row.pk,
            "status": row.status,
            "name": row.name,
            "email": row.email,
            "country": row.country,
            "topics": row.topics or None,
            "why": row.why,
            "accounts": [
                {
                    "platform": account.platform_id,
                    "handle": account.handle,
                    "url": account.url or None,
                    "followers": account.followers,
                }
                for account in row.accounts.all()
            ],
            "min_age": row.min_age,
            "consent_text": row.consent_text,
            "consent_version": row.consent_version,
            "submitted_at": row.submitted_at,
            "confirmed_at": row.confirmed_at,
            "decided_at": row.decided_at,
            "decided_by": row.decided_by.email if row.decided_by else None,
            "reason": row.reason or None,
            "creator": row.relationship
            and {"uid": row.relationship.creator.uid, "name": row.relationship.creator.name},
            "version": row.version,
        }
        for row in rows
    ]
