"""What a family of metrics found for a segment: a value with all it takes to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm.choices import Source
from segmentation.metrics.entries import PART_SEPARATOR, Method, Metric
from segmentation.metrics.statistics import (
    LEVELS,
    Interval,
    Sums,
    balance_interval,
    event_rate_interval,
    log_ratio_interval,
    share_interval,
)

WIDE, NARROW = LEVELS
NOTHING_COUNTED = "Nothing was counted: there is nothing to tell creators apart by."
ONE_CREATOR = "Almost all of it is one creator's: others may be quite different."
_INTERVALS = {
    Method.LOG_RATIO: log_ratio_interval,
    Method.SHARE: share_interval,
    Method.BALANCE: balance_interval,
    Method.EVENT_RATE: event_rate_interval,
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A row before it is compared with anything. `reason` says why there is no value, only then.

    provenance  how many of what was counted came from each kind of source
    inputs      what went in and what was left out, for "Why?"
    """

    metric: Metric
    part: str = ""
    label: str = ""
    value: float | None = None
    n: int = 0
    n_unit: str = "creators"
    creators: int = 0
    reason: str = ""
    wide: Interval | None = None
    narrow: Interval | None = None
    interval_reason: str = ""
    provenance: Mapping[Source, int] = field(default_factory=dict)
    inputs: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The row's key: the metric's, with its part."""
        return f"{self.metric.key}{PART_SEPARATOR}{self.part}" if self.part else self.metric.key

    @property
    def name(self) -> str:
        """What people read."""
        return self.label or self.metric.label

    @property
    def source(self) -> str:
        """Who gave the inputs, in words: "posts (measured, vendor)"."""
        kinds = ", ".join(kind.label.lower() for kind in Source if self.provenance.get(kind))
        return f"{self.metric.source} ({kinds})" if kinds else self.metric.source


def of_ratio(
    metric: Metric,
    sums: Sums,
    *,
    n: int,
    n_unit: str,
    reason: str = "",
    factor: float = 1.0,
    part: str = "",
    label: str = "",
    provenance: Mapping[Source, int] | None = None,
    inputs: Mapping[str, object] | None = None,
) -> Found:
    """A ratio with the interval of its metric's method; `reason`: it is not to be shown."""
    ratio = sums.ratio
    missing = reason or ("" if ratio is not None else "Nothing is known to divide by.")
    wide = narrow = None
    why = ""
    if not missing and ratio is not None:
        interval = _INTERVALS[metric.method]
        wide, narrow = (interval(sums, level) for level in LEVELS)
        if wide is None:
            why = ONE_CREATOR if sums.y > 0 else NOTHING_COUNTED
    return Found(
        metric=metric,
        part=part,
        label=label,
        value=None if missing or ratio is None else ratio * factor,
        n=n,
        n_unit=n_unit,
        creators=sums.creators,
        reason=missing,
        wide=wide and wide.times(factor),
        narrow=narrow and narrow.times(factor),
        interval_reason=why,
        provenance=provenance or {},
        inputs=inputs or {},
    )


def too_few(metric: Metric, creators: int, what: str) -> str:
    """Why there is no number, where fewer creators than it takes have what it is made of."""
    if creators >= metric.minimum_n:
        return ""
    return f"Too few: {what} of {counted(creators)}, {metric.minimum_n} creators are needed."


def counted(n: int) -> str:
    """So many creators, in words."""
    return "1 creator" if n == 1 else f"{n} creators"
