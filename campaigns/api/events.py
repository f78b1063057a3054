"""Events of campaigns: what is planned, who is invited, and what they answered."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.words import LOCK
from campaigns.choices import InvitationAct, InvitationState
from campaigns.models import Campaign, Event, EventInvitation
from campaigns.models.events import GUESTS_MAX
from campaigns.selectors.events import counted
from campaigns.services.deliverables.record import Actor
from campaigns.services.events import answering, checking_in, planning
from campaigns.services.events.planning import CAPACITY_MAX, REASON_MAX
from campaigns.services.events.record import NOTE_MAX
from campaigns.services.events.states import allowed
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("events-api", key="id")
INVITATIONS_ORDER = Order("invitations-api", key="id")
_SAID = (
    "name",
    "place",
    "address",
    "starts_at",
    "ends_at",
    "zone",
    "capacity",
    "guests_max",
    "answer_by",
    "covers_travel",
    "covers",
    "notes",
    "hashtag",
)
_TEXTS = ("address", "covers", "notes", "hashtag")
COLUMNS = (
    "id",
    "campaign__key",
    *_SAID,
    "cancelled_at",
    "cancelled_because",
    "invited",
    "people",
    "unanswered",
    "waiting",
    "created_at",
    "version",
)
INVITATION_COLUMNS = (
    "id",
    "event_id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "engagement_id",
    "state",
    "state_since",
    "guests",
    "waiting_since",
    "sent_at",
    "created_at",
    "version",
)
_DOOR = frozenset({InvitationAct.CHECK_IN, InvitationAct.MISS, InvitationAct.UNDO})
# A mail is sent by a person, and a free place offered by the product.
_OTHERS = frozenset({InvitationAct.SEND, InvitationAct.OFFER})
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}


class EventSerializer(serializers.Serializer[Any]):
    """An event, and how many are invited and come."""

    id = serializers.IntegerField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    name = serializers.CharField()
    place = serializers.CharField()
    address = serializers.CharField(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    zone = serializers.CharField(help_text="Time zone of the place (IANA).")
    capacity = serializers.IntegerField(
        allow_null=True, help_text="People, guests included; null: no limit."
    )
    guests_max = serializers.IntegerField(help_text="How many each may bring.")
    answer_by = serializers.DateField(allow_null=True)
    covers_travel = serializers.BooleanField()
    covers = serializers.CharField(allow_null=True, help_text="What the brand pays.")
    notes = serializers.CharField(allow_null=True, help_text="Creators read it.")
    hashtag = serializers.CharField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancelled_because = serializers.CharField(allow_null=True)
    invited = serializers.IntegerField(help_text="Creators.")
    people = serializers.IntegerField(help_text="Who have a place, guests included.")
    unanswered = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Creators on the waiting list.")
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back with a change.")


class InvitationSerializer(serializers.Serializer[Any]):
    """An invitation, and how it stands. What a creator wrote with it is not told here."""

    id = serializers.IntegerField()
    event = serializers.IntegerField()
    creator = CreatorRefSerializer()
    engagement = serializers.IntegerField(
        allow_null=True, help_text="Their place in the campaign; null: they have none."
    )
    state = serializers.ChoiceField(choices=InvitationState.choices)
    state_since = serializers.DateTimeField()
    guests = serializers.IntegerField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    acts = serializers.ListField(child=serializers.ChoiceField(choices=InvitationAct.choices))
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back with an answer.")


class _EventBody(Body):
    address = serializers.CharField(max_length=300, **_TEXT)
    capacity = serializers.IntegerField(
        min_value=1, max_value=CAPACITY_MAX, required=False, allow_null=True
    )
    guests_max = serializers.IntegerField(min_value=0, max_value=GUESTS_MAX, required=False)
    answer_by = serializers.DateField(required=False, allow_null=True)
    covers_travel = serializers.BooleanField(required=False)
    covers = serializers.CharField(max_length=300, **_TEXT)
    notes = serializers.CharField(max_length=4_000, **_TEXT)
    hashtag = serializers.CharField(max_length=60, **_TEXT)


class NewEvent(_EventBody):
    """An event of a campaign."""

    campaign = serializers.CharField(max_length=60, help_text="The campaign's key.")
    name = serializers.CharField(max_length=120)
    place = serializers.CharField(max_length=120)
    starts_at = MomentField()
    ends_at = MomentField()
    zone = serializers.CharField(max_length=60, help_text="Europe/Copenhagen")

    def validate_campaign(self, key: str) -> Campaign:
        """A campaign of the brand."""
        found = Campaign.objects.filter(brand=self.context["brand"], key=key).first()
        if found is None:
            words = "There is no campaign of this key."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_campaign"))
        return found


class EventChange(_EventBody):
    """What to change; what is left out stays."""

    version = serializers.IntegerField(**LOCK)
    name = serializers.CharField(max_length=120, required=False)
    place = serializers.CharField(max_length=120, required=False)
    starts_at = MomentField(required=False)
    ends_at = MomentField(required=False)
    zone = serializers.CharField(max_length=60, required=False)


class EventCancellation(Body):
    """Why it is called off."""

    version = serializers.IntegerField(**LOCK)
    reason = serializers.CharField(max_length=REASON_MAX)


class NewInvitations(Body):
    """Creators who are invited; who is on the list already stays as they are."""

    creators = serializers.ListField(child=KnownCreatorField(), min_length=1, max_length=200)


class InvitationAnswer(Body):
    """What a creator said, or what happened at the door; `acts` of an invitation says what can."""

    version = serializers.IntegerField(**LOCK)
    act = serializers.ChoiceField(choices=InvitationAct.choices)
    guests = serializers.IntegerField(
        min_value=0, max_value=GUESTS_MAX, required=False, help_text="Of `accept`."
    )
    note = serializers.CharField(max_length=NOTE_MAX, **_TEXT)


class EventFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Events by campaign."""

    campaign = filters.CharFilter(
        field_name="campaign__key", max_length=60, label="A campaign's key"
    )

    class Meta:
        model = Event
        fields: list[str] = []


class InvitationFilter(filters.FilterSet):  # type: ignore[misc]
    """Invitations by event, state and creator."""

    event = filters.NumberFilter(field_name="event", min_value=1, max_value=2**62)
    state = filters.MultipleChoiceFilter(choices=InvitationState.choices)
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = EventInvitation
        fields: list[str] = []


class EventViewSet(BrandViewSet[Event]):
    """Events of all campaigns."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = Event.objects.none()
    serializer_class = EventSerializer
    filterset_class = EventFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Event]:
        """Events of campaigns of the token's brand."""
        return Event.objects.filter(campaign__brand=self.brand)

    def list(self, request: Request) -> Response:
        """Events in the order in which they were planned."""
        rows = counted(self.filter_queryset(self.get_queryset())).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=lambda some: [_event(row) for row in some])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One event."""
        return Response(self._shown(pk))

    @extend_schema(request=NewEvent, responses={201: EventSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Plan an event."""
        body = NewEvent(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        campaign = given.pop("campaign")
        with refusals(CampaignRefused, body=body):
            made = planning.make_event(
                campaign=campaign,
                values=cast("planning.Values", given),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=EventChange, responses={200: EventSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say something else of it. Nobody is told by it."""
        body = EventChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        version = given.pop("version")
        return self._do(
            planning.change_event,
            pk,
            body,
            values=cast("planning.Values", given),
            expected_version=version,
        )

    @extend_schema(request=EventCancellation, responses={200: EventSerializer, **REFUSED})
    def cancel(self, request: Request, pk: str) -> Response:
        """Call it off."""
        body = EventCancellation(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        return self._do(
            planning.cancel_event,
            pk,
            body,
            reason=said["reason"],
            expected_version=said["version"],
        )

    @extend_schema(
        request=NewInvitations, responses={201: InvitationSerializer(many=True), **REFUSED}
    )
    def invite(self, request: Request, pk: str) -> Response:
        """Invite creators; nothing is sent. Answers with those who are new on the list."""
        body = NewInvitations(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            made = answering.invite(
                event_id=int(pk),
                brand=self.brand,
                relationships=[row.pk for row in body.validated_data["creators"]],
                actor=self.actor,
                at=timezone.now(),
            )
        rows = EventInvitation.objects.filter(pk__in=[row.pk for row in made]).order_by("pk")
        return Response([_invitation(row) for row in rows.values(*INVITATION_COLUMNS)], status=201)

    def _do(self, do: Any, pk: str, body: Body, **more: Any) -> Response:
        with refusals(CampaignRefused, body=body):
            do(event_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now(), **more)
        return Response(self._shown(pk))

    def _shown(self, pk: int | str) -> Row:
        return _event(self.one(counted(self.get_queryset().filter(pk=pk)).values(*COLUMNS)))


class InvitationViewSet(BrandViewSet[EventInvitation]):
    """Invitations to events."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = EventInvitation.objects.none()
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[EventInvitation]:
        """Invitations to events of the token's brand."""
        return EventInvitation.objects.filter(event__campaign__brand=self.brand)

    def list(self, request: Request) -> Response:
        """Invitations in the order in which they were made."""
        rows = self.filter_queryset(self.get_queryset()).values(*INVITATION_COLUMNS)
        return self.page(
            rows,
            order=INVITATIONS_ORDER,
            represent=lambda some: [_invitation(row) for row in some],
        )

    def retrieve(self, request: Request, pk: str) -> Response:
        """One invitation."""
        return Response(self._shown(pk))

    @extend_schema(request=InvitationAnswer, responses={200: InvitationSerializer, **REFUSED})
    def answer(self, request: Request, pk: str) -> Response:
        """Write down what a creator said, or what happened at the door.

        Who accepts where there is no room is on the waiting list: look at `state`.
        """
        body = InvitationAnswer(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        act = InvitationAct(said["act"])
        who: dict[str, Any] = {
            "invitation_id": int(pk),
            "brand": self.brand,
            "act": act,
            "at": timezone.now(),
            "expected_version": said["version"],
        }
        with refusals(CampaignRefused, body=body):
            if act in _DOOR:
                checking_in.check_in(**who, actor=self.actor)
            else:
                answering.answer(
                    **who,
                    by=Actor(self.actor),
                    guests=said.get("guests"),
                    note=said.get("note", ""),
                )
        return Response(self._shown(pk))

    def _shown(self, pk: int | str) -> Row:
        rows = self.get_queryset().filter(pk=pk).values(*INVITATION_COLUMNS)
        return _invitation(self.one(rows))


def _event(row: Row) -> Row:
    names = (
        "id",
        *(name for name in _SAID if name not in _TEXTS),
        "cancelled_at",
        "invited",
        "people",
        "unanswered",
        "waiting",
        "created_at",
        "version",
    )
    return {
        "campaign": row["campaign__key"],
        **{name: row[name] for name in names},
        **{name: row[name] or None for name in (*_TEXTS, "cancelled_because")},
    }


def _invitation(row: Row) -> Row:
    names = ("state", "state_since", "guests", "waiting_since", "sent_at", "created_at", "version")
    return {
        "id": row["id"],
        "event": row["event_id"],
        "creator": {
            "uid": row["relationship__creator__uid"],
            "name": row["relationship__creator__name"],
        },
        "engagement": row["engagement_id"],
        **{name: row[name] for name in names},
        "acts": [act.value for act in allowed(row["state"]) if act not in _OTHERS],
    }
