"""Publications and reports over REST."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.choices import DeliverableState
from campaigns.models import Deliverable, Publication, ReportCopy
from crm.choices import Scope
from tests.campaigns.publishing.pieces import URL, piece, producing, published, running
from tests.factories import NOW
from tests.rest import assert_problem, rest_as, walk

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def campaign(brand, manager):
    return running(brand, manager)


@pytest.fixture
def ready(campaign):
    return piece(producing(campaign))


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def test_a_piece_is_planned_published_and_told_gone(rest, ready):
    soon = (timezone.now() + 48 * HOUR).isoformat()
    answer = rest.send("POST", f"publications/{ready.pk}:plan", {"version": 1, "publish_at": soon})
    assert answer.status_code == 200, answer.content
    assert answer.json()["standing"] == "ready"
    past = (timezone.now() - HOUR).isoformat()
    sent = {"version": 2, "url": URL, "published_at": past}
    answer = rest.send("POST", f"publications/{ready.pk}:publish", sent)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["standing"], body["url"], body["version"]) == ("published", URL, 3)
    sent = {"seen_at": timezone.now().isoformat(), "note": "Page not found"}
    answer = rest.send("POST", f"publications/{ready.pk}:gone", sent)
    assert answer.json()["standing"] == "gone"
    [row] = walk(rest, "publications/missing/")
    assert (row["missing"], row["why"]) == ("gone", "Nobody has ever seen it at its address.")


def test_what_is_wrong_is_named_by_its_place_and_changes_nothing(rest, ready, campaign):
    act = f"publications/{ready.pk}:publish"
    past = (timezone.now() - HOUR).isoformat()
    wrong = {"version": 1, "url": "https://tiktok.com/@a/video/1", "published_at": past}
    body = assert_problem(rest.send("POST", act, wrong), 400, "bad_address")
    assert body["errors"][0]["pointer"] == "/url"
    late = {"version": 1, "url": URL, "published_at": (timezone.now() + HOUR).isoformat()}
    assert_problem(rest.send("POST", act, late), 400, "in_the_future")
    assert_problem(
        rest.send("POST", act, late | {"published_at": past, "version": 9}), 409, "outdated"
    )
    early = piece(ready.engagement, DeliverableState.PLANNED, title="Early")
    sent = {"version": 1, "url": URL, "published_at": past}
    answer = rest.send("POST", f"publications/{early.pk}:publish", sent)
    assert_problem(answer, 409, "reason_needed")
    close = {"version": 1, "publish_at": "2027-02-01T12:00:00Z"}
    body = assert_problem(rest.send("POST", f"publications/{ready.pk}:plan", close), 400)
    assert body["errors"][0]["code"] == "look_first"
    assert not Publication.objects.exists()
    assert Deliverable.objects.get(pk=ready.pk).version == 1


def test_a_mistake_is_put_right_and_taken_back(rest, ready):
    published(ready)
    sent = {"version": 2, "url": "https://instagram.com/p/other/"}
    answer = rest.send("POST", f"publications/{ready.pk}:readdress", sent)
    assert answer.json()["url"] == "https://instagram.com/p/other/"
    answer = rest.send("POST", f"publications/{ready.pk}:unpublish", {"reason": "Wrong piece"})
    assert answer.json()["state"] == "approved"


def test_the_list_asks_the_same_for_more_and_shows_one_brand(
    rest, ready, outsider, other_brand, django_assert_max_num_queries
):
    for number in range(5):
        published(piece(ready.engagement), url=f"https://instagram.com/p/a{number}/")
    with django_assert_max_num_queries(6):
        assert len(walk(rest, "publications/")) == 6
    assert rest.json(f"publications/{ready.pk}/")["title"] == "Reel about serum"
    elsewhere = rest_as(outsider, other_brand)
    assert walk(elsewhere, "publications/") == []
    assert elsewhere.get(f"publications/{ready.pk}/").status_code == 404
    answer = elsewhere.send("POST", f"publications/{ready.pk}:unpublish", {"reason": "x"})
    assert answer.status_code == 404


def test_the_report_and_its_copies(rest, ready, campaign, brand, analyst, outsider, other_brand):
    published(ready, NOW)
    report = rest.json(f"campaigns/{campaign.key}/report/")
    figure = next(one for one in report["figures"] if one["key"] == "all:published")
    assert (figure["value"], figure["basis"]) == (1, "measured")
    made = rest.send("POST", f"campaigns/{campaign.key}/report/copies/", {})
    assert made.status_code == 201
    [copy] = rest.json(f"campaigns/{campaign.key}/report/copies/")["results"]
    assert copy == made.json()
    whole = rest.json(f"campaigns/{campaign.key}/report/copies/{copy['id']}/")
    assert whole["report"]["campaign"]["name"] == "Spring launch"
    reader = rest_as(analyst, brand, [Scope.CAMPAIGNS_READ])
    assert reader.get(f"campaigns/{campaign.key}/report/").status_code == 200
    assert_problem(reader.send("POST", f"campaigns/{campaign.key}/report/copies/", {}), 403)
    assert ReportCopy.objects.count() == 1
    elsewhere = rest_as(outsider, other_brand)
    assert elsewhere.get(f"campaigns/{campaign.key}/report/").status_code == 404
    assert elsewhere.get(f"campaigns/{campaign.key}/report/copies/{copy['id']}/").status_code == 404
