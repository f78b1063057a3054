"""Rules kept for batches of few creators: what they say is always that of now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import Creator, FactChange, Niche
from segmentation.choices import Trigger
from segmentation.models import Run, Segment
from segmentation.rules import text
from segmentation.services import evaluation, ledger, outbox
from segmentation.services.evaluation import kept
from segmentation.services.segments import archive_segment, reword_rule
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import (
    BEFORE,
    LATER,
    creator_with,
    give_followers,
    members,
    post,
    run_now,
)

pytestmark = pytest.mark.django_db


def look_again(brand, *creators: Creator, at=LATER) -> None:
    """The creators' facts have changed."""
    for creator in creators:
        FactChange.objects.create(brand=brand, creator=creator, cause="test")
    outbox.drain(at=at)


@pytest.fixture
def big(brand) -> Segment:
    return segment_of(dimension_of(brand), "big", "followers >= 1_000")


def test_rules_are_compiled_once_for_many_batches(brand, big, monkeypatch):
    creator = creator_with(brand, 10)
    run_now(brand)
    give_followers(creator, 5_000, NOW)
    look_again(brand, creator)

    def fail(*_args, **_more):
        raise AssertionError("compiled again")

    monkeypatch.setattr(kept.RuleCompiler, "judge", fail)
    give_followers(creator, 20, LATER)
    look_again(brand, creator, at=LATER + timedelta(hours=1))
    assert members(big) == set()


def test_a_reworded_rule_decides_from_the_next_batch_on(brand, big):
    creator = creator_with(brand, 500)
    run_now(brand)
    look_again(brand, creator)
    assert members(big) == set()
    reword_rule(segment_id=big.pk, rule=text.parse("followers >= 100"), at=LATER, actor=None)
    look_again(brand, creator, at=LATER + timedelta(hours=1))
    assert members(big) == {creator.pk}


def test_further_segments_and_archived_ones(brand, big):
    creator = creator_with(brand, 5_000)
    run_now(brand)
    look_again(brand, creator)
    more = segment_of(big.dimension, "more", "followers >= 2_000")
    archive_segment(segment_id=big.pk, at=LATER, actor=None)
    look_again(brand, creator, at=LATER + timedelta(hours=1))
    assert (members(big), members(more)) == (set(), {creator.pk})


def test_a_window_counts_from_each_batch(brand):
    """Last 30 days are others from one day to the next, though the rule is compiled once."""
    creator = creator_with(brand)
    post(creator, days_ago=20)
    fresh = segment_of(dimension_of(brand), "fresh", "last_post_at within last 30 days")
    run_now(brand)
    for days, found in ((9, {creator.pk}), (11, set())):
        look_again(brand, creator, at=NOW + timedelta(days=days))
        assert members(fresh) == found


def test_words_that_rules_use_are_those_of_now(brand):
    """A rule breaks when the niche that it names is gone, and says so in the same batch."""
    niche = Niche.objects.create(key="slime", label="Slime")
    creator = creator_with(brand)
    slimy = segment_of(dimension_of(brand), "slimy", "niches none of (slime)")
    run_now(brand)
    look_again(brand, creator)
    niche.delete()
    look_again(brand, creator, at=LATER + timedelta(hours=1))
    slimy.refresh_from_db()
    assert slimy.status == "broken"
    assert "slime" in slimy.broken_reason


def test_a_batch_says_what_is_missing(brand, big):
    lost, known = creator_with(brand, 5_000), creator_with(brand, 5_000)
    run_now(brand)
    assert members(big) == {lost.pk, known.pk}
    lost.profiles.get().snapshots.all().delete()
    give_followers(known, 10, NOW)
    look_again(brand, lost, known)
    found = Run.objects.get(trigger=Trigger.FACTS).segments.get()
    assert (found.members, found.joined, found.left) == (0, 0, 2)
    assert (found.unknown, found.missing, found.near) == (1, {"followers": 1}, {})


def test_one_statement_for_all_that_a_batch_must_know(brand, big, django_assert_num_queries):
    creator = creator_with(brand, since=BEFORE)
    run_now(brand)
    ledger.lock(brand)
    kept.plan_for(kept.read_standing(brand.pk, [creator.pk], NOW), NOW)
    with django_assert_num_queries(1):
        standing = kept.read_standing(brand.pk, [creator.pk], NOW)
        plan, _ = kept.plan_for(standing, NOW)
    assert (standing.is_segmented, standing.ledger_at) == (True, NOW)
    assert [one.key for one in plan.judged] == ["big"]
    assert evaluation.diff_query(plan).text.count("f.followers") > 0
