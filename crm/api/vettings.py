"""Vettings: asked for, given to somebody else, withdrawn, settled by a third person."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.api.reviews import (
    AnswersBody,
    ReviewSerializer,
    WhyBody,
    given_of,
    review_refusals,
    review_row,
    with_answers,
)
from crm.api.schema import ProblemSerializer
from crm.choices import ResultBasis, Scope, VettingStatus
from crm.models import Review, User, Vetting, VettingResult
from crm.paging import Order
from crm.services.reviews import settling
from crm.services.reviews import vettings as service
from crm.services.reviews.people import reviewers_of

ORDER = Order("api-vettings", key="id")
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="Refused: `errors[0].code` is `already_open`, `closed`, `no_form`, "
        "`not_a_third_person` or `refused`.",
    )
}


class ResultSerializer(serializers.Serializer[Any]):
    """What was found for one criterion; both are null where nobody could say."""

    criterion = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    choice = serializers.CharField(allow_null=True)
    how = serializers.ChoiceField(
        choices=ResultBasis.choices, help_text="How the result came about."
    )
    passed = serializers.BooleanField(
        allow_null=True, help_text="By the form's rule; null: there is none, or nobody could say."
    )


class VettingSerializer(serializers.Serializer[Any]):
    """That reviews of a creator were asked for, and what came of it."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    form = serializers.IntegerField(help_text="The version of the review form.")
    status = serializers.ChoiceField(choices=VettingStatus.choices)
    reason = serializers.CharField(allow_null=True)
    due_on = serializers.DateField()
    requested_by = serializers.EmailField(allow_null=True)
    requested_at = serializers.DateTimeField()
    all_in_at = serializers.DateTimeField(
        allow_null=True, help_text="From here on everybody may read the reviews."
    )
    settled_at = serializers.DateTimeField(allow_null=True, help_text="Or withdrawn.")
    settled_by = serializers.EmailField(
        allow_null=True, help_text="The third person, or who withdrew it."
    )
    why_withdrawn = serializers.CharField(allow_null=True)
    reviews = ReviewSerializer(many=True)
    results = ResultSerializer(many=True)


class ReviewerField(serializers.EmailField):
    """In bodies: the address of somebody who may review for the brand; the value is the user."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """After it is known to be an address. Whether an account exists elsewhere is not told."""
        email = super().run_validation(data)
        found = reviewers_of(self.context["brand"]).filter(email__iexact=email).first()
        if found is None:
            raise serializers.ValidationError(
                ErrorDetail("Nobody with this address may review.", "unknown_user")
            )
        return found


class NewVetting(Body):
    """Whom to vet, and who reviews."""

    creator = KnownCreatorField(help_text="The uid of a creator whom the brand knows.")
    reviewers = serializers.ListField(
        child=ReviewerField(), max_length=2, help_text="One or two, as the review form wants."
    )
    due_on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(
        max_length=service.REASON_MAX, required=False, allow_blank=True, default=""
    )


class AssignBody(Body):
    """Who is to review, and instead of whom."""

    reviewer = ReviewerField()
    instead_of = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The id of a review that waits; without, a place that is free.",
    )


class VettingFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which vettings to list."""

    status = filters.ChoiceFilter(choices=VettingStatus.choices)
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")
    requested_by = filters.CharFilter(
        field_name="requested_by__email",
        lookup_expr="iexact",
        max_length=254,
        label="An e-mail address",
    )

    class Meta:
        model = Vetting
        fields: list[str] = []


class VettingViewSet(BrandViewSet[Vetting]):
    """Vettings of the brand, with their reviews as far as you may read them."""

    scope = Scope.REVIEWS_READ
    write_scope = Scope.REVIEWS_WRITE
    queryset = Vetting.objects.none()
    serializer_class = VettingSerializer
    filterset_class = VettingFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Vetting]:
        """Vettings of the token's brand."""
        return Vetting.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Vettings in the order in which they were asked for."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(
            _whole(rows),
            order=ORDER,
            represent=lambda found: [_row(one, self.actor) for one in cast("Any", found)],
        )

    @extend_schema(responses=VettingSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One vetting."""
        return Response(self._shown(int(pk)))

    @extend_schema(
        request=NewVetting,
        responses={201: VettingSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Two blind reviews",
                value={
                    "creator": "0b8f6c2e-6a0e-4f7e-9a51-3d8f1c5c7f10",
                    "reviewers": ["ana@acme.example", "ben@acme.example"],
                    "reason": "Spring campaign",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Ask for a vetting; the reviewers are told."""
        body = NewVetting(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        with review_refusals(body):
            made = service.ask_for_vetting(
                relationship=wanted["creator"],
                reviewers=wanted["reviewers"],
                actor=self.actor,
                at=timezone.now(),
                reason=wanted["reason"],
                due_on=wanted.get("due_on"),
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=AssignBody, responses={200: VettingSerializer, **REFUSED})
    def assign(self, request: Request, pk: str) -> Response:
        """Ask somebody else, in a place that is free or instead of a review that waits."""
        body = AssignBody(data=request.data, context={"brand": self.brand})
        return self._act(
            pk,
            body,
            lambda wanted: service.assign_review(
                vetting_id=int(pk),
                brand=self.brand,
                reviewer=wanted["reviewer"],
                instead_of=wanted.get("instead_of"),
                actor=self.actor,
                at=timezone.now(),
            ),
        )

    @extend_schema(request=WhyBody, responses={200: VettingSerializer, **REFUSED})
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take it back: by whoever asked, or an admin. Reviews that were not all in stay unread."""
        return self._act(
            pk,
            WhyBody(data=request.data),
            lambda wanted: service.withdraw_vetting(
                vetting_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                why=wanted["why"],
            ),
        )

    @extend_schema(request=AnswersBody, responses={200: VettingSerializer, **REFUSED})
    def adjudicate(self, request: Request, pk: str) -> Response:
        """Settle, as a third person, what the reviewers differ about; say why in `comment`."""
        return self._act(
            pk,
            AnswersBody(data=request.data),
            lambda wanted: settling.adjudicate(
                vetting_id=int(pk),
                brand=self.brand,
                answers=given_of(wanted["answers"]),
                comment=wanted["comment"],
                actor=self.actor,
                at=timezone.now(),
            ),
        )

    def _act(self, pk: str, body: Body, act: Any) -> Response:
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body.is_valid(raise_exception=True)
        with review_refusals(body):
            act(body.validated_data)
        return Response(self._shown(int(pk)))

    def _shown(self, pk: int) -> Row:
        found = _whole(self.get_queryset()).filter(pk=pk).first()
        if found is None:
            raise Http404
        return _row(found, self.actor)


def _whole(rows: QuerySet[Vetting]) -> QuerySet[Vetting]:
    results = VettingResult.objects.select_related("criterion").order_by("pk")
    reviews = with_answers(Review.objects.order_by("assigned_at", "pk"))
    return rows.select_related(
        "relationship__creator", "form", "requested_by", "settled_by"
    ).prefetch_related(Prefetch("results", results), Prefetch("reviews", reviews))


def _row(vetting: Vetting, reader: User) -> Row:
    creator = vetting.relationship.creator
    return {
        "id": vetting.pk,
        "creator": {"uid": creator.uid, "name": creator.name},
        "form": vetting.form.number,
        "status": vetting.status,
        "reason": vetting.reason or None,
        "due_on": vetting.due_on,
        "requested_by": vetting.requested_by.email if vetting.requested_by else None,
        "requested_at": vetting.requested_at,
        "all_in_at": vetting.all_in_at,
        "settled_at": vetting.settled_at,
        "settled_by": vetting.settled_by.email if vetting.settled_by else None,
        "why_withdrawn": vetting.why_withdrawn or None,
        "reviews": [review_row(review, reader) for review in vetting.reviews.all()],
        "results": [
            {
                "criterion": result.criterion.key,
                "score": None if result.score is None else float(result.score),
                "choice": result.choice,
                "how": result.basis,
                "passed": result.passed,
            }
            for result in vetting.results.all()
        ],
    }
