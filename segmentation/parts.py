"""What this app adds to pages of crm (docs/adr/0011)."""

from __future__ import annotations

from campaigns.selectors.engagements import MARKS
from campaigns.services.limits import LIMITS
from campaigns.services.tracking.arms import ARMS
from crm import board as cards
from crm import day as days
from crm import overview, search
from crm.filters import MORE_SORTS, add_filter
from crm.lists import columns
from crm.outreach.parts import AUDIENCES, CAUTIONS, OBJECTIONS, PERSONAS
from crm.services import demo
from crm.services import held as data_held
from crm.services.criteria import CRITERIA
from crm.services.imports.hanging import GOES_WITH
from crm.services.merge import PARTS
from crm.services.privacy.copying import JUDGEMENTS
from crm.services.privacy.parts import FILES, Files, add_deleted, add_part
from crm.services.webhooks import places
from crm.services.webhooks.places import Place
from crm.timeline import SOURCES
from segmentation import board, day, lists, outreach, score_lists
from segmentation import overview as overview_here
from segmentation.selectors import shares
from segmentation.services import erasing, held, judged, stage_criteria
from segmentation.services.experiments import link_variants
from segmentation.services.made_up_content_tests import fill_content_tests
from segmentation.services.made_up_judgement import (
    fill_audiences,
    fill_backtests,
    fill_budgets,
    fill_clusters,
    fill_comparisons,
    fill_forecasts,
    fill_looks,
    fill_matches,
)
from segmentation.services.made_up_proof import fill_attribution, fill_experiments, fill_scores
from segmentation.services.merging import PART
from segmentation.services.round_trip import add_round_trip
from segmentation.services.suggesting.arrays import STORE as CLASSIFIERS
from segmentation.services.suggesting.refreshing import fill_suggestions
from segmentation.timeline import SOURCE

# Where the REST API shows rows of this app: webhooks name it.
_SHOWN = (
    Place("segmentation.attributionreport", "attribution-reports"),
    Place("segmentation.audiencesegment", "audiences", "key"),
    Place("segmentation.claimtrial", "claim-trials"),
    Place("segmentation.dimension", "dimensions", "key"),
    Place("segmentation.driftreport", "drift"),
    Place("segmentation.experiment", "experiments"),
    Place("segmentation.override", "overrides"),
    Place("segmentation.run", "runs"),
    Place("segmentation.scoremodel", "score-models", "key"),
    Place("segmentation.segment", "segments", "key"),
    Place("segmentation.stagerule", "stage-rules"),
    Place("segmentation.stagesuggestion", "stage-suggestions"),
    Place("segmentation.suggestedvalue", "suggested-values"),
)


def add_parts() -> None:
    """Add them all: once, when the apps are ready."""
    for name, part in lists.FILTERS.items():
        add_filter(name, part)
    columns.SOURCES.add("segments", lists.COLUMNS)
    columns.SOURCES.add("scores", score_lists.columns)
    MORE_SORTS.add("scores", score_lists.sorts)
    MARKS.add("scores", score_lists.marks)
    search.KINDS.add("segments", lists.KIND)
    for name, action in lists.ACTIONS.items():
        search.ACTIONS.add(name, action)
    places.add(_SHOWN)
    demo.PARTS.add("experiments", demo.DemoPart("experiments", fill_experiments))
    demo.PARTS.add("scores", demo.DemoPart("scores", fill_scores))
    demo.PARTS.add("suggestions", demo.DemoPart("suggestions", fill_suggestions))
    demo.PARTS.add("audiences", demo.DemoPart("audiences", fill_audiences))
    demo.PARTS.add("comparisons", demo.DemoPart("comparisons", fill_comparisons))
    demo.PARTS.add("backtests", demo.DemoPart("backtests", fill_backtests))
    demo.PARTS.add("forecasts", demo.DemoPart("forecasts", fill_forecasts))
    demo.PARTS.add("matches", demo.DemoPart("matches", fill_matches))
    demo.PARTS.add("looks", demo.DemoPart("looks", fill_looks))
    demo.PARTS.add("budgets", demo.DemoPart("budgets", fill_budgets))
    demo.PARTS.add("content_tests", demo.DemoPart("content_tests", fill_content_tests))
    demo.PARTS.add("clusters", demo.DemoPart("clusters", fill_clusters))
    demo.PARTS.add("attribution", demo.DemoPart("attribution", fill_attribution))
    SOURCES.add(SOURCE.key, SOURCE)
    for key, tile in overview_here.MADE.items():
        overview.TILES.add(key, tile)
    PARTS.add(PART.key, PART)
    data_held.SOURCES.add("segments", held.held)
    add_part("segmentation", erasing.PART)
    ARMS.add("experiments", link_variants.arms_of)
    LIMITS.add("shares", shares.too_many)
    add_round_trip()
    JUDGEMENTS.add("segments", judged.judged)
    add_deleted(
        "segmentation.BudgetPick",
        "segmentation.CampaignForecastLine",
        "segmentation.CreatorForecast",
        "segmentation.ExpectedViews",
        "segmentation.ExperimentAssignment",
        "segmentation.ExperimentOutcome",
        "segmentation.MatchRow",
        "segmentation.Override",
        "segmentation.ScoreMove",
        "segmentation.SegmentExample",
        "segmentation.StageSuggestion",
        "segmentation.SuggestedValue",
    )
    for label in (
        "segmentation.CreatorForecast",
        "segmentation.ExpectedViews",
        "segmentation.ClusterStay",
        "segmentation.CreatorPlace",
        "segmentation.CreatorTie",
        "segmentation.MatchRow",
        "segmentation.ScoreMove",
        "segmentation.StageSuggestion",
        "segmentation.SuggestedValue",
    ):
        GOES_WITH.add(label, label)
    FILES.add("classifiers", Files("segmentation.Classifier", "digest", CLASSIFIERS))
    for source in day.SOURCES:
        days.SOURCES.add(source.key, source)
    days.LINES.add("last_run", day.last_run)
    OBJECTIONS.add(outreach.OBJECTION.code, outreach.OBJECTION)
    CAUTIONS.add(outreach.CAUTION.code, outreach.CAUTION)
    PERSONAS.add("segmentation", board.personas_of)
    AUDIENCES.add(outreach.AUDIENCE.key, outreach.AUDIENCE)
    CRITERIA.add("stages", stage_criteria.unmet)
    cards.PARTS.add("segmentation", board.lines)
