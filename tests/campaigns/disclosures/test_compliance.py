"""The disclosure compliance rate: what counts, by whom and where, and when there is too little."""

from __future__ import annotations

import pytest

from campaigns.choices import DisclosureVerdict as V
from campaigns.models import Publication
from campaigns.selectors.disclosures.compliance import By, compliance, of_campaign
from campaigns.services.disclosures.again import open_again
from tests.campaigns.disclosures.worlds import judge, review_of
from tests.campaigns.publishing.pieces import DAY, piece, producing, published, running
from tests.factories import NOW
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db
FOUND = (V.MISSING, V.MISSING, V.UNCLEAR, V.NOT_REQUIRED)


@pytest.fixture
def world(brand, manager, legal):
    """Four posts of one creator in DK; the first was put right since."""
    campaign = running(brand, manager)
    engagement = producing(campaign, segment="educators")
    for number, verdict in enumerate(FOUND):
        found = piece(engagement, title=f"Reel {number}")
        published(found, NOW - DAY, url=f"https://www.instagram.com/p/D{number}/", actor=manager)
        judge(review_of(found, "live"), legal, verdict, "As it was.")
    first = Publication.objects.order_by("pk").first().deliverable
    again = open_again(
        review_id=review_of(first, "live").pk, brand=brand, why="Edited.", actor=legal, at=NOW
    )
    judge(again, legal, V.NOT_REQUIRED, "Nothing was given.", at=NOW + DAY)
    return campaign


@pytest.mark.parametrize(
    ("by", "key"), [(By.ALL, ""), (By.SEGMENT, "educators"), (By.JURISDICTION, "DK")]
)
def test_what_counts(brand, world, by, key):
    [row] = compliance(brand, by=by, starts_on=NOW.date(), ends_on=NOW.date())
    assert (row.key, row.first.hits, row.first.of) == (key, 0, 3)
    assert (row.now.hits, row.now.of) == (0, 2)
    assert row.first.words == "0 of 3, too few for a rate"


def test_a_campaign_a_time_and_another_brand(brand, other_brand, world):
    assert of_campaign(brand, world.key).first.of == 3
    assert of_campaign(brand, "nowhere").first.of == 0
    assert compliance(brand, starts_on=NOW.date() + DAY, ends_on=NOW.date() + DAY) == []
    assert compliance(other_brand, starts_on=NOW.date(), ends_on=NOW.date()) == []


def test_the_report_says_it_in_a_line(brand, legal_client, world):
    page = legal_client.get(f"/acme/campaigns/{world.key}/report/").content.decode()
    assert "0 of 3, too few for a rate when legal first looked; 0 of 2 by now." in page


def test_over_rest(brand, legal, world):
    rest = rest_as(legal, brand)
    day = NOW.date().isoformat()
    found = rest.json("disclosure-compliance/", by="campaign", starts_on=day, ends_on=day)
    [row] = found["results"]
    assert row == {
        "key": world.key,
        "name": world.name,
        "sufficient": 0,
        "needed": 3,
        "rate": None,
        "interval": None,
        "sufficient_now": 0,
        "needed_now": 2,
        "words": "0 of 3, too few for a rate",
    }
    answer = rest.get("disclosure-compliance/", starts_on="2026-12-02", ends_on="2026-12-01")
    assert_problem(answer, 400)
