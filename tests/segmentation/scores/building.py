"""A brand whose creators have facts, and a score over them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm.models import Brand
from segmentation import tasks
from segmentation.choices import BacktestOutcome
from segmentation.facts.refresh import refresh_facts
from segmentation.models import ScoreModel
from segmentation.services.scores import backtesting, comparing, counting, writing
from tests.factories import NOW
from tests.segmentation.building import populate

REACH = {
    "key": "reach",
    "label": "Reach",
    "fact": "followers",
    "weight": 60,
    "scale": {"kind": "percentile", "peers": ["primary_platform"]},
    "missing": "no_score",
}
BOND = {
    "key": "bond",
    "label": "Bond",
    "fact": "stage",
    "weight": 40,
    "scale": {"kind": "values", "points": {"core": 80, "advocate": 100}, "other": 10},
}
FIT = {"least_known": 0.5, "components": [REACH, BOND]}


def world(brand: Brand, count: int = 90) -> None:
    """Creators with facts as of NOW."""
    populate(brand, count)
    refresh_facts(brand=brand, as_of=NOW)


def worded(brand: Brand, definition: Any = FIT, **more: Any) -> ScoreModel:
    """A score whose first version is a draft."""
    given = {
        "key": "fit",
        "name": "Fit",
        "purpose": "Whom to ask first.",
        "reason": "First try",
        "actor": None,
        "at": NOW,
        **more,
    }
    return writing.create_model(brand=brand, definition=definition, **given).model


def counted(brand: Brand, definition: Any = FIT, **more: Any) -> ScoreModel:
    """A score in use, counted as of NOW."""
    model = worded(brand, definition, **more)
    writing.activate(version_id=model.versions.get().pk, actor=None, at=NOW)
    done = counting.count(model_id=model.pk, at=NOW)
    assert (done.status, done.error) == ("done", "")
    return done


def study_scores(model: ScoreModel) -> None:
    """A second version beside the first, and the first held against what came later."""
    first = model.versions.get(number=1)
    second = writing.save_version(
        model_id=model.pk,
        name=model.name,
        purpose=model.purpose,
        definition={"components": [BOND]},
        reason="Bond alone",
        actor=None,
        at=NOW,
    )
    found = comparing.request_comparison(first=first, second=second, actor=None, at=NOW)
    comparing.compare(comparison_id=found.pk, at=NOW)
    test = backtesting.request_backtest(
        version=first,
        day=NOW.date() - timedelta(days=40),
        days=30,
        outcome=BacktestOutcome.ENGAGEMENT,
        actor=None,
        at=NOW,
    )
    backtesting.backtest(backtest_id=test.pk, at=NOW)


COUNT_TASK = tasks.count_scores
