"""The demo brand's judgement: audiences, scores, rankings, plans, a content test, a map, topics."""

from __future__ import annotations

import pytest
from django.db import connection

from campaigns.models import DisclosureHint, KeywordUse, RisingTopic
from campaigns.services.made_up_campaigns import fill_campaigns
from crm.services import demo, made_up, made_up_words
from segmentation.models import (
    AudienceSegment,
    BudgetPlan,
    Cluster,
    ClusterMap,
    ContentReading,
    Match,
    ScoreBacktest,
    ScoreComparison,
)
from segmentation.services.budgets import asking as budgets
from segmentation.services.clusters import building
from tests.factories import NOW

pytestmark = pytest.mark.django_db
COUNTS = {
    "scores": 1,
    "audiences": 2,
    "comparisons": 1,
    "backtests": 2,
    "matches": 1,
    "looks": 120,
    "budgets": 2,
    "content_tests": 1,
    "clusters": 1,
    "keywords": 1,
    "hints": 12,
}


def test_the_demo_brand_has_judgement(brand, manager, analyst, strategist, legal) -> None:
    made_up.fill(brand=brand, creators=120, seed=1, at=NOW)
    made_up_words.fill_comments(brand=brand, seed=1, at=NOW)
    fill_campaigns(brand=brand, seed=1, at=NOW)
    with connection.cursor() as cursor:
        # As autovacuum would: else plans are those of tables that a test before left empty.
        cursor.execute("ANALYZE crm_creator, crm_post, crm_postcomment, crm_profile")
        cursor.execute("ANALYZE crm_metricsnapshot, crm_relationship, crm_creatormetrics")
    parts = {part.key: part.fill for part in demo.PARTS}
    topics = parts["topics"](brand=brand, seed=1, at=NOW)
    told = parts["forecasts"](brand=brand, seed=1, at=NOW)
    assert told > 60
    assert {key: parts[key](brand=brand, seed=1, at=NOW) for key in COUNTS} == COUNTS
    # Hashtags that rose a fortnight ago are told from the twelve weeks before.
    assert topics == RisingTopic.objects.count() > 0
    assert AudienceSegment.objects.get(key="young-families").segments.get().key == "niche-parenting"
    match = Match.objects.get()
    assert (match.status, match.rows.filter(rank=1).exists()) == ("done", True)
    assert match.rows.get(rank=1).score > 50
    comparison = ScoreComparison.objects.get()
    assert comparison.status == "done"
    assert comparison.result["top"]["shared"] < 50
    for backtest in ScoreBacktest.objects.all():
        assert (backtest.status, backtest.result["creators"] > 30) == ("done", True)
    for plan in BudgetPlan.objects.all():
        budgets.allocate(plan_id=plan.pk, at=NOW)
    plans = BudgetPlan.objects.order_by("pk")
    assert [(plan.status, plan.result["creators"] > 5) for plan in plans] == [("done", True)] * 2
    assert plans[0].result["brings"] > plans[1].result["brings"]
    [first, second] = ContentReading.objects.order_by("number")
    assert first.status == second.status == "done"
    better = second.result["comparisons"][0]
    assert better["lift"] > 0.3
    uses = KeywordUse.objects.filter(keyword__query="evening routine", is_exact=True)
    assert uses.exists()
    # No two of them say the same.
    sentences = DisclosureHint.objects.values_list("sentence", flat=True)
    assert len({sentence.split("#")[-1] for sentence in sentences}) == 12
    building.make(map_id=ClusterMap.objects.get().pk, at=NOW)
    assert Cluster.objects.filter(size__gte=5).count() > 2
    # A second time there is nothing to add.
    assert {key: parts[key](brand=brand, seed=1, at=NOW) for key in COUNTS} == COUNTS
