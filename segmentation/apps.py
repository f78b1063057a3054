from django.apps import AppConfig


class SegmentationConfig(AppConfig):
    """What the creators and campaigns tell us: segments, runs and scorecards."""

    name = "segmentation"

    def ready(self) -> None:
        """Add what this app knows of creators to the pages of the apps below."""
        from segmentation.parts import add_parts  # noqa: PLC0415 - models are there from now on

        add_parts()
