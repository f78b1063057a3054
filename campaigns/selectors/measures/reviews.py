"""How drafts fare: rounds until a piece is approved, and how long each gate takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, quantiles
from typing import Any

from django.db.models import Count, Q

from campaigns.choices import DraftState, Gate
from campaigns.models import Campaign, Deliverable, GateTurn
from campaigns.selectors.reports.figures import FEW
from campaigns.services.deliverables.gates import week_of
from campaigns.services.deliverables.hours import between

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Spread:
    """Some values: how many, their median and the 90th percentile; none of it under FEW."""

    number: int
    median: float | None
    ninetieth: float | None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "n": self.number,
            "median": None if self.median is None else round(self.median, 2),
            "p90": None if self.ninetieth is None else round(self.ninetieth, 2),
        }


@dataclass(frozen=True)
class GateTime:
    """How long a gate takes from its turn on, by the clock and in working hours."""

    gate: Gate
    clock: Spread
    working: Spread
    # Whose turn it is now.
    waiting: int
    late: int

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        words = f"too few ({self.clock.number})"
        if self.working.median is not None and self.clock.median is not None:
            words = (
                f"{self.working.median:.1f} working hours ({self.clock.median:.1f} by the clock)"
            )
        return {
            "gate": self.gate.value,
            "label": self.gate.label,
            "clock_hours": self.clock.plain,
            "working_hours": self.working.plain,
            "waiting": self.waiting,
            "late": self.late,
            "words": words,
        }


@dataclass(frozen=True)
class Rounds:
    """Drafts of each piece of which one was handed in; those taken back do not count."""

    pieces: int
    approved_at_once: int
    mean: float | None
    spread: Spread

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "pieces": self.pieces,
            "approved_at_once": self.approved_at_once,
            "mean": None if self.mean is None else round(self.mean, 2),
            **self.spread.plain,
            "words": f"too few ({self.pieces})"
            if self.mean is None
            else f"{self.mean:.1f} drafts for each piece",
        }


def rounds_of(campaign: Campaign) -> Rounds:
    """How many drafts pieces took: one query."""
    counted = Q(drafts__is_sealed=True) & ~Q(drafts__state=DraftState.WITHDRAWN)
    rows = (
        Deliverable.objects.filter(engagement__campaign=campaign)
        .annotate(
            number=Count("drafts", filter=counted),
            approved=Count("drafts", filter=counted & Q(drafts__state=DraftState.APPROVED)),
        )
        .filter(number__gt=0)
        .values_list("number", "approved")
    )
    numbers = [number for number, _approved in rows]
    at_once = sum(number == 1 and approved == 1 for number, approved in rows)
    mean = fmean(numbers) if len(numbers) >= FEW else None
    return Rounds(len(numbers), at_once, mean, spread_of([float(one) for one in numbers]))


def gate_times_of(campaign: Campaign, at: datetime) -> list[GateTime]:
    """Hours from its turn to the decision, by gate: two queries."""
    week = week_of(campaign.brand)
    clock: dict[str, list[float]] = defaultdict(list)
    working: dict[str, list[float]] = defaultdict(list)
    waiting: dict[str, int] = defaultdict(int)
    late: dict[str, int] = defaultdict(int)
    rows = GateTurn.objects.filter(
        draft__deliverable__engagement__campaign=campaign, began_at__isnull=False, is_dropped=False
    ).values_list("gate", "began_at", "due_at", "decided_at")
    for gate, began_at, due_at, decided_at in rows:
        if began_at is None:
            continue
        if decided_at is None:
            waiting[gate] += 1
            late[gate] += due_at is not None and due_at < at
            continue
        clock[gate].append((decided_at - began_at) / HOUR)
        working[gate].append(between(began_at, decided_at, week) / HOUR)
    return [
        GateTime(gate, spread_of(clock[gate]), spread_of(working[gate]), waiting[gate], late[gate])
        for gate in Gate
        if clock[gate] or waiting[gate]
    ]


def spread_of(values: Sequence[float]) -> Spread:
    """Median and 90th percentile, where there are enough values."""
    if len(values) < FEW:
        return Spread(len(values), None, None)
    tenths = quantiles(values, n=10, method="inclusive")
    return Spread(len(values), tenths[4], tenths[8])
