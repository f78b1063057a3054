"""The versions of a brand's review form: what reviewers are asked, and what each answer means."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.agreement import Agreement
from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.api.review_form_bodies import ReviewFormBody
from crm.api.schema import refusal
from crm.choices import CriterionKind, Scope
from crm.models import Criterion, FormCriterion, ReviewForm
from crm.paging import Order
from crm.permissions import Can
from crm.services.reviews.figures import agreement_of, judged_twice
from crm.services.reviews.forms import newest_form, publish_form
from crm.services.reviews.people import ReviewRefused

EXAMPLE = OpenApiExample(
    "One criterion",
    value={
        "why": "Begin with tone",
        "criteria": [
            {
                "label": "Tone",
                "question": "Does the tone fit ours?",
                "anchors": ["Not at all", "Rarely", "Partly", "Mostly", "Entirely"],
            }
        ],
    },
    request_only=True,
)
NEWEST = Order("api-review-forms", "number", "id", descending=True)


class OptionSerializer(serializers.Serializer[Any]):
    """An answer of a list, or what a score means."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name


class CriterionSerializer(serializers.Serializer[Any]):
    """What is judged."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    question = serializers.CharField()
    kind = serializers.ChoiceField(choices=CriterionKind.choices)
    answers = OptionSerializer(many=True, help_text="Of a scale, what 1 to 5 mean.")
    needs_evidence = serializers.BooleanField()
    fact = serializers.CharField(help_text="What rules call the result.")


class FormCriterionSerializer(CriterionSerializer):
    """What is judged, and which results pass; null: it is no bar."""

    least = serializers.IntegerField(allow_null=True, help_text="Scores from here pass.")
    most = serializers.IntegerField(allow_null=True, help_text="Scores up to here pass.")
    passing = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="Answers of a list that pass."
    )


class ReviewFormSerializer(serializers.Serializer[Any]):
    """A version of the form; the one with the highest number is in use."""

    number = serializers.IntegerField()
    reviewers = serializers.IntegerField(help_text="2: two blind reviews.")
    dispute_from = serializers.IntegerField(
        help_text="From so many points apart a third person decides."
    )
    requester_may_review = serializers.BooleanField()
    days = serializers.IntegerField()
    guidance = serializers.CharField(allow_null=True)
    why = serializers.CharField(allow_null=True)
    created_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    criteria = FormCriterionSerializer(many=True)


class AgreementIntervalSerializer(serializers.Serializer[Any]):
    """The interval, linearised over what was judged."""

    level = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class AgreementSerializer(serializers.Serializer[Any]):
    """Krippendorff's alpha of a criterion, in one wording."""

    criterion = CriterionSerializer()
    is_in_use = serializers.BooleanField()
    level = serializers.ChoiceField(choices=["nominal", "ordinal"])
    n = serializers.IntegerField(help_text="Creators whom two people judged blind.")
    same = serializers.IntegerField(help_text="Of whom both said the same.")
    alpha = serializers.FloatField(allow_null=True)
    interval = AgreementIntervalSerializer(allow_null=True)
    reason_if_absent = serializers.CharField(allow_null=True)


class ReviewFormViewSet(BrandViewSet[ReviewForm]):
    """What reviewers of the brand are asked."""

    scope = Scope.REVIEWS_READ
    write_scope = Scope.SETTINGS_WRITE
    write_can = Can.EDIT_SEGMENTS
    queryset = ReviewForm.objects.none()
    serializer_class = ReviewFormSerializer
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"

    def get_queryset(self) -> QuerySet[ReviewForm]:
        """Versions of the token's brand, with what they ask."""
        lines = FormCriterion.objects.select_related("criterion").order_by("position")
        return (
            ReviewForm.objects.filter(brand=self.brand)
            .select_related("created_by")
            .prefetch_related(Prefetch("lines", lines))
        )

    def list(self, request: Request) -> Response:
        """Versions, the one in use first."""
        return self.page(self.get_queryset(), order=NEWEST, represent=_forms)

    @extend_schema(responses=ReviewFormSerializer)
    def retrieve(self, request: Request, number: str) -> Response:
        """One version."""
        found = self.get_queryset().filter(number=number).first()
        if found is None:
            raise Http404
        return Response(_form(found))

    @extend_schema(
        request=ReviewFormBody,
        responses={201: ReviewFormSerializer, **refusal("outdated", "refused")},
        examples=[EXAMPLE],
    )
    def create(self, request: Request) -> Response:
        """Publish a version, in use from now on; what says nothing new stays the one before.

        For strategists and admins. Vettings that were asked for keep their version.
        """
        body = ReviewFormBody(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(ReviewRefused, body=body):
            made = publish_form(
                brand=self.brand,
                bar=body.bar,
                criteria=body.wordings,
                actor=self.actor,
                at=timezone.now(),
                why=body.validated_data["why"],
                expected_number=body.validated_data.get("seen_number"),
            )
        found = self.get_queryset().get(pk=made.pk)
        return Response(_form(found), status=HTTPStatus.CREATED)


class AgreementViewSet(BrandViewSet[Criterion]):
    """How far reviewers agree."""

    scope = Scope.REVIEWS_READ
    queryset = Criterion.objects.none()
    serializer_class = AgreementSerializer
    pagination_class = WholeList

    def list(self, request: Request) -> Response:
        """Each criterion in use, then earlier wordings, from blind reviews that are all in."""
        every = judged_twice(self.brand, newest_form(self.brand))
        return self.whole(
            [
                {
                    "criterion": criterion_row(judged.criterion),
                    "is_in_use": judged.is_in_use,
                    "level": judged.level.value,
                    **_alpha(agreement_of(judged)),
                }
                for judged in every
            ]
        )


def _alpha(found: Agreement) -> Row:
    interval = None
    if found.low is not None and found.high is not None:
        interval = {"level": found.level, "low": found.low, "high": found.high}
    return {
        "n": found.units,
        "same": found.same,
        "alpha": found.alpha,
        "interval": interval,
        "reason_if_absent": found.reason or None,
    }


def criterion_row(criterion: Criterion) -> Row:
    """A criterion as the API shows it."""
    return {
        "key": criterion.key,
        "label": criterion.label,
        "question": criterion.question,
        "kind": criterion.kind,
        "answers": [{"value": value, "label": label} for value, label in criterion.labels.items()],
        "needs_evidence": criterion.needs_evidence,
        "fact": criterion.field_key,
    }


def _forms(rows: list[Any]) -> list[Row]:
    return [_form(row) for row in rows]


def _form(form: ReviewForm) -> Row:
    return {
        "number": form.number,
        "reviewers": form.reviewers,
        "dispute_from": form.dispute_from,
        "requester_may_review": form.requester_may_review,
        "days": form.days,
        "guidance": form.guidance or None,
        "why": form.why or None,
        "created_by": form.created_by.email if form.created_by else None,
        "created_at": form.created_at,
        "criteria": [
            criterion_row(line.criterion)
            | {"least": line.least, "most": line.most, "passing": line.passing}
            for line in form.lines.all()
        ],
    }
