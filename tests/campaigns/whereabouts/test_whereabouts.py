"""Where creators are: said, found, put on the fast lane, and erased."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import EngagementStage, Gate, SaidBy
from campaigns.models import (
    Deliverable,
    Draft,
    Engagement,
    ExclusiveElsewhere,
    FastLane,
    GateTurn,
    Whereabouts,
    WhereaboutsRule,
)
from campaigns.selectors.whereabouts.soon import Near, Question, who_can
from campaigns.services import fast_lanes, guests
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from campaigns.services.whereabouts import erasing, saying
from campaigns.services.whereabouts.saying import Said
from crm.models import AuditEntry, Hold, Relationship
from crm.selectors import relationships_of
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, RelationshipFactory
from tests.people import logged_in

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def at(brand, manager):
    """Somebody who is somewhere."""

    def say(name: str, when: datetime = NOW, **said) -> Relationship:
        found = Relationship.objects.filter(brand=brand, creator__name=name).first()
        relationship = found or RelationshipFactory(brand=brand, creator__name=name)
        values = {"place": "Copenhagen", "country": "DK", "notice_hours": 1} | said
        saying.say(relationship=relationship, said=Said(**values), by=Actor(manager), at=when)
        return relationship

    return say


@pytest.fixture
def ask(brand):
    def who(near="", hours=2, form="", when=NOW):
        question = Question(Near.read(near), hours, form)
        return who_can(brand, question, relationships_of(brand), when)

    return who


def names(lines):
    return [str(line.relationship.creator) for line in lines]


@pytest.mark.parametrize(
    ("words", "place", "countries"),
    [
        ("", "", ()),
        ("Denmark", "", ("DK",)),
        ("Copenhagen", "Copenhagen", ()),
        (" Copenhagen ,  denmark", "Copenhagen", ("DK",)),
        ("Aarhus, Midtjylland", "Aarhus, Midtjylland", ()),
    ],
)
def test_what_is_near_is_read(words, place, countries):
    assert Near.read(words) == Near(place, countries)


def test_who_is_near_and_quick_comes_first(at, ask):
    at("Ava", place="København", notice_hours=2)
    at("Ben", place="COPENHAGEN city")
    at("Cleo", place="copenhagen", notice_hours=0)
    at("Dan", place="", country="", is_remote=True, notice_hours=0)
    at("Eve", place="Berlin", country="DE")
    at("Fay", notice_hours=3)
    at("Gus", notice_hours=None)
    at("Hal", place="", country="DK")
    RelationshipFactory(creator__name="Ida", brand=Relationship.objects.first().brand)
    found = ask("Copenhagen, DK")
    assert names(found.lines) == ["Cleo", "Ben", "Dan"]
    assert names(found.unknown) == ["Gus", "Hal"]
    assert [str(row.creator) for row in found.silent] == ["Ida"]
    assert found.silent_count == 1
    assert found.lines[0].reasons[:2] == [
        "At copenhagen, Denmark, until they say otherwise.",
        "Can post at once.",
    ]
    assert names(ask("københavn").lines) == ["Ava", "Dan"]
    assert names(ask("Germany").lines) == ["Eve", "Dan"]
    assert names(ask(hours=3).lines) == ["Dan", "Cleo", "Hal", "Eve", "Ben", "Ava", "Fay"]


def test_a_country_is_near_as_a_whole(at, ask):
    at("Ava")
    at("Eve", place="Berlin", country="DE")
    at("Hal", place="", country="DK")
    assert sorted(names(ask("Denmark").lines)) == ["Ava", "Hal"]


def test_what_is_said_later_holds_on_its_days(at, ask):
    at("Ava", ends_on=TODAY + 3 * DAY)
    at("Ava", place="Berlin", country="DE", starts_on=TODAY + DAY, when=NOW + timedelta(hours=1))
    assert names(ask("Copenhagen", when=NOW + timedelta(hours=2)).lines) == ["Ava"]
    assert names(ask("Copenhagen", when=NOW + DAY).lines) == []
    assert names(ask("Berlin", when=NOW + DAY).lines) == ["Ava"]


def test_a_form_that_was_not_named_is_not_known(at, ask):
    at("Ava", formats=("story", "live"))
    at("Ben", formats=("article",))
    at("Cleo")
    found = ask("Copenhagen", form="story")
    assert (names(found.lines), names(found.unknown)) == (["Ava"], ["Cleo"])
    assert "What they can do at once was not said." in found.unknown[0].reasons[1]


def test_what_speaks_against_them_is_shown(at, ask, brand, manager):
    held, promised = at("Ava"), at("Ben")
    Hold.objects.create(
        brand=brand, relationship=held, since=NOW - DAY, reason="An incident", by=manager
    )
    ExclusiveElsewhere.objects.create(
        relationship=promised, to="Rival", category="coffee", until=TODAY, source="Their contract"
    )
    by_name = {str(line.relationship.creator): line for line in ask("Copenhagen").lines}
    assert by_name["Ava"].bars == ["Paused: work with them stands still."]
    assert not by_name["Ava"].is_free
    assert by_name["Ben"].is_free
    assert by_name["Ben"].warnings == [
        f"Exclusive to Rival for coffee until {TODAY:%-d %B %Y}.",
        "No settled review within a year.",
    ]


def test_the_same_number_of_queries_for_any_number(at, ask):
    counts = []
    for number in (1, 6):
        for one in range(number):
            at(f"Creator {number} {one}")
        with CaptureQueriesContext(connection) as asked:
            ask("Copenhagen")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 16


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"place": "", "country": ""}, "place"),
        ({"country": "XX"}, "country"),
        ({"place": "x" * 121}, "place"),
        ({"starts_on": TODAY, "ends_on": TODAY - DAY}, "ends_on"),
        ({"starts_on": TODAY - 9 * DAY, "ends_on": TODAY - 2 * DAY}, "ends_on"),
        ({"notice_hours": 745}, "notice_hours"),
        ({"formats": ("smell",)}, "formats"),
    ],
)
def test_what_cannot_be_said(at, said, field):
    with pytest.raises(CampaignRefused) as refusal:
        at("Ava", **said)
    assert refusal.value.field == field
    assert not Whereabouts.objects.exists()
    assert not AuditEntry.objects.exists()


def test_nothing_is_written_down_of_who_is_restricted(at, ask):
    ava = at("Ava")
    Relationship.objects.filter(pk=ava.pk).update(restricted_at=NOW, unprofiled_at=NOW)
    assert not ask("Copenhagen").lines
    ava.refresh_from_db()
    with pytest.raises(CampaignRefused, match="not to be used"):
        at("Ava")
    assert Whereabouts.objects.count() == 1


def test_the_ledger_does_not_know_where_anybody_was(at):
    at("Ava")
    entry = AuditEntry.objects.get()
    assert entry.verb == "campaigns.whereabouts.said"
    assert "Copenhagen" not in str(entry.data) + entry.target_label


def test_it_is_erased_after_the_brands_days(at, brand, manager):
    at("Ava", ends_on=TODAY)
    at("Ben")
    at("Cleo", ends_on=TODAY + 5 * DAY)
    erasing.keep_for(brand=brand, days=3, actor=manager, at=NOW)
    assert WhereaboutsRule.of(brand).keep_days == 3
    assert erasing.erase_due(at=NOW + 3 * DAY) == {}
    assert erasing.erase_due(at=NOW + 4 * DAY) == {"acme": 1}
    assert erasing.erase_due(at=NOW + 366 * DAY) == {"acme": 2}
    with pytest.raises(CampaignRefused, match="Days are 1 to 365"):
        erasing.keep_for(brand=brand, days=366, actor=manager, at=NOW)


def test_the_fast_lane_shortlists_and_shortens_each_gate(at, brand, manager):
    campaign = make_campaign(brand, manager)
    ava, ben = at("Ava"), at("Ben")
    engage(campaign, EngagementStage.CONTRACTED, ben)
    put = fast_lanes.put_on(
        campaign=campaign,
        brand=brand,
        relationships=[ava.pk, ben.pk],
        gate_hours=1,
        reason="The match is tonight",
        actor=manager,
        at=NOW,
    )
    assert ([str(row.relationship.creator) for row in put.new], put.on_lane) == (["Ava"], 2)
    engagement = Engagement.objects.get(relationship=ben)
    assert engagement.fast_lane.reason == "The match is tonight"
    piece = Deliverable.objects.create(
        engagement=engagement,
        title="Story",
        kind="sponsored_post",
        form="story",
        platform_id="instagram",
    )
    plan, week = gates.plan_of(campaign), gates.week_of(brand)
    dues = []
    for number in (1, 2):
        draft = Draft.objects.create(
            deliverable=piece,
            number=number,
            submitted_at=NOW,
            state_since=NOW,
            state="in_review" if number == 1 else "withdrawn",
        )
        turn = GateTurn.objects.create(draft=draft, opening=1, gate=Gate.MANAGER, position=1)
        gates.begin(piece, turn, plan, week, NOW)
        dues.append(turn.due_at)
        if number == 1:
            fast_lanes.take_off(engagement=engagement, actor=manager, at=NOW)
    assert dues[0] < dues[1]
    with pytest.raises(CampaignRefused, match="not on the fast lane"):
        fast_lanes.take_off(engagement=engagement, actor=manager, at=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"gate_hours": 0}, "gate_hours"),
        ({"gate_hours": 41}, "gate_hours"),
    ],
)
def test_a_fast_lane_has_a_reason_and_hours(at, brand, manager, changes, field):
    said = {"gate_hours": 1, "reason": "Tonight"} | changes
    with pytest.raises(CampaignRefused) as refusal:
        fast_lanes.put_on(
            campaign=make_campaign(brand, manager),
            brand=brand,
            relationships=[at("Ava").pk],
            actor=manager,
            at=NOW,
            **said,
        )
    assert refusal.value.field == field
    assert (FastLane.objects.count(), Engagement.objects.count()) == (0, 0)


def test_a_manager_asks_and_puts_them_on_the_fast_lane(at, brand, manager, manager_client):
    campaign = make_campaign(brand, manager)
    ava = at("Ava", when=timezone.now())
    url = reverse("campaigns:soon", args=["acme"])
    shown = manager_client.get(url, {"near": "Copenhagen", "hours": "2"}).content.decode()
    assert "1 can, within 2 hours" in shown
    lane = reverse("campaigns:soon_lane", args=["acme"])
    given = {"creators": [ava.pk], "campaign": campaign.key, "gate_hours": 1, "reason": ""}
    manager_client.post(lane, given)
    assert not FastLane.objects.exists()
    manager_client.post(lane, given | {"creators": [ava.pk], "reason": "Tonight"})
    assert FastLane.objects.get().engagement.relationship == ava
    other = manager_client.get(url, {"near": "Berlin"}).content.decode()
    assert "Nobody who is known to fit" in other


def test_the_creators_page_writes_down_and_erases(at, manager_client, analyst):
    ava = at("Ava", when=timezone.now())
    url = reverse("campaigns:whereabouts", args=["acme", ava.creator.uid])
    wrong = manager_client.post(url, {"place": ""})
    assert wrong.status_code == 422
    assert "Name a place or a country" in wrong.content.decode()
    manager_client.post(url, {"place": "Rome", "notice_hours": "0", "formats": ["story"]})
    last = Whereabouts.objects.first()
    assert (last.place, last.notice_hours, last.formats) == ("Rome", 0, ["story"])
    reader = logged_in(analyst)
    assert "Rome" in reader.get(url).content.decode()
    assert reader.post(url, {"place": "Oslo"}).status_code == 403
    back = reverse("campaigns:whereabouts_back", args=["acme", ava.creator.uid, last.pk])
    assert manager_client.post(back).status_code == 302
    assert Whereabouts.objects.count() == 1
    assert manager_client.post(back).status_code == 404


def test_creators_say_it_on_their_own_pages(brand, manager):
    now = timezone.now()
    engagement = engage(make_campaign(brand, manager), EngagementStage.INVITED)
    link = guests.make_link(target=engagement, name="Ava", actor=manager, at=now)
    token = guests.token_of(link)
    url = reverse("guest:whereabouts", args=[token])
    client = Client()
    home = client.get(reverse("guest:home", args=[token])).content.decode()
    assert "Where am I, when can I post?" in home
    assert client.post(url, {"place": ""}).status_code == 422
    given = {"place": "Aarhus", "country": "DK", "notice_hours": "2", "formats": ["story"]}
    answer = client.post(url, given)
    assert answer.status_code == 302
    said = Whereabouts.objects.get()
    assert (said.source, said.place, said.said_by, said.link is None) == (
        SaidBy.CREATOR,
        "Aarhus",
        None,
        False,
    )
    shown = client.get(answer["Location"]).content.decode()
    assert "Thank you, it is written down." in shown
    assert "Said by you" in shown
