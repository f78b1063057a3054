"""Contracts: what binds whom, since when and how that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.contract_term_bodies import (
    ContractDraftChange,
    ContractTermsBody,
    changed,
)
from campaigns.api.contract_terms import ContractTermsSerializer, SectionSerializer
from campaigns.api.words import LOCK, REFUSED, PersonField
from campaigns.choices import ContractAct, ContractState
from campaigns.filters.contracts import ContractFilter
from campaigns.models import (
    Contract,
    ContractAcceptance,
    ContractEvent,
    ContractVersion,
    Engagement,
)
from campaigns.services.contracts import deciding, sending, writing
from campaigns.services.contracts.deciding import PERSON_MAX, Signature
from campaigns.services.contracts.document import document_of
from campaigns.services.contracts.record import NOTE_MAX
from campaigns.services.contracts.rules import rules_of
from campaigns.services.contracts.states import allowed, why_not
from campaigns.services.contracts.terms import Terms
from campaigns.services.contracts.writing import TITLE_MAX
from campaigns.services.refusals import CampaignRefused
from campaigns.views.contracts import pdf_response
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.api.refusals import problem, refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("contracts-api", key="id")
COLUMNS = (
    "id",
    "engagement_id",
    "engagement__campaign__key",
    "engagement__relationship__creator__uid",
    "engagement__relationship__creator__name",
    "title",
    "state",
    "state_since",
    "owner__email",
    "offer_id",
    "amends_id",
    "created_at",
    "version",
    "current__number",
    "current__terms",
    "current__digest",
)

# Where a refusal about them stands in a body.
_PLACES = {str(name): f"/terms/{name}" for name in ContractTermsBody().fields}


class ContractSerializer(serializers.Serializer[Any]):
    """A contract with the terms of its newest version."""

    id = serializers.IntegerField()
    engagement = serializers.IntegerField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    creator = CreatorRefSerializer()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=ContractState.choices)
    state_since = serializers.DateTimeField()
    owner = serializers.EmailField(allow_null=True)
    offer = serializers.IntegerField(allow_null=True, help_text="That it was filled in from.")
    amends = serializers.IntegerField(
        allow_null=True, help_text="The contract it takes the place of."
    )
    created_at = serializers.DateTimeField()
    number = serializers.IntegerField(help_text="Of the newest version.")
    terms = ContractTermsSerializer()
    digest = serializers.CharField(
        allow_null=True, help_text="SHA-256 of the document, once it is sent."
    )
    version = serializers.IntegerField(help_text="Send it back with each act.")


class AcceptanceSerializer(serializers.Serializer[Any]):
    """Who accepted which version, when, and how that is known."""

    number = serializers.IntegerField(help_text="Of the version.")
    name = serializers.CharField()
    guardian = serializers.CharField(allow_null=True)
    on = serializers.DateField()
    at = serializers.DateTimeField()
    digest = serializers.CharField()
    by_link = serializers.BooleanField()
    recorded_by = serializers.EmailField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    file_sha256 = serializers.CharField(allow_null=True, help_text="Of the signed paper.")


class ContractEventSerializer(serializers.Serializer[Any]):
    """What happened."""

    act = serializers.ChoiceField(choices=ContractAct.choices)
    number = serializers.IntegerField(allow_null=True, help_text="Of the version.")
    at = serializers.DateTimeField()
    actor = serializers.EmailField(allow_null=True)
    by_link = serializers.BooleanField()
    note = serializers.CharField(allow_null=True)


class WholeContractSerializer(ContractSerializer):
    """A contract with what it says word for word, its acceptance and its history."""

    acts = serializers.ListField(
        child=serializers.ChoiceField(choices=ContractAct.choices),
        help_text="What can be done with it in its state, by somebody.",
    )
    sections = SectionSerializer(many=True, help_text="Of the newest version.")
    acceptance = AcceptanceSerializer(allow_null=True)
    events = ContractEventSerializer(many=True, help_text="Oldest first.")


class NewContract(Body):
    """A draft, filled in from the accepted offer, the campaign and the brand's rules."""

    engagement = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    title = serializers.CharField(max_length=TITLE_MAX, required=False)
    owner = PersonField(required=False, allow_null=True)


class ContractSending(Body):
    """Fix the newest version and put it on the creator's pages."""

    version = serializers.IntegerField(**LOCK)
    note = serializers.CharField(max_length=NOTE_MAX, required=False, allow_blank=True)


class SignedElsewhere(Body):
    """The creator signed outside of the product."""

    version = serializers.IntegerField(**LOCK)
    name = serializers.CharField(max_length=PERSON_MAX)
    guardian = serializers.CharField(max_length=PERSON_MAX, required=False, allow_blank=True)
    on = serializers.DateField(required=False, help_text="The brand's day; today unless said.")
    note = serializers.CharField(max_length=500, help_text="Where it can be seen.")


class ContractViewSet(BrandViewSet[Contract]):
    """Contracts of the brand."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = Contract.objects.none()
    serializer_class = ContractSerializer
    filterset_class = ContractFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Contract]:
        """Contracts of the token's brand."""
        return Contract.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Contracts in the order in which they were drafted, with the newest version's terms."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=contracts)

    @extend_schema(responses=WholeContractSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One contract: what it says, who accepted it, and its history."""
        return Response(self._whole(int(pk)))

    @extend_schema(
        request=NewContract,
        responses={201: WholeContractSerializer, **REFUSED},
        examples=[
            OpenApiExample("From the accepted offer", value={"engagement": 1}, request_only=True)
        ],
    )
    def create(self, request: Request) -> Response:
        """Draft a contract for a creator in a campaign."""
        body = self._body(NewContract)
        try:
            made = writing.draft(
                engagement_id=body.validated_data["engagement"],
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                title=body.validated_data.get("title", ""),
                owner=body.validated_data.get("owner"),
            )
        except Engagement.DoesNotExist as gone:
            words = "The brand has no such engagement."
            raise BadBody([Fault("/engagement", "unknown_engagement", words)]) from gone
        except CampaignRefused as refusal:
            raise problem(refusal, body) from refusal
        return Response(self._whole(made.pk), status=201)

    @extend_schema(
        request=ContractDraftChange,
        responses={200: WholeContractSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A fee in two parts",
                value={
                    "version": 1,
                    "terms": {
                        "total": "1000.00",
                        "parts": [
                            {"due": "signing", "percent": "50"},
                            {"due": "publication", "percent": "50"},
                        ],
                    },
                },
                request_only=True,
            )
        ],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the terms of the draft; what was sent never changes."""
        self._known(pk)
        body = self._body(ContractDraftChange)
        found = self.get_queryset().select_related("current").get(pk=pk)
        if (words := why_not(found.state, ContractAct.EDIT)) or found.current is None:
            words = words or "There is no draft to change."
            raise problem(CampaignRefused(words, code="not_in_this_state"))
        terms = changed(
            Terms.of(found.current),
            body.validated_data.get("terms", {}),
            net_days=rules_of(self.brand).net_days,
        )
        return self._do(
            writing.change_draft,
            pk,
            body,
            terms=terms,
            title=body.validated_data.get("title"),
            reason=body.validated_data.get("reason"),
        )

    @extend_schema(request=ContractSending, responses={200: WholeContractSerializer, **REFUSED})
    def send(self, request: Request, pk: str) -> Response:
        """Send the newest version: it never changes again. No mail goes out by this."""
        self._known(pk)
        body = self._body(ContractSending)
        return self._do(sending.send, pk, body, note=body.validated_data.get("note", ""))

    @extend_schema(request=SignedElsewhere, responses={200: WholeContractSerializer, **REFUSED})
    def accept(self, request: Request, pk: str) -> Response:
        """Write down that the creator signed elsewhere; content, rights and costs follow."""
        self._known(pk)
        body = self._body(SignedElsewhere)
        signature = Signature(
            body.validated_data["name"],
            body.validated_data.get("guardian", ""),
            body.validated_data.get("on"),
            body.validated_data["note"],
        )
        return self._do(deciding.record_acceptance, pk, body, signature=signature)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def pdf(self, request: Request, pk: str) -> HttpResponse:
        """The newest version as a PDF file; an accepted one ends with its acceptance."""
        self._known(pk)
        versions = ContractVersion.objects.select_related(
            "contract__brand",
            "contract__engagement__campaign",
            "acceptance__recorded_by",
            "acceptance__link",
        )
        version = versions.filter(contract=int(pk)).order_by("-number").first()
        if version is None:
            raise Http404
        return pdf_response(version.contract, version)

    def _known(self, pk: str) -> None:
        self.one(self.get_queryset().filter(pk=pk).values("id"))

    def _body(self, kind: type[Body]) -> Body:
        body = kind(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return body

    def _do(self, act: Callable[..., object], pk: str, body: Body, **more: Any) -> Response:
        with refusals(CampaignRefused, body=body, places=_PLACES):
            act(
                contract_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                expected_version=body.validated_data["version"],
                **more,
            )
        return Response(self._whole(int(pk)))

    def _whole(self, pk: int) -> Row:
        [found] = contracts([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        version = ContractVersion.objects.select_related(
            "contract__brand", "contract__engagement__campaign"
        )
        newest = version.filter(contract=pk).order_by("-number")[0]
        found["acts"] = list(allowed(found["state"]))
        found["sections"] = document_of(newest.contract, newest).to_json()["sections"]
        found["acceptance"] = _acceptance(pk)
        events = ContractEvent.objects.filter(contract=pk).order_by("at", "pk")
        found["events"] = [
            {
                "act": event["act"],
                "number": event["version__number"],
                "at": event["at"],
                "actor": event["actor__email"],
                "by_link": event["link"] is not None,
                "note": event["note"] or None,
            }
            for event in events.values(
                "act", "version__number", "at", "actor__email", "link", "note"
            )
        ]
        return found


def contracts(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "engagement": row["engagement_id"],
            "campaign": row["engagement__campaign__key"],
            "creator": {
                "uid": row["engagement__relationship__creator__uid"],
                "name": row["engagement__relationship__creator__name"],
            },
            "title": row["title"],
            "state": row["state"],
            "state_since": row["state_since"],
            "owner": row["owner__email"],
            "offer": row["offer_id"],
            "amends": row["amends_id"],
            "created_at": row["created_at"],
            "number": row["current__number"],
            # Versions from before these were terms have none.
            "terms": {"results": [], "commission": None} | row["current__terms"],
            "digest": row["current__digest"] or None,
            "version": row["version"],
        }
        for row in rows
    ]


def _acceptance(contract: int) -> Row | None:
    row = (
        ContractAcceptance.objects.filter(version__contract=contract)
        .values(
            "version__number",
            "name",
            "guardian",
            "on",
            "at",
            "digest",
            "link",
            "recorded_by__email",
            "note",
            "file_sha256",
        )
        .first()
    )
    if row is None:
        return None
    return {
        "number": row["version__number"],
        "name": row["name"],
        "guardian": row["guardian"] or None,
        "on": row["on"],
        "at": row["at"],
        "digest": row["digest"],
        "by_link": row["link"] is not None,
        "recorded_by": row["recorded_by__email"],
        "note": row["note"] or None,
        "file_sha256": row["file_sha256"] or None,
    }
