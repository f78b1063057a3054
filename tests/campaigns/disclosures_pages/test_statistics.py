"""Statistics of reviews: exact hours, shares and agreement, and words where there are too few."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.choices import ReviewState
from campaigns.models import DisclosureDecision, DisclosureReview
from campaigns.selectors.disclosures.statistics import statistics_of
from campaigns.services.deliverables.hours import Week
from tests.campaigns.publishing.pieces import piece, producing, running

pytestmark = pytest.mark.django_db
WEEK = Week(ZoneInfo("UTC"))
# A Monday at nine.
OPENED = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def decided(brand, manager, legal):
    """A review that took so many working hours of one day, by one person or two."""
    place = producing(running(brand, manager), owner=manager)

    def make(hours, verdict="sufficient", second=""):
        review = DisclosureReview.objects.create(
            brand=brand,
            deliverable=piece(place),
            stage="live",
            state=ReviewState.DECIDED,
            opened_at=OPENED,
            due_at=OPENED + 4 * HOUR,
            verdict=verdict,
            decided_at=OPENED + hours * HOUR,
        )
        finding = review.findings.create(
            made_at=OPENED,
            on=OPENED.date(),
            verdict="sufficient",
            strictest="DK",
            case={},
            result={},
            digest="0" * 64,
        )
        DisclosureReview.objects.filter(pk=review.pk).update(finding=finding)
        for number, one in enumerate([verdict, second] if second else [verdict]):
            DisclosureDecision.objects.create(
                review=review,
                finding=finding,
                verdict=one,
                is_second=bool(number),
                by=legal,
                at=review.decided_at,
            )
        return review

    return make


def found(brand):
    return statistics_of(brand, WEEK, OPENED, OPENED + timedelta(days=7))


def test_hours_are_those_of_work_and_few_say_nothing(brand, decided):
    for hours in (1, 2, 3, 6):
        decided(hours)
    few = found(brand)
    assert (few.number, few.times[0].median, few.times[0].late_share) == (4, None, None)
    decided(8)
    all_of_them, draft, live, campaign = found(brand).times
    assert (all_of_them.number, all_of_them.late, all_of_them.late_share) == (5, 2, 0.4)
    assert (all_of_them.median, all_of_them.ninetieth) == (3.0, 8.0)
    assert (draft.name, draft.number) == ("Before publication", 0)
    assert (live.name, live.number) == ("Published", 5)
    assert (campaign.name, campaign.median) == ("Spring launch", 3.0)


def test_what_was_found_by_jurisdiction_and_platform(brand, decided):
    decided(1)
    decided(1, "missing")
    [by_jurisdiction] = found(brand).by_jurisdiction
    assert (by_jurisdiction.name, by_jurisdiction.counts) == ("DK", {"sufficient": 1, "missing": 1})
    [by_platform] = found(brand).by_platform
    assert (by_platform.name, by_platform.number) == ("Instagram", 2)
    assert found(brand).rounds == {1: 2}


def test_agreement_says_when_there_is_too_little(brand, decided):
    assert found(brand).between_people.reason == "Nothing was judged by two people yet."
    decided(1, "missing", second="sufficient")
    people = found(brand).between_people
    assert (people.units, people.same, people.alpha) == (1, 0, None)
    assert people.reason.startswith("Too few: 1 of at least")
    rules = found(brand).with_rules
    assert (rules.units, rules.same) == (2, 1)


def test_the_page_and_its_file(brand, decided, legal_client):
    html = legal_client.get("/acme/legal/reviews/statistics/").content.decode()
    assert "Nothing was decided in this time" in html or "From opened to decided" in html
    answer = legal_client.get("/acme/legal/reviews/statistics.csv?days=365")
    assert answer.status_code == 200
    assert b"Working hours" in b"".join(answer.streaming_content)


def test_a_longer_period_costs_no_more_queries(brand, decided, django_assert_num_queries):
    decided(1)
    with django_assert_num_queries(2):
        found(brand)
    for hours in (2, 3, 4):
        decided(hours)
    with django_assert_num_queries(2):
        found(brand)
