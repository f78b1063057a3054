"""Events as pages show them: who is invited, how many places are left, what was posted of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from campaigns.choices import EventPart, InvitationState
from campaigns.models import Campaign, Engagement, Event, EventInvitation, EventPost, GuestLink
from campaigns.models.engagements import LEFT
from campaigns.models.events import SEATED
from campaigns.selectors.publishing.suggestions import marks_of, pattern_of
from crm.models import Post

# So long after the end a post may still be of the event.
AFTER = timedelta(days=7)
POSTS_MAX = 200
# Who may have been there: what they posted is looked at.
_THERE = (InvitationState.ACCEPTED, InvitationState.OFFERED, InvitationState.ATTENDED)


@dataclass(frozen=True)
class Line:
    """One creator who is invited, and their link where it works."""

    invitation: EventInvitation
    link: GuestLink | None


@dataclass(frozen=True)
class EventPage:
    """The list of an event, and its places."""

    lines: Sequence[Line]
    counts: Mapping[InvitationState, int]
    # People, the guests of creators included.
    taken: int
    capacity: int | None
    unanswered: int

    @property
    def free(self) -> int | None:
        """None: as many as one likes."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def tabs(self) -> list[tuple[InvitationState, int]]:
        """States in which somebody is."""
        return [(state, self.counts[state]) for state in InvitationState if self.counts[state]]


def events_of(campaign: Campaign) -> QuerySet[Event]:
    """The events of a campaign, with the figures of each."""
    return counted(campaign.events.all()).order_by("starts_at", "pk")


def counted(events: QuerySet[Event]) -> QuerySet[Event]:
    """With how many are invited, come, wait, and have not answered."""
    seated = Q(invitations__state__in=SEATED)
    return events.annotate(
        invited=Count("invitations", filter=~Q(invitations__state=InvitationState.WITHDRAWN)),
        people=Coalesce(Sum(F("invitations__guests") + 1, filter=seated), 0),
        unanswered=Count("invitations", filter=Q(invitations__state=InvitationState.INVITED)),
        waiting=Count("invitations", filter=Q(invitations__state=InvitationState.WAITING)),
    )


def event_page(event: Event, at: datetime) -> EventPage:
    """Everybody who is invited, by name: two queries."""
    rows = list(
        EventInvitation.objects.filter(event=event)
        .with_creator()
        .order_by("relationship__creator__name", "pk")
    )
    links = {
        link.invitation_id: link
        for link in GuestLink.objects.filter(invitation__event=event)
        .open_at(at)
        .order_by("expires_at", "pk")
    }
    return EventPage(
        lines=[Line(row, links.get(row.pk)) for row in rows],
        counts=Counter(InvitationState(row.state) for row in rows),
        taken=sum(row.guests + 1 for row in rows if row.state in SEATED),
        capacity=event.capacity,
        unanswered=sum(row.state == InvitationState.INVITED for row in rows),
    )


def not_invited(event: Event) -> QuerySet[Engagement]:
    """Creators of the campaign who are not on the list yet."""
    there = EventInvitation.objects.filter(event=event).values("relationship")
    return (
        Engagement.objects.filter(campaign=event.campaign_id)
        .exclude(stage__in=LEFT)
        .exclude(relationship__in=there)
        .select_related("relationship__creator")
        .order_by("relationship__creator__name", "pk")
    )


@dataclass(frozen=True)
class Coverage:
    """Posts that the event brought about, as people said, and those nobody looked at yet."""

    marks: Sequence[str]
    confirmed: Sequence[EventPost]
    suggested: Sequence[Post]
    aside: int

    @property
    def reach(self) -> int:
        """Of the posts whose reach is known."""
        return sum(row.post.reach or 0 for row in self.confirmed)

    @property
    def unknown(self) -> int:
        """Of how many posts the reach is not known."""
        return sum(row.post.reach is None for row in self.confirmed)

    @property
    def creators(self) -> int:
        """How many posted of it."""
        return len({row.invitation_id for row in self.confirmed})


def coverage_of(event: Event) -> Coverage:
    """What creators who may have been there posted of it: four queries.

    Suggested is what has one of the marks (# or @) and was posted from the first moment of the
    event until a week after its last.
    """
    marks = [*marks_of(event.campaign), *([event.hashtag] if event.hashtag else [])]
    said = list(
        EventPost.objects.filter(invitation__event=event)
        .select_related("post__profile__platform", "invitation__relationship__creator", "by")
        .order_by("post__posted_at", "pk")
    )
    there = EventInvitation.objects.filter(event=event, state__in=_THERE)
    pattern = pattern_of(marks)
    found = (
        Post.objects.filter(
            Q(caption__iregex=pattern) | Q(title__iregex=pattern),
            creator__in=there.values("relationship__creator"),
            posted_at__range=(event.starts_at, event.ends_at + AFTER),
        )
        .exclude(pk__in=[row.post_id for row in said])
        .select_related("profile__platform", "creator")
        .order_by("posted_at", "pk")[:POSTS_MAX]
    )
    return Coverage(
        marks=marks,
        confirmed=[row for row in said if row.verdict == EventPart.YES],
        suggested=list(found),
        aside=sum(row.verdict == EventPart.NO for row in said),
    )
