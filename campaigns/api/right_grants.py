"""Rights of use over REST, written down: given, renewed, started, read out of offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet, NothingSaid
from campaigns.api.campaigns import REFUSED
from campaigns.api.right_words import CountriesText, countries_of
from campaigns.api.rights import COLUMNS, RightViewSet, UsageRightSerializer, rights
from campaigns.api.words import EngagementField
from campaigns.choices import RightAct, RightSource, StartTrigger, Usage
from campaigns.models import Asset, Deliverable, Engagement, RightEvent, UsageRight
from campaigns.services.assets import files
from campaigns.services.rights import granting
from campaigns.services.rights.evidence import NOTE_MAX, Document, Evidence
from campaigns.services.rights.from_offers import grant_from_offer, offers_to_read
from campaigns.services.rights.terms import MONTHS_MAX, Terms, next_terms
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.parsing import StrictJSONParser
from crm.api.problems import BadBody, Fault
from crm.choices import Scope
from crm.models import Brand, User

_ID: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}
_UNSAID: dict[str, Any] = {"required": False, "allow_null": True}
_TERMS = frozenset(Terms.__dataclass_fields__)


class _RightBody(Body):
    channels = serializers.ListField(
        child=serializers.CharField(max_length=30),
        required=False,
        max_length=50,
        help_text="Keys, as `instagram` or `website`; none: all.",
    )
    starts_on = serializers.DateField(**_UNSAID, help_text="Of a publication: left out.")
    months = serializers.IntegerField(min_value=1, max_value=MONTHS_MAX, **_UNSAID)
    ends_on = serializers.DateField(**_UNSAID, help_text="Or the last day, included.")
    is_endless = serializers.BooleanField(required=False, help_text="Or without end.")
    is_exclusive = serializers.BooleanField(required=False)
    may_edit = serializers.BooleanField(**_UNSAID, help_text="Null: nothing was said.")
    credit = serializers.CharField(max_length=200, required=False, allow_blank=True)
    given_by = serializers.CharField(max_length=120, required=False, allow_blank=True)
    note = serializers.CharField(
        max_length=NOTE_MAX, help_text="Where it can be seen: a mail of a day, a form."
    )


class NewRight(_RightBody):
    """A right to what a creator makes in a campaign, or to one asset of nobody's campaign."""

    engagement = EngagementField(**_UNSAID)
    deliverable = serializers.IntegerField(
        **_ID, **_UNSAID, help_text="One piece of the engagement; left out: all."
    )
    asset = serializers.IntegerField(**_ID, **_UNSAID)
    usage = serializers.ChoiceField(choices=Usage.choices)
    territory = CountriesText()
    trigger = serializers.ChoiceField(choices=StartTrigger.choices)


class NewRightWithDocument(NewRight):
    """The same with the paper that shows it."""

    document = serializers.FileField(
        allow_empty_file=True, help_text="PDF, a picture or plain text, by its content."
    )


class Renewal(_RightBody):
    """The same right again; what is left out is as it was, from the day after its last."""

    usage = serializers.ChoiceField(choices=Usage.choices, required=False)
    territory = CountriesText(required=False)
    trigger = serializers.ChoiceField(choices=StartTrigger.choices, required=False)


class RightStart(Body):
    """When the contract was signed."""

    on = serializers.DateField()


class RightEventSerializer(serializers.Serializer[Any]):
    """What happened to a right."""

    act = serializers.ChoiceField(choices=RightAct.choices)
    on = serializers.DateField(allow_null=True)
    at = serializers.DateTimeField()
    actor = serializers.EmailField(allow_null=True)
    note = serializers.CharField(allow_null=True)


class RightsReadSerializer(serializers.Serializer[Any]):
    """The rights that were written down."""

    added = UsageRightSerializer(many=True)


class RightGrantViewSet(RightViewSet, ActingViewSet[UsageRight]):
    """Rights of the brand."""

    write_scope = Scope.RIGHTS_WRITE

    @extend_schema(
        request=NewRight,
        responses={201: UsageRightSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Paid use for half a year",
                value={
                    "asset": 12,
                    "usage": "paid",
                    "territory": "DK,SE",
                    "trigger": "day",
                    "starts_on": "2027-01-15",
                    "months": 6,
                    "note": "Their mail of 3 November",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Write down a right that somebody gave."""
        return self._grant(self.said(NewRight))

    @extend_schema(request=Renewal, responses={201: UsageRightSerializer, **REFUSED})
    def renew(self, request: Request, pk: str) -> Response:
        """Write down that it was given again; the answer is the right that follows it."""
        old, body = self._right(pk), self.said(Renewal)
        terms = _terms(next_terms(old), body.validated_data)
        names = ("asset", "engagement", "deliverable")
        target = {name: getattr(old, name) for name in names}
        given_by = body.validated_data.get("given_by", old.given_by)
        evidence = Evidence(given_by=given_by, note=body.validated_data["note"])
        made = self.done(_granted, body, **target, terms=terms, evidence=evidence, renews=old)
        return Response(self._shown(str(made.pk)), status=201)

    @extend_schema(request=RightStart, responses={200: UsageRightSerializer, **REFUSED})
    def start(self, request: Request, pk: str) -> Response:
        """The contract that it waits for was signed."""
        found, body = self._right(pk), self.said(RightStart)
        self.done(granting.start, body, right_id=found.pk, on=body.validated_data["on"])
        return Response(self._shown(pk))

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def document(self, request: Request, pk: str) -> FileResponse:
        """The paper that shows what was agreed; 404 where there is none."""
        found = self._right(pk)
        if not found.document_sha256:
            raise Http404
        try:
            content = files.opened(found.brand_id, found.document_sha256)
        except FileNotFoundError as lost:
            raise Http404 from lost
        return FileResponse(
            content,
            as_attachment=True,
            filename=found.document_name,
            content_type="application/octet-stream",
        )

    def _grant(self, body: Body, document: Any = None) -> Response:
        said = body.validated_data
        target, faults = self._target(said)
        if faults:
            raise BadBody(faults)
        terms = _terms(Terms(Usage(said["usage"])), said)
        made = self.done(
            _granted,
            body,
            **target,
            terms=terms,
            evidence=Evidence(given_by=said.get("given_by", ""), note=said["note"]),
            upload=document,
        )
        return Response(self._shown(str(made.pk)), status=201)

    def _target(self, said: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
        """What the right is to, or what is wrong with how it is named."""
        engagement, asset = said.get("engagement"), said.get("asset")
        if (engagement is None) == (asset is None):
            words = "Name an engagement or an asset: one of them."
            return {}, [Fault("/engagement", "required", words)]
        if asset is not None:
            if said.get("deliverable") is not None:
                words = "A piece is one of an engagement: an asset is named alone."
                return {}, [Fault("/deliverable", "not_both", words)]
            found = Asset.objects.select_related("brand").filter(brand=self.brand, pk=asset).first()
            words = "The brand has no such asset."
            return {"asset": found}, [] if found else [Fault("/asset", "unknown_asset", words)]
        piece = said.get("deliverable")
        if piece is None:
            return {"engagement": engagement}, []
        made = Deliverable.objects.filter(engagement=engagement, pk=piece).first()
        words = "The creator makes no such piece in this campaign."
        faults = [] if made else [Fault("/deliverable", "unknown_deliverable", words)]
        return {"engagement": engagement, "deliverable": made}, faults

    def _right(self, pk: str) -> UsageRight:
        rows = self.get_queryset().select_related(
            "brand", "asset__brand", "deliverable", "engagement__campaign__brand"
        )
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class RightDocumentViewSet(RightGrantViewSet):
    """Rights with the papers that show them; multipart."""

    # A body without a file is read as well, to say that it is missing.
    parser_classes = [MultiPartParser, StrictJSONParser]

    @extend_schema(
        request={"multipart/form-data": NewRightWithDocument},
        responses={201: UsageRightSerializer, **REFUSED},
    )
    def upload(self, request: Request) -> Response:
        """Write down a right with the paper that shows it."""
        body = self.said(NewRightWithDocument)
        return self._grant(body, body.validated_data["document"])


class RightEventViewSet(ActingViewSet[UsageRight]):
    """What happened to a right."""

    scope = Scope.CAMPAIGNS_READ
    queryset = UsageRight.objects.none()
    serializer_class = RightEventSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head"]

    def list(self, request: Request, pk: str) -> Response:
        """Its history, the newest first."""
        rows = UsageRight.objects.filter(brand=self.brand, pk=pk)
        events = RightEvent.objects.filter(right=self.one(rows.values("id"))["id"])
        found = events.select_related("actor").order_by("-at", "-pk")
        return self.whole([_event(row) for row in found])


class OfferedRightsViewSet(ActingViewSet[Engagement]):
    """What accepted offers say about rights."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.RIGHTS_WRITE
    queryset = Engagement.objects.none()
    serializer_class = RightsReadSerializer
    http_method_names = ["post"]

    @extend_schema(request=None, responses={200: RightsReadSerializer, **REFUSED})
    def read_offer(self, request: Request, pk: str) -> Response:
        """Write down what accepted offers say, where no contract does; once each."""
        engagement = (
            Engagement.objects.select_related("campaign__brand", "relationship__creator")
            .filter(pk=pk, campaign__brand=self.brand)
            .first()
        )
        if engagement is None:
            raise Http404
        made: list[int] = []
        with transaction.atomic():  # Of several offers all are read, or none.
            for offer in offers_to_read(engagement):
                given = self.done(_offered, NothingSaid(), offer=offer, engagement=engagement)
                made += [one.pk for one in given]
        rows = UsageRight.objects.filter(pk__in=made).order_by("pk").values(*COLUMNS)
        return Response({"added": rights(list(rows))})


def _terms(before: Terms, said: Mapping[str, Any]) -> Terms:
    """The terms with what a body says."""
    named = {name: value for name, value in said.items() if name in _TERMS}
    if "territory" in named:
        named["territory"] = countries_of(named["territory"]) or ()
        named["territory_words"] = ""
    if "channels" in named:
        named["channels"] = tuple(named["channels"])
        named["channels_words"] = ""
    for name, kind in (("usage", Usage), ("trigger", StartTrigger)):
        if name in named:
            named[name] = kind(named[name])
    # How long is said in one way: what is said now takes the place of how it was said.
    if named.keys() & {"months", "ends_on", "is_endless"}:
        before = replace(before, months=None, ends_on=None, is_endless=False)
    return replace(before, **named)


def _granted(*, brand: Brand, upload: Any = None, evidence: Evidence, **named: Any) -> UsageRight:
    """A right given by hand, with its paper. Raises CampaignRefused."""
    if upload is not None:
        kept = files.keep(brand, upload, field="document")
        document = Document(kept.sha256, kept.name, kept.content_type)
        evidence = replace(evidence, document=document)
    return granting.grant(source=RightSource.HAND, evidence=evidence, **named)


def _offered(*, brand: Brand, actor: User, **named: Any) -> list[UsageRight]:
    return grant_from_offer(actor=actor, **named)


def _event(event: RightEvent) -> Row:
    return {
        "act": event.act,
        "on": event.on,
        "at": event.at,
        "actor": event.actor.email if event.actor else None,
        "note": event.note or None,
    }
