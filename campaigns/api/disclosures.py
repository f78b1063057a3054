"""Reviews of disclosures: the queue, one with checklist, evidence and decisions, deciding."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.deliverable_bodies import said_at_gate
from campaigns.api.disclosure_bodies import (
    DisclosureSerializer,
    EvidenceBody,
    EvidenceSerializer,
    ItemAnswerBody,
    ReopenedReview,
    VerdictBody,
    WholeDisclosureSerializer,
    evidence_row,
)
from campaigns.filters.disclosures import DisclosureReviewFilter
from campaigns.models import DisclosureReview, Evidence
from campaigns.selectors.disclosures.checklist import Line, checklist_of
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures import again, answers, deciding, gathering
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order
from crm.permissions import Can

ORDER = Order("disclosures-api", key="id")
COLUMNS = (
    "id",
    "deliverable",
    "deliverable__title",
    "deliverable__platform",
    "deliverable__form",
    "deliverable__engagement__campaign__key",
    "deliverable__engagement__relationship__creator__uid",
    "deliverable__engagement__relationship__creator__name",
    "stage",
    "draft__number",
    "state",
    "opened_at",
    "due_at",
    "risk",
    "risk_reasons",
    "needs_second",
    "finding__verdict",
    "finding__strictest",
    "finding__problem",
    "verdict",
    "decided_at",
    "version",
)


class DisclosureViewSet(BrandViewSet[DisclosureReview]):
    """Legal's reviews of disclosures: of drafts, and of published posts."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    write_cans: ClassVar = {"evidence": Can.KEEP_EVIDENCE}
    queryset = DisclosureReview.objects.none()
    serializer_class = DisclosureSerializer
    filterset_class = DisclosureReviewFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[DisclosureReview]:
        """Reviews of the token's brand."""
        return DisclosureReview.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Reviews in the order in which they were opened."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=_rows)

    @extend_schema(responses=WholeDisclosureSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One review with its checklist, what was captured, and what people decided."""
        return Response(self.shown(pk))

    @extend_schema(request=EvidenceBody, responses={201: EvidenceSerializer, **REFUSED})
    def evidence(self, request: Request, pk: str) -> Response:
        """Keep what you saw. Files are added on the page of the review."""
        review = self._review(pk)
        body = EvidenceBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        at = timezone.now()
        with refusals(CampaignRefused, body=body):
            made = gathering.gather(
                deliverable_id=review.deliverable_id,
                brand=self.brand,
                draft_id=review.draft_id,
                captured_at=said.pop("captured_at"),
                note=said.pop("note"),
                seen=said,
                actor=Actor(self.actor),
                at=at,
            )
        return Response(evidence_row(made), status=201)

    @extend_schema(request=ItemAnswerBody, responses={200: WholeDisclosureSerializer, **REFUSED})
    def answer(self, request: Request, pk: str) -> Response:
        """Answer an item of the checklist, as the token's user; the rules are asked again."""
        review = self._review(pk)
        body = ItemAnswerBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            answers.answer(
                review_id=review.pk,
                brand=self.brand,
                key=said["key"],
                result=said["result"],
                note=said["note"],
                evidence_id=said["evidence"],
                actor=self.actor,
                at=timezone.now(),
                expected_version=said["version"],
            )
        return Response(self.shown(pk))

    @extend_schema(
        request=VerdictBody,
        responses={200: WholeDisclosureSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Sufficient, and the draft is approved",
                value={"version": 3, "verdict": "sufficient", "gate": {"outcome": "approved"}},
                request_only=True,
            )
        ],
    )
    def decide(self, request: Request, pk: str) -> Response:
        """Decide, as the token's user; of a draft also what it means at legal's gate."""
        review = self._review(pk)
        body = VerdictBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            deciding.decide(
                review_id=review.pk,
                brand=self.brand,
                said=deciding.Decided(
                    said["verdict"],
                    said["reason"],
                    said_at_gate(said["gate"]) if said["gate"] else None,
                ),
                actor=self.actor,
                at=timezone.now(),
                expected_version=said["version"],
            )
        return Response(self.shown(pk))

    @extend_schema(request=ReopenedReview, responses={200: WholeDisclosureSerializer, **REFUSED})
    def reopen(self, request: Request, pk: str) -> Response:
        """Have what was decided looked at once more: the old decision stays as it was.

        Answers with the review that is open now. Where the draft is past legal's gate, all its
        gates are asked again and the review opens with legal's turn: then it is the old one.
        """
        review = self._review(pk)
        body = ReopenedReview(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            made = again.open_again(
                review_id=review.pk,
                brand=self.brand,
                why=said["reason"],
                actor=self.actor,
                at=timezone.now(),
                expected_version=said["version"],
            )
        return Response(self.shown(str(made.pk if made else review.pk)))

    def _review(self, pk: str) -> DisclosureReview:
        found = self.one(self.get_queryset().filter(pk=pk).values("id"))
        return self.get_queryset().get(pk=found["id"])

    def shown(self, pk: str) -> Row:
        """One review with everything about it."""
        [row] = _rows([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        review = self.get_queryset().select_related("finding", "brand").get(pk=pk)
        checklist = checklist_of(review)
        decisions = review.decisions.select_related("by", "on_behalf_of").order_by("at", "pk")
        kept = (
            Evidence.objects.filter(
                deliverable=review.deliverable_id, stage=review.stage, draft=review.draft_id
            )
            .prefetch_related("files")
            .order_by("captured_at", "pk")
        )
        found = review.finding
        return row | {
            "finding": found.result if found else None,
            "finding_digest": found.digest if found else None,
            "finding_at": found.made_at if found else None,
            "rules_of": found.on if found else None,
            "packs": found.packs if found else None,
            "unsigned": list(checklist.unsigned),
            "checklist": [_line(line) for line in checklist.lines],
            "evidence": [evidence_row(one) for one in kept],
            "decisions": [
                {
                    "verdict": one.verdict,
                    "reason": one.reason or None,
                    "is_second": one.is_second,
                    "by": one.by.email if one.by else None,
                    "on_behalf_of": one.on_behalf_of.email if one.on_behalf_of else None,
                    "at": one.at,
                    "together": one.together,
                }
                for one in decisions
            ],
        }


def _rows(rows: list[Row]) -> list[Row]:
    return [
        {
            "id": row["id"],
            "deliverable": row["deliverable"],
            "title": row["deliverable__title"],
            "platform": row["deliverable__platform"],
            "form": row["deliverable__form"],
            "campaign": row["deliverable__engagement__campaign__key"],
            "creator": {
                "uid": row["deliverable__engagement__relationship__creator__uid"],
                "name": row["deliverable__engagement__relationship__creator__name"],
            },
            "stage": row["stage"],
            "draft": row["draft__number"],
            "state": row["state"],
            "opened_at": row["opened_at"],
            "due_at": row["due_at"],
            "risk": row["risk"],
            "risk_reasons": row["risk_reasons"],
            "needs_second": row["needs_second"],
            "engine": row["finding__verdict"],
            "strictest": row["finding__strictest"] or None,
            "problem": row["finding__problem"] or None,
            "verdict": row["verdict"] or None,
            "decided_at": row["decided_at"],
            "version": row["version"],
        }
        for row in rows
    ]


def _line(line: Line) -> Row:
    names: dict[str, Any] = {
        name: getattr(line, name)
        for name in (
            "key", "layer", "jurisdiction", "question", "result", "reason", "engine", "blocks",
            "is_hard", "confidence", "sources", "answered_at",
        )
    }  # fmt: skip
    return names | {
        "note": line.note or None,
        "answered_by": line.answer.by.email if line.answer and line.answer.by else None,
        "evidence": line.answer.evidence_id if line.answer else None,
    }
