"""What the drift page shows of a stored report, in words and as charts.js draws it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from crm.models import Brand
from segmentation.choices import RunStatus, Trigger
from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import Dimension, DriftAlert, DriftReport, Run, RunSegment
from segmentation.rules.facts import Catalogue
from segmentation.services.drift import facts as drift_facts
from segmentation.services.drift.facts import AGE_BANDS, FactShift, Freshness, Side
from segmentation.services.drift.flows import EACH, NEW, NONE, DimensionFlows

# Flows that are drawn; the table has all that are stored.
DRAWN = 60
ALERTS_SHOWN = 10
REPORTS_SHOWN = 12
QUARTERS_OFFERED = 4
VALUES_SHOWN = 3
NEAR_SHOWN = 20
_ORDER = (
    drift_facts.SHIFTED,
    drift_facts.SMALL,
    drift_facts.UNCHANGED,
    drift_facts.TOO_FEW,
)
_DIFFERENT = frozenset({drift_facts.SHIFTED, drift_facts.SMALL})
VERDICTS = {
    drift_facts.SHIFTED: "Shifted",
    drift_facts.SMALL: "A little",
    drift_facts.UNCHANGED: "No shift",
    drift_facts.TOO_FEW: "Too few",
}


@dataclass(frozen=True)
class DimensionLine:
    """A dimension in the overview: the share that moved, and what it may be."""

    flows: DimensionFlows
    dimension: Dimension | None
    share: float | None
    is_over: bool


@dataclass(frozen=True)
class FlowLine:
    """A flow in words: from where to where, how many, and which share of those who were there."""

    source: str
    target: str
    creators: int
    share: float
    stays: bool


@dataclass(frozen=True)
class FactLine:
    """A fact in words."""

    shift: FactShift
    verdict: str
    words: str
    before: str
    after: str


@dataclass(frozen=True)
class AgeLine:
    """How old the newest data of a source are: shares of creators by band, and of none at all."""

    source: str
    creators: int
    shares: list[tuple[str, float]]
    never: float
    stale: float


@dataclass(frozen=True)
class NearLine:
    """A segment of the last run, and who is just outside."""

    found: RunSegment
    total: int
    facts: list[tuple[str, int]]


@dataclass(frozen=True)
class Ends:
    """Two days one may want to compare, and what they are called."""

    label: str
    since: date
    until: date


@dataclass(frozen=True)
class DriftPage:
    """A computed report: the overview, one dimension in full, facts and the age of what we know."""

    report: DriftReport
    lines: list[DimensionLine]
    chosen: DimensionLine | None
    flows: list[FlowLine]
    chart: dict[str, Any]
    # Those that differ by more than chance, those that do not, the furthest apart first; and those
    # that too few are known of.
    facts: list[FactLine]
    unchanged: list[FactLine]
    untested: list[FactLine]
    ages: list[AgeLine]
    newcomers: int

    @property
    def tested(self) -> int:
        """How many facts were tested together."""
        return len(self.facts) + len(self.unchanged)


def offered_days(brand: Brand, at: datetime) -> list[Ends]:
    """The pairs of days most asked for: this quarter so far, and each of those before."""
    calendar = calendar_of(brand)
    current = quarter_of(at, calendar)

    def last_day_before(quarter: Any) -> date:
        return calendar.day_of(quarter_bounds(quarter, calendar).start) - timedelta(days=1)

    today = calendar.day_of(at)
    offered = [Ends(f"{current} so far", last_day_before(current), today)]
    for back in range(1, QUARTERS_OFFERED + 1):
        quarter = current.shift(-back)
        offered.append(
            Ends(str(quarter), last_day_before(quarter), last_day_before(quarter.next()))
        )
    return [one for one in offered if one.since < one.until]


def find_report(brand: Brand, since_on: date, until_on: date) -> DriftReport | None:
    """The stored report of these days."""
    return DriftReport.objects.filter(brand=brand, since_on=since_on, until_on=until_on).first()


def stored_reports(brand: Brand) -> list[DriftReport]:
    """The reports that there are, without their contents."""
    rows = DriftReport.objects.filter(brand=brand).only("since_on", "until_on", "status", "brand")
    return list(rows[:REPORTS_SHOWN])


def recent_alerts(brand: Brand) -> list[DriftAlert]:
    """The newest alerts of the brand's runs."""
    found = DriftAlert.objects.filter(run__brand=brand).select_related("run", "dimension")
    return list(found[:ALERTS_SHOWN])


def near_misses(brand: Brand, facts: Catalogue) -> list[NearLine]:
    """The segments of the last applied full run with creators near a threshold, most first."""
    labels = {fact.key: fact.label for fact in facts.values()}
    run = (
        Run.objects.filter(brand=brand, status=RunStatus.APPLIED)
        .exclude(trigger=Trigger.FACTS)
        .order_by("-as_of", "-pk")
        .first()
    )
    rows = (
        RunSegment.objects.filter(run=run)
        .exclude(near={})
        .select_related("segment__dimension", "run")
    )
    lines = [
        NearLine(
            found=row,
            total=max(row.near.values()),
            facts=[
                (labels.get(key, key), count)
                for key, count in sorted(row.near.items(), key=lambda pair: (-pair[1], pair[0]))
            ],
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (-line.total, line.found.segment.key))[:NEAR_SHOWN]


def drift_page(report: DriftReport, key: str = "") -> DriftPage:
    """Return the page of a computed report, with the dimension `key` (else that which moved most).

    One statement.
    """
    dimensions = {one.key: one for one in Dimension.objects.filter(brand=report.brand)}
    stored = cast("list[DimensionFlows]", report.dimensions)
    lines = [_dimension_line(flows, dimensions.get(flows["dimension"])) for flows in stored]
    by_key = {line.flows["dimension"]: line for line in lines}
    most = max(lines, key=lambda line: line.share or 0.0, default=None)
    chosen = by_key.get(key, most)
    facts = [_fact_line(shift) for shift in cast("list[FactShift]", report.facts)]
    facts.sort(
        key=lambda line: (_ORDER.index(line.shift["verdict"]), -(line.shift["statistic"] or 0))
    )
    return DriftPage(
        report=report,
        lines=lines,
        chosen=chosen,
        flows=[] if chosen is None else _flow_lines(chosen.flows),
        chart={} if chosen is None else sankey(chosen.flows),
        facts=[line for line in facts if line.shift["verdict"] in _DIFFERENT],
        unchanged=[line for line in facts if line.shift["verdict"] == drift_facts.UNCHANGED],
        untested=[line for line in facts if line.shift["verdict"] == drift_facts.TOO_FEW],
        ages=[_age_line(one) for one in cast("list[Freshness]", report.freshness)],
        newcomers=report.creators["until"] - report.creators["since"],
    )


def sankey(flows: DimensionFlows) -> dict[str, Any]:
    """The largest flows as static/js/charts.js draws them: then at the left, now at the right."""
    names = flows["names"]
    links = [
        {"source": f"then {source}", "target": f"now {target}", "value": creators}
        for source, target, creators in flows["flows"][:DRAWN]
    ]
    ends = {str(end) for link in links for end in (link["source"], link["target"])}
    order = [*(one["key"] for one in flows["segments"]), NONE, NEW]
    used = [end for side in ("then", "now") for key in order if (end := f"{side} {key}") in ends]
    return {
        "type": "sankey",
        "unit": "count",
        "nodes": [{"name": end, "label": names[end.partition(" ")[2]]} for end in used],
        "links": links,
    }


def _dimension_line(flows: DimensionFlows, dimension: Dimension | None) -> DimensionLine:
    share = flows["moved"] / flows["known"] if flows["known"] else None
    percent = dimension.drift_alert_percent if dimension else 0
    return DimensionLine(
        flows=flows,
        dimension=dimension,
        share=share,
        is_over=bool(percent) and share is not None and share * 100 > percent,
    )


def _flow_lines(flows: DimensionFlows) -> list[FlowLine]:
    names = flows["names"] | ({":none": "Outside"} if flows["kind"] == EACH else {})
    totals = Counter[str]()
    for source, _, creators in flows["flows"]:
        totals[source] += creators
    return [
        FlowLine(
            source=names[source],
            target=names[target],
            creators=creators,
            share=creators / totals[source],
            stays=source == target,
        )
        for source, target, creators in flows["flows"]
        if not (source == NEW and target == NEW)
    ]


def _age_line(found: Freshness) -> AgeLine:
    creators = found["creators"] or 1
    shares = [count / creators for count in found["ages"]]
    never = found["never"] / creators
    # Older than a quarter: the third band on.
    stale = sum(shares[2:])
    bands = list(zip(age_labels(), shares, strict=True))
    return AgeLine(found["source"], found["creators"], bands, never, stale)


def age_labels() -> list[str]:
    """The names of the age bands."""
    ends = [0, *AGE_BANDS]
    named = [
        f"under {high} days" if low == 0 else f"{low} to {high - 1} days"
        for low, high in zip(ends, AGE_BANDS, strict=False)
    ]
    return [*named, f"{AGE_BANDS[-1]} days and more"]


# --- facts in words --------------------------------------------------------------------------


def _fact_line(shift: FactShift) -> FactLine:
    return FactLine(
        shift=shift,
        verdict=VERDICTS[shift["verdict"]],
        words=_words(shift),
        before=_side_words(shift, shift["before"]),
        after=_side_words(shift, shift["after"]),
    )


def _words(shift: FactShift) -> str:
    """What is behind the verdict, as a sentence; empty where the verdict says it all."""
    before, after = shift["before"], shift["after"]
    if shift["verdict"] == drift_facts.TOO_FEW:
        return (
            f"Known of {before['n']:,} creators then and {after['n']:,} now; at least "
            "20 are needed at both moments."
        )
    if shift["verdict"] == drift_facts.UNCHANGED:
        return ""
    how = _how(shift)
    if shift["verdict"] == drift_facts.SMALL:
        return f"More than chance, but too little to act on. {how}"
    return how


def _how(shift: FactShift) -> str:
    """In which direction it went."""
    before, after = shift["before"], shift["after"]
    if before["quartiles"] and after["quartiles"]:
        low, middle, high = before["quartiles"]
        now_low, now_middle, now_high = after["quartiles"]
        if _number(shift, middle) != _number(shift, now_middle):
            word = "Higher" if now_middle > middle else "Lower"
            return (
                f"{word}: the creator in the middle went from {_number(shift, middle)} to "
                f"{_number(shift, now_middle)}."
            )
        return (
            f"The middle stayed at {_number(shift, middle)}, the spread changed: half of them lay "
            f"between {_number(shift, low)} and {_number(shift, high)}, now between "
            f"{_number(shift, now_low)} and {_number(shift, now_high)}."
        )
    was, now = dict(before["shares"] or []), dict(after["shares"] or [])
    moves = sorted(
        ((now.get(key, 0.0) - was.get(key, 0.0), key) for key in was.keys() | now.keys()),
        key=lambda pair: (-pair[0], pair[1]),
    )
    said = []
    if moves and moves[0][0] > 0:
        said.append(f"More {_moved(moves[0][1], was, now)}")
    if moves and moves[-1][0] < 0:
        said.append(f"less {_moved(moves[-1][1], was, now)}")
    sentence = "; ".join(said)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else "The shares differ."


def _moved(key: str, was: dict[str, float], now: dict[str, float]) -> str:
    return f"{key} ({was.get(key, 0.0):.0%} to {now.get(key, 0.0):.0%})"


def _side_words(shift: FactShift, side: Side) -> str:
    """What it was at one moment: the middle, or the most frequent values."""
    if side["quartiles"]:
        return _number(shift, side["quartiles"][1])
    shown: Sequence[tuple[str, float]] = (side["shares"] or [])[:VALUES_SHOWN]
    return ", ".join(f"{key} {share:.0%}" for key, share in shown)


def _number(shift: FactShift, value: float) -> str:
    if shift["type"] == "percent":
        return f"{value * 100:.2f}\u202f%"
    digits = 0 if abs(value) >= 100 or value == int(value) else 2
    return f"{value:,.{digits}f}"
