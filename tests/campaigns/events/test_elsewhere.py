"""What events tell the rest of the product: ties, calendars, My day, the timeline, a merge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaigns.choices import InvitationAct as Act
from campaigns.models import EventInvitation
from campaigns.selectors.connections import connections, ledgers
from campaigns.services.deliverables.record import Actor
from campaigns.services.events import answering, planning
from campaigns.services.events.feed import entries
from crm.services.merge.merging import merge
from crm.timeline import SOURCES as LINES
from tests.campaigns.events.worlds import STARTS, an_event, invited
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def say(row, act, **more):
    return answering.answer(
        invitation_id=row.pk,
        brand=row.event.campaign.brand,
        act=act,
        by=Actor(),
        at=NOW,
        expected_version=None,
        **more,
    )


@pytest.mark.parametrize(("covers_travel", "kind"), [(True, "travel_event"), (False, "invitation")])
def test_who_comes_is_tied_to_the_brand_from_that_day(brand, manager, covers_travel, kind):
    event = an_event(brand, manager, covers_travel=covers_travel)
    (ava,) = invited(event, manager, "Ava")
    today = date(2026, 11, 21)
    assert connections(ava.relationship, today) is None
    say(ava, Act.ACCEPT)
    on = NOW.date()
    assert connections(ava.relationship, on - timedelta(days=1)) is None
    (tie,) = connections(ava.relationship, on)
    assert (tie.kind, tie.on, tie.aim) == (kind, on, "Spring launch")
    (given,) = ledgers(brand, [ava.relationship_id], on)[ava.relationship_id].ties
    assert given.title == "Winter dinner"
    assert given.url.endswith(f"/events/{event.pk}/")
    planning.cancel_event(
        event_id=event.pk, brand=brand, reason="Snow", actor=manager, at=NOW, expected_version=1
    )
    assert connections(ava.relationship, on) is None


def test_calendars_have_the_evening_and_the_last_day_to_answer(brand, manager, legal):
    event = an_event(brand, manager)
    days = (date(2026, 11, 1), date(2026, 12, 31))
    found = [(entry.title, entry.on) for entry in entries(manager, days)]
    assert found == [
        ("Winter dinner, 19:00 (Europe/Copenhagen)", date(2026, 12, 3)),
        ("Answers due: Winter dinner", date(2026, 11, 30)),
    ]
    assert list(entries(legal, days)) == []
    planning.cancel_event(
        event_id=event.pk, brand=brand, reason="Snow", actor=manager, at=NOW, expected_version=1
    )
    assert list(entries(manager, days)) == []


def test_the_day_says_whose_answers_are_due(brand, manager, manager_client):
    begins = timezone.now() + timedelta(days=2)
    event = an_event(
        brand,
        manager,
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        answer_by=timezone.now().date(),
        capacity=1,
        guests_max=0,
    )
    invited(event, manager, "Ava")
    shown = manager_client.get("/acme/day/chase/").content.decode()
    assert "1 creator has not answered, due" in shown
    rows = EventInvitation.objects.all()
    rows.update(state="offered", waiting_since=NOW, state_since=NOW - timedelta(days=3))
    shown = manager_client.get("/acme/day/chase/").content.decode()
    assert "1 place held for who was offered one" in shown
    assert "has not answered" not in shown


def test_the_timeline_tells_what_became_of_the_invitation(brand, manager, manager_client):
    event = an_event(brand, manager)
    (ava,) = invited(event, manager, "Ava")
    say(ava, Act.ACCEPT, guests=1, note="By train")
    assert "event" in [line.key for line in LINES]
    uid = ava.relationship.creator.uid
    shown = manager_client.get(f"/acme/creators/{uid}/").content.decode()
    assert "They come, with 1 guest: Winter dinner" in shown


def test_two_invitations_of_one_person_become_one(brand, manager):
    event = an_event(brand, manager)
    ava, bo = invited(event, manager, "Ava", "Bo")
    say(bo, Act.ACCEPT, guests=1)
    merge(
        kept_id=ava.relationship.creator_id,
        gone_id=bo.relationship.creator_id,
        brand=brand,
        choices={},
        actor=manager,
        at=STARTS,
        allowed=[brand.pk],
    )
    row = EventInvitation.objects.get()
    assert row.relationship.creator_id == ava.relationship.creator_id
    # What happened to either is told of the one that is left.
    assert sorted(row.acts.values_list("act", flat=True)) == ["accept", "invite", "invite"]
