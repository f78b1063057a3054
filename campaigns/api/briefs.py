"""Briefs: what creators are asked for, version by version, and who accepted which."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.choices import BriefGate, BriefState, ClaimStatus, Freedom
from campaigns.filters.briefs import BriefFilter
from campaigns.models import Brief, BriefAcceptance, BriefVersion
from campaigns.services.briefs.files import file_name, pdf
from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.relationships import CreatorRefSerializer
from crm.choices import PostKind, Scope
from crm.paging import Order

ORDER = Order("briefs-api", key="id")
COLUMNS = (
    "id",
    "campaign__key",
    "segment",
    "segment_name",
    "newest",
    "state",
    "approved",
    "created_at",
    "version",
)
ACCEPTED = (
    "id",
    "version__number",
    "engagement_id",
    "engagement__relationship__creator__uid",
    "engagement__relationship__creator__name",
    "name",
    "at",
    "digest",
    "recorded_by__email",
    "note",
)


class MessageSerializer(serializers.Serializer[Any]):
    """Something that is to come across."""

    text = serializers.CharField()
    is_verbatim = serializers.BooleanField(help_text="To be said word for word.")


class ClaimLineSerializer(serializers.Serializer[Any]):
    """A claim as it stood when it was put into the brief."""

    claim = serializers.IntegerField(help_text="Its number in the library.")
    text = serializers.CharField()
    status = serializers.ChoiceField(choices=ClaimStatus.choices)
    note = serializers.CharField()


class BlockSerializer(serializers.Serializer[Any]):
    """What is made on a platform in a form."""

    platform = serializers.CharField()
    form = serializers.ChoiceField(choices=PostKind.choices)
    count = serializers.IntegerField()
    seconds = serializers.IntegerField(allow_null=True, help_text="How long it lasts at most.")
    message = serializers.CharField(help_text="How the message is told there.")
    advice = serializers.CharField()


class BriefWordingSerializer(serializers.Serializer[Any]):
    """A label of advertising, with where its rule was read."""

    key = serializers.CharField()
    jurisdiction = serializers.CharField()
    language = serializers.CharField()
    text = serializers.CharField()
    note = serializers.CharField()
    url = serializers.CharField()
    read = serializers.CharField(help_text="The source's own date.")

    def get_fields(self) -> dict[str, Any]:
        """A serializer's own `source` is something else: the field is added by its name."""
        return super().get_fields() | {"source": serializers.CharField()}


class BriefStepSerializer(serializers.Serializer[Any]):
    """Something that the creator does by a day."""

    title = serializers.CharField()
    due_on = serializers.DateField()


class DocumentSerializer(serializers.Serializer[Any]):
    """What a version says."""

    goal = serializers.CharField()
    background = serializers.CharField()
    audience = serializers.CharField()
    product = serializers.CharField()
    freedom = serializers.ChoiceField(choices=Freedom.choices)
    messages = MessageSerializer(many=True)
    dos = serializers.ListField(child=serializers.CharField())
    donts = serializers.ListField(child=serializers.CharField())
    claims = ClaimLineSerializer(many=True)
    hashtags = serializers.ListField(child=serializers.CharField())
    mentions = serializers.ListField(child=serializers.CharField())
    links = serializers.ListField(child=serializers.CharField())
    blocks = BlockSerializer(many=True)
    wordings = BriefWordingSerializer(many=True)
    inspiration = serializers.ListField(child=serializers.CharField())
    usage = serializers.CharField()
    steps = BriefStepSerializer(many=True)
    statements = serializers.ListField(child=serializers.CharField())


class BriefSerializer(serializers.Serializer[Any]):
    """A brief of a campaign: for a segment, or (null) for all creators who have no other."""

    id = serializers.IntegerField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    segment = serializers.CharField(allow_null=True)
    segment_name = serializers.CharField(allow_null=True)
    newest = serializers.IntegerField(help_text="The number of the version written last.")
    state = serializers.ChoiceField(choices=BriefState.choices, help_text="Of the newest.")
    approved = serializers.IntegerField(
        allow_null=True, help_text="The number of the version that holds."
    )
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Raised with each change.")


class BriefDecisionSerializer(serializers.Serializer[Any]):
    """Somebody said yes or no."""

    gate = serializers.ChoiceField(choices=BriefGate.choices)
    is_yes = serializers.BooleanField()
    by = serializers.EmailField(allow_null=True)
    at = serializers.DateTimeField()
    note = serializers.CharField(allow_null=True)


class BriefVersionSerializer(serializers.Serializer[Any]):
    """A version of a brief."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=BriefState.choices)
    state_since = serializers.DateTimeField()
    author = serializers.EmailField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    needs_legal = serializers.BooleanField()
    digest = serializers.CharField(help_text="SHA-256 of the document: what is accepted.")
    submitted_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    document = DocumentSerializer()
    decisions = BriefDecisionSerializer(many=True)


class BriefAcceptanceSerializer(serializers.Serializer[Any]):
    """A creator accepted a version: on their own pages, or somebody wrote it down."""

    version = serializers.IntegerField(help_text="The version's number.")
    engagement = serializers.IntegerField()
    creator = CreatorRefSerializer()
    name = serializers.CharField(help_text="As they typed it.")
    at = serializers.DateTimeField()
    digest = serializers.CharField()
    recorded_by = serializers.EmailField(allow_null=True)
    note = serializers.CharField(allow_null=True, help_text="Where it can be seen.")


class BriefViewSet(BrandViewSet[Brief]):
    """Briefs of the brand's campaigns."""

    scope = Scope.CAMPAIGNS_READ
    queryset = Brief.objects.none()
    serializer_class = BriefSerializer
    filterset_class = BriefFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head"]

    def get_queryset(self) -> QuerySet[Brief]:
        """Briefs of the token's brand."""
        return Brief.objects.filter(campaign__brand=self.brand)

    def list(self, request: Request) -> Response:
        """Briefs in the order in which they were begun."""
        rows = _shown(self.filter_queryset(self.get_queryset()))
        return self.page(rows, order=ORDER, represent=lambda some: [_brief(row) for row in some])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One brief."""
        return Response(_brief(self.one(_shown(self.get_queryset().filter(pk=pk)))))


class BriefVersionViewSet(BrandViewSet[Brief]):
    """Versions of a brief, and who accepted them."""

    scope = Scope.CAMPAIGNS_READ
    queryset = Brief.objects.none()
    serializer_class = BriefVersionSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head"]

    def list(self, request: Request, pk: str) -> Response:
        """All versions, the newest first."""
        self.one(Brief.objects.filter(pk=pk, campaign__brand=self.brand).values("id"))
        rows = self._versions().filter(brief=int(pk)).order_by("-number")
        return self.whole([_version(row) for row in rows])

    def retrieve(self, request: Request, pk: str, number: str) -> Response:
        """One version with its document and what was said to it."""
        return Response(_version(self._one(pk, number)))

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def pdf(self, request: Request, pk: str, number: str) -> HttpResponse:
        """A version as a PDF file; the same version gives the same bytes."""
        version = self._one(pk, number)
        response = HttpResponse(pdf(version), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{file_name(version)}"'
        return response

    def _versions(self) -> QuerySet[BriefVersion]:
        rows = BriefVersion.objects.filter(brief__campaign__brand=self.brand)
        return rows.select_related("brief__campaign__brand", "author").prefetch_related(
            "decisions__by"
        )

    def _one(self, pk: str, number: str) -> BriefVersion:
        found = self._versions().filter(brief=int(pk), number=int(number)).first()
        if found is None:
            raise Http404
        return found


class BriefAcceptanceViewSet(BrandViewSet[BriefAcceptance]):
    """Who accepted which version of a brief."""

    scope = Scope.CAMPAIGNS_READ
    queryset = BriefAcceptance.objects.none()
    serializer_class = BriefAcceptanceSerializer
    http_method_names = ["get", "head"]

    def list(self, request: Request, pk: str) -> Response:
        """In the order in which they came."""
        self.one(Brief.objects.filter(pk=pk, campaign__brand=self.brand).values("id"))
        rows = BriefAcceptance.objects.filter(version__brief=int(pk)).values(*ACCEPTED)
        order = Order("brief-acceptances-api", key="id")
        return self.page(rows, order=order, represent=lambda some: [_accepted(r) for r in some])


def brief_rows(rows: QuerySet[Brief]) -> list[Row]:
    """Briefs as the API shows them."""
    return [_brief(row) for row in _shown(rows)]


def accepted_rows(rows: QuerySet[BriefAcceptance]) -> list[Row]:
    """Acceptances as the API shows them."""
    return [_accepted(row) for row in rows.values(*ACCEPTED)]


def _shown(rows: QuerySet[Brief]) -> QuerySet[Brief, Any]:
    versions = BriefVersion.objects.filter(brief=OuterRef("pk")).order_by("-number")
    held = versions.filter(state=BriefState.APPROVED)
    shown: QuerySet[Brief, Any] = rows.annotate(
        newest=Subquery(versions.values("number")[:1]),
        state=Subquery(versions.values("state")[:1]),
        approved=Subquery(held.values("number")[:1]),
    ).values(*COLUMNS)
    return shown


def _brief(row: Row) -> Row:
    return {
        "id": row["id"],
        "campaign": row["campaign__key"],
        "segment": row["segment"] or None,
        "segment_name": row["segment_name"] or None,
        "newest": row["newest"],
        "state": row["state"],
        "approved": row["approved"],
        "created_at": row["created_at"],
        "version": row["version"],
    }


def _version(version: BriefVersion) -> Row:
    return {
        "number": version.number,
        "state": version.state,
        "state_since": version.state_since,
        "author": version.author.email if version.author else None,
        "reason": version.reason or None,
        "needs_legal": version.needs_legal,
        "digest": version.digest,
        "submitted_at": version.submitted_at,
        "approved_at": version.approved_at,
        "document": version.document,
        "decisions": [
            {
                "gate": one.gate,
                "is_yes": one.is_yes,
                "by": one.by.email if one.by else None,
                "at": one.at,
                "note": one.note or None,
            }
            for one in version.decisions.all()
        ],
    }


def _accepted(row: Row) -> Row:
    return {
        "version": row["version__number"],
        "engagement": row["engagement_id"],
        "creator": {
            "uid": row["engagement__relationship__creator__uid"],
            "name": row["engagement__relationship__creator__name"],
        },
        "name": row["name"],
        "at": row["at"],
        "digest": row["digest"],
        "recorded_by": row["recorded_by__email"],
        "note": row["note"] or None,
    }
