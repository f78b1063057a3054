"""What this app adds to pages of crm (docs/adr/0011)."""

from __future__ import annotations

from crm import board as cards
from crm import day as days
from crm import search
from crm.filters import add_filter
from crm.lists import columns
from crm.outreach.parts import AUDIENCES, OBJECTIONS
from crm.services import demo
from crm.services import held as data_held
from crm.services.criteria import CRITERIA
from crm.services.imports.hanging import GOES_WITH
from crm.services.merge import PARTS
from crm.services.privacy.copying import JUDGEMENTS
from crm.services.privacy.parts import add_deleted, add_part
from crm.timeline import SOURCES
from segmentation import board, day, lists, outreach
from segmentation.services import erasing, held, judged, stage_criteria
from segmentation.services.merging import PART
from segmentation.timeline import SOURCE

from segmentation.services.made_up_proof import fill_attribution, fill_experiments

def add_parts() -> None:
    """Add them all: once, when the apps are ready."""
    for name, part in lists.FILTERS.items():
        add_filter(name, part)
    columns.SOURCES.add("segments", lists.COLUMNS)
    search.KINDS.add("segments", lists.KIND)
    for name, action in lists.ACTIONS.items():
        search.ACTIONS.add(name, action)
    SOURCES.add(SOURCE.key, SOURCE)
    PARTS.add(PART.key, PART)
    data_held.SOURCES.add("segments", held.held)
    add_part("segmentation", erasing.PART)
    JUDGEMENTS.add("segments", judged.judged)
    add_deleted(
        "segmentation.ExperimentAssignment",
        "segmentation.ExperimentOutcome",
        "segmentation.Override",
        "segmentation.SegmentExample",
        "segmentation.StageSuggestion",
    )
    GOES_WITH.add("segmentation.StageSuggestion", "segmentation.StageSuggestion")
    for source in day.SOURCES:
        days.SOURCES.add(source.key, source)
    days.LINES.add("last_run", day.last_run)
    OBJECTIONS.add(outreach.OBJECTION.code, outreach.OBJECTION)
    AUDIENCES.add(outreach.AUDIENCE.key, outreach.AUDIENCE)
    demo.PARTS.add("experiments", demo.DemoPart("experiments", fill_experiments))
    demo.PARTS.add("attribution", demo.DemoPart("attribution", fill_attribution))
    CRITERIA.add("stages", stage_criteria.unmet)
    cards.PARTS.add("segmentation", board.lines)
