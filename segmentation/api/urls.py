"""The addresses of segmentation in the REST API."""

from __future__ import annotations

from django.urls import URLPattern
from rest_framework.viewsets import ViewSetMixin

from campaigns.api.campaigns import KEY as CAMPAIGN_KEY
from crm.api.routes import CREATOR, ONE, acts, at, collections
from segmentation.api.activations import ActivationViewSet
from segmentation.api.attribution import AttributionViewSet
from segmentation.api.audiences import AudienceViewSet
from segmentation.api.benchmarks import BenchmarkViewSet, ClaimTrialViewSet
from segmentation.api.briefs import SegmentBriefViewSet
from segmentation.api.budgets import BudgetPlanViewSet, CampaignBudgetPlanViewSet
from segmentation.api.clusters import ClusterMapViewSet, ClusterViewSet, CreatorClusterViewSet
from segmentation.api.comparison import CohortViewSet, ComparisonViewSet, TrendViewSet
from segmentation.api.content_tests import ContentReadingViewSet, ContentTestViewSet
from segmentation.api.creators import CreatorSegmentViewSet
from segmentation.api.data_quality import DataQualityViewSet
from segmentation.api.dimensions import KEY, DimensionViewSet
from segmentation.api.drift import DriftViewSet
from segmentation.api.drift_alerts import DriftAlertViewSet
from segmentation.api.examples import ExampleViewSet
from segmentation.api.experiments import ExperimentLookViewSet, ExperimentViewSet
from segmentation.api.facts import FactViewSet
from segmentation.api.forecasts import (
    CampaignForecastViewSet,
    CreatorForecastViewSet,
    ExpectedViewsViewSet,
    ForecastModelViewSet,
)
from segmentation.api.kpis import KpiViewSet
from segmentation.api.looks import LikeViewSet
from segmentation.api.match_lessons import MatchLessonViewSet
from segmentation.api.match_weights import CampaignMatchWeightsViewSet, MatchWeightsViewSet
from segmentation.api.matches import CampaignMatchViewSet, MatchViewSet
from segmentation.api.metrics import MetricViewSet
from segmentation.api.near_misses import NearMissViewSet
from segmentation.api.overlap import OverlapViewSet
from segmentation.api.overrides import OverrideViewSet
from segmentation.api.overview import HygieneViewSet, MatrixViewSet
from segmentation.api.packs import PackViewSet, TierSchemeViewSet
from segmentation.api.personas import PersonaReportViewSet
from segmentation.api.playbooks import PlaybookViewSet
from segmentation.api.prices import CreatorPricesViewSet, PricesViewSet
from segmentation.api.rules import RuleViewSet
from segmentation.api.run_decisions import RunDecisionViewSet
from segmentation.api.runs import RunViewSet
from segmentation.api.score_studies import ScoreBacktestViewSet, ScoreComparisonViewSet
from segmentation.api.scorecard_orders import ScorecardOrderViewSet
from segmentation.api.scorecards import ScorecardViewSet
from segmentation.api.scores import KEY as SCORE_KEY
from segmentation.api.scores import CreatorScoreViewSet, ScoreModelViewSet
from segmentation.api.segment_forecasts import SegmentForecastViewSet
from segmentation.api.segments import SegmentViewSet
from segmentation.api.stage_rules import CreatorStageViewSet, StageRuleViewSet
from segmentation.api.stage_suggestions import StageSuggestionViewSet
from segmentation.api.suggested_values import ClassifierViewSet, SuggestedValueViewSet
from segmentation.api.tier_scorecards import TierScorecardsViewSet
from segmentation.api.versions import VersionViewSet

CAMPAIGN = f"(?P<key>{CAMPAIGN_KEY})"
SCORE = f"(?P<key>{SCORE_KEY})"
SEGMENT = f"(?P<key>{KEY})"
VERSION = "(?P<number>[0-9]{1,10})"
CLUSTER = "(?P<number>[0-9]{1,9})"

COLLECTIONS: dict[str, type[ViewSetMixin]] = {
    "attribution-reports": AttributionViewSet,
    "audiences": AudienceViewSet,
    "benchmarks": BenchmarkViewSet,
    "budget-plans": BudgetPlanViewSet,
    "claim-trials": ClaimTrialViewSet,
    "classifiers": ClassifierViewSet,
    "clusters": ClusterViewSet,
    "cohorts": CohortViewSet,
    "content-tests": ContentTestViewSet,
    f"creators/{CREATOR}/segments": CreatorSegmentViewSet,
    "dimensions": DimensionViewSet,
    "drift": DriftViewSet,
    "drift-alerts": DriftAlertViewSet,
    "experiments": ExperimentViewSet,
    "facts": FactViewSet,
    "forecast-models": ForecastModelViewSet,
    "hygiene": HygieneViewSet,
    "match-lessons": MatchLessonViewSet,
    "match-weights": MatchWeightsViewSet,
    "matches": MatchViewSet,
    "metrics": MetricViewSet,
    "overrides": OverrideViewSet,
    "runs": RunViewSet,
    "score-backtests": ScoreBacktestViewSet,
    "score-comparisons": ScoreComparisonViewSet,
    "score-models": ScoreModelViewSet,
    "scorecard-orders": ScorecardOrderViewSet,
    "segments": SegmentViewSet,
    "stage-rules": StageRuleViewSet,
    "stage-suggestions": StageSuggestionViewSet,
    "suggested-values": SuggestedValueViewSet,
    "tier-schemes": TierSchemeViewSet,
    "tier-scorecards": TierScorecardsViewSet,
}

urlpatterns: list[URLPattern] = [
    *collections(COLLECTIONS),
    at("audience-overlap", OverlapViewSet, get="retrieve"),
    *acts(f"budget-plans/{ONE}", BudgetPlanViewSet, "take"),
    at(f"campaigns/{CAMPAIGN}/budget-plans", CampaignBudgetPlanViewSet, get="list", post="create"),
    at(f"campaigns/{CAMPAIGN}/forecast", CampaignForecastViewSet, get="retrieve"),
    *acts(f"campaigns/{CAMPAIGN}/forecast", CampaignForecastViewSet, "keep"),
    at(f"campaigns/{CAMPAIGN}/segment-briefs", SegmentBriefViewSet, post="create"),
    at(f"campaigns/{CAMPAIGN}/activations", ActivationViewSet, get="list", post="create"),
    *acts(f"campaigns/{CAMPAIGN}/activations", ActivationViewSet, "preview"),
    at(f"campaigns/{CAMPAIGN}/matches", CampaignMatchViewSet, get="list", post="create"),
    at(
        f"campaigns/{CAMPAIGN}/match-weights",
        CampaignMatchWeightsViewSet,
        get="list",
        post="create",
    ),
    at("cluster-map", ClusterMapViewSet, get="retrieve", post="create"),
    at(f"clusters/{CLUSTER}/members", ClusterViewSet, get="members"),
    at(f"content-tests/{ONE}/readings", ContentReadingViewSet, get="list", post="create"),
    *acts(f"content-tests/{ONE}", ContentTestViewSet, "start", "assign", "share-out", "end"),
    at(f"creators/{CREATOR}/prices", CreatorPricesViewSet, get="list"),
    at(f"creators/{CREATOR}/forecasts", CreatorForecastViewSet, get="list"),
    at(f"creators/{CREATOR}/expected-views", ExpectedViewsViewSet, get="list"),
    at(f"creators/{CREATOR}/look-alikes", LikeViewSet, get="of_creator"),
    at(f"creators/{CREATOR}/clusters", CreatorClusterViewSet, get="retrieve"),
    at(f"creators/{CREATOR}/scores", CreatorScoreViewSet, get="list"),
    at(f"creators/{CREATOR}/stage", CreatorStageViewSet, get="retrieve"),
    at("data-quality", DataQualityViewSet, get="retrieve"),
    *acts(f"dimensions/{SEGMENT}", DimensionViewSet, "order"),
    at(f"dimensions/{SEGMENT}/personas", PersonaReportViewSet, get="retrieve"),
    at(f"experiments/{ONE}/looks", ExperimentLookViewSet, get="list", post="create"),
    *acts(f"experiments/{ONE}", ExperimentViewSet, "start", "join", "complete", "stop"),
    *acts(f"match-lessons/{ONE}", MatchLessonViewSet, "decide"),
    *acts(f"matches/{ONE}", MatchViewSet, "take"),
    at("matrix", MatrixViewSet, get="retrieve"),
    *acts(f"overrides/{ONE}", OverrideViewSet, "withdraw"),
    at("packs", PackViewSet, get="list"),
    at(f"packs/{SEGMENT}", PackViewSet, get="retrieve"),
    *acts(f"packs/{SEGMENT}", PackViewSet, "install", "adopt"),
    at("prices", PricesViewSet, get="retrieve"),
    *acts("rules", RuleViewSet, validate="check"),
    *acts("rules", RuleViewSet, "preview"),
    at(f"runs/{ONE}/near-misses", NearMissViewSet, get="list"),
    *acts("runs", RunDecisionViewSet, "history"),
    *acts(f"runs/{ONE}", RunDecisionViewSet, "approve", "reject", "cancel", "rollback"),
    *acts(f"score-models/{SCORE}", ScoreModelViewSet, "word", "activate", "count", "archive"),
    at("scorecards", ScorecardViewSet, get="list"),
    *acts("scorecards", ScorecardOrderViewSet, "refresh"),
    at("scorecards/comparison", ComparisonViewSet, get="retrieve"),
    at(f"segments/{SEGMENT}/forecasts", SegmentForecastViewSet, get="list"),
    at(f"segments/{SEGMENT}/look-alikes", LikeViewSet, get="of_segment"),
    at(f"segments/{SEGMENT}/trend", TrendViewSet, get="list"),
    at(f"segments/{SEGMENT}/kpis", KpiViewSet, get="retrieve", patch="partial_update"),
    at(f"segments/{SEGMENT}/scorecard", ScorecardViewSet, get="retrieve"),
    at(f"segments/{SEGMENT}/playbook", PlaybookViewSet, get="retrieve", patch="partial_update"),
    at(f"segments/{SEGMENT}/examples", ExampleViewSet, get="list", post="create"),
    at(f"segments/{SEGMENT}/examples/{ONE}", ExampleViewSet, delete="destroy"),
    *acts(f"segments/{SEGMENT}", SegmentViewSet, "archive"),
    at(f"segments/{SEGMENT}/versions/{VERSION}", VersionViewSet, get="retrieve"),
    *acts(f"segments/{SEGMENT}/versions/{VERSION}", VersionViewSet, "activate"),
    *acts(f"stage-suggestions/{ONE}", StageSuggestionViewSet, "accept", "dismiss"),
    *acts(
        f"suggested-values/{ONE}",
        SuggestedValueViewSet,
        "accept",
        "override",
        "not-enough",
        "take-back",
    ),
    *acts("suggested-values", SuggestedValueViewSet, "look"),
    *acts("suggested-values", SuggestedValueViewSet, accept_all="accept_many"),
    at("unique-reach", OverlapViewSet, get="reach"),
]
