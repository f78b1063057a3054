"""Two versions of a score side by side, and a score against what came later."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import numpy as np
import pytest
from django.utils import timezone
from scipy import stats

from crm.models import Post, Profile, Relationship
from segmentation.choices import BacktestOutcome
from segmentation.models import CreatorScore, ScoreBacktest, ScoreComparison, ScoreMove
from segmentation.scoring import ranks
from segmentation.scoring.definition import read_definition
from segmentation.scoring.differences import differences
from segmentation.services.edits import EditRefused
from segmentation.services.scores import backtesting, comparing, writing
from tests.factories import NOW
from tests.segmentation.scores.building import BOND, REACH, counted, world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OTHER = {
    "least_known": 0.5,
    "components": [
        {**REACH, "weight": 20, "scale": {"kind": "percentile"}},
        {**BOND, "weight": 80},
    ],
}


@pytest.fixture
def fit(brand):
    world(brand)
    return counted(brand)


def reworded(model, definition=OTHER):
    return writing.save_version(
        model_id=model.pk,
        name="Fit",
        purpose="P",
        # A copy: a test changes what it was given.
        definition=deepcopy(definition),
        reason="Bond counts more",
        actor=None,
        at=NOW,
    )


def compared(model, actor=None):
    first, second = model.versions.get(number=1), reworded(model)
    found = comparing.request_comparison(first=first, second=second, actor=actor, at=NOW)
    comparing.compare(comparison_id=found.pk, at=NOW)
    found = ScoreComparison.objects.get()
    assert (found.status, found.error) == ("done", "")
    return found


def test_a_draft_is_compared_with_what_is_in_use_and_nobody_is_scored_by_it(fit):
    before = set(CreatorScore.objects.values_list("creator_id", "score"))
    found = compared(fit)
    assert set(CreatorScore.objects.values_list("creator_id", "score")) == before
    held = dict(before)
    # The moves repeat what was counted, and ranks are as plain Python has them.
    for move in found.moves.all():
        assert move.first_score == pytest.approx(held[move.creator_id], abs=1e-4)
        better = sum(score > held[move.creator_id] + 1e-9 for score in held.values())
        assert move.first_rank == better + 1
    assert found.result["both"] == len(held)
    assert sum(cell[2] for cell in found.result["grid"]) == len(held)
    assert found.result["top"]["size"] == min(50, len(held) // 2)
    assert 0 < found.result["spearman"]["value"] < 1


def test_the_page_names_movers_parts_and_differences(fit, analyst, analyst_client):
    found = compared(fit, analyst)
    answer = analyst_client.get(f"/acme/score-comparisons/{found.pk}/")
    told = answer.context["told"]
    ranks_differ = (
        "“Reach” becomes points by rank among creators of the same primary platform; in the second "
        "by rank among all creators."
    )
    assert told.differences == [
        "“Reach” weighs 60% in the first, 20% in the second.",
        ranks_differ,
        "“Bond” weighs 40% in the first, 80% in the second.",
    ]
    for one in (*told.rising, *told.falling):
        change = one.move.second_score - one.move.first_score
        assert sum(part.change for part in one.parts) == pytest.approx(change, abs=0.2)
    assert told.rising
    assert all(one.places > 0 for one in told.rising)
    words = answer.content.decode()
    assert told.rising[0].creator.name in words
    # Who objects since is not named any more.
    gone = told.rising[0].creator
    Relationship.objects.filter(creator=gone).update(unprofiled_at=NOW)
    told = analyst_client.get(f"/acme/score-comparisons/{found.pk}/").context["told"]
    assert gone not in [one.creator for one in (*told.rising, *told.falling)]


def test_components_that_read_the_same_fact_are_compared_in_their_order(brand):
    facts = writing.components(brand)
    twice = {"components": [BOND, {**BOND, "key": "again", "label": "Again", "weight": 30}]}
    less = deepcopy(twice)
    less["components"][1]["weight"] = 10
    one, other = read_definition(twice, facts), read_definition(less, facts)
    assert differences(one, one, facts) == []
    assert any("“Again” weighs" in words for words in differences(one, other, facts))
    once = read_definition({"components": [BOND]}, facts)
    assert any("“Again”" in words for words in differences(one, once, facts))


def test_versions_are_chosen_and_computed_again(fit, analyst_client):
    reworded(fit)
    first, second = (fit.versions.get(number=number).pk for number in (1, 2))
    page = "/acme/score-comparisons/"
    answer = analyst_client.post(page, {"first": first, "second": first})
    assert answer.status_code == 422
    assert "Choose two different versions." in answer.content.decode()
    answer = analyst_client.post(page, {"first": first, "second": second})
    found = ScoreComparison.objects.get()
    assert answer["Location"] == f"{page}{found.pk}/"
    assert "being computed" in analyst_client.get(answer["Location"]).content.decode()
    comparing.compare(comparison_id=found.pk, at=NOW)
    analyst_client.post(f"{page}{found.pk}/again/")
    found.refresh_from_db()
    assert found.is_open
    assert "version 2" in analyst_client.get(page).content.decode()


def test_a_version_whose_fact_is_gone_fails_in_words(fit):
    first, second = fit.versions.get(number=1), reworded(fit)
    found = comparing.request_comparison(first=first, second=second, actor=None, at=NOW)
    second.definition["components"][0]["fact"] = "no_such_fact"
    second.save()
    comparing.compare(comparison_id=found.pk, at=NOW)
    found.refresh_from_db()
    assert found.status == "failed"
    assert "There is no fact “no_such_fact”" in found.error
    assert not ScoreMove.objects.exists()


def later_posts(brand, model, since):
    """Posts after `since`, of which those with a high score do better without exception."""
    rows = CreatorScore.objects.filter(model=model).order_by("score", "creator_id")
    platform = {}
    for profile in Profile.objects.filter(creator__in=[row.creator_id for row in rows]):
        platform.setdefault(profile.creator_id, profile)
    posts = [
        Post(
            profile=platform[row.creator_id],
            creator_id=row.creator_id,
            external_id=f"later-{row.creator_id}-{number}",
            posted_at=since + DAY * (number + 1),
            views=1_000,
            likes=place,
        )
        for place, row in enumerate(rows, 1)
        for number in range(3)
    ]
    Post.objects.bulk_create(posts)
    return len(rows)


def test_a_score_as_of_a_past_day_is_held_against_what_came_after(brand, fit, analyst):
    since = NOW
    count = later_posts(brand, fit, since + DAY)
    found = backtesting.request_backtest(
        version=fit.versions.get(),
        day=since.date(),
        days=30,
        outcome=BacktestOutcome.ENGAGEMENT,
        actor=analyst,
        at=since + 40 * DAY,
    )
    backtesting.backtest(backtest_id=found.pk, at=since + 40 * DAY)
    found.refresh_from_db()
    assert (found.status, found.error) == ("done", "")
    result = found.result
    assert 0 < result["creators"] <= count
    assert result["correlation"]["value"] > 0.95
    assert result["correlation"]["low"] < result["correlation"]["value"]
    means = [group["mean"] for group in result["groups"]]
    assert means == sorted(means)
    assert sum(group["creators"] for group in result["groups"]) == result["creators"]


def test_days_that_are_not_over_are_refused(fit):
    def ask(day, days):
        backtesting.request_backtest(
            version=fit.versions.get(),
            day=day,
            days=days,
            outcome=BacktestOutcome.VIEWS,
            actor=None,
            at=NOW,
        )

    with pytest.raises(EditRefused, match="are not over yet"):
        ask(NOW.date() - 10 * DAY, 30)
    with pytest.raises(EditRefused, match="Look at 7 to 365 days"):
        ask(NOW.date() - 400 * DAY, 3)
    with pytest.raises(EditRefused, match="Nothing is known of before 2000"):
        ask(NOW.date() - 20_000 * DAY, 30)
    with pytest.raises(EditRefused, match="are not over yet"):
        ask(date.max, 30)
    assert not ScoreBacktest.objects.exists()


@pytest.mark.parametrize("outcome", [one for one in BacktestOutcome if one != "engagement"])
def test_too_little_is_said_in_words(fit, outcome, analyst_client):
    asked = {"version": fit.versions.get().pk, "day": "2024-01-15", "days": 30}
    page = "/acme/scores/fit/backtests/"
    assert analyst_client.post(page, asked | {"outcome": outcome.value}).status_code == 302
    backtesting.backtest(backtest_id=ScoreBacktest.objects.get().pk, at=timezone.now())
    words = analyst_client.get(page).content.decode()
    assert "Too few: 0 of at least 30 creators." in words


def test_the_page_says_in_what_the_test_is_kinder(brand, analyst_client):
    world(brand)
    rate = {**REACH, "key": "rate", "label": "Rate", "fact": "engagement_rate"}
    model = counted(brand, {"components": [rate, BOND]})
    asked = {"version": model.versions.get().pk, "day": "2024-01-15", "days": 30}
    page = "/acme/scores/fit/backtests/"
    analyst_client.post(page, asked | {"outcome": "engagement"})
    backtesting.backtest(backtest_id=ScoreBacktest.objects.get().pk, at=timezone.now())
    leaks = ScoreBacktest.objects.get().result["leaks"]
    assert any("their counts the newest that are known" in words for words in leaks)
    assert any("creators stay as they were" in words for words in leaks)
    assert "kinder than the day was" in analyst_client.get(page).content.decode()
    answer = analyst_client.post(page, asked | {"outcome": "engagement", "days": "3"})
    assert answer.status_code == 422


def test_correlations_are_those_of_scipy():
    chance = np.random.default_rng(7)
    one = chance.integers(0, 20, 200).astype(float)
    other = one + chance.normal(0, 8, 200).round()
    found = ranks.spearman(one, other)
    assert found.value == pytest.approx(stats.spearmanr(one, other).statistic)
    assert ranks.kendall(one, other) == pytest.approx(stats.kendalltau(one, other).statistic)
    assert ranks.spearman(one[:29], other[:29]).value is None
    assert ranks.spearman(np.ones(40), other[:40]).value is None


def test_the_interval_covers_what_it_says():
    chance = np.random.default_rng(11)
    true = 6 / np.pi * np.arcsin(0.5 / 2)  # of a normal pair with correlation 0.5
    inside = 0
    for _ in range(600):
        one = chance.normal(size=120)
        other = 0.5 * one + np.sqrt(0.75) * chance.normal(size=120)
        found = ranks.spearman(one, other)
        inside += found.low <= true <= found.high
    assert 0.93 <= inside / 600 <= 0.97
