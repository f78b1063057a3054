"""Reliability in the database: gathered from what is on file, stored, a fact, for the creator."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns.choices import (
    DeliverableState,
    DraftState,
    EngagementStage,
    InvitationState,
)
from campaigns.models import (
    AffectedCampaign,
    Deliverable,
    Draft,
    Engagement,
    Event,
    EventInvitation,
    ReliabilityReading,
)
from campaigns.reliability.weights import standard
from campaigns.services.reliability.gathering import gather
from campaigns.services.reliability.reading import read_brand, read_one
from crm.choices import IncidentKind, MailDirection, MailStatus, Severity
from crm.models import AuditEntry, Brand, FactChange, Incident, Message, Relationship, Thread
from crm.services.held import held_about
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, RelationshipFactory

TODAY = NOW.date()


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def piece(place: Engagement, **values: object) -> Deliverable:
    said: dict[str, object] = {
        "title": "Reel",
        "platform_id": "instagram",
        "kind": "lifestyle",
        "form": "short_video",
        "created_at": ago(60),
        "state_since": ago(50),
    }
    if values.get("published_at"):
        said["state"] = DeliverableState.PUBLISHED
    return Deliverable.objects.create(engagement=place, **said | values)


def draft(of: Deliverable, number: int, at: datetime, state: DraftState, since: datetime) -> None:
    Draft.objects.create(
        deliverable=of,
        number=number,
        submitted_at=at,
        is_sealed=True,
        state=state,
        state_since=since,
    )


def happened(relationship: Relationship, at: datetime = NOW) -> list[tuple[str, date, bool]]:
    found = gather(relationship.brand, [relationship.pk], standard(), at)[relationship.pk]
    return [(one.component, one.on, one.is_good) for one in found]


@pytest.fixture
def creator(brand: Brand) -> Relationship:
    return RelationshipFactory(brand=brand, creator__name="Anna Holm")


@pytest.fixture
def place(brand: Brand, creator: Relationship) -> Engagement:
    return engage(make_campaign(brand), EngagementStage.IN_PRODUCTION, creator)


def test_drafts_against_the_day_they_were_due(creator: Relationship, place: Engagement) -> None:
    due = TODAY - timedelta(days=20)
    on_time = piece(place, draft_due_on=due)
    draft(on_time, 1, ago(20), DraftState.IN_REVIEW, ago(20))
    late = piece(place, draft_due_on=due)
    draft(late, 1, ago(19), DraftState.IN_REVIEW, ago(19))
    piece(place, draft_due_on=due)  # never came
    piece(place, draft_due_on=due, state=DeliverableState.CANCELLED)
    piece(place, draft_due_on=TODAY)  # there is time until midnight
    piece(place, draft_due_on=TODAY + timedelta(days=1))
    piece(place)  # no day was agreed
    # Of one day, in no order.
    assert sorted(happened(creator)) == [
        ("handed_in", due, False),
        ("handed_in", due, False),
        ("handed_in", due, True),
    ]


def test_posts_against_the_day_they_were_planned(creator: Relationship, place: Engagement) -> None:
    due = ago(20).date()
    piece(place, publish_at=ago(20), published_at=ago(20))
    piece(place, publish_at=ago(20), published_at=ago(18))
    piece(place, publish_at=ago(20), state=DeliverableState.APPROVED)
    # Nobody knows whose fault it is that it is still in review.
    piece(place, publish_at=ago(20), state=DeliverableState.IN_REVIEW)
    # Our yes came too late.
    ours = piece(place, publish_at=ago(20), published_at=ago(15))
    draft(ours, 1, ago(30), DraftState.APPROVED, ago(16))
    # Of one day, in no order.
    assert sorted(happened(creator)) == [
        ("published", due, False),
        ("published", due, False),
        ("published", due, True),
    ]


def test_corrections(creator: Relationship, place: Engagement) -> None:
    one = piece(place)
    draft(one, 1, ago(40), DraftState.NEEDS_WORK, ago(38))
    draft(one, 2, ago(34), DraftState.NEEDS_WORK, ago(30))
    draft(one, 3, ago(24), DraftState.IN_REVIEW, ago(24))
    other = piece(place)
    draft(other, 1, ago(20), DraftState.NEEDS_WORK, ago(18))
    fresh = piece(place)
    draft(fresh, 1, ago(5), DraftState.NEEDS_WORK, ago(4))
    assert happened(creator) == [
        ("rounds", ago(38).date(), True),
        ("rounds", ago(30).date(), False),
        ("rounds", ago(18).date(), False),
    ]


def test_answers(brand: Brand, creator: Relationship) -> None:
    thread = Thread.objects.create(brand=brand, relationship=creator, subject="Hello")

    def mail(direction: MailDirection, at: datetime, **values: object) -> None:
        status = MailStatus.SENT if direction == MailDirection.OUT else MailStatus.RECEIVED
        sent = {"sent_at": at} if direction == MailDirection.OUT else {}
        Message.objects.create(
            **sent,
            brand=brand,
            thread=thread,
            direction=direction,
            message_id=f"<{at.timestamp()}@example.com>",
            from_address="a@example.com",
            at=at,
            **{"status": status} | values,
        )

    mail(MailDirection.IN, ago(31))  # the first word was theirs
    mail(MailDirection.OUT, ago(30))
    mail(MailDirection.OUT, ago(28))  # a reminder: counted from the first
    mail(MailDirection.IN, ago(27))
    mail(MailDirection.IN, ago(26))  # says more: answers nothing
    mail(MailDirection.OUT, ago(20))
    mail(MailDirection.IN, ago(19.5), kind="automatic")
    mail(MailDirection.IN, ago(16))
    mail(MailDirection.OUT, ago(5))  # needs no answer, maybe
    assert happened(creator) == [
        ("answers", ago(27).date(), True),
        ("answers", ago(16).date(), False),
    ]


def test_disputes_and_events(brand: Brand, creator: Relationship, place: Engagement) -> None:
    Engagement.objects.update(stage=EngagementStage.COMPLETED, stage_since=ago(10))
    fine = engage(make_campaign(brand, name="Summer"), EngagementStage.LIVE, creator)
    Engagement.objects.filter(pk=fine.pk).update(stage_since=ago(9))
    dispute = Incident.objects.create(
        brand=brand,
        relationship=creator,
        kind=IncidentKind.CLAIM,
        severity=Severity.MEDIUM,
        what="Promised that it heals.",
        noticed_on=TODAY - timedelta(days=12),
        confirmed_at=NOW,
        created_at=NOW,
        state_since=NOW,
    )
    AffectedCampaign.objects.create(incident=dispute, campaign=place.campaign, at=NOW)
    for number, (before, state) in enumerate(
        (
            (InvitationState.ACCEPTED, InvitationState.ATTENDED),
            (InvitationState.ACCEPTED, InvitationState.ABSENT),
            (InvitationState.INVITED, InvitationState.ABSENT),  # never said that they come
        )
    ):
        event = Event.objects.create(
            campaign=place.campaign,
            name=f"Dinner {number}",
            place="Aarhus",
            zone="Europe/Copenhagen",
            starts_at=ago(8 - number),
            ends_at=ago(8 - number) + timedelta(hours=3),
        )
        EventInvitation.objects.create(
            event=event, relationship=creator, state=state, before_check_in=before
        )
    assert sorted(happened(creator)) == [
        ("attended", ago(8).date(), True),
        ("attended", ago(7).date(), False),
        ("kept", ago(10).date(), False),
        ("kept", ago(9).date(), True),
    ]
    # What nobody confirmed, and what says how risky somebody is, is none.
    Incident.objects.update(kind=IncidentKind.CONTROVERSY)
    assert ("kept", ago(10).date(), True) in happened(creator)


def test_stored_with_history_and_a_fact(
    brand: Brand, creator: Relationship, place: Engagement
) -> None:
    for late in (0, 0, 1):
        made = piece(
            place,
            draft_due_on=TODAY - timedelta(days=20),
            publish_at=ago(10),
            published_at=ago(10),
        )
        draft(made, 1, ago(20 - late), DraftState.APPROVED, ago(18))
    assert read_brand(brand=brand, at=NOW) == 1
    row = ReliabilityReading.objects.get(relationship=creator)
    # Two of three drafts weigh 30, all three posts 25.
    assert (row.score, row.events, row.weights) == (Decimal("81.8"), 6, "2026.1")
    assert FactChange.objects.filter(cause="reliability").count() == 1
    entry = AuditEntry.objects.get(verb="campaigns.reliability.changed")
    assert entry.data["score"] == "81.8"
    # The same again is no row.
    assert read_brand(brand=brand, at=NOW + timedelta(hours=1)) == 0
    piece(place, draft_due_on=TODAY - timedelta(days=5))
    later = read_one(relationship=creator, at=NOW + timedelta(hours=2))
    assert later.score == Decimal("72.7")
    row.refresh_from_db()
    assert row.superseded_at == NOW + timedelta(hours=2)

    def fact(hours: float) -> object:
        at = NOW + timedelta(hours=hours)
        read = read_facts(brand=brand, creator=creator.creator, as_of=at, facts=catalogue(brand))
        return read["reliability"].value

    assert [fact(hours) for hours in (1, 3)] == [81.8, 72.7]
    # Creators see their own.
    line = next(one for one in held_about(creator, NOW) if one.what.startswith("Reliability"))
    assert (line.value, line.source) == (
        "72.7 of 100",
        "computed from drafts on time 2 of 4; published on time 3 of 3",
    )
    Relationship.objects.filter(pk=creator.pk).update(unprofiled_at=NOW)
    creator.refresh_from_db()
    assert not [one for one in held_about(creator, NOW) if one.what.startswith("Reliability")]
    assert read_brand(brand=brand, at=NOW + timedelta(hours=3)) == 0

    for values in ({"score": Decimal("100.1")}, {"digest": "no"}, {"superseded_at": ago(1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReliabilityReading.objects.update(**values)


def test_as_many_queries_for_many(brand: Brand) -> None:
    campaign = make_campaign(brand)
    engage(campaign)
    with CaptureQueriesContext(connection) as few:
        assert read_brand(brand=brand, at=NOW) == 1
    for _ in range(6):
        engage(campaign)
    with CaptureQueriesContext(connection) as many:
        assert read_brand(brand=brand, at=NOW) == 6
    assert len(few) == len(many)
    assert len(few) <= 20
