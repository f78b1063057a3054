"""The content calendar of a campaign: slots that come again, and who fills their days."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet, NothingSaid
from campaigns.api.campaigns import KEY, REFUSED
from campaigns.choices import SlotCadence
from campaigns.models import Campaign, Slot, SlotFill
from campaigns.selectors.calendar import Occurrence, calendar_page
from campaigns.services import calendar as service
from crm.api.base import ID
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.models import Platform

PLACES_MAX = 100


class PlaceSerializer(serializers.Serializer[Any]):
    """Who fills a place, and what is wrong with that."""

    engagement = serializers.IntegerField()
    creator = CreatorRefSerializer()
    conflict = serializers.CharField(allow_null=True, help_text="In words; null: nothing.")


class SlotDaySerializer(serializers.Serializer[Any]):
    """One of a slot's days."""

    on = serializers.DateField()
    free = serializers.IntegerField(help_text="Places that nobody fills yet.")
    places = PlaceSerializer(many=True)


class SlotSerializer(serializers.Serializer[Any]):
    """A place in the calendar that comes again."""

    id = serializers.IntegerField()
    campaign = serializers.CharField(help_text="Its key.")
    title = serializers.CharField()
    segment = serializers.CharField(allow_null=True, help_text="By its key; null: anybody.")
    platform = serializers.CharField(allow_null=True, help_text="Null: any.")
    cadence = serializers.ChoiceField(choices=SlotCadence.choices)
    first_on = serializers.DateField()
    until = serializers.DateField()
    places = serializers.IntegerField(help_text="Creators each time.")
    days = SlotDaySerializer(many=True)


class NewSlot(Body):
    """A place that comes again; its days follow from the first."""

    title = serializers.CharField(max_length=service.TITLE_MAX)
    cadence = serializers.ChoiceField(choices=SlotCadence.choices)
    first_on = serializers.DateField()
    until = serializers.DateField()
    segment = serializers.SlugField(
        max_length=60, required=False, allow_blank=True, default="", help_text="Empty: anybody."
    )
    platform = serializers.PrimaryKeyRelatedField(
        queryset=Platform.objects.all(),
        pk_field=serializers.CharField(max_length=30),
        required=False,
        allow_null=True,
        default=None,
        help_text="A platform's key; null: any.",
    )
    places = serializers.IntegerField(min_value=1, max_value=PLACES_MAX, default=1)


class SlotFilling(Body):
    """Who fills a slot on a day."""

    on = serializers.DateField()
    engagement = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class CampaignSlotViewSet(ActingViewSet[Campaign]):
    """The calendar of one campaign."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Campaign.objects.none()
    serializer_class = SlotSerializer
    pagination_class = WholeList
    lookup_value_regex = KEY
    http_method_names = ["get", "head", "post"]

    def list(self, request: Request, key: str) -> Response:
        """Each slot with its days, who fills them, and conflicts."""
        return self.whole(_slots(self._campaign(key)))

    @extend_schema(
        request=NewSlot,
        responses={201: SlotSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Each Tuesday",
                value={
                    "title": "Tuesday lesson",
                    "cadence": "weekly",
                    "first_on": "2027-03-02",
                    "until": "2027-03-30",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request, key: str) -> Response:
        """Add a slot within the campaign's days."""
        campaign, body = self._campaign(key), self.said(NewSlot)
        made = self.done(
            service.add_slot, body, campaign_id=campaign.pk, values=dict(body.validated_data)
        )
        return Response(_slot(campaign, made.pk), status=201)

    def _campaign(self, key: str) -> Campaign:
        return campaign_at(self.brand.pk, key=key)


class SlotViewSet(ActingViewSet[Slot]):
    """One slot."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Slot.objects.none()
    serializer_class = SlotSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[Slot]:
        """Slots of campaigns of the token's brand."""
        return Slot.objects.filter(campaign__brand=self.brand)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One slot with its days."""
        return Response(self._shown(pk))

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take it away, and with it who fills its days."""
        self._known(pk)
        self.done(service.delete_slot, NothingSaid(), slot_id=int(pk))
        return Response(status=204)

    @extend_schema(request=SlotFilling, responses={200: SlotSerializer, **REFUSED})
    def fill(self, request: Request, pk: str) -> Response:
        """Give a place on one of its days to a creator of the campaign."""
        self._known(pk)
        body = self.said(SlotFilling)
        said = body.validated_data
        self.done(
            service.fill, body, slot_id=int(pk), on=said["on"], engagement_id=said["engagement"]
        )
        return Response(self._shown(pk))

    @extend_schema(request=SlotFilling, responses={200: SlotSerializer, **REFUSED})
    def clear(self, request: Request, pk: str) -> Response:
        """Take a creator out of one of its days; 404 where they are not there."""
        self._known(pk)
        body = self.said(SlotFilling)
        fills = SlotFill.objects.filter(slot=int(pk), **body.validated_data)
        self.done(service.clear, body, fill_id=self.one(fills.values("id"))["id"])
        return Response(self._shown(pk))

    def _known(self, pk: str) -> None:
        self.one(self.get_queryset().filter(pk=pk).values("id"))

    def _shown(self, pk: str) -> Row:
        found = self.one(self.get_queryset().filter(pk=pk).values("campaign__key"))
        return _slot(campaign_at(self.brand.pk, key=found["campaign__key"]), int(pk))


def campaign_at(brand: int, *, key: str) -> Campaign:
    """The brand's campaign of this key. Raises Http404."""
    found = Campaign.objects.filter(brand=brand, key=key).select_related("brand").first()
    if found is None:
        raise Http404
    return found


def _slot(campaign: Campaign, pk: int) -> Row:
    found = next((row for row in _slots(campaign) if row["id"] == pk), None)
    if found is None:  # somebody has just taken it away
        raise Http404
    return found


def _slots(campaign: Campaign) -> list[Row]:
    page = calendar_page(campaign)
    days: dict[int, list[Row]] = {slot.pk: [] for slot in page.slots}
    for month in page.months:
        for one in month.days:
            days[one.slot.pk].append(_day(one))
    return [
        {
            "id": slot.pk,
            "campaign": campaign.key,
            "title": slot.title,
            "segment": slot.segment or None,
            "platform": slot.platform_id,
            "cadence": slot.cadence,
            "first_on": slot.first_on,
            "until": slot.until,
            "places": slot.places,
            "days": days[slot.pk],
        }
        for slot in page.slots
    ]


def _day(one: Occurrence) -> Row:
    return {
        "on": one.on,
        "free": one.free,
        "places": [
            {
                "engagement": place.fill.engagement_id,
                "creator": {
                    "uid": place.fill.engagement.relationship.creator.uid,
                    "name": place.fill.engagement.relationship.creator.name,
                },
                "conflict": place.conflict or None,
            }
            for place in one.places
        ],
    }
