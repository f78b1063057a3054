"""What went well or not with creators: for many at a time, in seven queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Min, Q

from campaigns.choices import (
    DeliverableState,
    DraftState,
    EngagementStage,
    InvitationState,
)
from campaigns.models import AffectedCampaign, Deliverable, Draft, Engagement, EventInvitation
from campaigns.reliability.assess import Happened
from campaigns.reliability.weights import Weights
from crm.choices import IncidentKind, MailDirection, MailKind, MailStatus
from crm.models import Brand, Incident

# About what was agreed. Others say how risky somebody is, not how reliable.
DISPUTES = (IncidentKind.DISCLOSURE, IncidentKind.CLAIM, IncidentKind.IP, IncidentKind.FRAUD)
# From the first mail of ours that waits for an answer to the answer.
_ANSWERS = """
SELECT relationship_id, asked_at, at FROM (
  SELECT m.relationship_id, m.direction, m.at, m.id,
    min(m.at) FILTER (WHERE m.direction = %(out)s)
      OVER (PARTITION BY m.thread_id, m.turn) AS asked_at
  FROM (
    SELECT t.relationship_id, m.thread_id, m.direction, m.at, m.id,
      -- A turn begins after each mail of the creator.
      count(*) FILTER (WHERE m.direction = %(into)s) OVER (
        PARTITION BY m.thread_id ORDER BY m.at, m.id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS turn
    FROM crm_message m
    JOIN crm_thread t ON t.id = m.thread_id
    WHERE t.relationship_id = ANY(%(relationships)s) AND m.at <= %(at)s AND m.kind = %(personal)s
      AND m.status IN (%(sent)s, %(received)s)
  ) m
) turns
WHERE direction = %(into)s AND asked_at < at
ORDER BY at, id"""


class Found:
    """What happened, by relationship."""

    def __init__(self) -> None:
        self.of: Mapping[int, list[Happened]] = defaultdict(list)

    def add(self, relationship: int, component: str, on: date, *, is_good: bool) -> None:
        """One more thing."""
        self.of[relationship].append(Happened(component, on, is_good))


def gather(
    brand: Brand, relationships: Collection[int], weights: Weights, at: datetime
) -> Mapping[int, list[Happened]]:
    """What is known of each of these creators as of a moment."""
    zone = ZoneInfo(brand.timezone)
    found = Found()
    _drafts(found, relationships, at, zone)
    _published(found, relationships, at, zone)
    _rounds(found, relationships, at, zone, weights.components["rounds"].days or 0)
    _answers(found, relationships, at, zone, weights.components["answers"].days or 0)
    _kept(found, relationships, at, zone)
    _attended(found, relationships, at, zone)
    return found.of


def _drafts(found: Found, relationships: Collection[int], at: datetime, zone: ZoneInfo) -> None:
    """The first draft against the day it was due: never handed in is late."""
    today = at.astimezone(zone).date()
    rows = (
        Deliverable.objects.filter(
            engagement__relationship__in=relationships, draft_due_on__lte=today
        )
        .exclude(state=DeliverableState.CANCELLED)
        .order_by()
        .annotate(
            first=Min(
                "drafts__submitted_at",
                filter=Q(drafts__is_sealed=True, drafts__submitted_at__lte=at),
            )
        )
        .values_list("engagement__relationship", "draft_due_on", "first", "published_at")
    )
    for number, due, first, published_at in rows:
        if due is None:
            continue
        handed_in = first or published_at
        day = handed_in.astimezone(zone).date() if handed_in else None
        # Due today: there is time until midnight.
        if day is None and due == today:
            continue
        found.add(number, "handed_in", due, is_good=day is not None and day <= due)


def _published(found: Found, relationships: Collection[int], at: datetime, zone: ZoneInfo) -> None:
    """The day of publication against the planned one, where our yes was there by then."""
    rows = (
        Deliverable.objects.filter(
            engagement__relationship__in=relationships,
            publish_at__lte=at,
            state__in=[DeliverableState.APPROVED, DeliverableState.PUBLISHED],
        )
        .order_by()
        .annotate(yes_at=Min("drafts__state_since", filter=Q(drafts__state=DraftState.APPROVED)))
        .values_list("engagement__relationship", "publish_at", "published_at", "yes_at")
    )
    today = at.astimezone(zone).date()
    for number, planned, published_at, yes_at in rows:
        if planned is None:
            continue
        due = planned.astimezone(zone).date()
        if yes_at is not None and yes_at.astimezone(zone).date() > due:
            continue
        day = published_at.astimezone(zone).date() if published_at else None
        if day is None and due >= today:
            continue
        found.add(number, "published", due, is_good=day is not None and day <= due)


def _rounds(
    found: Found, relationships: Collection[int], at: datetime, zone: ZoneInfo, days: int
) -> None:
    """From a draft that went back to the next version."""
    rows = (
        Draft.objects.filter(
            deliverable__engagement__relationship__in=relationships, is_sealed=True
        )
        .exclude(deliverable__state=DeliverableState.CANCELLED)
        .order_by("deliverable", "number")
        .values_list(
            "deliverable",
            "deliverable__engagement__relationship",
            "state",
            "state_since",
            "submitted_at",
        )
    )
    waits: tuple[int, int, datetime] | None = None
    for piece, number, state, since, submitted_at in rows:
        if waits is not None:
            if waits[0] == piece:
                _round(found, waits, submitted_at, zone, days)
            else:
                _still_waits(found, waits, at, zone, days)
        waits = (piece, number, since) if state == DraftState.NEEDS_WORK else None
    if waits is not None:
        _still_waits(found, waits, at, zone, days)


def _round(
    found: Found, waits: tuple[int, int, datetime], came_at: datetime, zone: ZoneInfo, days: int
) -> None:
    _piece, number, since = waits
    is_good = came_at - since <= timedelta(days=days)
    found.add(number, "rounds", since.astimezone(zone).date(), is_good=is_good)


def _still_waits(
    found: Found, waits: tuple[int, int, datetime], at: datetime, zone: ZoneInfo, days: int
) -> None:
    _piece, number, since = waits
    if at - since > timedelta(days=days):
        found.add(number, "rounds", since.astimezone(zone).date(), is_good=False)


def _answers(
    found: Found, relationships: Collection[int], at: datetime, zone: ZoneInfo, days: int
) -> None:
    """Answers to mails of ours; a mail without one is left out."""
    given: dict[str, Any] = {
        "relationships": list(relationships),
        "at": at,
        "personal": MailKind.PERSONAL.value,
        "out": MailDirection.OUT.value,
        "into": MailDirection.IN.value,
        "sent": MailStatus.SENT.value,
        "received": MailStatus.RECEIVED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, given)
        rows = cursor.fetchall()
    for number, asked_at, answered_at in rows:
        is_good = answered_at - asked_at <= timedelta(days=days)
        found.add(number, "answers", answered_at.astimezone(zone).date(), is_good=is_good)


def _kept(found: Found, relationships: Collection[int], at: datetime, zone: ZoneInfo) -> None:
    """Campaigns together, with and without a confirmed incident about what was agreed."""
    disputes = Incident.objects.counted().filter(
        relationship__in=relationships, kind__in=DISPUTES, confirmed_at__lte=at
    )
    touched: set[tuple[int, int]] = set(
        AffectedCampaign.objects.filter(incident__in=disputes).values_list(
            "incident__relationship", "campaign"
        )
    )
    named = AffectedCampaign.objects.filter(incident__in=disputes).values("incident")
    at_large: Mapping[int, list[date]] = defaultdict(list)
    for number, day in disputes.exclude(pk__in=named).values_list("relationship", "noticed_on"):
        if number is not None:
            at_large[number].append(day)
    rows = Engagement.objects.filter(
        relationship__in=relationships,
        stage__in=[EngagementStage.LIVE, EngagementStage.COMPLETED],
        stage_since__lte=at,
    ).values_list("relationship", "campaign", "created_at", "stage", "stage_since")
    for number, campaign, created_at, stage, since in rows:
        first, on = created_at.astimezone(zone).date(), since.astimezone(zone).date()
        last = on if stage == EngagementStage.COMPLETED else at.astimezone(zone).date()
        is_touched = (number, campaign) in touched or any(
            first <= day <= last for day in at_large[number]
        )
        found.add(number, "kept", on, is_good=not is_touched)


def _attended(found: Found, relationships: Collection[int], at: datetime, zone: ZoneInfo) -> None:
    """Events that were accepted: who came, and who did not."""
    rows = EventInvitation.objects.filter(
        relationship__in=relationships,
        state__in=[InvitationState.ATTENDED, InvitationState.ABSENT],
        before_check_in=InvitationState.ACCEPTED,
        event__starts_at__lte=at,
    ).values_list("relationship", "event__starts_at", "state")
    for number, starts_at, state in rows:
        is_good = state == InvitationState.ATTENDED
        found.add(number, "attended", starts_at.astimezone(zone).date(), is_good=is_good)


def known(brand: Brand) -> Iterator[Q]:
    """Of whom anything may be known."""
    yield Q(pk__in=Engagement.objects.filter(campaign__brand=brand).values("relationship"))
    yield Q(
        pk__in=EventInvitation.objects.filter(event__campaign__brand=brand).values("relationship")
    )
