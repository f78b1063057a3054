"""Names of segments that stand beside each other: every tier scheme has its "Nano"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from segmentation.models import Segment


def told_apart(segments: Iterable[Segment]) -> dict[int, str]:
    """Names by primary key, with the dimension where another of these segments has the same name.

    Segments come with their dimension, which is asked for otherwise.
    """
    them = list(segments)
    held = Counter(segment.name for segment in them)
    return {
        segment.pk: f"{segment.name} ({segment.dimension.name})"
        if held[segment.name] > 1
        else segment.name
        for segment in them
    }
