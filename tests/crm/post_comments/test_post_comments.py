"""Comments are told once, scored once, added up by post, and let go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.choices import Source
from crm.importers.tables import TableRefused
from crm.models import CommentBatch, CommentScore, CommentThread, Post, PostComment
from crm.services.post_comments import forgetting, importing, scoring
from crm.services.post_comments.authors import number_of
from crm.services.post_comments.keeping import CommentsRefused, Kept, Told, tell
from tests.factories import NOW, CreatorFactory, PostFactory, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(brand) -> Post:
    creator = CreatorFactory(name="Anna")
    RelationshipFactory(brand=brand, creator=creator)
    profile = ProfileFactory(creator=creator)
    return PostFactory(
        profile=profile, creator=creator, external_id="v1", title="Running shoes for the rain"
    )


def tell_all(brand, *comments: Told, source: Source = Source.VENDOR) -> Kept:
    return tell(brand=brand, comments=comments, source=source, actor=None, at=NOW)


def take(brand, text: str, *, mapping=None, name: str = "comments.csv") -> CommentBatch:
    upload = SimpleUploadedFile(name, text.encode())
    return importing.import_comments(
        brand=brand, upload=upload, source=Source.VENDOR, actor=None, at=NOW, mapping=mapping
    )


def test_a_comment_is_told_once_and_its_writer_is_a_number(brand, post):
    first = Told(post.pk, "c1", "Love it", author="@Runner", likes=3)
    assert tell_all(brand, first) == Kept(1, 0, 1)
    assert tell_all(brand, first, Told(post.pk, "c2", "Me too", author="runner")) == Kept(1, 1, 1)
    one, two = PostComment.objects.order_by("external_id")
    assert one.author == two.author is not None
    assert (one.text, one.likes, two.likes) == ("Love it", 3, None)
    number = one.author
    assert number == number_of(brand_id=brand.pk, platform="instagram", key="RUNNER")
    assert number != number_of(brand_id=brand.pk + 1, platform="instagram", key="runner")
    assert number != number_of(brand_id=brand.pk, platform="tiktok", key="runner")
    assert number_of(brand_id=brand.pk, platform="instagram", key=" @ ") is None


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"key": ""}, "key_needed"),
        ({"text": "  "}, "text_needed"),
        ({"text": "x" * 10_001}, "too_long"),
        ({"parent": "c9"}, "not_a_parent"),
        ({"likes": -1}, "out_of_range"),
        ({"published_at": NOW + timedelta(days=1)}, "out_of_range"),
        ({"post_id": 0}, "unknown_post"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(brand, post, wrong, code):
    good = Told(post.pk, "c1", "Love it")
    bad = Told(**{"post_id": post.pk, "key": "c9", "text": "Hm"} | wrong)
    with pytest.raises(CommentsRefused) as refusal:
        tell_all(brand, good, bad)
    assert (refusal.value.code, refusal.value.place) == (code, 1)
    assert not PostComment.objects.exists()


def test_another_brands_post_is_no_post(other_brand, post):
    with pytest.raises(CommentsRefused, match="no post"):
        tell_all(other_brand, Told(post.pk, "c1", "Love it"))


def test_a_file_is_taken_whole_and_taken_back(brand, post):
    batch = take(
        brand,
        "video_id,id,content,author,parent,date,likes\n"
        "v1,a,I love these shoes,kim,,2026-11-01T10:00:00Z,4\n"
        "v1,b,Where can I buy them?,lee,a,1793527200,\n"
        "v1,a,I love these shoes,kim,,2026-11-01T10:00:00Z,4\n",
    )
    assert (batch.comments_new, batch.comments_known, batch.posts) == (2, 1, 1)
    reply = PostComment.objects.get(external_id="b")
    assert (reply.parent_key, reply.likes) == ("a", None)
    assert reply.published_at is not None
    assert reply.published_at.timestamp() == 1793527200
    assert scoring.score_waiting() == 1
    assert CommentThread.objects.get().answered == 1
    importing.undo_import(batch_id=batch.pk, brand=brand, actor=None, at=NOW)
    assert not PostComment.objects.exists()
    assert not CommentScore.objects.exists()
    scoring.score_waiting()
    assert not CommentThread.objects.exists()
    with pytest.raises(CommentsRefused, match="already"):
        importing.undo_import(batch_id=batch.pk, brand=brand, actor=None, at=NOW)


def test_every_fault_of_a_file_is_told_by_line(brand, post):
    with pytest.raises(TableRefused) as refusal:
        take(brand, "post,key,text,date\nv1,a,Good,yesterday\nv2,b,Good,\nv1,,Good,\nv1,d,,\n")
    assert [fault.split(":")[0] for fault in refusal.value.faults] == [
        "Line 2",
        "Line 3",
        "Line 4",
        "Line 5",
    ]
    assert "“yesterday” is no moment" in refusal.value.faults[0]
    assert "“v2”" in refusal.value.faults[1]
    assert not PostComment.objects.exists()
    assert not CommentBatch.objects.exists()


def test_headings_are_called_as_is_said(brand, post):
    csv = "Beitrag;Nummer;Kommentar\nv1;a;Schön\n"
    with pytest.raises(TableRefused, match="A column is missing"):
        take(brand, csv)
    names = {"post": "Beitrag", "key": "Nummer", "text": "Kommentar"}
    assert take(brand, csv, mapping=names).comments_new == 1
    with pytest.raises(TableRefused, match="There is no “colour”"):
        take(brand, csv, mapping={"colour": "x"})
    line = '{"post_id": "v1", "id": "j", "message": "Hello", "from": {"id": "9"}}\n'
    assert take(brand, line, name="comments.jsonl").comments_new == 1
    assert PostComment.objects.get(external_id="j").author is not None


def test_threads_are_added_up(brand, post):
    other = PostFactory(profile=post.profile, creator=post.creator, external_id="v2", title="Soup")
    tell_all(
        brand,
        Told(post.pk, "a", "I really love these running shoes, great grip", author="kim"),
        Told(post.pk, "b", "These shoes are terrible, I hate the awful sole", "lee", parent="a"),
        Told(post.pk, "c", "Wo kann man diese Schuhe denn kaufen, bitte?", "max", parent="a"),
        Told(post.pk, "d", "🔥🔥🔥", "kim"),
        Told(post.pk, "e", "first", "pat", parent="gone"),
        Told(other.pk, "a", "My grandmother makes this soup with lentils", "kim"),
    )
    assert scoring.score_waiting() == 2
    assert scoring.score_waiting() == 0
    thread = CommentThread.objects.get(post=post)
    assert thread.waits_since is None
    counts = ("comments", "replies", "answered", "authors", "scored", "in_language")
    assert [getattr(thread, name) for name in counts] == [5, 3, 1, 4, 5, 2]
    assert (thread.positive, thread.negative) == (1, 1)
    scores = {
        one.comment.external_id: one for one in CommentScore.objects.filter(comment__post=post)
    }
    assert [scores[key].language for key in "abcde"] == ["en", "en", "de", "", ""]
    assert [scores[key].words for key in "abcde"] == [8, 9, 8, 0, 1]
    assert [scores[key].sentiment is None for key in "abcde"] == [False, False, True, True, True]
    # No words, or none but such as are in every sentence: nothing to compare.
    assert scores["d"].relevance is None
    close = scores["a"].relevance
    assert close is not None
    assert close >= 0.13
    assert thread.classified == sum(one.relevance is not None for one in scores.values())
    assert "vaderSentiment" in scores["a"].scorer.version


def test_each_comment_is_scored_once(brand, post):
    tell_all(brand, Told(post.pk, "a", "I really love these running shoes"))
    scoring.score_waiting()
    before = CommentScore.objects.get()
    tell_all(brand, Told(post.pk, "b", "These shoes are terrible and I hate them"))
    scoring.score_waiting()
    assert CommentScore.objects.get(comment__external_id="a").relevance == before.relevance
    assert CommentThread.objects.get().scored == 2


def test_a_round_takes_what_it_can_and_leaves_the_rest_waiting(brand, post, monkeypatch):
    monkeypatch.setattr(scoring, "COMMENTS", 2)
    second = PostFactory(profile=post.profile, creator=post.creator, external_id="v2")
    tell_all(
        brand,
        *(Told(post.pk, key, f"Shoes number {key}") for key in "abc"),
        Told(second.pk, "x", "Good shoes"),
    )
    waiting = []
    while scoring.score_waiting():
        waiting.append(CommentThread.objects.filter(waits_since__isnull=False).count())
    assert waiting == [2, 0]
    assert sorted(CommentThread.objects.values_list("comments", "scored")) == [(1, 1), (3, 3)]


def test_words_go_after_the_brands_months_and_numbers_stay(brand, post):
    tell_all(brand, Told(post.pk, "a", "I really love these running shoes", author="kim"))
    scoring.score_waiting()
    forgetting.set_keeping(brand=brand, keep_months=2, version=1, actor=None, at=NOW)
    assert forgetting.let_words_go(brand=brand, at=NOW + timedelta(days=50)) == 0
    assert forgetting.let_words_go(brand=brand, at=NOW + timedelta(days=70)) == 1
    row = PostComment.objects.get()
    assert (row.text, row.author) == ("", None)
    assert CommentThread.objects.get().positive == 1
    assert forgetting.let_words_go(brand=brand, at=NOW + timedelta(days=70)) == 0
    for months, version, words in ((0, 2, "60 months"), (3, 1, "changed this")):
        with pytest.raises(CommentsRefused, match=words):
            forgetting.set_keeping(
                brand=brand, keep_months=months, version=version, actor=None, at=NOW
            )


def test_who_asks_is_forgotten(brand, post):
    tell_all(
        brand,
        Told(post.pk, "a", "Nice shoes", author="kim"),
        Told(post.pk, "b", "Nice rain", author="lee"),
    )
    asked = {"brand": brand, "platform": "instagram", "actor": None, "at": NOW}
    assert forgetting.forget_author(key="@KIM", **asked) == 1
    assert forgetting.forget_author(key="kim", **asked) == 0
    assert list(PostComment.objects.values_list("external_id", flat=True)) == ["b"]
    with pytest.raises(CommentsRefused, match="platform"):
        forgetting.forget_author(**asked | {"key": "kim", "platform": "nowhere"})
