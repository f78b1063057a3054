"""Matches over REST."""

from __future__ import annotations

import pytest

from campaigns.models import Engagement
from segmentation.models import CreatorFacts, Match
from segmentation.services.matches import counting
from tests.campaigns.made import make_campaign
from tests.factories import NOW, RelationshipFactory
from tests.rest import rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


def test_rank_read_and_take(rest, brand, manager):
    campaign = make_campaign(brand, manager)
    row = RelationshipFactory(brand=brand)
    CreatorFacts.objects.create(brand=brand, creator=row.creator, as_of=NOW, reliability=70)
    stranger = RelationshipFactory()
    weighed = rest.send(
        "POST",
        f"campaigns/{campaign.key}/match-weights/",
        {"weights": {"reliability": 3, "load": 1}, "reason": "Who keeps their word"},
    )
    assert (weighed.status_code, weighed.json()["number"]) == (201, 1)
    asked = rest.send("POST", f"campaigns/{campaign.key}/matches/", {})
    assert (asked.status_code, asked.json()["status"]) == (202, "queued")
    counting.count(match_id=Match.objects.get().pk, at=NOW)
    match = rest.json(f"matches/{asked.json()['id']}/")
    assert (match["known"], match["candidates"], match["left_out"]) == (1, 1, {})
    (first,) = rest.json(f"matches/{match['id']}/creators/")["results"]
    assert (first["creator"], first["score"]) == (str(row.creator.uid), 77.5)
    assert [(part["factor"], part["brings"]) for part in first["parts"]] == [
        ("reliability", 52.5),
        ("load", 25.0),
    ]
    for wrong in ([str(stranger.creator.uid)], []):
        answer = rest.send("POST", f"matches/{match['id']}:take", {"creators": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/creators")
    taken = rest.send("POST", f"matches/{match['id']}:take", {"creators": [first["creator"]]})
    assert taken.json() == {"added": 1, "present": 0}
    assert Engagement.objects.get().relationship == row


def test_what_is_wrong_has_its_place(rest, brand, manager):
    campaign = make_campaign(brand, manager)
    answer = rest.send("POST", f"campaigns/{campaign.key}/matches/", {"segment": "nobody"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/segment")
    answer = rest.send("POST", "match-weights/", {"weights": {"luck": 1}, "reason": "?"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/weights")
    assert rest.send("POST", "match-lessons/", {}).status_code == 202
    again = rest.send("POST", "match-lessons/", {})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "under_way")
