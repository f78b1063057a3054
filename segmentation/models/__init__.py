"""The tables of this app; one module per idea."""

from segmentation.models.activations import Activation, ActivationPick
from segmentation.models.attribution import AttributionReport
from segmentation.models.audiences import AudienceSegment
from segmentation.models.benchmarks import BenchmarkSet, BenchmarkValue
from segmentation.models.budgets import BudgetPick, BudgetPlan
from segmentation.models.claims import ClaimTrial
from segmentation.models.clusters import (
    Cluster,
    ClusterBuild,
    ClusterMap,
    ClusterStay,
    CreatorPlace,
    CreatorTie,
)
from segmentation.models.content_tests import (
    ContentPiece,
    ContentReading,
    ContentTest,
    ContentVariant,
)
from segmentation.models.drift import DriftAlert, DriftReport
from segmentation.models.experiments import (
    Experiment,
    ExperimentArm,
    ExperimentAssignment,
    ExperimentLook,
    ExperimentOutcome,
)
from segmentation.models.facts import CreatorFacts, FactsMoment, PeerNorm
from segmentation.models.forecasts import (
    CampaignForecast,
    CampaignForecastLine,
    CreatorForecast,
    ExpectedViews,
    ForecastModel,
)
from segmentation.models.looks import CreatorLook, LookIndex, LookTerm
from segmentation.models.matches import Match, MatchLesson, MatchRow, MatchWeights
from segmentation.models.norms import RunNorm
from segmentation.models.orders import RunOrder
from segmentation.models.overrides import Override
from segmentation.models.playbooks import Playbook, SegmentExample
from segmentation.models.runs import Change, Membership, Run, RunEvidence, RunSegment
from segmentation.models.score_studies import ScoreBacktest, ScoreComparison, ScoreMove
from segmentation.models.scorecard_shares import ScorecardShare
from segmentation.models.scorecards import Scorecard, ScorecardOrder
from segmentation.models.scores import (
    CreatorScore,
    ScoreModel,
    ScoreNorm,
    ScoreVersion,
)
from segmentation.models.segments import Dimension, Segment, SegmentVersion
from segmentation.models.stage_rules import StageRule, StageRuleVersion
from segmentation.models.stage_suggestions import StageSuggestion
from segmentation.models.stretches import QuarterSheet, Stretch, Touched
from segmentation.models.suggested_values import Classifier, ClassifierSettings, SuggestedValue
from segmentation.models.targets import MetricTarget
from segmentation.models.tiers import TierScorecards

__all__ = (
    "Activation",
    "ActivationPick",
    "AttributionReport",
    "AudienceSegment",
    "BenchmarkSet",
    "BenchmarkValue",
    "BudgetPick",
    "BudgetPlan",
    "CampaignForecast",
    "CampaignForecastLine",
    "Change",
    "ClaimTrial",
    "Classifier",
    "ClassifierSettings",
    "Cluster",
    "ClusterBuild",
    "ClusterMap",
    "ClusterStay",
    "ContentPiece",
    "ContentReading",
    "ContentTest",
    "ContentVariant",
    "CreatorFacts",
    "CreatorForecast",
    "CreatorLook",
    "CreatorPlace",
    "CreatorScore",
    "CreatorTie",
    "Dimension",
    "DriftAlert",
    "DriftReport",
    "ExpectedViews",
    "Experiment",
    "ExperimentArm",
    "ExperimentAssignment",
    "ExperimentLook",
    "ExperimentOutcome",
    "FactsMoment",
    "ForecastModel",
    "LookIndex",
    "LookTerm",
    "Match",
    "MatchLesson",
    "MatchRow",
    "MatchWeights",
    "Membership",
    "MetricTarget",
    "Override",
    "PeerNorm",
    "Playbook",
    "QuarterSheet",
    "Run",
    "RunEvidence",
    "RunNorm",
    "RunOrder",
    "RunSegment",
    "ScoreBacktest",
    "ScoreComparison",
    "ScoreModel",
    "ScoreMove",
    "ScoreNorm",
    "ScoreVersion",
    "Scorecard",
    "ScorecardOrder",
    "ScorecardShare",
    "Segment",
    "SegmentExample",
    "SegmentVersion",
    "StageRule",
    "StageRuleVersion",
    "StageSuggestion",
    "Stretch",
    "SuggestedValue",
    "TierScorecards",
    "Touched",
)
