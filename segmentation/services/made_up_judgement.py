"""Made-up judgement for the demo brand: rankings, forecasts, audiences, plans, a map."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal

from campaigns.choices import CampaignStatus
from campaigns.models import Campaign
from campaigns.services.days import today_of
from crm.choices import Role
from crm.models import Brand, User
from crm.selectors import TierTable
from segmentation.choices import BacktestOutcome, Forecasted
from segmentation.facts.advance import advance_facts
from segmentation.models import (
    AudienceSegment,
    BudgetPlan,
    ClusterMap,
    ExpectedViews,
    ForecastModel,
    LookIndex,
    Match,
    ScoreBacktest,
    ScoreComparison,
    ScoreModel,
    Segment,
)
from segmentation.services.audiences import create_audience
from segmentation.services.budgets import asking as budgets
from segmentation.services.budgets.asks import Asks
from segmentation.services.clusters import asking as clusters
from segmentation.services.forecasts import asking as forecasts
from segmentation.services.looks import building as looks
from segmentation.services.matches import asking, counting
from segmentation.services.packs.installing import install_pack
from segmentation.services.scores import backtesting, comparing, writing

# Whom the brand wants to reach, and by which niches.
_AUDIENCES = {
    "new-routines": (
        "People with a new routine",
        "They look for something that is kept up: skin, food, moving more.",
        ["DK", "SE", "NO"],
        ["beauty", "food", "fitness"],
    ),
    "young-families": (
        "Young families",
        "Parents who ask others before they buy.",
        ["DE", "NL"],
        ["parenting"],
    ),
}
# Where they are met: few of the made-up creators write newsletters.
_PLATFORMS = ["instagram", "tiktok", "newsletter"]
# What the score would be if the bond counted more than how people react.
_WEIGHTS = {"engagement": 25, "steady": 20, "bond": 55}
# A score is held against the last quarter that is over.
_TRIED = timedelta(days=90)
# What a plan takes a piece to cost where nobody agreed on a price yet: of the first tiers.
_ASSUMED = ("250", "600", "1500")


def fill_audiences(*, brand: Brand, seed: int, at: datetime) -> int:
    """Two audiences, with the segments of niches that reach them; how many there are."""
    held = AudienceSegment.objects.filter(brand=brand).count()
    actor = _one(brand, Role.STRATEGIST)
    if held or actor is None:
        return held
    install_pack(brand=brand, name="niche", actor=actor, at=at)
    there = set(Segment.objects.filter(brand=brand).values_list("key", flat=True))
    for key, (name, description, countries, niches) in _AUDIENCES.items():
        segments = [one for one in (f"niche-{niche}" for niche in niches) if one in there]
        values = {
            "name": name,
            "description": description,
            "countries": countries,
            "platforms": _PLATFORMS,
        }
        create_audience(brand=brand, key=key, values=values, segments=segments, at=at, actor=actor)
    return len(_AUDIENCES)


def fill_comparisons(*, brand: Brand, seed: int, at: datetime) -> int:
    """A draft of the score that weighs otherwise, beside the version in use; how many there are."""
    held = ScoreComparison.objects.filter(brand=brand).count()
    actor = _one(brand, Role.ANALYST)
    model = ScoreModel.objects.filter(brand=brand, active_version__isnull=False).first()
    if held or actor is None or model is None or model.active_version is None:
        return held
    definition = deepcopy(model.active_version.definition)
    for component in definition["components"]:
        component["weight"] = _WEIGHTS[component["key"]]
    draft = writing.save_version(
        model_id=model.pk,
        name=model.name,
        purpose=model.purpose,
        definition=definition,
        reason="What if the bond counted more?",
        actor=actor,
        at=at,
    )
    advance_facts(brand=brand, as_of=at)
    found = comparing.request_comparison(
        first=model.active_version, second=draft, actor=actor, at=at
    )
    comparing.compare(comparison_id=found.pk, at=at)
    return 1


def fill_backtests(*, brand: Brand, seed: int, at: datetime) -> int:
    """Both versions of the score held against a quarter's engagement; how many back-tests."""
    held = ScoreBacktest.objects.filter(brand=brand).count()
    actor = _one(brand, Role.ANALYST)
    model = ScoreModel.objects.filter(brand=brand, active_version__isnull=False).first()
    if held or actor is None or model is None:
        return held
    day = today_of(brand, at) - _TRIED - timedelta(days=1)
    for version in model.versions.order_by("number"):
        asked = backtesting.request_backtest(
            version=version,
            day=day,
            days=_TRIED.days,
            outcome=BacktestOutcome.ENGAGEMENT,
            actor=actor,
            at=at,
        )
        backtesting.backtest(backtest_id=asked.pk, at=at)
    return ScoreBacktest.objects.filter(brand=brand).count()


def fill_budgets(*, brand: Brand, seed: int, at: datetime) -> int:
    """Two plans of the running campaign's budget, once a worker is there; how many there are."""
    held = BudgetPlan.objects.filter(campaign__brand=brand).count()
    actor, campaign = _one(brand, Role.MANAGER), _running(brand)
    if held or actor is None or campaign is None or campaign.budget is None:
        return held
    tiers = [tier.key for tier in TierTable.of(brand).tiers]
    for name, most_share in (
        ("Whoever brings most", None),
        ("No more than a twentieth each", 0.05),
    ):
        budgets.ask(
            campaign_id=campaign.pk,
            brand=brand,
            name=name,
            asks=Asks(
                budget=str(campaign.budget.quantize(Decimal(1))),
                measure=Forecasted.VIEWS,
                most_pieces=2,
                most_share=most_share,
                assumed=dict(zip(tiers, _ASSUMED, strict=False)),
            ),
            must=(),
            never=(),
            actor=actor,
            at=at,
        )
    return 2


def fill_looks(*, brand: Brand, seed: int, at: datetime) -> int:
    """What tells creators from each other, for look-alikes; of how many creators it is known."""
    if not LookIndex.objects.filter(brand=brand).exists():
        looks.request(at=at, brand=brand)
        looks.build(index_id=LookIndex.objects.get(brand=brand).pk, at=at)
    return LookIndex.objects.get(brand=brand).creators or 0


def fill_matches(*, brand: Brand, seed: int, at: datetime) -> int:
    """Everybody ranked for the running campaign; how many rankings there are."""
    held = Match.objects.filter(campaign__brand=brand).count()
    actor, campaign = _one(brand, Role.MANAGER), _running(brand)
    if held or actor is None or campaign is None:
        return held
    advance_facts(brand=brand, as_of=at)
    match = asking.request(
        campaign_id=campaign.pk, brand=brand, question=asking.Question(), actor=actor, at=at
    )
    counting.count(match_id=match.pk, at=at)
    return 1


def fill_clusters(*, brand: Brand, seed: int, at: datetime) -> int:
    """Have the map of clusters made, once a worker is there; how many maps there are."""
    held = ClusterMap.objects.filter(brand=brand).count()
    actor = _one(brand, Role.ANALYST)
    if held or actor is None:
        return held
    clusters.ask_for_map(brand=brand, actor=actor, at=at)
    return 1


def fill_forecasts(*, brand: Brand, seed: int, at: datetime) -> int:
    """Learn what next posts are expected to bring; of how many creators that is told."""
    if not ForecastModel.objects.filter(brand=brand).exists():
        model = forecasts.ask(brand=brand, actor=None, at=at)
        forecasts.learn(model_id=model.pk, at=at)
    return ExpectedViews.objects.filter(relationship__brand=brand, replaced_at=None).count()


def _running(brand: Brand) -> Campaign | None:
    rows = Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE)
    return rows.order_by("pk").first()


def _one(brand: Brand, role: Role) -> User | None:
    return User.objects.filter(roles__brand=brand, roles__role=role).order_by("pk").first()
