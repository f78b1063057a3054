"""Comments sorted by kind, grouped by themes, given to somebody, corrected and learned from."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm.choices import LearnedTask, Source
from crm.models import (
    AuditEntry,
    CommentLabel,
    CommentSorting,
    CommentTheme,
    CommentThread,
    LearnedModel,
    PostComment,
    Task,
)
from crm.services.post_comments import forgetting, grouping, learning, scoring, sorting
from crm.services.post_comments.grouping import Heard, themes_of
from crm.services.post_comments.keeping import Told, tell
from crm.services.post_comments.kinds import by_signs
from tests.factories import NOW, CreatorFactory, PostFactory, ProfileFactory, RelationshipFactory
from tests.people import logged_in
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db

LIDS = [
    "Where can I buy a spare lid for this bottle?",
    "How do I open the lid without spilling?",
    "Does it come with a lid or is that extra?",
    "The lid stopped working after one week, I want a refund",
    "I love it so much, my whole family drinks from it",
    "Wo kann man den Deckel denn kaufen, bitte?",
]


@pytest.fixture
def post(brand):
    creator = CreatorFactory(name="Anna")
    RelationshipFactory(brand=brand, creator=creator)
    profile = ProfileFactory(creator=creator)
    return PostFactory(profile=profile, creator=creator, external_id="v1", title="A bottle")


def hear(brand, post, *texts: str) -> None:
    comments = [
        Told(post.pk, f"{post.pk}-{n}", text, author=f"w{n}", published_at=NOW)
        for n, text in enumerate(texts)
    ]
    tell(brand=brand, comments=comments, source=Source.VENDOR, actor=None, at=NOW)
    scoring.score_waiting()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Where can I buy this?", "question"),
        ("I don\u2019t trust it, way too expensive", "objection"),
        ("it stopped working after a day", "problem"),
        ("this is a game changer, love it", "praise"),
        ("first", ""),
        ("everywhere", ""),
    ],
)
def test_signs_tell_kinds_apart(text, kind):
    assert by_signs(text).kind == kind


def test_themes_are_words_that_several_people_share():
    comments = [
        Heard(1, 1, "is the blue lid sold"),
        Heard(2, 2, "blue lid again please"),
        Heard(3, 3, "one more blue lid"),
        Heard(4, 4, "a strap for it"),
        Heard(5, 4, "the strap"),
        Heard(6, 4, "my strap"),
    ]
    # One person who writes of straps three times makes no theme; a pair is one theme.
    assert themes_of(comments) == {"blue lid": [1, 2, 3]}
    assert themes_of([]) == {}


def test_comments_become_themes_that_are_given_away_and_handled(
    brand, other_brand, post, manager, legal
):
    hear(brand, post, *LIDS)
    assert CommentSorting.objects.get(comment__text=LIDS[5]).kind == ""
    client = logged_in(manager)
    board = reverse("crm:comment_themes", args=["acme"])
    assert "Comments are grouped twice an hour." in client.get(board).content.decode()
    assert grouping.group(brand=brand, at=NOW) == 1
    theme = CommentTheme.objects.get()
    assert (theme.kind, theme.term) == ("question", "lid")
    assert (theme.comments, theme.writers, theme.recent, theme.earlier) == (3, 3, 3, 0)
    shown = client.get(board).content.decode()
    assert "3 comments" in shown
    assert "without spilling" in shown
    act = reverse("crm:comment_theme_act", args=["acme", theme.pk, "route"])
    said = {"assignee": manager.pk, "due_on": "", "note": "Please look", "version": 1}
    assert logged_in(legal).post(act, said).status_code == 403
    assert client.post(act, said).status_code == 302
    task = Task.objects.get()
    assert task.title == "Question: “lid”, in 3 comments"
    assert "spilling" not in task.details
    assert reverse("crm:comment_theme", args=["acme", theme.pk]) in task.details
    old = client.post(act, said)
    assert old.status_code == 422
    assert "decided about this since" in old.content.decode()
    handle = reverse("crm:comment_theme_act", args=["acme", theme.pk, "handle"])
    assert client.post(handle, {"answer": " ", "version": 2}).status_code == 422
    assert client.post(handle, {"answer": "It has one.", "version": 2}).status_code == 302
    assert "lid" not in client.get(board).content.decode().split("row g-3")[1]
    page = client.get(reverse("crm:comment_theme", args=["acme", theme.pk])).content.decode()
    assert "It has one." in page
    assert "Open it again" in page
    reopen = reverse("crm:comment_theme_act", args=["acme", theme.pk, "reopen"])
    assert client.post(reopen, {"version": 3}).status_code == 302
    # Nobody's theme any more: what somebody decided about stays, the rest goes.
    forgetting.forget_author(brand=brand, platform="instagram", key="w0", actor=None, at=NOW)
    assert grouping.group(brand=brand, at=NOW) == 0
    assert not CommentTheme.objects.exists()
    assert not CommentTheme.objects.filter(brand=other_brand).exists()


def test_what_people_say_counts_before_the_machine(brand, post, manager):
    hear(brand, post, *LIDS)
    comment = PostComment.objects.get(text=LIDS[4])
    client = logged_in(manager)
    page = reverse("crm:comment", args=["acme", comment.pk])
    shown = client.get(page).content.decode()
    assert "by the list of signs" in shown
    assert "“love it” (+3)" in shown
    assert "positive from 0.05 on" in shown
    said = {"kind": "question", "mood": "negative", "is_relevant": "yes"}
    assert client.post(page, said).status_code == 302
    label = CommentLabel.objects.get()
    assert (label.suggested_kind, label.suggested_mood) == ("praise", "positive")
    before = CommentThread.objects.get()
    scoring.score_waiting()
    after = CommentThread.objects.get()
    assert (after.positive, after.negative) == (before.positive - 1, before.negative + 1)
    assert after.in_language == before.in_language
    learned = client.get(reverse("crm:comments_learned", args=["acme"])).content.decode()
    assert "100\u202f% of suggestions were changed: 0 of 1 were right." in learned
    # Taken back, nothing is said; the ledger has both.
    assert client.post(page, {"kind": "", "mood": "", "is_relevant": ""}).status_code == 302
    assert not CommentLabel.objects.exists()
    assert AuditEntry.objects.filter(verb="crm.post_comments.labelled").count() == 2


def test_the_board_costs_the_same_however_much_is_said(
    brand, post, manager, django_assert_num_queries
):
    client = logged_in(manager)
    board = reverse("crm:comment_themes", args=["acme"])
    hear(brand, post, *LIDS)
    grouping.group(brand=brand, at=NOW)
    with django_assert_num_queries(10):
        client.get(board)
    words = ["strap", "colour", "price", "smell"]
    for number, word in enumerate(words):
        other = PostFactory(profile=post.profile, creator=post.creator, external_id=f"w{number}")
        hear(brand, other, *(f"Where can I find the {word} in shop {n}?" for n in range(3)))
    grouping.group(brand=brand, at=NOW)
    assert CommentTheme.objects.filter(kind="question").count() >= 3
    with django_assert_num_queries(10):
        client.get(board)


def test_labels_teach_kinds_moods_and_closeness(brand, post, manager, monkeypatch):
    # Whatever numbers the posts have, every fourth is only tried on.
    monkeypatch.setattr(
        "crm.services.learning.learning.is_held_out", lambda group: int(group[5:]) % 4 == 0
    )
    for number in range(12):
        other = PostFactory(profile=post.profile, creator=post.creator, external_id=f"p{number}")
        hear(
            brand,
            other,
            *(f"The zipper is nice on number {n}, says my aunt in town" for n in range(5)),
            *(f"Zebras walk about on number {n}, says my uncle in town" for n in range(5)),
        )
    for comment in PostComment.objects.all():
        is_zebra = comment.text.startswith("Zebras")
        CommentLabel.objects.create(
            comment=comment,
            kind="problem" if is_zebra else "praise",
            mood="negative" if is_zebra else "positive",
            is_relevant=not is_zebra,
            labelled_at=NOW,
        )
    used = learning.learn_all(brand=brand, at=NOW)
    assert used == [
        LearnedTask.COMMENT_KIND,
        LearnedTask.COMMENT_MOOD,
        LearnedTask.COMMENT_RELEVANCE,
    ]
    assert sorting.sort_old(brand=brand) == 120
    assert sorting.sort_old(brand=brand) == 0
    hear(brand, post, "Zebras walk about on the bus", "The zipper is nice on a bus")
    zebra, zipper = PostComment.objects.filter(post=post).order_by("external_id")
    assert (zebra.sorting.kind, zipper.sorting.kind) == ("problem", "praise")
    assert zebra.score.sentiment < -0.5 < 0.5 < zipper.score.sentiment
    assert zebra.score.relevance < 0.13 <= zipper.score.relevance
    assert "comment_mood" in zebra.score.scorer.version
    assert LearnedModel.objects.filter(is_used=True).count() == 3
    page = logged_in(manager).get(reverse("crm:comment", args=["acme", zebra.pk]))
    assert "by model 1" in page.content.decode()
    assert "close from 0.13 on" in page.content.decode()
    rest = rest_as(manager, brand)
    assert len(rest.json("learned-models/")["results"]) == 3
    [told] = rest.json("learned-models/?task=comment_mood")["results"]
    assert (told["number"], told["status"], told["learned_from"] > 60) == (1, "in_use", True)
    assert told["score"] >= told["score_before"]
    # What did worse than what was in use is shown as that.
    worse = LearnedModel.objects.filter(task="comment_kind")
    worse.update(is_used=False, score=0.2, score_before=0.4)
    [told] = rest.json("learned-models/?task=comment_kind")["results"]
    assert told["status"] == "refused"


def test_rest_labels_and_handles(brand, post, manager):
    hear(brand, post, *LIDS)
    grouping.group(brand=brand, at=NOW)
    rest = rest_as(manager, brand)
    [theme] = rest.json("comment-themes/")["results"]
    assert (theme["term"], theme["comments"], theme["task"]) == ("lid", 3, None)
    done = rest.send(
        "POST", f"comment-themes/{theme['id']}:handle", {"answer": "Sold apart.", "version": 1}
    )
    assert done.json()["state"] == "handled"
    again = rest.send(
        "POST", f"comment-themes/{theme['id']}:handle", {"answer": "Sold apart.", "version": 1}
    )
    assert_problem(again, 409)
    comment = PostComment.objects.first()
    told = rest.send("POST", f"comments/{comment.pk}:label", {"kind": "praise"})
    assert told.json()["mood"] is None
    assert CommentLabel.objects.get().kind == "praise"
    assert_problem(rest.send("POST", f"comments/{comment.pk}:label", {"kind": "poem"}), 400)
