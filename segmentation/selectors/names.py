"""Names of segments that stand beside each other: every tier scheme has its "Nano"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django import forms

from segmentation.models import Segment


def full_name(segment: Segment) -> str:
    """The name with its dimension, which is asked for where it did not come along."""
    return f"{segment.name} ({segment.dimension.name})"


class SegmentChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among segments of all dimensions, which are to come with their dimension."""

    def label_from_instance(self, obj: Segment) -> str:
        """As the rule builder names them."""
        return full_name(obj)


def told_apart(segments: Iterable[Segment]) -> dict[int, str]:
    """Names by primary key, with the dimension where another of these segments has the same name.

    Segments come with their dimension, which is asked for otherwise.
    """
    them = list(segments)
    held = Counter(segment.name for segment in them)
    return {
        segment.pk: full_name(segment) if held[segment.name] > 1 else segment.name
        for segment in them
    }
