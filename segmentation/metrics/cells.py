"""From what was found to the rows of a scorecard: benchmarks, changes, and why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from crm.choices import Source
from segmentation.metrics.catalogue import family_of
from segmentation.metrics.entries import Metric
from segmentation.metrics.families.conversions import ASSISTED, REDEMPTIONS
from segmentation.metrics.families.members import COUNTS, FOLLOWERS
from segmentation.metrics.families.post_entries import TOTAL_OF
from segmentation.metrics.found import Found
from segmentation.metrics.statistics import Interval

BENCHMARK_LABEL = "all creators of the brand"
# Amounts of one segment: those of the whole base are another size, not another level.
_AMOUNTS = frozenset(
    metric.key for metric in (*COUNTS, FOLLOWERS, *TOTAL_OF.values(), REDEMPTIONS, ASSISTED)
)


class IntervalCell(TypedDict):
    """Where the value probably lies."""

    level: float
    low: float
    high: float


class BenchmarkCell(TypedDict):
    """The same metric of the same period over the brand's whole base."""

    value: float
    label: str
    n: int


class ChangeCell(TypedDict):
    """Against the period before, by the same formula. `relative` is null where that was zero."""

    period: str
    previous: float
    difference: float
    relative: float | None


class Cell(TypedDict):
    """A row of a scorecard, as it is stored and as the API gives it (`inputs` on request only).

    basis       what the value is divided by, as a key: only benchmarks of the same are comparable
    method      how its interval is computed, as a key of the catalogue
    provenance  how many of what was counted came from each kind of source
    """

    key: str
    label: str
    family: str
    value: float | None
    unit: str
    basis: str
    n: int
    n_unit: str
    n_creators: int
    interval: IntervalCell | None
    interval_80: IntervalCell | None
    interval_reason: str
    method: str
    benchmark: BenchmarkCell | None
    benchmark_reason: str
    change: ChangeCell | None
    target: float | None
    formula: str
    source: str
    provenance: dict[str, int]
    provenance_note: str
    reason_if_absent: str | None
    inputs: dict[str, object]


def cells(
    found: Mapping[str, Found],
    *,
    whole: Mapping[str, Found],
    previous: Sequence[Cell],
    previous_period: str,
) -> list[Cell]:
    """Return the rows of a segment's scorecard, in the order of the catalogue.

    `whole` has the same rows of the brand's base, `previous` the rows of `previous_period`.
    """
    before = {cell["key"]: cell for cell in previous}
    made = []
    for key, row in found.items():
        benchmark, benchmark_reason = _benchmark(row.metric, whole.get(key))
        made.append(
            Cell(
                key=key,
                label=row.name,
                family=family_of(row.metric).key,
                value=_short(row.value),
                unit=row.metric.unit.value,
                basis=row.metric.basis,
                n=row.n,
                n_unit=row.n_unit,
                n_creators=row.creators,
                interval=_interval_cell(row.wide),
                interval_80=_interval_cell(row.narrow),
                interval_reason=_interval_reason(row),
                method=row.metric.method.value,
                benchmark=benchmark,
                benchmark_reason=benchmark_reason,
                change=_change(row, before.get(key), previous_period),
                target=None,
                formula=row.metric.named_formula,
                source=row.source,
                provenance={source.value: n for source, n in row.provenance.items()},
                provenance_note=_mixed(row),
                reason_if_absent=row.reason or None,
                inputs=dict(row.inputs),
            )
        )
    return made


def _benchmark(metric: Metric, base: Found | None) -> tuple[BenchmarkCell | None, str]:
    if metric.key in _AMOUNTS:
        return None, "A count of one segment has no counterpart in the whole base."
    if base is None or base.value is None:
        why = base.reason if base else "nobody of it has one."
        return None, f"The brand's whole base has no value to compare with: {why}"
    return BenchmarkCell(value=_short(base.value) or 0.0, label=BENCHMARK_LABEL, n=base.n), ""


def _change(row: Found, before: Cell | None, previous_period: str) -> ChangeCell | None:
    """Compare with the period before; None without a value then, or by another formula."""
    if before is None or before["value"] is None or row.value is None:
        return None
    if before["formula"] != row.metric.named_formula:
        return None
    previous = before["value"]
    difference = row.value - previous
    return ChangeCell(
        period=previous_period,
        previous=previous,
        difference=_short(difference) or 0.0,
        relative=_short(difference / previous) if previous else None,
    )


def _interval_cell(interval: Interval | None) -> IntervalCell | None:
    if interval is None:
        return None
    return IntervalCell(
        level=interval.level,
        low=_short(interval.low) or 0.0,
        high=_short(interval.high) or 0.0,
    )


def _interval_reason(row: Found) -> str:
    """Say why there is no interval; empty where there is one."""
    if row.wide is not None:
        return ""
    return row.reason or row.interval_reason or row.metric.uncertainty


def _mixed(row: Found) -> str:
    """Say so where estimates and other numbers were added up together."""
    estimated = row.provenance.get(Source.ESTIMATED, 0)
    total = sum(row.provenance.values())
    if not estimated or row.value is None:
        return ""
    if estimated == total:
        return "All of it is estimated, nothing is measured."
    return (
        f"{estimated:,} of {total:,} are estimates, taken together with what was measured or told."
    )


def _short(value: float | None) -> float | None:
    """Ten significant digits: sums taken in another order give the same number."""
    return value if value is None or isinstance(value, int) else float(f"{value:.10g}")
