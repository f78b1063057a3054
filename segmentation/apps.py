from django.apps import AppConfig


class SegmentationConfig(AppConfig):
    """What the creators and campaigns tell us: segments, runs and scorecards."""

    name = "segmentation"
