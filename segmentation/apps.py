from django.apps import AppConfig


class SegmentationConfig(AppConfig):
    """What the creators and campaigns tell us: segments, runs and scorecards."""

    name = "segmentation"

    def ready(self) -> None:
        """Add what this app knows of creators to the pages of the apps below."""
        from crm import board as cards  # noqa: PLC0415
        from crm import day as days  # noqa: PLC0415 - models are there from now on
        from crm import search  # noqa: PLC0415
        from crm.filters import add_filter  # noqa: PLC0415
        from crm.lists import columns  # noqa: PLC0415
        from crm.outreach.parts import AUDIENCES, OBJECTIONS  # noqa: PLC0415
        from crm.services import held  # noqa: PLC0415
        from crm.services.criteria import CRITERIA  # noqa: PLC0415
        from crm.services.imports.hanging import GOES_WITH  # noqa: PLC0415
        from crm.services.merge import PARTS  # noqa: PLC0415
        from crm.timeline import SOURCES  # noqa: PLC0415 - models are there from now on
        from segmentation import board, day, lists, outreach  # noqa: PLC0415
        from segmentation.services import stage_criteria  # noqa: PLC0415
        from segmentation.services.held import held as segments_held  # noqa: PLC0415
        from segmentation.services.merging import PART  # noqa: PLC0415
        from segmentation.timeline import SOURCE  # noqa: PLC0415

        for name, part in lists.FILTERS.items():
            add_filter(name, part)
        columns.SOURCES.add("segments", lists.COLUMNS)
        search.KINDS.add("segments", lists.KIND)
        for name, action in lists.ACTIONS.items():
            search.ACTIONS.add(name, action)
        SOURCES.add(SOURCE.key, SOURCE)
        PARTS.add(PART.key, PART)
        held.SOURCES.add("segments", segments_held)
        GOES_WITH.add("segmentation.StageSuggestion", "segmentation.StageSuggestion")
        for source in day.SOURCES:
            days.SOURCES.add(source.key, source)
        days.LINES.add("last_run", day.last_run)
        OBJECTIONS.add(outreach.OBJECTION.code, outreach.OBJECTION)
        AUDIENCES.add(outreach.AUDIENCE.key, outreach.AUDIENCE)
        CRITERIA.add("stages", stage_criteria.unmet)
        cards.PARTS.add("segmentation", board.lines)
