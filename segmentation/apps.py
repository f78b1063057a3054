from django.apps import AppConfig


class SegmentationConfig(AppConfig):
    """What the creators and campaigns tell us: segments, runs and scorecards."""

    name = "segmentation"

    def ready(self) -> None:
        """Add what this app knows of creators to the pages of the apps below."""
        from crm import day as days  # noqa: PLC0415 - models are there from now on
        from crm.services.merge import PARTS  # noqa: PLC0415
        from crm.timeline import SOURCES  # noqa: PLC0415 - models are there from now on
        from segmentation import day  # noqa: PLC0415
        from segmentation.services.merging import PART  # noqa: PLC0415
        from segmentation.timeline import SOURCE  # noqa: PLC0415

        SOURCES.add(SOURCE.key, SOURCE)
        PARTS.add(PART.key, PART)
        for source in day.SOURCES:
            days.SOURCES.add(source.key, source)
        days.LINES.add("last_run", day.last_run)
