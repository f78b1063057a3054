"""The pages of publishing: the schedule, one piece, what is missing, the creator's own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import CampaignStatus, DeliverableState
from campaigns.models import Deliverable, PostSetAside, Publication
from campaigns.services import guests
from tests.campaigns.made import set_status
from tests.campaigns.publishing.pieces import (
    DAY,
    PNG,
    URL,
    batch,
    listed,
    piece,
    producing,
    published,
    running,
)
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return running(brand, manager)


@pytest.fixture
def ready(campaign):
    return piece(producing(campaign))


def page(name, *parts):
    return reverse(f"campaigns:{name}", args=["acme", *parts])


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_the_schedule_asks_the_same_for_one_piece_and_for_many(
    campaign, ready, analyst_client, django_assert_num_queries, django_assert_max_num_queries
):
    address = page("publishing", campaign.key)
    analyst_client.get(address)
    with django_assert_max_num_queries(20) as few:
        analyst_client.get(address)
    engagement = ready.engagement
    for number in range(12):
        one = piece(engagement, title=f"Piece {number}", publish_at=NOW + number * DAY)
        if number % 3 == 0:
            published(one, url=f"https://instagram.com/p/a{number}/")
    with django_assert_num_queries(len(few)):
        text = analyst_client.get(address).content.decode()
    assert "Piece 11" in text
    assert "Less than 3 days after “Piece 10”." in text


def test_a_piece_is_planned_then_published_by_its_page(campaign, ready, manager_client):
    act = page("publication_act", campaign.key, ready.pk, "plan")
    soon = timezone.now() + timedelta(days=2)
    answer = manager_client.post(act, {"publish_at": local(soon), "version": 1})
    assert answer.status_code == 302, answer.content.decode()
    act = page("publication_act", campaign.key, ready.pk, "publish")
    sent = {"url": URL, "published_at": local(timezone.now() - timedelta(hours=1)), "version": 2}
    answer = manager_client.post(act, sent)
    assert answer.status_code == 302, answer.content.decode()
    assert Publication.objects.get().address_key == "instagram:DAbc12"
    text = manager_client.get(page("publication", campaign.key, ready.pk)).content.decode()
    assert "nothing has shown it yet" in text
    for name in ("It is not there any more", "The address is wrong", "Add a capture"):
        assert name in text


def test_two_close_together_are_planned_only_by_who_means_it(campaign, ready, manager_client):
    soon = timezone.now() + timedelta(days=2)
    piece(ready.engagement, title="First", publish_at=soon - timedelta(days=1))
    act = page("publication_act", campaign.key, ready.pk, "plan")
    answer = manager_client.post(act, {"publish_at": local(soon), "version": 1})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "publishes “First”" in text
    assert 'name="is_meant" value="on"' in text
    ready.refresh_from_db()
    assert ready.publish_at is None
    sent = {"publish_at": local(soon), "version": 1, "is_meant": "on"}
    assert manager_client.post(act, sent).status_code == 302


def test_what_is_refused_stands_beside_its_field_and_nothing_is_changed(
    campaign, ready, manager_client
):
    act = page("publication_act", campaign.key, ready.pk, "publish")
    sent = {"url": "https://tiktok.com/@a/video/1", "published_at": local(NOW), "version": 1}
    answer = manager_client.post(act, sent)
    assert answer.status_code == 422
    assert "not on Instagram" in answer.content.decode()
    assert not Publication.objects.exists()
    # From an old page.
    answer = manager_client.post(act, sent | {"url": URL, "version": 7})
    assert "Somebody changed" in answer.content.decode()
    assert (
        manager_client.post(page("publication_act", campaign.key, ready.pk, "x")).status_code == 404
    )


def test_a_capture_is_shown_to_the_brand_only(
    campaign, ready, manager_client, outsider_client, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    published(ready)
    act = page("publication_act", campaign.key, ready.pk, "seen")
    sent = {
        "capture": SimpleUploadedFile("a.png", PNG, "image/png"),
        "seen_at": local(timezone.now()),
        "is_there": "yes",
    }
    answer = manager_client.post(act, sent)
    assert answer.status_code == 302, answer.content.decode()
    picture = page("capture", campaign.key, Publication.objects.get().sightings.get().pk)
    answer = manager_client.get(picture)
    assert (answer.content, answer["Content-Type"]) == (PNG, "image/png")
    assert outsider_client.get(picture).status_code == 404
    assert outsider_client.get(page("publication", campaign.key, ready.pk)).status_code == 404


def test_what_is_missing_is_listed_with_why_and_taken_out_as_a_file(
    campaign, ready, manager, manager_client
):
    Deliverable.objects.filter(pk=ready.pk).update(publish_at=NOW - DAY)
    answer = manager_client.get(page("missing"))
    assert "It is approved, and nobody has said where it is." in answer.content.decode()
    lines = b"".join(manager_client.get(page("missing_export", "csv")).streaming_content).decode()
    assert lines.splitlines()[1].startswith("Reel about serum,Spring launch,")
    assert manager_client.get(page("missing") + "?kind=gone").content.decode().count("<tr") == 0
    campaign.deadlines.all().delete()
    day = manager_client.get(reverse("crm:day", args=["acme"])).content.decode()
    assert "Reel about serum" in day


def test_posts_with_the_brands_marks_are_suggested_matched_or_set_aside(
    brand, campaign, ready, manager_client
):
    profile = ready.engagement.relationship.creator.profiles.get()
    file = batch(brand)
    listed(file, profile, "x1", NOW, caption="Love my #Acme serum", is_paid_partnership=True)
    listed(file, profile, "x2", NOW - DAY, caption="acme without a mark")
    text = manager_client.get(page("matches", campaign.key)).content.decode()
    assert "Has #acme, from the name of Acme." in text
    assert "marks it as a paid partnership" in text
    assert "without a mark" not in text
    post = profile.posts.get(external_id="x1")
    act = page("match_act", campaign.key, post.pk, "aside")
    assert manager_client.post(act).status_code == 302
    assert PostSetAside.objects.get().post == post
    assert "No such post" in manager_client.get(page("matches", campaign.key)).content.decode()
    manager_client.post(page("match_act", campaign.key, post.pk, "again"))
    assert not PostSetAside.objects.exists()
    act = page("match_act", campaign.key, post.pk, "match")
    assert manager_client.post(act, {"deliverable": ready.pk}).status_code == 302
    ready.refresh_from_db()
    assert ready.state == DeliverableState.PUBLISHED
    assert ready.post == post
    assert ready.publication.confirmed_at is not None


def test_a_match_with_what_was_not_approved_asks_for_a_word(brand, campaign, manager_client):
    early = piece(producing(campaign), DeliverableState.PLANNED)
    profile = early.engagement.relationship.creator.profiles.get()
    post = listed(batch(brand), profile, "x1", NOW, caption="@acme")
    act = page("match_act", campaign.key, post.pk, "match")
    answer = manager_client.post(act, {"deliverable": early.pk})
    assert answer.status_code == 422
    assert "is not approved" in answer.content.decode()
    sent = {"deliverable": early.pk, "because": "They did not wait"}
    assert manager_client.post(act, sent).status_code == 302
    assert Publication.objects.get().exception_because == "They did not wait"


def test_a_creator_says_on_their_own_page_where_it_is(campaign, ready, manager):
    link = guests.make_link(target=ready.engagement, name="Maya", actor=manager, at=timezone.now())
    token, client = guests.token_of(link), Client()
    home = client.get(reverse("guest:home", args=[token])).content.decode()
    assert "It is approved: publish it" in home
    address = reverse("guest:publication", args=[token, ready.pk])
    assert "Have you published it?" in client.get(address).content.decode()
    sent = {"url": "", "published_at": local(timezone.now()), "version": 1}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "Paste the address" in answer.content.decode()
    assert client.post(address, sent | {"url": URL}).status_code == 302
    assert Publication.objects.get().link == link
    assert "looks at it soon" in client.get(address).content.decode()


def test_a_creator_sees_nothing_of_others(campaign, ready, manager):
    other = piece(producing(campaign), title="Other")
    link = guests.make_link(target=ready.engagement, name="Maya", actor=manager, at=timezone.now())
    token, client = guests.token_of(link), Client()
    for address in (
        reverse("guest:publication", args=[token, other.pk]),
        reverse("guest:publication", args=["nonsense", ready.pk]),
    ):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    guests.revoke(link=link, actor=manager, at=timezone.now())
    assert client.get(reverse("guest:publication", args=[token, ready.pk])).status_code == 410
    report = guests.make_link(target=campaign, name="Client", actor=manager, at=timezone.now())
    address = reverse("guest:publication", args=[guests.token_of(report), ready.pk])
    assert client.get(address).status_code == 404


def test_panels_calendar_and_files_show_the_plan(campaign, ready, manager_client, manager):
    Deliverable.objects.filter(pk=ready.pk).update(publish_at=NOW + DAY)
    for name, parts in (
        ("engagement_publishing", [campaign.key, ready.engagement_id]),
        ("publishing_days", [campaign.key]),
    ):
        assert "Reel about serum" in manager_client.get(page(name, *parts)).content.decode()
    answer = manager_client.get(page("publishing_export", campaign.key, "csv"))
    rows = b"".join(answer.streaming_content).decode().splitlines()
    assert rows[1].startswith("Reel about serum,")
    assert ",Ready to publish," in rows[1]
    assert manager_client.get(page("publishing_export", campaign.key, "xlsx")).status_code == 200
    assert manager_client.post(page("publishing_look", campaign.key)).status_code == 302


def test_a_campaign_that_is_over_keeps_its_publications(campaign, ready, manager_client):
    set_status(campaign, CampaignStatus.COMPLETED)
    text = manager_client.get(page("publication", campaign.key, ready.pk)).content.decode()
    assert "Open it again to change its publications" in text
    act = page("publication_act", campaign.key, ready.pk, "publish")
    sent = {"url": URL, "published_at": local(NOW), "version": 1}
    assert "is completed" in manager_client.post(act, sent).content.decode()
    assert not Publication.objects.exists()
