"""What the public handed in to campaigns: read it, decide, write down permissions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.words import LOCK
from campaigns.choices import PermissionState, SubmissionOrigin, SubmissionState, Usage
from campaigns.files import StoredFile, respond_with
from campaigns.models import Submission
from campaigns.models.submissions import USES
from campaigns.selectors.submissions.inbox import permission_of
from campaigns.services.deliverables.files import KINDS
from campaigns.services.refusals import CampaignRefused
from campaigns.services.submissions import deciding, erasing, files
from campaigns.services.submissions.deciding import MONTHS_MAX, TEXT_MAX, Answer, Use
from campaigns.services.submissions.record import REASON_MAX
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("submissions-api", key="id")
_USES = [(usage.value, Usage(usage).label) for usage in USES]


class PermissionSerializer(serializers.Serializer[Any]):
    """What its author was asked, word for word, and what they said."""

    state = serializers.ChoiceField(choices=PermissionState.choices)
    is_from_form = serializers.BooleanField(help_text="They ticked it on the public page.")
    text = serializers.CharField()
    wording_version = serializers.IntegerField()
    usages = serializers.ListField(child=serializers.ChoiceField(choices=_USES))
    territory = serializers.ListField(
        child=serializers.CharField(), help_text="Two letters each; empty: worldwide."
    )
    months = serializers.IntegerField(allow_null=True, help_text="null: without an end.")
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    given_by = serializers.CharField(allow_null=True)
    proof = serializers.CharField(allow_null=True)
    proof_url = serializers.CharField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class SubmissionSerializer(serializers.Serializer[Any]):
    """Something that somebody handed in, and what became of it."""

    id = serializers.IntegerField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    origin = serializers.ChoiceField(choices=SubmissionOrigin.choices)
    state = serializers.ChoiceField(choices=SubmissionState.choices)
    name = serializers.CharField()
    email = serializers.CharField(allow_null=True, help_text="Not checked; null for posts.")
    platform = serializers.CharField(allow_null=True)
    handle = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True)
    is_testimonial = serializers.BooleanField(help_text="The words may be quoted.")
    inspired_by = serializers.CharField(
        allow_null=True, help_text="The account that made them think of it, as they say."
    )
    url = serializers.CharField(allow_null=True)
    file_name = serializers.CharField(allow_null=True)
    content_type = serializers.CharField(allow_null=True)
    creator = CreatorRefSerializer(allow_null=True)
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    asset = serializers.IntegerField(allow_null=True, help_text="In the library.")
    permission = PermissionSerializer(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with a decision.")


class SubmissionDecision(Body):
    """Which version of the submission it is about."""

    version = serializers.IntegerField(**LOCK)


class SubmissionReason(SubmissionDecision):
    """Why; for your team only."""

    reason = serializers.CharField(max_length=REASON_MAX)


class SubmissionQuestion(SubmissionDecision):
    """What its author is asked; without `text` and `usages`, what the campaign's page says."""

    text = serializers.CharField(max_length=TEXT_MAX, required=False)
    usages = serializers.ListField(
        child=serializers.ChoiceField(choices=_USES), required=False, max_length=2
    )
    territory = serializers.ListField(
        child=serializers.CharField(max_length=10), required=False, max_length=250
    )
    months = serializers.IntegerField(
        min_value=1, max_value=MONTHS_MAX, required=False, allow_null=True
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """A use is said wholly or not at all."""
        named = {"text", "usages", "territory", "months"} & set(given)
        if named and not {"text", "usages"} <= named:
            missing = min({"text", "usages"} - named)
            raise serializers.ValidationError(
                {missing: "Say both what you ask and which use it means, or neither."}
            )
        return given


class SubmissionAnswer(SubmissionDecision):
    """What they said, and where that can be seen."""

    is_yes = serializers.BooleanField()
    given_by = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="Without: the name given."
    )
    proof = serializers.CharField(max_length=1_000)
    proof_url = serializers.CharField(max_length=500, required=False, allow_blank=True)


class SubmissionFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Which submissions to list."""

    campaign = filters.CharFilter(
        field_name="campaign__key", max_length=60, label="A campaign's key"
    )
    state = filters.MultipleChoiceFilter(choices=SubmissionState.choices)
    email = filters.CharFilter(field_name="email", lookup_expr="iexact", max_length=254)

    class Meta:
        model = Submission
        fields: list[str] = []


class SubmissionViewSet(BrandViewSet[Submission]):
    """What the public handed in, of all campaigns."""

    scope = Scope.APPLICATIONS_READ
    write_scope = Scope.APPLICATIONS_WRITE
    queryset = Submission.objects.none()
    serializer_class = SubmissionSerializer
    filterset_class = SubmissionFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[Submission]:
        """Submissions to campaigns of the token's brand."""
        return Submission.objects.filter(brand=self.brand).with_details()

    def list(self, request: Request) -> Response:
        """Submissions in the order in which they came, decided ones too."""
        return self.page(
            self.filter_queryset(self.get_queryset()),
            order=ORDER,
            represent=lambda rows: [submission_row(row) for row in rows],
        )

    @extend_schema(responses=SubmissionSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One submission."""
        return self._answer(pk)

    @extend_schema(request=SubmissionDecision, responses={200: SubmissionSerializer, **REFUSED})
    def accept(self, request: Request, pk: str) -> Response:
        """Into the library, with the rights that its author gave on the public page."""
        return self._do(deciding.accept, pk, SubmissionDecision(data=request.data))

    @extend_schema(request=SubmissionReason, responses={200: SubmissionSerializer, **REFUSED})
    def refuse(self, request: Request, pk: str) -> Response:
        """Say no. Nothing is sent; it is erased after as many days as the campaign's page says."""
        return self._do(deciding.refuse, pk, SubmissionReason(data=request.data))

    @extend_schema(request=SubmissionQuestion, responses={200: SubmissionSerializer, **REFUSED})
    def ask(self, request: Request, pk: str) -> Response:
        """Write down what its author is asked. Nothing is sent."""
        body = SubmissionQuestion(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        use = None
        if "text" in said:
            use = Use(
                said["text"],
                tuple(said["usages"]),
                tuple(said.get("territory", ())),
                said.get("months"),
            )
        return self._do(deciding.ask, pk, body, use=use)

    @extend_schema(request=SubmissionAnswer, responses={200: SubmissionSerializer, **REFUSED})
    def answer(self, request: Request, pk: str) -> Response:
        """Write down what they said: a yes makes the asset and its rights, a no refuses it."""
        body = SubmissionAnswer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        heard = Answer(
            said["is_yes"], said.get("given_by", ""), said["proof"], said.get("proof_url", "")
        )
        return self._do(deciding.answer, pk, body, answer=heard)

    @extend_schema(request=SubmissionReason, responses={200: SubmissionSerializer, **REFUSED})
    def withdraw(self, request: Request, pk: str) -> Response:
        """Its author takes the permission back: the rights end today."""
        return self._do(deciding.withdraw, pk, SubmissionReason(data=request.data))

    @extend_schema(request=SubmissionDecision, responses={200: SubmissionSerializer, **REFUSED})
    def undo(self, request: Request, pk: str) -> Response:
        """Back to where it waited; rights that came of it are taken back."""
        return self._do(deciding.undo, pk, SubmissionDecision(data=request.data))

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, pk: str) -> Response:
        """Erase it at once, as when its author asks for it; not what was accepted."""
        with refusals(CampaignRefused):
            erasing.erase(
                submission_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now()
            )
        return Response(status=204)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in KINDS})
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """What was uploaded with it."""
        with refusals(CampaignRefused):
            found = self.get_queryset().exclude(sha256="").get(pk=pk)
        kept = StoredFile(found.file_name, found.content_type, found.size or 0)
        return respond_with(
            request._request, kept, lambda _kept: files.opened(found), as_attachment=True
        )

    def _do(self, do: Any, pk: str, body: Body, **more: Any) -> Response:
        body.is_valid(raise_exception=True)
        said = body.validated_data
        if "reason" in said:
            more["reason"] = said["reason"]
        with refusals(CampaignRefused, body=body):
            do(
                submission_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                expected_version=said["version"],
                **more,
            )
        return self._answer(pk)

    def _answer(self, pk: str) -> Response:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return Response(submission_row(found))


def submission_row(row: Any) -> Row:
    permission = permission_of(row)
    creator = row.relationship.creator if row.relationship else None
    texts = ("email", "handle", "text", "inspired_by", "url", "file_name", "content_type", "reason")
    return {
        "id": row.pk,
        "campaign": row.campaign.key,
        "origin": row.origin,
        "state": row.state,
        "name": row.name,
        "platform": row.platform_id,
        "is_testimonial": row.is_testimonial,
        "creator": {"uid": creator.uid, "name": creator.name} if creator else None,
        "submitted_at": row.submitted_at,
        "decided_at": row.decided_at,
        "asset": row.asset_id,
        "permission": _permission(permission) if permission else None,
        "version": row.version,
        **{name: getattr(row, name) or None for name in texts},
    }


def _permission(row: Any) -> Row:
    plain = (
        "state",
        "is_from_form",
        "text",
        "wording_version",
        "usages",
        "territory",
        "months",
        "asked_at",
        "answered_at",
        "withdrawn_at",
    )
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: getattr(row, name) or None for name in ("given_by", "proof", "proof_url")},
    }
