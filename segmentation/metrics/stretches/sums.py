"""What posts and days of members add up to, by segment and by who told of them.

What is kept is moved by who was looked at again: as they are, less as they were. These are
floating-point numbers, and what is taken out of a sum leaves the rounding of its own size. So what
was rounded is added up beside each sum, and once that is too much everybody is added up anew: a
wrong number that is put right leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from segmentation.metrics.families.post_entries import RATES, TOTALS
from segmentation.metrics.stretches.names import EXPLODED, NOW, WAS
from segmentation.metrics.stretches.posted import SUMS, each, totals

COUNTED = ("posts", "with_engagement", "with_kept", *(f"with_{of}" for of in TOTALS))
# Of units of whom a post was ever given: posts and days (p), and the part of them that time moves,
# those who are still there (o).
_PACE = ("p_y", "p_w", "p_yy", "p_yw", "p_ww", "o_n", "o_y", "o_w")
NAMES = (
    *COUNTED,
    *TOTALS,
    *("posting", "tracked", "untracked", *_PACE),
    *(
        f"r{place}_{name}"
        for place in range(len(RATES))
        for name in ("creators", "w", "y", "yy", "yw", "ww")
    ),
)
_RATE_SUMS = (
    "count({r}_w) AS {r}_creators, sum({r}_w) AS {r}_w, sum({r}_y) AS {r}_y, "
    "sum({r}_y * {r}_y) AS {r}_yy, sum({r}_y * {r}_w) AS {r}_yw, sum({r}_w * {r}_w) AS {r}_ww"
)
# By set of segments first, of which there are far fewer than creators. A number below 0 is what one
# source told of a unit of which several told.
_SUMS = f"""
WITH unit AS ({{rows}}),
of_set AS (
  SELECT segments, is_part, source, is_now, sum(posts) AS posts,
    sum(with_engagement) AS with_engagement, sum(with_kept) AS with_kept,
    {totals("sum(with_{of}) AS with_{of}, sum({of}) AS {of}")},
    count(*) FILTER (WHERE posts > 0) AS posting,
    count(*) FILTER (WHERE tracked) AS tracked, count(*) FILTER (WHERE NOT tracked) AS untracked,
    sum(posts) FILTER (WHERE tracked) AS p_y,
    sum(days) FILTER (WHERE tracked) AS p_w,
    sum(posts * posts) FILTER (WHERE tracked) AS p_yy,
    sum(posts * days) FILTER (WHERE tracked) AS p_yw,
    sum(days * days) FILTER (WHERE tracked) AS p_ww,
    count(*) FILTER (WHERE tracked AND is_open) AS o_n,
    sum(posts) FILTER (WHERE tracked AND is_open) AS o_y,
    sum(days) FILTER (WHERE tracked AND is_open) AS o_w,
    {each(_RATE_SUMS)}
  FROM unit GROUP BY segments, is_part, source, is_now
)
SELECT segment_id, is_part, source, is_now,
  {", ".join(f"coalesce(sum({name}), 0)::float8" for name in NAMES)}
FROM of_set {EXPLODED}
GROUP BY segment_id, is_part, source, is_now
"""  # noqa: S608 - names of ours
_ROWS = f"""
SELECT segments, number < 0 AS is_part, source, {{is_now}} AS is_now,
  days + coalesce(date_part('epoch', %(until)s - open_since) / 86400, 0) AS days,
  open_since IS NOT NULL AS is_open, tracked, {", ".join(SUMS)}
FROM {{table}} WHERE sheet_id = %(sheet)s AND kind <> 'more'"""  # noqa: S608 - names of ours
_MOVED = " UNION ALL ".join(
    _ROWS.format(table=table, is_now=is_now) for table, is_now in ((NOW, "true"), (WAS, "false"))
)
STATEMENT = _SUMS.format(rows=_ROWS.format(table="{table}", is_now="true"))
# Each is a 2 ** 53rd of a sum: together they stay far below the ten digits that are told.
ROUNDED_AT_MOST = 100.0
_WHOLE_UP_TO = 2.0**53
_DAY = timedelta(days=1)
_PLACES = {name: place for place, name in enumerate(NAMES)}
# What a number is a sum over, counted: of nothing it is nothing.
_OVER = {
    **{f"p_{name}": "tracked" for name in ("y", "w", "yy", "yw", "ww")},
    "o_y": "o_n",
    "o_w": "o_n",
    **{
        f"r{place}_{name}": f"r{place}_creators"
        for place in range(len(RATES))
        for name in ("w", "y", "yy", "yw", "ww")
    },
}


@dataclass
class Sum:
    """Numbers in the order of NAMES; `rounded`: the sums that each went through since counted."""

    numbers: list[float] = field(default_factory=lambda: [0.0] * len(NAMES))
    rounded: list[float] = field(default_factory=lambda: [0.0] * len(NAMES))

    def of(self, name: str) -> float:
        """The number of this name."""
        return self.numbers[_PLACES[name]]

    def add(self, numbers: Sequence[float], times: int = 1) -> None:
        """Add the numbers; of -1 times, take them off."""
        for place, number in enumerate(numbers):
            if number:
                before = self.numbers[place]
                after = self.numbers[place] = before + times * number
                # Whole numbers lose nothing.
                if not (before.is_integer() and number.is_integer() and abs(after) < _WHOLE_UP_TO):
                    self.rounded[place] += abs(before) + abs(number)
        for name, over in _OVER.items():
            if not self.of(over):
                self.numbers[_PLACES[name]] = self.rounded[_PLACES[name]] = 0.0

    def is_sure(self) -> bool:
        """Whether rounding is too little to be seen."""
        pairs = zip(self.rounded, self.numbers, strict=True)
        return all(rounded <= ROUNDED_AT_MOST * abs(number) for rounded, number in pairs)


@dataclass
class Added:
    """Of one segment: its units, and what each source told of those of which several told.

    By who told of them; empty: several, or there are no posts.
    """

    units: dict[str, Sum] = field(default_factory=dict)
    parts: dict[str, Sum] = field(default_factory=dict)

    def all(self) -> list[Sum]:
        """Whatever is kept."""
        return [*self.units.values(), *self.parts.values()]


BySegment = dict[int, Added]


def of_everybody(table: str, values: Mapping[str, Any]) -> BySegment:
    """Added up over all rows of a sheet, by segment."""
    return _added({}, STATEMENT.format(table=table), values)


def moved(before: BySegment, was: datetime, values: Mapping[str, Any]) -> BySegment | None:
    """What was added up as of the moment `was`, as of now, with NOW in the place of WAS.

    None: too much was rounded, everybody has to be added up anew.
    """
    days = (values["until"] - was) / _DAY
    every = [one for added in before.values() for one in added.all()]
    for one in every:
        one.add(_later(one, days))
    after = _added(before, _SUMS.format(rows=_MOVED), values)
    is_sure = all(one.is_sure() for added in after.values() for one in added.all())
    return after if is_sure else None


def as_json(sums: BySegment) -> dict[str, Any]:
    """As it is kept."""
    return {
        str(segment): [_sources_as_json(added.units), _sources_as_json(added.parts)]
        for segment, added in sums.items()
    }


def of_json(kept: Mapping[str, Any]) -> BySegment:
    """As it was kept."""
    return {
        int(segment): Added(_sources_of_json(units), _sources_of_json(parts))
        for segment, (units, parts) in kept.items()
    }


def _added(before: BySegment, sql: str, values: Mapping[str, Any]) -> BySegment:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    for segment, is_part, source, is_now, *numbers in rows:
        added = before.setdefault(segment, Added())
        sources = added.parts if is_part else added.units
        sources.setdefault(source, Sum()).add(numbers, 1 if is_now else -1)
    return before


def _later(sum_: Sum, days: float) -> list[float]:
    """What so many days more add to it: everybody who is there has a longer stay."""
    there, posts, so_far = (sum_.of(name) for name in ("o_n", "o_y", "o_w"))
    more = {
        "p_w": days * there,
        "p_yw": days * posts,
        "p_ww": days * (2 * so_far + days * there),
        "o_w": days * there,
    }
    return [more.get(name, 0.0) for name in NAMES]


def _sources_as_json(sources: Mapping[str, Sum]) -> dict[str, Any]:
    return {source: [one.numbers, one.rounded] for source, one in sources.items()}


def _sources_of_json(kept: Mapping[str, Any]) -> dict[str, Sum]:
    # The database keeps some of them as whole numbers.
    return {
        source: Sum(*([float(one) for one in numbers] for numbers in lists))
        for source, lists in kept.items()
    }
