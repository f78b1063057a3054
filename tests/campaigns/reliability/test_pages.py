"""Reliability on pages and over REST."""

from __future__ import annotations

from django.test import Client

from campaigns.choices import EngagementStage
from campaigns.models import ReliabilityReading
from crm.models import Brand, Relationship, User
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, RelationshipFactory
from tests.rest import assert_problem, rest_as


def test_pages(brand: Brand, analyst_client: Client, legal_client: Client) -> None:
    place = engage(make_campaign(brand), EngagementStage.LIVE)
    creator = place.relationship.creator
    page = f"/{brand.slug}/creators/{creator.uid}/reliability/"
    assert "Not computed yet" in analyst_client.get(page).content.decode()
    assert legal_client.post(f"{page}now/").status_code == 403
    assert not ReliabilityReading.objects.exists()
    assert analyst_client.post(f"{page}now/").status_code == 302
    text = analyst_client.get(page).content.decode()
    assert "Too little is known" in text
    assert "1 of 1" in text
    listed = analyst_client.get(f"/{brand.slug}/legal/reliability/").content.decode()
    assert creator.name in listed
    assert "too few" in listed
    file = analyst_client.get(f"/{brand.slug}/legal/reliability/export.csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("creator,score,from,to,events,drafts on time: good")
    assert lines[1].startswith(f"{creator.name},,,,1,0,0,")


def test_over_rest(brand: Brand, analyst: User, legal: User, outsider: User) -> None:
    relationship = engage(make_campaign(brand), EngagementStage.LIVE).relationship
    uid = relationship.creator.uid
    rest = rest_as(analyst, brand)
    assert_problem(rest.get(f"reliability/{uid}/"), 404)
    assert_problem(rest_as(legal, brand).send("POST", f"reliability/{uid}:compute", {}), 403)
    made = rest.send("POST", f"reliability/{uid}:compute", {})
    assert made.status_code == 200
    body = made.json()
    assert (body["score"], body["events"], len(body["quarters"])) == (None, 1, 8)
    kept = next(one for one in body["components"] if one["key"] == "kept")
    assert (kept["good"], kept["of"], kept["share"]) == (1, 1, None)
    assert rest.json("reliability/")["count"] == 1
    assert rest.json("reliability/", below=50)["results"] == []
    stranger = RelationshipFactory(brand=brand)
    Relationship.objects.filter(pk=stranger.pk).update(unprofiled_at=NOW)
    assert_problem(rest.send("POST", f"reliability/{stranger.creator.uid}:compute", {}), 404)
    assert ReliabilityReading.objects.count() == 1
