"""The workbench: what legal sees of a review, and a decision that opens the next one."""

from __future__ import annotations

import pytest

from campaigns.choices import DraftState, ReviewState
from campaigns.models import DisclosureAnswer, DisclosureDecision, GateTurn
from campaigns.services.disclosures.finding import open_items
from tests.campaigns.deliverables.worlds import active
from tests.campaigns.disclosures.worlds import at_legal, review_of, settle
from tests.people import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return active(brand, manager)


@pytest.fixture
def review(campaign, manager):
    return review_of(at_legal(campaign, manager))


def page_of(review, rest=""):
    return f"/acme/legal/reviews/{review.pk}/{rest}"


def test_a_review_shows_the_post_its_marks_and_the_checklist(campaign, manager, legal_client):
    review = review_of(at_legal(campaign, manager, "Reklame: <b>Acme</b> & my morning."))
    answer = legal_client.get(page_of(review))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert '<mark class="tone-accepted">Reklame</mark>' in html
    assert "&lt;b&gt;Acme" in html
    assert "Denmark" in html
    assert "<kbd>1</kbd> Sufficient" in html
    assert "No contract in this campaign." in html


def test_legal_answers_a_line_and_the_rules_are_asked_again(review, legal_client, legal):
    item = open_items(review.finding)[0]
    answer = legal_client.post(
        page_of(review, "answer/"),
        {"version": review.version, "key": item["key"], "result": "pass", "note": ""},
    )
    assert answer.status_code == 302
    assert answer["Location"] == page_of(review) + "#checklist"
    made = DisclosureAnswer.objects.get()
    assert (made.key, made.result, made.by) == (item["key"], "pass", legal)
    page = legal_client.get(page_of(review)).content.decode()
    assert f"{legal.display_name} said “pass”" in page


def test_an_answer_that_contradicts_the_rules_takes_words(review, legal_client):
    lines = review.finding.result["per_jurisdiction"][0]["items"]
    item = next(one for one in lines if one["result"] == "pass")
    answer = legal_client.post(
        page_of(review, "answer/"),
        {"version": review.version, "key": item["key"], "result": "fail"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert "Say what you see." in answer.content.decode()
    assert not DisclosureAnswer.objects.exists()


def test_a_verdict_is_refused_while_something_is_open(review, legal_client):
    answer = legal_client.post(
        page_of(review, "decide/"), {"version": review.version, "verdict": "sufficient"}
    )
    assert answer.status_code == 422
    assert "Answer it first." in answer.content.decode()
    assert not DisclosureDecision.objects.exists()
    assert not GateTurn.objects.filter(gate="legal", decided_at__isnull=False).exists()


def test_a_plain_yes_approves_the_draft_and_opens_the_next(
    campaign, manager, review, legal, legal_client
):
    other = review_of(at_legal(campaign, manager, title="Evening routine"))
    settle(review, legal)
    answer = legal_client.post(
        page_of(review, "decide/") + "?whose=mine",
        {
            "version": review.version,
            "verdict": "sufficient",
            "for_creator": "Change it.",
            "rest": "on",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == page_of(other) + "?whose=mine"
    review.refresh_from_db()
    assert (review.state, review.verdict) == (ReviewState.DECIDED, "sufficient")
    turn = GateTurn.objects.get(draft=review.draft, gate="legal")
    # The suggested words were for a draft that is sent back.
    assert (turn.outcome, turn.reason, turn.decided_by) == ("approved", "", legal)
    review.draft.refresh_from_db()
    assert review.draft.state == DraftState.APPROVED


def test_a_no_sends_the_draft_back_with_the_words_for_the_creator(review, legal_client):
    verdict = review.finding.verdict
    page = legal_client.get(page_of(review)).content.decode()
    assert "Begin the text with" in page
    answer = legal_client.post(
        page_of(review, "decide/"),
        {
            "version": review.version,
            "verdict": "insufficient",
            "reason": "Not seen at once.",
            "for_creator": "Begin with “Reklame”.",
        },
    )
    assert answer.status_code == 302, verdict
    assert answer["Location"] == "/acme/legal/reviews/"
    review.draft.refresh_from_db()
    assert review.draft.state == DraftState.NEEDS_WORK
    turn = GateTurn.objects.get(draft=review.draft, gate="legal")
    assert turn.reason == "Begin with “Reklame”."


def test_the_verdict_alone_leaves_the_gate(review, legal, legal_client):
    settle(review, legal)
    legal_client.post(
        page_of(review, "decide/"),
        {"version": review.version, "verdict": "sufficient", "outcome": "wait"},
    )
    review.refresh_from_db()
    assert review.state == ReviewState.DECIDED
    assert GateTurn.objects.get(draft=review.draft, gate="legal").decided_at is None


def test_who_was_slower_is_told(review, legal, legal_client, admin_user_client):
    settle(review, legal)
    said = {"version": review.version, "verdict": "sufficient"}
    assert legal_client.post(page_of(review, "decide/"), said).status_code == 302
    answer = admin_user_client.post(page_of(review, "decide/"), said)
    assert answer.status_code == 409
    assert "decided already: sufficient" in answer.content.decode()
    assert DisclosureDecision.objects.count() == 1


def test_who_handed_it_in_reads_but_does_not_decide(campaign, admin_user, admin_user_client):
    review = review_of(at_legal(campaign, admin_user))
    page = admin_user_client.get(page_of(review)).content.decode()
    assert "You handed this draft in: somebody else reviews it." in page
    assert "<kbd>1</kbd> Sufficient" not in page
    answer = admin_user_client.post(
        page_of(review, "decide/"),
        {"version": review.version, "verdict": "unclear", "reason": "x", "for_creator": "y"},
    )
    assert answer.status_code == 403
    assert not DisclosureDecision.objects.exists()


def test_others_see_it_and_do_not_decide(review, manager_client, outsider_client):
    assert "is decided by a legal or admin" in manager_client.get(page_of(review)).content.decode()
    assert manager_client.post(page_of(review, "decide/"), {}).status_code == 403
    assert manager_client.post(page_of(review, "answer/"), {}).status_code == 403
    assert outsider_client.get(page_of(review)).status_code == 404


def test_a_page_costs_the_same_however_long_the_queue_is(
    campaign, manager, review, legal, django_assert_max_num_queries, django_assert_num_queries
):
    client = logged_in(legal)
    client.get(page_of(review))
    with django_assert_max_num_queries(60) as few:
        client.get(page_of(review))
    for number in range(3):
        at_legal(campaign, manager, title=f"Piece {number}")
    with django_assert_num_queries(len(few)):
        client.get(page_of(review))
