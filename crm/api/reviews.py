"""Reviews: what one is asked to judge, and what others said once all are in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.api.schema import ProblemSerializer
from crm.choices import ReviewStatus, Scope
from crm.models import Answer, Review, User
from crm.paging import Order
from crm.services.reviews import writing as service
from crm.services.reviews.answers import COMMENT_MAX, EVIDENCE_MAX, Given
from crm.services.reviews.people import ReviewRefused
from crm.services.reviews.vettings import REASON_MAX
from crm.services.reviews.wordings import CRITERIA_MAX, KEY_MAX, OPTION_MAX

ORDER = Order("api-reviews", key="id")
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="Refused: `errors[0].code` is `closed`, `outdated` or `refused`.",
    )
}


class AnswerSerializer(serializers.Serializer[Any]):
    """What a review says to one criterion: one of the three, null where it is another."""

    criterion = serializers.CharField()
    score = serializers.IntegerField(allow_null=True)
    choice = serializers.CharField(allow_null=True)
    cannot_say = serializers.BooleanField()
    evidence = serializers.CharField(allow_null=True)


class ReviewSerializer(serializers.Serializer[Any]):
    """One person's review. `answers` and `comment` are null as long as you may not read them."""

    id = serializers.IntegerField()
    vetting = serializers.IntegerField()
    creator = CreatorRefSerializer()
    reviewer = serializers.EmailField(allow_null=True)
    is_adjudication = serializers.BooleanField(help_text="A third person's, of what was disputed.")
    status = serializers.ChoiceField(choices=ReviewStatus.choices)
    form = serializers.IntegerField(help_text="The version of the review form.")
    due_on = serializers.DateField()
    assigned_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    is_readable = serializers.BooleanField(help_text="It is yours, or all reviews are in.")
    answers = AnswerSerializer(many=True, allow_null=True)
    comment = serializers.CharField(allow_null=True)
    why_declined = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with what you write.")


class AnswerBody(Body):
    """An answer to one criterion: a score, a choice, or that you cannot say."""

    criterion = serializers.CharField(max_length=KEY_MAX)
    score = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=5)
    choice = serializers.CharField(required=False, allow_null=True, max_length=OPTION_MAX)
    cannot_say = serializers.BooleanField(default=False)
    evidence = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=EVIDENCE_MAX
    )


class AnswersBody(Body):
    """Answers, each criterion once."""

    answers = AnswerBody(many=True, help_text="They take the place of those that were there.")
    comment = serializers.CharField(
        max_length=COMMENT_MAX, required=False, allow_blank=True, default=""
    )

    def validate_answers(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """No criterion is answered twice."""
        keys = [one["criterion"] for one in given]
        if len(keys) > CRITERIA_MAX or len(set(keys)) != len(keys):
            raise serializers.ValidationError(
                ErrorDetail("Answer each criterion once.", "duplicate")
            )
        return given


class ReviewBody(AnswersBody):
    """What you write; what is left out is gone from the draft."""

    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version that you saw."
    )


class WhyBody(Body):
    """A reason."""

    why = serializers.CharField(max_length=REASON_MAX)


class ReviewFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which reviews to list."""

    status = filters.ChoiceFilter(choices=ReviewStatus.choices)
    reviewer = filters.CharFilter(
        field_name="reviewer__email",
        lookup_expr="iexact",
        max_length=254,
        label="An e-mail address",
    )
    vetting = filters.NumberFilter(min_value=1, max_value=2**31 - 1, label="A vetting's id")
    creator = filters.UUIDFilter(
        field_name="vetting__relationship__creator__uid", label="A creator's uid"
    )

    class Meta:
        model = Review
        fields: list[str] = []


class ReviewViewSet(BrandViewSet[Review]):
    """Reviews of the brand: that they are there, and what they say where you may read it."""

    scope = Scope.REVIEWS_READ
    write_scope = Scope.REVIEWS_WRITE
    queryset = Review.objects.none()
    serializer_class = ReviewSerializer
    filterset_class = ReviewFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Review]:
        """Reviews of the token's brand."""
        return Review.objects.filter(vetting__brand=self.brand)

    def list(self, request: Request) -> Response:
        """Reviews in the order in which they were asked for."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(
            with_answers(rows),
            order=ORDER,
            represent=lambda found: [review_row(one, self.actor) for one in cast("Any", found)],
        )

    @extend_schema(responses=ReviewSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One review."""
        return Response(self._shown(pk))

    @extend_schema(
        request=ReviewBody,
        responses={200: ReviewSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A draft",
                value={
                    "version": 1,
                    "answers": [
                        {"criterion": "tone", "score": 4},
                        {"criterion": "risk", "cannot_say": True},
                    ],
                    "comment": "Warm, a little loud.",
                },
                request_only=True,
            )
        ],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Keep a draft of your own review; nobody else can read it."""
        return self._write(request, pk, is_final=False)

    @extend_schema(request=ReviewBody, responses={200: ReviewSerializer, **REFUSED})
    def submit(self, request: Request, pk: str) -> Response:
        """Hand your own review in: every criterion answered. It stays as it is from then on."""
        return self._write(request, pk, is_final=True)

    @extend_schema(request=WhyBody, responses={200: ReviewSerializer, **REFUSED})
    def decline(self, request: Request, pk: str) -> Response:
        """Say that you cannot review this creator; whoever asked is told why."""
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = WhyBody(data=request.data)
        body.is_valid(raise_exception=True)
        with review_refusals(body):
            service.decline_review(
                review_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                why=body.validated_data["why"],
            )
        return Response(self._shown(pk))

    def _write(self, request: Request, pk: str, *, is_final: bool) -> Response:
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = ReviewBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        with review_refusals(body):
            service.save_review(
                review_id=int(pk),
                brand=self.brand,
                answers=given_of(wanted["answers"]),
                comment=wanted["comment"],
                actor=self.actor,
                at=timezone.now(),
                expected_version=wanted["version"],
                is_final=is_final,
            )
        return Response(self._shown(pk))

    def _shown(self, pk: str) -> Row:
        found = with_answers(self.get_queryset()).filter(pk=pk).first()
        if found is None:
            raise Http404
        return review_row(found, self.actor)


def with_answers(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """With all that `review_row` shows."""
    answers = Answer.objects.select_related("criterion").order_by("pk")
    return reviews.select_related(
        "reviewer", "vetting__form", "vetting__relationship__creator"
    ).prefetch_related(Prefetch("answers", answers))


def review_row(review: Review, reader: User) -> Row:
    """A review as the API shows it to `reader`: what they may not read is null."""
    creator = review.vetting.relationship.creator
    is_readable = review.is_readable_by(reader)
    reason = review.why_declined if review.is_refusal_readable_by(reader) else None
    return {
        "id": review.pk,
        "vetting": review.vetting_id,
        "creator": {"uid": creator.uid, "name": creator.name},
        "reviewer": review.reviewer.email if review.reviewer else None,
        "is_adjudication": review.is_adjudication,
        "status": review.status,
        "form": review.vetting.form.number,
        "due_on": review.vetting.due_on,
        "assigned_at": review.assigned_at,
        "closed_at": review.closed_at,
        "is_readable": is_readable,
        "answers": [_answer_row(answer) for answer in review.answers.all()]
        if is_readable
        else None,
        "comment": (review.comment or None) if is_readable else None,
        "why_declined": reason or None,
        # It is raised with each draft: how often somebody saved is theirs to know.
        "version": review.version if is_readable else 1,
    }


def _answer_row(answer: Answer) -> Row:
    return {
        "criterion": answer.criterion.key,
        "score": answer.score,
        "choice": answer.choice,
        "cannot_say": answer.cannot_say,
        "evidence": answer.evidence or None,
    }


def given_of(answers: list[dict[str, Any]]) -> dict[str, Given]:
    """Answers of a body as the services take them."""
    return {
        one["criterion"]: Given(
            score=one.get("score"),
            choice=one.get("choice"),
            cannot_say=one["cannot_say"],
            evidence=one.get("evidence") or "",
        )
        for one in answers
    }


@contextmanager
def review_refusals(body: Body) -> Iterator[None]:
    """While a review is written: a refused answer is named by its place in the body."""
    with refusals(ReviewRefused, body=body):
        try:
            yield
        except ReviewRefused as refusal:
            name, _, criterion = refusal.field.partition("/")
            if name == "answers" and criterion:
                keys = [one["criterion"] for one in body.validated_data.get("answers", [])]
                # One that was left out has no place of its own.
                refusal.field = f"answers/{keys.index(criterion)}" if criterion in keys else name
            raise
