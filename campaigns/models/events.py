"""Events of a campaign: who is invited, who comes, who was there, and what they posted of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import EventPart, InvitationAct, InvitationState
from campaigns.models.campaigns import Campaign
from campaigns.models.engagements import Engagement
from crm.models import Brand, Message, Post, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Whoever stands so has a place at the event; a free place that was offered is held.
SEATED = (InvitationState.ACCEPTED, InvitationState.OFFERED, InvitationState.ATTENDED)
# So many people somebody may bring.
GUESTS_MAX = 20


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Events of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))

    def planned(self) -> Self:
        """Those that were not called off."""
        return self.filter(cancelled_at=None)


class Event(models.Model):
    """A place and a time to which creators are invited."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="events"
    )
    name = models.CharField(max_length=120)
    place = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Of the place: an invitation says the hour that clocks show there (IANA).
    zone = models.CharField(max_length=60)
    # People, the creators' own guests included; null: as many as want to come.
    capacity = models.PositiveIntegerField(null=True, blank=True)
    # How many each may bring.
    guests_max = models.PositiveSmallIntegerField(default=0)
    # The last of the place's days on which creators can answer.
    answer_by = models.DateField(null=True, blank=True)
    # What the brand pays beside the evening itself: it is what has to be disclosed.
    covers_travel = models.BooleanField(default=False)
    covers = models.CharField(max_length=300, blank=True, default="")
    # What those who come should know. Creators read it.
    notes = models.TextField(max_length=4_000, blank=True, default="")
    hashtag = models.CharField(max_length=60, blank=True, default="")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=300, blank=True, default="")
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_event_named", condition=~Q(name="") & ~Q(place="") & ~Q(zone="")
            ),
            models.CheckConstraint(
                name="campaigns_event_order", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="campaigns_event_capacity",
                condition=Q(capacity=None) | Q(capacity__gt=0),
            ),
            models.CheckConstraint(
                name="campaigns_event_guests", condition=Q(guests_max__lte=GUESTS_MAX)
            ),
            models.CheckConstraint(
                name="campaigns_event_cancelled",
                condition=Q(cancelled_at=None, cancelled_because="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="")),
            ),
        ]
        indexes = [
            # The events of a campaign, in their order.
            models.Index(fields=["campaign", "starts_at", "id"], name="campaigns_event_list"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        """Of the place."""
        return ZoneInfo(self.zone)

    @property
    def begins(self) -> datetime:
        """As clocks show it at the place: without a zone, so that no page turns it into its own."""
        return self.starts_at.astimezone(self.tz).replace(tzinfo=None)

    @property
    def until(self) -> datetime:
        """As clocks show it at the place."""
        return self.ends_at.astimezone(self.tz).replace(tzinfo=None)


class EventInvitationQuerySet(models.QuerySet["EventInvitation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Invitations of the brands in which `user` has a role."""
        return self.filter(event__campaign__brand__in=Brand.objects.visible_to(user))

    def with_creator(self) -> Self:
        """With what a row shows."""
        return self.select_related("relationship__creator", "engagement")


class EventInvitation(models.Model):
    """A creator who is invited: in the campaign, or only known to the brand."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, db_index=False, related_name="invitations"
    )
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    # Their place in the event's campaign; null: they have none.
    engagement = models.ForeignKey(
        Engagement, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    state = models.CharField(
        max_length=10, choices=InvitationState.choices, default=InvitationState.INVITED
    )
    state_since = models.DateTimeField(default=timezone.now)
    # How many they bring, if they come.
    guests = models.PositiveSmallIntegerField(default=0)
    # Since when they wait for a place: who waits longest is next. Kept while one is offered.
    waiting_since = models.DateTimeField(null=True, blank=True)
    # What the state was before somebody wrote down who was there; empty: nobody did.
    before_check_in = models.CharField(
        max_length=10, choices=InvitationState.choices, blank=True, default=""
    )
    # When it first went out: a mail of the product, or a link that somebody says they sent.
    sent_at = models.DateTimeField(null=True, blank=True)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    objects = EventInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["event", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "relationship"], name="campaigns_invitation_once"
            ),
            models.CheckConstraint(
                name="campaigns_invitation_state",
                condition=Q(
                    state__in=InvitationState.values,
                    before_check_in__in=["", *InvitationState.values],
                ),
            ),
            models.CheckConstraint(
                name="campaigns_invitation_guests", condition=Q(guests__lte=GUESTS_MAX)
            ),
            # Who waits, waits since a moment; so does whom a free place was offered.
            models.CheckConstraint(
                name="campaigns_invitation_waiting",
                condition=~Q(state__in=[InvitationState.WAITING, InvitationState.OFFERED])
                | Q(waiting_since__isnull=False),
            ),
            models.CheckConstraint(
                name="campaigns_invitation_checked",
                condition=Q(
                    state__in=[InvitationState.ATTENDED, InvitationState.ABSENT],
                )
                & ~Q(before_check_in="")
                | ~Q(state__in=[InvitationState.ATTENDED, InvitationState.ABSENT])
                & Q(before_check_in=""),
            ),
        ]
        indexes = [
            # The list of an event by answer, its places, and who waits longest.
            models.Index(
                fields=["event", "state", "waiting_since", "id"],
                name="campaigns_invitation_list",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.event_id}/{self.relationship_id}: {self.state}"


class InvitationEvent(models.Model):
    """One thing that happened to an invitation: added, never changed."""

    invitation = models.ForeignKey(EventInvitation, on_delete=models.CASCADE, related_name="acts")
    act = models.CharField(max_length=10, choices=InvitationAct.choices)
    at = models.DateTimeField()
    # Somebody of the brand, or the creator behind their link.
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(
        "campaigns.GuestLink", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # How many they bring, where they say that they come.
    guests = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["invitation", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_invitation_act", condition=Q(act__in=InvitationAct.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id}: {self.act}"


class EventPost(models.Model):
    """That a person looked at a post and said whether the event brought it about."""

    invitation = models.ForeignKey(EventInvitation, on_delete=models.CASCADE, related_name="posts")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=3, choices=EventPart.choices)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["invitation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "post"], name="campaigns_event_post_once"
            ),
            models.CheckConstraint(
                name="campaigns_event_post_verdict", condition=Q(verdict__in=EventPart.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.verdict}"
