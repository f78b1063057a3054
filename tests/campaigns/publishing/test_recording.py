"""Publishing a piece: what it sets, what is refused, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import DeliverableState, EngagementStage, SightingKind
from campaigns.models import DeliverableEvent, EngagementStay, Publication
from campaigns.services import guests
from campaigns.services.publishing.captures import STORE
from campaigns.services.publishing.recording import correct_address, take_back
from campaigns.services.publishing.sightings import add_capture, say_gone
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from crm.choices import PostKind
from crm.models import AuditEntry, FactChange, Notification
from tests.campaigns.publishing.pieces import DAY, PNG, URL, piece, producing, published, running
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return running(brand, manager)


@pytest.fixture
def engagement(campaign):
    return producing(campaign)


@pytest.fixture
def ready(engagement):
    return piece(engagement)


def test_what_is_approved_is_published_and_its_creator_goes_live(ready, manager, settings):
    FactChange.objects.all().delete()
    made = published(ready, actor=manager)
    ready.refresh_from_db()
    assert ready.state == DeliverableState.PUBLISHED
    assert ready.published_url == URL
    assert ready.published_at == NOW
    assert ready.version == 2
    assert made.address_key == "instagram:DAbc12"
    assert made.state_before == DeliverableState.APPROVED
    assert made.confirmed_at is None
    ready.engagement.refresh_from_db()
    assert ready.engagement.stage == EngagementStage.LIVE
    assert [entry.verb for entry in AuditEntry.objects.order_by("number")][-3:] == [
        "campaigns.deliverable.published",
        "campaigns.engagement.moved",
        "campaigns.disclosure.opened",
    ]
    assert FactChange.objects.get().creator_id == ready.engagement.relationship.creator_id
    assert DeliverableEvent.objects.get(deliverable=ready).act == "publish"


def test_a_creator_under_contract_goes_through_production_to_live(campaign):
    bound = producing(campaign, stage=EngagementStage.CONTRACTED)
    published(piece(bound))
    stays = EngagementStay.objects.filter(engagement=bound).order_by("pk")
    assert [stay.stage for stay in stays] == ["contracted", "in_production", "live"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"url": ""}, "bad_address"),
        ({"url": "https://tiktok.com/@maya/video/1"}, "bad_address"),
        ({"published_at": NOW + timedelta(minutes=1)}, "in_the_future"),
        ({"capture": b"no picture"}, "bad_capture"),
    ],
)
def test_a_refusal_changes_nothing(ready, values, code):
    before = AuditEntry.objects.count()
    with pytest.raises(CampaignRefused) as refused:
        published(ready, **values)
    assert refused.value.code == code
    ready.refresh_from_db()
    assert ready.state == DeliverableState.APPROVED
    assert not Publication.objects.exists()
    assert AuditEntry.objects.count() == before


def test_one_address_is_one_piece(ready, engagement, campaign):
    published(ready)
    other = piece(engagement, title="Second reel")
    with pytest.raises(CampaignRefused, match="“Reel about serum” in Spring launch") as refused:
        published(other, url="https://instagram.com/reel/DAbc12/?x=1")
    assert refused.value.code == "address_taken"
    # A creator is not told what others do.
    elsewhere = piece(producing(campaign))
    link = guests.make_link(target=elsewhere.engagement, name="Bo", actor=None, at=NOW)
    with pytest.raises(CampaignRefused, match="another piece of content"):
        published(elsewhere, link=link)
    assert Publication.objects.count() == 1


def test_what_was_not_approved_takes_a_word_of_the_brand(engagement):
    early = piece(engagement, DeliverableState.IN_REVIEW)
    link = guests.make_link(target=engagement, name="Maya", actor=None, at=NOW)
    with pytest.raises(CampaignRefused, match="do not publish it yet"):
        published(early, link=link, because="I wanted to")
    with pytest.raises(ReasonNeeded, match="is not approved: it is at “In review”"):
        published(early)
    assert not Publication.objects.exists()
    made = published(early, because="Went out by mistake")
    assert made.exception_because == "Went out by mistake"
    assert made.state_before == DeliverableState.IN_REVIEW


def test_an_embargo_that_was_broken_takes_a_word_and_leaves_the_stage(brand, manager):
    campaign = running(brand, manager, embargo_until=NOW + DAY)
    early = piece(producing(campaign))
    with pytest.raises(ReasonNeeded, match="embargo lasts until 23 November 2026 12:00"):
        published(early)
    published(early, because="The shop leaked it")
    early.engagement.refresh_from_db()
    assert early.engagement.stage == EngagementStage.IN_PRODUCTION


def test_a_story_needs_its_address_or_a_picture(engagement, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    story = piece(engagement, form=PostKind.STORY, title="Story")
    with pytest.raises(CampaignRefused, match="A story is gone after a day"):
        published(story, url="")
    made = published(story, url="", capture=PNG)
    assert made.address_key is None
    assert made.confirmed_at == NOW
    [seen] = made.sightings.all()
    assert seen.kind == SightingKind.CAPTURE
    assert seen.content_type == "image/png"
    assert STORE.has(made.brand_id, seen.digest)


def test_who_leads_the_creator_hears_of_it_once_the_creator_says_so(ready, manager):
    link = guests.make_link(target=ready.engagement, name="Maya", actor=manager, at=NOW)
    made = published(ready, link=link)
    assert made.link == link
    assert made.by is None
    [told] = Notification.objects.filter(user=manager)
    assert told.text == "Maya published “Reel about serum” (Spring launch)."


def test_a_capture_confirms_and_a_look_tells_that_it_is_gone(ready, manager, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    brand = published(ready).brand
    later = NOW + 3 * DAY
    add_capture(
        deliverable_id=ready.pk,
        brand=brand,
        content=PNG,
        seen_at=NOW + DAY,
        is_there=True,
        note="",
        at=later,
        actor=manager,
    )
    made = Publication.objects.get()
    assert (made.confirmed_at, made.gone_at) == (NOW + DAY, None)
    with pytest.raises(ReasonNeeded):
        say_gone(
            deliverable_id=ready.pk, brand=brand, seen_at=later, note=" ", actor=manager, at=later
        )
    say_gone(
        deliverable_id=ready.pk,
        brand=brand,
        seen_at=NOW + 2 * DAY,
        note="Page not found",
        actor=manager,
        at=later,
    )
    made.refresh_from_db()
    assert (made.confirmed_at, made.gone_at) == (NOW + DAY, NOW + 2 * DAY)
    # Seen again later: it is back.
    add_capture(
        deliverable_id=ready.pk,
        brand=brand,
        content=PNG,
        seen_at=later,
        is_there=True,
        note="",
        at=later,
        actor=manager,
    )
    made.refresh_from_db()
    assert made.gone_at is None


def test_a_mistake_is_put_right_or_taken_back_while_nobody_has_seen_it(ready, manager):
    brand = published(ready).brand
    correct_address(
        deliverable_id=ready.pk,
        brand=brand,
        url="https://instagram.com/p/DAother/",
        actor=manager,
        at=NOW,
        expected_version=2,
    )
    ready.refresh_from_db()
    assert ready.published_url == "https://instagram.com/p/DAother/"
    assert Publication.objects.get().address_key == "instagram:DAother"
    with pytest.raises(ReasonNeeded):
        take_back(deliverable_id=ready.pk, brand=brand, reason="", actor=manager, at=NOW)
    take_back(deliverable_id=ready.pk, brand=brand, reason="Other reel", actor=manager, at=NOW)
    ready.refresh_from_db()
    assert ready.state == DeliverableState.APPROVED
    assert (ready.published_url, ready.published_at) == ("", None)
    assert not Publication.objects.exists()


def test_what_was_seen_is_not_taken_back(ready, manager, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    brand = published(ready, capture=PNG).brand
    with pytest.raises(CampaignRefused, match="so it was published"):
        take_back(deliverable_id=ready.pk, brand=brand, reason="No", actor=manager, at=NOW)
    assert Publication.objects.count() == 1
