"""The tables of this app; one module per idea."""

from segmentation.models.facts import CreatorFacts, PeerNorm
from segmentation.models.runs import Change, Membership, Run, RunSegment
from segmentation.models.scorecards import Scorecard
from segmentation.models.segments import Dimension, Segment, SegmentVersion

__all__ = (
    "Change",
    "CreatorFacts",
    "Dimension",
    "Membership",
    "PeerNorm",
    "Run",
    "RunSegment",
    "Scorecard",
    "Segment",
    "SegmentVersion",
)
