"""Pages of events: the list, one event, its door, mails, and the creator's own answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from campaigns.choices import InvitationState as State
from campaigns.models import Event, EventInvitation, EventPost, GuestLink, InvitationEvent
from campaigns.services import guests
from campaigns.services.events import answering
from crm.choices import MailStatus
from crm.models import Message
from tests.campaigns.events.worlds import an_event, invited
from tests.campaigns.publishing.pieces import running
from tests.crm.mail.world import creator_of, mailbox_of
from tests.crm.outreach.worlds import policy_of
from tests.factories import PostFactory, ProfileFactory

pytestmark = pytest.mark.django_db


def page(name, *parts):
    return reverse(f"campaigns:{name}", args=["acme", *parts])


@pytest.fixture
def event(brand, manager):
    """In a week, by today's clock."""
    begins = timezone.now() + timedelta(days=7)
    return an_event(
        brand,
        manager,
        starts_at=begins,
        ends_at=begins + timedelta(hours=4),
        answer_by=(begins - timedelta(days=1)).date(),
    )


def now_on(event):
    """The event has begun."""
    begins = timezone.now() - timedelta(hours=1)
    Event.objects.filter(pk=event.pk).update(
        starts_at=begins, ends_at=begins + timedelta(hours=4), answer_by=None
    )


def key(event):
    return event.campaign.key, event.pk


def test_an_event_is_planned_in_the_hours_of_its_place(brand, manager, manager_client):
    campaign = running(brand, manager)
    empty = manager_client.get(page("events", campaign.key)).content.decode()
    assert "No event yet" in empty
    said = {
        "name": "Launch",
        "place": "Shibuya hall",
        "starts_at": "2027-03-01T18:00",
        "ends_at": "2027-03-01T21:00",
        "zone": "Asia/Tokyo",
        "guests_max": "0",
        "capacity": "40",
        "hashtag": "#AcmeNight",
    }
    wrong = manager_client.post(page("event_new", campaign.key), said | {"zone": "Nowhere"})
    assert wrong.status_code == 422
    assert "Nowhere is not a known time zone" in wrong.content.decode()
    assert not Event.objects.exists()
    manager_client.post(page("event_new", campaign.key), said)
    made = Event.objects.get()
    assert made.starts_at.isoformat() == "2027-03-01T09:00:00+00:00"
    assert (made.hashtag, made.capacity) == ("acmenight", 40)
    form = manager_client.get(page("event_edit", campaign.key, made.pk)).content.decode()
    assert 'value="2027-03-01T18:00"' in form
    assert (
        "18:00 to 21:00 (Asia/Tokyo)"
        in manager_client.get(page("event", campaign.key, made.pk)).content.decode()
    )


def test_creators_are_invited_and_their_answers_written_down(event, manager_client, manager):
    (ava,) = invited(event, manager, "Ava")
    outsider = creator_of(event.campaign.brand, "Zoe")
    manager_client.post(page("event_invite", *key(event)), {"creator": [outsider.pk, "x"]})
    assert EventInvitation.objects.count() == 2
    url = page("event_answer", *key(event), ava.pk)
    manager_client.post(url, {"act": "accept", "guests": "2", "version": "1"})
    ava.refresh_from_db()
    assert (ava.state, ava.guests) == (State.ACCEPTED, 2)
    manager_client.post(page("event_links", *key(event)))
    assert GuestLink.objects.get().name == "Zoe"
    shown = manager_client.get(page("event", *key(event))).content.decode()
    assert "3 of 3 places taken, 0 free" in shown
    assert guests.path_of(GuestLink.objects.get()) in shown
    filed = manager_client.get(page("event_links_file", *key(event), "csv"))
    body = b"".join(filed.streaming_content).decode("utf-8-sig")
    assert "Zoe" in body
    assert "/guest/" in body
    assert "Ava" not in body
    manager_client.post(page("event_cancel", *key(event)), {"reason": "Snow", "version": "1"})
    assert "Called off" in manager_client.get(page("event", *key(event))).content.decode()


def test_the_page_asks_the_same_for_one_guest_and_for_many(
    event, manager, analyst_client, django_assert_max_num_queries
):
    invited(event, manager, "Ava")
    address = page("event", *key(event))
    analyst_client.get(address)
    with django_assert_max_num_queries(20) as few:
        analyst_client.get(address)
    invited(event, manager, *(f"Creator {number}" for number in range(15)))
    with django_assert_max_num_queries(len(few)):
        analyst_client.get(address)
    door = page("event_door", *key(event))
    with django_assert_max_num_queries(9):
        analyst_client.get(door)


def test_the_door_ticks_off_with_one_tap(event, manager, manager_client, brand):
    (ava,) = invited(event, manager, "Ava")
    door, tick = page("event_door", *key(event)), page("event_tick", *key(event), ava.pk)
    assert "begins twelve hours before" in manager_client.get(door).content.decode()
    early = manager_client.post(tick, {"act": "check_in", "version": "1"}, HTTP_HX_REQUEST="true")
    assert "too early to check in" in early.content.decode()
    now_on(event)
    answer = manager_client.post(tick, {"act": "check_in", "version": "1"}, HTTP_HX_REQUEST="true")
    assert "<strong>1</strong> there" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert f"line-{ava.pk}" in answer["HX-Trigger-After-Settle"]
    assert EventInvitation.objects.get().state == State.ATTENDED
    manager_client.post(tick, {"act": "undo", "version": "2"})
    assert EventInvitation.objects.get().state == State.INVITED
    listed = manager_client.get(page("event_door_file", *key(event), "csv"))
    assert b"Ava" in b"".join(listed.streaming_content)


def test_a_creator_answers_behind_the_link_of_the_invitation(event, manager):
    (ava,) = invited(event, manager, "Ava")
    link = guests.make_link(target=ava, name="Ava", actor=manager, at=timezone.now())
    guest = Client()
    home = guest.get(guests.path_of(link))
    assert home.status_code == 302
    shown = guest.get(home.url).content.decode()
    assert "Do you come?" in shown
    assert "The old bakery" in shown
    too_many = guest.post(home.url, {"act": "accept", "guests": "3", "version": "1"})
    assert too_many.status_code == 422
    assert "They can bring up to 2" in too_many.content.decode()
    guest.post(home.url, {"act": "accept", "guests": "1", "note": "No nuts", "version": "1"})
    ava.refresh_from_db()
    assert (ava.state, ava.guests) == (State.ACCEPTED, 1)
    said = InvitationEvent.objects.get(act="accept")
    assert (said.link, said.actor, said.note) == (link, None, "No nuts")
    file = guest.get(f"{home.url}event.ics")
    entry = Calendar.from_ical(file.content).walk("VEVENT")[0]
    assert entry["summary"] == "Winter dinner"
    assert entry["dtstart"].dt == event.starts_at.replace(microsecond=0)
    # The link of an invitation opens no pages of a campaign.
    assert guest.get(f"{guests.path_of(link)}my-data/").status_code == 404


def test_a_creator_answers_on_their_own_pages_and_sees_nobody_elses(event, manager):
    ava, bo = invited(event, manager, "Ava", "Bo", in_campaign=True)
    link = guests.make_link(target=ava.engagement, name="Ava", actor=manager, at=timezone.now())
    home = Client().get(guests.path_of(link)).content.decode()
    assert "Winter dinner" in home
    assert "Do you come?" in home
    own = reverse("guest:campaign_event", args=[guests.token_of(link), ava.pk])
    other = reverse("guest:campaign_event", args=[guests.token_of(link), bo.pk])
    assert Client().post(other, {"act": "decline", "version": "1"}).status_code == 404
    assert Client().post(own, {"act": "decline", "version": "1"}).status_code == 302
    states = dict(EventInvitation.objects.values_list("pk", "state"))
    assert states == {ava.pk: State.DECLINED, bo.pk: State.INVITED}
    file = reverse("guest:campaign_event_file", args=[guests.token_of(link), ava.pk])
    assert Client().get(file)["Content-Type"] == "text/calendar; charset=utf-8"


def test_posts_of_those_who_were_there_are_suggested_and_counted(
    event, manager, manager_client, brand
):
    ava, bo = invited(event, manager, "Ava", "Bo")
    now_on(event)
    answering.answer(
        invitation_id=ava.pk,
        brand=brand,
        act="accept",
        by=answering.Actor(manager),
        at=timezone.now(),
        expected_version=None,
    )
    profile = ProfileFactory(creator=ava.relationship.creator)
    said = {"profile": profile, "creator": profile.creator, "posted_at": timezone.now()}
    seen = PostFactory(**said, caption="What a night #acme", reach=1_200)
    blank = PostFactory(**said, caption="@acme thanks", reach=None)
    PostFactory(**said, caption="#acmefoo")
    PostFactory(**said | {"posted_at": timezone.now() - timedelta(days=3)}, caption="#acme")
    stays_away = ProfileFactory(creator=bo.relationship.creator)
    PostFactory(profile=stays_away, creator=stays_away.creator, caption="#acme")
    shown = manager_client.get(page("event", *key(event))).content.decode()
    assert shown.count("It is of the event") == 2
    for post in (seen, blank):
        manager_client.post(page("event_cover", *key(event), post.pk, "yes"))
    shown = manager_client.get(page("event", *key(event))).content.decode()
    assert "2 posts</strong> by 1 creator, reach" in shown
    assert "1,200" in shown
    assert "of 1 it is not known" in shown
    assert set(EventPost.objects.values_list("verdict", flat=True)) == {"yes"}
    manager_client.post(page("event_cover", *key(event), seen.pk, "again"))
    manager_client.post(page("event_cover", *key(event), seen.pk, "no"))
    assert EventPost.objects.get(post=seen).verdict == "no"
    wrong = page("event_cover", *key(event), seen.pk, "perhaps")
    assert manager_client.post(wrong).status_code == 404


def test_invitations_go_out_as_mails_under_the_guard(
    event, manager, manager_client, brand, smtp, settings
):
    settings.RAPPORT_URL = "https://crm.example.com"
    policy_of(brand)
    mailbox = mailbox_of(brand, smtp=smtp)
    reachable = creator_of(brand)
    (bo,) = invited(event, manager, "Bo")
    manager_client.post(page("event_invite", *key(event)), {"creator": [reachable.pk]})
    mia = EventInvitation.objects.get(relationship=reachable)
    send = page("event_send", *key(event))
    shown = manager_client.get(send)
    assert "{{link}}" in shown.content.decode()
    letter = {"mailbox": mailbox.pk, "subject": "Come, {{name}}", "text": "Here: {{link}}"}
    wrong = manager_client.post(send, letter | {"text": "No link", "to": [mia.pk]})
    assert wrong.status_code == 422
    assert not Message.objects.exists()
    done = manager_client.post(send, letter | {"to": [mia.pk, bo.pk]})
    assert "There is no e-mail address of Bo yet" in done.content.decode()
    message = Message.objects.get()
    assert message.status == MailStatus.QUEUED
    assert guests.path_of(GuestLink.objects.get(invitation=mia)) in message.text
    mia.refresh_from_db()
    bo.refresh_from_db()
    assert mia.sent_at is not None
    assert bo.sent_at is None
    assert not GuestLink.objects.filter(invitation=bo).exists()
