"""Briefs, written over REST: begun, worded, approved, and accepted elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet
from campaigns.api.brief_bodies import (
    BriefAcceptanceBody,
    BriefChange,
    BriefDecisionBody,
    NewBrief,
    SeenBrief,
    written,
)
from campaigns.api.briefs import (
    BriefAcceptanceSerializer,
    BriefAcceptanceViewSet,
    BriefSerializer,
    BriefViewSet,
    BriefWordingSerializer,
    accepted_rows,
    brief_rows,
)
from campaigns.api.calendar import campaign_at
from campaigns.api.campaigns import REFUSED
from campaigns.choices import BriefGate, BriefState, ClaimStatus
from campaigns.models import Brief, BriefAcceptance, Campaign
from campaigns.selectors.briefs import readers_of
from campaigns.services.briefs import accepting, deciding, writing
from campaigns.services.briefs.beginnings import first_document
from campaigns.services.briefs.choosing import Choices
from campaigns.services.briefs.document import Document
from campaigns.services.claims import stands
from campaigns.services.days import today_of
from crm.api.base import BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadBody, Fault
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.services.promised_tasks import promise


class WholeBriefSerializer(BriefSerializer):
    """A brief with what its newest version waits for."""

    problems = serializers.ListField(
        child=serializers.CharField(), help_text="Why a draft cannot be submitted, in words."
    )
    open_gates = serializers.ListField(
        child=serializers.ChoiceField(choices=BriefGate.choices),
        help_text="Who has not said yes to the version that waits.",
    )


class ClaimChoiceSerializer(serializers.Serializer[Any]):
    """A claim that the brief can take in."""

    claim = serializers.IntegerField()
    text = serializers.CharField()
    stands = serializers.ChoiceField(
        choices=ClaimStatus.choices,
        allow_null=True,
        help_text="Null: the brief has it, and the library no more.",
    )


class BriefChoicesSerializer(serializers.Serializer[Any]):
    """What a brief takes in by choice."""

    claims = ClaimChoiceSerializer(many=True)
    wordings = BriefWordingSerializer(many=True)


class BriefReaderSerializer(serializers.Serializer[Any]):
    """A creator who is asked to follow a brief."""

    engagement = serializers.IntegerField()
    creator = CreatorRefSerializer()
    brief = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Of the version that holds for them.")
    accepted_at = serializers.DateTimeField(allow_null=True, help_text="Null: not yet.")
    accepted_before = serializers.IntegerField(
        allow_null=True, help_text="The newest version that they accepted before."
    )
    has_link = serializers.BooleanField(help_text="To their own pages, that still works.")


ANSWERS: dict[Any, Any] = {200: WholeBriefSerializer, **REFUSED}


class BriefActViewSet(BriefViewSet, ActingViewSet[Brief]):
    """Briefs of the brand's campaigns."""

    write_scope = Scope.CAMPAIGNS_WRITE
    write_scopes = {"clear": Scope.LEGAL_WRITE}
    http_method_names = ["get", "head", "post", "patch"]

    @extend_schema(responses=WholeBriefSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One brief with what its newest version waits for."""
        return Response(self._shown(pk))

    @extend_schema(
        request=NewBrief,
        responses={201: WholeBriefSerializer, **REFUSED},
        examples=[OpenApiExample("Of a campaign", value={"campaign": "winter"}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Begin the brief for all creators of a campaign, with what the campaign says."""
        body, now = self.said(NewBrief), timezone.now()
        rows = Campaign.objects.filter(brand=self.brand).select_related("brand")
        campaign = rows.filter(key=body.validated_data["campaign"]).first()
        if campaign is None:
            words = "The brand has no campaign of this key."
            raise BadBody([Fault("/campaign", "unknown_campaign", words)])
        made = self.done(
            writing.start_brief,
            body,
            campaign_id=campaign.pk,
            document=first_document(campaign, now),
        )
        return Response(self._shown(made.brief_id), status=201)

    @extend_schema(request=BriefChange, responses=ANSWERS)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Write the draft; where the newest version is approved, begin the next one."""
        found, body = self._found(pk), self.said(BriefChange)
        said, newest = body.validated_data, writing.newest_of(found)
        document = Document.of(newest.document)
        self.done(
            writing.write_draft,
            body,
            brief_id=found.pk,
            document=written(document, said, self._choices(found, document)),
            reason=said.get("reason", "" if newest.is_fixed else newest.reason),
            expected_version=said["version"],
        )
        return Response(self._shown(pk))

    @extend_schema(request=SeenBrief, responses=ANSWERS)
    def submit(self, request: Request, pk: str) -> Response:
        """Ask for approval of the draft; 409 `not_ready` says what is missing."""
        self._act(pk, deciding.submit)
        return Response(self._shown(pk))

    @extend_schema(request=SeenBrief, responses=ANSWERS)
    def take_back(self, request: Request, pk: str) -> Response:
        """Make a draft again of what waits for approval."""
        self._act(pk, deciding.take_back)
        return Response(self._shown(pk))

    @extend_schema(request=SeenBrief, responses={204: None, **REFUSED})
    def discard(self, request: Request, pk: str) -> Response:
        """Throw the draft away; of a brief that had no other version nothing is left."""
        self._act(pk, writing.discard_draft)
        return Response(status=204)

    @extend_schema(request=BriefDecisionBody, responses=ANSWERS)
    def approve(self, request: Request, pk: str) -> Response:
        """Say yes or no for the brand; nobody approves what they wrote where others could."""
        return self._decide(pk, BriefGate.BRAND)

    @extend_schema(request=BriefDecisionBody, responses=ANSWERS)
    def clear(self, request: Request, pk: str) -> Response:
        """Say yes or no for legal."""
        return self._decide(pk, BriefGate.LEGAL)

    @extend_schema(responses=BriefChoicesSerializer)
    def choices(self, request: Request, pk: str) -> Response:
        """Claims and labels of advertising that the brief can take in today."""
        found = self._found(pk)
        offered = self._choices(found, Document.of(writing.newest_of(found).document))
        known = {claim.pk: stands(claim) for claim in offered.library}
        return Response(
            {
                "claims": [
                    {"claim": pk, "text": text, "stands": known.get(pk)}
                    for pk, text in offered.texts.items()
                ],
                "wordings": [vars(label) for label in offered.labels],
            }
        )

    def _decide(self, pk: str, gate: BriefGate) -> Response:
        found, body = self._found(pk), self.said(BriefDecisionBody)
        said = dict(body.validated_data)
        version = said.pop("version")
        self.done(
            deciding.decide, body, brief_id=found.pk, gate=gate, expected_version=version, **said
        )
        # What was approved by the version before is looked at again.
        promise("campaigns.tasks.recheck_drafts", brand_id=self.brand.pk)
        return Response(self._shown(pk))

    def _act(self, pk: str, act: Callable[..., object]) -> None:
        found, body = self._found(pk), self.said(SeenBrief)
        version = body.validated_data["version"]
        self.done(act, body, brief_id=found.pk, expected_version=version)

    def _found(self, pk: int | str) -> Brief:
        number = self.one(self.get_queryset().filter(pk=pk).values("id"))["id"]
        return Brief.objects.select_related("campaign__brand", "campaign__owner").get(pk=number)

    def _choices(self, found: Brief, document: Document) -> Choices:
        return Choices.of(found.campaign, document, today_of(self.brand, timezone.now()))

    def _shown(self, pk: int | str) -> Row:
        found = self._found(pk)
        newest, now = writing.newest_of(found), timezone.now()
        is_draft = newest.state == BriefState.DRAFT
        document = Document.of(newest.document)
        [row] = brief_rows(self.get_queryset().filter(pk=found.pk))
        return row | {
            "problems": deciding.problems_of(newest, document, now) if is_draft else [],
            "open_gates": deciding.open_gates(newest),
        }


class BriefAcceptingViewSet(BriefAcceptanceViewSet, ActingViewSet[BriefAcceptance]):
    """Who accepted which version of a brief."""

    write_scope = Scope.CAMPAIGNS_RUN
    http_method_names = ["get", "head", "post"]

    @extend_schema(
        request=BriefAcceptanceBody, responses={201: BriefAcceptanceSerializer, **REFUSED}
    )
    def create(self, request: Request, pk: str) -> Response:
        """Write down that a creator accepted it elsewhere."""
        briefs = Brief.objects.filter(pk=pk, campaign__brand=self.brand)
        brief = briefs.get(pk=self.one(briefs.values("id"))["id"])
        body = self.said(BriefAcceptanceBody)
        said = body.validated_data
        version = brief.versions.filter(number=said["number"]).first()
        if version is None:
            words = "The brief has no such version."
            raise BadBody([Fault("/number", "unknown_version", words)])
        made = self.done(
            accepting.record_acceptance,
            body,
            engagement_id=said["engagement"].pk,
            version_id=version.pk,
            name=said["name"],
            note=said["note"],
        )
        [row] = accepted_rows(BriefAcceptance.objects.filter(pk=made.pk))
        return Response(row, status=201)


class BriefReaderViewSet(BrandViewSet[Campaign]):
    """Who is asked to follow a brief of a campaign, and who accepted it."""

    scope = Scope.CAMPAIGNS_READ
    queryset = Campaign.objects.none()
    serializer_class = BriefReaderSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head"]

    def list(self, request: Request, key: str) -> Response:
        """Every creator who works by a brief, those who have not accepted it first."""
        campaign = campaign_at(self.brand.pk, key=key)
        return self.whole(
            [
                {
                    "engagement": one.engagement.pk,
                    "creator": {
                        "uid": one.engagement.relationship.creator.uid,
                        "name": one.engagement.relationship.creator.name,
                    },
                    "brief": one.version.brief_id,
                    "number": one.version.number,
                    "accepted_at": one.acceptance.at if one.acceptance else None,
                    "accepted_before": one.before,
                    "has_link": one.link is not None,
                }
                for one in readers_of(campaign, timezone.now())
            ]
        )
