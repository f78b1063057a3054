"""The tables of this app; one module per idea."""

from segmentation.models.activations import Activation, ActivationPick
from segmentation.models.audiences import AudienceSegment
from segmentation.models.drift import DriftAlert, DriftReport
from segmentation.models.facts import CreatorFacts, FactsMoment, PeerNorm
from segmentation.models.norms import RunNorm
from segmentation.models.orders import RunOrder
from segmentation.models.overrides import Override
from segmentation.models.playbooks import Playbook, SegmentExample
from segmentation.models.runs import Change, Membership, Run, RunEvidence, RunSegment
from segmentation.models.scorecards import Scorecard
from segmentation.models.segments import Dimension, Segment, SegmentVersion
from segmentation.models.stage_rules import StageRule, StageRuleVersion
from segmentation.models.stage_suggestions import StageSuggestion
from segmentation.models.tiers import TierScorecards

__all__ = (
    "Activation",
    "ActivationPick",
    "AudienceSegment",
    "Change",
    "CreatorFacts",
    "Dimension",
    "DriftAlert",
    "DriftReport",
    "FactsMoment",
    "Membership",
    "Override",
    "PeerNorm",
    "Playbook",
    "Run",
    "RunEvidence",
    "RunNorm",
    "RunOrder",
    "RunSegment",
    "Scorecard",
    "Segment",
    "SegmentExample",
    "SegmentVersion",
    "StageRule",
    "StageRuleVersion",
    "StageSuggestion",
    "TierScorecards",
)
