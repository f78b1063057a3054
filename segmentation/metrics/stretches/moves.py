"""Who came into segments and who went out of them, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

# Of all stays those that began or ended: who was there at the end, rows of stretches say.
_MOVES = """
SELECT m.segment_id, count(*) FILTER (WHERE m.entered_at >= %(start)s),
  count(*) FILTER (WHERE m.left_at < %(until)s)
FROM {stays} m
WHERE (m.entered_at >= %(start)s OR m.left_at < %(until)s) AND m.entered_at < %(until)s
  AND (m.left_at IS NULL OR m.left_at >= %(start)s) AND m.segment_id = ANY(%(segments)s)
GROUP BY m.segment_id
"""


@dataclass(frozen=True)
class Moves:
    """Stays of one segment that began, and stays that ended."""

    joiners: int = 0
    leavers: int = 0


BySegment = dict[int, Moves]


def of_everybody(stays: str, values: Mapping[str, Any]) -> BySegment:
    """Counted over all stays of the table, by segment."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVES.format(stays=stays), values)
        return {segment: Moves(*counts) for segment, *counts in cursor.fetchall()}


def as_json(moves: Mapping[int, Moves]) -> dict[str, Any]:
    """As it is kept."""
    return {str(segment): [one.joiners, one.leavers] for segment, one in moves.items()}


def of_json(kept: Mapping[str, Any]) -> BySegment:
    """As it was kept."""
    return {int(segment): Moves(*counts) for segment, counts in kept.items()}
