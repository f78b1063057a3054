"""The pages of matches: asked, looked at, taken from, weighed, and taken out as a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.models import Engagement
from crm.models import AuditEntry
from segmentation.models import CreatorFacts, Match, MatchWeights
from segmentation.services.judged import judged
from segmentation.services.matches import counting
from tests.campaigns.made import make_campaign
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager)


def known(brand, count, **facts):
    for n in range(count):
        row = RelationshipFactory(brand=brand, creator__name=f"Creator {n:02}")
        CreatorFacts.objects.create(
            brand=brand, creator=row.creator, as_of=NOW, reliability=90 - n, **facts
        )


def page(name, campaign, *more):
    return reverse(f"segmentation:{name}", args=[campaign.brand.slug, campaign.key, *more])


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_from_the_question_to_the_shortlist(manager_client, campaign, brand):
    known(brand, 3)
    answer = manager_client.post(page("matches", campaign), {"price_limit": "120"})
    match = Match.objects.get()
    assert answer["Location"] == page("match", campaign, match.pk)
    assert "Creators are being ranked" in text(manager_client.get(answer["Location"]))
    fragment = manager_client.get(f"{answer['Location']}?state=1", headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    counting.count(match_id=match.pk, at=NOW)
    fragment = manager_client.get(f"{answer['Location']}?state=1", headers={"HX-Request": "true"})
    assert fragment["HX-Refresh"] == "true"
    shown = text(manager_client.get(answer["Location"]))
    assert "3 of 3 creators; the first 3 are kept here" in shown
    assert "Reliability: 90 of 100: 90 points x 2, brings 45.0" in shown
    assert "Reviews: not known, its weight of 3 is left out" in shown
    assert "Nobody was left out." in shown
    first = match.rows.get(rank=1)
    refused = manager_client.post(answer["Location"])
    assert (refused.status_code, "Tick at least one creator." in text(refused)) == (422, True)
    taken = manager_client.post(answer["Location"], {"picked": [first.relationship_id, "x"]})
    assert taken["Location"] == reverse("campaigns:shortlist", args=[brand.slug, campaign.key])
    assert Engagement.objects.get().relationship_id == first.relationship_id
    assert "in the campaign" in text(manager_client.get(answer["Location"]))
    listed = text(manager_client.get(page("matches", campaign)))
    assert "3 of 3" in listed
    assert "0 of 3" in listed


def test_whoever_objects_is_shown_and_taken_no_more(manager_client, campaign, brand):
    known(brand, 2)
    manager_client.post(page("matches", campaign), {})
    match = Match.objects.get()
    counting.count(match_id=match.pk, at=NOW)
    objects = match.rows.get(rank=1).relationship
    objects.unprofiled_at = NOW
    objects.save()
    url = page("match", campaign, match.pk)
    assert text(manager_client.get(url)).count("data-row") == 1
    file = manager_client.get(page("match_csv", campaign, match.pk))
    assert b"Creator 00" not in b"".join(file.streaming_content)
    refused = manager_client.post(url, {"picked": [objects.pk]})
    assert (refused.status_code, "not in this match" in text(refused)) == (422, True)
    assert not Engagement.objects.exists()


def test_a_bad_question_is_told_beside_its_field(manager_client, campaign):
    answer = manager_client.post(page("matches", campaign), {"price_limit": "-1"})
    assert answer.status_code == 422
    assert "more than zero" in text(answer)
    campaign.status = "cancelled"
    campaign.save()
    late = manager_client.post(page("matches", campaign), {})
    assert (late.status_code, "Open it again to look for" in text(late)) == (422, True)
    assert not Match.objects.exists()


def test_the_page_asks_as_often_for_many_as_for_few(
    analyst_client, campaign, brand, django_assert_max_num_queries
):
    known(brand, 40)
    match = Match.objects.create(
        campaign=campaign,
        weights=MatchWeights.objects.create(
            brand=brand, number=1, weights={"reliability": 1}, origin="usual", reason="-",
            created_at=NOW,
        ),
        requested_at=NOW,
    )  # fmt: skip
    counting.count(match_id=match.pk, at=NOW)
    with django_assert_max_num_queries(14):
        answer = analyst_client.get(page("match", campaign, match.pk))
    assert text(answer).count("data-row") == 40
    assert 'type="checkbox"' not in text(answer)


def test_the_file_has_each_factor_and_is_written_down(analyst_client, campaign, brand):
    known(brand, 2)
    analyst_client.get(page("matches", campaign))
    weights = MatchWeights.objects.create(
        brand=brand, number=1, weights={"reliability": 2, "load": 2}, origin="usual",
        reason="-", created_at=NOW,
    )  # fmt: skip
    match = Match.objects.create(campaign=campaign, weights=weights, requested_at=NOW)
    counting.count(match_id=match.pk, at=NOW)
    answer = analyst_client.get(page("match_csv", campaign, match.pk))
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [(row["place"], row["name"], float(row["score"])) for row in rows] == [
        ("1", "Creator 00", 95.0),
        ("2", "Creator 01", 94.5),
    ]
    assert float(rows[0]["reliability_brings"]) == 45
    assert AuditEntry.objects.filter(verb="segmentation.match.exported").count() == 1


def test_weights_are_saved_as_a_version_with_a_reason(manager_client, campaign, brand):
    fields = dict.fromkeys(
        ("fit", "score", "audience", "platform", "engagement", "results", "reliability",
         "freshness", "load", "price", "overlap"), "0",
    )  # fmt: skip
    url = page("match_weights", campaign)
    nothing = manager_client.post(url, {**fields, "seen": "0", "reason": "None"})
    assert (nothing.status_code, "Something has to count" in text(nothing)) == (422, True)
    silent = manager_client.post(url, {**fields, "fit": "5", "seen": "0", "reason": ""})
    assert silent.status_code == 422
    saved = manager_client.post(url, {**fields, "fit": "5", "seen": "0", "reason": "Taste"})
    assert saved["Location"] == page("matches", campaign)
    assert MatchWeights.objects.get().campaign == campaign
    assert "Version 1 of this campaign: Taste" in text(manager_client.get(saved["Location"]))
    brand_url = reverse("segmentation:match_brand_weights", args=[brand.slug])
    manager_client.post(brand_url, {**fields, "load": "1", "seen": "0", "reason": "All"})
    assert MatchWeights.objects.filter(campaign=None).get().weights["load"] == 1


def test_the_copy_of_somebodys_data_has_where_they_stood(manager_client, campaign, brand):
    known(brand, 2)
    # Who was left out stands nowhere, and is not counted among those ranked.
    RelationshipFactory(brand=brand, stage="declined")
    manager_client.post(page("matches", campaign), {"price_limit": "120"})
    first = Match.objects.get()
    counting.count(match_id=first.pk, at=NOW)
    row = first.rows.get(rank=2)
    [told] = judged(row.relationship)
    of_campaign = f"Ranking for the campaign “{campaign.name}”"
    assert told.what == f"{of_campaign}: place 2 of 2, {row.score:.1f} of 100"
    assert "Reliability: 89 of 100 (weight 2)" in told.logic
    assert "Reviews: not known (weight 3)" in told.logic
    assert told.since == NOW
    # Of a campaign the newest one counts.
    manager_client.post(page("matches", campaign), {"price_limit": "120"})
    counting.count(match_id=Match.objects.latest("pk").pk, at=NOW + timedelta(days=1))
    assert [one.since for one in judged(row.relationship)] == [NOW + timedelta(days=1)]
