"""Offers: what was offered to whom, version by version, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.offer_bodies import (
    CounterOffer,
    Decision,
    Discarding,
    DraftChange,
    NewOffer,
    OfferOwner,
    Revision,
    Sending,
    Withdrawal,
    said,
)
from campaigns.api.offer_terms import IN_TERMS, TermsSerializer, terms
from campaigns.api.words import REFUSED
from campaigns.choices import Channel, OfferAct, OfferState, Side
from campaigns.filters.offers import OfferFilter
from campaigns.models import Offer, OfferEvent, OfferVersion
from campaigns.services.offers import deciding, sending, writing
from campaigns.services.offers.states import allowed
from campaigns.services.offers.wanted import PLAIN, OfferRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.models import Mailbox
from crm.paging import Order

ORDER = Order("offers-api", key="id")
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "engagement__campaign__key",
    "title",
    "state",
    "state_since",
    "owner__email",
    "created_at",
    "version",
    "current_id",
    "current__number",
    "current__side",
    *(f"current__{name}" for name in PLAIN),
)
SAMPLE = {
    "compensation": "fee",
    "amount": "800.00",
    "currency": "EUR",
    "valid_until": "2026-12-01",
    "deliverables": [{"platform": "instagram", "form": "short_video", "count": 2}],
    "rights": [{"usage": "paid", "months": 3, "territory": "Denmark"}],
}


class OfferSerializer(serializers.Serializer[Any]):
    """An offer with the terms of its newest version."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    campaign = serializers.CharField(
        allow_null=True, help_text="The key of the campaign that it is about."
    )
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=OfferState.choices)
    state_since = serializers.DateTimeField()
    owner = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    number = serializers.IntegerField(allow_null=True, help_text="Of the newest version.")
    side = serializers.ChoiceField(choices=Side.choices, allow_null=True)
    terms = TermsSerializer(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with each act.")


class OfferVersionSerializer(serializers.Serializer[Any]):
    """What one side offered; without `fixed_at` it is a draft that nobody but you has seen."""

    number = serializers.IntegerField()
    side = serializers.ChoiceField(choices=Side.choices)
    author = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    fixed_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    terms = TermsSerializer()


class OfferEventSerializer(serializers.Serializer[Any]):
    """What happened: on a day, written down at a moment."""

    act = serializers.ChoiceField(choices=OfferAct.choices)
    number = serializers.IntegerField(allow_null=True, help_text="Of the version.")
    on = serializers.DateField()
    at = serializers.DateTimeField()
    actor = serializers.EmailField(allow_null=True)
    channel = serializers.ChoiceField(choices=Channel.choices, allow_null=True)
    note = serializers.CharField(allow_null=True)


class WholeOfferSerializer(OfferSerializer):
    """An offer with all its versions and its history."""

    acts = serializers.ListField(
        child=serializers.ChoiceField(choices=OfferAct.choices),
        help_text="What can be done with it in its state.",
    )
    versions = OfferVersionSerializer(many=True)
    events = OfferEventSerializer(many=True)


class OfferViewSet(BrandViewSet[Offer]):
    """Offers of the brand."""

    scope = Scope.OFFERS_READ
    write_scope = Scope.OFFERS_WRITE
    queryset = Offer.objects.none()
    serializer_class = OfferSerializer
    filterset_class = OfferFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Offer]:
        """Offers of the token's brand."""
        return Offer.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Offers in the order in which they were drafted, with the terms of the newest version."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=offers)

    @extend_schema(responses=WholeOfferSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One offer with all its versions and its history."""
        return Response(self._whole(pk))

    @extend_schema(
        request=NewOffer,
        responses={201: WholeOfferSerializer},
        examples=[
            OpenApiExample(
                "Two reels for a fee",
                value={
                    "creator": "3f0c2f2e-6f0f-4a55-9d43-0a1f5f5f8a11",
                    "title": "Autumn shoes",
                    "terms": SAMPLE,
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Draft an offer; nobody but the brand sees it until it is sent."""
        body = self._body(NewOffer)
        with refusals(OfferRefused, body=body, places=IN_TERMS):
            made = writing.draft_offer(
                relationship=body.validated_data["creator"],
                title=body.validated_data["title"],
                wanted=body.validated_data["terms"],
                owner=body.validated_data.get("owner"),
                engagement=body.validated_data.get("campaign"),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._whole(made.pk), status=201)

    @extend_schema(request=DraftChange, responses={200: WholeOfferSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Put other terms into the draft."""
        self._known(pk)
        body = self._body(DraftChange)
        return self._do(
            writing.change_draft,
            pk,
            body,
            wanted=body.validated_data["terms"],
            title=body.validated_data.get("title"),
            reason=body.validated_data.get("reason"),
        )

    @extend_schema(request=Revision, responses={200: WholeOfferSerializer, **REFUSED})
    def revise(self, request: Request, pk: str) -> Response:
        """Write a further version, as a draft to be sent."""
        self._known(pk)
        body = self._body(Revision)
        reason = body.validated_data.get("reason", "")
        return self._do(
            writing.revise, pk, body, wanted=body.validated_data["terms"], reason=reason
        )

    @extend_schema(request=CounterOffer, responses={200: WholeOfferSerializer, **REFUSED})
    def counter(self, request: Request, pk: str) -> Response:
        """Write down the creator's counter-offer; it cannot be changed afterwards."""
        self._known(pk)
        body = self._body(CounterOffer)
        return self._do(
            writing.counter,
            pk,
            body,
            wanted=body.validated_data["terms"],
            said=said(body.validated_data),
            reason=body.validated_data.get("reason", ""),
        )

    @extend_schema(request=Sending, responses={200: WholeOfferSerializer, **REFUSED})
    def send(self, request: Request, pk: str) -> Response:
        """Send the draft: queue a mail with it, or write down that it was sent in another way.

        What the rules of outreach have against the mail for good refuses it, and nothing is sent.
        """
        self._known(pk)
        body = self._body(Sending)
        if "mailbox" in body.validated_data:
            return self._do(
                sending.send_by_mail, pk, body, letter=self._letter(body.validated_data)
            )
        if "channel" not in body.validated_data:
            words = "Say how it was sent, or from which mailbox it is to go."
            raise BadBody([Fault("/channel", "required", words)])
        return self._do(sending.send_by_hand, pk, body, said=said(body.validated_data))

    @extend_schema(request=Decision, responses={200: WholeOfferSerializer, **REFUSED})
    def accept(self, request: Request, pk: str) -> Response:
        """The newest version is agreed: ours by the creator, or theirs by us. It ends there."""
        self._known(pk)
        body = self._body(Decision)
        return self._do(deciding.accept, pk, body, said=said(body.validated_data))

    @extend_schema(request=Decision, responses={200: WholeOfferSerializer, **REFUSED})
    def decline(self, request: Request, pk: str) -> Response:
        """The newest version is declined: ours by the creator, or theirs by us."""
        self._known(pk)
        body = self._body(Decision)
        return self._do(deciding.decline, pk, body, said=said(body.validated_data))

    @extend_schema(request=Withdrawal, responses={200: WholeOfferSerializer, **REFUSED})
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the offer back. No mail is sent by this."""
        self._known(pk)
        body = self._body(Withdrawal)
        return self._do(deciding.withdraw, pk, body, note=body.validated_data["note"])

    @extend_schema(request=Discarding, responses={204: None, **REFUSED})
    def discard(self, request: Request, pk: str) -> Response:
        """Throw the draft away: of an offer that was never sent nothing is left."""
        self._known(pk)
        self._call(writing.discard, pk, self._body(Discarding))
        return Response(status=204)

    @extend_schema(request=OfferOwner, responses={200: WholeOfferSerializer, **REFUSED})
    def owner(self, request: Request, pk: str) -> Response:
        """Say who leads the negotiation; they are told."""
        self._known(pk)
        body = self._body(OfferOwner)
        with refusals(OfferRefused, body=body):
            writing.hand_over(
                offer_id=int(pk),
                brand=self.brand,
                owner=body.validated_data["owner"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._whole(pk))

    def _known(self, pk: str) -> None:
        self.one(self.get_queryset().filter(pk=pk).values("id"))

    def _body(self, kind: type[Body]) -> Body:
        body = kind(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return body

    def _do(self, act: Callable[..., object], pk: str, body: Body, **more: Any) -> Response:
        self._call(act, pk, body, **more)
        return Response(self._whole(pk))

    def _call(self, act: Callable[..., object], pk: str, body: Body, **more: Any) -> None:
        with refusals(OfferRefused, body=body, places=IN_TERMS):
            act(
                offer_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                expected_version=body.validated_data["version"],
                **more,
            )

    def _letter(self, given: dict[str, Any]) -> sending.Letter:
        missing = [name for name in ("subject", "text") if name not in given]
        if missing:
            words = "A mail needs it."
            raise BadBody([Fault(f"/{name}", "required", words) for name in missing])
        boxes = Mailbox.objects.filter(brand=self.brand).usable_by(self.actor)
        box = boxes.filter(address__iexact=given["mailbox"]).first()
        if box is None:
            words = f"You cannot write from a mailbox of this address in {self.brand}."
            raise BadBody([Fault("/mailbox", "unknown_mailbox", words)])
        return sending.Letter(box, given["subject"], given["text"])

    def _whole(self, pk: int | str) -> Row:
        [found] = offers([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        rows = list(
            OfferVersion.objects.filter(offer=int(pk))
            .order_by("number")
            .values(
                "id",
                "number",
                "side",
                "author__email",
                "created_at",
                "fixed_at",
                "reason",
                *PLAIN,
            )
        )
        by_version = terms(rows, version="id", prefix="")
        found["acts"] = list(allowed(found["state"]))
        found["versions"] = [
            {
                "number": row["number"],
                "side": row["side"],
                "author": row["author__email"],
                "created_at": row["created_at"],
                "fixed_at": row["fixed_at"],
                "reason": row["reason"] or None,
                "terms": by_version[row["id"]],
            }
            for row in rows
        ]
        events = OfferEvent.objects.filter(offer=int(pk)).order_by("at", "pk")
        found["events"] = [
            {
                "act": event["act"],
                "number": event["version__number"],
                "on": event["on"],
                "at": event["at"],
                "actor": event["actor__email"],
                "channel": event["channel"] or None,
                "note": event["note"] or None,
            }
            for event in events.values(
                "act", "version__number", "on", "at", "actor__email", "channel", "note"
            )
        ]
        return found


def offers(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    by_version = terms(rows, version="current_id", prefix="current__")
    return [
        {
            "id": row["id"],
            "creator": {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "campaign": row["engagement__campaign__key"],
            "title": row["title"],
            "state": row["state"],
            "state_since": row["state_since"],
            "owner": row["owner__email"],
            "created_at": row["created_at"],
            "number": row["current__number"],
            "side": row["current__side"],
            "terms": by_version.get(row["current_id"]),
            "version": row["version"],
        }
        for row in rows
    ]
