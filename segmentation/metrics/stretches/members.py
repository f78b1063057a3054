"""Who is in segments at the end, counted: by stage, by platform, and how many follow them.

These are whole numbers, so what is kept of them is moved by who was looked at again, and is exactly
what counting everybody gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from segmentation.metrics.stretches.names import EXPLODED, NOW, WAS

_COLUMNS = "segments, stage, platform_id, followers_source, followers"
# Rows that reach the end; of a creator in two such, the segments are different ones.
_AT_THE_END = "kind <> 'part' AND until IS NULL"
_COUNTED = f"""
WITH at_the_end AS ({{rows}}),
of_set AS (
  SELECT segments, stage, platform_id, followers_source AS source, sum(times) AS size,
    sum(times) FILTER (WHERE followers IS NOT NULL) AS counted,
    sum(times * followers::float8) AS followers
  FROM at_the_end GROUP BY segments, stage, platform_id, followers_source
)
SELECT segment_id, stage, platform_id, source, sum(size)::bigint,
  coalesce(sum(counted), 0)::bigint, coalesce(sum(followers), 0)::bigint
FROM of_set {EXPLODED} GROUP BY segment_id, stage, platform_id, source
"""  # noqa: S608 - names of ours
_ALL = f"SELECT {_COLUMNS}, 1 AS times FROM {{table}} WHERE sheet_id = %(sheet)s AND {_AT_THE_END}"  # noqa: S608 - names of ours
# Those who were looked at again: as they are, less as they were.
_MOVED = f"""{_ALL.format(table=NOW)}
  UNION ALL SELECT {_COLUMNS}, -1 FROM {WAS} WHERE {_AT_THE_END}"""  # noqa: S608 - names of ours


@dataclass
class Members:
    """Of one segment; `counted` are those whose followers are known, `sources` who told them."""

    size: int = 0
    counted: int = 0
    followers: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    platforms: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)

    def add(self, part: _Part) -> None:
        """Add those of one stage, platform and source; of less than none, take them off."""
        stage, platform, source, size, counted, followers = part
        self.size += size
        self.counted += counted
        self.followers += followers
        for counts, key, number in (
            (self.stages, stage, size),
            (self.platforms, platform, size),
            (self.sources, source, counted),
        ):
            if key is not None:
                counts[key] += number
                if not counts[key]:
                    del counts[key]


_Part = tuple[str | None, str | None, str | None, int, int, int]
BySegment = dict[int, Members]


def of_everybody(table: str, sheet: int) -> BySegment:
    """Counted over all rows of a sheet, by segment."""
    return _added({}, _ALL.format(table=table), sheet)


def moved(before: Mapping[int, Members], sheet: int) -> BySegment:
    """What was counted before, with NOW in the place of WAS."""
    return _added(before, _MOVED, sheet)


def as_json(members: Mapping[int, Members]) -> dict[str, Any]:
    """As it is kept."""
    return {str(segment): vars(one) for segment, one in members.items()}


def of_json(kept: Mapping[str, Any]) -> BySegment:
    """As it was kept."""
    return {
        int(segment): Members(
            one["size"],
            one["counted"],
            one["followers"],
            *(Counter(one[name]) for name in ("stages", "platforms", "sources")),
        )
        for segment, one in kept.items()
    }


def _added(before: Mapping[int, Members], rows: str, sheet: int) -> BySegment:
    found = dict(before)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(rows=rows), {"sheet": sheet})
        counted: Iterable[tuple[Any, ...]] = cursor.fetchall()
    for segment, *part in counted:
        found.setdefault(segment, Members()).add(tuple(part))
    return found
