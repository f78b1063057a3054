"""The KPI set of a segment as a form: a place and a target for each metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from crm.styled import PlainForm
from segmentation.metrics.catalogue import METRICS, Better, Metric, Unit, family_of
from segmentation.services.kpis import LARGEST_TARGET, MOST_KPIS


@dataclass(frozen=True)
class MetricRow:
    """A metric with its two inputs."""

    metric: Metric
    place: BoundField
    target: BoundField
    sign: str


class KpiForm(PlainForm):
    """Which metrics, in which order, and what they are to reach from a quarter on."""

    id_prefix = "kpis"

    from_period = forms.ChoiceField(
        label="Targets hold from",
        help_text="Earlier quarters keep the targets that they had.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        keys: list[str],
        targets: Mapping[str, float],
        periods: list[str],
        current: str,
    ) -> None:
        initial: dict[str, Any] = {"from_period": current}
        for metric in METRICS:
            if metric.key in keys:
                initial[f"place_{metric.key}"] = keys.index(metric.key) + 1
            if metric.key in targets:
                initial[f"target_{metric.key}"] = shown(metric, targets[metric.key])
        super().__init__(data, initial=initial)
        self.fields["from_period"].choices = [(one, one) for one in periods]  # type: ignore[attr-defined]
        for metric in METRICS:
            self.fields[f"place_{metric.key}"] = forms.IntegerField(
                label=f"Place of {metric.label}",
                required=False,
                min_value=1,
                max_value=MOST_KPIS * 10,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            self.fields[f"target_{metric.key}"] = forms.FloatField(
                label=f"Target of {metric.label}",
                required=False,
                min_value=0,
                max_value=LARGEST_TARGET,
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            )
        self.dress()

    def families(self) -> list[tuple[str, list[MetricRow]]]:
        """The inputs by family, as the page shows them."""
        found: dict[str, list[MetricRow]] = {}
        for metric in METRICS:
            sign = "at most" if metric.better == Better.LOWER else "at least"
            found.setdefault(family_of(metric).label, []).append(
                MetricRow(
                    metric,
                    self[f"place_{metric.key}"],
                    self[f"target_{metric.key}"],
                    f"{sign}, %" if metric.unit == Unit.FRACTION else f"{sign}",
                )
            )
        return list(found.items())

    def keys(self) -> list[str]:
        """The metrics that have a place, in order; of equal places the catalogue's order."""
        given = [
            (self.cleaned_data[f"place_{metric.key}"], number, metric.key)
            for number, metric in enumerate(METRICS)
            if self.cleaned_data.get(f"place_{metric.key}")
        ]
        return [key for _, _, key in sorted(given)]

    def targets(self) -> dict[str, float | None]:
        """What each metric is to reach, as values are stored; None: nothing."""
        found: dict[str, float | None] = {}
        for metric in METRICS:
            value = self.cleaned_data.get(f"target_{metric.key}")
            had = self.initial.get(f"target_{metric.key}")
            if value != had:
                found[metric.key] = None if value is None else stored(metric, value)
        return found


def shown(metric: Metric, value: float) -> float:
    """A target as people type it: of fractions the percent."""
    return float(f"{value * 100:.10g}") if metric.unit == Unit.FRACTION else value


def stored(metric: Metric, value: float) -> float:
    """What people typed, as it is stored."""
    return float(f"{value / 100:.10g}") if metric.unit == Unit.FRACTION else value
