"""Lift: how much more the brand was looked for, or come to, while a segment's pieces were new.

A daily series is the brand's as a whole. What a segment has of its own are the days on which its
members published: these days are compared with the same weekdays close by on which nothing of the
brand was new. Days on which several segments published count for each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from campaigns.choices import SeriesKind
from campaigns.models import DailySeries, DailyValue
from segmentation.metrics.entries import OUR_OWN, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found
from segmentation.metrics.look import WINDOWS, Look
from segmentation.metrics.statistics import LEVELS, Interval, Sums, log_ratio_interval
from segmentation.metrics.stretches.names import EXPLODED

# A piece is new on its day and on the next.
NEW_FOR = timedelta(days=2)
# Control days lie at most so far away.
NEAR = timedelta(weeks=4)
LEAST_WEEKS = 4
_NO_INTERVAL = "Nearly all of it is one week's, or there was nothing on all of these days."


def _entry(key: str, label: str, question: str, what: str) -> Metric:
    return Metric(
        key=key,
        label=label,
        question=question,
        formula=(
            f"{what} of the days on which a member's piece went live, and of the days after / the "
            "mean of the same weekdays up to four weeks before and after on which nothing of the "
            "brand was new, both added up, less one"
        ),
        version=2,
        numerator=f"{what} on days with new pieces of members",
        denominator=f"{what} on control days",
        basis="days",
        unit=Unit.FRACTION,
        better=Better.HIGHER,
        minimum_n=1,
        method=Method.WEEKS,
        accepts=OUR_OWN,
        source="daily series",
    )


_SERIES: Mapping[Metric, SeriesKind] = {
    _entry(
        "brand_search_lift",
        "Lift of brand search",
        "How many more look for the brand while their pieces are new?",
        "searches for the brand",
    ): SeriesKind.BRAND_SEARCH,
    _entry(
        "direct_lift",
        "Lift of direct traffic",
        "How many more come straight to the shop while their pieces are new?",
        "direct visits",
    ): SeriesKind.DIRECT_TRAFFIC,
}

_LIVE = """
SELECT r.creator_id, d.published_at AS at, (d.published_at AT TIME ZONE %(zone)s)::date AS day
FROM campaigns_deliverable d
JOIN campaigns_engagement e ON e.id = d.engagement_id
JOIN crm_relationship r ON r.id = e.relationship_id
WHERE r.brand_id = %(brand)s AND d.published_at >= %(from)s AND d.published_at < %(until)s"""
_DAYS = f"SELECT DISTINCT day FROM ({_LIVE}) live"  # noqa: S608 - ours
_BY_SEGMENT = f"""
SELECT DISTINCT segment_id, live.creator_id, live.day
FROM ({_LIVE}) live
JOIN {WINDOWS} w ON w.creator_id = live.creator_id AND live.at >= w.since AND live.at < w.until
{EXPLODED}"""  # noqa: S608 - names of ours


@dataclass
class _New:
    """The days on which pieces of a segment's members were new, and whose they were."""

    days: set[date] = field(default_factory=set)
    creators: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Controls:
    """A series, and its days on which nothing of the brand was new."""

    name: str
    values: Mapping[date, float]
    quiet: Set[date]

    def of(self, day: date) -> float | None:
        """What a day without pieces would have: the mean of the quiet same weekdays near it."""
        weeks = range(-(NEAR.days // 7), NEAR.days // 7 + 1)
        near = (day + timedelta(weeks=number) for number in weeks if number)
        found = [self.values[one] for one in near if one in self.quiet]
        return sum(found) / len(found) if found else None


def _measure(look: Look) -> dict[int, list[Found]]:
    zone = ZoneInfo(look.brand.timezone)
    first = look.start.astimezone(zone).date()
    controls = {kind: _controls(look, kind, zone) for kind in _SERIES.values()}
    new: dict[int, _New] = defaultdict(_New)
    if any(controls.values()):
        for row in look.rows(_BY_SEGMENT, zone=look.brand.timezone, **{"from": look.start}):
            of_segment = new[row["segment_id"]]
            of_segment.days.update(new_days(row["day"]))
            of_segment.creators.add(row["creator_id"])
    return {
        key: [_row(metric, new[key], controls[kind], first) for metric, kind in _SERIES.items()]
        for key in look.all_ids
    }


def new_days(day: date) -> Iterator[date]:
    """The days on which a piece of this day is new."""
    return (day + timedelta(days=number) for number in range(NEW_FOR.days))


def _controls(look: Look, kind: SeriesKind, zone: ZoneInfo) -> Controls | None:
    """The series of this kind of which most days are known; of equals, the oldest."""
    first, until = (look.start - NEAR).astimezone(zone).date(), look.until.astimezone(zone).date()
    known = Count("values_by_day", filter=Q(values_by_day__day__range=(first, until)))
    rows = DailySeries.objects.filter(brand=look.brand, kind=kind).annotate(known=known)
    series = rows.filter(known__gt=0).order_by("-known", "pk").first()
    if series is None:
        return None
    days = DailyValue.objects.filter(series=series, day__range=(first, until))
    values = dict(days.values_list("day", "value"))
    since = look.start - NEAR - NEW_FOR
    live = look.rows(_DAYS, zone=look.brand.timezone, **{"from": since})
    busy = {day for row in live for day in new_days(row["day"])}
    return Controls(series.name, values, values.keys() - busy)


def _row(metric: Metric, new: _New, controls: Controls | None, first: date) -> Found:
    if controls is None:
        return Found(metric=metric, reason="The brand has no daily series of it in this period.")
    days, sums = added_by_week(new.days, controls, first)
    reason = _why_not(new, sums)
    wide, narrow = (None, None) if reason else (lift_interval(sums, level) for level in LEVELS)
    return Found(
        metric=metric,
        value=None if reason or sums.ratio is None else sums.ratio - 1,
        n=days,
        n_unit="days",
        creators=len(new.creators),
        reason=reason,
        wide=wide,
        narrow=narrow,
        interval_reason="" if wide or reason else _NO_INTERVAL,
        inputs={
            "series": controls.name,
            "days_with_new_pieces": len(new.days),
            "days_used": days,
            "days_excluded": {
                "not known, or no quiet day of its weekday near": len(new.days) - days
            },
            "weeks": sums.creators,
            "creators": len(new.creators),
            "membership": "at the moment of each piece, from the membership ledger",
        },
    )


def _why_not(new: _New, sums: Sums) -> str:
    if not new.days:
        return "No piece of a member went live in this period."
    if sums.creators < LEAST_WEEKS:
        weeks = "1 week" if sums.creators == 1 else f"{sums.creators} weeks"
        return (
            "Too few: days with new pieces and quiet days to compare them with lie in "
            f"{weeks}, {LEAST_WEEKS} are needed."
        )
    return "" if sums.w > 0 else "On the control days there was nothing to compare with."


def added_by_week(days: Set[date], controls: Controls, first: date) -> tuple[int, Sums]:
    """How many of the days can be compared, and the sums of the ratio over weeks from `first` on.

    y is what the series has on the days of a week, w what their control days have.
    """
    by_week: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for day in sorted(days & controls.values.keys()):
        control = controls.of(day)
        if control is not None:
            by_week[(day - first).days // 7].append((controls.values[day], control))
    weeks = [(sum(y for y, _ in week), sum(w for _, w in week)) for week in by_week.values()]
    return sum(map(len, by_week.values())), Sums.over(weeks)


def lift_interval(sums: Sums, level: float) -> Interval | None:
    """The interval of the ratio of sums over weeks, less one."""
    found = log_ratio_interval(sums, level)
    return found and Interval(level, found.low - 1, found.high - 1)


LIFT = Family("lift", "What moved beside the posts", tuple(_SERIES), _measure)
