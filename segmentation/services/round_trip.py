"""What becomes of this app's tables when a brand is taken along (docs/round-trip.md)."""

from __future__ import annotations

from crm.services.round_trip.decisions import CREATOR, Taken, leave, take, take_as
from crm.services.round_trip.sheets import add_sheet


def add_round_trip() -> None:
    """Say it once, when the apps are ready."""
    take("segmentation", _WHOLE)
    add_sheets()
    # To whom credit went, by which ways; the posts that a suggestion was read from.
    take_as(
        Taken(
            "segmentation.AttributionReport",
            inside={
                "found": {"models.*.credits.*.key": CREATOR, "roles.*.key": CREATOR},
                "paths": {"@": CREATOR, "*.*.creators.*": CREATOR},
            },
        )
    )
    take_as(Taken("segmentation.SuggestedValue", inside={"evidence": {"posts.*": "crm.Post"}}))
    # Arms of what has begun cannot be added any more.
    take_as(Taken("segmentation.ExperimentArm", first=True))
    # Nothing leaves another installation before somebody has given a key again.
    take_as(
        Taken("segmentation.ClassifierSettings", absent={"outside_is_on": False, "outside_key": ""})
    )
    leave(
        "derived: the map is made anew with the next making, under the names that are taken along",
        *("segmentation.ClusterMap", "segmentation.CreatorPlace", "segmentation.CreatorTie"),
    )
    leave(
        "derived: scorecards are added up from it, and it is made anew when one is asked for",
        *("segmentation.QuarterSheet", "segmentation.Stretch", "segmentation.Touched"),
    )
    leave("asked for again by who looks at a quarter", "segmentation.ScorecardOrder")
    leave(
        "derived: what creators are like is found out anew each night",
        *("segmentation.LookIndex", "segmentation.LookTerm", "segmentation.CreatorLook"),
    )


_WHOLE = """
    Dimension Segment SegmentVersion Activation ActivationPick
    AudienceSegment_segments AudienceSegment BenchmarkSet BenchmarkValue ClaimTrial Run
    RunSegment Change RunEvidence Membership DriftReport DriftAlert Experiment
    ExperimentAssignment ExperimentLook ExperimentOutcome CreatorFacts FactsMoment PeerNorm
    RunNorm RunOrder Override Playbook SegmentExample ScorecardShare_segments ScorecardShare
    Scorecard StageRule StageRuleVersion StageSuggestion MetricTarget TierScorecards
    ScoreModel ScoreVersion ScoreNorm CreatorScore MatchLesson MatchWeights Match MatchRow
    ScoreComparison ScoreMove ScoreBacktest ContentTest ContentVariant ContentPiece ContentReading
    Classifier Cluster ClusterBuild ClusterStay
    ForecastModel CreatorForecast ExpectedViews CampaignForecast CampaignForecastLine BudgetPlan
    BudgetPick
"""


def add_sheets() -> None:
    """The tables of this app that people read."""
    add_sheet(
        "memberships",
        """SELECT d.key AS dimension, s.key AS segment, c.uid AS creator, c.name,
          m.entered_at, m.left_at, v.number AS version
        FROM segmentation_membership m JOIN segmentation_segment s ON s.id = m.segment_id
        JOIN segmentation_dimension d ON d.id = s.dimension_id
        JOIN segmentation_segmentversion v ON v.id = m.version_id
        JOIN crm_creator c ON c.id = m.creator_id
        WHERE s.brand_id = %(brand)s ORDER BY m.entered_at, s.key, c.id""",
    )
    add_sheet(
        "scorecards",
        """SELECT s.key AS segment, k.*
        FROM segmentation_scorecard k JOIN segmentation_segment s ON s.id = k.segment_id
        WHERE s.brand_id = %(brand)s ORDER BY s.key, k.id""",
    )
