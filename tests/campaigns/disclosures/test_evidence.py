"""Evidence: what is captured by itself and by hand, what an edit opens again, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from campaigns.choices import DeliverableState
from campaigns.choices import DisclosureVerdict as V
from campaigns.models import DisclosureReview, Evidence, EvidenceFile
from campaigns.selectors.disclosures.cases import evidence_of, shown_of
from campaigns.selectors.disclosures.missing import stories_to_capture
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures import evidence as proofs
from campaigns.services.disclosures.catching_up import open_missing
from campaigns.services.disclosures.gathering import gather
from campaigns.services.disclosures.reminding import remind_of_stories
from campaigns.services.guests import make_link, token_of
from campaigns.services.publishing import captures
from campaigns.services.publishing.importing import follow_import
from campaigns.services.publishing.recording import take_back
from campaigns.services.publishing.sightings import add_capture
from campaigns.services.refusals import CampaignRefused
from crm.choices import ImportStatus
from crm.models import AuditEntry, ImportBatch, Notification
from tests.campaigns.disclosures.worlds import at_legal, judge, review_of
from tests.campaigns.publishing.pieces import (
    DAY,
    PNG,
    batch,
    listed,
    piece,
    producing,
    published,
    running,
)
from tests.factories import NOW
from tests.people import logged_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def campaign(brand, manager):
    return running(brand, manager)


@pytest.fixture
def out(campaign, manager, legal):
    """A reel that is published, and its review."""
    found = piece(producing(campaign))
    published(found, NOW - DAY, actor=manager)
    found.refresh_from_db()
    return found


def profile_of(found):
    return found.engagement.relationship.creator.profiles.get()


def imported(found, at, caption, **values):
    """An import that lists the post; another one changes what it says."""
    told = batch(found.engagement.campaign.brand, captured_at=at)
    post = listed(told, profile_of(found), "DAbc12", NOW - DAY, url=found.published_url)
    post.caption = caption
    for name, value in values.items():
        setattr(post, name, value)
    post.save()
    follow_import(batch_id=told.pk, at=at)
    return told


def see(found, actor, **said):
    at = said.pop("at", NOW)
    values = {
        "deliverable_id": found.pk,
        "brand": found.engagement.campaign.brand,
        "seen": said.pop("seen", {"text": "Reklame. Ny creme!"}),
        "captured_at": said.pop("captured_at", NOW),
        "actor": actor if isinstance(actor, Actor) else Actor(actor),
        "at": at,
    }
    return gather(**values | said)


def png(name="shot.png"):
    return SimpleUploadedFile(name, PNG)


def test_a_publication_opens_a_review_of_what_is_to_be_seen(brand, out, manager, legal):
    review = review_of(out, "live")
    assert (review.state, review.opening, review.draft, review.requested_by) == (
        "waiting",
        0,
        None,
        manager,
    )
    assert review.finding.verdict == "not_reviewed"
    assert review.due_at > review.opened_at
    assert Notification.objects.filter(user=legal, text__contains="look at its disclosure").exists()
    with pytest.raises(CampaignRefused, match="Nothing of the piece was captured"):
        judge(review, legal, V.SUFFICIENT, "Looks fine.")
    take_back(deliverable_id=out.pk, brand=brand, reason="Draft only.", actor=manager, at=NOW)
    assert review_of(out, "live").state == "dropped"


def test_an_import_is_evidence_and_an_edit_opens_the_review_again(out, legal, manager):
    imported(out, NOW, "Ny creme!", is_paid_partnership=True)
    review = review_of(out, "live")
    shot = Evidence.objects.get()
    assert (shot.source, shot.text, shot.platform_tool, shot.stage) == (
        "import",
        "Ny creme!",
        True,
        "live",
    )
    assert review.finding.case["text"] == "Ny creme!"
    judge(review, legal, V.MISSING, "No label.", at=NOW + HOUR)
    told = Notification.objects.filter(user=manager, text__contains="was found missing")
    assert told.count() == 1
    # The same once more: nothing new, and the decision holds.
    imported(out, NOW + DAY, "Ny creme!", is_paid_partnership=True)
    assert (Evidence.objects.count(), review_of(out, "live")) == (1, review)
    imported(out, NOW + 2 * DAY, "Reklame: Ny creme!", is_paid_partnership=True)
    again = review_of(out, "live")
    assert (again.state, again.finding.case["text"]) == ("waiting", "Reklame: Ny creme!")
    review.refresh_from_db()
    assert (review.state, review.verdict) == ("decided", "missing")
    opened = AuditEntry.objects.filter(verb="campaigns.disclosure.opened").order_by("number").last()
    assert opened.data["again_because"] == "edited"
    assert Notification.objects.filter(user=legal, text__contains="was edited").count() == 1


def test_what_an_undone_import_brought_shows_nothing(out):
    told = imported(out, NOW, "Ny creme!")
    ImportBatch.objects.filter(pk=told.pk).update(status=ImportStatus.UNDONE)
    assert evidence_of(out, "live", None) == []


def test_of_each_part_the_newest_that_was_captured_counts(out, manager):
    imported(out, NOW, "Ny creme!")
    first = see(out, manager, seen={"platform_tool": False, "frames": ["", "Reklame"]})
    late = see(out, manager, seen={"platform_tool": True}, captured_at=NOW + HOUR, at=NOW + HOUR)
    shown = shown_of(evidence_of(out, "live", None))
    assert (shown["text"], shown["platform_tool"], shown["frames"]) == (
        "Ny creme!",
        True,
        ["", "Reklame"],
    )
    assert (shown.sources["platform_tool"], shown.sources["frames"]) == (late.pk, first.pk)
    assert shown.newest == late
    assert review_of(out, "live").finding.case["media"]["frames"] == ["", "Reklame"]


def test_a_picture_of_the_publication_is_evidence_by_its_hash(brand, out, manager):
    add_capture(
        deliverable_id=out.pk,
        brand=brand,
        content=PNG,
        seen_at=NOW,
        is_there=True,
        note="",
        at=NOW,
        actor=manager,
    )
    [file] = EvidenceFile.objects.all()
    assert (file.size, file.kind, file.content_type) == (len(PNG), "screenshot", "image/png")
    assert proofs.opened(file).read() == PNG
    assert captures.remove_orphans(brand, at=NOW + 9 * DAY) == 0
    kept = AuditEntry.objects.get(verb="campaigns.disclosure.captured")
    assert kept.data["digest"] == file.evidence.digest


def test_the_digest_covers_texts_and_files(out, manager):
    made = see(out, manager, uploads=[png()])
    made.refresh_from_db()
    files = list(made.files.all())
    assert proofs.digest(made, files) == made.digest
    made.text = "Reklame. Ny creme?"
    assert proofs.digest(made, files) != made.digest
    made.refresh_from_db()
    files[0].sha256 = "0" * 64
    assert proofs.digest(made, files) != made.digest


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"seen": {}}, "Add a file"),
        ({"seen": {"url": "https://a.example/"}}, "Add a file"),
        ({"captured_at": NOW + DAY}, "still to come"),
        ({"captured_at": NOW - 5 * DAY}, "published only on"),
        ({"seen": {"text": "x", "url": "javascript:alert(1)"}}, "no address of the web"),
        ({"seen": {"seconds": 5.0, "label_seconds": 6.0}}, "longer than the film"),
        ({"uploads": [SimpleUploadedFile("a.html", b"<script>alert(1)</script>")]}, "none of the"),
        ({"draft_id": 10**9}, "no such version"),
    ],
)
def test_what_is_no_evidence_is_refused(out, manager, said, words):
    before = AuditEntry.objects.count()
    with pytest.raises(CampaignRefused, match=words):
        see(out, manager, **said)
    assert not Evidence.objects.exists()
    assert AuditEntry.objects.count() == before


def test_before_publication_there_is_nothing_to_capture(campaign, manager):
    with pytest.raises(CampaignRefused, match="is not published yet") as refused:
        see(piece(producing(campaign)), manager)
    assert refused.value.code == "not_in_this_state"


def test_the_team_adds_evidence_on_the_page_and_files_are_safe(
    out, manager_client, analyst_client, legal_client, outsider_client
):
    review = review_of(out, "live")
    page = f"/acme/legal/evidence/of/{review.pk}/"
    assert analyst_client.get(page).status_code == 403
    assert outsider_client.get(page).status_code == 404
    shown = manager_client.get(page).content.decode()
    assert "stays unknown" in shown
    early = {"captured_at": "2026-01-01T10:00", "text": "Reklame"}
    refused = manager_client.post(page, early)
    assert refused.status_code == 422
    assert "It was published only on" in refused.content.decode()
    assert not Evidence.objects.exists()
    said = {
        "captured_at": (out.published_at + HOUR).strftime("%Y-%m-%dT%H:%M"),
        "text": "Reklame. Ny creme!",
        "frames": "Reklame\nNy creme",
        "platform_tool": "yes",
        "uploads": png(),
    }
    answer = manager_client.post(page, said)
    assert answer.status_code == 302, answer.content
    made = Evidence.objects.get()
    assert (made.frames, made.platform_tool, made.is_retouched) == (
        ["Reklame", "Ny creme"],
        True,
        None,
    )
    file = f"/acme/legal/evidence/files/{made.files.get().pk}/"
    got = legal_client.get(file)
    assert b"".join(got.streaming_content) == PNG
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert outsider_client.get(file).status_code == 404


@pytest.fixture
def story(campaign, manager):
    found = piece(producing(campaign), form="story", title="Story about serum")
    published(found, NOW - 3 * HOUR, url="https://www.instagram.com/stories/a/123/", actor=manager)
    found.refresh_from_db()
    return found


def test_a_story_is_asked_for_before_it_is_gone(brand, story, manager, out):
    assert list(stories_to_capture(NOW)) == [story]
    assert list(stories_to_capture(NOW + DAY)) == []
    assert [remind_of_stories(at=NOW), remind_of_stories(at=NOW)] == [1, 1]
    told = Notification.objects.filter(user=manager, text__contains="no picture of it is kept")
    assert told.count() == 1
    shown = logged_in(manager).get("/acme/day/chase/")
    assert shown.status_code in {200, 404}
    see(story, manager, uploads=[png()])
    assert list(stories_to_capture(NOW)) == []


def test_the_creator_shows_it_on_their_own_pages(brand, story, manager):
    from django.utils import timezone  # noqa: PLC0415

    now = timezone.now()
    type(story).objects.filter(pk=story.pk).update(published_at=now - HOUR)
    link = make_link(target=story.engagement, name="Ida", actor=manager, at=now, days=30)
    creator, token = Client(), token_of(link)
    home = creator.get(f"/guest/{token}/").content.decode()
    assert "Send screenshots of each frame before it is gone" in home
    page = f"/guest/{token}/publishing/{story.pk}/evidence/"
    assert "of each frame" in creator.get(page).content.decode()
    said = {"captured_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "uploads": png()}
    assert creator.post(page, {"captured_at": said["captured_at"]}).status_code == 422
    assert not Evidence.objects.exists()
    assert creator.post(page, said).status_code == 302
    made = Evidence.objects.get()
    assert (made.source, made.link, made.by) == ("portal", link, None)
    assert "Send screenshots" not in creator.get(f"/guest/{token}/").content.decode()
    assert "shot.png" in creator.get(page).content.decode()


def test_what_was_there_before_reviews_is_caught_up(brand, out, manager):
    other = at_legal(running(brand, manager), manager)
    DisclosureReview.objects.all().delete()
    assert open_missing(at=NOW) == 2
    assert open_missing(at=NOW) == 0
    assert {one.stage for one in DisclosureReview.objects.all()} == {"draft", "live"}
    assert other.state != DeliverableState.PUBLISHED
