"""Links for people without an account: what they open, for whom, until when, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from campaigns.choices import ContentKind, EngagementStage, GuestKind
from campaigns.models import Deliverable, Engagement, GuestLink
from campaigns.services import guests
from campaigns.services.refusals import CampaignRefused
from crm.audit import entries_of, first_broken_link
from crm.choices import PostKind, Role
from crm.models import AuditEntry, Notification
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW
from tests.people import logged_in, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(brand, manager) -> Engagement:
    return engage(make_campaign(brand, manager), EngagementStage.CONTRACTED)


@pytest.fixture
def link(place, manager) -> GuestLink:
    return guests.make_link(target=place, name="Maya", actor=manager, at=timezone.now())


def test_the_creators_pages_open_without_an_account_and_travel_nowhere(link, place):
    answer = Client().get(guests.path_of(link))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Spring launch" in text
    assert place.relationship.creator.name in text
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    link.refresh_from_db()
    assert link.last_used_at is not None


def test_an_address_that_somebody_made_up_opens_nothing(link):
    wrong = [
        link.uid.hex,
        f"{link.uid.hex}:{'a' * 43}",
        # Signed by us, for something else.
        signing.Signer(salt="crm.unsubscribe").sign(link.uid.hex),
        # Signed for this, but of no link.
        signing.Signer(salt="campaigns.guests").sign(uuid4().hex),
        signing.Signer(salt="campaigns.guests").sign("not a number"),
    ]
    for token in wrong:
        answer = Client().get(f"/guest/{token}/")
        assert answer.status_code == 404, token
        assert "Nothing is here" in answer.content.decode()
        assert Client().post(f"/guest/{token}/ask/").status_code == 404


def test_a_link_that_has_ended_says_so_and_a_new_one_can_be_asked_for(link, manager):
    GuestLink.objects.filter(pk=link.pk).update(
        created_at=timezone.now() - timedelta(days=61),
        expires_at=timezone.now() - timedelta(seconds=1),
    )
    client, path = Client(), guests.path_of(link)
    answer = client.get(path)
    assert answer.status_code == 410
    assert "This link has ended" in answer.content.decode()
    assert client.post(f"{path}ask/").status_code == 302
    client.post(f"{path}ask/")
    [told] = Notification.objects.filter(user=manager)
    assert told.text.startswith("Maya asks for a new link")
    assert "knows that you need a new one" in client.get(f"{path}?asked=1").content.decode()


def test_taking_a_link_back_ends_it_at_once(brand, link, place, manager):
    browser = logged_in(manager)
    page = f"/acme/campaigns/{place.campaign.key}/creators/{place.pk}/"
    assert guests.path_of(link) in browser.get(page).content.decode()
    answer = browser.post(f"/acme/links/{link.pk}/revoke/", {"next": page})
    assert answer.headers["Location"] == page
    assert Client().get(guests.path_of(link)).status_code == 410
    assert guests.path_of(link) not in browser.get(page).content.decode()
    # Once more changes nothing.
    entries = AuditEntry.objects.count()
    browser.post(f"/acme/links/{link.pk}/revoke/", {"next": "https://evil.example/"})
    assert AuditEntry.objects.count() == entries
    assert first_broken_link(entries_of(brand)) is None


def test_a_manager_makes_a_link_on_the_page_and_a_slip_makes_none(place, manager):
    browser = logged_in(manager)
    url = f"/acme/campaigns/{place.campaign.key}/creators/{place.pk}/links/"
    browser.post(url, {"name": "Maya, by her agent", "days": "14"})
    made = GuestLink.objects.get()
    assert (made.kind, made.name, made.engagement) == (
        GuestKind.PORTAL,
        "Maya, by her agent",
        place,
    )
    assert made.expires_at - made.created_at == timedelta(days=14)
    for slip in ({"name": "", "days": "14"}, {"name": "Maya", "days": "0"}, {"name": "Maya"}):
        browser.post(url, slip)
    with pytest.raises(CampaignRefused, match="1 to 365 days"):
        guests.make_link(target=place, name="M", actor=manager, at=timezone.now(), days=366)
    assert GuestLink.objects.count() == 1


def test_who_does_not_run_campaigns_sees_that_there_is_a_link_but_not_its_address(link, place):
    analyst = person(place.campaign.brand, Role.ANALYST)
    page = logged_in(analyst).get(f"/acme/campaigns/{place.campaign.key}/creators/{place.pk}/")
    assert "never used" in page.content.decode()
    assert guests.token_of(link) not in page.content.decode()


def test_links_of_another_brand_cannot_be_taken_back(link, other_brand):
    stranger = logged_in(person(other_brand, Role.ADMIN))
    assert stranger.post(f"/other/links/{link.pk}/revoke/").status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None


def test_the_database_knows_what_a_kind_opens(place, link):
    for values in (
        {"kind": GuestKind.REVIEWER, "engagement": place},
        {"kind": GuestKind.PORTAL},
        {"kind": GuestKind.PORTAL, "engagement": place, "campaign": place.campaign},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            GuestLink.objects.create(
                brand=place.campaign.brand,
                name="M",
                expires_at=timezone.now() + timedelta(days=1),
                **values,
            )


def test_a_link_to_one_thing_is_no_link_to_another(place, manager):
    piece = Deliverable.objects.create(
        engagement=place,
        title="Reel",
        platform_id="instagram",
        kind=ContentKind.REVIEW,
        form=PostKind.SHORT_VIDEO,
        state_since=NOW,
        created_at=NOW,
    )
    link = guests.make_link(target=piece, name="Dr. Lund", actor=manager, at=timezone.now())
    assert link.kind == GuestKind.REVIEWER
    assert guests.page_of(link) == f"/acme/deliverables/{link.deliverable_id}/"
    # Nothing is asked anew where the link still works.
    assert Client().post(f"{guests.path_of(link)}ask/").status_code == 302
    assert not Notification.objects.exists()
