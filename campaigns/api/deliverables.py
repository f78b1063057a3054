"""Pieces of content: planned, handed in, decided at gates, talked about."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.deliverable_bodies import (
    CommentSerializer,
    ContentPieceSerializer,
    DraftSerializer,
    GateDecision,
    HandedIn,
    NewRemark,
    PieceChange,
    WholeContentPieceSerializer,
)
from campaigns.choices import ContentKind, DeliverableState, Gate
from campaigns.filters.deliverables import DeliverableFilter
from campaigns.models import Comment, Deliverable, Engagement
from campaigns.selectors.deliverable_checklist import checklist_of
from campaigns.services.deliverables import comments, deciding, gates, planning, submitting
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from crm.api import lookups
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.choices import PostKind, Scope
from crm.models import Platform
from crm.paging import Order
from crm.permissions import Can

ORDER = Order("deliverables-api", key="id")
COLUMNS = (
    "id",
    "engagement",
    "engagement__campaign__key",
    "engagement__relationship__creator__uid",
    "engagement__relationship__creator__name",
    "title",
    "platform",
    "form",
    "kind",
    "state",
    "state_since",
    "draft_due_on",
    "publish_at",
    "published_at",
    "published_url",
    "gates",
    "fast_lane_reason",
    "version",
)


class NewPieces(Body):
    """Pieces alike for a creator in a campaign."""

    engagement = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    platform = serializers.CharField(max_length=30, help_text="A platform's key.")
    form = serializers.ChoiceField(choices=PostKind.choices)
    kind = serializers.ChoiceField(
        choices=ContentKind.choices, default=ContentKind.SPONSORED_POST.value
    )
    title = serializers.CharField(max_length=planning.TITLE_MAX, required=False, default="")
    count = serializers.IntegerField(min_value=1, max_value=planning.COUNT_MAX, default=1)
    draft_due_on = serializers.DateField(required=False, allow_null=True, default=None)
    rounds = serializers.IntegerField(
        min_value=1, max_value=planning.ROUNDS_MAX, required=False, allow_null=True, default=None
    )

    def validate_engagement(self, number: int) -> int:
        """A creator in a campaign of the brand."""
        brand = self.context["brand"]
        if not Engagement.objects.filter(pk=number, campaign__brand=brand).exists():
            words = "There is no engagement of this number."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_engagement"))
        return number

    def validate_platform(self, key: str) -> str:
        """A platform that is known."""
        if not Platform.objects.filter(key=key).exists():
            words = "There is no platform of this key."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_platform"))
        return key


class DeliverableViewSet(BrandViewSet[Deliverable]):
    """Pieces of content of the brand's campaigns."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    # Who decides at a gate is the gate's to say.
    write_cans: ClassVar = {"decide": Can.VIEW, "comment": Can.WRITE_NOTES}
    queryset = Deliverable.objects.none()
    serializer_class = ContentPieceSerializer
    filterset_class = DeliverableFilter
    lookups = lookups.Lookups(
        id=lookups.whole("id", indexed=True),
        campaign=lookups.word("engagement__campaign__key"),
        creator=lookups.uid("engagement__relationship__creator__uid", indexed=True),
        platform=lookups.word("platform"),
        state=lookups.choice("state", DeliverableState),
        state_since=lookups.moment("state_since"),
        title=lookups.text("title"),
        draft_due_on=lookups.day("draft_due_on", null=True),
        publish_at=lookups.moment("publish_at", null=True),
        published_at=lookups.moment("published_at", null=True),
    )
    orders = {"id": ORDER, "-id": replace(ORDER, name="-deliverables-api", descending=True)}
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Deliverable]:
        """Pieces in campaigns of the token's brand."""
        return Deliverable.objects.filter(engagement__campaign__brand=self.brand)

    def list(self, request: Request) -> Response:
        """Pieces of all campaigns, in the order in which they were planned."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=pieces)

    @extend_schema(responses=WholeContentPieceSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One piece with its drafts, what the gates said, and the remarks."""
        return Response(self.shown(pk))

    @extend_schema(
        request=NewPieces,
        responses={201: ContentPieceSerializer(many=True), **REFUSED},
        examples=[
            OpenApiExample(
                "Two reels",
                value={
                    "engagement": 12,
                    "platform": "instagram",
                    "form": "short_video",
                    "count": 2,
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Plan pieces."""
        body = NewPieces(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        with refusals(CampaignRefused, body=body):
            made = planning.plan(
                engagement_id=said.pop("engagement"),
                brand=self.brand,
                wanted=[planning.Wanted(**said)],
                actor=Actor(self.actor),
                at=timezone.now(),
            )
        rows = self.get_queryset().filter(pk__in=[one.pk for one in made]).order_by("pk")
        return Response(pieces(list(rows.values(*COLUMNS))), status=201)

    @extend_schema(request=PieceChange, responses={200: WholeContentPieceSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what a piece is; what a draft was approved for opens its review again."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = PieceChange(data=request.data)
        body.is_valid(raise_exception=True)
        changes = dict(body.validated_data)
        version = changes.pop("version")
        with refusals(CampaignRefused, body=body):
            planning.edit(
                deliverable_id=row["id"],
                brand=self.brand,
                changes=changes,
                actor=Actor(self.actor),
                at=timezone.now(),
                expected_version=version,
            )
        return Response(self.shown(pk))

    @extend_schema(request=HandedIn, responses={201: WholeContentPieceSerializer, **REFUSED})
    def submit(self, request: Request, pk: str) -> Response:
        """Hand in the next version; files are uploaded on the page of the piece."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = HandedIn(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        version = said.pop("version")
        with refusals(CampaignRefused, body=body):
            submitting.submit(
                deliverable_id=row["id"],
                brand=self.brand,
                handed=submitting.Handed(**said),
                actor=Actor(self.actor),
                at=timezone.now(),
                expected_version=version,
            )
        return Response(self.shown(pk), status=201)

    @extend_schema(request=GateDecision, responses={200: WholeContentPieceSerializer, **REFUSED})
    def decide(self, request: Request, pk: str) -> Response:
        """Decide at the gate whose turn it is, as the token's user."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = GateDecision(data=request.data, context={"deliverable": row["id"]})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            deciding.decide(
                turn_id=body.validated_data["turn"],
                brand=self.brand,
                said=body.said,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self.shown(pk))

    @extend_schema(request=NewRemark, responses={201: WholeContentPieceSerializer, **REFUSED})
    def comment(self, request: Request, pk: str) -> Response:
        """Write a remark about a version."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = NewRemark(data=request.data, context={"deliverable": row["id"]})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        draft, parent = said.pop("draft"), said.pop("answers")
        with refusals(CampaignRefused, body=body):
            comments.comment(
                draft_id=draft.pk,
                brand=self.brand,
                remark=comments.Remark(**said, parent=parent),
                actor=Actor(self.actor),
                at=timezone.now(),
            )
        return Response(self.shown(pk), status=201)

    def shown(self, pk: int | str) -> Row:
        """One piece with everything about it."""
        [found] = pieces([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        piece = (
            self.get_queryset()
            .select_related(
                "platform",
                "engagement__campaign__brand",
                "engagement__relationship",
            )
            .get(pk=pk)
        )
        drafts = piece.drafts.select_related("submitted_by", "link").prefetch_related(
            "files", "turns__decided_by", "turns__corrections", "turns__checklist", "opinions"
        )
        turn = gates.waiting_turn(piece)
        lines = checklist_of(piece, turn.draft, Gate(turn.gate), timezone.now()) if turn else ()
        rows = Comment.objects.filter(deliverable=piece).select_related("draft")
        return found | {
            "turn": turn.pk if turn else None,
            "checklist": [
                {"key": line.key, "question": line.question, "note": line.note or None}
                for line in lines
            ],
            "drafts": DraftSerializer(drafts.order_by("number"), many=True).data,
            "comments": CommentSerializer(rows.order_by("at", "pk"), many=True).data,
        }


def pieces(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "engagement": row["engagement"],
            "campaign": row["engagement__campaign__key"],
            "creator": {
                "uid": row["engagement__relationship__creator__uid"],
                "name": row["engagement__relationship__creator__name"],
            },
            "title": row["title"],
            "platform": row["platform"],
            "form": row["form"],
            "kind": row["kind"],
            "state": row["state"],
            "state_since": row["state_since"],
            "draft_due_on": row["draft_due_on"],
            "publish_at": row["publish_at"],
            "published_at": row["published_at"],
            "published_url": row["published_url"] or None,
            "fast_lane": row["gates"],
            "fast_lane_reason": row["fast_lane_reason"] or None,
            "version": row["version"],
        }
        for row in rows
    ]
