"""What creators see of what is held about them, and what becomes of what they ask for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.choices import EngagementStage
from campaigns.models import GuestLink, RiskOverride
from campaigns.services import guests
from crm.audit import entries_of, first_broken_link
from crm.choices import Role
from crm.models import ContactPoint, Note, Notification, PrivacyRequest
from crm.services.contacts import set_address
from crm.services.held import held_about
from crm.services.privacy.requests import months_after
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.remediation.worlds import wanting
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya(brand):
    relationship = RelationshipFactory(brand=brand, creator__name="Maya Iversen")
    profile = ProfileFactory(
        creator=relationship.creator, handle="maya.makes", followers=12_345, metrics_at=NOW
    )
    for days in (3, 1):
        PostFactory(profile=profile, posted_at=NOW - timedelta(days=days))
    ContactPoint.objects.create(
        brand=brand,
        creator=relationship.creator,
        kind="email",
        value="maya@studio.example",
        found_in="link in bio",
        basis="legitimate_interest",
    )
    Note.objects.create(relationship=relationship, text="Difficult about money.", created_at=NOW)
    return relationship


@pytest.fixture
def link(brand, manager, maya) -> GuestLink:
    place = engage(make_campaign(brand, manager), EngagementStage.CONTRACTED, maya)
    return guests.make_link(target=place, name="Maya", actor=manager, at=timezone.now())


def page_of(link: GuestLink) -> str:
    return guests.path_of(link) + "my-data/"


def test_what_is_held_is_named_with_its_source_and_shown_in_part(link, maya):
    lines = {line.what: (line.value, line.source) for line in held_about(maya, NOW)}
    assert lines["E-mail"] == (
        "m…@studio.example",
        "link in bio, kept for: legitimate interest",
    )
    assert lines["Posts"][0] == "2, 19 November 2026 to 21 November 2026"
    assert lines["Notes of our team"][0] == "1, 22 November 2026"
    assert lines["Campaigns"][0].startswith("1, ")
    text = Client().get(page_of(link)).content.decode()
    assert "@maya.makes, 12,345 followers on 22 November 2026" in text
    assert "maya@studio.example" not in text
    assert "Difficult" not in text


def test_how_a_post_was_judged_is_told_with_the_reason(brand, manager, legal):
    review = wanting(brand, manager, legal)
    relationship = review.deliverable.engagement.relationship
    lines = {line.what: (line.value, line.source) for line in held_about(relationship, NOW)}
    what = f"Whether “{review.deliverable}” is marked as advertising"
    assert lines[what] == ("Missing", "Nothing to be seen.")


def test_the_risk_is_told_with_its_reasons_and_without_names(brand, legal, maya):
    override = RiskOverride.objects.create(
        brand=brand,
        relationship=maya,
        tier="high",
        reason="Difficult",
        since=NOW - timedelta(days=1),
        until=NOW + timedelta(days=30),
        by=legal,
    )
    lines = {line.what: (line.value, line.source) for line in held_about(maya, NOW)}
    assert lines["Risk, as we reckon it"] == (
        override.get_tier_display(),
        "said by a person of our team in place of what was computed",
    )


def test_another_brands_contacts_and_notes_stay_there(link, maya, other_brand):
    RelationshipFactory(brand=other_brand, creator=maya.creator)
    ContactPoint.objects.create(
        brand=other_brand, creator=maya.creator, kind="phone", value="+4512345678"
    )
    assert "Phone" not in {line.what for line in held_about(maya, NOW)}


def test_an_address_is_no_more_than_its_town(link, maya, manager):
    set_address(
        relationship=maya,
        values={
            "recipient": "Maya Iversen",
            "street": "Vesterbrogade 1",
            "city": "Copenhagen",
            "country": "DK",
        },
        actor=manager,
        at=NOW,
    )
    text = Client().get(page_of(link)).content.decode()
    assert "in Copenhagen, DK" in text
    assert "Vesterbrogade" not in text


def test_what_is_asked_for_is_on_the_register_due_in_a_month_and_once(brand, link, maya):
    client = Client()
    answer = client.post(page_of(link), {"what": "erasure", "text": "I stop."}, follow=True)
    assert "was told, and has to answer you by" in answer.content.decode()
    [asked] = PrivacyRequest.objects.filter(relationship=maya)
    assert (asked.kind, asked.origin, asked.status) == ("erasure", "portal", "open")
    assert asked.due_on == months_after(asked.received_on, 1)
    assert asked.text == "I stop."
    again = client.post(page_of(link), {"what": "erasure"})
    assert again.status_code == 422
    assert "You asked for this already" in again.content.decode()
    assert client.post(page_of(link), {"what": "everything"}).status_code == 422
    assert PrivacyRequest.objects.filter(relationship=maya).count() == 1
    assert client.post(page_of(link), {"what": "access"}).status_code == 302
    assert first_broken_link(entries_of(brand)) is None


def test_who_answers_is_told(brand, link, manager):
    admin = person(brand, Role.ADMIN)
    Client().post(page_of(link), {"what": "rectification"})
    assert [one.user for one in Notification.objects.filter(brand=brand, kind="task")] == [admin]


def test_only_the_creators_own_link_opens_it(brand, link, manager):
    report = guests.make_link(
        target=link.engagement.campaign, name="Boss", actor=manager, at=timezone.now()
    )
    assert Client().get(page_of(report)).status_code == 404
    guests.revoke(link=link, actor=manager, at=timezone.now())
    assert Client().get(page_of(link)).status_code == 410
    assert Client().post(page_of(link), {"what": "access"}).status_code == 410
    assert not PrivacyRequest.objects.exists()
