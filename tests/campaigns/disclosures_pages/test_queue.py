"""Legal's queue: whose turn, in which order, how narrowed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.models import DisclosureReview, ReviewPlan
from campaigns.selectors.disclosures.queue import DUE_FIRST, RISK_FIRST, for_person, reviews_of
from crm.paging import paginate
from tests.campaigns.deliverables.worlds import active
from tests.campaigns.disclosures.worlds import at_legal, review_of
from tests.factories import NOW

pytestmark = pytest.mark.django_db

QUEUE = "/acme/legal/reviews/"


@pytest.fixture
def three(brand, manager):
    """Low, high and medium risk, in the order in which they are due."""
    campaign = active(brand, manager)
    found = []
    for number, risk in enumerate(("low", "high", "medium")):
        review = review_of(at_legal(campaign, manager, title=f"Piece {number}"))
        due_at = review.opened_at + timedelta(hours=number + 1)
        DisclosureReview.objects.filter(pk=review.pk).update(risk=risk, due_at=due_at)
        found.append(review)
    return found


def titles(html: str) -> list[str]:
    """The pieces of a page in their order."""
    return sorted((f"Piece {n}" for n in range(3) if f"Piece {n}" in html), key=html.index)


def test_an_empty_queue_says_what_it_is_for(legal_client):
    answer = legal_client.get(QUEUE + "?whose=all")
    assert answer.status_code == 200
    assert "Nothing waits for a look at its disclosure" in answer.content.decode()


def test_by_due_date_or_by_risk_page_by_page(brand, three, legal_client):
    assert titles(legal_client.get(QUEUE).content.decode()) == ["Piece 0", "Piece 1", "Piece 2"]
    html = legal_client.get(QUEUE + "?order=risk").content.decode()
    assert titles(html) == ["Piece 1", "Piece 2", "Piece 0"]
    for order, wanted in ((DUE_FIRST, [0, 1, 2]), (RISK_FIRST, [1, 2, 0])):
        met, cursor = [], None
        while True:
            page = paginate(reviews_of(brand).open(), order, cursor=cursor, size=1)
            met += [three.index(review) for review in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert met == wanted


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("risk=high", ["Piece 1"]),
        ("stage=live", []),
        ("jurisdiction=dk&engine=", ["Piece 0", "Piece 1", "Piece 2"]),
        ("jurisdiction=FR", []),
        ("platform=tiktok", []),
        ("is_late=true", ["Piece 0", "Piece 1", "Piece 2"]),
        ("risk=nonsense&creator=x", ["Piece 0", "Piece 1", "Piece 2"]),
    ],
)
def test_the_queue_is_narrowed(three, legal_client, asked, wanted):
    DisclosureReview.objects.update(due_at=NOW, opened_at=NOW)
    html = legal_client.get(f"{QUEUE}?{asked}", headers={"HX-Request": "true"}).content.decode()
    assert titles(html) == wanted


def test_mine_are_those_that_i_may_decide(brand, manager, legal, admin_user, three):
    def mine(user, role):
        return for_person(reviews_of(brand).open(), user, role, brand, NOW.date()).count()

    assert (mine(legal, "legal"), mine(manager, "manager"), mine(admin_user, "admin")) == (3, 0, 3)
    DisclosureReview.objects.filter(pk=three[0].pk).update(requested_by=legal)
    assert mine(legal, "legal") == 2
    campaign = three[0].deliverable.engagement.campaign
    ReviewPlan.objects.create(campaign=campaign, gates=["legal"], legal_keeper=admin_user)
    assert (mine(legal, "legal"), mine(admin_user, "admin")) == (0, 3)


def test_a_longer_queue_costs_no_more_queries(
    brand, manager, three, legal_client, django_assert_num_queries
):
    legal_client.get(QUEUE)
    with django_assert_num_queries(12):
        legal_client.get(QUEUE)
