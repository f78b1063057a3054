"""Posts that are alike are decided at once, each recorded; the others are told why not."""

from __future__ import annotations

import pytest

from campaigns.choices import ReviewStage, ReviewState
from campaigns.models import DisclosureDecision, DisclosureReview
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures.gathering import gather
from campaigns.services.disclosures.together import sort, why_alone
from crm.models import AuditEntry
from tests.campaigns.disclosures.worlds import at_legal, review_of, settle
from tests.campaigns.publishing.pieces import piece, producing, published, running
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PAGE = "/acme/legal/reviews/together/"


@pytest.fixture
def campaign(brand, manager):
    return running(brand, manager)


def live(campaign, manager, number):
    """A published post that waits for a look."""
    made = piece(producing(campaign, owner=manager), title=f"Reel {number}")
    published(made, url=f"https://www.instagram.com/p/Alike{number}/")
    return review_of(made, ReviewStage.LIVE)


def alike(campaign, manager, legal, numbers):
    """Posts in which the rules have nothing to find any more."""
    return [settled(live(campaign, manager, number), legal) for number in numbers]


def settled(review, legal):
    """It was seen, everything of its checklist is answered, and its risk is low."""
    gather(
        deliverable_id=review.deliverable_id,
        brand=review.brand,
        seen={"text": "Reklame for Acme: min nye creme.", "platform_tool": True, "language": "da"},
        captured_at=NOW,
        actor=Actor(legal),
        at=NOW,
    )
    review = settle(review, legal)
    DisclosureReview.objects.filter(pk=review.pk).update(risk="low", needs_second=False)
    review.refresh_from_db()
    return review


def ticked(reviews):
    """As the page sends them."""
    return {"reviews": [f"{review.pk}:{review.version}" for review in reviews]}


def test_posts_that_are_alike_are_decided_at_once(campaign, manager, legal, legal_client):
    reviews = alike(campaign, manager, legal, [1, 2])
    found = sort(reviews)
    assert [len(group.reviews) for group in found.groups] == [2], found.others
    answer = legal_client.post(PAGE, ticked(reviews))
    assert answer.status_code == 302
    decisions = DisclosureDecision.objects.order_by("review")
    assert [decision.review_id for decision in decisions] == [review.pk for review in reviews]
    [together] = {decision.together for decision in decisions}
    assert together is not None
    entries = AuditEntry.objects.filter(verb="campaigns.disclosure.decided")
    assert {entry.data["together"] for entry in entries} == {str(together)}


def test_what_is_not_alike_is_refused_and_nothing_is_decided(
    campaign, brand, manager, legal, legal_client
):
    reviews = alike(campaign, manager, legal, [1, 2])
    other = alike(running(brand, manager, name="Other"), manager, legal, [3])
    answer = legal_client.post(PAGE, ticked([*reviews, *other]))
    assert answer.status_code == 422
    assert "not of one kind" in answer.content.decode()
    DisclosureReview.objects.filter(pk=reviews[1].pk).update(risk="high")
    answer = legal_client.post(PAGE, ticked(reviews))
    assert "is of high risk" in answer.content.decode()
    assert legal_client.post(PAGE, ticked(reviews[:1])).status_code == 422
    assert legal_client.post(PAGE, {"reviews": ["x", "9999999:1"]}).status_code == 409
    assert not DisclosureDecision.objects.exists()
    assert set(DisclosureReview.objects.values_list("state", flat=True)) == {ReviewState.WAITING}


def test_one_that_changed_since_holds_all_back(campaign, manager, legal, legal_client):
    reviews = alike(campaign, manager, legal, [1, 2])
    said = ticked(reviews)
    DisclosureReview.objects.filter(pk=reviews[1].pk).update(version=99)
    assert legal_client.post(PAGE, said).status_code == 409
    assert not DisclosureDecision.objects.exists()


def test_each_of_the_others_says_why(campaign, manager, legal, legal_client):
    review = live(campaign, manager, 1)
    assert why_alone(review).startswith("The rules say “")
    draft = review_of(at_legal(campaign, manager))
    assert why_alone(draft) == "It is a draft: its gate asks for more than its disclosure."
    html = legal_client.get(PAGE).content.decode()
    assert "No two posts are alike" in html
    assert "The rules say “" in html


def test_only_legal_decides(campaign, manager, manager_client):
    assert manager_client.get(PAGE).status_code == 403
    assert manager_client.post(PAGE, {}).status_code == 403
