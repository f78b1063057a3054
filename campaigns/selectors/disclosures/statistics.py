"""How legal works: how long, how often late, what was found, and whether people and rules agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from campaigns.choices import DisclosureVerdict, ReviewStage, ReviewState
from campaigns.models import DisclosureDecision, DisclosureReview
from campaigns.services.deliverables import hours
from crm.agreement import Agreement, Level, agreement
from crm.models import Brand

# A median of less says nothing.
LEAST = 5
# What is looked at: the newest of a period.
MOST = 5_000
_VERDICTS = [verdict.value for verdict in DisclosureVerdict]


@dataclass(frozen=True)
class Times:
    """How long decisions took, in working hours; None: too few of them."""

    name: str
    number: int
    late: int
    median: float | None
    ninetieth: float | None

    @property
    def late_share(self) -> float | None:
        """The share that was decided after its hour; None: too few."""
        return self.late / self.number if self.number >= LEAST else None


@dataclass(frozen=True)
class Mix:
    """How often each verdict was decided of one kind of reviews."""

    name: str
    counts: Mapping[str, int]

    @property
    def number(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Statistics:
    """Everything that the page shows of a period."""

    number: int
    is_capped: bool
    times: Sequence[Times]
    by_jurisdiction: Sequence[Mix]
    by_platform: Sequence[Mix]
    # Looks that each piece took, by how many: {1: 12, 2: 3}.
    rounds: Mapping[int, int]
    between_people: Agreement
    with_rules: Agreement


def statistics_of(brand: Brand, week: hours.Week, since: datetime, until: datetime) -> Statistics:
    """Of what was decided in a period: a constant number of queries."""
    rows = list(
        DisclosureReview.objects.filter(
            brand=brand, state=ReviewState.DECIDED, decided_at__gte=since, decided_at__lt=until
        )
        .select_related("finding", "deliverable__platform", "deliverable__engagement__campaign")
        .defer("finding__case", "finding__result")
        .order_by("-decided_at", "-pk")[: MOST + 1]
    )
    is_capped, rows = len(rows) > MOST, rows[:MOST]
    decisions: dict[int, list[str]] = defaultdict(list)
    engines: list[tuple[str, str]] = []
    for review, verdict, engine in DisclosureDecision.objects.filter(review__in=rows).values_list(
        "review", "verdict", "finding__verdict"
    ):
        decisions[review].append(verdict)
        engines.append((verdict, engine))
    return Statistics(
        number=len(rows),
        is_capped=is_capped,
        times=[_times("All", rows, week), *_by_stage(rows, week), *_by_campaign(rows, week)],
        by_jurisdiction=_mixes(
            (review.finding.strictest if review.finding else "", review) for review in rows
        ),
        by_platform=_mixes((review.deliverable.platform.name, review) for review in rows),
        rounds=_rounds(rows),
        between_people=agreement(decisions.values(), _VERDICTS, Level.NOMINAL),
        with_rules=agreement(engines, _VERDICTS, Level.NOMINAL),
    )


def _by_stage(rows: Sequence[DisclosureReview], week: hours.Week) -> Iterator[Times]:
    for stage in ReviewStage:
        yield _times(stage.label, [row for row in rows if row.stage == stage], week)


def _by_campaign(rows: Sequence[DisclosureReview], week: hours.Week) -> Iterator[Times]:
    some: dict[str, list[DisclosureReview]] = defaultdict(list)
    for row in rows:
        some[row.deliverable.engagement.campaign.name].append(row)
    for name in sorted(some):
        yield _times(name, some[name], week)


def _times(name: str, rows: Sequence[DisclosureReview], week: hours.Week) -> Times:
    took = sorted(
        hours.between(row.opened_at, row.decided_at, week).total_seconds() / 3600
        for row in rows
        if row.decided_at
    )
    late = sum(bool(row.decided_at and row.decided_at > row.due_at) for row in rows)
    if len(took) < LEAST:
        return Times(name, len(took), late, None, None)
    # The smallest value that nine of ten do not exceed.
    ninetieth = took[-(-len(took) * 9 // 10) - 1]
    return Times(name, len(took), late, median(took), ninetieth)


def _mixes(rows: Iterable[tuple[str, DisclosureReview]]) -> list[Mix]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name, review in rows:
        found[name or "no jurisdiction"][review.verdict] += 1
    return [Mix(name, dict(counts)) for name, counts in sorted(found.items())]


def _rounds(rows: Sequence[DisclosureReview]) -> dict[int, int]:
    looks: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        looks[row.deliverable_id, row.stage] += 1
    found: dict[int, int] = defaultdict(int)
    for number in looks.values():
        found[number] += 1
    return dict(sorted(found.items()))
