"""Who is nearly in a segment, when a run has been through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import PageQuery, Row
from crm.api.problems import MEDIA_TYPE, BadQuery, Refused
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from segmentation.facts.catalogue import catalogue
from segmentation.models import CreatorFacts, Run
from segmentation.selectors.near_misses import (
    BY_CREATOR,
    NearList,
    NearTooSlow,
    near_list,
    near_segments,
)
from segmentation.services.counting import COUNTED

NOBODY = CreatorFacts.objects.none().values("creator_id")


class NearQuery(PageQuery):
    """Near which segment, by what, and how near."""

    segment = serializers.SlugField(max_length=60, help_text="A segment that the run looked at.")
    subject = serializers.CharField(
        max_length=300,
        required=False,
        help_text="Only those whom this alone keeps out: one of the names in the answer's `by`.",
    )
    within = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="Percent of the threshold: 1, 2, 5, 10, 20, 50 or the segment's own, "
        "which is the usual.",
    )


class NearBySerializer(serializers.Serializer[Any]):
    """What alone would let a creator in."""

    subject = serializers.CharField(help_text="As rules name it, e.g. followers.")
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    value = serializers.CharField(help_text="In words.")
    within = serializers.IntegerField(help_text="Percent of the threshold.")


class NearCreatorSerializer(serializers.Serializer[Any]):
    """Who."""

    uid = serializers.UUIDField()
    name = serializers.CharField()


class NearMissRowSerializer(serializers.Serializer[Any]):
    """A creator who is nearly in."""

    creator = NearCreatorSerializer()
    by = NearBySerializer(many=True)


class NearMissViewSet(BrandViewSet[Run]):
    """The near misses of a run."""

    scope = Scope.RUNS_READ
    queryset = Run.objects.none()
    serializer_class = NearMissRowSerializer
    queries = {"list": NearQuery}

    def get_queryset(self) -> QuerySet[Run]:
        """Runs of the token's brand."""
        return Run.objects.filter(brand=self.brand).select_related("brand")

    @extend_schema(
        operation_id="runs_near_misses_list",
        responses={
            200: NearMissRowSerializer(many=True),
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer,
                description="`errors[0].code` is `not_through` or `took_too_long`.",
            ),
        },
    )
    def list(self, request: Request, pk: str) -> Response:
        """Creators outside a segment but for one threshold, from the facts as they stand."""
        run = self.get_queryset().filter(pk=pk).first()
        if run is None:
            raise Http404
        if run.status not in COUNTED:
            raise Refused(
                f"Run {run.pk} is {run.get_status_display().lower()}: near misses are those of a "
                "run that was applied or waits for a decision.",
                code="not_through",
            )
        asked = self._asked(run)
        if asked is None:
            return self.page(NOBODY, order=BY_CREATOR, represent=list)

        def represent(rows: list[Row]) -> list[Row]:
            return shown(asked, [row["creator_id"] for row in rows])

        try:
            with asked.in_time():
                return self.page(asked.rows(), order=BY_CREATOR, represent=represent)
        except NearTooSlow as slow:
            raise Refused(str(slow), code="took_too_long") from slow

    def _asked(self, run: Run) -> NearList | None:
        """The list; None where the rule has no threshold, or does not look."""
        key = self.query["segment"]
        segments = [row.segment for row in near_segments(run) if row.segment.key == key]
        if not segments:
            words = f"The run did not look at the segment {key!r}."
            raise BadQuery.of("segment", "unknown_segment", words)
        subject, within = self.query.get("subject"), self.query.get("within")
        asked = near_list(run, segments[0], catalogue(self.brand), subject=subject, within=within)
        if asked is not None and subject is not None and asked.subject is None:
            words = (
                f"The rule of {key} has no threshold for {subject!r}: {_listed(asked.subjects)}."
            )
            raise BadQuery.of("subject", "unknown_subject", words)
        if asked is not None and within is not None and asked.within != within:
            words = f"Choose one of {_listed(map(str, asked.steps))}."
            raise BadQuery.of("within", "unknown_distance", words)
        return asked


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def shown(asked: NearList, creator_ids: list[int]) -> list[Row]:
    """These creators as the API shows them."""
    return [
        {
            "creator": {"uid": one.uid, "name": one.name},
            "by": [
                {
                    "subject": by.subject,
                    "label": by.read.label,
                    "value": by.read.words,
                    "within": by.within,
                }
                for by in one.by
            ],
        }
        for one in asked.lines(creator_ids)
    ]
