"""Hints at advertising: who is read, what waits, what is learned, and what answers do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.choices import HintState
from campaigns.models import Deliverable, DisclosureHint, DisclosureReview
from campaigns.services.hints import answering
from campaigns.services.hints.reading import refresh
from campaigns.services.refusals import CampaignRefused
from crm.choices import LearnedTask
from crm.models import AuditEntry, LearnedModel, Relationship, Task
from crm.services.learning import learning
from tests.campaigns.hints.worlds import PITCH, PLAIN, account, many, post
from tests.campaigns.publishing.pieces import piece, producing, published, running
from tests.factories import NOW
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def pitch(brand):
    return post(account(brand), PITCH, url="https://instagram.com/p/x/")


@pytest.fixture
def hint(brand, pitch):
    refresh(brand=brand, at=NOW, learns=False)
    return DisclosureHint.objects.get()


def test_posts_that_read_like_ads_and_say_nothing_are_hinted_at(brand, other_brand, pitch):
    anna = pitch.profile
    post(anna, PLAIN)
    post(anna, f"#ad {PITCH}")
    post(anna, PITCH, is_paid_partnership=True)
    post(anna, PITCH, posted_at=NOW - 100 * DAY)
    post(anna, "")
    post(account(brand, unprofiled_at=NOW), PITCH)
    post(account(other_brand), PITCH)
    assert refresh(brand=brand, at=NOW) == 1
    found = DisclosureHint.objects.get()
    assert (found.post, found.sure, found.source) == (pitch, None, "list")
    # The sentence that says so, not the first one.
    assert found.sentence == "Use code ANNA for 20% off the night serum, link in bio!"
    assert ["a discount or promotion code", 3.0] in found.terms
    assert found.told_by == "Word list of 23 November 2026"


def test_the_next_night_waits_what_reads_so_then(brand, pitch, hint):
    assert refresh(brand=brand, at=NOW + DAY, learns=False) == 1
    hint.refresh_from_db()
    assert hint.suggested_at == NOW
    pitch.caption = f"Werbung: {PITCH}"
    pitch.save()
    assert refresh(brand=brand, at=NOW + DAY, learns=False) == 0
    hint.refresh_from_db()
    assert (hint.state, hint.closed_at) == (HintState.WITHDRAWN, NOW + DAY)
    pitch.caption = PITCH
    pitch.save()
    assert refresh(brand=brand, at=NOW + 2 * DAY, learns=False) == 1
    hint.refresh_from_db()
    assert (hint.state, hint.closed_at, hint.suggested_at) == ("open", None, NOW + 2 * DAY)


def test_reading_asks_the_same_for_one_post_and_for_many(
    brand, hint, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14) as few:
        refresh(brand=brand, at=NOW, learns=False)
    for _number in range(5):
        post(hint.post.profile, PLAIN)
    with django_assert_num_queries(len(few)):
        refresh(brand=brand, at=NOW, learns=False)


def test_an_ad_of_no_campaign_becomes_a_task_for_legal(brand, manager, legal, hint):
    done = answering.answer(
        hint_id=hint.pk, brand=brand, is_ad=True, actor=manager, at=NOW, note="Seen."
    )
    task = Task.objects.get()
    assert (done.state, done.task, done.review, done.closed_by) == ("accepted", task, None, manager)
    assert (task.assignee, task.relationship.creator) == (legal, hint.post.creator)
    assert hint.post.url in task.details
    assert PITCH not in task.details
    with pytest.raises(CampaignRefused, match="answered by"):
        answering.answer(hint_id=hint.pk, brand=brand, is_ad=False, actor=legal, at=NOW)
    # What somebody said is not asked again; taken back, it waits, and is sent once only.
    assert refresh(brand=brand, at=NOW + DAY, learns=False) == 0
    answering.take_back(hint_id=hint.pk, brand=brand, actor=manager, at=NOW)
    with pytest.raises(CampaignRefused, match="no answer"):
        answering.take_back(hint_id=hint.pk, brand=brand, actor=manager, at=NOW)
    answering.answer(hint_id=hint.pk, brand=brand, is_ad=True, actor=manager, at=NOW)
    assert Task.objects.count() == 1
    verbs = AuditEntry.objects.filter(verb__startswith="campaigns.disclosure_hint.")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "campaigns.disclosure_hint.accepted",
        "campaigns.disclosure_hint.reopened",
        "campaigns.disclosure_hint.accepted",
    ]


def test_an_ad_of_a_campaign_is_reviewed_and_no_verdict_changes(
    brand, manager, legal, legal_client, manager_client
):
    made = published(piece(producing(running(brand, manager)))).deliverable
    profile = made.engagement.relationship.creator.profiles.get()
    found = post(profile, PITCH)
    Deliverable.objects.filter(pk=made.pk).update(post=found)
    refresh(brand=brand, at=NOW, learns=False)
    hint = DisclosureHint.objects.get()
    DisclosureReview.objects.all().delete()

    act = reverse("campaigns:hint_answer", args=["acme", hint.pk])
    page = manager_client.get(reverse("campaigns:hints", args=["acme"])).content.decode()
    assert "It is an ad: send to review" in page
    answer = manager_client.post(act, {"act": "accept"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "The review" in answer.content.decode()
    review = DisclosureReview.objects.get()
    hint.refresh_from_db()
    assert (hint.review, hint.task) == (review, None)
    assert (review.state, review.verdict, review.stage) == ("waiting", "", "live")

    queue = reverse("campaigns:disclosures", args=["acme"])
    for asked, is_there in (("true", True), ("false", False)):
        text = legal_client.get(queue, {"whose": "all", "is_hinted": asked}).content.decode()
        assert (made.title in text) is is_there
    assert "reads like an ad" in legal_client.get(queue, {"whose": "all"}).content.decode()
    bench = reverse("campaigns:disclosure", args=["acme", review.pk])
    assert "Use code ANNA for 20% off" in legal_client.get(bench).content.decode()
    counts = reverse("campaigns:post_counts", args=["acme", found.pk])
    assert "A hint decides nothing" in legal_client.get(counts).content.decode()


def test_who_objects_is_shown_no_more_at_once(brand, hint, manager, manager_client):
    page = reverse("campaigns:hints", args=["acme"])
    assert hint.post.creator.name in manager_client.get(page).content.decode()
    Relationship.objects.update(unprofiled_at=NOW)
    assert "Nothing waits" in manager_client.get(page).content.decode()
    assert rest_as(manager, brand).json("disclosure-hints/")["results"] == []
    assert refresh(brand=brand, at=NOW) == 0
    assert DisclosureHint.objects.get().state == HintState.WITHDRAWN


def test_learned_from_labels_that_are_cut_out_and_from_answers(
    brand, legal, legal_client, monkeypatch
):
    # Whose posts are held out follows from keys; of twenty creators it may be too few.
    groups: dict[str, int] = {}
    monkeypatch.setattr(
        learning, "is_held_out", lambda group: groups.setdefault(group, len(groups)) % 5 == 1
    )
    many(brand)
    refresh(brand=brand, at=NOW)
    model = LearnedModel.objects.get()
    assert (model.task, model.is_used) == (LearnedTask.DISCLOSURE, True)
    assert model.labels + model.held_out == 120
    # The label itself was never a word to learn; what ads sound like was.
    assert {"ad", "#ad"}.isdisjoint(model.weights["terms"])
    waiting = DisclosureHint.objects.open()
    assert {one.source for one in waiting} <= {"learned"}
    # Not due again before a week, unless people have answered.
    assert refresh(brand=brand, at=NOW + DAY) == waiting.count()
    assert LearnedModel.objects.count() == 1

    for number, one in enumerate(waiting.order_by("pk")[:5]):
        answering.answer(hint_id=one.pk, brand=brand, is_ad=number < 4, actor=legal, at=NOW + DAY)
    refresh(brand=brand, at=NOW + 2 * DAY)
    assert LearnedModel.objects.count() == 2
    record = legal_client.get(reverse("campaigns:hints_record", args=["acme"])).content.decode()
    assert "Of 5 that people looked at, 4 were ads: an override rate of 20" in record


def test_over_rest(brand, other_brand, outsider, manager, strategist, hint):
    rest = rest_as(manager, brand)
    [row] = rest.json("disclosure-hints/", state="open", creator=hint.post.creator.uid)["results"]
    assert (row["id"], row["post"], row["confidence"]) == (hint.pk, hint.post_id, None)
    assert {"term": "a discount or promotion code", "brings": 3.0} in row["terms"]
    assert rest.json("disclosure-hints/", least_sure="0.5")["results"] == []
    one = f"disclosure-hints/{hint.pk}"
    assert_problem(rest_as(strategist, brand).send("POST", f"{one}:dismiss", {}), 403)
    assert_problem(rest_as(outsider, other_brand).send("POST", f"{one}:dismiss", {}), 404)
    assert_problem(rest.send("POST", f"{one}:dismiss", {"note": "x" * 201}), 400)
    assert_problem(rest.send("POST", f"{one}:take-back", {}), 409, "closed")
    done = rest.send("POST", f"{one}:dismiss", {"note": "A friend's shop."})
    assert (done.status_code, done.json()["state"]) == (200, "dismissed"), done.content
    assert done.json()["closed_by"] == manager.email
    assert_problem(rest.send("POST", f"{one}:accept", {}), 409, "closed")
    assert rest.send("POST", f"{one}:take-back", {}).json()["state"] == "open"
    assert rest.send("POST", f"{one}:accept", {}).json()["task"] == Task.objects.get().pk
