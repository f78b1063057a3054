"""The demo brand's judgement: audiences, a comparison of scores, a ranking, a map, topics."""

from __future__ import annotations

import pytest

from campaigns.models import RisingTopic
from campaigns.services.made_up_campaigns import fill_campaigns
from crm.services import demo, made_up, made_up_words
from segmentation.models import (
    AudienceSegment,
    Cluster,
    ClusterMap,
    Match,
    ScoreComparison,
)
from segmentation.services.clusters import building
from tests.factories import NOW

pytestmark = pytest.mark.django_db
KEYS = ("scores", "audiences", "comparisons", "matches", "clusters", "topics")


def test_the_demo_brand_has_judgement(brand, manager, analyst, strategist) -> None:
    made_up.fill(brand=brand, creators=120, seed=1, at=NOW)
    made_up_words.fill_comments(brand=brand, seed=1, at=NOW)
    fill_campaigns(brand=brand, seed=1, at=NOW)
    parts = {part.key: part.fill for part in demo.PARTS}
    counted = {key: parts[key](brand=brand, seed=1, at=NOW) for key in KEYS}
    topics = counted.pop("topics")
    assert counted == {"scores": 1, "audiences": 2, "comparisons": 1, "matches": 1, "clusters": 1}
    # Hashtags that rose a fortnight ago are told from the twelve weeks before.
    assert topics == RisingTopic.objects.count() > 0
    assert AudienceSegment.objects.get(key="young-families").segments.get().key == "niche-parenting"
    match = Match.objects.get()
    assert (match.status, match.rows.filter(rank=1).exists()) == ("done", True)
    assert match.rows.get(rank=1).score > 50
    comparison = ScoreComparison.objects.get()
    assert comparison.status == "done"
    assert comparison.result["top"]["shared"] < 50
    building.make(map_id=ClusterMap.objects.get().pk, at=NOW)
    assert Cluster.objects.filter(size__gte=5).count() > 2
    # A second time there is nothing to add.
    again = {key: parts[key](brand=brand, seed=1, at=NOW) for key in counted}
    assert again == counted
