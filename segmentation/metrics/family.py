"""A family of metrics: entries that are measured together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from segmentation.metrics.entries import Metric
from segmentation.metrics.found import Found
from segmentation.metrics.look import Look


@dataclass(frozen=True)
class Family:
    """Entries of the catalogue, and one function that measures them for all segments at once.

    `measure` returns rows for each of `look.all_ids`, by a number of statements that does not
    depend on how many segments and creators there are. Each entry has at least one row, but those
    whose parts are those that exist (platforms).
    """

    key: str
    label: str
    metrics: tuple[Metric, ...]
    measure: Callable[[Look], Mapping[int, Sequence[Found]]]
