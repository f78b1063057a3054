"""Formats: what posts are about, and how a creator does in each (F18)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.choices import ContentKind, DeliverableState
from campaigns.models import Deliverable, PostFormat
from campaigns.selectors.formats import formats_of
from campaigns.services.formats.saying import say
from campaigns.services.formats.words import suggest
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry, Post
from tests.campaigns.publishing.pieces import DAY, piece, producing, running
from tests.factories import NOW, PostFactory, RelationshipFactory
from tests.rest import rest_as


@pytest.mark.parametrize(
    ("caption", "kind"),
    [
        ("How to layer serums, step by step", ContentKind.TUTORIAL),
        ("A day in my life as a chemist", ContentKind.DAY_IN_THE_LIFE),
        ("I sat down with a dermatologist: our Q&A", ContentKind.INTERVIEW),
        ("Since I started using it, my skin is calm", ContentKind.TESTIMONIAL),
        ("See what\N{RIGHT SINGLE QUOTATION MARK}s in my bag", ContentKind.UNBOXING),
        ("My honest opinion after a month", ContentKind.REVIEW),
        ("Interviewing is not what this is about", ContentKind.INTERVIEW),
        ("Sunset over the harbour", None),
        ("x" * 400 + " tutorial", None),
    ],
)
def test_words_say_what_a_post_is_about(caption, kind):
    found = suggest("", caption)
    assert (found[0] if found else None) == kind


@pytest.fixture
def maya(brand):
    """Eight posts of one account: four tutorials, of one no counts are known, and four others."""
    engagement = producing(running(brand))
    relationship = engagement.relationship
    profile = relationship.creator.profiles.get()

    def post(n, caption, likes):
        return PostFactory(
            profile=profile,
            caption=caption,
            title="",
            posted_at=NOW - (n + 1) * DAY,
            likes=likes,
            comments=None if likes is None else 0,
        )

    for n, likes in enumerate((300, 200, 30)):
        post(n, "How to do it", likes)
    for n in range(3, 7):
        post(n, "Sunset", 100)
    post(7, "Tutorial", None)
    # Of another year: it counts in nothing.
    PostFactory(profile=profile, caption="Tutorial", posted_at=NOW - 400 * DAY, likes=9, comments=0)
    for late in (0, 0, 3):
        piece(
            engagement,
            DeliverableState.PUBLISHED,
            kind=ContentKind.TUTORIAL,
            publish_at=NOW - 20 * DAY,
            published_at=NOW - (20 - late) * DAY,
            published_url="https://example.com/p",
        )
    # Not due yet.
    piece(engagement, kind=ContentKind.REVIEW, publish_at=NOW + DAY)
    return relationship


@pytest.mark.django_db
def test_a_format_is_above_the_median_and_on_time(maya, manager, django_assert_num_queries):
    with django_assert_num_queries(5):
        found = formats_of(maya, NOW)
    (row,) = found.rows
    assert (row.kind, row.posts, row.above, row.known) == (ContentKind.TUTORIAL, 4, 2, 3)
    assert (row.share_above, row.on_time, row.due) == (2 / 3, 2, 3)
    assert (found.looked_at, found.unsorted, found.judged) == (8, 4, 0)
    # A person's word wins, and what words suggested is held against it.
    newest = found.newest[0].post
    say(relationship=maya, post_id=newest.pk, kind="interview", actor=manager, at=NOW)
    after = formats_of(maya, NOW)
    counts = {row.kind.value: (row.posts, row.by_people, row.share_above) for row in after.rows}
    assert counts == {"tutorial": (3, 0, None), "interview": (1, 1, None)}
    assert (after.agreed, after.judged) == (0, 1)
    assert PostFormat.objects.get().suggested == "tutorial"
    say(relationship=maya, post_id=newest.pk, kind="", actor=manager, at=NOW)
    assert formats_of(maya, NOW).rows == found.rows
    verbs = AuditEntry.objects.filter(verb__startswith="campaigns.post_format").order_by("pk")
    assert [verb.rpartition(".")[2] for verb in verbs.values_list("verb", flat=True)] == [
        "said",
        "taken_back",
    ]


@pytest.mark.django_db
def test_what_our_piece_was_about_comes_before_words(maya, manager):
    post = Post.objects.filter(creator=maya.creator, caption="Sunset").first()
    deliverable = Deliverable.objects.filter(engagement__relationship=maya).earliest("pk")
    deliverable.post, deliverable.kind = post, ContentKind.INTERVIEW
    deliverable.save()
    rows = {row.kind: row for row in formats_of(maya, NOW).rows}
    assert rows[ContentKind.INTERVIEW].posts == 1
    deliverable.kind = ContentKind.SPONSORED_POST
    deliverable.save()
    assert formats_of(maya, NOW).unsorted == 4


@pytest.mark.django_db
def test_what_is_refused(maya, brand, manager):
    stranger = PostFactory()
    with pytest.raises(Post.DoesNotExist):
        say(relationship=maya, post_id=stranger.pk, kind="review", actor=manager, at=NOW)
    mine = Post.objects.filter(creator=maya.creator).first()
    with pytest.raises(CampaignRefused, match="Choose a format"):
        say(relationship=maya, post_id=mine.pk, kind="poem", actor=manager, at=NOW)
    assert say(relationship=maya, post_id=mine.pk, kind="", actor=manager, at=NOW) is None
    assert not AuditEntry.objects.filter(verb__startswith="campaigns.post_format").exists()
    maya.unprofiled_at = NOW
    maya.save()
    with pytest.raises(CampaignRefused, match="objected to profiling"):
        say(relationship=maya, post_id=mine.pk, kind="review", actor=manager, at=NOW)
    assert not PostFormat.objects.exists()


@pytest.mark.django_db
def test_on_the_creators_page(maya, brand, manager_client, time_machine):
    time_machine.move_to(NOW + timedelta(minutes=1), tick=False)
    url = reverse("campaigns:creator_formats", args=[brand.slug, maya.creator.uid])
    shown = manager_client.get(url).content.decode()
    assert "of 3</span>" in shown
    assert "says its words: “How to”" in shown
    post = Post.objects.filter(creator=maya.creator).order_by("-posted_at").first()
    one = reverse("campaigns:post_format", args=[brand.slug, maya.creator.uid, post.pk])
    answer = manager_client.post(one, {"kind": "testimonial"}, headers={"HX-Request": "true"})
    assert "Testimonial, says a person" in answer.content.decode()
    gone = reverse("campaigns:post_format", args=[brand.slug, maya.creator.uid, 2**40])
    assert manager_client.post(gone, {"kind": "review"}).status_code == 404
    other = RelationshipFactory(brand=brand)
    empty = manager_client.get(
        reverse("campaigns:creator_formats", args=[brand.slug, other.creator.uid])
    )
    assert "no post of the last year is on file" in empty.content.decode()


def test_over_rest_it_is_said_and_taken_back(brand, other_brand, manager, outsider):
    post = PostFactory(profile=producing(running(brand)).relationship.creator.profiles.get())
    rest = rest_as(manager, brand)
    assert rest.send("POST", "post-formats/", {"post": post.pk, "kind": "song"}).status_code == 400
    strangers = rest_as(outsider, other_brand)
    answer = strangers.send("POST", "post-formats/", {"post": post.pk, "kind": "tutorial"})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/post"]
    assert not PostFormat.objects.exists()
    made = rest.send("POST", "post-formats/", {"post": post.pk, "kind": "tutorial"})
    assert made.status_code == 201
    assert rest.json("post-formats/")["results"] == [made.json()]
    assert strangers.json("post-formats/")["results"] == []
    assert strangers.send("DELETE", f"post-formats/{post.pk}/").status_code == 404
    assert rest.send("DELETE", f"post-formats/{post.pk}/").status_code == 204
    assert rest.send("DELETE", f"post-formats/{post.pk}/").status_code == 404
