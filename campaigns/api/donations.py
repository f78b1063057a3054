"""Donations with proof, and what a campaign or brand brought about."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.causes import KEYS, TEXT
from campaigns.api.words import REFUSED
from campaigns.models import Campaign, Donation
from campaigns.selectors.causes import donations, impact
from campaigns.services.causes import donating
from campaigns.services.days import today_of
from campaigns.services.money import AMOUNT_MAX
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import Query
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order

DONATIONS = Order("donations-api", "id", "id", descending=True)


class DonationSerializer(serializers.Serializer[Any]):
    """Money that went to a cause."""

    id = serializers.IntegerField()
    cause = serializers.ChoiceField(choices=KEYS)
    campaign = serializers.CharField(allow_null=True, help_text="Its key.")
    recipient = serializers.CharField()
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    currency = serializers.CharField()
    on = serializers.DateField()
    note = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    file = serializers.CharField(allow_null=True, help_text="Its name; fetched on its page.")
    sha256 = serializers.CharField(allow_null=True)


class NewDonation(Body):
    """A donation with a link that proves it; receipts as files are added on the page."""

    cause = serializers.ChoiceField(choices=KEYS)
    campaign = serializers.CharField(max_length=60, required=False, allow_null=True, default=None)
    recipient = serializers.CharField(max_length=200)
    amount = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, max_value=AMOUNT_MAX
    )
    currency = serializers.CharField(max_length=3)
    on = serializers.DateField()
    note = serializers.CharField(max_length=500, **TEXT)
    url = serializers.CharField(max_length=500)


class WithdrawnDonation(Body):
    """Why it is taken back."""

    reason = serializers.CharField(max_length=500)


class DonationFilter(filters.FilterSet):  # type: ignore[misc]
    """By cause and campaign."""

    cause = filters.ChoiceFilter(choices=KEYS)
    campaign = filters.CharFilter(field_name="campaign__key", max_length=60, label="Its key")

    class Meta:
        model = Donation
        fields: list[str] = []


class DonationViewSet(BrandViewSet[Donation]):
    """Donations with what proves them."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Donation.objects.none()
    serializer_class = DonationSerializer
    filterset_class = DonationFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Donation]:
        """Those that nobody took back."""
        return donations(self.brand)

    def list(self, request: Request) -> Response:
        """Donations, the last written down first."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(rows, order=DONATIONS, represent=_donations)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One donation."""
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return Response(_donation(found))

    @extend_schema(request=NewDonation, responses={201: DonationSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Write a donation down."""
        body = NewDonation(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data | {"campaign": _campaign(self, body.validated_data["campaign"])}
        with refusals(CampaignRefused, body=body):
            made = donating.donate(
                brand=self.brand,
                given=donating.Given(**said),
                paper=None,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_donation(made), status=201)

    @extend_schema(request=WithdrawnDonation, responses={204: None, **REFUSED})
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take it back: it counts no more, and stays in the record."""
        body = WithdrawnDonation(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            donating.withdraw(
                donation_id=int(pk),
                brand=self.brand,
                why=body.validated_data["reason"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(status=204)


class DonatedSerializer(serializers.Serializer[Any]):
    """What was given in a currency."""

    currency = serializers.CharField()
    total = serializers.DecimalField(max_digits=16, decimal_places=2)
    donations = serializers.IntegerField()


class CauseLineSerializer(serializers.Serializer[Any]):
    """What is known of one cause."""

    cause = serializers.ChoiceField(choices=KEYS)
    creators = serializers.IntegerField()
    with_evidence = serializers.IntegerField()
    posts = serializers.IntegerField()
    given = DonatedSerializer(many=True)


class ImpactSerializer(serializers.Serializer[Any]):
    """What was brought about."""

    causes = CauseLineSerializer(many=True)
    creators = serializers.IntegerField(help_text="Each once.")
    with_evidence = serializers.IntegerField()
    posts = serializers.IntegerField()
    claims = serializers.IntegerField(help_text="About the environment, in the library.")
    may_be_said = serializers.IntegerField()
    substantiated = serializers.IntegerField()


class ImpactQuery(Query):
    """Of what."""

    campaign = serializers.CharField(
        max_length=60, required=False, help_text="Its key; left out: the whole brand."
    )


class ImpactViewSet(BrandViewSet[Donation]):
    """The report of causes."""

    scope = Scope.CAMPAIGNS_READ
    queryset = Donation.objects.none()
    serializer_class = ImpactSerializer
    queries = {"impact": ImpactQuery}
    http_method_names = ["get", "head"]

    @extend_schema(parameters=[ImpactQuery], responses={200: ImpactSerializer})
    def impact(self, request: Request) -> Response:
        """Creators by cause, evidence, posts, donations, and claims about the environment."""
        campaign = _campaign(self, self.query.get("campaign"))
        found = impact(self.brand, campaign, today_of(self.brand, timezone.now()))
        return Response(
            {
                "causes": [
                    {
                        "cause": line.cause.key,
                        "creators": line.creators,
                        "with_evidence": line.shown,
                        "posts": line.posts,
                        "given": [
                            {"currency": currency, "total": str(total), "donations": number}
                            for currency, total, number in line.donations
                        ],
                    }
                    for line in found.lines
                ],
                "creators": found.creators,
                "with_evidence": found.shown,
                "posts": found.posts,
                "claims": found.claims,
                "may_be_said": found.may_be_said,
                "substantiated": found.substantiated,
            }
        )


def _campaign(view: BrandViewSet[Any], key: str | None) -> Campaign | None:
    """Of the token's brand. Raises Http404."""
    if not key:
        return None
    found = Campaign.objects.filter(brand=view.brand, key=key).first()
    if found is None:
        raise Http404
    return found


def _donations(rows: Any) -> list[Row]:
    return [_donation(row) for row in rows]


def _donation(row: Donation) -> Row:
    return {
        "id": row.pk,
        "cause": row.cause,
        "campaign": row.campaign.key if row.campaign else None,
        "recipient": row.recipient,
        "amount": str(row.amount),
        "currency": row.currency,
        "on": row.on,
        "note": row.note,
        "url": row.url or None,
        "file": row.file_name or None,
        "sha256": row.file_sha256 or None,
    }
