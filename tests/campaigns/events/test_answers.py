"""Who is invited, who gets a place, who waits, and who is next when a place becomes free."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import InvitationAct as Act
from campaigns.choices import InvitationState as State
from campaigns.models import EventInvitation, InvitationEvent
from campaigns.services import guests
from campaigns.services.deliverables.record import Actor
from campaigns.services.events import answering, checking_in, planning
from campaigns.services.events.states import allowed, why_not
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.audit import entries_of, first_broken_link
from crm.models import AuditEntry, FactChange, Notification
from tests.campaigns.events.worlds import ENDS, STARTS, an_event, invited
from tests.campaigns.made import set_status
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def say(row, act, *, by=None, at=LATER, guests=None, version=None):
    return answering.answer(
        invitation_id=row.pk,
        brand=row.event.campaign.brand,
        act=act,
        by=by or Actor(),
        at=at,
        guests=guests,
        expected_version=version,
    )


def tick(row, act, at=STARTS):
    return checking_in.check_in(
        invitation_id=row.pk,
        brand=row.event.campaign.brand,
        act=act,
        actor=row.event.created_by,
        at=at,
        expected_version=None,
    )


def states(event):
    rows = EventInvitation.objects.filter(event=event).order_by("pk")
    return [(row.relationship.creator.name, row.state, row.guests) for row in rows]


@pytest.fixture
def event(brand, manager):
    return an_event(brand, manager)


def test_people_of_the_campaign_and_others_are_invited_once(event, brand, manager):
    (ava,) = invited(event, manager, "Ava", in_campaign=True)
    (bo,) = invited(event, manager, "Bo")
    assert (ava.state, ava.engagement.relationship) == (State.INVITED, ava.relationship)
    assert (bo.engagement, bo.sent_at, bo.version) == (None, None, 1)
    again = answering.invite(
        event_id=event.pk,
        brand=brand,
        relationships=[ava.relationship_id, bo.relationship_id],
        actor=manager,
        at=LATER,
    )
    assert again == []
    assert EventInvitation.objects.count() == 2
    assert list(InvitationEvent.objects.values_list("act", flat=True)) == ["invite", "invite"]
    assert first_broken_link(entries_of(brand)) is None


def test_a_creator_of_another_brand_is_not_invited(event, brand, manager, other_brand):
    stranger = RelationshipFactory(brand=other_brand)
    made = answering.invite(
        event_id=event.pk, brand=brand, relationships=[stranger.pk], actor=manager, at=NOW
    )
    assert made == []


def test_places_count_guests_and_the_rest_waits(event, manager):
    ava, bo, cy = invited(event, manager, "Ava", "Bo", "Cy")
    say(ava, Act.ACCEPT, guests=1)
    say(bo, Act.ACCEPT, guests=1)
    say(cy, Act.ACCEPT, guests=0)
    # Two and one: Bo with a guest does not fit any more, Cy alone does.
    assert states(event) == [
        ("Ava", State.ACCEPTED, 1),
        ("Bo", State.WAITING, 1),
        ("Cy", State.ACCEPTED, 0),
    ]
    assert FactChange.objects.filter(cause="campaigns.event").count() == 2


def test_a_free_place_is_held_for_who_waits_longest_and_fits(event, brand, manager):
    ava, bo, cy, dee = invited(event, manager, "Ava", "Bo", "Cy", "Dee")
    say(ava, Act.ACCEPT, guests=1)
    say(cy, Act.ACCEPT)
    say(bo, Act.ACCEPT, guests=2, at=LATER)
    say(dee, Act.ACCEPT, at=LATER + timedelta(minutes=5))
    # One place: Bo with two does not fit, Dee does.
    say(cy, Act.DECLINE)
    assert states(event)[1:] == [
        ("Bo", State.WAITING, 2),
        ("Cy", State.DECLINED, 0),
        ("Dee", State.OFFERED, 0),
    ]
    told = Notification.objects.get(user=manager)
    assert told.text == "A place at Winter dinner is held for Dee, who waited for one: tell them."
    assert told.url.endswith(f"/events/{event.pk}/")
    # It is held: nobody else gets it before Dee said no.
    say(cy, Act.ACCEPT)
    assert EventInvitation.objects.get(pk=cy.pk).state == State.WAITING
    say(dee, Act.DECLINE)
    assert states(event)[2] == ("Cy", State.OFFERED, 0)
    say(cy, Act.ACCEPT)
    assert states(event)[2] == ("Cy", State.ACCEPTED, 0)
    # Two more become free: three are, with the two of Ava.
    say(ava, Act.WITHDRAW)
    assert states(event)[:2] == [("Ava", State.WITHDRAWN, 1), ("Bo", State.WAITING, 2)]
    planning.change_event(
        event_id=event.pk,
        brand=brand,
        values={"capacity": 4},
        actor=manager,
        at=LATER,
        expected_version=event.version,
    )
    assert states(event)[1] == ("Bo", State.OFFERED, 2)


def test_a_place_that_is_not_answered_can_be_passed_on(event, manager):
    ava, bo, cy = invited(event, manager, "Ava", "Bo", "Cy")
    say(ava, Act.ACCEPT, guests=2)
    say(bo, Act.ACCEPT, at=LATER)
    say(cy, Act.ACCEPT, at=LATER + timedelta(minutes=1))
    say(ava, Act.ACCEPT, guests=1)
    assert [one[1] for one in states(event)] == [State.ACCEPTED, State.OFFERED, State.WAITING]
    say(bo, Act.WAIT, at=LATER + timedelta(minutes=2))
    assert [one[1] for one in states(event)] == [State.ACCEPTED, State.WAITING, State.OFFERED]


def test_fewer_guests_free_a_place(event, manager):
    ava, bo = invited(event, manager, "Ava", "Bo")
    say(ava, Act.ACCEPT, guests=2)
    say(bo, Act.ACCEPT)
    assert states(event)[1] == ("Bo", State.WAITING, 0)
    say(ava, Act.ACCEPT, guests=1)
    assert states(event) == [("Ava", State.ACCEPTED, 1), ("Bo", State.OFFERED, 0)]
    say(EventInvitation.objects.get(pk=bo.pk), Act.WAIT, at=LATER + timedelta(hours=1))
    # Nobody else waits: it is offered to them again.
    assert states(event)[1] == ("Bo", State.OFFERED, 0)


@pytest.mark.parametrize("number", [-1, 3])
def test_nobody_brings_more_than_the_event_lets_them(event, manager, number):
    (ava,) = invited(event, manager, "Ava")
    before = AuditEntry.objects.count()
    with pytest.raises(CampaignRefused, match="They can bring up to 2") as refusal:
        say(ava, Act.ACCEPT, guests=number)
    assert refusal.value.field == "guests"
    assert states(event) == [("Ava", State.INVITED, 0)]
    assert AuditEntry.objects.count() == before


def test_who_has_a_place_keeps_it_where_more_guests_do_not_fit(event, manager):
    ava, bo = invited(event, manager, "Ava", "Bo")
    say(ava, Act.ACCEPT, guests=0)
    say(bo, Act.ACCEPT, guests=1)
    with pytest.raises(CampaignRefused, match="There is room for 0 guests of theirs, not for 2"):
        say(ava, Act.ACCEPT, guests=2)
    assert states(event)[0] == ("Ava", State.ACCEPTED, 0)


def test_creators_answer_in_time_and_the_team_later_too(event, manager, brand):
    (ava,) = invited(event, manager, "Ava")
    link = guests.make_link(target=ava, name="Ava", actor=manager, at=NOW)
    late = STARTS - timedelta(days=1)
    with pytest.raises(CampaignRefused, match="Answers were due by 30 November 2026") as refusal:
        say(ava, Act.ACCEPT, by=Actor(link=link), at=late)
    assert refusal.value.code == "too_late"
    assert states(event) == [("Ava", State.INVITED, 0)]
    say(ava, Act.ACCEPT, by=Actor(manager), at=late)
    assert states(event) == [("Ava", State.ACCEPTED, 0)]
    with pytest.raises(CampaignRefused, match="is over"):
        say(ava, Act.DECLINE, by=Actor(manager), at=ENDS)


def test_an_old_page_changes_nothing(event, manager):
    (ava,) = invited(event, manager, "Ava")
    say(ava, Act.ACCEPT, version=1)
    with pytest.raises(CampaignOutdated, match="“comes” now"):
        say(ava, Act.DECLINE, version=1)
    assert states(event) == [("Ava", State.ACCEPTED, 0)]


def test_every_act_in_every_state_is_done_or_refused_and_nothing_changes(event, manager, brand):
    (ava,) = invited(event, manager, "Ava")
    for state in State:
        checked = state in {State.ATTENDED, State.ABSENT}
        for act in Act:
            if act in allowed(state):
                assert why_not(state, act) == ""
                continue
            EventInvitation.objects.update(
                state=state,
                before_check_in=State.ACCEPTED if checked else "",
                waiting_since=NOW,
            )
            do = tick if act in {Act.CHECK_IN, Act.MISS, Act.UNDO} else say
            with pytest.raises(CampaignRefused) as refusal:
                do(ava, act)
            assert refusal.value.code == "not_in_this_state"
            assert str(refusal.value) == why_not(state, act) != ""
            assert states(event) == [("Ava", state, 0)]
    assert InvitationEvent.objects.count() == 1


def test_the_door_opens_twelve_hours_before_and_a_slip_is_undone(event, manager, brand):
    ava, bo = invited(event, manager, "Ava", "Bo")
    say(ava, Act.ACCEPT, guests=2)
    say(bo, Act.ACCEPT)
    with pytest.raises(CampaignRefused, match="begins on 3 December 2026 at 19:00"):
        tick(ava, Act.CHECK_IN, STARTS - timedelta(hours=13))
    with pytest.raises(CampaignRefused, match="has not begun yet"):
        tick(ava, Act.MISS, STARTS - timedelta(minutes=1))
    tick(ava, Act.CHECK_IN, STARTS)
    # The waiting list does not stop anybody at the door, and an undo puts them back on it.
    tick(bo, Act.CHECK_IN, STARTS)
    assert [one[1] for one in states(event)] == [State.ATTENDED, State.ATTENDED]
    tick(bo, Act.UNDO, STARTS)
    assert states(event)[1][1] == State.WAITING
    assert EventInvitation.objects.get(pk=bo.pk).waiting_since == LATER
    tick(bo, Act.MISS, ENDS)
    assert states(event)[1][1] == State.ABSENT


def test_an_event_that_is_called_off_takes_no_answers(event, manager, brand):
    (ava,) = invited(event, manager, "Ava")
    with pytest.raises(CampaignRefused, match="Say why"):
        planning.cancel_event(
            event_id=event.pk, brand=brand, reason=" ", actor=manager, at=NOW, expected_version=1
        )
    planning.cancel_event(
        event_id=event.pk, brand=brand, reason="Snow", actor=manager, at=NOW, expected_version=1
    )
    with pytest.raises(CampaignRefused, match="called off"):
        say(ava, Act.ACCEPT)
    assert states(event) == [("Ava", State.INVITED, 0)]


def test_places_are_not_cut_below_those_who_come(event, manager, brand):
    (ava,) = invited(event, manager, "Ava")
    say(ava, Act.ACCEPT, guests=2)
    with pytest.raises(CampaignRefused, match="3 people have a place already") as refusal:
        planning.change_event(
            event_id=event.pk,
            brand=brand,
            values={"capacity": 2},
            actor=manager,
            at=NOW,
            expected_version=1,
        )
    assert refusal.value.field == "capacity"
    event.refresh_from_db()
    assert (event.capacity, event.version) == (3, 1)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"place": ""}, "place"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"ends_at": STARTS}, "ends_at"),
        ({"ends_at": STARTS + timedelta(days=32)}, "ends_at"),
        ({"capacity": 0}, "capacity"),
        ({"guests_max": 21}, "guests_max"),
        ({"answer_by": (STARTS + timedelta(days=1)).date()}, "answer_by"),
        ({"starts_at": STARTS.replace(year=2031), "ends_at": ENDS.replace(year=2031)}, "starts_at"),
    ],
)
def test_what_is_no_event_is_refused_beside_its_field(brand, manager, values, field):
    with pytest.raises(CampaignRefused) as refusal:
        an_event(brand, manager, **values)
    assert refusal.value.field == field


def test_a_closed_campaign_plans_no_event_and_invites_nobody(brand, manager, event):
    set_status(event.campaign, "completed")
    with pytest.raises(CampaignRefused, match="Open it again to plan events"):
        an_event(brand, manager, campaign=event.campaign)
    with pytest.raises(CampaignRefused, match="nobody is invited any more"):
        invited(event, manager, "Ava")
    assert not EventInvitation.objects.exists()
