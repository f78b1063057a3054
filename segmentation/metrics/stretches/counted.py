"""What all rows of a sheet come to, by segment: kept with it, so that few rows have to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from segmentation.metrics.stretches import members, moves, sums


@dataclass(frozen=True)
class Counted:
    """By segment: who is in it at the end, who came and went, and what posts add up to."""

    members: members.BySegment = field(default_factory=dict)
    moves: moves.BySegment = field(default_factory=dict)
    sums: sums.BySegment = field(default_factory=dict)


def of_everybody(table: str, stays: str, values: Mapping[str, Any]) -> Counted:
    """Counted over all rows of a sheet, and all stays of a table."""
    return Counted(
        members.of_everybody(table, values["sheet"]),
        moves.of_everybody(stays, values),
        sums.of_everybody(table, values),
    )


def moved(
    before: Counted,
    *,
    table: str,
    stays: str,
    was: datetime,
    has_moved: bool,
    values: Mapping[str, Any],
) -> Counted:
    """What was counted as of the moment `was`, as of now, with NOW in the place of WAS.

    `table` has all rows, as they are now; `has_moved`: somebody's stays may have changed.
    """
    after = sums.moved(before.sums, was, values)
    return Counted(
        members.moved(before.members, values["sheet"]),
        moves.of_everybody(stays, values) if has_moved else before.moves,
        sums.of_everybody(table, values) if after is None else after,
    )


def as_json(counted: Counted) -> dict[str, Any]:
    """As it is kept."""
    return {
        "members": members.as_json(counted.members),
        "moves": moves.as_json(counted.moves),
        "sums": sums.as_json(counted.sums),
    }


def of_json(kept: Mapping[str, Any]) -> Counted:
    """As it was kept."""
    return Counted(
        members.of_json(kept["members"]),
        moves.of_json(kept["moves"]),
        sums.of_json(kept["sums"]),
    )
